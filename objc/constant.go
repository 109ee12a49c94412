package objc

// Constant returns the object that a variable of the frameworks refers to, such as
// MTLCommandBufferEncoderInfoErrorKey, or zero if there is no such variable. The
// object lives for ever.
func (f *Foundation) Constant(name string) ID {
	address := f.runtime.Symbol(name)
	if address == 0 {
		return 0
	}
	return *(*ID)(Pointer(address))
}

// UserInfo returns what an NSError says beside its texts under a key, an object of
// the autorelease pool that is open, or zero.
func (f *Foundation) UserInfo(nsError, key ID) ID {
	if nsError == 0 || key == 0 {
		return 0
	}
	c := f.call()
	defer f.done(c)
	return c.dictionaryObject(c.errorUserInfo(nsError), key)
}
