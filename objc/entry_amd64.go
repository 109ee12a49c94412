//go:build tqmetal_abi && linux

package objc

// entryWords is six registers and six words of the stack behind them, as the System
// V convention has integers. So each integer has the same index as on arm64.
const entryWords = 12

// SetStruct makes a struct of three words an argument of a message. The System V
// convention has it by value, at a word of the stack; for a runtime that is none
// of this processor it is the address of a copy, in a register.
func (b *Batch) SetStruct(e *Entry, register, stack int, words [3]uint64) {
	if b.list == nil {
		e[register] = b.CopyStruct(words)
		return
	}
	s := e[6+stack : 6+stack+3]
	s[0], s[1], s[2] = uintptr(words[0]), uintptr(words[1]), uintptr(words[2])
}
