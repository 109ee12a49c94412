package objc

import "sync"

// System returns the Objective-C runtime of this Mac with Foundation and Metal
// loaded. It is loaded once, on the first call; an error wraps
// [ErrUnavailable] and says what failed, and every later call returns it again.
func System() (Runtime, error) { return system() }

var system = sync.OnceValues(func() (Runtime, error) {
	// CoreGraphics: without it MTLCreateSystemDefaultDevice returns nil in a
	// command-line program. All are loaded before any class is looked up, as a
	// class of a framework that is not loaded is nil, and a nil class that goes
	// to Metal as an argument ends the process.
	return Open(
		"/usr/lib/libobjc.A.dylib",
		"/System/Library/Frameworks/Foundation.framework/Foundation",
		"/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics",
		"/System/Library/Frameworks/Metal.framework/Metal",
		"/usr/lib/libSystem.B.dylib", // dispatch_data_create
	)
})

// Open loads the dynamic libraries and returns the Objective-C runtime that
// the first of them holds. [Runtime.Symbol] searches all of them, in order.
// Off darwin/arm64 it returns an error that wraps [ErrUnavailable].
func Open(libraries ...string) (Runtime, error) { return open(libraries) }
