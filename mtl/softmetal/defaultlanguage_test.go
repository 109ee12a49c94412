//go:build linux && (amd64 || arm64)

package softmetal

import (
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

// Nil options are the default ones: a program of Go 1.26 gets MSL 2.4, which the
// software device does not compile, and says so.
func TestSourceWithoutOptionsIsCompiledAsTheDefault(t *testing.T) {
	h := newHand(t, Options{})
	for _, options := range []objc.ID{0, h.pooled(h.id(h.class("MTLCompileOptions"), "new"))} {
		var e objc.ID
		l := h.pooled(h.id(h.device(), "newLibraryWithSource:options:error:", h.string("#include <metal_stdlib>\nkernel void f() {}"), options, &e))
		text := h.text(h.id(e, "localizedDescription"))
		if v := min(defaultLanguage(), newestLanguage(h.macOS)); v == languageVersion24 && (l != 0 || !strings.Contains(text, "MSL 2.4 is not supported")) || v != languageVersion24 && l == 0 {
			t.Errorf("options %#x, by default MSL %#x: library %#x, error %q", options, v, l, text)
		}
	}
	h.drain(t)
}
