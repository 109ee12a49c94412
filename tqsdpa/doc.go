// Package tqsdpa is attention over a TurboQuant KV cache on the GPU: kernels of
// package shaders, encoded into a compute encoder of package mtl.
//
//	var registry kernels.Registry
//	defer registry.Release()
//	if err := tqsdpa.Register(&registry); err != nil { ... }
//	...
//	tqsdpa.Quantize(enc, &registry, buffers, params, tqsdpa.Rows{K: k, V: v, Position: 100, Tokens: 1})
//	tqsdpa.Dispatch(enc, &registry, buffers, params)
//
// [Params] says the problem as for the CPU engine (tqsdpa/cpu) and the oracle,
// and [Buffers] holds the same bytes as attention.Tensors does: a cache may go
// from one to the other.
//
// # Checks
//
// Every function checks its parameters and the length, alignment and overlap of
// every buffer before it encodes anything: a kernel that reads past a buffer
// makes Metal fail the command buffer, or reads what is there. Such an error is
// a [*ParamError] and wraps [ErrParam]. It leaves the encoder as it was: the
// scope may go on, and returns the error if the caller does.
//
// # Order
//
// A dispatch sees what earlier dispatches of a serial encoder wrote. In a
// concurrent encoder, or where an untracked buffer is used by several command
// buffers, the caller puts barriers or fences between calls that touch the same
// bytes.
//
// # Ownership and threads
//
// The functions keep nothing and own nothing: pipelines belong to the registry,
// buffers to the caller, and Metal keeps what encoded work needs. They may be
// called from any goroutine that owns an encoder. The first use of a kernel
// waits for its compiler; see [Prewarm]. Later uses allocate nothing.
package tqsdpa
