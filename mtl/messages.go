package mtl

//go:generate go run ../internal/metaltable/gen

// Every message and C function that this package sends. A line names the Go
// function with its arguments and result, and after the equals sign what
// Apple declares: class or protocol, selector (+ for a class method), type
// encoding on arm64, who owns the result, and the first macOS that has it.
// "batch" at the end marks a message that waits in the batch of a scope.

//objc createSystemDefaultDevice() objc.ID = C MTLCreateSystemDefaultDevice @ owned 10.11
//objc copyAllDevices() objc.ID = C MTLCopyAllDevices @ owned 10.11

//objc deviceName() objc.ID = MTLDevice name @@: autoreleased 10.11
//objc deviceArchitecture() objc.ID = MTLDevice architecture @@: autoreleased 14.0
//objc deviceRegistryID() uint64 = MTLDevice registryID Q@: none 10.13
//objc deviceHasUnifiedMemory() bool = MTLDevice hasUnifiedMemory B@: none 10.15
//objc deviceMaxThreadsPerThreadgroup() Size = MTLDevice maxThreadsPerThreadgroup {?=QQQ}@: none 10.11
//objc deviceMaxThreadgroupMemoryLength() uint64 = MTLDevice maxThreadgroupMemoryLength Q@: none 10.13
//objc deviceMaxBufferLength() uint64 = MTLDevice maxBufferLength Q@: none 10.14
//objc deviceRecommendedMaxWorkingSetSize() uint64 = MTLDevice recommendedMaxWorkingSetSize Q@: none 10.12
//objc deviceCurrentAllocatedSize() uint64 = MTLDevice currentAllocatedSize Q@: none 10.13
//objc deviceSupportsFamily(family GPUFamily) bool = MTLDevice supportsFamily: B@:q none 10.15
//objc newCommandQueue() objc.ID = MTLDevice newCommandQueue @@: owned 10.11
//objc newCommandQueueWithMaxCommandBufferCount(count uint64) objc.ID = MTLDevice newCommandQueueWithMaxCommandBufferCount: @@:Q owned 10.11
//objc newBuffer(length uint64, options ResourceOptions) objc.ID = MTLDevice newBufferWithLength:options: @@:QQ owned 10.11
//objc newBufferWithBytes(bytes unsafe.Pointer, length uint64, options ResourceOptions) objc.ID = MTLDevice newBufferWithBytes:length:options: @@:^vQQ owned 10.11
//objc newBufferNoCopy(bytes uintptr, length uint64, options ResourceOptions, deallocator uintptr) objc.ID = MTLDevice newBufferWithBytesNoCopy:length:options:deallocator: @@:^vQQ@? owned 10.11
//objc newLibrary(source objc.ID, options objc.ID, err **NSError) objc.ID = MTLDevice newLibraryWithSource:options:error: @@:@@^@ owned 10.11
//objc newComputePipelineState(function objc.ID, err **NSError) objc.ID = MTLDevice newComputePipelineStateWithFunction:error: @@:@^@ owned 10.11
//objc newComputePipelineStateWithDescriptor(descriptor objc.ID, options PipelineOption, reflection uintptr, err **NSError) objc.ID = MTLDevice newComputePipelineStateWithDescriptor:options:reflection:error: @@:@Q^@^@ owned 10.11

//objc architectureName() objc.ID = MTLArchitecture name @@: autoreleased 14.0

//objc bufferLength() uint64 = MTLBuffer length Q@: none 10.11
//objc bufferContents() uintptr = MTLBuffer contents ^v@: none 10.11
//objc setResourceLabel(label objc.ID) = MTLResource setLabel: v@:@ none 10.11

//objc newCompileOptions() objc.ID = MTLCompileOptions +new @@: owned 10.11
//objc setLanguageVersion(version LanguageVersion) = MTLCompileOptions setLanguageVersion: v@:Q none 10.11
//objc languageVersion() LanguageVersion = MTLCompileOptions languageVersion Q@: none 10.11
//objc setMathMode(mode MathMode) = MTLCompileOptions setMathMode: v@:q none 15.0
//objc mathMode() MathMode = MTLCompileOptions mathMode q@: none 15.0
//objc setFastMathEnabled(enabled bool) = MTLCompileOptions setFastMathEnabled: v@:B none 10.11
//objc fastMathEnabled() bool = MTLCompileOptions fastMathEnabled B@: none 10.11
//objc setPreprocessorMacros(macros objc.ID) = MTLCompileOptions setPreprocessorMacros: v@:@ none 10.11

//objc libraryFunctionNames() objc.ID = MTLLibrary functionNames @@: autoreleased 10.11
//objc newFunction(name objc.ID) objc.ID = MTLLibrary newFunctionWithName: @@:@ owned 10.11
//objc newFunctionWithConstants(name objc.ID, values objc.ID, err **NSError) objc.ID = MTLLibrary newFunctionWithName:constantValues:error: @@:@@^@ owned 10.12

//objc functionName() objc.ID = MTLFunction name @@: autoreleased 10.11
//objc functionType() FunctionType = MTLFunction functionType Q@: none 10.11

//objc newFunctionConstantValues() objc.ID = MTLFunctionConstantValues +new @@: owned 10.12
//objc setConstantAtIndex(value []byte, dataType DataType, index uint64) = MTLFunctionConstantValues setConstantValue:type:atIndex: v@:^vQQ none 10.12
//objc setConstantWithName(value []byte, dataType DataType, name objc.ID) = MTLFunctionConstantValues setConstantValue:type:withName: v@:^vQ@ none 10.12

//objc newComputePipelineDescriptor() objc.ID = MTLComputePipelineDescriptor +new @@: owned 10.11
//objc setComputeFunction(function objc.ID) = MTLComputePipelineDescriptor setComputeFunction: v@:@ none 10.11
//objc setPipelineLabel(label objc.ID) = MTLComputePipelineDescriptor setLabel: v@:@ none 10.11
//objc setPipelineMaxTotalThreadsPerThreadgroup(threads uint64) = MTLComputePipelineDescriptor setMaxTotalThreadsPerThreadgroup: v@:Q none 10.14
//objc setThreadGroupSizeIsMultiple(multiple bool) = MTLComputePipelineDescriptor setThreadGroupSizeIsMultipleOfThreadExecutionWidth: v@:B none 10.11

//objc pipelineMaxTotalThreadsPerThreadgroup() uint64 = MTLComputePipelineState maxTotalThreadsPerThreadgroup Q@: none 10.11
//objc pipelineThreadExecutionWidth() uint64 = MTLComputePipelineState threadExecutionWidth Q@: none 10.11
//objc pipelineStaticThreadgroupMemoryLength() uint64 = MTLComputePipelineState staticThreadgroupMemoryLength Q@: none 10.13

//objc commandBuffer() objc.ID = MTLCommandQueue commandBuffer @@: autoreleased 10.11
//objc setQueueLabel(label objc.ID) = MTLCommandQueue setLabel: v@:@ none 10.11

//objc computeCommandEncoder(dispatchType DispatchType) objc.ID = MTLCommandBuffer computeCommandEncoderWithDispatchType: @@:Q autoreleased 10.14
//objc blitCommandEncoder() objc.ID = MTLCommandBuffer blitCommandEncoder @@: autoreleased 10.11
//objc setCommandBufferLabel(label objc.ID) = MTLCommandBuffer setLabel: v@:@ none 10.11
//objc commit() = MTLCommandBuffer commit v@: none 10.11
//objc waitUntilCompleted() = MTLCommandBuffer waitUntilCompleted v@: none 10.11
//objc commandBufferStatus() CommandBufferStatus = MTLCommandBuffer status Q@: none 10.11
//objc commandBufferError() objc.ID = MTLCommandBuffer error @@: autoreleased 10.11
//objc gpuStartTime() float64 = MTLCommandBuffer GPUStartTime d@: none 10.15
//objc gpuEndTime() float64 = MTLCommandBuffer GPUEndTime d@: none 10.15
//objc kernelStartTime() float64 = MTLCommandBuffer kernelStartTime d@: none 10.15
//objc kernelEndTime() float64 = MTLCommandBuffer kernelEndTime d@: none 10.15

//objc setEncoderLabel(label objc.ID) = MTLCommandEncoder setLabel: v@:@ none 10.11
//objc endEncoding() = MTLCommandEncoder endEncoding v@: none 10.11 batch

//objc setComputePipelineState(pipeline objc.ID) = MTLComputeCommandEncoder setComputePipelineState: v@:@ none 10.11 batch
//objc setBytes(bytes []byte, length uint64, index uint64) = MTLComputeCommandEncoder setBytes:length:atIndex: v@:^vQQ none 10.11 batch
//objc setBuffer(buffer objc.ID, offset uint64, index uint64) = MTLComputeCommandEncoder setBuffer:offset:atIndex: v@:@QQ none 10.11 batch
//objc setBufferOffset(offset uint64, index uint64) = MTLComputeCommandEncoder setBufferOffset:atIndex: v@:QQ none 10.11 batch
//objc setBuffers(buffers []objc.ID, offsets []uint64, indexes objc.Range) = MTLComputeCommandEncoder setBuffers:offsets:withRange: v@:^@^Q{_NSRange=QQ} none 10.11 batch
//objc setThreadgroupMemoryLength(length uint64, index uint64) = MTLComputeCommandEncoder setThreadgroupMemoryLength:atIndex: v@:QQ none 10.11 batch
//objc dispatchThreadgroups(threadgroups Size, threadsPerThreadgroup Size) = MTLComputeCommandEncoder dispatchThreadgroups:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ} none 10.11 batch
//objc dispatchThreadgroupsIndirect(buffer objc.ID, offset uint64, threadsPerThreadgroup Size) = MTLComputeCommandEncoder dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup: v@:@Q{?=QQQ} none 10.11 batch
//objc dispatchThreads(threads Size, threadsPerThreadgroup Size) = MTLComputeCommandEncoder dispatchThreads:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ} none 10.13 batch
//objc memoryBarrierWithScope(scope BarrierScope) = MTLComputeCommandEncoder memoryBarrierWithScope: v@:Q none 10.14 batch
//objc memoryBarrierWithResources(resources []objc.ID, count uint64) = MTLComputeCommandEncoder memoryBarrierWithResources:count: v@:^@Q none 10.14 batch

//objc copyBuffer(source objc.ID, sourceOffset uint64, destination objc.ID, destinationOffset uint64, size uint64) = MTLBlitCommandEncoder copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: v@:@Q@QQ none 10.11 batch
//objc fillBuffer(buffer objc.ID, bytes objc.Range, value uint8) = MTLBlitCommandEncoder fillBuffer:range:value: v@:@{_NSRange=QQ}C none 10.11 batch
