//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/tqmetal/tqmetal/internal/exercise"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// Every message that is bound has to be carried out by the software device in a
// test of this package, without a broken rule: docs/COVERAGE.md says so. In which
// test does not matter, so it is looked at when all have run.
func TestMain(m *testing.M) {
	exercise.Record()
	code := m.Run()
	if code == 0 && allTestsRan() {
		for _, message := range exercise.Missing(append(objc.Messages(), mtl.Messages()...)) {
			fmt.Printf("%s is bound, and no test of package mtl has the software device carry it out\n", message)
			code = 1
		}
	}
	os.Exit(code)
}

func allTestsRan() bool {
	for _, name := range []string{"run", "skip", "list", "fuzz"} {
		if flag.Lookup("test."+name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short() && flag.Lookup("test.count").Value.String() != "0"
}
