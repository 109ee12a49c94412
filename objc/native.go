//go:build (darwin && !ios && arm64) || (tqmetal_abi && linux)

package objc

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// A native runtime is an Objective-C runtime in this process.
type native struct {
	dlsym     func(name string) uintptr
	msgSend   uintptr
	getClass  uintptr
	register  uintptr
	mu        sync.RWMutex
	selectors map[string]SEL
	symbols   map[string]uintptr
}

func open(libraries []string) (Runtime, error) {
	return load(libraries, func(path string) (uintptr, error) {
		return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	}, purego.Dlsym)
}

// load has the loader's two functions as arguments so that tests can make them
// fail.
func load(libraries []string, dlopen func(string) (uintptr, error), dlsym func(uintptr, string) (uintptr, error)) (Runtime, error) {
	if len(libraries) == 0 {
		return nil, fmt.Errorf("%w: no library is named", ErrUnavailable)
	}
	handles := make([]uintptr, len(libraries))
	var failed []error
	for i, path := range libraries {
		var err error
		if handles[i], err = dlopen(path); err != nil {
			failed = append(failed, fmt.Errorf("%w: %s: %w", ErrUnavailable, path, err))
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	n := &native{
		selectors: map[string]SEL{},
		symbols:   map[string]uintptr{},
		dlsym: func(name string) uintptr {
			for _, h := range handles {
				if p, err := dlsym(h, name); err == nil && p != 0 {
					return p
				}
			}
			return 0
		},
	}
	for _, f := range []struct {
		address *uintptr
		name    string
	}{{&n.msgSend, "objc_msgSend"}, {&n.getClass, "objc_getClass"}, {&n.register, "sel_registerName"}} {
		if *f.address = n.Symbol(f.name); *f.address == 0 {
			failed = append(failed, fmt.Errorf("%w: %s has no %s", ErrUnavailable, libraries[0], f.name))
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return n, nil
}

func (n *native) msgSendAddress() uintptr { return n.msgSend }

// sendList sends all messages of a list. The list has one at least.
func (n *native) sendList(h *listHead) { enter(sendList, unsafe.Pointer(h)) }

// sendList is the address of the C function in native_*.s.
var sendList uintptr

func (n *native) LookUpClass(name string) Class { return Class(n.callString(n.getClass, name)) }

func (n *native) RegisterSelector(name string) SEL {
	return cached(n, n.selectors, name, func() SEL { return SEL(n.callString(n.register, name)) })
}

func (n *native) Symbol(name string) uintptr {
	return cached(n, n.symbols, name, func() uintptr { return n.dlsym(name) })
}

func cached[V ~uintptr](n *native, known map[string]V, name string, find func() V) V {
	n.mu.RLock()
	v, ok := known[name]
	n.mu.RUnlock()
	if !ok {
		v = find()
		n.mu.Lock()
		known[name] = v
		n.mu.Unlock()
	}
	return v
}

// callString calls a C function of one C string. Text after a NUL would be
// lost to C, so there is no such class or selector.
func (n *native) callString(fn uintptr, s string) uintptr {
	text := make([]byte, len(s)+1)
	for i := range len(s) {
		if s[i] == 0 {
			return 0
		}
		text[i] = s[i]
	}
	r := &Registers{X: [8]uintptr{uintptr(unsafe.Pointer(&text[0]))}}
	n.Call(fn, r)
	runtime.KeepAlive(text)
	return r.X[0]
}
