package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A LogLevel says how much a message matters (MTLLogLevel).
type LogLevel int64

// The levels of messages, and the functions of os_log that give them.
const (
	LogLevelUndefined LogLevel = 0
	LogLevelDebug     LogLevel = 1 // log_debug
	LogLevelInfo      LogLevel = 2 // log_info
	LogLevelNotice    LogLevel = 3 // log
	LogLevelError     LogLevel = 4 // log_error
	LogLevelFault     LogLevel = 5 // log_fault
)

// String returns the name of the level.
func (l LogLevel) String() string {
	return enumName("LogLevel", l, "undefined", "debug", "info", "notice", "error", "fault")
}

const (
	// MinLogBufferSize and MaxLogBufferSize are the bytes that the buffer of a log state
	// may have.
	MinLogBufferSize = 1 << 10
	MaxLogBufferSize = 1 << 30

	defaultLogBufferSize = 1 << 20
)

// A LogStateDescriptor says how a log state is made (MTLLogStateDescriptor). Its zero
// value takes messages of all levels.
type LogStateDescriptor struct {
	// Level is the lowest level that is taken. Kernels leave out messages of lower
	// ones. Zero means LogLevelDebug, which is all.
	Level LogLevel
	// BufferSize is the bytes of the buffer that kernels write messages to, from 1 KiB
	// to 1 GiB. Zero means 1 MiB. Messages that find no room in it are dropped, and
	// nobody is told.
	BufferSize int
}

// A LogMessage is what a kernel has said.
type LogMessage struct {
	Subsystem string // of the kernel's os_log, and empty of os_log_default
	Category  string // of the kernel's os_log, and empty of os_log_default
	Level     LogLevel
	Text      string
}

// A LogState takes the messages of kernels (MTLLogState, macOS 15). It is for debugging:
// kernels that log are slower, also when nobody takes their messages.
//
// The source includes <metal_logging>, is compiled as MSL 3.2 at least, and with
// [CompileOptions].EnableLogging. In a kernel,
//
//	os_log_default.log("row %u has %f", row, x);
//
// is a message; an os_log at program scope, such as constant os_log log("subsystem",
// "category"), gives it a name. The log state is given to a queue or to a command buffer,
// by [CommandQueueDescriptor], [CommandBufferDescriptor] or [CommandBufferOptions]; that
// of the command buffer comes first.
//
// It may be used from any goroutine; the owner releases it. Queues and command buffers
// keep it.
type LogState struct{ object }

// NewLogState returns a log state without handlers. Below macOS 15 the error wraps
// [ErrUnsupported]. The caller releases it.
func (d *Device) NewLogState(descriptor LogStateDescriptor) (*LogState, error) {
	const method = "Device.NewLogState"
	if descriptor.Level == LogLevelUndefined {
		descriptor.Level = LogLevelDebug
	}
	if descriptor.BufferSize == 0 {
		descriptor.BufferSize = defaultLogBufferSize
	}
	switch size := descriptor.BufferSize; {
	case descriptor.Level < LogLevelDebug || descriptor.Level > LogLevelFault:
		return nil, badArgument(method, "Level", int64(descriptor.Level), "%d (debug) to %d (fault), or 0 for debug", LogLevelDebug, LogLevelFault)
	case size < MinLogBufferSize || size > MaxLogBufferSize:
		return nil, badArgument(method, "BufferSize", size, "%d to %d bytes, or 0 for %d", MinLogBufferSize, MaxLogBufferSize, defaultLogBufferSize)
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if !d.hasLogStates {
		return nil, fmt.Errorf("mtl: %s needs macOS 15: %w", method, ErrUnsupported)
	}
	s := d.fw.begin()
	defer s.end()
	object := s.newLogStateDescriptor(d.fw.logStateDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTLLogStateDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setLogLevel(object, descriptor.Level)
	s.setLogBufferSize(object, int64(descriptor.BufferSize))
	id, nsError := s.newLogState(d.id, object)
	if id == 0 {
		return nil, d.fw.failed("log state", nsError)
	}
	l := new(LogState)
	l.own("LogState", d.fw, d, id)
	return l, nil
}

func (l *LogState) acquire() error {
	if l == nil {
		return errNil("LogState")
	}
	return l.object.acquire()
}

// Release gives up the reference. Handlers are still called for the work of queues and
// command buffers that have the log state.
func (l *LogState) Release() {
	if l != nil {
		l.release()
	}
}

// logHandlerSignature is the type of a block that takes subsystem, category, level and
// text.
const logHandlerSignature = "v40@?0@8@16q24@32"

// AddLogHandler calls handler with each message, on threads of Metal's. There may be
// several handlers, each of which gets every message. Without any, the messages go to the
// system's log, where Console shows them. Those of one command buffer come in no order
// that Metal promises; it does not say either that all of them have arrived when
// [Submission.Wait] returns. A panic in a handler ends the process, as in a goroutine. A
// runtime that can't call back gives an error that wraps [ErrUnavailable].
func (l *LogState) AddLogHandler(handler func(LogMessage)) error {
	const method = "LogState.AddLogHandler"
	if err := l.acquire(); err != nil {
		return err
	}
	defer l.drop()
	if handler == nil {
		return badArgument(method, "function", "nil", "a function")
	}
	f := l.fw.foundation
	block, err := f.NewBlock(logHandlerSignature, func(args objc.BlockArguments) {
		text := func(id uintptr) string {
			if id == 0 {
				return ""
			}
			return f.String(objc.ID(id))
		}
		handler(LogMessage{Subsystem: text(args[0]), Category: text(args[1]), Level: LogLevel(args[2]), Text: text(args[3])})
	})
	if err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	defer f.ReleaseBlock(block) // Metal has its own reference by then
	s := l.fw.begin()
	defer s.end()
	s.addLogHandler(l.id, uintptr(block))
	return nil
}

// useLogState runs f with the handle of the log state of a descriptor, zero for none.
func (d *Device) useLogState(method string, l *LogState, f func(objc.ID) error) error {
	if l == nil {
		return f(0)
	}
	if err := l.acquireFor(d); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer l.drop()
	return f(l.id)
}
