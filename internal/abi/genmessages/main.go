// Command genmessages prints an Objective-C library that has every message of
// the binding as a method with Apple's prototype. Each method writes down the
// bytes of its arguments, and what those point to that the binding copies.
package main

import (
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

const head = `#include <string.h>
typedef _Bool BOOL;
typedef unsigned long NSUInteger, uint64_t;
typedef long NSInteger;
typedef unsigned char uint8_t, u8;
typedef unsigned u32, uint32_t;
typedef NSUInteger NSStringEncoding;
typedef unsigned short unichar;
typedef double CFTimeInterval;
typedef id NSErrorDomain, dispatch_data_t, dispatch_queue_t;
typedef void (^dispatch_block_t)(void);
typedef struct { NSUInteger width, height, depth; } MTLSize;
typedef struct { NSUInteger size, align; } MTLSizeAndAlign;
typedef struct _NSRange { NSUInteger location, length; } NSRange;

// What arrived: which message, its receiver, each argument in 24 bytes, and 24
// bytes of what each array points to.
struct { const char *message; const void *receiver; unsigned char argument[8][24], array[8][24]; } arrived;
static void begin(const char *message, const void *receiver) { memset(&arrived, 0, sizeof arrived); arrived.message = message; arrived.receiver = receiver; }
#define ARGUMENT(i, a) memcpy(arrived.argument[i], &a, sizeof a)
#define ARRAY(i, a) memcpy(arrived.array[i], a, 24)
`

func main() {
	log.SetFlags(0)
	ref, err := metaltable.ReadReference()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(head)
	for enum, underlying := range ref.EnumTypes {
		fmt.Printf("typedef %s %s;\n", underlying, enum)
	}
	var messages []metaltable.Message
	for _, dir := range []string{"objc", "mtl"} {
		m, err := metaltable.ParseDir(dir)
		if err != nil {
			log.Fatal(err)
		}
		messages = append(messages, m...)
	}
	methods := map[string][]string{}
	var classes []string
	for _, m := range messages {
		apple, ok := ref.Method(m.Class, m.Selector)
		if !ok {
			log.Fatalf("%s: Apple has no %s %s", m.Pos, m.Class, m.Selector)
		}
		if m.IsFunction() {
			fmt.Println(function(m, apple))
			continue
		}
		if !slices.Contains(classes, m.Class) {
			classes = append(classes, m.Class)
		}
		methods[m.Class] = append(methods[m.Class], method(m, apple))
	}
	for _, class := range classes {
		fmt.Printf("__attribute__((objc_root_class)) @interface %s { Class isa; } @end\n@implementation %[1]s\n%s\n@end\n", class, strings.Join(methods[class], "\n"))
	}
}

// cType turns a type of Apple's headers into one without Apple's classes,
// which has the same encoding.
func cType(t string) string {
	t = strings.TrimPrefix(t, "const ")
	switch {
	case t == "block", strings.HasPrefix(t, "MTL") && (strings.HasSuffix(t, "Handler") || strings.HasSuffix(t, "Block")):
		return "void (^)(void)"
	case t == "MTLTimestamp *":
		return "NSUInteger *"
	case strings.HasSuffix(t, "Reflection *") && strings.HasPrefix(t, "MTLAutoreleased"), t == "NSError **":
		return "id *"
	case strings.HasPrefix(t, "id<") && (strings.HasSuffix(t, "[]") || strings.HasSuffix(t, "*")):
		return "const id *"
	case strings.HasSuffix(t, " []"):
		return "const " + strings.TrimSuffix(t, " []") + " *"
	case strings.HasPrefix(t, "id<"), t == "id", t == "instancetype":
		return "id"
	case strings.HasSuffix(t, "*") && (strings.HasPrefix(t, "NS") || strings.HasPrefix(t, "MTL")):
		return "id"
	}
	return t
}

func method(m metaltable.Message, apple metaltable.Method) string {
	kind, selector := "-", m.Selector
	if s, ok := strings.CutPrefix(selector, "+"); ok {
		kind, selector = "+", s
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", kind, cType(apple.Return))
	if len(apple.Args) == 0 {
		b.WriteString(selector)
	}
	for i, part := range strings.Split(strings.TrimSuffix(selector, ":"), ":") {
		if i < len(apple.Args) {
			fmt.Fprintf(&b, "%s:(%s)a%d ", part, cType(apple.Args[i]), i)
		}
	}
	return b.String() + body(m, apple, "self")
}

func function(m metaltable.Message, apple metaltable.Method) string {
	var args []string
	for i, t := range apple.Args {
		args = append(args, fmt.Sprintf("%s a%d", cType(t), i))
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	return fmt.Sprintf("%s %s(%s)", cType(apple.Return), m.Selector, strings.Join(args, ", ")) + body(m, apple, "0")
}

func body(m metaltable.Message, apple metaltable.Method, receiver string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{ begin(\"%s %s\", (const void *)%s); ", m.Class, m.Selector, receiver)
	for i, p := range m.Params {
		fmt.Fprintf(&b, "ARGUMENT(%d, a%[1]d); ", i)
		switch {
		case strings.HasPrefix(p.Type, "[]"):
			fmt.Fprintf(&b, "ARRAY(%d, a%[1]d); ", i)
		case p.IsOut():
			fmt.Fprintf(&b, "*a%d = (id)0x77; ", i)
		}
	}
	t := cType(apple.Return)
	if strings.HasPrefix(m.Encoding, "q@:") { // NSInteger, or an enumeration of that type
		t = "NSInteger"
	}
	switch t {
	case "void":
	case "BOOL":
		b.WriteString("return 0; ")
	case "double", "CFTimeInterval":
		b.WriteString("return 1.5; ")
	case "MTLSize":
		b.WriteString("return (MTLSize){3, 4, 5}; ")
	case "MTLSizeAndAlign":
		b.WriteString("return (MTLSizeAndAlign){3, 4}; ")
	case "unichar":
		b.WriteString("return 0x1234; ")
	case "NSInteger":
		b.WriteString("return -5; ")
	default:
		fmt.Fprintf(&b, "return (%s)0x123456789abc; ", t)
	}
	return b.String() + "}"
}
