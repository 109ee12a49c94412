package mtl

import (
	"fmt"
	"math"
	"time"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// CounterSetTimestamp is the name of the set of counters that has the GPU's time
// (MTLCommonCounterSetTimestamp). Apple's GPUs have no other.
const CounterSetTimestamp = "timestamp"

// A CounterSet names counters that a GPU samples together (MTLCounterSet).
type CounterSet struct {
	Name     string   // such as [CounterSetTimestamp]
	Counters []string // such as GPUTimestamp, in the order in which samples have them
}

// A CounterSamplingPoint is a place where a GPU can sample counters
// (MTLCounterSamplingPoint).
type CounterSamplingPoint uint64

// Places to sample counters.
const (
	CounterSamplingPointAtStageBoundary        CounterSamplingPoint = 0 // the beginning and the end of an encoder, by [ComputePassDescriptor] and [BlitPassDescriptor]
	CounterSamplingPointAtDrawBoundary         CounterSamplingPoint = 1 // between draws
	CounterSamplingPointAtDispatchBoundary     CounterSamplingPoint = 2 // between dispatches, by [ComputeCommandEncoder.SampleCounters]
	CounterSamplingPointAtTileDispatchBoundary CounterSamplingPoint = 3 // between tiles
	CounterSamplingPointAtBlitBoundary         CounterSamplingPoint = 4 // between copies and fills, by [BlitCommandEncoder.SampleCounters]
)

// String returns the name of the place.
func (p CounterSamplingPoint) String() string {
	return enumName("CounterSamplingPoint", p, "stage boundary", "draw boundary", "dispatch boundary", "tile dispatch boundary", "blit boundary")
}

// CounterSets returns the sets of counters that the device has: none on some, such
// as the paravirtual GPU of a virtual machine.
func (d *Device) CounterSets() ([]CounterSet, error) {
	return ask(d, func(s *scope) []CounterSet {
		f := s.fw.foundation
		var sets []CounterSet
		for _, id := range f.Objects(s.counterSets(d.id)) {
			set := CounterSet{Name: f.String(s.counterSetName(id))}
			for _, counter := range f.Objects(s.counterSetCounters(id)) {
				set.Counters = append(set.Counters, f.String(s.counterName(counter)))
			}
			sets = append(sets, set)
		}
		return sets
	})
}

// SupportsCounterSampling says whether the device can sample counters at a place.
// Apple's GPUs can at the beginning and the end of an encoder only.
func (d *Device) SupportsCounterSampling(point CounterSamplingPoint) (bool, error) {
	return ask(d, func(s *scope) bool { return s.supportsCounterSampling(d.id, point) })
}

// Timestamps are one moment on two clocks.
type Timestamps struct {
	CPU uint64 // nanoseconds
	GPU uint64 // in units of the GPU's own, as samples have them
}

// SampleTimestamps reads the clocks of the CPU and the GPU at the same moment. Two
// such moments make a [Clock].
func (d *Device) SampleTimestamps() (Timestamps, error) {
	return ask(d, func(s *scope) Timestamps {
		var t struct{ cpu, gpu uint64 }
		s.sampleTimestamps(d.id, unsafe.Pointer(&t.cpu), unsafe.Pointer(&t.gpu))
		return Timestamps{t.cpu, t.gpu}
	})
}

// A Clock turns the GPU's times into the CPU's, by two moments at which both were
// read: before the work and after it.
type Clock struct{ Before, After Timestamps }

// Time returns a sampled time of the GPU in nanoseconds of the CPU's clock, which
// counts from an unspecified moment. Between the two moments it is as exact as the
// clocks run evenly. The zero of a Clock whose moments are the same is their CPU time.
func (c Clock) Time(gpu uint64) time.Duration {
	span := float64(int64(c.After.GPU - c.Before.GPU))
	if span == 0 {
		return time.Duration(c.Before.CPU)
	}
	share := float64(int64(gpu-c.Before.GPU)) / span
	return time.Duration(c.Before.CPU) + time.Duration(math.Round(share*float64(int64(c.After.CPU-c.Before.CPU))))
}

// Elapsed returns the time between two samples.
func (c Clock) Elapsed(from, to uint64) time.Duration { return c.Time(to) - c.Time(from) }

// CounterNoSample is what a sample holds that the GPU has not taken, or could not
// (MTLCounterErrorValue).
const CounterNoSample = math.MaxUint64

// MaxCounterSamples is the most timestamps that one sample buffer holds: 32 KiB.
const MaxCounterSamples = 4096

// A CounterSampleBufferDescriptor says how a sample buffer is made
// (MTLCounterSampleBufferDescriptor).
type CounterSampleBufferDescriptor struct {
	CounterSet  string      // the name of a set of the device; empty means [CounterSetTimestamp]
	Label       string      // for Metal's messages and its debugger
	StorageMode StorageMode // shared, or private for samples that only [BlitCommandEncoder.ResolveCounters] reads
	SampleCount int         // how many samples, at least 1; of timestamps at most [MaxCounterSamples]
}

// A CounterSampleBuffer holds samples of counters (MTLCounterSampleBuffer). It may
// be used from any goroutine; the owner releases it.
type CounterSampleBuffer struct {
	object
	count  int
	shared bool
}

// NewCounterSampleBuffer returns room for samples. A set that the device lacks is an
// error that wraps [ErrUnsupported]. The caller releases it.
func (d *Device) NewCounterSampleBuffer(descriptor CounterSampleBufferDescriptor) (*CounterSampleBuffer, error) {
	const method = "Device.NewCounterSampleBuffer"
	if descriptor.CounterSet == "" {
		descriptor.CounterSet = CounterSetTimestamp
	}
	switch mode := descriptor.StorageMode; {
	case descriptor.SampleCount < 1:
		return nil, badArgument(method, "SampleCount", descriptor.SampleCount, "at least 1")
	case descriptor.CounterSet == CounterSetTimestamp && descriptor.SampleCount > MaxCounterSamples:
		return nil, badArgument(method, "SampleCount", descriptor.SampleCount, "at most %d", MaxCounterSamples)
	case mode != StorageModeShared && mode != StorageModePrivate:
		return nil, badArgument(method, "StorageMode", uint64(mode), "%d (shared) or %d (private)", StorageModeShared, StorageModePrivate)
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	set := s.counterSet(d.id, descriptor.CounterSet)
	if set == 0 {
		return nil, fmt.Errorf("mtl: %s: the device has no counters %q: %w", method, descriptor.CounterSet, ErrUnsupported)
	}
	object := s.newCounterSampleBufferDescriptor(d.fw.counterSampleBufferDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTLCounterSampleBufferDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setCounterSet(object, set)
	s.setSampleBufferStorageMode(object, descriptor.StorageMode)
	s.setSampleCount(object, uint64(descriptor.SampleCount))
	// Metal takes a name that is nil for a mistake.
	if err := s.withString(descriptor.Label, func(text objc.ID) { s.setSampleBufferLabel(object, text) }); err != nil {
		return nil, fmt.Errorf("mtl: %s: %w", method, err)
	}
	id, nsError := s.newCounterSampleBuffer(d.id, object)
	if id == 0 {
		return nil, d.fw.failed("counter sample buffer", nsError)
	}
	b := &CounterSampleBuffer{count: descriptor.SampleCount, shared: descriptor.StorageMode == StorageModeShared}
	b.own("CounterSampleBuffer", d.fw, d, id)
	return b, nil
}

// counterSet returns the set of a name, an object of the pool, or zero.
func (s *scope) counterSet(device objc.ID, name string) objc.ID {
	for _, id := range s.fw.foundation.Objects(s.counterSets(device)) {
		if s.fw.foundation.String(s.counterSetName(id)) == name {
			return id
		}
	}
	return 0
}

// Release gives up the reference. Committed work that samples keeps the buffer.
func (b *CounterSampleBuffer) Release() {
	if b != nil {
		b.release()
	}
}

// SampleCount returns how many samples there are. It is valid after Release.
func (b *CounterSampleBuffer) SampleCount() int {
	if b == nil {
		return 0
	}
	return b.count
}

// Resolve returns count samples from first on as the bytes that the set of counters
// lays them out in: of timestamps one uint64 each. The work that takes them must be
// done. The samples of a private buffer are read by the GPU only.
func (b *CounterSampleBuffer) Resolve(first, count int) ([]byte, error) {
	const method = "CounterSampleBuffer.Resolve"
	if b == nil {
		return nil, errNil("CounterSampleBuffer")
	}
	if err := b.checkRange(method, first, count); err != nil {
		return nil, err
	}
	if !b.shared {
		return nil, badArgument(method, "storage mode", StorageModePrivate, "a shared buffer, or BlitCommandEncoder.ResolveCounters")
	}
	if err := b.acquire(); err != nil {
		return nil, err
	}
	defer b.drop()
	s := b.fw.begin()
	defer s.end()
	data := b.fw.foundation.Bytes(s.resolveCounterRange(b.id, objc.Range{Location: uint64(first), Length: uint64(count)}))
	if data == nil {
		return nil, b.fw.failed("samples", 0)
	}
	return data, nil
}

// Timestamps returns count samples from first on as times of the GPU, for a [Clock].
// A sample that was not taken is [CounterNoSample]. The buffer is of the set
// [CounterSetTimestamp]; see [CounterSampleBuffer.Resolve].
func (b *CounterSampleBuffer) Timestamps(first, count int) ([]uint64, error) {
	data, err := b.Resolve(first, count)
	if err != nil {
		return nil, err
	}
	if len(data) != 8*count {
		return nil, fmt.Errorf("mtl: CounterSampleBuffer.Timestamps: %d samples have %d bytes, no times: %w", count, len(data), ErrUnsupported)
	}
	times := make([]uint64, count)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(times))), len(data)), data)
	return times, nil
}

func (b *CounterSampleBuffer) checkRange(method string, first, count int) error {
	return checkPart(method, "samples", first, count, b.count)
}

func (b *CounterSampleBuffer) checkIndex(method string, index int) error {
	return checkPlace(method, index, b.count)
}

// checkPart checks a range of the samples that there are.
func checkPart(method, samples string, first, count, all int) error {
	switch {
	case count < 1 || count > all:
		return badArgument(method, "count", count, "1 to %d", all)
	case first < 0 || first > all-count:
		return badArgument(method, "first", first, "0 to %d, as %d %s are asked for of %d", all-count, count, samples, all)
	}
	return nil
}

func checkPlace(method string, index, all int) error {
	if index < 0 || index >= all {
		return badArgument(method, "index", index, "0 to %d", all-1)
	}
	return nil
}
