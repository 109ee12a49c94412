package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// encoderInfoKey is where an error has its encoders.
const encoderInfoKey = "MTLCommandBufferEncoderInfoErrorKey"

// A CommandEncoderErrorState is what became of an encoder in a command buffer that
// failed (MTLCommandEncoderErrorState).
type CommandEncoderErrorState int64

// What became of an encoder.
const (
	CommandEncoderErrorStateUnknown   CommandEncoderErrorState = 0
	CommandEncoderErrorStateCompleted CommandEncoderErrorState = 1 // it did all its work
	CommandEncoderErrorStateAffected  CommandEncoderErrorState = 2 // it was stopped because of another's fault
	CommandEncoderErrorStatePending   CommandEncoderErrorState = 3 // it never began
	CommandEncoderErrorStateFaulted   CommandEncoderErrorState = 4 // it is to blame
)

// String returns the name of the state.
func (s CommandEncoderErrorState) String() string {
	return enumName("CommandEncoderErrorState", s, "unknown", "completed", "affected", "pending", "faulted")
}

// An EncoderInfo is what became of one encoder of a command buffer that failed
// (MTLCommandBufferEncoderInfo).
type EncoderInfo struct {
	Label          string
	DebugSignposts []string // that the encoder had
	State          CommandEncoderErrorState
}

// String returns the label and the state.
func (i EncoderInfo) String() string { return fmt.Sprintf("%q %v", i.Label, i.State) }

func (s *scope) encoderInfo(id objc.ID) EncoderInfo {
	f := s.fw.foundation
	info := EncoderInfo{Label: f.String(s.encoderInfoLabel(id)), State: s.encoderInfoErrorState(id)}
	for _, text := range f.Objects(s.encoderInfoDebugSignposts(id)) {
		info.DebugSignposts = append(info.DebugSignposts, f.String(text))
	}
	return info
}
