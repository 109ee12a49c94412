package objc

//go:generate go run ../internal/metaltable/gen

// Every message and C function that this package sends. A line names the Go
// function with its arguments and result, and after the equals sign what
// Apple declares: class, selector (+ for a class method), type encoding on
// arm64, who owns the result, and the first macOS that has it.

//objc objcRetain(object ID) ID = C objc_retain @@ none 10.7
//objc objcRelease(object ID) = C objc_release v@ none 10.7
//objc objcPoolPush() uintptr = C objc_autoreleasePoolPush ^v none 10.7
//objc objcPoolPop(pool uintptr) = C objc_autoreleasePoolPop v^v none 10.7

//objc blockCopy(block unsafe.Pointer) uintptr = C _Block_copy ^v^v none 10.6
//objc blockRelease(block uintptr) = C _Block_release v^v none 10.6

//objc alloc() ID = NSObject +alloc @@: owned 10.x
//objc respondsToSelector(selector SEL) bool = NSObject respondsToSelector: B@:: none 10.x

//objc stringInit(bytes unsafe.Pointer, length uint64, encoding uint64) ID = NSString initWithBytes:length:encoding: @@:^vQQ owned 10.x
//objc stringUTF8() uintptr = NSString UTF8String *@: none 10.x
//objc stringBytes(encoding uint64) uint64 = NSString lengthOfBytesUsingEncoding: Q@:Q none 10.x
//objc stringLength() uint64 = NSString length Q@: none 10.x
//objc stringCharacter(index uint64) uint16 = NSString characterAtIndex: S@:Q none 10.x

//objc errorDomain() ID = NSError domain @@: autoreleased 10.x
//objc errorCode() int64 = NSError code q@: none 10.x
//objc errorDescription() ID = NSError localizedDescription @@: autoreleased 10.x
//objc errorFailureReason() ID = NSError localizedFailureReason @@: autoreleased 10.x
//objc errorUserInfo() ID = NSError userInfo @@: autoreleased 10.x

//objc dataLength() uint64 = NSData length Q@: none 10.x
//objc dataBytes() uintptr = NSData bytes ^v@: none 10.x

//objc arrayCount() uint64 = NSArray count Q@: none 10.x
//objc arrayObject(index uint64) ID = NSArray objectAtIndex: @@:Q autoreleased 10.x

//objc enumerate(state unsafe.Pointer, objects uintptr, count uint64) uint64 = NSFastEnumeration countByEnumeratingWithState:objects:count: Q@:^{?=Q^@^Q[5Q]}^@Q none 10.x

//objc newArray(objects []ID, count uint64) ID = NSArray +arrayWithObjects:count: @@:^@Q autoreleased 10.x

//objc newDictionary(capacity uint64) ID = NSMutableDictionary +dictionaryWithCapacity: @@:Q autoreleased 10.x
//objc dictionarySet(object ID, key ID) = NSMutableDictionary setObject:forKey: v@:@@ none 10.x
//objc dictionaryKeys() ID = NSDictionary allKeys @@: autoreleased 10.x
//objc dictionaryObject(key ID) ID = NSDictionary objectForKey: @@:@ autoreleased 10.x

//objc urlPath() ID = NSURL path @@: autoreleased 10.x
//objc urlInitFile(path ID) ID = NSURL initFileURLWithPath: @@:@ owned 10.x

//objc newDispatchData(bytes unsafe.Pointer, length uint64, queue ID, destructor uintptr) ID = C dispatch_data_create @^vQ@@? owned 10.7
