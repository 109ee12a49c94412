package softmetal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// A Fault makes messages fail as they fail on a Mac for reasons that are not
// the program's: memory that is used up, a GPU that hangs or is unplugged, a
// compiler that crashes. No rule is broken, and nothing is reported.
//
// What a message does that fails follows from its type: it answers nil, and its
// error parameter, if it has one, gets Error. Three messages are special:
//
//   - commit, and commit:count:options: of Metal 4: the command buffers fail with
//     Error, and none of their work runs. With Kill the failure is a real one: the
//     process of the first kernel is killed once it has the dispatch.
//   - the three newComputePipelineStateWith…: with MaxTotalThreadsPerThreadgroup
//     they go well, and the pipeline allows no more threads than that.
//   - init…: the object that alloc has made is gone, as the caller cannot
//     release what it does not get.
type Fault struct {
	// Selector is the message that fails, such as
	// "newBufferWithLength:options:", or the C function, such as
	// "MTLCreateSystemDefaultDevice". "" is every message and function that
	// answers an object or an address.
	Selector string

	// Class is whose message it is: a class or a protocol, such as "NSString"
	// or "MTLDevice". "" is anybody's.
	Class string

	// After is how many such messages go well before.
	After int

	// Count is how many fail then. 0 means 1, [Always] all.
	Count int

	// Error is what the program is told. Nil is possible on a Mac too: nil
	// without an error, or a command buffer with status error and no error.
	Error *objc.Error

	// MaxTotalThreadsPerThreadgroup, if not 0, is the limit of pipelines that
	// the message makes, which succeeds.
	MaxTotalThreadsPerThreadgroup int

	// Hold, if not nil, delays the message, or the work that commit hands over,
	// until it is closed: a GPU or a compiler that is busy. It fails then only
	// if Error is set or Kill. [Device.Close] waits for committed work, so it
	// must be closed before.
	Hold <-chan struct{}

	// Kill is for commit; see above. Command buffers without a dispatch are
	// passed over.
	Kill bool

	// Struck, if not nil, is called with each message that the fault strikes,
	// such as "SoftMetalDevice newCommandQueue". It must not use the device.
	Struck func(message string)
}

// Always is the Count of a fault that does not end.
const Always = -1

// String describes the fault in one line.
func (f Fault) String() string {
	s := f.Selector
	if s == "" {
		s = "any message"
	}
	if f.Class != "" {
		s = f.Class + " " + s
	}
	return fmt.Sprintf("%s, %d times after %d", s, max(f.Count, 1), f.After)
}

// fails tells a fault from a delay and from a lower limit.
func (f *Fault) fails() bool {
	return f.Error != nil || f.Kill || f.Hold == nil && f.MaxTotalThreadsPerThreadgroup == 0
}

// A plannedFault counts.
type plannedFault struct {
	Fault
	passed, struck int
}

func (p *plannedFault) spent() bool { return p.Count != Always && p.struck >= p.Count }

// Fail plans a fault. Several may be planned: each counts the messages that it
// applies to, but for those that one planned before it strikes. An error says
// what of f makes no sense: among others a message that has no way to fail.
//
// A fault that has not struck as often as it should when the device is closed
// is in Close's error: the test that planned it has tested nothing.
func (d *Device) Fail(f Fault) error {
	if f.Count == 0 {
		f.Count = 1
	}
	switch {
	case f.Count < Always || f.After < 0:
		return fmt.Errorf("softmetal: Fault.Count is %d and After %d: must be at least 1, or Always, and 0", f.Count, f.After)
	case f.MaxTotalThreadsPerThreadgroup < 0 || f.MaxTotalThreadsPerThreadgroup > maxThreadsPerGroup:
		return fmt.Errorf("softmetal: Fault.MaxTotalThreadsPerThreadgroup is %d, must be 0 to %d", f.MaxTotalThreadsPerThreadgroup, maxThreadsPerGroup)
	case f.MaxTotalThreadsPerThreadgroup > 0 && !strings.HasPrefix(f.Selector, "newComputePipelineStateWith"):
		return fmt.Errorf("softmetal: Fault.MaxTotalThreadsPerThreadgroup is for messages that make a pipeline, not for %q", f.Selector)
	case f.Kill && (!commits(f.Selector) || f.Error != nil):
		return fmt.Errorf("softmetal: Fault.Kill is for %s, not for %q, and says the error itself", commitSelector, f.Selector)
	case f.Hold != nil && slices.Contains(failingFunctions, f.Selector):
		return fmt.Errorf("softmetal: Fault.Hold is for messages, not for the C function %s", f.Selector)
	case !d.canFail(f):
		return fmt.Errorf("softmetal: Fault of %s %q: no such message, or it cannot fail", f.Class, f.Selector)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, &plannedFault{Fault: f})
	return nil
}

// TakeFaults returns the faults that have not struck as often as they should,
// and forgets all.
func (d *Device) TakeFaults() []Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	planned := d.faults
	d.faults = nil
	var left []Fault
	for _, p := range planned {
		if p.Count == Always && p.struck == 0 || p.Count != Always && !p.spent() {
			left = append(left, p.Fault)
		}
	}
	return left
}

const commitSelector = "commit"

// commits says that a message hands work over.
func commits(selector string) bool {
	return selector == commitSelector || selector == "commit:count:" || selector == "commit:count:options:"
}

// firstDispatch returns the first dispatch of what a message hands over, nil if there
// is none.
func (c *call) firstDispatch() *mslrun.Dispatch {
	switch p := c.target.payload.(type) {
	case *commandBuffer:
		return p.recording.firstDispatch()
	case *queue4:
		for _, r := range p.toCommit(c) {
			if d := r.firstDispatch(); d != nil {
				return d
			}
		}
	}
	return nil
}

// canFail reports whether there is a message that the fault can strike.
func (d *Device) canFail(f Fault) bool {
	if f.Class != "" && d.table.byClass[f.Class] == nil && d.table.byClass["+"+f.Class] == nil {
		return false
	}
	if f.Selector == "" {
		return true
	}
	if f.Class == "" && slices.Contains(failingFunctions, f.Selector) {
		return true
	}
	return slices.ContainsFunc(d.table.bySelector[f.Selector], func(m *method) bool { return m.canFail() })
}

// failingFunctions are the C functions that answer an object which they make.
var failingFunctions = []string{"MTLCreateSystemDefaultDevice", "MTLCopyAllDevices", "dispatch_data_create"}

// canFail reports whether the method can answer nil, or as commit does fails
// later.
func (m *method) canFail() bool {
	switch m.selector {
	case "retain", "autorelease", "self":
		return false
	case commitSelector:
		return m.class == "MTLCommandBuffer" // a residency set has one too
	}
	if commits(m.selector) {
		return true
	}
	return m.sig.result.kind == '@' || m.sig.result.kind == '^'
}

// strike returns the planned fault that the message meets, nil as a rule.
func (c *call) strike() *Fault {
	for _, p := range c.faults {
		switch {
		case !c.method.canFail(), p.Selector == "" && commits(c.selector):
			continue
		case p.Selector != "" && p.Selector != c.selector, p.Class != "" && !c.class.is(p.Class):
			continue
		}
		if p.Kill && c.firstDispatch() == nil {
			continue
		}
		if p.meets(c.class.name + " " + c.selector) {
			return &p.Fault
		}
	}
	return nil
}

// strikeFunction is strike for a C function.
func (d *Device) strikeFunction(name string) *Fault {
	if !slices.Contains(failingFunctions, name) {
		return nil
	}
	for _, p := range d.faults {
		if (p.Selector == name || p.Selector == "") && p.Class == "" && p.meets(name) {
			return &p.Fault
		}
	}
	return nil
}

// meets counts a message that the fault applies to, and reports whether the
// fault strikes.
func (p *plannedFault) meets(message string) bool {
	if p.spent() {
		return false
	}
	if p.passed < p.After {
		p.passed++
		return false
	}
	p.struck++
	if p.Struck != nil {
		p.Struck(message)
	}
	return true
}

// suffer lets the fault strike, and reports whether the message goes on.
func (c *call) suffer(f *Fault) bool {
	switch p := c.target.payload.(type) {
	case *commandBuffer:
		if commits(c.selector) {
			p.fault = f
			return true
		}
	case *queue4:
		if commits(c.selector) {
			p.fault = f
			return true
		}
	}
	if f.Hold != nil {
		c.unlocked(func() { <-f.Hold })
	}
	if !f.fails() {
		c.maxTotal = f.MaxTotalThreadsPerThreadgroup
		return true
	}
	c.returnWord(0)
	if strings.HasPrefix(c.selector, "init") {
		c.Device.release(c.target)
	}
	if at := c.errorParameter(); at >= 0 && f.Error != nil {
		c.setError(at, c.newErrorOf(f.Error))
	}
	return false
}

// errorParameter returns the index of the argument that is an NSError **, -1 if
// there is none.
func (c *call) errorParameter() int {
	if n := len(c.method.args); n > 0 && c.method.args[n-1] == "NSError **" {
		return n - 1
	}
	return -1
}

// unstruck says which faults have tested nothing.
func (d *Device) unstruck() error {
	var left []string
	for _, f := range d.TakeFaults() {
		left = append(left, f.String())
	}
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("softmetal: faults that were planned and have not struck: %s", strings.Join(left, "; "))
}

// CommandBufferError returns the error of a command buffer with one of the
// codes of MTLCommandBufferError, with the text that macOS gives it.
func CommandBufferError(code int) *objc.Error {
	text, ok := commandBufferTexts[code]
	if !ok {
		text = fmt.Sprintf("Internal Error (IOAF code %d)", code)
	}
	return &objc.Error{Domain: commandBufferErrorDomain, Code: int64(code), Description: text}
}

var commandBufferTexts = map[int]string{
	commandBufferTimeout:         "Caused GPU Timeout Error (00000002:kIOGPUCommandBufferCallbackErrorTimeout)",
	commandBufferPageFault:       "Caused GPU Address Fault Error (0000000b:kIOGPUCommandBufferCallbackErrorPageFault)",
	commandBufferAccessRevoked:   "Ignored (for causing prior/excessive GPU errors) (00000004:kIOGPUCommandBufferCallbackErrorSubmissionsIgnored)",
	commandBufferNotPermitted:    "Insufficient Permission (to submit GPU work from background) (00000006:kIOGPUCommandBufferCallbackErrorBackgroundExecutionNotPermitted)",
	commandBufferOutOfMemory:     "Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
	commandBufferInvalidResource: "Invalid Resource (00000009:kIOGPUCommandBufferCallbackErrorInvalidResource)",
	commandBufferDeviceRemoved:   "Device Removed (IOAF code 11)",
}
