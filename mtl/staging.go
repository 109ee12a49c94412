package mtl

import (
	"context"
	"fmt"
)

// stagingLength is the most that one staging buffer holds: a copy of gigabytes
// should not need as much memory again.
const stagingLength = 64 << 20

// Upload copies data into a buffer of any storage mode, through a shared buffer
// and a blit, in order with the other work of the queue. It returns when the
// copy is done. Offset and length are multiples of 4. When the context ends
// first, the error wraps its cause, and some of the data may be copied.
func (q *CommandQueue) Upload(ctx context.Context, destination BufferRange, data []byte) error {
	const method = "CommandQueue.Upload"
	return q.stage(ctx, method, destination, len(data), func(staging *Buffer, at, n int) error {
		contents, err := staging.Bytes()
		if err != nil {
			return err
		}
		copy(contents, data[at:at+n])
		return q.copy(ctx, method, BufferRange{Buffer: staging}, BufferRange{destination.Buffer, destination.Offset + at}, n)
	})
}

// Download copies from a buffer of any storage mode into data, through a blit
// and a shared buffer, in order with the other work of the queue. Offset and
// length are multiples of 4. When the context ends first, the error wraps its
// cause.
func (q *CommandQueue) Download(ctx context.Context, data []byte, source BufferRange) error {
	const method = "CommandQueue.Download"
	return q.stage(ctx, method, source, len(data), func(staging *Buffer, at, n int) error {
		if err := q.copy(ctx, method, BufferRange{source.Buffer, source.Offset + at}, BufferRange{Buffer: staging}, n); err != nil {
			return err
		}
		contents, err := staging.Bytes()
		if err != nil {
			return err
		}
		copy(data[at:at+n], contents)
		return nil
	})
}

// stage calls move for each part of length bytes at a range of a buffer.
func (q *CommandQueue) stage(ctx context.Context, method string, r BufferRange, length int, move func(staging *Buffer, at, n int) error) error {
	if err := q.acquire(); err != nil {
		return err
	}
	defer q.drop()
	if err := r.Buffer.acquireFor(q.dev); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer r.Buffer.drop()
	if err := r.Buffer.checkRange(method, r.Offset, length); err != nil {
		return err
	}
	if r.Offset%blitAlignment != 0 {
		return badArgument(method, "offset", r.Offset, "a multiple of %d", blitAlignment)
	}
	if length%blitAlignment != 0 {
		return badArgument(method, "length", length, "a multiple of %d", blitAlignment)
	}
	staging, err := q.dev.NewBuffer(min(length, stagingLength, q.dev.limits.MaxBufferLength&^(blitAlignment-1)), ResourceStorageModeShared)
	if err != nil {
		return fmt.Errorf("mtl: %s: staging: %w", method, err)
	}
	defer staging.Release() // a command buffer that still uses it keeps it
	for at := 0; at < length; at += staging.length {
		if err := move(staging, at, min(staging.length, length-at)); err != nil {
			return err
		}
	}
	return nil
}

func (q *CommandQueue) copy(ctx context.Context, method string, from, to BufferRange, n int) error {
	work, err := q.Encode(func(cb *CommandBuffer) error {
		return cb.Blit(func(e *BlitCommandEncoder) error {
			e.Copy(from, to, n)
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	defer work.Release()
	return work.Wait(ctx)
}
