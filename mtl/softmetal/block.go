package softmetal

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// Blocks are read where they lie, by the layout that compilers give them: isa,
// flags, reserved, invoke, descriptor, captured words. They are called through
// the invoke pointer that stands there.

// blockFunctionBase is where the C functions are that package objc has for its
// blocks: in a range of their own, 16 apart.
const blockFunctionBase = 0x7400_0000_0000

// The header of a block in words, and of its descriptor.
const (
	blockHeaderWords      = 4
	blockInvokeWord       = 2
	blockDescriptorWord   = 3
	descriptorHeaderWords = 2
	mostBlockBytes        = 4096 // what captures more than that is no block

	blockReferences     = 0xfffe // flags of a block on the heap: its references, by twos
	blockNeedsFree      = 1 << 24
	blockHasCopyDispose = 1 << 25
	blockIsGlobal       = 1 << 28
)

// dataSymbols are the variables of the frameworks that programs read. Their
// addresses are of real memory.
var dataSymbols = []string{"_NSConcreteStackBlock", "_NSConcreteGlobalBlock", "_NSConcreteMallocBlock"}

// A block is one on the heap, or a global one that somebody has passed.
type block struct {
	device  *Device
	words   []uint64
	refs    int
	global  bool
	dispose uintptr // 0 for none
	where   string
}

func (b *block) address() uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b.words))) }

// BlockFunction returns the address that a block has for one of the functions of
// package objc; see [objc.BlockRuntime].
func (d *Device) BlockFunction(f objc.BlockFunction) uintptr {
	return blockFunctionBase + 16*uintptr(f)
}

// blockFunction returns what is at an address that a block has.
func blockFunction(address uintptr) (objc.BlockFunction, bool) {
	i := (address - blockFunctionBase) / 16
	return objc.BlockFunction(i), address >= blockFunctionBase && address%16 == 0 && i <= uintptr(objc.BlockDispose)
}

// dataSymbol returns the address of a variable, zero if there is none.
func (d *Device) dataSymbol(name string) uintptr {
	if w := d.data[name]; w != nil {
		return uintptr(unsafe.Pointer(w))
	}
	return 0
}

// setUpData makes the variables. The strings among them live for ever.
func (d *Device) setUpData() {
	d.data = map[string]*[32]uint64{}
	for _, name := range dataSymbols {
		d.data[name] = new([32]uint64)
	}
	for name, text := range stringConstants {
		o := d.newString(text)
		delete(d.objects, o.id)
		d.statics[o.id] = o
		d.data[name] = &[32]uint64{uint64(o.id)}
	}
}

// stringConstants are variables of the frameworks that refer to a string.
var stringConstants = map[string]string{
	encoderInfoKey: encoderInfoKey,
}

// blockCopy answers a block on the heap with a reference for the caller, nil after
// a report.
func (d *Device) blockCopy(address uintptr) (*block, *Report) {
	if b := d.blocks[address]; b != nil {
		b.refs++
		return b, nil
	}
	bad := func(format string, a ...any) (*block, *Report) {
		return nil, &Report{Rule: RuleBlock, Detail: fmt.Sprintf(format, a...)}
	}
	header, err := peekWords(address, blockHeaderWords)
	if err != nil {
		return bad("there is no block at %#x: %v", address, err)
	}
	flags := uint32(header[1])
	switch uintptr(header[0]) {
	case d.dataSymbol("_NSConcreteStackBlock"):
	case d.dataSymbol("_NSConcreteGlobalBlock"):
		if flags&blockIsGlobal == 0 {
			return bad("the block at %#x has the isa of a global one, and flags %#x, which are not those of one", address, flags)
		}
	case d.dataSymbol("_NSConcreteMallocBlock"):
		return bad("the block at %#x was on the heap, and is gone", address)
	default:
		return bad("the isa of the block at %#x is %#x, no class of blocks", address, header[0])
	}
	if _, ok := blockFunction(uintptr(header[blockInvokeWord])); !ok {
		return bad("the block at %#x has its code at %#x, where there is no function", address, header[blockInvokeWord])
	}
	descriptor, err := peekWords(uintptr(header[blockDescriptorWord]), descriptorHeaderWords)
	if err != nil {
		return bad("the descriptor of the block at %#x: %v", address, err)
	}
	size := descriptor[1]
	if size < 8*blockHeaderWords || size > mostBlockBytes || size%8 != 0 {
		return bad("the descriptor of the block at %#x says that it has %d bytes", address, size)
	}
	b := &block{device: d, refs: 1}
	var helpers []uint64
	if flags&blockHasCopyDispose != 0 {
		if helpers, err = peekWords(uintptr(header[blockDescriptorWord])+8*descriptorHeaderWords, 2); err != nil {
			return bad("the helpers of the block at %#x: %v", address, err)
		}
		for _, helper := range helpers {
			if _, ok := blockFunction(uintptr(helper)); !ok {
				return bad("the block at %#x has a helper at %#x, where there is no function", address, helper)
			}
		}
		b.dispose = uintptr(helpers[1])
	}
	if b.words, err = peekWords(address, int(size/8)); err != nil {
		return bad("the %d bytes of the block at %#x: %v", size, address, err)
	}
	if flags&blockIsGlobal == 0 {
		b.words[0] = uint64(d.dataSymbol("_NSConcreteMallocBlock"))
		b.words[1] = b.words[1]&^(blockReferences) | blockNeedsFree | 2
	}
	b.global = flags&blockIsGlobal != 0
	if d.options.TraceObjects {
		b.where = callerOutside()
	}
	d.blocks[b.address()] = b
	if helpers != nil {
		callBlockFunction(uintptr(helpers[0]), b.address(), uint64(address))
	}
	return b, nil
}

// blockRelease drops a reference.
func (d *Device) blockRelease(b *block) {
	if b.refs--; b.refs > 0 {
		return
	}
	delete(d.blocks, b.address())
	if b.dispose != 0 {
		callBlockFunction(b.dispose, b.address())
	}
	b.words[0], b.words[blockInvokeWord] = 0, 0 // who holds on to it finds nothing
}

func callBlockFunction(fn, block uintptr, args ...uint64) {
	f, _ := blockFunction(fn)
	f.Call(block, blockArguments(args))
}

func blockArguments(args []uint64) objc.BlockArguments {
	words := objc.BlockArguments{poison | 0xbad2, poison | 0xbad3, poison | 0xbad4, poison | 0xbad5}
	for i, a := range args {
		words[i] = uintptr(a)
	}
	return words
}

// blockArgument takes the block in argument i, with a reference that the callee
// keeps. It returns nil after a report.
func (c *call) blockArgument(i int) *block {
	at := c.address(i)
	if at == 0 {
		c.fail(RuleNilArgument, "argument %d is a block, and is nil", i+1)
		return nil
	}
	b, r := c.blockCopy(at)
	if r != nil {
		c.fail(r.Rule, "argument %d: %s", i+1, r.Detail)
		return nil
	}
	return b
}

func (d *Device) blockCopyFunction(r *objc.Registers) uintptr {
	if r.X[0] == 0 {
		return 0
	}
	b, report := d.blockCopy(r.X[0])
	if report != nil {
		report.Selector = "_Block_copy"
		d.record(report)
		return 0
	}
	return b.address()
}

func (d *Device) blockReleaseFunction(r *objc.Registers) uintptr {
	if r.X[0] == 0 {
		return 0
	}
	b := d.blocks[r.X[0]]
	if b == nil {
		d.record(&Report{Rule: RuleOverRelease, Selector: "_Block_release", Detail: fmt.Sprintf("there is no block on the heap at %#x, or not any more", r.X[0])})
		return 0
	}
	d.blockRelease(b)
	return 0
}

// liveBlocks are the blocks that somebody holds, as Live lists them.
func (d *Device) liveBlocks() []LiveObject {
	var live []LiveObject
	for _, b := range d.blocks {
		live = append(live, LiveObject{Class: "block", Retains: b.refs, Where: b.where})
	}
	slices.SortFunc(live, func(a, b LiveObject) int { return len(a.Where) - len(b.Where) })
	return live
}

// Handlers run one after another on a thread that is not the program's, with an
// autorelease pool, as Metal's run on a dispatch queue. Nothing waits for them but
// what says so.
type handlers struct {
	device  *Device
	jobs    []handlerJob
	running bool
	thread  int         // that runs them
	current *handlerJob // what runs now
}

type handlerJob struct {
	blocks []*block // each with a reference
	args   []uint64
	owner  any    // what it is for: a command buffer
	done   func() // with the lock held, after the last
}

// add puts a job behind those that wait. The lock is held.
func (h *handlers) add(j handlerJob) {
	if len(j.blocks) == 0 {
		j.done()
		return
	}
	h.jobs = append(h.jobs, j)
	if !h.running {
		h.running = true
		h.device.running++
		go h.work()
	}
}

func (h *handlers) work() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	d := h.device
	d.mu.Lock()
	h.thread = threadID()
	for len(h.jobs) > 0 {
		j := h.jobs[0]
		h.jobs = h.jobs[1:]
		h.current = &j
		for _, b := range j.blocks {
			d.callBlock(b, j.args)
			d.blockRelease(b)
		}
		h.current = nil
		j.done()
		d.progress.Broadcast()
	}
	h.running = false
	d.running--
	d.progress.Broadcast()
	d.mu.Unlock()
}

// callBlock calls a block without the device's lock. A panic of a Go function in
// it is nobody's to recover: on a Mac, too, the process ends.
func (d *Device) callBlock(b *block, args []uint64) {
	pool := d.pushPool()
	d.mu.Unlock()
	callBlockFunction(uintptr(b.words[blockInvokeWord]), b.address(), args...)
	d.mu.Lock()
	d.popPool(pool, "the end of a handler")
}

// within reports whether the calling thread runs a handler of owner.
func (h *handlers) within(owner any) bool {
	return h.current != nil && h.current.owner == owner && h.thread == threadID()
}
