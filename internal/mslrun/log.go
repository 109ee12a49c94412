package mslrun

import (
	"errors"
	"os/exec"
	"regexp"
	"strings"
)

// A compiler's log is a list of groups: an error or warning, what it quotes, and its notes.
type logGroup struct {
	kind    string // "error", "warning" or empty
	message string
	lines   []string
	notes   []string
}

var diagnosticLine = regexp.MustCompile(`^(.*?):(\d+):(\d+): (fatal error|error|warning|note|remark): (.*)$`)

func parseLog(log string) []logGroup {
	var groups []logGroup
	var before []string // "In file included from" comes before what it belongs to
	for _, line := range strings.Split(strings.TrimRight(log, "\n"), "\n") {
		if line == "" || strings.HasSuffix(line, " generated.") && regexp.MustCompile(`^\d+ (error|warning)s?( and \d+ errors?)? generated\.$`).MatchString(line) {
			continue
		}
		if strings.HasPrefix(line, "In file included from ") || strings.HasPrefix(line, "                 from ") {
			before = append(before, line)
			continue
		}
		m := diagnosticLine.FindStringSubmatch(line)
		switch {
		case m != nil && m[4] == "note" && len(groups) > 0:
			g := &groups[len(groups)-1]
			g.notes = append(g.notes, m[5])
			g.lines = append(g.lines, before...)
			g.lines = append(g.lines, line)
		case m != nil:
			groups = append(groups, logGroup{kind: strings.TrimPrefix(m[4], "fatal "), message: m[5], lines: append(append([]string{}, before...), line)})
		case len(groups) > 0:
			groups[len(groups)-1].lines = append(groups[len(groups)-1].lines, line)
		default: // a message without a place: not about the source
			groups = append(groups, logGroup{message: line, lines: []string{line}})
		}
		before = nil
	}
	return groups
}

// falseAlarm tells the errors of the address-space pass that Metal does not have: copies of whole structures to and from
// another address space. Metal gives each class constructors and assignments for every address space; C++ only for one.
// classes are those whose member functions the translator has taken the address spaces from.
func (g *logGroup) falseAlarm(classes map[string]bool) bool {
	if m := objectParameter.FindStringSubmatch(g.message); m != nil && classes[m[1]] {
		return true
	}
	switch {
	case strings.HasPrefix(g.message, "no matching constructor for initialization of "):
	case strings.HasPrefix(g.message, "no viable overloaded '='"):
	case strings.HasPrefix(g.message, "no viable conversion from "):
	case strings.HasPrefix(g.message, "no viable overloaded operator[] for type 'constant float") || strings.HasPrefix(g.message, "no viable overloaded operator[] for type 'device float"):
	default:
		return false
	}
	spaces := 0
	for _, n := range g.notes {
		switch {
		case strings.Contains(n, "cannot bind reference in address space"), strings.Contains(n, "'this' object is in address space"):
			spaces++
		case strings.HasSuffix(g.message, "os_log'") && strings.Contains(n, "cannot be used to construct an object in address space"):
			spaces++ // constant os_log log("subsystem", "category"): the program's text checks the arguments
		case strings.HasPrefix(n, "candidate") && strings.Contains(n, "(the implicit "), strings.HasPrefix(n, "passing argument"), strings.HasPrefix(n, "in instantiation"),
			strings.HasPrefix(n, "candidate constructor not viable: requires"), strings.HasPrefix(n, "expanded from macro"), strings.HasPrefix(n, "candidate template ignored"),
			strings.HasPrefix(n, "candidate constructor not viable: no known conversion"), strings.HasPrefix(n, "candidate constructor template not viable"), strings.HasPrefix(n, "explicit constructor is not a candidate"):
		default:
			return false
		}
	}
	return spaces > 0
}

var objectParameter = regexp.MustCompile(`^cannot initialize object parameter of type '(?:const )?(\w+)`)

// sift returns the errors and the warnings of a log, each as text. In the strict pass it drops false alarms.
func sift(log string, strict bool, classes map[string]bool) (errs, warnings string) {
	var e, w []string
	for _, g := range parseLog(log) {
		switch {
		case g.kind == "error" && strict && g.falseAlarm(classes):
		case g.kind == "error":
			e = append(e, g.lines...)
		case g.kind == "warning":
			w = append(w, g.lines...)
		}
	}
	return strings.Join(e, "\n"), strings.Join(w, "\n")
}

// toolFailed tells a compiler that failed by itself from one that refused a source: that ends with 1 and says only what it
// found in the source.
func toolFailed(err error, log string) bool {
	var exit *exec.ExitError
	return err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 || log == "" || toolMessage.MatchString(log))
}

var toolMessage = regexp.MustCompile(`(?m)^([^:\s]+: )?(fatal error|error): `)

// toolError leaves out the compiler's stack, and keeps what came before it.
func toolError(step, log string, err error) error {
	if i := strings.Index(log, "PLEASE submit a bug report"); i >= 0 {
		log = log[:i]
	}
	return &ToolError{Step: step, Err: err, Log: log}
}
