package softmetal

import (
	"errors"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// validationEnabled is MTLShaderValidationEnabled.
const validationEnabled = 1

// A functionLog is what shader validation says of a kernel. Here it says that a kernel
// failed, if its pipeline was made with validation: this device always looks, and a Mac
// tells only then.
type functionLog struct {
	label    string // of the encoder
	function *function
	name     string
	line     int
}

// addFunctionLog notes why the kernel of an encoder failed.
func (cb *commandBuffer) addFunctionLog(err error, encoder *encoderInfo) {
	var f *mslrun.FaultError
	if !errors.As(err, &f) {
		return
	}
	p, ok := f.Origin.(*pipeline)
	if !ok || p.validation != validationEnabled {
		return
	}
	l := &functionLog{label: encoder.label, function: p.function, name: f.Kernel, line: f.Line}
	cb.found = append(cb.found, l)
}

func functionLogClasses() []*class {
	optional := func(c *call, text string) {
		if text != "" {
			c.returnNew(c.newString(text))
		}
	}
	return []*class{{
		name:      "SoftMetalLogContainer",
		protocols: []string{"MTLLogContainer", "NSFastEnumeration"},
		methods:   map[string]handler{"countByEnumeratingWithState:objects:count:": on((*logContainer).enumerate)},
	}, {
		name:      "SoftMetalFunctionLog",
		protocols: []string{"MTLFunctionLog"},
		methods: map[string]handler{
			"type":         func(c *call) { c.returnWord(0) }, // validation
			"encoderLabel": on(func(l *functionLog, c *call) { optional(c, l.label) }),
			"function": on(func(l *functionLog, c *call) {
				f := *l.function
				f.owner = nil // it may be gone
				c.returnNew(c.make(c.classes["SoftMetalFunction"], &f))
			}),
			"debugLocation": on(func(l *functionLog, c *call) {
				c.returnNew(c.make(c.classes["SoftMetalFunctionLogDebugLocation"], &logLocation{l}))
			}),
		},
	}, {
		name:      "SoftMetalFunctionLogDebugLocation",
		protocols: []string{"MTLFunctionLogDebugLocation"},
		methods: map[string]handler{
			"functionName": on(func(l *logLocation, c *call) { optional(c, l.name) }),
			"URL": on(func(l *logLocation, c *call) {
				if l.line > 0 {
					c.returnNew(c.make(c.classes["NSURL"], &nsURL{"/program_source"}))
				}
			}),
			"line":   on(func(l *logLocation, c *call) { c.returnInt(l.line) }),
			"column": func(c *call) { c.returnWord(0) },
		},
	}}
}

type logLocation struct{ *functionLog }

// functionLogs answers -logs. Metal has them once the work is done, and says nothing of
// before.
func (cb *commandBuffer) functionLogs(c *call) {
	if cb.state < statusCompleted {
		c.fail(RuleCommandBufferState, "the command buffer has no logs yet: its status is %d", cb.state)
		return
	}
	a := new(logContainer)
	for _, l := range cb.found {
		a.objects = append(a.objects, c.make(c.classes["SoftMetalFunctionLog"], l))
	}
	c.returnNew(c.make(c.classes["SoftMetalLogContainer"], a))
}

// A logContainer is a list that can be enumerated, and nothing else.
type logContainer struct {
	nsArray
	items []uint64 // what the last enumeration is looking at
}

// enumerate is NSFastEnumeration's method. Three words of the state are how far it is,
// where the objects lie, and where a number lies that changes when the container does;
// five more are the container's. All is zero at the beginning. Objects come two at a time
// and lie in memory of the container: who expects all at once, or looks into the memory
// that it has brought, finds out.
func (l *logContainer) enumerate(c *call) {
	const atOnce = 2
	state, err := peekWords(c.address(0), 3+5)
	if err != nil {
		c.fail(RuleBadAddress, "argument 1 is the state of an enumeration: %v", err)
		return
	}
	if c.address(1) == 0 || c.word(2) == 0 {
		c.fail(RuleNilArgument, "there is no room for objects: %d at %#x", c.word(2), c.address(1))
		return
	}
	l.items = nil
	for at := state[0]; at < uint64(len(l.objects)) && len(l.items) < atOnce; at++ {
		l.items = append(l.items, uint64(l.objects[at].id))
	}
	first := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(l.items))))
	if err := pokeWords(c.address(0), state[0]+uint64(len(l.items)), first, uint64(c.address(0))+3*8); err != nil {
		c.fail(RuleBadAddress, "argument 1 is the state of an enumeration: %v", err)
		return
	}
	c.returnInt(len(l.items))
}
