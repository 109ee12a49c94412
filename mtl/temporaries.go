package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// temporaries are the objects that one message needs: those that are made for it,
// and those of the program that are in use meanwhile. The first error is kept, and
// everything after it answers zero.
type temporaries struct {
	s      *scope
	dev    *Device
	method string
	err    error
	made   []objc.ID
	used   []handled
}

// A handled is an owning object as an argument.
type handled interface {
	acquireFor(*Device) error
	drop()
	handle() objc.ID
}

// end releases what was made, and ends the use of the rest.
func (t *temporaries) end() {
	for _, id := range t.made {
		t.s.fw.foundation.Release(id)
	}
	for _, o := range t.used {
		o.drop()
	}
}

// object takes over one reference to what was made.
func (t *temporaries) object(class string, id objc.ID) objc.ID {
	if id == 0 {
		t.fail(t.s.fw.failed(t.method+": "+class, 0))
		return 0
	}
	t.made = append(t.made, id)
	return id
}

func (t *temporaries) text(what, text string) objc.ID {
	if t.err != nil {
		return 0
	}
	id, err := t.s.fw.foundation.NewString(text)
	return t.result(what, id, err)
}

// array makes an NSArray of objects that stay in use.
func (t *temporaries) array(what string, ids []objc.ID) objc.ID {
	if t.err != nil {
		return 0
	}
	id, err := t.s.fw.foundation.NewArray(ids)
	return t.result(what, id, err)
}

func (t *temporaries) constants(constants []FunctionConstant) objc.ID {
	if t.err != nil {
		return 0
	}
	id, err := newConstantValues(t.s, constants)
	return t.result("Constants", id, err)
}

func (t *temporaries) result(what string, id objc.ID, err error) objc.ID {
	if err != nil {
		t.fail(fmt.Errorf("mtl: %s: %s: %w", t.method, what, err))
		return 0
	}
	t.made = append(t.made, id)
	return id
}

// use begins a use of an object of the program.
func (t *temporaries) use(o handled) objc.ID {
	if t.err != nil {
		return 0
	}
	if err := o.acquireFor(t.dev); err != nil {
		t.fail(fmt.Errorf("mtl: %s: %w", t.method, err))
		return 0
	}
	t.used = append(t.used, o)
	return o.handle()
}

// useAll makes an NSArray of objects of the program.
func useAll[T handled](t *temporaries, what string, list []T) objc.ID {
	ids := make([]objc.ID, len(list))
	for i, o := range list {
		ids[i] = t.use(o)
	}
	return t.array(what, ids)
}

func (t *temporaries) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}
