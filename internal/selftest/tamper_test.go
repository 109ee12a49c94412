//go:build linux && (amd64 || arm64)

package selftest

import (
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// A tampered runtime is a software device that is wrong in one way. It knows
// messages by their selectors and functions by their names.
type tampered struct {
	*softmetal.Device
	tamper tamper

	mu        sync.Mutex
	selectors map[objc.SEL]string
	functions map[uintptr]string
	methods   map[uintptr]string // selectors of what the class_get functions answered
	sent      map[string]int
	applied   bool
	kept      [][]byte
}

// A tamper says in which way.
type tamper struct {
	options   softmetal.Options
	lacks     string            // this C function
	missing   string            // this selector, in every class that is asked
	encodings map[string]string // of selectors, as the runtime tells them
	edit      [2]string         // in the source of kernels: old and new text
	swallow   string            // messages of this selector
	// before is called with each message of the selector at, and how often it was sent,
	// and after once it has its result.
	at            string
	before, after func(t *tampered, r *objc.Registers, n int)
	answer        func(t *tampered, r *objc.Registers) bool // in place of the device, if it returns true
	atFunction    string
	call          func()
}

func newTampered(t *testing.T, how tamper) *tampered {
	t.Helper()
	d, err := softmetal.New(how.options)
	if err != nil {
		t.Fatal(err)
	}
	x := &tampered{Device: d, tamper: how, selectors: map[objc.SEL]string{}, functions: map[uintptr]string{}, methods: map[uintptr]string{}, sent: map[string]int{}}
	t.Cleanup(func() {
		_ = d.Close() // what tampering leaves behind is no matter
		x.mu.Lock()
		defer x.mu.Unlock()
		if how.edit[0] != "" && !x.applied {
			t.Errorf("no source had %q", how.edit[0])
		}
	})
	return x
}

func (x *tampered) Symbol(name string) uintptr {
	if name == x.tamper.lacks {
		return 0
	}
	fn := x.Device.Symbol(name)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.functions[fn] = name
	return fn
}

func (x *tampered) RegisterSelector(name string) objc.SEL {
	sel := x.Device.RegisterSelector(name)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.selectors[sel] = name
	return sel
}

func (x *tampered) MsgSend(r *objc.Registers) {
	x.mu.Lock()
	selector := x.selectors[objc.SEL(r.X[1])]
	x.sent[selector]++
	n := x.sent[selector]
	if selector == "initWithBytes:length:encoding:" && x.tamper.edit[0] != "" {
		x.editSource(r)
	}
	x.mu.Unlock()
	if selector == x.tamper.swallow {
		r.X[0] = 0
		return
	}
	if selector == x.tamper.at && x.tamper.answer != nil && x.tamper.answer(x, r) {
		return
	}
	if selector == x.tamper.at && x.tamper.before != nil {
		x.tamper.before(x, r, n)
	}
	x.Device.MsgSend(r)
	if selector == x.tamper.at && x.tamper.after != nil {
		x.tamper.after(x, r, n)
	}
}

// retain adds a reference to an object of the device.
func (x *tampered) retain(id uintptr) {
	x.Device.Call(x.Device.Symbol("objc_retain"), &objc.Registers{X: [8]uintptr{id}})
}

func (x *tampered) editSource(r *objc.Registers) {
	text := string(unsafe.Slice((*byte)(objc.Pointer(r.X[2])), r.X[3]))
	edited := strings.Replace(text, x.tamper.edit[0], x.tamper.edit[1], 1)
	if edited == text {
		return
	}
	x.applied = true
	r.X[2], r.X[3] = x.keep(edited), uintptr(len(edited))
}

func (x *tampered) keep(text string) uintptr {
	b := append([]byte(text), 0)
	x.kept = append(x.kept, b)
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))
}

func (x *tampered) Call(fn uintptr, r *objc.Registers) {
	x.mu.Lock()
	name := x.functions[fn]
	argument, selector := r.X[0], x.selectors[objc.SEL(r.X[1])]
	x.mu.Unlock()
	if name == x.tamper.atFunction && x.tamper.call != nil {
		x.tamper.call()
	}
	x.Device.Call(fn, r)
	x.mu.Lock()
	defer x.mu.Unlock()
	switch name {
	case "class_getInstanceMethod", "class_getClassMethod":
		x.methods[r.X[0]] = selector
		if selector == x.tamper.missing {
			r.X[0] = 0
		}
	case "method_getTypeEncoding":
		if e, ok := x.tamper.encodings[x.methods[argument]]; ok {
			r.X[0] = x.keep(e)
		}
	}
}
