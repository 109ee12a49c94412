//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A command4 is a fill, a copy or a dispatch of a random program.
type command4 struct {
	kind    int // 0: fill a with value, 1: copy b to a, 2: add b to a
	a, b    int // buffers
	value   byte
	encoder int
	buffer  int // the command buffer
}

func (c command4) stage() mtl.Stages {
	if c.kind == 2 {
		return mtl.StageDispatch
	}
	return mtl.StageBlit
}

// conflicts says that the order of two commands matters.
func (c command4) conflicts(d command4) bool {
	return c.a == d.a || c.kind > 0 && c.b == d.a || d.kind > 0 && d.b == c.a
}

// Programs at random, in which each two commands that touch the same memory are kept
// apart by the least that does so, give what they give one after another, in every
// schedule.
func TestRandomProgramsOfMetal4(t *testing.T) {
	const programs, buffers, commands = 24, 4, 30
	m, soft := openMetal4On(t, softmetal.Options{})
	add := m.kernel("add")
	memory, views := make([]*mtl.Buffer, buffers), make([][]uint32, buffers)
	var tables [buffers][buffers]*mtl.ArgumentTable
	for i := range memory {
		memory[i], views[i] = m.numbers(2)
	}
	for a := range tables {
		for b := range tables[a] {
			table := owned[*mtl.ArgumentTable](m.hardware)(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 2}))
			tables[a][b] = table
			if err := table.SetBuffer(memory[a], 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := table.SetBuffer(memory[b], 0, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	for seed := range uint64(programs) {
		random := rand.New(rand.NewPCG(seed, 4))
		soft.SetOrder(softmetal.Order{Sequence: []softmetal.Order{{Sequence: softmetal.Down}, {Sequence: softmetal.Shuffled}}[seed%2].Sequence, Seed: seed})
		program := make([]command4, commands)
		var want [buffers]uint32
		for i := range program {
			c := command4{kind: random.IntN(3), a: random.IntN(buffers), value: byte(random.IntN(256))}
			c.b = (c.a + 1 + random.IntN(buffers-1)) % buffers
			if i > 0 {
				c.encoder, c.buffer = program[i-1].encoder, program[i-1].buffer
				switch random.IntN(8) {
				case 0:
					c.buffer++
					fallthrough
				case 1:
					c.encoder++
				}
			}
			switch c.kind {
			case 0:
				want[c.a] = uint32(c.value) * 0x01010101
			case 1:
				want[c.a] = want[c.b]
			case 2:
				want[c.a] += want[c.b]
			}
			program[i] = c
		}
		// How each encoder ends: with nothing, a barrier, or a fence.
		endings := make([]int, commands)
		fences := make([]*mtl.Fence, commands)
		for i := range program[commands-1].encoder + 1 {
			if endings[i] = random.IntN(3); endings[i] == 2 {
				fences[i] = owned[*mtl.Fence](m.hardware)(m.device.NewFence())
			}
		}
		for i := range views {
			clear(views[i])
		}
		var all []*mtl.Submission4
		for i := 0; i < len(program); {
			all = append(all, m.commit(func(cb *mtl.CommandBuffer4) error {
				for buffer := program[i].buffer; i < len(program) && program[i].buffer == buffer; {
					if err := cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
						first := i
						for ; i < len(program) && program[i].encoder == program[first].encoder; i++ {
							keepApart(enc, program[:i], program[i], first, endings, fences)
							switch c := program[i]; c.kind {
							case 0:
								enc.Fill(mtl.BufferRange{Buffer: memory[c.a]}, 8, c.value)
							case 1:
								enc.Copy(mtl.BufferRange{Buffer: memory[c.b]}, mtl.BufferRange{Buffer: memory[c.a]}, 8)
							case 2:
								enc.SetComputePipelineState(add)
								enc.SetArgumentTable(tables[c.a][c.b])
								enc.DispatchThreads(line(2), line(2))
							}
						}
						switch n := program[first].encoder; endings[n] {
						case 1:
							enc.BarrierAfterStages(all4, all4, seen4)
						case 2:
							enc.UpdateFence(fences[n], all4)
						}
						return nil
					}); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		for _, submission := range all {
			m.wait(submission)
		}
		for i := range views {
			if !slices.Equal(views[i], []uint32{want[i], want[i]}) {
				t.Errorf("program %d: buffer %d has %#x, want %#x", seed, i, views[i], want[i])
			}
		}
		if t.Failed() {
			t.Fatal(fmt.Sprint(program))
		}
	}
}

// keepApart orders a command after those that it conflicts with.
func keepApart(enc *mtl.ComputeCommandEncoder4, before []command4, c command4, first int, endings []int, fences []*mtl.Fence) {
	var within, earlier mtl.Stages
	waits := map[int]bool{}
	for i, d := range before {
		switch {
		case !c.conflicts(d):
		case i >= first:
			within |= d.stage()
		case endings[d.encoder] == 2:
			waits[d.encoder] = true
		case endings[d.encoder] == 0:
			earlier |= d.stage()
		}
	}
	if within != 0 {
		enc.BarrierAfterEncoderStages(within, c.stage(), seen4)
	}
	if earlier != 0 {
		enc.BarrierAfterQueueStages(earlier, c.stage(), seen4)
	}
	for n := range waits {
		enc.WaitForFence(fences[n], c.stage())
	}
}
