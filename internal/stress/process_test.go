//go:build linux && (amd64 || arm64)

package stress

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// usage is what a process holds.
type usage struct {
	rss, childRSS, heap int64 // bytes; the heap after a collection
	files, goroutines   int
	children            []int
}

func (u usage) String() string {
	const mib = 1 << 20
	return fmt.Sprintf("parent %.1f MiB, children %d with %.1f MiB, Go heap %.2f MiB, %d files, %d goroutines",
		float64(u.rss)/mib, len(u.children), float64(u.childRSS)/mib, float64(u.heap)/mib, u.files, u.goroutines)
}

func measure(t testing.TB) usage {
	t.Helper()
	// Twice, as pools keep what they hold for one collection.
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := usage{heap: int64(m.HeapAlloc), goroutines: runtime.NumGoroutine(), rss: resident(t, os.Getpid())}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	u.files = len(files) - 1 // the folder itself is open
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil {
			continue // gone
		}
		// The name, in parentheses, may hold anything.
		_, rest, _ := strings.Cut(string(b[bytes.LastIndexByte(b, ')'):]), " ")
		var state string
		var parent int
		if _, err := fmt.Sscan(rest, &state, &parent); err != nil || parent != os.Getpid() {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil {
			t.Fatal(err)
		}
		u.children = append(u.children, pid)
		u.childRSS += resident(t, pid)
	}
	return u
}

// resident returns the bytes of a process that are in memory, 0 if it is gone.
func resident(t testing.TB, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// Whatever the tests of this package did, no goroutine and no child is left.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before && code == 0 {
		stacks := make([]byte, 1<<20)
		fmt.Printf("%d goroutines, %d before the tests:\n%s\n", n, before, stacks[:runtime.Stack(stacks, true)])
		code = 1
	}
	os.Exit(code)
}
