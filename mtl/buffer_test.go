package mtl

import (
	"bytes"
	"strings"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/objctest"
)

func TestNewBufferChecksLengthAndOptions(t *testing.T) {
	_, dev := testDevice(t)
	for _, c := range []struct {
		name    string
		length  int
		options ResourceOptions
		want    []string
	}{
		{"nothing", 0, 0, []string{"length is 0", "1 to 1073741824"}},
		{"negative", -1, 0, []string{"length is -1"}},
		{"over the limit of the device", objctest.MaxBufferLength + 1, 0, []string{"1073741825", "1073741824"}},
		{"memoryless, which is for textures", 16, 48, []string{"options is 0x30"}},
		{"an option that does not exist", 16, 1 << 20, []string{"options is 0x100000"}},
		{"tracked and untracked", 16, ResourceHazardTrackingModeTracked | ResourceHazardTrackingModeUntracked, []string{"options is 0x300"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := dev.NewBuffer(c.length, c.options)
			wantArgument(t, err, c.want...)
		})
	}
	_, err := dev.NewBufferWithBytes(nil, 0)
	wantArgument(t, err, "length is 0")
}

func TestNewBufferOfTheLargestLengthIsSent(t *testing.T) {
	rt, dev := testDevice(t)
	rt.On("MTLDevice newBufferWithLength:options:", func(*objctest.Message) {})
	_, err := dev.NewBuffer(objctest.MaxBufferLength, 0)
	wantIs(t, err, ErrNoObject)
	if !strings.Contains(err.Error(), "1073741824 bytes") {
		t.Errorf("error %v", err)
	}
}

func TestBufferOfAnotherLengthIsAnError(t *testing.T) {
	rt, dev := testDevice(t)
	rt.On("MTLBuffer length", func(m *objctest.Message) { m.ReturnUint(15) })
	if b, err := dev.NewBuffer(16, 0); err == nil || !strings.Contains(err.Error(), "15") {
		t.Errorf("%v, %v", b, err)
	}
}

func TestBufferWithBytesHasACopy(t *testing.T) {
	_, dev := testDevice(t)
	text := []byte("some bytes")
	b := must[*Buffer](t)(dev.NewBufferWithBytes(text, ResourceCPUCacheModeWriteCombined))
	clear(text)
	got, err := b.Bytes()
	if err != nil || string(got) != "some bytes" || b.Length() != 10 {
		t.Errorf("%q, %d, %v", got, b.Length(), err)
	}
}

func TestBufferWithBytesCannotBePrivate(t *testing.T) {
	rt, dev := testDevice(t)
	rt.Messages()
	_, err := dev.NewBufferWithBytes([]byte("some bytes"), ResourceStorageModePrivate)
	wantArgument(t, err, "Device.NewBufferWithBytes", "storage mode is private", "shared")
	if sent := rt.Messages("MTLDevice"); len(sent) > 0 {
		t.Errorf("sent all the same: %v", sent)
	}
}

func TestPrivateBufferHasNoContents(t *testing.T) {
	_, dev := testDevice(t)
	b := must[*Buffer](t)(dev.NewBuffer(16, ResourceStorageModePrivate))
	_, err := b.Bytes()
	wantIs(t, err, ErrUnsupported)
	_, err = Slice[float32](b, 0, 1)
	wantIs(t, err, ErrUnsupported)
}

// pages returns memory that is aligned to 16 KiB. It is the Go heap's, which
// only a runtime that runs nothing may be given.
func pages(n int) []byte {
	b := make([]byte, n+noCopyAlignment)
	skip := -uintptr(unsafe.Pointer(&b[0])) % noCopyAlignment
	return b[skip : int(skip)+n]
}

func TestNoCopyBufferNeedsPages(t *testing.T) {
	rt, dev := testDevice(t)
	memory := pages(2 * noCopyAlignment)
	_, err := dev.NewBufferNoCopy(memory[4096:4096+noCopyAlignment], 0)
	wantArgument(t, err, "address", "multiple of 16384")
	_, err = dev.NewBufferNoCopy(memory[:noCopyAlignment+4096], 0)
	wantArgument(t, err, "length is 20480", "multiple of 16384")
	_, err = dev.NewBufferNoCopy(memory, ResourceStorageModePrivate)
	wantArgument(t, err, "private")
	_, err = dev.NewBufferNoCopy(nil, 0)
	wantArgument(t, err, "length is 0")

	rt.Messages()
	b := must[*Buffer](t)(dev.NewBufferNoCopy(memory, 0))
	if sent := rt.Messages("MTLDevice"); len(sent) != 1 || sent[0].Args[3] != uintptr(0) {
		t.Errorf("sent %v, want one message without a deallocator: the memory is the caller's", sent)
	}
	memory[7] = 9
	got, err := b.Bytes()
	if err != nil || len(got) != len(memory) || &got[0] != &memory[0] || got[7] != 9 {
		t.Errorf("the buffer does not use the memory itself: %v", err)
	}
}

func TestLabels(t *testing.T) {
	b := newBench(t)
	if err := b.a.SetLabel("weights\x00"); err != nil {
		t.Error(err)
	}
	if err := b.queue.SetLabel("decode"); err != nil {
		t.Error(err)
	}
	if err := b.a.SetLabel("\xff"); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("error %v", err)
	}
	sent := b.rt.Messages("MTLBuffer", "MTLCommandQueue")
	if len(sent) != 2 || sent[0].Selector != "setLabel:" || sent[1].Selector != "setLabel:" {
		t.Errorf("sent %v", sent)
	}
}

type params struct {
	N     uint32
	Scale float32
	Words [2]uint64
}

func TestSliceIsAView(t *testing.T) {
	_, dev := testDevice(t)
	b := must[*Buffer](t)(dev.NewBuffer(64, 0))
	floats, err := Slice[float32](b, 8, 14)
	if err != nil {
		t.Fatal(err)
	}
	floats[0], floats[13] = 1, 2
	raw, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw[8:12], []byte{0, 0, 0x80, 0x3f}) || raw[63] != 0x40 || cap(floats) != 14 {
		t.Errorf("% x, capacity %d", raw, cap(floats))
	}
	structs, err := Slice[params](b, 16, 2)
	if err != nil || len(structs) != 2 {
		t.Errorf("%v, %v", structs, err)
	}
	if empty, err := Slice[uint16](b, 64, 0); err != nil || len(empty) != 0 {
		t.Errorf("none at the end: %v, %v", empty, err)
	}
}

func TestSliceChecksTypeOffsetAndCount(t *testing.T) {
	_, dev := testDevice(t)
	b := must[*Buffer](t)(dev.NewBuffer(64, 0))
	sliceOf := func(_ any, err error) error { return err }
	for _, c := range []struct {
		name string
		err  error
		want []string
	}{
		{"one value too many", sliceOf(Slice[float32](b, 8, 15)), []string{"count is 15", "0 to 14"}},
		{"a count that overflows", sliceOf(Slice[uint64](b, 0, int(^uint(0)>>1))), []string{"0 to 8"}},
		{"a negative count", sliceOf(Slice[byte](b, 0, -1)), []string{"count is -1"}},
		{"a negative offset", sliceOf(Slice[byte](b, -1, 1)), []string{"offset is -1", "64"}},
		{"an offset beyond the end", sliceOf(Slice[byte](b, 65, 0)), []string{"offset is 65", "64"}},
		{"an offset that is not aligned", sliceOf(Slice[float32](b, 6, 1)), []string{"offset is 6", "multiple of 4", "float32"}},
		{"a struct that is not aligned", sliceOf(Slice[params](b, 4, 1)), []string{"multiple of 8"}},
		{"pointers", sliceOf(Slice[*byte](b, 0, 1)), []string{"*uint8", "without pointers"}},
		{"strings in a struct", sliceOf(Slice[struct{ S [2]string }](b, 0, 1)), []string{"without pointers"}},
		{"uintptr", sliceOf(Slice[uintptr](b, 0, 1)), []string{"uintptr"}},
		{"interfaces", sliceOf(Slice[any](b, 0, 1)), []string{"without pointers"}},
		{"nothing", sliceOf(Slice[struct{}](b, 0, 1)), []string{"at least 1 byte"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantArgument(t, c.err, c.want...) })
	}
}

func FuzzSlice(f *testing.F) {
	f.Add(0, 16)
	f.Add(60, 1)
	f.Add(-4, -4)
	_, dev := testDevice(f)
	b := must[*Buffer](f)(dev.NewBuffer(64, 0))
	raw, err := b.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, offset, count int) {
		s, err := Slice[uint32](b, offset, count)
		if err != nil {
			return
		}
		if len(s) != count || offset < 0 || offset%4 != 0 || count > (64-offset)/4 {
			t.Fatalf("offset %d, count %d: %d values", offset, count, len(s))
		}
		if count > 0 && unsafe.Pointer(&s[0]) != unsafe.Pointer(&raw[offset]) {
			t.Fatalf("offset %d: another place", offset)
		}
	})
}
