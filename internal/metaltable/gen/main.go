// Command gen writes zmessages.go and zmessages_test.go from the //objc lines of the package in the
// current directory. It is run by go generate.
package main

import (
	"fmt"
	"os"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

func main() {
	if err := generate(os.Getenv("GOPACKAGE")); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(pkg string) error {
	if pkg == "" {
		return fmt.Errorf("run by go generate, which sets GOPACKAGE")
	}
	messages, err := metaltable.ParseDir(".")
	if err != nil {
		return err
	}
	text, err := metaltable.Generate(pkg, messages)
	if err != nil {
		return err
	}
	if err := os.WriteFile("zmessages.go", text, 0o644); err != nil {
		return err
	}
	if text, err = metaltable.GenerateTest(pkg, messages); err != nil {
		return err
	}
	return os.WriteFile("zmessages_test.go", text, 0o644)
}
