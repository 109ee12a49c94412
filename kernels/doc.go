// Package kernels turns the name of a kernel into a pipeline: MSL sources are
// registered under the names of the kernels that they hold, and compiled when
// one of these is first asked for.
//
// # Compiled once
//
// A source becomes one library per device, and a kernel one pipeline per
// device and set of function constants, however many goroutines ask at the same
// time: the first starts the work, the others wait for it. Asking again costs a
// look-up and allocates nothing. A source that does not compile is not compiled
// again either: its error is kept and given to everyone who asks. Other errors,
// such as those of a full disk or of no memory, are given to those who wait, and
// whoever asks next tries again.
//
// A source may name a kernel that checks the device ([Source.Check]), for what
// Metal does not document. It runs once, and its answer is kept as an error is.
//
// Devices are told apart by their *mtl.Device. Two of these for one GPU get
// pipelines of their own, as mtl makes each use its own.
//
// # Ownership
//
// A [Registry] owns the libraries and pipelines that it makes. Whoever gets a
// pipeline uses it and does not release it. [Registry.Release] releases them
// all; the devices stay the caller's.
//
// # Threads
//
// All methods may be called from any goroutine.
package kernels
