package softmetal

import (
	"github.com/tqmetal/tqmetal/internal/exercise"
	"github.com/tqmetal/tqmetal/objc"
)

// functions are the C functions that the device has, in the order of their
// addresses.
var functions = []struct {
	name string
	call func(d *Device, r *objc.Registers) uintptr
}{
	{"MTLCreateSystemDefaultDevice", (*Device).createSystemDefaultDevice},
	{"MTLCopyAllDevices", (*Device).copyAllDevices},
	{"objc_autoreleasePoolPush", func(d *Device, _ *objc.Registers) uintptr { return d.pushPool() }},
	{"objc_autoreleasePoolPop", func(d *Device, r *objc.Registers) uintptr {
		d.popPool(r.X[0], "objc_autoreleasePoolPop")
		return 0
	}},
	{"objc_retain", func(d *Device, r *objc.Registers) uintptr { return d.retainHandle(r.X[0], "objc_retain") }},
	{"objc_retainAutoreleasedReturnValue", func(d *Device, r *objc.Registers) uintptr {
		return d.retainHandle(r.X[0], "objc_retainAutoreleasedReturnValue")
	}},
	{"objc_release", func(d *Device, r *objc.Registers) uintptr {
		d.releaseHandle(objc.ID(r.X[0]), "objc_release")
		return 0
	}},
	{"objc_autorelease", func(d *Device, r *objc.Registers) uintptr {
		if o := d.alive(r.X[0], "objc_autorelease"); o != nil {
			d.autorelease(o, "objc_autorelease")
		}
		return r.X[0]
	}},
	{"_Block_copy", (*Device).blockCopyFunction},
	{"_Block_release", (*Device).blockReleaseFunction},
	{"dispatch_data_create", (*Device).dispatchDataCreate},
	{"object_getClass", (*Device).objectGetClass},
	{"class_getName", (*Device).classGetName},
	{"class_getInstanceMethod", func(d *Device, r *objc.Registers) uintptr { return d.classGetMethod(r, "class_getInstanceMethod", "") }},
	{"class_getClassMethod", func(d *Device, r *objc.Registers) uintptr { return d.classGetMethod(r, "class_getClassMethod", "+") }},
	{"method_getTypeEncoding", (*Device).methodGetTypeEncoding},
	{"objc_getProtocol", (*Device).getProtocol},
	{"protocol_getMethodDescription", nil}, // the one that answers a pair
}

func (d *Device) callFunction(fn uintptr, r *objc.Registers) {
	i := (fn - functionBase) / 16
	if fn < functionBase || fn%16 != 0 || i >= uintptr(len(functions)) {
		d.record(&Report{Rule: RuleUnknownFunction, Detail: "the address is of no function of this device"})
		r.X[0], r.X[1], r.D = 0, 0, [4]float64{}
		return
	}
	if functions[i].call == nil {
		a, b := d.protocolGetMethodDescription(r)
		(&call{}).clobber(r)
		r.X[0], r.X[1] = a, b
		return
	}
	var result uintptr
	if f := d.strikeFunction(functions[i].name); f == nil {
		result = functions[i].call(d, r)
		exercise.Note("C", functions[i].name)
	}
	(&call{}).clobber(r)
	r.X[0] = result
}

// alive returns the object of a handle that came from outside, nil after a
// report or for nil.
func (d *Device) alive(handle uintptr, function string) *object {
	id := objc.ID(handle)
	if id == 0 {
		return nil
	}
	o := d.find(id)
	if o == nil {
		r := &Report{Rule: RuleNotAnObject, Object: id, Selector: function, Detail: "the argument is no object of this device"}
		if c := d.formerClass(id); c != nil {
			r.Rule, r.Class, r.Detail = RuleUseAfterRelease, c.name, "the object was released and is gone"
		}
		d.record(r)
	}
	return o
}

func (d *Device) retainHandle(handle uintptr, function string) uintptr {
	if o := d.alive(handle, function); o != nil {
		o.retain()
	}
	return handle
}

// createSystemDefaultDevice answers the one device, with a reference.
func (d *Device) createSystemDefaultDevice(*objc.Registers) uintptr {
	return uintptr(d.rootObject.retain().id)
}

// copyAllDevices answers an array of the one device, with a reference.
func (d *Device) copyAllDevices(*objc.Registers) uintptr {
	return uintptr(d.newArray([]*object{d.rootObject}).id)
}
