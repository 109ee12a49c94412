package softmetal

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write zmethods.txt anew")

const selectorTable = "../../testdata/metal_selectors_ext.tsv"

// compactTable puts the table of the project's testdata into the form that the
// package embeds.
func compactTable(t *testing.T) string {
	f, err := os.Open(selectorTable)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var b strings.Builder
	b.WriteString("# Code generated from testdata/metal_selectors_ext.tsv by go generate. DO NOT EDIT.\n")
	class := ""
	for _, row := range rows[1:] {
		field := func(name string) string { return row[column[name]] }
		if field("kind") == "function" {
			continue
		}
		name, selector := field("class_or_protocol"), field("selector")
		if s, ok := strings.CutPrefix(name, "+"); ok {
			name, selector = s, "+"+strings.TrimPrefix(selector, "+")
		}
		if name != class {
			class = name
			fmt.Fprintf(&b, "= %s\n", class)
		}
		owned := 0
		if strings.HasPrefix(field("ownership"), "+1") {
			owned = 1
		}
		fmt.Fprintf(&b, "%s\t%s\t%d\t%s", selector, field("objc_encoding_arm64"), owned, field("min_macos"))
		if a := field("arg_types"); a != "" {
			b.WriteString("\t" + strings.ReplaceAll(a, ",", "\t"))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestMethodTableIsFresh(t *testing.T) {
	want := compactTable(t)
	if *update {
		if err := os.WriteFile("zmethods.txt", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if methodText != want {
		t.Error("zmethods.txt differs from testdata/metal_selectors_ext.tsv: run go generate ./mtl/softmetal")
	}
}
