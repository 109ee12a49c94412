package softmetal

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// A Method is an address of no object too, in a range of its own.
const methodBase = 0x7300_0000_0000

// objectGetClass answers the class of an object. Metaclasses there are none of:
// the class of a class is Class.
func (d *Device) objectGetClass(r *objc.Registers) uintptr {
	if o := d.alive(r.X[0], "object_getClass"); o != nil {
		return uintptr(o.class.object.id)
	}
	return 0
}

func (d *Device) classGetName(r *objc.Registers) uintptr {
	if k := d.classArgument(r.X[0], "class_getName"); k != nil {
		return d.cString(k.name)
	}
	return d.cString("nil")
}

// classArgument returns a class that came from outside, nil after a report or for
// nil.
func (d *Device) classArgument(handle uintptr, function string) *class {
	o := d.alive(handle, function)
	if o == nil {
		return nil
	}
	k, ok := o.asClass()
	if !ok {
		d.record(&Report{Rule: RuleArgumentClass, Object: o.id, Class: o.class.name, Selector: function, Detail: "the argument is no class"})
	}
	return k
}

// classGetMethod answers zero for a method that the class does not have, or that
// this release of macOS does not.
func (d *Device) classGetMethod(r *objc.Registers, function, prefix string) uintptr {
	k := d.classArgument(r.X[0], function)
	selector, known := d.selectorName(objc.SEL(r.X[1]))
	if k == nil || !known {
		return 0
	}
	m := k.implementation(prefix + selector)
	if m == nil || m.method == nil || m.since > d.macOS {
		return 0
	}
	i := slices.Index(d.described, m.method)
	if i < 0 {
		i = len(d.described)
		d.described = append(d.described, m.method)
	}
	return methodBase + 16*uintptr(i)
}

func (d *Device) methodGetTypeEncoding(r *objc.Registers) uintptr {
	i := (r.X[0] - methodBase) / 16
	if r.X[0] < methodBase || r.X[0]%16 != 0 || i >= uintptr(len(d.described)) {
		if r.X[0] != 0 {
			d.record(&Report{Rule: RuleNotAnObject, Selector: "method_getTypeEncoding", Detail: fmt.Sprintf("%#x is no method that this device named", r.X[0])})
		}
		return 0
	}
	return d.cString(d.described[i].runtimeEncoding())
}

// A protocol is what objc_getProtocol answers: it has a name, and nothing else here.
type protocol struct{ name string }

func protocolClass() *class { return &class{name: "Protocol", public: true, immortal: true} }

// getProtocol answers a protocol that some class of the device meets.
func (d *Device) getProtocol(r *objc.Registers) uintptr {
	name, err := peekString(r.X[0])
	if err != nil {
		d.record(&Report{Rule: RuleBadAddress, Selector: "objc_getProtocol", Detail: "the argument is no text: " + err.Error()})
		return 0
	}
	if o := d.protocols[name]; o != nil {
		return uintptr(o.id)
	}
	if !slices.ContainsFunc(d.classList, func(c *class) bool { return slices.Contains(c.protocols, name) }) {
		return 0
	}
	k := d.classes["Protocol"]
	o := &object{id: d.newHandle(k), class: k, refs: 1, payload: &protocol{name}}
	d.statics[o.id], d.protocols[name] = o, o
	return uintptr(o.id)
}

// protocolGetMethodDescription answers a selector and its encoding, or zero for a
// method that the protocol does not require.
func (d *Device) protocolGetMethodDescription(r *objc.Registers) (selector, encoding uintptr) {
	const function = "protocol_getMethodDescription"
	o := d.alive(r.X[0], function)
	if o == nil {
		return 0, 0
	}
	p, ok := o.payload.(*protocol)
	if !ok {
		d.record(&Report{Rule: RuleArgumentClass, Object: o.id, Class: o.class.name, Selector: function, Detail: "the argument is no protocol"})
		return 0, 0
	}
	name, _ := d.selectorName(objc.SEL(r.X[1]))
	m := d.table.byClass[p.name][name]
	if m == nil || m.since > d.macOS || r.X[2]&0xff == 0 || r.X[3]&0xff == 0 {
		return 0, 0
	}
	return r.X[1], d.cString(m.runtimeEncoding())
}

// cString returns the address of a C string that lives as long as the device, as
// the runtime's own do.
func (d *Device) cString(s string) uintptr {
	if d.cStrings[s] == nil {
		d.cStrings[s] = unsafe.SliceData(append([]byte(s), 0))
	}
	return uintptr(unsafe.Pointer(d.cStrings[s]))
}

// runtimeEncoding is the encoding as compilers write it into a program: behind the
// result the size of all arguments, behind each argument its offset among them,
// and r before a pointer to what is const.
func (m *method) runtimeEncoding() string {
	type argument struct {
		text string
		size int
	}
	arguments := []argument{{"@", 8}, {":", 8}}
	for i, t := range m.sig.args {
		a := argument{t.text, max(t.size, 4)} // small integers take the room of an int
		if strings.HasPrefix(m.args[i], "const ") && t.kind == '^' {
			a.text = "r" + a.text
		}
		arguments = append(arguments, a)
	}
	var b strings.Builder
	offset := 0
	for _, a := range arguments {
		fmt.Fprintf(&b, "%s%d", a.text, offset)
		offset += a.size
	}
	return fmt.Sprintf("%s%d%s", m.sig.result.text, offset, &b)
}
