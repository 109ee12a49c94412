package codec_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// docs/FORMAT.md must be true to the letter: its tables and its worked example
// are compared with what the package does.
func TestFormatDocumentIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../docs/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	document := strings.Join(strings.Fields(string(text)), " ")
	mustHold := func(what, want string) {
		t.Helper()
		if !strings.Contains(document, want) {
			t.Errorf("docs/FORMAT.md lacks %s: %s", what, want)
		}
	}
	numbers := map[float32]bool{} // the literals of the document: several decimals may name one float32
	for _, word := range strings.Fields(document) {
		if x, err := strconv.ParseFloat(word, 32); err == nil {
			numbers[float32(x)] = true
		}
	}
	levels, boundaries := codec.Levels(), codec.Boundaries()
	for _, x := range append(levels[:], boundaries[:]...) {
		if !numbers[x] {
			t.Errorf("docs/FORMAT.md lacks the level or boundary %v", x)
		}
	}
	var signs [64]byte
	for j := range 512 {
		if codec.Negative(j) {
			signs[j/8] |= 1 << (j % 8)
		}
	}
	for i := 0; i < 64; i += 16 {
		mustHold("signs", groups(signs[i:i+16]))
	}

	row := make([]float32, 64)
	for j := range row {
		row[j] = float32(j*7%16) - 7.5 + float32(j)/64
	}
	for _, c := range []struct {
		name   string
		format codec.Format
	}{
		{"MLXNative01(64)", codec.MLXNative01(64)},
		{"Default(64)", codec.Default(64)},
		{"K8V4(64)", codec.K8V4(64)},
		{"F16(64)", codec.F16(64)},
	} {
		packed := make([]byte, c.format.KeyRowBytes())
		norm, err := c.format.EncodeKey(packed, row)
		if err != nil {
			t.Fatal(err)
		}
		mustHold("the bytes of "+c.name, groups(packed))
		if n := c.format.KeyNormBytes(); n > 0 {
			stored := make([]byte, n)
			c.format.Norm.PutNorm(stored, 0, norm)
			mustHold("the norm of "+c.name, fmt.Sprintf("`%s` (%v)", hex.EncodeToString(stored), norm))
		}
	}
}

// groups writes bytes in hexadecimal, four to a group.
func groups(b []byte) string {
	var parts []string
	for i := 0; i < len(b); i += 4 {
		parts = append(parts, hex.EncodeToString(b[i:i+4]))
	}
	return strings.Join(parts, " ")
}
