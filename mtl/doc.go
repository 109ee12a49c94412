// Package mtl is Metal compute for Go: devices, buffers, libraries, pipelines,
// queues and encoders, without cgo.
//
// # Start
//
// [CreateSystemDefaultDevice] gives the GPU of this Mac. Off macOS on Apple
// silicon it returns an error that wraps [ErrUnavailable]; everything still
// compiles. [Load] takes another [objc.Runtime], such as a software device,
// and its devices work through the same code. There is no global state: every
// object knows the framework that it came from, and two of them can be
// compared in one process.
//
// # Ownership
//
// [Device], [CommandQueue], [Buffer], [Library], [Function],
// [ComputePipelineState] and [Submission] are owning objects: each pointer
// holds exactly one reference to a Metal object, and its Release method gives
// it up. Release may be called twice, and on nil. Using an object afterwards
// is an error that wraps [ErrReleased], never a crash. Releasing an object
// while another goroutine uses it is safe: the reference goes when the last
// use has ended. Metal keeps what committed work needs, so a buffer may be
// released right after [CommandQueue.Encode] has returned.
//
// Nothing is released by a finalizer: the garbage collector does not know how
// much GPU memory hangs on a small Go value. [Framework.TrackObjects] lists, in
// tests, what was forgotten.
//
// Everything else, such as [Size] or [CompileOptions], is a plain value.
//
// # Encoding
//
// Work is encoded in scopes:
//
//	submission, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
//		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
//			enc.SetComputePipelineState(pipeline)
//			enc.SetBuffer(buffer, 0, 0)
//			enc.DispatchThreads(mtl.Size{Width: n, Height: 1, Depth: 1}, group)
//			return nil
//		})
//	})
//	if err != nil {
//		return err
//	}
//	defer submission.Release()
//	return submission.Wait(ctx)
//
// A scope ends encoding in every case. It commits only when the function
// returned nil and no method recorded an error; otherwise, and when the
// function panics, the command buffer is released without being committed, and
// the panic goes on.
//
// The messages of an encoder wait until there are many, or the encoder ends, or one
// of them has an answer; then all are sent by one foreign call, in their order.
// Nothing has to be done for it. Only a mistake that ends the process, which an
// exception of Metal does, shows up later than the line that made it:
// [Device.SetEager] is for that.
//
// # Threads
//
// Devices, queues, buffers, libraries, functions, pipelines and submissions
// may be used from any goroutine. A command buffer and its encoders belong to
// the goroutine that runs the scope: it is locked to its thread, where an
// autorelease pool is open, and both end with the scope. Any use of them in another
// goroutine is an error that wraps [ErrConcurrentUse], whether or not the two meet;
// use after the scope wraps [ErrEnded].
//
// # Errors
//
// Methods that return an object or a value return an error beside it. Encoder
// methods return nothing, so that a sequence reads as one: the first error is
// kept, later calls do nothing, Err returns it, and the scope fails with it.
//
// Arguments are checked before Metal sees them, because Metal answers a bad
// one by ending the process, and without its validation layer by undefined
// behaviour. Such an error is an [*ArgumentError] with the value and the
// limit. What Metal itself reports arrives as an [*objc.Error] with the whole
// text. An exception that Metal throws can't be recovered in Go.
//
// Three rules depend on what the kernel declares, which this package does not
// read: every buffer and threadgroup index that it uses is bound, what is bound
// there is as long as the parameter's type, and the offset is a multiple of
// that type's alignment, which for a device pointer to char is 1. Package
// softmetal checks these at the dispatch, and so does Metal's validation layer
// on a Mac (MTL_DEBUG_LAYER=1).
package mtl
