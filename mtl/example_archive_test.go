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

// A pipeline cache on disk: the first start of a program compiles its kernel and
// keeps it, the second finds it and compiles nothing.
func ExampleBinaryArchive() {
	folder := must(os.MkdirTemp("", "archive"))
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "kernels.archive")

	start := func() error {
		soft := must(softmetal.New(softmetal.Options{})) // on a Mac: mtl.CreateSystemDefaultDevice
		defer soft.Close()
		device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
		defer device.Release()
		library := must(device.NewLibraryWithSource("#include <metal_stdlib>\nkernel void fill(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = i; }", mtl.CompileOptions{}))
		defer library.Release()
		function := must(library.NewFunction("fill"))
		defer function.Release()

		from := path
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			from = ""
		}
		archive := must(device.NewBinaryArchive(from))
		defer archive.Release()
		descriptor := mtl.ComputePipelineDescriptor{Function: function, BinaryArchives: []*mtl.BinaryArchive{archive}, Options: mtl.PipelineOptionFailOnBinaryArchiveMiss}
		pipeline, err := device.NewComputePipelineStateWithDescriptor(descriptor)
		switch {
		case err == nil:
			fmt.Println("from the archive")
		case errors.Is(err, mtl.ErrArchiveMiss):
			fmt.Println("compiled")
			descriptor.Options = 0
			if pipeline, err = device.NewComputePipelineStateWithDescriptor(descriptor); err != nil {
				return err
			}
			if err := archive.AddComputePipelineFunctions(descriptor); err != nil {
				return err
			}
			// Whole or not at all, whatever ends the program meanwhile.
			if err := archive.Serialize(path + ".new"); err != nil {
				return err
			}
			if err := os.Rename(path+".new", path); err != nil {
				return err
			}
		default:
			return err
		}
		pipeline.Release()
		return nil
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
