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
// [Device], [CommandQueue], [Buffer], [Heap], [ResidencySet], [Library],
// [Function], [ComputePipelineState], [BinaryArchive], [IndirectCommandBuffer],
// [Submission], [Event], [SharedEvent], [SharedEventListener], [SharedEventHandle],
// [Fence], [LogState], [CounterSampleBuffer], [CounterHeap], [CaptureScope], [Compiler],
// [Archive], [PipelineDataSetSerializer], [DynamicLibrary], [CommandQueue4],
// [CommandAllocator] and [ArgumentTable] are owning objects: each
// pointer holds exactly one reference to a Metal object, and its Release method
// gives it up. Release may be called twice, and on nil. Using an object afterwards
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
// # Memory
//
// [Device.NewBuffer] gives memory that CPU and GPU share: on Apple silicon it is
// as fast as any. Memory that only the GPU sees is private, and filled by
// [CommandQueue.Upload]. Many short-lived buffers are cut from a [Heap], where
// making one costs next to nothing and some may share memory, at the price that
// the contents of a new one are arbitrary and the program orders what Metal
// orders otherwise. A [ResidencySet] keeps memory in reach of kernels that
// follow addresses. A volatile buffer ([Buffer.SetPurgeableState]) is a cache
// that the system may take.
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
// What is dispatched over and over may be encoded once, in an
// [IndirectCommandBuffer], and executed by one message.
//
// # Compiling
//
// A [Library] is compiled from source, or loaded; a kernel of it becomes a
// [ComputePipelineState]. On macOS 26 a [Compiler] makes both, too, and notes down
// what it made, for an [Archive] that the next start of the program takes its
// pipelines from. A [BinaryArchive] does so on every system.
//
// A kernel may call functions of other libraries: of a [DynamicLibrary], which is
// compiled once for all, or visible functions that become part of it
// ([ComputePipelineDescriptor].LinkedFunctions). Its source declares them.
//
// # Threads
//
// Owning objects may be used from any goroutine. A command buffer and its encoders belong to
// the goroutine that runs the scope: it is locked to its thread, where an
// autorelease pool is open, and both end with the scope. Any use of them in another
// goroutine is an error that wraps [ErrConcurrentUse], whether or not the two meet;
// use after the scope wraps [ErrEnded].
//
// # Order
//
// A queue runs its command buffers in order, and Metal orders the encoders that use
// the same buffer. What else has to be ordered, is by: a barrier within a
// concurrent encoder; a [Fence] between encoders of one queue where Metal does not
// track the buffer; an [Event] between queues; and a [SharedEvent] between queues
// and the CPU. [Submission.Wait] and [CommandBuffer.AddCompletedHandler] tell the
// CPU that work is done.
//
// # Metal 4
//
// From macOS 26 on a [CommandQueue4] records work in another way, with less done by
// Metal on the CPU. Types that Metal has twice are called the same with a 4 at the end.
//
//	submission, err := queue.Encode(allocator, func(cb *mtl.CommandBuffer4) error {
//		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
//			enc.BarrierAfterQueueStages(mtl.StageDispatch, mtl.StageDispatch, mtl.VisibilityOptionDevice)
//			enc.SetComputePipelineState(pipeline)
//			enc.SetArgumentTable(table)
//			enc.DispatchThreads(mtl.Size{Width: n, Height: 1, Depth: 1}, group)
//			return nil
//		})
//	})
//	if err != nil {
//		return err
//	}
//	return submission.Wait(ctx)
//
// What is other than above: commands lie in a [CommandAllocator] of the program's, which
// gets its memory back by Reset. Buffers come from an [ArgumentTable], which encoders
// may share. One encoder has dispatches, copies and fills. Memory is in the GPU's reach
// by a [ResidencySet] of the queue or of the command buffer, and by nothing else. And
// nothing is tracked: work runs in any order that barriers, fences and events allow. Metal
// keeps nothing alive, so this package does: what work names may be released as soon as
// Encode has returned. Pipelines, heaps, fences, events and indirect command buffers are
// the same for both.
//
// # Handlers
//
// Functions that Metal calls, such as those of [CommandBuffer.AddCompletedHandler],
// run on its threads, and may use everything. Any number of them costs one callback
// of the process. A panic in one ends the process, as one in a goroutine does.
//
// # Looking at the work
//
// [Submission.Times] has the time of a command buffer, and a
// [CounterSampleBuffer] that of each encoder. [Device.Capture] writes what Go code
// encodes into a .gputrace for Xcode. Labels, debug groups and signposts name the
// parts there, and in the [ExecutionError] of a command buffer that failed, if its
// descriptor asked for that.
//
// A kernel says what it does by os_log, and a [LogState] brings that to the program.
//
// # Errors
//
// Methods that return an object or a value return an error beside it, but for what
// an object keeps in Go, such as the length of a buffer. Nil is an error that wraps
// [ErrNil], and keeps zeros. Encoder
// methods return nothing, so that a sequence reads as one: the first error is
// kept, later calls do nothing, Err returns it, and the scope fails with it.
//
// Arguments are checked before Metal sees them, because Metal answers a bad
// one by ending the process, and without its validation layer by undefined
// behaviour. Such an error is an [*ArgumentError] with the value and the
// limit. What Metal itself reports arrives as an [*objc.Error] with the whole
// text. An exception that Metal throws can't be recovered in Go.
//
// Three rules depend on what the kernel declares: every buffer and threadgroup
// index that it uses is bound, what is bound there is as long as the parameter's
// type, and the offset is a multiple of that type's alignment, which for a device
// pointer to char is 1. For a pipeline that was made with
// [PipelineOptionBindingInfo] each dispatch is checked against them. For others
// package softmetal checks them, and so does Metal's validation layer on a Mac
// (MTL_DEBUG_LAYER=1).
package mtl
