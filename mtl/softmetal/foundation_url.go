package softmetal

import "path/filepath"

// An nsURL is that of a file: others the device has no use for.
type nsURL struct{ file string }

func urlClass() *class {
	return &class{
		name:   "NSURL",
		public: true,
		create: func(*Device) any { return new(nsURL) },
		methods: map[string]handler{
			"+fileURLWithPath:": func(c *call) {
				if file, ok := c.filePath(); ok {
					c.returnNew(c.make(c.class, &nsURL{file}))
				}
			},
			"initFileURLWithPath:": on(func(u *nsURL, c *call) {
				if file, ok := c.filePath(); ok {
					u.file = file
					c.returnOwned(c.target)
				}
			}),
			"path": on(func(u *nsURL, c *call) { c.returnNew(c.newString(u.file)) }),
		},
	}
}

// filePath reads the argument of both: Foundation throws at none.
func (c *call) filePath() (string, bool) {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is a path, and is nil")
		return "", false
	}
	file, err := filepath.Abs(payload[*nsString](c, 0).text())
	if err != nil {
		file = payload[*nsString](c, 0).text()
	}
	return file, true
}
