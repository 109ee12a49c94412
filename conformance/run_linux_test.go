package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// conformanceScript stands for the command: it writes down how it is called, and fails as $FAILING says.
const conformanceScript = `#!/bin/sh
echo "$*" >>calls
results=$(echo "$*" | sed 's/.*-results \([^ ]*\).*/\1/')
[ "$1" = record ] && echo "{}" >"$results/record.json"
[ "$1" = "$FAILING" ] && exit 3
[ "$1 $8" = "$FAILING" ] && exec sleep 1000
exit 0
`

// On the machine with the GPU every part runs, whatever becomes of the others, and the record comes back.
func TestRunScriptRunsEveryPart(t *testing.T) {
	script, err := os.ReadFile("run.sh")
	must(t, err)
	for _, c := range []struct{ failing, last string }{
		{"none", ""},
		{"check", "failed: check"},
		{"faults", "failed: planted faults"},
		{"tool racecheck", "failed: racecheck"}, // which does not end
	} {
		t.Run(c.failing, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			build, results, bin := filepath.Join(folder, "build"), filepath.Join(folder, "results"), filepath.Join(folder, "bin")
			must(t, writeFiles(folder, map[string]string{"run.sh": strings.Replace(string(script), `"$tool" 200 tool`, `"$tool" 2 tool`, 1)}))
			must(t, writeFiles(build, map[string]string{"commit": "abc\n", "conformance": conformanceScript}))
			must(t, os.Chmod(filepath.Join(build, "conformance"), 0o700))
			must(t, writeFiles(bin, map[string]string{"nvcc": "#!/bin/sh\n", "nvidia-smi": "#!/bin/sh\necho a card\n"}))
			for _, name := range []string{"nvcc", "nvidia-smi"} {
				must(t, os.Chmod(filepath.Join(bin, name), 0o700))
			}
			cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(folder, "run.sh"), results)
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "FAILING="+c.failing, "NVCC=")
			out, err := cmd.CombinedOutput()
			if (err != nil) != (c.last != "") {
				t.Errorf("%v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if last := lines[len(lines)-1]; c.last != "" && last != c.last || c.last == "" && !strings.HasPrefix(last, "== all parts:") {
				t.Errorf("the last line is %q, want %q", last, c.last)
			}
			calls, err := os.ReadFile(filepath.Join(build, "calls"))
			must(t, err)
			for _, command := range []string{"build", "times", "check", "tool", "faults", "record"} {
				if !strings.Contains("\n"+string(calls), "\n"+command+" -o . -results ") {
					t.Errorf("%s was not called:\n%s", command, calls)
				}
			}
			for _, tool := range tools {
				if !strings.Contains(string(calls), "-commit abc "+tool+"\n") {
					t.Errorf("%s was not called:\n%s", tool, calls)
				}
			}
			for _, name := range []string{recordFile, "run.log", "logs.tar.gz"} {
				if _, err := os.Stat(filepath.Join(results, name)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestRunScriptNeedsWhatPrepareMakes(t *testing.T) {
	script, err := os.ReadFile("run.sh")
	must(t, err)
	folder := t.TempDir()
	must(t, writeFiles(folder, map[string]string{"run.sh": string(script)}))
	must(t, os.Mkdir(filepath.Join(folder, "build"), 0o755))
	out, err := exec.CommandContext(t.Context(), "bash", filepath.Join(folder, "run.sh"), t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "conformance/build is not whole") {
		t.Errorf("%v\n%s", err, out)
	}
}
