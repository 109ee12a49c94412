package softmetal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	captureErrorDomain = "MTLCaptureError"

	captureNotSupported      = 1
	captureAlreadyCapturing  = 2
	captureInvalidDescriptor = 3

	captureTools    = 1 // MTLCaptureDestination
	captureDocument = 2

	// captureVariable lets a program that no developer tool has started capture.
	captureVariable = "MTL_CAPTURE_ENABLED"

	// captureFile is what a trace of this device has in its folder. No tool of
	// Apple's reads it.
	captureFile = "softmetal-capture.txt"
)

// A captureManager is the MTLCaptureManager, of which there is one.
type captureManager struct {
	device  *Device
	running *capture
	scope   *object // the default one
}

// A capture notes the command buffers that are made and committed while it runs.
type capture struct {
	object *object // device, queue or scope, with a reference
	path   string
	lines  []string
}

// A captureScope is a part of the program: what is made between begin and end.
type captureScope struct {
	device *Device
	queue  *object // nil: any
	begun  bool
}

func (s *captureScope) dealloc(d *Device, _ *object) { d.release(s.queue) }

func captureScopeClass() *class {
	return &class{
		name:      "SoftMetalCaptureScope",
		protocols: []string{"MTLCaptureScope"},
		methods: labelMethods(map[string]handler{
			"device": deviceMethod,
			"commandQueue": on(func(s *captureScope, c *call) {
				if s.queue != nil && s.queue.class.is("MTLCommandQueue") {
					c.returnKept(s.queue)
				}
			}),
			"mtl4CommandQueue": on(func(s *captureScope, c *call) {
				if s.queue != nil && s.queue.class.is("MTL4CommandQueue") {
					c.returnKept(s.queue)
				}
			}),
			"beginScope": on(func(s *captureScope, c *call) { s.begun = true }),
			"endScope":   on(func(s *captureScope, c *call) { s.begun = false }),
		}),
	}
}

type captureDescriptor struct {
	object      *object
	destination int64
	url         *object
}

func (p *captureDescriptor) dealloc(d *Device, _ *object) { d.release(p.object); d.release(p.url) }

func captureDescriptorClass() *class {
	set := func(c *call, field **object) {
		c.object(0).retain()
		c.Device.release(*field)
		*field = c.object(0)
	}
	return &class{
		name:   "MTLCaptureDescriptor",
		public: true,
		create: func(*Device) any { return &captureDescriptor{destination: captureTools} },
		methods: map[string]handler{
			"captureObject":     on(func(p *captureDescriptor, c *call) { c.returnKept(p.object) }),
			"setCaptureObject:": on(func(p *captureDescriptor, c *call) { set(c, &p.object) }),
			"destination":       on(func(p *captureDescriptor, c *call) { c.returnWord(uint64(p.destination)) }),
			"setDestination:":   on(func(p *captureDescriptor, c *call) { p.destination = c.int(0) }),
			"outputURL":         on(func(p *captureDescriptor, c *call) { c.returnKept(p.url) }),
			"setOutputURL:":     on(func(p *captureDescriptor, c *call) { set(c, &p.url) }),
		},
	}
}

func captureManagerClass() *class {
	return &class{
		name:   "MTLCaptureManager",
		public: true,
		methods: map[string]handler{
			"+sharedCaptureManager": func(c *call) { c.returnKept(c.captures()) },
			"newCaptureScopeWithDevice:": func(c *call) {
				if c.captured(c.object(0)) {
					c.returnOwned(c.make(c.classes["SoftMetalCaptureScope"], &captureScope{device: c.Device}))
				}
			},
			"newCaptureScopeWithCommandQueue:": func(c *call) {
				if c.captured(c.object(0)) {
					c.returnOwned(c.make(c.classes["SoftMetalCaptureScope"], &captureScope{device: c.Device, queue: c.object(0).retain()}))
				}
			},
			"newCaptureScopeWithMTL4CommandQueue:": func(c *call) {
				if c.captured(c.object(0)) {
					c.returnOwned(c.make(c.classes["SoftMetalCaptureScope"], &captureScope{device: c.Device, queue: c.object(0).retain()}))
				}
			},
			"supportsDestination:":              func(c *call) { c.returnBool(supportsCapture(c.int(0))) },
			"startCaptureWithDescriptor:error:": on((*captureManager).start),
			"stopCapture":                       on((*captureManager).stop),
			"isCapturing":                       on(func(m *captureManager, c *call) { c.returnBool(m.running != nil) }),
			"defaultCaptureScope":               on(func(m *captureManager, c *call) { c.returnKept(m.scope) }),
			"setDefaultCaptureScope:": on(func(m *captureManager, c *call) {
				c.object(0).retain()
				c.Device.release(m.scope)
				m.scope = c.object(0)
			}),
		},
	}
}

// captures returns the one manager, which lives as long as the device.
func (d *Device) captures() *object {
	if d.captureManager == nil {
		k := d.classes["MTLCaptureManager"]
		d.captureManager = &object{id: d.newHandle(k), class: k, refs: 1, payload: &captureManager{device: d}}
		d.statics[d.captureManager.id] = d.captureManager
	}
	return d.captureManager
}

func (c *call) captured(o *object) bool {
	if o == nil {
		c.fail(RuleNilArgument, "argument 1 is what is captured, and is nil")
	}
	return o != nil
}

// supportsCapture answers as for a program that no developer tool has started.
func supportsCapture(destination int64) bool {
	return destination == captureDocument && os.Getenv(captureVariable) == "1"
}

func (m *captureManager) start(c *call) {
	p := payload[*captureDescriptor](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	code, reason := m.refuse(p)
	if code == 0 {
		path := p.url.payload.(*nsURL).file
		if err := os.Mkdir(path, 0o777); err != nil {
			code, reason = captureInvalidDescriptor, fmt.Sprintf("outputURL %s: %v", path, err)
		} else {
			m.running = &capture{object: p.object.retain(), path: path}
			c.returnBool(true)
			return
		}
	}
	c.returnBool(false)
	c.setError(1, c.newError(captureErrorDomain, code, reason))
}

// refuse says why a capture cannot start, with a code of MTLCaptureError, or 0.
func (m *captureManager) refuse(p *captureDescriptor) (code int64, reason string) {
	switch {
	case m.running != nil:
		return captureAlreadyCapturing, "a capture is running already"
	case p.destination != captureTools && p.destination != captureDocument:
		return captureInvalidDescriptor, fmt.Sprintf("%d is no destination", p.destination)
	case !supportsCapture(p.destination):
		return captureNotSupported, "Capturing is not supported. Make sure that the environment variable " + captureVariable + " is 1"
	case p.object == nil:
		return captureInvalidDescriptor, "the descriptor has no captureObject"
	case p.url == nil:
		return captureInvalidDescriptor, "the descriptor has no outputURL"
	}
	switch p.object.payload.(type) {
	case *metalDevice, *queue, *captureScope:
	default:
		return captureInvalidDescriptor, fmt.Sprintf("a %s is not captured", p.object.class.name)
	}
	if _, err := os.Lstat(p.url.payload.(*nsURL).file); !errors.Is(err, fs.ErrNotExist) {
		return captureInvalidDescriptor, fmt.Sprintf("outputURL %s exists already", p.url.payload.(*nsURL).file)
	}
	return 0, ""
}

// stop writes the trace. Without a capture it does nothing.
func (m *captureManager) stop(c *call) {
	if m.running == nil {
		return
	}
	r := m.running
	m.running = nil
	text := fmt.Sprintf("%d command buffers\n%s", len(r.lines), strings.Join(r.lines, ""))
	if err := os.WriteFile(filepath.Join(r.path, captureFile), []byte(text), 0o666); err != nil {
		c.fail(RuleInternal, "the trace cannot be written: %v", err)
	}
	c.Device.release(r.object)
}

// capturing returns the capture that a new command buffer of a queue belongs to, nil
// if there is none.
func (d *Device) capturing(q any) *capture {
	if d.captureManager == nil {
		return nil
	}
	r := d.captureManager.payload.(*captureManager).running
	if r == nil {
		return nil
	}
	switch p := r.object.payload.(type) {
	case *queue:
		if p != q {
			return nil
		}
	case *captureScope:
		if !p.begun || p.queue != nil && p.queue.payload != q {
			return nil
		}
	}
	return r
}

// noteCapture adds the command buffer to the capture that it was made in, if that
// still runs.
func (r *recording) noteCapture(queue *object) {
	if r.capture == nil || r.device.captureManager.payload.(*captureManager).running != r.capture {
		return
	}
	line := fmt.Sprintf("command buffer %q of queue %q\n", r.object.label, queue.label)
	for _, p := range r.passes {
		if p.encoder != nil {
			line += fmt.Sprintf("\tencoder %q\n", p.encoder.label)
		}
	}
	r.capture.lines = append(r.capture.lines, line)
}
