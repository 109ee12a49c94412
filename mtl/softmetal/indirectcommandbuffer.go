package softmetal

import "github.com/tqmetal/tqmetal/internal/mslrun"

// MTLIndirectCommandType, as far as it computes.
const (
	indirectDispatch        = 1 << 5
	indirectDispatchThreads = 1 << 6
	indirectComputeTypes    = indirectDispatch | indirectDispatchThreads
	indirectAllTypes        = (1<<9 - 1) &^ (1 << 4)

	maxIndirectRange = 16384 // that one executeCommandsInBuffer takes on every Mac
	indirectRangeLen = 8     // MTLIndirectCommandBufferExecutionRange: two 32-bit numbers
)

// An indirectLayout is what a MTLIndirectCommandBufferDescriptor says.
type indirectLayout struct {
	types              uint64
	inheritPipeline    bool
	inheritBuffers     bool
	buffers            uint64 // kernel buffers a command has room for
	threadgroupMemory  uint64
	limitsThreadgroups bool // macOS 14 and later know the limit above
}

func indirectDescriptorClass() *class {
	word := func(field func(*indirectLayout) *uint64) (get, set handler) {
		return on(func(l *indirectLayout, c *call) { c.returnWord(*field(l)) }),
			on(func(l *indirectLayout, c *call) { *field(l) = c.word(0) })
	}
	flag := func(field func(*indirectLayout) *bool) (get, set handler) {
		return on(func(l *indirectLayout, c *call) { c.returnBool(*field(l)) }),
			on(func(l *indirectLayout, c *call) { *field(l) = c.bool(0) })
	}
	m := map[string]handler{}
	m["commandTypes"], m["setCommandTypes:"] = word(func(l *indirectLayout) *uint64 { return &l.types })
	m["maxKernelBufferBindCount"], m["setMaxKernelBufferBindCount:"] = word(func(l *indirectLayout) *uint64 { return &l.buffers })
	m["maxKernelThreadgroupMemoryBindCount"], m["setMaxKernelThreadgroupMemoryBindCount:"] = word(func(l *indirectLayout) *uint64 { return &l.threadgroupMemory })
	m["inheritPipelineState"], m["setInheritPipelineState:"] = flag(func(l *indirectLayout) *bool { return &l.inheritPipeline })
	m["inheritBuffers"], m["setInheritBuffers:"] = flag(func(l *indirectLayout) *bool { return &l.inheritBuffers })
	return &class{
		name:    "MTLIndirectCommandBufferDescriptor",
		public:  true,
		create:  func(d *Device) any { return &indirectLayout{limitsThreadgroups: d.macOS >= 1400} },
		methods: m,
	}
}

// An indirectBuffer is commands that are kept and run as often as is asked for.
type indirectBuffer struct {
	layout    indirectLayout
	options   uint64
	commands  []*indirectCommand // nil for one that does nothing
	optimized []commandRange
	committed int // command buffers under way that use it
}

// A commandRange is some of the commands of an indirect command buffer.
type commandRange struct{ at, n uint64 }

func (r commandRange) end() uint64                  { return r.at + r.n }
func (r commandRange) overlaps(o commandRange) bool { return r.at < o.end() && o.at < r.end() }
func (r commandRange) holds(o commandRange) bool    { return r.at <= o.at && o.end() <= r.end() }

// An indirectCommand is one dispatch. It keeps nothing alive that it names: the
// program has to, and to make it resident.
type indirectCommand struct {
	pipeline *object
	bindings
	barrier bool
	request *dispatchRequest // nil: the command does nothing
}

func (b *indirectBuffer) storage() uint64 { return b.options >> storageModeShift & storageModeMask }

func indirectBufferClass() *class {
	return &class{
		name:      "SoftMetalIndirectCommandBuffer",
		protocols: []string{"MTLIndirectCommandBuffer", "MTLResource", "MTLAllocation"},
		methods: labelMethods(map[string]handler{
			"device":                         deviceMethod,
			"size":                           on(func(b *indirectBuffer, c *call) { c.returnInt(len(b.commands)) }),
			"allocatedSize":                  on(func(b *indirectBuffer, c *call) { c.returnInt(len(b.commands) * indirectCommandSize) }),
			"storageMode":                    on(func(b *indirectBuffer, c *call) { c.returnWord(b.storage()) }),
			"cpuCacheMode":                   on(func(b *indirectBuffer, c *call) { c.returnWord(b.options & cacheModeMask) }),
			"resourceOptions":                on(func(b *indirectBuffer, c *call) { c.returnWord(b.options) }),
			"gpuResourceID":                  func(c *call) { c.returnWord(uint64(c.target.id)) },
			"indirectComputeCommandAtIndex:": on((*indirectBuffer).commandAt),
			"resetWithRange:": on(func(b *indirectBuffer, c *call) {
				at, n := c.span(0)
				if b.idle(c) && c.checkCommands(b, commandRange{at, n}) {
					b.reset(commandRange{at, n})
				}
			}),
		}),
	}
}

// What a command takes of memory is the GPU's secret: the number only says that
// it is some.
const indirectCommandSize = 512

func (c *call) newIndirectBuffer() {
	l := payload[*indirectLayout](c, 0)
	count, options := c.word(1), c.word(2)
	switch {
	case l == nil:
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
	case l.types == 0 || l.types&^indirectAllTypes != 0:
		c.fail(RuleEnum, "command types %#x are no MTLIndirectCommandType", l.types)
	case l.types&indirectComputeTypes != 0 && l.types&^indirectComputeTypes != 0:
		c.fail(RuleIndirectTypes, "command types %#x mix commands that render with commands that compute", l.types)
	case l.types&indirectComputeTypes == 0:
		c.fail(RuleNotImplemented, "command types %#x render, and the software device does not", l.types)
	case l.buffers > mslrun.MaxBuffers || l.threadgroupMemory > mslrun.MaxBuffers:
		c.fail(RuleIndex, "room for %d kernel buffers and %d threadgroup memory lengths a command, the limit is %d", l.buffers, l.threadgroupMemory, mslrun.MaxBuffers)
	case count == 0:
		c.fail(RuleIndirectRange, "an indirect command buffer of 0 commands")
	case options&^resourceOptionBits != 0 || options>>storageModeShift&storageModeMask > storagePrivate:
		c.fail(RuleBufferOptions, "options %#x are not for indirect command buffers", options)
	default:
		const most = 1 << 20 // there is memory for no more
		if count > most {
			c.returnOwned(nil)
			return
		}
		b := &indirectBuffer{layout: *l, options: options, commands: make([]*indirectCommand, count)}
		c.returnOwned(c.make(c.classes["SoftMetalIndirectCommandBuffer"], b))
	}
}

// idle checks that the CPU may change commands: no work that was committed reads
// them any more.
func (b *indirectBuffer) idle(c *call) bool {
	if b.committed > 0 {
		c.fail(RuleIndirectBusy, "%d command buffers that were committed and are not complete use these commands", b.committed)
		return false
	}
	return true
}

// checkCommands checks that a range lies within an indirect command buffer.
func (c *call) checkCommands(b *indirectBuffer, r commandRange) bool {
	if n := uint64(len(b.commands)); r.at > n || r.n > n-r.at {
		c.fail(RuleIndirectRange, "%d commands from index %d, and the indirect command buffer has %d", r.n, r.at, n)
		return false
	}
	return true
}

// reset turns commands into ones that do nothing.
func (b *indirectBuffer) reset(r commandRange) {
	clear(b.commands[r.at:r.end()])
	b.forgetOptimized(r)
}

// forgetOptimized notes that commands were written anew.
func (b *indirectBuffer) forgetOptimized(r commandRange) {
	var left []commandRange
	for _, o := range b.optimized {
		if !o.overlaps(r) {
			left = append(left, o)
		}
	}
	b.optimized = left
}
