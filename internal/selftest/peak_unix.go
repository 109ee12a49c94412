//go:build darwin || linux

package selftest

import (
	"runtime"
	"syscall"
)

// peakMemory returns the most memory that the process has had so far, in bytes.
func peakMemory() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	if runtime.GOOS == "linux" { // in KiB
		return int64(usage.Maxrss) << 10
	}
	return int64(usage.Maxrss)
}
