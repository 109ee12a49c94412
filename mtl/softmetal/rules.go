package softmetal

// A Rule is one that Metal, Foundation or the Objective-C runtime sets and that
// a [Report] says was broken.
type Rule int

// The rules of the Objective-C runtime.
const (
	RuleNotAnObject      Rule = iota + 1 // a message's target or argument is no object that this device made
	RuleUseAfterRelease                  // a message to an object that is gone
	RuleOverRelease                      // a release without a retain
	RuleUnknownSelector                  // a class that does not have this method
	RuleNotImplemented                   // Apple's class has the method, this device does not
	RuleArgumentClass                    // an argument of another class than the method takes
	RuleArgumentRegister                 // a register holds no value of the type that the method takes there
	RuleBadAddress                       // an address that is not mapped memory, or is nil where memory is needed
	RuleNilArgument                      // nil where the method needs an object
	RulePoolThread                       // an autorelease pool popped on another thread than pushed it
	RulePoolUnknown                      // a pool popped that does not exist, or twice
	RuleNoPool                           // an object autoreleased on a thread that has no pool: it leaks
	RuleLeak                             // an object still alive at the end
	RuleUnknownFunction                  // a call of an address that Symbol did not return
	RuleInternal                         // this device broke: please tell its authors
	RuleBlock                            // a block that is none, or that does not lie in memory as blocks do
)

// The rules of Metal's objects.
const (
	RuleBufferLength        Rule = iota + 101 // zero, or more than the device's maxBufferLength
	RuleBufferOptions                         // resource options that no Mac with Apple silicon takes
	RulePageAlignment                         // no-copy memory that does not begin and end at a page
	RuleBufferRange                           // offset and length go past the buffer's end
	RuleIndex                                 // an argument index over the limit
	RuleEnum                                  // a number that the enumeration does not have
	RuleCommandBufferLimit                    // more uncommitted command buffers than the queue holds
	RuleCommandBufferState                    // committed twice, or encoded into after the commit
	RuleWaitBeforeCommit                      // a wait for a command buffer that was not committed: it never returns
	RuleEncoderOpen                           // a command buffer committed, or a second encoder begun, before endEncoding
	RuleEncoderEnded                          // a message to an encoder after endEncoding
	RuleEncoderReleased                       // an encoder released before endEncoding
	RuleEncoderThreads                        // two threads in one encoder at the same time
	RuleUncommitted                           // a command buffer never committed, alive at the end
	RuleNoPipeline                            // a dispatch before setComputePipelineState:
	RuleUnboundBuffer                         // the kernel declares a buffer index that nothing was bound to
	RuleBoundSize                             // less memory bound than the kernel's parameter has bytes
	RuleOffsetAlignment                       // an offset that the kernel's parameter type is not aligned to
	RuleBytesLength                           // setBytes with nothing, or with more than 4096 bytes
	RuleNothingBound                          // setBufferOffset at an index without a buffer
	RuleThreadgroupMemory                     // threadgroup memory not a multiple of 16, or over the device's limit
	RuleUnboundThreadgroup                    // the kernel declares a threadgroup index without a length
	RuleThreadsPerGroup                       // more threads in a threadgroup than the pipeline allows
	RuleEmptyDispatch                         // a grid or threadgroup with a zero in it
	RuleGridSize                              // a grid that has more threads than 32 bits count
	RuleThreadgroupMultiple                   // not a multiple of the execution width although the pipeline promised it
	RuleOverlap                               // a copy within one buffer whose ranges overlap
	RuleBlitAlignment                         // a blit range that is not a multiple of four bytes
	RuleHandlerWait                           // a wait in a handler for what is not done before the handler returns
	RuleEncoderActive                         // an event encoded while an encoder is open
	RuleFenceOrder                            // a wait for a fence that the same encoder has updated
	RuleDebugGroup                            // a debug group popped that was not pushed
	RuleSamples                               // counters sampled where this GPU cannot, or read by a CPU that cannot
)

// The rules of memory.
const (
	RuleManaged         Rule = iota + 201 // didModifyRange for memory that is not managed
	RulePurgeable                         // work on memory that is not nonvolatile, or a state set while work is under way
	RuleAliasable                         // makeAliasable for a buffer that is in no automatic heap
	RuleHeapSize                          // a heap of no bytes
	RuleHeapType                          // a type of heap that there is not, or a message for the other type
	RuleHeapOptions                       // options that no heap takes, or other ones than the heap's
	RuleHeapOffset                        // an offset in a heap that is not aligned, or leaves no room
	RuleResidencySets                     // more residency sets than a queue or a command buffer takes
	RuleMutability                        // a buffer said to be immutable that the kernel may write to
	RuleRequiredThreads                   // threadgroups of another size than the pipeline requires
)

// The rules of indirect command buffers.
const (
	RuleIndirectTypes     Rule = iota + 301 // a command of a type that the descriptor does not have, or types that do not go together
	RuleIndirectRange                       // commands that the indirect command buffer does not have, or too many at once
	RuleIndirectPipeline                    // a pipeline that was made without supportIndirectCommandBuffers
	RuleIndirectInherited                   // a command that sets what it has from the encoder
	RuleIndirectEncoded                     // a command encoded anew without a reset
	RuleIndirectBusy                        // commands changed by the CPU while work that was committed uses them
	RuleIndirectOptimized                   // a part of commands that were optimized together
	RuleNotResident                         // a buffer that the GPU was not told of
)

// The rules of Metal 4.
const (
	RuleAllocatorBusy Rule = iota + 401 // an allocator with two open command buffers, or reset with one that has not run
	RuleAddress                         // an address for the GPU that lies in no buffer
)

// The rules of what compiles and links.
const (
	RuleCaptured        Rule = iota + 501 // a serializer asked for what it does not collect
	RuleFunctionType                      // a function of another type than the message takes
	RuleLibraryType                       // a library of another type than the message takes
	RuleLinkedFunctions                   // two linked functions of one name
)

type ruleText struct {
	name string
	mac  string // what a Mac does; "" if it ends the process
}

var ruleTexts = map[Rule]ruleText{
	RuleNotAnObject:      {name: "not-an-object"},
	RuleUseAfterRelease:  {name: "use-after-release"},
	RuleOverRelease:      {name: "over-release"},
	RuleUnknownSelector:  {name: "unknown-selector"},
	RuleNotImplemented:   {name: "not-implemented", mac: "works"},
	RuleArgumentClass:    {name: "argument-class"},
	RuleArgumentRegister: {name: "argument-register"},
	RuleBadAddress:       {name: "bad-address"},
	RuleNilArgument:      {name: "nil-argument"},
	RulePoolThread:       {name: "pool-thread"},
	RulePoolUnknown:      {name: "pool-unknown"},
	RuleNoPool:           {name: "no-pool", mac: "leaks the object and goes on"},
	RuleLeak:             {name: "leak", mac: "says nothing"},
	RuleUnknownFunction:  {name: "unknown-function"},
	RuleInternal:         {name: "internal", mac: "is not affected"},
	RuleBlock:            {name: "block"},

	RuleManaged:       {name: "managed"},
	RulePurgeable:     {name: "purgeable", mac: "gives whatever is left of the contents"},
	RuleAliasable:     {name: "aliasable"},
	RuleHeapSize:      {name: "heap-size"},
	RuleHeapType:      {name: "heap-type"},
	RuleHeapOptions:   {name: "heap-options"},
	RuleHeapOffset:    {name: "heap-offset"},
	RuleResidencySets: {name: "residency-sets"},

	RuleMutability:      {name: "mutability"},
	RuleRequiredThreads: {name: "required-threads"},

	RuleBufferLength:        {name: "buffer-length"},
	RuleBufferOptions:       {name: "buffer-options"},
	RulePageAlignment:       {name: "page-alignment"},
	RuleBufferRange:         {name: "buffer-range"},
	RuleIndex:               {name: "index"},
	RuleEnum:                {name: "enum"},
	RuleCommandBufferLimit:  {name: "command-buffer-limit", mac: "waits for ever"},
	RuleCommandBufferState:  {name: "command-buffer-state"},
	RuleWaitBeforeCommit:    {name: "wait-before-commit"},
	RuleEncoderOpen:         {name: "encoder-open"},
	RuleEncoderEnded:        {name: "encoder-ended"},
	RuleEncoderReleased:     {name: "encoder-released"},
	RuleEncoderThreads:      {name: "encoder-threads"},
	RuleUncommitted:         {name: "uncommitted", mac: "says nothing: the work never ran"},
	RuleNoPipeline:          {name: "no-pipeline"},
	RuleUnboundBuffer:       {name: "unbound-buffer"},
	RuleBoundSize:           {name: "bound-size"},
	RuleOffsetAlignment:     {name: "offset-alignment"},
	RuleBytesLength:         {name: "bytes-length"},
	RuleNothingBound:        {name: "nothing-bound"},
	RuleThreadgroupMemory:   {name: "threadgroup-memory"},
	RuleUnboundThreadgroup:  {name: "unbound-threadgroup"},
	RuleThreadsPerGroup:     {name: "threads-per-group"},
	RuleEmptyDispatch:       {name: "empty-dispatch"},
	RuleGridSize:            {name: "grid-size"},
	RuleThreadgroupMultiple: {name: "threadgroup-multiple"},
	RuleOverlap:             {name: "overlap"},
	RuleBlitAlignment:       {name: "blit-alignment"},
	RuleHandlerWait:         {name: "handler-wait", mac: "waits for ever"},
	RuleEncoderActive:       {name: "encoder-active"},
	RuleFenceOrder:          {name: "fence-order"},
	RuleDebugGroup:          {name: "debug-group"},

	RuleIndirectTypes:     {name: "indirect-types"},
	RuleIndirectRange:     {name: "indirect-range"},
	RuleIndirectPipeline:  {name: "indirect-pipeline"},
	RuleIndirectInherited: {name: "indirect-inherited"},
	RuleIndirectEncoded:   {name: "indirect-encoded"},
	RuleIndirectBusy:      {name: "indirect-busy"},
	RuleIndirectOptimized: {name: "indirect-optimized"},
	RuleNotResident:       {name: "not-resident"},
	RuleSamples:           {name: "samples"},

	RuleAllocatorBusy: {name: "allocator-busy"},
	RuleAddress:       {name: "address"},

	RuleCaptured:        {name: "captured"},
	RuleFunctionType:    {name: "function-type"},
	RuleLibraryType:     {name: "library-type"},
	RuleLinkedFunctions: {name: "linked-functions"},
}

// Name returns the rule's short name, as reports print it in brackets.
func (r Rule) Name() string { return ruleTexts[r].name }

// Error returns the rule's name as an error: a rule is what errors.Is looks for
// in a [Report].
func (r Rule) Error() string { return "softmetal: rule " + r.Name() }

// OnMac says what a Mac does when the rule is broken: nearly always it ends the
// process, at once under Metal's validation layer and at some later time, or
// with wrong results, without it.
func (r Rule) OnMac() string {
	if t := ruleTexts[r]; t.mac != "" {
		return t.mac
	}
	return "ends the process under Metal's validation layer, and is undefined without it"
}

// Fatal reports whether a Mac would not have gone on. After such a report the
// device refuses all further work; see [Device].
func (r Rule) Fatal() bool {
	return ruleTexts[r].mac == "" || r == RuleNotImplemented || r == RuleCommandBufferLimit || r == RuleHandlerWait || r == RuleInternal
}
