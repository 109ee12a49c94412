//go:build linux && (amd64 || arm64)

package kernels_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// The check passes on every device on which ANSWER is zero in all lanes.
const checkedSource = `#include <metal_stdlib>
using namespace metal;
kernel void check(device uint *failed [[buffer(0)]], ushort lane [[thread_index_in_simdgroup]]) { failed[lane] = ANSWER; }
kernel void first(device float *x [[buffer(0)]]) { x[0] = 1.0f; }
kernel void second(device float *x [[buffer(0)]]) { x[0] = 2.0f; }`

// A counter counts the dispatches.
type counter struct {
	*softmetal.Device
	selector   objc.SEL
	dispatches atomic.Int64
}

func (c *counter) MsgSend(r *objc.Registers) {
	if objc.SEL(r.X[1]) == c.selector {
		c.dispatches.Add(1)
	}
	c.Device.MsgSend(r)
}

func TestACheckRunsOnceADevice(t *testing.T) {
	for _, c := range []struct{ name, answer, says string }{
		{"that passes", "0", ""},
		{"that fails in one thread", "lane == 31 ? 4 : 0", `"check" failed in 1 of 32 threads`},
		{"that fails in all threads", "1", `"check" failed in 32 of 32 threads`},
	} {
		t.Run(c.name, func(t *testing.T) {
			soft := &counter{Device: softmetal.NewTesting(t)}
			soft.selector = soft.RegisterSelector("dispatchThreadgroups:threadsPerThreadgroup:")
			framework, err := mtl.Load(soft)
			if err != nil {
				t.Fatal(err)
			}
			var registry kernels.Registry
			t.Cleanup(registry.Release)
			if err := registry.Register(kernels.Source{
				Name: "checked.metal", Text: checkedSource, Kernels: []string{"first", "second"}, Check: "check",
				Options: mtl.CompileOptions{PreprocessorMacros: map[string]string{"ANSWER": c.answer}},
			}); err != nil {
				t.Fatal(err)
			}
			for devices := int64(1); devices <= 2; devices++ {
				device, err := framework.CreateSystemDefaultDevice()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(device.Release)
				for _, name := range []string{"first", "second", "first"} {
					_, err := registry.Pipeline(t.Context(), device, name)
					if errors.Is(err, kernels.ErrCheck) != (c.says != "") || (err != nil && !strings.Contains(err.Error(), c.says)) {
						t.Errorf("error is %v", err)
					}
				}
				if n := soft.dispatches.Load(); n != devices {
					t.Errorf("%d dispatches for %d devices", n, devices)
				}
			}
		})
	}
}
