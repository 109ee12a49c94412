//go:build !ios && arm64

package mtl

import (
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/objc"
)

// The last judge: what this Mac's own runtime says of every message in the
// tables. A method that is newer than this macOS may be missing.
func TestTablesAreWhatThisMacHas(t *testing.T) {
	rt, err := objc.System()
	if err != nil {
		t.Fatal(err)
	}
	host, err := syscall.Sysctl("kern.osproductversion")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", "../objc"} {
		messages, err := metaltable.ParseDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.IsFunction() {
				if rt.Symbol(m.Selector) == 0 {
					t.Errorf("%s: there is no function %s", m.Pos, m.Selector)
				}
				continue
			}
			encoding := hostEncoding(rt, m)
			if encoding == "" {
				if !older(host, m.MinMacOS) {
					t.Errorf("%s: macOS %s has no %s %s", m.Pos, host, m.Class, m.Selector)
				}
				continue
			}
			got, gotArgs, err := metaltable.SplitEncoding(encoding)
			if err != nil {
				t.Errorf("%s: %v", m.Pos, err)
				continue
			}
			want, wantArgs, err := metaltable.SplitEncoding(m.Encoding)
			if err != nil || got != want || !slices.Equal(gotArgs, wantArgs) {
				t.Errorf("%s: %s %s is %s here, %s in the table", m.Pos, m.Class, m.Selector, encoding, m.Encoding)
			}
		}
	}
}

// hostEncoding returns the encoding of a method of a class or a protocol, or
// "" when there is none.
func hostEncoding(rt objc.Runtime, m metaltable.Message) string {
	function := func(name string, args ...uintptr) objc.Registers {
		r := new(objc.Registers)
		copy(r.X[:], args)
		rt.Call(rt.Symbol(name), r)
		return *r
	}
	name, isClassMethod := strings.CutPrefix(m.Selector, "+")
	selector := uintptr(rt.RegisterSelector(name))
	if class := uintptr(rt.LookUpClass(m.Class)); class != 0 {
		get := "class_getInstanceMethod"
		if isClassMethod {
			get = "class_getClassMethod"
		}
		method := function(get, class, selector).X[0]
		if method == 0 {
			return ""
		}
		return cString(function("method_getTypeEncoding", method).X[0])
	}
	c := objc.NewCall(rt)
	c.Function()
	c.X[0] = c.CopyBytes(append([]byte(m.Class), 0))
	c.Invoke(rt.Symbol("objc_getProtocol"))
	protocol := c.X[0]
	for _, required := range []bool{true, false} {
		r := function("protocol_getMethodDescription", protocol, selector, objc.Bool(required), objc.Bool(!isClassMethod))
		if r.X[1] != 0 { // struct { SEL name; char *types; } in two registers
			return cString(r.X[1])
		}
	}
	return ""
}

func cString(p uintptr) string {
	if p == 0 {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(objc.Pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(objc.Pointer(p)), n))
}

// older says whether version a is below b, such as 13.6.1 below 14.0. What
// begins with 10. is older than any macOS that has Go.
func older(a, b string) bool {
	if strings.HasPrefix(b, "10.") {
		return false
	}
	number := func(s string) (all []int) {
		for part := range strings.SplitSeq(s, ".") {
			n, _ := strconv.Atoi(part)
			all = append(all, n)
		}
		return all
	}
	return slices.Compare(number(a), number(b)) < 0
}
