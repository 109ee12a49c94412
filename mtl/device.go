package mtl

import (
	"fmt"
	"os"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

// A Device is a GPU (MTLDevice). It may be used from any goroutine; the owner
// releases it.
type Device struct {
	object
	name       string
	limits     Limits
	properties DeviceProperties

	// What this system and this GPU have beyond macOS 13: asked for once,
	// because a message that an older system lacks ends the process.
	hasMathMode              bool // macOS 15
	hasConcurrentCompilation bool // macOS 13.3
	hasResidencySets         bool // macOS 15
	nonUniformSizes          bool // threadgroups at the edge of a grid may be smaller
	hasQueueDescriptor       bool // macOS 15
	hasLogStates             bool // macOS 15
	hasMetal4                bool // macOS 26

	eager atomic.Bool
}

// Limits are the numbers that work on a device has to respect.
type Limits struct {
	MaxThreadsPerThreadgroup     Size  // per direction; a pipeline has a limit for the product
	MaxThreadgroupMemoryLength   int   // bytes, static and dynamic together
	MaxBufferLength              int   // bytes
	RecommendedMaxWorkingSetSize int64 // bytes that all resources together may have without a loss of speed
}

// newDevice takes over one reference to id, also when it fails.
func newDevice(s *scope, id objc.ID) (*Device, error) {
	options := s.newCompileOptions(s.fw.compileOptions)
	if options == 0 {
		s.fw.foundation.Release(id)
		return nil, s.fw.failed("MTLCompileOptions", 0)
	}
	defer s.fw.foundation.Release(options)
	d := &Device{name: s.fw.foundation.String(s.deviceName(id))}
	d.limits = Limits{
		MaxThreadsPerThreadgroup:     s.deviceMaxThreadsPerThreadgroup(id),
		MaxThreadgroupMemoryLength:   int(s.deviceMaxThreadgroupMemoryLength(id)),
		MaxBufferLength:              int(s.deviceMaxBufferLength(id)),
		RecommendedMaxWorkingSetSize: int64(s.deviceRecommendedMaxWorkingSetSize(id)),
	}
	d.properties = s.deviceProperties(id)
	d.nonUniformSizes = s.deviceSupportsFamily(id, GPUFamilyApple4) || s.deviceSupportsFamily(id, GPUFamilyMac2)
	d.hasMathMode = s.fw.foundation.RespondsTo(options, "setMathMode:")
	d.hasConcurrentCompilation = s.fw.foundation.RespondsTo(id, "maximumConcurrentCompilationTaskCount")
	d.hasResidencySets = s.fw.residencySetDescriptor != 0 && s.fw.foundation.RespondsTo(id, "newResidencySetWithDescriptor:error:")
	d.hasLogStates = s.fw.logStateDescriptor != 0 && s.fw.foundation.RespondsTo(id, "newLogStateWithDescriptor:error:")
	d.hasQueueDescriptor = s.fw.commandQueueDescriptor != 0 && s.fw.foundation.RespondsTo(id, "newCommandQueueWithDescriptor:")
	d.hasMetal4 = s.fw.commandQueue4Descriptor != 0 && s.fw.foundation.RespondsTo(id, "newMTL4CommandQueueWithDescriptor:error:") && s.deviceSupportsFamily(id, GPUFamilyMetal4)
	d.eager.Store(os.Getenv(eagerVariable) == "1")
	d.own("Device", s.fw, d, id)
	return d, nil
}

// eagerVariable makes devices eager that are made while it is 1 in the
// environment: a crash can be looked into without another build of the program.
const eagerVariable = "TQMETAL_EAGER"

// SetEager says whether the scopes of [CommandQueue.Encode] that begin from now on
// send each message to Metal at once, instead of many with one foreign call. It is
// for finding a mistake that ends the process: the traceback then shows the line
// of the program that the message came from. Encoding takes three times as long.
// Devices are eager from the start if the environment has TQMETAL_EAGER=1.
func (d *Device) SetEager(eager bool) {
	if d != nil {
		d.eager.Store(eager)
	}
}

// needsMetal4 refuses a method where the system or the GPU does not have Metal 4.
func (d *Device) needsMetal4(method string) error {
	if d == nil {
		return errNil("Device")
	}
	if !d.hasMetal4 {
		return fmt.Errorf("mtl: %s needs macOS 26 and GPU family Metal4: %w", method, ErrUnsupported)
	}
	return nil
}

func (d *Device) acquire() error {
	if d == nil {
		return errNil("Device")
	}
	return d.object.acquire()
}

// Release gives up the reference. What was made from the device keeps it alive.
func (d *Device) Release() {
	if d != nil {
		d.release()
	}
}

// Name returns the name of the GPU, such as "Apple M2 Max". It is valid after
// Release, as are the limits.
func (d *Device) Name() string {
	if d == nil {
		return ""
	}
	return d.name
}

// Limits returns the limits of the device.
func (d *Device) Limits() Limits {
	if d == nil {
		return Limits{}
	}
	return d.limits
}

// SupportsFamily says whether the device has the features of a GPU family.
func (d *Device) SupportsFamily(family GPUFamily) (bool, error) {
	return ask(d, func(s *scope) bool { return s.deviceSupportsFamily(d.id, family) })
}

// RegistryID returns the number by which the system knows the device.
func (d *Device) RegistryID() (uint64, error) {
	return ask(d, func(s *scope) uint64 { return s.deviceRegistryID(d.id) })
}

// HasUnifiedMemory says whether the GPU and the CPU share all memory.
func (d *Device) HasUnifiedMemory() (bool, error) {
	return ask(d, func(s *scope) bool { return s.deviceHasUnifiedMemory(d.id) })
}

// CurrentAllocatedSize returns the bytes of all resources of this process.
func (d *Device) CurrentAllocatedSize() (int64, error) {
	return ask(d, func(s *scope) int64 { return int64(s.deviceCurrentAllocatedSize(d.id)) })
}

// Architecture returns the name of the GPU's architecture, such as
// "applegpu_g14s". Below macOS 14 the error wraps [ErrUnsupported].
func (d *Device) Architecture() (string, error) {
	if err := d.acquire(); err != nil {
		return "", err
	}
	defer d.drop()
	if !d.fw.foundation.RespondsTo(d.id, "architecture") {
		return "", fmt.Errorf("mtl: Device.Architecture needs macOS 14: %w", ErrUnsupported)
	}
	s := d.fw.begin()
	defer s.end()
	return d.fw.foundation.String(s.architectureName(s.deviceArchitecture(d.id))), nil
}
