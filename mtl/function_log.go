package mtl

import "fmt"

// A FunctionLogType says what a function log is about (MTLFunctionLogType).
type FunctionLogType uint64

// FunctionLogTypeValidation is a log of shader validation, the only kind that there is.
const FunctionLogTypeValidation FunctionLogType = 0

// String returns the name of the type.
func (t FunctionLogType) String() string { return enumName("FunctionLogType", t, "validation") }

// A FunctionLog is what shader validation says of a kernel (MTLFunctionLog): that it has
// done what is undefined, such as a read beyond a buffer.
type FunctionLog struct {
	Type         FunctionLogType
	EncoderLabel string                   // of the encoder that dispatched the kernel
	Function     string                   // the name of the kernel, if Metal knows it
	Location     FunctionLogDebugLocation // where it happened, as far as Metal knows
}

// A FunctionLogDebugLocation is a place in the source of a kernel
// (MTLFunctionLogDebugLocation). What Metal does not know is empty or 0.
type FunctionLogDebugLocation struct {
	Function     string // that has the place, which the kernel may have called
	File         string // of the source
	Line, Column int    // from 1
}

// FunctionLogs returns what shader validation has found in the work. It is empty unless
// pipelines are made with ShaderValidation, or the environment has
// MTL_SHADER_VALIDATION=1. Before the first Wait has returned the error wraps
// [ErrNotDone].
func (s *Submission) FunctionLogs() ([]FunctionLog, error) {
	if err := s.acquire(); err != nil {
		return nil, err
	}
	defer s.drop()
	if !s.isDone() {
		return nil, fmt.Errorf("mtl: Submission.FunctionLogs: %w", ErrNotDone)
	}
	sc := s.fw.begin()
	defer sc.end()
	f := s.fw.foundation
	var logs []FunctionLog
	for _, id := range f.Enumerate(sc.commandBufferLogs(s.id)) {
		l := FunctionLog{Type: sc.functionLogType(id), EncoderLabel: f.String(sc.functionLogEncoderLabel(id))}
		if function := sc.functionLogFunction(id); function != 0 {
			l.Function = f.String(sc.functionName(function))
		}
		if at := sc.functionLogDebugLocation(id); at != 0 {
			l.Location = FunctionLogDebugLocation{
				Function: f.String(sc.debugLocationFunctionName(at)), File: f.URLPath(sc.debugLocationURL(at)),
				Line: int(sc.debugLocationLine(at)), Column: int(sc.debugLocationColumn(at)),
			}
		}
		logs = append(logs, l)
	}
	return logs, nil
}
