//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// What an encoder still says when it can't be used: what it keeps in Go.
var alwaysAnswered = map[string]bool{"Err": true, "Device": true, "DispatchType": true}

// Each method refuses by itself; one that forgets to would send a message to an
// object that is gone, or into a batch that another goroutine fills.
func TestEveryMethodOfAnEncoderIsRefusedOutsideItsScope(t *testing.T) {
	compute := func(cb *mtl.CommandBuffer, f func(any)) {
		cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error { f(e); return nil })
	}
	blit := func(cb *mtl.CommandBuffer, f func(any)) {
		cb.Blit(func(e *mtl.BlitCommandEncoder) error { f(e); return nil })
	}
	situations := map[string]struct {
		use  func(cb *mtl.CommandBuffer, in func(*mtl.CommandBuffer, func(any)), use func(any))
		want error
	}{
		"after its end": {func(cb *mtl.CommandBuffer, in func(*mtl.CommandBuffer, func(any)), use func(any)) {
			var ended any
			in(cb, func(e any) { ended = e })
			use(ended)
		}, mtl.ErrEnded},
		"in another goroutine": {func(cb *mtl.CommandBuffer, in func(*mtl.CommandBuffer, func(any)), use func(any)) {
			in(cb, func(e any) {
				done := make(chan bool)
				go func() { defer close(done); use(e) }()
				<-done
			})
		}, mtl.ErrConcurrentUse},
	}
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	for encoder, in := range map[reflect.Type]func(*mtl.CommandBuffer, func(any)){
		reflect.TypeFor[*mtl.ComputeCommandEncoder](): compute,
		reflect.TypeFor[*mtl.BlitCommandEncoder]():    blit,
	} {
		for i := range encoder.NumMethod() {
			method := encoder.Method(i)
			if alwaysAnswered[method.Name] {
				continue
			}
			for name, s := range situations {
				t.Run(encoder.Elem().Name()+"."+method.Name+" "+name, func(t *testing.T) {
					submission, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
						s.use(cb, in, func(e any) { callWithZeros(reflect.ValueOf(e).Method(method.Index)) })
						return nil
					})
					submission.Release()
					if !errors.Is(err, s.want) {
						t.Errorf("%v, want %v", err, s.want)
					}
				})
			}
		}
	}
}

func TestEveryMethodOfAnEncoderOfMetal4IsRefusedOutsideItsScope(t *testing.T) {
	m, _ := openMetal4On(t, softmetal.Options{})
	for i := range reflect.TypeFor[*mtl.ComputeCommandEncoder4]().NumMethod() {
		method := reflect.TypeFor[*mtl.ComputeCommandEncoder4]().Method(i)
		if alwaysAnswered[method.Name] {
			continue
		}
		use := func(e *mtl.ComputeCommandEncoder4) { callWithZeros(reflect.ValueOf(e).Method(i)) }
		for want, encode := range map[error]func(*mtl.CommandBuffer4) error{
			mtl.ErrEnded: func(cb *mtl.CommandBuffer4) error {
				var ended *mtl.ComputeCommandEncoder4
				defer func() { use(ended) }()
				return cb.Compute(func(e *mtl.ComputeCommandEncoder4) error { ended = e; return nil })
			},
			mtl.ErrConcurrentUse: pass4(func(e *mtl.ComputeCommandEncoder4) {
				done := make(chan bool)
				go func() { defer close(done); use(e) }()
				<-done
			}),
		} {
			if _, err := m.queue.Encode(m.allocator, encode); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", method.Name, err, want)
			}
		}
	}
}
