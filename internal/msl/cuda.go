package msl

import (
	"fmt"
	"strings"
)

// cudaProgram is the text of one CUDA module. The MSL text goes inside a namespace of metal, so that its float4 is metal's
// and not CUDA's, and the entry behind it: a __global__ function with the kernel's name and C linkage.
//
// The entry takes one argument for each buffer and each [[threadgroup(n)]] of the kernel, in the order of its parameters:
// an address, the value itself where the kernel declares a reference to constant memory, or an offset in the dynamic
// threadgroup memory. Three words each of the array msl_arguments say so: the index, the kind (0 address, 1 value,
// 2 offset), the bytes of a value; the index -1 ends it.
func (u *Unit) cudaProgram(k *Kernel, values map[string]string) string {
	var inner []edit
	for _, e := range u.edits {
		if literal, isHalf := strings.CutSuffix(e.text, "f16"); isHalf { // nvcc has no such literals
			e.text = "::metal::half(" + literal + ")"
		}
		inner = append(inner, e)
	}
	inner = append(inner, u.specialise(values)...)
	run := u.nest(append(append([]edit{}, u.run...), u.cuda...), inner)

	var b strings.Builder
	b.WriteString("#include <metal_stdlib>\n#include <msl_entry.h>\nnamespace metal {\nnamespace program {\n#line 1 \"" + u.file + "\"\n")
	text := apply(u.src, run, inner, u.cudaWords(), u.cudaFunctions())
	b.WriteString(strings.ReplaceAll(text, "#pragma nounroll", "#pragma unroll 1")) // which nvcc does not know
	b.WriteString("\n#line 1 \"entry\"\nnamespace entry {\n")
	var parameters, call, table []string
	dynamic := false
	for _, p := range k.Parameters {
		on := func(argument, otherwise string) string {
			if p.Condition == "" {
				return argument
			}
			return "(bool)(" + p.Condition + ") ? " + argument + " : " + otherwise
		}
		name := fmt.Sprintf("%s_%d", p.Attribute, p.Index)
		switch {
		case p.Attribute == "threadgroup":
			dynamic = true
			parameters = append(parameters, "unsigned "+name)
			call = append(call, "__msl::buffer_argument{"+on("msl_dynamic + "+name, "nullptr")+"}")
			table = append(table, fmt.Sprintf("%d, 2, 0, ", p.Index))
		case p.Attribute == "buffer" && p.Reference && p.AddressSpace == "constant":
			parameters = append(parameters, fmt.Sprintf("const __MSL_GRID_CONSTANT %s %s", p.Type, name))
			call = append(call, name)
			table = append(table, fmt.Sprintf("%d, 1, (int)sizeof(%s), ", p.Index, p.Type))
		case p.Attribute == "buffer":
			parameters = append(parameters, "void *"+name)
			call = append(call, "__msl::buffer_argument{"+on(name, "nullptr")+"}")
			table = append(table, fmt.Sprintf("%d, 0, 0, ", p.Index))
		default:
			call = append(call, "__msl::position_argument{__MSL_"+u.position(p.Attribute)+"}")
		}
	}
	fmt.Fprintf(&b, "extern \"C\" __device__ int msl_arguments[] = {%s-1};\n", strings.Join(table, ""))
	bounds := ""
	if k.threads != "" {
		bounds = "__launch_bounds__(" + k.threads + ") "
	}
	fmt.Fprintf(&b, "extern \"C\" __global__ %svoid %s(%s) {\n", bounds, k.Name, strings.Join(parameters, ", "))
	if dynamic {
		b.WriteString("  extern __MSL_SHARED __align__(16) unsigned char msl_dynamic[];\n  __MSL_FILL(msl_dynamic, __msl::dynamic_bytes());\n")
	}
	fmt.Fprintf(&b, "  ::metal::program%s(%s);\n}\n} // namespace entry\n} // namespace program\n} // namespace metal\n", k.call, strings.Join(call, ", "))
	return b.String()
}

// position is the attribute under the name that the headers know.
func (u *Unit) position(attribute string) string {
	if other := positions[attribute]; other != "" {
		return other
	}
	return attribute
}

// cudaWords removes the words that CUDA C++ lacks, and writes swizzles as calls. The words can't be macros as on the CPU:
// CUDA's own __device__ is spelled with the word device.
func (u *Unit) cudaWords() []edit {
	scope := map[int]bool{} // the tokens of declarations of variables that outlive a thread
	for _, d := range u.decls {
		if d.kind == variableDecl && !d.member {
			for i := d.start; i < d.nameAt; i++ {
				scope[i] = true
			}
		}
	}
	var out []edit
	for i, t := range u.code {
		if t.kind != identifier {
			continue
		}
		if u.tok(i - 1).is(".") {
			if p := places(t.text); p != "" && !u.tok(i+1).is("(") {
				out = append(out, edit{t.start, t.end, "swizzle(::__msl::places<" + p + ">())"})
			}
			continue
		}
		switch t.text {
		case "device", "thread", "threadgroup", "kernel":
			out = append(out, edit{t.start, t.end, ""})
		case "constant":
			text := "const"
			if u.tok(i-1).is("const") || u.tok(i+1).is("const") || u.tok(i+1).is("constexpr") || u.tok(i-1).is("constexpr") {
				text = ""
			}
			// As __constant__ a table that lanes index apart is several times slower: NVIDIA's constant cache takes one
			// address at a time.
			if scope[i] {
				text = "__device__ " + text
			}
			out = append(out, edit{t.start, t.end, text})
		}
	}
	return out
}

// places is a swizzle of two to four components as numbers, or empty.
func places(name string) string {
	if len(name) < 2 || len(name) > 4 {
		return ""
	}
	for _, letters := range []string{"xyzw", "rgba"} {
		var out []string
		for _, c := range name {
			if at := strings.IndexRune(letters, c); at >= 0 {
				out = append(out, itoa(at))
			}
		}
		if len(out) == len(name) {
			return strings.Join(out, ", ")
		}
	}
	return ""
}

// cudaFunctions marks every function as one of the device.
func (u *Unit) cudaFunctions() []edit {
	var out []edit
	for _, d := range u.decls {
		if d.kind != functionDecl {
			continue
		}
		i := d.start
		for u.tok(i).is("template") && u.tok(i+1).is("<") {
			i = u.angle(i+1, len(u.code)) + 1
		}
		out = append(out, edit{u.code[i].start, u.code[i].start, "__device__ "})
	}
	return out
}
