//go:build tqmetal_abi && linux

package abi

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

// arrived is what libmessages writes down of a message.
type arrived struct {
	message  uintptr
	receiver uintptr
	argument [8][24]byte
	array    [8][24]byte
}

// CheckStubs calls the generated function of every message with values that
// differ, and holds what a method with Apple's prototype, compiled by clang,
// saw of them against them. It also holds clang's encoding of the prototype
// against the table. Its arguments are those of [objctest.CheckStubs].
func CheckStubs(t *testing.T, rt objc.Runtime, stubs map[string]any, messages []metaltable.Message, receivers ...any) {
	if len(stubs) != len(messages) {
		t.Errorf("%d functions for %d messages", len(stubs), len(messages))
	}
	for _, m := range messages {
		t.Run(m.Name, func(t *testing.T) { checkStub(t, rt, stubs[m.Name], m, receivers) })
	}
}

func checkStub(t *testing.T, rt objc.Runtime, stub any, m metaltable.Message, receivers []any) {
	fn := reflect.ValueOf(stub)
	sender := objctest.Receiver(stub, receivers)
	in := []reflect.Value{reflect.ValueOf(sender)}
	receiver := objc.ID(0)
	if !m.IsFunction() {
		receiver = newReceiver(t, rt, m)
		in = append(in, reflect.ValueOf(receiver))
	}
	values := objctest.Values{Selector: rt.RegisterSelector("length")}
	var sent []any
	for _, p := range m.Params {
		if p.IsOut() {
			sent = append(sent, nil)
			continue
		}
		v := values.Next(fn.Type().In(len(in)))
		sent = append(sent, v.Interface())
		in = append(in, v)
	}
	out := fn.Call(in)
	objctest.Flush(sender)

	got := *(*arrived)(objc.Pointer(rt.Symbol("arrived")))
	if name := text(got.message); name != m.Class+" "+m.Selector {
		t.Fatalf("%s arrived", name)
	}
	if got.receiver != uintptr(receiver) {
		t.Errorf("receiver is %#x, want %#x", got.receiver, receiver)
	}
	for i, v := range sent {
		if v == nil {
			continue
		}
		if want, array := encode(v); array {
			if !bytes.HasPrefix(got.array[i][:], want) {
				t.Errorf("argument %d points to % x, want % x", i, got.array[i], want)
			}
		} else if padded := append(want, make([]byte, 24-len(want))...); !bytes.Equal(got.argument[i][:], padded) {
			t.Errorf("argument %d is % x, want % x", i, got.argument[i], padded)
		}
	}
	checkResults(t, m, out, sent)
}

// newReceiver returns an instance of the message's class, or the class, and
// checks the encoding that clang gave the method.
func newReceiver(t *testing.T, rt objc.Runtime, m metaltable.Message) objc.ID {
	class := uintptr(rt.LookUpClass(m.Class))
	if class == 0 {
		t.Fatalf("no class %s", m.Class)
	}
	lookUp, selector, receiver := "class_getInstanceMethod", m.Selector, class
	if selector[0] == '+' {
		lookUp, selector = "class_getClassMethod", selector[1:]
	} else {
		receiver = function(rt, "class_createInstance", class, 0)
	}
	method := function(rt, lookUp, class, uintptr(rt.RegisterSelector(selector)))
	if method == 0 {
		t.Fatalf("no method %s %s", m.Class, m.Selector)
	}
	clang := text(function(rt, "method_getTypeEncoding", method))
	want, wantArgs, err := metaltable.SplitEncoding(m.Encoding)
	if err != nil {
		t.Fatal(err)
	}
	got, gotArgs, err := metaltable.SplitEncoding(clang)
	if err != nil || got != want || !slices.Equal(gotArgs, wantArgs) {
		t.Errorf("clang encodes Apple's prototype as %s, the table says %s (%v)", clang, m.Encoding, err)
	}
	return objc.ID(receiver)
}

// encode returns the bytes that a C argument has, or, for what goes as the
// address of an array, the bytes of that.
func encode(v any) (b []byte, array bool) {
	order := binary.LittleEndian
	switch v := v.(type) {
	case bool:
		return []byte{byte(objc.Bool(v))}, false
	case uint8:
		return []byte{v}, false
	case unsafe.Pointer:
		return order.AppendUint64(nil, uint64(uintptr(v))), false
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice:
		for i := range r.Len() {
			element, _ := encode(r.Index(i).Interface())
			b = append(b, element...)
		}
		return b, true
	case reflect.Struct:
		for i := range r.NumField() {
			field, _ := encode(r.Field(i).Interface())
			b = append(b, field...)
		}
		return b, false
	case reflect.Int, reflect.Int64:
		return order.AppendUint64(nil, uint64(r.Int())), false
	}
	return order.AppendUint64(nil, r.Uint()), false
}

// checkResults knows what libmessages answers for each type.
func checkResults(t *testing.T, m metaltable.Message, out []reflect.Value, sent []any) {
	result, _, err := metaltable.SplitEncoding(m.Encoding)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	switch result {
	case "v":
	case "B":
		want = []string{"false"}
	case "S":
		want = []string{fmt.Sprint(0x1234)}
	case "I":
		want = []string{fmt.Sprint(0x56789abc)}
	case "{?=QQ}":
		want = []string{"{3 4}"}
	case "d":
		want = []string{"1.5"}
	case "q":
		want = []string{"-5"}
	case "{?=QQQ}":
		want = []string{"3x4x5"}
	default:
		want = []string{fmt.Sprint(0x123456789abc)}
	}
	for _, v := range sent {
		if v == nil {
			want = append(want, fmt.Sprint(0x77))
		}
	}
	if len(out) != len(want) {
		t.Fatalf("%d results, want %d", len(out), len(want))
	}
	for i, v := range out {
		got := fmt.Sprint(v.Interface())
		if v.CanInt() {
			got = fmt.Sprint(v.Int())
		} else if v.CanUint() {
			got = fmt.Sprint(v.Uint())
		}
		if got != want[i] {
			t.Errorf("result %d is %s, want %s", i, got, want[i])
		}
	}
}
