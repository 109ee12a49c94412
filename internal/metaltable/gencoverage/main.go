// Command gencoverage writes docs/COVERAGE.md. It is run by go generate in
// internal/metaltable.
package main

import (
	"fmt"
	"os"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

func main() {
	text, err := metaltable.Coverage()
	if err == nil {
		err = os.WriteFile("../../docs/COVERAGE.md", text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gencoverage:", err)
		os.Exit(1)
	}
}
