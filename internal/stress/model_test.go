//go:build linux && (amd64 || arm64)

package stress

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// An op is one use of mtl. Objects are in slots, which ops name by number: a
// slot may be empty, or hold what was released.
type op int

const (
	newBuffer op = iota // in slot a; what was there is released
	releaseBuffer
	bytesOf // of buffer a, which must hold what the model says
	newQueue
	releaseQueue
	newFunction
	releaseFunction
	newPipeline // a, of function b
	releasePipeline
	fill // buffer a with byte b
	add  // 1 to the floats of buffer a, by pipeline b
	copyOn
	encodeAndFail // after the use of buffer a
	wait          // for the submission of buffer a's last work
	status
	releaseSubmission
	ops
)

var opNames = [ops]string{"newBuffer", "releaseBuffer", "bytesOf", "newQueue", "releaseQueue", "newFunction", "releaseFunction",
	"newPipeline", "releasePipeline", "fill", "add", "copyOn", "encodeAndFail", "wait", "status", "releaseSubmission"}

func (o op) String() string { return opNames[o] }

// A step is an op with its operands, any numbers: they are taken modulo.
type step struct {
	op   op
	a, b int
}

// Slots of each kind. A buffer is used on the queue of its number modulo queues:
// work of different queues has no order.
const (
	buffers   = 4
	queues    = 2
	functions = 2
	pipelines = 2
)

type state int

const (
	none state = iota
	live
	gone
)

// err is what the use of an object in this state gives.
func (s state) err() error { return [...]error{none: mtl.ErrNil, live: nil, gone: mtl.ErrReleased}[s] }

func (s *state) release() {
	if *s == live {
		*s = gone
	}
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// A model is what must be; real is what is.
type model struct {
	buffer, submission [buffers]state
	content            [buffers]float32
	waited             [buffers]bool // the submission's end is known
	queue              [queues]state
	function           [functions]state
	pipeline           [pipelines]state
}

type real struct {
	buffer     [buffers]*mtl.Buffer
	submission [buffers]*mtl.Submission
	queue      [queues]*mtl.CommandQueue
	function   [functions]*mtl.Function
	pipeline   [pipelines]*mtl.ComputePipelineState
}

var onlyCommits = softmetal.Fault{Selector: "commit", Count: softmetal.Always}

var errOnPurpose = errors.New("on purpose")

// replay runs steps against the model and says where the two part.
func (r *rig) replay(steps []step) (failure error) {
	var m model
	var x real
	defer func() {
		for _, b := range x.buffer {
			b.Release()
		}
		for _, s := range x.submission {
			s.Release()
		}
		for _, q := range x.queue {
			q.Release()
		}
		for _, f := range x.function {
			f.Release()
		}
		for _, p := range x.pipeline {
			p.Release()
		}
		if live := r.soft.Live(); failure == nil && len(live) != r.held0 { // waits for all work
			failure = fmt.Errorf("at the end %d objects are held, want %d: %v", len(live), r.held0, live)
		}
		if live := r.ledger.Live(); failure == nil && len(live) != r.held0 {
			failure = fmt.Errorf("at the end the ledger has %d objects, want %d: %q", len(live), r.held0, live)
		}
		for _, report := range r.soft.TakeReports() {
			failure = errors.Join(failure, report)
		}
	}()
	for i, s := range steps {
		got, want := r.take(&m, &x, s)
		if (got == nil) != (want == nil) || !errors.Is(got, want) {
			return fmt.Errorf("step %d, %v %d %d: error is %v, want %v", i, s.op, s.a, s.b, got, want)
		}
	}
	return nil
}

// take does one step on both sides, and returns the errors of both.
func (r *rig) take(m *model, x *real, s step) (got, want error) {
	a := s.a % buffers
	q, p, f := a%queues, s.b%pipelines, s.b%functions
	switch s.op {
	case newBuffer:
		x.buffer[a].Release()
		x.buffer[a], got = r.device.NewBuffer(16, 0)
		m.buffer[a], m.content[a] = live, 0
	case releaseBuffer:
		x.buffer[a].Release()
		m.buffer[a].release()
	case bytesOf:
		want = m.buffer[a].err()
		r.soft.Live() // waits for all work
		var values []float32
		if values, got = mtl.Slice[float32](x.buffer[a], 0, 4); got == nil && !slices.Equal(values, slices.Repeat([]float32{m.content[a]}, 4)) {
			got = fmt.Errorf("%w: %v, want %v", errWrong, values, m.content[a])
		}
	case newQueue:
		x.queue[q].Release()
		x.queue[q], got = r.device.NewCommandQueueWithMaxCommandBufferCount(2)
		r.soft.Live() // work of the queue before has no order with that of the new one
		m.queue[q] = live
	case releaseQueue:
		x.queue[q].Release()
		m.queue[q].release()
	case newFunction:
		x.function[f].Release()
		x.function[f], got = r.addLibrary.NewFunction("add")
		m.function[f] = live
	case releaseFunction:
		x.function[f].Release()
		m.function[f].release()
	case newPipeline:
		var made *mtl.ComputePipelineState
		made, got = r.device.NewComputePipelineState(x.function[f])
		if want = m.function[f].err(); want == nil {
			x.pipeline[s.a%pipelines].Release()
			x.pipeline[s.a%pipelines], m.pipeline[s.a%pipelines] = made, live
		}
	case releasePipeline:
		x.pipeline[p].Release()
		m.pipeline[p].release()
	case fill:
		value := byte(s.b%3) * 0x20 // small floats
		want = r.encodes(m, a, func() error { return m.buffer[a].err() }, func() {
			m.content[a] = math.Float32frombits(uint32(value) * 0x01010101)
		})
		got = x.submit(a, q, func(cb *mtl.CommandBuffer) error {
			_ = cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
				enc.Fill(mtl.BufferRange{Buffer: x.buffer[a]}, 16, value)
				return nil
			})
			return nil // whoever drops the error gets it all the same
		})
	case add:
		want = r.encodes(m, a, func() error { return first(m.pipeline[p].err(), m.buffer[a].err()) }, func() { m.content[a]++ })
		got = x.submit(a, q, func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeConcurrent, func(enc *mtl.ComputeCommandEncoder) error {
				enc.SetComputePipelineState(x.pipeline[p])
				enc.SetBuffer(x.buffer[a], 0, 0)
				enc.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
				return nil
			})
		})
	case copyOn: // to the next buffer of the same queue
		to := (a + queues) % buffers
		want = r.encodes(m, a, func() error { return first(m.buffer[a].err(), m.buffer[to].err()) }, func() { m.content[to] = m.content[a] })
		got = x.submit(a, q, func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
				enc.Copy(mtl.BufferRange{Buffer: x.buffer[a]}, mtl.BufferRange{Buffer: x.buffer[to]}, 16)
				return nil
			})
		})
	case encodeAndFail:
		want = first(m.queue[q].err(), m.buffer[a].err(), errOnPurpose)
		_, got = x.queue[q].Encode(func(cb *mtl.CommandBuffer) error {
			if err := cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
				enc.Fill(mtl.BufferRange{Buffer: x.buffer[a]}, 16, 0xff)
				return nil
			}); err != nil {
				return err
			}
			return errOnPurpose
		})
	case wait:
		if want = m.submission[a].err(); m.waited[a] {
			want = nil // what is known stays known
		}
		m.waited[a] = m.waited[a] || want == nil
		got = x.submission[a].Wait(context.Background())
	case status:
		want = m.submission[a].err()
		var now mtl.CommandBufferStatus
		if now, got = x.submission[a].Status(); got == nil && (now == mtl.CommandBufferStatusError || m.waited[a] && now != mtl.CommandBufferStatusCompleted) {
			got = fmt.Errorf("%w: status %v", errWrong, now)
		}
	case releaseSubmission:
		x.submission[a].Release()
		m.submission[a].release()
	}
	return got, want
}

// encodes is what the model says of work on buffer a: an error, or what it does.
func (r *rig) encodes(m *model, a int, check func() error, does func()) error {
	err := first(m.queue[a%queues].err(), check())
	if err == nil {
		does()
		m.submission[a], m.waited[a] = live, false
	}
	return err
}

func (x *real) submit(a, q int, encode func(*mtl.CommandBuffer) error) error {
	work, err := x.queue[q].Encode(encode)
	if err == nil {
		x.submission[a].Release()
		x.submission[a] = work
	}
	return err
}

// shrink takes out steps, many and then few, as long as the rest fails too.
func (r *rig) shrink(steps []step) []step {
	for n := len(steps) / 2; n > 0; n /= 2 {
		for at := 0; at+n <= len(steps); {
			fewer := slices.Delete(slices.Clone(steps), at, at+n)
			if r.replay(fewer) != nil {
				steps = fewer
			} else {
				at++
			}
		}
	}
	return steps
}

// goTest writes steps as a test that fails.
func goTest(steps []step) string {
	var b strings.Builder
	b.WriteString("func TestFound(t *testing.T) {\n\tr := newRig(t)\n\tr.must(r.replay([]step{")
	for i, s := range steps {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "{%v, %d, %d}", s.op, s.a, s.b)
	}
	b.WriteString("}))\n}")
	return b.String()
}

// Random sequences of operations, among them every use after a release, do what
// the model says. A sequence that does not is shrunk and printed as a test.
func TestObjectsAreAsTheModelSays(t *testing.T) {
	r := newRig(t)
	sequences := 150
	if testing.Short() {
		sequences = 30
	}
	var taken [ops]int
	for seed := range uint64(sequences) {
		random := rand.New(rand.NewPCG(seed, 1))
		steps := make([]step, 60)
		for i := range steps {
			steps[i] = step{op(random.IntN(int(ops))), random.IntN(buffers), random.IntN(6)}
			if i < 8 { // or most would meet empty slots
				steps[i].op = []op{newBuffer, newQueue, newFunction, newPipeline}[i%4]
			}
			taken[steps[i].op]++
		}
		if err := r.replay(steps); err != nil {
			few := r.shrink(steps)
			t.Fatalf("seed %d: %v\nshrunk from %d steps to %d: %v\n%s", seed, err, len(steps), len(few), r.replay(few), goTest(few))
		}
	}
	if n := slices.Index(taken[:], 0); n >= 0 {
		t.Errorf("%v was never taken", op(n))
	}
}

// A model that is wrong on purpose is found out, by few steps.
func TestModelFindsAWrongStepAndShrinksIt(t *testing.T) {
	r := newRig(t)
	steps := []step{{newQueue, 0, 0}, {newBuffer, 0, 0}, {newBuffer, 1, 0}, {fill, 0, 1}, {releaseBuffer, 1, 0}, {wait, 0, 0}, {newFunction, 0, 0}, {bytesOf, 0, 0}}
	r.must(r.replay(steps))
	// The model knows nothing of faults.
	r.must(r.soft.Fail(onlyCommits))
	err := r.replay(steps)
	if err == nil {
		t.Fatal("a command buffer that fails is as the model says")
	}
	few := r.shrink(steps)
	r.soft.TakeFaults()
	if got := goTest(few); len(few) != 4 || !strings.Contains(got, "{{newQueue, 0, 0}, {newBuffer, 0, 0}, {fill, 0, 1}, {") {
		t.Errorf("shrunk to %s", got)
	}
	r.settled("the model")
}
