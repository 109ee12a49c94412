//go:build !(tqmetal_abi && linux && amd64)

package objc

// entryWords is what Registers.X has.
const entryWords = 8

// SetStruct makes a struct of three words an argument of a message: the address of
// a copy, in a register. Reserve has made room. Where the stack would have it on
// other processors does not matter here.
func (b *Batch) SetStruct(e *Entry, register, stack int, words [3]uint64) {
	e[register] = b.CopyStruct(words)
}
