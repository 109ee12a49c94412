package softmetal

import (
	"unicode/utf16"
	"unicode/utf8"
)

// String encodings of Foundation.
const (
	encodingASCII = 1
	encodingUTF8  = 4
)

// An nsString keeps its text with a NUL after it, as UTF8String returns it.
type nsString struct {
	bytes []byte
	units []uint16 // UTF-16, made when first asked for
}

func (s *nsString) text() string {
	if s == nil || len(s.bytes) == 0 {
		return ""
	}
	return string(s.bytes[:len(s.bytes)-1])
}

func (s *nsString) set(text []byte) {
	s.bytes = append(append(make([]byte, 0, len(text)+1), text...), 0)
}

func (s *nsString) utf16() []uint16 {
	if s.units == nil {
		s.units = utf16.Encode([]rune(s.text()))
	}
	return s.units
}

// dealloc overwrites the text, so that whoever kept the address reads garbage at
// once and not only when the memory is used again.
func (s *nsString) dealloc(*Device, *object) {
	for i := range s.bytes {
		s.bytes[i] = 0xdd
	}
}

func (d *Device) newString(text string) *object {
	s := new(nsString)
	s.set([]byte(text))
	return d.make(d.classes["NSString"], s)
}

func stringClass() *class {
	return &class{
		name:   "NSString",
		public: true,
		create: func(*Device) any { return &nsString{bytes: []byte{0}} },
		methods: map[string]handler{
			"+string":                        func(c *call) { c.returnNew(c.newString("")) },
			"+stringWithUTF8String:":         func(c *call) { c.returnNew(c.stringFromC()) },
			"initWithUTF8String:":            on((*nsString).initWithUTF8String),
			"initWithBytes:length:encoding:": on((*nsString).initWithBytes),
			"length":                         func(c *call) { c.returnInt(len(c.target.payload.(*nsString).utf16())) },
			"characterAtIndex:":              on((*nsString).characterAtIndex),
			"UTF8String":                     func(c *call) { c.returnAddress(addressOf(c.target.payload.(*nsString).bytes)) },
			"lengthOfBytesUsingEncoding:":    on((*nsString).lengthOfBytes),
			"isEqualToString:":               func(c *call) { c.returnBool(c.object(0) != nil && equal(c.target, c.object(0))) },
			"copy":                           func(c *call) { c.returnOwned(c.target.retain()) },
		},
	}
}

func (c *call) stringFromC() *object {
	s, err := peekString(c.address(0))
	if err != nil {
		c.fail(RuleBadAddress, "argument 1: %v", err)
		return nil
	}
	return c.newString(s)
}

func (s *nsString) initWithUTF8String(c *call) {
	text, err := peekString(c.address(0))
	if err != nil {
		c.fail(RuleBadAddress, "argument 1: %v", err)
		return
	}
	s.finish(c, []byte(text), utf8.Valid)
}

func (s *nsString) initWithBytes(c *call) {
	if e := c.word(2); e != encodingUTF8 && e != encodingASCII {
		c.fail(RuleNotImplemented, "string encoding %d; the software device has UTF-8 (4) and ASCII (1)", e)
		return
	}
	valid := utf8.Valid
	if c.word(2) == encodingASCII {
		valid = isASCII
	}
	if text, ok := c.bytes(0, c.word(1)); ok {
		s.finish(c, text, valid)
	}
}

// finish gives the string its text. As on a Mac, text that is not of its
// encoding makes nil, and the object that +alloc made is released.
func (s *nsString) finish(c *call, text []byte, valid func([]byte) bool) {
	if !valid(text) {
		c.Device.release(c.target)
		c.returnOwned(nil)
		return
	}
	s.set(text)
	c.returnOwned(c.target)
}

func (s *nsString) characterAtIndex(c *call) {
	units := s.utf16()
	if c.word(0) >= uint64(len(units)) {
		c.fail(RuleIndex, "index %d of a string of %d characters", c.word(0), len(units))
		return
	}
	c.returnWord(uint64(units[c.word(0)]))
}

func (s *nsString) lengthOfBytes(c *call) {
	switch c.word(0) {
	case encodingUTF8:
		if utf8.ValidString(s.text()) { // otherwise zero: what is no text of Unicode can't be expressed
			c.returnInt(len(s.text()))
		}
	case encodingASCII:
		if isASCII([]byte(s.text())) { // else it cannot be expressed: zero, as Foundation says
			c.returnInt(len(s.text()))
		}
	default:
		c.fail(RuleNotImplemented, "string encoding %d; the software device has UTF-8 (4) and ASCII (1)", c.word(0))
	}
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
