//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

func TestLogStateArgumentsAreChecked(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	other, _ := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	foreign, _ := other.logState(mtl.LogStateDescriptor{})
	gone, _ := h.logState(mtl.LogStateDescriptor{})
	gone.Release()
	gone.Release()
	logs, _ := h.logState(mtl.LogStateDescriptor{})
	var none *mtl.LogState
	none.Release()
	nothing := func(*mtl.CommandBuffer) error { return nil }
	for _, c := range []struct {
		name string
		err  error
		want error
		text string
	}{
		{"a level below all", refused(h.device.NewLogState(mtl.LogStateDescriptor{Level: -1})), mtl.ErrArgument, "Level is -1"},
		{"a level that is none", refused(h.device.NewLogState(mtl.LogStateDescriptor{Level: 6})), mtl.ErrArgument, "Level is 6"},
		{"a buffer that is too small", refused(h.device.NewLogState(mtl.LogStateDescriptor{BufferSize: 1023})), mtl.ErrArgument, "BufferSize is 1023, want 1024 to 1073741824"},
		{"a buffer that is too large", refused(h.device.NewLogState(mtl.LogStateDescriptor{BufferSize: 1<<30 + 1})), mtl.ErrArgument, "BufferSize is 1073741825"},
		{"a nil device", refused((*mtl.Device)(nil).NewLogState(mtl.LogStateDescriptor{})), mtl.ErrNil, "Device"},
		{"no handler", logs.AddLogHandler(nil), mtl.ErrArgument, "function is nil"},
		{"a handler of a nil log state", none.AddLogHandler(func(mtl.LogMessage) {}), mtl.ErrNil, "LogState"},
		{"a handler of a released log state", gone.AddLogHandler(func(mtl.LogMessage) {}), mtl.ErrReleased, "LogState"},
		{"a queue with a released log state", refused(h.device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{LogState: gone})), mtl.ErrReleased, "LogState"},
		{"a queue with a log state of another device", refused(h.device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{LogState: foreign})), mtl.ErrForeign, "LogState"},
		{"a command buffer with a released log state", refused(h.queue.EncodeWithDescriptor(mtl.CommandBufferDescriptor{LogState: gone}, nothing)), mtl.ErrReleased, "LogState"},
		{"a command buffer with a log state of another device", refused(h.queue.EncodeWithDescriptor(mtl.CommandBufferDescriptor{LogState: foreign}, nothing)), mtl.ErrForeign, "LogState"},
		{"logging in a language without it", refused(h.device.NewLibraryWithSource("", mtl.CompileOptions{EnableLogging: true})), mtl.ErrArgument, "LanguageVersion is 3.0, want at least 3.2"},
	} {
		if !errors.Is(c.err, c.want) || !strings.Contains(fmt.Sprint(c.err), c.text) {
			t.Errorf("%s: %v, want %v with %q", c.name, c.err, c.want, c.text)
		}
	}
}

func TestLoggingNeedsMacOS15(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "14.0"})
	_, err := h.device.NewLogState(mtl.LogStateDescriptor{})
	if !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), "macOS 15") {
		t.Error(err)
	}
}

// Messages that find no room are dropped. Each command buffer has the whole buffer.
func TestMessagesOverTheBufferAreDropped(t *testing.T) {
	h, soft := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	before := objc.LiveBlocks()
	logs, said := h.logState(mtl.LogStateDescriptor{BufferSize: mtl.MinLogBufferSize})
	q := h.queueWith(logs)
	pipeline := h.pipeline(h.newLibrary(`#include <metal_logging>
kernel void tell(uint i [[thread_position_in_grid]]) { os_log_default.log("%32u", i); }`, logOptions), "tell")
	for range 2 {
		work, err := q.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
				enc.SetComputePipelineState(pipeline)
				for range 2 {
					enc.DispatchThreadgroups(line(1), line(10))
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		work.Release()
	}
	soft.Live() // waits for all
	if got := len(said.sorted()); got != 2*16 {
		t.Errorf("%d messages, want 16 of 64 bytes each time", got)
	}
	q.Release()
	logs.Release()
	soft.Live()
	if left := objc.LiveBlocks(); left != before {
		t.Errorf("%d blocks are left, were %d", left, before)
	}
}

// A handler may use Metal, and the messages of a kernel that fails are those that one
// wants to see.
func TestLogHandlersOfAKernelThatFails(t *testing.T) {
	h, soft := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	logs, said := h.logState(mtl.LogStateDescriptor{})
	if err := logs.AddLogHandler(func(mtl.LogMessage) {
		if b, err := h.device.NewBuffer(16, 0); err != nil {
			t.Error(err)
		} else {
			b.Release()
		}
	}); err != nil {
		t.Fatal(err)
	}
	pipeline := h.pipeline(h.newLibrary(`#include <metal_logging>
kernel void tell(device uint *out [[buffer(0)]]) { os_log_default.log("before"); out[100] = 1; os_log_default.log("after"); }`, logOptions), "tell")
	b, _ := buffer[uint32](h, 1)
	work, err := h.queue.EncodeWithDescriptor(mtl.CommandBufferDescriptor{LogState: logs}, func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(b, 0, 0)
			enc.DispatchThreadgroups(line(1), line(1))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer work.Release()
	if err := work.Wait(t.Context()); !errors.Is(err, mtl.ErrExecution) {
		t.Errorf("%v, want a failure", err)
	}
	soft.Live()
	said.want(t, "notice [:] before")
}

func TestLogLevelNames(t *testing.T) {
	for level, want := range map[mtl.LogLevel]string{0: "undefined", 1: "debug", 2: "info", 3: "notice", 4: "error", 5: "fault", 6: "LogLevel(6)", math.MinInt64: "LogLevel(-9223372036854775808)"} {
		if got := level.String(); got != want {
			t.Errorf("%d is %q, want %q", int64(level), got, want)
		}
	}
}
