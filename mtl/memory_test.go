//go:build amd64 || arm64

package mtl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// softDevice returns a device of a software device and a queue. No rule may be
// broken: what Metal would refuse is refused before.
func softDevice(t *testing.T, o softmetal.Options) (*softmetal.Device, *mtl.Device, *mtl.CommandQueue) {
	t.Helper()
	soft := softmetal.NewTesting(t, o)
	f, err := mtl.Load(soft)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Release)
	q, err := d.NewCommandQueue()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Release)
	return soft, d, q
}

func keep[T interface{ Release() }](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Release)
		return v
	}
}

func refused[T any](_ T, err error) error { return err }

func TestMemoryArgumentsAreCheckedBeforeMetalSeesThem(t *testing.T) {
	_, d, q := softDevice(t, softmetal.Options{})
	_, other, _ := softDevice(t, softmetal.Options{})
	ctx := context.Background()
	b := keep[*mtl.Buffer](t)(d.NewBuffer(64, 0))
	managed := keep[*mtl.Buffer](t)(d.NewBuffer(64, mtl.ResourceStorageModeManaged))
	private := keep[*mtl.Buffer](t)(d.NewBuffer(64, mtl.ResourceStorageModePrivate))
	foreign := keep[*mtl.Buffer](t)(other.NewBuffer(64, 0))
	heap := keep[*mtl.Heap](t)(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	placement := keep[*mtl.Heap](t)(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 16, Type: mtl.HeapTypePlacement}))
	inHeap := keep[*mtl.Buffer](t)(heap.NewBuffer(64))
	placed := keep[*mtl.Buffer](t)(placement.NewBufferAt(256, 64))
	set := keep[*mtl.ResidencySet](t)(d.NewResidencySet(mtl.ResidencySetDescriptor{}))
	var sets []*mtl.ResidencySet
	for range 33 {
		sets = append(sets, keep[*mtl.ResidencySet](t)(d.NewResidencySet(mtl.ResidencySetDescriptor{})))
	}
	if err := q.AddResidencySets(sets[:32]...); err != nil {
		t.Fatal(err)
	}
	inScope := func(f func(*mtl.CommandBuffer) error) error {
		return refused(q.Encode(func(cb *mtl.CommandBuffer) error { _ = f(cb); return nil }))
	}
	for _, c := range []struct {
		name string
		err  error
		is   error
		says string
	}{
		{"options of a bit too many", refused(d.NewBuffer(16, 1<<12)), mtl.ErrArgument, "0x1000"},
		{"what was modified of shared memory", b.DidModifyRange(0, 64), mtl.ErrArgument, "shared"},
		{"what was modified beyond the end", managed.DidModifyRange(8, 57), mtl.ErrArgument, "offset is 8, want 0 to 7"},
		{"nothing modified", managed.DidModifyRange(8, 0), mtl.ErrArgument, "length is 0, want 1 to 64"},
		{"a marker before the start", b.AddDebugMarker("x", -1, 4), mtl.ErrArgument, "offset is -1"},
		{"a marker that is no text", b.AddDebugMarker("\xff", 0, 4), nil, "not UTF-8"},
		{"a purgeable state that there is not", refused(b.SetPurgeableState(0)), mtl.ErrArgument, "state is 0, want 1"},
		{"a purgeable state of a buffer in a heap", refused(inHeap.SetPurgeableState(mtl.PurgeableStateVolatile)), mtl.ErrArgument, "Heap.SetPurgeableState"},
		{"a purgeable state of a heap that there is not", refused(heap.SetPurgeableState(5)), mtl.ErrArgument, "state is 5"},
		{"aliasing without a heap", b.MakeAliasable(), mtl.ErrArgument, "not in an automatic heap"},
		{"aliasing in a placement heap", placed.MakeAliasable(), mtl.ErrArgument, "not in an automatic heap"},
		{"a size in a heap of nothing", refused(d.HeapBufferSizeAndAlign(0, 0)), mtl.ErrArgument, "length is 0"},
		{"a heap of nothing", refused(d.NewHeap(mtl.HeapDescriptor{})), mtl.ErrArgument, "Size is 0"},
		{"a sparse heap", refused(d.NewHeap(mtl.HeapDescriptor{Size: 1, Type: 2})), mtl.ErrArgument, "Type is 2"},
		{"a managed heap", refused(d.NewHeap(mtl.HeapDescriptor{Size: 1, Options: mtl.ResourceStorageModeManaged})), mtl.ErrArgument, "shared or private"},
		{"a heap of options that there are not", refused(d.NewHeap(mtl.HeapDescriptor{Size: 1, Options: 3 << 4})), mtl.ErrArgument, "0x30"},
		{"a heap larger than memory", refused(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 60})), mtl.ErrNoObject, "1152921504606846976 bytes"},
		{"an alignment of no power of two", refused(heap.MaxAvailableSize(48)), mtl.ErrArgument, "alignment is 48"},
		{"a buffer without an offset in a placement heap", refused(placement.NewBuffer(16)), mtl.ErrArgument, "NewBufferAt"},
		{"a buffer with an offset in an automatic heap", refused(heap.NewBufferAt(0, 16)), mtl.ErrArgument, "automatic"},
		{"a buffer of nothing in a heap", refused(heap.NewBuffer(0)), mtl.ErrArgument, "length is 0"},
		{"an offset that is not aligned", refused(placement.NewBufferAt(100, 16)), mtl.ErrArgument, "multiple of 256"},
		{"a negative offset", refused(placement.NewBufferAt(-256, 16)), mtl.ErrArgument, "offset is -256"},
		{"an offset too close to the end", refused(placement.NewBufferAt(1<<16, 16)), mtl.ErrArgument, "at most 65280"},
		{"a heap's buffer without room", refused(heap.NewBuffer(1 << 16)), mtl.ErrNoObject, "65536 bytes"},
		{"an upload that is not aligned", q.Upload(ctx, mtl.BufferRange{Buffer: private, Offset: 2}, make([]byte, 4)), mtl.ErrArgument, "offset is 2"},
		{"an upload of no whole words", q.Upload(ctx, mtl.BufferRange{Buffer: private}, make([]byte, 7)), mtl.ErrArgument, "length is 7"},
		{"an upload of nothing", q.Upload(ctx, mtl.BufferRange{Buffer: private}, nil), mtl.ErrArgument, "length is 0"},
		{"a download beyond the end", q.Download(ctx, make([]byte, 64), mtl.BufferRange{Buffer: private, Offset: 4}), mtl.ErrArgument, "offset is 4, want 0 to 0"},
		{"a download from nothing", q.Download(ctx, make([]byte, 4), mtl.BufferRange{}), mtl.ErrNil, "Buffer"},
		{"an upload to another device", q.Upload(ctx, mtl.BufferRange{Buffer: foreign}, make([]byte, 4)), mtl.ErrForeign, "Buffer"},
		{"a residency set of negative capacity", refused(d.NewResidencySet(mtl.ResidencySetDescriptor{InitialCapacity: -1})), mtl.ErrArgument, "InitialCapacity is -1"},
		{"no allocations", set.Add(), mtl.ErrArgument, "number of allocations is 0"},
		{"a nil allocation", set.Add(b, nil), mtl.ErrNil, "ResidencySet.Add"},
		{"a nil buffer as allocation", set.Remove((*mtl.Buffer)(nil)), mtl.ErrNil, "Buffer"},
		{"a nil heap as allocation", refused(set.Contains((*mtl.Heap)(nil))), mtl.ErrNil, "Heap"},
		{"an allocation of another device", set.Add(foreign), mtl.ErrForeign, "Buffer"},
		{"a 33rd set of a queue", q.AddResidencySets(sets[32]), mtl.ErrArgument, "number of residency sets is 33, want at most 32, 32 of which"},
		{"no sets", q.AddResidencySets(), mtl.ErrArgument, "number of sets is 0"},
		{"a nil set", q.RemoveResidencySets(nil), mtl.ErrNil, "ResidencySet"},
		{"33 sets of a command buffer", inScope(func(cb *mtl.CommandBuffer) error { return cb.UseResidencySets(sets...) }), mtl.ErrArgument, "is 33"},
		{"a nil set of a command buffer", inScope(func(cb *mtl.CommandBuffer) error { return cb.UseResidencySets(nil) }), mtl.ErrNil, "ResidencySet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil || c.is != nil && !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.says) {
				t.Errorf("error %v, want %v that says %q", c.err, c.is, c.says)
			}
		})
	}
	// One that is there already is no further one, and one that went makes room.
	if err := errors.Join(q.AddResidencySets(sets[3]), q.RemoveResidencySets(sets[3]), q.AddResidencySets(sets[32])); err != nil {
		t.Error(err)
	}
}

func TestNilAndReleasedMemoryObjectsAreErrors(t *testing.T) {
	_, d, q := softDevice(t, softmetal.Options{})
	gone := keep[*mtl.Buffer](t)(d.NewBuffer(64, mtl.ResourceStorageModeManaged))
	goneHeap := keep[*mtl.Heap](t)(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	goneSet := keep[*mtl.ResidencySet](t)(d.NewResidencySet(mtl.ResidencySetDescriptor{}))
	b := keep[*mtl.Buffer](t)(d.NewBuffer(64, 0))
	gone.Release()
	goneHeap.Release()
	goneSet.Release()
	for _, c := range []struct {
		buffer *mtl.Buffer
		heap   *mtl.Heap
		set    *mtl.ResidencySet
		want   error
	}{{gone, goneHeap, goneSet, mtl.ErrReleased}, {nil, nil, nil, mtl.ErrNil}} {
		for name, err := range map[string]error{
			"Buffer.Label":                  refused(c.buffer.Label()),
			"Buffer.SetLabel":               c.buffer.SetLabel("x"),
			"Buffer.Options":                refused(c.buffer.Options()),
			"Buffer.AllocatedSize":          refused(c.buffer.AllocatedSize()),
			"Buffer.GPUAddress":             refused(c.buffer.GPUAddress()),
			"Buffer.HeapOffset":             refused(c.buffer.HeapOffset()),
			"Buffer.IsAliasable":            refused(c.buffer.IsAliasable()),
			"Buffer.SetPurgeableState":      refused(c.buffer.SetPurgeableState(mtl.PurgeableStateKeepCurrent)),
			"Buffer.DidModifyRange":         c.buffer.DidModifyRange(0, 4),
			"Buffer.AddDebugMarker":         c.buffer.AddDebugMarker("x", 0, 4),
			"Buffer.RemoveAllDebugMarkers":  c.buffer.RemoveAllDebugMarkers(),
			"Heap.SetLabel":                 c.heap.SetLabel("x"),
			"Heap.UsedSize":                 refused(c.heap.UsedSize()),
			"Heap.CurrentAllocatedSize":     refused(c.heap.CurrentAllocatedSize()),
			"Heap.MaxAvailableSize":         refused(c.heap.MaxAvailableSize(1)),
			"Heap.SetPurgeableState":        refused(c.heap.SetPurgeableState(mtl.PurgeableStateKeepCurrent)),
			"Heap.NewBuffer":                refused(c.heap.NewBuffer(16)),
			"ResidencySet.Add":              c.set.Add(b),
			"ResidencySet.Remove":           c.set.Remove(b),
			"ResidencySet.RemoveAll":        c.set.RemoveAll(),
			"ResidencySet.Commit":           c.set.Commit(),
			"ResidencySet.Contains":         refused(c.set.Contains(b)),
			"ResidencySet.Missing":          refused(c.set.Missing(b)),
			"ResidencySet.Count":            refused(c.set.Count()),
			"ResidencySet.AllocatedSize":    refused(c.set.AllocatedSize()),
			"CommandQueue.Upload":           q.Upload(context.Background(), mtl.BufferRange{Buffer: c.buffer}, make([]byte, 4)),
			"CommandQueue.AddResidencySets": q.AddResidencySets(c.set),
		} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
	var none *mtl.Device
	for name, err := range map[string]error{
		"HeapBufferSizeAndAlign":                refused(none.HeapBufferSizeAndAlign(16, 0)),
		"NewHeap":                               refused(none.NewHeap(mtl.HeapDescriptor{Size: 1})),
		"NewResidencySet":                       refused(none.NewResidencySet(mtl.ResidencySetDescriptor{})),
		"MaximumConcurrentCompilationTaskCount": refused(none.MaximumConcurrentCompilationTaskCount()),
		"ShouldMaximizeConcurrentCompilation":   refused(none.ShouldMaximizeConcurrentCompilation()),
	} {
		if !errors.Is(err, mtl.ErrNil) {
			t.Errorf("Device.%s: %v", name, err)
		}
	}
}

// What an older system lacks is an error that says which has it, not a message
// that ends the process.
func TestOlderSystemRefusesNewerMemory(t *testing.T) {
	_, d, q := softDevice(t, softmetal.Options{MacOS: "13.0"})
	for name, c := range map[string]struct {
		err   error
		needs string
	}{
		"NewResidencySet":                        {refused(d.NewResidencySet(mtl.ResidencySetDescriptor{})), "macOS 15"},
		"AddResidencySets":                       {q.AddResidencySets(nil), "macOS 15"},
		"UseResidencySets":                       {refused(q.Encode(func(cb *mtl.CommandBuffer) error { return cb.UseResidencySets(nil) })), "macOS 15"},
		"MaximumConcurrentCompilationTaskCount":  {refused(d.MaximumConcurrentCompilationTaskCount()), "macOS 13.3"},
		"ShouldMaximizeConcurrentCompilation":    {refused(d.ShouldMaximizeConcurrentCompilation()), "macOS 13.3"},
		"SetShouldMaximizeConcurrentCompilation": {d.SetShouldMaximizeConcurrentCompilation(true), "macOS 13.3"},
	} {
		if !errors.Is(c.err, mtl.ErrUnsupported) || !strings.Contains(c.err.Error(), c.needs) {
			t.Errorf("%s: %v, want ErrUnsupported and %s", name, c.err, c.needs)
		}
	}
}

// A volatile buffer tells, when it is made nonvolatile, that it was taken.
func TestPurgedMemoryIsToldOf(t *testing.T) {
	soft, d, _ := softDevice(t, softmetal.Options{})
	b := keep[*mtl.Buffer](t)(d.NewBuffer(64, 0))
	cache := keep[*mtl.Heap](t)(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	for range 2 {
		if _, err := b.SetPurgeableState(mtl.PurgeableStateVolatile); err != nil {
			t.Fatal(err)
		}
	}
	if before, err := b.SetPurgeableState(mtl.PurgeableStateNonVolatile); before != mtl.PurgeableStateVolatile || err != nil {
		t.Errorf("%v, %v: nothing was taken", before, err)
	}
	if _, err := cache.SetPurgeableState(mtl.PurgeableStateVolatile); err != nil {
		t.Fatal(err)
	}
	if n := soft.Purge(); n != 1 {
		t.Errorf("%d were taken", n)
	}
	if before, err := cache.SetPurgeableState(mtl.PurgeableStateNonVolatile); before != mtl.PurgeableStateEmpty || err != nil {
		t.Errorf("%v, %v: the heap was taken", before, err)
	}
}

// More than one staging buffer holds goes in parts.
func TestStagingGoesInParts(t *testing.T) {
	_, d, q := softDevice(t, softmetal.Options{MaxBufferLength: 1 << 20})
	heap := keep[*mtl.Heap](t)(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 20}))
	b := keep[*mtl.Buffer](t)(heap.NewBuffer(1 << 20))
	_, small, queue := softDevice(t, softmetal.Options{})
	private := keep[*mtl.Buffer](t)(small.NewBuffer(64<<20+64, mtl.ResourceStorageModePrivate))
	for _, c := range []struct {
		queue  *mtl.CommandQueue
		buffer *mtl.Buffer
	}{{q, b}, {queue, private}} {
		in, out := make([]byte, c.buffer.Length()), make([]byte, c.buffer.Length())
		for i := range in {
			in[i] = byte(i>>20 + i)
		}
		ctx := context.Background()
		if err := errors.Join(c.queue.Upload(ctx, mtl.BufferRange{Buffer: c.buffer}, in), c.queue.Download(ctx, out, mtl.BufferRange{Buffer: c.buffer})); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(in, out) {
			t.Errorf("%d bytes did not come back", len(in))
		}
	}
}

func TestFailedMemoryLeavesNothingBehind(t *testing.T) {
	soft, d, q := softDevice(t, softmetal.Options{})
	heap := keep[*mtl.Heap](t)(d.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	private := keep[*mtl.Buffer](t)(d.NewBuffer(64, mtl.ResourceStorageModePrivate))
	for _, c := range []struct {
		fault softmetal.Fault
		do    func() error
	}{
		{softmetal.Fault{Selector: "newHeapWithDescriptor:"}, func() error { return refused(d.NewHeap(mtl.HeapDescriptor{Size: 1})) }},
		{softmetal.Fault{Class: "MTLHeapDescriptor", Selector: "new"}, func() error { return refused(d.NewHeap(mtl.HeapDescriptor{Size: 1})) }},
		{softmetal.Fault{Class: "NSString", Selector: "initWithBytes:length:encoding:"}, func() error { return refused(d.NewHeap(mtl.HeapDescriptor{Size: 1, Label: "x"})) }},
		{softmetal.Fault{Class: "MTLHeap", Selector: "newBufferWithLength:options:"}, func() error { return refused(heap.NewBuffer(16)) }},
		{softmetal.Fault{Selector: "newResidencySetWithDescriptor:error:"}, func() error { return refused(d.NewResidencySet(mtl.ResidencySetDescriptor{})) }},
		{softmetal.Fault{Class: "MTLResidencySetDescriptor", Selector: "new"}, func() error { return refused(d.NewResidencySet(mtl.ResidencySetDescriptor{})) }},
		{softmetal.Fault{Class: "NSString", Selector: "initWithBytes:length:encoding:"}, func() error { return refused(d.NewResidencySet(mtl.ResidencySetDescriptor{Label: "x"})) }},
		{softmetal.Fault{Class: "NSString", Selector: "initWithBytes:length:encoding:"}, func() error { return private.AddDebugMarker("x", 0, 4) }},
		{softmetal.Fault{Selector: "newBufferWithLength:options:"}, func() error {
			return q.Upload(context.Background(), mtl.BufferRange{Buffer: private}, make([]byte, 8))
		}},
		{softmetal.Fault{Selector: "blitCommandEncoder"}, func() error {
			return q.Download(context.Background(), make([]byte, 8), mtl.BufferRange{Buffer: private})
		}},
	} {
		t.Run(fmt.Sprint(c.fault), func(t *testing.T) {
			if err := soft.Fail(c.fault); err != nil {
				t.Fatal(err)
			}
			if err := c.do(); !errors.Is(err, mtl.ErrNoObject) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestMemoryEnumerationsNameThemselves(t *testing.T) {
	for _, c := range []struct {
		value fmt.Stringer
		want  string
	}{
		{mtl.ResourceOptions(0), "shared"},
		{mtl.ResourceStorageModePrivate | mtl.ResourceCPUCacheModeWriteCombined | mtl.ResourceHazardTrackingModeUntracked, "private, write combined, untracked"},
		{mtl.ResourceStorageModeManaged | 1<<12, "managed, 0x1000"},
		{mtl.StorageModeMemoryless, "memoryless"},
		{mtl.StorageMode(9), "StorageMode(9)"},
		{mtl.PurgeableStateEmpty, "empty"},
		{mtl.PurgeableState(0), "PurgeableState(0)"},
		{mtl.HeapTypePlacement, "placement"},
		{mtl.HeapType(-1), "HeapType(-1)"},
		{mtl.HazardTrackingModeTracked, "tracked"},
		{mtl.CPUCacheModeDefaultCache, "default cache"},
		{mtl.DeviceLocationUnspecified, "unspecified"},
		{mtl.DeviceLocation(7), "DeviceLocation(7)"},
		{mtl.ArgumentBuffersTier2, "tier 2"},
		{mtl.ArgumentBuffersTier(2), "ArgumentBuffersTier(2)"},
	} {
		if got := c.value.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
