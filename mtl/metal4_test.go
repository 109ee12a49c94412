//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// openMetal4On is openMetal4 on a software device that the test may tell what to do.
func openMetal4On(t *testing.T, options softmetal.Options) (metal4, *softmetal.Device) {
	t.Helper()
	options.MacOS = "26.0"
	h, soft := openSoftware(t, options)
	return newMetal4(h), soft
}

// An order that nobody gave is another one now and then, and the software device shows
// it.
func TestMissingOrderOfMetal4Shows(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{Order: softmetal.Order{Sequence: softmetal.Down}})
	double := m.kernel("double_it")
	x, xs := m.numbers(1)
	m.set(0, x, 0)
	fence := owned[*mtl.Fence](m.hardware)(m.device.NewFence())
	fill := func(enc *mtl.ComputeCommandEncoder4) { enc.Fill(mtl.BufferRange{Buffer: x}, 4, 1) }
	twice := func(enc *mtl.ComputeCommandEncoder4) {
		enc.SetComputePipelineState(double)
		enc.SetArgumentTable(m.table)
		enc.DispatchThreads(line(1), line(1))
	}
	with := func(a, b func(*mtl.ComputeCommandEncoder4)) func(*mtl.ComputeCommandEncoder4) {
		return func(enc *mtl.ComputeCommandEncoder4) { a(enc); b(enc) }
	}
	barrier := func(after, before mtl.Stages, v mtl.VisibilityOptions) func(*mtl.ComputeCommandEncoder4) {
		return func(enc *mtl.ComputeCommandEncoder4) { enc.BarrierAfterEncoderStages(after, before, v) }
	}
	consumer := func(enc *mtl.ComputeCommandEncoder4) { enc.BarrierAfterQueueStages(blit4, dispatch4, seen4) }
	for _, test := range []struct {
		name   string
		passes [][]func(*mtl.ComputeCommandEncoder4) // of one submission each
	}{
		{"no barrier within the encoder", [][]func(*mtl.ComputeCommandEncoder4){{with(fill, twice)}}},
		{"a barrier of other stages", [][]func(*mtl.ComputeCommandEncoder4){{with(fill, with(barrier(dispatch4, dispatch4, seen4), twice))}}},
		{"a barrier that shows nothing", [][]func(*mtl.ComputeCommandEncoder4){{with(fill, with(barrier(blit4, dispatch4, mtl.VisibilityOptionNone), twice))}}},
		{"a barrier of the queue within the encoder", [][]func(*mtl.ComputeCommandEncoder4){{with(fill, with(consumer, twice))}}},
		{"a barrier behind what it is for", [][]func(*mtl.ComputeCommandEncoder4){{fill, with(twice, consumer)}}},
		{"nothing between encoders", [][]func(*mtl.ComputeCommandEncoder4){{fill, twice}}},
		{"a fence that nobody updates", [][]func(*mtl.ComputeCommandEncoder4){{fill, with(func(enc *mtl.ComputeCommandEncoder4) { enc.WaitForFence(fence, dispatch4) }, twice)}}},
		{"nothing between command buffers", [][]func(*mtl.ComputeCommandEncoder4){{fill}, {twice}}},
	} {
		xs[0] = 3
		hold := make(chan struct{}) // until all is committed
		if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Hold: hold}); err != nil {
			t.Fatal(err)
		}
		var all []*mtl.Submission4
		for _, passes := range test.passes {
			all = append(all, m.commit(func(cb *mtl.CommandBuffer4) error {
				for _, pass := range passes {
					if err := pass4(pass)(cb); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		close(hold)
		for _, s := range all {
			m.wait(s)
		}
		if xs[0] != 0x01010101 {
			t.Errorf("%s: %#x, as if it were ordered", test.name, xs[0])
		}
	}
}

// What would make Metal end the process is an error before.
func TestMetal4ArgumentsAreChecked(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	foreign, _ := openMetal4On(t, softmetal.Options{})
	add, store := m.kernel("add"), m.kernel("store")
	x, _ := m.numbers(8)
	theirs, _ := foreign.numbers(8)
	gone := func() *mtl.Buffer {
		b, err := m.device.NewBuffer(32, mtl.ResourceStorageModeShared)
		if err != nil {
			t.Fatal(err)
		}
		b.Release()
		return b
	}()
	fence := owned[*mtl.Fence](m.hardware)(m.device.NewFence())
	goneFence, err := m.device.NewFence()
	if err != nil {
		t.Fatal(err)
	}
	goneFence.Release()
	commands := m.indirect(mtl.IndirectCommandBufferDescriptor{}, 4)
	inherits := m.indirect(mtl.IndirectCommandBufferDescriptor{InheritPipelineState: true, InheritBuffers: true}, 4)
	known := m.known("store")
	small := owned[*mtl.ArgumentTable](m.hardware)(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 1}))
	stale := owned[*mtl.ArgumentTable](m.hardware)(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 4}))
	dead, err := m.device.NewBuffer(32, mtl.ResourceStorageModeShared)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(stale.SetBuffer(x, 0, 0), stale.SetBuffer(dead, 0, 3)); err != nil {
		t.Fatal(err)
	}
	dead.Release()
	m.set(0, x, 0)
	m.set(1, x, 0)
	ready := func(f func(*mtl.ComputeCommandEncoder4)) func(*mtl.ComputeCommandEncoder4) {
		return func(enc *mtl.ComputeCommandEncoder4) {
			enc.SetComputePipelineState(add)
			enc.SetArgumentTable(m.table)
			f(enc)
		}
	}
	for _, test := range []struct {
		name string
		do   func(*mtl.ComputeCommandEncoder4)
		is   error
		says string
	}{
		{"a nil pipeline", func(e *mtl.ComputeCommandEncoder4) { e.SetComputePipelineState(nil) }, mtl.ErrNil, "ComputePipelineState"},
		{"a foreign pipeline", func(e *mtl.ComputeCommandEncoder4) { e.SetComputePipelineState(foreign.kernel("add")) }, mtl.ErrForeign, ""},
		{"a nil table", func(e *mtl.ComputeCommandEncoder4) { e.SetArgumentTable(nil) }, mtl.ErrNil, "ArgumentTable"},
		{"a foreign table", func(e *mtl.ComputeCommandEncoder4) { e.SetArgumentTable(foreign.table) }, mtl.ErrForeign, ""},
		{"a dispatch without a pipeline", func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreads(line(1), line(1)) }, mtl.ErrArgument, "pipeline is nil"},
		{"a dispatch of nothing", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreads(line(0), line(1)) }), mtl.ErrArgument, "threads is 0x1x1"},
		{"too many threadgroups", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreadgroups(line(1<<31), line(2)) }), mtl.ErrArgument, "4294967295"},
		{"a threadgroup that is too large", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreads(line(1), line(2048)) }), mtl.ErrArgument, "2048"},
		{"a known kernel without a table", func(e *mtl.ComputeCommandEncoder4) {
			e.SetComputePipelineState(known)
			e.DispatchThreads(line(1), line(1))
		}, mtl.ErrArgument, "index 0"},
		{"a known kernel with half of its buffers", func(e *mtl.ComputeCommandEncoder4) {
			e.SetComputePipelineState(known)
			e.SetArgumentTable(small)
			if err := small.SetBuffer(x, 0, 0); err != nil {
				t.Error(err)
			}
			e.DispatchThreads(line(1), line(1))
		}, mtl.ErrArgument, "index 1 (value)"},
		{"a released buffer in the table", func(e *mtl.ComputeCommandEncoder4) {
			e.SetComputePipelineState(store)
			e.SetArgumentTable(stale)
			e.DispatchThreads(line(1), line(1))
		}, mtl.ErrReleased, "index 3 of the argument table"},
		{"a released buffer that commands may inherit", func(e *mtl.ComputeCommandEncoder4) {
			e.SetComputePipelineState(m.indirectPipeline(m.newLibrary(metal4Source, mtl.CompileOptions{}), "store"))
			e.SetArgumentTable(stale)
			e.ExecuteCommands(inherits, 0, 1)
		}, mtl.ErrReleased, "index 3 of the argument table"},
		{"threadgroup memory that is no multiple of 16", func(e *mtl.ComputeCommandEncoder4) { e.SetThreadgroupMemoryLength(8, 0) }, mtl.ErrArgument, "a multiple of 16"},
		{"a grid from a nil buffer", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreadgroupsIndirect(nil, 0, line(1)) }), mtl.ErrNil, ""},
		{"a grid from a released buffer", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreadsIndirect(gone, 0) }), mtl.ErrReleased, ""},
		{"a grid past the end", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreadsIndirect(x, 12) }), mtl.ErrArgument, "24 bytes"},
		{"a grid at an odd offset", ready(func(e *mtl.ComputeCommandEncoder4) { e.DispatchThreadgroupsIndirect(x, 2, line(1)) }), mtl.ErrArgument, "a multiple of 4"},
		{"a copy from a foreign buffer", func(e *mtl.ComputeCommandEncoder4) {
			e.Copy(mtl.BufferRange{Buffer: theirs}, mtl.BufferRange{Buffer: x}, 4)
		}, mtl.ErrForeign, ""},
		{"a copy that overlaps", func(e *mtl.ComputeCommandEncoder4) {
			e.Copy(mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: x, Offset: 4}, 8)
		}, mtl.ErrArgument, "overlap"},
		{"a fill of three bytes", func(e *mtl.ComputeCommandEncoder4) { e.Fill(mtl.BufferRange{Buffer: x}, 3, 0) }, mtl.ErrArgument, "a multiple of 4"},
		{"a fill of a released buffer", func(e *mtl.ComputeCommandEncoder4) { e.Fill(mtl.BufferRange{Buffer: gone}, 4, 0) }, mtl.ErrReleased, ""},
		{"a barrier without stages", func(e *mtl.ComputeCommandEncoder4) { e.BarrierAfterQueueStages(0, dispatch4, seen4) }, mtl.ErrArgument, "after is 0x0"},
		{"a barrier of stages of rendering", func(e *mtl.ComputeCommandEncoder4) { e.BarrierAfterStages(dispatch4, 1, seen4) }, mtl.ErrArgument, "before is 0x1"},
		{"a barrier of other options", func(e *mtl.ComputeCommandEncoder4) { e.BarrierAfterEncoderStages(dispatch4, dispatch4, 4) }, mtl.ErrArgument, "visibility is 4"},
		{"a nil fence", func(e *mtl.ComputeCommandEncoder4) { e.UpdateFence(nil, dispatch4) }, mtl.ErrNil, "Fence"},
		{"a released fence", func(e *mtl.ComputeCommandEncoder4) { e.WaitForFence(goneFence, dispatch4) }, mtl.ErrReleased, ""},
		{"a fence without stages", func(e *mtl.ComputeCommandEncoder4) { e.UpdateFence(fence, 0) }, mtl.ErrArgument, "after is 0x0"},
		{"a wait for a fence of its own", func(e *mtl.ComputeCommandEncoder4) {
			e.UpdateFence(fence, dispatch4)
			e.WaitForFence(fence, dispatch4)
		}, mtl.ErrArgument, "has updated"},
		{"nil commands", func(e *mtl.ComputeCommandEncoder4) { e.ExecuteCommands(nil, 0, 1) }, mtl.ErrNil, ""},
		{"commands that there are not", func(e *mtl.ComputeCommandEncoder4) { e.ExecuteCommands(commands, 3, 2) }, mtl.ErrArgument, "1 to 1"},
		{"commands that inherit nothing", func(e *mtl.ComputeCommandEncoder4) { e.ExecuteCommands(inherits, 0, 1) }, mtl.ErrArgument, "pipeline is nil"},
		{"commands that inherit a pipeline of another kind", ready(func(e *mtl.ComputeCommandEncoder4) { e.ExecuteCommands(inherits, 0, 1) }), mtl.ErrArgument, "SupportIndirectCommandBuffers"},
		{"a range at an odd offset", func(e *mtl.ComputeCommandEncoder4) { e.ExecuteCommandsIndirect(commands, x, 1) }, mtl.ErrArgument, "a multiple of 4"},
		{"a reset of commands that there are not", func(e *mtl.ComputeCommandEncoder4) { e.ResetCommands(commands, 4, 1) }, mtl.ErrArgument, "0 to 3"},
		{"a copy of commands to where there is no room", func(e *mtl.ComputeCommandEncoder4) { e.CopyIndirectCommandBuffer(commands, 0, 2, commands, 3) }, mtl.ErrArgument, "0 to 2"},
		{"an optimization of no commands", func(e *mtl.ComputeCommandEncoder4) { e.OptimizeIndirectCommandBuffer(commands, 0, 0) }, mtl.ErrArgument, "1 to 4"},
		{"a debug group that nobody began", func(e *mtl.ComputeCommandEncoder4) { e.PopDebugGroup() }, mtl.ErrArgument, "PushDebugGroup"},
		{"a table index over the limit", func(e *mtl.ComputeCommandEncoder4) {
			e.SetArgumentTable(m.table)
			if err := m.table.SetBuffer(x, 0, 4); !errors.Is(err, mtl.ErrArgument) {
				t.Errorf("%v, want ErrArgument", err)
			}
		}, mtl.ErrArgument, "index is 4, want 0 to 3"},
		{"a table offset past the end", func(e *mtl.ComputeCommandEncoder4) {
			e.SetArgumentTable(m.table)
			_ = m.table.SetBuffer(x, 32, 0)
		}, mtl.ErrArgument, "offset is 32, want 0 to 31"},
		{"a released buffer into the table", func(e *mtl.ComputeCommandEncoder4) {
			e.SetArgumentTable(m.table)
			_ = m.table.SetBuffer(gone, 0, 0)
		}, mtl.ErrReleased, "ArgumentTable.SetBuffer"},
	} {
		_, err := m.queue.Encode(m.allocator, pass4(test.do))
		if !errors.Is(err, test.is) || !strings.Contains(fmt.Sprint(err), test.says) {
			t.Errorf("%s: %v, want %v with %q", test.name, err, test.is, test.says)
		}
	}
	for name, test := range map[string]struct{ err, is error }{
		"a nil buffer into a table":        {m.table.SetBuffer(nil, 0, 0), mtl.ErrNil},
		"a foreign buffer into a table":    {m.table.SetBuffer(theirs, 0, 0), mtl.ErrForeign},
		"a table of 32 buffers":            {refused(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 32})), mtl.ErrArgument},
		"an index of a table without room": {empty(m).ClearBuffer(0), mtl.ErrArgument},
		"a nil allocator":                  {refused(m.queue.Encode(nil, pass4(nil))), mtl.ErrNil},
		"a foreign allocator":              {refused(m.queue.Encode(foreign.allocator, pass4(nil))), mtl.ErrForeign},
		"an error that nobody looks at": {refused(m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error {
			_ = pass4(func(e *mtl.ComputeCommandEncoder4) { e.SetComputePipelineState(nil) })(cb)
			return nil
		})), mtl.ErrNil},
		"a nil function":                {refused(m.queue.Encode(m.allocator, nil)), mtl.ErrArgument},
		"a nil function of the encoder": {refused(m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error { return cb.Compute(nil) })), mtl.ErrArgument},
		"a nil handler":                 {refused(m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error { return cb.AddFeedbackHandler(nil) })), mtl.ErrArgument},
		"a foreign set":                 {refused(m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error { return cb.UseResidencySets(foreign.resident) })), mtl.ErrForeign},
		"a group that nobody began":     {refused(m.queue.Encode(m.allocator, (*mtl.CommandBuffer4).PopDebugGroup)), mtl.ErrArgument},
		"an encoder within an encoder": {refused(m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error {
			return cb.Compute(func(*mtl.ComputeCommandEncoder4) error {
				return cb.Compute(func(*mtl.ComputeCommandEncoder4) error { return nil })
			})
		})), mtl.ErrArgument},
		"a nil event":                            {m.queue.SignalEvent(nil, 1), mtl.ErrNil},
		"a nil event of a kind":                  {m.queue.WaitForEvent((*mtl.SharedEvent)(nil), 1), mtl.ErrNil},
		"a foreign event":                        {m.queue.SignalEvent(owned[*mtl.Event](foreign.hardware)(foreign.device.NewEvent()), 1), mtl.ErrForeign},
		"a foreign set of a queue":               {m.queue.AddResidencySets(foreign.resident), mtl.ErrForeign},
		"no sets":                                {m.queue.RemoveResidencySets(), mtl.ErrArgument},
		"an allocator of a scope within a scope": {refused(m.queue.Encode(m.allocator, func(*mtl.CommandBuffer4) error { return refused(m.queue.Encode(m.allocator, pass4(nil))) })), mtl.ErrInUse},
	} {
		if !errors.Is(test.err, test.is) {
			t.Errorf("%s: %v, want %v", name, test.err, test.is)
		}
	}
	// Of all that nothing is left behind, and the allocator is free.
	m.compute(ready(func(enc *mtl.ComputeCommandEncoder4) { enc.DispatchThreads(line(1), line(1)) }))
	if err := m.allocator.Reset(); err != nil {
		t.Error(err)
	}
}

func empty(m metal4) *mtl.ArgumentTable {
	return owned[*mtl.ArgumentTable](m.hardware)(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{}))
}

// known is a pipeline that knows its bindings.
func (m metal4) known(name string) *mtl.ComputePipelineState {
	m.Helper()
	return owned[*mtl.ComputePipelineState](m.hardware)(m.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{
		Function: function(m.hardware, m.newLibrary(metal4Source, mtl.CompileOptions{}), name), Options: mtl.PipelineOptionBindingInfo}))
}

// A buffer that is gone may stand at an index that the kernel does not use, if the
// pipeline knows that it does not, and another one takes its place.
func TestReleasedBuffersInATable(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	known, store := m.known("store"), m.kernel("store")
	x, xs := m.numbers(2)
	xs[1] = 4
	for _, pipeline := range []*mtl.ComputePipelineState{known, store} {
		dead, err := m.device.NewBuffer(32, mtl.ResourceStorageModeShared)
		if err != nil {
			t.Fatal(err)
		}
		m.set(0, x, 0)
		m.set(1, x, 4)
		m.set(3, dead, 0)
		dead.Release()
		m.compute(func(enc *mtl.ComputeCommandEncoder4) {
			enc.SetComputePipelineState(pipeline)
			enc.SetArgumentTable(m.table)
			if pipeline == store {
				if err := m.table.ClearBuffer(3); err != nil {
					t.Error(err)
				}
			}
			enc.DispatchThreads(line(1), line(1))
		})
		m.want("x", xs, 4, 4)
		xs[0] = 0
	}
}

func TestReleasedObjectsOfMetal4AreErrors(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	x, _ := m.numbers(1)
	var table *mtl.ArgumentTable
	var allocator *mtl.CommandAllocator
	var queue *mtl.CommandQueue4
	var work *mtl.Submission4
	var cb *mtl.CommandBuffer4
	var enc *mtl.ComputeCommandEncoder4
	uses := func(table *mtl.ArgumentTable, allocator *mtl.CommandAllocator, queue *mtl.CommandQueue4) map[string]error {
		return map[string]error{
			"table set":     table.SetBuffer(x, 0, 0),
			"table clear":   table.ClearBuffer(0),
			"reset":         allocator.Reset(),
			"size":          refused(allocator.AllocatedSize()),
			"encode":        refused(queue.Encode(m.allocator, pass4(nil))),
			"into":          refused(m.queue.Encode(allocator, pass4(nil))),
			"options":       refused(queue.EncodeWithOptions(m.allocator, mtl.CommandBufferOptions{}, pass4(nil))),
			"signal":        queue.SignalEvent(nil, 1),
			"add":           queue.AddResidencySets(m.resident),
			"remove":        queue.RemoveResidencySets(m.resident),
			"capture scope": refused(queue.NewCaptureScope()),
		}
	}
	for name, err := range uses(table, allocator, queue) {
		if !errors.Is(err, mtl.ErrNil) {
			t.Errorf("%s of nil: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"device":    refused((*mtl.Device)(nil).NewCommandQueue4(mtl.CommandQueue4Descriptor{})),
		"wait":      work.Wait(context.Background()),
		"feedback":  refused(work.Feedback()),
		"label":     cb.SetLabel(""),
		"push":      cb.PushDebugGroup(""),
		"pop":       cb.PopDebugGroup(),
		"sets":      cb.UseResidencySets(m.resident),
		"handler":   cb.AddFeedbackHandler(nil),
		"compute":   cb.Compute(nil),
		"cb error":  cb.Err(),
		"enc error": enc.Err(),
	} {
		if !errors.Is(err, mtl.ErrNil) {
			t.Errorf("%s of nil: %v", name, err)
		}
	}
	table.Release()
	allocator.Release()
	queue.Release()
	useAll4(enc, m)
	if enc.Device() != nil || enc.Stages() != 0 {
		t.Error("a nil encoder has a device, or stages")
	}

	var err1, err2, err3 error
	table, err1 = m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 1})
	allocator, err2 = m.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{})
	queue, err3 = m.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	table.Release()
	allocator.Release()
	queue.Release()
	for name, err := range uses(table, allocator, queue) {
		if !errors.Is(err, mtl.ErrReleased) {
			t.Errorf("%s after Release: %v", name, err)
		}
	}
}

// useAll4 calls all methods of an encoder that return nothing.
func useAll4(enc *mtl.ComputeCommandEncoder4, m metal4) {
	enc.SetLabel("")
	enc.PushDebugGroup("")
	enc.PopDebugGroup()
	enc.InsertDebugSignpost("")
	enc.SetComputePipelineState(nil)
	enc.SetThreadgroupMemoryLength(16, 0)
	enc.SetArgumentTable(m.table)
	enc.DispatchThreadgroups(line(1), line(1))
	enc.DispatchThreads(line(1), line(1))
	enc.DispatchThreadgroupsIndirect(nil, 0, line(1))
	enc.DispatchThreadsIndirect(nil, 0)
	enc.ExecuteCommands(nil, 0, 1)
	enc.ExecuteCommandsIndirect(nil, nil, 0)
	enc.Copy(mtl.BufferRange{}, mtl.BufferRange{}, 4)
	enc.Fill(mtl.BufferRange{}, 4, 0)
	enc.ResetCommands(nil, 0, 1)
	enc.CopyIndirectCommandBuffer(nil, 0, 1, nil, 0)
	enc.OptimizeIndirectCommandBuffer(nil, 0, 1)
	enc.BarrierAfterEncoderStages(all4, all4, seen4)
	enc.BarrierAfterQueueStages(all4, all4, seen4)
	enc.BarrierAfterStages(all4, all4, seen4)
	enc.UpdateFence(nil, all4)
	enc.WaitForFence(nil, all4)
}

func TestMetal4AfterTheScopeAndInOtherGoroutines(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	var cb *mtl.CommandBuffer4
	var enc *mtl.ComputeCommandEncoder4
	m.wait(m.commit(func(c *mtl.CommandBuffer4) error {
		cb = c
		return c.Compute(func(e *mtl.ComputeCommandEncoder4) error {
			enc = e
			return nil
		})
	}))
	useAll4(enc, m)
	for name, err := range map[string]error{
		"encoder": enc.Err(), "label": cb.SetLabel("x"), "compute": cb.Compute(func(*mtl.ComputeCommandEncoder4) error { return nil }),
		"sets": cb.UseResidencySets(m.resident), "handler": cb.AddFeedbackHandler(func(mtl.CommitFeedback) {}), "group": cb.PushDebugGroup(""),
	} {
		if !errors.Is(err, mtl.ErrEnded) {
			t.Errorf("%s after the end: %v, want ErrEnded", name, err)
		}
	}
	x, _ := m.numbers(1)
	for name, use := range map[string]func(*mtl.ComputeCommandEncoder4){
		"fill":    func(e *mtl.ComputeCommandEncoder4) { e.Fill(mtl.BufferRange{Buffer: x}, 4, 0) },
		"table":   func(e *mtl.ComputeCommandEncoder4) { e.SetArgumentTable(m.table) },
		"barrier": func(e *mtl.ComputeCommandEncoder4) { e.BarrierAfterEncoderStages(all4, all4, seen4) },
		"fence":   func(e *mtl.ComputeCommandEncoder4) { e.UpdateFence(nil, all4) },
		"stages":  func(e *mtl.ComputeCommandEncoder4) { e.Stages() },
		"label":   func(e *mtl.ComputeCommandEncoder4) { e.SetLabel("x") },
	} {
		_, err := m.queue.Encode(m.allocator, pass4(func(e *mtl.ComputeCommandEncoder4) {
			var wait sync.WaitGroup
			wait.Go(func() { use(e) })
			wait.Wait()
		}))
		if !errors.Is(err, mtl.ErrConcurrentUse) {
			t.Errorf("%s in another goroutine: %v, want ErrConcurrentUse", name, err)
		}
	}
	m.compute(func(*mtl.ComputeCommandEncoder4) {})
}

// A table is changed by who has it alone.
func TestArgumentTablesAreChangedByOneAtATime(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	store := m.kernel("store")
	x, xs := m.numbers(4)
	xs[3] = 8
	m.set(0, x, 0)
	m.set(1, x, 12)
	second := owned[*mtl.CommandAllocator](m.hardware)(m.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{}))
	dispatch := func(e *mtl.ComputeCommandEncoder4) {
		e.SetComputePipelineState(store)
		e.SetArgumentTable(m.table)
		e.DispatchThreads(line(1), line(1))
	}
	inner := func(f func(*mtl.ComputeCommandEncoder4)) error {
		work, err := m.queue.Encode(second, pass4(f))
		if err == nil {
			m.wait(work)
		}
		return err
	}
	elsewhere := func(f func() error) error {
		failed := make(chan error)
		go func() { failed <- f() }()
		return <-failed
	}
	for _, test := range []struct {
		name string
		do   func(*mtl.ComputeCommandEncoder4) error
		is   error // of what do returns
		ends error // of the scope
	}{
		{"another goroutine changes it", func(e *mtl.ComputeCommandEncoder4) error {
			dispatch(e)
			return elsewhere(func() error { return m.table.SetBuffer(x, 4, 0) })
		}, mtl.ErrInUse, nil},
		{"two scopes read it", func(e *mtl.ComputeCommandEncoder4) error {
			dispatch(e)
			return inner(dispatch)
		}, nil, nil},
		{"two goroutines read it", func(e *mtl.ComputeCommandEncoder4) error {
			dispatch(e)
			return elsewhere(func() error { return inner(dispatch) })
		}, nil, nil},
		{"one of two scopes changes it", func(e *mtl.ComputeCommandEncoder4) error {
			dispatch(e)
			return inner(func(e *mtl.ComputeCommandEncoder4) {
				dispatch(e)
				_ = m.table.SetBuffer(x, 4, 0)
			})
		}, mtl.ErrInUse, mtl.ErrInUse},
		{"another scope reads what is changed", func(e *mtl.ComputeCommandEncoder4) error {
			dispatch(e)
			m.set(0, x, 4)
			return inner(dispatch)
		}, mtl.ErrInUse, nil},
	} {
		var err error
		work, ended := m.queue.Encode(m.allocator, pass4(func(e *mtl.ComputeCommandEncoder4) { err = test.do(e) }))
		if !errors.Is(err, test.is) || !errors.Is(ended, test.ends) {
			t.Errorf("%s: %v, want %v, and the scope ends with %v", test.name, err, test.is, ended)
		}
		if ended == nil {
			m.wait(work)
		}
	}
	// A scope that has failed says why.
	if _, err := m.queue.Encode(m.allocator, pass4(func(e *mtl.ComputeCommandEncoder4) {
		e.SetArgumentTable(m.table)
		e.SetThreadgroupMemoryLength(1, 0)
		if err := m.table.SetBuffer(x, 4, 0); !errors.Is(err, mtl.ErrArgument) {
			t.Errorf("in a scope that has failed: %v, want its error", err)
		}
	})); !errors.Is(err, mtl.ErrArgument) {
		t.Error(err)
	}
	// A scope that fails leaves the table as Go code has it, not as Metal was told.
	m.set(0, x, 0)
	stop := errors.New("stop")
	if _, err := m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error {
		return cb.Compute(func(e *mtl.ComputeCommandEncoder4) error {
			e.SetArgumentTable(m.table)
			m.set(0, x, 8)
			return errors.Join(stop, m.table.ClearBuffer(3))
		})
	}); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	clear(xs[:3])
	m.compute(dispatch)
	m.want("x", xs, 0, 0, 8, 8)
}

func TestPanicInAScopeOfMetal4(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	x, xs := m.numbers(1)
	for name, leave := range map[string]func(){"panic": func() { panic("x") }, "Goexit": runtime.Goexit} {
		var wait sync.WaitGroup
		wait.Go(func() {
			defer func() { _ = recover() }()
			_, _ = m.queue.Encode(m.allocator, pass4(func(e *mtl.ComputeCommandEncoder4) {
				e.SetArgumentTable(m.table)
				m.set(0, x, 0)
				e.Fill(mtl.BufferRange{Buffer: x}, 4, 1)
				leave()
			}))
			t.Errorf("%s: Encode returned", name)
		})
		wait.Wait()
	}
	m.want("x", xs, 0)
	m.compute(func(e *mtl.ComputeCommandEncoder4) { e.Fill(mtl.BufferRange{Buffer: x}, 4, 1) })
	m.want("x", xs, 0x01010101)
	if err := m.allocator.Reset(); err != nil {
		t.Error(err)
	}
}

// The command buffer of an allocator is used again, and is not called by the name that a
// scope before gave it.
func TestLabelsOfCommandBuffersAreOneScopes(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{})
	label := func() (labels []string) {
		for _, o := range soft.Live() {
			if o.Class == "SoftMetalCommandBuffer4" && o.Label != "" {
				labels = append(labels, o.Label)
			}
		}
		return labels
	}
	m.wait(m.commit(func(cb *mtl.CommandBuffer4) error { return cb.SetLabel("first") }))
	if got := label(); len(got) != 1 || got[0] != "first" {
		t.Errorf("labels %q", got)
	}
	m.compute(func(*mtl.ComputeCommandEncoder4) {})
	if got := label(); len(got) != 0 {
		t.Errorf("labels %q of the scope after", got)
	}
}

func TestFailedWorkOfMetal4IsAnErrorWithItsReason(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{Timeout: 200 * time.Millisecond})
	domain := "MTL4CommandQueueErrorDomain"
	spin := m.pipeline(m.newLibrary(`kernel void spin(device volatile uint *x [[buffer(0)]]) { while (x[0] == 0) { } }
kernel void wild(device uint *x [[buffer(0)]]) { x[1 << 20] = 1; }`, mtl.CompileOptions{}), "spin")
	wild := m.pipeline(m.newLibrary(`kernel void wild(device uint *x [[buffer(0)]]) { x[1 << 20] = 1; }`, mtl.CompileOptions{}), "wild")
	x, _ := m.numbers(1)
	m.set(0, x, 0)
	run := func(p *mtl.ComputePipelineState) error {
		return m.commit(pass4(func(e *mtl.ComputeCommandEncoder4) {
			e.SetComputePipelineState(p)
			e.SetArgumentTable(m.table)
			e.DispatchThreads(line(1), line(1))
		})).Wait(context.Background())
	}
	for _, test := range []struct {
		name   string
		run    func() error
		reason mtl.CommandQueueError
		says   string
	}{
		{"a kernel that does not end", func() error { return run(spin) }, mtl.CommandQueueErrorTimeout, "spin"},
		{"a wild pointer", func() error { return run(wild) }, mtl.CommandQueueErrorInternal, "wild"},
		{"no memory", func() error {
			if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Error: &objc.Error{Domain: domain, Code: 3, Description: "no memory"}}); err != nil {
				t.Fatal(err)
			}
			return run(spin)
		}, mtl.CommandQueueErrorOutOfMemory, "no memory"},
		{"another domain", func() error {
			if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Error: &objc.Error{Domain: "other", Code: 3, Description: "elsewhere"}}); err != nil {
				t.Fatal(err)
			}
			return run(spin)
		}, 0, "elsewhere"},
		{"a process that is killed", func() error {
			if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Kill: true}); err != nil {
				t.Fatal(err)
			}
			m.compute(func(*mtl.ComputeCommandEncoder4) {}) // has nothing to be killed in
			return run(spin)
		}, mtl.CommandQueueErrorInternal, "killed"},
		{"an event that nobody signals", func() error {
			if err := m.queue.WaitForEvent(owned[*mtl.Event](m.hardware)(m.device.NewEvent()), 1); err != nil {
				t.Fatal(err)
			}
			return m.commit(pass4(func(*mtl.ComputeCommandEncoder4) {})).Wait(context.Background())
		}, mtl.CommandQueueErrorTimeout, "event"},
	} {
		err := test.run()
		var failed *mtl.CommitError
		if !errors.As(err, &failed) || !errors.Is(err, mtl.ErrExecution) || failed.Reason != test.reason || !strings.Contains(err.Error(), test.says) ||
			test.reason != 0 && !errors.Is(err, test.reason) {
			t.Errorf("%s: %v, want a CommitError of %v with %q", test.name, err, test.reason, test.says)
		}
	}
	m.compute(func(*mtl.ComputeCommandEncoder4) {})
	if err := m.allocator.Reset(); err != nil {
		t.Error(err)
	}
}

// Whatever answers nil, the error says so, and nothing is left.
func TestNothingIsLeftWhenMetal4AnswersNil(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{})
	use := func() error {
		q, err := m.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{Label: "q"})
		if err != nil {
			return err
		}
		defer q.Release()
		a, err := m.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{Label: "a"})
		if err != nil {
			return err
		}
		defer a.Release()
		table, err := m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{Label: "t", MaxBufferBindCount: 1})
		if err != nil {
			return err
		}
		defer table.Release()
		work, err := q.EncodeWithOptions(a, mtl.CommandBufferOptions{}, func(cb *mtl.CommandBuffer4) error {
			return errors.Join(cb.SetLabel("l"), pass4(func(e *mtl.ComputeCommandEncoder4) { e.SetLabel("e") })(cb))
		})
		if err != nil {
			return err
		}
		return work.Wait(context.Background())
	}
	n := 0
	for ; ; n++ {
		struck := ""
		if err := soft.Fail(softmetal.Fault{After: n, Struck: func(message string) { struck = message }}); err != nil {
			t.Fatal(err)
		}
		err := use()
		if len(soft.TakeFaults()) > 0 {
			break // all messages went well
		}
		if strings.HasSuffix(struck, " error") { // it is how all went well
			continue
		}
		if !errors.Is(err, mtl.ErrNoObject) {
			t.Errorf("%s answers nil: %v, want ErrNoObject", struck, err)
		}
	}
	if n < 12 {
		t.Errorf("%d messages answered nil, want more", n)
	}
	if err := use(); err != nil {
		t.Error(err)
	}
}

func TestMetal4NeedsMacOS26(t *testing.T) {
	for _, options := range []softmetal.Options{{MacOS: "15.0"}, {MacOS: "26.0", AppleFamily: 6}} {
		h, _ := openSoftware(t, options)
		for name, err := range map[string]error{
			"queue":     refused(h.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{})),
			"allocator": refused(h.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{})),
			"table":     refused(h.device.NewArgumentTable(mtl.ArgumentTableDescriptor{})),
		} {
			if !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), "macOS 26") {
				t.Errorf("%s on %+v: %v, want ErrUnsupported and macOS 26", name, options, err)
			}
		}
	}
	h, _ := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	set := owned[*mtl.ResidencySet](h)(h.device.NewResidencySet(mtl.ResidencySetDescriptor{}))
	pipeline := h.pipeline(h.newLibrary(metal4Source, mtl.CompileOptions{}), "store")
	if err := set.Add(pipeline); !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), "macOS 26") {
		t.Errorf("a pipeline in a residency set: %v, want ErrUnsupported and macOS 26", err)
	}
}

// A wait that ends with its context leaves the work alone.
func TestWaitsForMetal4EndWithTheirContext(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{})
	hold := make(chan struct{})
	if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Hold: hold}); err != nil {
		t.Fatal(err)
	}
	work := m.commit(pass4(func(*mtl.ComputeCommandEncoder4) {}))
	ctx, cancel := context.WithCancelCause(context.Background())
	reason := errors.New("enough")
	cancel(reason)
	if err := work.Wait(ctx); !errors.Is(err, reason) {
		t.Errorf("%v, want the cause of the context", err)
	}
	if _, err := work.Feedback(); !errors.Is(err, mtl.ErrNotDone) {
		t.Errorf("%v, want ErrNotDone", err)
	}
	close(hold)
	m.wait(work)
	if err := work.Wait(ctx); err != nil {
		t.Errorf("what is done is told: %v", err)
	}
}

// Events of a queue live as long as the queue needs them, and no longer.
func TestEventsOfAQueueAreLetGo(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{})
	alive := func() (n int) {
		for _, o := range soft.Live() {
			if o.Class == "SoftMetalEvent" {
				n++
			}
		}
		return n
	}
	signal := func() {
		t.Helper()
		e, err := m.device.NewEvent()
		if err != nil {
			t.Fatal(err)
		}
		defer e.Release()
		if err := m.queue.SignalEvent(e, 1); err != nil {
			t.Fatal(err)
		}
	}
	signal()
	if n := alive(); n != 1 {
		t.Errorf("%d events before a commit, want 1", n)
	}
	m.compute(func(*mtl.ComputeCommandEncoder4) {})
	if n := alive(); n != 0 {
		t.Errorf("%d events after a commit is done, want 0", n)
	}
	// With work always under way, too.
	for range 3 {
		hold := make(chan struct{})
		if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Hold: hold}); err != nil {
			t.Fatal(err)
		}
		first := m.commit(pass4(func(*mtl.ComputeCommandEncoder4) {}))
		signal()
		close(hold)
		m.wait(first)
		m.compute(func(*mtl.ComputeCommandEncoder4) {})
	}
	if n := alive(); n != 0 {
		t.Errorf("%d events at the end, want 0", n)
	}
	signal() // the queue's Release sees to it
}

// Names of what Metal 4 adds.
func TestNamesOfMetal4(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"none": mtl.VisibilityOptionNone, "device": seen4, "device|resource alias": seen4 | mtl.VisibilityOptionResourceAlias,
		"device|VisibilityOptions(8)": seen4 | 8, "timeout": mtl.CommandQueueErrorTimeout, "internal": mtl.CommandQueueErrorInternal,
		"CommandQueueError(9)": mtl.CommandQueueError(9),
	} {
		if got.String() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := mtl.CommandQueueErrorNotPermitted.Error(); got != "command queue error not permitted" {
		t.Errorf("%q", got)
	}
}

// A queue keeps its sets, and work those that its queue had when it was committed.
func TestSetsOfAQueueAreKept(t *testing.T) {
	m, soft := openMetal4On(t, softmetal.Options{})
	x, _ := buffer[uint32](m.hardware, 1)
	set, err := m.device.NewResidencySet(mtl.ResidencySetDescriptor{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(set.Add(x), set.Commit(), m.queue.AddResidencySets(set), m.queue.AddResidencySets(set)); err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	if err := soft.Fail(softmetal.Fault{Selector: "commit:count:options:", Hold: hold}); err != nil {
		t.Fatal(err)
	}
	fill := pass4(func(enc *mtl.ComputeCommandEncoder4) { enc.Fill(mtl.BufferRange{Buffer: x}, 4, 1) })
	work := m.commit(fill)
	if err := m.queue.RemoveResidencySets(set); err != nil {
		t.Fatal(err)
	}
	set.Release()
	close(hold)
	m.wait(work)

	if set, err = m.device.NewResidencySet(mtl.ResidencySetDescriptor{}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(set.Add(x), set.Commit(), m.queue.AddResidencySets(set)); err != nil {
		t.Fatal(err)
	}
	set.Release()
	m.wait(m.commit(fill))
}
