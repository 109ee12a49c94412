package objctest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/objc"
)

// CheckStubs calls the generated function of every message with values that
// differ, and holds what arrives, decoded by Apple's encoding, against them:
// each value in its place, nothing elsewhere, and each result as it was sent
// back. stubs are the functions as method expressions, by name; receivers are what
// they are methods of. Those that have a method Flush are flushed.
func CheckStubs(t *testing.T, rt *Runtime, stubs map[string]any, messages []metaltable.Message, receivers ...any) {
	if len(stubs) != len(messages) {
		t.Errorf("%d functions for %d messages", len(stubs), len(messages))
	}
	for _, m := range messages {
		t.Run(m.Name, func(t *testing.T) { checkStub(t, rt, stubs[m.Name], m, receivers) })
	}
}

// Receiver returns which of the receivers a method expression takes.
func Receiver(stub any, receivers []any) any {
	want := reflect.TypeOf(stub).In(0)
	i := slices.IndexFunc(receivers, func(r any) bool { return reflect.TypeOf(r) == want })
	if i < 0 {
		panic("objctest: there is no receiver of type " + want.String())
	}
	return receivers[i]
}

// Flush sends what waits in a receiver that is a batch.
func Flush(receiver any) {
	if batch, ok := receiver.(interface{ Flush() }); ok {
		batch.Flush()
	}
}

func checkStub(t *testing.T, rt *Runtime, stub any, m metaltable.Message, receivers []any) {
	s := stubCheck{rt: rt, message: m}
	values := Values{Selector: rt.RegisterSelector("length")}
	fn := reflect.ValueOf(stub)
	receiver := Receiver(stub, receivers)
	in := []reflect.Value{reflect.ValueOf(receiver)}
	if !m.IsFunction() {
		s.target = rt.receiver(m)
		in = append(in, reflect.ValueOf(s.target))
	}
	for _, p := range m.Params {
		if p.IsOut() {
			s.sent = append(s.sent, nil)
			continue
		}
		v := values.Next(fn.Type().In(len(in)))
		s.sent = append(s.sent, v.Interface())
		in = append(in, v)
	}
	s.t = t
	rt.On(m.Class+" "+m.Selector, s.receive)
	out := fn.Call(in)
	if m.Batch && s.received {
		t.Error("the message does not wait")
	}
	Flush(receiver)
	if !s.received {
		t.Fatal("the message did not arrive")
	}
	for i, want := range s.results {
		// An enumeration counts as its number, whatever its String method says.
		got := fmt.Sprint(out[i].Interface())
		if out[i].CanInt() {
			got = fmt.Sprint(out[i].Int())
		} else if out[i].CanUint() {
			got = fmt.Sprint(out[i].Uint())
		}
		if got != fmt.Sprint(want) {
			t.Errorf("result %d is %v, want %v", i, got, want)
		}
	}
	if len(s.results) != len(out) {
		t.Errorf("%d results, want %d", len(out), len(s.results))
	}
}

// receiver returns an object, or the class, that answers a message.
func (rt *Runtime) receiver(m metaltable.Message) objc.ID {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	id := rt.newID()
	rt.objects[id] = &object{class: m.Class, isClass: m.Selector[0] == '+', count: 1}
	return id
}

type stubCheck struct {
	t        *testing.T
	rt       *Runtime
	message  metaltable.Message
	target   objc.ID
	sent     []any
	results  []any
	received bool
}

func (s *stubCheck) receive(m *Message) {
	s.received = true
	if m.Target != s.target {
		s.t.Errorf("target is %#x, want %#x", m.Target, s.target)
	}
	if len(m.Args) != len(s.sent) {
		s.t.Fatalf("%d arguments arrived, want %d", len(m.Args), len(s.sent))
	}
	used := 2
	if s.message.IsFunction() {
		used = 0
	}
	for i, sent := range s.sent {
		used++
		if _, ok := sent.(objc.Range); ok {
			used++
		}
		s.compare(m, i, sent)
	}
	for i, x := range m.Image.X {
		if i >= used && x != 0 {
			s.t.Errorf("x%d is %#x, want nothing", i, x)
		}
	}
	s.answer(m)
}

func (s *stubCheck) compare(m *Message, i int, sent any) {
	var got, want any = m.Args[i], sent
	switch v := sent.(type) {
	case nil:
		*(*objc.ID)(objc.Pointer(m.Args[i].(uintptr))) = 0x77
		return
	case []byte:
		got = m.Bytes(i, uint64(len(v)))
	case []uint64:
		got = m.Words(i, uint64(len(v)))
	case []objc.ID:
		got = m.Words(i, uint64(len(v)))
	case objc.SEL:
		want = "length"
	case unsafe.Pointer:
		want = uintptr(v)
	case bool, objc.ID, objc.Range:
	default: // an integer of some type, or a struct of three words
		switch r := reflect.ValueOf(sent); r.Kind() {
		case reflect.Struct:
			want = [3]uint64{uint64(r.Field(0).Int()), uint64(r.Field(1).Int()), uint64(r.Field(2).Int())}
		case reflect.Int64:
			want = r.Int()
		default:
			want = r.Uint()
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("argument %d is %v, want %v", i, got, want)
	}
}

// answer sends a result back by the encoding, and rubbish above what it fills.
func (s *stubCheck) answer(m *Message) {
	result, _, err := metaltable.SplitEncoding(s.message.Encoding)
	if err != nil {
		s.t.Fatal(err)
	}
	switch result {
	case "v":
	case "B":
		m.ReturnBool(false)
		s.results = []any{false}
	case "S":
		m.ReturnUint(0xffff_0000_1234)
		s.results = []any{0x1234}
	case "I":
		m.ReturnUint(0xabc0_1234_5678)
		s.results = []any{0x1234_5678}
	case "{?=QQ}":
		m.ReturnPair(3, 4)
		s.results = []any{"{3 4}"}
	case "d":
		m.ReturnFloat(1.5)
		s.results = []any{1.5}
	case "{?=QQQ}":
		m.ReturnStruct([3]uint64{3, 4, 5})
		s.results = []any{"3x4x5"}
	case "q":
		m.ReturnUint(^uint64(4))
		s.results = []any{-5}
	default:
		m.ReturnUint(0x1234_5678_9abc)
		s.results = []any{0x1234_5678_9abc}
	}
	for _, v := range s.sent {
		if v == nil {
			s.results = append(s.results, 0x77)
		}
	}
}
