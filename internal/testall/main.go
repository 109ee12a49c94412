// Command testall runs go test and fails on a skipped test: a check that does
// not run must not look like one that passed. Its arguments go to go test.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	command := exec.Command("go", append([]string{"test", "-json"}, os.Args[1:]...)...)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testall:", err)
		os.Exit(1)
	}
	s := summarize(stdout, os.Stdout)
	if err := command.Wait(); err != nil && s.failed == 0 {
		fmt.Fprintln(os.Stderr, "testall: go test:", err)
		os.Exit(1)
	}
	for _, name := range s.skipped {
		fmt.Println("SKIPPED", name)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", s.passed, s.failed, len(s.skipped))
	if s.failed > 0 || len(s.skipped) > 0 || s.passed == 0 {
		os.Exit(1)
	}
}

// An event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// A summary counts tests, and packages that fail outside of a test.
type summary struct {
	passed, failed int
	skipped        []string
}

// summarize reads the events, prints a line a package and the whole output of
// what failed or was skipped.
func summarize(events io.Reader, out io.Writer) (s summary) {
	output := map[string]*strings.Builder{}
	failedIn := map[string]int{}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return s
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			fmt.Fprintf(out, "%s", line) // what the go command says outside of tests
			continue
		}
		key := e.Package + " " + e.Test
		if output[key] == nil {
			output[key] = new(strings.Builder)
		}
		switch {
		case e.Action == "output":
			output[key].WriteString(e.Output)
		case e.Action == "build-output":
			fmt.Fprint(out, e.Output)
		case e.Test != "" && e.Action == "pass":
			s.passed++
			delete(output, key)
		case e.Action == "skip" && e.Test == "":
			fmt.Fprintf(out, "no tests  %s\n", e.Package)
		case e.Action == "skip":
			s.skipped = append(s.skipped, key)
			fmt.Fprint(out, output[key])
		case e.Test != "" && e.Action == "fail":
			s.failed++
			failedIn[e.Package]++
			fmt.Fprint(out, output[key])
		case e.Action == "fail":
			if failedIn[e.Package] == 0 { // it did not build, or ended outside of a test
				s.failed++
				fmt.Fprint(out, output[key])
			}
			fmt.Fprintf(out, "FAIL      %s  %.1f s\n", e.Package, e.Elapsed)
		case e.Action == "pass":
			fmt.Fprintf(out, "ok        %s  %.1f s\n", e.Package, e.Elapsed)
		}
	}
}
