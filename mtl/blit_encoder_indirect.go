package mtl

import "github.com/tqmetal/tqmetal/objc"

// ResetCommands turns count commands of an indirect command buffer from index
// first on into commands that do nothing, when the GPU gets there.
func (e *BlitCommandEncoder) ResetCommands(commands *IndirectCommandBuffer, first, count int) {
	if e != nil {
		e.resetCommands("BlitCommandEncoder.ResetCommands", commands, first, count, (*batch).resetCommands)
	}
}

func (e *encoder) resetCommands(method string, commands *IndirectCommandBuffer, first, count int, send func(*batch, objc.ID, objc.ID, objc.Range)) {
	if !e.ready() && e.refused(method) {
		return
	}
	if !e.holdCommands(method, commands) {
		return
	}
	if err := commands.checkCommands(method, first, count); err != nil {
		e.cb.fail(err)
		return
	}
	if err := commands.lock(method); err != nil {
		e.cb.fail(err)
		return
	}
	defer commands.mu.Unlock()
	commands.forgetOptimized(first, count)
	send(e.batch, e.id, commands.id, objc.Range{Location: uint64(first), Length: uint64(count)})
}

// CopyIndirectCommandBuffer copies count commands from index first of one
// indirect command buffer to an index of another one, when the GPU gets there.
// Both were made by the same descriptor. Within one indirect command buffer the
// two ranges must not overlap. The destination keeps alive what the commands
// name, until all of its commands are reset or it is released.
func (e *BlitCommandEncoder) CopyIndirectCommandBuffer(source *IndirectCommandBuffer, first, count int, destination *IndirectCommandBuffer, index int) {
	if e != nil {
		e.copyCommands("BlitCommandEncoder.CopyIndirectCommandBuffer", source, first, count, destination, index, (*batch).copyIndirectCommandBuffer)
	}
}

func (e *encoder) copyCommands(method string, source *IndirectCommandBuffer, first, count int, destination *IndirectCommandBuffer, index int, send func(*batch, objc.ID, objc.ID, objc.Range, objc.ID, uint64)) {
	if !e.ready() && e.refused(method) {
		return
	}
	if !e.holdCommands(method, source) {
		return
	}
	if !e.holdCommands(method, destination) {
		return
	}
	if err := source.checkCommands(method, first, count); err != nil {
		e.cb.fail(err)
		return
	}
	switch limit := destination.size - count; {
	case index < 0 || index > limit:
		e.cb.fail(badArgument(method, "index", index, "0 to %d, as %d commands go to a destination of %d", max(limit, 0), count, destination.size))
		return
	case source.layout != destination.layout:
		e.cb.fail(badArgument(method, "destination", "made by another descriptor than the source", "one that was made by the same"))
		return
	case source == destination && first < index+count && index < first+count:
		e.cb.fail(badArgument(method, "index", index, "a range that does not overlap the source, %d commands from index %d", count, first))
		return
	}
	if !e.lockBoth(method, source, destination) {
		return
	}
	defer unlockBoth(source, destination)
	if source != destination {
		destination.buffers.share(&source.buffers)
		destination.pipelines.share(&source.pipelines)
	}
	destination.forgetOptimized(index, count)
	destination.copied = true
	send(e.batch, e.id, source.id, objc.Range{Location: uint64(first), Length: uint64(count)}, destination.id, uint64(index))
}

// lockBoth locks two indirect command buffers, which may be one, in the same
// order whoever comes.
func (e *encoder) lockBoth(method string, a, b *IndirectCommandBuffer) bool {
	if a.id > b.id {
		a, b = b, a
	}
	err := a.lock(method)
	if err == nil && a != b {
		if err = b.lock(method); err != nil {
			a.mu.Unlock()
		}
	}
	if err != nil {
		e.cb.fail(err)
		return false
	}
	return true
}

func unlockBoth(a, b *IndirectCommandBuffer) {
	a.mu.Unlock()
	if a != b {
		b.mu.Unlock()
	}
}

// OptimizeIndirectCommandBuffer lets the GPU rewrite count commands from index
// first on so that they run faster, without commands that do nothing and state
// that is set twice. They can then be executed only together, until they are
// reset or encoded anew.
func (e *BlitCommandEncoder) OptimizeIndirectCommandBuffer(commands *IndirectCommandBuffer, first, count int) {
	if e != nil {
		e.optimizeCommands("BlitCommandEncoder.OptimizeIndirectCommandBuffer", commands, first, count, (*batch).optimizeIndirectCommandBuffer)
	}
}

func (e *encoder) optimizeCommands(method string, commands *IndirectCommandBuffer, first, count int, send func(*batch, objc.ID, objc.ID, objc.Range)) {
	if !e.ready() && e.refused(method) {
		return
	}
	if !e.holdCommands(method, commands) {
		return
	}
	if err := commands.checkCommands(method, first, count); err != nil {
		e.cb.fail(err)
		return
	}
	if err := commands.lock(method); err != nil {
		e.cb.fail(err)
		return
	}
	defer commands.mu.Unlock()
	r := objc.Range{Location: uint64(first), Length: uint64(count)}
	commands.forgetOptimized(first, count)
	commands.optimized = append(commands.optimized, r)
	send(e.batch, e.id, commands.id, r)
}
