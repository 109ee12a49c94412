package mtl

import (
	"fmt"
	"path/filepath"

	"github.com/tqmetal/tqmetal/objc"
)

// A CaptureDestination says where a capture goes (MTLCaptureDestination).
type CaptureDestination int64

// Destinations of captures.
const (
	CaptureDestinationDeveloperTools   CaptureDestination = 1 // Xcode, if it has started the program
	CaptureDestinationGPUTraceDocument CaptureDestination = 2 // a .gputrace, which Xcode opens
)

// String returns the name of the destination.
func (d CaptureDestination) String() string {
	return enumName("CaptureDestination", d, "", "developer tools", "GPU trace document")
}

// A CaptureError is why a capture did not start (MTLCaptureError). It is for
// errors.Is on what [Device.StartCapture] returns.
type CaptureError int64

// Reasons why a capture does not start.
const (
	CaptureErrorNotSupported      CaptureError = 1 // the environment variable MTL_CAPTURE_ENABLED has to be 1 when the program starts
	CaptureErrorAlreadyCapturing  CaptureError = 2 // there is one capture at a time in a process
	CaptureErrorInvalidDescriptor CaptureError = 3 // such as a path at which something is already
)

// Error names the reason.
func (e CaptureError) Error() string {
	return "capture error " + enumName("CaptureError", e, "", "not supported", "already capturing", "invalid descriptor")
}

// Capturable is what a capture is about: a [*Device] for all its work, a
// [*CommandQueue], or a [*CaptureScope].
type Capturable interface {
	acquireFor(*Device) error
	drop()
	handle() objc.ID
	capturable()
}

func (d *Device) acquireFor(dev *Device) error {
	if d == nil {
		return errNil("Device")
	}
	return d.object.acquireFor(dev)
}

func (q *CommandQueue) acquireFor(dev *Device) error {
	if q == nil {
		return errNil("CommandQueue")
	}
	return q.object.acquireFor(dev)
}

func (d *Device) capturable()       {}
func (q *CommandQueue) capturable() {}
func (c *CaptureScope) capturable() {}

// A CaptureDescriptor says what is captured, and where it goes
// (MTLCaptureDescriptor).
type CaptureDescriptor struct {
	// Object is what is captured; nil is the device that starts the capture.
	Object Capturable
	// OutputPath is where a .gputrace is made; nothing may be there. Empty sends the
	// capture to the developer tools instead.
	OutputPath string
}

// destination follows from the path.
func (c CaptureDescriptor) destination() CaptureDestination {
	if c.OutputPath == "" {
		return CaptureDestinationDeveloperTools
	}
	return CaptureDestinationGPUTraceDocument
}

// SupportsCaptureDestination says whether a capture may go there: to a document only
// if the environment variable MTL_CAPTURE_ENABLED was 1 when the program started.
func (d *Device) SupportsCaptureDestination(destination CaptureDestination) (bool, error) {
	return ask(d, func(s *scope) bool {
		return s.supportsDestination(s.sharedCaptureManager(s.fw.captureManager), destination)
	})
}

// IsCapturing says whether a capture runs in this process.
func (d *Device) IsCapturing() (bool, error) {
	return ask(d, func(s *scope) bool { return s.isCapturing(s.sharedCaptureManager(s.fw.captureManager)) })
}

// Capture captures the command buffers that f makes and commits, and that belong to
// what the descriptor names. The capture ends with f, also when f panics. The error
// is that of [Device.StartCapture] or of f.
func (d *Device) Capture(descriptor CaptureDescriptor, f func() error) error {
	if f == nil {
		return badArgument("Device.Capture", "function", "nil", "a function")
	}
	if err := d.StartCapture(descriptor); err != nil {
		return err
	}
	defer d.stopCapture()
	return f()
}

// StartCapture starts a capture, which lasts until StopCapture: of the command
// buffers that are made and committed meanwhile. There is one at a time in a
// process. An error wraps a [CaptureError] if Metal gave one.
func (d *Device) StartCapture(descriptor CaptureDescriptor) error {
	const method = "Device.StartCapture"
	if err := d.acquire(); err != nil {
		return err
	}
	defer d.drop()
	object := descriptor.Object
	if object == nil {
		object = d
	}
	if err := object.acquireFor(d); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer object.drop()
	s := d.fw.begin()
	defer s.end()
	id := s.newCaptureDescriptor(s.fw.captureDescriptor)
	if id == 0 {
		return d.fw.failed("MTLCaptureDescriptor", 0)
	}
	defer d.fw.foundation.Release(id)
	s.setCaptureObject(id, object.handle())
	s.setCaptureDestination(id, descriptor.destination())
	if descriptor.OutputPath != "" {
		path, err := filepath.Abs(descriptor.OutputPath)
		if err != nil {
			return fmt.Errorf("mtl: %s: %w", method, err)
		}
		url, err := d.fw.foundation.NewFileURL(path)
		if err != nil {
			return fmt.Errorf("mtl: %s: %w", method, err)
		}
		defer d.fw.foundation.Release(url)
		s.setCaptureOutputURL(id, url)
	}
	if ok, nsError := s.startCapture(s.sharedCaptureManager(s.fw.captureManager), id); !ok {
		return s.captureError(nsError)
	}
	return nil
}

func (s *scope) captureError(nsError objc.ID) error {
	e := s.fw.foundation.Error(nsError)
	if e == nil {
		return s.fw.failed("capture", 0)
	}
	if reason := CaptureError(e.Code); reason >= CaptureErrorNotSupported && reason <= CaptureErrorInvalidDescriptor {
		return fmt.Errorf("mtl: capture: %w: %w", reason, e)
	}
	return fmt.Errorf("mtl: capture: %w", e)
}

// StopCapture ends the capture that runs and writes what it has. Without one it is
// an error that wraps [ErrArgument].
func (d *Device) StopCapture() error {
	capturing, err := d.IsCapturing()
	if err != nil {
		return err
	}
	if !capturing {
		return fmt.Errorf("mtl: Device.StopCapture: no capture runs: %w", ErrArgument)
	}
	return d.stopCapture()
}

func (d *Device) stopCapture() error {
	_, err := ask(d, func(s *scope) bool { s.stopCapture(s.sharedCaptureManager(s.fw.captureManager)); return true })
	return err
}

// A CaptureScope is a part of a program that is captured, each time it begins
// (MTLCaptureScope), such as one token of a model. It costs next to nothing while no
// capture runs. It may be used from any goroutine; the owner releases it.
type CaptureScope struct{ object }

// NewCaptureScope returns a scope for all work of the device. The caller releases it.
func (d *Device) NewCaptureScope() (*CaptureScope, error) {
	c := new(CaptureScope)
	if err := d.makeObject("CaptureScope", &c.object, func(s *scope) objc.ID {
		return s.newCaptureScopeWithDevice(s.sharedCaptureManager(s.fw.captureManager), d.id)
	}); err != nil {
		return nil, err
	}
	return c, nil
}

// NewCaptureScope returns a scope for the work of this queue. The caller releases it.
func (q *CommandQueue) NewCaptureScope() (*CaptureScope, error) {
	if err := q.acquire(); err != nil {
		return nil, err
	}
	defer q.drop()
	return newCaptureScope(&q.object, (*call).newCaptureScopeWithCommandQueue)
}

// newCaptureScope returns a scope for the work of a queue of either kind.
func newCaptureScope(queue *object, send func(*call, objc.ID, objc.ID) objc.ID) (*CaptureScope, error) {
	c := new(CaptureScope)
	if err := queue.dev.makeObject("CaptureScope", &c.object, func(s *scope) objc.ID {
		return send(s.call, s.sharedCaptureManager(s.fw.captureManager), queue.id)
	}); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *CaptureScope) acquire() error {
	if c == nil {
		return errNil("CaptureScope")
	}
	return c.object.acquire()
}

func (c *CaptureScope) acquireFor(dev *Device) error {
	if c == nil {
		return errNil("CaptureScope")
	}
	return c.object.acquireFor(dev)
}

// Release gives up the reference.
func (c *CaptureScope) Release() {
	if c != nil {
		c.release()
	}
}

// SetLabel names the scope in Metal's debugger.
func (c *CaptureScope) SetLabel(label string) error {
	if c == nil {
		return errNil("CaptureScope")
	}
	return c.setLabel("CaptureScope.SetLabel", label, (*call).setCaptureScopeLabel)
}

// Label returns what SetLabel has set.
func (c *CaptureScope) Label() (string, error) {
	if c == nil {
		return "", errNil("CaptureScope")
	}
	return c.label((*call).captureScopeLabel)
}

// Begin begins the scope: a command buffer that is made from now on is in it.
func (c *CaptureScope) Begin() error {
	_, err := ask(c, func(s *scope) bool { s.beginScope(c.id); return true })
	return err
}

// End ends the scope.
func (c *CaptureScope) End() error {
	_, err := ask(c, func(s *scope) bool { s.endScope(c.id); return true })
	return err
}

// SetDefaultCaptureScope makes a scope the one that Xcode's button captures, or none
// if it is nil. Metal keeps it.
func (d *Device) SetDefaultCaptureScope(capture *CaptureScope) error {
	if capture == nil {
		_, err := ask(d, func(s *scope) bool {
			s.setDefaultCaptureScope(s.sharedCaptureManager(s.fw.captureManager), 0)
			return true
		})
		return err
	}
	if err := d.acquire(); err != nil {
		return err
	}
	defer d.drop()
	if err := capture.acquireFor(d); err != nil {
		return err
	}
	defer capture.drop()
	s := d.fw.begin()
	defer s.end()
	s.setDefaultCaptureScope(s.sharedCaptureManager(s.fw.captureManager), capture.id)
	return nil
}
