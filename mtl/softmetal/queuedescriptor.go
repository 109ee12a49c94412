package softmetal

// A queueDescriptor is an MTLCommandQueueDescriptor.
type queueDescriptor struct {
	limit uint64
	logs  *object // a log state, or nil
}

func (q *queueDescriptor) dealloc(d *Device, _ *object) { d.release(q.logs) }

func queueDescriptorClass() *class {
	return &class{
		name:   "MTLCommandQueueDescriptor",
		public: true,
		since:  1500,
		create: func(*Device) any { return &queueDescriptor{limit: defaultCommandBuffers} },
		methods: map[string]handler{
			"maxCommandBufferCount":     on(func(q *queueDescriptor, c *call) { c.returnWord(q.limit) }),
			"setMaxCommandBufferCount:": on(func(q *queueDescriptor, c *call) { q.limit = c.word(0) }),
			"logState":                  on(func(q *queueDescriptor, c *call) { c.returnKept(q.logs) }),
			"setLogState:":              on(func(q *queueDescriptor, c *call) { c.setLogState(&q.logs) }),
		},
	}
}

func (c *call) newQueueWithDescriptor() {
	switch d := payload[*queueDescriptor](c, 0); {
	case d == nil:
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
	case d.limit == 0:
		c.fail(RuleIndex, "a queue of 0 command buffers")
	default:
		c.newQueue(d.limit, d.logs)
	}
}

// A commandBufferDescriptor is an MTLCommandBufferDescriptor, and how a command
// buffer was asked for.
type commandBufferDescriptor struct {
	retained bool
	errors   uint64  // MTLCommandBufferErrorOption
	logs     *object // a log state, or nil
}

func (b *commandBufferDescriptor) dealloc(d *Device, _ *object) { d.release(b.logs) }

// errorsOfEncoders is MTLCommandBufferErrorOptionEncoderExecutionStatus.
const errorsOfEncoders = 1

func commandBufferDescriptorClass() *class {
	return &class{
		name:   "MTLCommandBufferDescriptor",
		public: true,
		create: func(*Device) any { return &commandBufferDescriptor{retained: true} },
		methods: map[string]handler{
			"retainedReferences":     on(func(d *commandBufferDescriptor, c *call) { c.returnBool(d.retained) }),
			"setRetainedReferences:": on(func(d *commandBufferDescriptor, c *call) { d.retained = c.bool(0) }),
			"logState":               on(func(d *commandBufferDescriptor, c *call) { c.returnKept(d.logs) }),
			"setLogState:":           on(func(d *commandBufferDescriptor, c *call) { c.setLogState(&d.logs) }),
			"errorOptions":           on(func(d *commandBufferDescriptor, c *call) { c.returnWord(d.errors) }),
			"setErrorOptions:": on(func(d *commandBufferDescriptor, c *call) {
				if c.word(0)&^errorsOfEncoders != 0 {
					c.fail(RuleEnum, "%#x is no MTLCommandBufferErrorOption", c.word(0))
					return
				}
				d.errors = c.word(0)
			}),
		},
	}
}
