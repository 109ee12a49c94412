//go:build tqmetal_abi && linux

package mtl

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/abi"
	"github.com/tqmetal/tqmetal/internal/abi/child"
)

// An encoder's message that ends the process does so when the encoder ends, and the
// traceback has that. With TQMETAL_EAGER=1 it has the line that encoded the message.
func TestAssemblyTellsTheLineOfACrashIfTheDeviceIsEager(t *testing.T) {
	if how := child.How(); how != "" {
		encodeAndCrash(t, how)
		t.Fatal("the process goes on")
	}
	for how, signal := range map[int]string{1: "SIGABRT", 2: "SIGABRT", 3: "SIGSEGV"} {
		for _, eager := range []bool{false, true} {
			t.Run(fmt.Sprint(how, " eager ", eager), func(t *testing.T) {
				value := "0"
				if eager {
					value = "1"
				}
				said, status := child.Crash(t, fmt.Sprint(how), eagerVariable+"="+value)
				line := 0
				for s := range strings.Lines(said) {
					_, _ = fmt.Sscanf(s, "line %d", &line)
				}
				has := map[string]bool{
					signal: true, "objc.(*Batch).flush": true,
					fmt.Sprintf("crash_abi_test.go:%d ", line): eager,
					"mtl.(*encoder).end(":                      !eager,
				}
				for text, want := range has {
					if strings.Contains(said, text) != want {
						t.Errorf("%q in what it says: %v, want %v", text, !want, want)
					}
				}
				if status != 2 { // as the Go runtime ends
					t.Errorf("exit status %d", status)
				}
				if t.Failed() {
					t.Log(said)
				}
			})
		}
	}
}

func encodeAndCrash(t *testing.T, kind string) {
	var how int
	if _, err := fmt.Sscan(kind, &how); err != nil {
		t.Fatal(err)
	}
	fw, err := Load(abi.Open(t, "libencode"))
	if err != nil {
		t.Fatal(err)
	}
	dev := must[*Device](t)(fw.CreateSystemDefaultDevice())
	queue := must[*CommandQueue](t)(dev.NewCommandQueue())
	buffer := must[*Buffer](t)(dev.NewBuffer(64, 0))
	library := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	pipeline := must[*ComputePipelineState](t)(dev.NewComputePipelineState(must[*Function](t)(library.NewFunction("kernel"))))
	_, err = queue.Encode(func(cb *CommandBuffer) error {
		return cb.Compute(DispatchTypeSerial, func(enc *ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(buffer, 0, 0)
			_, _, line, _ := runtime.Caller(0)
			fmt.Fprintf(os.Stderr, "line %d\n", line+2)
			enc.DispatchThreadgroupsIndirect(buffer, 0, Size{how, 1, 1})
			enc.SetBuffer(buffer, 4, 0)
			return enc.Err()
		})
	})
	t.Error(err)
}
