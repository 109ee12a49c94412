//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// The error of a command buffer that asked for it tells what became of each
// encoder; that of another does not.
func TestErrorTellsTheEncoderToBlame(t *testing.T) {
	s := newSoft(t)
	library := own[*mtl.Library](t)(s.device.NewLibraryWithSource(`#include <metal_stdlib>
kernel void wild(device uint *x [[buffer(0)]]) { x[1 << 20] = 1; }`, mtl.CompileOptions{}))
	function := own[*mtl.Function](t)(library.NewFunction("wild"))
	wild := own[*mtl.ComputePipelineState](t)(s.device.NewComputePipelineState(function))
	x := s.buffer(0)
	encode := func(options mtl.CommandBufferErrorOption) error {
		work, err := s.a.EncodeWithDescriptor(mtl.CommandBufferDescriptor{ErrorOptions: options}, func(cb *mtl.CommandBuffer) error {
			if d, err := cb.Descriptor(); err != nil || d.ErrorOptions != options || d.UnretainedReferences {
				t.Errorf("descriptor %+v, %v", d, err)
			}
			if err := cb.Blit(func(e *mtl.BlitCommandEncoder) error {
				e.SetLabel("before")
				e.InsertDebugSignpost("clear")
				e.Fill(mtl.BufferRange{Buffer: x}, 16, 0)
				e.PushDebugGroup("a group")
				e.PopDebugGroup()
				return nil
			}); err != nil {
				return err
			}
			if err := cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
				e.SetLabel("wild one")
				if e.Label() != "wild one" {
					t.Errorf("label %q", e.Label())
				}
				e.PushDebugGroup("in which it fails")
				e.InsertDebugSignpost("first")
				e.InsertDebugSignpost("second")
				e.SetComputePipelineState(wild)
				e.SetBuffer(x, 0, 0)
				e.DispatchThreads(line(1), line(1))
				e.PopDebugGroup()
				return nil
			}); err != nil {
				return err
			}
			return fill(x, 1)(cb)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer work.Release()
		return work.Wait(context.Background())
	}
	err := encode(mtl.CommandBufferErrorOptionEncoderExecutionStatus)
	var failed *mtl.ExecutionError
	if !errors.As(err, &failed) || !errors.Is(err, mtl.ErrExecution) || !errors.Is(err, mtl.CommandBufferErrorPageFault) {
		t.Fatal(err)
	}
	want := []mtl.EncoderInfo{
		{Label: "before", DebugSignposts: []string{"clear"}, State: mtl.CommandEncoderErrorStateCompleted},
		{Label: "wild one", DebugSignposts: []string{"first", "second"}, State: mtl.CommandEncoderErrorStateFaulted},
		{State: mtl.CommandEncoderErrorStatePending},
	}
	if fmt.Sprint(failed.Encoders) != fmt.Sprint(want) || !slices.Equal(failed.Encoders[1].DebugSignposts, want[1].DebugSignposts) {
		t.Errorf("encoders %v, want %v", failed.Encoders, want)
	}
	if failed.Status != mtl.CommandBufferStatusError || failed.Reason != mtl.CommandBufferErrorPageFault || failed.Err == nil || !strings.Contains(err.Error(), `encoder 1 ("wild one" faulted)`) {
		t.Errorf("%+v: %v", failed, err)
	}
	if err := encode(mtl.CommandBufferErrorOptionNone); !errors.As(err, &failed) || failed.Encoders != nil {
		t.Errorf("without the option: %v", err)
	}
}

func TestDescriptorIsChecked(t *testing.T) {
	s := newSoft(t)
	if _, err := s.a.EncodeWithDescriptor(mtl.CommandBufferDescriptor{ErrorOptions: 2}, func(*mtl.CommandBuffer) error { return nil }); !errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), "ErrorOptions") {
		t.Error(err)
	}
	if _, err := s.a.EncodeWithDescriptor(mtl.CommandBufferDescriptor{}, nil); !errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), "EncodeWithDescriptor") {
		t.Error(err)
	}
	if _, err := s.device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{MaxCommandBufferCount: -1}); !errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), "-1") {
		t.Error(err)
	}
}

// A queue holds as many command buffers as its descriptor says, on systems with and
// without the descriptor of Metal.
func TestQueueHoldsWhatItsDescriptorSays(t *testing.T) {
	for _, macOS := range []string{"13.0", "15.0"} {
		s := newSoft(t, softmetal.Options{MacOS: macOS})
		queue := own[*mtl.CommandQueue](t)(s.device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{MaxCommandBufferCount: 2}))
		if err := queue.SetLabel("short"); err != nil {
			t.Fatal(err)
		}
		if label, err := queue.Label(); label != "short" || err != nil {
			t.Errorf("label %q, %v", label, err)
		}
		release := s.hold()
		nothing := func(*mtl.CommandBuffer) error { return nil }
		for range 2 {
			s.encode(queue, nothing)
		}
		third := make(chan *mtl.Submission)
		go func() {
			work, err := queue.Encode(nothing)
			if err != nil {
				t.Error(err)
			}
			third <- work
		}()
		select {
		case work := <-third:
			t.Errorf("macOS %s: a third command buffer is made", macOS)
			work.Release()
			release()
		case <-time.After(20 * time.Millisecond):
			release()
			(<-third).Release()
		}
		many := own[*mtl.CommandQueue](t)(s.device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{}))
		release = s.hold()
		for range 64 {
			s.encode(many, nothing)
		}
		release()
	}
}

// A command buffer runs in the place that it was given by Enqueue, also when it is
// committed later.
func TestEnqueueGivesThePlace(t *testing.T) {
	for enqueued, want := range map[bool]byte{false: 1, true: 2} {
		s := newSoft(t)
		x := s.buffer(0)
		var second *mtl.Submission
		first := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
			if err := cb.SetLabel("first"); err != nil {
				return err
			}
			if label, err := cb.Label(); label != "first" || err != nil {
				t.Errorf("label %q, %v", label, err)
			}
			if enqueued {
				if err := cb.Enqueue(); err != nil {
					return err
				}
			}
			second = s.encode(s.a, fill(x, 2)) // committed before the scope ends
			if enqueued {
				time.Sleep(10 * time.Millisecond)
				if s.isDone(second) {
					t.Error("the second did not wait for the place before it")
				}
			} else {
				s.wait(second)
			}
			return fill(x, 1)(cb)
		})
		s.wait(first)
		s.wait(second)
		if got := s.first(x); got != want {
			t.Errorf("enqueued %v: %d was written last, want %d", enqueued, got, want)
		}
	}
	s := newSoft(t)
	if _, err := s.a.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.Enqueue(); err != nil {
			return err
		}
		return cb.Enqueue()
	}); !errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), "already") {
		t.Error(err)
	}
	s.wait(s.encode(s.a, func(*mtl.CommandBuffer) error { return nil })) // the place was given up
}

// With unretained references a buffer that goes too early is missed, and one that
// lives is not.
func TestUnretainedReferences(t *testing.T) {
	for _, early := range []bool{false, true} {
		s := newSoft(t)
		x, err := s.device.NewBuffer(16, 0)
		if err != nil {
			t.Fatal(err)
		}
		release := s.hold()
		work := own[*mtl.Submission](t)(s.a.EncodeWithDescriptor(mtl.CommandBufferDescriptor{UnretainedReferences: true}, func(cb *mtl.CommandBuffer) error {
			if d, err := cb.Descriptor(); err != nil || !d.UnretainedReferences {
				t.Errorf("descriptor %+v, %v", d, err)
			}
			return fill(x, 5)(cb)
		}))
		if early {
			x.Release()
		}
		release()
		err = work.Wait(context.Background())
		reports := s.soft.TakeReports()
		if early {
			if !errors.Is(err, mtl.ErrExecution) || len(reports) != 1 || reports[0].Rule != softmetal.RuleUseAfterRelease {
				t.Errorf("%v, %v", err, reports)
			}
			continue
		}
		if err != nil || len(reports) != 0 || s.first(x) != 5 {
			t.Errorf("%v, %v, wrote %d", err, reports, s.first(x))
		}
		x.Release()
	}
}

func TestDebugGroupsAreBalanced(t *testing.T) {
	s := newSoft(t)
	s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		if err := cb.PushDebugGroup("outer"); err != nil {
			return err
		}
		if err := fill(s.buffer(0), 1)(cb); err != nil {
			return err
		}
		return cb.PopDebugGroup()
	}))
	for name, encode := range map[string]func(cb *mtl.CommandBuffer) error{
		"CommandBuffer.PopDebugGroup": func(cb *mtl.CommandBuffer) error { return cb.PopDebugGroup() },
		"ComputeCommandEncoder.PopDebugGroup": func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error { e.PopDebugGroup(); return nil })
		},
		"BlitCommandEncoder.PopDebugGroup": func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(e *mtl.BlitCommandEncoder) error { e.PopDebugGroup(); return nil })
		},
		"ComputeCommandEncoder.InsertDebugSignpost": func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
				e.InsertDebugSignpost("\xff")
				return nil
			})
		},
	} {
		if _, err := s.a.Encode(encode); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
