package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

const checkedIn = "../../testdata/capture.safetensors"

func TestCheckedInCaptureIsFresh(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, Synthetic(), SyntheticMetadata); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(checkedIn)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, file.Bytes()) {
		t.Error("testdata/capture.safetensors is not what the generator makes: run go generate ./internal/capture")
	}
}

func TestReadReturnsWhatWasWritten(t *testing.T) {
	got, err := Read(checkedIn)
	if err != nil {
		t.Fatal(err)
	}
	want := Synthetic()
	if got.NumHeads != 4 || got.NumKVHeads != 2 || got.HeadDim != 64 || got.SeqLen != 96 || got.NumQueries != 8 ||
		got.Scale != 0.125 || got.FirstQueryPosition != 88 || got.Name != "capture.safetensors" {
		t.Errorf("shape %+v", got)
	}
	for name, pair := range map[string][2][]float32{"k": {got.K, want.K}, "v": {got.V, want.V}, "q": {got.Q, want.Q}} {
		for i, w := range pair[1] {
			if g := pair[0][i]; math.Abs(float64(g-w)) > 0.0005*math.Abs(float64(w))+1e-7 {
				t.Fatalf("%s[%d] is %v, want %v to binary16", name, i, g, w)
			}
		}
	}
	q := make([]float32, 4*64)
	got.Query(q, 7)
	if q[0] != got.Q[7*64] || q[3*64+5] != got.Q[(3*8+7)*64+5] {
		t.Error("Query 7 does not gather element by head")
	}
}

// What makes the capture worth having: each trait is really there.
func TestSyntheticHasItsTraits(t *testing.T) {
	c := Synthetic()
	var energy [64]float64
	mean := 0.0
	for i, x := range c.K {
		energy[i%64] += float64(x) * float64(x)
		mean += float64(x) / float64(len(c.K))
	}
	if ratio := energy[18] / energy[17]; ratio < 20 {
		t.Errorf("channel 18 has %.1f times the energy of channel 17, want an outlier", ratio)
	}
	if mean < 1 {
		t.Errorf("the mean of K is %.2f, want an offset", mean)
	}
	p := attention.Params{NumHeads: 4, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 96, KVCapacity: 96, Scale: c.Scale}
	// v as an indicator of position 0 makes the output its weight.
	v := make([]float32, len(c.V))
	for i := range v {
		if i/64%96 == 0 {
			v[i] = 1
		}
	}
	q, weight := make([]float32, 4*64), 0.0
	for i := range c.NumQueries {
		c.Query(q, i)
		out, err := oracle.AttendRows(p, q, c.K, v)
		if err != nil {
			t.Fatal(err)
		}
		for h := range 4 {
			weight += out[h*64] / float64(4*c.NumQueries)
		}
	}
	if weight < 0.25 || weight > 0.75 {
		t.Errorf("position 0 draws %.2f of the attention, want about half", weight)
	}
}

// file puts a header before data, as the safetensors format has it.
func file(header string, dataBytes int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, dataBytes)...)
}

const (
	goodK    = `"k":{"dtype":"F16","shape":[1,2,64],"data_offsets":[0,256]}`
	goodV    = `"v":{"dtype":"BF16","shape":[1,2,64],"data_offsets":[256,512]}`
	goodQ    = `"q":{"dtype":"F32","shape":[2,1,64],"data_offsets":[512,1024]}`
	goodMeta = `"__metadata__":{"scale":"0.125"}`
)

func TestDamagedOrHostileFilesAreErrors(t *testing.T) {
	join := func(parts ...string) string { return "{" + strings.Join(parts, ",") + "}" }
	good := file(join(goodMeta, goodK, goodV, goodQ), 1024)
	if _, err := Decode(good); err != nil {
		t.Fatalf("the good file: %v", err)
	}
	huge := bytes.Clone(good)
	binary.LittleEndian.PutUint64(huge, math.MaxUint64)
	large := bytes.Clone(good)
	binary.LittleEndian.PutUint64(large, 99_999_999)
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"empty", "header too small", nil},
		{"seven bytes", "header too small", good[:7]},
		{"header length of 2^64-1", "header too large", huge},
		{"header longer than the file", "invalid header length", large},
		{"truncated header", "invalid header length", good[:40]},
		{"truncated data", "incomplete", good[:len(good)-1]},
		{"bytes behind the data", "incomplete", append(bytes.Clone(good), 0)},
		{"header that is no JSON", "header", file("{nonsense", 0)},
		{"header of another JSON type", "header", file("[1,2]", 0)},
		{"overlapping tensors", "offset", file(join(goodMeta, goodK, `"v":{"dtype":"BF16","shape":[1,2,64],"data_offsets":[128,384]}`, goodQ), 1024)},
		{"offsets beyond the file", "incomplete", file(join(goodMeta, goodK, goodV, goodQ), 512)},
		{"end before start", "offset", file(join(goodMeta, `"k":{"dtype":"F16","shape":[1,2,64],"data_offsets":[256,0]}`), 256)},
		{"offset that overflows", "", file(join(goodMeta, `"k":{"dtype":"F16","shape":[1,2,64],"data_offsets":[18446744073709551615,255]}`), 256)},
		{"shape whose product overflows", "overflow", file(join(goodMeta, `"k":{"dtype":"F16","shape":[4294967296,4294967296,64],"data_offsets":[0,0]}`), 0)},
		{"negative dimension", "shape", file(join(goodMeta, `"k":{"dtype":"F16","shape":[-1,2,64],"data_offsets":[0,256]}`), 256)},
		{"offsets that disagree with the shape", "mismatch", file(join(goodMeta, `"k":{"dtype":"F16","shape":[1,3,64],"data_offsets":[0,256]}`), 256)},
		{"wrong dtype", `"k" is I16, must be F32, F16 or BF16`, file(join(goodMeta, `"k":{"dtype":"I16","shape":[1,2,64],"data_offsets":[0,256]}`, goodV, goodQ), 1024)},
		{"unknown dtype", "DType", file(join(goodMeta, `"k":{"dtype":"F4","shape":[1,2,64],"data_offsets":[0,256]}`), 256)},
		{"no k", `no tensor "k"`, file(join(goodMeta, `"v":{"dtype":"BF16","shape":[1,2,64],"data_offsets":[0,256]}`), 256)},
		{"no q", `no tensor "q"`, file(join(goodMeta, goodK, goodV), 512)},
		{"two dimensions", "must have three dimensions", file(join(goodMeta, `"k":{"dtype":"F16","shape":[2,64],"data_offsets":[0,256]}`, goodV, goodQ), 1024)},
		{"dimension of zero", "each dimension must be", file(join(goodMeta, `"k":{"dtype":"F16","shape":[0,2,64],"data_offsets":[0,0]}`, `"v":{"dtype":"BF16","shape":[1,2,64],"data_offsets":[0,256]}`), 256)},
		{"k and v of different shapes", "must be the same shape", file(join(goodMeta, goodK, `"v":{"dtype":"BF16","shape":[2,1,64],"data_offsets":[256,512]}`, goodQ), 1024)},
		{"head_dim of q", "head_dim is 32 in q and 64 in k", file(join(goodMeta, goodK, goodV, `"q":{"dtype":"F32","shape":[4,1,32],"data_offsets":[512,1024]}`), 1024)},
		{"query heads no multiple", "no multiple", file(join(goodMeta, `"k":{"dtype":"F16","shape":[2,1,64],"data_offsets":[0,256]}`, `"v":{"dtype":"BF16","shape":[2,1,64],"data_offsets":[256,512]}`, `"q":{"dtype":"F32","shape":[1,2,64],"data_offsets":[512,1024]}`), 1024)},
		{"no scale", `no "scale"`, file(join(goodK, goodV, goodQ), 1024)},
		{"scale that is no number", `"scale" is "x"`, file(join(`"__metadata__":{"scale":"x"}`, goodK, goodV, goodQ), 1024)},
		{"scale NaN", `"scale" is "NaN"`, file(join(`"__metadata__":{"scale":"NaN"}`, goodK, goodV, goodQ), 1024)},
		{"metadata that is no text", "metadata", file(join(`"__metadata__":{"scale":1}`, goodK, goodV, goodQ), 1024)},
		{"query position beyond the keys", `"q_pos0" is "2"`, file(join(`"__metadata__":{"scale":"1","q_pos0":"2"}`, goodK, goodV, goodQ), 1024)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decode(c.data)
			if got != nil || !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v, %v, want an ErrFormat with %q", got, err, c.want)
			}
		})
	}
}

func TestReadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if _, err := Read(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), path) {
		t.Errorf("damaged file: %v", err)
	}
	// A file too large to read is refused by its size, before it is read.
	if err := os.Truncate(path, maxFileBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "at most 4294967296 are read") {
		t.Errorf("large file: %v", err)
	}
}

// Any file is refused, or gives tensors that can be written and read again.
func FuzzDecode(f *testing.F) {
	f.Add(file("{"+goodMeta+","+goodK+","+goodV+","+goodQ+"}", 1024))
	f.Add(file(`{"k":{"dtype":"F16","shape":[1,1,1],"data_offsets":[0,2]}}`, 2))
	tensor := func(name, dtype, shape string, from, to int) string {
		return fmt.Sprintf(`%q:{"dtype":%q,"shape":%s,"data_offsets":[%d,%d]}`, name, dtype, shape, from, to)
	}
	f.Add(file("{"+tensor("k", "BF16", "[1,2,2]", 0, 8)+","+tensor("v", "F32", "[1,2,2]", 8, 24)+","+tensor("q", "F16", "[2,1,2]", 24, 32)+`,"__metadata__":{"scale":"-0.5","q_pos0":"1"}}`, 32))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("%v is no ErrFormat", err)
			}
			return
		}
		if len(c.K) != int(c.NumKVHeads*c.SeqLen*c.HeadDim) || len(c.Q) != int(c.NumHeads*c.NumQueries*c.HeadDim) || len(c.V) != len(c.K) {
			t.Fatalf("shape %+v with %d, %d, %d elements", c, len(c.Q), len(c.K), len(c.V))
		}
		c.Query(make([]float32, c.NumHeads*c.HeadDim), c.NumQueries-1)
		var written bytes.Buffer
		if err := Write(&written, c, nil); err != nil {
			t.Fatal(err)
		}
		again, err := Decode(written.Bytes())
		if err != nil {
			t.Fatalf("%v in the file that was written", err)
		}
		// What is written is F16.
		for _, x := range []struct {
			name   string
			before []float32
			after  []float32
		}{{"k", c.K, again.K}, {"v", c.V, again.V}, {"q", c.Q, again.Q}} {
			if len(x.before) != len(x.after) {
				t.Fatalf("%s: %d elements became %d", x.name, len(x.before), len(x.after))
			}
			for i, want := range x.before {
				want = codec.Float16frombits(codec.Float16bits(want))
				if got := x.after[i]; math.Float32bits(got) != math.Float32bits(want) && !(got != got && want != want) {
					t.Fatalf("%s: element %d is %v, want %v", x.name, i, got, want)
				}
			}
		}
		shape, want := *again, *c
		shape.K, shape.V, shape.Q, want.K, want.V, want.Q = nil, nil, nil, nil, nil, nil
		if !reflect.DeepEqual(shape, want) {
			t.Fatalf("%+v became %+v", want, shape)
		}
	})
}
