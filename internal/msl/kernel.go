package msl

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
)

var cIdentifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Kernel is a function that can be dispatched: a kernel function, or an instantiation of a template of one.
type Kernel struct {
	Name       string // as the library knows it
	Parameters []Parameter
	Constants  []string // the function constants that it reaches, by name, in the order of their indices
	Annotation string   // the text of user_annotation
	MaxThreads int      // of max_total_threads_per_threadgroup, or 0: not said, or not a number, see below

	threads string // the attribute's expression, in the terms of the template's arguments

	call string // the function with its template arguments
	decl *declaration
}

// Parameter is a parameter of a kernel.
type Parameter struct {
	Name         string
	Attribute    string // "buffer", "threadgroup" or the name of a position or size
	Index        int    // of buffers and threadgroup memory
	AddressSpace string // "device", "constant", "threadgroup", or empty
	Const        bool   // may only be read
	Reference    bool
	Type         string // without address space and const
	Condition    string // the function constant that it depends on, or empty
}

var addressSpaces = map[string]bool{"device": true, "constant": true, "threadgroup": true, "thread": true}

// positions are the attributes of kernel parameters that the device fills in, with the field of the runtime's arguments.
var positions = map[string]string{
	"thread_position_in_grid": "", "thread_position_in_threadgroup": "", "threadgroup_position_in_grid": "", "threads_per_threadgroup": "",
	"dispatch_threads_per_threadgroup": "", "threadgroups_per_grid": "", "threads_per_grid": "", "grid_size": "threads_per_grid", "grid_origin": "",
	"thread_index_in_threadgroup": "", "thread_index_in_simdgroup": "", "thread_index_in_quadgroup": "", "simdgroup_index_in_threadgroup": "",
	"quadgroup_index_in_threadgroup": "", "simdgroups_per_threadgroup": "", "quadgroups_per_threadgroup": "",
	"dispatch_simdgroups_per_threadgroup": "", "dispatch_quadgroups_per_threadgroup": "", "threads_per_simdgroup": "",
	"thread_execution_width": "threads_per_simdgroup",
}

const maxIndex = 30

func (u *Unit) parameters(d *declaration) []Parameter {
	var out []Parameter
	used := map[string]map[int]string{"buffer": {}, "threadgroup": {}}
	var automatic []int
	for _, r := range u.split(d.paramsAt+1, u.pair[d.paramsAt]) {
		p := Parameter{Index: -1}
		end := r[1]
		for j := r[0]; j < end; j++ {
			if u.code[j].is("=") {
				end = j
			}
		}
		name := u.declaratorName(r[0], end)
		if end == r[0]+1 && u.code[r[0]].is("void") {
			continue
		}
		pointer, words := false, []string{}
		for j := r[0]; j < end; j++ {
			t := u.code[j]
			switch {
			case j == name && end > r[0]+1:
				p.Name = t.text
			case t.is("*"):
				pointer = true
			case t.is("&"):
				p.Reference = true
			case addressSpaces[t.text]:
				if p.AddressSpace == "" {
					p.AddressSpace = t.text
				}
			case t.is("const"):
				p.Const = p.Const || !pointer && !p.Reference
			case t.is("["): // an array as a parameter is a pointer
				pointer = true
				j = u.pair[j]
			case t.is("volatile"):
			default:
				words = append(words, t.text)
			}
		}
		p.Const = p.Const || p.AddressSpace == "constant"
		p.Type = joinType(words)
		for _, a := range u.attributesIn(r[0], r[1]) {
			switch a.name {
			case "buffer", "threadgroup":
				n, ok := evaluate(a.args)
				if !ok || n < 0 || n > maxIndex {
					u.refuse(r[0], "the index of "+a.name+" is a number from 0 to "+itoa(maxIndex)+", not \""+a.args+"\"")
					n = 0
				}
				p.Attribute, p.Index = a.name, n
			case "function_constant":
				p.Condition = a.args
			default:
				if _, ok := positions[a.name]; ok {
					p.Attribute = a.name
				}
			}
		}
		isPointer := pointer || p.Reference
		switch {
		case p.Attribute == "" && isPointer && (p.AddressSpace == "device" || p.AddressSpace == "constant"):
			p.Attribute = "buffer"
			automatic = append(automatic, len(out))
		case p.Attribute == "":
			u.refuse(r[0], "parameter "+p.Name+" of kernel "+d.name+" has no attribute that says where it comes from")
		case p.Attribute == "buffer" && !(isPointer && (p.AddressSpace == "device" || p.AddressSpace == "constant")):
			u.refuse(r[0], "buffer parameter "+p.Name+" is a pointer or reference to device or constant memory")
		case p.Attribute == "threadgroup" && !(isPointer && p.AddressSpace == "threadgroup"):
			u.refuse(r[0], "threadgroup parameter "+p.Name+" is a pointer or reference to threadgroup memory")
		case p.Index < 0 && isPointer:
			u.refuse(r[0], "parameter "+p.Name+" is a value, not a pointer or reference")
		}
		if m := used[p.Attribute]; m != nil && p.Index >= 0 {
			if other, ok := m[p.Index]; ok && p.Condition == "" {
				u.refuse(r[0], "parameters "+other+" and "+p.Name+" of kernel "+d.name+" have the same "+p.Attribute+" index "+itoa(p.Index))
			}
			m[p.Index] = p.Name
		}
		out = append(out, p)
	}
	for _, i := range automatic { // Metal gives them the free indices in order
		n := 0
		for used["buffer"][n] != "" {
			n++
		}
		if n > maxIndex {
			u.refuse(d.paramsAt, "kernel "+d.name+" has more than "+itoa(maxIndex+1)+" buffers")
			n = maxIndex
		}
		out[i].Index = n
		used["buffer"][n] = out[i].Name + " "
	}
	return out
}

func joinType(words []string) string {
	s := ""
	for _, w := range words {
		if s != "" && isLetter(w[0]) && (isLetter(s[len(s)-1]) || isDigit(s[len(s)-1])) {
			s += " "
		}
		s += w
	}
	return s
}

func (u *Unit) findKernels() {
	byName := map[string]*declaration{}
	names := map[string]bool{}
	add := func(k Kernel, at int) {
		if names[k.Name] {
			u.refuse(at, "two kernels have the name "+k.Name)
		}
		names[k.Name] = true
		u.Kernels = append(u.Kernels, k)
	}
	parameters := map[*declaration][]Parameter{}
	for _, d := range u.decls {
		if d.kind != functionDecl || !d.kernel {
			continue
		}
		if d.member {
			u.refuse(d.start, "a kernel is not a member of a class")
			continue
		}
		if !u.tok(d.nameAt - 1).is("void") {
			u.refuse(d.nameAt, "kernel "+d.name+" returns void")
		}
		if u.tok(d.nameAt).kind != identifier || d.name == "main" || addressSpaces[d.name] {
			u.refuse(d.nameAt, "a kernel has another name than "+d.name)
		}
		if d.bodyAt < 0 {
			continue
		}
		byName[d.name] = d
		parameters[d] = u.parameters(d)
		if d.template {
			continue
		}
		k := Kernel{Name: d.name, call: d.path + d.name, decl: d, Parameters: parameters[d]}
		u.kernelAttributes(&k, d.start, d.bodyAt)
		add(k, d.nameAt)
	}
	for _, d := range u.decls {
		if d.kind != instantiation {
			continue
		}
		// template [[host_name("x")]] [[kernel]] void name<args>(parameters);  or  ... type name<args>;
		end := d.end - 1
		if u.tok(end - 1).is(")") {
			end = u.pair[end-1]
		}
		nameAt, call := end-1, ""
		if u.tok(end - 1).is(">") {
			open := u.angleBack(end-1, d.start)
			if open < 0 {
				u.refuse(d.start, "an instantiation that can't be read")
				continue
			}
			nameAt = open - 1
			call = u.src[u.tok(nameAt).start:u.tok(end-1).end]
		}
		name := u.tok(nameAt).text
		of := byName[name]
		isKernel := false
		k := Kernel{Name: name, call: call, decl: of}
		for j := d.start; j < nameAt; j++ {
			isKernel = isKernel || u.code[j].is("kernel")
		}
		for _, a := range u.attributesIn(d.start, d.end-1) {
			isKernel = isKernel || a.name == "kernel" || a.name == "host_name"
		}
		u.run = append(u.run, u.blank(u.code[d.start].start, u.code[d.end-1].end))
		if !isKernel && of == nil {
			continue
		}
		if of == nil || !of.template {
			u.refuse(nameAt, "no kernel template "+name+" comes before its instantiation")
			continue
		}
		k.Parameters = parameters[of]
		k.call = of.path + call
		u.kernelAttributes(&k, of.start, of.bodyAt)
		u.kernelAttributes(&k, d.start, d.end-1)
		if call == "" {
			u.refuse(nameAt, "the instantiation of kernel "+name+" names its template arguments")
			continue
		}
		add(k, nameAt)
	}
	u.findVisible(names)
	u.reach()
}

func (u *Unit) kernelAttributes(k *Kernel, from, to int) {
	params, close := len(u.code), -1
	if k.decl != nil && from == k.decl.start {
		params, close = k.decl.paramsAt, u.pair[k.decl.paramsAt]
	}
	for _, a := range u.attributesIn(from, to) {
		if a.at > params && a.at <= close {
			continue // of a parameter
		}
		switch a.name {
		case "host_name":
			if len(a.args) > 2 && a.args[0] == '"' && a.args[len(a.args)-1] == '"' {
				k.Name = a.args[1 : len(a.args)-1]
				// It becomes the name of a function of the program.
				if !cIdentifier.MatchString(k.Name) || k.Name == "main" || addressSpaces[k.Name] {
					u.refuse(from, "a host_name is an identifier, and "+a.args+" is none that can be used")
				}
			} else {
				u.refuse(from, "host_name is a string")
			}
		case "user_annotation":
			if text, err := strconv.Unquote(a.args); err == nil {
				k.Annotation = text
			} else {
				u.refuse(from, "user_annotation is a string")
			}
		case "max_total_threads_per_threadgroup":
			k.threads = u.substitute(a.args, k)
			n, ok := evaluate(a.args)
			if ok && (n < 1 || n > 1024) {
				u.refuse(from, "max_total_threads_per_threadgroup is a number from 1 to 1024, not \""+a.args+"\"")
				continue
			}
			k.MaxThreads = n
		}
	}
}

// substitute puts the template arguments of a kernel in place of its template's parameters.
func (u *Unit) substitute(expression string, k *Kernel) string {
	d := k.decl
	if d == nil || !d.template || !strings.HasSuffix(k.call, ">") {
		return expression
	}
	list := u.angle(d.start+1, len(u.code))
	if list < 0 {
		return expression
	}
	var arguments []string
	call := lex(k.call, "")
	depth, start := 0, 0
	for _, t := range call.tokens {
		switch {
		case t.is("<"), t.is("("):
			if depth++; depth == 1 {
				start = t.end
			}
		case t.is(">"), t.is(")"):
			if depth--; depth == 0 {
				arguments = append(arguments, k.call[start:t.start])
			}
		case t.is(",") && depth == 1:
			arguments = append(arguments, k.call[start:t.start])
			start = t.end
		}
	}
	values := map[string]string{}
	for i, r := range u.split(d.start+2, list) {
		end := r[1]
		for j := r[0]; j < end; j++ {
			if u.code[j].is("=") {
				if i >= len(arguments) {
					values[u.tok(j-1).text] = "(" + u.src[u.code[j].end:u.code[r[1]-1].end] + ")"
				}
				end = j
			}
		}
		if i < len(arguments) {
			values[u.tok(end-1).text] = "(" + strings.TrimSpace(arguments[i]) + ")"
		}
	}
	out, last := "", 0
	for _, t := range lex(expression, "").tokens {
		if v, ok := values[t.text]; ok && t.kind == identifier {
			out += expression[last:t.start] + v
			last = t.end
		}
	}
	return out + expression[last:]
}

// reach finds the function constants that each function can come to, by the names in the declarations it can come to.
func (u *Unit) reach() {
	constants := map[string]int{}
	for _, c := range u.Constants {
		constants[c.Name] = c.Index
	}
	if len(constants) == 0 {
		return
	}
	byName := map[string][]*declaration{}
	for _, d := range u.decls {
		if d.name != "" && !d.member {
			byName[d.name] = append(byName[d.name], d)
		}
	}
	reach := func(d *declaration, texts ...string) []string {
		seen, found := map[*declaration]bool{}, map[string]bool{}
		var visit func(d *declaration)
		name := func(s string) {
			if _, ok := constants[s]; ok {
				found[s] = true
				return
			}
			for _, d := range byName[s] {
				visit(d)
			}
		}
		visit = func(d *declaration) {
			if seen[d] {
				return
			}
			seen[d] = true
			for j := d.start; j < d.end && j < len(u.code); j++ {
				if u.code[j].kind == identifier {
					name(u.code[j].text)
				}
			}
		}
		visit(d)
		for _, text := range texts {
			for _, t := range lex(text, "").tokens {
				name(t.text)
			}
		}
		var names []string
		for n := range found {
			names = append(names, n)
		}
		sort.Slice(names, func(a, b int) bool { return constants[names[a]] < constants[names[b]] })
		return names
	}
	for i := range u.Kernels {
		k := &u.Kernels[i]
		texts := []string{k.call}
		for _, p := range k.Parameters {
			texts = append(texts, p.Condition)
		}
		k.Constants = reach(k.decl, texts...)
	}
	for i := range u.Visible {
		u.Visible[i].Constants = reach(u.Visible[i].decl)
	}
}
