// Package host is the interface in Go's words: in a component it is answered by Kiteline, in tests by a batch in memory.
package host

// What the component exports; package kiteline sets them.
var (
	Describe  func() (name, version, schema string)
	Configure func(config string) error
	Process   func() error
)

// Maybe has the layout that an option of 1 or 8 bytes has in the component model.
type Maybe[T int64 | float64 | bool] struct {
	Some  bool
	Value T
}

// Column names what Packed reads and SetPacked writes.
type Column int

// The columns of texts and bytes.
const (
	Payloads Column = iota
	Keys
	Headers
	Topics
	Texts
	Bytes
	JSONTexts
	Collections
	Partitions
)

// Host is everything that a plugin can ask of Kiteline.
type Host interface {
	Rows() uint32
	Fields() []string
	FieldType(field string) (string, bool)

	// Packed gives the bytes of all rows and the length of each, -1 for none. The name is that of a field or header.
	Packed(column Column, name string) (data string, lengths []int32)
	SetPacked(column Column, name, data string, lengths []int32)
	KafkaPartitions() []int32
	Offsets() []int64
	Timestamps() []Maybe[int64]

	Ints(field string) []Maybe[int64]
	Floats(field string) []Maybe[float64]
	Bools(field string) []Maybe[bool]
	SetInts(field string, values []Maybe[int64])
	SetFloats(field string, values []Maybe[float64])
	SetBools(field string, values []Maybe[bool])

	Lengths(field string) []int32
	TextElements(field string) []string
	IntElements(field string) []int64
	FloatElements(field string) []float64
	BoolElements(field string) []bool
	SetTextArrays(field string, lengths []int32, elements []string)
	SetIntArrays(field string, lengths []int32, elements []int64)
	SetFloatArrays(field string, lengths []int32, elements []float64)
	SetBoolArrays(field string, lengths []int32, elements []bool)

	Dims(field string) []int32
	Vectors(field string) []float32
	VectorBytes(field string) []byte
	SparseIndices(field string) []uint32
	SparseValues(field string) []float32
	SetVectors(field string, dims []int32, values []float32)
	SetVectorBytes(field string, of uint8, dims []int32, data []byte)
	SetSparseVectors(field string, dims []int32, indices []uint32, values []float32)

	Rename(old, new string) bool
	Remove(field string) bool
	Keep(fields []string)

	Operations() []uint8
	SetOperations(values []uint8)
	Reject(row uint32, reason string)
	Discard(row uint32)
	Repeat(counts []uint32)

	Log(level uint8, message string)

	TargetCollections() []string
	TargetFields(collection string) []string
	// TargetText answers a question by its name in the interface: `field-type` or `element-type`, and `primary-key` or
	// `partition-key`, which have no field.
	TargetText(question, collection, field string) (string, bool)
	// TargetNumber answers `dim`, `max-length` or `max-capacity`.
	TargetNumber(question, collection, field string) (uint32, bool)
	// TargetBool answers `nullable` or `has-default`, and `auto-id` or `dynamic`, which have no field.
	TargetBool(question, collection, field string) bool
}

// Current is who answers.
var Current Host = nobody()
