package kiteline

import "kiteline/internal/host"

// VectorType is how the numbers of a vector are kept, by Milvus' names.
type VectorType uint8

// The types of vectors.
const (
	FloatVector VectorType = iota
	Float16Vector
	BFloat16Vector
	Int8Vector
	BinaryVector
	SparseFloatVector
)

// MapTexts changes the text of each row, and writes the field anew; ok says whether there is one. A row that holds
// something other than a text is rejected: writing would replace its value by none, and hide what is wrong with it.
func (b *Batch) MapTexts(field string, change func(text string, ok bool) (string, bool)) {
	old, changed := b.Texts(field), &Texts{}
	var other *Texts
	for row := range old.Len() {
		text, ok := old.Get(row)
		if !ok {
			if other == nil {
				other = b.JSONTexts(field)
			}
			if _, is := other.Get(row); is {
				b.Reject(row, field+" is not a text")
			}
		}
		changed.Add(change(text, ok))
	}
	b.SetTexts(field, changed)
}

// SetTexts writes a field of texts.
func (*Batch) SetTexts(field string, values *Texts) {
	host.Current.SetPacked(host.Texts, field, values.all(), values.lengths)
}

// SetInts writes a field of integers.
func (*Batch) SetInts(field string, values []Maybe[int64]) { host.Current.SetInts(field, values) }

// SetFloats writes a field of 64-bit floats.
func (*Batch) SetFloats(field string, values []Maybe[float64]) { host.Current.SetFloats(field, values) }

// SetBools writes a field of booleans.
func (*Batch) SetBools(field string, values []Maybe[bool]) { host.Current.SetBools(field, values) }

// SetBytes writes a field of bytes.
func (*Batch) SetBytes(field string, values *Texts) {
	host.Current.SetPacked(host.Bytes, field, values.all(), values.lengths)
}

// SetJSONTexts writes a field of JSON. Each text must be one JSON value; `null` is the same as none.
func (*Batch) SetJSONTexts(field string, values *Texts) {
	host.Current.SetPacked(host.JSONTexts, field, values.all(), values.lengths)
}

// SetTextArrays writes a field of arrays of texts.
func (*Batch) SetTextArrays(field string, values *Arrays[string]) {
	host.Current.SetTextArrays(field, values.lengths, values.elements)
}

// SetIntArrays writes a field of arrays of integers.
func (*Batch) SetIntArrays(field string, values *Arrays[int64]) {
	host.Current.SetIntArrays(field, values.lengths, values.elements)
}

// SetFloatArrays writes a field of arrays of 64-bit floats.
func (*Batch) SetFloatArrays(field string, values *Arrays[float64]) {
	host.Current.SetFloatArrays(field, values.lengths, values.elements)
}

// SetBoolArrays writes a field of arrays of booleans.
func (*Batch) SetBoolArrays(field string, values *Arrays[bool]) {
	host.Current.SetBoolArrays(field, values.lengths, values.elements)
}

// SetVectors writes a field of vectors of 32-bit floats.
func (*Batch) SetVectors(field string, values *Vectors) {
	host.Current.SetVectors(field, values.lengths, values.elements)
}

// SetVectorBytes writes a field of dense vectors of any type from the bytes that Milvus takes (little-endian), row after
// row; -1 is no vector.
func (*Batch) SetVectorBytes(field string, of VectorType, dims []int32, data []byte) {
	host.Current.SetVectorBytes(field, uint8(of), dims, data)
}

// SetSparseVectors writes a field of sparse vectors.
func (*Batch) SetSparseVectors(field string, values *SparseVectors) {
	host.Current.SetSparseVectors(field, values.Indices.lengths, values.Indices.elements, values.Values.elements)
}

// Rename gives a field another name, replacing a field that has it. False, and nothing done, where there is no field
// `old`. Costs no copy.
func (*Batch) Rename(old, new string) bool { return host.Current.Rename(old, new) }

// Remove drops a field. False where there is none of that name.
func (*Batch) Remove(field string) bool { return host.Current.Remove(field) }

// Keep drops all fields but these. A name that no field has is no fault.
func (*Batch) Keep(fields ...string) { host.Current.Keep(fields) }
