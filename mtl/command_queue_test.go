package mtl

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
)

var one = Size{1, 1, 1}

func TestScopeEndsEncodingAndCommits(t *testing.T) {
	b := newBench(t)
	sub, err := b.queue.Encode(func(cb *CommandBuffer) error {
		if err := cb.Compute(DispatchTypeSerial, func(enc *ComputeCommandEncoder) error { return nil }); err != nil {
			return err
		}
		return cb.Blit(func(enc *BlitCommandEncoder) error { return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := b.sent("MTLCommandQueue", "MTLCommandBuffer", "MTLComputeCommandEncoder", "MTLBlitCommandEncoder")
	want := []string{
		"commandBuffer []",
		"computeCommandEncoderWithDispatchType: [0]", "endEncoding []",
		"blitCommandEncoder []", "endEncoding []",
		"commit []",
	}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
	// The pool of the scope is gone: one reference is ours, one is Metal's.
	if n := b.rt.Count(sub.id); n != 2 {
		t.Errorf("%d references, want 2", n)
	}
	if err := sub.Wait(context.Background()); err != nil {
		t.Error(err)
	}
	sub.Release()
}

var errUser = errors.New("the user's error")

func TestNothingIsCommittedAfterAnError(t *testing.T) {
	for _, c := range []struct {
		name   string
		encode func(cb *CommandBuffer) error
		want   error
	}{
		{"of the scope's function", func(cb *CommandBuffer) error { return errUser }, errUser},
		{"of the encoder's function", func(cb *CommandBuffer) error {
			return cb.Compute(0, func(*ComputeCommandEncoder) error { return errUser })
		}, errUser},
		{"of the encoder's function that was dropped", func(cb *CommandBuffer) error {
			_ = cb.Compute(0, func(*ComputeCommandEncoder) error { return errUser })
			return nil
		}, errUser},
		{"that the encoder recorded and nobody looked at", func(cb *CommandBuffer) error {
			_ = cb.Compute(0, func(enc *ComputeCommandEncoder) error { enc.SetBytes(nil, 0); return nil })
			return nil
		}, ErrArgument},
		{"that a blit encoder recorded", func(cb *CommandBuffer) error {
			_ = cb.Blit(func(enc *BlitCommandEncoder) error { enc.Fill(BufferRange{}, 4, 0); return nil })
			return nil
		}, ErrNil},
		{"of a panic that was recovered within the scope", func(cb *CommandBuffer) error {
			defer func() { _ = recover() }()
			return cb.Compute(0, func(*ComputeCommandEncoder) error { panic("lost") })
		}, ErrPanicked},
		{"of an encoder within an encoder", func(cb *CommandBuffer) error {
			return cb.Compute(0, func(*ComputeCommandEncoder) error {
				_ = cb.Blit(func(*BlitCommandEncoder) error { return nil })
				return nil
			})
		}, ErrArgument},
		{"of a dispatch type that does not exist", func(cb *CommandBuffer) error {
			_ = cb.Compute(2, func(*ComputeCommandEncoder) error { return nil })
			return nil
		}, ErrArgument},
		{"of no function for the encoder", func(cb *CommandBuffer) error { _ = cb.Compute(0, nil); return nil }, ErrArgument},
		{"of no function for a blit", func(cb *CommandBuffer) error { _ = cb.Blit(nil); return nil }, ErrArgument},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			sub, err := b.queue.Encode(c.encode)
			wantIs(t, err, c.want)
			if sub != nil {
				t.Error("there is a submission")
			}
			if slices.Contains(b.sent(), "commit []") {
				t.Error("committed")
			}
		})
	}
}

func TestNoFunctionForTheScope(t *testing.T) {
	b := newBench(t)
	_, err := b.queue.Encode(nil)
	wantArgument(t, err, "function")
}

func TestEncodersThatMetalDoesNotGiveAreErrors(t *testing.T) {
	b := newBench(t)
	b.rt.On("MTLCommandBuffer computeCommandEncoderWithDispatchType:", func(*objctest.Message) {})
	b.rt.On("MTLCommandBuffer blitCommandEncoder", func(*objctest.Message) {})
	wantIs(t, b.compute(func(*ComputeCommandEncoder) error { return nil }), ErrNoObject)
	wantIs(t, b.encode(func(cb *CommandBuffer) error {
		_ = cb.Blit(func(*BlitCommandEncoder) error { return nil })
		return nil
	}), ErrNoObject)
	b.rt.On("MTLCommandQueue commandBuffer", func(*objctest.Message) {})
	_, err := b.queue.Encode(func(*CommandBuffer) error { return nil })
	wantIs(t, err, ErrNoObject)
}

// A panic ends encoding, releases the command buffer uncommitted, and goes on
// with its own value. So does Goexit, which t.FailNow is.
func TestPanicAndGoexitCleanUp(t *testing.T) {
	for name, leave := range map[string]func(){
		"panic":  func() { panic("the user's panic") },
		"Goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			recovered := make(chan any)
			go func() {
				defer func() { recovered <- recover() }()
				_, _ = b.queue.Encode(func(cb *CommandBuffer) error {
					return cb.Compute(0, func(enc *ComputeCommandEncoder) error {
						enc.SetComputePipelineState(b.pipeline)
						leave()
						return nil
					})
				})
			}()
			if v := <-recovered; name == "panic" && v != "the user's panic" {
				t.Errorf("recovered %v", v)
			}
			sent := b.sent("MTLCommandBuffer", "MTLComputeCommandEncoder")
			if !slices.Contains(sent, "endEncoding []") || slices.Contains(sent, "commit []") {
				t.Errorf("sent %q", sent)
			}
		})
	}
}

func TestUseAfterTheScopeIsAnError(t *testing.T) {
	b := newBench(t)
	var cb *CommandBuffer
	var enc *ComputeCommandEncoder
	var blit *BlitCommandEncoder
	err := b.encode(func(c *CommandBuffer) error {
		cb = c
		if err := c.Compute(0, func(e *ComputeCommandEncoder) error { enc = e; return nil }); err != nil {
			return err
		}
		return c.Blit(func(e *BlitCommandEncoder) error { blit = e; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	b.sent()
	wantIs(t, cb.SetLabel("late"), ErrEnded)
	wantIs(t, cb.Compute(0, func(*ComputeCommandEncoder) error { t.Error("called"); return nil }), ErrEnded)
	wantIs(t, cb.Blit(func(*BlitCommandEncoder) error { t.Error("called"); return nil }), ErrEnded)
	enc.DispatchThreadgroups(one, one)
	wantIs(t, enc.Err(), ErrEnded)
	blit.Fill(BufferRange{Buffer: b.a}, 4, 0)
	wantIs(t, blit.Err(), ErrEnded)
	if sent := b.sent("MTLCommandBuffer", "MTLComputeCommandEncoder", "MTLBlitCommandEncoder"); len(sent) != 0 {
		t.Errorf("sent %q", sent)
	}
}

// Metal aborts on a command buffer that is used once commit has begun.
func TestUseOfACommandBufferDuringItsCommitIsAnError(t *testing.T) {
	b := newBench(t)
	var leaked *CommandBuffer
	committed := false
	b.rt.Trace = func(m *objctest.Message) {
		if m.Selector == "commit" {
			committed = true
			wantIs(t, leaked.SetLabel("late"), ErrEnded)
		}
	}
	if err := b.encode(func(cb *CommandBuffer) error { leaked = cb; return nil }); err != nil {
		t.Fatal(err)
	}
	if !committed {
		t.Error("not committed")
	}
}

func TestUseAfterAScopeThatFailedIsAnError(t *testing.T) {
	for name, leave := range map[string]func() error{
		"by an error": func() error { return errUser },
		"by a panic":  func() error { panic("the user's panic") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			var leaked *CommandBuffer
			func() {
				defer func() { _ = recover() }()
				_, _ = b.queue.Encode(func(cb *CommandBuffer) error { leaked = cb; return leave() })
			}()
			b.sent()
			wantIs(t, leaked.SetLabel("late"), ErrEnded)
			if sent := b.sent("MTLCommandBuffer"); len(sent) != 0 {
				t.Errorf("sent %q", sent)
			}
		})
	}
}

func TestUseOfAnEncoderAfterItsEndFailsTheScope(t *testing.T) {
	b := newBench(t)
	err := b.encode(func(cb *CommandBuffer) error {
		var stale *ComputeCommandEncoder
		if err := cb.Compute(0, func(enc *ComputeCommandEncoder) error { stale = enc; return nil }); err != nil {
			return err
		}
		stale.SetBytes([]byte{1}, 0)
		return nil
	})
	wantIs(t, err, ErrEnded)
}

func TestTwoGoroutinesInOneEncoderAreAnError(t *testing.T) {
	b := newBench(t)
	inside, goOn := make(chan bool), make(chan bool)
	b.rt.Trace = func(m *objctest.Message) {
		if m.Selector == "setBytes:length:atIndex:" {
			close(inside)
			<-goOn
		}
	}
	var group sync.WaitGroup
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		group.Go(func() {
			<-inside
			enc.SetBuffer(b.a, 0, 1)
			close(goOn)
		})
		enc.SetBytes([]byte{1}, 0)
		return nil
	})
	group.Wait()
	wantIs(t, err, ErrConcurrentUse)
}

// Two goroutines at once must be an error or in turn, never a race: this is
// for -race.
func TestEncoderUnderMisuseHasNoRace(t *testing.T) {
	b := newBench(t)
	var group sync.WaitGroup
	_ = b.compute(func(enc *ComputeCommandEncoder) error {
		for range 4 {
			group.Go(func() {
				for range 100 {
					enc.SetComputePipelineState(b.pipeline)
					enc.SetBytes([]byte{1, 2}, 3)
					_ = enc.Err()
				}
			})
		}
		return nil
	})
	group.Wait()
}

// Removing the lock to the thread makes this fail: the goroutine wanders, and
// with it the pool.
func TestScopesStayOnTheirThread(t *testing.T) {
	b := newBench(t)
	b.rt.Trace = func(*objctest.Message) { objctest.Wander() }
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				if err := b.compute(func(enc *ComputeCommandEncoder) error {
					enc.SetBuffer(b.a, 0, 0)
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestScopesNest(t *testing.T) {
	b := newBench(t)
	err := b.encode(func(outer *CommandBuffer) error {
		if err := b.compute(func(enc *ComputeCommandEncoder) error { enc.SetBuffer(b.a, 0, 0); return nil }); err != nil {
			return err
		}
		return outer.Compute(0, func(enc *ComputeCommandEncoder) error { enc.SetBuffer(b.b, 0, 0); return nil })
	})
	if err != nil {
		t.Error(err)
	}
}

func TestQueueOfLimitedLength(t *testing.T) {
	rt, dev := testDevice(t)
	rt.Messages()
	must[*CommandQueue](t)(dev.NewCommandQueueWithMaxCommandBufferCount(3))
	if m := rt.Messages("MTLDevice"); len(m) != 1 || m[0].Uint(0) != 3 {
		t.Errorf("sent %v", m)
	}
	for _, n := range []int{0, -1} {
		_, err := dev.NewCommandQueueWithMaxCommandBufferCount(n)
		wantArgument(t, err, "count", "at least 1")
	}
	rt.On("MTLDevice newCommandQueue", func(*objctest.Message) {})
	_, err := dev.NewCommandQueue()
	wantIs(t, err, ErrNoObject)
}

func TestLabelsWithinAScope(t *testing.T) {
	b := newBench(t)
	err := b.encode(func(cb *CommandBuffer) error {
		if err := cb.SetLabel("step"); err != nil {
			return err
		}
		if err := cb.Blit(func(enc *BlitCommandEncoder) error { enc.SetLabel("copy"); return nil }); err != nil {
			return err
		}
		return cb.Compute(0, func(enc *ComputeCommandEncoder) error { enc.SetLabel("decode"); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	labels := 0
	for _, m := range b.rt.Messages() {
		if m.Selector == "setLabel:" {
			labels++
		}
	}
	if labels != 3 {
		t.Errorf("%d labels", labels)
	}
	err = b.compute(func(enc *ComputeCommandEncoder) error { enc.SetLabel("\xff"); return nil })
	if err == nil || !strings.Contains(err.Error(), "SetLabel") {
		t.Errorf("error %v", err)
	}
}
