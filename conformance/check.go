package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// A checkResult is what the comparison with the float64 oracle found.
type checkResult struct {
	Problems int
	Checks   []string // kernels by which a registry checks the device, and which it passed unless Failures says otherwise
	Groups   []checkGroup
	Rows     []rowsGroup
	Failures []string // the first hundred
	Seconds  float64
}

// A checkGroup is the problems of one format that one kernel ran.
type checkGroup struct {
	Kernel, Format string
	Problems       int
	Worst          figure // NRMSE of a head, scale 1/sqrt(D)
	WorstAtOne     figure // the same at scale 1, 0 if there was none
	Failed         int
	DifferentBits  int // problems whose repetitions differed
}

// A rowsGroup is what quantising and decoding rows of one format gave.
type rowsGroup struct {
	Format          string
	Levels          int // compared
	DifferentLevels int // from the codec's bytes
	DifferentNorms  int // by more than 1e-6
	DifferentRows   int // decoded rows whose bits differ from the codec's
}

func (r *checkResult) fail(format string, args ...any) {
	if len(r.Failures) < 100 {
		r.Failures = append(r.Failures, fmt.Sprintf(format, args...))
	}
}

// check runs the matrix. Three repetitions of the checked build and one of the plain build have to have the same bits.
func check(ctx context.Context, g *rig) (*checkResult, error) {
	start := time.Now()
	r := &checkResult{}
	groups := map[string]*checkGroup{}
	defer func() {
		for _, k := range slices.Sorted(keys(groups)) {
			r.Groups = append(r.Groups, *groups[k])
		}
		r.Seconds = time.Since(start).Seconds()
	}()
	all := problems()
	prepared := make(chan *problem, 4)
	stop := make(chan bool)
	defer close(stop)
	go makeProblems(all, prepared, stop)
	for range all {
		var x *problem
		select {
		case x = <-prepared:
		case <-ctx.Done():
			return r, fmt.Errorf("cut off after %d of %d problems", r.Problems, len(all))
		}
		if x == nil {
			return r, fmt.Errorf("a problem could not be made")
		}
		launches, _, _, err := g.attention(x.Params)
		if err != nil {
			return r, err
		}
		name := launches[0].kernel
		if len(launches) > 1 {
			name += " + " + launches[1].kernel
		}
		k := name + " " + x.CacheFormat().String()
		if groups[k] == nil {
			groups[k] = &checkGroup{Kernel: name, Format: x.CacheFormat().String()}
		}
		c := groups[k]
		c.Problems++
		r.Problems++
		outputs, err := g.attend(x, attendOption{}, checkedBuild, checkedBuild, checkedBuild, plainBuild)
		if err != nil {
			return r, fmt.Errorf("%s: %w", describe(x.Params), err)
		}
		e, err := oracle.WorstHeadNRMSE(outputs[0], x.want, x.HeadDim)
		if err != nil {
			return r, err
		}
		if x.Scale == 1 {
			c.WorstAtOne = worse(c.WorstAtOne, figure(e))
		} else {
			c.Worst = worse(c.Worst, figure(e))
		}
		if !(e <= matrix.Limit(x.Params)) {
			c.Failed++
			r.fail("%s, %s: NRMSE %.3g, at most %.0e", name, describe(x.Params), e, matrix.Limit(x.Params))
		}
		for i, o := range outputs[1:] {
			if !sameBits(o, outputs[0]) {
				c.DifferentBits++
				r.fail("%s, %s: repetition %d has other bits", name, describe(x.Params), i+2)
				break
			}
		}
		if r.Problems%100 == 0 {
			fmt.Fprintf(os.Stderr, "check: %d of %d problems, %d failures, %.0f s\n", r.Problems, len(all), len(r.Failures), time.Since(start).Seconds())
		}
	}
	for i := range g.recorder.checks {
		if err := checkDevice(g, &g.recorder.checks[i], r); err != nil {
			return r, err
		}
	}
	for _, d := range matrix.HeadDims {
		for _, f := range formats(d) {
			if err := checkRows(g, f, r); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// checkDevice runs what a registry asks of a device: the kernel has to leave zeros.
func checkDevice(g *rig, l *launch, r *checkResult) error {
	names, sizes := map[objc.ID]string{}, roles{}
	for i, a := range l.arguments {
		if a.buffer != 0 {
			role := fmt.Sprint(i)
			names[a.buffer], sizes[role] = role, g.recorder.lengths[a.buffer]
		}
	}
	m, err := g.buffers(names, sizes)
	if err != nil {
		return err
	}
	defer g.release(m)
	for role, address := range m.byRole {
		if err := g.fill(address, sizes[role], 0xff); err != nil {
			return err
		}
	}
	if err := g.launchAll(checkedBuild, "", []launch{*l}, m); err != nil {
		return err
	}
	for role, address := range m.byRole {
		b, err := g.read(address, sizes[role])
		if err != nil {
			return err
		}
		if !allAre(b, 0) {
			r.fail("%s: the device does not pass: % x", l.kernel, b)
		}
	}
	r.Checks = append(r.Checks, l.kernel)
	return nil
}

func allAre(b []byte, value byte) bool {
	return !slices.ContainsFunc(b, func(x byte) bool { return x != value })
}

// worse is the larger of two errors; NaN is the largest.
func worse(a, b figure) figure {
	return figure(math.Max(float64(a), float64(b))) // which is NaN if either is
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// sameBits takes every NaN for the same: which one it is differs between makers of processors, and no format says it.
func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) || isNaN(x) && isNaN(y) })
}

func isNaN(x float32) bool { return x != x }

// makeProblems makes problems, in their order of completion, on all processors.
func makeProblems(all []tqsdpa.Params, prepared chan<- *problem, stop <-chan bool) {
	next := make(chan tqsdpa.Params)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for p := range next {
				x, err := newProblem(p, true)
				if err != nil {
					fmt.Fprintf(os.Stderr, "check: %s: %v\n", describe(p), err)
					x = nil
				}
				select {
				case prepared <- x:
				case <-stop:
					return
				}
			}
		})
	}
	for _, p := range all {
		select {
		case next <- p:
		case <-stop:
		}
	}
	close(next)
	workers.Wait()
}

// runRows quantises or decodes in memory that holds what is given, by role, and NaN elsewhere. It returns all of it.
func runRows(g *rig, p tqsdpa.Params, first, tokens uint32, quantize bool, given map[string][]byte) (map[string][]byte, error) {
	launches, names, sizes, err := g.rows(p, first, tokens, quantize)
	if err != nil {
		return nil, err
	}
	m, err := g.buffers(names, sizes)
	if err != nil {
		return nil, err
	}
	defer g.release(m)
	for role, address := range m.byRole {
		if bytes, ok := given[role]; ok {
			err = g.write(address, bytes)
		} else {
			err = g.fill(address, sizes[role], 0xff)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := g.launchAll(checkedBuild, "", launches, m); err != nil {
		return nil, err
	}
	result := map[string][]byte{}
	for role, address := range m.byRole {
		if result[role], err = g.read(address, sizes[role]); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// checkRows quantises rows and decodes them again, and compares with the codec.
func checkRows(g *rig, f codec.Format, r *checkResult) error {
	const tokens, first, capacity, heads = 61, 3, 67, 2
	p := params(f, heads, 1, 1)
	p.KVCapacity = capacity
	random := gaussian.New(uint64(f.HeadDim))
	rows := map[string][]float32{"k": random.Vector(heads * tokens * int(f.HeadDim)), "v": random.Vector(heads * tokens * int(f.HeadDim))}
	scales := []float32{1, 3, 1e-3, 1e4, 0} // rows of all lengths
	for _, x := range rows {
		for i := range x {
			x[i] *= scales[i/int(f.HeadDim)%len(scales)]
		}
	}
	got, err := runRows(g, p, first, tokens, true, map[string][]byte{"k": floatBytes(rows["k"]), "v": floatBytes(rows["v"])})
	if err != nil {
		return fmt.Errorf("quantising rows of %v: %w", f, err)
	}
	// The same cache is then decoded into other memory.
	cache := maps.Clone(got)
	delete(cache, "k")
	delete(cache, "v")
	again, err := runRows(g, p, first, tokens, false, cache)
	if err != nil {
		return fmt.Errorf("decoding rows of %v: %w", f, err)
	}
	group := rowsGroup{Format: f.String()}
	for _, side := range []struct {
		name               string
		rowBytes, normSize int
		encode             func([]byte, []float32) (float32, error)
		decode             func([]float32, []byte, float32) error
	}{{"k", f.KeyRowBytes(), f.KeyNormBytes(), f.EncodeKey, f.DecodeKey}, {"v", f.ValueRowBytes(), f.ValueNormBytes(), f.EncodeValue, f.DecodeValue}} {
		decoded, d := bytesFloat(again[side.name]), int(f.HeadDim)
		packed, norms := got[side.name+"Packed"], got[side.name+"Norms"]
		for h := range heads {
			for token := range tokens {
				row := rows[side.name][(h*tokens+token)*d:][:d]
				want := make([]byte, side.rowBytes)
				norm, err := side.encode(want, row)
				if err != nil {
					return err
				}
				at := h*capacity + first + token
				mine := packed[at*side.rowBytes:][:side.rowBytes]
				group.Levels += d
				for i := range want {
					if want[i] != mine[i] {
						group.DifferentLevels++
					}
				}
				stored := float32(1)
				if side.normSize > 0 {
					stored = f.Norm.Norm(norms, at)
					if !(math.Abs(float64(stored-norm)) <= 1e-6*math.Abs(float64(norm))) && !(isNaN(stored) && isNaN(norm)) {
						group.DifferentNorms++
					}
				}
				back := make([]float32, d)
				if err := side.decode(back, mine, stored); err != nil {
					return err
				}
				if !sameBits(back, decoded[(h*tokens+token)*d:][:d]) {
					group.DifferentRows++
				}
			}
		}
		// What is outside the rows that were written has to be as it was.
		for h := range heads {
			for position := range capacity {
				if position >= first && position < first+tokens {
					continue
				}
				if !allAre(packed[(h*capacity+position)*side.rowBytes:][:side.rowBytes], 0xff) {
					r.fail("quantising rows of %v: row %d of head %d of %s was written", f, position, h, side.name)
				}
			}
		}
	}
	if group.DifferentLevels*10000 > group.Levels || group.DifferentNorms > 0 {
		r.fail("quantising rows of %v: %d of %d levels and %d norms differ", f, group.DifferentLevels, group.Levels, group.DifferentNorms)
	}
	if group.DifferentRows > 0 {
		r.fail("decoding rows of %v: %d rows have other bits than the codec's", f, group.DifferentRows)
	}
	r.Rows = append(r.Rows, group)
	return nil
}
