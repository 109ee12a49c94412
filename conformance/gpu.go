package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tqmetal/tqmetal/objc"
)

// The operations of cuda/launcher.cc.
const (
	opDescribe = iota + 1
	opLoad
	opAllocate
	opFree
	opWrite
	opRead
	opFill
	opTile
	opRun
	opSynchronize
	opTime
)

// The kinds of a kernel's arguments, as package msl writes them.
const (
	addressArgument = 0
	valueArgument   = 1
)

// A gpu is a launcher process and the connection to it. One goroutine uses it at a time.
type gpu struct {
	conn    net.Conn
	ended   chan error // what the process ended with
	stderr  bytes.Buffer
	modules map[string]*module // by path of the cubin
}

// A module is a kernel that was loaded.
type module struct {
	id                               uint32
	Registers, Local, Shared, Thread int32
	arguments                        [][3]int32 // index, kind, bytes
}

// startLauncher starts the launcher, behind a tool such as compute-sanitizer if one is given.
func startLauncher(ctx context.Context, launcher string, tool ...string) (*gpu, error) {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	listener, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	args := append(tool, launcher, filepath.Join(dir, "socket"))
	g := &gpu{ended: make(chan error, 1), modules: map[string]*module{}}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &g.stderr, &g.stderr
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { g.ended <- cmd.Wait() }()
	connected := make(chan error, 1)
	go func() {
		var err error
		g.conn, err = listener.Accept()
		connected <- err
	}()
	select {
	case err = <-connected:
	case <-ctx.Done():
		err = ctx.Err()
	case err = <-g.ended:
		err = fmt.Errorf("it ended without connecting: %w", cmp.Or(err, io.EOF))
		g.ended <- err
	case <-time.After(60 * time.Second):
		err = errors.New("it has not connected within a minute")
	}
	if err != nil {
		cmd.Process.Kill()
		<-g.ended
		return nil, fmt.Errorf("starting %s: %w\n%s", strings.Join(args, " "), err, g.stderr.String())
	}
	if deadline, ok := ctx.Deadline(); ok {
		g.conn.SetDeadline(deadline)
	}
	return g, nil
}

// close ends the launcher and waits for it, so that a tool can write its summary.
func (g *gpu) close() error {
	g.conn.Close()
	if err := <-g.ended; err != nil {
		return fmt.Errorf("the launcher: %w\n%s", err, g.stderr.String())
	}
	return nil
}

// A launchError is what the launcher answered: the connection still works, the GPU may not.
type launchError struct{ text string }

func (e *launchError) Error() string { return "launcher: " + e.text }

func (g *gpu) ask(operation uint32, parts ...any) ([]byte, error) {
	var b bytes.Buffer
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b.Write(p)
		case string:
			binary.Write(&b, binary.LittleEndian, uint32(len(p)))
			b.WriteString(p)
		default:
			binary.Write(&b, binary.LittleEndian, p) // into memory: can't fail
		}
	}
	head := binary.LittleEndian.AppendUint32(nil, operation)
	head = binary.LittleEndian.AppendUint64(head, uint64(b.Len()))
	buffers := net.Buffers{head, b.Bytes()}
	if _, err := buffers.WriteTo(g.conn); err != nil {
		return nil, fmt.Errorf("asking the launcher: %w", err)
	}
	var reply [12]byte
	if _, err := io.ReadFull(g.conn, reply[:]); err != nil {
		return nil, fmt.Errorf("the launcher's answer: %w", err)
	}
	out := make([]byte, binary.LittleEndian.Uint64(reply[4:]))
	if _, err := io.ReadFull(g.conn, out); err != nil {
		return nil, fmt.Errorf("the launcher's answer: %w", err)
	}
	if binary.LittleEndian.Uint32(reply[:]) != 0 {
		return nil, &launchError{string(out)}
	}
	return out, nil
}

// A card says what the GPU is.
type card struct {
	Name         string
	Capability   string // such as 9.0
	Processors   int    // streaming multiprocessors
	L2, Memory   int64  // bytes
	DriverCUDA   string
	architecture string // for nvcc
}

func (g *gpu) describe() (c card, err error) {
	b, err := g.ask(opDescribe)
	if err != nil {
		return c, err
	}
	n := func(i int) int { return int(int32(binary.LittleEndian.Uint32(b[4*i:]))) }
	c = card{Name: string(b[28:]), Capability: fmt.Sprintf("%d.%d", n(0), n(1)), Processors: n(2), L2: int64(n(3)), Memory: int64(binary.LittleEndian.Uint64(b[20:])),
		DriverCUDA: fmt.Sprintf("%d.%d", n(4)/1000, n(4)%1000/10), architecture: fmt.Sprintf("sm_%d%d", n(0), n(1))}
	return c, nil
}

func (g *gpu) load(path, kernel string) (*module, error) {
	if m := g.modules[path]; m != nil {
		return m, nil
	}
	b, err := g.ask(opLoad, path, kernel)
	if err != nil {
		return nil, fmt.Errorf("loading %s: %w", filepath.Base(path), err)
	}
	m := &module{}
	r := bytes.NewReader(b)
	var count uint32
	for _, p := range []any{&m.id, &m.Registers, &m.Local, &m.Shared, &m.Thread, &count} {
		if err := binary.Read(r, binary.LittleEndian, p); err != nil {
			return nil, err
		}
	}
	m.arguments = make([][3]int32, count)
	if err := binary.Read(r, binary.LittleEndian, m.arguments); err != nil {
		return nil, err
	}
	g.modules[path] = m
	return m, nil
}

func (g *gpu) allocate(bytes int) (uint64, error) {
	b, err := g.ask(opAllocate, uint64(bytes))
	if err != nil {
		return 0, fmt.Errorf("%d bytes: %w", bytes, err)
	}
	return binary.LittleEndian.Uint64(b), nil
}

func (g *gpu) free(address uint64) error {
	_, err := g.ask(opFree, address)
	return err
}

func (g *gpu) write(address uint64, b []byte) error {
	_, err := g.ask(opWrite, address, b)
	return err
}

func (g *gpu) read(address uint64, bytes int) ([]byte, error) {
	return g.ask(opRead, address, uint64(bytes))
}

func (g *gpu) fill(address uint64, bytes int, value byte) error {
	_, err := g.ask(opFill, address, uint64(bytes), uint32(value))
	return err
}

// tile repeats a block over memory.
func (g *gpu) tile(address uint64, bytes int, block []byte) error {
	_, err := g.ask(opTile, address, uint64(bytes), string(block))
	return err
}

func (g *gpu) synchronize() error {
	_, err := g.ask(opSynchronize)
	return err
}

// request writes a launch as the launcher reads it. addresses has those of the buffers.
func (m *module) request(l *launch, addresses map[objc.ID]uint64) ([]byte, error) {
	var b bytes.Buffer
	put := func(v any) { binary.Write(&b, binary.LittleEndian, v) }
	put(m.id)
	for _, n := range append(append([]uint64{}, l.grid[:]...), l.threadgroup[:]...) {
		if n > math.MaxUint32 {
			return nil, fmt.Errorf("%s: a size of %d", l.kernel, n)
		}
		put(uint32(n))
	}
	put(uint32(0))
	put(uint32(len(m.arguments)))
	for _, a := range m.arguments {
		bound := l.arguments[a[0]]
		switch a[1] {
		case valueArgument:
			if len(bound.bytes) < int(a[2]) {
				return nil, fmt.Errorf("%s: buffer %d is a value of %d bytes, and %d are bound", l.kernel, a[0], a[2], len(bound.bytes))
			}
			put(uint32(a[2]))
			b.Write(bound.bytes[:a[2]])
		case addressArgument:
			address, ok := addresses[bound.buffer]
			if !ok && bound.buffer != 0 {
				return nil, fmt.Errorf("%s: buffer %d is bound to memory of nobody", l.kernel, a[0])
			}
			put(uint32(8))
			put(address + bound.offset)
		default:
			return nil, fmt.Errorf("%s: argument kind %d", l.kernel, a[1])
		}
	}
	return b.Bytes(), nil
}

func (g *gpu) run(m *module, l *launch, addresses map[objc.ID]uint64) error {
	b, err := m.request(l, addresses)
	if err != nil {
		return err
	}
	_, err = g.ask(opRun, b)
	return err
}

// time replays a graph of launches and returns the seconds of each replay.
func (g *gpu) time(launches [][]byte, replays int) ([]float64, error) {
	parts := []any{uint32(len(launches)), uint32(replays)}
	for _, l := range launches {
		parts = append(parts, l)
	}
	b, err := g.ask(opTime, parts...)
	if err != nil {
		return nil, err
	}
	var out []float64
	for ; len(b) >= 4; b = b[4:] {
		out = append(out, float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))/1e3)
	}
	return out, nil
}
