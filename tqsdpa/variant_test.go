package tqsdpa

import (
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Whatever the group, each of its heads is computed once, by as few threadgroups
// as the variant allows: one, which decodes once, for up to sixteen heads, or four
// without matrices.
func TestVariantsCoverEveryGroup(t *testing.T) {
	for _, d := range []uint32{64, 128, 256, 512} {
		for group := uint32(1); group <= 40; group++ {
			p := Params{NumHeads: 3 * group, NumKVHeads: 3, HeadDim: d, KVSeqLen: 1, KVCapacity: 1, Scale: 1}
			for most, v := range map[uint32]variant{16: variantFor(p), 4: vectorVariantFor(p)} {
				heads, threadgroups := v.headsPerThreadgroup, v.threadgroupsPerGroup
				if v.family == nil || v.threads%simdgroupWidth != 0 || v.threads == 0 || heads*threadgroups < group || heads*(threadgroups-1) >= group || group <= most && threadgroups != 1 {
					t.Errorf("head dimension %d, group %d: %+v", d, group, v)
				}
				if g := v.grid(p, 7); g.Width != 7 || g.Height != 3*int(threadgroups) || g.Depth != 1 {
					t.Errorf("head dimension %d, group %d: grid %v", d, group, g)
				}
			}
			// Idle heads cost as much as others: no more of them than the kernels force.
			for want, v := range map[uint32]variant{leastHeads(group, 1, 2, 4, 8, 16): variantFor(p), leastHeads(group, 1, 2, 4): vectorVariantFor(p)} {
				if v.headsPerThreadgroup != want {
					t.Errorf("head dimension %d, group %d: %d heads a threadgroup, want %d", d, group, v.headsPerThreadgroup, want)
				}
			}
			if matrix := variantFor(p).family == matrixKernels; matrix != (group >= 5) || vectorVariantFor(p).family != attentionKernels {
				t.Errorf("head dimension %d, group %d: matrices %v", d, group, matrix)
			}
		}
	}
}

// leastHeads returns the first of sizes that holds the group, or the last.
func leastHeads(group uint32, sizes ...uint32) uint32 {
	for _, n := range sizes {
		if n >= group {
			return n
		}
	}
	return sizes[len(sizes)-1]
}

func TestTheKernelOfHalvesIsForKAndVOf16Bits(t *testing.T) {
	for _, c := range []struct {
		format Format
		want   *family
	}{
		{codec.F16(64), halfKernels}, {codec.MLXNative01(64), attentionKernels}, {codec.K8V4(64), attentionKernels},
		{Format{HeadDim: 64, KeyBits: 16, ValueBits: 4}, attentionKernels}, {Format{HeadDim: 64, KeyBits: 4, ValueBits: 16}, attentionKernels},
	} {
		for group := uint32(1); group <= 4; group++ {
			p := Params{NumHeads: group, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 1, KVCapacity: 1, Scale: 1, Format: c.format}
			if got := variantFor(p).family; got != c.want {
				t.Errorf("%v, group %d: %v", c.format, group, got.names)
			}
		}
	}
}

func TestSplitsAdaptToWhatIsVisible(t *testing.T) {
	for _, c := range []struct {
		n, window, want uint32
	}{{1, 0, 1}, {256, 0, 1}, {257, 0, 2}, {100000, 0, attention.MaxSplits}, {100000, 1024, 4}, {math.MaxUint32, 0, attention.MaxSplits}} {
		p := Params{KVSeqLen: c.n}
		if c.window > 0 {
			p.Mask, p.SlidingWindow = MaskSlidingWindow, c.window
		}
		if got := splitsFor(p); got != c.want {
			t.Errorf("%d positions, window %d: %d splits, want %d", c.n, c.window, got, c.want)
		}
	}
}
