package metaltable

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Method is what Apple declares about a method or a C function.
type Method struct {
	Class     string // class or protocol, or C
	Selector  string // with a + for a class method
	Return    string // as in the header
	Args      []string
	Encoding  string // on arm64; empty for C functions
	Ownership string // owned, autoreleased or none, as in a Message
	MinMacOS  string // 10.x: older than the table distinguishes

	Protocol   bool // declared by a protocol, or by a class
	Deprecated bool
}

// A Reference is Apple's interface as testdata/metal_*.tsv tell it.
type Reference struct {
	methods map[string]Method
	order   []string // the keys of methods as the tables have them
	// Enums maps a constant, such as MTLStorageModePrivate, to its value.
	Enums map[string]int64
	// EnumTypes maps an enumeration, such as MTLStorageMode, to the integer
	// type that it is.
	EnumTypes map[string]string
}

// Method looks a method up by its class or protocol and selector.
func (r *Reference) Method(class, selector string) (Method, bool) {
	m, ok := r.methods[class+" "+selector]
	return m, ok
}

// All returns every method and function in the order of the tables.
func (r *Reference) All() []Method {
	all := make([]Method, len(r.order))
	for i, key := range r.order {
		all[i] = r.methods[key]
	}
	return all
}

// super names the protocol or class whose methods another one has too.
var super = map[string]string{
	"MTLBuffer":                "MTLResource",
	"MTLIndirectCommandBuffer": "MTLResource",
	"MTLComputeCommandEncoder": "MTLCommandEncoder",
	"MTLBlitCommandEncoder":    "MTLCommandEncoder",
	"NSMutableDictionary":      "NSDictionary",
}

// Find looks a method up in a class or protocol and in those that it inherits
// from, NSObject last.
func (r *Reference) Find(class, selector string) (Method, bool) {
	for c := class; c != ""; c = super[c] {
		if m, ok := r.Method(c, selector); ok {
			return m, true
		}
	}
	return r.Method("NSObject", selector)
}

// ReadReference reads the tables in the testdata folder of the module that
// holds the current directory.
func ReadReference() (*Reference, error) {
	dir, err := testdata()
	if err != nil {
		return nil, err
	}
	r := &Reference{methods: map[string]Method{}, Enums: map[string]int64{}, EnumTypes: map[string]string{}}
	plain := map[string]string{}
	err = readTSV(filepath.Join(dir, "metal_selectors.tsv"), func(f map[string]string) error {
		plain[f["class_or_protocol"]+" "+f["selector"]] = f["return_type"] + "\t" + f["arg_types"]
		return nil
	})
	if err != nil {
		return nil, err
	}
	// What stands in the last file counts: it adds what the others lack.
	for _, name := range []string{"metal_selectors_ext.tsv", "metal_selectors_extra.tsv"} {
		err := readTSV(filepath.Join(dir, name), func(f map[string]string) error {
			m := Method{
				Class: f["class_or_protocol"], Selector: f["selector"], Return: f["return_type"],
				Encoding: f["objc_encoding_arm64"], MinMacOS: f["min_macos"], Ownership: "none",
				Protocol: f["kind"] == "protocol", Deprecated: f["deprecated"] != "",
			}
			if f["arg_types"] != "" {
				m.Args = splitArgs(f["arg_types"])
			}
			switch o := f["ownership"]; {
			case strings.HasPrefix(o, "+1"):
				m.Ownership = "owned"
			case strings.HasPrefix(o, "autoreleased"):
				m.Ownership = "autoreleased"
			}
			key := m.Class + " " + m.Selector
			if p, ok := plain[key]; name == "metal_selectors_ext.tsv" && (!ok || p != f["return_type"]+"\t"+f["arg_types"]) {
				return fmt.Errorf("%s: the two selector tables disagree", key)
			}
			if _, ok := r.methods[key]; !ok {
				r.order = append(r.order, key)
			}
			r.methods[key] = m
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	err = readTSV(filepath.Join(dir, "metal_enums.tsv"), func(f map[string]string) error {
		v, err := strconv.ParseInt(f["value"], 0, 64)
		if err != nil {
			u, uerr := strconv.ParseUint(f["value"], 0, 64)
			if uerr != nil {
				return err
			}
			v = int64(u)
		}
		r.Enums[f["name"]] = v
		r.EnumTypes[f["enum"]] = f["underlying"]
		return nil
	})
	return r, err
}

// splitArgs splits at the commas that stand outside of <>.
func splitArgs(s string) []string {
	var args []string
	depth, start := 0, 0
	for i, c := range s {
		switch {
		case c == '<':
			depth++
		case c == '>':
			depth--
		case c == ',' && depth == 0:
			args = append(args, s[start:i])
			start = i + 1
		}
	}
	return append(args, s[start:])
}

func testdata() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata"), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the current directory")
		}
		dir = parent
	}
}

func readTSV(path string, row func(map[string]string) error) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var header []string
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if header == nil {
			header = slices.Clone(fields)
			continue
		}
		if len(fields) != len(header) {
			return fmt.Errorf("%s:%d: %d fields, want %d", filepath.Base(path), n, len(fields), len(header))
		}
		f := map[string]string{}
		for i, name := range header {
			f[name] = fields[i]
		}
		if err := row(f); err != nil {
			return fmt.Errorf("%s:%d: %w", filepath.Base(path), n, err)
		}
	}
	return nil
}
