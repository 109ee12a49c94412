package objc

import (
	"errors"
	"fmt"
	"sync"
)

// A Foundation is what every framework needs of one [Runtime]: reference
// counts, autorelease pools, strings, errors, arrays, dictionaries and files'
// URLs.
//
// Its methods may be called from any goroutine. None of them leaves anything
// in the caller's autorelease pool.
type Foundation struct {
	runtime    Runtime
	table      table
	calls      sync.Pool
	nsString   ID
	dictionary ID
	array      ID
	url        ID
}

// NewFoundation looks up what it needs in rt; the error names everything that
// is missing.
func NewFoundation(rt Runtime) (*Foundation, error) {
	if rt == nil {
		return nil, fmt.Errorf("%w: the runtime is nil", ErrUnavailable)
	}
	f := &Foundation{runtime: rt}
	f.calls.New = func() any { return &call{Call: *NewCall(rt), table: &f.table} }
	missing := []error{Resolve(rt, f.table.selectors[:], selectorNames[:], f.table.functions[:], functionNames[:])}
	for _, class := range []struct {
		id   *ID
		name string
	}{{&f.nsString, "NSString"}, {&f.dictionary, "NSMutableDictionary"}, {&f.array, "NSArray"}, {&f.url, "NSURL"}} {
		if *class.id = ID(rt.LookUpClass(class.name)); *class.id == 0 {
			missing = append(missing, fmt.Errorf("%w: there is no class %s", ErrUnavailable, class.name))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	return f, nil
}

// Runtime returns the runtime that f was made for.
func (f *Foundation) Runtime() Runtime { return f.runtime }

func (f *Foundation) call() *call  { return f.calls.Get().(*call) }
func (f *Foundation) done(c *call) { f.calls.Put(c) }

// Retain adds one reference to object and returns it. Nil is allowed.
func (f *Foundation) Retain(object ID) ID {
	c := f.call()
	defer f.done(c)
	return c.objcRetain(object)
}

// Release gives up one reference to object. Nil is allowed.
func (f *Foundation) Release(object ID) {
	c := f.call()
	defer f.done(c)
	c.objcRelease(object)
}

// RespondsTo says whether object, or a class as an ID, answers the selector of
// that name. It is how an optional method is asked for: sending one that an
// older system lacks ends the process.
func (f *Foundation) RespondsTo(object ID, selector string) bool {
	c := f.call()
	defer f.done(c)
	return c.respondsToSelector(object, f.runtime.RegisterSelector(selector))
}
