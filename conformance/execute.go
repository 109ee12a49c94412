package main

import (
	"encoding/binary"
	"math"

	"github.com/tqmetal/tqmetal/objc"
)

// A rig is a GPU, the kernels for it, and the recorder that says what to launch.
type rig struct {
	*session
	*gpu
	*bundle
}

// memory is the buffers of one problem on the GPU.
type gpuBuffers struct {
	addresses map[objc.ID]uint64
	byRole    map[string]uint64
	sizes     roles
}

// buffers allocates each role's bytes, exactly.
func (g *rig) buffers(names map[objc.ID]string, sizes roles) (*gpuBuffers, error) {
	m := &gpuBuffers{map[objc.ID]uint64{}, map[string]uint64{}, sizes}
	for id, role := range names {
		address, err := g.allocate(sizes[role])
		if err != nil {
			g.release(m)
			return nil, err
		}
		m.addresses[id], m.byRole[role] = address, address
	}
	return m, nil
}

func (g *rig) release(m *gpuBuffers) {
	for _, address := range m.byRole {
		_ = g.free(address) // after an error nothing can be freed, and the first error was reported
	}
}

// launchAll runs launches, of one build and set of kernels, and waits.
func (g *rig) launchAll(build, set string, launches []launch, m *gpuBuffers) error {
	for i := range launches {
		path, kernel, err := g.cubin(build, set, &launches[i])
		if err != nil {
			return err
		}
		k, err := g.load(path, kernel)
		if err != nil {
			return err
		}
		if err := g.run(k, &launches[i], m.addresses); err != nil {
			return err
		}
	}
	return g.synchronize()
}

// setFor is the set that has the fault, where the fault is in this kernel, and otherwise the set without.
func (g *rig) setFor(fault string, l *launch) string {
	if _, ok := g.entries[key(fault, l.variant())]; ok {
		return fault
	}
	return ""
}

// An attendOption is what a run of a problem does otherwise than usual.
type attendOption struct {
	fault    fault
	unfilled bool // leave Tmp and Output as they are, so that initcheck sees who wrote them
}

// attend runs a problem as often as builds are named, from the same inputs, and returns the outputs.
func (g *rig) attend(x *problem, o attendOption, builds ...string) ([][]float32, error) {
	launches, names, sizes, err := g.attention(x.Params)
	if err != nil {
		return nil, err
	}
	f := x.CacheFormat()
	if o.fault.short != "" {
		sizes[o.fault.short] -= map[string]int{"kPacked": f.KeyRowBytes(), "vPacked": f.ValueRowBytes(), "kNorms": f.KeyNormBytes(), "vNorms": f.ValueNormBytes(), "output": 4 * int(x.HeadDim)}[o.fault.short]
	}
	for role, bytes := range sizes {
		if bytes <= 0 {
			sizes[role] = 4 // a problem of one row: there is nothing less
		}
	}
	m, err := g.buffers(names, sizes)
	if err != nil {
		return nil, err
	}
	defer g.release(m)
	for role, b := range map[string][]byte{"q": floatBytes(x.Q), "kPacked": x.KPacked, "kNorms": x.KNorms, "vPacked": x.VPacked, "vNorms": x.VNorms} {
		address, ok := m.byRole[role]
		if !ok || role == o.fault.unfilled {
			continue
		}
		if err := g.write(address, b[:min(len(b), sizes[role])]); err != nil {
			return nil, err
		}
	}
	var outputs [][]float32
	for _, build := range builds {
		for _, role := range []string{"tmp", "output"} {
			if o.unfilled {
				continue
			}
			if err := g.fill(m.byRole[role], sizes[role], 0xff); err != nil {
				return nil, err
			}
		}
		for i := range launches {
			if err := g.launchAll(build, g.setFor(o.fault.Name, &launches[i]), launches[i:i+1], m); err != nil {
				return nil, err
			}
		}
		b, err := g.read(m.byRole["output"], sizes["output"])
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, bytesFloat(b))
	}
	return outputs, nil
}

func floatBytes(f []float32) []byte {
	b := make([]byte, 0, 4*len(f))
	for _, x := range f {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func bytesFloat(b []byte) []float32 {
	f := make([]float32, len(b)/4)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return f
}
