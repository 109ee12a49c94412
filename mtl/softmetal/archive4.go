package softmetal

import "fmt"

const archive4Magic = "softmetal archive 1\n"

// An archive4 is a set of pipelines, which nobody adds to. As with a
// [binaryArchive], their code lies in the compiler's cache.
type archive4 struct {
	pipelines map[string]bool // by identity
}

func archive4Class() *class {
	return &class{
		name:      "SoftMetalArchive",
		protocols: []string{"MTL4Archive"},
		methods: labelMethods(map[string]handler{
			"newComputePipelineStateWithDescriptor:error:": on(func(a *archive4, c *call) { a.newPipeline(c, nil, 1) }),
			"newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:error:": on(func(a *archive4, c *call) {
				a.newPipeline(c, payload[*dynamicLinking](c, 1), 2)
			}),
		}),
	}
}

func (c *call) newArchive() {
	url := payload[*nsURL](c, 0)
	if url == nil {
		c.fail(RuleNilArgument, "argument 1 is the URL, and is nil")
		return
	}
	has, err := c.readArchive(url.file, archive4Magic)
	if err != nil {
		c.setError(1, c.newError(binaryArchiveErrorDomain, archiveInvalidFile, err.Error()))
		return
	}
	c.returnOwned(c.make(c.classes["SoftMetalArchive"], &archive4{has}))
}

func (a *archive4) newPipeline(c *call, linking *dynamicLinking, errorArgument int) {
	r, ok := c.request4(linking, errorArgument)
	if !ok {
		return
	}
	defer c.release4(&r)
	if !a.pipelines[r.identity()] {
		c.setError(errorArgument, c.newError(binaryArchiveErrorDomain, archiveUnexpectedElement,
			fmt.Sprintf("the archive has no pipeline of function %q with this descriptor", r.function.payload.(*function).name())))
		return
	}
	c.newPipeline(r, errorArgument)
}
