// Code generated from the //objc lines of this package; DO NOT EDIT.

package mtl

import (
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

const (
	selName = iota
	selArchitecture
	selRegistryID
	selHasUnifiedMemory
	selMaxThreadsPerThreadgroup
	selMaxThreadgroupMemoryLength
	selMaxBufferLength
	selRecommendedMaxWorkingSetSize
	selCurrentAllocatedSize
	selSupportsFamily
	selNewCommandQueue
	selNewCommandQueueWithMaxCommandBufferCount
	selNewBufferWithLength_options
	selNewBufferWithBytes_length_options
	selNewBufferWithBytesNoCopy_length_options_deallocator
	selNewLibraryWithSource_options_error
	selNewComputePipelineStateWithFunction_error
	selNewComputePipelineStateWithDescriptor_options_reflection_error
	selLength
	selContents
	selSetLabel
	selNew
	selSetLanguageVersion
	selLanguageVersion
	selSetMathMode
	selMathMode
	selSetFastMathEnabled
	selFastMathEnabled
	selSetPreprocessorMacros
	selFunctionNames
	selNewFunctionWithName
	selNewFunctionWithName_constantValues_error
	selFunctionType
	selSetConstantValue_type_atIndex
	selSetConstantValue_type_withName
	selSetComputeFunction
	selSetMaxTotalThreadsPerThreadgroup
	selSetThreadGroupSizeIsMultipleOfThreadExecutionWidth
	selMaxTotalThreadsPerThreadgroup
	selThreadExecutionWidth
	selStaticThreadgroupMemoryLength
	selCommandBuffer
	selComputeCommandEncoderWithDispatchType
	selBlitCommandEncoder
	selCommit
	selWaitUntilCompleted
	selStatus
	selError
	selGPUStartTime
	selGPUEndTime
	selKernelStartTime
	selKernelEndTime
	selEndEncoding
	selSetComputePipelineState
	selSetBytes_length_atIndex
	selSetBuffer_offset_atIndex
	selSetBufferOffset_atIndex
	selSetBuffers_offsets_withRange
	selSetThreadgroupMemoryLength_atIndex
	selDispatchThreadgroups_threadsPerThreadgroup
	selDispatchThreadgroupsWithIndirectBuffer_indirectBufferOffset_threadsPerThreadgroup
	selDispatchThreads_threadsPerThreadgroup
	selMemoryBarrierWithScope
	selMemoryBarrierWithResources_count
	selCopyFromBuffer_sourceOffset_toBuffer_destinationOffset_size
	selFillBuffer_range_value
)

var selectorNames = [...]string{
	selName:                                     "name",
	selArchitecture:                             "architecture",
	selRegistryID:                               "registryID",
	selHasUnifiedMemory:                         "hasUnifiedMemory",
	selMaxThreadsPerThreadgroup:                 "maxThreadsPerThreadgroup",
	selMaxThreadgroupMemoryLength:               "maxThreadgroupMemoryLength",
	selMaxBufferLength:                          "maxBufferLength",
	selRecommendedMaxWorkingSetSize:             "recommendedMaxWorkingSetSize",
	selCurrentAllocatedSize:                     "currentAllocatedSize",
	selSupportsFamily:                           "supportsFamily:",
	selNewCommandQueue:                          "newCommandQueue",
	selNewCommandQueueWithMaxCommandBufferCount: "newCommandQueueWithMaxCommandBufferCount:",
	selNewBufferWithLength_options:              "newBufferWithLength:options:",
	selNewBufferWithBytes_length_options:        "newBufferWithBytes:length:options:",
	selNewBufferWithBytesNoCopy_length_options_deallocator:            "newBufferWithBytesNoCopy:length:options:deallocator:",
	selNewLibraryWithSource_options_error:                             "newLibraryWithSource:options:error:",
	selNewComputePipelineStateWithFunction_error:                      "newComputePipelineStateWithFunction:error:",
	selNewComputePipelineStateWithDescriptor_options_reflection_error: "newComputePipelineStateWithDescriptor:options:reflection:error:",
	selLength:                "length",
	selContents:              "contents",
	selSetLabel:              "setLabel:",
	selNew:                   "new",
	selSetLanguageVersion:    "setLanguageVersion:",
	selLanguageVersion:       "languageVersion",
	selSetMathMode:           "setMathMode:",
	selMathMode:              "mathMode",
	selSetFastMathEnabled:    "setFastMathEnabled:",
	selFastMathEnabled:       "fastMathEnabled",
	selSetPreprocessorMacros: "setPreprocessorMacros:",
	selFunctionNames:         "functionNames",
	selNewFunctionWithName:   "newFunctionWithName:",
	selNewFunctionWithName_constantValues_error: "newFunctionWithName:constantValues:error:",
	selFunctionType:                                       "functionType",
	selSetConstantValue_type_atIndex:                      "setConstantValue:type:atIndex:",
	selSetConstantValue_type_withName:                     "setConstantValue:type:withName:",
	selSetComputeFunction:                                 "setComputeFunction:",
	selSetMaxTotalThreadsPerThreadgroup:                   "setMaxTotalThreadsPerThreadgroup:",
	selSetThreadGroupSizeIsMultipleOfThreadExecutionWidth: "setThreadGroupSizeIsMultipleOfThreadExecutionWidth:",
	selMaxTotalThreadsPerThreadgroup:                      "maxTotalThreadsPerThreadgroup",
	selThreadExecutionWidth:                               "threadExecutionWidth",
	selStaticThreadgroupMemoryLength:                      "staticThreadgroupMemoryLength",
	selCommandBuffer:                                      "commandBuffer",
	selComputeCommandEncoderWithDispatchType:              "computeCommandEncoderWithDispatchType:",
	selBlitCommandEncoder:                                 "blitCommandEncoder",
	selCommit:                                             "commit",
	selWaitUntilCompleted:                                 "waitUntilCompleted",
	selStatus:                                             "status",
	selError:                                              "error",
	selGPUStartTime:                                       "GPUStartTime",
	selGPUEndTime:                                         "GPUEndTime",
	selKernelStartTime:                                    "kernelStartTime",
	selKernelEndTime:                                      "kernelEndTime",
	selEndEncoding:                                        "endEncoding",
	selSetComputePipelineState:                            "setComputePipelineState:",
	selSetBytes_length_atIndex:                            "setBytes:length:atIndex:",
	selSetBuffer_offset_atIndex:                           "setBuffer:offset:atIndex:",
	selSetBufferOffset_atIndex:                            "setBufferOffset:atIndex:",
	selSetBuffers_offsets_withRange:                       "setBuffers:offsets:withRange:",
	selSetThreadgroupMemoryLength_atIndex:                 "setThreadgroupMemoryLength:atIndex:",
	selDispatchThreadgroups_threadsPerThreadgroup:         "dispatchThreadgroups:threadsPerThreadgroup:",
	selDispatchThreadgroupsWithIndirectBuffer_indirectBufferOffset_threadsPerThreadgroup: "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:",
	selDispatchThreads_threadsPerThreadgroup:                                             "dispatchThreads:threadsPerThreadgroup:",
	selMemoryBarrierWithScope:                                                            "memoryBarrierWithScope:",
	selMemoryBarrierWithResources_count:                                                  "memoryBarrierWithResources:count:",
	selCopyFromBuffer_sourceOffset_toBuffer_destinationOffset_size:                       "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:",
	selFillBuffer_range_value:                                                            "fillBuffer:range:value:",
}

const (
	fnMTLCreateSystemDefaultDevice = iota
	fnMTLCopyAllDevices
)

var functionNames = [...]string{
	fnMTLCreateSystemDefaultDevice: "MTLCreateSystemDefaultDevice",
	fnMTLCopyAllDevices:            "MTLCopyAllDevices",
}

// A call sends the messages of this package.
type call struct {
	objc.Call
	table *table
}

// A batch holds messages of this package until it is sent.
type batch struct {
	table *table
	objc.Batch
}

// A table holds the selectors and C functions of one runtime.
type table struct {
	selectors [len(selectorNames)]objc.SEL
	functions [len(functionNames)]uintptr
}

// What Apple declares about each message, for Messages.
var messages = [...]objc.Message{
	{Class: "C", Selector: "MTLCreateSystemDefaultDevice", Encoding: "@", MinMacOS: "10.11"},
	{Class: "C", Selector: "MTLCopyAllDevices", Encoding: "@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "name", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "architecture", Encoding: "@@:", MinMacOS: "14.0"},
	{Class: "MTLDevice", Selector: "registryID", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "hasUnifiedMemory", Encoding: "B@:", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "maxThreadsPerThreadgroup", Encoding: "{?=QQQ}@:", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "maxThreadgroupMemoryLength", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "maxBufferLength", Encoding: "Q@:", MinMacOS: "10.14"},
	{Class: "MTLDevice", Selector: "recommendedMaxWorkingSetSize", Encoding: "Q@:", MinMacOS: "10.12"},
	{Class: "MTLDevice", Selector: "currentAllocatedSize", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "supportsFamily:", Encoding: "B@:q", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "newCommandQueue", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newCommandQueueWithMaxCommandBufferCount:", Encoding: "@@:Q", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newBufferWithLength:options:", Encoding: "@@:QQ", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newBufferWithBytes:length:options:", Encoding: "@@:^vQQ", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newBufferWithBytesNoCopy:length:options:deallocator:", Encoding: "@@:^vQQ@?", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newLibraryWithSource:options:error:", Encoding: "@@:@@^@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newComputePipelineStateWithFunction:error:", Encoding: "@@:@^@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newComputePipelineStateWithDescriptor:options:reflection:error:", Encoding: "@@:@Q^@^@", MinMacOS: "10.11"},
	{Class: "MTLArchitecture", Selector: "name", Encoding: "@@:", MinMacOS: "14.0"},
	{Class: "MTLBuffer", Selector: "length", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLBuffer", Selector: "contents", Encoding: "^v@:", MinMacOS: "10.11"},
	{Class: "MTLResource", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "+new", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "setLanguageVersion:", Encoding: "v@:Q", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "languageVersion", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "setMathMode:", Encoding: "v@:q", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "mathMode", Encoding: "q@:", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "setFastMathEnabled:", Encoding: "v@:B", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "fastMathEnabled", Encoding: "B@:", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "setPreprocessorMacros:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "functionNames", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "newFunctionWithName:", Encoding: "@@:@", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "newFunctionWithName:constantValues:error:", Encoding: "@@:@@^@", MinMacOS: "10.12"},
	{Class: "MTLFunction", Selector: "name", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLFunction", Selector: "functionType", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLFunctionConstantValues", Selector: "+new", Encoding: "@@:", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstantValues", Selector: "setConstantValue:type:atIndex:", Encoding: "v@:^vQQ", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstantValues", Selector: "setConstantValue:type:withName:", Encoding: "v@:^vQ@", MinMacOS: "10.12"},
	{Class: "MTLComputePipelineDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setComputeFunction:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setMaxTotalThreadsPerThreadgroup:", Encoding: "v@:Q", MinMacOS: "10.14"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setThreadGroupSizeIsMultipleOfThreadExecutionWidth:", Encoding: "v@:B", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineState", Selector: "maxTotalThreadsPerThreadgroup", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineState", Selector: "threadExecutionWidth", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineState", Selector: "staticThreadgroupMemoryLength", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLCommandQueue", Selector: "commandBuffer", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandQueue", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "computeCommandEncoderWithDispatchType:", Encoding: "@@:Q", MinMacOS: "10.14"},
	{Class: "MTLCommandBuffer", Selector: "blitCommandEncoder", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "commit", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "waitUntilCompleted", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "status", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "error", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "GPUStartTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "GPUEndTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "kernelStartTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "kernelEndTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandEncoder", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandEncoder", Selector: "endEncoding", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "setComputePipelineState:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "setBytes:length:atIndex:", Encoding: "v@:^vQQ", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "setBuffer:offset:atIndex:", Encoding: "v@:@QQ", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "setBufferOffset:atIndex:", Encoding: "v@:QQ", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "setBuffers:offsets:withRange:", Encoding: "v@:^@^Q{_NSRange=QQ}", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "setThreadgroupMemoryLength:atIndex:", Encoding: "v@:QQ", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "dispatchThreadgroups:threadsPerThreadgroup:", Encoding: "v@:{?=QQQ}{?=QQQ}", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", Encoding: "v@:@Q{?=QQQ}", MinMacOS: "10.11"},
	{Class: "MTLComputeCommandEncoder", Selector: "dispatchThreads:threadsPerThreadgroup:", Encoding: "v@:{?=QQQ}{?=QQQ}", MinMacOS: "10.13"},
	{Class: "MTLComputeCommandEncoder", Selector: "memoryBarrierWithScope:", Encoding: "v@:Q", MinMacOS: "10.14"},
	{Class: "MTLComputeCommandEncoder", Selector: "memoryBarrierWithResources:count:", Encoding: "v@:^@Q", MinMacOS: "10.14"},
	{Class: "MTLBlitCommandEncoder", Selector: "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", Encoding: "v@:@Q@QQ", MinMacOS: "10.11"},
	{Class: "MTLBlitCommandEncoder", Selector: "fillBuffer:range:value:", Encoding: "v@:@{_NSRange=QQ}C", MinMacOS: "10.11"},
}

// C MTLCreateSystemDefaultDevice @, owned, macOS 10.11.
func (c *call) createSystemDefaultDevice() objc.ID {
	c.Function()
	c.Invoke(c.table.functions[fnMTLCreateSystemDefaultDevice])
	return objc.ID(c.X[0])
}

// C MTLCopyAllDevices @, owned, macOS 10.11.
func (c *call) copyAllDevices() objc.ID {
	c.Function()
	c.Invoke(c.table.functions[fnMTLCopyAllDevices])
	return objc.ID(c.X[0])
}

// MTLDevice name @@:, autoreleased, macOS 10.11.
func (c *call) deviceName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice architecture @@:, autoreleased, macOS 14.0.
func (c *call) deviceArchitecture(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selArchitecture])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice registryID Q@:, none, macOS 10.13.
func (c *call) deviceRegistryID(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selRegistryID])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice hasUnifiedMemory B@:, none, macOS 10.15.
func (c *call) deviceHasUnifiedMemory(self objc.ID) bool {
	c.Message(self, c.table.selectors[selHasUnifiedMemory])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice maxThreadsPerThreadgroup {?=QQQ}@:, none, macOS 10.11.
func (c *call) deviceMaxThreadsPerThreadgroup(self objc.ID) Size {
	c.Message(self, c.table.selectors[selMaxThreadsPerThreadgroup])
	result := c.Result()
	c.Send()
	return sizeOf(*result)
}

// MTLDevice maxThreadgroupMemoryLength Q@:, none, macOS 10.13.
func (c *call) deviceMaxThreadgroupMemoryLength(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selMaxThreadgroupMemoryLength])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice maxBufferLength Q@:, none, macOS 10.14.
func (c *call) deviceMaxBufferLength(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selMaxBufferLength])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice recommendedMaxWorkingSetSize Q@:, none, macOS 10.12.
func (c *call) deviceRecommendedMaxWorkingSetSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selRecommendedMaxWorkingSetSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice currentAllocatedSize Q@:, none, macOS 10.13.
func (c *call) deviceCurrentAllocatedSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selCurrentAllocatedSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice supportsFamily: B@:q, none, macOS 10.15.
func (c *call) deviceSupportsFamily(self objc.ID, family GPUFamily) bool {
	c.Message(self, c.table.selectors[selSupportsFamily])
	c.X[2] = uintptr(family)
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice newCommandQueue @@:, owned, macOS 10.11.
func (c *call) newCommandQueue(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewCommandQueue])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newCommandQueueWithMaxCommandBufferCount: @@:Q, owned, macOS 10.11.
func (c *call) newCommandQueueWithMaxCommandBufferCount(self objc.ID, count uint64) objc.ID {
	c.Message(self, c.table.selectors[selNewCommandQueueWithMaxCommandBufferCount])
	c.X[2] = uintptr(count)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newBufferWithLength:options: @@:QQ, owned, macOS 10.11.
func (c *call) newBuffer(self objc.ID, length uint64, options ResourceOptions) objc.ID {
	c.Message(self, c.table.selectors[selNewBufferWithLength_options])
	c.X[2] = uintptr(length)
	c.X[3] = uintptr(options)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newBufferWithBytes:length:options: @@:^vQQ, owned, macOS 10.11.
func (c *call) newBufferWithBytes(self objc.ID, bytes unsafe.Pointer, length uint64, options ResourceOptions) objc.ID {
	c.Message(self, c.table.selectors[selNewBufferWithBytes_length_options])
	c.X[2] = c.Keep(bytes)
	c.X[3] = uintptr(length)
	c.X[4] = uintptr(options)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newBufferWithBytesNoCopy:length:options:deallocator: @@:^vQQ@?, owned, macOS 10.11.
func (c *call) newBufferNoCopy(self objc.ID, bytes uintptr, length uint64, options ResourceOptions, deallocator uintptr) objc.ID {
	c.Message(self, c.table.selectors[selNewBufferWithBytesNoCopy_length_options_deallocator])
	c.X[2] = bytes
	c.X[3] = uintptr(length)
	c.X[4] = uintptr(options)
	c.X[5] = deallocator
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newLibraryWithSource:options:error: @@:@@^@, owned, macOS 10.11.
func (c *call) newLibrary(self objc.ID, source objc.ID, options objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewLibraryWithSource_options_error])
	err := c.Out()
	c.X[2] = uintptr(source)
	c.X[3] = uintptr(options)
	c.X[4] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newComputePipelineStateWithFunction:error: @@:@^@, owned, macOS 10.11.
func (c *call) newComputePipelineState(self objc.ID, function objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewComputePipelineStateWithFunction_error])
	err := c.Out()
	c.X[2] = uintptr(function)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newComputePipelineStateWithDescriptor:options:reflection:error: @@:@Q^@^@, owned, macOS 10.11.
func (c *call) newComputePipelineStateWithDescriptor(self objc.ID, descriptor objc.ID, options PipelineOption, reflection uintptr) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewComputePipelineStateWithDescriptor_options_reflection_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(options)
	c.X[4] = reflection
	c.X[5] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLArchitecture name @@:, autoreleased, macOS 14.0.
func (c *call) architectureName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBuffer length Q@:, none, macOS 10.11.
func (c *call) bufferLength(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selLength])
	c.Send()
	return uint64(c.X[0])
}

// MTLBuffer contents ^v@:, none, macOS 10.11.
func (c *call) bufferContents(self objc.ID) uintptr {
	c.Message(self, c.table.selectors[selContents])
	c.Send()
	return c.X[0]
}

// MTLResource setLabel: v@:@, none, macOS 10.11.
func (c *call) setResourceLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCompileOptions +new @@:, owned, macOS 10.11.
func (c *call) newCompileOptions(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCompileOptions setLanguageVersion: v@:Q, none, macOS 10.11.
func (c *call) setLanguageVersion(self objc.ID, version LanguageVersion) {
	c.Message(self, c.table.selectors[selSetLanguageVersion])
	c.X[2] = uintptr(version)
	c.Send()
}

// MTLCompileOptions languageVersion Q@:, none, macOS 10.11.
func (c *call) languageVersion(self objc.ID) LanguageVersion {
	c.Message(self, c.table.selectors[selLanguageVersion])
	c.Send()
	return LanguageVersion(c.X[0])
}

// MTLCompileOptions setMathMode: v@:q, none, macOS 15.0.
func (c *call) setMathMode(self objc.ID, mode MathMode) {
	c.Message(self, c.table.selectors[selSetMathMode])
	c.X[2] = uintptr(mode)
	c.Send()
}

// MTLCompileOptions mathMode q@:, none, macOS 15.0.
func (c *call) mathMode(self objc.ID) MathMode {
	c.Message(self, c.table.selectors[selMathMode])
	c.Send()
	return MathMode(c.X[0])
}

// MTLCompileOptions setFastMathEnabled: v@:B, none, macOS 10.11.
func (c *call) setFastMathEnabled(self objc.ID, enabled bool) {
	c.Message(self, c.table.selectors[selSetFastMathEnabled])
	c.X[2] = objc.Bool(enabled)
	c.Send()
}

// MTLCompileOptions fastMathEnabled B@:, none, macOS 10.11.
func (c *call) fastMathEnabled(self objc.ID) bool {
	c.Message(self, c.table.selectors[selFastMathEnabled])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLCompileOptions setPreprocessorMacros: v@:@, none, macOS 10.11.
func (c *call) setPreprocessorMacros(self objc.ID, macros objc.ID) {
	c.Message(self, c.table.selectors[selSetPreprocessorMacros])
	c.X[2] = uintptr(macros)
	c.Send()
}

// MTLLibrary functionNames @@:, autoreleased, macOS 10.11.
func (c *call) libraryFunctionNames(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selFunctionNames])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLibrary newFunctionWithName: @@:@, owned, macOS 10.11.
func (c *call) newFunction(self objc.ID, name objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewFunctionWithName])
	c.X[2] = uintptr(name)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLibrary newFunctionWithName:constantValues:error: @@:@@^@, owned, macOS 10.12.
func (c *call) newFunctionWithConstants(self objc.ID, name objc.ID, values objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewFunctionWithName_constantValues_error])
	err := c.Out()
	c.X[2] = uintptr(name)
	c.X[3] = uintptr(values)
	c.X[4] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLFunction name @@:, autoreleased, macOS 10.11.
func (c *call) functionName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunction functionType Q@:, none, macOS 10.11.
func (c *call) functionType(self objc.ID) FunctionType {
	c.Message(self, c.table.selectors[selFunctionType])
	c.Send()
	return FunctionType(c.X[0])
}

// MTLFunctionConstantValues +new @@:, owned, macOS 10.12.
func (c *call) newFunctionConstantValues(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionConstantValues setConstantValue:type:atIndex: v@:^vQQ, none, macOS 10.12.
func (c *call) setConstantAtIndex(self objc.ID, value []byte, dataType DataType, index uint64) {
	c.Message(self, c.table.selectors[selSetConstantValue_type_atIndex])
	c.X[2] = c.CopyBytes(value)
	c.X[3] = uintptr(dataType)
	c.X[4] = uintptr(index)
	c.Send()
}

// MTLFunctionConstantValues setConstantValue:type:withName: v@:^vQ@, none, macOS 10.12.
func (c *call) setConstantWithName(self objc.ID, value []byte, dataType DataType, name objc.ID) {
	c.Message(self, c.table.selectors[selSetConstantValue_type_withName])
	c.X[2] = c.CopyBytes(value)
	c.X[3] = uintptr(dataType)
	c.X[4] = uintptr(name)
	c.Send()
}

// MTLComputePipelineDescriptor +new @@:, owned, macOS 10.11.
func (c *call) newComputePipelineDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLComputePipelineDescriptor setComputeFunction: v@:@, none, macOS 10.11.
func (c *call) setComputeFunction(self objc.ID, function objc.ID) {
	c.Message(self, c.table.selectors[selSetComputeFunction])
	c.X[2] = uintptr(function)
	c.Send()
}

// MTLComputePipelineDescriptor setLabel: v@:@, none, macOS 10.11.
func (c *call) setPipelineLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLComputePipelineDescriptor setMaxTotalThreadsPerThreadgroup: v@:Q, none, macOS 10.14.
func (c *call) setPipelineMaxTotalThreadsPerThreadgroup(self objc.ID, threads uint64) {
	c.Message(self, c.table.selectors[selSetMaxTotalThreadsPerThreadgroup])
	c.X[2] = uintptr(threads)
	c.Send()
}

// MTLComputePipelineDescriptor setThreadGroupSizeIsMultipleOfThreadExecutionWidth: v@:B, none, macOS 10.11.
func (c *call) setThreadGroupSizeIsMultiple(self objc.ID, multiple bool) {
	c.Message(self, c.table.selectors[selSetThreadGroupSizeIsMultipleOfThreadExecutionWidth])
	c.X[2] = objc.Bool(multiple)
	c.Send()
}

// MTLComputePipelineState maxTotalThreadsPerThreadgroup Q@:, none, macOS 10.11.
func (c *call) pipelineMaxTotalThreadsPerThreadgroup(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selMaxTotalThreadsPerThreadgroup])
	c.Send()
	return uint64(c.X[0])
}

// MTLComputePipelineState threadExecutionWidth Q@:, none, macOS 10.11.
func (c *call) pipelineThreadExecutionWidth(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selThreadExecutionWidth])
	c.Send()
	return uint64(c.X[0])
}

// MTLComputePipelineState staticThreadgroupMemoryLength Q@:, none, macOS 10.13.
func (c *call) pipelineStaticThreadgroupMemoryLength(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selStaticThreadgroupMemoryLength])
	c.Send()
	return uint64(c.X[0])
}

// MTLCommandQueue commandBuffer @@:, autoreleased, macOS 10.11.
func (c *call) commandBuffer(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selCommandBuffer])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandQueue setLabel: v@:@, none, macOS 10.11.
func (c *call) setQueueLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCommandBuffer computeCommandEncoderWithDispatchType: @@:Q, autoreleased, macOS 10.14.
func (c *call) computeCommandEncoder(self objc.ID, dispatchType DispatchType) objc.ID {
	c.Message(self, c.table.selectors[selComputeCommandEncoderWithDispatchType])
	c.X[2] = uintptr(dispatchType)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBuffer blitCommandEncoder @@:, autoreleased, macOS 10.11.
func (c *call) blitCommandEncoder(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selBlitCommandEncoder])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBuffer setLabel: v@:@, none, macOS 10.11.
func (c *call) setCommandBufferLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCommandBuffer commit v@:, none, macOS 10.11.
func (c *call) commit(self objc.ID) {
	c.Message(self, c.table.selectors[selCommit])
	c.Send()
}

// MTLCommandBuffer waitUntilCompleted v@:, none, macOS 10.11.
func (c *call) waitUntilCompleted(self objc.ID) {
	c.Message(self, c.table.selectors[selWaitUntilCompleted])
	c.Send()
}

// MTLCommandBuffer status Q@:, none, macOS 10.11.
func (c *call) commandBufferStatus(self objc.ID) CommandBufferStatus {
	c.Message(self, c.table.selectors[selStatus])
	c.Send()
	return CommandBufferStatus(c.X[0])
}

// MTLCommandBuffer error @@:, autoreleased, macOS 10.11.
func (c *call) commandBufferError(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selError])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBuffer GPUStartTime d@:, none, macOS 10.15.
func (c *call) gpuStartTime(self objc.ID) float64 {
	c.Message(self, c.table.selectors[selGPUStartTime])
	c.Send()
	return c.D[0]
}

// MTLCommandBuffer GPUEndTime d@:, none, macOS 10.15.
func (c *call) gpuEndTime(self objc.ID) float64 {
	c.Message(self, c.table.selectors[selGPUEndTime])
	c.Send()
	return c.D[0]
}

// MTLCommandBuffer kernelStartTime d@:, none, macOS 10.15.
func (c *call) kernelStartTime(self objc.ID) float64 {
	c.Message(self, c.table.selectors[selKernelStartTime])
	c.Send()
	return c.D[0]
}

// MTLCommandBuffer kernelEndTime d@:, none, macOS 10.15.
func (c *call) kernelEndTime(self objc.ID) float64 {
	c.Message(self, c.table.selectors[selKernelEndTime])
	c.Send()
	return c.D[0]
}

// MTLCommandEncoder setLabel: v@:@, none, macOS 10.11.
func (c *call) setEncoderLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCommandEncoder endEncoding v@:, none, macOS 10.11; waits in the batch.
func (c *batch) endEncoding(self objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selEndEncoding])
	c.Commit()
}

// MTLComputeCommandEncoder setComputePipelineState: v@:@, none, macOS 10.11; waits in the batch.
func (c *batch) setComputePipelineState(self objc.ID, pipeline objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetComputePipelineState])
	e[2] = uintptr(pipeline)
	c.Commit()
}

// MTLComputeCommandEncoder setBytes:length:atIndex: v@:^vQQ, none, macOS 10.11; waits in the batch.
func (c *batch) setBytes(self objc.ID, bytes []byte, length uint64, index uint64) {
	c.Reserve((len(bytes) + 7) / 8)
	x2 := c.CopyBytes(bytes)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetBytes_length_atIndex])
	e[2] = x2
	e[3] = uintptr(length)
	e[4] = uintptr(index)
	c.Commit()
}

// MTLComputeCommandEncoder setBuffer:offset:atIndex: v@:@QQ, none, macOS 10.11; waits in the batch.
func (c *batch) setBuffer(self objc.ID, buffer objc.ID, offset uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetBuffer_offset_atIndex])
	e[2] = uintptr(buffer)
	e[3] = uintptr(offset)
	e[4] = uintptr(index)
	c.Commit()
}

// MTLComputeCommandEncoder setBufferOffset:atIndex: v@:QQ, none, macOS 10.11; waits in the batch.
func (c *batch) setBufferOffset(self objc.ID, offset uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetBufferOffset_atIndex])
	e[2] = uintptr(offset)
	e[3] = uintptr(index)
	c.Commit()
}

// MTLComputeCommandEncoder setBuffers:offsets:withRange: v@:^@^Q{_NSRange=QQ}, none, macOS 10.11; waits in the batch.
func (c *batch) setBuffers(self objc.ID, buffers []objc.ID, offsets []uint64, indexes objc.Range) {
	c.Reserve(len(buffers) + len(offsets))
	x2 := c.CopyIDs(buffers)
	x3 := c.CopyWords(offsets)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetBuffers_offsets_withRange])
	e[2] = x2
	e[3] = x3
	e[4] = uintptr(indexes.Location)
	e[5] = uintptr(indexes.Length)
	c.Commit()
}

// MTLComputeCommandEncoder setThreadgroupMemoryLength:atIndex: v@:QQ, none, macOS 10.11; waits in the batch.
func (c *batch) setThreadgroupMemoryLength(self objc.ID, length uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetThreadgroupMemoryLength_atIndex])
	e[2] = uintptr(length)
	e[3] = uintptr(index)
	c.Commit()
}

// MTLComputeCommandEncoder dispatchThreadgroups:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ}, none, macOS 10.11; waits in the batch.
func (c *batch) dispatchThreadgroups(self objc.ID, threadgroups Size, threadsPerThreadgroup Size) {
	c.Reserve(3 + 3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreadgroups_threadsPerThreadgroup])
	c.SetStruct(e, 2, 0, threadgroups.words())
	c.SetStruct(e, 3, 3, threadsPerThreadgroup.words())
	c.Commit()
}

// MTLComputeCommandEncoder dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup: v@:@Q{?=QQQ}, none, macOS 10.11; waits in the batch.
func (c *batch) dispatchThreadgroupsIndirect(self objc.ID, buffer objc.ID, offset uint64, threadsPerThreadgroup Size) {
	c.Reserve(3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreadgroupsWithIndirectBuffer_indirectBufferOffset_threadsPerThreadgroup])
	e[2] = uintptr(buffer)
	e[3] = uintptr(offset)
	c.SetStruct(e, 4, 0, threadsPerThreadgroup.words())
	c.Commit()
}

// MTLComputeCommandEncoder dispatchThreads:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ}, none, macOS 10.13; waits in the batch.
func (c *batch) dispatchThreads(self objc.ID, threads Size, threadsPerThreadgroup Size) {
	c.Reserve(3 + 3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreads_threadsPerThreadgroup])
	c.SetStruct(e, 2, 0, threads.words())
	c.SetStruct(e, 3, 3, threadsPerThreadgroup.words())
	c.Commit()
}

// MTLComputeCommandEncoder memoryBarrierWithScope: v@:Q, none, macOS 10.14; waits in the batch.
func (c *batch) memoryBarrierWithScope(self objc.ID, scope BarrierScope) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selMemoryBarrierWithScope])
	e[2] = uintptr(scope)
	c.Commit()
}

// MTLComputeCommandEncoder memoryBarrierWithResources:count: v@:^@Q, none, macOS 10.14; waits in the batch.
func (c *batch) memoryBarrierWithResources(self objc.ID, resources []objc.ID, count uint64) {
	c.Reserve(len(resources))
	x2 := c.CopyIDs(resources)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selMemoryBarrierWithResources_count])
	e[2] = x2
	e[3] = uintptr(count)
	c.Commit()
}

// MTLBlitCommandEncoder copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: v@:@Q@QQ, none, macOS 10.11; waits in the batch.
func (c *batch) copyBuffer(self objc.ID, source objc.ID, sourceOffset uint64, destination objc.ID, destinationOffset uint64, size uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selCopyFromBuffer_sourceOffset_toBuffer_destinationOffset_size])
	e[2] = uintptr(source)
	e[3] = uintptr(sourceOffset)
	e[4] = uintptr(destination)
	e[5] = uintptr(destinationOffset)
	e[6] = uintptr(size)
	c.Commit()
}

// MTLBlitCommandEncoder fillBuffer:range:value: v@:@{_NSRange=QQ}C, none, macOS 10.11; waits in the batch.
func (c *batch) fillBuffer(self objc.ID, buffer objc.ID, bytes objc.Range, value uint8) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selFillBuffer_range_value])
	e[2] = uintptr(buffer)
	e[3] = uintptr(bytes.Location)
	e[4] = uintptr(bytes.Length)
	e[5] = uintptr(value)
	c.Commit()
}
