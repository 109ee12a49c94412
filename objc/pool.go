package objc

import "runtime"

// A Pool is an open autorelease pool, and the lock of the goroutine to its
// thread that comes with it. Pools belong to threads, and the scheduler moves
// a goroutine to another thread more often than not between two foreign calls:
// without the lock, objects would go into one pool and another be drained.
type Pool struct {
	foundation *Foundation
	token      uintptr
}

// OpenPool locks the goroutine to its thread and opens an autorelease pool
// there. The same goroutine must close it; pools nest.
func (f *Foundation) OpenPool() Pool {
	runtime.LockOSThread()
	c := f.call()
	defer f.done(c)
	return Pool{f, c.objcPoolPush()}
}

// Close releases what was autoreleased since the pool was opened, and unlocks
// the goroutine from its thread. Call it once, best by defer.
func (p Pool) Close() {
	c := p.foundation.call()
	c.objcPoolPop(p.token)
	p.foundation.done(c)
	runtime.UnlockOSThread()
}
