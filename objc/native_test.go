//go:build (darwin && !ios && arm64) || (tqmetal_abi && linux)

package objc

import (
	"errors"
	"strings"
	"testing"
)

var errLoader = errors.New("the loader's reason")

func TestLoadReportsEveryFailure(t *testing.T) {
	rt, err := load([]string{"liba", "libb", "libc"},
		func(path string) (uintptr, error) {
			if path == "libb" {
				return 1, nil
			}
			return 0, errLoader
		},
		func(uintptr, string) (uintptr, error) { t.Error("a symbol is looked up"); return 0, nil })
	if rt != nil || !errors.Is(err, ErrUnavailable) || !errors.Is(err, errLoader) {
		t.Fatalf("%v, %v", rt, err)
	}
	if text := err.Error(); !strings.Contains(text, "liba") || !strings.Contains(text, "libc") || strings.Contains(text, "libb") {
		t.Errorf("error %v", err)
	}
}

func TestLoadOpensEverythingBeforeItLooksUpAnything(t *testing.T) {
	var events []string
	_, err := load([]string{"liba", "libb"},
		func(path string) (uintptr, error) { events = append(events, path); return 1, nil },
		func(_ uintptr, name string) (uintptr, error) {
			events = append(events, name)
			if name == "objc_getClass" {
				return 0, errLoader
			}
			return 2, nil
		})
	if err == nil || !strings.Contains(err.Error(), "liba has no objc_getClass") {
		t.Errorf("error %v", err)
	}
	if strings.Join(events[:2], " ") != "liba libb" {
		t.Errorf("order %q", events)
	}
}

func TestSymbolsAreSearchedInAllLibrariesInOrder(t *testing.T) {
	rt, err := load([]string{"liba", "libb"},
		func(path string) (uintptr, error) { return uintptr(path[3]), nil },
		func(handle uintptr, name string) (uintptr, error) {
			if name == "only_b" && handle == 'a' || name == "nowhere" {
				return 0, errLoader
			}
			return handle, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]uintptr{"only_b": 'b', "both": 'a', "nowhere": 0} {
		for range 2 { // the second time from memory
			if got := rt.Symbol(name); got != want {
				t.Errorf("%s: %c, want %c", name, rune(got), rune(want))
			}
		}
	}
}
