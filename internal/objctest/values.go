package objctest

import (
	"reflect"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// Values makes arguments for the generated functions, each of which is
// different from all others in every byte that it can be.
type Values struct {
	Selector objc.SEL // what a SEL is
	seed     uint64
}

// Next returns the next value of a type.
func (v *Values) Next(t reflect.Type) reflect.Value {
	v.seed += 0x0101_0101_0101_0101
	value := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Uint8:
		value.SetUint(v.seed & 0xff)
	case reflect.Uint64, reflect.Uintptr:
		value.SetUint(v.seed * 0x11)
		if t == reflect.TypeFor[objc.SEL]() {
			value.SetUint(uint64(v.Selector))
		}
	case reflect.Int, reflect.Int64:
		value.SetInt(-int64(v.seed))
	case reflect.UnsafePointer:
		value.SetPointer(unsafe.Pointer(new(uint64)))
	case reflect.Slice:
		value.Set(reflect.MakeSlice(t, 3, 3))
		for i := range 3 {
			value.Index(i).Set(v.Next(t.Elem()))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			value.Field(i).Set(v.Next(t.Field(i).Type))
		}
	default:
		panic("objctest: no value of type " + t.String())
	}
	return value
}
