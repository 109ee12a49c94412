package kernels

import (
	"errors"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/mtl"
)

// checked has "sum" as its check. The scripted Metal runs nothing, so that no
// thread says that it passed.
var checked = Source{Name: "checked.metal", Text: "text", Kernels: []string{"saxpy"}, Check: "sum"}

func TestAKernelThatWritesNothingHasNotPassedItsCheck(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, checked)
	for i := range 3 {
		_, err := r.Pipeline(t.Context(), device, "saxpy", mtl.FunctionConstant{Index: 0, Value: i == 0})
		if !errors.Is(err, ErrCheck) || !strings.Contains(err.Error(), `"sum" failed in 32 of 32 threads`) || !strings.Contains(err.Error(), "checked.metal") {
			t.Errorf("error is %v", err)
		}
	}
	if n := sent(rt); n[compileMessage] != 1 || n[pipelineMessage] != 1 {
		t.Errorf("%d libraries and %d pipelines, want one of each: the check's", n[compileMessage], n[pipelineMessage])
	}
}

func TestACheckThatCannotRunHasNotPassedAndSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name, message string // that gets no object or a failure
		is            error
	}{
		{"no queue", "MTLDevice newCommandQueueWithMaxCommandBufferCount:", mtl.ErrNoObject},
		{"no buffer", "MTLDevice newBufferWithLength:options:", mtl.ErrNoObject},
		{"no command buffer", "MTLCommandQueue commandBuffer", mtl.ErrNoObject},
		{"a command buffer that fails", "MTLCommandBuffer status", mtl.ErrExecution},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, device, r := bench(t)
			register(t, r, checked)
			rt.On(c.message, func(m *objctest.Message) {
				if c.is == mtl.ErrExecution {
					m.ReturnUint(uint64(mtl.CommandBufferStatusError))
				}
			})
			rt.On("MTLCommandBuffer error", func(*objctest.Message) {})
			_, err := r.Pipeline(t.Context(), device, "saxpy")
			if !errors.Is(err, ErrCheck) || !errors.Is(err, c.is) || !strings.Contains(err.Error(), `"sum" did not run`) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// That the text is wrong is no property of the device.
func TestACheckThatTheTextLacksIsAnErrorOfTheSource(t *testing.T) {
	_, device, r := bench(t)
	wrong := checked
	wrong.Check = "absent"
	register(t, r, wrong)
	_, err := r.Pipeline(t.Context(), device, "saxpy")
	if errors.Is(err, ErrCheck) || !errors.Is(err, mtl.ErrNoFunction) || !strings.Contains(err.Error(), `check "absent"`) {
		t.Errorf("error is %v", err)
	}
}
