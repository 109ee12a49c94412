package objc

import (
	"errors"
	"fmt"
	"unsafe"
)

// An Introspection asks a runtime which methods its classes have. It is for
// diagnosis: sending messages does not need it, and a runtime without these C
// functions works all the same. One goroutine may use it at a time.
type Introspection struct {
	call *Call

	objectGetClass, classGetName, classGetInstanceMethod, classGetClassMethod, methodGetTypeEncoding uintptr

	getProtocol, protocolGetMethodDescription uintptr
}

// A SystemMethod is what the running system has for a [Message].
type SystemMethod struct {
	Message  Message
	Receiver string // the class or protocol that was asked; empty when there was none to ask
	Found    bool   // the class has the method, the frameworks the C function
	Encoding string // as the system writes it, with frame offsets; empty for a C function
}

// NewIntrospection looks up what it needs in rt; the error wraps
// [ErrUnavailable] and names everything that is missing.
func NewIntrospection(rt Runtime) (*Introspection, error) {
	if rt == nil {
		return nil, fmt.Errorf("%w: the runtime is nil", ErrUnavailable)
	}
	in := &Introspection{call: NewCall(rt)}
	var missing []error
	for _, f := range []struct {
		address *uintptr
		name    string
	}{
		{&in.objectGetClass, "object_getClass"},
		{&in.classGetName, "class_getName"},
		{&in.classGetInstanceMethod, "class_getInstanceMethod"},
		{&in.classGetClassMethod, "class_getClassMethod"},
		{&in.methodGetTypeEncoding, "method_getTypeEncoding"},
		{&in.getProtocol, "objc_getProtocol"},
		{&in.protocolGetMethodDescription, "protocol_getMethodDescription"},
	} {
		if *f.address = rt.Symbol(f.name); *f.address == 0 {
			missing = append(missing, fmt.Errorf("%w: there is no C function %s", ErrUnavailable, f.name))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	return in, nil
}

// ClassOf returns the class of an object, zero for nil. On a Mac it is a private
// one, whatever protocol the object was asked for by.
func (in *Introspection) ClassOf(object ID) Class {
	return Class(in.function(in.objectGetClass, uintptr(object), 0))
}

// ClassName returns the name of a class.
func (in *Introspection) ClassName(class Class) string {
	if class == 0 {
		return ""
	}
	return cString(in.function(in.classGetName, uintptr(class), 0))
}

// InstanceMethod returns the type encoding of the method that objects of a class,
// or of one that it inherits from, have for a selector. Without the method, ok is
// false.
func (in *Introspection) InstanceMethod(class Class, selector string) (encoding string, ok bool) {
	return in.method(in.classGetInstanceMethod, class, selector)
}

// ClassMethod is InstanceMethod for the methods of the class itself.
func (in *Introspection) ClassMethod(class Class, selector string) (encoding string, ok bool) {
	return in.method(in.classGetClassMethod, class, selector)
}

// ProtocolMethod returns the type encoding of a method that every class which meets
// a protocol has. Without the protocol or the method, ok is false. It is for what
// there is no object of to ask.
func (in *Introspection) ProtocolMethod(protocol, selector string) (encoding string, ok bool) {
	sel := in.call.runtime.RegisterSelector(selector)
	in.call.Function()
	in.call.X[0] = in.call.CopyBytes(append([]byte(protocol), 0))
	in.call.Invoke(in.getProtocol)
	p := in.call.X[0]
	if p == 0 || sel == 0 {
		return "", false
	}
	in.call.Function()
	in.call.X[0], in.call.X[1], in.call.X[2], in.call.X[3] = p, uintptr(sel), Bool(true), Bool(true) // required, of an instance
	in.call.Invoke(in.protocolGetMethodDescription)
	if in.call.X[0] == 0 {
		return "", false
	}
	return cString(in.call.X[1]), true
}

// HasFunction says whether the frameworks have a C function.
func (in *Introspection) HasFunction(name string) bool { return in.call.runtime.Symbol(name) != 0 }

func (in *Introspection) method(find uintptr, class Class, selector string) (string, bool) {
	sel := in.call.runtime.RegisterSelector(selector)
	if class == 0 || sel == 0 {
		return "", false
	}
	m := in.function(find, uintptr(class), uintptr(sel))
	if m == 0 {
		return "", false
	}
	return cString(in.function(in.methodGetTypeEncoding, m, 0)), true
}

func (in *Introspection) function(fn, a, b uintptr) uintptr {
	in.call.Function()
	in.call.X[0], in.call.X[1] = a, b
	in.call.Invoke(fn)
	return in.call.X[0]
}

// cString returns the text at an address up to a NUL, "" at zero.
func cString(address uintptr) string {
	if address == 0 {
		return ""
	}
	p := Pointer(address)
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
