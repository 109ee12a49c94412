//go:build !darwin && !linux

package selftest

// peakMemory is not known here, where no device is either.
func peakMemory() int64 { return 0 }
