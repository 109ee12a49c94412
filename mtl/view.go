package mtl

import (
	"reflect"
	"unsafe"
)

// Slice returns count values of type T in the contents of b from an offset in
// bytes: a view, not a copy, valid until b is released. The offset must suit
// T's alignment, the values must lie within the buffer, and T must hold no Go
// pointers, which would mean nothing to the GPU and escape the collector.
func Slice[T any](b *Buffer, offset, count int) ([]T, error) {
	const method = "Slice"
	var zero T
	size, align := int(unsafe.Sizeof(zero)), int(unsafe.Alignof(zero))
	t := reflect.TypeFor[T]()
	if !pointerFree(t) {
		return nil, badArgument(method, "type", t, wantPointerFree)
	}
	if size == 0 {
		return nil, badArgument(method, "size of "+t.String(), size, "at least 1 byte")
	}
	contents, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	if offset < 0 || offset > len(contents) {
		return nil, badArgument(method, "offset", offset, "0 to the buffer's length %d", len(contents))
	}
	if offset%align != 0 {
		return nil, badArgument(method, "offset", offset, "a multiple of %d, the alignment of %s", align, t)
	}
	if limit := (len(contents) - offset) / size; count < 0 || count > limit {
		return nil, badArgument(method, "count", count, "0 to %d values of %s in %d bytes at offset %d", limit, t, len(contents), offset)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(contents[offset:]))), count), nil
}

// SetValue binds a copy of a value, of up to 4096 bytes, to a buffer index: the
// parameters of a kernel as a Go struct. The memory of the value is what the
// kernel gets, padding included, so its fields must lie as the kernel's do. T
// must hold no Go pointers.
func SetValue[T any](e *ComputeCommandEncoder, value *T, index int) {
	if e == nil {
		return
	}
	if t := reflect.TypeFor[T](); value == nil || !pointerFree(t) {
		e.refuseValue(t, value == nil)
		return
	}
	e.SetBytes(unsafe.Slice((*byte)(unsafe.Pointer(value)), unsafe.Sizeof(*value)), index)
}

func (e *ComputeCommandEncoder) refuseValue(t reflect.Type, isNil bool) {
	const method = "SetValue"
	if !e.ready() && e.refused(method) {
		return
	}
	if isNil {
		e.cb.fail(badArgument(method, "value", "nil", "a pointer to a %v", t))
		return
	}
	e.cb.fail(badArgument(method, "type", t, wantPointerFree))
}

const wantPointerFree = "a type without pointers, strings, slices, maps, channels, functions and interfaces"

func pointerFree(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() == 0 || pointerFree(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !pointerFree(t.Field(i).Type) {
				return false
			}
		}
		return true
	default:
		// Uintptr is left out: an address of this process means nothing there.
		return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Complex128 && t.Kind() != reflect.Uintptr
	}
}
