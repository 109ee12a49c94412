package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/tqmetal/tqmetal/internal/matrix"
)

// A bundle is the folder that travels to the GPU: CUDA text, headers, launcher, and a list of what is what.
//
//	sources/MODULE.cu     one kernel, specialised
//	variants              lines: set, variant, kernel, module
//	headers, cuda         what the text includes; the launcher
//
// The set is empty for the kernels as they are, else the name of a planted fault.
type bundle struct {
	folder  string
	entries map[string]entry // by set and variant
}

type entry struct{ set, variant, kernel, module string }

func key(set, variant string) string { return set + "/" + variant }

// cubin is the path of a compiled variant.
func (b *bundle) cubin(kind, set string, r *launch) (path, kernel string, err error) {
	e, ok := b.entries[key(set, r.variant())]
	if !ok {
		return "", "", fmt.Errorf("%s is not in the bundle of kernels (set %q)", r.variant(), set)
	}
	return filepath.Join(b.folder, kind, e.module+".cubin"), e.kernel, nil
}

func (b *bundle) sorted() []entry {
	out := make([]entry, 0, len(b.entries))
	for _, e := range b.entries {
		out = append(out, e)
	}
	sort.Slice(out, func(i, j int) bool { return key(out[i].set, out[i].variant) < key(out[j].set, out[j].variant) })
	return out
}

// modules are the modules of a set, or of all for which keep is true.
func (b *bundle) modules(keep func(entry) bool) (out []entry) {
	seen := map[string]bool{}
	for _, e := range b.sorted() {
		if keep(e) && !seen[e.module] {
			seen[e.module] = true
			out = append(out, e)
		}
	}
	return out
}

// size says how much there is.
func (b *bundle) size() string {
	all, plain := b.modules(func(entry) bool { return true }), b.modules(isPlain)
	return fmt.Sprintf("%d variants of kernels and %d with a planted fault", len(plain), len(all)-len(plain))
}

// isPlain says that an entry has no fault.
func isPlain(e entry) bool { return e.set == "" }

func openBundle(folder string) (*bundle, error) {
	text, err := os.ReadFile(filepath.Join(folder, "variants"))
	if err != nil {
		return nil, err
	}
	b := &bundle{folder, map[string]entry{}}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			return nil, fmt.Errorf("%s/variants: %q", folder, line)
		}
		b.entries[key(f[0], f[1])] = entry{f[0], f[1], f[2], f[3]}
	}
	return b, nil
}

// prepare translates, and builds this program for the machine with the GPU, which need have no Go.
func prepare(ctx context.Context, folder string) (*bundle, error) {
	b, err := translate(ctx, folder)
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(folder, "conformance"), "github.com/tqmetal/tqmetal/conformance")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building for the machine with the GPU: %w\n%s", err, out)
	}
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return nil, fmt.Errorf("git describe: %w", err)
	}
	return b, writeFiles(folder, map[string]string{"commit": string(commit)})
}

// translate writes the bundle: the kernels of everything that is launched anywhere, and the faults.
func translate(ctx context.Context, folder string) (*bundle, error) {
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	if err := cudaHeaders(filepath.Join(folder, "headers")); err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(folder, "cuda"), cudaFiles); err != nil {
		return nil, err
	}
	s, err := newSession()
	if err != nil {
		return nil, err
	}
	b := &bundle{folder, map[string]entry{}}
	texts := map[string]string{} // by module
	var lines []string
	add := func(set string, t *translator, launches []launch, differs bool) error {
		for i := range launches {
			r := &launches[i]
			if _, ok := b.entries[key(set, r.variant())]; ok {
				continue
			}
			text, err := t.program(r)
			if err != nil {
				return err
			}
			module := fmt.Sprintf("%s-%.8x", r.kernel, sha256.Sum256([]byte(text)))
			if _, ok := texts[module]; differs && ok {
				continue // the fault is not in what this kernel reaches
			}
			texts[module] = text
			b.entries[key(set, r.variant())] = entry{set, r.variant(), r.kernel, module}
			lines = append(lines, strings.Join([]string{set, r.variant(), r.kernel, module}, "\t"))
		}
		return nil
	}
	plain, err := newTranslator(ctx, folder)
	if err != nil {
		return nil, err
	}
	launches, err := everyLaunch(s)
	if err != nil {
		return nil, err
	}
	if err := add("", plain, launches, false); err != nil {
		return nil, err
	}
	launches, err = faultLaunches(s)
	if err != nil {
		return nil, err
	}
	planted, err := plantedFaults()
	if err != nil {
		return nil, err
	}
	for _, f := range planted {
		if f.edit == nil {
			continue
		}
		t, err := plain.edited(ctx, f.edit)
		if err != nil {
			return nil, fmt.Errorf("fault %s: %w", f.Name, err)
		}
		before := len(lines)
		if err := add(f.Name, t, launches, true); err != nil {
			return nil, fmt.Errorf("fault %s: %w", f.Name, err)
		}
		if len(lines) == before {
			return nil, fmt.Errorf("fault %s changes no kernel that is launched", f.Name)
		}
	}
	files := map[string]string{}
	for module, text := range texts {
		files[module+".cu"] = text
	}
	if err := writeFiles(filepath.Join(folder, "sources"), files); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(folder, "macros")); err != nil {
		return nil, err
	}
	slices.Sort(lines)
	return b, writeFiles(folder, map[string]string{"variants": strings.Join(lines, "\n") + "\n"})
}

// everyLaunch is one launch, at least, of every variant that anything here uses.
func everyLaunch(s *session) (all []launch, err error) {
	problems := append(problems(), small()...)
	for _, t := range timedProblems() {
		if !t.Vector {
			problems = append(problems, t.Params)
		}
	}
	for _, p := range problems {
		l, _, _, err := s.attention(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", describe(p), err)
		}
		all = append(all, l...)
	}
	for _, d := range matrix.HeadDims {
		for _, f := range formats(d) {
			for _, quantize := range []bool{true, false} {
				l, _, _, err := s.rows(params(f, 2, 1, 19), 3, 13, quantize)
				if err != nil {
					return nil, fmt.Errorf("rows of %v: %w", f, err)
				}
				all = append(all, l...)
			}
		}
	}
	all = append(all, s.recorder.checks...)
	other, err := newSession()
	if err != nil {
		return nil, err
	}
	other.recorder.refuse = true
	for _, t := range timedProblems() {
		if !t.Vector {
			continue
		}
		l, _, _, err := other.attention(t.Params)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", describe(t.Params), err)
		}
		all = append(all, l...)
	}
	return all, nil
}
