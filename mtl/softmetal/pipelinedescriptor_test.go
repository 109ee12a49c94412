package softmetal

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// prebuilt is a backend whose pipelines are built already.
type prebuilt struct {
	backend
	program *mslrun.Program
}

func (p prebuilt) pipeline(context.Context, *mslrun.Library, string, mslrun.Constants, []*mslrun.Image) (*mslrun.Program, error) {
	return p.program, nil
}

func TestPipelineDescriptorKeepsWhatIsSet(t *testing.T) {
	h := newHand(t, Options{MacOS: "26.0"})
	d := h.pipelineDescriptor()
	archives := h.id(h.class("NSArray"), "arrayWithObject:", h.archive())
	h.send(d, "setMaxCallStackDepth:", 5)
	h.send(d, "setShaderValidation:", 2)
	h.send(d, "setBinaryArchives:", archives)
	h.send(h.id(h.id(d, "buffers"), "objectAtIndexedSubscript:", 7), "setMutability:", 1)
	state := func(depth, validation, mutability int, list objc.ID) {
		t.Helper()
		m := h.word(h.id(h.id(d, "buffers"), "objectAtIndexedSubscript:", 7), "mutability")
		if a, v, l := h.word(d, "maxCallStackDepth"), h.word(d, "shaderValidation"), h.id(d, "binaryArchives"); a != depth || v != validation || m != mutability || l != list {
			t.Errorf("depth %d, validation %d, mutability %d, archives %#x", a, v, m, l)
		}
	}
	state(5, 2, 1, archives)
	p := h.build(d, 0, 0)
	if v := h.word(p, "shaderValidation"); v != 2 {
		t.Errorf("the pipeline has validation %d", v)
	}
	h.send(d, "reset")
	state(1, 0, 0, 0)
	if h.id(d, "computeFunction") != 0 {
		t.Error("reset keeps the function")
	}
	h.drain(t)
}

func TestRequiredThreadsAreToldAndTaken(t *testing.T) {
	h := newHand(t, Options{MacOS: "26.0"})
	d := h.pipelineDescriptor()
	h.send(d, "setRequiredThreadsPerThreadgroup:", size{8, 4, 2})
	p := h.build(d, 0, 0)
	for _, o := range []objc.ID{d, p} {
		r := h.registers(o, "requiredThreadsPerThreadgroup", nil)
		var got size
		r.X8 = unsafe.Pointer(&got)
		h.MsgSend(r)
		if got != (size{8, 4, 2}) {
			t.Errorf("required %v", got)
		}
	}
	e, _ := h.encoder(0)
	h.send(e, "setComputePipelineState:", p)
	h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 0, 0)
	h.send(e, "setBuffer:offset:atIndex:", h.buffer(32), 0, 1)
	h.send(e, "setThreadgroupMemoryLength:atIndex:", 16, 0)
	h.send(e, "dispatchThreadgroups:threadsPerThreadgroup:", size{1, 1, 1}, size{8, 4, 2})
	h.send(e, "endEncoding")
	h.drain(t)
}

// Reflection is what the kernel declares, and is made when it is asked for.
func TestReflectionTellsOfEachArgument(t *testing.T) {
	h := newHand(t, Options{})
	var r objc.ID
	h.build(h.pipelineDescriptor(), 0, &r)
	if r != 0 {
		t.Error("reflection without an option")
	}
	h.build(h.pipelineDescriptor(), optionBindingInfo|optionBufferTypeInfo, &r)
	list := h.id(r, "bindings")
	var got [][]int
	var names string
	for i := range h.word(list, "count") {
		b := h.id(list, "objectAtIndex:", i)
		names += h.text(h.id(b, "name")) + " "
		row := []int{h.word(b, "type"), h.word(b, "index"), h.word(b, "access"), h.word(b, "isUsed") & 0xff, h.word(b, "isArgument") & 0xff}
		if row[0] == bindingThreadgroupMemory {
			row = append(row, h.word(b, "threadgroupMemoryAlignment"), h.word(b, "threadgroupMemoryDataSize"))
		} else {
			row = append(row, h.word(b, "bufferAlignment"), h.word(b, "bufferDataSize"), h.word(b, "bufferDataType"))
		}
		got = append(got, row)
	}
	want := [][]int{{0, 0, 0, 1, 1, 4, 4, 3}, {0, 1, 1, 1, 1, 16, 32, 1}, {0, 2, 0, 0, 1, 1, 1, 0}, {1, 0, 1, 1, 1, 8, 8}}
	if !reflect.DeepEqual(got, want) || names != "x y z t " {
		t.Errorf("%s%v, want %v", names, got, want)
	}
	h.drain(t)
}

// An archive says by the function and its constants what it has, and a file of
// it says the same.
func TestArchiveHasWhatWasAdded(t *testing.T) {
	h := newHand(t, Options{})
	d := h.pipelineDescriptor()
	build := func(archive objc.ID) (ok bool) {
		h.send(d, "setBinaryArchives:", h.id(h.class("NSArray"), "arrayWithObject:", archive))
		var failure objc.ID
		p := h.pooled(h.id(h.device(), "newComputePipelineStateWithDescriptor:options:reflection:error:", d, optionFailOnArchiveMiss, 0, &failure))
		if p == 0 && h.text(h.id(failure, "domain")) != binaryArchiveErrorDomain {
			t.Errorf("error %q", h.text(h.id(failure, "localizedDescription")))
		}
		return p != 0
	}
	a := h.archive()
	if build(a) {
		t.Error("an empty archive has the function")
	}
	if h.word(a, "addComputePipelineFunctionsWithDescriptor:error:", d, 0)&0xff != 1 || !build(a) {
		t.Error("the function was not added")
	}
	path := filepath.Join(t.TempDir(), "archive")
	if h.word(a, "serializeToURL:error:", h.file(path), 0)&0xff != 1 {
		t.Fatal("not written")
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("files %v, %v", entries, err)
	}
	descriptor := h.pooled(h.id(h.class("MTLBinaryArchiveDescriptor"), "new"))
	h.send(descriptor, "setUrl:", h.file(path))
	if got := h.text(h.id(h.id(descriptor, "url"), "path")); got != path {
		t.Errorf("path %q", got)
	}
	if b := h.pooled(h.id(h.device(), "newBinaryArchiveWithDescriptor:error:", descriptor, 0)); !build(b) {
		t.Error("the file does not have the function")
	}
	h.drain(t)
}

// A path that is not absolute is below the current directory.
func TestFileURLIsAbsolute(t *testing.T) {
	h := newHand(t, Options{})
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	u := h.pooled(h.id(h.id(h.class("NSURL"), "alloc"), "initFileURLWithPath:", h.string("a/../b")))
	if got := h.text(h.id(u, "path")); got != filepath.Join(dir, "b") {
		t.Errorf("path %q", got)
	}
	h.drain(t)
}

// Only so many sources are compiled at a time.
func TestCompilationsWaitForEachOther(t *testing.T) {
	h := newHand(t, Options{})
	few := h.word(h.device(), "maximumConcurrentCompilationTaskCount")
	h.send(h.device(), "setShouldMaximizeConcurrentCompilation:", true)
	many := h.word(h.device(), "maximumConcurrentCompilationTaskCount")
	if few < 1 || many < few || h.word(h.device(), "shouldMaximizeConcurrentCompilation")&0xff != 1 {
		t.Errorf("%d at a time, %d at most", few, many)
	}
	h.send(h.device(), "setShouldMaximizeConcurrentCompilation:", false)
	hold := make(chan struct{})
	var busy, most int
	h.mu.Lock()
	h.backend = slow{prebuilt{h.backend, nil}, func() {
		h.mu.Lock()
		busy++
		most = max(most, busy)
		h.mu.Unlock()
		<-hold
		h.mu.Lock()
		busy--
		h.mu.Unlock()
	}}
	h.mu.Unlock()
	device, source := h.device(), h.string("x")
	done := make(chan bool)
	for range few + 3 {
		go func() {
			r := h.registers(device, "newLibraryWithSource:options:error:", []any{source, 0, 0})
			h.MsgSend(r)
			done <- true
		}()
	}
	for range few {
		hold <- struct{}{}
		<-done
	}
	close(hold)
	for range 3 {
		<-done
	}
	if most != few {
		t.Errorf("%d were compiled at a time, want %d", most, few)
	}
	h.drain(t)
}

// slow is a backend whose compiler takes its time.
type slow struct {
	prebuilt
	wait func()
}

func (s slow) newLibrary(context.Context, string, mslrun.Options) (*mslrun.Library, string, error) {
	s.wait()
	return nil, "", mslrun.ErrNoCompiler
}
