package mtl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/objc"
)

// Messages returns everything that this package sends beside what package objc
// does.
func Messages() []objc.Message { return slices.Clone(messages[:]) }

// SystemMethods asks the running system about every message of this package and
// of package objc: it makes one object of each kind on this device, and looks for
// the method in that object's class, so that what is found is what a message
// reaches. It is for diagnosis, and waits for an empty command buffer.
//
// There is at least one answer to each message, and one more for each further
// object that gets it. A protocol is asked where only work that failed has an
// object that meets it. A message whose receiver could not be made has an answer
// without a Receiver, and the error says why it could not.
func (d *Device) SystemMethods(ctx context.Context) ([]objc.SystemMethod, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	introspection, err := objc.NewIntrospection(d.fw.foundation.Runtime())
	if err != nil {
		return nil, fmt.Errorf("mtl: Device.SystemMethods: %w", err)
	}
	s := d.fw.begin()
	defer s.end()
	q := &inquiry{Introspection: introspection, messages: append(objc.Messages(), messages[:]...)}
	q.askForFunctions()
	q.askClasses(d.fw.foundation.Runtime())
	q.askProtocol("MTLCommandBufferEncoderInfo") // only work that failed has one
	q.askProtocol("MTL4CommitFeedback")          // a handler alone gets one
	q.askDescriptions(s)
	q.askPasses(s)
	err = errors.Join(q.askFoundation(s), q.askDevice(s, d), q.askLibrary(s, d), q.askIndirect(s, d), q.askEvents(s, d), q.askCounters(s, d), q.askCommands(ctx, d), q.askDynamicLibrary(d), q.askCompiler(s, d), q.askMetal4(ctx, d))
	q.answerRest()
	return q.answers, err
}

// An inquiry collects answers.
type inquiry struct {
	*objc.Introspection
	messages []objc.Message
	answers  []objc.SystemMethod
}

func (q *inquiry) askForFunctions() {
	for _, m := range q.messages {
		if m.IsFunction() {
			q.answers = append(q.answers, objc.SystemMethod{Message: m, Receiver: "C", Found: q.HasFunction(m.Selector)})
		}
	}
}

// askClasses asks for the class methods.
func (q *inquiry) askClasses(rt objc.Runtime) {
	for _, m := range q.messages {
		selector, static := strings.CutPrefix(m.Selector, "+")
		class := rt.LookUpClass(m.Class)
		if !static || class == 0 {
			continue
		}
		encoding, found := q.ClassMethod(class, selector)
		q.answers = append(q.answers, objc.SystemMethod{Message: m, Receiver: q.ClassName(class), Found: found, Encoding: encoding})
	}
}

// ask asks the class of an object for the methods of a class or protocol.
func (q *inquiry) ask(declared string, object objc.ID) {
	if object != 0 {
		q.askClass(declared, q.ClassOf(object))
	}
}

func (q *inquiry) askClass(declared string, class objc.Class) {
	for _, m := range q.messages {
		if m.Class != declared || strings.HasPrefix(m.Selector, "+") {
			continue
		}
		encoding, found := q.InstanceMethod(class, m.Selector)
		q.answers = append(q.answers, objc.SystemMethod{Message: m, Receiver: q.ClassName(class), Found: found, Encoding: encoding})
	}
}

// askProtocol asks a protocol itself, where there is no object that meets it.
func (q *inquiry) askProtocol(name string) {
	for _, m := range q.messages {
		if m.Class == name {
			encoding, found := q.ProtocolMethod(name, m.Selector)
			q.answers = append(q.answers, objc.SystemMethod{Message: m, Receiver: "protocol " + name, Found: found, Encoding: encoding})
		}
	}
}

func (q *inquiry) answerRest() {
	for _, m := range q.messages {
		if !slices.ContainsFunc(q.answers, func(a objc.SystemMethod) bool { return a.Message == m }) {
			q.answers = append(q.answers, objc.SystemMethod{Message: m})
		}
	}
}

func (q *inquiry) askFoundation(s *scope) error {
	// No error is made for it: NSError is no cluster of private classes. NSData is
	// one, whose root has every method that the others replace.
	for _, name := range []string{"NSError", "NSData"} {
		if class := s.fw.foundation.Runtime().LookUpClass(name); class != 0 {
			q.askClass(name, class)
		}
	}
	dictionary, err := s.fw.foundation.NewStringDictionary(map[string]string{"name": "value"})
	if err != nil {
		return fmt.Errorf("mtl: Device.SystemMethods: %w", err)
	}
	defer s.fw.foundation.Release(dictionary)
	q.ask("NSMutableDictionary", dictionary)
	q.ask("NSDictionary", dictionary)
	url, err := s.fw.foundation.NewFileURL("/")
	if err != nil {
		return fmt.Errorf("mtl: Device.SystemMethods: %w", err)
	}
	defer s.fw.foundation.Release(url)
	q.ask("NSURL", url)
	return s.withString("a text that is too long for the pointer itself", func(text objc.ID) { q.ask("NSString", text) })
}

func (q *inquiry) askDevice(s *scope, d *Device) error {
	q.ask("NSObject", d.id)
	q.ask("MTLDevice", d.id)
	if s.fw.foundation.RespondsTo(d.id, "architecture") {
		q.ask("MTLArchitecture", s.deviceArchitecture(d.id))
	}
	b, err := d.NewBuffer(64, ResourceStorageModeShared)
	if err != nil {
		return err
	}
	defer b.Release()
	q.ask("MTLBuffer", b.id)
	q.ask("MTLResource", b.id)
	h, err := d.NewHeap(HeapDescriptor{Size: 1 << 16})
	if err != nil {
		return err
	}
	defer h.Release()
	q.ask("MTLHeap", h.id)
	if d.hasLogStates {
		l, err := d.NewLogState(LogStateDescriptor{})
		if err != nil {
			return err
		}
		defer l.Release()
		q.ask("MTLLogState", l.id)
	}
	if !d.hasResidencySets {
		return nil
	}
	r, err := d.NewResidencySet(ResidencySetDescriptor{})
	if err != nil {
		return err
	}
	defer r.Release()
	q.ask("MTLResidencySet", r.id)
	return nil
}

// askDescriptions asks what says how to make something else.
func (q *inquiry) askDescriptions(s *scope) {
	for _, c := range []struct {
		name string
		id   objc.ID
	}{
		{"MTLCompileOptions", s.newCompileOptions(s.fw.compileOptions)},
		{"MTLFunctionConstantValues", s.newFunctionConstantValues(s.fw.constantValues)},
		{"MTLComputePipelineDescriptor", s.newComputePipelineDescriptor(s.fw.pipelineDescriptor)},
		{"MTLHeapDescriptor", s.newHeapDescriptor(s.fw.heapDescriptor)},
		{"MTLBinaryArchiveDescriptor", s.newBinaryArchiveDescriptor(s.fw.binaryArchiveDescriptor)},
		{"MTLResidencySetDescriptor", s.newResidencySetDescriptor(s.fw.residencySetDescriptor)}, // nil below macOS 15
		{"MTLCommandBufferDescriptor", s.newCommandBufferDescriptor(s.fw.commandBufferDescriptor)},
		{"MTLCounterSampleBufferDescriptor", s.newCounterSampleBufferDescriptor(s.fw.counterSampleBufferDescriptor)},
		{"MTLCaptureDescriptor", s.newCaptureDescriptor(s.fw.captureDescriptor)},
		{"MTLCommandQueueDescriptor", s.newCommandQueueDescriptor(s.fw.commandQueueDescriptor)},
		{"MTLLogStateDescriptor", s.newLogStateDescriptor(s.fw.logStateDescriptor)}, // nil below macOS 15
		{"MTLIndirectCommandBufferDescriptor", s.newIndirectCommandBufferDescriptor(s.fw.indirectDescriptor)},
		{"MTL4CommandQueueDescriptor", s.newCommandQueue4Descriptor(s.fw.commandQueue4Descriptor)}, // these are nil below macOS 26
		{"MTL4CommandAllocatorDescriptor", s.newCommandAllocatorDescriptor(s.fw.commandAllocatorDescriptor)},
		{"MTL4ArgumentTableDescriptor", s.newArgumentTableDescriptor(s.fw.argumentTableDescriptor)},
		{"MTL4CommitOptions", s.newCommitOptions(s.fw.commitOptions)},
		{"MTL4CommandBufferOptions", s.newCommandBufferOptions(s.fw.commandBufferOptions)},
	} {
		q.ask(c.name, c.id)
		if c.name == "MTLComputePipelineDescriptor" {
			buffers := s.pipelineBuffers(c.id)
			q.ask("MTLPipelineBufferDescriptorArray", buffers)
			q.ask("MTLPipelineBufferDescriptor", s.pipelineBufferAtIndex(buffers, 0))
		}
		s.fw.foundation.Release(c.id)
	}
	q.ask("MTLFunctionDescriptor", s.functionDescriptor(s.fw.functionDescriptor)) // autoreleased
	q.ask("MTLLinkedFunctions", s.linkedFunctions(s.fw.linkedFunctions))
}

// askPasses asks what describes passes, and what stands in those.
func (q *inquiry) askPasses(s *scope) {
	compute := s.newComputePassDescriptor(s.fw.computePassDescriptor)
	defer s.fw.foundation.Release(compute)
	q.ask("MTLComputePassDescriptor", compute)
	attachments := s.computePassAttachments(compute)
	q.ask("MTLComputePassSampleBufferAttachmentDescriptorArray", attachments)
	q.ask("MTLComputePassSampleBufferAttachmentDescriptor", s.computePassAttachment(attachments, 0))
	blit := s.newBlitPassDescriptor(s.fw.blitPassDescriptor)
	defer s.fw.foundation.Release(blit)
	q.ask("MTLBlitPassDescriptor", blit)
	attachments = s.blitPassAttachments(blit)
	q.ask("MTLBlitPassSampleBufferAttachmentDescriptorArray", attachments)
	q.ask("MTLBlitPassSampleBufferAttachmentDescriptor", s.blitPassAttachment(attachments, 0))
}

// askCounters asks for the counters themselves; a GPU that has none, as a
// paravirtual one, is asked for what its protocols say.
func (q *inquiry) askCounters(s *scope, d *Device) error {
	// No kernel is broken for it.
	for _, protocol := range []string{"MTLFunctionLog", "MTLFunctionLogDebugLocation", "NSFastEnumeration"} {
		q.askProtocol(protocol)
	}
	if d.needsCounterHeaps("Device.SystemMethods") == nil {
		object := s.newCounterHeapDescriptor(d.fw.counterHeapDescriptor)
		q.ask("MTL4CounterHeapDescriptor", object)
		s.fw.foundation.Release(object)
		h, err := d.NewCounterHeap(CounterHeapDescriptor{Count: 1})
		if err != nil {
			return err
		}
		defer h.Release()
		q.ask("MTL4CounterHeap", h.id)
	}
	sets, err := d.CounterSets()
	if err != nil {
		return err
	}
	if len(sets) == 0 {
		for _, protocol := range []string{"MTLCounterSet", "MTLCounter", "MTLCounterSampleBuffer"} {
			q.askProtocol(protocol)
		}
		return nil
	}
	set := s.fw.foundation.Objects(s.counterSets(d.id))[0]
	q.ask("MTLCounterSet", set)
	for _, counter := range s.fw.foundation.Objects(s.counterSetCounters(set))[:1] {
		q.ask("MTLCounter", counter)
	}
	b, err := d.NewCounterSampleBuffer(CounterSampleBufferDescriptor{CounterSet: sets[0].Name, SampleCount: 1})
	if err != nil {
		return err
	}
	defer b.Release()
	q.ask("MTLCounterSampleBuffer", b.id)
	return nil
}

func (q *inquiry) askLibrary(s *scope, d *Device) error {
	l, err := d.NewLibraryWithSource(`#include <metal_stdlib>
constant bool doubled [[function_constant(0)]];
struct Pair { float a, b; };
kernel void nothing(device Pair *x [[buffer(0)]], threadgroup float *y [[threadgroup(0)]]) {
    y[0] = x[0].a;
    x[0].b = doubled ? 2 * y[0] : y[0];
}
kernel void plain(device float *x [[buffer(0)]]) { x[0] = 1; }`, CompileOptions{})
	if err != nil {
		return err
	}
	defer l.Release()
	q.ask("MTLLibrary", l.id)
	q.ask("NSArray", s.namesOfFunctions(l.id))
	f, err := l.NewFunction("nothing")
	if err != nil {
		return err
	}
	defer f.Release()
	q.ask("MTLFunction", f.id)
	if s.fw.foundation.RespondsTo(l.id, "reflectionForFunctionWithName:") {
		if err := s.withString("plain", func(name objc.ID) { q.ask("MTLFunctionReflection", s.reflectionOfFunction(l.id, name)) }); err != nil {
			return err
		}
	}
	constants := s.functionConstantsDictionary(f.id)
	q.ask("NSDictionary", constants)
	ids, err := s.fw.foundation.Values(constants)
	if err != nil {
		return err
	}
	for _, id := range ids {
		q.ask("MTLFunctionConstant", id)
	}
	special, err := l.NewFunctionWithConstants("nothing", FunctionConstant{Value: true})
	if err != nil {
		return err
	}
	defer special.Release()
	return q.askPipeline(d, special)
}

func (q *inquiry) askPipeline(d *Device, f *Function) error {
	descriptor := ComputePipelineDescriptor{Function: f, Options: PipelineOptionBindingInfo | PipelineOptionBufferTypeInfo}
	p, err := d.makePipeline("Device.SystemMethods", f, func(s *scope) (p newPipeline, err error) {
		err = descriptor.use(s, d, "Device.SystemMethods", func(object objc.ID) {
			p.id, p.reflection, p.nsError = s.newComputePipelineStateWithDescriptor(d.id, object, descriptor.Options)
			q.ask("MTLComputePipelineReflection", p.reflection)
			for _, id := range s.fw.foundation.Objects(s.reflectionBindings(p.reflection)) {
				q.ask("MTLBinding", id)
				switch s.bindingType(id) {
				case BindingTypeBuffer:
					q.ask("MTLBufferBinding", id)
					if t := s.bindingBufferStructType(id); t != 0 {
						q.ask("MTLStructType", t)
						for _, m := range s.fw.foundation.Objects(s.structTypeMembers(t)) {
							q.ask("MTLStructMember", m)
						}
					}
				case BindingTypeThreadgroupMemory:
					q.ask("MTLThreadgroupBinding", id)
				}
			}
		})
		return p, err
	})
	if err != nil {
		return err
	}
	defer p.Release()
	q.ask("MTLComputePipelineState", p.id)
	a, err := d.NewBinaryArchive("")
	if err != nil {
		return err
	}
	defer a.Release()
	q.ask("MTLBinaryArchive", a.id)
	return nil
}

func (q *inquiry) askEvents(s *scope, d *Device) error {
	e, err := d.NewSharedEvent()
	if err != nil {
		return err
	}
	defer e.Release()
	q.ask("MTLEvent", e.id)
	q.ask("MTLSharedEvent", e.id)
	h, err := e.NewHandle()
	if err != nil {
		return err
	}
	defer h.Release()
	q.ask("MTLSharedEventHandle", h.id)
	q.ask("MTLCaptureManager", s.sharedCaptureManager(s.fw.captureManager))
	capture, err := d.NewCaptureScope()
	if err != nil {
		return err
	}
	defer capture.Release()
	q.ask("MTLCaptureScope", capture.id)
	f, err := d.NewFence()
	if err != nil {
		return err
	}
	defer f.Release()
	q.ask("MTLFence", f.id)
	return nil
}

func (q *inquiry) askIndirect(s *scope, d *Device) error {
	b, err := d.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 1, ResourceStorageModeShared)
	if err != nil {
		return err
	}
	defer b.Release()
	q.ask("MTLIndirectCommandBuffer", b.id)
	q.ask("MTLIndirectComputeCommand", s.indirectComputeCommandAtIndex(b.id, 0))
	return nil
}

func (q *inquiry) askCommands(ctx context.Context, d *Device) error {
	queue, err := d.NewCommandQueue()
	if err != nil {
		return err
	}
	defer queue.Release()
	q.ask("MTLCommandQueue", queue.id)
	work, err := queue.Encode(func(cb *CommandBuffer) error {
		q.ask("MTLCommandBuffer", cb.id)
		if err := cb.Blit(func(e *BlitCommandEncoder) error {
			q.ask("MTLBlitCommandEncoder", e.id)
			q.ask("MTLCommandEncoder", e.id)
			return nil
		}); err != nil {
			return err
		}
		return cb.Compute(DispatchTypeSerial, func(e *ComputeCommandEncoder) error {
			q.ask("MTLComputeCommandEncoder", e.id)
			q.ask("MTLCommandEncoder", e.id)
			return nil
		})
	})
	if err != nil {
		return err
	}
	defer work.Release()
	return work.Wait(ctx)
}

func (q *inquiry) askMetal4(ctx context.Context, d *Device) error {
	if !d.hasMetal4 {
		return nil
	}
	queue, err := d.NewCommandQueue4(CommandQueue4Descriptor{})
	if err != nil {
		return err
	}
	defer queue.Release()
	q.ask("MTL4CommandQueue", queue.id)
	table, err := d.NewArgumentTable(ArgumentTableDescriptor{})
	if err != nil {
		return err
	}
	defer table.Release()
	q.ask("MTL4ArgumentTable", table.id)
	allocator, err := d.NewCommandAllocator(CommandAllocatorDescriptor{})
	if err != nil {
		return err
	}
	defer allocator.Release()
	q.ask("MTL4CommandAllocator", allocator.id)
	work, err := queue.Encode(allocator, func(cb *CommandBuffer4) error {
		q.ask("MTL4CommandBuffer", cb.id)
		return cb.Compute(func(e *ComputeCommandEncoder4) error {
			q.ask("MTL4ComputeCommandEncoder", e.id)
			q.ask("MTL4CommandEncoder", e.id)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return work.Wait(ctx)
}
