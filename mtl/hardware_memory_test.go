//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// blit encodes a blit pass, commits and waits.
func (h hardware) blit(encode func(*mtl.BlitCommandEncoder)) {
	h.Helper()
	submission, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			encode(enc)
			return nil
		})
	})
	if err != nil {
		h.Fatal(err)
	}
	defer submission.Release()
	if err := submission.Wait(context.Background()); err != nil {
		h.Fatal(err)
	}
}

// owned returns a value that has to be there, and releases it when the test ends.
func owned[T interface{ Release() }](h hardware) func(T, error) T {
	return func(v T, err error) T {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
		h.Cleanup(v.Release)
		return v
	}
}

func (h hardware) bytes(b *mtl.Buffer) []byte {
	h.Helper()
	contents, err := b.Bytes()
	if err != nil {
		h.Fatal(err)
	}
	return contents
}

// check returns a value that has to be there.
func check[T any](h hardware) func(T, error) T {
	return func(v T, err error) T {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
		return v
	}
}

func TestHardwareStagesPrivateMemory(t *testing.T) {
	h := openHardware(t)
	private := owned[*mtl.Buffer](h)(h.device.NewBuffer(1<<16, mtl.ResourceStorageModePrivate))
	in, out := make([]byte, 1<<16-8), make([]byte, 1<<16-8)
	for i := range in {
		in[i] = byte(i * 7)
	}
	ctx := context.Background()
	if err := h.queue.Upload(ctx, mtl.BufferRange{Buffer: private, Offset: 8}, in); err != nil {
		t.Fatal(err)
	}
	if err := h.queue.Download(ctx, out, mtl.BufferRange{Buffer: private, Offset: 8}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(in, out) {
		t.Error("what came back is not what went in")
	}
	// Both are in order with the queue's other work.
	shared := owned[*mtl.Buffer](h)(h.device.NewBuffer(16, 0))
	h.blit(func(enc *mtl.BlitCommandEncoder) { enc.Fill(mtl.BufferRange{Buffer: shared}, 16, 3) })
	if err := h.queue.Upload(ctx, mtl.BufferRange{Buffer: shared, Offset: 4}, []byte{1, 2, 4, 8}); err != nil {
		t.Fatal(err)
	}
	if got := h.bytes(shared)[:10]; !bytes.Equal(got, []byte{3, 3, 3, 3, 1, 2, 4, 8, 3, 3}) {
		t.Errorf("% x", got)
	}
}

func TestHardwareStagingEndsWithItsContext(t *testing.T) {
	h := openHardware(t)
	private := owned[*mtl.Buffer](h)(h.device.NewBuffer(64, mtl.ResourceStorageModePrivate))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.queue.Upload(ctx, mtl.BufferRange{Buffer: private}, make([]byte, 64)); !errors.Is(err, context.Canceled) {
		t.Errorf("upload: %v", err)
	}
	if err := h.queue.Download(ctx, make([]byte, 64), mtl.BufferRange{Buffer: private}); !errors.Is(err, context.Canceled) {
		t.Errorf("download: %v", err)
	}
}

func TestHardwareTellsOfABuffer(t *testing.T) {
	h := openHardware(t)
	for _, options := range []mtl.ResourceOptions{
		0, mtl.ResourceCPUCacheModeWriteCombined, mtl.ResourceStorageModePrivate, mtl.ResourceHazardTrackingModeUntracked,
		mtl.ResourceStorageModePrivate | mtl.ResourceHazardTrackingModeTracked,
	} {
		b := owned[*mtl.Buffer](h)(h.device.NewBuffer(1000, options))
		if got := check[mtl.ResourceOptions](h)(b.Options()); got.StorageMode() != options.StorageMode() || got.CPUCacheMode() != options.CPUCacheMode() {
			t.Errorf("%v: options %v", options, got)
		}
		if n := check[int](h)(b.AllocatedSize()); n < 1000 {
			t.Errorf("%v: takes %d bytes", options, n)
		}
		if check[uint64](h)(b.GPUAddress()) == 0 {
			t.Errorf("%v: the GPU has no address", options)
		}
		if aliasable := check[bool](h)(b.IsAliasable()); aliasable || b.Heap() != nil || check[int](h)(b.HeapOffset()) != 0 {
			t.Errorf("%v: in a heap", options)
		}
	}
	b := owned[*mtl.Buffer](h)(h.device.NewBuffer(1000, 0))
	if err := b.SetLabel("weights"); err != nil {
		t.Error(err)
	}
	if got := check[string](h)(b.Label()); got != "weights" {
		t.Errorf("label %q", got)
	}
	if err := errors.Join(b.AddDebugMarker("first half", 0, 500), b.AddDebugMarker("last byte", 999, 1), b.RemoveAllDebugMarkers()); err != nil {
		t.Error(err)
	}
}

func TestHardwareManagedMemoryIsBroughtUpToDate(t *testing.T) {
	h := openHardware(t)
	managed := owned[*mtl.Buffer](h)(h.device.NewBuffer(16, mtl.ResourceStorageModeManaged))
	copy(h.bytes(managed), "as the CPU wrote")
	if err := managed.DidModifyRange(0, 16); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 16)
	if err := h.queue.Download(context.Background(), out, mtl.BufferRange{Buffer: managed}); err != nil {
		t.Fatal(err)
	}
	if string(out) != "as the CPU wrote" {
		t.Errorf("the GPU has %q", out)
	}
}

func TestHardwareKeepsPurgeableState(t *testing.T) {
	h := openHardware(t)
	b := owned[*mtl.Buffer](h)(h.device.NewBuffer(16, 0))
	heap := owned[*mtl.Heap](h)(h.device.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	for name, set := range map[string]func(mtl.PurgeableState) (mtl.PurgeableState, error){"buffer": b.SetPurgeableState, "heap": heap.SetPurgeableState} {
		for _, c := range []struct{ set, before mtl.PurgeableState }{
			{mtl.PurgeableStateKeepCurrent, mtl.PurgeableStateNonVolatile},
			{mtl.PurgeableStateEmpty, mtl.PurgeableStateNonVolatile},
			{mtl.PurgeableStateNonVolatile, mtl.PurgeableStateEmpty},
			{mtl.PurgeableStateKeepCurrent, mtl.PurgeableStateNonVolatile},
		} {
			if got := check[mtl.PurgeableState](h)(set(c.set)); got != c.before {
				t.Errorf("%s: set %v: %v before, want %v", name, c.set, got, c.before)
			}
		}
	}
}

// A kernel works on three buffers that are cut from one heap.
func TestHardwareComputesInAHeap(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void add(device const uint *a [[buffer(0)]], device const uint *b [[buffer(1)]], device uint *c [[buffer(2)]], uint i [[thread_position_in_grid]]) { c[i] = a[i] + b[i]; }`, mtl.CompileOptions{}), "add")
	const n = 1000
	need := check[mtl.SizeAndAlign](h)(h.device.HeapBufferSizeAndAlign(4*n, 0))
	if need.Size < 4*n || need.Align < 1 {
		t.Fatalf("a buffer of %d bytes takes %+v", 4*n, need)
	}
	each := (need.Size + need.Align - 1) / need.Align * need.Align
	heap := owned[*mtl.Heap](h)(h.device.NewHeap(mtl.HeapDescriptor{Size: 3 * each, Label: "arena"}))
	if heap.Size() < 3*each || heap.Type() != mtl.HeapTypeAutomatic || heap.Options().StorageMode() != mtl.StorageModeShared {
		t.Errorf("%d bytes, %v, %v", heap.Size(), heap.Type(), heap.Options())
	}
	if err := heap.SetLabel("the same arena"); err != nil {
		t.Error(err)
	}
	if most := check[int](h)(heap.MaxAvailableSize(need.Align)); most < 3*each {
		t.Errorf("room for %d, want %d", most, 3*each)
	}
	var buffers [3]*mtl.Buffer
	var views [3][]uint32
	for i := range buffers {
		b := owned[*mtl.Buffer](h)(heap.NewBuffer(4 * n))
		view, err := mtl.Slice[uint32](b, 0, n)
		if err != nil {
			t.Fatal(err)
		}
		if b.Heap() != heap {
			t.Error("of another heap")
		}
		buffers[i], views[i] = b, view
	}
	if used := check[int](h)(heap.UsedSize()); used < 3*4*n {
		t.Errorf("%d bytes are used", used)
	}
	if size := check[int](h)(heap.CurrentAllocatedSize()); size < 3*4*n {
		t.Errorf("%d bytes are behind the heap", size)
	}
	for i := range n {
		views[0][i], views[1][i] = uint32(i), uint32(2*i)
	}
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		for i, b := range buffers {
			enc.SetBuffer(b, 0, i)
		}
		enc.DispatchThreads(line(n), line(64))
	})
	for i, got := range views[2] {
		if got != uint32(3*i) {
			t.Fatalf("element %d is %d", i, got)
		}
	}
}

// Two buffers at one offset of a placement heap are the same memory.
func TestHardwarePlacementHeapAliases(t *testing.T) {
	h := openHardware(t)
	need := check[mtl.SizeAndAlign](h)(h.device.HeapBufferSizeAndAlign(64, mtl.ResourceStorageModePrivate))
	at := (need.Size + need.Align - 1) / need.Align * need.Align
	heap := owned[*mtl.Heap](h)(h.device.NewHeap(mtl.HeapDescriptor{Size: at + need.Size, Type: mtl.HeapTypePlacement, Options: mtl.ResourceStorageModePrivate | mtl.ResourceHazardTrackingModeTracked}))
	first := owned[*mtl.Buffer](h)(heap.NewBufferAt(0, 64))
	second := owned[*mtl.Buffer](h)(heap.NewBufferAt(at, 64))
	alias := owned[*mtl.Buffer](h)(heap.NewBufferAt(at, 64))
	if got := check[int](h)(alias.HeapOffset()); got != at {
		t.Errorf("offset %d, want %d", got, at)
	}
	h.blit(func(enc *mtl.BlitCommandEncoder) {
		enc.Fill(mtl.BufferRange{Buffer: first}, 64, 1)
		enc.Fill(mtl.BufferRange{Buffer: second}, 64, 2)
	})
	for b, want := range map[*mtl.Buffer]byte{first: 1, second: 2, alias: 2} {
		got := make([]byte, 64)
		if err := h.queue.Download(context.Background(), got, mtl.BufferRange{Buffer: b}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, bytes.Repeat([]byte{want}, 64)) {
			t.Errorf("% x, want %d", got[:8], want)
		}
	}
}

func TestHardwareHeapIsUsedAgain(t *testing.T) {
	h := openHardware(t)
	heap := owned[*mtl.Heap](h)(h.device.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	all := check[int](h)(heap.MaxAvailableSize(1))
	first := owned[*mtl.Buffer](h)(heap.NewBuffer(all))
	if b, err := heap.NewBuffer(all); !errors.Is(err, mtl.ErrNoObject) {
		b.Release()
		t.Fatalf("a full heap: %v", err)
	}
	if err := first.MakeAliasable(); err != nil {
		t.Fatal(err)
	}
	if !check[bool](h)(first.IsAliasable()) {
		t.Error("not aliasable")
	}
	second := owned[*mtl.Buffer](h)(heap.NewBuffer(all))
	heap.Release() // its buffers keep it
	copy(h.bytes(second), "in use")
	out := make([]byte, 8)
	if err := h.queue.Download(context.Background(), out, mtl.BufferRange{Buffer: second}); err != nil || string(out[:6]) != "in use" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestHardwareResidencySets(t *testing.T) {
	h := openHardware(t)
	set, err := h.device.NewResidencySet(mtl.ResidencySetDescriptor{Label: "weights", InitialCapacity: 4})
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	owned[*mtl.ResidencySet](h)(set, err)
	own := owned[*mtl.ResidencySet](h)(h.device.NewResidencySet(mtl.ResidencySetDescriptor{}))
	a, b := owned[*mtl.Buffer](h)(h.device.NewBuffer(1<<16, 0)), owned[*mtl.Buffer](h)(h.device.NewBuffer(1<<16, 0))
	heap := owned[*mtl.Heap](h)(h.device.NewHeap(mtl.HeapDescriptor{Size: 1 << 16}))
	if err := errors.Join(set.Add(a, b, heap), set.Remove(b), set.Commit(), set.RequestResidency()); err != nil {
		t.Fatal(err)
	}
	if n, size := check[int](h)(set.Count()), check[int64](h)(set.AllocatedSize()); n != 2 || size < 2<<16 {
		t.Errorf("%d allocations of %d bytes", n, size)
	}
	for allocation, want := range map[mtl.Allocation]bool{a: true, b: false, heap: true} {
		if got := check[bool](h)(set.Contains(allocation)); got != want {
			t.Errorf("contains %T: %v, want %v", allocation, got, want)
		}
	}
	if missing := check[[]mtl.Allocation](h)(set.Missing(a, b, heap)); len(missing) != 1 || missing[0] != mtl.Allocation(b) {
		t.Errorf("missing %v", missing)
	}
	if err := errors.Join(own.Add(b), own.Commit(), h.queue.AddResidencySets(set, own), h.queue.RemoveResidencySets(own)); err != nil {
		t.Fatal(err)
	}
	submission, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.UseResidencySets(own); err != nil {
			return err
		}
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Fill(mtl.BufferRange{Buffer: a}, 1<<16, 7)
			enc.Copy(mtl.BufferRange{Buffer: a}, mtl.BufferRange{Buffer: b}, 1<<16)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer submission.Release()
	if err := submission.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if h.bytes(b)[1<<16-1] != 7 {
		t.Error("the work did not run")
	}
	if err := errors.Join(h.queue.RemoveResidencySets(set), set.EndResidency(), set.RemoveAll(), set.Commit()); err != nil {
		t.Fatal(err)
	}
	if n := check[int](h)(set.Count()); n != 0 {
		t.Errorf("%d allocations are left", n)
	}
}

func TestHardwareSaysWhatItIs(t *testing.T) {
	h := openHardware(t)
	p := h.device.Properties()
	if p.Location == mtl.DeviceLocationBuiltIn && p.Removable {
		t.Errorf("built in and removable: %+v", p)
	}
	n, err := h.device.MaximumConcurrentCompilationTaskCount()
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil || n < 1 {
		t.Errorf("%d compilations at a time, %v", n, err)
	}
	for _, maximize := range []bool{true, false} {
		if err := h.device.SetShouldMaximizeConcurrentCompilation(maximize); err != nil {
			t.Fatal(err)
		}
		if got := check[bool](h)(h.device.ShouldMaximizeConcurrentCompilation()); got != maximize {
			t.Errorf("maximize is %v, want %v", got, maximize)
		}
	}
}
