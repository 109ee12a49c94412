// Package stress holds tests that go across packages: what fails below is an
// error above and loses nothing, many goroutines at once get right results, and
// a long run takes no more than a short one.
package stress
