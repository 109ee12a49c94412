//go:build (darwin && !ios && arm64) || (tqmetal_abi && linux)

package objc

import (
	"sync"

	"github.com/ebitengine/purego"
)

// nativeBlockFunctions are made once for the process: purego has 2000 callbacks
// in all, which are never given back.
var nativeBlockFunctions = sync.OnceValue(func() (addresses [blockFunctions]uintptr) {
	for f := range blockFunctions {
		addresses[f] = purego.NewCallback(func(block, a, b, c, d uintptr) { f.Call(block, BlockArguments{a, b, c, d}) })
	}
	return addresses
})

func (n *native) BlockFunction(f BlockFunction) uintptr { return nativeBlockFunctions()[f] }
