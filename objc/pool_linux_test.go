package objc_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// A goroutine that ends while it is locked takes its thread with it. Threads
// have to survive, or a program that encodes from many goroutines makes one
// for each.
func TestClosingAPoolUnlocksTheThread(t *testing.T) {
	_, f := foundation(t)
	threads := make(chan int)
	for range 4 {
		go func() {
			pool := f.OpenPool()
			threads <- syscall.Gettid()
			pool.Close()
		}()
	}
	var all [4]int
	for i := range all {
		all[i] = <-threads
	}
	time.Sleep(20 * time.Millisecond)
	for _, id := range all {
		if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", id)); err != nil {
			t.Errorf("thread %d is gone: %v", id, err)
		}
	}
}
