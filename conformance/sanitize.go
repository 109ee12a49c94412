package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// tools are compute-sanitizer's.
var tools = []string{"memcheck", "racecheck", "initcheck", "synccheck"}

// A toolResult is what a sanitizer said of the kernels as they are.
type toolResult struct {
	Tool     string
	Problems int
	Found    int      // errors and warnings: a warning of racecheck is a failure
	Lines    []string // of the MSL source that it named
	Log      string   // the beginning of what it said, where it said anything
	Error    string   // why it did not come to an end
	Seconds  float64
}

// A faultResult says whether a fault was found.
type faultResult struct {
	Fault, Tool string
	Found       bool
	Count       int      // errors and warnings, or wrong results
	Lines       []string // of the MSL source that the tool named
	Detail      string
	Seconds     float64
}

// sanitizer is the command that runs a launcher under a tool.
func sanitizer(tool, log string) []string {
	args := []string{"compute-sanitizer", "--tool", tool, "--log-file", log, "--print-limit", "1000"}
	if tool == "racecheck" {
		args = append(args, "--racecheck-report", "all")
	}
	return args
}

var (
	errorSummary = regexp.MustCompile(`ERROR SUMMARY: (\d+) error`)
	raceSummary  = regexp.MustCompile(`RACECHECK SUMMARY: (\d+) hazards? displayed \((\d+) errors?, (\d+) warnings?\)`)
	sourceLine   = regexp.MustCompile(`[\w.]+\.metal:\d+`)
)

// readLog counts what a tool found. A log without a summary is an error: the tool did not come to its end.
func readLog(path string) (found int, lines []string, text string, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, "", err
	}
	text = string(b)
	for _, l := range sourceLine.FindAllString(text, -1) {
		if !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	summaries := 0
	for _, m := range errorSummary.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		found, summaries = found+n, summaries+1
	}
	for _, m := range raceSummary.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		found, summaries = found+n, summaries+1
	}
	if summaries == 0 {
		err = fmt.Errorf("the tool wrote no summary")
	}
	return found, lines, text, err
}

// sanitize runs the small problems under one tool.
func sanitize(ctx context.Context, l *bundle, launcher, tool, logs string) toolResult {
	start := time.Now()
	r := toolResult{Tool: tool}
	log := filepath.Join(logs, tool+".log")
	run := func() error {
		g, err := startRig(ctx, l, launcher, sanitizer(tool, log)...)
		if err != nil {
			return err
		}
		runErr := func() error {
			for _, p := range small() {
				x, err := newProblem(p, false)
				if err != nil {
					return err
				}
				if _, err := g.attend(x, attendOption{unfilled: tool == "initcheck"}, checkedBuild); err != nil {
					return fmt.Errorf("%s: %w", describe(p), err)
				}
				if r.Problems++; r.Problems%48 == 0 {
					fmt.Fprintf(os.Stderr, "%s: %d problems, %.0f s\n", tool, r.Problems, time.Since(start).Seconds())
				}
			}
			for _, d := range matrix.HeadDims {
				for _, f := range formats(d) {
					if err := checkRows(g, f, &checkResult{}); err != nil {
						return err
					}
					r.Problems++
				}
			}
			return nil
		}()
		if err := g.close(); runErr == nil {
			runErr = err
		}
		return runErr
	}
	if err := run(); err != nil {
		r.Error = err.Error()
	}
	found, lines, text, err := readLog(log)
	if err != nil && r.Error == "" {
		r.Error = err.Error()
	}
	r.Found, r.Lines = found, lines
	if found > 0 || r.Error != "" {
		r.Log = text[:min(len(text), 20000)]
	}
	r.Seconds = time.Since(start).Seconds()
	return r
}

// startRig starts a launcher, under a tool if one is given, and a recorder for it.
func startRig(ctx context.Context, l *bundle, launcher string, tool ...string) (*rig, error) {
	s, err := newSession()
	if err != nil {
		return nil, err
	}
	g, err := startLauncher(ctx, launcher, tool...)
	if err != nil {
		return nil, err
	}
	return &rig{s, g, l}, nil
}

// plant runs the planted faults, each under the tool that has to find it.
func plant(ctx context.Context, l *bundle, launcher, logs string, atATime int) ([]faultResult, error) {
	all, err := plantedFaults()
	if err != nil {
		return nil, err
	}
	results := make([]faultResult, len(all))
	slots := make(chan bool, atATime)
	var running sync.WaitGroup
	for i, f := range all {
		slots <- true
		running.Go(func() {
			defer func() { <-slots }()
			results[i] = plantOne(ctx, l, launcher, filepath.Join(logs, fmt.Sprintf("fault-%d.log", i)), f)
			fmt.Fprintf(os.Stderr, "fault %q: found by %s: %v (%d, %s) %.0f s\n", f.Name, f.Tool, results[i].Found, results[i].Count, strings.Join(results[i].Lines, " "), results[i].Seconds)
		})
	}
	running.Wait()
	return results, nil
}

func plantOne(ctx context.Context, l *bundle, launcher, log string, f fault) faultResult {
	start := time.Now()
	// A kernel takes far less than a second; one that hangs would take all that there is.
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r := faultResult{Fault: f.Name, Tool: f.Tool}
	var command []string
	if f.Tool != "oracle" && f.Tool != hang {
		command = sanitizer(f.Tool, log)
	}
	g, err := startRig(ctx, l, launcher, command...)
	if err != nil {
		r.Detail = err.Error()
		return r
	}
	problems := faultProblems()
	if f.unfilled != "" {
		problems = problems[:1] // each read of each lane is reported, which takes time
	}
	for _, p := range problems {
		affected, err := g.affected(p, f)
		if err != nil {
			r.Detail = err.Error()
			break
		}
		if !affected {
			continue
		}
		if f.Tool == "oracle" && strings.Contains(f.Name, "softcap") {
			p.Softcap, p.Scale = 2, 1
		}
		x, err := newProblem(p, f.Tool == "oracle")
		if err != nil {
			r.Detail = err.Error()
			break
		}
		outputs, err := g.attend(x, attendOption{fault: f, unfilled: f.Tool == "initcheck"}, checkedBuild)
		if err != nil {
			r.Detail = err.Error() // of a memory error: the GPU takes nothing more
			// At the limit the launcher is killed, which may be seen before the read's own limit.
			if f.Tool == hang && (ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded)) {
				r.Count++
				r.Detail = "timeout: " + r.Detail
			}
			break
		}
		if f.Tool == "oracle" {
			if e, err := oracle.WorstHeadNRMSE(outputs[0], x.want, p.HeadDim); err != nil || !(e <= matrix.Limit(p)) {
				r.Count++
			}
		}
	}
	if err := g.close(); err != nil && r.Detail == "" {
		r.Detail = err.Error()
	}
	if f.Tool != "oracle" && f.Tool != hang {
		found, lines, _, err := readLog(log)
		if err != nil && r.Detail == "" {
			r.Detail = err.Error()
		}
		r.Count, r.Lines = found, lines
	}
	r.Found = r.Count > 0
	r.Detail = r.Detail[:min(len(r.Detail), 300)]
	r.Seconds = time.Since(start).Seconds()
	return r
}

// affected says whether a problem can show a fault.
func (g *rig) affected(p tqsdpa.Params, f fault) (bool, error) {
	if f.edit == nil {
		return true, nil
	}
	launches, _, _, err := g.attention(p)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(launches, func(l launch) bool { return g.setFor(f.Name, &l) != "" }), nil
}
