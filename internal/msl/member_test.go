package msl

import (
	"reflect"
	"testing"
)

func TestMembersOfAPlainStruct(t *testing.T) {
	u, err := parse(`namespace deep { struct S {
  float a, b[2];
  const uint4 c; using T = int;
  float twice() const { return 2 * a; }
  T d; int e[3][2], f;
}; }
struct Empty { };
struct Based : Empty { int a; };
struct Bits { uint a : 3; };
struct Private { private: int a; };
struct Nested { struct { int a; } b; };
struct Pointer { device float *p; };
class Class { int a; };
template <typename T> struct Generic { T a; };
enum Enum { one };
kernel void k(device float *x [[buffer(0)]]) { }
`, 3<<16)
	if err != nil {
		t.Fatal(err)
	}
	name, got := u.Members("S")
	want := []Member{{"a", "float", false}, {"b", "float", true}, {"c", "uint4", false}, {"d", "T", false}, {"e", "int", true}, {"f", "int", false}}
	if name != "::deep::S" || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
	for _, name := range []string{"Empty", "Based", "Bits", "Private", "Nested", "Pointer", "Class", "Generic", "Enum", "Absent", "float"} {
		if _, got := u.Members(name); len(got) != 0 {
			t.Errorf("%s has members %v", name, got)
		}
	}
	for name, want := range map[string]bool{"S": true, "Empty": true, "Class": true, "Enum": false, "Absent": false} {
		if u.IsStruct(name) != want {
			t.Errorf("%s is a struct: %v", name, !want)
		}
	}
}
