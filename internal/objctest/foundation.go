package objctest

import (
	"maps"
	"slices"
	"unicode/utf16"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

type nsError struct {
	domain, description, reason objc.ID
	code                        int64
}

// NewString returns an NSString of UTF-16 units, which need not be valid, with
// one reference.
func (rt *Runtime) NewString(units []uint16) objc.ID { return rt.NewObject("NSString", units) }

// Text returns the text of an NSString.
func (rt *Runtime) Text(id objc.ID) string {
	units, _ := rt.Value(id).([]uint16)
	return string(utf16.Decode(units))
}

func (rt *Runtime) newText(s string) objc.ID { return rt.NewString(utf16.Encode([]rune(s))) }

// NewError returns an NSError with one reference; a text that is empty is nil.
func (rt *Runtime) NewError(domain string, code int64, description, reason string) objc.ID {
	e := &nsError{code: code}
	id := rt.NewObject("NSError", e)
	for _, text := range []struct {
		id *objc.ID
		s  string
	}{{&e.domain, domain}, {&e.description, description}, {&e.reason, reason}} {
		if text.s != "" {
			*text.id = rt.newText(text.s)
			rt.Hold(id, *text.id)
			rt.Release(*text.id)
		}
	}
	return id
}

// NewArray returns an NSArray that holds the objects, with one reference.
func (rt *Runtime) NewArray(objects ...objc.ID) objc.ID {
	id := rt.NewObject("NSArray", objects)
	for _, o := range objects {
		rt.Hold(id, o)
	}
	return id
}

// Dictionary returns the texts of an NSDictionary of strings.
func (rt *Runtime) Dictionary(id objc.ID) map[string]string {
	entries, _ := rt.Value(id).(map[string]string)
	return entries
}

// foundation sets the answers of Foundation's classes and of the C functions.
func (rt *Runtime) foundation() {
	rt.On("C objc_retain", func(m *Message) {
		rt.mu.Lock()
		defer rt.mu.Unlock()
		rt.retain(objc.ID(m.Image.X[0]))
		m.ReturnID(objc.ID(m.Image.X[0]))
	})
	rt.On("C objc_release", func(m *Message) { rt.Release(objc.ID(m.Image.X[0])) })
	rt.On("C objc_autoreleasePoolPush", func(m *Message) { m.ReturnUint(uint64(rt.pushPool())) })
	rt.On("C objc_autoreleasePoolPop", func(m *Message) { rt.popPool(m.Image.X[0]) })
	rt.On("NSObject respondsToSelector:", func(m *Message) {
		name := m.Args[0].(string)
		_, ok := rt.reference.Find(m.Class, name)
		rt.mu.Lock()
		defer rt.mu.Unlock()
		m.ReturnBool(ok && !rt.lacks[name])
	})

	rt.On("NSString initWithBytes:length:encoding:", func(m *Message) {
		text := string(m.Bytes(0, m.Uint(1)))
		rt.mu.Lock()
		defer rt.mu.Unlock()
		rt.objects[m.Target].value = utf16.Encode([]rune(text))
		m.ReturnID(m.Target)
	})
	rt.On("NSString lengthOfBytesUsingEncoding:", func(m *Message) {
		if text, ok := rt.utf8(m.Target); ok {
			m.ReturnUint(uint64(len(text)))
		}
	})
	rt.On("NSString UTF8String", func(m *Message) {
		text, ok := rt.utf8(m.Target)
		if !ok {
			return
		}
		// The bytes live in an autoreleased object, and no longer.
		bytes := append([]byte(text), 0)
		holder := rt.NewObject("UTF8String", bytes)
		rt.WhenGone(holder, func(string) { clear(bytes) })
		rt.Autorelease(holder)
		m.ReturnUint(uint64(uintptr(unsafe.Pointer(&bytes[0]))))
	})
	rt.On("NSString length", func(m *Message) { m.ReturnUint(uint64(len(rt.Value(m.Target).([]uint16)))) })
	rt.On("NSString characterAtIndex:", func(m *Message) {
		m.ReturnUint(0xabc0000 | uint64(rt.Value(m.Target).([]uint16)[m.Uint(0)]))
	})

	text := func(get func(*nsError) objc.ID) func(*Message) {
		return func(m *Message) {
			if id := get(rt.Value(m.Target).(*nsError)); id != 0 {
				rt.mu.Lock()
				rt.retain(id)
				rt.mu.Unlock()
				m.ReturnID(rt.Autorelease(id))
			}
		}
	}
	rt.On("NSError domain", text(func(e *nsError) objc.ID { return e.domain }))
	rt.On("NSError localizedDescription", text(func(e *nsError) objc.ID { return e.description }))
	rt.On("NSError localizedFailureReason", text(func(e *nsError) objc.ID { return e.reason }))
	rt.On("NSError code", func(m *Message) { m.ReturnUint(uint64(rt.Value(m.Target).(*nsError).code)) })

	rt.On("NSArray count", func(m *Message) { m.ReturnUint(uint64(len(rt.Value(m.Target).([]objc.ID)))) })
	rt.On("NSArray objectAtIndex:", func(m *Message) { m.ReturnID(rt.Value(m.Target).([]objc.ID)[m.Uint(0)]) })

	rt.On("NSArray +arrayWithObjects:count:", func(m *Message) {
		var objects []objc.ID
		for _, w := range m.Words(0, m.Uint(1)) {
			objects = append(objects, objc.ID(w))
		}
		m.ReturnID(rt.Autorelease(rt.NewArray(objects...)))
	})
	rt.On("NSURL initFileURLWithPath:", func(m *Message) {
		path := rt.Text(m.ID(0))
		rt.mu.Lock()
		defer rt.mu.Unlock()
		rt.objects[m.Target].value = path
		m.ReturnID(m.Target)
	})

	rt.On("NSDictionary allKeys", func(m *Message) {
		var keys []objc.ID
		for _, key := range slices.Sorted(maps.Keys(rt.Dictionary(m.Target))) {
			keys = append(keys, rt.newText(key))
		}
		m.ReturnID(rt.Autorelease(rt.NewArray(keys...)))
		for _, key := range keys {
			rt.Release(key)
		}
	})
	rt.On("NSDictionary objectForKey:", func(m *Message) {
		text, ok := rt.Dictionary(m.Target)[rt.Text(m.ID(0))]
		if !ok {
			return
		}
		value := rt.newText(text)
		rt.Hold(m.Target, value)
		rt.Release(value)
		m.ReturnID(value)
	})
	rt.On("NSMutableDictionary +dictionaryWithCapacity:", func(m *Message) {
		m.ReturnID(rt.Autorelease(rt.NewObject("NSMutableDictionary", map[string]string{})))
	})
	rt.On("NSMutableDictionary setObject:forKey:", func(m *Message) {
		rt.Dictionary(m.Target)[rt.Text(m.ID(1))] = rt.Text(m.ID(0))
	})
}

// utf8 returns the text of an NSString, and false when half a surrogate pair
// stands in it, for which UTF-8 has no bytes.
func (rt *Runtime) utf8(id objc.ID) (string, bool) {
	units := rt.Value(id).([]uint16)
	for i := 0; i < len(units); i++ {
		if r := rune(units[i]); utf16.IsSurrogate(r) {
			if i+1 == len(units) || utf16.DecodeRune(r, rune(units[i+1])) == '\uFFFD' {
				return "", false
			}
			i++
		}
	}
	return string(utf16.Decode(units)), true
}
