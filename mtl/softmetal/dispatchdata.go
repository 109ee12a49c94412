package softmetal

import "github.com/tqmetal/tqmetal/objc"

// dispatchData is a dispatch_data_t: bytes that do not change.
type dispatchData struct{ bytes []byte }

func dispatchDataClass() *class { return &class{name: "OS_dispatch_data"} }

// dispatchDataCreate copies the bytes, as it does on a Mac with no destructor.
func (d *Device) dispatchDataCreate(r *objc.Registers) uintptr {
	address, length := r.X[0], r.X[1]
	report := func(rule Rule, detail string) uintptr {
		d.record(&Report{Rule: rule, Selector: "dispatch_data_create", Detail: detail})
		return 0
	}
	switch {
	case r.X[3] != 0:
		return report(RuleNotImplemented, "the software device calls no destructor")
	case int64(length) < 0 || int64(length) > d.options.MaxBufferLength:
		return report(RuleBadAddress, "the length is that of no memory")
	}
	b, err := peek(address, int(length))
	if err != nil {
		return report(RuleBadAddress, err.Error())
	}
	return uintptr(d.make(d.classes["OS_dispatch_data"], &dispatchData{b}).id)
}
