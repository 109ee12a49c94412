package objc

import (
	"fmt"
	"maps"
	"slices"
	"unsafe"
)

// Objects returns the objects of an NSArray in order. The array owns them:
// whoever outlives it retains them. Nil gives none.
func (f *Foundation) Objects(array ID) []ID {
	pool := f.OpenPool() // some arrays autorelease what they hand out
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	objects := make([]ID, c.arrayCount(array))
	for i := range objects {
		objects[i] = c.arrayObject(array, uint64(i))
	}
	return objects
}

// Enumerate returns the objects of a collection that meets NSFastEnumeration, in its
// order. The collection owns them: whoever outlives it retains them. Nil gives none.
func (f *Foundation) Enumerate(collection ID) []ID {
	pool := f.OpenPool()
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	e := new(enumeration)
	var objects []ID
	for {
		n := c.enumerate(collection, unsafe.Pointer(e), uintptr(unsafe.Pointer(&e.room[0])), uint64(len(e.room)))
		if n == 0 {
			return objects
		}
		objects = append(objects, unsafe.Slice((*ID)(Pointer(e.items)), n)...)
	}
}

// An enumeration is an NSFastEnumerationState, and room for what it brings.
type enumeration struct {
	state     uint64
	items     uintptr // of the objects, in the room or in memory of the collection
	mutations uintptr
	extra     [5]uint64
	room      [16]ID
}

// NewArray returns an NSArray of objects, none of which may be nil. It retains
// them; the caller owns it. No memory is an error that wraps [ErrNoObject].
func (f *Foundation) NewArray(objects []ID) (ID, error) {
	pool := f.OpenPool()
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	array := c.newArray(f.array, objects, uint64(len(objects)))
	if array == 0 {
		return 0, fmt.Errorf("NSArray: arrayWithObjects:count: for %d objects: %w", len(objects), ErrNoObject)
	}
	return c.objcRetain(array), nil
}

// Values returns the objects of an NSDictionary, in no order. The dictionary
// owns them: whoever outlives it retains them. Nil is an error that wraps
// [ErrNoObject], and so is a dictionary that does not tell what is in it.
func (f *Foundation) Values(dictionary ID) ([]ID, error) {
	pool := f.OpenPool()
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	keys := c.dictionaryKeys(dictionary)
	values := f.Objects(keys)
	if keys == 0 || slices.Contains(values, 0) {
		return nil, fmt.Errorf("NSDictionary: allKeys: %w", ErrNoObject)
	}
	for i, key := range values {
		if values[i] = c.dictionaryObject(dictionary, key); values[i] == 0 {
			return nil, fmt.Errorf("NSDictionary: objectForKey: %w", ErrNoObject)
		}
	}
	return values, nil
}

// NewStringDictionary returns an NSDictionary of NSStrings. The caller owns it.
// The errors are those of [Foundation.NewString], and [ErrNoObject].
func (f *Foundation) NewStringDictionary(entries map[string]string) (ID, error) {
	pool := f.OpenPool()
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	dictionary := c.newDictionary(f.dictionary, uint64(len(entries)))
	if dictionary == 0 {
		return 0, fmt.Errorf("NSMutableDictionary: dictionaryWithCapacity: for %d entries: %w", len(entries), ErrNoObject)
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if err := f.dictionarySet(c, dictionary, key, entries[key]); err != nil {
			return 0, fmt.Errorf("entry %q: %w", key, err)
		}
	}
	return c.objcRetain(dictionary), nil
}

func (f *Foundation) dictionarySet(c *call, dictionary ID, key, value string) error {
	k, err := f.NewString(key)
	if err != nil {
		return err
	}
	defer f.Release(k)
	v, err := f.NewString(value)
	if err != nil {
		return err
	}
	defer f.Release(v)
	c.dictionarySet(dictionary, v, k) // the dictionary copies the key and retains the value
	return nil
}
