package mtl

import "github.com/tqmetal/tqmetal/objc"

// CommandBufferOptions say how a command buffer of Metal 4 is begun
// (MTL4CommandBufferOptions). The zero value is what [CommandQueue4.Encode] uses.
type CommandBufferOptions struct {
	// LogState takes the messages of the command buffer's kernels. It is kept until the
	// work is done.
	LogState *LogState
}

// make returns an MTL4CommandBufferOptions, which the caller releases.
func (o CommandBufferOptions) make(s *scope) objc.ID {
	object := s.newCommandBufferOptions(s.fw.commandBufferOptions)
	if o.LogState != nil {
		s.setCommandBufferOptionsLogState(object, o.LogState.id)
	}
	return object
}

// A CommandBuffer4 is what a scope of [CommandQueue4.Encode] fills
// (MTL4CommandBuffer). It belongs to the goroutine that runs the scope and ends with
// it. Encoders come one after another, never two at a time.
type CommandBuffer4 struct {
	recording
	labeled  bool
	handlers []func(CommitFeedback)
}

// Err returns the first error of the command buffer and its encoders, after which the
// scope does not commit.
func (cb *CommandBuffer4) Err() error {
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	return cb.recording.Err()
}

// SetLabel names the command buffer in Metal's messages and in its debugger.
func (cb *CommandBuffer4) SetLabel(label string) error {
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	cb.labeled = true
	return cb.setLabel("CommandBuffer4.SetLabel", label, (*call).setCommandBuffer4Label)
}

// PushDebugGroup begins a group that Metal's debugger shows what follows in, until
// PopDebugGroup.
func (cb *CommandBuffer4) PushDebugGroup(name string) error {
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	return cb.pushGroup("CommandBuffer4.PushDebugGroup", name, (*call).pushCommandBuffer4DebugGroup)
}

// PopDebugGroup ends the group that was begun last.
func (cb *CommandBuffer4) PopDebugGroup() error {
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	return cb.popGroup("CommandBuffer4.PopDebugGroup", (*call).popCommandBuffer4DebugGroup)
}

// UseResidencySets makes the memory in the sets resident for this command buffer,
// beside what the sets of its queue have. A command buffer takes up to 32 sets, and
// they are kept until the work is done.
func (cb *CommandBuffer4) UseResidencySets(sets ...*ResidencySet) error {
	const method = "CommandBuffer4.UseResidencySets"
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	if err := cb.useResidencySets(method, sets, (*call).commandBuffer4UseResidencySets); err != nil {
		return err
	}
	for _, set := range sets {
		if err := cb.pass.held.add(&set.object, cb.dev); err != nil {
			return cb.refuse(err)
		}
	}
	return nil
}

// AddFeedbackHandler calls handler once when the work is done, or has failed, on a
// thread of Metal's. It is called for a command buffer that is committed, and for no
// other. Any number of handlers may be added; they are called one after another, in
// their order. A handler may use everything, but must not wait for its own
// submission, whose waits end when its handlers have returned.
//
// A panic in a handler ends the process, as in a goroutine.
func (cb *CommandBuffer4) AddFeedbackHandler(handler func(CommitFeedback)) error {
	const method = "CommandBuffer4.AddFeedbackHandler"
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	return cb.whileOpen(method, func() error {
		if handler == nil {
			return badArgument(method, "function", "nil", "a function")
		}
		cb.handlers = append(cb.handlers, handler)
		return nil
	})
}
