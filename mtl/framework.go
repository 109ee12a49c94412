package mtl

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

// A Framework is Metal as one [objc.Runtime] offers it. Its methods may be
// called from any goroutine.
type Framework struct {
	foundation *objc.Foundation
	table      table
	calls      sync.Pool // of *call
	passes     sync.Pool // of *pass
	ledger     *Ledger
	serial     atomic.Uint32 // of the object made last

	compileOptions     objc.ID // classes
	constantValues     objc.ID
	pipelineDescriptor objc.ID
	heapDescriptor     objc.ID

	binaryArchiveDescriptor objc.ID
	functionDescriptor      objc.ID
	linkedFunctions         objc.ID

	residencySetDescriptor objc.ID // zero below macOS 15

	commandBufferDescriptor objc.ID
	sharedEventListener     objc.ID

	commandQueueDescriptor objc.ID // zero below macOS 15

	logStateDescriptor    objc.ID // zero below macOS 15
	counterHeapDescriptor objc.ID // zero below macOS 26

	counterSampleBufferDescriptor objc.ID
	computePassDescriptor         objc.ID
	blitPassDescriptor            objc.ID
	indirectDescriptor            objc.ID

	metal4 compilerClasses

	captureManager    objc.ID
	captureDescriptor objc.ID

	commandQueue4Descriptor    objc.ID // these are zero below macOS 26
	commandAllocatorDescriptor objc.ID
	argumentTableDescriptor    objc.ID
	commitOptions              objc.ID
	commandBufferOptions       objc.ID

	encoderInfoKey objc.ID // a string
}

// Load finds Metal in rt. The error wraps [ErrUnavailable] and names
// everything that is missing.
func Load(rt objc.Runtime) (*Framework, error) {
	foundation, err := objc.NewFoundation(rt)
	if err != nil {
		return nil, fmt.Errorf("mtl: %w", err)
	}
	f := &Framework{foundation: foundation}
	f.calls.New = func() any { return &call{Call: *objc.NewCall(rt), table: &f.table} }
	f.passes.New = func() any { return newPass(f) }
	missing := []error{objc.Resolve(rt, f.table.selectors[:], selectorNames[:], f.table.functions[:], functionNames[:])}
	for _, class := range []struct {
		id   *objc.ID
		name string
	}{
		{&f.compileOptions, "MTLCompileOptions"},
		{&f.constantValues, "MTLFunctionConstantValues"},
		{&f.pipelineDescriptor, "MTLComputePipelineDescriptor"},
		{&f.heapDescriptor, "MTLHeapDescriptor"},
		{&f.commandBufferDescriptor, "MTLCommandBufferDescriptor"},
		{&f.sharedEventListener, "MTLSharedEventListener"},
		{&f.binaryArchiveDescriptor, "MTLBinaryArchiveDescriptor"},
		{&f.functionDescriptor, "MTLFunctionDescriptor"},
		{&f.linkedFunctions, "MTLLinkedFunctions"},
		{&f.indirectDescriptor, "MTLIndirectCommandBufferDescriptor"},
		{&f.counterSampleBufferDescriptor, "MTLCounterSampleBufferDescriptor"},
		{&f.computePassDescriptor, "MTLComputePassDescriptor"},
		{&f.blitPassDescriptor, "MTLBlitPassDescriptor"},
		{&f.captureManager, "MTLCaptureManager"},
		{&f.captureDescriptor, "MTLCaptureDescriptor"},
	} {
		if *class.id = objc.ID(rt.LookUpClass(class.name)); *class.id == 0 {
			missing = append(missing, fmt.Errorf("%w: there is no class %s", ErrUnavailable, class.name))
		}
	}
	if f.encoderInfoKey = foundation.Constant(encoderInfoKey); f.encoderInfoKey == 0 {
		missing = append(missing, fmt.Errorf("%w: there is no variable %s", ErrUnavailable, encoderInfoKey))
	}
	if err := errors.Join(missing...); err != nil {
		return nil, fmt.Errorf("mtl: %w", err)
	}
	f.metal4.find(rt)
	f.residencySetDescriptor = objc.ID(rt.LookUpClass("MTLResidencySetDescriptor"))
	f.commandQueueDescriptor = objc.ID(rt.LookUpClass("MTLCommandQueueDescriptor"))
	f.counterHeapDescriptor = objc.ID(rt.LookUpClass("MTL4CounterHeapDescriptor"))
	f.logStateDescriptor = objc.ID(rt.LookUpClass("MTLLogStateDescriptor"))
	f.commandQueue4Descriptor = objc.ID(rt.LookUpClass("MTL4CommandQueueDescriptor"))
	f.commandAllocatorDescriptor = objc.ID(rt.LookUpClass("MTL4CommandAllocatorDescriptor"))
	f.argumentTableDescriptor = objc.ID(rt.LookUpClass("MTL4ArgumentTableDescriptor"))
	f.commitOptions = objc.ID(rt.LookUpClass("MTL4CommitOptions"))
	f.commandBufferOptions = objc.ID(rt.LookUpClass("MTL4CommandBufferOptions"))
	return f, nil
}

var system = sync.OnceValues(func() (*Framework, error) {
	rt, err := objc.System()
	if err != nil {
		return nil, fmt.Errorf("mtl: %w", err)
	}
	return Load(rt)
})

// CreateSystemDefaultDevice returns the GPU that this Mac prefers. The caller
// releases it. Off macOS on Apple silicon the error wraps [ErrUnavailable].
func CreateSystemDefaultDevice() (*Device, error) {
	f, err := system()
	if err != nil {
		return nil, err
	}
	return f.CreateSystemDefaultDevice()
}

// CopyAllDevices returns all GPUs of this Mac. The caller releases each.
func CopyAllDevices() ([]*Device, error) {
	f, err := system()
	if err != nil {
		return nil, err
	}
	return f.CopyAllDevices()
}

// CreateSystemDefaultDevice returns the preferred device of this runtime, or
// the first of all devices when it prefers none, as happens without a window
// server. The caller releases it.
func (f *Framework) CreateSystemDefaultDevice() (*Device, error) {
	if f == nil {
		return nil, errNil("Framework")
	}
	s := f.begin()
	defer s.end()
	if id := s.createSystemDefaultDevice(); id != 0 {
		return newDevice(s, id)
	}
	ids, err := s.allDevices()
	if err != nil {
		return nil, fmt.Errorf("mtl: %w: MTLCreateSystemDefaultDevice returned nil, and %w", ErrUnavailable, err)
	}
	for _, id := range ids[1:] {
		f.foundation.Release(id)
	}
	return newDevice(s, ids[0])
}

// CopyAllDevices returns all devices of this runtime. The caller releases each.
func (f *Framework) CopyAllDevices() ([]*Device, error) {
	if f == nil {
		return nil, errNil("Framework")
	}
	s := f.begin()
	defer s.end()
	ids, err := s.allDevices()
	if err != nil {
		return nil, fmt.Errorf("mtl: %w: %w", ErrUnavailable, err)
	}
	devices := make([]*Device, 0, len(ids))
	for i, id := range ids {
		d, err := newDevice(s, id)
		if err != nil {
			for _, id := range ids[i+1:] {
				f.foundation.Release(id)
			}
			for _, d := range devices {
				d.Release()
			}
			return nil, err
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// allDevices returns at least one device, each with a reference for the caller.
func (s *scope) allDevices() ([]objc.ID, error) {
	array := s.copyAllDevices()
	if array == 0 {
		return nil, errors.New("MTLCopyAllDevices returned nil")
	}
	defer s.fw.foundation.Release(array)
	ids := s.fw.foundation.Objects(array)
	if len(ids) == 0 {
		return nil, errors.New("MTLCopyAllDevices returned an empty array")
	}
	if slices.Contains(ids, 0) {
		return nil, fmt.Errorf("an element of what MTLCopyAllDevices returned: %w", ErrNoObject)
	}
	for _, id := range ids {
		s.fw.foundation.Retain(id) // the array's references go with it
	}
	return ids, nil
}

// A scope is what every use of Metal happens in: an autorelease pool on the
// locked thread, and a call to send through. Messages that wait in a batch are
// for scopes that have one; see pass.
type scope struct {
	*call
	fw   *Framework
	pool objc.Pool
}

func (f *Framework) begin() *scope {
	return &scope{f.calls.Get().(*call), f, f.foundation.OpenPool()}
}

func (s *scope) end() {
	s.pool.Close()
	s.fw.calls.Put(s.call)
}

// withString runs f with an NSString that is released afterwards.
func (s *scope) withString(text string, f func(objc.ID)) error {
	id, err := s.fw.foundation.NewString(text)
	if err != nil {
		return err
	}
	defer s.fw.foundation.Release(id)
	f(id)
	return nil
}
