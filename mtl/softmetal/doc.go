// Package softmetal is a Metal device in Go, for machines without Metal: strict,
// slow and honest. It is experimental: its interface may change.
//
// A [Device] is an objc.Runtime. Package mtl works on it as on a Mac, so that a
// program's Metal code, kernels included, can be tested on Linux:
//
//	framework, err := mtl.Load(softmetal.NewTesting(t))
//	device, err := framework.CreateSystemDefaultDevice()
//
// It takes the messages that a Mac would get, as register images, and decodes
// them by the type encodings of Apple's interface, not by what the binding
// believes these to be. Objects, reference counts and autorelease pools are
// real. Kernels are compiled by clang++-19 from their Metal source and run in a
// child process, on Linux on amd64 and arm64; elsewhere, or without that
// compiler, newLibraryWithSource:options:error: answers an error that says so,
// and everything else works.
//
// # What a broken rule does
//
// Metal's validation layer ends the process when a rule is broken, and without
// it the behaviour is undefined. A test wants to see the rule instead, so here
// nothing ends and nothing panics:
//
//   - The message has no effect and answers zero or nil. If it takes an error
//     parameter, the error names the rule.
//   - The device keeps a [Report] with object, message, rule and value
//     ([Device.Reports], Options.Report).
//   - A broken rule in an encoder fails its command buffer, and from the first
//     rule on that a Mac would not have survived ([Rule.Fatal]) every command
//     buffer fails that is committed: its status is error, its error names the
//     rule. So a program cannot go on as if nothing had been. [Device.TakeReports]
//     lifts this, for tests that break a rule on purpose.
//
// What a kernel does wrong is no broken rule of a message: an address out of
// bounds, a divergent barrier or a hang fails the command buffer that it
// happens in, as on a Mac, with an error that names kernel, thread, buffer and
// offset. The next command buffer runs. A wait for an event that nobody signals
// fails its command buffer after Options.Timeout, as a GPU gives up too.
//
// # What else fails
//
// On a Mac work also fails for reasons that are not the program's: there is no
// memory, the compiler crashes, another program hangs the GPU. [Device.Fail]
// brings that about, so that a test sees what the program does then.
//
// # What it does not tell
//
// It cannot show that Apple's compiler takes a source, and its times mean
// nothing ([Device.TimesMeanNothing]). A kernel's memory is all one, so it refuses
// overloads that only address spaces tell apart, unless they do the same; a Mac
// takes them. Dispatches of a concurrent encoder run in any order that the
// barriers allow, but never at the same time; so do the command buffers of
// different queues, in the order that events give them, and the encoders of a
// command buffer with buffers that Metal does not track, in one that fences allow.
// Command buffers of one queue run one after another; on a queue of Metal 4 (macOS 26)
// all commands run in any order that barriers, fences and events allow, those of a
// command buffer before what was committed earlier, too. In an order other than [Up] the
// queue gives what is committed within a millisecond the chance to.
package softmetal
