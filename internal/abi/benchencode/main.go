//go:build tqmetal_abi && linux && amd64 && cgo

// Command benchencode measures what encoding costs in each way that Go has to send
// an Objective-C message, against what it costs in C: make bench-encode.
//
// All ways send the messages of the same step of attention to the same objects of a
// library that has Metal's classes with methods that keep their arguments and
// count. Time is the processor time of the thread that encodes. Machines are noisy:
// the ways take turns, and sets of rounds are measured until the medians of two
// agree. The library's runtime is GNU's, in which finding a method costs more than
// on a Mac, in all ways alike.
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	agreement = 0.03 // how far medians of two sets may be apart
	maxSets   = 8
)

func main() {
	rounds := flag.Int("rounds", 11, "how often each way is measured in a `set`")
	duration := flag.Duration("time", 100*time.Millisecond, "how long each time")
	only := flag.String("only", "", "measure the ways alone whose name has this `text`, and the limits")
	flag.Parse()
	if err := run(*rounds, *duration, *only); err != nil {
		fmt.Fprintln(os.Stderr, "benchencode:", err)
		os.Exit(1)
	}
}

func run(rounds int, duration time.Duration, only string) error {
	dir := os.Getenv("TQMETAL_ABI")
	if dir == "" {
		return fmt.Errorf("TQMETAL_ABI is not set: run make bench-encode")
	}
	if rounds < 1 || duration < time.Millisecond {
		return fmt.Errorf("-rounds is %d and -time %v, want at least 1 and 1ms", rounds, duration)
	}
	runtime.LockOSThread()
	m, err := newMetal(filepath.Join(dir, "libencode-"+runtime.GOARCH+".so"))
	if err != nil {
		return err
	}
	all := ways(m)
	if only != "" {
		all = slices.DeleteFunc(all, func(w way) bool { return !strings.Contains(w.name, only) && w.name != limit && w.name != yardstick })
	}
	if err := check(m, all); err != nil {
		return err
	}
	figures := make([]figure, len(all))
	for set := 1; ; set++ {
		for range rounds {
			for i, w := range all {
				if err := figures[i].measure(m, w, duration); err != nil {
					return err
				}
			}
		}
		apart, way := drift(all, figures, rounds)
		if set == 1 || apart > agreement && set < maxSets {
			continue
		}
		report(all, figures)
		verdict := "stable"
		if apart > agreement {
			verdict = "NOT STABLE"
		}
		fmt.Printf("\n%s; %s; %s/%s; %s\n", time.Now().UTC().Format(time.DateOnly), processor(), runtime.GOOS, runtime.GOARCH, runtime.Version())
		fmt.Printf("%d rounds of %v in %d sets, medians of all; %s: those of the last two sets are at most %.1f %% apart (%s)\n",
			set*rounds, duration, set, verdict, 100*apart, way)
		return nil
	}
}

// drift returns how far the medians of the last two sets are apart, and for which
// way that is most.
func drift(all []way, figures []figure, rounds int) (float64, string) {
	most, of := 0.0, ""
	for i, w := range all {
		ns := figures[i].nanoseconds
		if len(ns) < 2*rounds {
			break
		}
		last, before := median(ns[len(ns)-rounds:]), median(ns[len(ns)-2*rounds:len(ns)-rounds])
		if apart := math.Abs(last/before - 1); apart >= most {
			most, of = apart, w.name
		}
	}
	return most, of
}

// check sees that all ways encode the same.
func check(m *metal, all []way) error {
	const steps = 4
	encode := func(w way) ([]string, error) {
		log, err := m.look(func() error { return w.encode(m, steps) })
		return dispatches(log), err
	}
	want, err := encode(all[slices.IndexFunc(all, func(w way) bool { return w.name == limit })])
	if err != nil || len(want) != 3*steps {
		return fmt.Errorf("%s: %d dispatches and barriers, %v", limit, len(want), err)
	}
	same := slices.Repeat(want[:3], steps)
	for _, w := range all {
		got, err := encode(w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		if expected := map[bool][]string{false: want, true: same}[w.same]; !slices.Equal(got, expected) {
			return fmt.Errorf("%s encodes\n%s\nwant\n%s", w.name, strings.Join(got, "\n"), strings.Join(expected, "\n"))
		}
	}
	return nil
}

// A figure is what was measured of a way.
type figure struct {
	nanoseconds []float64 // a step, of each round
	allocations float64   // a step, the least of all rounds
	n           int       // steps that take as long as one measurement is to
}

func (f *figure) measure(m *metal, w way, duration time.Duration) error {
	if f.n == 0 { // find out how many, and warm up
		for f.n = 64; ; f.n *= 2 {
			start := threadTime()
			if err := w.encode(m, f.n); err != nil {
				return err
			}
			if took := threadTime() - start; took > duration/4 {
				f.n = max(2, int(float64(f.n)*float64(duration)/float64(took))&^1)
				break
			}
		}
		f.allocations = -1
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	count, start := *m.word("encoded"), threadTime()
	if err := w.encode(m, f.n); err != nil {
		return err
	}
	took := threadTime() - start
	runtime.ReadMemStats(&after)
	if got, want := float64(*m.word("encoded")-count), w.messages*float64(f.n); got < want || got > want+messagesOfAStep {
		return fmt.Errorf("%s: %.0f messages in %d steps, want %.0f", w.name, got, f.n, want)
	}
	f.nanoseconds = append(f.nanoseconds, float64(took.Nanoseconds())/float64(f.n))
	if allocations := float64(after.Mallocs-before.Mallocs) / float64(f.n); f.allocations < 0 || allocations < f.allocations {
		f.allocations = allocations
	}
	return nil
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

const (
	limit     = "C, 18 typed calls"
	yardstick = "cgo, one call a message"
)

func report(all []way, figures []figure) {
	at := func(name string) float64 {
		return median(figures[slices.IndexFunc(all, func(w way) bool { return w.name == name })].nanoseconds)
	}
	c, cgo := at(limit), at(yardstick)
	row := "| %-38s | %8s | %8s | %8s | %10s | %7s | %6s | %5s |\n"
	fmt.Printf(row, "", "ns/step", "least", "messages", "ns/message", "allocs", "of cgo", "of C")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|---:|")
	for i, w := range all {
		f := &figures[i]
		ns := median(f.nanoseconds)
		fmt.Printf(row, w.name, fmt.Sprintf("%.0f", ns), fmt.Sprintf("%.0f", slices.Min(f.nanoseconds)), fmt.Sprint(w.messages),
			fmt.Sprintf("%.1f", ns/w.messages), fmt.Sprintf("%.2f", f.allocations), fmt.Sprintf("%.2f", ns/cgo), fmt.Sprintf("%.2f", ns/c))
	}
}

// processor is what Linux calls the processor.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "processor unknown"
	}
	name, family, model := "", "", ""
	for line := range strings.Lines(string(info)) {
		key, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "model name":
			name = value
		case "cpu family":
			family = value
		case "model":
			model = value
		}
	}
	return fmt.Sprintf("%s (family %s, model %s), %d CPUs", name, family, model, runtime.NumCPU())
}

// threadTime is the processor time that this thread has had.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
