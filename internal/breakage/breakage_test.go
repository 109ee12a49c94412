package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const miniature = "testdata/miniature"

// breakMiniature runs the program on the small module with that list.
func breakMiniature(t *testing.T, list string, args ...string) (table, progress string, err error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sum.txt"), []byte(list), 0o666); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	err = run(context.Background(), append([]string{"-module", miniature, "-edits", dir}, args...), &stdout, &stderr)
	return stdout.String(), stderr.String(), err
}

const (
	finds = `
edit: the first number is left out
test: ./sum
file: sum/sum.go
-	for i := 0; i < len(numbers); i++ {
+	for i := 1; i < len(numbers); i++ {
`
	survives = `
edit: the mean of nothing is 1
test: -run TestMean ./sum
file: sum/sum.go
 	if len(numbers) == 0 {
-		return 0
+		return 1
`
	hangs = `
edit: the loop never ends
test: -timeout 2s ./sum
file: sum/sum.go
-	for i := 0; i < len(numbers); i++ {
+	for i := 0; i < len(numbers); i += 0 {
`
	compilesNot = `
edit: the sum has no type
test: ./sum
file: sum/sum.go
-	sum := 0
+	sum = 0
`
	withData = `
edit: two files change at once
test: -run TestOf/three ./sum
file: sum/sum.go
-		sum += numbers[i]
+		sum += numbers[i] * 2
file: sum/sum_test.go
-		if got := Of(1, 2, 4); got != 7 {
+		if got := Of(1, 2, 4); got != 15 {
`
)

func TestWhatBecomesOfAnEdit(t *testing.T) {
	for _, c := range []struct {
		name, list string
		want       string // of the table, as a regular expression
		closing    string
		err        string // empty: none
	}{
		{"a broken rule that a test checks", finds, `found\s+TestOf/three`, "broken 1, found 1", ""},
		{"a broken rule that no test checks", finds + survives, `the mean of nothing is 1\s+SURVIVED`, "broken 2, found 1", "1 survived, 0 do not compile, of 2"},
		{"a test that does not end", hangs, `found by timeout\s+TestOf/three\n`, "broken 1, found 1", ""},
		{"an edit that is not Go", finds + compilesNot, `the sum has no type\s+DOES NOT COMPILE`, "broken 2, found 1", "0 survived, 1 do not compile, of 2"},
		{"an edit of two files", withData, `found\s+TestOf/three`, "broken 1, found 1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, progress, err := breakMiniature(t, c.list)
			if !regexp.MustCompile(c.want).MatchString(table) {
				t.Errorf("table does not have %q:\n%s\n%s", c.want, table, progress)
			}
			if !strings.HasSuffix(table, "\n"+c.closing+"\n") {
				t.Errorf("does not close with %q:\n%s", c.closing, table)
			}
			if got := message(err); got != c.err {
				t.Errorf("error %q, want %q", got, c.err)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// What makes a result worthless is an error before anything is broken.
func TestFaultsOfTheListAreErrors(t *testing.T) {
	for _, c := range []struct {
		name, list, want string
		args             []string
	}{
		{"text that is not there", strings.ReplaceAll(finds, "i := 0", "j := 0"), "stands 0 times in sum/sum.go, must be once", nil},
		{"text that stands twice", strings.ReplaceAll(survives, " 	if len(numbers) == 0 {\n-		return 0\n+		return 1\n", "-}\n+} // end\n"), "stands 2 times", nil},
		{"part of a line", strings.ReplaceAll(finds, "-	for i := 0; i", "-	for i"), "stands 0 times", nil},
		{"a file that is not there", strings.ReplaceAll(finds, "sum/sum.go", "sum/none.go"), "none.go", nil},
		{"a pattern that no test matches", strings.ReplaceAll(survives, "TestMean", "TestMedian"), `no test of ./sum matches -run "TestMedian"`, nil},
		{"tests that are red without an edit", strings.ReplaceAll(finds, "./sum", "-tags red ./sum"), "red before any edit", nil},
		{"a package that is not there", strings.ReplaceAll(finds, "./sum", "./none"), "red before any edit", nil},
		{"a filter that no edit matches", finds, "none of 1 matches", []string{"-run", "second"}},
		{"no tests", strings.ReplaceAll(finds, "test: ./sum\n", ""), `no "test:"`, nil},
		{"all packages", strings.ReplaceAll(finds, "./sum", "./..."), "not the path of one package", nil},
		{"an unknown flag", strings.ReplaceAll(finds, "./sum", "-bench . ./sum"), "bench", nil},
		{"no file", "edit: nothing\ntest: ./sum\n", `no "file:"`, nil},
		{"no text to find", "edit: more\ntest: ./sum\nfile: sum/sum.go\n+x\n", "no text to find", nil},
		{"no change", "edit: same\ntest: ./sum\nfile: sum/sum.go\n-	sum := 0\n+	sum := 0\n", "changes nothing", nil},
		{"a line before the first edit", "test: ./sum\n" + finds, `before the first "edit:"`, nil},
		{"a line that says nothing", finds + "more\n", "no line of an edit", nil},
		{"two edits of one name", finds + finds, "the same name", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, _, err := breakMiniature(t, c.list, c.args...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q", message(err), c.want)
			}
			if table != "" {
				t.Errorf("there is a table:\n%s", table)
			}
		})
	}
}

func TestListBreaksNothing(t *testing.T) {
	table, progress, err := breakMiniature(t, finds+survives, "-list", "-run", "mean")
	if err != nil || progress != "" || !regexp.MustCompile(`^sum: the mean of nothing is 1 +./sum -run TestMean\n$`).MatchString(table) {
		t.Errorf("%q, %q, %v", table, progress, err)
	}
}

func TestFilesAreLeftAsTheyWere(t *testing.T) {
	path := filepath.Join(miniature, "sum", "sum.go")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// One worker makes all edits in one copy: each must find it as it was.
	if _, progress, err := breakMiniature(t, finds+survives+withData, "-p", "1"); message(err) != "1 survived, 0 do not compile, of 3" {
		t.Errorf("%v\n%s", err, progress)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("%s has changed, or %v", path, err)
	}
}

// The list of this module fits its code: whoever changes a line that an edit
// breaks learns of it here, long before everything is broken.
func TestEveryEditFitsTheCode(t *testing.T) {
	edits, err := readEdits("edits")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		if _, err := e.apply(filepath.Join("..", "..")); err != nil {
			t.Error(err)
		}
	}
}
