package mtl

import (
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
)

// What a message autoreleases goes into the pool of the thread that sends it. So a scope
// keeps to one thread, from its pool to its last message, whoever sends what waits: a batch
// that is full, an encoder that ends, or a message with an answer.
func TestMessagesThatWaitAreSentOnTheThreadOfTheirPool(t *testing.T) {
	b := newBench(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	icb := b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelThreadgroupMemoryBindCount: 1}, 200, 0)
	stop := make(chan struct{})
	var busy sync.WaitGroup
	for range 8 { // others want the thread
		busy.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					runtime.Gosched()
				}
			}
		})
	}
	defer busy.Wait()
	defer close(stop)
	var threads []int
	b.rt.Trace = func(m *objctest.Message) {
		runtime.Gosched()
		if id := syscall.Gettid(); !slices.Contains(threads, id) {
			threads = append(threads, id)
		}
	}
	for name, scope := range map[string]func() error{
		"encoders": func() error {
			return b.encode(func(cb *CommandBuffer) error {
				for range 2 {
					if err := cb.Compute(0, func(enc *ComputeCommandEncoder) error {
						for i := range 600 {
							enc.SetBytes(make([]byte, 40), i%31)
							runtime.Gosched()
						}
						enc.SetLabel("label")
						enc.SetBuffer(b.a, 0, 1)
						return nil
					}); err != nil {
						return err
					}
				}
				return nil
			})
		},
		"indirect commands": func() error { return icb.Encode(0, 200, b.one) },
	} {
		threads = nil
		if err := scope(); err != nil {
			t.Fatal(err)
		}
		if len(threads) != 1 {
			t.Errorf("%s: messages arrive on %d threads", name, len(threads))
		}
	}
}
