package objc

import "unsafe"

// An ID refers to an Objective-C object. Zero is nil: a message to it does
// nothing and answers zero.
type ID uintptr

// A Class refers to an Objective-C class; it takes messages as an [ID] does.
// Zero means that the runtime has no class of that name.
type Class uintptr

// A SEL is a registered selector. Zero is no selector.
type SEL uintptr

// Registers is one foreign call as the arm64 procedure-call standard lays it
// out. All of Metal's compute interface fits it: a struct of up to 16 bytes
// takes one or two of X, a larger one (MTLSize) goes as the address of a copy,
// and a larger result is written where X8 points.
//
// Addresses in X are plain numbers to the garbage collector: whoever fills
// them keeps the memory alive until the call returns.
type Registers struct {
	X  [8]uintptr     // x0 to x7: arguments; afterwards X[0] and X[1] are the result
	X8 unsafe.Pointer // where a result of more than 16 bytes goes
	D  [4]float64     // d0 to d3: arguments; afterwards the floating-point result

	//lint:ignore U1000 the assembly reads it; other targets have none
	fn uintptr // what the assembly calls; a Runtime of this package fills it

	// Origin is who put the message into the [Batch] in which it waited, as
	// [runtime.Callers] tells it, until the message returns. It is nil for a message
	// that did not wait, and for a runtime that does not ask: see [NewBatch].
	Origin []uintptr
}

// A Runtime turns a register image into an effect. There are two: the
// Objective-C runtime of a Mac, and the software device of package softmetal,
// which decodes the same image by the same rules.
//
// A Runtime may be used from any goroutine. Whether an object may be is
// Metal's rule about that object.
type Runtime interface {
	// LookUpClass returns the class of that name, or zero.
	LookUpClass(name string) Class
	// RegisterSelector returns the selector of that name, making it if need be.
	RegisterSelector(name string) SEL
	// Symbol returns the address of a C function of the frameworks, such as
	// MTLCreateSystemDefaultDevice or objc_autoreleasePoolPush, or zero.
	Symbol(name string) uintptr
	// MsgSend sends one message: r.X[0] is the target, r.X[1] the selector.
	MsgSend(r *Registers)
	// Call calls a C function that Symbol returned.
	Call(fn uintptr, r *Registers)
}
