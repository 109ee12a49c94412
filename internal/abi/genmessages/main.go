// Command genmessages prints an Objective-C library that has every message of
// the binding as a method with Apple's prototype. Each method writes down the
// bytes of its arguments, and what those point to that the binding copies.
//
// With the name of an Objective-C source it prints what that source lacks to be
// Metal: classes with every message of package mtl, which count their messages and
// answer nothing, without the methods and functions that the source has.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

// types are those of Apple's headers that neither head nor foundation.h has.
const types = `
typedef unsigned long uint64_t, MTLGPUAddress;
typedef unsigned u32, uint32_t;
typedef unsigned char u8, uint8_t;
typedef unsigned short unichar;
typedef NSUInteger NSStringEncoding;
typedef double CFTimeInterval;
typedef id NSErrorDomain, dispatch_data_t, dispatch_queue_t;
typedef void (^dispatch_block_t)(void);
typedef struct { NSUInteger size, align; } MTLSizeAndAlign;
typedef struct MTLResourceID { uint64_t _impl; } MTLResourceID;
typedef struct { unsigned long state; id *itemsPtr; unsigned long *mutationsPtr, extra[5]; } NSFastEnumerationState;
`

const head = `#include <string.h>
typedef _Bool BOOL;
typedef unsigned long NSUInteger;
typedef long NSInteger;
typedef struct { NSUInteger width, height, depth; } MTLSize;
typedef struct _NSRange { NSUInteger location, length; } NSRange;
` + types + `
// What arrived: which message, its receiver, each argument in 24 bytes, and 24
// bytes of what each array points to.
struct { const char *message; const void *receiver; unsigned char argument[8][24], array[8][24]; } arrived;
static void begin(const char *message, const void *receiver) { memset(&arrived, 0, sizeof arrived); arrived.message = message; arrived.receiver = receiver; }
#define ARGUMENT(i, a) memcpy(arrived.argument[i], &a, sizeof a)
#define ARRAY(i, a) memcpy(arrived.array[i], a, 24)
`

func main() {
	log.SetFlags(0)
	flag.Parse()
	ref, err := metaltable.ReadReference()
	if err != nil {
		log.Fatal(err)
	}
	if flag.NArg() > 0 {
		source, err := os.ReadFile(flag.Arg(0))
		if err != nil {
			log.Fatal(err)
		}
		printMetal(ref, string(source))
		return
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
	case t == "NSFastEnumerationState *":
		return t
	case t == "MTLTimestamp *":
		return "uint64_t *"
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

const metalHead = `#include "foundation.h"
typedef unsigned long word;
` + types + "\n"

// printMetal prints the classes that a source fills in by categories.
func printMetal(ref *metaltable.Reference, source string) {
	fmt.Print(metalHead)
	for enum, underlying := range ref.EnumTypes {
		fmt.Printf("typedef %s %s;\n", underlying, enum)
	}
	messages, err := metaltable.ParseDir("mtl")
	if err != nil {
		log.Fatal(err)
	}
	by := definitions(source)
	methods := map[string][]string{}
	var classes []string
	for _, m := range messages {
		apple, ok := ref.Method(m.Class, m.Selector)
		if !ok {
			log.Fatalf("%s: Apple has no %s %s", m.Pos, m.Class, m.Selector)
		}
		if m.IsFunction() {
			if !by[m.Selector] {
				fmt.Println(functionPrototype(m, apple) + " { return 0; }")
			}
			continue
		}
		if !slices.Contains(classes, m.Class) {
			classes = append(classes, m.Class)
		}
		if !by[m.Class+" "+m.Selector] {
			methods[m.Class] = append(methods[m.Class], prototype(m, apple)+answer(m, apple))
		}
	}
	// A method of a protocol is that of all classes which have it.
	for protocol, class := range map[string][]string{"MTLCommandEncoder": {"MTLComputeCommandEncoder", "MTLBlitCommandEncoder"}, "MTLResource": {"MTLBuffer"}} {
		for _, c := range class {
			methods[c] = append(methods[c], methods[protocol]...)
		}
	}
	for _, class := range classes {
		fmt.Printf("@interface %s : NSObject { @public word a[6], messages; }\n@end\n@implementation %[1]s\n%[2]s\n@end\n",
			class, strings.Join(methods[class], "\n"))
	}
}

var (
	category  = regexp.MustCompile(`(?ms)^@implementation (\w+) \(\w+\)\n(.*?)^@end`)
	definedAs = regexp.MustCompile(`(?m)^([-+]) \([^)]*\)([^{]*) \{`)
	functions = regexp.MustCompile(`(?m)^id (\w+)\(void\) \{`)
	argument  = regexp.MustCompile(`\([^)]*\)\w+ ?`)
)

// definitions returns what a source defines: "class selector" of its categories'
// methods, and names of functions.
func definitions(source string) map[string]bool {
	found := map[string]bool{}
	for _, c := range category.FindAllStringSubmatch(source, -1) {
		for _, m := range definedAs.FindAllStringSubmatch(c[2], -1) {
			found[c[1]+" "+strings.TrimPrefix(m[1], "-")+argument.ReplaceAllString(m[2], "")] = true
		}
	}
	for _, f := range functions.FindAllStringSubmatch(source, -1) {
		found[f[1]] = true
	}
	return found
}

// answer is the body of a method that counts and answers zero.
func answer(m metaltable.Message, apple metaltable.Method) string {
	count := "messages++; "
	if strings.HasPrefix(m.Selector, "+") {
		count = ""
	}
	switch t := cType(apple.Return); t {
	case "void":
		return "{ " + count + "}"
	default:
		return fmt.Sprintf("{ %s%s zero = {0}; return zero; }", count, t)
	}
}

func prototype(m metaltable.Message, apple metaltable.Method) string {
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
	return b.String()
}

func method(m metaltable.Message, apple metaltable.Method) string {
	return prototype(m, apple) + body(m, apple, "self")
}

func function(m metaltable.Message, apple metaltable.Method) string {
	return functionPrototype(m, apple) + body(m, apple, "0")
}

func functionPrototype(m metaltable.Message, apple metaltable.Method) string {
	var args []string
	for i, t := range apple.Args {
		args = append(args, fmt.Sprintf("%s a%d", cType(t), i))
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	return fmt.Sprintf("%s %s(%s)", cType(apple.Return), m.Selector, strings.Join(args, ", "))
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
	case "MTLResourceID":
		b.WriteString("return (MTLResourceID){0x123456789abc}; ")
	case "unichar":
		b.WriteString("return 0x1234; ")
	case "NSInteger":
		b.WriteString("return -5; ")
	default:
		fmt.Fprintf(&b, "return (%s)0x123456789abc; ", t)
	}
	return b.String() + "}"
}
