//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A pipeline cache on disk with Metal 4: the first start of a program collects the
// pipelines that it makes and writes them, the second takes them from the file.
func ExampleCompiler() {
	folder := must(os.MkdirTemp("", "archive"))
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "pipelines.archive")

	start := func() error {
		soft := must(softmetal.New(softmetal.Options{MacOS: "26.0"})) // on a Mac: mtl.CreateSystemDefaultDevice
		defer soft.Close()
		device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
		defer device.Release()
		serializer := must(device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{Configuration: mtl.PipelineDataSetSerializerConfigurationCaptureBinaries}))
		defer serializer.Release()
		compiler := must(device.NewCompiler(mtl.CompilerDescriptor{Serializer: serializer}))
		defer compiler.Release()
		library := must(compiler.NewLibraryWithSource("#include <metal_stdlib>\nkernel void fill(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = i; }", mtl.CompileOptions{}))
		defer library.Release()
		descriptor := mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "fill"}}

		archive, err := device.NewArchive(path)
		if err == nil {
			defer archive.Release()
			pipeline, err := archive.NewComputePipelineState(descriptor)
			if err == nil {
				fmt.Println("from the archive")
				pipeline.Release()
				return nil
			}
			if !errors.Is(err, mtl.ErrArchiveMiss) { // macOS may have been updated
				return err
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		pipeline, err := compiler.NewComputePipelineState(descriptor)
		if err != nil {
			return err
		}
		defer pipeline.Release()
		fmt.Println("compiled")
		// Whole or not at all, whatever ends the program meanwhile.
		if err := serializer.SerializeAsArchiveAndFlush(path + ".new"); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	}
	for range 2 {
		if err := start(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// compiled
	// from the archive
}
