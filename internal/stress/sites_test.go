//go:build linux && (amd64 || arm64)

package stress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa"
)

// A site is one use of the library. It releases all that it makes, and returns
// the first error, or errWrong where the result is not what it must be.
type site struct {
	name string
	run  func(*rig) error
	cold bool // it compiles with r.cold, which keeps what it gets
}

var errWrong = errors.New("wrong result")

// use gives a new object to f and releases it.
func use[T releaser](v T, err error, f func(T) error) error {
	if err != nil {
		return err
	}
	defer v.Release()
	return f(v)
}

func nothing[T any](T) error { return nil }

var deviceSites = []site{
	{name: "CreateSystemDefaultDevice", run: func(r *rig) error {
		d, err := r.fw.CreateSystemDefaultDevice()
		return use(d, err, nothing)
	}},
	{name: "CopyAllDevices", run: func(r *rig) error {
		devices, err := r.fw.CopyAllDevices()
		for _, d := range devices {
			d.Release()
		}
		return err
	}},
	{name: "Device.Architecture", run: func(r *rig) error { _, err := r.device.Architecture(); return err }},
}

var bufferSites = []site{
	{name: "Device.NewBuffer", run: func(r *rig) error {
		b, err := r.device.NewBuffer(100, 0)
		return use(b, err, func(b *mtl.Buffer) error { _, err := b.Bytes(); return err })
	}},
	{name: "Device.NewBuffer, private", run: func(r *rig) error {
		b, err := r.device.NewBuffer(100, mtl.ResourceStorageModePrivate)
		return use(b, err, nothing)
	}},
	{name: "Device.NewBufferWithBytes", run: func(r *rig) error {
		want := []byte("some bytes")
		b, err := r.device.NewBufferWithBytes(want, 0)
		return use(b, err, func(b *mtl.Buffer) error {
			got, err := b.Bytes()
			if err == nil && !bytes.Equal(got, want) {
				err = errWrong
			}
			return err
		})
	}},
	{name: "Device.NewBufferNoCopy", run: func(r *rig) error {
		m, err := syscall.Mmap(-1, 0, 32<<10, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		if err != nil {
			return err
		}
		defer syscall.Munmap(m)
		// The page may be smaller than 16 KiB here.
		at := -int(address(m)) & (16<<10 - 1)
		b, err := r.device.NewBufferNoCopy(m[at:at+16<<10], 0)
		return use(b, err, nothing)
	}},
}

var memorySites = []site{
	{name: "Device.NewHeap", run: func(r *rig) error {
		h, err := r.device.NewHeap(mtl.HeapDescriptor{Size: 1 << 16, Label: "arena"})
		return use(h, err, func(h *mtl.Heap) error {
			b, err := h.NewBuffer(100)
			return use(b, err, func(b *mtl.Buffer) error { _, err := b.Bytes(); return err })
		})
	}},
	{name: "Heap.NewBufferAt", run: func(r *rig) error {
		h, err := r.device.NewHeap(mtl.HeapDescriptor{Size: 1 << 16, Type: mtl.HeapTypePlacement, Options: mtl.ResourceStorageModePrivate})
		return use(h, err, func(h *mtl.Heap) error {
			b, err := h.NewBufferAt(0, 100)
			return use(b, err, nothing)
		})
	}},
	{name: "CommandQueue.Upload and Download", run: func(r *rig) error {
		p, err := r.device.NewBuffer(64, mtl.ResourceStorageModePrivate)
		return use(p, err, func(p *mtl.Buffer) error {
			in, out := bytes.Repeat([]byte{7}, 64), make([]byte, 64)
			if err := r.queue.Upload(context.Background(), mtl.BufferRange{Buffer: p}, in); err != nil {
				return err
			}
			err := r.queue.Download(context.Background(), out, mtl.BufferRange{Buffer: p})
			if err == nil && !bytes.Equal(in, out) {
				err = errWrong
			}
			return err
		})
	}},
	{name: "Device.NewResidencySet", run: func(r *rig) error {
		set, err := r.device.NewResidencySet(mtl.ResidencySetDescriptor{Label: "set"})
		return use(set, err, func(set *mtl.ResidencySet) error {
			if err := errors.Join(set.Add(r.x), set.Commit()); err != nil {
				return err
			}
			missing, err := set.Missing(r.x, r.y)
			if err == nil && (len(missing) != 1 || missing[0] != mtl.Allocation(r.y)) {
				err = errWrong
			}
			return err
		})
	}},
}

var queueSites = []site{
	{name: "Device.NewCommandQueue", run: func(r *rig) error {
		q, err := r.device.NewCommandQueue()
		return use(q, err, nothing)
	}},
	{name: "Device.NewCommandQueueWithMaxCommandBufferCount", run: func(r *rig) error {
		q, err := r.device.NewCommandQueueWithMaxCommandBufferCount(3)
		return use(q, err, nothing)
	}},
	{name: "SetLabel", run: func(r *rig) error {
		return errors.Join(r.queue.SetLabel("queue"), r.x.SetLabel("x"))
	}},
}

var librarySites = []site{
	{name: "Device.NewLibraryWithSource", run: func(r *rig) error {
		l, err := r.device.NewLibraryWithSource(addSource, mtl.CompileOptions{PreprocessorMacros: map[string]string{"A": "1", "B": "2"}})
		return use(l, err, nothing)
	}},
	{name: "Library.FunctionNames", run: func(r *rig) error { _, err := r.addLibrary.FunctionNames(); return err }},
	{name: "Library.NewFunction", run: func(r *rig) error {
		f, err := r.addLibrary.NewFunction("add")
		return use(f, err, nothing)
	}},
	{name: "Device.NewLibraryWithData", run: func(r *rig) error {
		l, err := r.device.NewLibraryWithData(softmetal.Metallib(addSource, 0x30000))
		return use(l, err, nothing)
	}},
	{name: "Device.NewLibraryWithFile", run: func(r *rig) error {
		path := filepath.Join(r.folder, "add.metallib")
		if err := os.WriteFile(path, softmetal.Metallib(addSource, 0x30000), 0o600); err != nil {
			return err
		}
		l, err := r.device.NewLibraryWithFile(path)
		return use(l, err, nothing)
	}},
	{name: "Function.Constants", run: func(r *rig) error {
		f, err := r.addLibrary.NewFunction("add")
		return use(f, err, func(f *mtl.Function) error {
			constants, err := f.Constants()
			if err == nil && (len(constants) != 1 || constants[0].Type != mtl.DataTypeFloat) {
				err = errWrong
			}
			return err
		})
	}},
	{name: "Library.NewFunctionSpecialized", run: func(r *rig) error {
		f, err := r.addLibrary.NewFunctionSpecialized("add", "add_two", mtl.FunctionConstant{Name: "by", Value: float32(2)})
		return use(f, err, nothing)
	}},
	{name: "Library.NewFunctionWithConstants", run: func(r *rig) error {
		f, err := r.addLibrary.NewFunctionWithConstants("add", mtl.FunctionConstant{Name: "by", Value: float32(2)})
		return use(f, err, nothing)
	}},
}

func (r *rig) function(f func(*mtl.Function) error) error {
	fn, err := r.addLibrary.NewFunctionWithConstants("add", mtl.FunctionConstant{Value: float32(2)})
	return use(fn, err, f)
}

var pipelineSites = []site{
	{name: "Device.NewComputePipelineState", run: func(r *rig) error {
		return r.function(func(f *mtl.Function) error {
			p, err := r.device.NewComputePipelineState(f)
			return use(p, err, nothing)
		})
	}},
	{name: "Device.NewComputePipelineStateWithDescriptor", run: func(r *rig) error {
		return r.function(func(f *mtl.Function) error {
			p, err := r.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, Label: "add", MaxTotalThreadsPerThreadgroup: 64})
			return use(p, err, nothing)
		})
	}},
}

var archiveSites = []site{
	{name: "ComputePipelineState.Bindings", run: func(r *rig) error {
		return r.function(func(f *mtl.Function) error {
			p, err := r.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f,
				Mutability: map[int]mtl.Mutability{0: mtl.MutabilityMutable}, Options: mtl.PipelineOptionBindingInfo | mtl.PipelineOptionBufferTypeInfo})
			return use(p, err, func(p *mtl.ComputePipelineState) error {
				if b := p.Bindings(); len(b) != 1 || b[0].DataSize != 4 {
					return errWrong
				}
				return nil
			})
		})
	}},
	{name: "BinaryArchive", run: func(r *rig) error {
		path := filepath.Join(r.folder, "archive")
		return r.function(func(f *mtl.Function) error {
			descriptor := mtl.ComputePipelineDescriptor{Function: f}
			a, err := r.device.NewBinaryArchive("")
			if err := use(a, err, func(a *mtl.BinaryArchive) error {
				if err := a.AddComputePipelineFunctions(descriptor); err != nil {
					return err
				}
				return a.Serialize(path)
			}); err != nil {
				return err
			}
			a, err = r.device.NewBinaryArchive(path)
			return use(a, err, func(a *mtl.BinaryArchive) error {
				descriptor.BinaryArchives, descriptor.Options = []*mtl.BinaryArchive{a}, mtl.PipelineOptionFailOnBinaryArchiveMiss
				p, err := r.device.NewComputePipelineStateWithDescriptor(descriptor)
				return use(p, err, nothing)
			})
		})
	}},
}

const (
	callsSource  = "#include <metal_stdlib>\nextern float change(float x);\nkernel void calls(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = change(x[i]); }"
	changeSource = "#include <metal_stdlib>\nfloat change(float x) { return x + 1; }"
	linkedSource = "#include <metal_stdlib>\n[[visible]] float change(float x) { return x + 2; }"
)

// newLinks compiles what linkSites link: that once is enough.
func (r *rig) newLinks() {
	r.change = keep[*mtl.Library](r)(r.device.NewLibraryWithSource(changeSource, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic, InstallName: filepath.Join(r.folder, "change")}))
	r.calls = keep[*mtl.Library](r)(r.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}))
	r.visible = keep[*mtl.Library](r)(r.device.NewLibraryWithSource(linkedSource, mtl.CompileOptions{}))
	r.held0 = len(r.ledger.Live())
}

// linkSites make pipelines of several libraries.
var linkSites = []site{
	{name: "DynamicLibrary", run: func(r *rig) error {
		path := filepath.Join(r.folder, "change")
		d, err := r.device.NewDynamicLibrary(r.change)
		if err := use(d, err, func(d *mtl.DynamicLibrary) error { return d.Serialize(path) }); err != nil {
			return err
		}
		d, err = r.device.NewDynamicLibraryWithFile(path)
		return use(d, err, func(d *mtl.DynamicLibrary) error {
			f, err := r.calls.NewFunction("calls")
			return use(f, err, func(f *mtl.Function) error {
				p, err := r.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, PreloadedLibraries: []*mtl.DynamicLibrary{d}})
				return use(p, err, nothing)
			})
		})
	}},
	{name: "CompileOptions.Libraries", run: func(r *rig) error {
		d, err := r.device.NewDynamicLibrary(r.change)
		return use(d, err, func(d *mtl.DynamicLibrary) error {
			l, err := r.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{d}, LibraryType: mtl.LibraryTypeDynamic, InstallName: "calls"})
			return use(l, err, nothing)
		})
	}},
	{name: "ComputePipelineDescriptor.LinkedFunctions", run: func(r *rig) error {
		change, err := r.visible.NewFunctionWithDescriptor(mtl.FunctionDescriptor{Name: "change", Options: mtl.FunctionOptionStoreFunctionInMetalPipelinesScript})
		return use(change, err, func(change *mtl.Function) error {
			f, err := r.calls.NewFunction("calls")
			return use(f, err, func(f *mtl.Function) error {
				p, err := r.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, LinkedFunctions: []*mtl.Function{change}})
				return use(p, err, nothing)
			})
		})
	}},
}

// compilerSites need macOS 26.
var compilerSites = []site{
	{name: "Compiler", run: func(r *rig) error {
		c, err := r.device.NewCompiler(mtl.CompilerDescriptor{Label: "compiler"})
		return use(c, err, func(c *mtl.Compiler) error {
			l, err := c.NewLibrary(mtl.LibraryDescriptor{Source: addSource, Name: "adding"})
			return use(l, err, func(l *mtl.Library) error {
				p, err := c.NewComputePipelineState(mtl.ComputePipelineDescriptor4{
					Function: mtl.FunctionDescriptor4{Library: l, Name: "add", Constants: []mtl.FunctionConstant{{Value: float32(2)}}, SpecializedName: "add_two"},
					Label:    "adding two", MaxCallStackDepth: 2, Reflection: mtl.ShaderReflectionBindingInfo,
				})
				return use(p, err, func(p *mtl.ComputePipelineState) error {
					if b := p.Bindings(); len(b) != 1 || b[0].DataSize != 4 {
						return errWrong
					}
					return nil
				})
			})
		})
	}},
	{name: "a compiler that links", run: func(r *rig) error {
		c, err := r.device.NewCompiler(mtl.CompilerDescriptor{})
		return use(c, err, func(c *mtl.Compiler) error {
			d, err := c.NewDynamicLibrary(r.change)
			return use(d, err, func(d *mtl.DynamicLibrary) error {
				p, err := c.NewComputePipelineState(mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: r.calls, Name: "calls"},
					LinkedFunctions: []mtl.FunctionDescriptor4{{Library: r.visible, Name: "change"}}, PreloadedLibraries: []*mtl.DynamicLibrary{d}})
				return use(p, err, nothing)
			})
		})
	}},
	{name: "Archive", run: func(r *rig) error {
		path := filepath.Join(r.folder, "archive4")
		descriptor := mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: r.addLibrary, Name: "add"}}
		s, err := r.device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{
			Configuration: mtl.PipelineDataSetSerializerConfigurationCaptureBinaries | mtl.PipelineDataSetSerializerConfigurationCaptureDescriptors})
		return use(s, err, func(s *mtl.PipelineDataSetSerializer) error {
			c, err := r.device.NewCompiler(mtl.CompilerDescriptor{Serializer: s})
			return use(c, err, func(c *mtl.Compiler) error {
				p, err := c.NewComputePipelineState(descriptor)
				if err := use(p, err, nothing); err != nil {
					return err
				}
				if _, err := s.SerializeAsPipelinesScript(); err != nil {
					return err
				}
				if err := s.SerializeAsArchiveAndFlush(path); err != nil {
					return err
				}
				a, err := r.device.NewArchive(path)
				return use(a, err, func(a *mtl.Archive) error {
					p, err := a.NewComputePipelineState(descriptor)
					if err := use(p, err, nothing); err != nil {
						return err
					}
					descriptor.LookupArchives = []*mtl.Archive{a}
					p, err = c.NewComputePipelineState(descriptor)
					return use(p, err, nothing)
				})
			})
		})
	}},
}

// metal4Sites need macOS 26.
var metal4Sites = []site{
	{name: "LogState", run: func(r *rig) error {
		l, err := r.device.NewLogState(mtl.LogStateDescriptor{Level: mtl.LogLevelInfo})
		return use(l, err, func(l *mtl.LogState) error { return l.AddLogHandler(func(mtl.LogMessage) {}) })
	}},
	{name: "CounterHeap", run: func(r *rig) error {
		h, err := r.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 2, Label: "times"})
		return use(h, err, func(h *mtl.CounterHeap) error { _, err := h.Resolve(0, 2); return err })
	}},
	{name: "CommandQueue4", run: func(r *rig) error {
		q, err := r.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{Label: "queue"})
		return use(q, err, func(q *mtl.CommandQueue4) error {
			a, err := r.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{Label: "allocator"})
			return use(a, err, func(a *mtl.CommandAllocator) error {
				work, err := q.EncodeWithOptions(a, mtl.CommandBufferOptions{}, func(cb *mtl.CommandBuffer4) error {
					return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error { enc.SetLabel("nothing"); return nil })
				})
				if err != nil {
					return err
				}
				return work.Wait(context.Background())
			})
		})
	}},
	{name: "ArgumentTable", run: func(r *rig) error {
		a, err := r.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 1, Label: "table"})
		return use(a, err, func(a *mtl.ArgumentTable) error { return a.SetBuffer(r.x, 0, 0) })
	}},
}

// encodeAdd adds 1 to x by threadgroups of n threads.
func (r *rig) encodeAdd(enc *mtl.ComputeCommandEncoder, p *mtl.ComputePipelineState, n int) {
	enc.SetLabel("adding")
	enc.SetComputePipelineState(p)
	enc.SetBuffer(r.x, 0, 0)
	enc.DispatchThreads(mtl.Size{Width: count, Height: 1, Depth: 1}, mtl.Size{Width: n, Height: 1, Depth: 1})
}

var encodeSites = []site{
	{name: "a compute encoder", run: func(r *rig) error {
		x, err := floats(r.x)
		if err != nil {
			return err
		}
		before := x[count-1]
		err = r.submit(func(enc *mtl.ComputeCommandEncoder) error { r.encodeAdd(enc, r.pipeline, 32); return nil })
		if err == nil && x[count-1] != before+1 {
			err = fmt.Errorf("%w: %v after %v", errWrong, x[count-1], before)
		}
		return err
	}},
	{name: "a blit encoder", run: func(r *rig) error {
		y, err := floats(r.y)
		if err != nil {
			return err
		}
		work, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
			if err := cb.SetLabel("filling"); err != nil {
				return err
			}
			return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
				enc.SetLabel("fill")
				enc.Fill(mtl.BufferRange{Buffer: r.y}, 8, 0xff)
				enc.Copy(mtl.BufferRange{Buffer: r.y}, mtl.BufferRange{Buffer: r.y, Offset: 16}, 8)
				return nil
			})
		})
		return use(work, err, func(work *mtl.Submission) error {
			err := work.Wait(context.Background())
			if err == nil && y[5] == y[5] { // it must be NaN
				err = errWrong
			}
			clear(y)
			return err
		})
	}},
}

// coldSites compile, with the registry r.cold.
var coldSites = []site{
	{name: "Registry.Pipeline", cold: true, run: func(r *rig) error {
		_, err := r.cold.Pipeline(context.Background(), r.device, "add", mtl.FunctionConstant{Value: float32(2)})
		return err
	}},
	{name: "Registry.Prewarm", cold: true, run: func(r *rig) error {
		return r.cold.Prewarm(context.Background(), r.device, kernels.Kernel{Name: "add"},
			kernels.Kernel{Name: "scale", Constants: []mtl.FunctionConstant{{Value: float32(2)}}})
	}},
}

// attentionSites use kernels that are compiled.
var attentionSites = []site{
	{name: "tqsdpa.Quantize", run: func(r *rig) error { return r.checkedQuantize(r.registry) }},
	{name: "tqsdpa.Dequantize", run: func(r *rig) error { return r.dequantize(r.registry) }},
	{name: "tqsdpa.Dispatch", run: func(r *rig) error { return r.checkedAttend(r.registry) }},
	{name: "tqsdpa.Prewarm", run: func(r *rig) error {
		return tqsdpa.Prewarm(context.Background(), r.registry, r.device, r.problem.Params)
	}},
}

func (r *rig) checkedQuantize(registry *kernels.Registry) error {
	clear(r.memory(r.problem.KPacked))
	err := r.quantize(registry)
	if err == nil && !bytes.Equal(r.memory(r.problem.KPacked), r.problem.cache) {
		err = errWrong
	}
	copy(r.memory(r.problem.KPacked), r.problem.cache) // for the next
	return err
}

func (r *rig) checkedAttend(registry *kernels.Registry) error {
	clear(r.memory(r.problem.Output))
	err := r.attend(registry)
	if err == nil && !bytes.Equal(r.memory(r.problem.Output), r.problem.attended) {
		err = errWrong
	}
	return err
}

func (r *rig) memory(b mtl.BufferRange) []byte {
	r.t.Helper()
	bytes, err := b.Buffer.Bytes()
	r.must(err)
	runtime.KeepAlive(b)
	return bytes
}
