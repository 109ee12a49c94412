package objc

// A Range is an NSRange. It travels in two registers.
type Range struct{ Location, Length uint64 }
