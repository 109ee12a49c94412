package softmetal

import (
	"context"
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

const (
	logStateErrorDomain      = "MTLLogStateErrorDomain"
	logStateErrorInvalidSize = 1

	defaultLogBuffer = 1 << 20
	leastLogBuffer   = 1 << 10
	mostLogBuffer    = 1 << 30

	mostLogLevel = 5 // MTLLogLevelFault
)

type logStateDescriptor struct{ level, size int64 }

func logStateDescriptorClass() *class {
	return &class{
		name:   "MTLLogStateDescriptor",
		public: true,
		create: func(*Device) any {
			return &logStateDescriptor{level: int64(mslrun.LogDebug), size: defaultLogBuffer}
		},
		methods: map[string]handler{
			"level": on(func(l *logStateDescriptor, c *call) { c.returnWord(uint64(l.level)) }),
			"setLevel:": on(func(l *logStateDescriptor, c *call) {
				if c.int(0) < 0 || c.int(0) > mostLogLevel {
					c.fail(RuleEnum, "%d is no MTLLogLevel", c.int(0))
					return
				}
				l.level = c.int(0)
			}),
			"bufferSize":     on(func(l *logStateDescriptor, c *call) { c.returnWord(uint64(l.size)) }),
			"setBufferSize:": on(func(l *logStateDescriptor, c *call) { l.size = c.int(0) }),
		},
	}
}

// A logState takes the messages of kernels. Its buffer is that of one command buffer at
// a time, and is emptied when the command buffer is done. Metal says neither when the
// handlers are called nor whether a wait for the command buffer waits for them. Here
// they run on a thread of their own, and nothing waits for them.
type logState struct {
	level, size int64
	blocks      []*block // handlers, each with a reference of ours
	handlers    handlers
}

func (l *logState) dealloc(d *Device, _ *object) {
	for _, b := range l.blocks {
		d.blockRelease(b)
	}
}

func logStateClass() *class {
	return &class{
		name:      "SoftMetalLogState",
		protocols: []string{"MTLLogState"},
		methods: map[string]handler{
			"addLogHandler:": on(func(l *logState, c *call) {
				if b := c.blockArgument(0); b != nil {
					l.blocks = append(l.blocks, b)
				}
			}),
		},
	}
}

func (c *call) newLogState() {
	d := payload[*logStateDescriptor](c, 0)
	switch {
	case d == nil:
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
	case d.size < leastLogBuffer || d.size > mostLogBuffer:
		c.returnOwned(nil)
		c.setError(1, c.newErrorf(logStateErrorDomain, logStateErrorInvalidSize, "Invalid log buffer size: %d B. Expected range: %d -> %d", d.size, leastLogBuffer, mostLogBuffer))
	default:
		l := &logState{level: d.level, size: d.size, handlers: handlers{device: c.Device}}
		c.returnOwned(c.make(c.classes["SoftMetalLogState"], l))
	}
}

// setLogState is that method of a descriptor. Nil means none.
func (c *call) setLogState(to **object) {
	o := c.object(0).retain()
	c.Device.release(*to)
	*to = o
}

// logState returns where the messages of a command buffer go, nil for nowhere: its own log
// state comes before that of its queue.
func (cb *commandBuffer) logState() *object {
	if cb.how.logs != nil {
		return cb.how.logs
	}
	return cb.queue.logs
}

// logging is the backend with a place for messages.
type logging struct {
	backend
	log *mslrun.Log
}

func (l *logging) run(ctx context.Context, dispatches []mslrun.Dispatch, order mslrun.Order) error {
	dispatches = slices.Clone(dispatches)
	for i := range dispatches {
		dispatches[i].Log = l.log
	}
	return l.backend.run(ctx, dispatches, order)
}

// withLog returns the backend for a command buffer whose messages go to a log state, or
// nowhere.
func (r *recording) withLog(state *object) backend {
	if state == nil {
		return r.device.backend
	}
	if r.log == nil {
		l := state.payload.(*logState)
		r.logs, r.log = state, &mslrun.Log{Level: mslrun.LogLevel(l.level), Room: int(l.size)}
	}
	return &logging{r.device.backend, r.log}
}

// tellLog hands the messages to the handlers. Without any they are gone: a Mac's go to
// the system's log. The lock is held.
func (r *recording) tellLog() {
	if r.log == nil {
		return
	}
	d := r.device
	l := r.logs.payload.(*logState)
	for _, m := range r.log.Messages {
		text := func(s *string) *object {
			if s == nil {
				return nil
			}
			return d.newString(*s)
		}
		subsystem, category, message := text(m.Subsystem), text(m.Category), text(&m.Text)
		blocks := slices.Clone(l.blocks)
		for _, b := range blocks {
			b.refs++
		}
		id := func(o *object) uint64 {
			if o == nil {
				return 0
			}
			return uint64(o.id)
		}
		args := []uint64{id(subsystem), id(category), uint64(m.Level), id(message)}
		l.handlers.add(handlerJob{blocks: blocks, args: args, done: func() {
			releaseAll(d, []*object{subsystem, category, message})
		}})
	}
	r.log = nil
}
