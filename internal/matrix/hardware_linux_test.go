//go:build amd64 || arm64

package matrix

import (
	"runtime"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

var metalWorkers = min(runtime.GOMAXPROCS(0), 8)

func openMetal() (engine.Engine, error) { return engine.Soft(softmetal.Options{}) }
