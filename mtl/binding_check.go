package mtl

import "fmt"

// checkArguments checks what a dispatch depends on, for a pipeline that knows its
// bindings: that something is bound wherever the kernel uses it, is as long as the
// parameter's type, and lies where that type may lie.
func (e *kernelEncoder) checkArguments(method string, bound *[MaxBufferBindings]BufferRange, bytes *[MaxBufferBindings]int) error {
	bindings := e.pipeline.bindings
	for i := range bindings {
		b := &bindings[i]
		if !b.Used || !b.Argument || uint(b.Index) >= MaxBufferBindings {
			continue
		}
		switch b.Type {
		case BindingTypeBuffer:
			if err := b.checkBuffer(method, bound[b.Index], bytes[b.Index]); err != nil {
				return err
			}
		case BindingTypeThreadgroupMemory:
			if n := e.dynamic[b.Index]; n == 0 || n < b.DataSize {
				return badArgument(method, fmt.Sprintf("threadgroup memory at index %d (%s)", b.Index, b.Name), n, "at least %d bytes by SetThreadgroupMemoryLength", max(b.DataSize, 1))
			}
		}
	}
	return nil
}

// checkBuffer checks one of them: a buffer, or that many bytes.
func (b *Binding) checkBuffer(method string, bound BufferRange, bytes int) error {
	total, offset := bytes, 0
	if bound.Buffer != nil {
		total, offset = bound.Buffer.length, bound.Offset
	}
	at := func(what string) string { return fmt.Sprintf("%s at index %d (%s)", what, b.Index, b.Name) }
	switch length := total - offset; {
	case total == 0:
		return badArgument(method, at("buffer"), "nothing", "a buffer or bytes: the kernel uses it")
	case b.Alignment > 1 && offset%b.Alignment != 0:
		return badArgument(method, at("offset"), offset, "a multiple of %d, the alignment of %v", b.Alignment, b.DataType)
	case length < b.DataSize:
		return badArgument(method, at("number of bytes"), length, "at least %d, those of one %v", b.DataSize, b.DataType)
	}
	return nil
}
