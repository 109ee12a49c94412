//go:build linux && (amd64 || arm64)

package mslrun

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
)

// keyedMutex lets one goroutine at a time build the same thing.
type keyedMutex struct {
	mu   sync.Mutex
	held map[string]*sync.Mutex
}

func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.held == nil {
		k.held = map[string]*sync.Mutex{}
	}
	m := k.held[key]
	if m == nil {
		m = new(sync.Mutex)
		k.held[key] = m
	}
	k.mu.Unlock()
	m.Lock()
	return m.Unlock
}

func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func files(fsys fs.FS, root string) (map[string]string, error) {
	out := map[string]string{}
	err := fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		out[filepath.Base(p)] = string(b)
		return err
	})
	return out, err
}

func hashFiles(m map[string]string) string {
	var parts []string
	for n := range m {
		parts = append(parts, n)
	}
	sort.Strings(parts)
	for _, n := range append([]string{}, parts...) {
		parts = append(parts, m[n])
	}
	return hash(parts...)
}

// place makes the folder name in the cache, filled by fill, or finds it there. Others see it whole or not at all.
func (c *Compiler) place(name string, fill func(dir string) error) (string, error) {
	defer c.building.lock(name)()
	final := filepath.Join(c.dir, name)
	if _, err := os.Stat(final); err == nil {
		return final, nil
	}
	tmp, err := os.MkdirTemp(c.dir, "tmp-")
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrCache, err)
	}
	defer os.RemoveAll(tmp)
	if err := fill(tmp); err != nil {
		return "", err
	}
	if err := os.Rename(tmp, final); err != nil {
		if _, there := os.Stat(final); there == nil {
			return final, nil // another process was first
		}
		return "", fmt.Errorf("%w: %w", ErrCache, err)
	}
	return final, nil
}

func writeFiles(dir string, m map[string]string) error {
	for n, text := range m {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(text), 0o600); err != nil {
			return fmt.Errorf("%w: %w", ErrCache, err)
		}
	}
	return nil
}
