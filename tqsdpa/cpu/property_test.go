package cpu_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tqmetal/tqmetal/internal/property"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/cpu"
)

// anyFormat is every mixture of bits and norms.
func anyFormat() (formats []codec.Format) {
	for _, keyBits := range []uint32{4, 8, 16} {
		for _, valueBits := range []uint32{4, 8, 16} {
			for _, signs := range []bool{false, true} {
				f := codec.Format{HeadDim: 64, KeyBits: keyBits, ValueBits: valueBits}
				if keyBits < 16 || valueBits < 16 {
					f.Signs = signs
				}
				formats = append(formats, f)
				if keyBits < 16 || valueBits < 16 {
					f.Norm = codec.NormF16
					formats = append(formats, f)
				}
			}
		}
	}
	return append(formats, codec.Default(64))
}

func TestAnyProblemAgreesWithTheOracle(t *testing.T) {
	formats := anyFormat()
	property.Check(t, func(t *rapid.T) { attendProblem(t, property.Draw(t, 300, formats)) })
}

func attendProblem(t rapid.TB, p property.Problem) {
	t.Helper()
	tensors, err := p.Tensors()
	if err != nil {
		t.Fatal(err)
	}
	e, err := cpu.New(2)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Attend(background, p.Params, tensors); err != nil {
		t.Fatal(err, "\n", p.GoTest())
	}
	if err := p.Check(tensors); err != nil {
		t.Fatal(err)
	}
}
