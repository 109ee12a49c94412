// Package codec is the format of a TurboQuant KV cache: how one row of K or V
// becomes packed bytes and a norm, and how it comes back.
//
// A row is one token's vector for one KV head, HeadDim float32 values. To
// encode it, it is rotated by a Hadamard matrix with fixed random signs, which
// makes its coordinates look like draws from a normal distribution whatever
// the row was; its length is kept as the norm; and each coordinate is replaced
// by the nearest of 16 levels that are optimal for that distribution. Two
// coordinates make a byte. [Format] names the variants; docs/FORMAT.md is
// precise enough to write a reader from.
//
// The idea is that of TurboQuant (Zandieh, Daliri, Hadian, Mirrokni,
// arXiv:2504.19874); rotation followed by an optimal scalar quantizer goes
// back to DRIVE and EDEN (Vargaftik et al., NeurIPS 2021 and ICML 2022), and
// RaBitQ (Gao and Long, SIGMOD 2024) quantizes rotated vectors in the same
// spirit. The Hadamard matrix in place of the paper's dense random rotation,
// and the sign table, follow mlx-native, whose caches this package reads.
//
// The package imports nothing but the standard library, knows no GPU, and is
// safe for use from any number of goroutines: a Format is a value.
package codec
