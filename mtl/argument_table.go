package mtl

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/internal/goroutine"
	"github.com/tqmetal/tqmetal/objc"
)

// An ArgumentTableDescriptor says how an argument table is made
// (MTL4ArgumentTableDescriptor).
type ArgumentTableDescriptor struct {
	// Label is a name for Metal's messages and its debugger, or empty.
	Label string
	// MaxBufferBindCount is for how many buffer indexes, from 0 on, there is room, at
	// most 31.
	MaxBufferBindCount int
}

// An ArgumentTable is the buffers that kernels of [ComputeCommandEncoder4] find at
// their indexes (MTL4ArgumentTable, macOS 26). A dispatch takes what the table has at
// that moment: what is set afterwards is for the dispatches that follow.
//
// The table keeps no buffer alive; work that was encoded with it does until it is
// done. A buffer that was released before a dispatch is an error of that dispatch.
//
// There is no SetBytes in Metal 4: parameters lie in a shared buffer, at an offset that
// no work under way still reads.
//
// A table may be used from any goroutine, and set in several encoders at a time. It is
// changed while no encoder has it, or by the goroutine of the only one that does;
// another encoder is then refused it until that one has ended. What is against this is
// an error that wraps [ErrInUse]. The owner releases the table.
type ArgumentTable struct {
	object
	count int

	mu    sync.Mutex
	users []*ComputeCommandEncoder4 // that have not ended
	// dirty are the indexes, by bit, of which messages that change them wait in the
	// batch of the table's only user, or have been sent from there.
	dirty uint32

	// What has been set. It changes only under mu, and while there are users only in
	// the goroutine of the only one, so that encoders read it freely.
	bound [MaxBufferBindings]BufferRange
}

// NewArgumentTable returns a table in which nothing is set. Below macOS 26 the error
// wraps [ErrUnsupported]. The caller releases the table.
func (d *Device) NewArgumentTable(descriptor ArgumentTableDescriptor) (*ArgumentTable, error) {
	const method = "Device.NewArgumentTable"
	count := descriptor.MaxBufferBindCount
	if count < 0 || count > MaxBufferBindings {
		return nil, badArgument(method, "MaxBufferBindCount", count, "0 to %d", MaxBufferBindings)
	}
	t := &ArgumentTable{count: count}
	err := d.makeDescribed(method, "ArgumentTable", &t.object, descriptor.Label, described{
		class: func(f *Framework) objc.ID { return f.argumentTableDescriptor },
		new:   (*call).newArgumentTableDescriptor, setLabel: (*call).setArgumentTableDescriptorLabel,
		set: func(c *call, id objc.ID) {
			c.setArgumentTableMaxBufferBindCount(id, uint64(count))
			c.setArgumentTableInitializeBindings(id, true) // a kernel then finds nil, not any address
		},
		make: (*call).newArgumentTable,
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (t *ArgumentTable) acquire() error {
	if t == nil {
		return errNil("ArgumentTable")
	}
	return t.object.acquire()
}

// Release gives up the reference. Work that was encoded with the table is not
// affected.
func (t *ArgumentTable) Release() {
	if t != nil {
		t.release()
	}
}

// SetBuffer lets kernels find a buffer from an offset in bytes at an index, which is
// below MaxBufferBindCount (setAddress:atIndex:). The offset lies within the buffer, and
// suits what the kernel declares there as for [ComputeCommandEncoder.SetBuffer]. The
// buffer has to be in a residency set of the queue or the command buffer.
//
// In a scope that has set the table, an error fails the scope, too.
func (t *ArgumentTable) SetBuffer(buffer *Buffer, offset, index int) error {
	const method = "ArgumentTable.SetBuffer"
	if err := t.acquire(); err != nil {
		return err
	}
	defer t.drop()
	if err := t.setBuffer(method, buffer, offset, index); err != nil {
		return t.refuse(err)
	}
	return nil
}

func (t *ArgumentTable) setBuffer(method string, buffer *Buffer, offset, index int) error {
	if err := t.checkIndex(method, index); err != nil {
		return err
	}
	if err := buffer.acquireFor(t.dev); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer buffer.drop()
	if uint(offset) >= uint(buffer.length) {
		return badArgument(method, "offset", offset, "0 to %d in a buffer of %d bytes", buffer.length-1, buffer.length)
	}
	address, err := buffer.address(method)
	if err != nil {
		return err
	}
	return t.set(method, BufferRange{buffer, offset}, index, address+uint64(offset))
}

// ClearBuffer takes away what is set at an index: a kernel finds nil there.
func (t *ArgumentTable) ClearBuffer(index int) error {
	const method = "ArgumentTable.ClearBuffer"
	if err := t.acquire(); err != nil {
		return err
	}
	defer t.drop()
	err := t.checkIndex(method, index)
	if err == nil {
		err = t.set(method, BufferRange{}, index, 0)
	}
	if err != nil {
		return t.refuse(err)
	}
	return nil
}

func (t *ArgumentTable) checkIndex(method string, index int) error {
	if uint(index) < uint(t.count) {
		return nil
	}
	if t.count == 0 {
		return badArgument(method, "index", index, "none, as the table has room for no buffers")
	}
	return badArgument(method, "index", index, "0 to %d", t.count-1)
}

// set sends an address: at once, or behind what waits in the encoder that has the
// table, whose dispatches take what the table has when they arrive.
func (t *ArgumentTable) set(method string, r BufferRange, index int, address uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case len(t.users) == 0:
		s, p := t.fw.beginPass(t.dev.eager.Load())
		defer s.endPass(p)
		p.batch.setArgumentTableAddress(t.id, address, uint64(index))
		p.batch.Flush()
	case len(t.users) == 1 && t.users[0].cb.home == goroutine.Current():
		e := t.users[0]
		if !e.ready() && e.refused(method) {
			return e.cb.Err()
		}
		if r.Buffer != nil && !e.holdsObject(&r.Buffer.object) && !e.holdObject(method, &r.Buffer.object) {
			return e.cb.Err()
		}
		t.dirty |= 1 << index
		e.found(t, index)
		e.batch.setArgumentTableAddress(t.id, address, uint64(index))
	default:
		return fmt.Errorf("mtl: %s: the table is set in an encoder of another goroutine, or in several: %w", method, ErrInUse)
	}
	t.bound[index] = r
	return nil
}

// refuse fails the scopes of this goroutine that have set the table, as their
// dispatches would take something else than was meant. It returns the error.
func (t *ArgumentTable) refuse(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.users {
		if e.ready() {
			e.cb.fail(err)
		}
	}
	return err
}

// claim gives the table to an encoder, until letGo.
func (t *ArgumentTable) claim(method string, e *ComputeCommandEncoder4) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dirty != 0 {
		return fmt.Errorf("mtl: %s: another encoder has set the table and changed it: %w", method, ErrInUse)
	}
	t.users = append(t.users, e)
	return nil
}

// letGo takes the table from an encoder that has ended. Messages that change the table
// may be lost with an encoder that has failed, so they are sent again.
func (t *ArgumentTable) letGo(e *ComputeCommandEncoder4) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users = slices.DeleteFunc(t.users, func(u *ComputeCommandEncoder4) bool { return u == e })
	if t.dirty != 0 && e.cb.err.Load() != nil {
		for index, r := range t.bound {
			if t.dirty&(1<<index) != 0 {
				address := uint64(0)
				if r.Buffer != nil {
					address = r.Buffer.gpuAddress.Load() + uint64(r.Offset)
				}
				e.batch.setArgumentTableAddress(t.id, address, uint64(index))
			}
		}
		e.batch.Flush()
	}
	t.dirty = 0
}
