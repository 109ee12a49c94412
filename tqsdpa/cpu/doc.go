// Package cpu is decode attention over a TurboQuant cache on the CPU, in pure
// Go: the same [attention.Params] over the same bytes as the GPU kernels, on any
// operating system.
//
// It follows the plan of the GPU kernels. The query is rotated once per head
// and the output un-rotated once per head; in between all work is done in the
// rotated basis. Each row of K and V is decoded once for all query heads that
// share its KV head. Norms are folded into the score and the weight, so that
// decoding an element is one table look-up. Positions are divided into splits
// whose number depends on the problem alone, so that the result has the same
// bits for any number of threads.
package cpu
