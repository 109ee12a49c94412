package mtl

import "github.com/tqmetal/tqmetal/objc"

// ResetCommands turns count commands of an indirect command buffer from index
// first on into commands that do nothing, when the GPU gets there.
func (e *BlitCommandEncoder) ResetCommands(commands *IndirectCommandBuffer, first, count int) {
	if e != nil {
		e.resetCommands("BlitCommandEncoder.ResetCommands", commands, first, count, (*call).resetCommands)
	}
}

func (e *encoder) resetCommands(method string, commands *IndirectCommandBuffer, first, count int, send func(*call, objc.ID, objc.ID, objc.Range)) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.useCommands(commands) {
		return
	}
	defer commands.drop()
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
	send(e.cb.scope.call, e.id, commands.id, objc.Range{Location: uint64(first), Length: uint64(count)})
}

// CopyIndirectCommandBuffer copies count commands from index first of one
// indirect command buffer to an index of another one, when the GPU gets there.
// Both were made by the same descriptor. Within one indirect command buffer the
// two ranges must not overlap. The destination keeps alive what the commands
// name, until all of its commands are reset or it is released.
func (e *BlitCommandEncoder) CopyIndirectCommandBuffer(source *IndirectCommandBuffer, first, count int, destination *IndirectCommandBuffer, index int) {
	if e != nil {
		e.copyCommands("BlitCommandEncoder.CopyIndirectCommandBuffer", source, first, count, destination, index, (*call).copyIndirectCommandBuffer)
	}
}

func (e *encoder) copyCommands(method string, source *IndirectCommandBuffer, first, count int, destination *IndirectCommandBuffer, index int, send func(*call, objc.ID, objc.ID, objc.Range, objc.ID, uint64)) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.useCommands(source) {
		return
	}
	defer source.drop()
	if !e.useCommands(destination) {
		return
	}
	defer destination.drop()
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
	unlock, err := lockBoth(method, source, destination)
	if err != nil {
		e.cb.fail(err)
		return
	}
	defer unlock()
	if source != destination {
		destination.buffers.share(&source.buffers)
		destination.pipelines.share(&source.pipelines)
	}
	destination.forgetOptimized(index, count)
	send(e.cb.scope.call, e.id, source.id, objc.Range{Location: uint64(first), Length: uint64(count)}, destination.id, uint64(index))
}

// lockBoth locks two indirect command buffers, which may be one, in the same
// order whoever comes.
func lockBoth(method string, a, b *IndirectCommandBuffer) (unlock func(), err error) {
	if a.id > b.id {
		a, b = b, a
	}
	if err := a.lock(method); err != nil {
		return nil, err
	}
	if a == b {
		return a.mu.Unlock, nil
	}
	if err := b.lock(method); err != nil {
		a.mu.Unlock()
		return nil, err
	}
	return func() { b.mu.Unlock(); a.mu.Unlock() }, nil
}

// OptimizeIndirectCommandBuffer lets the GPU rewrite count commands from index
// first on so that they run faster, without commands that do nothing and state
// that is set twice. They can then be executed only together, until they are
// reset or encoded anew.
func (e *BlitCommandEncoder) OptimizeIndirectCommandBuffer(commands *IndirectCommandBuffer, first, count int) {
	if e != nil {
		e.optimizeCommands("BlitCommandEncoder.OptimizeIndirectCommandBuffer", commands, first, count, (*call).optimizeIndirectCommandBuffer)
	}
}

func (e *encoder) optimizeCommands(method string, commands *IndirectCommandBuffer, first, count int, send func(*call, objc.ID, objc.ID, objc.Range)) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.useCommands(commands) {
		return
	}
	defer commands.drop()
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
	send(e.cb.scope.call, e.id, commands.id, r)
}
