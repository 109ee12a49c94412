//go:build linux && (amd64 || arm64)

package mslrun

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// child is one program that waits for requests.
type child struct {
	path   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	stderr *tail
}

// tail keeps the first 64 KiB of what is written to it.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 64<<10 - t.b.Len(); room > 0 {
		t.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

func (e *Executor) start(path string) (*child, error) {
	c := &child{path: path, stderr: new(tail)}
	c.cmd = exec.Command(path)
	c.cmd.Env = []string{"LC_ALL=C"}
	c.cmd.ExtraFiles = []*os.File{e.memory.file}
	c.cmd.Stderr = c.stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("mslrun: starting a program: %w", err)
	}
	return c, nil
}

func (c *child) end() {
	c.in.Close()
	c.cmd.Process.Kill()
	c.cmd.Wait()
}

type answer struct {
	reply      wireReply
	name, text string
	log        []byte
	unsent     bool // the program had ended before it was asked
	err        error
}

// exchange sends a request and reads the answer. A child that is to be killed is stopped before, so that it can't answer
// first, and gets no more than a pipe holds, since it reads no more.
func (c *child) exchange(request []byte, kill bool) (a answer) {
	if kill {
		_ = c.cmd.Process.Signal(syscall.SIGSTOP) // fails for one that is dead already, which the write finds out
		request = request[:min(len(request), 4096)]
	}
	if _, a.err = c.in.Write(request); a.err != nil {
		a.unsent = true
		return a
	}
	if kill {
		_ = c.cmd.Process.Kill()
	}
	if a.err = binary.Read(c.out, binary.LittleEndian, &a.reply); a.err != nil {
		return a
	}
	if a.reply.Magic != replyMagic || a.reply.NameBytes > 1<<16 || a.reply.TextBytes > 1<<16 || a.reply.LogBytes > maxLog {
		a.err = errors.New("the program answered what is no answer")
		return a
	}
	names := a.reply.NameBytes + a.reply.TextBytes
	b := make([]byte, names+a.reply.LogBytes)
	if _, a.err = io.ReadFull(c.out, b); a.err != nil {
		return a
	}
	a.name, a.text = string(b[:a.reply.NameBytes]), string(b[a.reply.NameBytes:names])
	a.log = b[names:]
	return a
}
