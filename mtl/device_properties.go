package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A DeviceLocation says where in a Mac a GPU is (MTLDeviceLocation).
type DeviceLocation uint64

// Device locations.
const (
	DeviceLocationBuiltIn     DeviceLocation = 0
	DeviceLocationSlot        DeviceLocation = 1
	DeviceLocationExternal    DeviceLocation = 2
	DeviceLocationUnspecified DeviceLocation = 1<<64 - 1
)

// String returns the name of the location.
func (l DeviceLocation) String() string {
	switch l {
	case DeviceLocationBuiltIn:
		return "built in"
	case DeviceLocationSlot:
		return "slot"
	case DeviceLocationExternal:
		return "external"
	case DeviceLocationUnspecified:
		return "unspecified"
	}
	return fmt.Sprintf("DeviceLocation(%d)", uint64(l))
}

// An ArgumentBuffersTier says how much argument buffers may do
// (MTLArgumentBuffersTier). In tier 2 a kernel may follow any number of GPU
// addresses ([Buffer.GPUAddress]) that it finds in a buffer.
type ArgumentBuffersTier uint64

// Argument buffer tiers.
const (
	ArgumentBuffersTier1 ArgumentBuffersTier = 0
	ArgumentBuffersTier2 ArgumentBuffersTier = 1
)

// String returns the tier as a number from 1.
func (t ArgumentBuffersTier) String() string {
	if t <= ArgumentBuffersTier2 {
		return fmt.Sprintf("tier %d", t+1)
	}
	return fmt.Sprintf("ArgumentBuffersTier(%d)", uint64(t))
}

// DeviceProperties are what a device says of itself and never changes.
type DeviceProperties struct {
	// ArgumentBuffers is how much argument buffers may do.
	ArgumentBuffers ArgumentBuffersTier
	// DynamicLibraries says that kernels may link to libraries at run time.
	DynamicLibraries bool

	// The rest tells the GPUs of an Intel Mac apart. Apple silicon has one, which
	// is built in; macOS 27 calls most of these deprecated.
	LowPower        bool           // the one that takes less power
	Headless        bool           // it has no display
	Removable       bool           // it may be unplugged
	Location        DeviceLocation // where it is
	LocationNumber  uint64         // which slot or port
	MaxTransferRate uint64         // bytes a second from and to the CPU's memory; 0 when built in
}

func (s *scope) deviceProperties(id objc.ID) DeviceProperties {
	return DeviceProperties{
		ArgumentBuffers:  s.deviceArgumentBuffersSupport(id),
		DynamicLibraries: s.deviceSupportsDynamicLibraries(id),
		LowPower:         s.deviceIsLowPower(id),
		Headless:         s.deviceIsHeadless(id),
		Removable:        s.deviceIsRemovable(id),
		Location:         s.deviceLocation(id),
		LocationNumber:   s.deviceLocationNumber(id),
		MaxTransferRate:  s.deviceMaxTransferRate(id),
	}
}

// Properties returns what the device says of itself. It is valid after Release.
func (d *Device) Properties() DeviceProperties {
	if d == nil {
		return DeviceProperties{}
	}
	return d.properties
}

// MaximumConcurrentCompilationTaskCount returns how many libraries and
// pipelines the system compiles at the same time for this process. Below macOS
// 13.3 the error wraps [ErrUnsupported].
func (d *Device) MaximumConcurrentCompilationTaskCount() (int, error) {
	if err := d.needsConcurrentCompilation("Device.MaximumConcurrentCompilationTaskCount"); err != nil {
		return 0, err
	}
	return ask(d, func(s *scope) int { return int(s.deviceMaximumConcurrentCompilationTaskCount(d.id)) })
}

// ShouldMaximizeConcurrentCompilation says whether the system compiles with
// more threads than it otherwise would. Below macOS 13.3 the error wraps
// [ErrUnsupported].
func (d *Device) ShouldMaximizeConcurrentCompilation() (bool, error) {
	if err := d.needsConcurrentCompilation("Device.ShouldMaximizeConcurrentCompilation"); err != nil {
		return false, err
	}
	return ask(d, func(s *scope) bool { return s.deviceShouldMaximizeConcurrentCompilation(d.id) })
}

// SetShouldMaximizeConcurrentCompilation asks the system to compile with more
// threads, at the cost of everything else on the machine: for a program that
// compiles much at its start. It is the whole process's. Below macOS 13.3 the
// error wraps [ErrUnsupported].
func (d *Device) SetShouldMaximizeConcurrentCompilation(maximize bool) error {
	if err := d.needsConcurrentCompilation("Device.SetShouldMaximizeConcurrentCompilation"); err != nil {
		return err
	}
	return tell(d, func(s *scope) { s.deviceSetShouldMaximizeConcurrentCompilation(d.id, maximize) })
}

func (d *Device) needsConcurrentCompilation(method string) error {
	if d == nil {
		return errNil("Device")
	}
	if !d.hasConcurrentCompilation {
		return fmt.Errorf("mtl: %s needs macOS 13.3: %w", method, ErrUnsupported)
	}
	return nil
}

// HeapBufferSizeAndAlign returns what a buffer of that length would take in a
// heap with those options: the size is at least the length.
func (d *Device) HeapBufferSizeAndAlign(length int, options ResourceOptions) (SizeAndAlign, error) {
	if err := d.checkBuffer("Device.HeapBufferSizeAndAlign", length, options); err != nil {
		return SizeAndAlign{}, err
	}
	return ask(d, func(s *scope) SizeAndAlign { return s.deviceHeapBufferSizeAndAlign(d.id, uint64(length), options) })
}
