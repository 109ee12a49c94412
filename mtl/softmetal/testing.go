package softmetal

import "errors"

// TB is what [NewTesting] needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(func())
	Error(args ...any)
	Fatal(args ...any)
}

// NewTesting returns a device for a test. When the test ends, the device is
// closed, and the test fails if a rule was broken, an object is still held or a
// command buffer was never committed; reports that the test has taken
// ([Device.TakeReports]) do not count.
//
// At most one Options may be given. Without it the schedule is the least
// friendly one: down, with the first simdgroup of a threadgroup running ahead,
// so that a missing barrier shows. Run the test under all of [Orders] with
// [Device.SetOrder] to be thorough.
func NewTesting(t TB, options ...Options) *Device {
	t.Helper()
	o := Options{Order: Order{Sequence: Down, Skew: First}}
	switch len(options) {
	case 0:
	case 1:
		o = options[0]
	default:
		t.Fatal("softmetal: NewTesting takes one Options")
	}
	o.TraceObjects = true
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		t.Helper()
		if err := d.Close(); err != nil {
			for _, e := range split(err) {
				t.Error(e)
			}
		}
	})
	return d
}

// split takes an error of errors.Join apart, so that each is one line of a test's
// output.
func split(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}
