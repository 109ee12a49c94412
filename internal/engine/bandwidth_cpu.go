package engine

import (
	"runtime"
	"sync"
	"time"
)

// memoryReadBandwidth measures how fast that many threads read memory, in 10^9
// bytes a second: each sums its own part of a buffer larger than the caches,
// and the best of several passes counts. It takes a fraction of a second. More
// threads than GOMAXPROCS read no faster and count as that many.
func memoryReadBandwidth(threads int) float64 {
	const bytes, passes = 256 << 20, 5
	threads = min(max(threads, 1), runtime.GOMAXPROCS(0))
	part := bytes / 8 / threads
	buffer := make([]uint64, part*threads)
	for i := 0; i < len(buffer); i += 512 { // touch every page: untouched ones all read the same zeros
		buffer[i] = uint64(i)
	}
	best := 0.0
	for range passes {
		start := time.Now()
		var group sync.WaitGroup
		sums := make([]uint64, threads)
		for t := range threads {
			group.Go(func() { sums[t] = sum(buffer[t*part : (t+1)*part]) })
		}
		group.Wait()
		best = max(best, float64(8*len(buffer))/time.Since(start).Seconds()/1e9)
		keep(sums)
	}
	return best
}

func sum(x []uint64) uint64 {
	var a, b, c, d uint64
	for len(x) >= 8 {
		y := (*[8]uint64)(x)
		a += y[0] + y[4]
		b += y[1] + y[5]
		c += y[2] + y[6]
		d += y[3] + y[7]
		x = x[8:]
	}
	return a + b + c + d
}

// keep makes the compiler believe that x is used.
//
//go:noinline
func keep(x []uint64) { _ = x }
