//go:build !ios && arm64

package matrix

import "github.com/tqmetal/tqmetal/internal/engine"

const metalWorkers = 1

func openMetal() (engine.Engine, error) { return engine.SystemMetal() }
