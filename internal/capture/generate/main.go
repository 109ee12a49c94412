// Command generate writes the synthetic capture that tests and documentation
// use.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/tqmetal/tqmetal/internal/capture"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: generate FILE.safetensors")
	}
	var file bytes.Buffer
	if err := capture.Write(&file, capture.Synthetic(), capture.SyntheticMetadata); err != nil {
		return err
	}
	return os.WriteFile(args[0], file.Bytes(), 0o644)
}
