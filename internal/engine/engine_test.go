package engine

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// The bandwidth is the denominator of a published figure: it must be that of
// memory, not of a cache or of pages that were never made.
func TestMemoryReadBandwidthIsPlausible(t *testing.T) {
	for _, threads := range []int{0, 1, 2} {
		if got := memoryReadBandwidth(threads); got < 0.2 || got > 2000 {
			t.Errorf("%d threads read %.2f GB/s", threads, got)
		}
	}
}

func TestTheCPUsBandwidthIsThatOfItsThreads(t *testing.T) {
	e, err := CPU(1)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := e.ReadBandwidth(t.Context()); err != nil || got < 0.2 {
		t.Errorf("%v GB/s, %v", got, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.ReadBandwidth(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestWithoutMetalTheErrorSaysWhy(t *testing.T) {
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		e, err := SystemMetal()
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		return
	}
	if _, err := SystemMetal(); !errors.Is(err, mtl.ErrUnavailable) || len(err.Error()) < len(mtl.ErrUnavailable.Error())+10 {
		t.Errorf("error %v", err)
	}
}
