// Package capture reads and writes attention tensors that were captured from a
// model, as safetensors files: k and v [kv_heads, seq, head_dim] and q [heads,
// n, head_dim], each F32, F16 or BF16, with the attention's scale in the
// metadata.
package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/nlpodyssey/safetensors"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// ErrFormat is what every error about a file's contents unwraps to.
var ErrFormat = errors.New("not a usable capture")

// maxFileBytes keeps a mistaken path, such as a whole model, from filling the
// memory.
const maxFileBytes = 4 << 30

// A Capture is the keys and values of one layer and some queries, in float32
// and the original basis.
type Capture struct {
	Name                          string
	NumHeads, NumKVHeads, HeadDim uint32
	SeqLen, NumQueries            uint32

	K, V []float32 // [NumKVHeads][SeqLen][HeadDim]
	Q    []float32 // [NumHeads][NumQueries][HeadDim]

	// Scale multiplies the scores; metadata "scale".
	Scale float32
	// FirstQueryPosition is the position of query 0, the others follow;
	// metadata "q_pos0". -1 means that the file does not say.
	FirstQueryPosition int64
}

// Query returns the query of all heads at index i, [NumHeads][HeadDim], in dst.
func (c *Capture) Query(dst []float32, i uint32) {
	dim := int(c.HeadDim)
	for h := range int(c.NumHeads) {
		from := (h*int(c.NumQueries) + int(i)) * dim
		copy(dst[h*dim:(h+1)*dim], c.Q[from:from+dim])
	}
}

// Read reads a capture from a file. Errors name the file and, when they are
// about its contents, unwrap to ErrFormat.
func Read(path string) (*Capture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("%s: %w: it has %d bytes, at most %d are read", path, ErrFormat, info.Size(), int64(maxFileBytes))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.Name = filepath.Base(path)
	return c, nil
}

// Decode reads a capture from the bytes of a safetensors file.
func Decode(data []byte) (*Capture, error) {
	headerBytes, metadata, err := safetensors.ReadMetadata(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	d := decoder{data: data[8+headerBytes:], tensors: metadata.Tensors()}
	k, kShape := d.tensor("k")
	v, vShape := d.tensor("v")
	q, qShape := d.tensor("q")
	if d.err != nil {
		return nil, d.err
	}
	if kShape != vShape {
		return nil, fmt.Errorf("%w: k is %v and v is %v, must be the same shape", ErrFormat, kShape, vShape)
	}
	if qShape[2] != kShape[2] {
		return nil, fmt.Errorf("%w: head_dim is %d in q and %d in k", ErrFormat, qShape[2], kShape[2])
	}
	c := &Capture{
		NumHeads: qShape[0], NumQueries: qShape[1], HeadDim: kShape[2], NumKVHeads: kShape[0], SeqLen: kShape[1],
		K: k, V: v, Q: q,
	}
	if c.NumHeads%c.NumKVHeads != 0 {
		return nil, fmt.Errorf("%w: %d query heads are no multiple of %d KV heads", ErrFormat, c.NumHeads, c.NumKVHeads)
	}
	if err := c.readMetadata(metadata.Metadata()); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Capture) readMetadata(metadata map[string]string) error {
	text, ok := metadata["scale"]
	if !ok {
		return fmt.Errorf(`%w: the metadata has no "scale"`, ErrFormat)
	}
	scale, err := strconv.ParseFloat(text, 32)
	if err != nil || scale == 0 || math.IsInf(scale, 0) || math.IsNaN(scale) {
		return fmt.Errorf(`%w: metadata "scale" is %q, must be a finite number other than 0`, ErrFormat, text)
	}
	c.Scale, c.FirstQueryPosition = float32(scale), -1
	if text, ok := metadata["q_pos0"]; ok {
		position, err := strconv.ParseUint(text, 10, 32)
		if err != nil || position+uint64(c.NumQueries) > uint64(c.SeqLen) {
			return fmt.Errorf(`%w: metadata "q_pos0" is %q, must be 0 to %d for %d queries in %d positions`,
				ErrFormat, text, int64(c.SeqLen)-int64(c.NumQueries), c.NumQueries, c.SeqLen)
		}
		c.FirstQueryPosition = int64(position)
	}
	return nil
}

// A decoder keeps the first error, so that the tensors can be asked for in a
// row.
type decoder struct {
	data    []byte
	tensors map[string]*safetensors.TensorInfo
	err     error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{ErrFormat}, args...)...)
	}
}

// tensor returns a tensor of three dimensions as float32.
func (d *decoder) tensor(name string) ([]float32, [3]uint32) {
	info, ok := d.tensors[name]
	if !ok {
		d.fail("there is no tensor %q", name)
		return nil, [3]uint32{}
	}
	if len(info.Shape) != 3 {
		d.fail("tensor %q has shape %v, must have three dimensions", name, info.Shape)
		return nil, [3]uint32{}
	}
	var shape [3]uint32
	for i, n := range info.Shape {
		if n == 0 || n > math.MaxUint32 {
			d.fail("tensor %q has shape %v, each dimension must be 1 to %d", name, info.Shape, uint32(math.MaxUint32))
			return nil, [3]uint32{}
		}
		shape[i] = uint32(n)
	}
	// The library has checked that the offsets lie in the file and agree with
	// the shape and the element size.
	data := d.data[info.DataOffsets[0]:info.DataOffsets[1]]
	var convert func(b []byte) float32
	switch info.DType {
	case safetensors.F32:
		convert = func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case safetensors.F16:
		convert = func(b []byte) float32 { return codec.Float16frombits(binary.LittleEndian.Uint16(b)) }
	case safetensors.BF16:
		convert = func(b []byte) float32 {
			return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
		}
	default:
		d.fail("tensor %q is %v, must be F32, F16 or BF16", name, info.DType)
		return nil, [3]uint32{}
	}
	size := int(info.DType.Size())
	values := make([]float32, len(data)/size)
	for i := range values {
		values[i] = convert(data[i*size:])
	}
	return values, shape
}
