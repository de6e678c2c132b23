package host

import (
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

// component asks the real host. What a call returned is copied and the chunk released before the next call.
type component struct{}

// Where calls that return more than a number leave it.
var (
	returned       list
	returnedPacked struct{ data, lengths list }
	returnedOption [3]uint32
)

func ret() unsafe.Pointer { return unsafe.Pointer(&returned) }

// taken copies the list that a call returned.
func taken[T any]() []T {
	values := slices.Clone(at[T](returned))
	release()
	return values
}

func takenStrings() []string {
	values := make([]string, 0, returned.len)
	for _, each := range at[list](returned) {
		values = append(values, string(at[byte](each)))
	}
	release()
	return values
}

// option is an optional list or text in a list of such.
type option struct {
	some uint32
	list
}

func takenPacked() (string, []int32) {
	data, lengths := string(at[byte](returnedPacked.data)), slices.Clone(at[int32](returnedPacked.lengths))
	release()
	return data, lengths
}

// The lists of single texts and bytes, in the packed form.
func takenOptions() (string, []int32) {
	var data strings.Builder
	lengths := make([]int32, 0, returned.len)
	for _, each := range at[option](returned) {
		if each.some&1 == 0 {
			lengths = append(lengths, -1)
			continue
		}
		data.Write(at[byte](each.list))
		lengths = append(lengths, int32(each.len))
	}
	release()
	return data.String(), lengths
}

func takenTexts() (string, []int32) {
	texts := takenStrings()
	lengths := make([]int32, len(texts))
	for row, text := range texts {
		lengths[row] = int32(len(text))
	}
	return strings.Join(texts, ""), lengths
}

func pointer[T any](values []T) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.SliceData(values)), uint32(len(values))
}

func options(data string, lengths []int32) []option {
	values, start := make([]option, len(lengths)), int32(0)
	for row, length := range lengths {
		if length >= 0 {
			values[row] = option{1, text(data[start : start+length])}
			start += length
		}
	}
	return values
}

func texts(values []string) []list {
	lists := make([]list, len(values))
	for i, value := range values {
		lists[i] = text(value)
	}
	return lists
}

func (component) Rows() uint32                 { return batchRows() }
func (component) Fields() []string             { batchFields(ret()); return takenStrings() }
func (component) KafkaPartitions() []int32     { batchKafkaPartitions(ret()); return taken[int32]() }
func (component) Offsets() []int64             { batchOffsets(ret()); return taken[int64]() }
func (component) Timestamps() []Maybe[int64]   { batchTimestamps(ret()); return taken[Maybe[int64]]() }
func (component) Ints(f string) []Maybe[int64] { batchInts(f, ret()); return taken[Maybe[int64]]() }
func (component) Floats(f string) []Maybe[float64] {
	batchFloats(f, ret())
	return taken[Maybe[float64]]()
}
func (component) Bools(f string) []Maybe[bool]   { batchBools(f, ret()); return taken[Maybe[bool]]() }
func (component) Lengths(f string) []int32       { batchLengths(f, ret()); return taken[int32]() }
func (component) TextElements(f string) []string { batchTextElements(f, ret()); return takenStrings() }
func (component) IntElements(f string) []int64   { batchIntElements(f, ret()); return taken[int64]() }
func (component) FloatElements(f string) []float64 {
	batchFloatElements(f, ret())
	return taken[float64]()
}
func (component) BoolElements(f string) []bool { batchBoolElements(f, ret()); return taken[bool]() }
func (component) Dims(f string) []int32        { batchDims(f, ret()); return taken[int32]() }
func (component) Vectors(f string) []float32   { batchVectors(f, ret()); return taken[float32]() }
func (component) VectorBytes(f string) []byte  { batchVectorBytes(f, ret()); return taken[byte]() }
func (component) SparseIndices(f string) []uint32 {
	batchSparseIndices(f, ret())
	return taken[uint32]()
}
func (component) SparseValues(f string) []float32 {
	batchSparseValues(f, ret())
	return taken[float32]()
}
func (component) Operations() []uint8              { batchOperations(ret()); return taken[uint8]() }
func (component) Rename(old, new string) bool      { return batchRename(old, new)&1 != 0 }
func (component) Remove(field string) bool         { return batchRemove(field)&1 != 0 }
func (component) Reject(row uint32, reason string) { batchReject(row, reason) }
func (component) Discard(row uint32)               { batchDiscard(row) }
func (component) Log(level uint8, message string)  { logLog(uint32(level), message) }
func (component) TargetCollections() []string      { targetCollections(ret()); return takenStrings() }
func (component) TargetFields(c string) []string   { targetFields(c, ret()); return takenStrings() }
func (component) FieldType(f string) (string, bool) {
	batchFieldType(f, unsafe.Pointer(&returnedOption))
	return takenOption()
}

func takenOption() (string, bool) {
	some := returnedOption[0]&1 != 0
	value := ""
	if some {
		value = string(at[byte](list{returnedOption[1], returnedOption[2]}))
	}
	release()
	return value, some
}

func (component) Packed(column Column, name string) (string, []int32) {
	packed := unsafe.Pointer(&returnedPacked)
	switch column {
	case Payloads:
		batchPackedPayloads(packed)
	case Keys:
		batchPackedKeys(packed)
	case Texts:
		batchPackedTexts(name, packed)
	case Bytes:
		batchPackedBytes(name, packed)
	case Headers:
		batchHeaders(name, ret())
		return takenOptions()
	case JSONTexts:
		batchJsonTexts(name, ret())
		return takenOptions()
	case Partitions:
		batchPartitions(ret())
		return takenOptions()
	case Topics:
		batchTopics(ret())
		return takenTexts()
	default:
		batchCollections(ret())
		return takenTexts()
	}
	return takenPacked()
}

func (component) SetPacked(column Column, name, data string, lengths []int32) {
	of, rows := pointer(lengths)
	switch column {
	case Texts:
		batchSetPackedTexts(name, data, of, rows)
	case Bytes:
		batchSetPackedBytes(name, data, of, rows)
	case Partitions:
		batchSetPackedPartitions(data, of, rows)
	case JSONTexts:
		values, rows := pointer(options(data, lengths))
		batchSetJsonTexts(name, values, rows)
	case Collections:
		values, rows := pointer(options(data, lengths))
		batchSetCollections(values, rows)
	}
	// Addresses in memory do not keep what they point to.
	runtime.KeepAlive(data)
}

func (component) SetInts(field string, values []Maybe[int64]) {
	data, count := pointer(values)
	batchSetInts(field, data, count)
}

func (component) SetFloats(field string, values []Maybe[float64]) {
	data, count := pointer(values)
	batchSetFloats(field, data, count)
}

func (component) SetBools(field string, values []Maybe[bool]) {
	data, count := pointer(values)
	batchSetBools(field, data, count)
}

func (component) SetTextArrays(field string, lengths []int32, elements []string) {
	of, rows := pointer(lengths)
	data, all := pointer(texts(elements))
	batchSetTextArrays(field, of, rows, data, all)
	runtime.KeepAlive(elements)
}

func (component) SetIntArrays(field string, lengths []int32, elements []int64) {
	of, rows := pointer(lengths)
	data, all := pointer(elements)
	batchSetIntArrays(field, of, rows, data, all)
}

func (component) SetFloatArrays(field string, lengths []int32, elements []float64) {
	of, rows := pointer(lengths)
	data, all := pointer(elements)
	batchSetFloatArrays(field, of, rows, data, all)
}

func (component) SetBoolArrays(field string, lengths []int32, elements []bool) {
	of, rows := pointer(lengths)
	data, all := pointer(elements)
	batchSetBoolArrays(field, of, rows, data, all)
}

func (component) SetVectors(field string, dims []int32, values []float32) {
	of, rows := pointer(dims)
	data, all := pointer(values)
	batchSetVectors(field, of, rows, data, all)
}

func (component) SetVectorBytes(field string, of uint8, dims []int32, data []byte) {
	lengths, rows := pointer(dims)
	bytes, all := pointer(data)
	batchSetVectorBytes(field, uint32(of), lengths, rows, bytes, all)
}

func (component) SetSparseVectors(field string, dims []int32, indices []uint32, values []float32) {
	of, rows := pointer(dims)
	first, all := pointer(indices)
	second, same := pointer(values)
	batchSetSparseVectors(field, of, rows, first, all, second, same)
}

func (component) Keep(fields []string) {
	data, count := pointer(texts(fields))
	batchKeep(data, count)
	runtime.KeepAlive(fields)
}

func (component) SetOperations(values []uint8) { batchSetOperations(pointer(values)) }
func (component) Repeat(counts []uint32)       { batchRepeat(pointer(counts)) }

func (component) TargetText(question, collection, field string) (string, bool) {
	option := unsafe.Pointer(&returnedOption)
	switch question {
	case "field-type":
		targetFieldType(collection, field, option)
	case "element-type":
		targetElementType(collection, field, option)
	case "primary-key":
		targetPrimaryKey(collection, option)
	default:
		targetPartitionKey(collection, option)
	}
	return takenOption()
}

func (component) TargetNumber(question, collection, field string) (uint32, bool) {
	option := unsafe.Pointer(&returnedOption)
	switch question {
	case "dim":
		targetDim(collection, field, option)
	case "max-length":
		targetMaxLength(collection, field, option)
	default:
		targetMaxCapacity(collection, field, option)
	}
	return returnedOption[1], returnedOption[0]&1 != 0
}

func (component) TargetBool(question, collection, field string) bool {
	switch question {
	case "nullable":
		return targetNullable(collection, field)&1 != 0
	case "has-default":
		return targetHasDefault(collection, field)&1 != 0
	case "auto-id":
		return targetAutoId(collection)&1 != 0
	default:
		return targetDynamic(collection)&1 != 0
	}
}
