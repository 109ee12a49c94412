package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// PushDebugGroup begins a group that Metal's debugger shows what follows in, until
// PopDebugGroup.
func (cb *CommandBuffer) PushDebugGroup(name string) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.pushGroup("CommandBuffer.PushDebugGroup", name, (*call).pushCommandBufferDebugGroup)
}

// PopDebugGroup ends the group that was begun last.
func (cb *CommandBuffer) PopDebugGroup() error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.popGroup("CommandBuffer.PopDebugGroup", (*call).popCommandBufferDebugGroup)
}

func (cb *recording) pushGroup(method, name string, send func(*call, objc.ID, objc.ID)) error {
	return cb.whileOpen(method, func() error {
		if err := cb.scope.withString(name, func(text objc.ID) { send(cb.scope.call, cb.id, text) }); err != nil {
			return fmt.Errorf("mtl: %s: %w", method, err)
		}
		cb.groups++
		return nil
	})
}

func (cb *recording) popGroup(method string, send func(*call, objc.ID)) error {
	return cb.whileOpen(method, func() error {
		if cb.groups == 0 {
			return badArgument(method, "number of open groups", 0, "a PushDebugGroup before")
		}
		cb.groups--
		send(cb.scope.call, cb.id)
		return nil
	})
}

// PushDebugGroup begins a group that Metal's debugger shows what follows in, until
// PopDebugGroup.
func (e *ComputeCommandEncoder) PushDebugGroup(name string) {
	if e != nil {
		e.pushDebugGroup("ComputeCommandEncoder.PushDebugGroup", name)
	}
}

// PopDebugGroup ends the group that was begun last in this encoder.
func (e *ComputeCommandEncoder) PopDebugGroup() {
	if e != nil {
		e.popDebugGroup("ComputeCommandEncoder.PopDebugGroup")
	}
}

// InsertDebugSignpost marks a place in Metal's debugger, and in the error of a
// command buffer that failed; see [EncoderInfo].
func (e *ComputeCommandEncoder) InsertDebugSignpost(name string) {
	if e != nil {
		e.debugText("ComputeCommandEncoder.InsertDebugSignpost", name, e.says.signpost)
	}
}

// Label returns what SetLabel has set.
func (e *ComputeCommandEncoder) Label() string {
	if e == nil {
		return ""
	}
	return e.label("ComputeCommandEncoder.Label")
}

// PushDebugGroup begins a group that Metal's debugger shows what follows in, until
// PopDebugGroup.
func (e *BlitCommandEncoder) PushDebugGroup(name string) {
	if e != nil {
		e.pushDebugGroup("BlitCommandEncoder.PushDebugGroup", name)
	}
}

// PopDebugGroup ends the group that was begun last in this encoder.
func (e *BlitCommandEncoder) PopDebugGroup() {
	if e != nil {
		e.popDebugGroup("BlitCommandEncoder.PopDebugGroup")
	}
}

// InsertDebugSignpost marks a place in Metal's debugger, and in the error of a
// command buffer that failed; see [EncoderInfo].
func (e *BlitCommandEncoder) InsertDebugSignpost(name string) {
	if e != nil {
		e.debugText("BlitCommandEncoder.InsertDebugSignpost", name, e.says.signpost)
	}
}

// Label returns what SetLabel has set.
func (e *BlitCommandEncoder) Label() string {
	if e == nil {
		return ""
	}
	return e.label("BlitCommandEncoder.Label")
}

func (e *encoder) pushDebugGroup(method, name string) {
	if e.debugText(method, name, e.says.pushGroup) {
		e.groups++
	}
}

func (e *encoder) debugText(method, text string, send func(*call, objc.ID, objc.ID)) bool {
	if !e.enter(method) {
		return false
	}
	defer e.cb.leave()
	s := e.cb.scope
	if err := s.withString(text, func(id objc.ID) { send(s.call, e.id, id) }); err != nil {
		e.cb.fail(fmt.Errorf("mtl: %s: %w", method, err))
		return false
	}
	return true
}

func (e *encoder) popDebugGroup(method string) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if e.groups == 0 {
		e.cb.fail(badArgument(method, "number of open groups", 0, "a PushDebugGroup before, in this encoder"))
		return
	}
	e.groups--
	e.says.popGroup(e.cb.scope.call, e.id)
}

func (e *encoder) label(method string) string {
	if !e.enter(method) {
		return ""
	}
	defer e.cb.leave()
	return e.cb.dev.fw.foundation.String(e.cb.scope.encoderLabel(e.id))
}
