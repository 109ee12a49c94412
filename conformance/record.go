package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A record is everything that one run on one card found. Each part is written by one command, as a file of its own, so
// that a part that is cut off costs no other.
type record struct {
	Date     string // of the run, UTC
	Commit   string // of the text that ran
	Card     *card
	Compiler string // nvcc's version
	Compiled []compiled
	Check    *checkResult
	Tools    []toolResult
	Faults   []faultResult
	Times    *timeResult
}

// The files of the parts.
const (
	compiledFile = "compiled.json"
	cardFile     = "card.json"
	checkFile    = "check.json"
	faultsFile   = "faults.json"
	timesFile    = "times.json"
	recordFile   = "record.json"
)

func toolFile(tool string) string { return "tool-" + tool + ".json" }

// A runInfo says where and of what the run was.
type runInfo struct {
	Date, Commit, Compiler string
	Card                   card
}

// A figure is a number that may be NaN or infinite, which JSON has no numbers for.
type figure float64

// MarshalJSON writes what is no number as a string.
func (f figure) MarshalJSON() ([]byte, error) {
	if x := float64(f); math.IsNaN(x) || math.IsInf(x, 0) {
		return json.Marshal(fmt.Sprint(x))
	}
	return json.Marshal(float64(f))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *figure) UnmarshalJSON(b []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*f = figure(x)
	return err
}

func writeJSON(folder, name string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name), append(b, '\n'), 0o644)
}

func readJSON(folder, name string, v any) error {
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
