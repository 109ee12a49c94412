package codec_test

import (
	"fmt"
	"log"
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// One row of 64 elements becomes 32 bytes and a norm, and comes back.
func Example() {
	format := codec.Default(64)
	row := make([]float32, 64)
	for j := range row {
		row[j] = float32(math.Sin(float64(j * j)))
	}

	packed := make([]byte, format.KeyRowBytes())
	norm, err := format.EncodeKey(packed, row)
	if err != nil {
		log.Fatal(err)
	}
	decoded := make([]float32, 64)
	if err := format.DecodeKey(decoded, packed, norm); err != nil {
		log.Fatal(err)
	}

	fmt.Printf("%d bytes for %d\n", len(packed), 4*len(row))
	fmt.Printf("row[:4]     %.2f\n", row[:4])
	fmt.Printf("decoded[:4] %.2f\n", decoded[:4])
	// Output:
	// 32 bytes for 256
	// row[:4]     [0.00 0.84 -0.76 0.41]
	// decoded[:4] [0.02 0.92 -0.60 0.43]
}
