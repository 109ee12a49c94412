//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package matrix

import "testing"

// The tenth of the matrix runs on a Mac's own device there, and on the software
// device on Linux; make matrix runs the whole.
func TestMetalIsRightInATenthOfTheMatrix(t *testing.T) {
	report, err := Verify(t.Context(), openMetal, metalWorkers, Tenth(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range report.FirstMisses {
		t.Error(m)
	}
	if report.Problems != 108 || len(report.Rows) != 16 || report.Misses > 0 {
		t.Errorf("%d misses of %d problems and %d formats", report.Misses, report.Problems, len(report.Rows))
	}
}
