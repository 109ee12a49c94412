package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"

	"github.com/nlpodyssey/safetensors"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Write writes c as a safetensors file with F16 tensors and its scale; extra
// metadata, such as where it comes from, is added. The lengths of c's slices
// must agree with its shape.
func Write(w io.Writer, c *Capture, extra map[string]string) error {
	metadata := map[string]string{"scale": strconv.FormatFloat(float64(c.Scale), 'g', -1, 32)}
	if c.FirstQueryPosition >= 0 {
		metadata["q_pos0"] = strconv.FormatInt(c.FirstQueryPosition, 10)
	}
	for key, value := range extra {
		metadata[key] = value
	}
	tensors := map[string]safetensors.TensorView{}
	for _, t := range []struct {
		name   string
		values []float32
		shape  []uint64
	}{
		{"k", c.K, []uint64{uint64(c.NumKVHeads), uint64(c.SeqLen), uint64(c.HeadDim)}},
		{"v", c.V, []uint64{uint64(c.NumKVHeads), uint64(c.SeqLen), uint64(c.HeadDim)}},
		{"q", c.Q, []uint64{uint64(c.NumHeads), uint64(c.NumQueries), uint64(c.HeadDim)}},
	} {
		var data []byte
		for _, x := range t.values {
			data = binary.LittleEndian.AppendUint16(data, codec.Float16bits(x))
		}
		view, err := safetensors.NewTensorView(safetensors.F16, t.shape, data)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.name, err)
		}
		tensors[t.name] = view
	}
	return safetensors.SerializeToWriter(tensors, metadata, w)
}
