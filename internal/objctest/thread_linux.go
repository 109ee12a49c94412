package objctest

import (
	"syscall"
	"time"
)

// thread returns a number for the current thread.
func thread() int { return syscall.Gettid() }

func sleep() { time.Sleep(10 * time.Microsecond) }
