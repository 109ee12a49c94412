package mtl

import "math"

// threadgroupLimits are what one threadgroup has to fit.
type threadgroupLimits struct {
	device  *Limits
	threads int // that the pipeline allows
	static  int // bytes of threadgroup memory that the kernel declares
	dynamic int // bytes that were set
}

func (l threadgroupLimits) check(method string, size Size) error {
	limit := l.device.MaxThreadsPerThreadgroup
	switch {
	case !size.positive() || size.Width > limit.Width || size.Height > limit.Height || size.Depth > limit.Depth:
		return badArgument(method, "threadsPerThreadgroup", size, "1x1x1 to %v", limit)
	case size.Width*size.Height*size.Depth > l.threads:
		return badArgument(method, "number of threads per threadgroup", size.Width*size.Height*size.Depth, "at most %d, the limit of this pipeline", l.threads)
	case l.static+l.dynamic > l.device.MaxThreadgroupMemoryLength:
		return badArgument(method, "threadgroup memory", l.static+l.dynamic, "at most %d bytes, %d of the kernel and %d of SetThreadgroupMemoryLength together", l.device.MaxThreadgroupMemoryLength, l.static, l.dynamic)
	}
	return nil
}

// checkGrid checks that every position in the grid fits the 32 bits that a
// kernel gets it in.
//
// unit has been checked: a product of what fits 32 bits with it fits 64.
func checkGrid(method, argument string, grid, unit Size) error {
	w, h, d := uint(grid.Width), uint(grid.Height), uint(grid.Depth)
	if !grid.positive() || max(w, h, d) > math.MaxUint32 ||
		max(w*uint(unit.Width), h*uint(unit.Height), d*uint(unit.Depth)) > math.MaxUint32 {
		return badArgument(method, argument, grid, "1 to %d threads in each direction, in groups of %v", uint32(math.MaxUint32), unit)
	}
	return nil
}
