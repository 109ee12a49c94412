// Command generate writes the synthetic capture that tests and documentation
// use.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/tqmetal/tqmetal/internal/capture"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE.safetensors")
		os.Exit(2)
	}
	var file bytes.Buffer
	err := capture.Write(&file, capture.Synthetic(), capture.SyntheticMetadata)
	if err == nil {
		err = os.WriteFile(os.Args[1], file.Bytes(), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
