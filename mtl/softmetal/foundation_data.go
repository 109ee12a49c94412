package softmetal

// An nsData is bytes that do not change.
type nsData struct{ content []byte }

func (d *Device) newData(content []byte) *object {
	return d.make(d.classes["NSData"], &nsData{content})
}

func dataClass() *class {
	return &class{
		name:   "NSData",
		public: true,
		methods: map[string]handler{
			"length": on(func(b *nsData, c *call) { c.returnInt(len(b.content)) }),
			"bytes":  on(func(b *nsData, c *call) { c.returnAddress(addressOf(b.content)) }),
		},
	}
}
