package softmetal

import (
	"math"
	"runtime"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// A hand sends register images that it puts together itself: no line of the
// binding takes part.
type hand struct {
	*Device
	t    testing.TB
	keep []any // what addresses in flight point to
}

// newHand returns a device with a pool on the test's thread.
func newHand(t testing.TB, o Options) *hand {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	h := &hand{Device: d, t: t}
	pool := h.function("objc_autoreleasePoolPush")
	t.Cleanup(func() {
		h.function("objc_autoreleasePoolPop", pool)
		runtime.UnlockOSThread()
		_ = d.Close() // each test looks at the reports itself
	})
	return h
}

// words lays arguments out in registers: two for an NSRange, an address for an
// MTLSize.
func (h *hand) words(args []any) []uintptr {
	var x []uintptr
	for _, a := range args {
		switch a := a.(type) {
		case int:
			x = append(x, uintptr(a))
		case uintptr:
			x = append(x, a)
		case uint64:
			x = append(x, uintptr(a))
		case bool:
			x = append(x, uintptr(*(*byte)(unsafe.Pointer(&a))))
		case objc.ID:
			x = append(x, uintptr(a))
		case objc.SEL:
			x = append(x, uintptr(a))
		case *objc.ID:
			h.keep = append(h.keep, a)
			x = append(x, uintptr(unsafe.Pointer(a)))
		case size:
			p := &a
			h.keep = append(h.keep, p)
			x = append(x, uintptr(unsafe.Pointer(p)))
		case span:
			x = append(x, a[0], a[1])
		case []byte:
			h.keep = append(h.keep, a)
			x = append(x, uintptr(unsafe.Pointer(unsafe.SliceData(a))))
		case []objc.ID:
			h.keep = append(h.keep, a)
			x = append(x, uintptr(unsafe.Pointer(unsafe.SliceData(a))))
		case []uint64:
			h.keep = append(h.keep, a)
			x = append(x, uintptr(unsafe.Pointer(unsafe.SliceData(a))))
		default:
			h.t.Fatalf("no register for a %T", a)
		}
	}
	return x
}

type (
	size [3]uint64
	span [2]uintptr
)

func (h *hand) registers(target objc.ID, selector string, args []any) *objc.Registers {
	r := &objc.Registers{D: [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}}
	for i := range r.X {
		r.X[i] = 0x0bad_0bad_0bad_0bad // what a register that nobody set may hold
	}
	r.X[0], r.X[1] = uintptr(target), uintptr(h.RegisterSelector(selector))
	copy(r.X[2:], h.words(args))
	return r
}

func (h *hand) send(target objc.ID, selector string, args ...any) uintptr {
	r := h.registers(target, selector, args)
	h.MsgSend(r)
	return r.X[0]
}

// id sends a message that answers an object.
func (h *hand) id(target objc.ID, selector string, args ...any) objc.ID {
	return objc.ID(h.send(target, selector, args...))
}

func (h *hand) function(name string, args ...any) uintptr {
	fn := h.Symbol(name)
	if fn == 0 {
		h.t.Fatalf("there is no function %s", name)
	}
	r := new(objc.Registers)
	copy(r.X[:], h.words(args))
	h.Call(fn, r)
	return r.X[0]
}

func (h *hand) class(name string) objc.ID {
	c := h.LookUpClass(name)
	if c == 0 {
		h.t.Fatalf("there is no class %s", name)
	}
	return objc.ID(c)
}

// device returns the MTLDevice, whose reference goes into the pool.
func (h *hand) device() objc.ID {
	id := objc.ID(h.function("MTLCreateSystemDefaultDevice"))
	h.send(id, "autorelease")
	return id
}

// pooled puts the reference that came with an object into the pool.
func (h *hand) pooled(id objc.ID) objc.ID {
	if id != 0 {
		h.send(id, "autorelease")
	}
	return id
}

func (h *hand) string(s string) objc.ID {
	b := []byte(s)
	return h.pooled(h.id(h.id(h.class("NSString"), "alloc"), "initWithBytes:length:encoding:", b, len(b), 4))
}

func (h *hand) text(id objc.ID) string {
	if id == 0 {
		return ""
	}
	n := h.send(id, "lengthOfBytesUsingEncoding:", 4)
	if n == 0 {
		return ""
	}
	return string(unsafe.Slice((*byte)(pointer(h.send(id, "UTF8String"))), n))
}

func (h *hand) buffer(length int) objc.ID {
	return h.pooled(h.id(h.device(), "newBufferWithLength:options:", length, 0))
}

func (h *hand) contents(buffer objc.ID) []byte {
	return unsafe.Slice((*byte)(pointer(h.send(buffer, "contents"))), h.send(buffer, "length"))
}

func (h *hand) queue() objc.ID         { return h.pooled(h.id(h.device(), "newCommandQueue")) }
func (h *hand) commandBuffer() objc.ID { return h.id(h.queue(), "commandBuffer") }

// encoder returns a compute encoder that a cleanup ends, and its command buffer.
func (h *hand) encoder(dispatchType int) (encoder, commandBuffer objc.ID) {
	cb := h.commandBuffer()
	return h.id(cb, "computeCommandEncoderWithDispatchType:", dispatchType), cb
}

func (h *hand) blit() (encoder, commandBuffer objc.ID) {
	cb := h.commandBuffer()
	return h.id(cb, "blitCommandEncoder"), cb
}

func (h *hand) finish(commandBuffer objc.ID) (status int) {
	h.send(commandBuffer, "commit")
	h.send(commandBuffer, "waitUntilCompleted")
	return int(h.send(commandBuffer, "status"))
}

// pipeline makes a pipeline state of a kernel that is described, not compiled:
// rules are about descriptions.
func (h *hand) pipeline(name string, static int, arguments ...mslrun.Argument) objc.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range arguments {
		arguments[i].Active = true
	}
	o := h.make(h.classes["SoftMetalComputePipelineState"], &pipeline{
		name:     name,
		maxTotal: 512,
		program: &mslrun.Program{
			Function:                      mslrun.Function{Name: name, Arguments: arguments},
			StaticThreadgroupMemoryLength: static,
			ThreadExecutionWidth:          executionWidth,
		},
	})
	h.Device.autorelease(o, "test")
	return o.id
}

// floats is a parameter "device float *".
func floats(name string, index int) mslrun.Argument {
	return mslrun.Argument{Name: name, Index: index, AddressSpace: "device", Type: "float", TypeSize: 4, TypeAlign: 4}
}

// drain empties the test's pools and checks that nothing is left and no rule was
// broken.
func (h *hand) drain(t *testing.T) {
	t.Helper()
	for _, p := range h.pools[threadID()] {
		for _, id := range p.objects {
			h.function("objc_release", id)
		}
		p.objects = nil
	}
	if live := h.Live(); len(live) != 0 {
		t.Errorf("still live: %v", live)
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}
