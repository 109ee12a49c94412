//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

const brokenSource = `
kernel void beyond(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) { out[i + 1000] = 1; }
kernel void apart(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    if (i == 0) threadgroup_barrier(mem_flags::mem_none);
    out[i] = 1;
}
kernel void fine(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) { out[i] = 1; }`

// What a kernel did wrong is told of pipelines that are validated, once it is done.
func TestFunctionLogsTellOfValidatedKernels(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	library := h.newLibrary(brokenSource, mtl.CompileOptions{})
	for _, c := range []struct {
		kernel     string
		validation mtl.ShaderValidation
		want       []mtl.FunctionLog
	}{
		{"fine", mtl.ShaderValidationEnabled, nil},
		{"beyond", mtl.ShaderValidationDisabled, nil},
		{"beyond", mtl.ShaderValidationEnabled, []mtl.FunctionLog{{EncoderLabel: "of beyond", Function: "beyond", Location: mtl.FunctionLogDebugLocation{Function: "beyond"}}}},
		{"apart", mtl.ShaderValidationEnabled, []mtl.FunctionLog{{EncoderLabel: "of apart", Function: "apart",
			Location: mtl.FunctionLogDebugLocation{Function: "apart", File: "/program_source", Line: 6}}}},
	} {
		t.Run(c.kernel+" "+c.validation.String(), func(t *testing.T) {
			function, err := library.NewFunction(c.kernel)
			if err != nil {
				t.Fatal(err)
			}
			defer function.Release()
			pipeline, err := h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: function, ShaderValidation: c.validation})
			if err != nil {
				t.Fatal(err)
			}
			defer pipeline.Release()
			b, _ := buffer[uint32](h, 32)
			work, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
				return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
					enc.SetLabel("of " + c.kernel)
					enc.SetComputePipelineState(pipeline)
					enc.SetBuffer(b, 0, 0)
					enc.DispatchThreadgroups(line(1), line(32))
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			defer work.Release()
			if _, err := work.FunctionLogs(); !errors.Is(err, mtl.ErrNotDone) {
				t.Errorf("before the work is done: %v", err)
			}
			if err := work.Wait(t.Context()); (err == nil) != (c.kernel == "fine") {
				t.Errorf("%v", err)
			}
			logs, err := work.FunctionLogs()
			if err != nil || !slices.Equal(logs, c.want) {
				t.Errorf("%+v, %v\nwant %+v", logs, err, c.want)
			}
			work.Release()
			if _, err := work.FunctionLogs(); !errors.Is(err, mtl.ErrReleased) {
				t.Errorf("of released work: %v", err)
			}
		})
	}
	if _, err := (*mtl.Submission)(nil).FunctionLogs(); !errors.Is(err, mtl.ErrNil) {
		t.Error(err)
	}
	if got := mtl.FunctionLogTypeValidation.String() + mtl.FunctionLogType(1).String(); got != "validationFunctionLogType(1)" {
		t.Errorf("names %s", got)
	}
}
