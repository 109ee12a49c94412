package mtl

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

// Messages of an encoder wait in a batch. Each of these is something that this could
// break.

func TestMessagesOfAnEncoderArriveWhenItEnds(t *testing.T) {
	b := newBench(t)
	err := b.encode(func(cb *CommandBuffer) error {
		err := cb.Compute(0, func(enc *ComputeCommandEncoder) error {
			enc.SetBuffer(b.a, 0, 1)
			enc.SetBuffer(b.b, 0, 2)
			if sent := b.sent("MTLComputeCommandEncoder"); len(sent) != 0 {
				t.Errorf("sent before the end: %q", sent)
			}
			return nil
		})
		want := []string{fmt.Sprintf("setBuffer:offset:atIndex: [%d 0 1]", b.a.id), fmt.Sprintf("setBuffer:offset:atIndex: [%d 0 2]", b.b.id), "endEncoding []"}
		if sent := b.sent("MTLComputeCommandEncoder"); !slices.Equal(sent, want) {
			t.Errorf("sent %q, want %q", sent, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Messages that can't wait, here a label, come in their place.
func TestMessagesKeepTheirOrder(t *testing.T) {
	b := newBench(t)
	err := b.encode(func(cb *CommandBuffer) error {
		if err := cb.Compute(0, func(enc *ComputeCommandEncoder) error {
			enc.SetBytes([]byte{1}, 0)
			enc.SetLabel("label")
			enc.SetBytes([]byte{2}, 1)
			return cb.SetLabel("of the command buffer")
		}); err != nil {
			return err
		}
		return cb.Blit(func(enc *BlitCommandEncoder) error {
			enc.Fill(BufferRange{Buffer: b.a}, 4, 1)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, m := range b.rt.Messages("MTLCommandBuffer", "MTLComputeCommandEncoder", "MTLBlitCommandEncoder") {
		sent = append(sent, m.Selector)
	}
	want := []string{
		"computeCommandEncoderWithDispatchType:",
		"setBytes:length:atIndex:", "setLabel:", "setBytes:length:atIndex:", "setLabel:", "endEncoding",
		"blitCommandEncoder", "fillBuffer:range:value:", "endEncoding",
		"commit",
	}
	if i := slices.Index(sent, "commit"); i < 0 || !slices.Equal(sent[:i+1], want) {
		t.Errorf("sent %q, want %q first", sent, want)
	}
}

func TestAsManyMessagesAsOneLikes(t *testing.T) {
	b := newBench(t)
	for _, n := range []int{1, 2, 3, 17, 255, 256, 257, 4096} {
		b.rt.Messages()
		err := b.compute(func(enc *ComputeCommandEncoder) error {
			for i := range n {
				enc.SetBytes([]byte{byte(i)}, i%31)
			}
			return enc.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		sent := b.sent("MTLComputeCommandEncoder")
		if len(sent) != n+1 || sent[n] != "endEncoding []" {
			t.Fatalf("%d messages: %d arrived", n, len(sent))
		}
		for i, text := range sent[:n] {
			if !strings.HasPrefix(text, "setBytes") || !strings.HasSuffix(text, fmt.Sprintf(" 1 %d]", i%31)) {
				t.Fatalf("message %d of %d is %s", i, n, text)
			}
		}
	}
}

// What an object is told meanwhile goes its own way, with whatever call.
func TestMessagesToOthersDoNotSendWhatWaits(t *testing.T) {
	b := newBench(t)
	x, y := must[*Buffer](t)(b.dev.NewBuffer(64, 0)), must[*Buffer](t)(b.dev.NewBuffer(64, 0))
	for range 3 { // with calls and passes that scopes before have used
		b.rt.Messages()
		if err := b.compute(func(enc *ComputeCommandEncoder) error {
			enc.SetBuffer(x, 0, 0)
			return y.SetLabel("y")
		}); err != nil {
			t.Fatal(err)
		}
		var sent []string
		for _, m := range b.rt.Messages("MTLComputeCommandEncoder", "MTLBuffer") {
			sent = append(sent, m.Selector)
		}
		if want := []string{"setLabel:", "setBuffer:offset:atIndex:", "endEncoding"}; !slices.Equal(sent, want) {
			t.Errorf("sent %q, want %q", sent, want)
		}
	}
}

// Scopes share passes one after another, and what one has held is no other's.
func TestEachScopeHoldsItsObjectsAnew(t *testing.T) {
	b := newBench(t)
	x, err := b.dev.NewBuffer(64, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []bool{false, true} {
		if err := b.compute(func(enc *ComputeCommandEncoder) error {
			enc.SetBuffer(x, 0, 0)
			if last {
				x.Release()
				if n := b.rt.Count(x.id); n != 1 {
					t.Errorf("%d references while its message waits, want 1", n)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.rt.Count(x.id); n != 0 {
		t.Errorf("%d references after the scope", n)
	}
}

// Metal takes its own reference when the message arrives. Whoever releases an object
// before, in whatever goroutine, does not take it away from the message. The runtime
// looks whether what a message names is there.
func TestMessagesThatWaitKeepTheirObjects(t *testing.T) {
	b := newBench(t)
	fresh := func() *Buffer {
		buffer, err := b.dev.NewBuffer(64, 0)
		if err != nil {
			t.Fatal(err)
		}
		return buffer
	}
	lib := must[*Library](t)(b.dev.NewLibraryWithSource("source", CompileOptions{}))
	fn := must[*Function](t)(lib.NewFunction("saxpy"))
	pipeline, err := b.dev.NewComputePipelineState(fn)
	if err != nil {
		t.Fatal(err)
	}
	release := func(objects ...releaser) {
		var group sync.WaitGroup
		for _, o := range objects {
			group.Go(o.Release)
		}
		group.Wait()
	}
	var ids []objc.ID
	err = b.encode(func(cb *CommandBuffer) error {
		if err := cb.Compute(0, func(enc *ComputeCommandEncoder) error {
			x, y, z, u, v := fresh(), fresh(), fresh(), fresh(), fresh()
			ids = append(ids, pipeline.id, x.id, y.id, z.id, u.id, v.id)
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(x, 0, 0)
			enc.SetBuffers(1, BufferRange{y, 0}, BufferRange{z, 4})
			enc.DispatchThreadgroupsIndirect(u, 0, one)
			enc.MemoryBarrierWithResources(v)
			release(pipeline, x, y, z, u, v)
			return nil
		}); err != nil {
			return err
		}
		return cb.Blit(func(enc *BlitCommandEncoder) error {
			x, y := fresh(), fresh()
			ids = append(ids, x.id, y.id, y.id)
			enc.Copy(BufferRange{x, 0}, BufferRange{y, 0}, 4)
			enc.Fill(BufferRange{y, 0}, 4, 0)
			release(x, y)
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	var named []objc.ID
	for _, m := range b.rt.Messages("MTLComputeCommandEncoder", "MTLBlitCommandEncoder") {
		named = append(named, m.Objects()...)
	}
	if !slices.Equal(named, ids) {
		t.Errorf("messages name %#x, want %#x", named, ids)
	}
	for _, id := range ids {
		if n := b.rt.Count(id); n != 0 {
			t.Errorf("%#x has %d references after the scope", id, n)
		}
	}
}

// An object is in use once, whatever the number of messages, and no longer than the
// scope. More objects than are remembered at a time change nothing.
func TestScopeUsesEachObjectOnce(t *testing.T) {
	b := newBench(t)
	var many []*Buffer
	for range 3*recentObjects + 1 {
		many = append(many, must[*Buffer](t)(b.dev.NewBuffer(16, 0)))
	}
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		for range 3 {
			for i, buffer := range many {
				enc.SetBuffer(buffer, 0, i%31)
				enc.SetBuffer(many[0], 0, 30)             // the slot of the recent ones
				enc.SetBuffer(many[recentObjects], 0, 29) // that it shares with this
			}
		}
		for i, buffer := range many {
			if n := buffer.state.Load(); n != 1 {
				t.Fatalf("buffer %d is in use %d times", i, n)
			}
		}
		return enc.Err()
	})
	if err != nil {
		t.Error(err)
	}
	for i, buffer := range many {
		if n := buffer.state.Load(); n != 0 {
			t.Fatalf("buffer %d is in use %d times after the scope", i, n)
		}
	}
}

func TestObjectsAreLetGoHoweverAScopeEnds(t *testing.T) {
	b := newBench(t)
	for name, end := range map[string]func(*ComputeCommandEncoder) error{
		"well":           func(*ComputeCommandEncoder) error { return nil },
		"with an error":  func(*ComputeCommandEncoder) error { return errUser },
		"with bad input": func(enc *ComputeCommandEncoder) error { enc.SetBytes(nil, 0); return nil },
		"by a panic":     func(*ComputeCommandEncoder) error { panic("the user's panic") },
	} {
		t.Run(name, func(t *testing.T) {
			x, err := b.dev.NewBuffer(16, 0)
			if err != nil {
				t.Fatal(err)
			}
			func() {
				defer func() { _ = recover() }()
				_ = b.compute(func(enc *ComputeCommandEncoder) error {
					enc.SetBuffer(x, 0, 0)
					x.Release()
					return end(enc)
				})
			}()
			if n := b.rt.Count(x.id); n != 0 {
				t.Errorf("%d references are left", n)
			}
		})
	}
}

func TestUseAfterReleaseIsAnErrorEvenIfTheScopeHoldsTheObject(t *testing.T) {
	b := newBench(t)
	for name, use := range map[string]func(*ComputeCommandEncoder, *Buffer){
		"SetBuffer, the same":    func(enc *ComputeCommandEncoder, x *Buffer) { enc.SetBuffer(x, 0, 0) },
		"SetBuffer, another":     func(enc *ComputeCommandEncoder, x *Buffer) { enc.SetBuffer(x, 4, 1) },
		"SetBuffers, the same":   func(enc *ComputeCommandEncoder, x *Buffer) { enc.SetBuffers(0, BufferRange{x, 0}) },
		"a barrier":              func(enc *ComputeCommandEncoder, x *Buffer) { enc.MemoryBarrierWithResources(x) },
		"out of the recent ones": func(enc *ComputeCommandEncoder, x *Buffer) { clear(enc.held.recent[:]); enc.SetBuffer(x, 0, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			x, err := b.dev.NewBuffer(64, 0)
			if err != nil {
				t.Fatal(err)
			}
			err = b.compute(func(enc *ComputeCommandEncoder) error {
				enc.SetBuffer(x, 0, 0)
				x.Release()
				if err := enc.Err(); err != nil {
					t.Error(err)
				}
				use(enc, x)
				return nil
			})
			wantIs(t, err, ErrReleased)
		})
	}
}

// What is set already is not sent again, and all else is.
func TestWhatIsSetAlreadyIsNotSentAgain(t *testing.T) {
	b := newBench(t)
	lib := must[*Library](t)(b.dev.NewLibraryWithSource("source", CompileOptions{}))
	fn := must[*Function](t)(lib.NewFunction("sum"))
	other := must[*ComputePipelineState](t)(b.dev.NewComputePipelineState(fn))
	name := map[objc.ID]string{b.a.id: "a", b.b.id: "b", b.pipeline.id: "p", other.id: "q"}
	x, y := BufferRange{b.a, 0}, BufferRange{b.b, 8}
	for _, c := range []struct {
		name   string
		encode func(*ComputeCommandEncoder)
		want   string
	}{
		{"a pipeline twice", func(e *ComputeCommandEncoder) {
			e.SetComputePipelineState(b.pipeline)
			e.SetComputePipelineState(b.pipeline)
			e.SetComputePipelineState(other)
			e.SetComputePipelineState(b.pipeline)
		}, "p, q, p"},
		{"a buffer twice", func(e *ComputeCommandEncoder) { e.SetBuffer(b.a, 8, 1); e.SetBuffer(b.a, 8, 1) }, "a 8 @1"},
		{"a buffer at another index", func(e *ComputeCommandEncoder) { e.SetBuffer(b.a, 8, 1); e.SetBuffer(b.a, 8, 2) }, "a 8 @1, a 8 @2"},
		{"another buffer", func(e *ComputeCommandEncoder) { e.SetBuffer(b.a, 8, 1); e.SetBuffer(b.b, 8, 1); e.SetBuffer(b.a, 8, 1) }, "a 8 @1, b 8 @1, a 8 @1"},
		{"a buffer at another offset", func(e *ComputeCommandEncoder) {
			e.SetBuffer(b.a, 8, 1)
			e.SetBuffer(b.a, 12, 1)
			e.SetBuffer(b.a, 12, 1)
		}, "a 8 @1, 12 @1"},
		{"an offset twice", func(e *ComputeCommandEncoder) {
			e.SetBuffer(b.a, 8, 1)
			e.SetBufferOffset(8, 1)
			e.SetBufferOffset(16, 1)
			e.SetBufferOffset(16, 1)
			e.SetBuffer(b.a, 16, 1)
			e.SetBuffer(b.a, 8, 1)
		}, "a 8 @1, 16 @1, 8 @1"},
		{"a buffer that bytes have pushed out", func(e *ComputeCommandEncoder) {
			e.SetBuffer(b.a, 8, 1)
			e.SetBytes([]byte{1}, 1)
			e.SetBuffer(b.a, 8, 1)
		}, "a 8 @1, bytes @1, a 8 @1"},
		{"bytes twice, which may differ", func(e *ComputeCommandEncoder) { e.SetBytes([]byte{1}, 1); e.SetBytes([]byte{1}, 1) }, "bytes @1, bytes @1"},
		{"ranges twice", func(e *ComputeCommandEncoder) { e.SetBuffers(1, x, y); e.SetBuffers(1, x, y) }, "[a 0, b 8] @1"},
		{"ranges of which one is new", func(e *ComputeCommandEncoder) {
			e.SetBuffers(1, x, y, x)
			e.SetBuffers(1, x, x, x)
			e.SetBuffers(1, y, x, x)
			e.SetBuffers(1, y, x, y)
			e.SetBuffers(1, x, x, x)
		}, "[a 0, b 8, a 0] @1, [a 0] @2, [b 8] @1, [b 8] @3, [a 0, a 0, a 0] @1"},
		{"ranges, then a buffer", func(e *ComputeCommandEncoder) { e.SetBuffers(1, x, y); e.SetBuffer(b.b, 8, 2); e.SetBuffer(b.a, 0, 1) }, "[a 0, b 8] @1"},
		{"buffers, then ranges", func(e *ComputeCommandEncoder) { e.SetBuffer(b.a, 0, 1); e.SetBuffers(1, x, y) }, "a 0 @1, [b 8] @2"},
		{"ranges that bytes have pushed out", func(e *ComputeCommandEncoder) {
			e.SetBuffers(1, x, y)
			e.SetBytes([]byte{1}, 2)
			e.SetBuffers(1, x, y)
		}, "[a 0, b 8] @1, bytes @2, [b 8] @2"},
		{"threadgroup memory twice", func(e *ComputeCommandEncoder) {
			e.SetThreadgroupMemoryLength(16, 0)
			e.SetThreadgroupMemoryLength(16, 0)
			e.SetThreadgroupMemoryLength(16, 1)
			e.SetThreadgroupMemoryLength(32, 0)
			e.SetThreadgroupMemoryLength(16, 0)
		}, "16 @0, 16 @1, 32 @0, 16 @0"},
		{"dispatches and barriers", func(e *ComputeCommandEncoder) {
			e.SetComputePipelineState(b.pipeline)
			for range 2 {
				e.DispatchThreadgroups(one, one)
				e.MemoryBarrier(BarrierScopeBuffers)
			}
		}, "p, dispatch, barrier, dispatch, barrier"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.rt.Messages()
			var sent []string
			b.rt.Trace = func(m *objctest.Message) {
				switch m.Selector {
				case "setComputePipelineState:":
					sent = append(sent, name[m.ID(0)])
				case "setBuffer:offset:atIndex:":
					sent = append(sent, fmt.Sprintf("%s %d @%d", name[m.ID(0)], m.Uint(1), m.Uint(2)))
				case "setBufferOffset:atIndex:", "setThreadgroupMemoryLength:atIndex:":
					sent = append(sent, fmt.Sprintf("%d @%d", m.Uint(0), m.Uint(1)))
				case "setBytes:length:atIndex:":
					sent = append(sent, fmt.Sprintf("bytes @%d", m.Uint(2)))
				case "setBuffers:offsets:withRange:":
					r := m.Args[2].(objc.Range)
					var ranges []string
					for i, offset := range m.Words(1, r.Length) {
						ranges = append(ranges, fmt.Sprintf("%s %d", name[m.Objects()[i]], offset))
					}
					sent = append(sent, fmt.Sprintf("[%s] @%d", strings.Join(ranges, ", "), r.Location))
				case "dispatchThreadgroups:threadsPerThreadgroup:":
					sent = append(sent, "dispatch")
				case "memoryBarrierWithScope:":
					sent = append(sent, "barrier")
				}
			}
			encode := func(e *ComputeCommandEncoder) error { c.encode(e); return nil }
			// A new encoder starts with nothing set.
			err := b.encode(func(cb *CommandBuffer) error {
				if err := cb.Compute(0, encode); err != nil {
					return err
				}
				return cb.Compute(0, encode)
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(sent, ", "); got != c.want+", "+c.want {
				t.Errorf("sent %q, want twice %q", got, c.want)
			}
		})
	}
}

// Whether two goroutines meet in a method does not matter: the second may not use
// the encoder at all.
func TestSecondGoroutineIsRefusedAtAnyTime(t *testing.T) {
	for name, use := range map[string]func(*bench, *CommandBuffer, *ComputeCommandEncoder){
		"SetBuffer":              func(b *bench, _ *CommandBuffer, e *ComputeCommandEncoder) { e.SetBuffer(b.a, 0, 0) },
		"SetBytes":               func(b *bench, _ *CommandBuffer, e *ComputeCommandEncoder) { e.SetBytes([]byte{1}, 0) },
		"SetValue":               func(b *bench, _ *CommandBuffer, e *ComputeCommandEncoder) { SetValue[int32](e, nil, 0) },
		"SetLabel":               func(b *bench, _ *CommandBuffer, e *ComputeCommandEncoder) { e.SetLabel("label") },
		"CommandBuffer.SetLabel": func(b *bench, cb *CommandBuffer, _ *ComputeCommandEncoder) { _ = cb.SetLabel("label") },
		"CommandBuffer.Blit": func(b *bench, cb *CommandBuffer, _ *ComputeCommandEncoder) {
			_ = cb.Blit(func(*BlitCommandEncoder) error { return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			err := b.encode(func(cb *CommandBuffer) error {
				return cb.Compute(0, func(enc *ComputeCommandEncoder) error {
					enc.SetBuffer(b.b, 0, 1)
					var group sync.WaitGroup
					group.Go(func() { use(b, cb, enc) })
					group.Wait()
					wantIs(t, enc.Err(), ErrConcurrentUse)
					enc.SetBuffer(b.a, 0, 2) // does nothing any more
					return nil
				})
			})
			wantIs(t, err, ErrConcurrentUse)
			if sent := b.sent("MTLComputeCommandEncoder", "MTLBlitCommandEncoder"); !slices.Equal(sent, []string{"endEncoding []"}) {
				t.Errorf("sent %q", sent)
			}
		})
	}
}

func TestUseAfterTheScopeInAnotherGoroutineIsAnError(t *testing.T) {
	b := newBench(t)
	var cb *CommandBuffer
	var enc *ComputeCommandEncoder
	if err := b.encode(func(c *CommandBuffer) error {
		cb = c
		return c.Compute(0, func(e *ComputeCommandEncoder) error { enc = e; return nil })
	}); err != nil {
		t.Fatal(err)
	}
	// Other scopes use the same memory meanwhile.
	err := b.compute(func(other *ComputeCommandEncoder) error {
		enc.SetBuffer(b.a, 0, 0)
		var group sync.WaitGroup
		group.Go(func() { enc.SetBytes([]byte{1}, 0); wantIs(t, cb.SetLabel("late"), ErrEnded) })
		group.Wait()
		return other.Err()
	})
	if err != nil {
		t.Error(err)
	}
	wantIs(t, enc.Err(), ErrEnded)
}

// A scope within a scope has messages of its own.
func TestScopesWithinScopesDoNotMixTheirMessages(t *testing.T) {
	b := newBench(t)
	err := b.compute(func(outer *ComputeCommandEncoder) error {
		outer.SetBytes([]byte{1}, 1)
		if err := b.compute(func(inner *ComputeCommandEncoder) error {
			inner.SetBytes([]byte{2}, 2)
			return nil
		}); err != nil {
			return err
		}
		outer.SetBytes([]byte{3}, 3)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var indexes []uint64
	targets := map[objc.ID]bool{}
	for _, m := range b.rt.Messages("MTLComputeCommandEncoder") {
		if m.Selector == "setBytes:length:atIndex:" {
			indexes = append(indexes, m.Uint(2))
			targets[m.Target] = true
		}
	}
	if !slices.Equal(indexes, []uint64{2, 1, 3}) || len(targets) != 2 {
		t.Errorf("indexes %d arrived, at %d encoders", indexes, len(targets))
	}
}

// A message may call back into the program: the runtime's report of a broken rule
// does. There the encoder may not be used.
func TestEncoderThatIsUsedByItsOwnMessageFails(t *testing.T) {
	for name, use := range map[string]func(*bench, *CommandBuffer, *ComputeCommandEncoder){
		"SetBuffer": func(b *bench, _ *CommandBuffer, e *ComputeCommandEncoder) { e.SetBuffer(b.a, 0, 0) },
		"many": func(b *bench, _ *CommandBuffer, e *ComputeCommandEncoder) {
			for i := range 1000 {
				e.SetBytes(make([]byte, 4000), i%31)
			}
		},
		"SetLabel": func(b *bench, cb *CommandBuffer, e *ComputeCommandEncoder) { e.SetLabel("label") },
		"CommandBuffer.Compute": func(b *bench, cb *CommandBuffer, e *ComputeCommandEncoder) {
			_ = cb.Compute(0, func(*ComputeCommandEncoder) error { return nil })
		},
	} {
		for _, where := range []string{"at the end", "when the batch is full", "in a label"} {
			t.Run(name+" "+where, func(t *testing.T) {
				b := newBench(t)
				used := false
				err := b.encode(func(cb *CommandBuffer) error {
					return cb.Compute(0, func(enc *ComputeCommandEncoder) error {
						b.rt.Trace = func(m *objctest.Message) {
							if m.Selector == "setBytes:length:atIndex:" && !used {
								used = true
								use(b, cb, enc)
							}
						}
						enc.SetBytes([]byte{1}, 0)
						switch where {
						case "when the batch is full":
							for i := range 600 {
								enc.SetBytes([]byte{1}, i%31)
							}
						case "in a label":
							enc.SetLabel("label")
						}
						return nil
					})
				})
				if !used {
					t.Fatal("nothing called back")
				}
				if where != "at the end" || name == "CommandBuffer.Compute" {
					wantIs(t, err, ErrConcurrentUse)
				} else {
					wantIs(t, err, ErrEnded) // as encoders go
				}
				if slices.Contains(b.sent("MTLCommandBuffer"), "commit []") {
					t.Error("committed")
				}
			})
		}
	}
}

// A panic in a message loses those behind it. endEncoding is not among them, and
// nothing is committed, even if somebody recovers.
func TestPanicInAMessageEndsEncoding(t *testing.T) {
	for _, selector := range []string{"setBytes:length:atIndex:", "endEncoding"} {
		for _, n := range []int{1, 3, 600} {
			for _, recovers := range []string{"outside", "around the encoder", "around the message"} {
				t.Run(fmt.Sprint(selector, n, recovers), func(t *testing.T) {
					b := newBench(t)
					armed := true
					b.rt.After = func(m *objctest.Message) {
						if armed && m.Selector == selector {
							armed = false
							panic("in a message")
						}
					}
					recovering := func(where string, f func() error) (err error) {
						if where == recovers || where == "outside" {
							defer func() {
								if v := recover(); v != nil && v != "in a message" {
									t.Errorf("recovered %v", v)
								}
							}()
						}
						return f()
					}
					var err error
					_ = recovering("outside", func() error {
						err = b.encode(func(cb *CommandBuffer) error {
							return recovering("around the encoder", func() error {
								return cb.Compute(0, func(enc *ComputeCommandEncoder) error {
									for i := range n {
										_ = recovering("around the message", func() error { enc.SetBytes([]byte{1}, i%31); return nil })
									}
									return nil
								})
							})
						})
						return err
					})
					if armed {
						t.Fatal("nothing panicked")
					}
					if err != nil {
						wantIs(t, err, ErrPanicked)
					}
					sent := b.sent("MTLCommandBuffer", "MTLComputeCommandEncoder")
					ends := 0
					for _, s := range sent {
						if s == "endEncoding []" {
							ends++
						}
					}
					if slices.Contains(sent, "commit []") || ends != 1 {
						t.Errorf("encoding ended %d times; %d messages, the last %q", ends, len(sent), sent[len(sent)-1])
					}
				})
			}
		}
	}
}

func TestEagerDevicesSendAtOnce(t *testing.T) {
	check := func(b *bench, eager bool) {
		t.Helper()
		err := b.compute(func(enc *ComputeCommandEncoder) error {
			b.sent()
			enc.SetBytes([]byte{1}, 0)
			if sent := b.sent("MTLComputeCommandEncoder"); len(sent) != int(objc.Bool(eager)) {
				t.Errorf("eager %v: sent %q", eager, sent)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	b := newBench(t)
	for _, eager := range []bool{false, true, false} {
		b.dev.SetEager(eager)
		check(b, eager)
	}
	t.Setenv("TQMETAL_EAGER", "1")
	check(newBench(t), true)
	t.Setenv("TQMETAL_EAGER", "0")
	check(newBench(t), false)
	(*Device)(nil).SetEager(true)
}

// Collections at every turn, and stacks that grow between a message and its flush.
func TestMessagesThatWaitUnderGarbageCollection(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	b := newBench(t)
	payloads := map[string]int{}
	var mu sync.Mutex
	b.rt.On("MTLComputeCommandEncoder setBytes:length:atIndex:", func(m *objctest.Message) {
		mu.Lock()
		defer mu.Unlock()
		payloads[string(m.Bytes(0, m.Uint(1)))]++
	})
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for n := range 10 {
				x, err := b.dev.NewBuffer(64, 0)
				if err != nil {
					t.Error(err)
					return
				}
				if err := b.compute(func(enc *ComputeCommandEncoder) error {
					enc.SetBuffer(x, 0, 1)
					x.Release()
					for i := range 300 {
						payload := fmt.Appendf(nil, "%d %d %d", g, n, i)
						enc.SetBytes(payload, 0)
						clear(payload)
					}
					growStack(100)
					runtime.GC()
					return enc.Err()
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for g := range 4 {
		for n := range 10 {
			for i := range 300 {
				if text := fmt.Sprintf("%d %d %d", g, n, i); payloads[text] != 1 {
					t.Fatalf("%q arrived %d times", text, payloads[text])
				}
			}
		}
	}
	if len(payloads) != 4*10*300 {
		t.Errorf("%d payloads arrived", len(payloads))
	}
}

//go:noinline
func growStack(n int) byte {
	var room [256]byte
	if n > 0 {
		room[n] = growStack(n - 1)
	}
	return room[0]
}
