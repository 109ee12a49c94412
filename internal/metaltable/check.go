package metaltable

import (
	"fmt"
	"strings"
)

// Check returns what is wrong with a line of package pkg by what Apple
// declares: one sentence for each fault.
func (r *Reference) Check(pkg string, m Message) []string {
	method, ok := r.Method(m.Class, m.Selector)
	if !ok {
		return []string{fmt.Sprintf("%s has no method %s", m.Class, m.Selector)}
	}
	var wrong []string
	fault := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	encoding := method.Encoding
	if m.IsFunction() {
		encoding = functionEncoding(method)
	}
	if m.Encoding != encoding {
		fault("encoding is %s, Apple's is %s", m.Encoding, encoding)
	}
	if m.Ownership != method.Ownership {
		fault("ownership is %s, Apple's is %s", m.Ownership, method.Ownership)
	}
	if m.MinMacOS != method.MinMacOS {
		fault("it came with macOS %s, not %s", method.MinMacOS, m.MinMacOS)
	}
	if len(m.Params) != len(method.Args) || !m.IsFunction() && strings.Count(m.Selector, ":") != len(m.Params) {
		fault("%d arguments, Apple's method has %d", len(m.Params), len(method.Args))
		return wrong
	}

	result, args, err := SplitEncoding(encoding)
	if err != nil {
		fault("%v", err)
		return wrong
	}
	if !m.IsFunction() {
		args = args[2:]
	}
	for i, p := range m.Params {
		if m.Batch && method.Args[i] == "NSString *" {
			fault("argument %s: a text is released before a batch is sent", p.Name)
		}
		if !goTypeEncodes(pkg, p.Type, args[i]) || !goTypeIs(pkg, p.Type, method.Args[i]) {
			fault("argument %s: Go type %s is not Apple's %s (%s)", p.Name, p.Type, method.Args[i], args[i])
		}
	}
	switch {
	case m.Result == "" && result != "v":
		fault("the result %s is dropped", method.Return)
	case m.Result != "" && (!goTypeEncodes(pkg, m.Result, result) || !goTypeIs(pkg, m.Result, method.Return)):
		fault("result: Go type %s is not Apple's %s (%s)", m.Result, method.Return, result)
	}
	return wrong
}

// goTypeIs says whether a Go type may stand for a C type, as far as the
// encoding leaves it open: an enumeration has to be the same enumeration.
func goTypeIs(pkg, goType, cType string) bool {
	if isEnumeration(pkg, goType) {
		return cType == "MTL"+goType || cType == "MTL4"+goType
	}
	if cType == "MTLGPUAddress" { // a name for a number
		return goType == "uint64"
	}
	if strings.HasSuffix(cType, "Handler") || strings.HasSuffix(cType, "Block") || strings.HasSuffix(cType, "Deallocator") {
		return true // a type of blocks: the encoding says that it is one
	}
	enumeration := strings.HasPrefix(cType, "MTL") && !strings.HasSuffix(cType, "*")
	return !enumeration || cType == "MTL"+goType
}

// functionEncoding returns the encoding of a C function, which Apple's table
// leaves out.
func functionEncoding(m Method) string {
	var b strings.Builder
	for _, t := range append([]string{m.Return}, m.Args...) {
		switch {
		case t == "void":
			b.WriteString("v")
		case t == "void *", t == "const void *":
			b.WriteString("^v")
		case t == "size_t":
			b.WriteString("Q")
		case t == "dispatch_block_t":
			b.WriteString("@?")
		case strings.HasPrefix(t, "dispatch_"): // these are objects
			b.WriteString("@")
		case t == "id", strings.HasPrefix(t, "id<"), strings.HasPrefix(t, "NS") && strings.HasSuffix(t, " *"):
			b.WriteString("@")
		default:
			b.WriteString("?")
		}
	}
	return b.String()
}
