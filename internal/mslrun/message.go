package mslrun

import "encoding/binary"

// LogLevel is how much a message matters, with MTLLogLevel's values.
type LogLevel int

// The levels of messages.
const (
	LogDebug  LogLevel = 1
	LogInfo   LogLevel = 2
	LogNotice LogLevel = 3 // of os_log's log
	LogError  LogLevel = 4
	LogFault  LogLevel = 5
)

// Message is what a kernel has logged.
type Message struct {
	Level LogLevel
	Text  string
	// Of the kernel's os_log. They are nil of os_log_default.
	Subsystem, Category *string
}

// Log takes the messages of dispatches. It belongs to the Run that uses it.
type Log struct {
	Level    LogLevel // messages of a lower one are not taken
	Room     int      // bytes of the buffer that all of them share
	Messages []Message
	Dropped  int // messages that found no room

	used int
}

const (
	maxLog      = 1 << 30
	logOverhead = 32 // of a message in the buffer; runtime/log.cc says why
	logHeader   = 4 * 4
)

// room is how much is left. There is a byte at least, in which no message fits: none at all says that nobody takes any.
func (l *Log) room() int { return max(min(l.Room, maxLog)-l.used, 1) }

// take takes over what the program of a dispatch sent. What is cut off is dropped.
func (l *Log) take(b []byte, dropped int) {
	l.used += len(b)
	l.Dropped += dropped
	for len(b) >= logOverhead {
		var n [4]int
		for i := range n {
			n[i] = int(int32(binary.LittleEndian.Uint32(b[4*i:])))
		}
		rest := b[logHeader:]
		total := logOverhead + max(n[1], 0) + max(n[2], 0) + max(n[3], 0)
		if total > len(b) {
			break
		}
		next := func(n int) string {
			s := string(rest[:max(n, 0)])
			rest = rest[max(n, 0):]
			return s
		}
		m := Message{Level: LogLevel(n[0])}
		for i, name := range []**string{&m.Subsystem, &m.Category} {
			if text := next(n[1+i]); n[1+i] >= 0 {
				*name = &text
			}
		}
		m.Text = next(n[3])
		l.Messages = append(l.Messages, m)
		b = b[total:]
	}
}
