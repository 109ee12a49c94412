//go:build !linux

package objctest

// thread returns a number for the current thread: the same for all where the
// standard library can't tell them apart.
func thread() int { return 1 }

func sleep() {}
