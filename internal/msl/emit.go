package msl

import (
	"fmt"
	"sort"
	"strings"
)

// Target is the kind of program that a source becomes.
type Target int

// The targets.
const (
	CPU  Target = iota // C++ for clang++ and the folder include of Headers
	CUDA               // CUDA C++ for nvcc and the folder cuda of Headers
)

// apply makes edits, which don't overlap but in their order: what is inserted at a place comes before what is replaced there.
func apply(src string, lists ...[]edit) string {
	var all []edit
	for _, l := range lists {
		all = append(all, l...)
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].start != all[j].start {
			return all[i].start < all[j].start
		}
		return all[i].start == all[i].end && all[j].start != all[j].end
	})
	var b strings.Builder
	last := 0
	for _, e := range all {
		if e.start < last { // inside what a longer edit has replaced
			continue
		}
		b.WriteString(src[last:e.start])
		b.WriteString(e.text)
		last = e.end
	}
	b.WriteString(src[last:])
	return b.String()
}

func (u *Unit) prelude() string {
	logging := ""
	if u.logging {
		logging = "#include <metal_logging>\n"
	}
	return "#include <metal_stdlib>\n" + logging + "#line 1 \"" + u.file + "\"\n"
}

// Strict is the text of the address-space pass, to be compiled with -D__MSL_STRICT__ -fsyntax-only.
func (u *Unit) Strict() string {
	return u.prelude() + apply(u.src, u.nest(u.strict, u.edits), u.edits) + "\n"
}

// TargetError says that there is no such target.
type TargetError struct{ Target Target }

func (e *TargetError) Error() string { return fmt.Sprintf("msl: no target %d", int(e.Target)) }

// Program is the text of a program for one kernel. values has, by name, a C++ initializer for each function constant that
// is defined, such as "{1}".
func (u *Unit) Program(k *Kernel, values map[string]string, target Target) (string, error) {
	switch target {
	case CPU:
		return u.cpuProgram(k, values), nil
	case CUDA:
		return u.cudaProgram(k, values), nil
	}
	return "", &TargetError{target}
}

// cpuText is the source as C++, with more edits.
func (u *Unit) cpuText(values map[string]string, more ...edit) string {
	inner := append(append([]edit{}, u.edits...), u.specialise(values)...)
	run := u.nest(append(append([]edit{}, u.run...), u.cpu...), inner)
	return u.prelude() + apply(u.src, more, run, inner)
}

func (u *Unit) cpuProgram(k *Kernel, values map[string]string) string {
	var b strings.Builder
	b.WriteString(u.cpuText(values))
	b.WriteString("\n#line 1 \"entry\"\n#include <msl_entry.h>\n")
	var call, table, members []string
	for i, p := range k.Parameters {
		on := "true"
		if p.Condition != "" {
			on = "(bool)(" + p.Condition + ")"
		}
		switch p.Attribute {
		case "buffer", "threadgroup":
			field, in := "buffers", 0
			if p.Attribute == "threadgroup" {
				field, in = "memory", 1
			}
			address := fmt.Sprintf("a->%s[%d]", field, p.Index)
			if p.Condition != "" {
				address = on + " ? " + address + " : nullptr"
			}
			call = append(call, "__msl::buffer_argument{"+address+"}")
			align := fmt.Sprintf("__msl::parameters<decltype(&%s)>::element<%d>::align", k.call, i)
			if strings.HasPrefix(strings.TrimPrefix(p.Type, "metal::"), "packed_") {
				align = "alignof(" + p.Type + ")"
			}
			if qualified, list := u.Members(p.Type); in == 0 {
				for _, m := range list {
					members = append(members, fmt.Sprintf("{%d, (int)__builtin_offsetof(%s, %s), (int)sizeof(((%s *)0)->%s)}", len(table), qualified, m.Name, qualified, m.Name))
				}
			}
			writable := 1
			if p.Const {
				writable = 0
			}
			table = append(table, fmt.Sprintf("{%d, %d, __msl::parameters<decltype(&%s)>::element<%d>::size, %s, %s, %d}", in, p.Index, k.call, i, align, on, writable))
		default:
			field := positions[p.Attribute]
			if field == "" {
				field = p.Attribute
			}
			call = append(call, "__msl::position_argument{a->"+field+"}")
		}
	}
	fmt.Fprintf(&b, "extern \"C\" void __msl_entry(const __msl_arguments *a) { (void)a; %s(%s); }\n", k.call, strings.Join(call, ", "))
	threads := k.threads
	if threads == "" {
		threads = "1024"
	}
	fmt.Fprintf(&b, "extern \"C\" int __msl_max_threads(void) { return %s; }\n", threads)
	fmt.Fprintf(&b, "extern \"C\" const __msl_argument *__msl_reflection(int *count) {\n  static const __msl_argument table[] = {%s{0, 0, 0, 0, 0, 0}};\n  *count = %d;\n  return table;\n}\n",
		strings.Join(append(table, ""), ", "), len(table))
	fmt.Fprintf(&b, "extern \"C\" const __msl_member *__msl_members(int *count) {\n  static const __msl_member table[] = {%s{0, 0, 0}};\n  *count = %d;\n  return table;\n}\n",
		strings.Join(append(members, ""), ", "), len(members))
	return b.String()
}

// specialise gives the function constants their values.
func (u *Unit) specialise(values map[string]string) []edit {
	var out []edit
	for _, c := range u.Constants {
		v, ok := values[c.Name]
		if !ok {
			v = "{}"
		}
		end := u.code[c.at].end
		out = append(out, edit{end, end, " = " + c.Type + v})
	}
	for _, r := range u.asked {
		_, ok := values[u.tok(r[0]+2).text]
		e := u.blank(u.code[r[0]].start, u.code[r[1]].end)
		e.text = map[bool]string{true: "true", false: "false"}[ok] + e.text
		out = append(out, e)
	}
	return out
}

// nest applies to each replacement the edits that lie in the text that it replaces, wherever it repeats a piece of that: the
// bounds of a threadgroup variable can have casts.
func (u *Unit) nest(outer, inner []edit) []edit {
	out := make([]edit, 0, len(outer))
	inner = append([]edit{}, inner...)
	sort.SliceStable(inner, func(i, j int) bool { return inner[i].start < inner[j].start })
	for _, e := range outer {
		if e.start != e.end && strings.TrimSpace(e.text) != "" {
			first := sort.Search(len(inner), func(i int) bool { return inner[i].start >= e.start })
			for _, x := range inner[first:] {
				if x.start >= e.end {
					break
				}
				if x.end <= e.end && x.start != x.end {
					e.text = strings.ReplaceAll(e.text, u.src[x.start:x.end], x.text)
				}
			}
		}
		out = append(out, e)
	}
	return out
}
