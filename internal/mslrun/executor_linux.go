//go:build linux && (amd64 || arm64)

package mslrun

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Executor runs programs. One Run goes on at a time; a second one waits.
type Executor struct {
	mu       sync.Mutex
	memory   *Memory
	config   ExecutorConfig
	children []*child // the one used last at the end
	closed   bool
}

// NewExecutor returns an executor over a memory. Close ends its child processes.
func NewExecutor(m *Memory, c ExecutorConfig) (*Executor, error) {
	if m == nil {
		return nil, errors.New("mslrun: an executor needs a memory")
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.MaxIdle <= 0 {
		c.MaxIdle = 4
	}
	return &Executor{memory: m, config: c}, nil
}

// Close ends the child processes.
func (e *Executor) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for _, c := range e.children {
		c.end()
	}
	e.children = nil
	return nil
}

// take finds or starts the child of a program and takes it out of the list.
func (e *Executor) take(path string) (*child, error) {
	for i, c := range e.children {
		if c.path == path {
			e.children = append(e.children[:i], e.children[i+1:]...)
			return c, nil
		}
	}
	return e.start(path)
}

func (e *Executor) keep(c *child) {
	e.children = append(e.children, c)
	for len(e.children) > e.config.MaxIdle {
		e.children[0].end()
		e.children = e.children[1:]
	}
}

// Children is the number of child processes that wait.
func (e *Executor) Children() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.children)
}

// Run runs dispatches one after another, in an order that Barrier and After allow and order chooses. It returns when all
// are done or one has failed: a *FaultError. A failed one does not stop later Runs. Canceling ctx kills the dispatch and
// returns the context's error.
func (e *Executor) Run(ctx context.Context, dispatches []Dispatch, order Order) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	for i := range dispatches {
		if err := e.check(dispatches, i); err != nil {
			return fmt.Errorf("mslrun: dispatch %d: %w", i, err)
		}
	}
	sequence, err := arrange(dispatches, order)
	if err != nil {
		return err
	}
	for _, i := range sequence {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.dispatch(ctx, &dispatches[i], i, order); err != nil {
			e.memory.restoreSlack() // the program may have written there, whatever else ended it
			return err
		}
	}
	return nil
}

// maxThreadgroupMemory is Metal's limit on all Macs.
const maxThreadgroupMemory = 32 << 10

func (e *Executor) check(dispatches []Dispatch, i int) error {
	d := &dispatches[i]
	if d.Program == nil {
		return errors.New("it has no program")
	}
	for _, n := range []int{d.Grid.Width, d.Grid.Height, d.Grid.Depth} {
		if n < 1 || int64(n) > 1<<32-1 {
			return fmt.Errorf("a grid of %v: each size is 1 to %d", d.Grid, int64(1)<<32-1)
		}
	}
	t := d.Threadgroup
	if t.Width < 1 || t.Height < 1 || t.Depth < 1 || t.Width > 1024 || t.Height > 1024 || t.Depth > 1024 || t.Width*t.Height*t.Depth > d.Program.MaxTotalThreadsPerThreadgroup {
		return fmt.Errorf("a threadgroup of %v: it has 1 to %d threads", t, d.Program.MaxTotalThreadsPerThreadgroup)
	}
	total := d.Program.StaticThreadgroupMemoryLength
	for j, n := range d.ThreadgroupMemory {
		if n < 0 || n%16 != 0 {
			return fmt.Errorf("threadgroup memory %d of %d bytes: a multiple of 16 is needed", j, n)
		}
		total += n
	}
	if total > maxThreadgroupMemory {
		return fmt.Errorf("%d bytes of threadgroup memory, of at most %d", total, maxThreadgroupMemory)
	}
	for j, b := range d.Buffers {
		if b.Inline == nil && (b.Length < 0 || b.Offset < 0 || b.Offset > int64(len(e.memory.whole)) || int64(b.Length) > int64(len(e.memory.whole))-b.Offset) {
			return fmt.Errorf("buffer %d is bytes %d to %d of a memory of %d", j, b.Offset, b.Offset+int64(b.Length), len(e.memory.whole))
		}
	}
	for _, a := range d.After {
		if a < 0 || a >= i {
			return fmt.Errorf("it comes after dispatch %d, which is not before it", a)
		}
	}
	return nil
}

// arrange chooses an order of dispatches: next is always the first, the last or any of those that nothing holds back.
func arrange(dispatches []Dispatch, order Order) ([]int, error) {
	random := rand.New(rand.NewPCG(order.Seed, 0x9e3779b97f4a7c15))
	done := make([]bool, len(dispatches))
	out := make([]int, 0, len(dispatches))
	for len(out) < len(dispatches) {
		var ready []int
		pending := false // whether a dispatch before i is not done
		blocked := false // whether a barrier holds i back
		for i := range dispatches {
			if dispatches[i].Barrier && pending {
				blocked = true
			}
			if blocked {
				break
			}
			if done[i] {
				continue
			}
			pending = true
			free := true
			for _, a := range dispatches[i].After {
				free = free && done[a]
			}
			if free {
				ready = append(ready, i)
			}
		}
		if len(ready) == 0 {
			return nil, errors.New("mslrun: no dispatch can go first") // After names only earlier ones: can't happen
		}
		next := ready[0]
		switch order.Sequence {
		case Down:
			next = ready[len(ready)-1]
		case Shuffled:
			next = ready[random.IntN(len(ready))]
		}
		done[next] = true
		out = append(out, next)
	}
	return out, nil
}

func (e *Executor) dispatch(ctx context.Context, d *Dispatch, index int, order Order) error {
	c, err := e.take(d.Program.path)
	if err != nil {
		return err
	}
	a, fault, err := e.ask(ctx, c, d, index, order)
	defer func() {
		if d.Log != nil && a.err == nil {
			d.Log.take(a.log, int(a.reply.LogDropped))
		}
	}()
	if a.unsent { // it died while it waited, which is no matter of this dispatch
		c.end()
		if c, err = e.start(d.Program.path); err != nil {
			return err
		}
		a, fault, err = e.ask(ctx, c, d, index, order)
	}
	if err != nil {
		return err
	}
	if a.err != nil {
		c.in.Close()
		c.cmd.Process.Kill()
		state := c.cmd.Wait()
		fault.Kind, fault.Detail = FaultDied, fmt.Sprintf("%v (%v)", a.err, state)
		if s := c.stderr.String(); s != "" {
			fault.Detail += "\n" + s
		}
		return fault
	}
	if a.reply.Kind == 0 {
		e.keep(c)
		return nil
	}
	c.end()
	fault.fill(&a)
	return fault
}

// ask sends a request and waits for the answer. err ends the dispatch, and the child with it.
func (e *Executor) ask(ctx context.Context, c *child, d *Dispatch, index int, order Order) (a answer, fault *FaultError, err error) {
	timer := time.NewTimer(e.config.Timeout)
	defer timer.Stop()
	answers := make(chan answer, 1)
	request := e.request(d, order)
	go func() { answers <- c.exchange(request, d.Kill) }()
	fault = &FaultError{Kernel: d.Program.Function.Name, Label: d.Label, Dispatch: index, Buffer: -1, ThreadgroupIndex: -1}
	select {
	case a = <-answers:
		return a, fault, nil
	case <-ctx.Done():
		c.end()
		<-answers
		return answer{}, nil, ctx.Err()
	case <-timer.C:
		c.end()
		<-answers
		fault.Kind, fault.Detail = FaultTimeout, fmt.Sprintf("it ran for %v", e.config.Timeout)
		return answer{}, nil, fault
	}
}

// fill takes over what the program said.
func (f *FaultError) fill(a *answer) {
	r := &a.reply
	f.Kind = FaultKind(r.Kind)
	f.HasThread, f.Threadgroup, f.Thread, f.Simdgroup, f.Lane = r.HasThread != 0, r.Group, r.Thread, r.Simdgroup, r.Lane
	f.Offset, f.Length, f.Write, f.Address = r.Offset, r.Length, r.Write != 0, r.Address
	f.Line, f.OtherLine, f.LanesThere, f.LanesMissing = int(r.Line), int(r.OtherLine), r.LanesThere, r.LanesMissing
	f.Buffer, f.ThreadgroupIndex, f.Detail = int(r.Buffer), int(r.Memory), a.text
	if f.Kind == FaultSIMD || f.Kind == FaultBarrier {
		f.Function = a.name
	} else {
		f.Variable = a.name
	}
}

func (e *Executor) request(d *Dispatch, order Order) []byte {
	size := func(s Size) [3]uint32 { return [3]uint32{uint32(s.Width), uint32(s.Height), uint32(s.Depth)} }
	flag := func(b bool) uint32 {
		if b {
			return 1
		}
		return 0
	}
	q := wireRequest{Magic: requestMagic, Seed: order.Seed, Sequence: uint32(order.Sequence), Skew: uint32(order.Skew), Linear: flag(order.Association == Linear),
		AllowDivergent: flag(e.config.AllowDivergentSIMD), Exact: flag(d.Exact), Grid: size(d.Grid), Threadgroup: size(d.Threadgroup)}
	var inline []byte
	for i, n := range d.ThreadgroupMemory {
		q.Memory[i] = uint32(n)
	}
	for i, b := range d.Buffers {
		if b.Inline != nil {
			q.Buffers[i] = wireBinding{Length: int64(len(b.Inline)), Inlined: 1}
			inline = append(inline, b.Inline...)
		} else {
			q.Buffers[i] = wireBinding{Offset: b.Offset, Length: int64(b.Length)}
		}
	}
	q.Bytes = uint32(len(inline))
	if d.Log != nil {
		q.LogLevel, q.LogRoom = uint32(d.Log.Level), uint32(d.Log.room())
	}
	out := bytes.NewBuffer(make([]byte, 0, requestBytes+len(inline)))
	binary.Write(out, binary.LittleEndian, &q) // into memory: can't fail
	out.Write(inline)
	return out.Bytes()
}
