package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A progress shows a bar once the work has taken a second: a short run prints
// nothing but its result, and nor does one whose output goes to a file.
type progress struct {
	out     io.Writer
	start   time.Time
	total   int
	done    int // of the parts that have ended
	current int // weight of the part under way
	bar     *progressbar.ProgressBar
}

func newProgress(out io.Writer, total int) *progress {
	return &progress{out: out, start: time.Now(), total: total}
}

// begin says what is being done now, and its weight.
func (p *progress) begin(what string, weight int) {
	p.set(p.done+p.current, what)
	p.current = weight
}

// set says how much is done, and what is being done or was last.
func (p *progress) set(done int, what string) {
	p.done = done
	if time.Since(p.start) < time.Second || isFile(p.out) {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(p.total,
			progressbar.OptionSetWriter(p.out), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(false))
	}
	p.bar.Describe(what)
	_ = p.bar.Set(p.done) // a bar that can't be drawn must not stop the work
}

// finish removes the bar.
func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
}

// isFile says that what is written is kept, where a bar would leave all its states.
func isFile(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && !term.IsTerminal(int(f.Fd()))
}
