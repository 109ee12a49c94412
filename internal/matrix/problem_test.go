package matrix

import (
	"fmt"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

func TestSizeOfTheMatrix(t *testing.T) {
	count := map[string]int{}
	seen := map[string]bool{}
	for _, p := range All() {
		count[p.FormatName]++
		if seen[p.String()] {
			t.Errorf("twice: %v", p)
		}
		seen[p.String()] = true
		if err := p.Validate(); err != nil {
			t.Errorf("%v: %v", p, err)
		}
	}
	if count["mlx-native-0.1"] != 432 || count["default"] != 432 || count["k8v4"] != 108 || count["f16"] != 108 || len(seen) != 864+216 {
		t.Errorf("problems by format: %v", count)
	}
	tenth := Tenth()
	if len(tenth) != 108 {
		t.Errorf("the tenth has %d problems", len(tenth))
	}
	for _, p := range tenth {
		if !seen[p.String()] {
			t.Errorf("not in the matrix: %v", p)
		}
	}
}

// values are where a problem stands on each axis, and on those that follow from
// them.
func values(p Problem) map[string]any {
	v := map[string]any{
		"head dim": p.HeadDim, "format": p.FormatName, "length": p.KVSeqLen, "group": p.GroupSize(), "mask": p.Mask,
		"softcap": p.Softcap, "scale 1": p.Scale == 1, "spare": p.KVCapacity - p.KVSeqLen, "KV heads": p.NumKVHeads,
	}
	if p.Mask == attention.MaskSlidingWindow {
		switch w := p.SlidingWindow; w {
		case 3, 45, 333:
			v["window"] = w
		default:
			v["window"] = "all but the first"
		}
	}
	return v
}

// Of any two axes, every two values meet, but where one excludes the other; in
// the tenth and in each quarter as well as in the whole.
func TestEveryTwoValuesMeet(t *testing.T) {
	pairs := func(problems []Problem) map[string]bool {
		seen := map[string]bool{}
		for _, p := range problems {
			v := values(p)
			for a, x := range v {
				for b, y := range v {
					if a < b {
						seen[fmt.Sprintf("%s %v, %s %v", a, x, b, y)] = true
					}
				}
			}
		}
		return seen
	}
	whole := pairs(All())
	if len(whole) < 400 {
		t.Errorf("only %d pairs", len(whole))
	}
	tenth := pairs(Tenth())
	for pair := range whole {
		if !tenth[pair] {
			t.Errorf("the tenth has no %s", pair)
		}
	}
	for _, axis := range []struct {
		name   string
		values int
	}{{"head dim", 4}, {"length", 6}, {"group", 3}, {"mask", 3}, {"softcap", 2}, {"format", 4}, {"scale 1", 2}, {"spare", 4}, {"window", 4}} {
		all, byFormat := map[any]bool{}, map[string]bool{}
		for _, p := range All() {
			if x := values(p)[axis.name]; x != nil {
				all[x] = true
				byFormat[fmt.Sprint(p.FormatName, x)] = true
			}
		}
		if len(all) != axis.values {
			t.Errorf("%s has %d values, want %d", axis.name, len(all), axis.values)
		}
		if want := axis.values * len(Formats); axis.name != "format" && axis.name != "window" && len(byFormat) != want {
			t.Errorf("%s and format: %d of %d pairs", axis.name, len(byFormat), want)
		}
	}
}

// A kernel is made for a head dimension, a format and the heads of a group that
// share rows: the tenth runs all of them.
func TestTheTenthHasEveryKernel(t *testing.T) {
	kernels := func(problems []Problem) map[string]bool {
		seen := map[string]bool{}
		for _, p := range problems {
			seen[fmt.Sprintln(p.HeadDim, p.FormatName, p.GroupSize())] = true
		}
		return seen
	}
	if all, tenth := kernels(All()), kernels(Tenth()); len(all) != 48 || len(tenth) != 48 {
		t.Errorf("%d and %d of 48", len(all), len(tenth))
	}
}

// Scale 1 is a fifth, and no corner of the matrix is at scale 1 alone.
func TestBothScalesAreEverywhere(t *testing.T) {
	one := 0
	scales := map[string]map[float32]bool{}
	for _, p := range All() {
		if p.Scale == 1 {
			one++
		}
		for _, corner := range []string{fmt.Sprintln(p.HeadDim, p.FormatName, p.GroupSize()), fmt.Sprintln(p.HeadDim, p.FormatName, p.KVSeqLen)} {
			if p.format < 2 {
				if scales[corner] == nil {
					scales[corner] = map[float32]bool{}
				}
				scales[corner][p.Scale] = true
			}
		}
	}
	for corner, both := range scales {
		if len(both) != 2 {
			t.Errorf("one scale only: %s", corner)
		}
	}
	if one < len(All())/6 || one > len(All())/4 {
		t.Errorf("%d of %d problems have scale 1", one, len(All()))
	}
}

// What hides nothing would find no mistake.
func TestWindowsHidePositionsWhereTheyCan(t *testing.T) {
	for _, n := range SeqLens {
		hides, wider := 0, 0
		for _, p := range All() {
			if p.KVSeqLen == n && p.Mask == attention.MaskSlidingWindow {
				if first, _ := p.Visible(); first > 0 {
					hides++
				}
				if p.SlidingWindow > n {
					wider++
				}
			}
		}
		if n > 1 && hides < 10 || n < 333 && wider < 10 {
			t.Errorf("%d positions: %d windows hide some, %d are wider than the cache", n, hides, wider)
		}
	}
}
