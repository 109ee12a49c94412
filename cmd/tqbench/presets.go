package main

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// A preset is the attention shape of a model's layer. The scores of synthetic
// rows are scaled by 1/sqrt(head_dim) whatever the model does: models that
// scale otherwise, such as Gemma 4 with 1, normalise q and k first.
type preset struct {
	name                    string
	heads, kvHeads, headDim uint32
	window                  uint32  // used with -mask window; 0: the layer has none
	softcap                 float32 // 0: none
}

// presets are known shapes; the first is what tqbench runs without arguments.
var presets = []preset{
	{"gemma4-26b-sliding", 16, 8, 256, 1024, 0},
	{"gemma4-26b-global", 16, 2, 512, 0, 0},
	{"gemma4-31b-sliding", 32, 16, 256, 1024, 0},
	{"gemma4-31b-global", 32, 4, 512, 0, 0},
	{"gemma3-12b", 16, 8, 256, 1024, 0},
	{"gemma3-27b", 32, 16, 128, 1024, 0},
	{"gemma2-2b", 8, 4, 256, 4096, 50},
	{"gemma2-9b", 16, 8, 256, 4096, 50},
	{"qwen3.6-27b", 24, 4, 256, 0, 0},
	{"qwen3.6-35b-a3b", 16, 2, 256, 0, 0},
	{"qwen3-8b", 32, 8, 128, 0, 0},
	{"llama3.1-8b", 32, 8, 128, 0, 0},
	{"llama3.2-1b", 32, 8, 64, 0, 0},
}

// findPreset returns the preset of that name; the error suggests the nearest.
func findPreset(name string) (preset, error) {
	nearest, distance := presets[0], len(name)+100
	for _, p := range presets {
		if p.name == strings.ToLower(name) {
			return p, nil
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(name), p.name); d < distance {
			nearest, distance = p, d
		}
	}
	return preset{}, fmt.Errorf("unknown preset %q: did you mean %q? (all: %s)", name, nearest.name, presetNames())
}

func presetNames() string {
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}
