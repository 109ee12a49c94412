// Package objc sends Objective-C messages from Go without cgo.
//
// A message is a register image ([Registers]), and a [Runtime] gives it its
// effect: the Objective-C runtime of macOS, or a software device. Package mtl
// is written against this seam, so that the same binding code runs on a Mac
// and is tested on machines that have none.
package objc
