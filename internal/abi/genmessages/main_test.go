package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

func TestEveryMessageOfTheBindingIsAMethod(t *testing.T) {
	t.Chdir("../../..")
	path := filepath.Join(t.TempDir(), "messages.m")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	main()
	os.Stdout = stdout
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, dir := range []string{"objc", "mtl"} {
		messages, err := metaltable.ParseDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.IsFunction() {
				continue
			}
			count++
			// A selector's parts each stand before an argument.
			for _, part := range strings.Split(strings.Trim(m.Selector, "+:"), ":") {
				if !strings.Contains(string(text), part) {
					t.Errorf("%s %s is no method of the library", m.Class, m.Selector)
				}
			}
		}
	}
	if count < 50 {
		t.Errorf("only %d messages were looked for", count)
	}
}

func TestWhatASourceDefinesIsLeftToIt(t *testing.T) {
	got := definitions(`
id MTLCreateSystemDefaultDevice(void) { return 0; }
id declared(void);
@implementation MTLBuffer (Encode)
- (NSUInteger)length { return a[0]; }
- (id)newBufferWithLength:(NSUInteger)n options:(NSUInteger)o { return 0; }
+ (id)new { return 0; }
@end
@implementation Other
- (void)method { }
@end
`)
	want := []string{"MTLBuffer +new", "MTLBuffer length", "MTLBuffer newBufferWithLength:options:", "MTLCreateSystemDefaultDevice"}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}
