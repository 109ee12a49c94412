// Code generated from the //objc lines of this package; DO NOT EDIT.

package objc

import (
	"unsafe"
)

const (
	selAlloc = iota
	selRespondsToSelector
	selInitWithBytes_length_encoding
	selUTF8String
	selLengthOfBytesUsingEncoding
	selLength
	selCharacterAtIndex
	selDomain
	selCode
	selLocalizedDescription
	selLocalizedFailureReason
	selUserInfo
	selBytes
	selCount
	selObjectAtIndex
	selCountByEnumeratingWithState_objects_count
	selArrayWithObjects_count
	selDictionaryWithCapacity
	selSetObject_forKey
	selAllKeys
	selObjectForKey
	selPath
	selInitFileURLWithPath
)

var selectorNames = [...]string{
	selAlloc:                         "alloc",
	selRespondsToSelector:            "respondsToSelector:",
	selInitWithBytes_length_encoding: "initWithBytes:length:encoding:",
	selUTF8String:                    "UTF8String",
	selLengthOfBytesUsingEncoding:    "lengthOfBytesUsingEncoding:",
	selLength:                        "length",
	selCharacterAtIndex:              "characterAtIndex:",
	selDomain:                        "domain",
	selCode:                          "code",
	selLocalizedDescription:          "localizedDescription",
	selLocalizedFailureReason:        "localizedFailureReason",
	selUserInfo:                      "userInfo",
	selBytes:                         "bytes",
	selCount:                         "count",
	selObjectAtIndex:                 "objectAtIndex:",
	selCountByEnumeratingWithState_objects_count: "countByEnumeratingWithState:objects:count:",
	selArrayWithObjects_count:                    "arrayWithObjects:count:",
	selDictionaryWithCapacity:                    "dictionaryWithCapacity:",
	selSetObject_forKey:                          "setObject:forKey:",
	selAllKeys:                                   "allKeys",
	selObjectForKey:                              "objectForKey:",
	selPath:                                      "path",
	selInitFileURLWithPath:                       "initFileURLWithPath:",
}

const (
	fnObjc_retain = iota
	fnObjc_release
	fnObjc_autoreleasePoolPush
	fnObjc_autoreleasePoolPop
	fn_Block_copy
	fn_Block_release
	fnDispatch_data_create
)

var functionNames = [...]string{
	fnObjc_retain:              "objc_retain",
	fnObjc_release:             "objc_release",
	fnObjc_autoreleasePoolPush: "objc_autoreleasePoolPush",
	fnObjc_autoreleasePoolPop:  "objc_autoreleasePoolPop",
	fn_Block_copy:              "_Block_copy",
	fn_Block_release:           "_Block_release",
	fnDispatch_data_create:     "dispatch_data_create",
}

// A call sends the messages of this package.
type call struct {
	Call
	table *table
}

// A table holds the selectors and C functions of one runtime.
type table struct {
	selectors [len(selectorNames)]SEL
	functions [len(functionNames)]uintptr
}

// What Apple declares about each message, for Messages.
var messages = [...]Message{
	{Class: "C", Selector: "objc_retain", Encoding: "@@", MinMacOS: "10.7"},
	{Class: "C", Selector: "objc_release", Encoding: "v@", MinMacOS: "10.7"},
	{Class: "C", Selector: "objc_autoreleasePoolPush", Encoding: "^v", MinMacOS: "10.7"},
	{Class: "C", Selector: "objc_autoreleasePoolPop", Encoding: "v^v", MinMacOS: "10.7"},
	{Class: "C", Selector: "_Block_copy", Encoding: "^v^v", MinMacOS: "10.6"},
	{Class: "C", Selector: "_Block_release", Encoding: "v^v", MinMacOS: "10.6"},
	{Class: "NSObject", Selector: "+alloc", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSObject", Selector: "respondsToSelector:", Encoding: "B@::", MinMacOS: "10.x"},
	{Class: "NSString", Selector: "initWithBytes:length:encoding:", Encoding: "@@:^vQQ", MinMacOS: "10.x"},
	{Class: "NSString", Selector: "UTF8String", Encoding: "*@:", MinMacOS: "10.x"},
	{Class: "NSString", Selector: "lengthOfBytesUsingEncoding:", Encoding: "Q@:Q", MinMacOS: "10.x"},
	{Class: "NSString", Selector: "length", Encoding: "Q@:", MinMacOS: "10.x"},
	{Class: "NSString", Selector: "characterAtIndex:", Encoding: "S@:Q", MinMacOS: "10.x"},
	{Class: "NSError", Selector: "domain", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSError", Selector: "code", Encoding: "q@:", MinMacOS: "10.x"},
	{Class: "NSError", Selector: "localizedDescription", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSError", Selector: "localizedFailureReason", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSError", Selector: "userInfo", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSData", Selector: "length", Encoding: "Q@:", MinMacOS: "10.x"},
	{Class: "NSData", Selector: "bytes", Encoding: "^v@:", MinMacOS: "10.x"},
	{Class: "NSArray", Selector: "count", Encoding: "Q@:", MinMacOS: "10.x"},
	{Class: "NSArray", Selector: "objectAtIndex:", Encoding: "@@:Q", MinMacOS: "10.x"},
	{Class: "NSFastEnumeration", Selector: "countByEnumeratingWithState:objects:count:", Encoding: "Q@:^{?=Q^@^Q[5Q]}^@Q", MinMacOS: "10.x"},
	{Class: "NSArray", Selector: "+arrayWithObjects:count:", Encoding: "@@:^@Q", MinMacOS: "10.x"},
	{Class: "NSMutableDictionary", Selector: "+dictionaryWithCapacity:", Encoding: "@@:Q", MinMacOS: "10.x"},
	{Class: "NSMutableDictionary", Selector: "setObject:forKey:", Encoding: "v@:@@", MinMacOS: "10.x"},
	{Class: "NSDictionary", Selector: "allKeys", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSDictionary", Selector: "objectForKey:", Encoding: "@@:@", MinMacOS: "10.x"},
	{Class: "NSURL", Selector: "path", Encoding: "@@:", MinMacOS: "10.x"},
	{Class: "NSURL", Selector: "initFileURLWithPath:", Encoding: "@@:@", MinMacOS: "10.x"},
	{Class: "C", Selector: "dispatch_data_create", Encoding: "@^vQ@@?", MinMacOS: "10.7"},
}

// C objc_retain @@, none, macOS 10.7.
func (c *call) objcRetain(object ID) ID {
	c.Function()
	c.X[0] = uintptr(object)
	c.Invoke(c.table.functions[fnObjc_retain])
	return ID(c.X[0])
}

// C objc_release v@, none, macOS 10.7.
func (c *call) objcRelease(object ID) {
	c.Function()
	c.X[0] = uintptr(object)
	c.Invoke(c.table.functions[fnObjc_release])
}

// C objc_autoreleasePoolPush ^v, none, macOS 10.7.
func (c *call) objcPoolPush() uintptr {
	c.Function()
	c.Invoke(c.table.functions[fnObjc_autoreleasePoolPush])
	return c.X[0]
}

// C objc_autoreleasePoolPop v^v, none, macOS 10.7.
func (c *call) objcPoolPop(pool uintptr) {
	c.Function()
	c.X[0] = pool
	c.Invoke(c.table.functions[fnObjc_autoreleasePoolPop])
}

// C _Block_copy ^v^v, none, macOS 10.6.
func (c *call) blockCopy(block unsafe.Pointer) uintptr {
	c.Function()
	c.X[0] = c.Keep(block)
	c.Invoke(c.table.functions[fn_Block_copy])
	return c.X[0]
}

// C _Block_release v^v, none, macOS 10.6.
func (c *call) blockRelease(block uintptr) {
	c.Function()
	c.X[0] = block
	c.Invoke(c.table.functions[fn_Block_release])
}

// NSObject +alloc @@:, owned, macOS 10.x.
func (c *call) alloc(self ID) ID {
	c.Message(self, c.table.selectors[selAlloc])
	c.Send()
	return ID(c.X[0])
}

// NSObject respondsToSelector: B@::, none, macOS 10.x.
func (c *call) respondsToSelector(self ID, selector SEL) bool {
	c.Message(self, c.table.selectors[selRespondsToSelector])
	c.X[2] = uintptr(selector)
	c.Send()
	return byte(c.X[0]) != 0
}

// NSString initWithBytes:length:encoding: @@:^vQQ, owned, macOS 10.x.
func (c *call) stringInit(self ID, bytes unsafe.Pointer, length uint64, encoding uint64) ID {
	c.Message(self, c.table.selectors[selInitWithBytes_length_encoding])
	c.X[2] = c.Keep(bytes)
	c.X[3] = uintptr(length)
	c.X[4] = uintptr(encoding)
	c.Send()
	return ID(c.X[0])
}

// NSString UTF8String *@:, none, macOS 10.x.
func (c *call) stringUTF8(self ID) uintptr {
	c.Message(self, c.table.selectors[selUTF8String])
	c.Send()
	return c.X[0]
}

// NSString lengthOfBytesUsingEncoding: Q@:Q, none, macOS 10.x.
func (c *call) stringBytes(self ID, encoding uint64) uint64 {
	c.Message(self, c.table.selectors[selLengthOfBytesUsingEncoding])
	c.X[2] = uintptr(encoding)
	c.Send()
	return uint64(c.X[0])
}

// NSString length Q@:, none, macOS 10.x.
func (c *call) stringLength(self ID) uint64 {
	c.Message(self, c.table.selectors[selLength])
	c.Send()
	return uint64(c.X[0])
}

// NSString characterAtIndex: S@:Q, none, macOS 10.x.
func (c *call) stringCharacter(self ID, index uint64) uint16 {
	c.Message(self, c.table.selectors[selCharacterAtIndex])
	c.X[2] = uintptr(index)
	c.Send()
	return uint16(c.X[0])
}

// NSError domain @@:, autoreleased, macOS 10.x.
func (c *call) errorDomain(self ID) ID {
	c.Message(self, c.table.selectors[selDomain])
	c.Send()
	return ID(c.X[0])
}

// NSError code q@:, none, macOS 10.x.
func (c *call) errorCode(self ID) int64 {
	c.Message(self, c.table.selectors[selCode])
	c.Send()
	return int64(c.X[0])
}

// NSError localizedDescription @@:, autoreleased, macOS 10.x.
func (c *call) errorDescription(self ID) ID {
	c.Message(self, c.table.selectors[selLocalizedDescription])
	c.Send()
	return ID(c.X[0])
}

// NSError localizedFailureReason @@:, autoreleased, macOS 10.x.
func (c *call) errorFailureReason(self ID) ID {
	c.Message(self, c.table.selectors[selLocalizedFailureReason])
	c.Send()
	return ID(c.X[0])
}

// NSError userInfo @@:, autoreleased, macOS 10.x.
func (c *call) errorUserInfo(self ID) ID {
	c.Message(self, c.table.selectors[selUserInfo])
	c.Send()
	return ID(c.X[0])
}

// NSData length Q@:, none, macOS 10.x.
func (c *call) dataLength(self ID) uint64 {
	c.Message(self, c.table.selectors[selLength])
	c.Send()
	return uint64(c.X[0])
}

// NSData bytes ^v@:, none, macOS 10.x.
func (c *call) dataBytes(self ID) uintptr {
	c.Message(self, c.table.selectors[selBytes])
	c.Send()
	return c.X[0]
}

// NSArray count Q@:, none, macOS 10.x.
func (c *call) arrayCount(self ID) uint64 {
	c.Message(self, c.table.selectors[selCount])
	c.Send()
	return uint64(c.X[0])
}

// NSArray objectAtIndex: @@:Q, autoreleased, macOS 10.x.
func (c *call) arrayObject(self ID, index uint64) ID {
	c.Message(self, c.table.selectors[selObjectAtIndex])
	c.X[2] = uintptr(index)
	c.Send()
	return ID(c.X[0])
}

// NSFastEnumeration countByEnumeratingWithState:objects:count: Q@:^{?=Q^@^Q[5Q]}^@Q, none, macOS 10.x.
func (c *call) enumerate(self ID, state unsafe.Pointer, objects uintptr, count uint64) uint64 {
	c.Message(self, c.table.selectors[selCountByEnumeratingWithState_objects_count])
	c.X[2] = c.Keep(state)
	c.X[3] = objects
	c.X[4] = uintptr(count)
	c.Send()
	return uint64(c.X[0])
}

// NSArray +arrayWithObjects:count: @@:^@Q, autoreleased, macOS 10.x.
func (c *call) newArray(self ID, objects []ID, count uint64) ID {
	c.Message(self, c.table.selectors[selArrayWithObjects_count])
	c.X[2] = c.CopyIDs(objects)
	c.X[3] = uintptr(count)
	c.Send()
	return ID(c.X[0])
}

// NSMutableDictionary +dictionaryWithCapacity: @@:Q, autoreleased, macOS 10.x.
func (c *call) newDictionary(self ID, capacity uint64) ID {
	c.Message(self, c.table.selectors[selDictionaryWithCapacity])
	c.X[2] = uintptr(capacity)
	c.Send()
	return ID(c.X[0])
}

// NSMutableDictionary setObject:forKey: v@:@@, none, macOS 10.x.
func (c *call) dictionarySet(self ID, object ID, key ID) {
	c.Message(self, c.table.selectors[selSetObject_forKey])
	c.X[2] = uintptr(object)
	c.X[3] = uintptr(key)
	c.Send()
}

// NSDictionary allKeys @@:, autoreleased, macOS 10.x.
func (c *call) dictionaryKeys(self ID) ID {
	c.Message(self, c.table.selectors[selAllKeys])
	c.Send()
	return ID(c.X[0])
}

// NSDictionary objectForKey: @@:@, autoreleased, macOS 10.x.
func (c *call) dictionaryObject(self ID, key ID) ID {
	c.Message(self, c.table.selectors[selObjectForKey])
	c.X[2] = uintptr(key)
	c.Send()
	return ID(c.X[0])
}

// NSURL path @@:, autoreleased, macOS 10.x.
func (c *call) urlPath(self ID) ID {
	c.Message(self, c.table.selectors[selPath])
	c.Send()
	return ID(c.X[0])
}

// NSURL initFileURLWithPath: @@:@, owned, macOS 10.x.
func (c *call) urlInitFile(self ID, path ID) ID {
	c.Message(self, c.table.selectors[selInitFileURLWithPath])
	c.X[2] = uintptr(path)
	c.Send()
	return ID(c.X[0])
}

// C dispatch_data_create @^vQ@@?, owned, macOS 10.7.
func (c *call) newDispatchData(bytes unsafe.Pointer, length uint64, queue ID, destructor uintptr) ID {
	c.Function()
	c.X[0] = c.Keep(bytes)
	c.X[1] = uintptr(length)
	c.X[2] = uintptr(queue)
	c.X[3] = destructor
	c.Invoke(c.table.functions[fnDispatch_data_create])
	return ID(c.X[0])
}
