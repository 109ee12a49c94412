package objc

import "slices"

// A Message is one message or C function that a package of this module sends,
// with what Apple declares about it.
type Message struct {
	Class    string // class or protocol that declares it; C for a C function
	Selector string // with a + for a class method; the name of a C function
	Encoding string // type encoding on arm64; of a C function result and arguments
	MinMacOS string // the first macOS that has it, such as 10.11; 10.x is any
}

// IsFunction says that the message is a C function.
func (m Message) IsFunction() bool { return m.Class == "C" }

// Messages returns everything that this package sends. Package mtl has a list of
// its own.
func Messages() []Message { return slices.Clone(messages[:]) }
