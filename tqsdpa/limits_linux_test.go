//go:build amd64 || arm64

package tqsdpa

import (
	"errors"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A compiler that spends many registers allows few threads: down to one
// simdgroup, rows are still dequantised.
func TestAKernelRunsWithAsFewThreadsAsASimdgroupHas(t *testing.T) {
	for _, c := range []struct {
		limit int
		want  error
	}{{simdgroupWidth, nil}, {simdgroupWidth - 1, mtl.ErrUnsupported}} {
		r := newRig(t)
		r.soft.(*softmetal.Device).Fail(softmetal.Fault{
			Selector: "newComputePipelineStateWithDescriptor:options:reflection:error:", Count: softmetal.Always, MaxTotalThreadsPerThreadgroup: c.limit,
		})
		p := Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 1, KVCapacity: 1, Scale: 1}
		k, v := sample(p, 1)
		b, rows := r.cache(p), r.rows(k, v, 0, 1)
		err := r.run(func(enc *mtl.ComputeCommandEncoder) error { return Dequantize(enc, r.registry, b, p, rows) })
		if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), "at most 31 threads") {
			t.Errorf("limit %d: %v, want %v", c.limit, err, c.want)
		}
	}
}
