package metaltable

import (
	"bytes"
	"fmt"
	"go/format"
	"slices"
	"strings"
)

// A shape is how a Go type travels.
type shape struct {
	encodings []string // what Apple may say of it
	registers int
	argument  string // Go text that fills the register: %s is the argument
	room      string // Go text of the words of memory that the argument takes
	result    string // Go text of the result, or empty when it can't be one
}

// shapes of the Go types that lines may use. OBJC is the qualifier of package
// objc, empty within it.
var shapes = map[string]shape{
	"OBJCID":         {[]string{"@", "#"}, 1, "uintptr(%s)", "", "OBJCID(c.X[0])"},
	"OBJCSEL":        {[]string{":"}, 1, "uintptr(%s)", "", ""},
	"bool":           {[]string{"B"}, 1, "OBJCBool(%s)", "", "byte(c.X[0]) != 0"}, // BOOL is one byte: the rest of x0 is undefined
	"uint8":          {[]string{"C"}, 1, "uintptr(%s)", "", "uint8(c.X[0])"},
	"uint16":         {[]string{"S"}, 1, "uintptr(%s)", "", "uint16(c.X[0])"},
	"uint32":         {[]string{"I"}, 1, "uintptr(%s)", "", "uint32(c.X[0])"},
	"uint64":         {[]string{"Q"}, 1, "uintptr(%s)", "", "uint64(c.X[0])"},
	"int64":          {[]string{"q"}, 1, "uintptr(%s)", "", "int64(c.X[0])"},
	"ResourceID":     {[]string{"{MTLResourceID=Q}"}, 1, "uintptr(%s)", "", "ResourceID(c.X[0])"}, // a struct of one word goes in a register
	"float64":        {[]string{"d"}, 0, "", "", "c.D[0]"},
	"uintptr":        {[]string{"^v", "*", "@?", "^@"}, 1, "%s", "", "c.X[0]"},
	"unsafe.Pointer": {[]string{"^v", "^Q", "^{?=Q^@^Q[5Q]}"}, 1, "c.Keep(%s)", "", ""},
	"[]byte":         {[]string{"^v"}, 1, "c.CopyBytes(%s)", "(len(%s)+7)/8", ""},
	"[]OBJCID":       {[]string{"^@"}, 1, "c.CopyIDs(%s)", "len(%s)", ""},
	"[]uint64":       {[]string{"^Q"}, 1, "c.CopyWords(%s)", "len(%s)", ""},
	"**NSError":      {[]string{"^@"}, 1, "uintptr(unsafe.Pointer(%s))", "", ""},
	"**Object":       {[]string{"^@"}, 1, "uintptr(unsafe.Pointer(%s))", "", ""}, // an autoreleased one that the method makes
	"OBJCRange":      {[]string{"{_NSRange=QQ}"}, 2, "", "", ""},
	"SizeAndAlign":   {[]string{"{?=QQ}"}, 0, "", "", "SizeAndAlign{int(c.X[0]), int(c.X[1])}"},
	"Size":           {[]string{"{?=QQQ}"}, 1, "c.CopyStruct(%s.words())", "3", "sizeOf(*result)"},
}

// An enumeration of Metal is a named Go type; it travels as the integer that
// Apple declares.
var enumShape = shape{[]string{"Q", "q"}, 1, "uintptr(%s)", "", "TYPE(c.X[0])"}

// shapeOf returns the shape of a Go type as written in package pkg.
func shapeOf(pkg, goType string) (shape, bool) {
	q := qualifier(pkg)
	fill := func(text string) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "OBJC", q), "TYPE", goType)
	}
	for name, s := range shapes {
		if fill(name) == goType {
			s.argument, s.result = fill(s.argument), fill(s.result)
			return s, true
		}
	}
	s := enumShape
	s.argument, s.result = fill(s.argument), fill(s.result)
	return s, isEnumeration(pkg, goType)
}

// isEnumeration says that a Go type is one of the exported types of its
// package that have no shape of their own.
func isEnumeration(pkg, goType string) bool {
	for name := range shapes {
		if strings.ReplaceAll(name, "OBJC", qualifier(pkg)) == goType {
			return false
		}
	}
	return goType != "" && goType[0] >= 'A' && goType[0] <= 'Z'
}

// goTypeEncodes says whether a Go type, as written in package pkg, travels as
// the encoding says.
func goTypeEncodes(pkg, goType, encoding string) bool {
	s, ok := shapeOf(pkg, goType)
	return ok && slices.Contains(s.encodings, encoding)
}

// qualifier is how package pkg names package objc.
func qualifier(pkg string) string {
	if pkg == "objc" {
		return ""
	}
	return "objc."
}

// Generate returns the Go functions of the messages, the text of zmessages.go
// in package pkg.
func Generate(pkg string, messages []Message) ([]byte, error) {
	q := qualifier(pkg)
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated from the //objc lines of this package; DO NOT EDIT.\n\npackage %s\n\n", pkg)
	usesUnsafe := false
	for _, m := range messages {
		for _, p := range m.Params {
			usesUnsafe = usesUnsafe || p.Type == "unsafe.Pointer" || p.IsOut()
		}
	}
	var imports []string
	if usesUnsafe {
		imports = append(imports, `"unsafe"`)
	}
	if q != "" {
		imports = append(imports, `"github.com/tqmetal/tqmetal/objc"`)
	}
	if len(imports) > 0 {
		fmt.Fprintf(&b, "import (\n%s\n)\n\n", strings.Join(imports, "\n\n"))
	}

	var selectors, functions []string
	for _, m := range messages {
		switch {
		case m.IsFunction():
			functions = append(functions, m.Selector)
		case !slices.Contains(selectors, name(m)):
			selectors = append(selectors, name(m))
		}
	}
	names(&b, "selectors", "sel", selectors)
	names(&b, "functions", "fn", functions)
	fmt.Fprintf(&b, "// A call sends the messages of this package.\ntype call struct {\n%sCall\ntable *table\n}\n\n", q)
	if slices.ContainsFunc(messages, func(m Message) bool { return m.Batch }) {
		fmt.Fprintf(&b, "// A batch holds messages of this package until it is sent.\ntype batch struct {\ntable *table\n%sBatch\n}\n\n", q)
	}
	fmt.Fprintf(&b, "// A table holds the selectors and C functions of one runtime.\ntype table struct {\nselectors [len(selectorNames)]%sSEL\nfunctions [len(functionNames)]uintptr\n}\n\n", q)

	fmt.Fprintf(&b, "// What Apple declares about each message, for Messages.\nvar messages = [...]%sMessage{\n", q)
	for _, m := range messages {
		fmt.Fprintf(&b, "{Class: %q, Selector: %q, Encoding: %q, MinMacOS: %q},\n", m.Class, m.Selector, m.Encoding, m.MinMacOS)
	}
	b.WriteString("}\n\n")

	for _, m := range messages {
		generate := generate
		if m.Batch {
			generate = generateBatch
		}
		if err := generate(&b, pkg, m); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", m.Pos, m.Name, err)
		}
	}
	text, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("generated text: %w\n%s", err, b.Bytes())
	}
	return text, nil
}

func name(m Message) string { return strings.TrimPrefix(m.Selector, "+") }

// constantName turns setBuffer:offset:atIndex: into selSetBuffer_offset_atIndex. The
// underscores stay, or it would be the same as setBufferOffset:atIndex:.
func constantName(prefix, selector string) string {
	s := strings.TrimSuffix(strings.ReplaceAll(selector, ":", "_"), "_")
	return prefix + strings.ToUpper(s[:1]) + s[1:]
}

func names(b *bytes.Buffer, kind, prefix string, list []string) {
	if len(list) > 0 {
		b.WriteString("const (\n")
		for i, s := range list {
			fmt.Fprintf(b, "%s", constantName(prefix, s))
			if i == 0 {
				b.WriteString(" = iota")
			}
			b.WriteString("\n")
		}
		b.WriteString(")\n\n")
	}
	fmt.Fprintf(b, "var %sNames = [...]string{\n", strings.TrimSuffix(kind, "s"))
	for _, s := range list {
		fmt.Fprintf(b, "%s: %q,\n", constantName(prefix, s), s)
	}
	b.WriteString("}\n\n")
}

func generate(b *bytes.Buffer, pkg string, m Message) error {
	q := qualifier(pkg)
	result, args, err := SplitEncoding(m.Encoding)
	if err != nil {
		return err
	}
	register := 0
	if !m.IsFunction() {
		if len(args) < 2 || args[0] != "@" || args[1] != ":" {
			return fmt.Errorf("encoding %s does not begin with a receiver and a selector", m.Encoding)
		}
		args = args[2:]
		register = 2
	}
	if len(args) != len(m.Params) {
		return fmt.Errorf("%d arguments, but encoding %s has %d", len(m.Params), m.Encoding, len(args))
	}

	var params, fill, outs []string
	if !m.IsFunction() {
		params = append(params, "self "+q+"ID")
	}
	for i, p := range m.Params {
		s, ok := shapeOf(pkg, p.Type)
		if !ok || !slices.Contains(s.encodings, args[i]) {
			return fmt.Errorf("argument %s: Go type %s does not travel as %s", p.Name, p.Type, args[i])
		}
		switch {
		case p.Type == q+"Range":
			fill = append(fill,
				fmt.Sprintf("c.X[%d] = uintptr(%s.Location)", register, p.Name),
				fmt.Sprintf("c.X[%d] = uintptr(%s.Length)", register+1, p.Name))
		case s.argument == "":
			return fmt.Errorf("argument %s: %s goes in no integer register", p.Name, p.Type)
		default:
			fill = append(fill, fmt.Sprintf("c.X[%d] = "+s.argument, register, p.Name))
		}
		if register += s.registers; register > 8 {
			return fmt.Errorf("argument %s does not fit eight registers", p.Name)
		}
		if p.IsOut() {
			outs = append(outs, p.Name)
		} else {
			params = append(params, p.Name+" "+p.Type)
		}
	}

	value, results := "", m.Result
	if m.Result == "" && result != "v" {
		return fmt.Errorf("the result %s is dropped", result)
	}
	if m.Result != "" {
		s, ok := shapeOf(pkg, m.Result)
		if !ok || !slices.Contains(s.encodings, result) || s.result == "" {
			return fmt.Errorf("the Go type %s is not returned as %s", m.Result, result)
		}
		value = s.result
	}
	if len(outs) > 0 {
		results = fmt.Sprintf("(%s%s)", m.Result, strings.Repeat(", "+q+"ID", len(outs)))
		value += ", *" + strings.Join(outs, ", *")
	}

	fmt.Fprintf(b, "// %s %s %s, %s, macOS %s.\n", m.Class, m.Selector, m.Encoding, m.Ownership, m.MinMacOS)
	fmt.Fprintf(b, "func (c *call) %s(%s) %s {\n", m.Name, strings.Join(params, ", "), results)
	if m.IsFunction() {
		b.WriteString("c.Function()\n")
	} else {
		fmt.Fprintf(b, "c.Message(self, c.table.selectors[%s])\n", constantName("sel", name(m)))
	}
	for _, out := range outs {
		fmt.Fprintf(b, "%s := c.Out()\n", out)
	}
	if strings.Contains(value, "*result") {
		b.WriteString("result := c.Result()\n")
	}
	for _, f := range fill {
		b.WriteString(f + "\n")
	}
	if m.IsFunction() {
		fmt.Fprintf(b, "c.Invoke(c.table.functions[%s])\n", constantName("fn", m.Selector))
	} else {
		b.WriteString("c.Send()\n")
	}
	if value != "" {
		fmt.Fprintf(b, "return %s\n", value)
	}
	b.WriteString("}\n\n")
	return nil
}

// GenerateTest returns the text of zmessages_test.go in package pkg: the
// functions of the messages by name, for a test that calls each.
func GenerateTest(pkg string, messages []Message) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated from the //objc lines of this package; DO NOT EDIT.\n\npackage %s\n\n", pkg)
	b.WriteString("// Stubs are the functions of all messages, by name.\nvar Stubs = map[string]any{\n")
	for _, m := range messages {
		receiver := "call"
		if m.Batch {
			receiver = "batch"
		}
		fmt.Fprintf(&b, "%q: (*%s).%s,\n", m.Name, receiver, m.Name)
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}
