package main

import (
	"fmt"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa"
)

// A session records what package tqsdpa encodes. One goroutine uses it at a time.
type session struct {
	recorder *recorder
	device   *mtl.Device
	queue    *mtl.CommandQueue
	registry kernels.Registry
}

func newSession() (*session, error) {
	r, err := newRecorder()
	if err != nil {
		return nil, err
	}
	framework, err := mtl.Load(r)
	if err != nil {
		return nil, err
	}
	s := &session{recorder: r}
	if s.device, err = framework.CreateSystemDefaultDevice(); err != nil {
		return nil, err
	}
	if s.queue, err = s.device.NewCommandQueue(); err != nil {
		return nil, err
	}
	return s, tqsdpa.Register(&s.registry)
}

// roles are the buffers of a problem and their bytes, 0 for none.
type roles map[string]int

// record runs encode with a buffer for each role and returns what it launched, and which buffer has which role.
func (s *session) record(sizes roles, encode func(*mtl.ComputeCommandEncoder, map[string]mtl.BufferRange) error) ([]launch, map[objc.ID]string, error) {
	ranges, names := map[string]mtl.BufferRange{}, map[objc.ID]string{}
	for role, bytes := range sizes {
		if bytes == 0 {
			continue
		}
		b, err := s.device.NewBuffer(bytes, mtl.ResourceStorageModeShared)
		if err != nil {
			return nil, nil, err
		}
		defer b.Release()
		ranges[role] = mtl.BufferRange{Buffer: b}
		names[s.recorder.newest()] = role
	}
	work, err := s.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeConcurrent, func(enc *mtl.ComputeCommandEncoder) error { return encode(enc, ranges) })
	})
	if err != nil {
		return nil, nil, err
	}
	work.Release()
	launches, err := s.recorder.take()
	if err == nil && len(launches) == 0 {
		err = fmt.Errorf("nothing was launched")
	}
	return launches, names, err
}

// attention records tqsdpa.Dispatch.
func (s *session) attention(p tqsdpa.Params) ([]launch, map[objc.ID]string, roles, error) {
	sizes, err := p.Sizes()
	if err != nil {
		return nil, nil, nil, err
	}
	r := roles{"q": 4 * sizes.Q, "output": 4 * sizes.Output, "tmp": tqsdpa.TmpBufferBytes(p.NumHeads, p.HeadDim),
		"kPacked": sizes.KPacked, "kNorms": sizes.KNorms, "vPacked": sizes.VPacked, "vNorms": sizes.VNorms}
	launches, names, err := s.record(r, func(enc *mtl.ComputeCommandEncoder, b map[string]mtl.BufferRange) error {
		return tqsdpa.Dispatch(enc, &s.registry, tqsdpa.Buffers{Q: b["q"], KPacked: b["kPacked"], KNorms: b["kNorms"], VPacked: b["vPacked"], VNorms: b["vNorms"],
			Output: b["output"], Tmp: b["tmp"]}, p)
	})
	return launches, names, r, err
}

// rows records tqsdpa.Quantize, or Dequantize.
func (s *session) rows(p tqsdpa.Params, position, tokens uint32, quantize bool) ([]launch, map[objc.ID]string, roles, error) {
	sizes, err := p.Sizes()
	if err != nil {
		return nil, nil, nil, err
	}
	unpacked := 4 * int(p.NumKVHeads*tokens*p.HeadDim)
	r := roles{"k": unpacked, "v": unpacked, "kPacked": sizes.KPacked, "kNorms": sizes.KNorms, "vPacked": sizes.VPacked, "vNorms": sizes.VNorms}
	launches, names, err := s.record(r, func(enc *mtl.ComputeCommandEncoder, b map[string]mtl.BufferRange) error {
		buffers := tqsdpa.Buffers{KPacked: b["kPacked"], KNorms: b["kNorms"], VPacked: b["vPacked"], VNorms: b["vNorms"]}
		rows := tqsdpa.Rows{K: b["k"], V: b["v"], Position: position, Tokens: tokens}
		if quantize {
			return tqsdpa.Quantize(enc, &s.registry, buffers, p, rows)
		}
		return tqsdpa.Dequantize(enc, &s.registry, buffers, p, rows)
	})
	return launches, names, r, err
}
