// Package attention states one problem of decode attention, once for the GPU,
// the CPU engine and the oracle: the query of one token against the keys and
// values of a TurboQuant cache.
//
// For query head h, which reads KV head g = h / (NumHeads/NumKVHeads), and
// every position p that the mask shows:
//
//	score[p]  = Scale * dot(q[h], k[g][p])
//	score[p]  = Softcap * tanh(score[p] / Softcap)      if Softcap > 0
//	output[h] = sum over p of softmax(score)[p] * v[g][p]
//
// The query is that of the newest position, KVSeqLen-1. q and output are in
// the original basis: whoever computes does the rotation.
//
// [Params] says the problem, [Tensors] holds its data in memory. The package
// computes nothing and imports package codec alone.
package attention
