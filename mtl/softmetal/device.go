package softmetal

import "runtime"

// Limits that Apple gives for all its GPUs of the families that macOS 13 and
// later run on.
const (
	maxThreadsPerGroup      = 1024
	maxThreadgroupMemory    = 32 << 10
	threadgroupMemoryUnit   = 16
	maxBytesLength          = 4096
	maxBufferIndex          = 30
	executionWidth          = 32
	defaultCommandBuffers   = 64
	noCopyPage              = 16 << 10 // the page of Apple silicon, whatever this machine's is
	constantOffsetAlignment = 4
)

// metalDevice is the MTLDevice of the runtime.
type metalDevice struct{ *Device }

func deviceClass() *class {
	return &class{
		name:      "SoftMetalDevice",
		protocols: []string{"MTLDevice"},
		methods: map[string]handler{
			"name":         func(c *call) { c.returnNew(c.newString(c.options.Name)) },
			"registryID":   func(c *call) { c.returnWord(1) },
			"architecture": func(c *call) { c.returnNew(c.make(c.classes["MTLArchitecture"], new(architecture))) },
			"maxThreadsPerThreadgroup": func(c *call) {
				c.returnWords(maxThreadsPerGroup, maxThreadsPerGroup, maxThreadsPerGroup)
			},
			"maxThreadgroupMemoryLength":   func(c *call) { c.returnWord(maxThreadgroupMemory) },
			"maxBufferLength":              func(c *call) { c.returnWord(uint64(c.options.MaxBufferLength)) },
			"recommendedMaxWorkingSetSize": func(c *call) { c.returnWord(uint64(c.options.Memory / 4 * 3)) },
			"currentAllocatedSize":         func(c *call) { c.returnWord(c.allocated()) },
			"hasUnifiedMemory":             func(c *call) { c.returnBool(true) },
			"isLowPower":                   func(c *call) { c.returnBool(false) },
			"isHeadless":                   func(c *call) { c.returnBool(true) },
			"isRemovable":                  func(c *call) { c.returnBool(false) },
			"supportsFamily:":              func(c *call) { c.returnBool(c.supportsFamily(c.int(0))) },

			"location":                              func(c *call) { c.returnWord(0) }, // built in
			"locationNumber":                        func(c *call) { c.returnWord(0) },
			"maxTransferRate":                       func(c *call) { c.returnWord(0) }, // as said of a GPU that is built in
			"peerGroupID":                           func(c *call) { c.returnWord(0) }, // linked with no other
			"peerIndex":                             func(c *call) { c.returnWord(0) },
			"peerCount":                             func(c *call) { c.returnWord(0) },
			"argumentBuffersSupport":                func(c *call) { c.returnBool(c.options.AppleFamily >= 6) }, // tier 2 is 1
			"supportsDynamicLibraries":              func(c *call) { c.returnBool(c.dynamicLibraries()) },
			"supportsFunctionPointers":              func(c *call) { c.returnBool(false) },
			"maximumConcurrentCompilationTaskCount": func(c *call) { c.returnInt(c.compilations()) },
			"shouldMaximizeConcurrentCompilation":   func(c *call) { c.returnBool(c.maximizeCompilation) },
			"setShouldMaximizeConcurrentCompilation:": func(c *call) {
				c.maximizeCompilation = c.bool(0)
				c.progress.Broadcast()
			},
			"heapBufferSizeAndAlignWithLength:options:": (*call).heapBufferSizeAndAlign,
			"newHeapWithDescriptor:":                    (*call).newHeap,
			"newResidencySetWithDescriptor:error:":      (*call).newResidencySet,

			"newCommandQueue": func(c *call) { c.newQueue(defaultCommandBuffers, nil) },
			"newCommandQueueWithMaxCommandBufferCount:": func(c *call) {
				if c.word(0) == 0 {
					c.fail(RuleIndex, "a queue of 0 command buffers")
					return
				}
				c.newQueue(c.word(0), nil)
			},
			"newCommandQueueWithDescriptor:":              (*call).newQueueWithDescriptor,
			"newEvent":                                    func(c *call) { c.newEvent("SoftMetalEvent") },
			"newSharedEvent":                              func(c *call) { c.newEvent("SoftMetalSharedEvent") },
			"newSharedEventWithHandle:":                   (*call).newSharedEventWithHandle,
			"counterSets":                                 (*call).counterSets,
			"supportsCounterSampling:":                    func(c *call) { c.returnBool(c.supportsSampling(c.word(0))) },
			"sampleTimestamps:gpuTimestamp:":              (*call).sampleTimestamps,
			"newCounterSampleBufferWithDescriptor:error:": (*call).newSampleBuffer,
			"newCounterHeapWithDescriptor:error:":         (*call).newCounterHeap,
			"sizeOfCounterHeapEntry:":                     (*call).sizeOfCounterHeapEntry,
			"queryTimestampFrequency":                     func(c *call) { c.returnWord(timestampFrequency) },
			"newMTL4CommandQueue":                         (*call).newQueue4,
			"newMTL4CommandQueueWithDescriptor:error:":    func(c *call) { c.describedBy((*call).newQueue4) },
			"newCommandAllocator":                         (*call).newAllocator,
			"newCommandAllocatorWithDescriptor:error:":    func(c *call) { c.describedBy((*call).newAllocator) },
			"newCommandBuffer":                            (*call).newCommandBuffer4,
			"newArgumentTableWithDescriptor:error:":       func(c *call) { c.describedBy((*call).newArgumentTable) },
			"newLogStateWithDescriptor:error:":            (*call).newLogState,
			"newFence":                                    func(c *call) { c.returnOwned(c.make(c.classes["SoftMetalFence"], new(fence))) },

			"newBufferWithLength:options:":                                    (*call).newBuffer,
			"newBufferWithBytes:length:options:":                              (*call).newBufferWithBytes,
			"newBufferWithBytesNoCopy:length:options:deallocator:":            (*call).newBufferNoCopy,
			"newLibraryWithSource:options:error:":                             (*call).newLibrary,
			"newLibraryWithData:error:":                                       (*call).newLibraryWithData,
			"newLibraryWithURL:error:":                                        (*call).newLibraryWithURL,
			"newDefaultLibrary":                                               (*call).newDefaultLibrary,
			"newBinaryArchiveWithDescriptor:error:":                           (*call).newBinaryArchive,
			"newIndirectCommandBufferWithDescriptor:maxCommandCount:options:": (*call).newIndirectBuffer,
			"newDynamicLibrary:error:":                                        (*call).newDynamicLibrary,
			"newDynamicLibraryWithURL:error:":                                 (*call).newDynamicLibraryWithURL,
			"newCompilerWithDescriptor:error:":                                (*call).newCompiler,
			"newArchiveWithURL:error:":                                        (*call).newArchive,
			"newPipelineDataSetSerializerWithDescriptor:":                     (*call).newSerializer,
			"newComputePipelineStateWithFunction:error:": func(c *call) {
				c.newPipeline(pipelineRequest{pipelineSettings: pipelineSettings{function: c.object(0)}}, 1)
			},
			"newComputePipelineStateWithFunction:options:reflection:error:": func(c *call) {
				c.newPipeline(pipelineRequest{pipelineSettings: pipelineSettings{function: c.object(0)}, options: c.word(1), reflection: 2}, 3)
			},
			"newComputePipelineStateWithDescriptor:options:reflection:error:": (*call).newPipelineWithDescriptor,
		},
	}
}

// supportsFamily answers as a Mac of the newest family that Options name does.
func (d *Device) supportsFamily(family int64) bool {
	switch {
	case family > 1000 && family <= 1000+int64(d.options.AppleFamily):
		return true
	case family == 2001 || family == 2002: // Mac1, Mac2: all Apple silicon from Apple 7 on
		return d.options.AppleFamily >= 7
	case family >= 3001 && family <= 3003:
		return true
	case family == 5001: // Metal 3
		return d.options.AppleFamily >= 7 && d.macOS >= 1300
	case family == 5002: // Metal 4
		return d.options.AppleFamily >= 7 && d.macOS >= 2600
	}
	return false
}

// allocated returns the bytes of all buffers and heaps that are alive.
func (d *Device) allocated() uint64 {
	n := uint64(0)
	for _, o := range d.objects {
		switch p := o.payload.(type) {
		case *buffer:
			if p.place == nil {
				n += p.allocatedSize()
			}
		case *heap:
			n += uint64(len(p.memory))
		}
	}
	return n
}

// compilations is how many sources are compiled at the same time.
func (d *Device) compilations() int {
	if n := runtime.NumCPU(); d.maximizeCompilation {
		return n
	} else {
		return max(n/2, 1)
	}
}

// compile runs f, which compiles, without the device's lock, once it is its turn.
func (c *call) compile(f func()) {
	for c.compiling >= c.compilations() {
		c.progress.Wait()
	}
	c.compiling++
	c.unlocked(f)
	c.compiling--
	c.progress.Broadcast()
}

type architecture struct{ _ byte }

func architectureClass() *class {
	return &class{
		name:   "MTLArchitecture",
		public: true,
		methods: map[string]handler{
			"name": func(c *call) { c.returnNew(c.newString("software")) },
		},
	}
}

// deviceMethod answers -device, which every object of Metal has.
func deviceMethod(c *call) { c.returnKept(c.rootObject) }
