package softmetal

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// Options say what kind of device [New] makes. The zero Options are a Mac with
// macOS 15 and a GPU of the family Apple 8.
type Options struct {
	// Report, if not nil, is called with each report as it is made, by the
	// goroutine that sent the message. Reports are collected all the same.
	Report func(*Report)

	// MacOS is the release that the device pretends to run, such as "13.0". A
	// message that this release does not have is an unknown selector. "" means
	// "15.0".
	MacOS string

	// Name is the device's name; "" means one that says that this is no GPU.
	Name string

	// AppleFamily is the newest Apple GPU family that the device claims to
	// support: 7 for M1, 8 for M2, 9 for M3 and M4. 0 means 8.
	AppleFamily int

	// DispatchCounters lets counters be sampled between dispatches and between blits,
	// as GPUs other than Apple's do. Apple's sample at the ends of encoders only.
	DispatchCounters bool

	// MaxBufferLength is the longest buffer in bytes. 0 means 4 GiB.
	MaxBufferLength int64

	// Memory is the room for all buffers together, in bytes. Only what is
	// written takes up memory. 0 means 16 GiB.
	Memory int64

	// Order is the schedule of threads, simdgroups, threadgroups and unordered
	// dispatches. The zero Order is the friendliest: by increasing index.
	Order Order

	// Timeout is how long one dispatch may run, or one wait for an event take, before
	// its command buffer fails. 0 means 10 seconds.
	Timeout time.Duration

	// Sanitize builds kernels with exact bounds of all memory. They run several
	// times slower.
	Sanitize bool

	// AllowDivergentSIMD lets simd_* functions combine just the lanes that
	// reach them, as Metal does. Otherwise a missing lane is an error, since it
	// is nearly always a mistake.
	AllowDivergentSIMD bool

	// MatrixLayout is which lane has which elements of a simdgroup_matrix, for
	// kernels that use thread_elements().
	MatrixLayout MatrixLayout

	// CacheDir is where compiled kernels are kept. "" means a folder below the
	// user's cache folder.
	CacheDir string

	// Clang is the compiler. "" means clang++-19, looked for in PATH.
	Clang string

	// TraceObjects notes for each object the line that made it, for [Device.Live].
	TraceObjects bool
}

// A MatrixLayout is which two elements of a simdgroup_matrix each lane has. Metal
// does not say: a kernel that depends on it needs another way for devices that
// differ, and a test of that way needs such a device.
type MatrixLayout int

// The layouts. With both, a lane has two neighbouring elements of a row.
const (
	MatrixQuadrants MatrixLayout = iota // as Apple's GPUs so far: lanes 0 to 7 have the first four rows' first four columns
	MatrixRows                          // lanes 0 to 3 have the first row, and so on
)

// An Order is a schedule: which of the threads of a simdgroup, simdgroups,
// threadgroups and unordered dispatches goes first. A kernel without races has
// the same result under all of them.
type Order = mslrun.Order

// The parts of an [Order].
const (
	Up       = mslrun.Up       // by increasing index
	Down     = mslrun.Down     // by decreasing index
	Shuffled = mslrun.Shuffled // at random, by Order.Seed

	Even  = mslrun.Even  // all simdgroups of a threadgroup advance in turn
	First = mslrun.First // the first runs alone up to its next threadgroup barrier
	Last  = mslrun.Last  // so does the last

	Butterfly = mslrun.Butterfly // simd_sum adds lane i and i+16, then i+8, and so on
	Linear    = mslrun.Linear    // simd_sum adds lane after lane
)

// Orders returns the schedules that a kernel test should try. All must give the
// same bits.
func Orders() []Order { return mslrun.Orders() }

// A Device is a software Metal device together with its Objective-C runtime:
// classes, objects, autorelease pools. It is an [objc.Runtime].
//
// All methods may be called from any goroutine. Close ends it.
type Device struct {
	options Options
	macOS   osVersion
	table   *methodTable

	mu      sync.Mutex // guards all below and all objects
	backend backend
	closed  bool

	classes       map[string]*class
	classList     []*class
	statics       map[objc.ID]*object // classes and protocols
	protocols     map[string]*object
	objects       map[objc.ID]*object
	number        uintptr // of the device, in its handles
	serial        uintptr
	root          *metalDevice
	rootObject    *object
	selectors     map[string]objc.SEL
	selectorNames []string
	described     []*method        // that methodBase counts
	cStrings      map[string]*byte // text that callers got, which is never freed
	pools         map[int][]*pool  // by thread
	poolSerial    uintptr
	data          map[string]*[32]uint64 // variables of the frameworks
	blocks        map[uintptr]*block     // on the heap, by address

	origin         []uintptr // of the message under way, if it waited in a batch
	captureManager *object

	faults   []*plannedFault
	order    Order
	reports  []*Report
	pending  []*Report // for Options.Report, once the lock is free
	lost     *Report
	running  int            // queues with a worker, and handlers that run
	progress *sync.Cond     // a status changed, or a worker ended
	waiting  map[int]*queue // by thread: the full queue that it waits for

	compiling           int // that are under way
	maximizeCompilation bool

	senders sync.Mutex
	busy    map[uintptr]int // targets of messages under way
}

var _ objc.BlockRuntime = (*Device)(nil)

// New returns a device. It works on every operating system, but runs kernels
// only where package doc says; there is no error for that until a library is
// asked for.
func New(o Options) (*Device, error) {
	if o.MacOS == "" {
		o.MacOS = "15.0"
	}
	if o.Name == "" {
		o.Name = "Software device (no GPU, times mean nothing)"
	}
	if o.AppleFamily == 0 {
		o.AppleFamily = 8
	}
	if o.MaxBufferLength == 0 {
		o.MaxBufferLength = 4 << 30
	}
	if o.Memory == 0 {
		o.Memory = 16 << 30
	}
	if o.AppleFamily < 1 || o.AppleFamily > 10 {
		return nil, fmt.Errorf("softmetal: Options.AppleFamily is %d, must be 1 to 10", o.AppleFamily)
	}
	if o.MatrixLayout != MatrixQuadrants && o.MatrixLayout != MatrixRows {
		return nil, fmt.Errorf("softmetal: Options.MatrixLayout is %d, must be MatrixQuadrants (%d) or MatrixRows (%d)", o.MatrixLayout, MatrixQuadrants, MatrixRows)
	}
	if o.MaxBufferLength < 0 || o.MaxBufferLength > o.Memory {
		return nil, fmt.Errorf("softmetal: Options.MaxBufferLength is %d, must be 1 to Options.Memory, which is %d", o.MaxBufferLength, o.Memory)
	}
	d := &Device{
		options:   o,
		number:    devices.Add(1) & numberMask,
		order:     o.Order,
		classes:   map[string]*class{},
		statics:   map[objc.ID]*object{},
		protocols: map[string]*object{},
		objects:   map[objc.ID]*object{},
		selectors: map[string]objc.SEL{},
		pools:     map[int][]*pool{},
		busy:      map[uintptr]int{},
		waiting:   map[int]*queue{},
		cStrings:  map[string]*byte{},
		blocks:    map[uintptr]*block{},
	}
	d.progress = sync.NewCond(&d.mu)
	var err error
	if d.macOS, err = parseOSVersion(o.MacOS); err != nil {
		return nil, err
	}
	if err := d.setUpClasses(); err != nil {
		return nil, err
	}
	d.setUpData()
	if d.backend, err = newBackend(o); err != nil {
		return nil, err
	}
	d.root = &metalDevice{d}
	d.rootObject = d.make(d.classes["SoftMetalDevice"], d.root)
	return d, nil
}

// Reports returns what was reported so far, oldest first.
func (d *Device) Reports() []*Report {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*Report(nil), d.reports...)
}

// TakeReports returns what was reported so far and forgets it: the device
// accepts work again. It is for tests that break a rule on purpose.
func (d *Device) TakeReports() []*Report {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.reports
	d.reports, d.lost = nil, nil
	return r
}

// SetOrder changes the schedule of the command buffers that are committed from
// now on.
func (d *Device) SetOrder(o Order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.order = o
}

// TimesMeanNothing returns true: GPUStartTime and its like say how long this
// machine took to simulate, which tells nothing about a GPU. Whoever prints
// times asks for it first.
func (d *Device) TimesMeanNothing() bool { return true }

// Close waits for committed work, ends the child processes and gives the memory
// back: the contents of buffers must not be touched any more. It returns all
// reports as one error, and reports first what should not be there at a
// program's end: objects that are still held, command buffers that were never
// committed; a fault that never struck is in it too. Work that is committed later fails. A Close after the first does
// nothing.
func (d *Device) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	d.progress.Broadcast() // nobody is left to signal what the GPU waits for
	for d.running > 0 {
		d.progress.Wait()
	}
	d.recordLeaks()
	var failures []error
	for _, r := range d.reports {
		failures = append(failures, r)
	}
	backend := d.backend
	pending := d.takePending()
	d.mu.Unlock()
	d.deliver(pending)
	return errors.Join(append(failures, d.unstruck(), backend.close())...)
}

// recordLeaks reports the objects that are left.
func (d *Device) recordLeaks() {
	for _, o := range d.objects {
		if cb, ok := o.payload.(*commandBuffer); ok && cb.state < statusCommitted {
			d.record(&Report{Rule: RuleUncommitted, Object: o.id, Class: o.class.name, Label: o.label,
				Detail: "the command buffer was never committed: its work never ran"})
		}
	}
	owners := 0
	for _, o := range d.objects {
		switch p := o.payload.(type) {
		case *buffer:
			if p.place == nil {
				owners++
			}
		case *heap:
			owners++
		}
	}
	if n := d.backend.live(); n != owners {
		d.record(&Report{Rule: RuleInternal, Detail: fmt.Sprintf("the software device has memory for %d buffers and heaps, and %d are alive", n, owners)})
	}
	if live := d.live(); len(live) > 0 {
		detail := fmt.Sprintf("%d objects are still held:", len(live))
		for i, l := range live {
			if i == 20 {
				detail += fmt.Sprintf("\n\tand %d more", len(live)-i)
				break
			}
			detail += "\n\t" + l.String()
		}
		d.record(&Report{Rule: RuleLeak, Detail: detail})
	}
}

// idle waits until no queue has work that can go on.
func (d *Device) idle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.running > 0 {
		d.progress.Wait()
	}
}

func (d *Device) takePending() []*Report {
	p := d.pending
	d.pending = nil
	return p
}

func (d *Device) deliver(reports []*Report) {
	for _, r := range reports {
		d.options.Report(r)
	}
}
