package mtl

import "github.com/tqmetal/tqmetal/objc"

// A pass is what a scope needs that encodes: the messages that wait, and the
// objects that they name. Scopes share passes one after another, as a pass is too
// large to be made each time.
type pass struct {
	held  held
	batch batch // last, as the collector need not look into its memory
}

func newPass(f *Framework) *pass {
	return &pass{batch: batch{table: &f.table, Batch: *objc.NewBatch(f.foundation.Runtime())}, held: held{all: map[*object]struct{}{}}}
}

// beginPass begins a scope with a batch, which is sent before any other message of
// the scope.
func (f *Framework) beginPass(eager bool) (*scope, *pass) {
	s, p := f.begin(), f.passes.Get().(*pass)
	p.batch.SetEager(eager)
	p.batch.Reentered() // forgets, as Panicked does
	p.batch.Panicked()
	s.Follow(&p.batch.Batch)
	return s, p
}

// endPass ends a scope that beginPass began. What waits is dropped: whoever wants
// it sent calls Flush before, while an error can still be told.
func (s *scope) endPass(p *pass) {
	p.batch.Discard()
	s.Follow(nil)
	p.held.drop()
	s.end()
	s.fw.passes.Put(p)
}

// held are the objects that the messages of one scope name. Each is in use once,
// from the first message that names it until the scope ends, so that it outlives
// the batch whoever releases it.
type held struct {
	// The objects that were asked for last, each at its serial number, which makes
	// objects that were made one after another lie side by side. It answers without
	// an atomic operation or a look-up, which cost as much as a message.
	recent [recentObjects]*object
	all    map[*object]struct{}
}

const recentObjects = 128

// has says that the object is held, and can be wrong in saying that it is not.
func (h *held) has(o *object) bool { return h.recent[o.serial%recentObjects] == o }

// add holds an object of the device. An error says that it is foreign or released.
func (h *held) add(o *object, dev *Device) error {
	if _, ok := h.all[o]; ok {
		if o.isReleased() {
			return o.errReleased()
		}
	} else {
		if err := o.acquireFor(dev); err != nil {
			return err
		}
		h.all[o] = struct{}{}
	}
	h.recent[o.serial%recentObjects] = o
	return nil
}

// share holds an object that somebody else has in use for as long as the call takes,
// though its owner may have released it since.
func (h *held) share(o *object) {
	if h.has(o) {
		return
	}
	if _, ok := h.all[o]; !ok {
		o.acquireAgain()
		h.all[o] = struct{}{}
	}
	h.recent[o.serial%recentObjects] = o
}

// adopt takes over a use of an object, which ends with the others.
func (h *held) adopt(o *object) {
	n := len(h.all)
	if h.all[o] = struct{}{}; len(h.all) == n {
		defer o.drop() // it is held once
	}
}

// take hands the objects over to who drops each once.
func (h *held) take() []*object {
	objects := make([]*object, 0, len(h.all))
	for o := range h.all {
		objects = append(objects, o)
	}
	clear(h.all)
	return objects
}

// drop ends the use of all objects.
func (h *held) drop() {
	clear(h.recent[:])
	for o := range h.all {
		delete(h.all, o) // before a panic could come from what follows
		o.drop()
	}
}
