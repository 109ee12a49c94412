package selftest

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/mem"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// A System is what the test ran on.
type System struct {
	Platform string `json:"platform"`        // darwin/arm64
	MacOS    string `json:"macos"`           // 15.1.0, or what a software device says it is
	Build    string `json:"build,omitempty"` // of macOS
	Chip     string `json:"chip,omitempty"`  // Apple M2 Max
	Model    string `json:"model,omitempty"` // Mac14,6
	Memory   uint64 `json:"memory"`          // bytes
	CPUs     int    `json:"cpus"`
	// Settings are variables of the environment that change what Metal does.
	Settings []string `json:"settings,omitempty"`

	GPU             string   `json:"gpu"`
	Architecture    string   `json:"architecture,omitempty"` // applegpu_g14s
	Families        []string `json:"families"`
	UnifiedMemory   bool     `json:"unified_memory"`
	ThreadsPerGroup string   `json:"max_threads_per_threadgroup"`
	GroupMemory     int      `json:"max_threadgroup_memory_length"`
	BufferLength    int      `json:"max_buffer_length"`
	WorkingSetSize  int64    `json:"recommended_max_working_set_size"`
}

// newSystem says what there is to say without Metal.
func newSystem() System {
	s := System{Platform: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU()}
	s.Build, s.Chip, s.Model = hardware()
	if memory, err := mem.VirtualMemory(); err == nil {
		s.Memory = memory.Total
	}
	for _, name := range []string{"MTL_DEBUG_LAYER", "MTL_SHADER_VALIDATION", "OBJC_DEBUG_MISSING_POOLS", "METAL_DEVICE_WRAPPER_TYPE"} {
		if v := os.Getenv(name); v != "" {
			s.Settings = append(s.Settings, name+"="+v)
		}
	}
	return s
}

// merge takes over what was known before the device was.
func (s *System) merge(known System) {
	s.Platform, s.Build, s.Chip, s.Model, s.Memory, s.CPUs, s.Settings = known.Platform, known.Build, known.Chip, known.Model, known.Memory, known.CPUs, known.Settings
}

var families = []struct {
	name   string
	family mtl.GPUFamily
}{
	{"Apple4", mtl.GPUFamilyApple4}, {"Apple5", mtl.GPUFamilyApple5}, {"Apple6", mtl.GPUFamilyApple6}, {"Apple7", mtl.GPUFamilyApple7},
	{"Apple8", mtl.GPUFamilyApple8}, {"Apple9", mtl.GPUFamilyApple9}, {"Mac2", mtl.GPUFamilyMac2}, {"Metal3", mtl.GPUFamilyMetal3},
}

// describe asks the device about itself. It must be one that the kernels can run
// on.
func (s *System) describe(l *log, d *mtl.Device) {
	s.GPU = d.Name()
	l.check(s.GPU != "", "the device has no name")
	limits := d.Limits()
	s.ThreadsPerGroup, s.GroupMemory = limits.MaxThreadsPerThreadgroup.String(), limits.MaxThreadgroupMemoryLength
	s.BufferLength, s.WorkingSetSize = limits.MaxBufferLength, limits.RecommendedMaxWorkingSetSize
	l.check(limits.MaxThreadsPerThreadgroup.Width >= 128 && limits.MaxThreadsPerThreadgroup.Height >= 1 && limits.MaxThreadsPerThreadgroup.Depth >= 1,
		"threadgroups of up to %v threads; the kernels need 128x1x1", limits.MaxThreadsPerThreadgroup)
	l.check(limits.MaxThreadgroupMemoryLength >= 32<<10, "%d bytes of threadgroup memory; the kernels rely on 32 KiB", limits.MaxThreadgroupMemoryLength)
	l.check(limits.MaxBufferLength >= 256<<20, "buffers of up to %d bytes; Metal 3 promises 256 MiB", limits.MaxBufferLength)
	l.check(limits.RecommendedMaxWorkingSetSize > 0, "the recommended working set is %d bytes", limits.RecommendedMaxWorkingSetSize)

	for _, f := range families {
		has, err := d.SupportsFamily(f.family)
		if l.check(err == nil, "GPU family %s: %v", f.name, err) && has {
			s.Families = append(s.Families, f.name)
		}
	}
	l.check(len(s.Families) > 0, "the device is of none of the GPU families known here")
	var err error
	s.UnifiedMemory, err = d.HasUnifiedMemory()
	l.check(err == nil, "unified memory: %v", err)
	s.Architecture, err = d.Architecture()
	l.check(err == nil || errors.Is(err, mtl.ErrUnsupported), "architecture: %v", err)
}

// An osVersion is a release of macOS.
type osVersion [3]uint64

func (v osVersion) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// has says whether the release has what came with another, written as 10.11, or as
// 10.x for any.
func (v osVersion) has(since string) bool {
	var want osVersion
	for i, part := range strings.SplitN(since, ".", 3) {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil { // x
			n = 0
		}
		want[i] = n
	}
	for i := range v {
		if v[i] != want[i] {
			return v[i] > want[i]
		}
	}
	return true
}

// systemVersion asks NSProcessInfo, by messages that package objc does not send
// otherwise: so their encodings are compared before.
func systemVersion(rt objc.Runtime) (osVersion, error) {
	in, err := objc.NewIntrospection(rt)
	if err != nil {
		return osVersion{}, err
	}
	const info, number = "processInfo", "operatingSystemVersion"
	class := rt.LookUpClass("NSProcessInfo")
	got, ok := in.ClassMethod(class, info)
	if d := compareEncodings("@@:", got); !ok || d != same {
		return osVersion{}, fmt.Errorf("NSProcessInfo +%s is %q", info, got)
	}
	got, ok = in.InstanceMethod(class, number)
	if d := compareEncodings("{?=qqq}@:", got); !ok || d != same {
		return osVersion{}, fmt.Errorf("NSProcessInfo %s is %q", number, got)
	}
	foundation, err := objc.NewFoundation(rt)
	if err != nil {
		return osVersion{}, err
	}
	pool := foundation.OpenPool()
	defer pool.Close()
	c := objc.NewCall(rt)
	c.Message(objc.ID(class), rt.RegisterSelector(info))
	c.Send()
	c.Message(objc.ID(c.X[0]), rt.RegisterSelector(number))
	v := c.Result()
	c.Send()
	return osVersion(*v), nil
}
