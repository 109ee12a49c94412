// Package layers holds the test that keeps imports pointing down.
package layers

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/tqmetal/tqmetal/"

// Each package may depend, directly or not, on the standard library and on what
// is listed; no more. Tests are not counted.
func TestImportsPointDown(t *testing.T) {
	const purego, sys, goroutine = "github.com/ebitengine/purego", "golang.org/x/sys", "internal/goroutine"
	for _, c := range []struct {
		pkg  string
		goos string
		may  []string
	}{
		{"shaders", "linux", nil},
		{"tqsdpa", "linux", []string{"kernels", "mtl", goroutine, "objc", "shaders", "tqsdpa/attention", "tqsdpa/codec", sys}},
		{"tqsdpa", "darwin", []string{"kernels", "mtl", goroutine, "objc", "shaders", "tqsdpa/attention", "tqsdpa/codec", sys, purego}},
		{"kernels", "linux", []string{"mtl", goroutine, "objc", sys}},
		{"kernels", "windows", []string{"mtl", goroutine, "objc", sys}},
		{"kernels", "darwin", []string{"mtl", goroutine, "objc", sys, purego}},
		{"tqsdpa/codec", "linux", nil},
		{"tqsdpa/attention", "linux", []string{"tqsdpa/codec"}},
		{"tqsdpa/oracle", "linux", []string{"tqsdpa/attention", "tqsdpa/codec"}},
		{"tqsdpa/cpu", "linux", []string{"tqsdpa/attention", "tqsdpa/codec", sys}},
		{"tqsdpa/cpu", "darwin", []string{"tqsdpa/attention", "tqsdpa/codec", sys}},
		// purego on Linux would make a static binary depend on libc.
		{"objc", "linux", []string{sys}},
		{"objc", "darwin", []string{sys, purego}},
		{"mtl", "linux", []string{goroutine, "objc", sys}},
		{"mtl", "windows", []string{goroutine, "objc", sys}},
		{"mtl", "darwin", []string{goroutine, "objc", sys, purego}},
		{"mtl/softmetal", "linux", []string{"objc", "internal/exercise", "internal/msl", "internal/mslrun", sys}},
	} {
		t.Run(c.goos+" "+c.pkg, func(t *testing.T) {
			list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", module+c.pkg)
			list.Env = append(os.Environ(), "GOOS="+c.goos, "GOARCH=arm64", "CGO_ENABLED=0")
			out, err := list.Output()
			if err != nil {
				t.Fatal(err)
			}
			packages := strings.Fields(string(out))
			if len(packages) == 0 {
				t.Fatal("go list names not even the package itself")
			}
			for _, dep := range packages {
				allowed := dep == module+c.pkg
				for _, may := range c.may {
					if may == purego || may == sys {
						allowed = allowed || dep == may || strings.HasPrefix(dep, may+"/")
					} else {
						allowed = allowed || dep == module+may
					}
				}
				if !allowed {
					t.Errorf("depends on %s", dep)
				}
			}
		})
	}
}
