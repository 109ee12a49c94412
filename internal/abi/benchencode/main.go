//go:build tqmetal_abi && linux && amd64 && cgo

// Command benchencode measures what encoding costs in each way that Go has to send
// an Objective-C message, against what it costs in C: make bench-encode.
//
// All ways send the messages of the same step of attention to the same objects of a
// library that has Metal's classes with methods that keep their arguments and
// count. Rounds are interleaved, and medians printed, as machines are noisy. Time is
// the processor time of the thread that encodes. The library's runtime is GNU's, in
// which finding a method costs more than on a Mac, in all ways alike.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	rounds := flag.Int("rounds", 11, "how often each way is measured")
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
	for round := range rounds {
		for i, w := range all {
			if err := figures[i].measure(m, w, duration); err != nil {
				return err
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\r", round+1, rounds)
	}
	report(all, figures)
	return nil
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

func (f *figure) median() float64 {
	s := slices.Sorted(slices.Values(f.nanoseconds))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

const (
	limit     = "C, 18 typed calls"
	yardstick = "cgo, one call a message"
)

func report(all []way, figures []figure) {
	at := func(name string) float64 {
		return figures[slices.IndexFunc(all, func(w way) bool { return w.name == name })].median()
	}
	c, cgo := at(limit), at(yardstick)
	fmt.Printf("%-39s %8s %8s %8s %9s %9s %7s %6s\n", "", "ns/step", "least", "messages", "ns/mess.", "allocs", "of cgo", "of C")
	for i, w := range all {
		f := &figures[i]
		ns := f.median()
		fmt.Printf("%-39s %8.0f %8.0f %8.0f %9.1f %9.2f %7.2f %6.2f\n", w.name, ns, slices.Min(f.nanoseconds), w.messages, ns/w.messages, f.allocations, ns/cgo, ns/c)
	}
}

// threadTime is the processor time that this thread has had.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
