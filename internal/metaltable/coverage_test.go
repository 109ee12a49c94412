package metaltable

import (
	"os"
	"strings"
	"testing"
)

func TestCoverageIsFresh(t *testing.T) {
	want, err := Coverage()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/COVERAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("docs/COVERAGE.md is not what the //objc lines and testdata/metal_compute.txt give: run go generate ./internal/metaltable")
	}
}

// A small Apple, by which the lists below are counted.
func smallReference() *Reference {
	r := &Reference{methods: map[string]Method{}}
	for _, line := range []string{
		"MTLDevice device", "MTLDevice name", "MTLDevice newThing", "MTLDevice newThingWithOptions:", "MTLDevice newTexture", "MTLDevice newTextureWithSize:", "MTLDevice old !",
		"MTLOptions +new", "MTLOptions init", "MTLOptions size", "MTLOptions setSize:", "MTLOptions +options",
		"MTLTexture width", "NSString length", "C MTLCreate", "C dispatch_release",
	} {
		line, deprecated := strings.CutSuffix(line, " !")
		class, selector, _ := strings.Cut(line, " ")
		r.order = append(r.order, line)
		r.methods[line] = Method{Class: class, Selector: selector, Deprecated: deprecated}
	}
	return r
}

const smallList = `in:
	MTLDevice MTLOptions
	C
beside:
	NSString
out It draws.
	MTLTexture
	MTLDevice newTexture*
same They do the same.
	MTLOptions +new +options
less It can do more.
	MTLDevice newThingWithOptions: newThing
`

func TestEachSelectorCountsAsTheListSays(t *testing.T) {
	for _, c := range []struct {
		name, list, bound, counted, missing string
	}{
		{"nothing is bound", smallList, "", "name newThingWithOptions: +new setSize: MTLCreate", "name newThingWithOptions: +new setSize: MTLCreate"},
		{"one of two that do the same is enough", smallList, "MTLOptions +options", "name newThingWithOptions: setSize: +options MTLCreate", "name newThingWithOptions: setSize: MTLCreate"},
		{"what does less is not enough", smallList, "MTLDevice newThing", "name newThing newThingWithOptions: +new setSize: MTLCreate", "name newThingWithOptions: +new setSize: MTLCreate"},
		{"what does more is enough", smallList, "MTLDevice newThingWithOptions:", "name newThingWithOptions: +new setSize: MTLCreate", "name +new setSize: MTLCreate"},
		{"what a rule leaves out counts when it is bound", smallList, "MTLDevice device,MTLDevice old,MTLOptions size,MTLOptions init", "device name newThingWithOptions: old +new init size setSize: MTLCreate", "name newThingWithOptions: +new setSize: MTLCreate"},
		{"what the list leaves out counts when it is bound", smallList, "MTLTexture width,MTLDevice newTexture", "name newThingWithOptions: newTexture +new setSize: width MTLCreate", "name newThingWithOptions: +new setSize: MTLCreate"},
		{"a getter may be listed to count", smallList + "counts It changes.\n\tMTLOptions size\n", "", "name newThingWithOptions: +new size setSize: MTLCreate", "name newThingWithOptions: +new size setSize: MTLCreate"},
		{"what stands beside Metal does not count", smallList, "NSString length", "name newThingWithOptions: +new setSize: MTLCreate", "name newThingWithOptions: +new setSize: MTLCreate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			subset, err := parseSubset(c.list)
			if err != nil {
				t.Fatal(err)
			}
			counts, err := subset.Count(smallReference(), messagesOf(c.bound))
			if err != nil {
				t.Fatal(err)
			}
			var counted, missing []string
			for _, m := range counts {
				if m.LeftOut == "" {
					counted = append(counted, m.Selector)
					if !m.Bound {
						missing = append(missing, m.Selector)
					}
				}
			}
			if got := strings.Join(counted, " "); got != c.counted {
				t.Errorf("counted: %s, want %s", got, c.counted)
			}
			if got := strings.Join(missing, " "); got != c.missing {
				t.Errorf("missing: %s, want %s", got, c.missing)
			}
		})
	}
}

func messagesOf(bound string) (messages []Message) {
	for key := range strings.SplitSeq(bound, ",") {
		class, selector, _ := strings.Cut(key, " ")
		messages = append(messages, Message{Class: class, Selector: selector})
	}
	return messages
}

func TestAListThatDoesNotFitIsRefused(t *testing.T) {
	for _, c := range []struct{ name, list, bound, want string }{
		{"a class in no list", strings.Replace(smallList, "\tMTLTexture\n", "", 1), "", "class MTLTexture stands in 0 lists"},
		{"a class in two lists", smallList + "in:\n\tMTLTexture\n", "", "class MTLTexture stands in 2 lists"},
		{"a class that Apple has not", smallList + "in:\n\tMTLNothing\n", "", "no class MTLNothing"},
		{"a selector that Apple has not", smallList + "out It is gone.\n\tMTLDevice gone\n", "", "nothing like MTLDevice gone"},
		{"a selector that counts and Apple has not", smallList + "counts It changes.\n\tMTLDevice gone\n", "", "no MTLDevice gone"},
		{"one of several that Apple has not", smallList + "less It can do more.\n\tMTLDevice name gone\n", "", "no MTLDevice gone"},
		{"a selector that is left out of a class beside", smallList + "out It is long.\n\tNSString length\n", "", "NSString length is left out by itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			subset, err := parseSubset(c.list)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := subset.Count(smallReference(), messagesOf(c.bound)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	for _, list := range []string{"out\n\tMTLDevice\n", "in: MTLDevice\n", "maybe It may be.\n\tMTLDevice\n", "out It draws.\n\tMTLDevice width height\n", "less It is.\n\tMTLDevice name\n", "in:\n\tdevice\n", "\tMTLDevice\n"} {
		if _, err := parseSubset(list); err == nil {
			t.Errorf("%q is read", list)
		}
	}
}

func TestTheShareIsRoundedDown(t *testing.T) {
	for _, c := range []struct {
		bound, counted int
		want           string
	}{{0, 0, "0.0 %"}, {1, 3, "33.3 %"}, {999, 1000, "99.9 %"}, {2999, 3000, "99.9 %"}, {5, 5, "100.0 %"}} {
		if got := (tally{bound: c.bound, counted: c.counted}).share(); got != c.want {
			t.Errorf("%d of %d are %s, want %s", c.bound, c.counted, got, c.want)
		}
	}
}
