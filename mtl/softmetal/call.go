package softmetal

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// A call is one message on its way: the register image on one side, decoded
// values on the other.
type call struct {
	*Device
	target   *object // of an instance method, or the class's object
	class    *class  // of the receiver, or the class itself for a class method
	selector string
	method   *method
	args     []value

	result  [6]uint64 // as words; a double in its bits
	results int       // words set by the handler
	broken  *Report   // the first rule that the call broke

	maxTotal int // of a [Fault]: the limit of the pipeline that is made, 0 for none
}

// A value is an argument as its type says: one word for what fits a register,
// more for a struct.
type value struct {
	words  [6]uint64
	object *object // of an '@' that is not nil
}

// What a real call leaves in the registers that hold no result, and in the
// upper part of those that hold less than a word: whoever reads more than the
// method's type promises is found out.
const poison = 0x5a5a_a5a5_dead_0000

// decode takes the arguments out of the registers by the method's encoding, as
// the arm64 procedure-call standard lays them out.
func (c *call) decode(r *objc.Registers) error {
	x, v := 2, 0
	c.args = make([]value, len(c.method.sig.args))
	for i, t := range c.method.sig.args {
		words := (t.size + 7) / 8
		switch {
		case t.float != 0:
			if v+t.words > len(r.D) {
				return fmt.Errorf("argument %d (%s) needs a floating-point register past d%d", i+1, t.text, len(r.D)-1)
			}
			for j := range t.words {
				bits := math.Float64bits(r.D[v+j])
				if t.float == 'f' { // a float lies in the lower half of its register
					bits = math.Float64bits(float64(math.Float32frombits(uint32(bits))))
				}
				c.args[i].words[j] = bits
			}
			v += t.words
			continue
		case t.size > 16:
			words = 1
		}
		if x+words > len(r.X) {
			return fmt.Errorf("argument %d (%s) lies on the stack, which a register image does not have", i+1, t.text)
		}
		for j := range words {
			c.args[i].words[j] = uint64(r.X[x+j])
		}
		if err := c.widen(i, t, r.X[x]); err != nil {
			return err
		}
		x += words
	}
	return nil
}

// widen checks what a register holds against the type that it is said to have.
// On Apple's arm64 the caller extends small integers to 32 bits.
func (c *call) widen(i int, t valueType, x uintptr) error {
	a := &c.args[i]
	low := uint32(x)
	limit := uint32(math.MaxUint32)
	switch t.kind {
	case 'B':
		limit = 1
	case 'C':
		limit = math.MaxUint8
	case 'S':
		limit = math.MaxUint16
	case 'I':
	case 'i':
		a.words[0] = uint64(int64(int32(low)))
		return nil
	case '{':
		if t.size <= 16 {
			return nil
		}
		if t.size > 8*len(a.words) {
			return fmt.Errorf("argument %d is a struct of %d bytes, and the software device takes %d", i+1, t.size, 8*len(a.words))
		}
		b, err := peek(x, t.size)
		if err != nil {
			return fmt.Errorf("argument %d is a struct of %d bytes and goes by the address of a copy: %w", i+1, t.size, err)
		}
		b = append(b, make([]byte, 7)...) // the last word may be half of one
		for j := range (t.size + 7) / 8 {
			a.words[j] = binary.NativeEndian.Uint64(b[8*j:])
		}
		return nil
	default:
		return nil
	}
	if low > limit {
		return fmt.Errorf("argument %d has type %s, and its register holds %#x", i+1, t.text, low)
	}
	a.words[0] = uint64(low)
	return nil
}

// resolveObjects finds the objects of all '@' arguments and checks that each is
// of the declared class.
func (c *call) resolveObjects() bool {
	for i, t := range c.method.sig.args {
		if t.kind != '@' && t.kind != '#' {
			continue
		}
		id := objc.ID(c.args[i].words[0])
		if id == 0 {
			continue
		}
		o := c.find(id)
		if o == nil {
			if k := c.formerClass(id); k != nil {
				c.fail(RuleUseAfterRelease, "argument %d is a %s that is gone", i+1, k.name)
			} else {
				c.fail(RuleNotAnObject, "argument %d is %#x, no object of this device, and the method takes %s", i+1, uint64(id), c.method.args[i])
			}
			return false
		}
		if want := className(c.method.args[i]); want != "" && !o.class.is(want) {
			c.fail(RuleArgumentClass, "argument %d is a %s, and the method takes %s", i+1, o.class.name, c.method.args[i])
			return false
		}
		c.args[i].object = o
	}
	return true
}

// className takes the class or protocol out of a declared type: NSString of
// "NSString *", MTLBuffer of "id<MTLBuffer>", nothing of "id".
func className(declared string) string {
	name := strings.TrimSpace(strings.TrimSuffix(declared, "*"))
	if inner, ok := strings.CutPrefix(name, "id<"); ok {
		name = strings.TrimSuffix(strings.TrimSpace(inner), ">")
	}
	switch name {
	case "id", "instancetype", "NSCopying", "NSObject":
		return ""
	case "NSErrorDomain":
		return "NSString"
	case "dispatch_data_t":
		return "OS_dispatch_data"
	}
	return name
}

// store puts the result into the registers by the method's encoding.
func (c *call) store(r *objc.Registers) {
	t := c.method.sig.result
	c.clobber(r)
	switch {
	case t.kind == 'v':
	case t.float == 'd':
		for j := range t.words {
			r.D[j] = math.Float64frombits(c.result[j])
		}
	case t.float == 'f':
		for j := range t.words {
			low := math.Float32bits(float32(math.Float64frombits(c.result[j])))
			r.D[j] = math.Float64frombits(poison&^math.MaxUint32 | uint64(low))
		}
	case t.size > 16:
		words := (t.size + 7) / 8
		if err := pokeWords(uintptr(r.X8), c.result[:words]...); err != nil {
			c.fail(RuleBadAddress, "the result is a struct of %d bytes, and x8 does not say where it goes: %v", t.size, err)
		}
	case t.size < 8:
		mask := uint64(1)<<(8*t.size) - 1
		r.X[0] = uintptr(poison&^mask | c.result[0]&mask)
	case t.size == 8:
		r.X[0] = uintptr(c.result[0])
	default:
		r.X[0], r.X[1] = uintptr(c.result[0]), uintptr(c.result[1])
	}
}

// clobber leaves in the registers what a call may leave there: all that hold
// arguments are the callee's.
func (c *call) clobber(r *objc.Registers) {
	for i := range r.X {
		r.X[i] = poison | 0xbad0 | uintptr(i)
	}
	for i := range r.D {
		r.D[i] = math.NaN()
	}
}

// fail records that the call broke a rule. The message then has no effect and
// answers zero; what the caller gets to see is described at [Device].
func (c *call) fail(rule Rule, format string, a ...any) {
	r := &Report{Rule: rule, Selector: c.selector, Detail: fmt.Sprintf(format, a...)}
	if c.target != nil {
		r.Object, r.Class, r.Label = c.target.id, c.target.class.name, c.target.label
		if k, ok := c.target.payload.(*class); ok {
			r.Class = "+" + k.name
		}
		if f, ok := c.target.payload.(failer); ok {
			f.failed(r)
		}
	}
	if c.broken == nil {
		c.broken = r
	}
	c.results, c.result = 0, [6]uint64{}
	c.record(r)
}

// A failer is a payload that takes note of a broken rule: an encoder fails its
// command buffer.
type failer interface{ failed(r *Report) }

// run sends the message to the handler.
func (c *call) run(h handler) {
	defer func() {
		if p := recover(); p != nil {
			c.fail(RuleInternal, "the software device failed: %v\n%s", p, debug.Stack())
		}
	}()
	h(c)
}

// The rest are the handler's views of its arguments and results.

func (c *call) word(i int) uint64        { return c.args[i].words[0] }
func (c *call) int(i int) int64          { return int64(c.args[i].words[0]) }
func (c *call) bool(i int) bool          { return c.args[i].words[0] != 0 }
func (c *call) address(i int) uintptr    { return uintptr(c.args[i].words[0]) }
func (c *call) object(i int) *object     { return c.args[i].object }
func (c *call) float(i int) float64      { return math.Float64frombits(c.args[i].words[0]) }
func (c *call) size(i int) [3]uint64     { return [3]uint64(c.args[i].words[:3]) }
func (c *call) span(i int) (a, n uint64) { return c.args[i].words[0], c.args[i].words[1] }
func (c *call) returnWord(v uint64)      { c.result[0], c.results = v, 1 }
func (c *call) returnInt(v int)          { c.returnWord(uint64(v)) }
func (c *call) returnFloat(v float64)    { c.returnWord(math.Float64bits(v)) }
func (c *call) returnAddress(v uintptr)  { c.returnWord(uint64(v)) }
func (c *call) returnWords(v ...uint64)  { c.results = copy(c.result[:], v) }
func (c *call) returnBool(v bool)        { c.returnWord(uint64(*(*byte)(unsafe.Pointer(&v)))) }

// returnOwned answers an object together with a reference.
func (c *call) returnOwned(o *object) {
	if o != nil {
		c.returnWord(uint64(o.id))
	} else {
		c.returnWord(0)
	}
}

// returnNew answers a new object whose one reference goes into the pool.
func (c *call) returnNew(o *object) {
	if o != nil {
		c.Device.autorelease(o, c.selector)
	}
	c.returnOwned(o)
}

// returnKept answers an object that something else keeps alive, as a property
// does: with a reference of its own in the pool.
func (c *call) returnKept(o *object) {
	c.returnNew(o.retain())
}

// payload returns the payload of argument i, the zero value if it is nil or of
// another kind; the declared class was checked before.
func payload[T any](c *call, i int) T {
	var none T
	if o := c.args[i].object; o != nil {
		if p, ok := o.payload.(T); ok {
			return p
		}
	}
	return none
}

// bytes returns a copy of n bytes at the address in argument i. No more than a
// buffer holds is taken: a length that was never set is longer as a rule.
func (c *call) bytes(i int, n uint64) ([]byte, bool) {
	if most := uint64(c.options.MaxBufferLength); n > most {
		c.fail(RuleBadAddress, "argument %d is the address of %d bytes, more than the %d of the longest buffer", i+1, n, most)
		return nil, false
	}
	b, err := peek(c.address(i), int(n))
	if err != nil {
		c.fail(RuleBadAddress, "argument %d: %v", i+1, err)
		return nil, false
	}
	return b, true
}

// setError writes an autoreleased error to the out-parameter in argument i, if
// the caller gave one.
func (c *call) setError(i int, e *object) {
	if i < 0 || c.address(i) == 0 {
		c.Device.release(e)
		return
	}
	c.setObject(i, e)
}

// setObject writes a new object to the out-parameter in argument i. Its one
// reference goes into the pool.
func (c *call) setObject(i int, e *object) {
	at := c.address(i)
	c.Device.autorelease(e, c.selector)
	if err := pokeWords(at, uint64(e.id)); err != nil {
		c.fail(RuleBadAddress, "argument %d is where an object goes: %v", i+1, err)
	}
}
