// A class with a method for every shape of arguments and results.

#include "foundation.h"

// What the last method of Shapes saw.
__thread unsigned long seen[16];
unsigned long seen_word(long i) { return seen[i]; }

static void see(int n, const unsigned long *w) { memset(seen, 0, sizeof seen); memcpy(seen, w, n * sizeof *w); }
#define SEE(...) do { unsigned long words[] = { __VA_ARGS__ }; see(sizeof words / sizeof *words, words); } while (0)
#define WORDS(s) s.width, s.height, s.depth

@protocol Measured
- (double)seconds;
- (MTLSize)sizeFrom:(NSUInteger)w height:(NSUInteger)h depth:(NSUInteger)d;
+ (id)alloc;
@end

@interface Shapes : NSObject <Measured>
@end
@implementation Shapes
- (void)six:(NSUInteger)a b:(NSUInteger)b c:(NSUInteger)c d:(NSUInteger)d e:(NSUInteger)e f:(NSUInteger)f { SEE(a, b, c, d, e, f); }
- (NSUInteger)integer { return 0xfedcba9876543210; }
- (NSInteger)negative { return -3; }
- (BOOL)not:(BOOL)b { SEE(b); return !b; }
- (unsigned char)byte:(unsigned char)c { SEE(c); return c + 1; }
- (unsigned short)halfword { return 0xffee; }
- (void)range:(NSRange)r { SEE(r.location, r.length); }
- (NSRange)rangeFrom:(NSUInteger)a length:(NSUInteger)n { return (NSRange){a, n}; }
- (void)size:(MTLSize)a { SEE(WORDS(a)); }
- (void)size:(MTLSize)a size:(MTLSize)b { SEE(WORDS(a), WORDS(b)); }
- (void)size:(MTLSize)a size:(MTLSize)b size:(MTLSize)c { SEE(WORDS(a), WORDS(b), WORDS(c)); }
- (void)buffer:(id)o offset:(NSUInteger)n size:(MTLSize)a { SEE((unsigned long)o, n, WORDS(a)); }
- (MTLSize)sizeFrom:(NSUInteger)w height:(NSUInteger)h depth:(NSUInteger)d { SEE(w, h, d); return (MTLSize){w + 1, h + 1, d + 1}; }
- (double)seconds { return 1.0625; }
- (double)sum:(double)a and:(double)b and:(double)c and:(double)d { return a + 10 * b + 100 * c + 1000 * d; }
- (NSUInteger)bytes:(const void *)p length:(NSUInteger)n { NSUInteger s = 0; for (NSUInteger i = 0; i < n; i++) s = s * 31 + ((const unsigned char *)p)[i]; return s; }
- (NSUInteger)objects:(const id *)o offsets:(const NSUInteger *)n range:(NSRange)r { SEE((unsigned long)o[0], (unsigned long)o[r.length - 1], n[0], n[r.length - 1], r.location, r.length); return r.length; }
- (id)make:(id)o error:(id *)e { if (o) return objc_retain(o); *e = objc_autorelease([NSError alloc]); return 0; }
- (id)array { NSArray *a = [NSArray alloc]; a->items[0] = text("one"); a->items[1] = text("two"); return objc_autorelease(a); }
@end
