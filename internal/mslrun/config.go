package mslrun

import "time"

// CompilerConfig says where a Compiler keeps its programs and how it builds them.
type CompilerConfig struct {
	// CacheDir is the folder of built programs, made with mode 0700 if it is missing. Empty: a folder below
	// os.UserCacheDir. Programs are named by a hash of all that went into them and appear by rename, so that any number
	// of processes can share it.
	CacheDir string
	// Clang is the compiler. Empty: clang++-19, looked for in PATH.
	Clang string
	// Sanitize builds programs with AddressSanitizer and UndefinedBehaviorSanitizer: exact bounds of all memory, and
	// several times slower. Needs the package libclang-rt-19-dev.
	Sanitize bool
	// MatrixRows deals the elements of a simdgroup_matrix to the lanes along the rows, instead of as Apple's GPUs do: Metal
	// leaves it open.
	MatrixRows bool
}

// ExecutorConfig are the limits of an Executor.
type ExecutorConfig struct {
	// Timeout is how long one dispatch may run. 0: 10 seconds.
	Timeout time.Duration
	// AllowDivergentSIMD lets simd_* functions combine the lanes that reach them, as Metal does, instead of reporting
	// the missing ones. Lanes that come to different calls then take turns.
	AllowDivergentSIMD bool
	// MaxIdle is the number of child processes kept for programs that ran before. 0: 4.
	MaxIdle int
}
