package msl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Any text is refused or becomes a source of the strict pass and programs of both targets, which have its lines and its
// brackets and nothing that only Metal has.
func FuzzTranslate(f *testing.F) {
	for _, s := range []string{
		wrap("y[i] = float4(1, 2, (float2)i).x; threadgroup float s[4], t;"),
		"template <typename T, int N> [[host_name(\"a\")]] kernel void f(device T *y) { T(N); }\ntemplate [[host_name(\"b\")]] kernel void f<float, 3>(device float *y);",
		"constant bool b [[function_constant(0)]];\nstruct S { float x; S operator+(thread const S &o) { return o; } };\nnamespace n { kernel void k(device S *s [[buffer(0), function_constant(b)]]) {} }",
		"constant uint n [[function_constant(1)]];\nconstant bool has = is_function_constant_defined(\nn);\n" + wrap("y[i] = has ? float(n) : 1.5h;"),
		"[[", "[[a]]", "template", "template <", "kernel void f(", "typedef", "using x = ", "operator(", "a<b<c>>(", "(float4)", "(T*)", "threadgroup float", "# 5 \"x\"\n", "/*", "R\"x(", "'", "\"", "1.h", "0x", "struct {", "enum class X : int { A };",
		"kernel void f(device float *y [[buffer(0)]]) { for (int i = 0; i < (int)y[0]; i++) if (y[i] > 1 && (i) -1) { auto g = [&](int a) -> int { return a; }; } }",
	} {
		f.Add(s)
	}
	for _, test := range lintTests {
		f.Add(test.source)
	}
	for _, test := range symbolTests {
		f.Add(test.source)
	}
	for _, test := range overloadTests {
		f.Add(test.source + "\n" + wrap(""))
	}
	for _, pattern := range []string{"../mslrun/testdata/*.metal", "../../mtl/softmetal/testdata/foreign/*.metal", "../selftest/*.metal"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		texts, err := translate(source)
		if err != nil {
			return
		}
		again, err := translate(source)
		if err != nil {
			t.Fatalf("refused the second time: %v", err)
		}
		lines := strings.Count(source, "\n")
		for name, text := range texts {
			if again[name] != text {
				t.Errorf("%s: another text the second time", name)
			}
			if got := strings.Count(programSource(text), "\n"); got != lines+1 { // one is that of the included mark
				t.Errorf("%s: %d lines became %d:\n%s", name, lines, got-1, text)
			}
			u := &Unit{src: text}
			for _, token := range lex(text, "").tokens {
				if token.kind != directive {
					u.code = append(u.code, token)
				}
			}
			if !u.match() {
				t.Errorf("%s: %v\n%s", name, u.failed(), text)
			}
			if strings.HasPrefix(name, "CUDA") {
				for i, token := range u.code {
					if token.kind == identifier && (addressSpaces[token.text] || token.text == "kernel") && !u.tok(i-1).is(".") {
						t.Errorf("%s: line %d has the word %s", name, token.line, token.text)
					}
				}
			}
		}
	})
}

// translate returns every text that a source becomes, by name.
func translate(source string) (map[string]string, error) {
	u, err := parse(source, 3<<16|2)
	if err != nil {
		return nil, err
	}
	texts := map[string]string{"strict": u.Strict()}
	for _, hidden := range []bool{false, true} {
		symbols(u.Exports(hidden))
	}
	symbols(u.Imports())
	defined := map[string]string{}
	for _, c := range u.Constants {
		defined[c.Name] = "{1}"
	}
	for i := range u.Visible {
		texts["linked "+itoa(i)] = u.Linked(defined, &u.Visible[i])
	}
	for i := range u.Kernels {
		k := &u.Kernels[i]
		for target, name := range map[Target]string{CPU: "CPU", CUDA: "CUDA"} {
			for how, values := range map[string]map[string]string{"": nil, " with constants": defined} {
				if texts[name+" "+itoa(i)+how], err = u.Program(k, values, target); err != nil {
					return nil, err
				}
			}
		}
	}
	return texts, nil
}

// programSource is the part of a text that was the source, from its first line marker on.
func programSource(text string) string {
	_, text, _ = strings.Cut(text, "# 1 \"program_source\"\n")
	if i := strings.LastIndex(text, "\n#line 1 \"entry\""); i >= 0 {
		return text[:i] + "\n"
	}
	return text
}
