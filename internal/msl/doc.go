// Package msl reads Metal Shading Language: it finds the kernels of a source and their arguments, refuses what Metal would
// refuse and a C++ compiler lets through, and writes the source as C++, or CUDA C++, for the headers embedded here.
//
// The text that goes in has been through the preprocessor, with [MacroHeaders] in place of the standard library, so that
// kernels written through macros look like any other. Line markers keep the lines of the source.
//
// Nothing here starts a process or reads a file.
package msl

import "embed"

// Headers is the standard library of compute kernels, with files named as MSL names them: the folder include for programs of
// this machine, and the folder cuda, which has less.
//
//go:embed include cuda
var Headers embed.FS

// HeaderNames are the files of the standard library that a source may include.
var HeaderNames = []string{
	"metal_atomic", "metal_common", "metal_compute", "metal_geometric", "metal_integer", "metal_limits", "metal_logging", "metal_math", "metal_matrix",
	"metal_numeric", "metal_pack", "metal_quadgroup", "metal_relational", "metal_simdgroup", "metal_simdgroup_matrix", "metal_stdlib",
	"metal_type_traits", "metal_types", "metal_uniform",
}

// MacroHeaders returns, by file name, what the preprocessor pass reads in place of the standard library: its macros alone,
// and a mark in the text that says that the library was included.
func MacroHeaders() map[string]string {
	macros, err := Headers.ReadFile("include/msl_macros.h")
	if err != nil {
		macros = nil // the file is embedded: this can't happen
	}
	files := map[string]string{"msl_macros.h": string(macros)}
	for _, n := range HeaderNames {
		files[n] = "#pragma once\n#include <msl_macros.h>\n#pragma " + includedMark + "\n"
	}
	files["metal_logging"] = "#pragma once\n#pragma " + loggingMark + "\n"
	return files
}

const (
	includedMark = "msl_standard_library_included"
	loggingMark  = "msl_logging_included"
)

// Version is an MSL version: major<<16 | minor, as MTLLanguageVersion has it.
type Version uint32

func (v Version) String() string {
	return itoa(int(v>>16)) + "." + itoa(int(v&0xffff))
}

// Macro is the value of __METAL_VERSION__.
func (v Version) Macro() int { return int(v>>16)*100 + int(v&0xffff)*10 }
