package softmetal

// encoderInfoKey is MTLCommandBufferEncoderInfoErrorKey, where an error has what
// became of each encoder.
const encoderInfoKey = "MTLCommandBufferEncoderInfoErrorKey"

func encoderInfoClass() *class {
	return &class{
		name:      "SoftMetalCommandBufferEncoderInfo",
		protocols: []string{"MTLCommandBufferEncoderInfo"},
		methods: map[string]handler{
			"label":      on(func(i *encoderInfo, c *call) { c.returnNew(c.newString(i.label)) }),
			"errorState": on(func(i *encoderInfo, c *call) { c.returnWord(uint64(i.state)) }),
			"debugSignposts": on(func(i *encoderInfo, c *call) {
				var texts []*object
				for _, s := range i.signposts {
					texts = append(texts, c.newString(s))
				}
				c.returnNew(c.newArray(texts))
				for _, o := range texts {
					c.Device.release(o)
				}
			}),
		},
	}
}

// addEncoderInfo tells in the command buffer's error what became of its encoders.
// What ran beside one that failed may not have done all, so it is affected.
func (cb *commandBuffer) addEncoderInfo() {
	d := cb.device
	var infos []*object
	for _, p := range cb.passes {
		if p.encoder != nil {
			infos = append(infos, d.make(d.classes["SoftMetalCommandBufferEncoderInfo"], p.encoder))
		}
	}
	key, array := d.newString(encoderInfoKey), d.newArray(infos)
	cb.err.payload.(*nsError).userInfo.payload.(*nsDictionary).put(d, key, array)
	d.release(key)
	d.release(array)
	for _, o := range infos {
		d.release(o)
	}
}
