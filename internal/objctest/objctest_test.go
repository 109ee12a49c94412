package objctest_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

// send sends a message by its registers, as no binding would get to.
func send(rt objc.Runtime, target objc.ID, selector string, args ...uintptr) uintptr {
	r := new(objc.Registers)
	r.X[0], r.X[1] = uintptr(target), uintptr(rt.RegisterSelector(selector))
	copy(r.X[2:], args)
	rt.MsgSend(r)
	return r.X[0]
}

func call(rt objc.Runtime, function string, args ...uintptr) uintptr {
	r := new(objc.Registers)
	copy(r.X[:], args)
	rt.Call(rt.Symbol(function), r)
	return r.X[0]
}

// The runtime judges what the tests of the binding rely on it to judge.
func TestViolationsAreListed(t *testing.T) {
	for _, c := range []struct {
		name, want string
		do         func(rt *objctest.Runtime)
	}{
		{"nothing wrong", "", func(rt *objctest.Runtime) {
			id := rt.NewString([]uint16{104, 105})
			call(rt, "objc_retain", uintptr(id))
			call(rt, "objc_release", uintptr(id))
			call(rt, "objc_release", uintptr(id))
		}},
		{"a selector that Apple does not know", "frobnicate", func(rt *objctest.Runtime) {
			id := rt.NewString([]uint16{104, 105})
			send(rt, id, "frobnicate")
			call(rt, "objc_release", uintptr(id))
		}},
		{"a message to an object that is gone", "no such selector or object", func(rt *objctest.Runtime) {
			id := rt.NewString([]uint16{104, 105})
			call(rt, "objc_release", uintptr(id))
			send(rt, id, "length")
		}},
		{"a release too many", "release", func(rt *objctest.Runtime) {
			id := rt.NewString([]uint16{104, 105})
			call(rt, "objc_release", uintptr(id))
			call(rt, "objc_release", uintptr(id))
		}},
		{"autorelease without a pool", "pool", func(rt *objctest.Runtime) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			rt.Autorelease(rt.NewString([]uint16{104, 105}))
		}},
		{"a pool drained on another thread", "pool", func(rt *objctest.Runtime) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			token := call(rt, "objc_autoreleasePoolPush")
			done := make(chan bool)
			go func() {
				runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
				call(rt, "objc_autoreleasePoolPop", token)
				close(done)
			}()
			<-done
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := objctest.New()
			c.do(rt)
			got := strings.Join(rt.Violations(), "; ")
			if c.want == "" && got != "" || c.want != "" && !strings.Contains(strings.ToLower(got), c.want) {
				t.Errorf("violations %q, want %q", got, c.want)
			}
		})
	}
}

func TestLiveObjectsAreCounted(t *testing.T) {
	rt := objctest.New()
	id := rt.NewString([]uint16{104, 105})
	if rt.Count(id) != 1 || len(rt.Live()) != 1 {
		t.Errorf("count %d, live %q", rt.Count(id), rt.Live())
	}
	call(rt, "objc_retain", uintptr(id))
	if rt.Count(id) != 2 {
		t.Errorf("count %d after a retain", rt.Count(id))
	}
	call(rt, "objc_release", uintptr(id))
	call(rt, "objc_release", uintptr(id))
	if len(rt.Live()) != 0 {
		t.Errorf("live %q after the last release", rt.Live())
	}
}
