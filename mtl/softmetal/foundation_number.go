package softmetal

import "fmt"

// An nsNumber keeps an integer or a double.
type nsNumber struct {
	integer  uint64
	double   float64
	isDouble bool
}

func numberClass() *class {
	integer := func(c *call) {
		c.returnNew(c.make(c.class, &nsNumber{integer: c.word(0)}))
	}
	read := func(n *nsNumber, c *call) {
		if n.isDouble {
			c.returnWord(uint64(int64(n.double)))
			return
		}
		c.returnWord(n.integer)
	}
	return &class{
		name:   "NSNumber",
		public: true,
		create: func(*Device) any { return new(nsNumber) },
		methods: map[string]handler{
			"+numberWithInt:":              integer,
			"+numberWithLongLong:":         integer,
			"+numberWithUnsignedLongLong:": integer,
			"+numberWithUnsignedInteger:":  integer,
			"+numberWithBool:":             integer,
			"+numberWithDouble:": func(c *call) {
				c.returnNew(c.make(c.class, &nsNumber{double: c.float(0), isDouble: true}))
			},
			"initWithUnsignedLongLong:": func(c *call) {
				c.target.payload.(*nsNumber).integer = c.word(0)
				c.returnOwned(c.target)
			},
			"intValue":              on(read),
			"longLongValue":         on(read),
			"unsignedLongLongValue": on(read),
			"integerValue":          on(read),
			"unsignedIntegerValue":  on(read),
			"boolValue":             on(func(n *nsNumber, c *call) { c.returnBool(n.integer != 0 || n.double != 0) }),
			"doubleValue": on(func(n *nsNumber, c *call) {
				if n.isDouble {
					c.returnFloat(n.double)
					return
				}
				c.returnFloat(float64(int64(n.integer)))
			}),
			"copy": func(c *call) { c.returnOwned(c.target.retain()) },
		},
	}
}

// text returns the number as a macro's value has it.
func (n *nsNumber) text() string {
	if n.isDouble {
		return fmt.Sprint(n.double)
	}
	return fmt.Sprint(int64(n.integer))
}
