package softmetal

import (
	"math/rand/v2"
	"slices"
)

// A pass4 is what an encoder of Metal 4 recorded: commands, and between them what
// gives them an order. Without it they have none, whatever they use.
type pass4 struct {
	allocator *allocator
	steps     []*step
	marks     []mark // by place
}

// A step is one command.
type step struct {
	segment
	stage uint64
	uses  map[*object]bool
	prior bool // it comes after all that its command buffer has before it
	pass  int  // its encoder's number among those that run together
	place int  // among the steps of its encoder
	work  *recording
}

type markKind int

const (
	encoderBarrier  markKind = iota // between commands of the encoder
	consumerBarrier                 // between earlier encoders and this one's commands that follow
	producerBarrier                 // between this one's and earlier encoders' commands and later encoders
	fenceUpdate
	fenceWait
)

// A mark orders commands of some stages after those of others.
type mark struct {
	kind          markKind
	after, before uint64 // stages
	fence         *object
	place         int // of the first step behind it
}

func (p *pass4) add(stage uint64, s segment) {
	p.allocator.use()
	p.steps = append(p.steps, &step{segment: s, stage: stage, place: len(p.steps)})
}

func (p *pass4) mark(m mark) {
	p.allocator.use()
	m.place = len(p.steps)
	p.marks = append(p.marks, m)
}

// stages returns those of the commands so far.
func (p *pass4) stages() uint64 {
	all := uint64(0)
	for _, s := range p.steps {
		all |= s.stage
	}
	return all
}

func (p *pass4) updates(fence *object) bool {
	return slices.ContainsFunc(p.marks, func(m mark) bool { return m.kind == fenceUpdate && m.fence == fence })
}

// holds reports whether a mark holds up b, in its own encoder, for commands of a's
// stage.
func (m *mark) holds(a, b *step) bool {
	return b.place >= m.place && a.stage&m.after != 0 && b.stage&m.before != 0
}

// ordered reports whether b waits for a, which was recorded before it. Apple says in
// one place that a barrier behind earlier work of the queue holds up later encoders,
// too, and in another that it is this encoder's alone, which is taken here.
func ordered(passes []*pass4, a, b *step) bool {
	if b.prior && a.work == b.work {
		return true
	}
	if a.pass == b.pass {
		for _, m := range passes[a.pass].marks {
			if m.kind == encoderBarrier && a.place < m.place && m.holds(a, b) {
				return true
			}
		}
		return false
	}
	for _, m := range passes[b.pass].marks {
		if m.kind == consumerBarrier && m.holds(a, b) {
			return true
		}
		if m.kind != fenceWait || b.place < m.place || b.stage&m.before == 0 {
			continue
		}
		for _, u := range passes[a.pass].marks {
			if u.kind == fenceUpdate && u.fence == m.fence && a.place < u.place && a.stage&u.after != 0 {
				return true
			}
		}
	}
	for i := a.pass; i < b.pass; i++ {
		for _, m := range passes[i].marks {
			if m.kind == producerBarrier && (i > a.pass || a.place < m.place) && a.stage&m.after != 0 && b.stage&m.before != 0 {
				return true
			}
		}
	}
	return false
}

// schedule4 returns an order in which a GPU may run the commands of encoders: that in
// which they were recorded, or one that a friendly GPU would not choose.
func schedule4(passes []*pass4, order Order) []*step {
	var left []*step
	for i, p := range passes {
		for _, s := range p.steps {
			s.pass = i
			left = append(left, s)
		}
	}
	if order.Sequence == Up {
		return left
	}
	// What each step waits for is counted once.
	waits, behind := make([]int, len(left)), make([][]int, len(left))
	for j, b := range left {
		for i, a := range left[:j] {
			if ordered(passes, a, b) {
				waits[j]++
				behind[i] = append(behind[i], j)
			}
		}
	}
	random := rand.New(rand.NewPCG(uint64(order.Seed), uint64(len(left))))
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	var chosen []*step
	for len(ready) > 0 {
		slices.Sort(ready)
		at := len(ready) - 1
		if order.Sequence == Shuffled {
			at = random.IntN(len(ready))
		}
		next := ready[at]
		ready = slices.Delete(ready, at, at+1)
		chosen = append(chosen, left[next])
		for _, j := range behind[next] {
			if waits[j]--; waits[j] == 0 {
				ready = append(ready, j)
			}
		}
	}
	return chosen
}
