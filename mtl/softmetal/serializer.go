package softmetal

import (
	"encoding/json"
)

// MTL4PipelineDataSetSerializerConfiguration.
const (
	captureDescriptors = 1
	captureBinaries    = 2
)

// A serializer notes down the pipelines of compilers.
type serializer struct {
	configuration uint64
	binaries      map[string]bool // by identity
	descriptors   []pipelineScript
}

// A pipelineScript is a pipeline as a script names it. Apple's own has another form,
// which is for its tools alone.
type pipelineScript struct {
	Label     string `json:"label,omitempty"`
	Function  string `json:"compute_function"`
	Library   string `json:"library"`
	Constants int    `json:"function_constants,omitempty"`
}

func (s *serializer) capture(r *pipelineRequest) {
	if s.configuration&captureBinaries != 0 {
		s.binaries[r.identity()] = true
	}
	if s.configuration&captureDescriptors != 0 {
		f := r.function.payload.(*function)
		library := f.owner.label
		if library == "" {
			library = f.from.identity
		}
		s.descriptors = append(s.descriptors, pipelineScript{r.label, f.description.Name, library, len(f.constants)})
	}
}

func serializerClass() *class {
	return &class{
		name:      "SoftMetalPipelineDataSetSerializer",
		protocols: []string{"MTL4PipelineDataSetSerializer"},
		methods: map[string]handler{
			"serializeAsArchiveAndFlushToURL:error:": on((*serializer).serializeArchive),
			"serializeAsPipelinesScriptWithError:":   on((*serializer).serializeScript),
		},
	}
}

type serializerDescriptor struct{ configuration uint64 }

func serializerDescriptorClass() *class {
	return &class{
		name:   "MTL4PipelineDataSetSerializerDescriptor",
		public: true,
		create: func(*Device) any { return &serializerDescriptor{captureDescriptors} },
		methods: map[string]handler{
			"configuration": on(func(s *serializerDescriptor, c *call) { c.returnWord(s.configuration) }),
			"setConfiguration:": on(func(s *serializerDescriptor, c *call) {
				if c.word(0)&^(captureDescriptors|captureBinaries) != 0 {
					c.fail(RuleEnum, "%#x is no MTL4PipelineDataSetSerializerConfiguration", c.word(0))
					return
				}
				s.configuration = c.word(0)
			}),
		},
	}
}

func (c *call) newSerializer() {
	s := payload[*serializerDescriptor](c, 0)
	if s == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	c.returnOwned(c.make(c.classes["SoftMetalPipelineDataSetSerializer"], &serializer{configuration: s.configuration, binaries: map[string]bool{}}))
}

// serializeArchive writes the binaries and forgets all: whether Metal keeps the
// descriptors, Apple does not say.
func (s *serializer) serializeArchive(c *call) {
	url := payload[*nsURL](c, 0)
	switch {
	case url == nil:
		c.fail(RuleNilArgument, "argument 1 is the URL, and is nil")
		return
	case s.configuration&captureBinaries == 0:
		c.fail(RuleCaptured, "an archive is asked for, and the serializer captures no binaries")
		return
	}
	if err := c.writeArchive(url.file, archive4Magic, s.binaries); err != nil {
		c.setError(1, c.newError(binaryArchiveErrorDomain, archiveInternal, err.Error()))
		return
	}
	clear(s.binaries)
	s.descriptors = nil
	c.returnBool(true)
}

func (s *serializer) serializeScript(c *call) {
	if s.configuration&captureDescriptors == 0 {
		c.fail(RuleCaptured, "a script is asked for, and the serializer captures no descriptors")
		return
	}
	b, err := json.Marshal(map[string]any{"pipelines": map[string]any{"compute_pipelines": s.descriptors}})
	if err != nil {
		c.setError(0, c.newError(binaryArchiveErrorDomain, archiveInternal, err.Error()))
		return
	}
	c.returnNew(c.newData(b))
}
