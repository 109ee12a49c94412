package cpu_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/cpu"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// Quantise the keys and values of three tokens, then attend to them.
func Example() {
	p := attention.Params{
		NumHeads: 2, NumKVHeads: 1, HeadDim: 64,
		KVSeqLen: 3, KVCapacity: 16,
		Scale: 1 / float32(math.Sqrt(64)), Format: codec.Default(64),
	}
	tensors, err := p.NewTensors()
	if err != nil {
		log.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	normal := func(x []float32) []float32 {
		for i := range x {
			x[i] = float32(random.NormFloat64())
		}
		return x
	}
	normal(tensors.Q)
	k, v := normal(make([]float32, 3*64)), normal(make([]float32, 3*64)) // [NumKVHeads][tokens][HeadDim]

	engine, err := cpu.New(0)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := engine.Quantize(ctx, p, tensors, 0, k, v); err != nil {
		log.Fatal(err)
	}
	if err := engine.Attend(ctx, p, tensors); err != nil {
		log.Fatal(err)
	}
	exact, err := oracle.AttendRows(p, tensors.Q, k, v)
	if err != nil {
		log.Fatal(err)
	}
	loss, err := oracle.NRMSE(tensors.Output, exact)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bytes a position instead of %d, loss below 20 %%: %v\n",
		p.Format.PositionBytes(), codec.F16(64).PositionBytes(), loss < 0.2)
	// Output: 72 bytes a position instead of 256, loss below 20 %: true
}
