package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// MaxSampleAttachments is how many sample buffers a pass writes to.
const MaxSampleAttachments = 4

// CounterDontSample is an index for a sample that is not wanted (MTLCounterDontSample).
const CounterDontSample = -1

// A SampleAttachment says where an encoder writes the counters of its beginning and
// its end. The zero value writes none.
type SampleAttachment struct {
	Buffer     *CounterSampleBuffer
	Start, End int // indexes in the buffer, or [CounterDontSample]
}

// A ComputePassDescriptor says how a compute encoder is made
// (MTLComputePassDescriptor).
type ComputePassDescriptor struct {
	DispatchType DispatchType
	Samples      []SampleAttachment // at most [MaxSampleAttachments]
}

// A BlitPassDescriptor says how a blit encoder is made (MTLBlitPassDescriptor).
type BlitPassDescriptor struct {
	Samples []SampleAttachment // at most [MaxSampleAttachments]
}

// ComputeWithDescriptor is [CommandBuffer.Compute] with an encoder that is made as
// the descriptor says. Metal keeps the sample buffers alive.
func (cb *CommandBuffer) ComputeWithDescriptor(descriptor ComputePassDescriptor, encode func(*ComputeCommandEncoder) error) error {
	const method = "CommandBuffer.ComputeWithDescriptor"
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if t := descriptor.DispatchType; t != DispatchTypeSerial && t != DispatchTypeConcurrent {
		return cb.refuse(badArgument(method, "DispatchType", uint64(t), "%d (serial) or %d (concurrent)", DispatchTypeSerial, DispatchTypeConcurrent))
	}
	if encode == nil {
		return cb.refuse(badArgument(method, "function", "nil", "a function"))
	}
	done, err := cb.useSamples(method, descriptor.Samples)
	if err != nil {
		return cb.refuse(err)
	}
	defer done()
	return cb.compute(encode, func() objc.ID {
		s := cb.scope
		object := s.newComputePassDescriptor(s.fw.computePassDescriptor)
		if object == 0 {
			return 0
		}
		defer s.fw.foundation.Release(object)
		s.setPassDispatchType(object, descriptor.DispatchType)
		attachments := s.computePassAttachments(object)
		for i, a := range descriptor.Samples {
			if a.Buffer != nil {
				at := s.computePassAttachment(attachments, uint64(i))
				s.setComputePassSampleBuffer(at, a.Buffer.id)
				s.setComputePassStart(at, uint64(a.Start)) // CounterDontSample is NSUIntegerMax
				s.setComputePassEnd(at, uint64(a.End))
			}
		}
		return s.computeCommandEncoderWithDescriptor(cb.id, object)
	})
}

// BlitWithDescriptor is [CommandBuffer.Blit] with an encoder that is made as the
// descriptor says. Metal keeps the sample buffers alive.
func (cb *CommandBuffer) BlitWithDescriptor(descriptor BlitPassDescriptor, encode func(*BlitCommandEncoder) error) error {
	const method = "CommandBuffer.BlitWithDescriptor"
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if encode == nil {
		return cb.refuse(badArgument(method, "function", "nil", "a function"))
	}
	done, err := cb.useSamples(method, descriptor.Samples)
	if err != nil {
		return cb.refuse(err)
	}
	defer done()
	return cb.blit(encode, func() objc.ID {
		s := cb.scope
		object := s.newBlitPassDescriptor(s.fw.blitPassDescriptor)
		if object == 0 {
			return 0
		}
		defer s.fw.foundation.Release(object)
		attachments := s.blitPassAttachments(object)
		for i, a := range descriptor.Samples {
			if a.Buffer != nil {
				at := s.blitPassAttachment(attachments, uint64(i))
				s.setBlitPassSampleBuffer(at, a.Buffer.id)
				s.setBlitPassStart(at, uint64(a.Start))
				s.setBlitPassEnd(at, uint64(a.End))
			}
		}
		return s.blitCommandEncoderWithDescriptor(cb.id, object)
	})
}

// useSamples begins a use of the sample buffers, which done ends.
func (cb *CommandBuffer) useSamples(method string, samples []SampleAttachment) (done func(), err error) {
	if len(samples) > MaxSampleAttachments {
		return nil, badArgument(method, "number of Samples", len(samples), "at most %d", MaxSampleAttachments)
	}
	var used []*CounterSampleBuffer
	done = func() {
		for _, b := range used {
			b.drop()
		}
	}
	if len(samples) == 0 {
		return done, nil
	}
	if ok, err := cb.dev.SupportsCounterSampling(CounterSamplingPointAtStageBoundary); err != nil || !ok {
		return nil, needsSampling(method, CounterSamplingPointAtStageBoundary, err)
	}
	for _, a := range samples {
		if a.Buffer == nil {
			continue
		}
		if err := a.Buffer.acquireFor(cb.dev); err != nil {
			done()
			return nil, fmt.Errorf("%s: %w", method, err)
		}
		used = append(used, a.Buffer)
		for _, index := range []int{a.Start, a.End} {
			if index != CounterDontSample {
				if err := a.Buffer.checkIndex(method, index); err != nil {
					done()
					return nil, err
				}
			}
		}
	}
	return done, nil
}

func needsSampling(method string, point CounterSamplingPoint, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return fmt.Errorf("mtl: %s: the device takes no samples at a %v: %w", method, point, ErrUnsupported)
}

// DispatchType returns the type that the encoder was made with.
func (e *ComputeCommandEncoder) DispatchType() DispatchType {
	if e == nil || !e.enter("ComputeCommandEncoder.DispatchType") {
		return DispatchTypeSerial
	}
	defer e.cb.leave()
	return e.cb.scope.dispatchType(e.id)
}

// SampleCounters writes the counters to an index of a sample buffer, between the
// dispatches before and after; with barrier set, when those before are done. A
// device that can't at [CounterSamplingPointAtDispatchBoundary], as Apple's GPUs,
// makes the scope fail with [ErrUnsupported]: it samples whole encoders; see
// [ComputePassDescriptor].
func (e *ComputeCommandEncoder) SampleCounters(buffer *CounterSampleBuffer, index int, barrier bool) {
	if e != nil {
		e.sampleCounters("ComputeCommandEncoder.SampleCounters", CounterSamplingPointAtDispatchBoundary, buffer, index, barrier, (*call).sampleCounters)
	}
}

// SampleCounters writes the counters to an index of a sample buffer, between the
// copies and fills before and after; see [ComputeCommandEncoder.SampleCounters].
func (e *BlitCommandEncoder) SampleCounters(buffer *CounterSampleBuffer, index int, barrier bool) {
	if e != nil {
		e.sampleCounters("BlitCommandEncoder.SampleCounters", CounterSamplingPointAtBlitBoundary, buffer, index, barrier, (*call).sampleBlitCounters)
	}
}

func (e *encoder) sampleCounters(method string, point CounterSamplingPoint, buffer *CounterSampleBuffer, index int, barrier bool, send func(*call, objc.ID, objc.ID, uint64, bool)) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.useSamples(method, buffer) {
		return
	}
	defer buffer.drop()
	if err := buffer.checkIndex(method, index); err != nil {
		e.cb.fail(err)
		return
	}
	if !e.cb.scope.supportsCounterSampling(e.cb.dev.id, point) {
		e.cb.fail(needsSampling(method, point, nil))
		return
	}
	send(e.cb.scope.call, e.id, buffer.id, uint64(index), barrier)
}

// useSamples begins a use of a sample buffer, which drop ends.
func (e *encoder) useSamples(method string, buffer *CounterSampleBuffer) bool {
	err := errNil("CounterSampleBuffer")
	if buffer != nil {
		err = buffer.acquireFor(e.cb.dev)
	}
	if err != nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, err))
	}
	return err == nil
}

// resolveAlignment is what Metal asks of the place that samples go to: that of
// constant buffers, which is 32 bytes on a Mac at most.
const resolveAlignment = 32

// ResolveCounters copies count samples from first on to a buffer, at an offset that
// is a multiple of 32. Metal keeps both alive.
func (e *BlitCommandEncoder) ResolveCounters(samples *CounterSampleBuffer, first, count int, destination BufferRange) {
	const method = "BlitCommandEncoder.ResolveCounters"
	if e == nil || !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.useSamples(method, samples) {
		return
	}
	defer samples.drop()
	if err := samples.checkRange(method, first, count); err != nil {
		e.cb.fail(err)
		return
	}
	if destination.Offset%resolveAlignment != 0 {
		e.cb.fail(badArgument(method, "destination offset", destination.Offset, "a multiple of %d", resolveAlignment))
		return
	}
	if !e.hold(method, destination.Buffer, destination.Offset, 8*count) {
		return
	}
	e.cb.scope.resolveCounters(e.id, samples.id, objc.Range{Location: uint64(first), Length: uint64(count)}, destination.Buffer.id, uint64(destination.Offset))
}
