// A Recorder writes down the messages that it gets, for the tests of batches: one
// method for each shape that a message in a batch has.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef unsigned long word;
typedef struct { word width, height, depth; } MTLSize;
typedef struct _NSRange { word location, length; } NSRange;

// A record is one message: its arguments as words, and the bytes that it points to.
typedef struct { word count, words[8]; unsigned char bytes[64]; } record;

__attribute__((objc_root_class))
@interface Recorder { Class isa; @public record *records; word count, room; }
@end

static void put(Recorder *r, word n, const word *w, const void *bytes, word length) {
	if (r->count == r->room) abort();
	record *e = &r->records[r->count++];
	memset(e, 0, sizeof *e);
	e->count = n;
	memcpy(e->words, w, n * sizeof *w);
	if (length) memcpy(e->bytes, bytes, length < sizeof e->bytes ? length : sizeof e->bytes);
}
#define PUT(bytes, length, ...) do { word w[] = { __VA_ARGS__ }; put(self, sizeof w / sizeof *w, w, bytes, length); } while (0)

// end_process ends the process as a mistake in Metal does: by abort, by an exception that
// nobody catches, or by a store to where no memory is. Before that it says which entry of
// a list the head of the list names.
extern void objc_exception_throw(id);
void end_process(id object, word how, const volatile word *head) {
	if (head) fprintf(stderr, "head %lx %lu\n", head[1], head[2]);
	switch (how) {
	case 1: abort();
	case 2: objc_exception_throw(object);
	case 3: *(volatile int *)64 = 1;
	}
}

@implementation Recorder
- (void)wait:(volatile word *)flags { for (flags[0] = 1; !flags[1];) usleep(100); }
- (void)work:(word)milliseconds { for (clock_t end = clock() + (clock_t)milliseconds * CLOCKS_PER_SEC / 1000; clock() < end;); }
- (void)end:(word)how head:(const word *)head { end_process((id)self, how, head); }
- (void)none { put(self, 0, 0, 0, 0); }
- (void)one:(word)a { PUT(0, 0, a); }
- (void)two:(word)a b:(word)b { PUT(0, 0, a, b); }
- (void)three:(word)a b:(word)b c:(word)c { PUT(0, 0, a, b, c); }
- (void)six:(word)a b:(word)b c:(word)c d:(word)d e:(word)e f:(word)f { PUT(0, 0, a, b, c, d, e, f); }
- (void)range:(word)a range:(NSRange)r byte:(unsigned char)b { PUT(0, 0, a, r.location, r.length, b); }
- (void)bytes:(const void *)p length:(word)n index:(word)i { PUT(p, n, n, i); }
- (void)size:(MTLSize)a size:(MTLSize)b { PUT(0, 0, a.width, a.height, a.depth, b.width, b.height, b.depth); }
- (void)buffer:(word)a offset:(word)b size:(MTLSize)c { PUT(0, 0, a, b, c.width, c.height, c.depth); }
- (void)objects:(const word *)o offsets:(const word *)n range:(NSRange)r {
	for (word i = 0; i < r.length; i++) PUT(0, 0, o[i], n[i], r.location + i);
}
- (void)call:(void (*)(word))f with:(word)x { f(x); }
@end

// In GNU's headers this is an inline function; Apple's library has it.
Class object_getClass(id o) { return o ? *(Class *)(void *)o : 0; }

// recorder_reset forgets what was written down and makes room for n messages.
void recorder_reset(Recorder *r, word n) {
	free(r->records);
	r->records = calloc(n, sizeof *r->records);
	r->room = n;
	r->count = 0;
}
