//go:build tqmetal_abi && linux && amd64 && cgo

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T) *metal {
	t.Helper()
	m, err := newMetal(filepath.Join(os.Getenv("TQMETAL_ABI"), "libencode-"+runtime.GOARCH+".so"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What is measured is worth nothing unless each way does the same work.
func TestEveryWayEncodesTheSame(t *testing.T) {
	m := open(t)
	if err := check(m, ways(m)); err != nil {
		t.Error(err)
	}
}

func TestAWayThatEncodesSomethingElseIsFound(t *testing.T) {
	m := open(t)
	all := ways(m)
	i := slices.IndexFunc(all, func(w way) bool { return w.name == yardstick })
	all[i].encode = func(m *metal, n int) error {
		m.steps[1].memory += 16 // a value that only the second step has
		defer func() { m.steps[1].memory -= 16 }()
		return throughCgo(m, n)
	}
	if err := check(m, all); err == nil || !strings.Contains(err.Error(), yardstick) {
		t.Errorf("check says %v, want that %s differs", err, yardstick)
	}
}

func TestAWayThatLeavesMessagesOutIsNoFigure(t *testing.T) {
	m := open(t)
	w := way{name: "half", messages: messagesOfAStep, encode: func(m *metal, n int) error { return throughCgo(m, n/2) }}
	if err := new(figure).measure(m, w, time.Millisecond); err == nil || !strings.Contains(err.Error(), "half") {
		t.Errorf("measured: %v", err)
	}
}

func TestTheTableHasNoAllocationsOfEncoders(t *testing.T) {
	m := open(t)
	for _, w := range ways(m) {
		if !strings.HasPrefix(w.name, "mtl") && !strings.HasPrefix(w.name, "objc") {
			continue
		}
		var f figure
		for range 3 {
			if err := f.measure(m, w, 20*time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
		// A scope has some of its own, whatever it encodes.
		if f.allocations > 0.01 {
			t.Errorf("%s: %v allocations a step", w.name, f.allocations)
		}
	}
}

func TestDriftIsThatOfTheLastTwoSets(t *testing.T) {
	all := []way{{name: "a"}, {name: "b"}}
	figures := []figure{
		{nanoseconds: []float64{900, 900, 900, 100, 101, 99, 101, 102, 100}},
		{nanoseconds: []float64{1, 1, 1, 100, 100, 100, 90, 90, 500}},
	}
	if apart, way := drift(all, figures, 3); way != "b" || apart < 0.099 || apart > 0.101 {
		t.Errorf("%v of %s, want 0.1 of b", apart, way)
	}
}
