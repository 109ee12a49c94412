package selftest

import "syscall"

// hardware returns the build of macOS and the names of the chip and of the Mac's
// model, empty where the system does not say.
func hardware() (build, chip, model string) {
	get := func(name string) string {
		s, err := syscall.Sysctl(name)
		if err != nil {
			return ""
		}
		return s
	}
	return get("kern.osversion"), get("machdep.cpu.brand_string"), get("hw.model")
}
