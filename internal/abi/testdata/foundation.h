// A small Foundation on GNU's libobjc, for one source of each library. Reference
// counts, autorelease pools and blocks are real; what goes wrong is counted.

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef _Bool BOOL;
typedef unsigned long NSUInteger;
typedef long NSInteger;
typedef struct { NSUInteger width, height, depth; } MTLSize;
typedef struct _NSRange { NSUInteger location, length; } NSRange;

extern id class_createInstance(Class, size_t);
extern BOOL class_respondsToSelector(Class, SEL);

// What went wrong, and how many objects there are.
atomic_long faults, live;

__attribute__((objc_root_class))
@interface NSObject { Class isa; @public atomic_long count; }
+ (id)alloc;
- (BOOL)respondsToSelector:(SEL)selector;
- (void)dealloc;
@end

@implementation NSObject
+ (id)alloc { NSObject *o = class_createInstance((Class)self, 0); o->count = 1; live++; return o; }
- (BOOL)respondsToSelector:(SEL)selector { return class_respondsToSelector(*(Class *)(void *)self, selector); }
- (void)dealloc { live--; free(self); }
@end

id objc_retain(id o) { if (o) ((NSObject *)o)->count++; return o; }
void objc_release(id o) {
	if (!o) return;
	long n = --((NSObject *)o)->count;
	if (n == 0) [(NSObject *)o dealloc];
	if (n < 0) faults++;
}

// A pool is a mark in the thread's stack of autoreleased objects.
static __thread id *pooled;
static __thread long used, room, depth;

id objc_autorelease(id o) {
	if (depth == 0) faults++;
	if (used == room) pooled = realloc(pooled, (room = room * 2 + 16) * sizeof *pooled);
	return pooled[used++] = o;
}

void *objc_autoreleasePoolPush(void) { depth++; return (void *)(used + 1); }
void objc_autoreleasePoolPop(void *pool) {
	long mark = (long)pool - 1;
	// A pool that another thread opened has a mark that this one has not.
	if (depth == 0 || mark > used) { faults++; return; }
	depth--;
	while (used > mark) objc_release(pooled[--used]);
}

// Blocks lie in memory as compilers put them there; these are the two functions
// that a runtime has for them.
void *_NSConcreteStackBlock[32], *_NSConcreteGlobalBlock[32], *_NSConcreteMallocBlock[32];
struct block_descriptor { unsigned long reserved, size; void (*copy)(void *, const void *); void (*dispose)(const void *); const char *signature; };
struct block { void *isa; atomic_int flags; int reserved; void (*invoke)(void *, ...); struct block_descriptor *descriptor; };
enum { BLOCK_COUNT = 0xfffe, BLOCK_ON_HEAP = 1 << 24, BLOCK_HELPERS = 1 << 25, BLOCK_GLOBAL = 1 << 28, BLOCK_SIGNATURE = 1 << 30 };
atomic_long live_blocks;

void *_Block_copy(const void *p) {
	struct block *b = (struct block *)p;
	if (!b || b->flags & BLOCK_GLOBAL) return b;
	if (b->flags & BLOCK_ON_HEAP) { b->flags += 2; return b; }
	if (b->isa != _NSConcreteStackBlock) faults++;
	if (!(b->flags & BLOCK_SIGNATURE) || strcmp(b->descriptor->signature, "v24@?0@8Q16")) faults++;
	struct block *heap = malloc(b->descriptor->size);
	memcpy(heap, b, b->descriptor->size);
	heap->isa = _NSConcreteMallocBlock;
	heap->flags = (b->flags & ~BLOCK_COUNT) | BLOCK_ON_HEAP | 2;
	live_blocks++;
	if (heap->flags & BLOCK_HELPERS) heap->descriptor->copy(heap, b);
	return heap;
}

void _Block_release(const void *p) {
	struct block *b = (struct block *)p;
	if (!b || b->flags & BLOCK_GLOBAL) return;
	if (!(b->flags & BLOCK_ON_HEAP)) { faults++; return; }
	if (((b->flags -= 2) & BLOCK_COUNT) != 0) return;
	if (b->flags & BLOCK_HELPERS) b->descriptor->dispose(b);
	memset(b, 0xee, b->descriptor->size); // who holds on to it finds out
	free(b);
	live_blocks--;
}

// Calls a block from another thread, as compiled code calls blocks: times times,
// with an object and a number that counts up.
typedef void (^Handler)(id, unsigned long);
struct job { Handler handler; id object; unsigned long first, times; };
static void *work(void *p) {
	struct job *j = p;
	for (unsigned long i = 0; i < j->times; i++) j->handler(j->object, j->first + i);
	_Block_release((void *)j->handler);
	return 0;
}
void call_on_thread(Handler h, id o, unsigned long first, unsigned long times) {
	struct job j = { (Handler)_Block_copy((void *)h), o, first, times };
	pthread_t t;
	if (pthread_create(&t, 0, work, &j)) { faults++; return; }
	pthread_join(t, 0);
}

@interface NSString : NSObject { @public char *bytes; NSUInteger size; }
- (id)initWithBytes:(const void *)p length:(NSUInteger)n encoding:(NSUInteger)e;
- (const char *)UTF8String;
- (NSUInteger)lengthOfBytesUsingEncoding:(NSUInteger)e;
- (NSUInteger)length;
- (unsigned short)characterAtIndex:(NSUInteger)i;
@end
@implementation NSString
- (id)initWithBytes:(const void *)p length:(NSUInteger)n encoding:(NSUInteger)e {
	if (e != 4 || !p) { faults++; objc_release(self); return 0; }
	bytes = malloc(n + 1); memcpy(bytes, p, n); bytes[n] = 0; size = n;
	return self;
}
- (const char *)UTF8String { return bytes; }
- (NSUInteger)lengthOfBytesUsingEncoding:(NSUInteger)e { return size; }
- (NSUInteger)length { return size; }
- (unsigned short)characterAtIndex:(NSUInteger)i { return (unsigned char)bytes[i]; }
- (void)dealloc { free(bytes); [super dealloc]; }
@end

static NSString *text(const char *s) {
	return [[NSString alloc] initWithBytes:s length:strlen(s) encoding:4];
}

@interface NSError : NSObject
- (NSString *)domain;
- (NSInteger)code;
- (NSString *)localizedDescription;
- (NSString *)localizedFailureReason;
@end
@implementation NSError
- (NSString *)domain { return objc_autorelease(text("ShapesErrorDomain")); }
- (NSInteger)code { return -7; }
- (NSString *)localizedDescription { return objc_autorelease(text("asked for")); }
- (NSString *)localizedFailureReason { return 0; }
@end

@interface NSArray : NSObject { @public id items[2]; }
- (NSUInteger)count;
- (id)objectAtIndex:(NSUInteger)i;
@end
@implementation NSArray
- (NSUInteger)count { return 2; }
- (id)objectAtIndex:(NSUInteger)i { return items[i]; }
- (void)dealloc { objc_release(items[0]); objc_release(items[1]); [super dealloc]; }
@end

@interface NSMutableDictionary : NSObject { NSUInteger n; id held[16]; }
+ (id)dictionaryWithCapacity:(NSUInteger)n;
- (void)setObject:(id)o forKey:(id)k;
- (NSUInteger)count;
@end
@implementation NSMutableDictionary
+ (id)dictionaryWithCapacity:(NSUInteger)n { return objc_autorelease([self alloc]); }
- (void)setObject:(id)o forKey:(id)k { held[n++] = objc_retain(o); held[n++] = objc_retain(k); }
- (NSUInteger)count { return n / 2; }
- (void)dealloc { while (n) objc_release(held[--n]); [super dealloc]; }
@end

@interface NSURL : NSObject { @public id path; }
- (id)initFileURLWithPath:(NSString *)p;
- (id)path;
@end
@implementation NSURL
- (id)initFileURLWithPath:(NSString *)p { path = objc_retain(p); return self; }
- (id)path { return path; }
- (void)dealloc { objc_release(path); [super dealloc]; }
@end

// A dispatch_data_t is an object, whose bytes were copied unless they come with a destructor.
id dispatch_data_create(const void *p, unsigned long n, id queue, void (^destructor)(void)) {
	if (!p || !n || queue || destructor) { faults++; return 0; }
	return [[NSString alloc] initWithBytes:p length:n encoding:4];
}
