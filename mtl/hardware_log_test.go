//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
)

// notes collects what a log state says. Metal does not say when that comes.
type notes struct {
	mu   sync.Mutex
	list []mtl.LogMessage
}

func (n *notes) take(m mtl.LogMessage) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, m)
}

func (n *notes) sorted() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []string
	for _, m := range n.list {
		out = append(out, fmt.Sprintf("%v [%s:%s] %s", m.Level, m.Subsystem, m.Category, m.Text))
	}
	slices.Sort(out)
	return out
}

// want waits until the messages are these, in any order.
func (n *notes) want(t *testing.T, want ...string) {
	t.Helper()
	want = slices.Sorted(slices.Values(want))
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		got := n.sorted()
		if slices.Equal(got, want) {
			return
		}
		if len(got) > len(want) || time.Now().After(limit) {
			t.Fatalf("messages\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

const logSource = `#include <metal_logging>
constant os_log mine("org.example", "kernels");
kernel void tell(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    os_log_default.log_debug("debug %u", i);
    mine.log_info("info %d %5.2f", -int(i), 1.5f);
    mine.log("notice %lx", 255ul);
    os_log_default.log_error("error %c %d%%", 'x', 100);
    mine.log_fault("fault");
    out[i] = i + 1;
}`

var logOptions = mtl.CompileOptions{LanguageVersion: mtl.LanguageVersion3_2, EnableLogging: true}

func (h hardware) logState(d mtl.LogStateDescriptor) (*mtl.LogState, *notes) {
	h.Helper()
	logs, err := h.device.NewLogState(d)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(logs.Release)
	n := new(notes)
	if err := logs.AddLogHandler(n.take); err != nil {
		h.Fatal(err)
	}
	return logs, n
}

// tell runs the kernel with one thread.
func (h hardware) tell(q *mtl.CommandQueue, d mtl.CommandBufferDescriptor, options mtl.CompileOptions) {
	h.Helper()
	pipeline := h.pipeline(h.newLibrary(logSource, options), "tell")
	b, view := buffer[uint32](h, 1)
	work, err := q.EncodeWithDescriptor(d, func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(b, 0, 0)
			enc.DispatchThreadgroups(line(1), line(1))
			return nil
		})
	})
	if err != nil {
		h.Fatal(err)
	}
	defer work.Release()
	if err := work.Wait(context.Background()); err != nil {
		h.Fatal(err)
	}
	if view[0] != 1 {
		h.Error("the kernel has not run")
	}
}

func (h hardware) queueWith(logs *mtl.LogState) *mtl.CommandQueue {
	h.Helper()
	q, err := h.device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{LogState: logs})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(q.Release)
	return q
}

var allNotes = []string{
	"debug [:] debug 0", "info [org.example:kernels] info 0  1.50", "notice [org.example:kernels] notice ff",
	"error [:] error x 100%", "fault [org.example:kernels] fault",
}

func TestHardwareKernelsTellTheirQueue(t *testing.T) {
	h := openHardware(t)
	logs, said := h.logState(mtl.LogStateDescriptor{})
	q := h.queueWith(logs)
	logs.Release() // the queue keeps it
	h.tell(q, mtl.CommandBufferDescriptor{}, logOptions)
	said.want(t, allNotes...)
}

func TestHardwareLogStateOfACommandBufferComesFirst(t *testing.T) {
	h := openHardware(t)
	ofQueue, queueSaid := h.logState(mtl.LogStateDescriptor{})
	own, said := h.logState(mtl.LogStateDescriptor{Level: mtl.LogLevelError, BufferSize: mtl.MinLogBufferSize})
	q := h.queueWith(ofQueue)
	h.tell(q, mtl.CommandBufferDescriptor{LogState: own}, logOptions)
	said.want(t, allNotes[3], allNotes[4])
	h.tell(q, mtl.CommandBufferDescriptor{}, logOptions)
	queueSaid.want(t, allNotes...)
}

func TestHardwareEveryLogHandlerGetsEveryMessage(t *testing.T) {
	h := openHardware(t)
	logs, said := h.logState(mtl.LogStateDescriptor{Level: mtl.LogLevelFault})
	second := new(notes)
	if err := logs.AddLogHandler(second.take); err != nil {
		t.Fatal(err)
	}
	q := h.queueWith(logs)
	for range 2 {
		h.tell(q, mtl.CommandBufferDescriptor{}, logOptions)
	}
	said.want(t, allNotes[4], allNotes[4])
	second.want(t, allNotes[4], allNotes[4])
}

// A kernel that was compiled without says nothing, and one that nobody listens to runs.
func TestHardwareLoggingIsOffUnlessAskedFor(t *testing.T) {
	h := openHardware(t)
	logs, said := h.logState(mtl.LogStateDescriptor{})
	q := h.queueWith(logs)
	h.tell(q, mtl.CommandBufferDescriptor{}, mtl.CompileOptions{LanguageVersion: mtl.LanguageVersion3_2})
	h.tell(h.queue, mtl.CommandBufferDescriptor{}, logOptions)
	h.tell(q, mtl.CommandBufferDescriptor{}, logOptions)
	said.want(t, allNotes...)
}
