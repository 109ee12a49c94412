package kernels

import (
	"context"
	"errors"

	"github.com/tqmetal/tqmetal/mtl"
)

// A Kernel is a kernel with its function constants, as [Registry.Pipeline]
// takes them.
type Kernel struct {
	Name      string
	Constants []mtl.FunctionConstant
}

// Prewarm makes the pipelines of all these kernels, at the same time, and waits
// for them, so that later calls of [Registry.Pipeline] need not. It returns the
// errors of all that failed, joined; those of Pipeline say what they are.
func (r *Registry) Prewarm(ctx context.Context, device *mtl.Device, kernels ...Kernel) error {
	pending := make([]*result[*mtl.ComputePipelineState], len(kernels))
	var errs []error
	for i, k := range kernels {
		var err error
		if pending[i], err = r.start(device, k.Name, k.Constants); err != nil {
			errs = append(errs, err)
		}
	}
	for i, p := range pending {
		if p == nil {
			continue
		}
		if _, err := p.wait(ctx, kernels[i].Name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
