package mtl

import (
	"os"

	"github.com/tqmetal/tqmetal/objc"
)

// askCompiler asks what comes with Metal 4's compiler, where the system has it. An
// archive is written to a file that is gone afterwards: there is no other way to one.
func (q *inquiry) askCompiler(s *scope, d *Device) error {
	if d.needsCompiler("Device.SystemMethods") != nil {
		return nil
	}
	classes := &d.fw.metal4
	for _, c := range []struct {
		name, base string
		id         objc.ID
	}{
		{"MTL4CompilerDescriptor", "", s.newCompilerDescriptor(classes.compilerDescriptor)},
		{"MTL4CompilerTaskOptions", "", s.newCompilerTaskOptions(classes.taskOptions)},
		{"MTL4LibraryDescriptor", "", s.newLibraryDescriptor(classes.sourceDescriptor)},
		{"MTL4LibraryFunctionDescriptor", "", s.newLibraryFunctionDescriptor(classes.namedFunction)},
		{"MTL4SpecializedFunctionDescriptor", "", s.newSpecializedFunctionDescriptor(classes.specializedFunction)},
		{"MTL4ComputePipelineDescriptor", "MTL4PipelineDescriptor", s.newComputePipelineDescriptor4(classes.computePipeline)},
		{"MTL4PipelineOptions", "", s.newPipelineOptions(classes.pipelineOptions)},
		{"MTL4PipelineStageDynamicLinkingDescriptor", "", s.newDynamicLinkingDescriptor(classes.dynamicLinking)},
		{"MTL4StaticLinkingDescriptor", "", s.newStaticLinkingDescriptor(classes.staticLinking)},
		{"MTL4PipelineDataSetSerializerDescriptor", "", s.newPipelineDataSetSerializerDescriptor(classes.serializerDescriptor)},
	} {
		q.ask(c.name, c.id)
		q.ask(c.base, c.id)
		s.fw.foundation.Release(c.id)
	}
	serializer, err := d.NewPipelineDataSetSerializer(PipelineDataSetSerializerDescriptor{Configuration: PipelineDataSetSerializerConfigurationCaptureBinaries})
	if err != nil {
		return err
	}
	defer serializer.Release()
	q.ask("MTL4PipelineDataSetSerializer", serializer.id)
	compiler, err := d.NewCompiler(CompilerDescriptor{Serializer: serializer})
	if err != nil {
		return err
	}
	defer compiler.Release()
	q.ask("MTL4Compiler", compiler.id)
	library, err := compiler.NewLibraryWithSource("#include <metal_stdlib>\nkernel void nothing(device float *x [[buffer(0)]]) { x[0] = 1; }", CompileOptions{})
	if err != nil {
		return err
	}
	defer library.Release()
	pipeline, err := compiler.NewComputePipelineState(ComputePipelineDescriptor4{Function: FunctionDescriptor4{Library: library, Name: "nothing"}})
	if err != nil {
		return err
	}
	pipeline.Release()
	file, err := os.CreateTemp("", "archive-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := file.Close(); err != nil {
		return err
	}
	if err := serializer.SerializeAsArchiveAndFlush(file.Name()); err != nil {
		return err
	}
	archive, err := d.NewArchive(file.Name())
	if err != nil {
		return err
	}
	defer archive.Release()
	q.ask("MTL4Archive", archive.id)
	return nil
}

func (q *inquiry) askDynamicLibrary(d *Device) error {
	if !d.properties.DynamicLibraries {
		q.askProtocol("MTLDynamicLibrary")
		return nil
	}
	library, err := d.NewLibraryWithSource("#include <metal_stdlib>\nfloat nothing(float x) { return x; }", CompileOptions{LibraryType: LibraryTypeDynamic, InstallName: "nothing"})
	if err != nil {
		return err
	}
	defer library.Release()
	dynamic, err := d.NewDynamicLibrary(library)
	if err != nil {
		return err
	}
	defer dynamic.Release()
	q.ask("MTLDynamicLibrary", dynamic.id)
	return nil
}
