package goroutine

import (
	"runtime"
	"sync"
	"testing"
)

func TestGoroutinesThatLiveAreToldApart(t *testing.T) {
	for name, current := range map[string]func() uintptr{"Current": Current, "traceback": traceback} {
		t.Run(name, func(t *testing.T) {
			const n = 200
			numbers := make([]uintptr, n)
			var all, alive sync.WaitGroup
			alive.Add(n)
			for i := range n {
				all.Go(func() {
					numbers[i] = current()
					alive.Done()
					alive.Wait() // nobody ends before all have their number
					// The stack moves, and so may the thread: the number stays.
					for range 20 {
						grow(100)
						runtime.Gosched()
						if now := current(); now != numbers[i] {
							t.Errorf("goroutine %d was %#x and is %#x", i, numbers[i], now)
						}
					}
				})
			}
			all.Wait()
			seen := map[uintptr]int{current(): n}
			for i, number := range numbers {
				if other, ok := seen[number]; ok || number == 0 {
					t.Errorf("goroutines %d and %d are both %#x", other, i, number)
				}
				seen[number] = i
			}
		})
	}
}

//go:noinline
func grow(n int) byte {
	var room [256]byte
	if n > 0 {
		room[n] = grow(n - 1)
	}
	return room[0]
}

func BenchmarkCurrent(b *testing.B) {
	var sum uintptr
	for b.Loop() {
		sum += Current()
	}
	_ = sum
}
