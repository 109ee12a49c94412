package mtl

import "fmt"

// boundArguments are what is bound to the parameters of a kernel, for a pipeline
// that knows these.
type boundArguments struct {
	bindings []Binding // nil if they are not known
	buffers  [MaxBufferBindings]boundBuffer
}

// A boundBuffer is a buffer, or bytes.
type boundBuffer struct{ length, offset int }

// check checks what a dispatch depends on: that something is bound wherever the
// kernel uses it, is as long as the parameter's type, and lies where that type may
// lie.
func (a *boundArguments) check(method string, threadgroup *[MaxThreadgroupMemoryBindings]int) error {
	for i := range a.bindings {
		b := &a.bindings[i]
		if !b.Used || !b.Argument || uint(b.Index) >= MaxBufferBindings {
			continue
		}
		switch b.Type {
		case BindingTypeBuffer:
			if err := b.checkBuffer(method, a.buffers[b.Index]); err != nil {
				return err
			}
		case BindingTypeThreadgroupMemory:
			if n := threadgroup[b.Index]; n == 0 || n < b.DataSize {
				return badArgument(method, fmt.Sprintf("threadgroup memory at index %d (%s)", b.Index, b.Name), n, "at least %d bytes by SetThreadgroupMemoryLength", max(b.DataSize, 1))
			}
		}
	}
	return nil
}

func (b *Binding) checkBuffer(method string, bound boundBuffer) error {
	at := func(what string) string { return fmt.Sprintf("%s at index %d (%s)", what, b.Index, b.Name) }
	switch length := bound.length - bound.offset; {
	case bound.length == 0:
		return badArgument(method, at("buffer"), "nothing", "a buffer or bytes: the kernel uses it")
	case b.Alignment > 1 && bound.offset%b.Alignment != 0:
		return badArgument(method, at("offset"), bound.offset, "a multiple of %d, the alignment of %v", b.Alignment, b.DataType)
	case length < b.DataSize:
		return badArgument(method, at("number of bytes"), length, "at least %d, those of one %v", b.DataSize, b.DataType)
	}
	return nil
}
