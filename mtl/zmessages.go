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
	selIsLowPower
	selIsHeadless
	selIsRemovable
	selLocation
	selLocationNumber
	selMaxTransferRate
	selArgumentBuffersSupport
	selSupportsDynamicLibraries
	selShouldMaximizeConcurrentCompilation
	selSetShouldMaximizeConcurrentCompilation
	selMaximumConcurrentCompilationTaskCount
	selHeapBufferSizeAndAlignWithLength_options
	selSupportsFamily
	selNewCommandQueue
	selNewCommandQueueWithMaxCommandBufferCount
	selNewCommandQueueWithDescriptor
	selNewEvent
	selNewSharedEvent
	selNewSharedEventWithHandle
	selCounterSets
	selSupportsCounterSampling
	selNewCounterSampleBufferWithDescriptor_error
	selSampleTimestamps_gpuTimestamp
	selNewFence
	selNewBufferWithLength_options
	selNewBufferWithBytes_length_options
	selNewBufferWithBytesNoCopy_length_options_deallocator
	selNewLibraryWithSource_options_error
	selNewComputePipelineStateWithFunction_error
	selNewComputePipelineStateWithDescriptor_options_reflection_error
	selLength
	selContents
	selDidModifyRange
	selAddDebugMarker_range
	selRemoveAllDebugMarkers
	selGpuAddress
	selLabel
	selSetLabel
	selResourceOptions
	selSetPurgeableState
	selHeapOffset
	selAllocatedSize
	selMakeAliasable
	selIsAliasable
	selNewHeapWithDescriptor
	selNew
	selSetSize
	selSetType
	selSetResourceOptions
	selSize
	selUsedSize
	selMaxAvailableSizeWithAlignment
	selNewBufferWithLength_options_offset
	selNewResidencySetWithDescriptor_error
	selSetInitialCapacity
	selAddAllocations_count
	selRemoveAllocations_count
	selRemoveAllAllocations
	selContainsAllocation
	selAllAllocations
	selAllocationCount
	selCommit
	selRequestResidency
	selEndResidency
	selAddResidencySets_count
	selRemoveResidencySets_count
	selUseResidencySets_count
	selSetLanguageVersion
	selLanguageVersion
	selSetMathMode
	selMathMode
	selSetMathFloatingPointFunctions
	selMathFloatingPointFunctions
	selSetOptimizationLevel
	selSetMaxTotalThreadsPerThreadgroup
	selSetLibraryType
	selSetInstallName
	selSetLibraries
	selSetCompileSymbolVisibility
	selSetAllowReferencingUndefinedSymbols
	selSetRequiredThreadsPerThreadgroup
	selSetFastMathEnabled
	selFastMathEnabled
	selSetEnableLogging
	selSetPreprocessorMacros
	selNewLibraryWithData_error
	selNewLibraryWithURL_error
	selNewDefaultLibrary
	selType
	selInstallName
	selReflectionForFunctionWithName
	selBindings
	selUserAnnotation
	selFunctionNames
	selNewFunctionWithName
	selNewFunctionWithName_constantValues_error
	selNewFunctionWithDescriptor_error
	selFunctionDescriptor
	selSetName
	selSetSpecializedName
	selSetConstantValues
	selSetOptions
	selNewDynamicLibrary_error
	selNewDynamicLibraryWithURL_error
	selSerializeToURL_error
	selLinkedFunctions
	selSetPrivateFunctions
	selSetLinkedFunctions
	selSetPreloadedLibraries
	selFunctionConstantsDictionary
	selFunctionType
	selIndex
	selRequired
	selSetConstantValue_type_atIndex
	selSetConstantValue_type_withName
	selNewCompilerWithDescriptor_error
	selSetPipelineDataSetSerializer
	selNewLibraryWithDescriptor_error
	selNewComputePipelineStateWithDescriptor_dynamicLinkingDescriptor_compilerTaskOptions_error
	selSetLookupArchives
	selSetSource
	selSetLibrary
	selSetFunctionDescriptor
	selSetComputeFunctionDescriptor
	selSetThreadGroupSizeIsMultipleOfThreadExecutionWidth
	selSetSupportIndirectCommandBuffers
	selSetShaderValidation
	selSetShaderReflection
	selSetPrivateFunctionDescriptors
	selSetStaticLinkingDescriptor
	selSetMaxCallStackDepth
	selReflection
	selNewArchiveWithURL_error
	selNewComputePipelineStateWithDescriptor_dynamicLinkingDescriptor_error
	selNewPipelineDataSetSerializerWithDescriptor
	selSetConfiguration
	selSerializeAsArchiveAndFlushToURL_error
	selSerializeAsPipelinesScriptWithError
	selSetComputeFunction
	selBuffers
	selSetBinaryArchives
	selObjectAtIndexedSubscript
	selSetMutability
	selAccess
	selIsUsed
	selIsArgument
	selBufferAlignment
	selBufferDataSize
	selBufferDataType
	selBufferStructType
	selMembers
	selOffset
	selDataType
	selThreadgroupMemoryAlignment
	selThreadgroupMemoryDataSize
	selNewBinaryArchiveWithDescriptor_error
	selSetUrl
	selAddComputePipelineFunctionsWithDescriptor_error
	selMaxTotalThreadsPerThreadgroup
	selRequiredThreadsPerThreadgroup
	selThreadExecutionWidth
	selGpuResourceID
	selStaticThreadgroupMemoryLength
	selSetMaxCommandBufferCount
	selSetLogState
	selSetRetainedReferences
	selSetErrorOptions
	selSupportIndirectCommandBuffers
	selCommandBuffer
	selCommandBufferWithDescriptor
	selComputeCommandEncoderWithDispatchType
	selBlitCommandEncoder
	selRetainedReferences
	selErrorOptions
	selEncodeSignalEvent_value
	selEncodeWaitForEvent_value
	selAddScheduledHandler
	selAddCompletedHandler
	selPushDebugGroup
	selPopDebugGroup
	selEnqueue
	selComputeCommandEncoderWithDescriptor
	selBlitCommandEncoderWithDescriptor
	selWaitUntilScheduled
	selWaitUntilCompleted
	selStatus
	selError
	selGPUStartTime
	selGPUEndTime
	selKernelStartTime
	selKernelEndTime
	selLogs
	selEncoderLabel
	selFunction
	selDebugLocation
	selFunctionName
	selURL
	selLine
	selColumn
	selDebugSignposts
	selErrorState
	selSignaledValue
	selSetSignaledValue
	selWaitUntilSignaledValue_timeoutMS
	selNotifyListener_atValue_block
	selNewSharedEventHandle
	selNewLogStateWithDescriptor_error
	selSetLevel
	selSetBufferSize
	selAddLogHandler
	selCounters
	selSetCounterSet
	selSetStorageMode
	selSetSampleCount
	selResolveCounterRange
	selNewCounterHeapWithDescriptor_error
	selSizeOfCounterHeapEntry
	selQueryTimestampFrequency
	selSetCount
	selInvalidateCounterRange
	selSetDispatchType
	selSampleBufferAttachments
	selSetSampleBuffer
	selSetStartOfEncoderSampleIndex
	selSetEndOfEncoderSampleIndex
	selSharedCaptureManager
	selNewCaptureScopeWithDevice
	selNewCaptureScopeWithCommandQueue
	selSupportsDestination
	selStartCaptureWithDescriptor_error
	selStopCapture
	selIsCapturing
	selSetDefaultCaptureScope
	selSetCaptureObject
	selSetDestination
	selSetOutputURL
	selBeginScope
	selEndScope
	selInsertDebugSignpost
	selBarrierAfterQueueStages_beforeStages
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
	selUseHeaps_count
	selDispatchType
	selSampleCountersInBuffer_atSampleIndex_withBarrier
	selUpdateFence
	selWaitForFence
	selMemoryBarrierWithScope
	selMemoryBarrierWithResources_count
	selUseResources_count_usage
	selExecuteCommandsInBuffer_withRange
	selExecuteCommandsInBuffer_indirectBuffer_indirectBufferOffset
	selCopyFromBuffer_sourceOffset_toBuffer_destinationOffset_size
	selFillBuffer_range_value
	selSynchronizeResource
	selResolveCounters_inRange_destinationBuffer_destinationOffset
	selResetCommandsInBuffer_withRange
	selCopyIndirectCommandBuffer_sourceRange_destination_destinationIndex
	selOptimizeIndirectCommandBuffer_withRange
	selNewIndirectCommandBufferWithDescriptor_maxCommandCount_options
	selSetCommandTypes
	selSetInheritPipelineState
	selSetInheritBuffers
	selSetMaxKernelBufferBindCount
	selSetMaxKernelThreadgroupMemoryBindCount
	selResetWithRange
	selIndirectComputeCommandAtIndex
	selSetKernelBuffer_offset_atIndex
	selSetBarrier
	selClearBarrier
	selConcurrentDispatchThreadgroups_threadsPerThreadgroup
	selConcurrentDispatchThreads_threadsPerThreadgroup
	selReset
	selNewMTL4CommandQueueWithDescriptor_error
	selNewCommandAllocatorWithDescriptor_error
	selNewCommandBuffer
	selNewArgumentTableWithDescriptor_error
	selCommit_count_options
	selSignalEvent_value
	selWaitForEvent_value
	selAddFeedbackHandler
	selBeginCommandBufferWithAllocator
	selBeginCommandBufferWithAllocator_options
	selEndCommandBuffer
	selComputeCommandEncoder
	selWriteTimestampIntoHeap_atIndex
	selSetMaxBufferBindCount
	selSetInitializeBindings
	selSetAddress_atIndex
	selBarrierAfterQueueStages_beforeStages_visibilityOptions
	selBarrierAfterStages_beforeQueueStages_visibilityOptions
	selBarrierAfterEncoderStages_beforeEncoderStages_visibilityOptions
	selUpdateFence_afterEncoderStages
	selWaitForFence_beforeEncoderStages
	selStages
	selSetArgumentTable
	selDispatchThreadgroupsWithIndirectBuffer_threadsPerThreadgroup
	selDispatchThreadsWithIndirectBuffer
	selExecuteCommandsInBuffer_indirectBuffer
	selWriteTimestampWithGranularity_intoHeap_atIndex
	selNewCaptureScopeWithMTL4CommandQueue
)

var selectorNames = [...]string{
	selName:                                       "name",
	selArchitecture:                               "architecture",
	selRegistryID:                                 "registryID",
	selHasUnifiedMemory:                           "hasUnifiedMemory",
	selMaxThreadsPerThreadgroup:                   "maxThreadsPerThreadgroup",
	selMaxThreadgroupMemoryLength:                 "maxThreadgroupMemoryLength",
	selMaxBufferLength:                            "maxBufferLength",
	selRecommendedMaxWorkingSetSize:               "recommendedMaxWorkingSetSize",
	selCurrentAllocatedSize:                       "currentAllocatedSize",
	selIsLowPower:                                 "isLowPower",
	selIsHeadless:                                 "isHeadless",
	selIsRemovable:                                "isRemovable",
	selLocation:                                   "location",
	selLocationNumber:                             "locationNumber",
	selMaxTransferRate:                            "maxTransferRate",
	selArgumentBuffersSupport:                     "argumentBuffersSupport",
	selSupportsDynamicLibraries:                   "supportsDynamicLibraries",
	selShouldMaximizeConcurrentCompilation:        "shouldMaximizeConcurrentCompilation",
	selSetShouldMaximizeConcurrentCompilation:     "setShouldMaximizeConcurrentCompilation:",
	selMaximumConcurrentCompilationTaskCount:      "maximumConcurrentCompilationTaskCount",
	selHeapBufferSizeAndAlignWithLength_options:   "heapBufferSizeAndAlignWithLength:options:",
	selSupportsFamily:                             "supportsFamily:",
	selNewCommandQueue:                            "newCommandQueue",
	selNewCommandQueueWithMaxCommandBufferCount:   "newCommandQueueWithMaxCommandBufferCount:",
	selNewCommandQueueWithDescriptor:              "newCommandQueueWithDescriptor:",
	selNewEvent:                                   "newEvent",
	selNewSharedEvent:                             "newSharedEvent",
	selNewSharedEventWithHandle:                   "newSharedEventWithHandle:",
	selCounterSets:                                "counterSets",
	selSupportsCounterSampling:                    "supportsCounterSampling:",
	selNewCounterSampleBufferWithDescriptor_error: "newCounterSampleBufferWithDescriptor:error:",
	selSampleTimestamps_gpuTimestamp:              "sampleTimestamps:gpuTimestamp:",
	selNewFence:                                   "newFence",
	selNewBufferWithLength_options:                "newBufferWithLength:options:",
	selNewBufferWithBytes_length_options:          "newBufferWithBytes:length:options:",
	selNewBufferWithBytesNoCopy_length_options_deallocator:            "newBufferWithBytesNoCopy:length:options:deallocator:",
	selNewLibraryWithSource_options_error:                             "newLibraryWithSource:options:error:",
	selNewComputePipelineStateWithFunction_error:                      "newComputePipelineStateWithFunction:error:",
	selNewComputePipelineStateWithDescriptor_options_reflection_error: "newComputePipelineStateWithDescriptor:options:reflection:error:",
	selLength:                                   "length",
	selContents:                                 "contents",
	selDidModifyRange:                           "didModifyRange:",
	selAddDebugMarker_range:                     "addDebugMarker:range:",
	selRemoveAllDebugMarkers:                    "removeAllDebugMarkers",
	selGpuAddress:                               "gpuAddress",
	selLabel:                                    "label",
	selSetLabel:                                 "setLabel:",
	selResourceOptions:                          "resourceOptions",
	selSetPurgeableState:                        "setPurgeableState:",
	selHeapOffset:                               "heapOffset",
	selAllocatedSize:                            "allocatedSize",
	selMakeAliasable:                            "makeAliasable",
	selIsAliasable:                              "isAliasable",
	selNewHeapWithDescriptor:                    "newHeapWithDescriptor:",
	selNew:                                      "new",
	selSetSize:                                  "setSize:",
	selSetType:                                  "setType:",
	selSetResourceOptions:                       "setResourceOptions:",
	selSize:                                     "size",
	selUsedSize:                                 "usedSize",
	selMaxAvailableSizeWithAlignment:            "maxAvailableSizeWithAlignment:",
	selNewBufferWithLength_options_offset:       "newBufferWithLength:options:offset:",
	selNewResidencySetWithDescriptor_error:      "newResidencySetWithDescriptor:error:",
	selSetInitialCapacity:                       "setInitialCapacity:",
	selAddAllocations_count:                     "addAllocations:count:",
	selRemoveAllocations_count:                  "removeAllocations:count:",
	selRemoveAllAllocations:                     "removeAllAllocations",
	selContainsAllocation:                       "containsAllocation:",
	selAllAllocations:                           "allAllocations",
	selAllocationCount:                          "allocationCount",
	selCommit:                                   "commit",
	selRequestResidency:                         "requestResidency",
	selEndResidency:                             "endResidency",
	selAddResidencySets_count:                   "addResidencySets:count:",
	selRemoveResidencySets_count:                "removeResidencySets:count:",
	selUseResidencySets_count:                   "useResidencySets:count:",
	selSetLanguageVersion:                       "setLanguageVersion:",
	selLanguageVersion:                          "languageVersion",
	selSetMathMode:                              "setMathMode:",
	selMathMode:                                 "mathMode",
	selSetMathFloatingPointFunctions:            "setMathFloatingPointFunctions:",
	selMathFloatingPointFunctions:               "mathFloatingPointFunctions",
	selSetOptimizationLevel:                     "setOptimizationLevel:",
	selSetMaxTotalThreadsPerThreadgroup:         "setMaxTotalThreadsPerThreadgroup:",
	selSetLibraryType:                           "setLibraryType:",
	selSetInstallName:                           "setInstallName:",
	selSetLibraries:                             "setLibraries:",
	selSetCompileSymbolVisibility:               "setCompileSymbolVisibility:",
	selSetAllowReferencingUndefinedSymbols:      "setAllowReferencingUndefinedSymbols:",
	selSetRequiredThreadsPerThreadgroup:         "setRequiredThreadsPerThreadgroup:",
	selSetFastMathEnabled:                       "setFastMathEnabled:",
	selFastMathEnabled:                          "fastMathEnabled",
	selSetEnableLogging:                         "setEnableLogging:",
	selSetPreprocessorMacros:                    "setPreprocessorMacros:",
	selNewLibraryWithData_error:                 "newLibraryWithData:error:",
	selNewLibraryWithURL_error:                  "newLibraryWithURL:error:",
	selNewDefaultLibrary:                        "newDefaultLibrary",
	selType:                                     "type",
	selInstallName:                              "installName",
	selReflectionForFunctionWithName:            "reflectionForFunctionWithName:",
	selBindings:                                 "bindings",
	selUserAnnotation:                           "userAnnotation",
	selFunctionNames:                            "functionNames",
	selNewFunctionWithName:                      "newFunctionWithName:",
	selNewFunctionWithName_constantValues_error: "newFunctionWithName:constantValues:error:",
	selNewFunctionWithDescriptor_error:          "newFunctionWithDescriptor:error:",
	selFunctionDescriptor:                       "functionDescriptor",
	selSetName:                                  "setName:",
	selSetSpecializedName:                       "setSpecializedName:",
	selSetConstantValues:                        "setConstantValues:",
	selSetOptions:                               "setOptions:",
	selNewDynamicLibrary_error:                  "newDynamicLibrary:error:",
	selNewDynamicLibraryWithURL_error:           "newDynamicLibraryWithURL:error:",
	selSerializeToURL_error:                     "serializeToURL:error:",
	selLinkedFunctions:                          "linkedFunctions",
	selSetPrivateFunctions:                      "setPrivateFunctions:",
	selSetLinkedFunctions:                       "setLinkedFunctions:",
	selSetPreloadedLibraries:                    "setPreloadedLibraries:",
	selFunctionConstantsDictionary:              "functionConstantsDictionary",
	selFunctionType:                             "functionType",
	selIndex:                                    "index",
	selRequired:                                 "required",
	selSetConstantValue_type_atIndex:            "setConstantValue:type:atIndex:",
	selSetConstantValue_type_withName:           "setConstantValue:type:withName:",
	selNewCompilerWithDescriptor_error:          "newCompilerWithDescriptor:error:",
	selSetPipelineDataSetSerializer:             "setPipelineDataSetSerializer:",
	selNewLibraryWithDescriptor_error:           "newLibraryWithDescriptor:error:",
	selNewComputePipelineStateWithDescriptor_dynamicLinkingDescriptor_compilerTaskOptions_error: "newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:compilerTaskOptions:error:",
	selSetLookupArchives:            "setLookupArchives:",
	selSetSource:                    "setSource:",
	selSetLibrary:                   "setLibrary:",
	selSetFunctionDescriptor:        "setFunctionDescriptor:",
	selSetComputeFunctionDescriptor: "setComputeFunctionDescriptor:",
	selSetThreadGroupSizeIsMultipleOfThreadExecutionWidth: "setThreadGroupSizeIsMultipleOfThreadExecutionWidth:",
	selSetSupportIndirectCommandBuffers:                   "setSupportIndirectCommandBuffers:",
	selSetShaderValidation:                                "setShaderValidation:",
	selSetShaderReflection:                                "setShaderReflection:",
	selSetPrivateFunctionDescriptors:                      "setPrivateFunctionDescriptors:",
	selSetStaticLinkingDescriptor:                         "setStaticLinkingDescriptor:",
	selSetMaxCallStackDepth:                               "setMaxCallStackDepth:",
	selReflection:                                         "reflection",
	selNewArchiveWithURL_error:                            "newArchiveWithURL:error:",
	selNewComputePipelineStateWithDescriptor_dynamicLinkingDescriptor_error: "newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:error:",
	selNewPipelineDataSetSerializerWithDescriptor:                           "newPipelineDataSetSerializerWithDescriptor:",
	selSetConfiguration:                      "setConfiguration:",
	selSerializeAsArchiveAndFlushToURL_error: "serializeAsArchiveAndFlushToURL:error:",
	selSerializeAsPipelinesScriptWithError:   "serializeAsPipelinesScriptWithError:",
	selSetComputeFunction:                    "setComputeFunction:",
	selBuffers:                               "buffers",
	selSetBinaryArchives:                     "setBinaryArchives:",
	selObjectAtIndexedSubscript:              "objectAtIndexedSubscript:",
	selSetMutability:                         "setMutability:",
	selAccess:                                "access",
	selIsUsed:                                "isUsed",
	selIsArgument:                            "isArgument",
	selBufferAlignment:                       "bufferAlignment",
	selBufferDataSize:                        "bufferDataSize",
	selBufferDataType:                        "bufferDataType",
	selBufferStructType:                      "bufferStructType",
	selMembers:                               "members",
	selOffset:                                "offset",
	selDataType:                              "dataType",
	selThreadgroupMemoryAlignment:            "threadgroupMemoryAlignment",
	selThreadgroupMemoryDataSize:             "threadgroupMemoryDataSize",
	selNewBinaryArchiveWithDescriptor_error:  "newBinaryArchiveWithDescriptor:error:",
	selSetUrl:                                "setUrl:",
	selAddComputePipelineFunctionsWithDescriptor_error: "addComputePipelineFunctionsWithDescriptor:error:",
	selMaxTotalThreadsPerThreadgroup:                   "maxTotalThreadsPerThreadgroup",
	selRequiredThreadsPerThreadgroup:                   "requiredThreadsPerThreadgroup",
	selThreadExecutionWidth:                            "threadExecutionWidth",
	selGpuResourceID:                                   "gpuResourceID",
	selStaticThreadgroupMemoryLength:                   "staticThreadgroupMemoryLength",
	selSetMaxCommandBufferCount:                        "setMaxCommandBufferCount:",
	selSetLogState:                                     "setLogState:",
	selSetRetainedReferences:                           "setRetainedReferences:",
	selSetErrorOptions:                                 "setErrorOptions:",
	selSupportIndirectCommandBuffers:                   "supportIndirectCommandBuffers",
	selCommandBuffer:                                   "commandBuffer",
	selCommandBufferWithDescriptor:                     "commandBufferWithDescriptor:",
	selComputeCommandEncoderWithDispatchType:           "computeCommandEncoderWithDispatchType:",
	selBlitCommandEncoder:                              "blitCommandEncoder",
	selRetainedReferences:                              "retainedReferences",
	selErrorOptions:                                    "errorOptions",
	selEncodeSignalEvent_value:                         "encodeSignalEvent:value:",
	selEncodeWaitForEvent_value:                        "encodeWaitForEvent:value:",
	selAddScheduledHandler:                             "addScheduledHandler:",
	selAddCompletedHandler:                             "addCompletedHandler:",
	selPushDebugGroup:                                  "pushDebugGroup:",
	selPopDebugGroup:                                   "popDebugGroup",
	selEnqueue:                                         "enqueue",
	selComputeCommandEncoderWithDescriptor:             "computeCommandEncoderWithDescriptor:",
	selBlitCommandEncoderWithDescriptor:                "blitCommandEncoderWithDescriptor:",
	selWaitUntilScheduled:                              "waitUntilScheduled",
	selWaitUntilCompleted:                              "waitUntilCompleted",
	selStatus:                                          "status",
	selError:                                           "error",
	selGPUStartTime:                                    "GPUStartTime",
	selGPUEndTime:                                      "GPUEndTime",
	selKernelStartTime:                                 "kernelStartTime",
	selKernelEndTime:                                   "kernelEndTime",
	selLogs:                                            "logs",
	selEncoderLabel:                                    "encoderLabel",
	selFunction:                                        "function",
	selDebugLocation:                                   "debugLocation",
	selFunctionName:                                    "functionName",
	selURL:                                             "URL",
	selLine:                                            "line",
	selColumn:                                          "column",
	selDebugSignposts:                                  "debugSignposts",
	selErrorState:                                      "errorState",
	selSignaledValue:                                   "signaledValue",
	selSetSignaledValue:                                "setSignaledValue:",
	selWaitUntilSignaledValue_timeoutMS:                "waitUntilSignaledValue:timeoutMS:",
	selNotifyListener_atValue_block:                    "notifyListener:atValue:block:",
	selNewSharedEventHandle:                            "newSharedEventHandle",
	selNewLogStateWithDescriptor_error:                 "newLogStateWithDescriptor:error:",
	selSetLevel:                                        "setLevel:",
	selSetBufferSize:                                   "setBufferSize:",
	selAddLogHandler:                                   "addLogHandler:",
	selCounters:                                        "counters",
	selSetCounterSet:                                   "setCounterSet:",
	selSetStorageMode:                                  "setStorageMode:",
	selSetSampleCount:                                  "setSampleCount:",
	selResolveCounterRange:                             "resolveCounterRange:",
	selNewCounterHeapWithDescriptor_error:              "newCounterHeapWithDescriptor:error:",
	selSizeOfCounterHeapEntry:                          "sizeOfCounterHeapEntry:",
	selQueryTimestampFrequency:                         "queryTimestampFrequency",
	selSetCount:                                        "setCount:",
	selInvalidateCounterRange:                          "invalidateCounterRange:",
	selSetDispatchType:                                 "setDispatchType:",
	selSampleBufferAttachments:                         "sampleBufferAttachments",
	selSetSampleBuffer:                                 "setSampleBuffer:",
	selSetStartOfEncoderSampleIndex:                    "setStartOfEncoderSampleIndex:",
	selSetEndOfEncoderSampleIndex:                      "setEndOfEncoderSampleIndex:",
	selSharedCaptureManager:                            "sharedCaptureManager",
	selNewCaptureScopeWithDevice:                       "newCaptureScopeWithDevice:",
	selNewCaptureScopeWithCommandQueue:                 "newCaptureScopeWithCommandQueue:",
	selSupportsDestination:                             "supportsDestination:",
	selStartCaptureWithDescriptor_error:                "startCaptureWithDescriptor:error:",
	selStopCapture:                                     "stopCapture",
	selIsCapturing:                                     "isCapturing",
	selSetDefaultCaptureScope:                          "setDefaultCaptureScope:",
	selSetCaptureObject:                                "setCaptureObject:",
	selSetDestination:                                  "setDestination:",
	selSetOutputURL:                                    "setOutputURL:",
	selBeginScope:                                      "beginScope",
	selEndScope:                                        "endScope",
	selInsertDebugSignpost:                             "insertDebugSignpost:",
	selBarrierAfterQueueStages_beforeStages:            "barrierAfterQueueStages:beforeStages:",
	selEndEncoding:                                     "endEncoding",
	selSetComputePipelineState:                         "setComputePipelineState:",
	selSetBytes_length_atIndex:                         "setBytes:length:atIndex:",
	selSetBuffer_offset_atIndex:                        "setBuffer:offset:atIndex:",
	selSetBufferOffset_atIndex:                         "setBufferOffset:atIndex:",
	selSetBuffers_offsets_withRange:                    "setBuffers:offsets:withRange:",
	selSetThreadgroupMemoryLength_atIndex:              "setThreadgroupMemoryLength:atIndex:",
	selDispatchThreadgroups_threadsPerThreadgroup:      "dispatchThreadgroups:threadsPerThreadgroup:",
	selDispatchThreadgroupsWithIndirectBuffer_indirectBufferOffset_threadsPerThreadgroup: "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:",
	selDispatchThreads_threadsPerThreadgroup:                                             "dispatchThreads:threadsPerThreadgroup:",
	selUseHeaps_count:                                                                    "useHeaps:count:",
	selDispatchType:                                                                      "dispatchType",
	selSampleCountersInBuffer_atSampleIndex_withBarrier:                                  "sampleCountersInBuffer:atSampleIndex:withBarrier:",
	selUpdateFence:                                                                       "updateFence:",
	selWaitForFence:                                                                      "waitForFence:",
	selMemoryBarrierWithScope:                                                            "memoryBarrierWithScope:",
	selMemoryBarrierWithResources_count:                                                  "memoryBarrierWithResources:count:",
	selUseResources_count_usage:                                                          "useResources:count:usage:",
	selExecuteCommandsInBuffer_withRange:                                                 "executeCommandsInBuffer:withRange:",
	selExecuteCommandsInBuffer_indirectBuffer_indirectBufferOffset:                       "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:",
	selCopyFromBuffer_sourceOffset_toBuffer_destinationOffset_size:                       "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:",
	selFillBuffer_range_value:                                                            "fillBuffer:range:value:",
	selSynchronizeResource:                                                               "synchronizeResource:",
	selResolveCounters_inRange_destinationBuffer_destinationOffset:                       "resolveCounters:inRange:destinationBuffer:destinationOffset:",
	selResetCommandsInBuffer_withRange:                                                   "resetCommandsInBuffer:withRange:",
	selCopyIndirectCommandBuffer_sourceRange_destination_destinationIndex:                "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:",
	selOptimizeIndirectCommandBuffer_withRange:                                           "optimizeIndirectCommandBuffer:withRange:",
	selNewIndirectCommandBufferWithDescriptor_maxCommandCount_options:                    "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:",
	selSetCommandTypes:                                                                   "setCommandTypes:",
	selSetInheritPipelineState:                                                           "setInheritPipelineState:",
	selSetInheritBuffers:                                                                 "setInheritBuffers:",
	selSetMaxKernelBufferBindCount:                                                       "setMaxKernelBufferBindCount:",
	selSetMaxKernelThreadgroupMemoryBindCount:                                            "setMaxKernelThreadgroupMemoryBindCount:",
	selResetWithRange:                                                                    "resetWithRange:",
	selIndirectComputeCommandAtIndex:                                                     "indirectComputeCommandAtIndex:",
	selSetKernelBuffer_offset_atIndex:                                                    "setKernelBuffer:offset:atIndex:",
	selSetBarrier:                                                                        "setBarrier",
	selClearBarrier:                                                                      "clearBarrier",
	selConcurrentDispatchThreadgroups_threadsPerThreadgroup:                              "concurrentDispatchThreadgroups:threadsPerThreadgroup:",
	selConcurrentDispatchThreads_threadsPerThreadgroup:                                   "concurrentDispatchThreads:threadsPerThreadgroup:",
	selReset: "reset",
	selNewMTL4CommandQueueWithDescriptor_error:                         "newMTL4CommandQueueWithDescriptor:error:",
	selNewCommandAllocatorWithDescriptor_error:                         "newCommandAllocatorWithDescriptor:error:",
	selNewCommandBuffer:                                                "newCommandBuffer",
	selNewArgumentTableWithDescriptor_error:                            "newArgumentTableWithDescriptor:error:",
	selCommit_count_options:                                            "commit:count:options:",
	selSignalEvent_value:                                               "signalEvent:value:",
	selWaitForEvent_value:                                              "waitForEvent:value:",
	selAddFeedbackHandler:                                              "addFeedbackHandler:",
	selBeginCommandBufferWithAllocator:                                 "beginCommandBufferWithAllocator:",
	selBeginCommandBufferWithAllocator_options:                         "beginCommandBufferWithAllocator:options:",
	selEndCommandBuffer:                                                "endCommandBuffer",
	selComputeCommandEncoder:                                           "computeCommandEncoder",
	selWriteTimestampIntoHeap_atIndex:                                  "writeTimestampIntoHeap:atIndex:",
	selSetMaxBufferBindCount:                                           "setMaxBufferBindCount:",
	selSetInitializeBindings:                                           "setInitializeBindings:",
	selSetAddress_atIndex:                                              "setAddress:atIndex:",
	selBarrierAfterQueueStages_beforeStages_visibilityOptions:          "barrierAfterQueueStages:beforeStages:visibilityOptions:",
	selBarrierAfterStages_beforeQueueStages_visibilityOptions:          "barrierAfterStages:beforeQueueStages:visibilityOptions:",
	selBarrierAfterEncoderStages_beforeEncoderStages_visibilityOptions: "barrierAfterEncoderStages:beforeEncoderStages:visibilityOptions:",
	selUpdateFence_afterEncoderStages:                                  "updateFence:afterEncoderStages:",
	selWaitForFence_beforeEncoderStages:                                "waitForFence:beforeEncoderStages:",
	selStages:                                                          "stages",
	selSetArgumentTable:                                                "setArgumentTable:",
	selDispatchThreadgroupsWithIndirectBuffer_threadsPerThreadgroup:    "dispatchThreadgroupsWithIndirectBuffer:threadsPerThreadgroup:",
	selDispatchThreadsWithIndirectBuffer:                               "dispatchThreadsWithIndirectBuffer:",
	selExecuteCommandsInBuffer_indirectBuffer:                          "executeCommandsInBuffer:indirectBuffer:",
	selWriteTimestampWithGranularity_intoHeap_atIndex:                  "writeTimestampWithGranularity:intoHeap:atIndex:",
	selNewCaptureScopeWithMTL4CommandQueue:                             "newCaptureScopeWithMTL4CommandQueue:",
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
	{Class: "MTLDevice", Selector: "isLowPower", Encoding: "B@:", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "isHeadless", Encoding: "B@:", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "isRemovable", Encoding: "B@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "location", Encoding: "Q@:", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "locationNumber", Encoding: "Q@:", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "maxTransferRate", Encoding: "Q@:", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "argumentBuffersSupport", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "supportsDynamicLibraries", Encoding: "B@:", MinMacOS: "11.0"},
	{Class: "MTLDevice", Selector: "shouldMaximizeConcurrentCompilation", Encoding: "B@:", MinMacOS: "13.3"},
	{Class: "MTLDevice", Selector: "setShouldMaximizeConcurrentCompilation:", Encoding: "v@:B", MinMacOS: "13.3"},
	{Class: "MTLDevice", Selector: "maximumConcurrentCompilationTaskCount", Encoding: "Q@:", MinMacOS: "13.3"},
	{Class: "MTLDevice", Selector: "heapBufferSizeAndAlignWithLength:options:", Encoding: "{?=QQ}@:QQ", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "supportsFamily:", Encoding: "B@:q", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "newCommandQueue", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newCommandQueueWithMaxCommandBufferCount:", Encoding: "@@:Q", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newCommandQueueWithDescriptor:", Encoding: "@@:@", MinMacOS: "15.0"},
	{Class: "MTLDevice", Selector: "newEvent", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLDevice", Selector: "newSharedEvent", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLDevice", Selector: "newSharedEventWithHandle:", Encoding: "@@:@", MinMacOS: "10.14"},
	{Class: "MTLDevice", Selector: "counterSets", Encoding: "@@:", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "supportsCounterSampling:", Encoding: "B@:Q", MinMacOS: "11.0"},
	{Class: "MTLDevice", Selector: "newCounterSampleBufferWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "sampleTimestamps:gpuTimestamp:", Encoding: "v@:^Q^Q", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "newFence", Encoding: "@@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "newBufferWithLength:options:", Encoding: "@@:QQ", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newBufferWithBytes:length:options:", Encoding: "@@:^vQQ", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newBufferWithBytesNoCopy:length:options:deallocator:", Encoding: "@@:^vQQ@?", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newLibraryWithSource:options:error:", Encoding: "@@:@@^@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newComputePipelineStateWithFunction:error:", Encoding: "@@:@^@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newComputePipelineStateWithDescriptor:options:reflection:error:", Encoding: "@@:@Q^@^@", MinMacOS: "10.11"},
	{Class: "MTLArchitecture", Selector: "name", Encoding: "@@:", MinMacOS: "14.0"},
	{Class: "MTLBuffer", Selector: "length", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLBuffer", Selector: "contents", Encoding: "^v@:", MinMacOS: "10.11"},
	{Class: "MTLBuffer", Selector: "didModifyRange:", Encoding: "v@:{_NSRange=QQ}", MinMacOS: "10.11"},
	{Class: "MTLBuffer", Selector: "addDebugMarker:range:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "10.12"},
	{Class: "MTLBuffer", Selector: "removeAllDebugMarkers", Encoding: "v@:", MinMacOS: "10.12"},
	{Class: "MTLBuffer", Selector: "gpuAddress", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLResource", Selector: "label", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLResource", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLResource", Selector: "resourceOptions", Encoding: "Q@:", MinMacOS: "10.15"},
	{Class: "MTLResource", Selector: "setPurgeableState:", Encoding: "Q@:Q", MinMacOS: "10.11"},
	{Class: "MTLResource", Selector: "heapOffset", Encoding: "Q@:", MinMacOS: "10.15"},
	{Class: "MTLResource", Selector: "allocatedSize", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLResource", Selector: "makeAliasable", Encoding: "v@:", MinMacOS: "10.13"},
	{Class: "MTLResource", Selector: "isAliasable", Encoding: "B@:", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "newHeapWithDescriptor:", Encoding: "@@:@", MinMacOS: "10.13"},
	{Class: "MTLHeapDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "10.13"},
	{Class: "MTLHeapDescriptor", Selector: "setSize:", Encoding: "v@:Q", MinMacOS: "10.13"},
	{Class: "MTLHeapDescriptor", Selector: "setType:", Encoding: "v@:q", MinMacOS: "10.15"},
	{Class: "MTLHeapDescriptor", Selector: "setResourceOptions:", Encoding: "v@:Q", MinMacOS: "10.15"},
	{Class: "MTLHeap", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLHeap", Selector: "size", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLHeap", Selector: "resourceOptions", Encoding: "Q@:", MinMacOS: "10.15"},
	{Class: "MTLHeap", Selector: "usedSize", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLHeap", Selector: "currentAllocatedSize", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLHeap", Selector: "maxAvailableSizeWithAlignment:", Encoding: "Q@:Q", MinMacOS: "10.13"},
	{Class: "MTLHeap", Selector: "newBufferWithLength:options:", Encoding: "@@:QQ", MinMacOS: "10.13"},
	{Class: "MTLHeap", Selector: "newBufferWithLength:options:offset:", Encoding: "@@:QQQ", MinMacOS: "10.15"},
	{Class: "MTLHeap", Selector: "setPurgeableState:", Encoding: "Q@:Q", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "newResidencySetWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "15.0"},
	{Class: "MTLResidencySetDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySetDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "15.0"},
	{Class: "MTLResidencySetDescriptor", Selector: "setInitialCapacity:", Encoding: "v@:Q", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "addAllocations:count:", Encoding: "v@:^@Q", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "removeAllocations:count:", Encoding: "v@:^@Q", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "removeAllAllocations", Encoding: "v@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "containsAllocation:", Encoding: "B@:@", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "allAllocations", Encoding: "@@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "allocationCount", Encoding: "Q@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "allocatedSize", Encoding: "Q@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "commit", Encoding: "v@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "requestResidency", Encoding: "v@:", MinMacOS: "15.0"},
	{Class: "MTLResidencySet", Selector: "endResidency", Encoding: "v@:", MinMacOS: "15.0"},
	{Class: "MTLCommandQueue", Selector: "addResidencySets:count:", Encoding: "v@:^@Q", MinMacOS: "15.0"},
	{Class: "MTLCommandQueue", Selector: "removeResidencySets:count:", Encoding: "v@:^@Q", MinMacOS: "15.0"},
	{Class: "MTLCommandBuffer", Selector: "useResidencySets:count:", Encoding: "v@:^@Q", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "+new", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "setLanguageVersion:", Encoding: "v@:Q", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "languageVersion", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "setMathMode:", Encoding: "v@:q", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "mathMode", Encoding: "q@:", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "setMathFloatingPointFunctions:", Encoding: "v@:q", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "mathFloatingPointFunctions", Encoding: "q@:", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "setOptimizationLevel:", Encoding: "v@:q", MinMacOS: "13.0"},
	{Class: "MTLCompileOptions", Selector: "setMaxTotalThreadsPerThreadgroup:", Encoding: "v@:Q", MinMacOS: "13.3"},
	{Class: "MTLCompileOptions", Selector: "setLibraryType:", Encoding: "v@:q", MinMacOS: "11.0"},
	{Class: "MTLCompileOptions", Selector: "setInstallName:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLCompileOptions", Selector: "setLibraries:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLCompileOptions", Selector: "setCompileSymbolVisibility:", Encoding: "v@:q", MinMacOS: "13.3"},
	{Class: "MTLCompileOptions", Selector: "setAllowReferencingUndefinedSymbols:", Encoding: "v@:B", MinMacOS: "13.3"},
	{Class: "MTLCompileOptions", Selector: "setRequiredThreadsPerThreadgroup:", Encoding: "v@:{?=QQQ}", MinMacOS: "26.0"},
	{Class: "MTLCompileOptions", Selector: "setFastMathEnabled:", Encoding: "v@:B", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "fastMathEnabled", Encoding: "B@:", MinMacOS: "10.11"},
	{Class: "MTLCompileOptions", Selector: "setEnableLogging:", Encoding: "v@:B", MinMacOS: "15.0"},
	{Class: "MTLCompileOptions", Selector: "setPreprocessorMacros:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newLibraryWithData:error:", Encoding: "@@:@^@", MinMacOS: "10.11"},
	{Class: "MTLDevice", Selector: "newLibraryWithURL:error:", Encoding: "@@:@^@", MinMacOS: "10.13"},
	{Class: "MTLDevice", Selector: "newDefaultLibrary", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "type", Encoding: "q@:", MinMacOS: "11.0"},
	{Class: "MTLLibrary", Selector: "installName", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLLibrary", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "reflectionForFunctionWithName:", Encoding: "@@:@", MinMacOS: "26.0"},
	{Class: "MTLFunctionReflection", Selector: "bindings", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTLFunctionReflection", Selector: "userAnnotation", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTLLibrary", Selector: "functionNames", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "newFunctionWithName:", Encoding: "@@:@", MinMacOS: "10.11"},
	{Class: "MTLLibrary", Selector: "newFunctionWithName:constantValues:error:", Encoding: "@@:@@^@", MinMacOS: "10.12"},
	{Class: "MTLLibrary", Selector: "newFunctionWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "11.0"},
	{Class: "MTLFunctionDescriptor", Selector: "+functionDescriptor", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionDescriptor", Selector: "setName:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLFunctionDescriptor", Selector: "setSpecializedName:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLFunctionDescriptor", Selector: "setConstantValues:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLFunctionDescriptor", Selector: "setOptions:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLDevice", Selector: "newDynamicLibrary:error:", Encoding: "@@:@^@", MinMacOS: "11.0"},
	{Class: "MTLDevice", Selector: "newDynamicLibraryWithURL:error:", Encoding: "@@:@^@", MinMacOS: "11.0"},
	{Class: "MTLDynamicLibrary", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLDynamicLibrary", Selector: "installName", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLDynamicLibrary", Selector: "serializeToURL:error:", Encoding: "B@:@^@", MinMacOS: "11.0"},
	{Class: "MTLLinkedFunctions", Selector: "+linkedFunctions", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLLinkedFunctions", Selector: "setPrivateFunctions:", Encoding: "v@:@", MinMacOS: "12.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setLinkedFunctions:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setPreloadedLibraries:", Encoding: "v@:@", MinMacOS: "12.0"},
	{Class: "MTLFunction", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.12"},
	{Class: "MTLFunction", Selector: "functionConstantsDictionary", Encoding: "@@:", MinMacOS: "10.12"},
	{Class: "MTLFunction", Selector: "name", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLFunction", Selector: "functionType", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLFunctionConstant", Selector: "name", Encoding: "@@:", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstant", Selector: "type", Encoding: "Q@:", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstant", Selector: "index", Encoding: "Q@:", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstant", Selector: "required", Encoding: "B@:", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstantValues", Selector: "+new", Encoding: "@@:", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstantValues", Selector: "setConstantValue:type:atIndex:", Encoding: "v@:^vQQ", MinMacOS: "10.12"},
	{Class: "MTLFunctionConstantValues", Selector: "setConstantValue:type:withName:", Encoding: "v@:^vQ@", MinMacOS: "10.12"},
	{Class: "MTLDevice", Selector: "newCompilerWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4CompilerDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CompilerDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CompilerDescriptor", Selector: "setPipelineDataSetSerializer:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4Compiler", Selector: "newLibraryWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4Compiler", Selector: "newDynamicLibrary:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4Compiler", Selector: "newDynamicLibraryWithURL:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4Compiler", Selector: "newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:compilerTaskOptions:error:", Encoding: "@@:@@@^@", MinMacOS: "26.0"},
	{Class: "MTL4CompilerTaskOptions", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CompilerTaskOptions", Selector: "setLookupArchives:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4LibraryDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4LibraryDescriptor", Selector: "setSource:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4LibraryDescriptor", Selector: "setOptions:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4LibraryDescriptor", Selector: "setName:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4LibraryFunctionDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4LibraryFunctionDescriptor", Selector: "setName:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4LibraryFunctionDescriptor", Selector: "setLibrary:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4SpecializedFunctionDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4SpecializedFunctionDescriptor", Selector: "setFunctionDescriptor:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4SpecializedFunctionDescriptor", Selector: "setSpecializedName:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4SpecializedFunctionDescriptor", Selector: "setConstantValues:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "setComputeFunctionDescriptor:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "setThreadGroupSizeIsMultipleOfThreadExecutionWidth:", Encoding: "v@:B", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "setMaxTotalThreadsPerThreadgroup:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "setRequiredThreadsPerThreadgroup:", Encoding: "v@:{?=QQQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "setSupportIndirectCommandBuffers:", Encoding: "v@:q", MinMacOS: "26.0"},
	{Class: "MTL4PipelineDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4PipelineDescriptor", Selector: "setOptions:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4PipelineOptions", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4PipelineOptions", Selector: "setShaderValidation:", Encoding: "v@:q", MinMacOS: "26.0"},
	{Class: "MTL4PipelineOptions", Selector: "setShaderReflection:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTL4StaticLinkingDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4StaticLinkingDescriptor", Selector: "setPrivateFunctionDescriptors:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4ComputePipelineDescriptor", Selector: "setStaticLinkingDescriptor:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4PipelineStageDynamicLinkingDescriptor", Selector: "setPreloadedLibraries:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4PipelineStageDynamicLinkingDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4PipelineStageDynamicLinkingDescriptor", Selector: "setMaxCallStackDepth:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTLComputePipelineState", Selector: "reflection", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "newArchiveWithURL:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4Archive", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4Archive", Selector: "newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:error:", Encoding: "@@:@@^@", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "newPipelineDataSetSerializerWithDescriptor:", Encoding: "@@:@", MinMacOS: "26.0"},
	{Class: "MTL4PipelineDataSetSerializerDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4PipelineDataSetSerializerDescriptor", Selector: "setConfiguration:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTL4PipelineDataSetSerializer", Selector: "serializeAsArchiveAndFlushToURL:error:", Encoding: "B@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4PipelineDataSetSerializer", Selector: "serializeAsPipelinesScriptWithError:", Encoding: "@@:^@", MinMacOS: "26.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setSupportIndirectCommandBuffers:", Encoding: "v@:B", MinMacOS: "11.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setComputeFunction:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setMaxTotalThreadsPerThreadgroup:", Encoding: "v@:Q", MinMacOS: "10.14"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setThreadGroupSizeIsMultipleOfThreadExecutionWidth:", Encoding: "v@:B", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineDescriptor", Selector: "buffers", Encoding: "@@:", MinMacOS: "10.13"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setMaxCallStackDepth:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setShaderValidation:", Encoding: "v@:q", MinMacOS: "15.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setRequiredThreadsPerThreadgroup:", Encoding: "v@:{?=QQQ}", MinMacOS: "26.0"},
	{Class: "MTLComputePipelineDescriptor", Selector: "setBinaryArchives:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLPipelineBufferDescriptorArray", Selector: "objectAtIndexedSubscript:", Encoding: "@@:Q", MinMacOS: "10.13"},
	{Class: "MTLPipelineBufferDescriptor", Selector: "setMutability:", Encoding: "v@:Q", MinMacOS: "10.13"},
	{Class: "MTLComputePipelineReflection", Selector: "bindings", Encoding: "@@:", MinMacOS: "13.0"},
	{Class: "MTLBinding", Selector: "name", Encoding: "@@:", MinMacOS: "13.0"},
	{Class: "MTLBinding", Selector: "type", Encoding: "q@:", MinMacOS: "13.0"},
	{Class: "MTLBinding", Selector: "access", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLBinding", Selector: "index", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLBinding", Selector: "isUsed", Encoding: "B@:", MinMacOS: "13.0"},
	{Class: "MTLBinding", Selector: "isArgument", Encoding: "B@:", MinMacOS: "13.0"},
	{Class: "MTLBufferBinding", Selector: "bufferAlignment", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLBufferBinding", Selector: "bufferDataSize", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLBufferBinding", Selector: "bufferDataType", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLBufferBinding", Selector: "bufferStructType", Encoding: "@@:", MinMacOS: "13.0"},
	{Class: "MTLStructType", Selector: "members", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLStructMember", Selector: "name", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLStructMember", Selector: "offset", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLStructMember", Selector: "dataType", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLThreadgroupBinding", Selector: "threadgroupMemoryAlignment", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLThreadgroupBinding", Selector: "threadgroupMemoryDataSize", Encoding: "Q@:", MinMacOS: "13.0"},
	{Class: "MTLDevice", Selector: "newBinaryArchiveWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "11.0"},
	{Class: "MTLBinaryArchiveDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLBinaryArchiveDescriptor", Selector: "setUrl:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLBinaryArchive", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLBinaryArchive", Selector: "addComputePipelineFunctionsWithDescriptor:error:", Encoding: "B@:@^@", MinMacOS: "11.0"},
	{Class: "MTLBinaryArchive", Selector: "serializeToURL:error:", Encoding: "B@:@^@", MinMacOS: "11.0"},
	{Class: "MTLComputePipelineState", Selector: "maxTotalThreadsPerThreadgroup", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineState", Selector: "requiredThreadsPerThreadgroup", Encoding: "{?=QQQ}@:", MinMacOS: "26.0"},
	{Class: "MTLComputePipelineState", Selector: "threadExecutionWidth", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLComputePipelineState", Selector: "gpuResourceID", Encoding: "{MTLResourceID=Q}@:", MinMacOS: "13.0"},
	{Class: "MTLComputePipelineState", Selector: "staticThreadgroupMemoryLength", Encoding: "Q@:", MinMacOS: "10.13"},
	{Class: "MTLCommandQueueDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "15.0"},
	{Class: "MTLCommandQueueDescriptor", Selector: "setMaxCommandBufferCount:", Encoding: "v@:Q", MinMacOS: "15.0"},
	{Class: "MTLCommandQueueDescriptor", Selector: "setLogState:", Encoding: "v@:@", MinMacOS: "15.0"},
	{Class: "MTLCommandBufferDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLCommandBufferDescriptor", Selector: "setRetainedReferences:", Encoding: "v@:B", MinMacOS: "11.0"},
	{Class: "MTLCommandBufferDescriptor", Selector: "setErrorOptions:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLCommandBufferDescriptor", Selector: "setLogState:", Encoding: "v@:@", MinMacOS: "15.0"},
	{Class: "MTLComputePipelineState", Selector: "supportIndirectCommandBuffers", Encoding: "B@:", MinMacOS: "11.0"},
	{Class: "MTLCommandQueue", Selector: "commandBuffer", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandQueue", Selector: "commandBufferWithDescriptor:", Encoding: "@@:@", MinMacOS: "11.0"},
	{Class: "MTLCommandQueue", Selector: "label", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandQueue", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "computeCommandEncoderWithDispatchType:", Encoding: "@@:Q", MinMacOS: "10.14"},
	{Class: "MTLCommandBuffer", Selector: "blitCommandEncoder", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "label", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "retainedReferences", Encoding: "B@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "errorOptions", Encoding: "Q@:", MinMacOS: "11.0"},
	{Class: "MTLCommandBuffer", Selector: "encodeSignalEvent:value:", Encoding: "v@:@Q", MinMacOS: "10.14"},
	{Class: "MTLCommandBuffer", Selector: "encodeWaitForEvent:value:", Encoding: "v@:@Q", MinMacOS: "10.14"},
	{Class: "MTLCommandBuffer", Selector: "addScheduledHandler:", Encoding: "v@:@?", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "addCompletedHandler:", Encoding: "v@:@?", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "pushDebugGroup:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLCommandBuffer", Selector: "popDebugGroup", Encoding: "v@:", MinMacOS: "10.13"},
	{Class: "MTLCommandBuffer", Selector: "enqueue", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "computeCommandEncoderWithDescriptor:", Encoding: "@@:@", MinMacOS: "11.0"},
	{Class: "MTLCommandBuffer", Selector: "blitCommandEncoderWithDescriptor:", Encoding: "@@:@", MinMacOS: "11.0"},
	{Class: "MTLCommandBuffer", Selector: "commit", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "waitUntilScheduled", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "waitUntilCompleted", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "status", Encoding: "Q@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "error", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandBuffer", Selector: "GPUStartTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "GPUEndTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "kernelStartTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "kernelEndTime", Encoding: "d@:", MinMacOS: "10.15"},
	{Class: "MTLCommandBuffer", Selector: "logs", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLog", Selector: "type", Encoding: "Q@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLog", Selector: "encoderLabel", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLog", Selector: "function", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLog", Selector: "debugLocation", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLogDebugLocation", Selector: "functionName", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLogDebugLocation", Selector: "URL", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLogDebugLocation", Selector: "line", Encoding: "Q@:", MinMacOS: "11.0"},
	{Class: "MTLFunctionLogDebugLocation", Selector: "column", Encoding: "Q@:", MinMacOS: "11.0"},
	{Class: "MTLCommandBufferEncoderInfo", Selector: "label", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLCommandBufferEncoderInfo", Selector: "debugSignposts", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLCommandBufferEncoderInfo", Selector: "errorState", Encoding: "q@:", MinMacOS: "11.0"},
	{Class: "MTLEvent", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.14"},
	{Class: "MTLEvent", Selector: "label", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLSharedEvent", Selector: "signaledValue", Encoding: "Q@:", MinMacOS: "10.14"},
	{Class: "MTLSharedEvent", Selector: "setSignaledValue:", Encoding: "v@:Q", MinMacOS: "10.14"},
	{Class: "MTLSharedEvent", Selector: "waitUntilSignaledValue:timeoutMS:", Encoding: "B@:QQ", MinMacOS: "12.0"},
	{Class: "MTLSharedEvent", Selector: "notifyListener:atValue:block:", Encoding: "v@:@Q@?", MinMacOS: "10.14"},
	{Class: "MTLSharedEvent", Selector: "newSharedEventHandle", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLSharedEventListener", Selector: "+new", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLSharedEventHandle", Selector: "label", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLDevice", Selector: "newLogStateWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "15.0"},
	{Class: "MTLLogStateDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "15.0"},
	{Class: "MTLLogStateDescriptor", Selector: "setLevel:", Encoding: "v@:q", MinMacOS: "15.0"},
	{Class: "MTLLogStateDescriptor", Selector: "setBufferSize:", Encoding: "v@:q", MinMacOS: "15.0"},
	{Class: "MTLLogState", Selector: "addLogHandler:", Encoding: "v@:@?", MinMacOS: "15.0"},
	{Class: "MTLCounterSet", Selector: "name", Encoding: "@@:", MinMacOS: "10.15"},
	{Class: "MTLCounterSet", Selector: "counters", Encoding: "@@:", MinMacOS: "10.15"},
	{Class: "MTLCounter", Selector: "name", Encoding: "@@:", MinMacOS: "10.15"},
	{Class: "MTLCounterSampleBufferDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "10.15"},
	{Class: "MTLCounterSampleBufferDescriptor", Selector: "setCounterSet:", Encoding: "v@:@", MinMacOS: "10.15"},
	{Class: "MTLCounterSampleBufferDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.15"},
	{Class: "MTLCounterSampleBufferDescriptor", Selector: "setStorageMode:", Encoding: "v@:Q", MinMacOS: "10.15"},
	{Class: "MTLCounterSampleBufferDescriptor", Selector: "setSampleCount:", Encoding: "v@:Q", MinMacOS: "10.15"},
	{Class: "MTLCounterSampleBuffer", Selector: "resolveCounterRange:", Encoding: "@@:{_NSRange=QQ}", MinMacOS: "10.15"},
	{Class: "MTLDevice", Selector: "newCounterHeapWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "sizeOfCounterHeapEntry:", Encoding: "Q@:q", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "queryTimestampFrequency", Encoding: "Q@:", MinMacOS: "26.0"},
	{Class: "MTL4CounterHeapDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CounterHeapDescriptor", Selector: "setType:", Encoding: "v@:q", MinMacOS: "26.0"},
	{Class: "MTL4CounterHeapDescriptor", Selector: "setCount:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTL4CounterHeap", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CounterHeap", Selector: "resolveCounterRange:", Encoding: "@@:{_NSRange=QQ}", MinMacOS: "26.0"},
	{Class: "MTL4CounterHeap", Selector: "invalidateCounterRange:", Encoding: "v@:{_NSRange=QQ}", MinMacOS: "26.0"},
	{Class: "MTLComputePassDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLComputePassDescriptor", Selector: "setDispatchType:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLComputePassDescriptor", Selector: "sampleBufferAttachments", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLComputePassSampleBufferAttachmentDescriptorArray", Selector: "objectAtIndexedSubscript:", Encoding: "@@:Q", MinMacOS: "11.0"},
	{Class: "MTLComputePassSampleBufferAttachmentDescriptor", Selector: "setSampleBuffer:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLComputePassSampleBufferAttachmentDescriptor", Selector: "setStartOfEncoderSampleIndex:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLComputePassSampleBufferAttachmentDescriptor", Selector: "setEndOfEncoderSampleIndex:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLBlitPassDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLBlitPassDescriptor", Selector: "sampleBufferAttachments", Encoding: "@@:", MinMacOS: "11.0"},
	{Class: "MTLBlitPassSampleBufferAttachmentDescriptorArray", Selector: "objectAtIndexedSubscript:", Encoding: "@@:Q", MinMacOS: "11.0"},
	{Class: "MTLBlitPassSampleBufferAttachmentDescriptor", Selector: "setSampleBuffer:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLBlitPassSampleBufferAttachmentDescriptor", Selector: "setStartOfEncoderSampleIndex:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLBlitPassSampleBufferAttachmentDescriptor", Selector: "setEndOfEncoderSampleIndex:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLCaptureManager", Selector: "+sharedCaptureManager", Encoding: "@@:", MinMacOS: "10.13"},
	{Class: "MTLCaptureManager", Selector: "newCaptureScopeWithDevice:", Encoding: "@@:@", MinMacOS: "10.13"},
	{Class: "MTLCaptureManager", Selector: "newCaptureScopeWithCommandQueue:", Encoding: "@@:@", MinMacOS: "10.13"},
	{Class: "MTLCaptureManager", Selector: "supportsDestination:", Encoding: "B@:q", MinMacOS: "10.15"},
	{Class: "MTLCaptureManager", Selector: "startCaptureWithDescriptor:error:", Encoding: "B@:@^@", MinMacOS: "10.15"},
	{Class: "MTLCaptureManager", Selector: "stopCapture", Encoding: "v@:", MinMacOS: "10.13"},
	{Class: "MTLCaptureManager", Selector: "isCapturing", Encoding: "B@:", MinMacOS: "10.13"},
	{Class: "MTLCaptureManager", Selector: "setDefaultCaptureScope:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLCaptureDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "10.15"},
	{Class: "MTLCaptureDescriptor", Selector: "setCaptureObject:", Encoding: "v@:@", MinMacOS: "10.15"},
	{Class: "MTLCaptureDescriptor", Selector: "setDestination:", Encoding: "v@:q", MinMacOS: "10.15"},
	{Class: "MTLCaptureDescriptor", Selector: "setOutputURL:", Encoding: "v@:@", MinMacOS: "10.15"},
	{Class: "MTLCaptureScope", Selector: "beginScope", Encoding: "v@:", MinMacOS: "10.13"},
	{Class: "MTLCaptureScope", Selector: "endScope", Encoding: "v@:", MinMacOS: "10.13"},
	{Class: "MTLCaptureScope", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLCaptureScope", Selector: "label", Encoding: "@@:", MinMacOS: "10.13"},
	{Class: "MTLFence", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLFence", Selector: "label", Encoding: "@@:", MinMacOS: "10.13"},
	{Class: "MTLCommandEncoder", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandEncoder", Selector: "label", Encoding: "@@:", MinMacOS: "10.11"},
	{Class: "MTLCommandEncoder", Selector: "insertDebugSignpost:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandEncoder", Selector: "pushDebugGroup:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLCommandEncoder", Selector: "popDebugGroup", Encoding: "v@:", MinMacOS: "10.11"},
	{Class: "MTLCommandEncoder", Selector: "barrierAfterQueueStages:beforeStages:", Encoding: "v@:QQ", MinMacOS: "26.0"},
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
	{Class: "MTLComputeCommandEncoder", Selector: "useHeaps:count:", Encoding: "v@:^@Q", MinMacOS: "10.13"},
	{Class: "MTLComputeCommandEncoder", Selector: "dispatchType", Encoding: "Q@:", MinMacOS: "10.14"},
	{Class: "MTLComputeCommandEncoder", Selector: "sampleCountersInBuffer:atSampleIndex:withBarrier:", Encoding: "v@:@QB", MinMacOS: "10.15"},
	{Class: "MTLComputeCommandEncoder", Selector: "updateFence:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLComputeCommandEncoder", Selector: "waitForFence:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLComputeCommandEncoder", Selector: "memoryBarrierWithScope:", Encoding: "v@:Q", MinMacOS: "10.14"},
	{Class: "MTLComputeCommandEncoder", Selector: "memoryBarrierWithResources:count:", Encoding: "v@:^@Q", MinMacOS: "10.14"},
	{Class: "MTLComputeCommandEncoder", Selector: "useResources:count:usage:", Encoding: "v@:^@QQ", MinMacOS: "10.13"},
	{Class: "MTLComputeCommandEncoder", Selector: "executeCommandsInBuffer:withRange:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "11.0"},
	{Class: "MTLComputeCommandEncoder", Selector: "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:", Encoding: "v@:@@Q", MinMacOS: "11.0"},
	{Class: "MTLBlitCommandEncoder", Selector: "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", Encoding: "v@:@Q@QQ", MinMacOS: "10.11"},
	{Class: "MTLBlitCommandEncoder", Selector: "fillBuffer:range:value:", Encoding: "v@:@{_NSRange=QQ}C", MinMacOS: "10.11"},
	{Class: "MTLBlitCommandEncoder", Selector: "synchronizeResource:", Encoding: "v@:@", MinMacOS: "10.11"},
	{Class: "MTLBlitCommandEncoder", Selector: "sampleCountersInBuffer:atSampleIndex:withBarrier:", Encoding: "v@:@QB", MinMacOS: "10.15"},
	{Class: "MTLBlitCommandEncoder", Selector: "resolveCounters:inRange:destinationBuffer:destinationOffset:", Encoding: "v@:@{_NSRange=QQ}@Q", MinMacOS: "10.15"},
	{Class: "MTLBlitCommandEncoder", Selector: "updateFence:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLBlitCommandEncoder", Selector: "waitForFence:", Encoding: "v@:@", MinMacOS: "10.13"},
	{Class: "MTLBlitCommandEncoder", Selector: "resetCommandsInBuffer:withRange:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "10.14"},
	{Class: "MTLBlitCommandEncoder", Selector: "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", Encoding: "v@:@{_NSRange=QQ}@Q", MinMacOS: "10.14"},
	{Class: "MTLBlitCommandEncoder", Selector: "optimizeIndirectCommandBuffer:withRange:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "10.14"},
	{Class: "MTLDevice", Selector: "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", Encoding: "@@:@QQ", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBufferDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBufferDescriptor", Selector: "setCommandTypes:", Encoding: "v@:Q", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBufferDescriptor", Selector: "setInheritPipelineState:", Encoding: "v@:B", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBufferDescriptor", Selector: "setInheritBuffers:", Encoding: "v@:B", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBufferDescriptor", Selector: "setMaxKernelBufferBindCount:", Encoding: "v@:Q", MinMacOS: "11.0"},
	{Class: "MTLIndirectCommandBufferDescriptor", Selector: "setMaxKernelThreadgroupMemoryBindCount:", Encoding: "v@:Q", MinMacOS: "14.0"},
	{Class: "MTLIndirectCommandBuffer", Selector: "size", Encoding: "Q@:", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBuffer", Selector: "gpuResourceID", Encoding: "{MTLResourceID=Q}@:", MinMacOS: "13.0"},
	{Class: "MTLIndirectCommandBuffer", Selector: "resetWithRange:", Encoding: "v@:{_NSRange=QQ}", MinMacOS: "10.14"},
	{Class: "MTLIndirectCommandBuffer", Selector: "indirectComputeCommandAtIndex:", Encoding: "@@:Q", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "setComputePipelineState:", Encoding: "v@:@", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "setKernelBuffer:offset:atIndex:", Encoding: "v@:@QQ", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "setThreadgroupMemoryLength:atIndex:", Encoding: "v@:QQ", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "setBarrier", Encoding: "v@:", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "clearBarrier", Encoding: "v@:", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "concurrentDispatchThreadgroups:threadsPerThreadgroup:", Encoding: "v@:{?=QQQ}{?=QQQ}", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "concurrentDispatchThreads:threadsPerThreadgroup:", Encoding: "v@:{?=QQQ}{?=QQQ}", MinMacOS: "11.0"},
	{Class: "MTLIndirectComputeCommand", Selector: "reset", Encoding: "v@:", MinMacOS: "11.0"},
	{Class: "MTLDevice", Selector: "newMTL4CommandQueueWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "newCommandAllocatorWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "newCommandBuffer", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTLDevice", Selector: "newArgumentTableWithDescriptor:error:", Encoding: "@@:@^@", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueueDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueueDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueue", Selector: "commit:count:options:", Encoding: "v@:^@Q@", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueue", Selector: "signalEvent:value:", Encoding: "v@:@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueue", Selector: "waitForEvent:value:", Encoding: "v@:@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueue", Selector: "addResidencySets:count:", Encoding: "v@:^@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandQueue", Selector: "removeResidencySets:count:", Encoding: "v@:^@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommitOptions", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CommitOptions", Selector: "addFeedbackHandler:", Encoding: "v@:@?", MinMacOS: "26.0"},
	{Class: "MTL4CommitFeedback", Selector: "error", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CommitFeedback", Selector: "GPUStartTime", Encoding: "d@:", MinMacOS: "26.0"},
	{Class: "MTL4CommitFeedback", Selector: "GPUEndTime", Encoding: "d@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandAllocatorDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandAllocatorDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandAllocator", Selector: "allocatedSize", Encoding: "Q@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandAllocator", Selector: "reset", Encoding: "v@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandBufferOptions", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandBufferOptions", Selector: "setLogState:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "beginCommandBufferWithAllocator:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "beginCommandBufferWithAllocator:options:", Encoding: "v@:@@", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "endCommandBuffer", Encoding: "v@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "computeCommandEncoder", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "useResidencySets:count:", Encoding: "v@:^@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "writeTimestampIntoHeap:atIndex:", Encoding: "v@:@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "pushDebugGroup:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandBuffer", Selector: "popDebugGroup", Encoding: "v@:", MinMacOS: "26.0"},
	{Class: "MTL4ArgumentTableDescriptor", Selector: "+new", Encoding: "@@:", MinMacOS: "26.0"},
	{Class: "MTL4ArgumentTableDescriptor", Selector: "setMaxBufferBindCount:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTL4ArgumentTableDescriptor", Selector: "setInitializeBindings:", Encoding: "v@:B", MinMacOS: "26.0"},
	{Class: "MTL4ArgumentTableDescriptor", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4ArgumentTable", Selector: "setAddress:atIndex:", Encoding: "v@:QQ", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "setLabel:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "insertDebugSignpost:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "pushDebugGroup:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "popDebugGroup", Encoding: "v@:", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "barrierAfterQueueStages:beforeStages:visibilityOptions:", Encoding: "v@:QQQ", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "barrierAfterStages:beforeQueueStages:visibilityOptions:", Encoding: "v@:QQQ", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "barrierAfterEncoderStages:beforeEncoderStages:visibilityOptions:", Encoding: "v@:QQQ", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "updateFence:afterEncoderStages:", Encoding: "v@:@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "waitForFence:beforeEncoderStages:", Encoding: "v@:@Q", MinMacOS: "26.0"},
	{Class: "MTL4CommandEncoder", Selector: "endEncoding", Encoding: "v@:", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "stages", Encoding: "Q@:", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "setComputePipelineState:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "setArgumentTable:", Encoding: "v@:@", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "setThreadgroupMemoryLength:atIndex:", Encoding: "v@:QQ", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "dispatchThreadgroups:threadsPerThreadgroup:", Encoding: "v@:{?=QQQ}{?=QQQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "dispatchThreads:threadsPerThreadgroup:", Encoding: "v@:{?=QQQ}{?=QQQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "dispatchThreadgroupsWithIndirectBuffer:threadsPerThreadgroup:", Encoding: "v@:Q{?=QQQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "dispatchThreadsWithIndirectBuffer:", Encoding: "v@:Q", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "executeCommandsInBuffer:withRange:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "executeCommandsInBuffer:indirectBuffer:", Encoding: "v@:@Q", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", Encoding: "v@:@Q@QQ", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "fillBuffer:range:value:", Encoding: "v@:@{_NSRange=QQ}C", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "resetCommandsInBuffer:withRange:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", Encoding: "v@:@{_NSRange=QQ}@Q", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "optimizeIndirectCommandBuffer:withRange:", Encoding: "v@:@{_NSRange=QQ}", MinMacOS: "26.0"},
	{Class: "MTL4ComputeCommandEncoder", Selector: "writeTimestampWithGranularity:intoHeap:atIndex:", Encoding: "v@:q@Q", MinMacOS: "26.0"},
	{Class: "MTLCaptureManager", Selector: "newCaptureScopeWithMTL4CommandQueue:", Encoding: "@@:@", MinMacOS: "26.0"},
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

// MTLDevice isLowPower B@:, none, macOS 10.11.
func (c *call) deviceIsLowPower(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsLowPower])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice isHeadless B@:, none, macOS 10.11.
func (c *call) deviceIsHeadless(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsHeadless])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice isRemovable B@:, none, macOS 10.13.
func (c *call) deviceIsRemovable(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsRemovable])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice location Q@:, none, macOS 10.15.
func (c *call) deviceLocation(self objc.ID) DeviceLocation {
	c.Message(self, c.table.selectors[selLocation])
	c.Send()
	return DeviceLocation(c.X[0])
}

// MTLDevice locationNumber Q@:, none, macOS 10.15.
func (c *call) deviceLocationNumber(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selLocationNumber])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice maxTransferRate Q@:, none, macOS 10.15.
func (c *call) deviceMaxTransferRate(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selMaxTransferRate])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice argumentBuffersSupport Q@:, none, macOS 10.13.
func (c *call) deviceArgumentBuffersSupport(self objc.ID) ArgumentBuffersTier {
	c.Message(self, c.table.selectors[selArgumentBuffersSupport])
	c.Send()
	return ArgumentBuffersTier(c.X[0])
}

// MTLDevice supportsDynamicLibraries B@:, none, macOS 11.0.
func (c *call) deviceSupportsDynamicLibraries(self objc.ID) bool {
	c.Message(self, c.table.selectors[selSupportsDynamicLibraries])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice shouldMaximizeConcurrentCompilation B@:, none, macOS 13.3.
func (c *call) deviceShouldMaximizeConcurrentCompilation(self objc.ID) bool {
	c.Message(self, c.table.selectors[selShouldMaximizeConcurrentCompilation])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice setShouldMaximizeConcurrentCompilation: v@:B, none, macOS 13.3.
func (c *call) deviceSetShouldMaximizeConcurrentCompilation(self objc.ID, maximize bool) {
	c.Message(self, c.table.selectors[selSetShouldMaximizeConcurrentCompilation])
	c.X[2] = objc.Bool(maximize)
	c.Send()
}

// MTLDevice maximumConcurrentCompilationTaskCount Q@:, none, macOS 13.3.
func (c *call) deviceMaximumConcurrentCompilationTaskCount(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selMaximumConcurrentCompilationTaskCount])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice heapBufferSizeAndAlignWithLength:options: {?=QQ}@:QQ, none, macOS 10.13.
func (c *call) deviceHeapBufferSizeAndAlign(self objc.ID, length uint64, options ResourceOptions) SizeAndAlign {
	c.Message(self, c.table.selectors[selHeapBufferSizeAndAlignWithLength_options])
	c.X[2] = uintptr(length)
	c.X[3] = uintptr(options)
	c.Send()
	return SizeAndAlign{int(c.X[0]), int(c.X[1])}
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

// MTLDevice newCommandQueueWithDescriptor: @@:@, owned, macOS 15.0.
func (c *call) newCommandQueueWithDescriptor(self objc.ID, descriptor objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewCommandQueueWithDescriptor])
	c.X[2] = uintptr(descriptor)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newEvent @@:, owned, macOS 10.14.
func (c *call) newEvent(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewEvent])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newSharedEvent @@:, owned, macOS 10.14.
func (c *call) newSharedEvent(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewSharedEvent])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newSharedEventWithHandle: @@:@, owned, macOS 10.14.
func (c *call) newSharedEventWithHandle(self objc.ID, handle objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewSharedEventWithHandle])
	c.X[2] = uintptr(handle)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice counterSets @@:, autoreleased, macOS 10.15.
func (c *call) counterSets(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selCounterSets])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice supportsCounterSampling: B@:Q, none, macOS 11.0.
func (c *call) supportsCounterSampling(self objc.ID, point CounterSamplingPoint) bool {
	c.Message(self, c.table.selectors[selSupportsCounterSampling])
	c.X[2] = uintptr(point)
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice newCounterSampleBufferWithDescriptor:error: @@:@^@, owned, macOS 10.15.
func (c *call) newCounterSampleBuffer(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewCounterSampleBufferWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice sampleTimestamps:gpuTimestamp: v@:^Q^Q, none, macOS 10.15.
func (c *call) sampleTimestamps(self objc.ID, cpu unsafe.Pointer, gpu unsafe.Pointer) {
	c.Message(self, c.table.selectors[selSampleTimestamps_gpuTimestamp])
	c.X[2] = c.Keep(cpu)
	c.X[3] = c.Keep(gpu)
	c.Send()
}

// MTLDevice newFence @@:, owned, macOS 10.13.
func (c *call) newFence(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewFence])
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
func (c *call) newComputePipelineStateWithDescriptor(self objc.ID, descriptor objc.ID, options PipelineOption) (objc.ID, objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewComputePipelineStateWithDescriptor_options_reflection_error])
	reflection := c.Out()
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(options)
	c.X[4] = uintptr(unsafe.Pointer(reflection))
	c.X[5] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *reflection, *err
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

// MTLBuffer didModifyRange: v@:{_NSRange=QQ}, none, macOS 10.11.
func (c *call) bufferDidModifyRange(self objc.ID, bytes objc.Range) {
	c.Message(self, c.table.selectors[selDidModifyRange])
	c.X[2] = uintptr(bytes.Location)
	c.X[3] = uintptr(bytes.Length)
	c.Send()
}

// MTLBuffer addDebugMarker:range: v@:@{_NSRange=QQ}, none, macOS 10.12.
func (c *call) bufferAddDebugMarker(self objc.ID, marker objc.ID, bytes objc.Range) {
	c.Message(self, c.table.selectors[selAddDebugMarker_range])
	c.X[2] = uintptr(marker)
	c.X[3] = uintptr(bytes.Location)
	c.X[4] = uintptr(bytes.Length)
	c.Send()
}

// MTLBuffer removeAllDebugMarkers v@:, none, macOS 10.12.
func (c *call) bufferRemoveAllDebugMarkers(self objc.ID) {
	c.Message(self, c.table.selectors[selRemoveAllDebugMarkers])
	c.Send()
}

// MTLBuffer gpuAddress Q@:, none, macOS 13.0.
func (c *call) bufferGPUAddress(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selGpuAddress])
	c.Send()
	return uint64(c.X[0])
}

// MTLResource label @@:, autoreleased, macOS 10.11.
func (c *call) resourceLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLResource setLabel: v@:@, none, macOS 10.11.
func (c *call) setResourceLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLResource resourceOptions Q@:, none, macOS 10.15.
func (c *call) resourceOptions(self objc.ID) ResourceOptions {
	c.Message(self, c.table.selectors[selResourceOptions])
	c.Send()
	return ResourceOptions(c.X[0])
}

// MTLResource setPurgeableState: Q@:Q, none, macOS 10.11.
func (c *call) resourceSetPurgeableState(self objc.ID, state PurgeableState) PurgeableState {
	c.Message(self, c.table.selectors[selSetPurgeableState])
	c.X[2] = uintptr(state)
	c.Send()
	return PurgeableState(c.X[0])
}

// MTLResource heapOffset Q@:, none, macOS 10.15.
func (c *call) resourceHeapOffset(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selHeapOffset])
	c.Send()
	return uint64(c.X[0])
}

// MTLResource allocatedSize Q@:, none, macOS 10.13.
func (c *call) resourceAllocatedSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selAllocatedSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLResource makeAliasable v@:, none, macOS 10.13.
func (c *call) resourceMakeAliasable(self objc.ID) {
	c.Message(self, c.table.selectors[selMakeAliasable])
	c.Send()
}

// MTLResource isAliasable B@:, none, macOS 10.13.
func (c *call) resourceIsAliasable(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsAliasable])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLDevice newHeapWithDescriptor: @@:@, owned, macOS 10.13.
func (c *call) newHeap(self objc.ID, descriptor objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewHeapWithDescriptor])
	c.X[2] = uintptr(descriptor)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLHeapDescriptor +new @@:, owned, macOS 10.13.
func (c *call) newHeapDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLHeapDescriptor setSize: v@:Q, none, macOS 10.13.
func (c *call) setHeapDescriptorSize(self objc.ID, size uint64) {
	c.Message(self, c.table.selectors[selSetSize])
	c.X[2] = uintptr(size)
	c.Send()
}

// MTLHeapDescriptor setType: v@:q, none, macOS 10.15.
func (c *call) setHeapDescriptorType(self objc.ID, heapType HeapType) {
	c.Message(self, c.table.selectors[selSetType])
	c.X[2] = uintptr(heapType)
	c.Send()
}

// MTLHeapDescriptor setResourceOptions: v@:Q, none, macOS 10.15.
func (c *call) setHeapDescriptorResourceOptions(self objc.ID, options ResourceOptions) {
	c.Message(self, c.table.selectors[selSetResourceOptions])
	c.X[2] = uintptr(options)
	c.Send()
}

// MTLHeap setLabel: v@:@, none, macOS 10.13.
func (c *call) setHeapLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLHeap size Q@:, none, macOS 10.13.
func (c *call) heapSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLHeap resourceOptions Q@:, none, macOS 10.15.
func (c *call) heapResourceOptions(self objc.ID) ResourceOptions {
	c.Message(self, c.table.selectors[selResourceOptions])
	c.Send()
	return ResourceOptions(c.X[0])
}

// MTLHeap usedSize Q@:, none, macOS 10.13.
func (c *call) heapUsedSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selUsedSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLHeap currentAllocatedSize Q@:, none, macOS 10.13.
func (c *call) heapCurrentAllocatedSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selCurrentAllocatedSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLHeap maxAvailableSizeWithAlignment: Q@:Q, none, macOS 10.13.
func (c *call) heapMaxAvailableSize(self objc.ID, alignment uint64) uint64 {
	c.Message(self, c.table.selectors[selMaxAvailableSizeWithAlignment])
	c.X[2] = uintptr(alignment)
	c.Send()
	return uint64(c.X[0])
}

// MTLHeap newBufferWithLength:options: @@:QQ, owned, macOS 10.13.
func (c *call) heapNewBuffer(self objc.ID, length uint64, options ResourceOptions) objc.ID {
	c.Message(self, c.table.selectors[selNewBufferWithLength_options])
	c.X[2] = uintptr(length)
	c.X[3] = uintptr(options)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLHeap newBufferWithLength:options:offset: @@:QQQ, owned, macOS 10.15.
func (c *call) heapNewBufferAtOffset(self objc.ID, length uint64, options ResourceOptions, offset uint64) objc.ID {
	c.Message(self, c.table.selectors[selNewBufferWithLength_options_offset])
	c.X[2] = uintptr(length)
	c.X[3] = uintptr(options)
	c.X[4] = uintptr(offset)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLHeap setPurgeableState: Q@:Q, none, macOS 10.13.
func (c *call) heapSetPurgeableState(self objc.ID, state PurgeableState) PurgeableState {
	c.Message(self, c.table.selectors[selSetPurgeableState])
	c.X[2] = uintptr(state)
	c.Send()
	return PurgeableState(c.X[0])
}

// MTLDevice newResidencySetWithDescriptor:error: @@:@^@, owned, macOS 15.0.
func (c *call) newResidencySet(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewResidencySetWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLResidencySetDescriptor +new @@:, owned, macOS 15.0.
func (c *call) newResidencySetDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLResidencySetDescriptor setLabel: v@:@, none, macOS 15.0.
func (c *call) setResidencySetDescriptorLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLResidencySetDescriptor setInitialCapacity: v@:Q, none, macOS 15.0.
func (c *call) setResidencySetDescriptorInitialCapacity(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetInitialCapacity])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTLResidencySet addAllocations:count: v@:^@Q, none, macOS 15.0.
func (c *call) residencySetAddAllocations(self objc.ID, allocations []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selAddAllocations_count])
	c.X[2] = c.CopyIDs(allocations)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTLResidencySet removeAllocations:count: v@:^@Q, none, macOS 15.0.
func (c *call) residencySetRemoveAllocations(self objc.ID, allocations []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selRemoveAllocations_count])
	c.X[2] = c.CopyIDs(allocations)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTLResidencySet removeAllAllocations v@:, none, macOS 15.0.
func (c *call) residencySetRemoveAllAllocations(self objc.ID) {
	c.Message(self, c.table.selectors[selRemoveAllAllocations])
	c.Send()
}

// MTLResidencySet containsAllocation: B@:@, none, macOS 15.0.
func (c *call) residencySetContainsAllocation(self objc.ID, allocation objc.ID) bool {
	c.Message(self, c.table.selectors[selContainsAllocation])
	c.X[2] = uintptr(allocation)
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLResidencySet allAllocations @@:, autoreleased, macOS 15.0.
func (c *call) residencySetAllAllocations(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selAllAllocations])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLResidencySet allocationCount Q@:, none, macOS 15.0.
func (c *call) residencySetAllocationCount(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selAllocationCount])
	c.Send()
	return uint64(c.X[0])
}

// MTLResidencySet allocatedSize Q@:, none, macOS 15.0.
func (c *call) residencySetAllocatedSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selAllocatedSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLResidencySet commit v@:, none, macOS 15.0.
func (c *call) residencySetCommit(self objc.ID) {
	c.Message(self, c.table.selectors[selCommit])
	c.Send()
}

// MTLResidencySet requestResidency v@:, none, macOS 15.0.
func (c *call) residencySetRequestResidency(self objc.ID) {
	c.Message(self, c.table.selectors[selRequestResidency])
	c.Send()
}

// MTLResidencySet endResidency v@:, none, macOS 15.0.
func (c *call) residencySetEndResidency(self objc.ID) {
	c.Message(self, c.table.selectors[selEndResidency])
	c.Send()
}

// MTLCommandQueue addResidencySets:count: v@:^@Q, none, macOS 15.0.
func (c *call) queueAddResidencySets(self objc.ID, sets []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selAddResidencySets_count])
	c.X[2] = c.CopyIDs(sets)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTLCommandQueue removeResidencySets:count: v@:^@Q, none, macOS 15.0.
func (c *call) queueRemoveResidencySets(self objc.ID, sets []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selRemoveResidencySets_count])
	c.X[2] = c.CopyIDs(sets)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTLCommandBuffer useResidencySets:count: v@:^@Q, none, macOS 15.0.
func (c *call) commandBufferUseResidencySets(self objc.ID, sets []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selUseResidencySets_count])
	c.X[2] = c.CopyIDs(sets)
	c.X[3] = uintptr(count)
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

// MTLCompileOptions setMathFloatingPointFunctions: v@:q, none, macOS 15.0.
func (c *call) setMathFloatingPointFunctions(self objc.ID, functions MathFloatingPointFunctions) {
	c.Message(self, c.table.selectors[selSetMathFloatingPointFunctions])
	c.X[2] = uintptr(functions)
	c.Send()
}

// MTLCompileOptions mathFloatingPointFunctions q@:, none, macOS 15.0.
func (c *call) mathFloatingPointFunctions(self objc.ID) MathFloatingPointFunctions {
	c.Message(self, c.table.selectors[selMathFloatingPointFunctions])
	c.Send()
	return MathFloatingPointFunctions(c.X[0])
}

// MTLCompileOptions setOptimizationLevel: v@:q, none, macOS 13.0.
func (c *call) setOptimizationLevel(self objc.ID, level LibraryOptimizationLevel) {
	c.Message(self, c.table.selectors[selSetOptimizationLevel])
	c.X[2] = uintptr(level)
	c.Send()
}

// MTLCompileOptions setMaxTotalThreadsPerThreadgroup: v@:Q, none, macOS 13.3.
func (c *call) setLibraryMaxTotalThreadsPerThreadgroup(self objc.ID, threads uint64) {
	c.Message(self, c.table.selectors[selSetMaxTotalThreadsPerThreadgroup])
	c.X[2] = uintptr(threads)
	c.Send()
}

// MTLCompileOptions setLibraryType: v@:q, none, macOS 11.0.
func (c *call) setLibraryType(self objc.ID, libraryType LibraryType) {
	c.Message(self, c.table.selectors[selSetLibraryType])
	c.X[2] = uintptr(libraryType)
	c.Send()
}

// MTLCompileOptions setInstallName: v@:@, none, macOS 11.0.
func (c *call) setInstallName(self objc.ID, name objc.ID) {
	c.Message(self, c.table.selectors[selSetInstallName])
	c.X[2] = uintptr(name)
	c.Send()
}

// MTLCompileOptions setLibraries: v@:@, none, macOS 11.0.
func (c *call) setLibraries(self objc.ID, libraries objc.ID) {
	c.Message(self, c.table.selectors[selSetLibraries])
	c.X[2] = uintptr(libraries)
	c.Send()
}

// MTLCompileOptions setCompileSymbolVisibility: v@:q, none, macOS 13.3.
func (c *call) setCompileSymbolVisibility(self objc.ID, visibility CompileSymbolVisibility) {
	c.Message(self, c.table.selectors[selSetCompileSymbolVisibility])
	c.X[2] = uintptr(visibility)
	c.Send()
}

// MTLCompileOptions setAllowReferencingUndefinedSymbols: v@:B, none, macOS 13.3.
func (c *call) setAllowReferencingUndefinedSymbols(self objc.ID, allow bool) {
	c.Message(self, c.table.selectors[selSetAllowReferencingUndefinedSymbols])
	c.X[2] = objc.Bool(allow)
	c.Send()
}

// MTLCompileOptions setRequiredThreadsPerThreadgroup: v@:{?=QQQ}, none, macOS 26.0.
func (c *call) setLibraryRequiredThreadsPerThreadgroup(self objc.ID, size Size) {
	c.Message(self, c.table.selectors[selSetRequiredThreadsPerThreadgroup])
	c.X[2] = c.CopyStruct(size.words())
	c.Send()
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

// MTLCompileOptions setEnableLogging: v@:B, none, macOS 15.0.
func (c *call) setEnableLogging(self objc.ID, enabled bool) {
	c.Message(self, c.table.selectors[selSetEnableLogging])
	c.X[2] = objc.Bool(enabled)
	c.Send()
}

// MTLCompileOptions setPreprocessorMacros: v@:@, none, macOS 10.11.
func (c *call) setPreprocessorMacros(self objc.ID, macros objc.ID) {
	c.Message(self, c.table.selectors[selSetPreprocessorMacros])
	c.X[2] = uintptr(macros)
	c.Send()
}

// MTLDevice newLibraryWithData:error: @@:@^@, owned, macOS 10.11.
func (c *call) newLibraryWithData(self objc.ID, data objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewLibraryWithData_error])
	err := c.Out()
	c.X[2] = uintptr(data)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newLibraryWithURL:error: @@:@^@, owned, macOS 10.13.
func (c *call) newLibraryWithURL(self objc.ID, url objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewLibraryWithURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newDefaultLibrary @@:, owned, macOS 10.11.
func (c *call) newDefaultLibrary(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewDefaultLibrary])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLibrary type q@:, none, macOS 11.0.
func (c *call) typeOfLibrary(self objc.ID) LibraryType {
	c.Message(self, c.table.selectors[selType])
	c.Send()
	return LibraryType(c.X[0])
}

// MTLLibrary installName @@:, autoreleased, macOS 11.0.
func (c *call) installNameOfLibrary(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selInstallName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLibrary setLabel: v@:@, none, macOS 10.11.
func (c *call) setLibraryLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLLibrary reflectionForFunctionWithName: @@:@, autoreleased, macOS 26.0.
func (c *call) reflectionOfFunction(self objc.ID, name objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selReflectionForFunctionWithName])
	c.X[2] = uintptr(name)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionReflection bindings @@:, autoreleased, macOS 26.0.
func (c *call) functionReflectionBindings(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selBindings])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionReflection userAnnotation @@:, autoreleased, macOS 26.0.
func (c *call) functionReflectionUserAnnotation(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selUserAnnotation])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLibrary functionNames @@:, autoreleased, macOS 10.11.
func (c *call) namesOfFunctions(self objc.ID) objc.ID {
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

// MTLLibrary newFunctionWithDescriptor:error: @@:@^@, owned, macOS 11.0.
func (c *call) newFunctionWithDescriptor(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewFunctionWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLFunctionDescriptor +functionDescriptor @@:, autoreleased, macOS 11.0.
func (c *call) functionDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selFunctionDescriptor])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionDescriptor setName: v@:@, none, macOS 11.0.
func (c *call) setFunctionDescriptorName(self objc.ID, name objc.ID) {
	c.Message(self, c.table.selectors[selSetName])
	c.X[2] = uintptr(name)
	c.Send()
}

// MTLFunctionDescriptor setSpecializedName: v@:@, none, macOS 11.0.
func (c *call) setFunctionDescriptorSpecializedName(self objc.ID, name objc.ID) {
	c.Message(self, c.table.selectors[selSetSpecializedName])
	c.X[2] = uintptr(name)
	c.Send()
}

// MTLFunctionDescriptor setConstantValues: v@:@, none, macOS 11.0.
func (c *call) setFunctionDescriptorConstantValues(self objc.ID, values objc.ID) {
	c.Message(self, c.table.selectors[selSetConstantValues])
	c.X[2] = uintptr(values)
	c.Send()
}

// MTLFunctionDescriptor setOptions: v@:Q, none, macOS 11.0.
func (c *call) setFunctionDescriptorOptions(self objc.ID, options FunctionOptions) {
	c.Message(self, c.table.selectors[selSetOptions])
	c.X[2] = uintptr(options)
	c.Send()
}

// MTLDevice newDynamicLibrary:error: @@:@^@, owned, macOS 11.0.
func (c *call) newDynamicLibrary(self objc.ID, library objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewDynamicLibrary_error])
	err := c.Out()
	c.X[2] = uintptr(library)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newDynamicLibraryWithURL:error: @@:@^@, owned, macOS 11.0.
func (c *call) newDynamicLibraryWithURL(self objc.ID, url objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewDynamicLibraryWithURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDynamicLibrary setLabel: v@:@, none, macOS 11.0.
func (c *call) setDynamicLibraryLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLDynamicLibrary installName @@:, autoreleased, macOS 11.0.
func (c *call) dynamicLibraryInstallName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selInstallName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDynamicLibrary serializeToURL:error: B@:@^@, none, macOS 11.0.
func (c *call) dynamicLibrarySerialize(self objc.ID, url objc.ID) (bool, objc.ID) {
	c.Message(self, c.table.selectors[selSerializeToURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return byte(c.X[0]) != 0, *err
}

// MTLLinkedFunctions +linkedFunctions @@:, autoreleased, macOS 11.0.
func (c *call) linkedFunctions(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLinkedFunctions])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLinkedFunctions setPrivateFunctions: v@:@, none, macOS 12.0.
func (c *call) setPrivateFunctions(self objc.ID, functions objc.ID) {
	c.Message(self, c.table.selectors[selSetPrivateFunctions])
	c.X[2] = uintptr(functions)
	c.Send()
}

// MTLComputePipelineDescriptor setLinkedFunctions: v@:@, none, macOS 11.0.
func (c *call) setPipelineLinkedFunctions(self objc.ID, functions objc.ID) {
	c.Message(self, c.table.selectors[selSetLinkedFunctions])
	c.X[2] = uintptr(functions)
	c.Send()
}

// MTLComputePipelineDescriptor setPreloadedLibraries: v@:@, none, macOS 12.0.
func (c *call) setPipelinePreloadedLibraries(self objc.ID, libraries objc.ID) {
	c.Message(self, c.table.selectors[selSetPreloadedLibraries])
	c.X[2] = uintptr(libraries)
	c.Send()
}

// MTLFunction setLabel: v@:@, none, macOS 10.12.
func (c *call) setFunctionLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLFunction functionConstantsDictionary @@:, autoreleased, macOS 10.12.
func (c *call) functionConstantsDictionary(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selFunctionConstantsDictionary])
	c.Send()
	return objc.ID(c.X[0])
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

// MTLFunctionConstant name @@:, autoreleased, macOS 10.12.
func (c *call) functionConstantName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionConstant type Q@:, none, macOS 10.12.
func (c *call) functionConstantType(self objc.ID) DataType {
	c.Message(self, c.table.selectors[selType])
	c.Send()
	return DataType(c.X[0])
}

// MTLFunctionConstant index Q@:, none, macOS 10.12.
func (c *call) functionConstantIndex(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selIndex])
	c.Send()
	return uint64(c.X[0])
}

// MTLFunctionConstant required B@:, none, macOS 10.12.
func (c *call) functionConstantRequired(self objc.ID) bool {
	c.Message(self, c.table.selectors[selRequired])
	c.Send()
	return byte(c.X[0]) != 0
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

// MTLDevice newCompilerWithDescriptor:error: @@:@^@, owned, macOS 26.0.
func (c *call) newCompiler(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewCompilerWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4CompilerDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newCompilerDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CompilerDescriptor setLabel: v@:@, none, macOS 26.0.
func (c *call) setCompilerDescriptorLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4CompilerDescriptor setPipelineDataSetSerializer: v@:@, none, macOS 26.0.
func (c *call) setCompilerDescriptorSerializer(self objc.ID, serializer objc.ID) {
	c.Message(self, c.table.selectors[selSetPipelineDataSetSerializer])
	c.X[2] = uintptr(serializer)
	c.Send()
}

// MTL4Compiler newLibraryWithDescriptor:error: @@:@^@, owned, macOS 26.0.
func (c *call) compilerNewLibrary(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewLibraryWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4Compiler newDynamicLibrary:error: @@:@^@, owned, macOS 26.0.
func (c *call) compilerNewDynamicLibrary(self objc.ID, library objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewDynamicLibrary_error])
	err := c.Out()
	c.X[2] = uintptr(library)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4Compiler newDynamicLibraryWithURL:error: @@:@^@, owned, macOS 26.0.
func (c *call) compilerNewDynamicLibraryWithURL(self objc.ID, url objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewDynamicLibraryWithURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4Compiler newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:compilerTaskOptions:error: @@:@@@^@, owned, macOS 26.0.
func (c *call) compilerNewComputePipelineState(self objc.ID, descriptor objc.ID, linking objc.ID, options objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewComputePipelineStateWithDescriptor_dynamicLinkingDescriptor_compilerTaskOptions_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(linking)
	c.X[4] = uintptr(options)
	c.X[5] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4CompilerTaskOptions +new @@:, owned, macOS 26.0.
func (c *call) newCompilerTaskOptions(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CompilerTaskOptions setLookupArchives: v@:@, none, macOS 26.0.
func (c *call) setLookupArchives(self objc.ID, archives objc.ID) {
	c.Message(self, c.table.selectors[selSetLookupArchives])
	c.X[2] = uintptr(archives)
	c.Send()
}

// MTL4LibraryDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newLibraryDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4LibraryDescriptor setSource: v@:@, none, macOS 26.0.
func (c *call) setLibraryDescriptorSource(self objc.ID, source objc.ID) {
	c.Message(self, c.table.selectors[selSetSource])
	c.X[2] = uintptr(source)
	c.Send()
}

// MTL4LibraryDescriptor setOptions: v@:@, none, macOS 26.0.
func (c *call) setLibraryDescriptorOptions(self objc.ID, options objc.ID) {
	c.Message(self, c.table.selectors[selSetOptions])
	c.X[2] = uintptr(options)
	c.Send()
}

// MTL4LibraryDescriptor setName: v@:@, none, macOS 26.0.
func (c *call) setLibraryDescriptorName(self objc.ID, name objc.ID) {
	c.Message(self, c.table.selectors[selSetName])
	c.X[2] = uintptr(name)
	c.Send()
}

// MTL4LibraryFunctionDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newLibraryFunctionDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4LibraryFunctionDescriptor setName: v@:@, none, macOS 26.0.
func (c *call) setLibraryFunctionDescriptorName(self objc.ID, name objc.ID) {
	c.Message(self, c.table.selectors[selSetName])
	c.X[2] = uintptr(name)
	c.Send()
}

// MTL4LibraryFunctionDescriptor setLibrary: v@:@, none, macOS 26.0.
func (c *call) setLibraryFunctionDescriptorLibrary(self objc.ID, library objc.ID) {
	c.Message(self, c.table.selectors[selSetLibrary])
	c.X[2] = uintptr(library)
	c.Send()
}

// MTL4SpecializedFunctionDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newSpecializedFunctionDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4SpecializedFunctionDescriptor setFunctionDescriptor: v@:@, none, macOS 26.0.
func (c *call) setSpecializedFunctionDescriptor(self objc.ID, function objc.ID) {
	c.Message(self, c.table.selectors[selSetFunctionDescriptor])
	c.X[2] = uintptr(function)
	c.Send()
}

// MTL4SpecializedFunctionDescriptor setSpecializedName: v@:@, none, macOS 26.0.
func (c *call) setSpecializedFunctionName(self objc.ID, name objc.ID) {
	c.Message(self, c.table.selectors[selSetSpecializedName])
	c.X[2] = uintptr(name)
	c.Send()
}

// MTL4SpecializedFunctionDescriptor setConstantValues: v@:@, none, macOS 26.0.
func (c *call) setSpecializedFunctionConstantValues(self objc.ID, values objc.ID) {
	c.Message(self, c.table.selectors[selSetConstantValues])
	c.X[2] = uintptr(values)
	c.Send()
}

// MTL4ComputePipelineDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newComputePipelineDescriptor4(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4ComputePipelineDescriptor setComputeFunctionDescriptor: v@:@, none, macOS 26.0.
func (c *call) setComputeFunctionDescriptor(self objc.ID, function objc.ID) {
	c.Message(self, c.table.selectors[selSetComputeFunctionDescriptor])
	c.X[2] = uintptr(function)
	c.Send()
}

// MTL4ComputePipelineDescriptor setThreadGroupSizeIsMultipleOfThreadExecutionWidth: v@:B, none, macOS 26.0.
func (c *call) setPipelineMultiple4(self objc.ID, multiple bool) {
	c.Message(self, c.table.selectors[selSetThreadGroupSizeIsMultipleOfThreadExecutionWidth])
	c.X[2] = objc.Bool(multiple)
	c.Send()
}

// MTL4ComputePipelineDescriptor setMaxTotalThreadsPerThreadgroup: v@:Q, none, macOS 26.0.
func (c *call) setPipelineMaxTotalThreadsPerThreadgroup4(self objc.ID, threads uint64) {
	c.Message(self, c.table.selectors[selSetMaxTotalThreadsPerThreadgroup])
	c.X[2] = uintptr(threads)
	c.Send()
}

// MTL4ComputePipelineDescriptor setRequiredThreadsPerThreadgroup: v@:{?=QQQ}, none, macOS 26.0.
func (c *call) setPipelineRequiredThreadsPerThreadgroup4(self objc.ID, size Size) {
	c.Message(self, c.table.selectors[selSetRequiredThreadsPerThreadgroup])
	c.X[2] = c.CopyStruct(size.words())
	c.Send()
}

// MTL4ComputePipelineDescriptor setSupportIndirectCommandBuffers: v@:q, none, macOS 26.0.
func (c *call) setPipelineSupportIndirectCommandBuffers4(self objc.ID, support IndirectCommandBufferSupportState) {
	c.Message(self, c.table.selectors[selSetSupportIndirectCommandBuffers])
	c.X[2] = uintptr(support)
	c.Send()
}

// MTL4PipelineDescriptor setLabel: v@:@, none, macOS 26.0.
func (c *call) setPipelineLabel4(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4PipelineDescriptor setOptions: v@:@, none, macOS 26.0.
func (c *call) setPipelineOptions4(self objc.ID, options objc.ID) {
	c.Message(self, c.table.selectors[selSetOptions])
	c.X[2] = uintptr(options)
	c.Send()
}

// MTL4PipelineOptions +new @@:, owned, macOS 26.0.
func (c *call) newPipelineOptions(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4PipelineOptions setShaderValidation: v@:q, none, macOS 26.0.
func (c *call) setPipelineOptionsShaderValidation(self objc.ID, validation ShaderValidation) {
	c.Message(self, c.table.selectors[selSetShaderValidation])
	c.X[2] = uintptr(validation)
	c.Send()
}

// MTL4PipelineOptions setShaderReflection: v@:Q, none, macOS 26.0.
func (c *call) setPipelineOptionsShaderReflection(self objc.ID, reflection ShaderReflection) {
	c.Message(self, c.table.selectors[selSetShaderReflection])
	c.X[2] = uintptr(reflection)
	c.Send()
}

// MTL4StaticLinkingDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newStaticLinkingDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4StaticLinkingDescriptor setPrivateFunctionDescriptors: v@:@, none, macOS 26.0.
func (c *call) setPrivateFunctionDescriptors(self objc.ID, functions objc.ID) {
	c.Message(self, c.table.selectors[selSetPrivateFunctionDescriptors])
	c.X[2] = uintptr(functions)
	c.Send()
}

// MTL4ComputePipelineDescriptor setStaticLinkingDescriptor: v@:@, none, macOS 26.0.
func (c *call) setPipelineStaticLinking(self objc.ID, linking objc.ID) {
	c.Message(self, c.table.selectors[selSetStaticLinkingDescriptor])
	c.X[2] = uintptr(linking)
	c.Send()
}

// MTL4PipelineStageDynamicLinkingDescriptor setPreloadedLibraries: v@:@, none, macOS 26.0.
func (c *call) setDynamicLinkingPreloadedLibraries(self objc.ID, libraries objc.ID) {
	c.Message(self, c.table.selectors[selSetPreloadedLibraries])
	c.X[2] = uintptr(libraries)
	c.Send()
}

// MTL4PipelineStageDynamicLinkingDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newDynamicLinkingDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4PipelineStageDynamicLinkingDescriptor setMaxCallStackDepth: v@:Q, none, macOS 26.0.
func (c *call) setDynamicLinkingMaxCallStackDepth(self objc.ID, depth uint64) {
	c.Message(self, c.table.selectors[selSetMaxCallStackDepth])
	c.X[2] = uintptr(depth)
	c.Send()
}

// MTLComputePipelineState reflection @@:, autoreleased, macOS 26.0.
func (c *call) pipelineReflection(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selReflection])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newArchiveWithURL:error: @@:@^@, owned, macOS 26.0.
func (c *call) newArchive(self objc.ID, url objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewArchiveWithURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4Archive setLabel: v@:@, none, macOS 26.0.
func (c *call) setArchiveLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4Archive newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:error: @@:@@^@, owned, macOS 26.0.
func (c *call) archiveNewComputePipelineState(self objc.ID, descriptor objc.ID, linking objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewComputePipelineStateWithDescriptor_dynamicLinkingDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(linking)
	c.X[4] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newPipelineDataSetSerializerWithDescriptor: @@:@, owned, macOS 26.0.
func (c *call) newPipelineDataSetSerializer(self objc.ID, descriptor objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewPipelineDataSetSerializerWithDescriptor])
	c.X[2] = uintptr(descriptor)
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4PipelineDataSetSerializerDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newPipelineDataSetSerializerDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4PipelineDataSetSerializerDescriptor setConfiguration: v@:Q, none, macOS 26.0.
func (c *call) setSerializerConfiguration(self objc.ID, configuration PipelineDataSetSerializerConfiguration) {
	c.Message(self, c.table.selectors[selSetConfiguration])
	c.X[2] = uintptr(configuration)
	c.Send()
}

// MTL4PipelineDataSetSerializer serializeAsArchiveAndFlushToURL:error: B@:@^@, none, macOS 26.0.
func (c *call) serializeAsArchiveAndFlush(self objc.ID, url objc.ID) (bool, objc.ID) {
	c.Message(self, c.table.selectors[selSerializeAsArchiveAndFlushToURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return byte(c.X[0]) != 0, *err
}

// MTL4PipelineDataSetSerializer serializeAsPipelinesScriptWithError: @@:^@, autoreleased, macOS 26.0.
func (c *call) serializeAsPipelinesScript(self objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selSerializeAsPipelinesScriptWithError])
	err := c.Out()
	c.X[2] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLComputePipelineDescriptor setSupportIndirectCommandBuffers: v@:B, none, macOS 11.0.
func (c *call) setPipelineSupportIndirectCommandBuffers(self objc.ID, support bool) {
	c.Message(self, c.table.selectors[selSetSupportIndirectCommandBuffers])
	c.X[2] = objc.Bool(support)
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

// MTLComputePipelineDescriptor buffers @@:, autoreleased, macOS 10.13.
func (c *call) pipelineBuffers(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selBuffers])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLComputePipelineDescriptor setMaxCallStackDepth: v@:Q, none, macOS 11.0.
func (c *call) setPipelineMaxCallStackDepth(self objc.ID, depth uint64) {
	c.Message(self, c.table.selectors[selSetMaxCallStackDepth])
	c.X[2] = uintptr(depth)
	c.Send()
}

// MTLComputePipelineDescriptor setShaderValidation: v@:q, none, macOS 15.0.
func (c *call) setPipelineShaderValidation(self objc.ID, validation ShaderValidation) {
	c.Message(self, c.table.selectors[selSetShaderValidation])
	c.X[2] = uintptr(validation)
	c.Send()
}

// MTLComputePipelineDescriptor setRequiredThreadsPerThreadgroup: v@:{?=QQQ}, none, macOS 26.0.
func (c *call) setPipelineRequiredThreadsPerThreadgroup(self objc.ID, threads Size) {
	c.Message(self, c.table.selectors[selSetRequiredThreadsPerThreadgroup])
	c.X[2] = c.CopyStruct(threads.words())
	c.Send()
}

// MTLComputePipelineDescriptor setBinaryArchives: v@:@, none, macOS 11.0.
func (c *call) setPipelineBinaryArchives(self objc.ID, archives objc.ID) {
	c.Message(self, c.table.selectors[selSetBinaryArchives])
	c.X[2] = uintptr(archives)
	c.Send()
}

// MTLPipelineBufferDescriptorArray objectAtIndexedSubscript: @@:Q, autoreleased, macOS 10.13.
func (c *call) pipelineBufferAtIndex(self objc.ID, index uint64) objc.ID {
	c.Message(self, c.table.selectors[selObjectAtIndexedSubscript])
	c.X[2] = uintptr(index)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLPipelineBufferDescriptor setMutability: v@:Q, none, macOS 10.13.
func (c *call) setMutability(self objc.ID, mutability Mutability) {
	c.Message(self, c.table.selectors[selSetMutability])
	c.X[2] = uintptr(mutability)
	c.Send()
}

// MTLComputePipelineReflection bindings @@:, autoreleased, macOS 13.0.
func (c *call) reflectionBindings(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selBindings])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBinding name @@:, autoreleased, macOS 13.0.
func (c *call) bindingName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBinding type q@:, none, macOS 13.0.
func (c *call) bindingType(self objc.ID) BindingType {
	c.Message(self, c.table.selectors[selType])
	c.Send()
	return BindingType(c.X[0])
}

// MTLBinding access Q@:, none, macOS 13.0.
func (c *call) bindingAccess(self objc.ID) BindingAccess {
	c.Message(self, c.table.selectors[selAccess])
	c.Send()
	return BindingAccess(c.X[0])
}

// MTLBinding index Q@:, none, macOS 13.0.
func (c *call) bindingIndex(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selIndex])
	c.Send()
	return uint64(c.X[0])
}

// MTLBinding isUsed B@:, none, macOS 13.0.
func (c *call) bindingIsUsed(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsUsed])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLBinding isArgument B@:, none, macOS 13.0.
func (c *call) bindingIsArgument(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsArgument])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLBufferBinding bufferAlignment Q@:, none, macOS 13.0.
func (c *call) bindingBufferAlignment(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selBufferAlignment])
	c.Send()
	return uint64(c.X[0])
}

// MTLBufferBinding bufferDataSize Q@:, none, macOS 13.0.
func (c *call) bindingBufferDataSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selBufferDataSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLBufferBinding bufferDataType Q@:, none, macOS 13.0.
func (c *call) bindingBufferDataType(self objc.ID) DataType {
	c.Message(self, c.table.selectors[selBufferDataType])
	c.Send()
	return DataType(c.X[0])
}

// MTLBufferBinding bufferStructType @@:, autoreleased, macOS 13.0.
func (c *call) bindingBufferStructType(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selBufferStructType])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLStructType members @@:, autoreleased, macOS 10.11.
func (c *call) structTypeMembers(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selMembers])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLStructMember name @@:, autoreleased, macOS 10.11.
func (c *call) structMemberName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLStructMember offset Q@:, none, macOS 10.11.
func (c *call) structMemberOffset(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selOffset])
	c.Send()
	return uint64(c.X[0])
}

// MTLStructMember dataType Q@:, none, macOS 10.11.
func (c *call) structMemberDataType(self objc.ID) DataType {
	c.Message(self, c.table.selectors[selDataType])
	c.Send()
	return DataType(c.X[0])
}

// MTLThreadgroupBinding threadgroupMemoryAlignment Q@:, none, macOS 13.0.
func (c *call) bindingThreadgroupMemoryAlignment(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selThreadgroupMemoryAlignment])
	c.Send()
	return uint64(c.X[0])
}

// MTLThreadgroupBinding threadgroupMemoryDataSize Q@:, none, macOS 13.0.
func (c *call) bindingThreadgroupMemoryDataSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selThreadgroupMemoryDataSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice newBinaryArchiveWithDescriptor:error: @@:@^@, owned, macOS 11.0.
func (c *call) newBinaryArchive(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewBinaryArchiveWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLBinaryArchiveDescriptor +new @@:, owned, macOS 11.0.
func (c *call) newBinaryArchiveDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBinaryArchiveDescriptor setUrl: v@:@, none, macOS 11.0.
func (c *call) setBinaryArchiveDescriptorURL(self objc.ID, url objc.ID) {
	c.Message(self, c.table.selectors[selSetUrl])
	c.X[2] = uintptr(url)
	c.Send()
}

// MTLBinaryArchive setLabel: v@:@, none, macOS 11.0.
func (c *call) setBinaryArchiveLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLBinaryArchive addComputePipelineFunctionsWithDescriptor:error: B@:@^@, none, macOS 11.0.
func (c *call) archiveAddComputePipelineFunctions(self objc.ID, descriptor objc.ID) (bool, objc.ID) {
	c.Message(self, c.table.selectors[selAddComputePipelineFunctionsWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return byte(c.X[0]) != 0, *err
}

// MTLBinaryArchive serializeToURL:error: B@:@^@, none, macOS 11.0.
func (c *call) archiveSerialize(self objc.ID, url objc.ID) (bool, objc.ID) {
	c.Message(self, c.table.selectors[selSerializeToURL_error])
	err := c.Out()
	c.X[2] = uintptr(url)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return byte(c.X[0]) != 0, *err
}

// MTLComputePipelineState maxTotalThreadsPerThreadgroup Q@:, none, macOS 10.11.
func (c *call) pipelineMaxTotalThreadsPerThreadgroup(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selMaxTotalThreadsPerThreadgroup])
	c.Send()
	return uint64(c.X[0])
}

// MTLComputePipelineState requiredThreadsPerThreadgroup {?=QQQ}@:, none, macOS 26.0.
func (c *call) pipelineRequiredThreadsPerThreadgroup(self objc.ID) Size {
	c.Message(self, c.table.selectors[selRequiredThreadsPerThreadgroup])
	result := c.Result()
	c.Send()
	return sizeOf(*result)
}

// MTLComputePipelineState threadExecutionWidth Q@:, none, macOS 10.11.
func (c *call) pipelineThreadExecutionWidth(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selThreadExecutionWidth])
	c.Send()
	return uint64(c.X[0])
}

// MTLComputePipelineState gpuResourceID {MTLResourceID=Q}@:, none, macOS 13.0.
func (c *call) pipelineGPUResourceID(self objc.ID) ResourceID {
	c.Message(self, c.table.selectors[selGpuResourceID])
	c.Send()
	return ResourceID(c.X[0])
}

// MTLComputePipelineState staticThreadgroupMemoryLength Q@:, none, macOS 10.13.
func (c *call) pipelineStaticThreadgroupMemoryLength(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selStaticThreadgroupMemoryLength])
	c.Send()
	return uint64(c.X[0])
}

// MTLCommandQueueDescriptor +new @@:, owned, macOS 15.0.
func (c *call) newCommandQueueDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandQueueDescriptor setMaxCommandBufferCount: v@:Q, none, macOS 15.0.
func (c *call) setQueueMaxCommandBufferCount(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetMaxCommandBufferCount])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTLCommandQueueDescriptor setLogState: v@:@, none, macOS 15.0.
func (c *call) setQueueLogState(self objc.ID, state objc.ID) {
	c.Message(self, c.table.selectors[selSetLogState])
	c.X[2] = uintptr(state)
	c.Send()
}

// MTLCommandBufferDescriptor +new @@:, owned, macOS 11.0.
func (c *call) newCommandBufferDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBufferDescriptor setRetainedReferences: v@:B, none, macOS 11.0.
func (c *call) setRetainedReferences(self objc.ID, retained bool) {
	c.Message(self, c.table.selectors[selSetRetainedReferences])
	c.X[2] = objc.Bool(retained)
	c.Send()
}

// MTLCommandBufferDescriptor setErrorOptions: v@:Q, none, macOS 11.0.
func (c *call) setErrorOptions(self objc.ID, options CommandBufferErrorOption) {
	c.Message(self, c.table.selectors[selSetErrorOptions])
	c.X[2] = uintptr(options)
	c.Send()
}

// MTLCommandBufferDescriptor setLogState: v@:@, none, macOS 15.0.
func (c *call) setCommandBufferLogState(self objc.ID, state objc.ID) {
	c.Message(self, c.table.selectors[selSetLogState])
	c.X[2] = uintptr(state)
	c.Send()
}

// MTLComputePipelineState supportIndirectCommandBuffers B@:, none, macOS 11.0.
func (c *call) pipelineSupportIndirectCommandBuffers(self objc.ID) bool {
	c.Message(self, c.table.selectors[selSupportIndirectCommandBuffers])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLCommandQueue commandBuffer @@:, autoreleased, macOS 10.11.
func (c *call) commandBuffer(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selCommandBuffer])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandQueue commandBufferWithDescriptor: @@:@, autoreleased, macOS 11.0.
func (c *call) commandBufferWithDescriptor(self objc.ID, descriptor objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selCommandBufferWithDescriptor])
	c.X[2] = uintptr(descriptor)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandQueue label @@:, autoreleased, macOS 10.11.
func (c *call) queueLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
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

// MTLCommandBuffer label @@:, autoreleased, macOS 10.11.
func (c *call) commandBufferLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBuffer retainedReferences B@:, none, macOS 10.11.
func (c *call) commandBufferRetainedReferences(self objc.ID) bool {
	c.Message(self, c.table.selectors[selRetainedReferences])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLCommandBuffer errorOptions Q@:, none, macOS 11.0.
func (c *call) commandBufferErrorOptions(self objc.ID) CommandBufferErrorOption {
	c.Message(self, c.table.selectors[selErrorOptions])
	c.Send()
	return CommandBufferErrorOption(c.X[0])
}

// MTLCommandBuffer encodeSignalEvent:value: v@:@Q, none, macOS 10.14.
func (c *call) encodeSignalEvent(self objc.ID, event objc.ID, value uint64) {
	c.Message(self, c.table.selectors[selEncodeSignalEvent_value])
	c.X[2] = uintptr(event)
	c.X[3] = uintptr(value)
	c.Send()
}

// MTLCommandBuffer encodeWaitForEvent:value: v@:@Q, none, macOS 10.14.
func (c *call) encodeWaitForEvent(self objc.ID, event objc.ID, value uint64) {
	c.Message(self, c.table.selectors[selEncodeWaitForEvent_value])
	c.X[2] = uintptr(event)
	c.X[3] = uintptr(value)
	c.Send()
}

// MTLCommandBuffer addScheduledHandler: v@:@?, none, macOS 10.11.
func (c *call) addScheduledHandler(self objc.ID, block uintptr) {
	c.Message(self, c.table.selectors[selAddScheduledHandler])
	c.X[2] = block
	c.Send()
}

// MTLCommandBuffer addCompletedHandler: v@:@?, none, macOS 10.11.
func (c *call) addCompletedHandler(self objc.ID, block uintptr) {
	c.Message(self, c.table.selectors[selAddCompletedHandler])
	c.X[2] = block
	c.Send()
}

// MTLCommandBuffer pushDebugGroup: v@:@, none, macOS 10.13.
func (c *call) pushCommandBufferDebugGroup(self objc.ID, text objc.ID) {
	c.Message(self, c.table.selectors[selPushDebugGroup])
	c.X[2] = uintptr(text)
	c.Send()
}

// MTLCommandBuffer popDebugGroup v@:, none, macOS 10.13.
func (c *call) popCommandBufferDebugGroup(self objc.ID) {
	c.Message(self, c.table.selectors[selPopDebugGroup])
	c.Send()
}

// MTLCommandBuffer enqueue v@:, none, macOS 10.11.
func (c *call) enqueue(self objc.ID) {
	c.Message(self, c.table.selectors[selEnqueue])
	c.Send()
}

// MTLCommandBuffer computeCommandEncoderWithDescriptor: @@:@, autoreleased, macOS 11.0.
func (c *call) computeCommandEncoderWithDescriptor(self objc.ID, descriptor objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selComputeCommandEncoderWithDescriptor])
	c.X[2] = uintptr(descriptor)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBuffer blitCommandEncoderWithDescriptor: @@:@, autoreleased, macOS 11.0.
func (c *call) blitCommandEncoderWithDescriptor(self objc.ID, descriptor objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selBlitCommandEncoderWithDescriptor])
	c.X[2] = uintptr(descriptor)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBuffer commit v@:, none, macOS 10.11.
func (c *call) commit(self objc.ID) {
	c.Message(self, c.table.selectors[selCommit])
	c.Send()
}

// MTLCommandBuffer waitUntilScheduled v@:, none, macOS 10.11.
func (c *call) waitUntilScheduled(self objc.ID) {
	c.Message(self, c.table.selectors[selWaitUntilScheduled])
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

// MTLCommandBuffer logs @@:, autoreleased, macOS 11.0.
func (c *call) commandBufferLogs(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLogs])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionLog type Q@:, none, macOS 11.0.
func (c *call) functionLogType(self objc.ID) FunctionLogType {
	c.Message(self, c.table.selectors[selType])
	c.Send()
	return FunctionLogType(c.X[0])
}

// MTLFunctionLog encoderLabel @@:, autoreleased, macOS 11.0.
func (c *call) functionLogEncoderLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selEncoderLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionLog function @@:, autoreleased, macOS 11.0.
func (c *call) functionLogFunction(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selFunction])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionLog debugLocation @@:, autoreleased, macOS 11.0.
func (c *call) functionLogDebugLocation(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selDebugLocation])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionLogDebugLocation functionName @@:, autoreleased, macOS 11.0.
func (c *call) debugLocationFunctionName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selFunctionName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionLogDebugLocation URL @@:, autoreleased, macOS 11.0.
func (c *call) debugLocationURL(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selURL])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFunctionLogDebugLocation line Q@:, none, macOS 11.0.
func (c *call) debugLocationLine(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selLine])
	c.Send()
	return uint64(c.X[0])
}

// MTLFunctionLogDebugLocation column Q@:, none, macOS 11.0.
func (c *call) debugLocationColumn(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selColumn])
	c.Send()
	return uint64(c.X[0])
}

// MTLCommandBufferEncoderInfo label @@:, autoreleased, macOS 11.0.
func (c *call) encoderInfoLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBufferEncoderInfo debugSignposts @@:, autoreleased, macOS 11.0.
func (c *call) encoderInfoDebugSignposts(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selDebugSignposts])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandBufferEncoderInfo errorState q@:, none, macOS 11.0.
func (c *call) encoderInfoErrorState(self objc.ID) CommandEncoderErrorState {
	c.Message(self, c.table.selectors[selErrorState])
	c.Send()
	return CommandEncoderErrorState(c.X[0])
}

// MTLEvent setLabel: v@:@, none, macOS 10.14.
func (c *call) setEventLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLEvent label @@:, autoreleased, macOS 10.14.
func (c *call) eventLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLSharedEvent signaledValue Q@:, none, macOS 10.14.
func (c *call) signaledValue(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selSignaledValue])
	c.Send()
	return uint64(c.X[0])
}

// MTLSharedEvent setSignaledValue: v@:Q, none, macOS 10.14.
func (c *call) setSignaledValue(self objc.ID, value uint64) {
	c.Message(self, c.table.selectors[selSetSignaledValue])
	c.X[2] = uintptr(value)
	c.Send()
}

// MTLSharedEvent waitUntilSignaledValue:timeoutMS: B@:QQ, none, macOS 12.0.
func (c *call) waitUntilSignaledValue(self objc.ID, value uint64, milliseconds uint64) bool {
	c.Message(self, c.table.selectors[selWaitUntilSignaledValue_timeoutMS])
	c.X[2] = uintptr(value)
	c.X[3] = uintptr(milliseconds)
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLSharedEvent notifyListener:atValue:block: v@:@Q@?, none, macOS 10.14.
func (c *call) notifyListener(self objc.ID, listener objc.ID, value uint64, block uintptr) {
	c.Message(self, c.table.selectors[selNotifyListener_atValue_block])
	c.X[2] = uintptr(listener)
	c.X[3] = uintptr(value)
	c.X[4] = block
	c.Send()
}

// MTLSharedEvent newSharedEventHandle @@:, owned, macOS 10.14.
func (c *call) newSharedEventHandle(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewSharedEventHandle])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLSharedEventListener +new @@:, owned, macOS 10.14.
func (c *call) newSharedEventListener(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLSharedEventHandle label @@:, autoreleased, macOS 10.14.
func (c *call) sharedEventHandleLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newLogStateWithDescriptor:error: @@:@^@, owned, macOS 15.0.
func (c *call) newLogState(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewLogStateWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLLogStateDescriptor +new @@:, owned, macOS 15.0.
func (c *call) newLogStateDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLLogStateDescriptor setLevel: v@:q, none, macOS 15.0.
func (c *call) setLogLevel(self objc.ID, level LogLevel) {
	c.Message(self, c.table.selectors[selSetLevel])
	c.X[2] = uintptr(level)
	c.Send()
}

// MTLLogStateDescriptor setBufferSize: v@:q, none, macOS 15.0.
func (c *call) setLogBufferSize(self objc.ID, size int64) {
	c.Message(self, c.table.selectors[selSetBufferSize])
	c.X[2] = uintptr(size)
	c.Send()
}

// MTLLogState addLogHandler: v@:@?, none, macOS 15.0.
func (c *call) addLogHandler(self objc.ID, block uintptr) {
	c.Message(self, c.table.selectors[selAddLogHandler])
	c.X[2] = block
	c.Send()
}

// MTLCounterSet name @@:, autoreleased, macOS 10.15.
func (c *call) counterSetName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCounterSet counters @@:, autoreleased, macOS 10.15.
func (c *call) counterSetCounters(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selCounters])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCounter name @@:, autoreleased, macOS 10.15.
func (c *call) counterName(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selName])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCounterSampleBufferDescriptor +new @@:, owned, macOS 10.15.
func (c *call) newCounterSampleBufferDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCounterSampleBufferDescriptor setCounterSet: v@:@, none, macOS 10.15.
func (c *call) setCounterSet(self objc.ID, set objc.ID) {
	c.Message(self, c.table.selectors[selSetCounterSet])
	c.X[2] = uintptr(set)
	c.Send()
}

// MTLCounterSampleBufferDescriptor setLabel: v@:@, none, macOS 10.15.
func (c *call) setSampleBufferLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCounterSampleBufferDescriptor setStorageMode: v@:Q, none, macOS 10.15.
func (c *call) setSampleBufferStorageMode(self objc.ID, mode StorageMode) {
	c.Message(self, c.table.selectors[selSetStorageMode])
	c.X[2] = uintptr(mode)
	c.Send()
}

// MTLCounterSampleBufferDescriptor setSampleCount: v@:Q, none, macOS 10.15.
func (c *call) setSampleCount(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetSampleCount])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTLCounterSampleBuffer resolveCounterRange: @@:{_NSRange=QQ}, autoreleased, macOS 10.15.
func (c *call) resolveCounterRange(self objc.ID, samples objc.Range) objc.ID {
	c.Message(self, c.table.selectors[selResolveCounterRange])
	c.X[2] = uintptr(samples.Location)
	c.X[3] = uintptr(samples.Length)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newCounterHeapWithDescriptor:error: @@:@^@, owned, macOS 26.0.
func (c *call) newCounterHeap(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewCounterHeapWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice sizeOfCounterHeapEntry: Q@:q, none, macOS 26.0.
func (c *call) sizeOfCounterHeapEntry(self objc.ID, heapType CounterHeapType) uint64 {
	c.Message(self, c.table.selectors[selSizeOfCounterHeapEntry])
	c.X[2] = uintptr(heapType)
	c.Send()
	return uint64(c.X[0])
}

// MTLDevice queryTimestampFrequency Q@:, none, macOS 26.0.
func (c *call) queryTimestampFrequency(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selQueryTimestampFrequency])
	c.Send()
	return uint64(c.X[0])
}

// MTL4CounterHeapDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newCounterHeapDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CounterHeapDescriptor setType: v@:q, none, macOS 26.0.
func (c *call) setCounterHeapType(self objc.ID, heapType CounterHeapType) {
	c.Message(self, c.table.selectors[selSetType])
	c.X[2] = uintptr(heapType)
	c.Send()
}

// MTL4CounterHeapDescriptor setCount: v@:Q, none, macOS 26.0.
func (c *call) setCounterHeapCount(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetCount])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTL4CounterHeap setLabel: v@:@, none, macOS 26.0.
func (c *call) setCounterHeapLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4CounterHeap resolveCounterRange: @@:{_NSRange=QQ}, autoreleased, macOS 26.0.
func (c *call) resolveCounterHeapRange(self objc.ID, entries objc.Range) objc.ID {
	c.Message(self, c.table.selectors[selResolveCounterRange])
	c.X[2] = uintptr(entries.Location)
	c.X[3] = uintptr(entries.Length)
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CounterHeap invalidateCounterRange: v@:{_NSRange=QQ}, none, macOS 26.0.
func (c *call) invalidateCounterRange(self objc.ID, entries objc.Range) {
	c.Message(self, c.table.selectors[selInvalidateCounterRange])
	c.X[2] = uintptr(entries.Location)
	c.X[3] = uintptr(entries.Length)
	c.Send()
}

// MTLComputePassDescriptor +new @@:, owned, macOS 11.0.
func (c *call) newComputePassDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLComputePassDescriptor setDispatchType: v@:Q, none, macOS 11.0.
func (c *call) setPassDispatchType(self objc.ID, dispatchType DispatchType) {
	c.Message(self, c.table.selectors[selSetDispatchType])
	c.X[2] = uintptr(dispatchType)
	c.Send()
}

// MTLComputePassDescriptor sampleBufferAttachments @@:, autoreleased, macOS 11.0.
func (c *call) computePassAttachments(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selSampleBufferAttachments])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLComputePassSampleBufferAttachmentDescriptorArray objectAtIndexedSubscript: @@:Q, autoreleased, macOS 11.0.
func (c *call) computePassAttachment(self objc.ID, index uint64) objc.ID {
	c.Message(self, c.table.selectors[selObjectAtIndexedSubscript])
	c.X[2] = uintptr(index)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLComputePassSampleBufferAttachmentDescriptor setSampleBuffer: v@:@, none, macOS 11.0.
func (c *call) setComputePassSampleBuffer(self objc.ID, buffer objc.ID) {
	c.Message(self, c.table.selectors[selSetSampleBuffer])
	c.X[2] = uintptr(buffer)
	c.Send()
}

// MTLComputePassSampleBufferAttachmentDescriptor setStartOfEncoderSampleIndex: v@:Q, none, macOS 11.0.
func (c *call) setComputePassStart(self objc.ID, index uint64) {
	c.Message(self, c.table.selectors[selSetStartOfEncoderSampleIndex])
	c.X[2] = uintptr(index)
	c.Send()
}

// MTLComputePassSampleBufferAttachmentDescriptor setEndOfEncoderSampleIndex: v@:Q, none, macOS 11.0.
func (c *call) setComputePassEnd(self objc.ID, index uint64) {
	c.Message(self, c.table.selectors[selSetEndOfEncoderSampleIndex])
	c.X[2] = uintptr(index)
	c.Send()
}

// MTLBlitPassDescriptor +new @@:, owned, macOS 11.0.
func (c *call) newBlitPassDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBlitPassDescriptor sampleBufferAttachments @@:, autoreleased, macOS 11.0.
func (c *call) blitPassAttachments(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selSampleBufferAttachments])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBlitPassSampleBufferAttachmentDescriptorArray objectAtIndexedSubscript: @@:Q, autoreleased, macOS 11.0.
func (c *call) blitPassAttachment(self objc.ID, index uint64) objc.ID {
	c.Message(self, c.table.selectors[selObjectAtIndexedSubscript])
	c.X[2] = uintptr(index)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLBlitPassSampleBufferAttachmentDescriptor setSampleBuffer: v@:@, none, macOS 11.0.
func (c *call) setBlitPassSampleBuffer(self objc.ID, buffer objc.ID) {
	c.Message(self, c.table.selectors[selSetSampleBuffer])
	c.X[2] = uintptr(buffer)
	c.Send()
}

// MTLBlitPassSampleBufferAttachmentDescriptor setStartOfEncoderSampleIndex: v@:Q, none, macOS 11.0.
func (c *call) setBlitPassStart(self objc.ID, index uint64) {
	c.Message(self, c.table.selectors[selSetStartOfEncoderSampleIndex])
	c.X[2] = uintptr(index)
	c.Send()
}

// MTLBlitPassSampleBufferAttachmentDescriptor setEndOfEncoderSampleIndex: v@:Q, none, macOS 11.0.
func (c *call) setBlitPassEnd(self objc.ID, index uint64) {
	c.Message(self, c.table.selectors[selSetEndOfEncoderSampleIndex])
	c.X[2] = uintptr(index)
	c.Send()
}

// MTLCaptureManager +sharedCaptureManager @@:, autoreleased, macOS 10.13.
func (c *call) sharedCaptureManager(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selSharedCaptureManager])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCaptureManager newCaptureScopeWithDevice: @@:@, owned, macOS 10.13.
func (c *call) newCaptureScopeWithDevice(self objc.ID, device objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewCaptureScopeWithDevice])
	c.X[2] = uintptr(device)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCaptureManager newCaptureScopeWithCommandQueue: @@:@, owned, macOS 10.13.
func (c *call) newCaptureScopeWithCommandQueue(self objc.ID, queue objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewCaptureScopeWithCommandQueue])
	c.X[2] = uintptr(queue)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCaptureManager supportsDestination: B@:q, none, macOS 10.15.
func (c *call) supportsDestination(self objc.ID, destination CaptureDestination) bool {
	c.Message(self, c.table.selectors[selSupportsDestination])
	c.X[2] = uintptr(destination)
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLCaptureManager startCaptureWithDescriptor:error: B@:@^@, none, macOS 10.15.
func (c *call) startCapture(self objc.ID, descriptor objc.ID) (bool, objc.ID) {
	c.Message(self, c.table.selectors[selStartCaptureWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return byte(c.X[0]) != 0, *err
}

// MTLCaptureManager stopCapture v@:, none, macOS 10.13.
func (c *call) stopCapture(self objc.ID) {
	c.Message(self, c.table.selectors[selStopCapture])
	c.Send()
}

// MTLCaptureManager isCapturing B@:, none, macOS 10.13.
func (c *call) isCapturing(self objc.ID) bool {
	c.Message(self, c.table.selectors[selIsCapturing])
	c.Send()
	return byte(c.X[0]) != 0
}

// MTLCaptureManager setDefaultCaptureScope: v@:@, none, macOS 10.13.
func (c *call) setDefaultCaptureScope(self objc.ID, capture objc.ID) {
	c.Message(self, c.table.selectors[selSetDefaultCaptureScope])
	c.X[2] = uintptr(capture)
	c.Send()
}

// MTLCaptureDescriptor +new @@:, owned, macOS 10.15.
func (c *call) newCaptureDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCaptureDescriptor setCaptureObject: v@:@, none, macOS 10.15.
func (c *call) setCaptureObject(self objc.ID, object objc.ID) {
	c.Message(self, c.table.selectors[selSetCaptureObject])
	c.X[2] = uintptr(object)
	c.Send()
}

// MTLCaptureDescriptor setDestination: v@:q, none, macOS 10.15.
func (c *call) setCaptureDestination(self objc.ID, destination CaptureDestination) {
	c.Message(self, c.table.selectors[selSetDestination])
	c.X[2] = uintptr(destination)
	c.Send()
}

// MTLCaptureDescriptor setOutputURL: v@:@, none, macOS 10.15.
func (c *call) setCaptureOutputURL(self objc.ID, url objc.ID) {
	c.Message(self, c.table.selectors[selSetOutputURL])
	c.X[2] = uintptr(url)
	c.Send()
}

// MTLCaptureScope beginScope v@:, none, macOS 10.13.
func (c *call) beginScope(self objc.ID) {
	c.Message(self, c.table.selectors[selBeginScope])
	c.Send()
}

// MTLCaptureScope endScope v@:, none, macOS 10.13.
func (c *call) endScope(self objc.ID) {
	c.Message(self, c.table.selectors[selEndScope])
	c.Send()
}

// MTLCaptureScope setLabel: v@:@, none, macOS 10.13.
func (c *call) setCaptureScopeLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCaptureScope label @@:, autoreleased, macOS 10.13.
func (c *call) captureScopeLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLFence setLabel: v@:@, none, macOS 10.13.
func (c *call) setFenceLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLFence label @@:, autoreleased, macOS 10.13.
func (c *call) fenceLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandEncoder setLabel: v@:@, none, macOS 10.11.
func (c *call) setEncoderLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTLCommandEncoder label @@:, autoreleased, macOS 10.11.
func (c *call) encoderLabel(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selLabel])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLCommandEncoder insertDebugSignpost: v@:@, none, macOS 10.11.
func (c *call) insertDebugSignpost(self objc.ID, text objc.ID) {
	c.Message(self, c.table.selectors[selInsertDebugSignpost])
	c.X[2] = uintptr(text)
	c.Send()
}

// MTLCommandEncoder pushDebugGroup: v@:@, none, macOS 10.11.
func (c *call) pushDebugGroup(self objc.ID, text objc.ID) {
	c.Message(self, c.table.selectors[selPushDebugGroup])
	c.X[2] = uintptr(text)
	c.Send()
}

// MTLCommandEncoder popDebugGroup v@:, none, macOS 10.11.
func (c *call) popDebugGroup(self objc.ID) {
	c.Message(self, c.table.selectors[selPopDebugGroup])
	c.Send()
}

// MTLCommandEncoder barrierAfterQueueStages:beforeStages: v@:QQ, none, macOS 26.0.
func (c *call) barrierAfterQueueStages(self objc.ID, after Stages, before Stages) {
	c.Message(self, c.table.selectors[selBarrierAfterQueueStages_beforeStages])
	c.X[2] = uintptr(after)
	c.X[3] = uintptr(before)
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

// MTLComputeCommandEncoder useHeaps:count: v@:^@Q, none, macOS 10.13.
func (c *call) useHeaps(self objc.ID, heaps []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selUseHeaps_count])
	c.X[2] = c.CopyIDs(heaps)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTLComputeCommandEncoder dispatchType Q@:, none, macOS 10.14.
func (c *call) dispatchType(self objc.ID) DispatchType {
	c.Message(self, c.table.selectors[selDispatchType])
	c.Send()
	return DispatchType(c.X[0])
}

// MTLComputeCommandEncoder sampleCountersInBuffer:atSampleIndex:withBarrier: v@:@QB, none, macOS 10.15.
func (c *call) sampleCounters(self objc.ID, buffer objc.ID, index uint64, barrier bool) {
	c.Message(self, c.table.selectors[selSampleCountersInBuffer_atSampleIndex_withBarrier])
	c.X[2] = uintptr(buffer)
	c.X[3] = uintptr(index)
	c.X[4] = objc.Bool(barrier)
	c.Send()
}

// MTLComputeCommandEncoder updateFence: v@:@, none, macOS 10.13.
func (c *call) updateFence(self objc.ID, fence objc.ID) {
	c.Message(self, c.table.selectors[selUpdateFence])
	c.X[2] = uintptr(fence)
	c.Send()
}

// MTLComputeCommandEncoder waitForFence: v@:@, none, macOS 10.13.
func (c *call) waitForFence(self objc.ID, fence objc.ID) {
	c.Message(self, c.table.selectors[selWaitForFence])
	c.X[2] = uintptr(fence)
	c.Send()
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

// MTLComputeCommandEncoder useResources:count:usage: v@:^@QQ, none, macOS 10.13; waits in the batch.
func (c *batch) useResources(self objc.ID, resources []objc.ID, count uint64, usage ResourceUsage) {
	c.Reserve(len(resources))
	x2 := c.CopyIDs(resources)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selUseResources_count_usage])
	e[2] = x2
	e[3] = uintptr(count)
	e[4] = uintptr(usage)
	c.Commit()
}

// MTLComputeCommandEncoder executeCommandsInBuffer:withRange: v@:@{_NSRange=QQ}, none, macOS 11.0; waits in the batch.
func (c *batch) executeCommands(self objc.ID, commands objc.ID, execution objc.Range) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selExecuteCommandsInBuffer_withRange])
	e[2] = uintptr(commands)
	e[3] = uintptr(execution.Location)
	e[4] = uintptr(execution.Length)
	c.Commit()
}

// MTLComputeCommandEncoder executeCommandsInBuffer:indirectBuffer:indirectBufferOffset: v@:@@Q, none, macOS 11.0; waits in the batch.
func (c *batch) executeCommandsIndirect(self objc.ID, commands objc.ID, buffer objc.ID, offset uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selExecuteCommandsInBuffer_indirectBuffer_indirectBufferOffset])
	e[2] = uintptr(commands)
	e[3] = uintptr(buffer)
	e[4] = uintptr(offset)
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

// MTLBlitCommandEncoder synchronizeResource: v@:@, none, macOS 10.11.
func (c *call) synchronizeResource(self objc.ID, resource objc.ID) {
	c.Message(self, c.table.selectors[selSynchronizeResource])
	c.X[2] = uintptr(resource)
	c.Send()
}

// MTLBlitCommandEncoder sampleCountersInBuffer:atSampleIndex:withBarrier: v@:@QB, none, macOS 10.15.
func (c *call) sampleBlitCounters(self objc.ID, buffer objc.ID, index uint64, barrier bool) {
	c.Message(self, c.table.selectors[selSampleCountersInBuffer_atSampleIndex_withBarrier])
	c.X[2] = uintptr(buffer)
	c.X[3] = uintptr(index)
	c.X[4] = objc.Bool(barrier)
	c.Send()
}

// MTLBlitCommandEncoder resolveCounters:inRange:destinationBuffer:destinationOffset: v@:@{_NSRange=QQ}@Q, none, macOS 10.15.
func (c *call) resolveCounters(self objc.ID, buffer objc.ID, samples objc.Range, destination objc.ID, offset uint64) {
	c.Message(self, c.table.selectors[selResolveCounters_inRange_destinationBuffer_destinationOffset])
	c.X[2] = uintptr(buffer)
	c.X[3] = uintptr(samples.Location)
	c.X[4] = uintptr(samples.Length)
	c.X[5] = uintptr(destination)
	c.X[6] = uintptr(offset)
	c.Send()
}

// MTLBlitCommandEncoder updateFence: v@:@, none, macOS 10.13.
func (c *call) updateBlitFence(self objc.ID, fence objc.ID) {
	c.Message(self, c.table.selectors[selUpdateFence])
	c.X[2] = uintptr(fence)
	c.Send()
}

// MTLBlitCommandEncoder waitForFence: v@:@, none, macOS 10.13.
func (c *call) waitForBlitFence(self objc.ID, fence objc.ID) {
	c.Message(self, c.table.selectors[selWaitForFence])
	c.X[2] = uintptr(fence)
	c.Send()
}

// MTLBlitCommandEncoder resetCommandsInBuffer:withRange: v@:@{_NSRange=QQ}, none, macOS 10.14; waits in the batch.
func (c *batch) resetCommands(self objc.ID, commands objc.ID, reset objc.Range) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selResetCommandsInBuffer_withRange])
	e[2] = uintptr(commands)
	e[3] = uintptr(reset.Location)
	e[4] = uintptr(reset.Length)
	c.Commit()
}

// MTLBlitCommandEncoder copyIndirectCommandBuffer:sourceRange:destination:destinationIndex: v@:@{_NSRange=QQ}@Q, none, macOS 10.14; waits in the batch.
func (c *batch) copyIndirectCommandBuffer(self objc.ID, source objc.ID, commands objc.Range, destination objc.ID, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selCopyIndirectCommandBuffer_sourceRange_destination_destinationIndex])
	e[2] = uintptr(source)
	e[3] = uintptr(commands.Location)
	e[4] = uintptr(commands.Length)
	e[5] = uintptr(destination)
	e[6] = uintptr(index)
	c.Commit()
}

// MTLBlitCommandEncoder optimizeIndirectCommandBuffer:withRange: v@:@{_NSRange=QQ}, none, macOS 10.14; waits in the batch.
func (c *batch) optimizeIndirectCommandBuffer(self objc.ID, commands objc.ID, optimized objc.Range) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selOptimizeIndirectCommandBuffer_withRange])
	e[2] = uintptr(commands)
	e[3] = uintptr(optimized.Location)
	e[4] = uintptr(optimized.Length)
	c.Commit()
}

// MTLDevice newIndirectCommandBufferWithDescriptor:maxCommandCount:options: @@:@QQ, owned, macOS 10.14.
func (c *call) newIndirectCommandBuffer(self objc.ID, descriptor objc.ID, maxCommandCount uint64, options ResourceOptions) objc.ID {
	c.Message(self, c.table.selectors[selNewIndirectCommandBufferWithDescriptor_maxCommandCount_options])
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(maxCommandCount)
	c.X[4] = uintptr(options)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLIndirectCommandBufferDescriptor +new @@:, owned, macOS 10.14.
func (c *call) newIndirectCommandBufferDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLIndirectCommandBufferDescriptor setCommandTypes: v@:Q, none, macOS 10.14.
func (c *call) setIndirectCommandTypes(self objc.ID, types IndirectCommandType) {
	c.Message(self, c.table.selectors[selSetCommandTypes])
	c.X[2] = uintptr(types)
	c.Send()
}

// MTLIndirectCommandBufferDescriptor setInheritPipelineState: v@:B, none, macOS 10.14.
func (c *call) setIndirectInheritPipelineState(self objc.ID, inherit bool) {
	c.Message(self, c.table.selectors[selSetInheritPipelineState])
	c.X[2] = objc.Bool(inherit)
	c.Send()
}

// MTLIndirectCommandBufferDescriptor setInheritBuffers: v@:B, none, macOS 10.14.
func (c *call) setIndirectInheritBuffers(self objc.ID, inherit bool) {
	c.Message(self, c.table.selectors[selSetInheritBuffers])
	c.X[2] = objc.Bool(inherit)
	c.Send()
}

// MTLIndirectCommandBufferDescriptor setMaxKernelBufferBindCount: v@:Q, none, macOS 11.0.
func (c *call) setIndirectMaxKernelBufferBindCount(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetMaxKernelBufferBindCount])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTLIndirectCommandBufferDescriptor setMaxKernelThreadgroupMemoryBindCount: v@:Q, none, macOS 14.0.
func (c *call) setIndirectMaxKernelThreadgroupMemoryBindCount(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetMaxKernelThreadgroupMemoryBindCount])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTLIndirectCommandBuffer size Q@:, none, macOS 10.14.
func (c *call) indirectCommandBufferSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selSize])
	c.Send()
	return uint64(c.X[0])
}

// MTLIndirectCommandBuffer gpuResourceID {MTLResourceID=Q}@:, none, macOS 13.0.
func (c *call) indirectCommandBufferGPUResourceID(self objc.ID) ResourceID {
	c.Message(self, c.table.selectors[selGpuResourceID])
	c.Send()
	return ResourceID(c.X[0])
}

// MTLIndirectCommandBuffer resetWithRange: v@:{_NSRange=QQ}, none, macOS 10.14.
func (c *call) resetIndirectCommands(self objc.ID, reset objc.Range) {
	c.Message(self, c.table.selectors[selResetWithRange])
	c.X[2] = uintptr(reset.Location)
	c.X[3] = uintptr(reset.Length)
	c.Send()
}

// MTLIndirectCommandBuffer indirectComputeCommandAtIndex: @@:Q, autoreleased, macOS 11.0.
func (c *call) indirectComputeCommandAtIndex(self objc.ID, index uint64) objc.ID {
	c.Message(self, c.table.selectors[selIndirectComputeCommandAtIndex])
	c.X[2] = uintptr(index)
	c.Send()
	return objc.ID(c.X[0])
}

// MTLIndirectComputeCommand setComputePipelineState: v@:@, none, macOS 11.0; waits in the batch.
func (c *batch) setIndirectComputePipelineState(self objc.ID, pipeline objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetComputePipelineState])
	e[2] = uintptr(pipeline)
	c.Commit()
}

// MTLIndirectComputeCommand setKernelBuffer:offset:atIndex: v@:@QQ, none, macOS 11.0; waits in the batch.
func (c *batch) setKernelBuffer(self objc.ID, buffer objc.ID, offset uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetKernelBuffer_offset_atIndex])
	e[2] = uintptr(buffer)
	e[3] = uintptr(offset)
	e[4] = uintptr(index)
	c.Commit()
}

// MTLIndirectComputeCommand setThreadgroupMemoryLength:atIndex: v@:QQ, none, macOS 11.0; waits in the batch.
func (c *batch) setIndirectThreadgroupMemoryLength(self objc.ID, length uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetThreadgroupMemoryLength_atIndex])
	e[2] = uintptr(length)
	e[3] = uintptr(index)
	c.Commit()
}

// MTLIndirectComputeCommand setBarrier v@:, none, macOS 11.0; waits in the batch.
func (c *batch) setIndirectBarrier(self objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetBarrier])
	c.Commit()
}

// MTLIndirectComputeCommand clearBarrier v@:, none, macOS 11.0; waits in the batch.
func (c *batch) clearIndirectBarrier(self objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selClearBarrier])
	c.Commit()
}

// MTLIndirectComputeCommand concurrentDispatchThreadgroups:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ}, none, macOS 11.0; waits in the batch.
func (c *batch) concurrentDispatchThreadgroups(self objc.ID, threadgroups Size, threadsPerThreadgroup Size) {
	c.Reserve(3 + 3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selConcurrentDispatchThreadgroups_threadsPerThreadgroup])
	c.SetStruct(e, 2, 0, threadgroups.words())
	c.SetStruct(e, 3, 3, threadsPerThreadgroup.words())
	c.Commit()
}

// MTLIndirectComputeCommand concurrentDispatchThreads:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ}, none, macOS 11.0; waits in the batch.
func (c *batch) concurrentDispatchThreads(self objc.ID, threads Size, threadsPerThreadgroup Size) {
	c.Reserve(3 + 3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selConcurrentDispatchThreads_threadsPerThreadgroup])
	c.SetStruct(e, 2, 0, threads.words())
	c.SetStruct(e, 3, 3, threadsPerThreadgroup.words())
	c.Commit()
}

// MTLIndirectComputeCommand reset v@:, none, macOS 11.0; waits in the batch.
func (c *batch) resetIndirectCommand(self objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selReset])
	c.Commit()
}

// MTLDevice newMTL4CommandQueueWithDescriptor:error: @@:@^@, owned, macOS 26.0.
func (c *call) newCommandQueue4(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewMTL4CommandQueueWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newCommandAllocatorWithDescriptor:error: @@:@^@, owned, macOS 26.0.
func (c *call) newCommandAllocator(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewCommandAllocatorWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTLDevice newCommandBuffer @@:, owned, macOS 26.0.
func (c *call) newCommandBuffer4(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewCommandBuffer])
	c.Send()
	return objc.ID(c.X[0])
}

// MTLDevice newArgumentTableWithDescriptor:error: @@:@^@, owned, macOS 26.0.
func (c *call) newArgumentTable(self objc.ID, descriptor objc.ID) (objc.ID, objc.ID) {
	c.Message(self, c.table.selectors[selNewArgumentTableWithDescriptor_error])
	err := c.Out()
	c.X[2] = uintptr(descriptor)
	c.X[3] = uintptr(unsafe.Pointer(err))
	c.Send()
	return objc.ID(c.X[0]), *err
}

// MTL4CommandQueueDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newCommandQueue4Descriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CommandQueueDescriptor setLabel: v@:@, none, macOS 26.0.
func (c *call) setCommandQueue4DescriptorLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4CommandQueue commit:count:options: v@:^@Q@, none, macOS 26.0.
func (c *call) commitCommandBuffers4(self objc.ID, buffers []objc.ID, count uint64, options objc.ID) {
	c.Message(self, c.table.selectors[selCommit_count_options])
	c.X[2] = c.CopyIDs(buffers)
	c.X[3] = uintptr(count)
	c.X[4] = uintptr(options)
	c.Send()
}

// MTL4CommandQueue signalEvent:value: v@:@Q, none, macOS 26.0.
func (c *call) signalEvent(self objc.ID, event objc.ID, value uint64) {
	c.Message(self, c.table.selectors[selSignalEvent_value])
	c.X[2] = uintptr(event)
	c.X[3] = uintptr(value)
	c.Send()
}

// MTL4CommandQueue waitForEvent:value: v@:@Q, none, macOS 26.0.
func (c *call) waitForEvent(self objc.ID, event objc.ID, value uint64) {
	c.Message(self, c.table.selectors[selWaitForEvent_value])
	c.X[2] = uintptr(event)
	c.X[3] = uintptr(value)
	c.Send()
}

// MTL4CommandQueue addResidencySets:count: v@:^@Q, none, macOS 26.0.
func (c *call) queue4AddResidencySets(self objc.ID, sets []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selAddResidencySets_count])
	c.X[2] = c.CopyIDs(sets)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTL4CommandQueue removeResidencySets:count: v@:^@Q, none, macOS 26.0.
func (c *call) queue4RemoveResidencySets(self objc.ID, sets []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selRemoveResidencySets_count])
	c.X[2] = c.CopyIDs(sets)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTL4CommitOptions +new @@:, owned, macOS 26.0.
func (c *call) newCommitOptions(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CommitOptions addFeedbackHandler: v@:@?, none, macOS 26.0.
func (c *call) addFeedbackHandler(self objc.ID, block uintptr) {
	c.Message(self, c.table.selectors[selAddFeedbackHandler])
	c.X[2] = block
	c.Send()
}

// MTL4CommitFeedback error @@:, autoreleased, macOS 26.0.
func (c *call) feedbackError(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selError])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CommitFeedback GPUStartTime d@:, none, macOS 26.0.
func (c *call) feedbackGPUStartTime(self objc.ID) float64 {
	c.Message(self, c.table.selectors[selGPUStartTime])
	c.Send()
	return c.D[0]
}

// MTL4CommitFeedback GPUEndTime d@:, none, macOS 26.0.
func (c *call) feedbackGPUEndTime(self objc.ID) float64 {
	c.Message(self, c.table.selectors[selGPUEndTime])
	c.Send()
	return c.D[0]
}

// MTL4CommandAllocatorDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newCommandAllocatorDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CommandAllocatorDescriptor setLabel: v@:@, none, macOS 26.0.
func (c *call) setCommandAllocatorDescriptorLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4CommandAllocator allocatedSize Q@:, none, macOS 26.0.
func (c *call) commandAllocatorAllocatedSize(self objc.ID) uint64 {
	c.Message(self, c.table.selectors[selAllocatedSize])
	c.Send()
	return uint64(c.X[0])
}

// MTL4CommandAllocator reset v@:, none, macOS 26.0.
func (c *call) resetCommandAllocator(self objc.ID) {
	c.Message(self, c.table.selectors[selReset])
	c.Send()
}

// MTL4CommandBufferOptions +new @@:, owned, macOS 26.0.
func (c *call) newCommandBufferOptions(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CommandBufferOptions setLogState: v@:@, none, macOS 26.0.
func (c *call) setCommandBufferOptionsLogState(self objc.ID, state objc.ID) {
	c.Message(self, c.table.selectors[selSetLogState])
	c.X[2] = uintptr(state)
	c.Send()
}

// MTL4CommandBuffer setLabel: v@:@, none, macOS 26.0.
func (c *call) setCommandBuffer4Label(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4CommandBuffer beginCommandBufferWithAllocator: v@:@, none, macOS 26.0.
func (c *call) beginCommandBuffer(self objc.ID, allocator objc.ID) {
	c.Message(self, c.table.selectors[selBeginCommandBufferWithAllocator])
	c.X[2] = uintptr(allocator)
	c.Send()
}

// MTL4CommandBuffer beginCommandBufferWithAllocator:options: v@:@@, none, macOS 26.0.
func (c *call) beginCommandBufferWithOptions(self objc.ID, allocator objc.ID, options objc.ID) {
	c.Message(self, c.table.selectors[selBeginCommandBufferWithAllocator_options])
	c.X[2] = uintptr(allocator)
	c.X[3] = uintptr(options)
	c.Send()
}

// MTL4CommandBuffer endCommandBuffer v@:, none, macOS 26.0.
func (c *call) endCommandBuffer(self objc.ID) {
	c.Message(self, c.table.selectors[selEndCommandBuffer])
	c.Send()
}

// MTL4CommandBuffer computeCommandEncoder @@:, autoreleased, macOS 26.0.
func (c *call) computeCommandEncoder4(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selComputeCommandEncoder])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4CommandBuffer useResidencySets:count: v@:^@Q, none, macOS 26.0.
func (c *call) commandBuffer4UseResidencySets(self objc.ID, sets []objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selUseResidencySets_count])
	c.X[2] = c.CopyIDs(sets)
	c.X[3] = uintptr(count)
	c.Send()
}

// MTL4CommandBuffer writeTimestampIntoHeap:atIndex: v@:@Q, none, macOS 26.0.
func (c *call) commandBuffer4WriteTimestamp(self objc.ID, heap objc.ID, index uint64) {
	c.Message(self, c.table.selectors[selWriteTimestampIntoHeap_atIndex])
	c.X[2] = uintptr(heap)
	c.X[3] = uintptr(index)
	c.Send()
}

// MTL4CommandBuffer pushDebugGroup: v@:@, none, macOS 26.0.
func (c *call) pushCommandBuffer4DebugGroup(self objc.ID, text objc.ID) {
	c.Message(self, c.table.selectors[selPushDebugGroup])
	c.X[2] = uintptr(text)
	c.Send()
}

// MTL4CommandBuffer popDebugGroup v@:, none, macOS 26.0.
func (c *call) popCommandBuffer4DebugGroup(self objc.ID) {
	c.Message(self, c.table.selectors[selPopDebugGroup])
	c.Send()
}

// MTL4ArgumentTableDescriptor +new @@:, owned, macOS 26.0.
func (c *call) newArgumentTableDescriptor(self objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNew])
	c.Send()
	return objc.ID(c.X[0])
}

// MTL4ArgumentTableDescriptor setMaxBufferBindCount: v@:Q, none, macOS 26.0.
func (c *call) setArgumentTableMaxBufferBindCount(self objc.ID, count uint64) {
	c.Message(self, c.table.selectors[selSetMaxBufferBindCount])
	c.X[2] = uintptr(count)
	c.Send()
}

// MTL4ArgumentTableDescriptor setInitializeBindings: v@:B, none, macOS 26.0.
func (c *call) setArgumentTableInitializeBindings(self objc.ID, initialize bool) {
	c.Message(self, c.table.selectors[selSetInitializeBindings])
	c.X[2] = objc.Bool(initialize)
	c.Send()
}

// MTL4ArgumentTableDescriptor setLabel: v@:@, none, macOS 26.0.
func (c *call) setArgumentTableDescriptorLabel(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4ArgumentTable setAddress:atIndex: v@:QQ, none, macOS 26.0; waits in the batch.
func (c *batch) setArgumentTableAddress(self objc.ID, address uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetAddress_atIndex])
	e[2] = uintptr(address)
	e[3] = uintptr(index)
	c.Commit()
}

// MTL4CommandEncoder setLabel: v@:@, none, macOS 26.0.
func (c *call) setEncoder4Label(self objc.ID, label objc.ID) {
	c.Message(self, c.table.selectors[selSetLabel])
	c.X[2] = uintptr(label)
	c.Send()
}

// MTL4CommandEncoder insertDebugSignpost: v@:@, none, macOS 26.0.
func (c *call) insertDebugSignpost4(self objc.ID, text objc.ID) {
	c.Message(self, c.table.selectors[selInsertDebugSignpost])
	c.X[2] = uintptr(text)
	c.Send()
}

// MTL4CommandEncoder pushDebugGroup: v@:@, none, macOS 26.0.
func (c *call) pushDebugGroup4(self objc.ID, text objc.ID) {
	c.Message(self, c.table.selectors[selPushDebugGroup])
	c.X[2] = uintptr(text)
	c.Send()
}

// MTL4CommandEncoder popDebugGroup v@:, none, macOS 26.0.
func (c *call) popDebugGroup4(self objc.ID) {
	c.Message(self, c.table.selectors[selPopDebugGroup])
	c.Send()
}

// MTL4CommandEncoder barrierAfterQueueStages:beforeStages:visibilityOptions: v@:QQQ, none, macOS 26.0; waits in the batch.
func (c *batch) barrierAfterQueueStages4(self objc.ID, after Stages, before Stages, visibility VisibilityOptions) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selBarrierAfterQueueStages_beforeStages_visibilityOptions])
	e[2] = uintptr(after)
	e[3] = uintptr(before)
	e[4] = uintptr(visibility)
	c.Commit()
}

// MTL4CommandEncoder barrierAfterStages:beforeQueueStages:visibilityOptions: v@:QQQ, none, macOS 26.0; waits in the batch.
func (c *batch) barrierAfterStages(self objc.ID, after Stages, before Stages, visibility VisibilityOptions) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selBarrierAfterStages_beforeQueueStages_visibilityOptions])
	e[2] = uintptr(after)
	e[3] = uintptr(before)
	e[4] = uintptr(visibility)
	c.Commit()
}

// MTL4CommandEncoder barrierAfterEncoderStages:beforeEncoderStages:visibilityOptions: v@:QQQ, none, macOS 26.0; waits in the batch.
func (c *batch) barrierAfterEncoderStages(self objc.ID, after Stages, before Stages, visibility VisibilityOptions) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selBarrierAfterEncoderStages_beforeEncoderStages_visibilityOptions])
	e[2] = uintptr(after)
	e[3] = uintptr(before)
	e[4] = uintptr(visibility)
	c.Commit()
}

// MTL4CommandEncoder updateFence:afterEncoderStages: v@:@Q, none, macOS 26.0; waits in the batch.
func (c *batch) updateFenceAfterStages(self objc.ID, fence objc.ID, after Stages) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selUpdateFence_afterEncoderStages])
	e[2] = uintptr(fence)
	e[3] = uintptr(after)
	c.Commit()
}

// MTL4CommandEncoder waitForFence:beforeEncoderStages: v@:@Q, none, macOS 26.0; waits in the batch.
func (c *batch) waitForFenceBeforeStages(self objc.ID, fence objc.ID, before Stages) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selWaitForFence_beforeEncoderStages])
	e[2] = uintptr(fence)
	e[3] = uintptr(before)
	c.Commit()
}

// MTL4CommandEncoder endEncoding v@:, none, macOS 26.0; waits in the batch.
func (c *batch) endEncoding4(self objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selEndEncoding])
	c.Commit()
}

// MTL4ComputeCommandEncoder stages Q@:, none, macOS 26.0.
func (c *call) encoderStages(self objc.ID) Stages {
	c.Message(self, c.table.selectors[selStages])
	c.Send()
	return Stages(c.X[0])
}

// MTL4ComputeCommandEncoder setComputePipelineState: v@:@, none, macOS 26.0; waits in the batch.
func (c *batch) setComputePipelineState4(self objc.ID, pipeline objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetComputePipelineState])
	e[2] = uintptr(pipeline)
	c.Commit()
}

// MTL4ComputeCommandEncoder setArgumentTable: v@:@, none, macOS 26.0; waits in the batch.
func (c *batch) setArgumentTable(self objc.ID, table objc.ID) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetArgumentTable])
	e[2] = uintptr(table)
	c.Commit()
}

// MTL4ComputeCommandEncoder setThreadgroupMemoryLength:atIndex: v@:QQ, none, macOS 26.0; waits in the batch.
func (c *batch) setThreadgroupMemoryLength4(self objc.ID, length uint64, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selSetThreadgroupMemoryLength_atIndex])
	e[2] = uintptr(length)
	e[3] = uintptr(index)
	c.Commit()
}

// MTL4ComputeCommandEncoder dispatchThreadgroups:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ}, none, macOS 26.0; waits in the batch.
func (c *batch) dispatchThreadgroups4(self objc.ID, threadgroups Size, threadsPerThreadgroup Size) {
	c.Reserve(3 + 3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreadgroups_threadsPerThreadgroup])
	c.SetStruct(e, 2, 0, threadgroups.words())
	c.SetStruct(e, 3, 3, threadsPerThreadgroup.words())
	c.Commit()
}

// MTL4ComputeCommandEncoder dispatchThreads:threadsPerThreadgroup: v@:{?=QQQ}{?=QQQ}, none, macOS 26.0; waits in the batch.
func (c *batch) dispatchThreads4(self objc.ID, threads Size, threadsPerThreadgroup Size) {
	c.Reserve(3 + 3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreads_threadsPerThreadgroup])
	c.SetStruct(e, 2, 0, threads.words())
	c.SetStruct(e, 3, 3, threadsPerThreadgroup.words())
	c.Commit()
}

// MTL4ComputeCommandEncoder dispatchThreadgroupsWithIndirectBuffer:threadsPerThreadgroup: v@:Q{?=QQQ}, none, macOS 26.0; waits in the batch.
func (c *batch) dispatchThreadgroupsAtAddress(self objc.ID, address uint64, threadsPerThreadgroup Size) {
	c.Reserve(3)
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreadgroupsWithIndirectBuffer_threadsPerThreadgroup])
	e[2] = uintptr(address)
	c.SetStruct(e, 3, 0, threadsPerThreadgroup.words())
	c.Commit()
}

// MTL4ComputeCommandEncoder dispatchThreadsWithIndirectBuffer: v@:Q, none, macOS 26.0; waits in the batch.
func (c *batch) dispatchThreadsAtAddress(self objc.ID, address uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selDispatchThreadsWithIndirectBuffer])
	e[2] = uintptr(address)
	c.Commit()
}

// MTL4ComputeCommandEncoder executeCommandsInBuffer:withRange: v@:@{_NSRange=QQ}, none, macOS 26.0; waits in the batch.
func (c *batch) executeCommands4(self objc.ID, commands objc.ID, execution objc.Range) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selExecuteCommandsInBuffer_withRange])
	e[2] = uintptr(commands)
	e[3] = uintptr(execution.Location)
	e[4] = uintptr(execution.Length)
	c.Commit()
}

// MTL4ComputeCommandEncoder executeCommandsInBuffer:indirectBuffer: v@:@Q, none, macOS 26.0; waits in the batch.
func (c *batch) executeCommandsAtAddress(self objc.ID, commands objc.ID, address uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selExecuteCommandsInBuffer_indirectBuffer])
	e[2] = uintptr(commands)
	e[3] = uintptr(address)
	c.Commit()
}

// MTL4ComputeCommandEncoder copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: v@:@Q@QQ, none, macOS 26.0; waits in the batch.
func (c *batch) copyBuffer4(self objc.ID, source objc.ID, sourceOffset uint64, destination objc.ID, destinationOffset uint64, size uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selCopyFromBuffer_sourceOffset_toBuffer_destinationOffset_size])
	e[2] = uintptr(source)
	e[3] = uintptr(sourceOffset)
	e[4] = uintptr(destination)
	e[5] = uintptr(destinationOffset)
	e[6] = uintptr(size)
	c.Commit()
}

// MTL4ComputeCommandEncoder fillBuffer:range:value: v@:@{_NSRange=QQ}C, none, macOS 26.0; waits in the batch.
func (c *batch) fillBuffer4(self objc.ID, buffer objc.ID, bytes objc.Range, value uint8) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selFillBuffer_range_value])
	e[2] = uintptr(buffer)
	e[3] = uintptr(bytes.Location)
	e[4] = uintptr(bytes.Length)
	e[5] = uintptr(value)
	c.Commit()
}

// MTL4ComputeCommandEncoder resetCommandsInBuffer:withRange: v@:@{_NSRange=QQ}, none, macOS 26.0; waits in the batch.
func (c *batch) resetCommands4(self objc.ID, commands objc.ID, reset objc.Range) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selResetCommandsInBuffer_withRange])
	e[2] = uintptr(commands)
	e[3] = uintptr(reset.Location)
	e[4] = uintptr(reset.Length)
	c.Commit()
}

// MTL4ComputeCommandEncoder copyIndirectCommandBuffer:sourceRange:destination:destinationIndex: v@:@{_NSRange=QQ}@Q, none, macOS 26.0; waits in the batch.
func (c *batch) copyIndirectCommandBuffer4(self objc.ID, source objc.ID, commands objc.Range, destination objc.ID, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selCopyIndirectCommandBuffer_sourceRange_destination_destinationIndex])
	e[2] = uintptr(source)
	e[3] = uintptr(commands.Location)
	e[4] = uintptr(commands.Length)
	e[5] = uintptr(destination)
	e[6] = uintptr(index)
	c.Commit()
}

// MTL4ComputeCommandEncoder optimizeIndirectCommandBuffer:withRange: v@:@{_NSRange=QQ}, none, macOS 26.0; waits in the batch.
func (c *batch) optimizeIndirectCommandBuffer4(self objc.ID, commands objc.ID, optimized objc.Range) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selOptimizeIndirectCommandBuffer_withRange])
	e[2] = uintptr(commands)
	e[3] = uintptr(optimized.Location)
	e[4] = uintptr(optimized.Length)
	c.Commit()
}

// MTL4ComputeCommandEncoder writeTimestampWithGranularity:intoHeap:atIndex: v@:q@Q, none, macOS 26.0; waits in the batch.
func (c *batch) writeTimestamp(self objc.ID, granularity TimestampGranularity, heap objc.ID, index uint64) {
	e := c.Next()
	e[0], e[1] = uintptr(self), uintptr(c.table.selectors[selWriteTimestampWithGranularity_intoHeap_atIndex])
	e[2] = uintptr(granularity)
	e[3] = uintptr(heap)
	e[4] = uintptr(index)
	c.Commit()
}

// MTLCaptureManager newCaptureScopeWithMTL4CommandQueue: @@:@, owned, macOS 26.0.
func (c *call) newCaptureScopeWithCommandQueue4(self objc.ID, queue objc.ID) objc.ID {
	c.Message(self, c.table.selectors[selNewCaptureScopeWithMTL4CommandQueue])
	c.X[2] = uintptr(queue)
	c.Send()
	return objc.ID(c.X[0])
}
