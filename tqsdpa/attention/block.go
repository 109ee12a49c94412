package attention

// A Block is the parameter block that the kernels read, the same 64 bytes for
// the attention kernel and the one that combines its splits: ten fields of four
// bytes in the seed's order, then zeros that later fields will take.
type Block struct {
	NumHeads, NumKVHeads, HeadDim uint32
	KVSeqLen, KVCapacity          uint32
	Scale                         float32
	Mask                          Mask
	SlidingWindow                 uint32
	Softcap                       float32
	Splits                        uint32 // parts that each head's positions are divided into
	_                             [24]byte
}

// Block returns the parameter block of p with that many splits. p must be
// valid; splits is 1 to [MaxSplits].
func (p Params) Block(splits uint32) Block {
	return Block{
		NumHeads: p.NumHeads, NumKVHeads: p.NumKVHeads, HeadDim: p.HeadDim,
		KVSeqLen: p.KVSeqLen, KVCapacity: p.KVCapacity,
		Scale: p.Scale, Mask: p.Mask, SlidingWindow: p.SlidingWindow, Softcap: p.Softcap,
		Splits: splits,
	}
}
