// Package goroutine tells goroutines apart, for objects that belong to one.
//
// Go has no name for a goroutine on purpose, lest programs keep data by it.
// Nothing is kept by it here: it answers whether the goroutine that uses an object
// is the one that it belongs to, which atomic operations on the object can only
// answer when two uses happen to meet, at several times the cost.
package goroutine
