// Package abi checks package objc's register images against a real
// Objective-C runtime, on machines that are no Mac.
//
// run.sh builds two libraries with clang and libobjc, GNU's Objective-C
// runtime, and runs tests that call them through the same code and the same
// assembly as on a Mac: as linux/arm64 under qemu-user, and as linux/amd64
// natively, where only the layout of the arguments differs.
//
//   - libmessages has every message of the binding as a method, with the
//     prototype that Apple's headers give it. Its text is made by genmessages
//     from testdata/metal_*.tsv, so that clang's idea of a prototype's encoding
//     and registers is a second opinion on both the tables and the Go code.
//   - libshapes has a small Foundation and a class with one method for every
//     shape that arguments and results have.
//
// Both answer objc_msgSend as Apple's does, which libobjc lacks. They have
// classes of the same names, so a process may load only one of them.
//
// The tests have the build tag tqmetal_abi and read the folder of the libraries
// from TQMETAL_ABI.
package abi
