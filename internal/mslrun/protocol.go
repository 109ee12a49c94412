package mslrun

import "encoding/binary"

// What goes over the pipes between the executor and a program: the structures of runtime/protocol.h, field by field.

const (
	requestMagic = 0x6c736d71
	replyMagic   = 0x6c736d72
)

type wireBinding struct {
	Offset, Length  int64
	Inlined, Unused int32
}

type wireRequest struct {
	Magic, Bytes                                        uint32
	Seed                                                uint64
	Sequence, Skew, Linear, AllowDivergent, Exact, Pad1 uint32
	Grid, Threadgroup                                   [3]uint32
	LogLevel, LogRoom                                   uint32
	Memory                                              [MaxBuffers]uint32
	Pad2                                                uint32
	Buffers                                             [MaxBuffers]wireBinding
}

type wireReply struct {
	Magic, Kind                               uint32
	HasThread                                 uint32
	Group, Thread                             [3]uint32
	Simdgroup, Lane                           uint32
	Buffer, Memory                            int32
	Write                                     uint32
	Offset, Length                            int64
	Address                                   uint64
	Line, OtherLine, LanesThere, LanesMissing uint32
	NameBytes, TextBytes                      uint32
	LogBytes, LogDropped                      uint32
}

var (
	requestBytes = binary.Size(wireRequest{})
	replyBytes   = binary.Size(wireReply{})
)
