package shaders

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

var families = []string{"tq_quantize_kv.metal", "tq_dequantize_kv.metal", "flash_attn_vec_tq.metal", "flash_attn_vec.metal", "flash_attn_vec_reduce.metal", "flash_attn_mat_tq.metal"}

func TestSourceHasEachIncludedFileOnce(t *testing.T) {
	for _, name := range families {
		text, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(text, "constant float LEVELS[16]"); n != 1 {
			t.Errorf("%s has the levels %d times", name, n)
		}
		if strings.Contains(text, `#include "`) {
			t.Errorf("%s has an include left", name)
		}
	}
}

// The line that a directive names must be the one that follows it.
func TestLineDirectivesNameTheLinesOfTheFiles(t *testing.T) {
	for _, name := range families {
		text, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		lines, at := []string(nil), 0
		for i, line := range strings.SplitAfter(text, "\n") {
			if rest, ok := strings.CutPrefix(line, "#line "); ok {
				number, file, _ := strings.Cut(strings.TrimSpace(rest), " ")
				content, err := fs.ReadFile(Files, strings.Trim(file, `"`))
				if err != nil {
					t.Fatal(err)
				}
				lines, at = strings.SplitAfter(string(content), "\n"), 0
				for _, digit := range number {
					at = 10*at + int(digit-'0')
				}
				continue
			}
			if line != "" && (at > len(lines) || lines[at-1] != line) {
				t.Fatalf("%s, line %d of the text: the directive says line %d, which is another", name, i+1, at)
			}
			at++
		}
	}
}

func TestSourceOfAnUnknownFileIsAnError(t *testing.T) {
	if _, err := Source("tq_none.metal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
