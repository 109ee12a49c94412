// Enough of Metal to encode with, for measuring how fast that is: devices, buffers
// and pipelines that say what they were made with, and an encoder whose methods keep
// their arguments and count. What stands here replaces methods that genmessages
// made, which count and answer nothing.

#include "metal.h"

extern const char *sel_getName(SEL);

// How many messages encoders got, and, while somebody looks, which.
word encoded;
typedef struct { const char *selector; word words[6]; unsigned char bytes[40]; } seen;
seen seen_messages[4096];
word seen_count, looking;

static void note(SEL selector, const word *w, const void *bytes) {
	if (seen_count == sizeof seen_messages / sizeof *seen_messages) abort();
	seen *s = &seen_messages[seen_count++];
	s->selector = sel_getName(selector);
	memcpy(s->words, w, sizeof s->words);
	memset(s->bytes, 0, sizeof s->bytes);
	if (bytes) memcpy(s->bytes, bytes, sizeof s->bytes);
}
#define KEEP(bytes, ...) do { \
	word w[6] = { __VA_ARGS__ }; \
	memcpy(a, w, sizeof w); \
	encoded++; \
	if (__builtin_expect(looking, 0)) note(_cmd, w, bytes); \
} while (0)

extern void end_process(id object, word how, const volatile word *head);

@implementation MTLComputeCommandEncoder (Encode)
// The width of the threadgroups says how the process ends.
- (void)dispatchThreadgroupsWithIndirectBuffer:(id)b indirectBufferOffset:(NSUInteger)o threadsPerThreadgroup:(MTLSize)t { end_process(self, t.width, 0); }
- (void)setComputePipelineState:(id)p { KEEP(0, (word)p); }
- (void)setBuffer:(id)b offset:(NSUInteger)o atIndex:(NSUInteger)i { KEEP(0, (word)b, o, i); }
- (void)setBufferOffset:(NSUInteger)o atIndex:(NSUInteger)i { KEEP(0, o, i); }
- (void)setBytes:(const void *)p length:(NSUInteger)n atIndex:(NSUInteger)i { KEEP(p, *(const word *)p, n, i); }
- (void)setBuffers:(const id *)b offsets:(const NSUInteger *)o withRange:(NSRange)r {
	a[0] = (word)b[r.length - 1];
	a[1] = o[r.length - 1];
	a[2] = r.location;
	encoded++;
	if (__builtin_expect(looking, 0))
		for (word i = 0; i < r.length; i++)
			note(@selector(setBuffer:offset:atIndex:), (word[6]){(word)b[i], o[i], r.location + i}, 0);
}
- (void)setThreadgroupMemoryLength:(NSUInteger)n atIndex:(NSUInteger)i { KEEP(0, n, i); }
- (void)dispatchThreadgroups:(MTLSize)g threadsPerThreadgroup:(MTLSize)t { KEEP(0, g.width, g.height, g.depth, t.width, t.height, t.depth); }
- (void)memoryBarrierWithScope:(NSUInteger)s { KEEP(0, s); }
@end

// A key of errors, of which there are none.
static word key[2];
id MTLCommandBufferEncoderInfoErrorKey = (id)key;

id MTLCreateSystemDefaultDevice(void) { return [MTLDevice alloc]; }

@implementation MTLDevice (Encode)
- (id)name { return objc_autorelease(text("a device to encode for")); }
- (MTLSize)maxThreadsPerThreadgroup { return (MTLSize){1024, 1024, 64}; }
- (NSUInteger)maxThreadgroupMemoryLength { return 32 << 10; }
- (NSUInteger)maxBufferLength { return 1 << 30; }
- (id)newCommandQueue { return [MTLCommandQueue alloc]; }
- (id)newBufferWithLength:(NSUInteger)n options:(NSUInteger)o { MTLBuffer *b = [MTLBuffer alloc]; b->a[0] = n; b->a[1] = (word)calloc(n, 1); return b; }
- (id)newLibraryWithSource:(id)s options:(id)o error:(id *)e { return [MTLLibrary alloc]; }
- (id)newComputePipelineStateWithFunction:(id)f error:(id *)e { return [MTLComputePipelineState alloc]; }
@end

@implementation MTLBuffer (Encode)
- (NSUInteger)length { return a[0]; }
- (void *)contents { return (void *)a[1]; }
- (void)dealloc { free((void *)a[1]); [super dealloc]; }
@end

// Options keep what is set.
@implementation MTLCompileOptions (Encode)
+ (id)new { return [self alloc]; }
- (void)setLanguageVersion:(NSUInteger)v { a[0] = v; }
- (NSUInteger)languageVersion { return a[0]; }
- (void)setMathMode:(NSInteger)m { a[1] = m; }
- (NSInteger)mathMode { return a[1]; }
- (void)setMathFloatingPointFunctions:(NSInteger)f { a[2] = f; }
- (NSInteger)mathFloatingPointFunctions { return a[2]; }
- (void)setOptimizationLevel:(NSInteger)l { a[3] = l; }
@end

@implementation MTLLibrary (Encode)
- (id)newFunctionWithName:(id)name { return [MTLFunction alloc]; }
@end
@implementation MTLFunction (Encode)
- (id)name { return objc_autorelease(text("kernel")); }
- (NSUInteger)functionType { return 3; }
@end
@implementation MTLComputePipelineState (Encode)
- (NSUInteger)maxTotalThreadsPerThreadgroup { return 1024; }
- (NSUInteger)threadExecutionWidth { return 32; }
@end
@implementation MTLCommandQueue (Encode)
- (id)commandBuffer { return objc_autorelease([MTLCommandBuffer alloc]); }
@end
@implementation MTLCommandBuffer (Encode)
- (id)computeCommandEncoderWithDispatchType:(NSUInteger)t { return objc_autorelease([MTLComputeCommandEncoder alloc]); }
- (NSUInteger)status { return 4; }
@end

// The limit: the same step by a C compiler, with the arguments that Go has put here.
typedef struct {
	id pipelines[2], buffers[9];
	NSUInteger offsets[9], memory;
	MTLSize grids[2], groups[2];
	unsigned char bytes[3][40];
} step;

extern id objc_msgSend(id, SEL, ...);
#define SEND(...) ((void (*)(__VA_ARGS__))objc_msgSend)
typedef const void *bytes;
#define PIPELINE(p) SEND(id, SEL, id)(e, @selector(setComputePipelineState:), p)
#define BUFFER(k, i) SEND(id, SEL, id, NSUInteger, NSUInteger)(e, @selector(setBuffer:offset:atIndex:), s->buffers[k], s->offsets[k], i)
#define BYTES(k, i) SEND(id, SEL, bytes, NSUInteger, NSUInteger)(e, @selector(setBytes:length:atIndex:), s->bytes[k], 40, i)
#define DISPATCH(k) SEND(id, SEL, MTLSize, MTLSize)(e, @selector(dispatchThreadgroups:threadsPerThreadgroup:), s->grids[k], s->groups[k])

// c_typed encodes steps by 18 typed calls each, the even ones with steps[0].
void c_typed(id e, const step *steps, word n) {
	for (word i = 0; i < n; i++) {
		const step *s = &steps[i & 1];
		PIPELINE(s->pipelines[0]);
		BYTES(0, 0);
		BUFFER(0, 1); BUFFER(1, 2); BUFFER(2, 3); BUFFER(3, 4); BUFFER(4, 5); BUFFER(5, 6); BUFFER(6, 7);
		SEND(id, SEL, NSUInteger, NSUInteger)(e, @selector(setThreadgroupMemoryLength:atIndex:), s->memory, 0);
		DISPATCH(0);
		SEND(id, SEL, NSUInteger)(e, @selector(memoryBarrierWithScope:), 1);
		PIPELINE(s->pipelines[1]);
		BYTES(1, 0);
		BUFFER(7, 1); BUFFER(8, 2);
		BYTES(2, 3);
		DISPATCH(1);
	}
}

// c_ranges encodes the same by 11 messages.
#define BUFFERS(k, n) SEND(id, SEL, const id *, const NSUInteger *, NSRange)(e, @selector(setBuffers:offsets:withRange:), s->buffers + k, s->offsets + k, (NSRange){1, n})
void c_ranges(id e, const step *steps, word n) {
	for (word i = 0; i < n; i++) {
		const step *s = &steps[i & 1];
		PIPELINE(s->pipelines[0]);
		BYTES(0, 0);
		BUFFERS(0, 7);
		SEND(id, SEL, NSUInteger, NSUInteger)(e, @selector(setThreadgroupMemoryLength:atIndex:), s->memory, 0);
		DISPATCH(0);
		SEND(id, SEL, NSUInteger)(e, @selector(memoryBarrierWithScope:), 1);
		PIPELINE(s->pipelines[1]);
		BYTES(1, 0);
		BUFFERS(7, 2);
		BYTES(2, 3);
		DISPATCH(1);
	}
}

// c_list sends a filled list, as the assembly does, n times.
void c_list(const word *list, word entries, word n) {
	for (; n; n--) {
		const word *w = list;
#if defined(__aarch64__)
		for (word i = 0; i < entries; i++, w += 8)
			SEND(word, word, word, word, word, word, word, word)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
#else
		for (word i = 0; i < entries; i++, w += 12)
			SEND(word, word, word, word, word, word, word, word, word, word, word, word)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11]);
#endif
	}
}
