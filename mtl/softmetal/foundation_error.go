package softmetal

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// The domains of the errors that the device makes.
const (
	libraryErrorDomain       = "MTLLibraryErrorDomain"
	commandBufferErrorDomain = "MTLCommandBufferErrorDomain"

	// ErrorDomain is the domain of errors that name a broken rule; the code is
	// the [Rule].
	ErrorDomain = "SoftMetalErrorDomain"
)

// Codes of MTLLibraryErrorDomain.
const (
	libraryUnsupported      = 1
	libraryInternal         = 2
	libraryCompileFailure   = 3
	libraryCompileWarning   = 4
	libraryFunctionNotFound = 5
	libraryFileNotFound     = 6
	libraryInvalid          = libraryUnsupported
)

// Codes of MTLCommandBufferErrorDomain.
const (
	commandBufferInternal        = 1
	commandBufferTimeout         = 2
	commandBufferPageFault       = 3
	commandBufferAccessRevoked   = 4
	commandBufferNotPermitted    = 7
	commandBufferOutOfMemory     = 8
	commandBufferInvalidResource = 9
	commandBufferDeviceRemoved   = 11
	commandBufferStackOverflow   = 12
)

type nsError struct {
	domain      string
	code        int64
	description string
	userInfo    *object // a dictionary, or nil
}

func (e *nsError) dealloc(d *Device, _ *object) { d.release(e.userInfo) }

func (d *Device) newError(domain string, code int64, description string) *object {
	e := &nsError{domain: domain, code: code, description: description}
	key, value := d.newString("NSLocalizedDescription"), d.newString(description)
	e.userInfo = d.newDictionary()
	e.userInfo.payload.(*nsDictionary).put(d, key, value)
	d.release(key)
	d.release(value)
	return d.make(d.classes["NSError"], e)
}

func (d *Device) newErrorf(domain string, code int64, format string, a ...any) *object {
	return d.newError(domain, code, fmt.Sprintf(format, a...))
}

// newErrorOf makes the error that a test asked for.
func (d *Device) newErrorOf(e *objc.Error) *object {
	o := d.newError(e.Domain, e.Code, e.Description)
	if e.FailureReason != "" {
		key, value := d.newString("NSLocalizedFailureReason"), d.newString(e.FailureReason)
		o.payload.(*nsError).userInfo.payload.(*nsDictionary).put(d, key, value)
		d.release(key)
		d.release(value)
	}
	return o
}

// reportError makes the error that tells a caller of a broken rule.
func (d *Device) reportError(r *Report) *object {
	return d.newError(ErrorDomain, int64(r.Rule), r.Error()+"; a Mac "+r.Rule.OnMac())
}

func errorClass() *class {
	info := func(e *nsError, c *call, key string) {
		if e.userInfo == nil {
			return
		}
		c.returnKept(e.userInfo.payload.(*nsDictionary).text(key))
	}
	return &class{
		name:   "NSError",
		public: true,
		methods: map[string]handler{
			"+errorWithDomain:code:userInfo:": func(c *call) {
				if c.object(0) == nil {
					c.fail(RuleNilArgument, "an error needs a domain")
					return
				}
				e := &nsError{domain: payload[*nsString](c, 0).text(), code: c.int(1), userInfo: c.object(2).retain()}
				if e.userInfo != nil {
					if o := e.userInfo.payload.(*nsDictionary).text("NSLocalizedDescription"); o != nil {
						e.description = o.payload.(*nsString).text()
					}
				}
				c.returnNew(c.make(c.class, e))
			},
			"domain":               on(func(e *nsError, c *call) { c.returnNew(c.newString(e.domain)) }),
			"code":                 on(func(e *nsError, c *call) { c.returnWord(uint64(e.code)) }),
			"userInfo":             on(func(e *nsError, c *call) { c.returnKept(e.userInfo) }),
			"localizedDescription": on(func(e *nsError, c *call) { c.returnNew(c.newString(e.description)) }),
			"localizedFailureReason": on(func(e *nsError, c *call) {
				info(e, c, "NSLocalizedFailureReason")
			}),
			"localizedRecoverySuggestion": on(func(e *nsError, c *call) {
				info(e, c, "NSLocalizedRecoverySuggestion")
			}),
			"underlyingErrors": on(func(e *nsError, c *call) { c.returnNew(c.newArray(nil)) }),
		},
	}
}
