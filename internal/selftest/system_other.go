//go:build !darwin

package selftest

import "github.com/klauspost/cpuid/v2"

// hardware returns the name of the chip. There is no macOS here, and no Mac.
func hardware() (build, chip, model string) { return "", cpuid.CPU.BrandName, "" }
