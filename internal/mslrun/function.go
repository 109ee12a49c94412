package mslrun

// LanguageVersion is an MSL version as MTLLanguageVersion writes it: major<<16 | minor.
type LanguageVersion uint32

// The versions that the compiler knows.
const (
	MSL3_0 LanguageVersion = 3 << 16
	MSL3_1 LanguageVersion = 3<<16 | 1
	MSL3_2 LanguageVersion = 3<<16 | 2
	MSL4_0 LanguageVersion = 4 << 16
)

// MathMode is MTLMathMode. MathFast contracts products and sums; MathRelaxed is taken as MathSafe, which allows less.
type MathMode int

// The math modes, with Metal's values.
const (
	MathSafe    MathMode = 0
	MathRelaxed MathMode = 1
	MathFast    MathMode = 2
)

// Functions says which functions those without a namespace are, such as exp.
type Functions int

// The functions.
const (
	ByMathMode Functions = iota // fast with MathFast, and otherwise precise
	Fast
	Precise
)

// Options are what of MTLCompileOptions changes a program. The zero Options mean MSL 3.0 and MathSafe.
type Options struct {
	LanguageVersion    LanguageVersion // 0: MSL3_0
	MathMode           MathMode        // 0: MathSafe
	Functions          Functions
	PreprocessorMacros map[string]string // name to text; a name can be "F(x)"
	Logging            bool              // messages of kernels are not left out
}

// DataType is the type of a function constant or of an argument's element, with MTLDataType's values.
type DataType int

// What is no scalar or vector. None is a type that the source's text does not tell, such as one of a template.
const (
	None   DataType = 0
	Struct DataType = 1
	Array  DataType = 2
)

// The types a function constant can have.
const (
	Float   DataType = 3
	Float2  DataType = 4
	Float3  DataType = 5
	Float4  DataType = 6
	Half    DataType = 16
	Half2   DataType = 17
	Half3   DataType = 18
	Half4   DataType = 19
	Int     DataType = 29
	Int2    DataType = 30
	Int3    DataType = 31
	Int4    DataType = 32
	UInt    DataType = 33
	UInt2   DataType = 34
	UInt3   DataType = 35
	UInt4   DataType = 36
	Short   DataType = 37
	Short2  DataType = 38
	Short3  DataType = 39
	Short4  DataType = 40
	UShort  DataType = 41
	UShort2 DataType = 42
	UShort3 DataType = 43
	UShort4 DataType = 44
	Char    DataType = 45
	Char2   DataType = 46
	Char3   DataType = 47
	Char4   DataType = 48
	UChar   DataType = 49
	UChar2  DataType = 50
	UChar3  DataType = 51
	UChar4  DataType = 52
	Bool    DataType = 53
	Bool2   DataType = 54
	Bool3   DataType = 55
	Bool4   DataType = 56
	Long    DataType = 81
	ULong   DataType = 85
	BFloat  DataType = 121
)

// FunctionConstant describes one function constant of a library.
type FunctionConstant struct {
	Name     string
	Index    int
	Type     DataType
	Required bool // false if the source asks is_function_constant_defined for it
}

// ConstantValue is the value of one function constant: Type's bytes in memory order.
type ConstantValue struct {
	Type  DataType
	Bytes []byte
}

// Constants maps a function constant's index to its value.
type Constants map[int]ConstantValue

// ArgumentKind says which table an argument's index counts in.
type ArgumentKind int

// The kinds of arguments with an index.
const (
	BufferArgument      ArgumentKind = iota // [[buffer(n)]]
	ThreadgroupArgument                     // [[threadgroup(n)]]
)

// Access is what a kernel may do with a buffer argument.
type Access int

// The accesses, with MTLBindingAccess's values.
const (
	ReadOnly  Access = 0
	ReadWrite Access = 1
)

// Member describes one member of a struct.
type Member struct {
	Name     string
	DataType DataType

	// These two are known of a Program's arguments only.
	Offset int
	Size   int
}

// Argument describes one argument of a kernel that has an index.
type Argument struct {
	Name         string
	Index        int
	Kind         ArgumentKind
	AddressSpace string // "device", "constant" or "threadgroup"
	Access       Access
	Type         string // as the source has it, without address space
	DataType     DataType
	Reference    bool     // declared with &: the kernel reads at least one element
	Members      []Member // of a buffer of structs that are plain
	Conditional  bool     // declared behind [[function_constant(...)]]

	// These three are known of a Program's arguments only, not of a Function's.
	Active    bool // not removed by a function constant
	TypeSize  int  // bytes of one element
	TypeAlign int  // its alignment: a bound offset has to be a multiple of it
}

// Function describes a kernel or a visible function of a library.
type Function struct {
	Name       string // as newFunctionWithName finds it: the host_name, if there is one
	Kind       string // "kernel" or "visible"
	Constants  []FunctionConstant
	Arguments  []Argument // by table and index; of what [[buffer(n)]] and [[threadgroup(n)]] say
	Annotation string     // the text of user_annotation
	// MaxTotalThreadsPerThreadgroup is the attribute's value, 0 if the source says nothing.
	MaxTotalThreadsPerThreadgroup int
}
