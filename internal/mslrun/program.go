package mslrun

// Program is an executable of one kernel, specialised. It holds no resources.
type Program struct {
	Function Function // as specialised: Arguments have sizes
	// StaticThreadgroupMemoryLength is the bytes of threadgroup variables in the kernel, rounded up to 16.
	StaticThreadgroupMemoryLength int
	MaxTotalThreadsPerThreadgroup int // 1024, or less if the kernel says so
	ThreadExecutionWidth          int // 32

	path string // of the executable
}
