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
//objc deviceIsLowPower() bool = MTLDevice isLowPower B@: none 10.11
//objc deviceIsHeadless() bool = MTLDevice isHeadless B@: none 10.11
//objc deviceIsRemovable() bool = MTLDevice isRemovable B@: none 10.13
//objc deviceLocation() DeviceLocation = MTLDevice location Q@: none 10.15
//objc deviceLocationNumber() uint64 = MTLDevice locationNumber Q@: none 10.15
//objc deviceMaxTransferRate() uint64 = MTLDevice maxTransferRate Q@: none 10.15
//objc deviceArgumentBuffersSupport() ArgumentBuffersTier = MTLDevice argumentBuffersSupport Q@: none 10.13
//objc deviceSupportsDynamicLibraries() bool = MTLDevice supportsDynamicLibraries B@: none 11.0
//objc deviceShouldMaximizeConcurrentCompilation() bool = MTLDevice shouldMaximizeConcurrentCompilation B@: none 13.3
//objc deviceSetShouldMaximizeConcurrentCompilation(maximize bool) = MTLDevice setShouldMaximizeConcurrentCompilation: v@:B none 13.3
//objc deviceMaximumConcurrentCompilationTaskCount() uint64 = MTLDevice maximumConcurrentCompilationTaskCount Q@: none 13.3
//objc deviceHeapBufferSizeAndAlign(length uint64, options ResourceOptions) SizeAndAlign = MTLDevice heapBufferSizeAndAlignWithLength:options: {?=QQ}@:QQ none 10.13
//objc deviceSupportsFamily(family GPUFamily) bool = MTLDevice supportsFamily: B@:q none 10.15
//objc newCommandQueue() objc.ID = MTLDevice newCommandQueue @@: owned 10.11
//objc newCommandQueueWithMaxCommandBufferCount(count uint64) objc.ID = MTLDevice newCommandQueueWithMaxCommandBufferCount: @@:Q owned 10.11
//objc newCommandQueueWithDescriptor(descriptor objc.ID) objc.ID = MTLDevice newCommandQueueWithDescriptor: @@:@ owned 15.0
//objc newEvent() objc.ID = MTLDevice newEvent @@: owned 10.14
//objc newSharedEvent() objc.ID = MTLDevice newSharedEvent @@: owned 10.14
//objc newSharedEventWithHandle(handle objc.ID) objc.ID = MTLDevice newSharedEventWithHandle: @@:@ owned 10.14
//objc counterSets() objc.ID = MTLDevice counterSets @@: autoreleased 10.15
//objc supportsCounterSampling(point CounterSamplingPoint) bool = MTLDevice supportsCounterSampling: B@:Q none 11.0
//objc newCounterSampleBuffer(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newCounterSampleBufferWithDescriptor:error: @@:@^@ owned 10.15
//objc sampleTimestamps(cpu unsafe.Pointer, gpu unsafe.Pointer) = MTLDevice sampleTimestamps:gpuTimestamp: v@:^Q^Q none 10.15
//objc newFence() objc.ID = MTLDevice newFence @@: owned 10.13
//objc newBuffer(length uint64, options ResourceOptions) objc.ID = MTLDevice newBufferWithLength:options: @@:QQ owned 10.11
//objc newBufferWithBytes(bytes unsafe.Pointer, length uint64, options ResourceOptions) objc.ID = MTLDevice newBufferWithBytes:length:options: @@:^vQQ owned 10.11
//objc newBufferNoCopy(bytes uintptr, length uint64, options ResourceOptions, deallocator uintptr) objc.ID = MTLDevice newBufferWithBytesNoCopy:length:options:deallocator: @@:^vQQ@? owned 10.11
//objc newLibrary(source objc.ID, options objc.ID, err **NSError) objc.ID = MTLDevice newLibraryWithSource:options:error: @@:@@^@ owned 10.11
//objc newComputePipelineState(function objc.ID, err **NSError) objc.ID = MTLDevice newComputePipelineStateWithFunction:error: @@:@^@ owned 10.11
//objc newComputePipelineStateWithDescriptor(descriptor objc.ID, options PipelineOption, reflection **Object, err **NSError) objc.ID = MTLDevice newComputePipelineStateWithDescriptor:options:reflection:error: @@:@Q^@^@ owned 10.11

//objc architectureName() objc.ID = MTLArchitecture name @@: autoreleased 14.0

//objc bufferLength() uint64 = MTLBuffer length Q@: none 10.11
//objc bufferContents() uintptr = MTLBuffer contents ^v@: none 10.11
//objc bufferDidModifyRange(bytes objc.Range) = MTLBuffer didModifyRange: v@:{_NSRange=QQ} none 10.11
//objc bufferAddDebugMarker(marker objc.ID, bytes objc.Range) = MTLBuffer addDebugMarker:range: v@:@{_NSRange=QQ} none 10.12
//objc bufferRemoveAllDebugMarkers() = MTLBuffer removeAllDebugMarkers v@: none 10.12
//objc bufferGPUAddress() uint64 = MTLBuffer gpuAddress Q@: none 13.0

//objc resourceLabel() objc.ID = MTLResource label @@: autoreleased 10.11
//objc setResourceLabel(label objc.ID) = MTLResource setLabel: v@:@ none 10.11
//objc resourceOptions() ResourceOptions = MTLResource resourceOptions Q@: none 10.15
//objc resourceSetPurgeableState(state PurgeableState) PurgeableState = MTLResource setPurgeableState: Q@:Q none 10.11
//objc resourceHeapOffset() uint64 = MTLResource heapOffset Q@: none 10.15
//objc resourceAllocatedSize() uint64 = MTLResource allocatedSize Q@: none 10.13
//objc resourceMakeAliasable() = MTLResource makeAliasable v@: none 10.13
//objc resourceIsAliasable() bool = MTLResource isAliasable B@: none 10.13

//objc newHeap(descriptor objc.ID) objc.ID = MTLDevice newHeapWithDescriptor: @@:@ owned 10.13
//objc newHeapDescriptor() objc.ID = MTLHeapDescriptor +new @@: owned 10.13
//objc setHeapDescriptorSize(size uint64) = MTLHeapDescriptor setSize: v@:Q none 10.13
//objc setHeapDescriptorType(heapType HeapType) = MTLHeapDescriptor setType: v@:q none 10.15
//objc setHeapDescriptorResourceOptions(options ResourceOptions) = MTLHeapDescriptor setResourceOptions: v@:Q none 10.15
//objc setHeapLabel(label objc.ID) = MTLHeap setLabel: v@:@ none 10.13
//objc heapSize() uint64 = MTLHeap size Q@: none 10.13
//objc heapResourceOptions() ResourceOptions = MTLHeap resourceOptions Q@: none 10.15
//objc heapUsedSize() uint64 = MTLHeap usedSize Q@: none 10.13
//objc heapCurrentAllocatedSize() uint64 = MTLHeap currentAllocatedSize Q@: none 10.13
//objc heapMaxAvailableSize(alignment uint64) uint64 = MTLHeap maxAvailableSizeWithAlignment: Q@:Q none 10.13
//objc heapNewBuffer(length uint64, options ResourceOptions) objc.ID = MTLHeap newBufferWithLength:options: @@:QQ owned 10.13
//objc heapNewBufferAtOffset(length uint64, options ResourceOptions, offset uint64) objc.ID = MTLHeap newBufferWithLength:options:offset: @@:QQQ owned 10.15
//objc heapSetPurgeableState(state PurgeableState) PurgeableState = MTLHeap setPurgeableState: Q@:Q none 10.13

//objc newResidencySet(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newResidencySetWithDescriptor:error: @@:@^@ owned 15.0
//objc newResidencySetDescriptor() objc.ID = MTLResidencySetDescriptor +new @@: owned 15.0
//objc setResidencySetDescriptorLabel(label objc.ID) = MTLResidencySetDescriptor setLabel: v@:@ none 15.0
//objc setResidencySetDescriptorInitialCapacity(count uint64) = MTLResidencySetDescriptor setInitialCapacity: v@:Q none 15.0
//objc residencySetAddAllocations(allocations []objc.ID, count uint64) = MTLResidencySet addAllocations:count: v@:^@Q none 15.0
//objc residencySetRemoveAllocations(allocations []objc.ID, count uint64) = MTLResidencySet removeAllocations:count: v@:^@Q none 15.0
//objc residencySetRemoveAllAllocations() = MTLResidencySet removeAllAllocations v@: none 15.0
//objc residencySetContainsAllocation(allocation objc.ID) bool = MTLResidencySet containsAllocation: B@:@ none 15.0
//objc residencySetAllAllocations() objc.ID = MTLResidencySet allAllocations @@: autoreleased 15.0
//objc residencySetAllocationCount() uint64 = MTLResidencySet allocationCount Q@: none 15.0
//objc residencySetAllocatedSize() uint64 = MTLResidencySet allocatedSize Q@: none 15.0
//objc residencySetCommit() = MTLResidencySet commit v@: none 15.0
//objc residencySetRequestResidency() = MTLResidencySet requestResidency v@: none 15.0
//objc residencySetEndResidency() = MTLResidencySet endResidency v@: none 15.0
//objc queueAddResidencySets(sets []objc.ID, count uint64) = MTLCommandQueue addResidencySets:count: v@:^@Q none 15.0
//objc queueRemoveResidencySets(sets []objc.ID, count uint64) = MTLCommandQueue removeResidencySets:count: v@:^@Q none 15.0
//objc commandBufferUseResidencySets(sets []objc.ID, count uint64) = MTLCommandBuffer useResidencySets:count: v@:^@Q none 15.0

//objc newCompileOptions() objc.ID = MTLCompileOptions +new @@: owned 10.11
//objc setLanguageVersion(version LanguageVersion) = MTLCompileOptions setLanguageVersion: v@:Q none 10.11
//objc languageVersion() LanguageVersion = MTLCompileOptions languageVersion Q@: none 10.11
//objc setMathMode(mode MathMode) = MTLCompileOptions setMathMode: v@:q none 15.0
//objc mathMode() MathMode = MTLCompileOptions mathMode q@: none 15.0
//objc setMathFloatingPointFunctions(functions MathFloatingPointFunctions) = MTLCompileOptions setMathFloatingPointFunctions: v@:q none 15.0
//objc mathFloatingPointFunctions() MathFloatingPointFunctions = MTLCompileOptions mathFloatingPointFunctions q@: none 15.0
//objc setOptimizationLevel(level LibraryOptimizationLevel) = MTLCompileOptions setOptimizationLevel: v@:q none 13.0
//objc setLibraryMaxTotalThreadsPerThreadgroup(threads uint64) = MTLCompileOptions setMaxTotalThreadsPerThreadgroup: v@:Q none 13.3
//objc setLibraryType(libraryType LibraryType) = MTLCompileOptions setLibraryType: v@:q none 11.0
//objc setInstallName(name objc.ID) = MTLCompileOptions setInstallName: v@:@ none 11.0
//objc setLibraries(libraries objc.ID) = MTLCompileOptions setLibraries: v@:@ none 11.0
//objc setCompileSymbolVisibility(visibility CompileSymbolVisibility) = MTLCompileOptions setCompileSymbolVisibility: v@:q none 13.3
//objc setAllowReferencingUndefinedSymbols(allow bool) = MTLCompileOptions setAllowReferencingUndefinedSymbols: v@:B none 13.3
//objc setLibraryRequiredThreadsPerThreadgroup(size Size) = MTLCompileOptions setRequiredThreadsPerThreadgroup: v@:{?=QQQ} none 26.0
//objc setFastMathEnabled(enabled bool) = MTLCompileOptions setFastMathEnabled: v@:B none 10.11
//objc fastMathEnabled() bool = MTLCompileOptions fastMathEnabled B@: none 10.11
//objc setEnableLogging(enabled bool) = MTLCompileOptions setEnableLogging: v@:B none 15.0
//objc setPreprocessorMacros(macros objc.ID) = MTLCompileOptions setPreprocessorMacros: v@:@ none 10.11

//objc newLibraryWithData(data objc.ID, err **NSError) objc.ID = MTLDevice newLibraryWithData:error: @@:@^@ owned 10.11
//objc newLibraryWithURL(url objc.ID, err **NSError) objc.ID = MTLDevice newLibraryWithURL:error: @@:@^@ owned 10.13
//objc newDefaultLibrary() objc.ID = MTLDevice newDefaultLibrary @@: owned 10.11

//objc typeOfLibrary() LibraryType = MTLLibrary type q@: none 11.0
//objc installNameOfLibrary() objc.ID = MTLLibrary installName @@: autoreleased 11.0
//objc setLibraryLabel(label objc.ID) = MTLLibrary setLabel: v@:@ none 10.11
//objc reflectionOfFunction(name objc.ID) objc.ID = MTLLibrary reflectionForFunctionWithName: @@:@ autoreleased 26.0
//objc functionReflectionBindings() objc.ID = MTLFunctionReflection bindings @@: autoreleased 26.0
//objc functionReflectionUserAnnotation() objc.ID = MTLFunctionReflection userAnnotation @@: autoreleased 26.0
//objc namesOfFunctions() objc.ID = MTLLibrary functionNames @@: autoreleased 10.11
//objc newFunction(name objc.ID) objc.ID = MTLLibrary newFunctionWithName: @@:@ owned 10.11
//objc newFunctionWithConstants(name objc.ID, values objc.ID, err **NSError) objc.ID = MTLLibrary newFunctionWithName:constantValues:error: @@:@@^@ owned 10.12

//objc newFunctionWithDescriptor(descriptor objc.ID, err **NSError) objc.ID = MTLLibrary newFunctionWithDescriptor:error: @@:@^@ owned 11.0
//objc functionDescriptor() objc.ID = MTLFunctionDescriptor +functionDescriptor @@: autoreleased 11.0
//objc setFunctionDescriptorName(name objc.ID) = MTLFunctionDescriptor setName: v@:@ none 11.0
//objc setFunctionDescriptorSpecializedName(name objc.ID) = MTLFunctionDescriptor setSpecializedName: v@:@ none 11.0
//objc setFunctionDescriptorConstantValues(values objc.ID) = MTLFunctionDescriptor setConstantValues: v@:@ none 11.0

//objc setFunctionDescriptorOptions(options FunctionOptions) = MTLFunctionDescriptor setOptions: v@:Q none 11.0

//objc newDynamicLibrary(library objc.ID, err **NSError) objc.ID = MTLDevice newDynamicLibrary:error: @@:@^@ owned 11.0
//objc newDynamicLibraryWithURL(url objc.ID, err **NSError) objc.ID = MTLDevice newDynamicLibraryWithURL:error: @@:@^@ owned 11.0
//objc setDynamicLibraryLabel(label objc.ID) = MTLDynamicLibrary setLabel: v@:@ none 11.0
//objc dynamicLibraryInstallName() objc.ID = MTLDynamicLibrary installName @@: autoreleased 11.0
//objc dynamicLibrarySerialize(url objc.ID, err **NSError) bool = MTLDynamicLibrary serializeToURL:error: B@:@^@ none 11.0
//objc linkedFunctions() objc.ID = MTLLinkedFunctions +linkedFunctions @@: autoreleased 11.0
//objc setPrivateFunctions(functions objc.ID) = MTLLinkedFunctions setPrivateFunctions: v@:@ none 12.0
//objc setPipelineLinkedFunctions(functions objc.ID) = MTLComputePipelineDescriptor setLinkedFunctions: v@:@ none 11.0
//objc setPipelinePreloadedLibraries(libraries objc.ID) = MTLComputePipelineDescriptor setPreloadedLibraries: v@:@ none 12.0

//objc setFunctionLabel(label objc.ID) = MTLFunction setLabel: v@:@ none 10.12
//objc functionConstantsDictionary() objc.ID = MTLFunction functionConstantsDictionary @@: autoreleased 10.12
//objc functionName() objc.ID = MTLFunction name @@: autoreleased 10.11
//objc functionType() FunctionType = MTLFunction functionType Q@: none 10.11

//objc functionConstantName() objc.ID = MTLFunctionConstant name @@: autoreleased 10.12
//objc functionConstantType() DataType = MTLFunctionConstant type Q@: none 10.12
//objc functionConstantIndex() uint64 = MTLFunctionConstant index Q@: none 10.12
//objc functionConstantRequired() bool = MTLFunctionConstant required B@: none 10.12

//objc newFunctionConstantValues() objc.ID = MTLFunctionConstantValues +new @@: owned 10.12
//objc setConstantAtIndex(value []byte, dataType DataType, index uint64) = MTLFunctionConstantValues setConstantValue:type:atIndex: v@:^vQQ none 10.12
//objc setConstantWithName(value []byte, dataType DataType, name objc.ID) = MTLFunctionConstantValues setConstantValue:type:withName: v@:^vQ@ none 10.12

//objc newCompiler(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newCompilerWithDescriptor:error: @@:@^@ owned 26.0
//objc newCompilerDescriptor() objc.ID = MTL4CompilerDescriptor +new @@: owned 26.0
//objc setCompilerDescriptorLabel(label objc.ID) = MTL4CompilerDescriptor setLabel: v@:@ none 26.0
//objc setCompilerDescriptorSerializer(serializer objc.ID) = MTL4CompilerDescriptor setPipelineDataSetSerializer: v@:@ none 26.0
//objc compilerNewLibrary(descriptor objc.ID, err **NSError) objc.ID = MTL4Compiler newLibraryWithDescriptor:error: @@:@^@ owned 26.0
//objc compilerNewDynamicLibrary(library objc.ID, err **NSError) objc.ID = MTL4Compiler newDynamicLibrary:error: @@:@^@ owned 26.0
//objc compilerNewDynamicLibraryWithURL(url objc.ID, err **NSError) objc.ID = MTL4Compiler newDynamicLibraryWithURL:error: @@:@^@ owned 26.0
//objc compilerNewComputePipelineState(descriptor objc.ID, linking objc.ID, options objc.ID, err **NSError) objc.ID = MTL4Compiler newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:compilerTaskOptions:error: @@:@@@^@ owned 26.0
//objc newCompilerTaskOptions() objc.ID = MTL4CompilerTaskOptions +new @@: owned 26.0
//objc setLookupArchives(archives objc.ID) = MTL4CompilerTaskOptions setLookupArchives: v@:@ none 26.0
//objc newLibraryDescriptor() objc.ID = MTL4LibraryDescriptor +new @@: owned 26.0
//objc setLibraryDescriptorSource(source objc.ID) = MTL4LibraryDescriptor setSource: v@:@ none 26.0
//objc setLibraryDescriptorOptions(options objc.ID) = MTL4LibraryDescriptor setOptions: v@:@ none 26.0
//objc setLibraryDescriptorName(name objc.ID) = MTL4LibraryDescriptor setName: v@:@ none 26.0
//objc newLibraryFunctionDescriptor() objc.ID = MTL4LibraryFunctionDescriptor +new @@: owned 26.0
//objc setLibraryFunctionDescriptorName(name objc.ID) = MTL4LibraryFunctionDescriptor setName: v@:@ none 26.0
//objc setLibraryFunctionDescriptorLibrary(library objc.ID) = MTL4LibraryFunctionDescriptor setLibrary: v@:@ none 26.0
//objc newSpecializedFunctionDescriptor() objc.ID = MTL4SpecializedFunctionDescriptor +new @@: owned 26.0
//objc setSpecializedFunctionDescriptor(function objc.ID) = MTL4SpecializedFunctionDescriptor setFunctionDescriptor: v@:@ none 26.0
//objc setSpecializedFunctionName(name objc.ID) = MTL4SpecializedFunctionDescriptor setSpecializedName: v@:@ none 26.0
//objc setSpecializedFunctionConstantValues(values objc.ID) = MTL4SpecializedFunctionDescriptor setConstantValues: v@:@ none 26.0
//objc newComputePipelineDescriptor4() objc.ID = MTL4ComputePipelineDescriptor +new @@: owned 26.0
//objc setComputeFunctionDescriptor(function objc.ID) = MTL4ComputePipelineDescriptor setComputeFunctionDescriptor: v@:@ none 26.0
//objc setPipelineMultiple4(multiple bool) = MTL4ComputePipelineDescriptor setThreadGroupSizeIsMultipleOfThreadExecutionWidth: v@:B none 26.0
//objc setPipelineMaxTotalThreadsPerThreadgroup4(threads uint64) = MTL4ComputePipelineDescriptor setMaxTotalThreadsPerThreadgroup: v@:Q none 26.0
//objc setPipelineRequiredThreadsPerThreadgroup4(size Size) = MTL4ComputePipelineDescriptor setRequiredThreadsPerThreadgroup: v@:{?=QQQ} none 26.0
//objc setPipelineSupportIndirectCommandBuffers4(support IndirectCommandBufferSupportState) = MTL4ComputePipelineDescriptor setSupportIndirectCommandBuffers: v@:q none 26.0
//objc setPipelineLabel4(label objc.ID) = MTL4PipelineDescriptor setLabel: v@:@ none 26.0
//objc setPipelineOptions4(options objc.ID) = MTL4PipelineDescriptor setOptions: v@:@ none 26.0
//objc newPipelineOptions() objc.ID = MTL4PipelineOptions +new @@: owned 26.0
//objc setPipelineOptionsShaderValidation(validation ShaderValidation) = MTL4PipelineOptions setShaderValidation: v@:q none 26.0
//objc setPipelineOptionsShaderReflection(reflection ShaderReflection) = MTL4PipelineOptions setShaderReflection: v@:Q none 26.0
//objc newStaticLinkingDescriptor() objc.ID = MTL4StaticLinkingDescriptor +new @@: owned 26.0
//objc setPrivateFunctionDescriptors(functions objc.ID) = MTL4StaticLinkingDescriptor setPrivateFunctionDescriptors: v@:@ none 26.0
//objc setPipelineStaticLinking(linking objc.ID) = MTL4ComputePipelineDescriptor setStaticLinkingDescriptor: v@:@ none 26.0
//objc setDynamicLinkingPreloadedLibraries(libraries objc.ID) = MTL4PipelineStageDynamicLinkingDescriptor setPreloadedLibraries: v@:@ none 26.0
//objc newDynamicLinkingDescriptor() objc.ID = MTL4PipelineStageDynamicLinkingDescriptor +new @@: owned 26.0
//objc setDynamicLinkingMaxCallStackDepth(depth uint64) = MTL4PipelineStageDynamicLinkingDescriptor setMaxCallStackDepth: v@:Q none 26.0
//objc pipelineReflection() objc.ID = MTLComputePipelineState reflection @@: autoreleased 26.0

//objc newArchive(url objc.ID, err **NSError) objc.ID = MTLDevice newArchiveWithURL:error: @@:@^@ owned 26.0
//objc setArchiveLabel(label objc.ID) = MTL4Archive setLabel: v@:@ none 26.0
//objc archiveNewComputePipelineState(descriptor objc.ID, linking objc.ID, err **NSError) objc.ID = MTL4Archive newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:error: @@:@@^@ owned 26.0

//objc newPipelineDataSetSerializer(descriptor objc.ID) objc.ID = MTLDevice newPipelineDataSetSerializerWithDescriptor: @@:@ owned 26.0
//objc newPipelineDataSetSerializerDescriptor() objc.ID = MTL4PipelineDataSetSerializerDescriptor +new @@: owned 26.0
//objc setSerializerConfiguration(configuration PipelineDataSetSerializerConfiguration) = MTL4PipelineDataSetSerializerDescriptor setConfiguration: v@:Q none 26.0
//objc serializeAsArchiveAndFlush(url objc.ID, err **NSError) bool = MTL4PipelineDataSetSerializer serializeAsArchiveAndFlushToURL:error: B@:@^@ none 26.0
//objc serializeAsPipelinesScript(err **NSError) objc.ID = MTL4PipelineDataSetSerializer serializeAsPipelinesScriptWithError: @@:^@ autoreleased 26.0

//objc setPipelineSupportIndirectCommandBuffers(support bool) = MTLComputePipelineDescriptor setSupportIndirectCommandBuffers: v@:B none 11.0
//objc newComputePipelineDescriptor() objc.ID = MTLComputePipelineDescriptor +new @@: owned 10.11
//objc setComputeFunction(function objc.ID) = MTLComputePipelineDescriptor setComputeFunction: v@:@ none 10.11
//objc setPipelineLabel(label objc.ID) = MTLComputePipelineDescriptor setLabel: v@:@ none 10.11
//objc setPipelineMaxTotalThreadsPerThreadgroup(threads uint64) = MTLComputePipelineDescriptor setMaxTotalThreadsPerThreadgroup: v@:Q none 10.14
//objc setThreadGroupSizeIsMultiple(multiple bool) = MTLComputePipelineDescriptor setThreadGroupSizeIsMultipleOfThreadExecutionWidth: v@:B none 10.11
//objc pipelineBuffers() objc.ID = MTLComputePipelineDescriptor buffers @@: autoreleased 10.13
//objc setPipelineMaxCallStackDepth(depth uint64) = MTLComputePipelineDescriptor setMaxCallStackDepth: v@:Q none 11.0
//objc setPipelineShaderValidation(validation ShaderValidation) = MTLComputePipelineDescriptor setShaderValidation: v@:q none 15.0
//objc setPipelineRequiredThreadsPerThreadgroup(threads Size) = MTLComputePipelineDescriptor setRequiredThreadsPerThreadgroup: v@:{?=QQQ} none 26.0
//objc setPipelineBinaryArchives(archives objc.ID) = MTLComputePipelineDescriptor setBinaryArchives: v@:@ none 11.0

//objc pipelineBufferAtIndex(index uint64) objc.ID = MTLPipelineBufferDescriptorArray objectAtIndexedSubscript: @@:Q autoreleased 10.13
//objc setMutability(mutability Mutability) = MTLPipelineBufferDescriptor setMutability: v@:Q none 10.13

//objc reflectionBindings() objc.ID = MTLComputePipelineReflection bindings @@: autoreleased 13.0
//objc bindingName() objc.ID = MTLBinding name @@: autoreleased 13.0
//objc bindingType() BindingType = MTLBinding type q@: none 13.0
//objc bindingAccess() BindingAccess = MTLBinding access Q@: none 13.0
//objc bindingIndex() uint64 = MTLBinding index Q@: none 13.0
//objc bindingIsUsed() bool = MTLBinding isUsed B@: none 13.0
//objc bindingIsArgument() bool = MTLBinding isArgument B@: none 13.0
//objc bindingBufferAlignment() uint64 = MTLBufferBinding bufferAlignment Q@: none 13.0
//objc bindingBufferDataSize() uint64 = MTLBufferBinding bufferDataSize Q@: none 13.0
//objc bindingBufferDataType() DataType = MTLBufferBinding bufferDataType Q@: none 13.0
//objc bindingBufferStructType() objc.ID = MTLBufferBinding bufferStructType @@: autoreleased 13.0
//objc structTypeMembers() objc.ID = MTLStructType members @@: autoreleased 10.11
//objc structMemberName() objc.ID = MTLStructMember name @@: autoreleased 10.11
//objc structMemberOffset() uint64 = MTLStructMember offset Q@: none 10.11
//objc structMemberDataType() DataType = MTLStructMember dataType Q@: none 10.11
//objc bindingThreadgroupMemoryAlignment() uint64 = MTLThreadgroupBinding threadgroupMemoryAlignment Q@: none 13.0
//objc bindingThreadgroupMemoryDataSize() uint64 = MTLThreadgroupBinding threadgroupMemoryDataSize Q@: none 13.0

//objc newBinaryArchive(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newBinaryArchiveWithDescriptor:error: @@:@^@ owned 11.0
//objc newBinaryArchiveDescriptor() objc.ID = MTLBinaryArchiveDescriptor +new @@: owned 11.0
//objc setBinaryArchiveDescriptorURL(url objc.ID) = MTLBinaryArchiveDescriptor setUrl: v@:@ none 11.0
//objc setBinaryArchiveLabel(label objc.ID) = MTLBinaryArchive setLabel: v@:@ none 11.0
//objc archiveAddComputePipelineFunctions(descriptor objc.ID, err **NSError) bool = MTLBinaryArchive addComputePipelineFunctionsWithDescriptor:error: B@:@^@ none 11.0
//objc archiveSerialize(url objc.ID, err **NSError) bool = MTLBinaryArchive serializeToURL:error: B@:@^@ none 11.0

//objc pipelineMaxTotalThreadsPerThreadgroup() uint64 = MTLComputePipelineState maxTotalThreadsPerThreadgroup Q@: none 10.11
//objc pipelineRequiredThreadsPerThreadgroup() Size = MTLComputePipelineState requiredThreadsPerThreadgroup {?=QQQ}@: none 26.0
//objc pipelineThreadExecutionWidth() uint64 = MTLComputePipelineState threadExecutionWidth Q@: none 10.11
//objc pipelineGPUResourceID() ResourceID = MTLComputePipelineState gpuResourceID {MTLResourceID=Q}@: none 13.0
//objc pipelineStaticThreadgroupMemoryLength() uint64 = MTLComputePipelineState staticThreadgroupMemoryLength Q@: none 10.13

//objc newCommandQueueDescriptor() objc.ID = MTLCommandQueueDescriptor +new @@: owned 15.0
//objc setQueueMaxCommandBufferCount(count uint64) = MTLCommandQueueDescriptor setMaxCommandBufferCount: v@:Q none 15.0
//objc setQueueLogState(state objc.ID) = MTLCommandQueueDescriptor setLogState: v@:@ none 15.0

//objc newCommandBufferDescriptor() objc.ID = MTLCommandBufferDescriptor +new @@: owned 11.0
//objc setRetainedReferences(retained bool) = MTLCommandBufferDescriptor setRetainedReferences: v@:B none 11.0
//objc setErrorOptions(options CommandBufferErrorOption) = MTLCommandBufferDescriptor setErrorOptions: v@:Q none 11.0
//objc setCommandBufferLogState(state objc.ID) = MTLCommandBufferDescriptor setLogState: v@:@ none 15.0
//objc pipelineSupportIndirectCommandBuffers() bool = MTLComputePipelineState supportIndirectCommandBuffers B@: none 11.0

//objc commandBuffer() objc.ID = MTLCommandQueue commandBuffer @@: autoreleased 10.11
//objc commandBufferWithDescriptor(descriptor objc.ID) objc.ID = MTLCommandQueue commandBufferWithDescriptor: @@:@ autoreleased 11.0
//objc queueLabel() objc.ID = MTLCommandQueue label @@: autoreleased 10.11
//objc setQueueLabel(label objc.ID) = MTLCommandQueue setLabel: v@:@ none 10.11

//objc computeCommandEncoder(dispatchType DispatchType) objc.ID = MTLCommandBuffer computeCommandEncoderWithDispatchType: @@:Q autoreleased 10.14
//objc blitCommandEncoder() objc.ID = MTLCommandBuffer blitCommandEncoder @@: autoreleased 10.11
//objc setCommandBufferLabel(label objc.ID) = MTLCommandBuffer setLabel: v@:@ none 10.11
//objc commandBufferLabel() objc.ID = MTLCommandBuffer label @@: autoreleased 10.11
//objc commandBufferRetainedReferences() bool = MTLCommandBuffer retainedReferences B@: none 10.11
//objc commandBufferErrorOptions() CommandBufferErrorOption = MTLCommandBuffer errorOptions Q@: none 11.0
//objc encodeSignalEvent(event objc.ID, value uint64) = MTLCommandBuffer encodeSignalEvent:value: v@:@Q none 10.14
//objc encodeWaitForEvent(event objc.ID, value uint64) = MTLCommandBuffer encodeWaitForEvent:value: v@:@Q none 10.14
//objc addScheduledHandler(block uintptr) = MTLCommandBuffer addScheduledHandler: v@:@? none 10.11
//objc addCompletedHandler(block uintptr) = MTLCommandBuffer addCompletedHandler: v@:@? none 10.11
//objc pushCommandBufferDebugGroup(text objc.ID) = MTLCommandBuffer pushDebugGroup: v@:@ none 10.13
//objc popCommandBufferDebugGroup() = MTLCommandBuffer popDebugGroup v@: none 10.13
//objc enqueue() = MTLCommandBuffer enqueue v@: none 10.11
//objc computeCommandEncoderWithDescriptor(descriptor objc.ID) objc.ID = MTLCommandBuffer computeCommandEncoderWithDescriptor: @@:@ autoreleased 11.0
//objc blitCommandEncoderWithDescriptor(descriptor objc.ID) objc.ID = MTLCommandBuffer blitCommandEncoderWithDescriptor: @@:@ autoreleased 11.0
//objc commit() = MTLCommandBuffer commit v@: none 10.11
//objc waitUntilScheduled() = MTLCommandBuffer waitUntilScheduled v@: none 10.11
//objc waitUntilCompleted() = MTLCommandBuffer waitUntilCompleted v@: none 10.11
//objc commandBufferStatus() CommandBufferStatus = MTLCommandBuffer status Q@: none 10.11
//objc commandBufferError() objc.ID = MTLCommandBuffer error @@: autoreleased 10.11
//objc gpuStartTime() float64 = MTLCommandBuffer GPUStartTime d@: none 10.15
//objc gpuEndTime() float64 = MTLCommandBuffer GPUEndTime d@: none 10.15
//objc kernelStartTime() float64 = MTLCommandBuffer kernelStartTime d@: none 10.15
//objc kernelEndTime() float64 = MTLCommandBuffer kernelEndTime d@: none 10.15

//objc commandBufferLogs() objc.ID = MTLCommandBuffer logs @@: autoreleased 11.0
//objc functionLogType() FunctionLogType = MTLFunctionLog type Q@: none 11.0
//objc functionLogEncoderLabel() objc.ID = MTLFunctionLog encoderLabel @@: autoreleased 11.0
//objc functionLogFunction() objc.ID = MTLFunctionLog function @@: autoreleased 11.0
//objc functionLogDebugLocation() objc.ID = MTLFunctionLog debugLocation @@: autoreleased 11.0
//objc debugLocationFunctionName() objc.ID = MTLFunctionLogDebugLocation functionName @@: autoreleased 11.0
//objc debugLocationURL() objc.ID = MTLFunctionLogDebugLocation URL @@: autoreleased 11.0
//objc debugLocationLine() uint64 = MTLFunctionLogDebugLocation line Q@: none 11.0
//objc debugLocationColumn() uint64 = MTLFunctionLogDebugLocation column Q@: none 11.0

//objc encoderInfoLabel() objc.ID = MTLCommandBufferEncoderInfo label @@: autoreleased 11.0
//objc encoderInfoDebugSignposts() objc.ID = MTLCommandBufferEncoderInfo debugSignposts @@: autoreleased 11.0
//objc encoderInfoErrorState() CommandEncoderErrorState = MTLCommandBufferEncoderInfo errorState q@: none 11.0

//objc setEventLabel(label objc.ID) = MTLEvent setLabel: v@:@ none 10.14
//objc eventLabel() objc.ID = MTLEvent label @@: autoreleased 10.14
//objc signaledValue() uint64 = MTLSharedEvent signaledValue Q@: none 10.14
//objc setSignaledValue(value uint64) = MTLSharedEvent setSignaledValue: v@:Q none 10.14
//objc waitUntilSignaledValue(value uint64, milliseconds uint64) bool = MTLSharedEvent waitUntilSignaledValue:timeoutMS: B@:QQ none 12.0
//objc notifyListener(listener objc.ID, value uint64, block uintptr) = MTLSharedEvent notifyListener:atValue:block: v@:@Q@? none 10.14
//objc newSharedEventHandle() objc.ID = MTLSharedEvent newSharedEventHandle @@: owned 10.14
//objc newSharedEventListener() objc.ID = MTLSharedEventListener +new @@: owned 10.14
//objc sharedEventHandleLabel() objc.ID = MTLSharedEventHandle label @@: autoreleased 10.14

//objc newLogState(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newLogStateWithDescriptor:error: @@:@^@ owned 15.0
//objc newLogStateDescriptor() objc.ID = MTLLogStateDescriptor +new @@: owned 15.0
//objc setLogLevel(level LogLevel) = MTLLogStateDescriptor setLevel: v@:q none 15.0
//objc setLogBufferSize(size int64) = MTLLogStateDescriptor setBufferSize: v@:q none 15.0
//objc addLogHandler(block uintptr) = MTLLogState addLogHandler: v@:@? none 15.0

//objc counterSetName() objc.ID = MTLCounterSet name @@: autoreleased 10.15
//objc counterSetCounters() objc.ID = MTLCounterSet counters @@: autoreleased 10.15
//objc counterName() objc.ID = MTLCounter name @@: autoreleased 10.15

//objc newCounterSampleBufferDescriptor() objc.ID = MTLCounterSampleBufferDescriptor +new @@: owned 10.15
//objc setCounterSet(set objc.ID) = MTLCounterSampleBufferDescriptor setCounterSet: v@:@ none 10.15
//objc setSampleBufferLabel(label objc.ID) = MTLCounterSampleBufferDescriptor setLabel: v@:@ none 10.15
//objc setSampleBufferStorageMode(mode StorageMode) = MTLCounterSampleBufferDescriptor setStorageMode: v@:Q none 10.15
//objc setSampleCount(count uint64) = MTLCounterSampleBufferDescriptor setSampleCount: v@:Q none 10.15
//objc resolveCounterRange(samples objc.Range) objc.ID = MTLCounterSampleBuffer resolveCounterRange: @@:{_NSRange=QQ} autoreleased 10.15

//objc newCounterHeap(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newCounterHeapWithDescriptor:error: @@:@^@ owned 26.0
//objc sizeOfCounterHeapEntry(heapType CounterHeapType) uint64 = MTLDevice sizeOfCounterHeapEntry: Q@:q none 26.0
//objc queryTimestampFrequency() uint64 = MTLDevice queryTimestampFrequency Q@: none 26.0
//objc newCounterHeapDescriptor() objc.ID = MTL4CounterHeapDescriptor +new @@: owned 26.0
//objc setCounterHeapType(heapType CounterHeapType) = MTL4CounterHeapDescriptor setType: v@:q none 26.0
//objc setCounterHeapCount(count uint64) = MTL4CounterHeapDescriptor setCount: v@:Q none 26.0
//objc setCounterHeapLabel(label objc.ID) = MTL4CounterHeap setLabel: v@:@ none 26.0
//objc resolveCounterHeapRange(entries objc.Range) objc.ID = MTL4CounterHeap resolveCounterRange: @@:{_NSRange=QQ} autoreleased 26.0
//objc invalidateCounterRange(entries objc.Range) = MTL4CounterHeap invalidateCounterRange: v@:{_NSRange=QQ} none 26.0

//objc newComputePassDescriptor() objc.ID = MTLComputePassDescriptor +new @@: owned 11.0
//objc setPassDispatchType(dispatchType DispatchType) = MTLComputePassDescriptor setDispatchType: v@:Q none 11.0
//objc computePassAttachments() objc.ID = MTLComputePassDescriptor sampleBufferAttachments @@: autoreleased 11.0
//objc computePassAttachment(index uint64) objc.ID = MTLComputePassSampleBufferAttachmentDescriptorArray objectAtIndexedSubscript: @@:Q autoreleased 11.0
//objc setComputePassSampleBuffer(buffer objc.ID) = MTLComputePassSampleBufferAttachmentDescriptor setSampleBuffer: v@:@ none 11.0
//objc setComputePassStart(index uint64) = MTLComputePassSampleBufferAttachmentDescriptor setStartOfEncoderSampleIndex: v@:Q none 11.0
//objc setComputePassEnd(index uint64) = MTLComputePassSampleBufferAttachmentDescriptor setEndOfEncoderSampleIndex: v@:Q none 11.0

//objc newBlitPassDescriptor() objc.ID = MTLBlitPassDescriptor +new @@: owned 11.0
//objc blitPassAttachments() objc.ID = MTLBlitPassDescriptor sampleBufferAttachments @@: autoreleased 11.0
//objc blitPassAttachment(index uint64) objc.ID = MTLBlitPassSampleBufferAttachmentDescriptorArray objectAtIndexedSubscript: @@:Q autoreleased 11.0
//objc setBlitPassSampleBuffer(buffer objc.ID) = MTLBlitPassSampleBufferAttachmentDescriptor setSampleBuffer: v@:@ none 11.0
//objc setBlitPassStart(index uint64) = MTLBlitPassSampleBufferAttachmentDescriptor setStartOfEncoderSampleIndex: v@:Q none 11.0
//objc setBlitPassEnd(index uint64) = MTLBlitPassSampleBufferAttachmentDescriptor setEndOfEncoderSampleIndex: v@:Q none 11.0

//objc sharedCaptureManager() objc.ID = MTLCaptureManager +sharedCaptureManager @@: autoreleased 10.13
//objc newCaptureScopeWithDevice(device objc.ID) objc.ID = MTLCaptureManager newCaptureScopeWithDevice: @@:@ owned 10.13
//objc newCaptureScopeWithCommandQueue(queue objc.ID) objc.ID = MTLCaptureManager newCaptureScopeWithCommandQueue: @@:@ owned 10.13
//objc supportsDestination(destination CaptureDestination) bool = MTLCaptureManager supportsDestination: B@:q none 10.15
//objc startCapture(descriptor objc.ID, err **NSError) bool = MTLCaptureManager startCaptureWithDescriptor:error: B@:@^@ none 10.15
//objc stopCapture() = MTLCaptureManager stopCapture v@: none 10.13
//objc isCapturing() bool = MTLCaptureManager isCapturing B@: none 10.13
//objc setDefaultCaptureScope(capture objc.ID) = MTLCaptureManager setDefaultCaptureScope: v@:@ none 10.13
//objc newCaptureDescriptor() objc.ID = MTLCaptureDescriptor +new @@: owned 10.15
//objc setCaptureObject(object objc.ID) = MTLCaptureDescriptor setCaptureObject: v@:@ none 10.15
//objc setCaptureDestination(destination CaptureDestination) = MTLCaptureDescriptor setDestination: v@:q none 10.15
//objc setCaptureOutputURL(url objc.ID) = MTLCaptureDescriptor setOutputURL: v@:@ none 10.15
//objc beginScope() = MTLCaptureScope beginScope v@: none 10.13
//objc endScope() = MTLCaptureScope endScope v@: none 10.13
//objc setCaptureScopeLabel(label objc.ID) = MTLCaptureScope setLabel: v@:@ none 10.13
//objc captureScopeLabel() objc.ID = MTLCaptureScope label @@: autoreleased 10.13

//objc setFenceLabel(label objc.ID) = MTLFence setLabel: v@:@ none 10.13
//objc fenceLabel() objc.ID = MTLFence label @@: autoreleased 10.13

//objc setEncoderLabel(label objc.ID) = MTLCommandEncoder setLabel: v@:@ none 10.11
//objc encoderLabel() objc.ID = MTLCommandEncoder label @@: autoreleased 10.11
//objc insertDebugSignpost(text objc.ID) = MTLCommandEncoder insertDebugSignpost: v@:@ none 10.11
//objc pushDebugGroup(text objc.ID) = MTLCommandEncoder pushDebugGroup: v@:@ none 10.11
//objc popDebugGroup() = MTLCommandEncoder popDebugGroup v@: none 10.11
//objc barrierAfterQueueStages(after Stages, before Stages) = MTLCommandEncoder barrierAfterQueueStages:beforeStages: v@:QQ none 26.0
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
//objc useHeaps(heaps []objc.ID, count uint64) = MTLComputeCommandEncoder useHeaps:count: v@:^@Q none 10.13
//objc dispatchType() DispatchType = MTLComputeCommandEncoder dispatchType Q@: none 10.14
//objc sampleCounters(buffer objc.ID, index uint64, barrier bool) = MTLComputeCommandEncoder sampleCountersInBuffer:atSampleIndex:withBarrier: v@:@QB none 10.15
//objc updateFence(fence objc.ID) = MTLComputeCommandEncoder updateFence: v@:@ none 10.13
//objc waitForFence(fence objc.ID) = MTLComputeCommandEncoder waitForFence: v@:@ none 10.13
//objc memoryBarrierWithScope(scope BarrierScope) = MTLComputeCommandEncoder memoryBarrierWithScope: v@:Q none 10.14 batch
//objc memoryBarrierWithResources(resources []objc.ID, count uint64) = MTLComputeCommandEncoder memoryBarrierWithResources:count: v@:^@Q none 10.14 batch

//objc useResources(resources []objc.ID, count uint64, usage ResourceUsage) = MTLComputeCommandEncoder useResources:count:usage: v@:^@QQ none 10.13 batch
//objc executeCommands(commands objc.ID, execution objc.Range) = MTLComputeCommandEncoder executeCommandsInBuffer:withRange: v@:@{_NSRange=QQ} none 11.0 batch
//objc executeCommandsIndirect(commands objc.ID, buffer objc.ID, offset uint64) = MTLComputeCommandEncoder executeCommandsInBuffer:indirectBuffer:indirectBufferOffset: v@:@@Q none 11.0 batch

//objc copyBuffer(source objc.ID, sourceOffset uint64, destination objc.ID, destinationOffset uint64, size uint64) = MTLBlitCommandEncoder copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: v@:@Q@QQ none 10.11 batch
//objc fillBuffer(buffer objc.ID, bytes objc.Range, value uint8) = MTLBlitCommandEncoder fillBuffer:range:value: v@:@{_NSRange=QQ}C none 10.11 batch
//objc synchronizeResource(resource objc.ID) = MTLBlitCommandEncoder synchronizeResource: v@:@ none 10.11
//objc sampleBlitCounters(buffer objc.ID, index uint64, barrier bool) = MTLBlitCommandEncoder sampleCountersInBuffer:atSampleIndex:withBarrier: v@:@QB none 10.15
//objc resolveCounters(buffer objc.ID, samples objc.Range, destination objc.ID, offset uint64) = MTLBlitCommandEncoder resolveCounters:inRange:destinationBuffer:destinationOffset: v@:@{_NSRange=QQ}@Q none 10.15
//objc updateBlitFence(fence objc.ID) = MTLBlitCommandEncoder updateFence: v@:@ none 10.13
//objc waitForBlitFence(fence objc.ID) = MTLBlitCommandEncoder waitForFence: v@:@ none 10.13
//objc resetCommands(commands objc.ID, reset objc.Range) = MTLBlitCommandEncoder resetCommandsInBuffer:withRange: v@:@{_NSRange=QQ} none 10.14 batch
//objc copyIndirectCommandBuffer(source objc.ID, commands objc.Range, destination objc.ID, index uint64) = MTLBlitCommandEncoder copyIndirectCommandBuffer:sourceRange:destination:destinationIndex: v@:@{_NSRange=QQ}@Q none 10.14 batch
//objc optimizeIndirectCommandBuffer(commands objc.ID, optimized objc.Range) = MTLBlitCommandEncoder optimizeIndirectCommandBuffer:withRange: v@:@{_NSRange=QQ} none 10.14 batch

//objc newIndirectCommandBuffer(descriptor objc.ID, maxCommandCount uint64, options ResourceOptions) objc.ID = MTLDevice newIndirectCommandBufferWithDescriptor:maxCommandCount:options: @@:@QQ owned 10.14
//objc newIndirectCommandBufferDescriptor() objc.ID = MTLIndirectCommandBufferDescriptor +new @@: owned 10.14
//objc setIndirectCommandTypes(types IndirectCommandType) = MTLIndirectCommandBufferDescriptor setCommandTypes: v@:Q none 10.14
//objc setIndirectInheritPipelineState(inherit bool) = MTLIndirectCommandBufferDescriptor setInheritPipelineState: v@:B none 10.14
//objc setIndirectInheritBuffers(inherit bool) = MTLIndirectCommandBufferDescriptor setInheritBuffers: v@:B none 10.14
//objc setIndirectMaxKernelBufferBindCount(count uint64) = MTLIndirectCommandBufferDescriptor setMaxKernelBufferBindCount: v@:Q none 11.0
//objc setIndirectMaxKernelThreadgroupMemoryBindCount(count uint64) = MTLIndirectCommandBufferDescriptor setMaxKernelThreadgroupMemoryBindCount: v@:Q none 14.0
//objc indirectCommandBufferSize() uint64 = MTLIndirectCommandBuffer size Q@: none 10.14
//objc indirectCommandBufferGPUResourceID() ResourceID = MTLIndirectCommandBuffer gpuResourceID {MTLResourceID=Q}@: none 13.0
//objc resetIndirectCommands(reset objc.Range) = MTLIndirectCommandBuffer resetWithRange: v@:{_NSRange=QQ} none 10.14
//objc indirectComputeCommandAtIndex(index uint64) objc.ID = MTLIndirectCommandBuffer indirectComputeCommandAtIndex: @@:Q autoreleased 11.0
//objc setIndirectComputePipelineState(pipeline objc.ID) = MTLIndirectComputeCommand setComputePipelineState: v@:@ none 11.0 batch
//objc setKernelBuffer(buffer objc.ID, offset uint64, index uint64) = MTLIndirectComputeCommand setKernelBuffer:offset:atIndex: v@:@QQ none 11.0 batch
//objc setIndirectThreadgroupMemoryLength(length uint64, index uint64) = MTLIndirectComputeCommand setThreadgroupMemoryLength:atIndex: v@:QQ none 11.0 batch
//objc setIndirectBarrier() = MTLIndirectComputeCommand setBarrier v@: none 11.0 batch
//objc clearIndirectBarrier() = MTLIndirectComputeCommand clearBarrier v@: none 11.0 batch
//objc concurrentDispatchThreadgroups(threadgroups Size, threadsPerThreadgroup Size) = MTLIndirectComputeCommand concurrentDispatchThreadgroups:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ} none 11.0 batch
//objc concurrentDispatchThreads(threads Size, threadsPerThreadgroup Size) = MTLIndirectComputeCommand concurrentDispatchThreads:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ} none 11.0 batch
//objc resetIndirectCommand() = MTLIndirectComputeCommand reset v@: none 11.0 batch

//objc newCommandQueue4(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newMTL4CommandQueueWithDescriptor:error: @@:@^@ owned 26.0
//objc newCommandAllocator(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newCommandAllocatorWithDescriptor:error: @@:@^@ owned 26.0
//objc newCommandBuffer4() objc.ID = MTLDevice newCommandBuffer @@: owned 26.0
//objc newArgumentTable(descriptor objc.ID, err **NSError) objc.ID = MTLDevice newArgumentTableWithDescriptor:error: @@:@^@ owned 26.0

//objc newCommandQueue4Descriptor() objc.ID = MTL4CommandQueueDescriptor +new @@: owned 26.0
//objc setCommandQueue4DescriptorLabel(label objc.ID) = MTL4CommandQueueDescriptor setLabel: v@:@ none 26.0
//objc commitCommandBuffers4(buffers []objc.ID, count uint64, options objc.ID) = MTL4CommandQueue commit:count:options: v@:^@Q@ none 26.0
//objc signalEvent(event objc.ID, value uint64) = MTL4CommandQueue signalEvent:value: v@:@Q none 26.0
//objc waitForEvent(event objc.ID, value uint64) = MTL4CommandQueue waitForEvent:value: v@:@Q none 26.0
//objc queue4AddResidencySets(sets []objc.ID, count uint64) = MTL4CommandQueue addResidencySets:count: v@:^@Q none 26.0
//objc queue4RemoveResidencySets(sets []objc.ID, count uint64) = MTL4CommandQueue removeResidencySets:count: v@:^@Q none 26.0
//objc newCommitOptions() objc.ID = MTL4CommitOptions +new @@: owned 26.0
//objc addFeedbackHandler(block uintptr) = MTL4CommitOptions addFeedbackHandler: v@:@? none 26.0
//objc feedbackError() objc.ID = MTL4CommitFeedback error @@: autoreleased 26.0
//objc feedbackGPUStartTime() float64 = MTL4CommitFeedback GPUStartTime d@: none 26.0
//objc feedbackGPUEndTime() float64 = MTL4CommitFeedback GPUEndTime d@: none 26.0

//objc newCommandAllocatorDescriptor() objc.ID = MTL4CommandAllocatorDescriptor +new @@: owned 26.0
//objc setCommandAllocatorDescriptorLabel(label objc.ID) = MTL4CommandAllocatorDescriptor setLabel: v@:@ none 26.0
//objc commandAllocatorAllocatedSize() uint64 = MTL4CommandAllocator allocatedSize Q@: none 26.0
//objc resetCommandAllocator() = MTL4CommandAllocator reset v@: none 26.0

//objc newCommandBufferOptions() objc.ID = MTL4CommandBufferOptions +new @@: owned 26.0
//objc setCommandBufferOptionsLogState(state objc.ID) = MTL4CommandBufferOptions setLogState: v@:@ none 26.0
//objc setCommandBuffer4Label(label objc.ID) = MTL4CommandBuffer setLabel: v@:@ none 26.0
//objc beginCommandBuffer(allocator objc.ID) = MTL4CommandBuffer beginCommandBufferWithAllocator: v@:@ none 26.0
//objc beginCommandBufferWithOptions(allocator objc.ID, options objc.ID) = MTL4CommandBuffer beginCommandBufferWithAllocator:options: v@:@@ none 26.0
//objc endCommandBuffer() = MTL4CommandBuffer endCommandBuffer v@: none 26.0
//objc computeCommandEncoder4() objc.ID = MTL4CommandBuffer computeCommandEncoder @@: autoreleased 26.0
//objc commandBuffer4UseResidencySets(sets []objc.ID, count uint64) = MTL4CommandBuffer useResidencySets:count: v@:^@Q none 26.0
//objc commandBuffer4WriteTimestamp(heap objc.ID, index uint64) = MTL4CommandBuffer writeTimestampIntoHeap:atIndex: v@:@Q none 26.0
//objc pushCommandBuffer4DebugGroup(text objc.ID) = MTL4CommandBuffer pushDebugGroup: v@:@ none 26.0
//objc popCommandBuffer4DebugGroup() = MTL4CommandBuffer popDebugGroup v@: none 26.0

//objc newArgumentTableDescriptor() objc.ID = MTL4ArgumentTableDescriptor +new @@: owned 26.0
//objc setArgumentTableMaxBufferBindCount(count uint64) = MTL4ArgumentTableDescriptor setMaxBufferBindCount: v@:Q none 26.0
//objc setArgumentTableInitializeBindings(initialize bool) = MTL4ArgumentTableDescriptor setInitializeBindings: v@:B none 26.0
//objc setArgumentTableDescriptorLabel(label objc.ID) = MTL4ArgumentTableDescriptor setLabel: v@:@ none 26.0
//objc setArgumentTableAddress(address uint64, index uint64) = MTL4ArgumentTable setAddress:atIndex: v@:QQ none 26.0 batch

//objc setEncoder4Label(label objc.ID) = MTL4CommandEncoder setLabel: v@:@ none 26.0
//objc insertDebugSignpost4(text objc.ID) = MTL4CommandEncoder insertDebugSignpost: v@:@ none 26.0
//objc pushDebugGroup4(text objc.ID) = MTL4CommandEncoder pushDebugGroup: v@:@ none 26.0
//objc popDebugGroup4() = MTL4CommandEncoder popDebugGroup v@: none 26.0
//objc barrierAfterQueueStages4(after Stages, before Stages, visibility VisibilityOptions) = MTL4CommandEncoder barrierAfterQueueStages:beforeStages:visibilityOptions: v@:QQQ none 26.0 batch
//objc barrierAfterStages(after Stages, before Stages, visibility VisibilityOptions) = MTL4CommandEncoder barrierAfterStages:beforeQueueStages:visibilityOptions: v@:QQQ none 26.0 batch
//objc barrierAfterEncoderStages(after Stages, before Stages, visibility VisibilityOptions) = MTL4CommandEncoder barrierAfterEncoderStages:beforeEncoderStages:visibilityOptions: v@:QQQ none 26.0 batch
//objc updateFenceAfterStages(fence objc.ID, after Stages) = MTL4CommandEncoder updateFence:afterEncoderStages: v@:@Q none 26.0 batch
//objc waitForFenceBeforeStages(fence objc.ID, before Stages) = MTL4CommandEncoder waitForFence:beforeEncoderStages: v@:@Q none 26.0 batch
//objc endEncoding4() = MTL4CommandEncoder endEncoding v@: none 26.0 batch

//objc encoderStages() Stages = MTL4ComputeCommandEncoder stages Q@: none 26.0
//objc setComputePipelineState4(pipeline objc.ID) = MTL4ComputeCommandEncoder setComputePipelineState: v@:@ none 26.0 batch
//objc setArgumentTable(table objc.ID) = MTL4ComputeCommandEncoder setArgumentTable: v@:@ none 26.0 batch
//objc setThreadgroupMemoryLength4(length uint64, index uint64) = MTL4ComputeCommandEncoder setThreadgroupMemoryLength:atIndex: v@:QQ none 26.0 batch
//objc dispatchThreadgroups4(threadgroups Size, threadsPerThreadgroup Size) = MTL4ComputeCommandEncoder dispatchThreadgroups:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ} none 26.0 batch
//objc dispatchThreads4(threads Size, threadsPerThreadgroup Size) = MTL4ComputeCommandEncoder dispatchThreads:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ} none 26.0 batch
//objc dispatchThreadgroupsAtAddress(address uint64, threadsPerThreadgroup Size) = MTL4ComputeCommandEncoder dispatchThreadgroupsWithIndirectBuffer:threadsPerThreadgroup: v@:Q{?=QQQ} none 26.0 batch
//objc dispatchThreadsAtAddress(address uint64) = MTL4ComputeCommandEncoder dispatchThreadsWithIndirectBuffer: v@:Q none 26.0 batch
//objc executeCommands4(commands objc.ID, execution objc.Range) = MTL4ComputeCommandEncoder executeCommandsInBuffer:withRange: v@:@{_NSRange=QQ} none 26.0 batch
//objc executeCommandsAtAddress(commands objc.ID, address uint64) = MTL4ComputeCommandEncoder executeCommandsInBuffer:indirectBuffer: v@:@Q none 26.0 batch
//objc copyBuffer4(source objc.ID, sourceOffset uint64, destination objc.ID, destinationOffset uint64, size uint64) = MTL4ComputeCommandEncoder copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: v@:@Q@QQ none 26.0 batch
//objc fillBuffer4(buffer objc.ID, bytes objc.Range, value uint8) = MTL4ComputeCommandEncoder fillBuffer:range:value: v@:@{_NSRange=QQ}C none 26.0 batch
//objc resetCommands4(commands objc.ID, reset objc.Range) = MTL4ComputeCommandEncoder resetCommandsInBuffer:withRange: v@:@{_NSRange=QQ} none 26.0 batch
//objc copyIndirectCommandBuffer4(source objc.ID, commands objc.Range, destination objc.ID, index uint64) = MTL4ComputeCommandEncoder copyIndirectCommandBuffer:sourceRange:destination:destinationIndex: v@:@{_NSRange=QQ}@Q none 26.0 batch
//objc optimizeIndirectCommandBuffer4(commands objc.ID, optimized objc.Range) = MTL4ComputeCommandEncoder optimizeIndirectCommandBuffer:withRange: v@:@{_NSRange=QQ} none 26.0 batch

//objc writeTimestamp(granularity TimestampGranularity, heap objc.ID, index uint64) = MTL4ComputeCommandEncoder writeTimestampWithGranularity:intoHeap:atIndex: v@:q@Q none 26.0 batch

//objc newCaptureScopeWithCommandQueue4(queue objc.ID) objc.ID = MTLCaptureManager newCaptureScopeWithMTL4CommandQueue: @@:@ owned 26.0
