//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/mtl"
)

func TestHardwareTellsWhatTheDeviceIs(t *testing.T) {
	h := openHardware(t)
	if id, err := h.device.RegistryID(); id == 0 || err != nil {
		t.Errorf("registry ID %d, %v", id, err)
	}
	if unified, err := h.device.HasUnifiedMemory(); !unified || err != nil {
		t.Errorf("unified memory %v, %v: Apple silicon and the software device have it", unified, err)
	}
	if name, err := h.device.Architecture(); (name == "") != errors.Is(err, mtl.ErrUnsupported) {
		t.Errorf("architecture %q, %v", name, err)
	}
	before, err := h.device.CurrentAllocatedSize()
	if err != nil {
		t.Fatal(err)
	}
	buffer[uint32](h, 1<<20)
	if after, err := h.device.CurrentAllocatedSize(); after < before+4<<20 || err != nil {
		t.Errorf("%d bytes after a buffer of 4 MiB, %d before, %v", after, before, err)
	}
	all, err := testFramework(t).CopyAllDevices()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Name() == "" {
			t.Error("a device without a name")
		}
		d.Release()
	}
	if len(all) == 0 {
		t.Error("there are no devices")
	}
}

func TestHardwareTakesLabels(t *testing.T) {
	h := openHardware(t)
	queue, err := h.device.NewCommandQueueWithMaxCommandBufferCount(1)
	if err != nil {
		t.Fatal(err)
	}
	defer queue.Release()
	b, _ := buffer[uint32](h, 4)
	for _, err := range []error{queue.SetLabel("queue"), b.SetLabel("buffer")} {
		if err != nil {
			t.Error(err)
		}
	}
	submission, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.SetLabel("command buffer"); err != nil {
			return err
		}
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.SetLabel("encoder, ü and \x00 too")
			enc.Fill(mtl.BufferRange{Buffer: b}, 16, 1)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer submission.Release()
	if err := submission.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestHardwareMakesAPipelineAsItsDescriptorSays(t *testing.T) {
	h := openHardware(t)
	function, err := h.newLibrary(`
constant uint stride [[function_constant(3)]];
kernel void count(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] += stride; }`, mtl.CompileOptions{}).
		NewFunctionWithConstants("count", mtl.FunctionConstant{Name: "stride", Value: uint32(7)})
	if err != nil {
		t.Fatal(err)
	}
	defer function.Release()
	pipeline, err := h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{
		Function: function, Label: "count by seven", MaxTotalThreadsPerThreadgroup: 64, ThreadGroupSizeIsMultipleOfThreadExecutionWidth: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer pipeline.Release()
	if n := pipeline.MaxTotalThreadsPerThreadgroup(); n < 32 || n > 64 {
		t.Errorf("threadgroups of up to %d threads, want 64 or less", n)
	}
	b, view := buffer[uint32](h, 64)
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		enc.DispatchThreadgroups(line(2), line(32))
	})
	if view[0] != 7 || view[63] != 7 {
		t.Errorf("counted %v", view)
	}
}

func TestHardwareUsesMemoryOfTheProgram(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void join(device const uchar *a [[buffer(0)]], device uchar *b [[buffer(1)]], uint i [[thread_position_in_grid]]) { b[i] += a[i]; }`, mtl.CompileOptions{}), "join")
	copied, err := h.device.NewBufferWithBytes([]byte("abcd"), mtl.ResourceStorageModeShared)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Release()
	memory, err := syscall.Mmap(-1, 0, 64<<10, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(memory)
	// A page of Linux on amd64 has 4 KiB, one of Apple silicon 16.
	for len(memory) > 32<<10 && !aligned(memory) {
		memory = memory[4<<10:]
	}
	own := memory[:16<<10]
	copy(own, []byte{1, 2, 3, 4})
	b, err := h.device.NewBufferNoCopy(own, mtl.ResourceStorageModeShared)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffers(0, mtl.BufferRange{Buffer: copied}, mtl.BufferRange{Buffer: b})
		enc.DispatchThreads(line(4), line(4))
	})
	if got := string(own[:4]); got != "bdfh" {
		t.Errorf("the program's memory holds %q, want bdfh", got)
	}
	if strings.Trim(string(own[4:]), "\x00") != "" {
		t.Error("the rest of the memory changed")
	}
}

func aligned(b []byte) bool { return uintptr(unsafe.Pointer(unsafe.SliceData(b)))%(16<<10) == 0 }
