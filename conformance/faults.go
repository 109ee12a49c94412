package main

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/tqmetal/tqmetal/shaders"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// hang is the tool of a fault that stops the GPU: a limit of time is what finds it.
const hang = "time limit"

// A fault is something wrong, planted to see that a tool finds it.
type fault struct {
	Name string
	Tool string                         // that has to find it: a sanitizer's, "oracle", or hang
	edit func(file, text string) string // of the text of a file of package shaders with what it includes; nil: the fault is not there
	// What is wrong with the buffers.
	short    string // the role of the buffer that is a row short
	unfilled string // the role of the buffer that nobody wrote
}

// faultProblems are those that the faults are looked for in: few, small, and with all kernels in them.
func faultProblems() (all []tqsdpa.Params) {
	for _, group := range []uint32{1, 4, 8} {
		for _, n := range []uint32{70, 300} {
			all = append(all, params(codec.Default(64), 1, group, n), params(codec.Default(256), 1, group, n))
		}
	}
	return append(all, params(codec.Default(512), 1, 4, 300)) // whose heads are halved between simdgroups
}

func faultLaunches(s *session) (all []launch, err error) {
	for _, p := range faultProblems() {
		l, _, _, err := s.attention(p)
		if err != nil {
			return nil, err
		}
		all = append(all, l...)
	}
	return all, nil
}

// plantedFaults drops each barrier of each file, one at a time, and adds what only some tools can find.
func plantedFaults() ([]fault, error) {
	faults := []fault{
		{Name: "K is a row short", Tool: "memcheck", short: "kPacked"},
		{Name: "norms of V are a row short", Tool: "memcheck", short: "vNorms"},
		{Name: "output is a row short", Tool: "memcheck", short: "output"},
		{Name: "norms of K that nobody wrote", Tool: "initcheck", unfilled: "kNorms"},
		{Name: "the query that nobody wrote", Tool: "initcheck", unfilled: "q"},
		replacement("the norm of the next row", "memcheck", "norms)[row]", "norms)[row + 1]"),
		replacement("a level that nobody wrote", "oracle", "simdgroup == 0 && lane < 16", "simdgroup == 0 && lane < 15"),
		replacement("softcap forgotten", "oracle", "if (cap > 0.0f)", "if (cap > 1e9f)"),
		// The same of a simdgroup_barrier is not here: lanes that miss it may meet the others at the next one, so that it hung
		// in some builds and did nothing in another.
		replacement("half the lanes come to a threadgroup_barrier", hang, "an idle head, for the whole threadgroup\n    threadgroup_barrier(", "an idle head, for the whole threadgroup\n    if (lane < 16) threadgroup_barrier("),
		// The GPU lets lanes that have ended count as having come to a barrier, so what is left to find is a barrier for
		// lanes that it is not called by. CUDA alone can say that.
		replacement("lanes wait for others at a simdgroup_barrier", "synccheck", "simdgroup_barrier(", "__syncwarp(1u << (lane ^ 1)), (void)("),
	}
	names, err := fs.Glob(shaders.Files, "*.metal")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(shaders.Files, name)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, barrier := range []string{"simdgroup_barrier(", "threadgroup_barrier("} {
				if !strings.Contains(line, barrier) || strings.HasPrefix(strings.TrimSpace(line), "//") {
					continue
				}
				without := strings.Replace(line, barrier, "(void)(", 1)
				faults = append(faults, fault{Name: fmt.Sprintf("%s:%d without its %s", name, i+1, strings.TrimSuffix(barrier, "(")), Tool: "racecheck",
					edit: func(file, whole string) string { return replaceLine(whole, name, i+1, without) }})
			}
		}
	}
	return faults, nil
}

// replacement changes all occurrences of a text. Where there is none the fault changes no kernel, which translate refuses.
func replacement(name, tool, old, new string) fault {
	return fault{Name: name, Tool: tool, edit: func(_, text string) string { return strings.ReplaceAll(text, old, new) }}
}

// replaceLine changes a line of a file, which may be included in the text: the #line directives of shaders.Source tell
// where that is.
func replaceLine(text, file string, number int, line string) string {
	lines := strings.Split(text, "\n")
	current, at := "", 0
	for i, l := range lines {
		var n int
		var name string
		if c, _ := fmt.Sscanf(l, "#line %d %q", &n, &name); c == 2 {
			current, at = name, n
			continue
		}
		if current == file && at == number {
			lines[i] = line
		}
		at++
	}
	return strings.Join(lines, "\n")
}
