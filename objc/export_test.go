package objc

// NewStubCall returns a receiver for Stubs.
func NewStubCall(f *Foundation) any { return f.call() }
