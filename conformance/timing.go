package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A timedProblem is a shape that is timed.
type timedProblem struct {
	tqsdpa.Params
	Filled bool // whether it has threadgroups for every processor of a large GPU, as any problem has for a Mac's
	Vector bool // by the kernel without matrices, whose products go by shuffles here
}

// timedProblems are the shapes of decoding one sequence, and some that fill a large GPU, each with 4 bits and with 16.
func timedProblems() (all []timedProblem) {
	for _, shape := range []struct {
		d, heads, kvHeads uint32
		filled            bool
		lengths           []uint32
	}{
		{256, 16, 8, false, []uint32{1 << 10, 8 << 10, 32 << 10}},
		{256, 32, 8, false, []uint32{1 << 10, 8 << 10, 32 << 10, 128 << 10}},
		{512, 16, 2, false, []uint32{1 << 10, 8 << 10, 32 << 10}},
		{512, 32, 4, false, []uint32{1 << 10, 8 << 10, 32 << 10}},
		{256, 128, 64, true, []uint32{8 << 10}},
		{256, 256, 64, true, []uint32{8 << 10}},
		{512, 128, 16, true, []uint32{8 << 10}},
		{128, 256, 64, true, []uint32{8 << 10}},
		{128, 512, 64, true, []uint32{8 << 10}},
	} {
		for _, n := range shape.lengths {
			for _, f := range []codec.Format{codec.Default(shape.d), codec.F16(shape.d)} {
				p := params(f, shape.kvHeads, shape.heads/shape.kvHeads, n)
				p.Mask = tqsdpa.MaskCausal
				all = append(all, timedProblem{p, shape.filled, false})
				if p.GroupSize() > 4 {
					all = append(all, timedProblem{p, shape.filled, true})
				}
			}
		}
	}
	return all
}

// A timeResult is what was timed, and what the card could read meanwhile.
type timeResult struct {
	Read  float64 // bytes a second, of a buffer of 4 GiB
	Times []timed
}

// A timed is the time of one attention, all its launches.
type timed struct {
	Format                          string
	HeadDim, Heads, KVHeads, Tokens uint32
	Filled, Vector                  bool
	Launches                        []string // variants
	Seconds, Least                  float64  // median and least of the replays, a problem
	Bytes                           int      // of the cache that has to be read
	Sets                            int      // caches that take turns, so that none is in the L2 cache
}

// kernel returns the family that decodes.
func (t *timed) kernel() string {
	family, _, _ := strings.Cut(t.Launches[0], "_dk")
	return family
}

const replays = 15

// measure times all shapes on an otherwise idle card.
func measure(ctx context.Context, g *rig) (*timeResult, error) {
	r := &timeResult{}
	var err error
	if r.Read, err = readRate(g); err != nil {
		return r, fmt.Errorf("reading: %w", err)
	}
	fmt.Fprintf(os.Stderr, "times: the card reads %.2f TB/s\n", r.Read/1e12)
	// The same GPU and bundle, for a device on which matrices can't be used.
	s, err := newSession()
	if err != nil {
		return r, err
	}
	s.recorder.refuse = true
	vector := &rig{s, g.gpu, g.bundle}
	for _, p := range timedProblems() {
		if ctx.Err() != nil {
			return r, fmt.Errorf("cut off after %d shapes", len(r.Times))
		}
		on := g
		if p.Vector {
			on = vector
		}
		t, err := measureOne(on, p)
		if err != nil {
			return r, fmt.Errorf("%s: %w", describe(p.Params), err)
		}
		r.Times = append(r.Times, *t)
		fmt.Fprintf(os.Stderr, "times: %s, %s: %.1f us, %.0f GB/s\n", describe(p.Params), t.kernel(), t.Seconds*1e6, float64(t.Bytes)/t.Seconds/1e9)
	}
	return r, nil
}

func readRate(g *rig) (float64, error) {
	const bytes = 4 << 30
	address, err := g.allocate(bytes)
	if err != nil {
		return 0, err
	}
	defer g.free(address)
	if err := g.tile(address, bytes, floatBytes(gaussian.New(1).Vector(1<<18))); err != nil {
		return 0, err
	}
	m, err := g.load(filepath.Join(g.folder, plainBuild, "read.cubin"), "read_all")
	if err != nil {
		return 0, err
	}
	l := launch{kernel: "read_all", grid: [3]uint64{132 * 16, 1, 1}, threadgroup: [3]uint64{512, 1, 1}}
	l.arguments[0].buffer, l.arguments[1].buffer = 1, 1
	l.arguments[2].bytes = []byte{0, 0, 0, 16, 0, 0, 0, 0} // 16 bytes each: 4 GiB
	request, err := m.request(&l, map[objc.ID]uint64{1: address})
	if err != nil {
		return 0, err
	}
	times, err := g.time([][]byte{request, request}, replays)
	if err != nil {
		return 0, err
	}
	slices.Sort(times)
	return 2 * bytes / times[len(times)/2], nil
}

// cacheBytes is a block of a side of a cache, to be repeated: any levels, or normal numbers, or norms of normal rows.
func cacheBytes(f codec.Format, role string) []byte {
	random := gaussian.New(7)
	bits := f.KeyBits
	if role == "vPacked" {
		bits = f.ValueBits
	}
	var b []byte
	switch {
	case role == "q":
		return floatBytes(random.Vector(1 << 14))
	case role == "kNorms" || role == "vNorms":
		b = make([]byte, f.Norm.Bytes()*4099)
		for i := range 4099 {
			f.Norm.PutNorm(b, i, float32(math.Sqrt(float64(f.HeadDim))*(0.9+0.2*random.Float64())))
		}
	case bits == 16:
		for _, x := range random.Vector(1 << 18) {
			h := codec.Float16bits(x)
			b = append(b, byte(h), byte(h>>8))
		}
	default:
		for range 1 << 16 {
			x := random.Uint64()
			for i := range 8 {
				b = append(b, byte(x>>(8*i)))
			}
		}
	}
	return b
}

func measureOne(g *rig, p timedProblem) (*timed, error) {
	launches, names, sizes, err := g.attention(p.Params)
	if err != nil {
		return nil, err
	}
	f := p.CacheFormat()
	t := &timed{Format: f.String(), HeadDim: p.HeadDim, Heads: p.NumHeads, KVHeads: p.NumKVHeads, Tokens: p.KVSeqLen, Filled: p.Filled, Vector: p.Vector,
		Bytes: int(p.NumKVHeads) * int(p.KVSeqLen) * f.PositionBytes()}
	t.Sets = min(max((200<<20)/t.Bytes+1, 2), 64)
	blocks := map[string][]byte{}
	for role := range sizes {
		if role != "output" && role != "tmp" {
			blocks[role] = cacheBytes(f, role)
		}
	}
	var requests [][]byte
	for set := range t.Sets {
		m, err := g.buffers(names, sizes)
		if err != nil {
			return nil, err
		}
		defer g.release(m)
		for role, block := range blocks {
			if address, ok := m.byRole[role]; ok {
				if err := g.tile(address, sizes[role], block); err != nil {
					return nil, err
				}
			}
		}
		for i := range launches {
			path, kernel, err := g.cubin(plainBuild, "", &launches[i])
			if err != nil {
				return nil, err
			}
			k, err := g.load(path, kernel)
			if err != nil {
				return nil, err
			}
			request, err := k.request(&launches[i], m.addresses)
			if err != nil {
				return nil, err
			}
			requests = append(requests, request)
			if set == 0 {
				t.Launches = append(t.Launches, launches[i].variant())
			}
		}
	}
	rounds := max(1, (24+t.Sets-1)/t.Sets)
	var graph [][]byte
	for range rounds {
		graph = append(graph, requests...)
	}
	times, err := g.time(graph, replays)
	if err != nil {
		return nil, err
	}
	slices.Sort(times)
	n := float64(rounds * t.Sets)
	t.Seconds, t.Least = times[len(times)/2]/n, times[0]/n
	return t, nil
}
