package kiteline

import "kiteline/internal/host"

// Texts reads texts. A JSON string inside nested JSON is a text as well.
func (*Batch) Texts(field string) *Texts { return packed(host.Texts, field) }

// Ints reads integers. A float is none, even where it has no fraction; a JSON number above 64 bits is none.
func (*Batch) Ints(field string) []Maybe[int64] { return host.Current.Ints(field) }

// Floats reads floats, those of 32 bits widened. An integer reads as a float where that is exact, else as none.
func (*Batch) Floats(field string) []Maybe[float64] { return host.Current.Floats(field) }

// Bools reads booleans. Nothing else reads as one.
func (*Batch) Bools(field string) []Maybe[bool] { return host.Current.Bools(field) }

// Bytes reads bytes. A text is none.
func (*Batch) Bytes(field string) *Texts { return packed(host.Bytes, field) }

// JSONTexts reads any value as JSON text, numbers without loss: nested JSON as it was written, bytes as base64, a vector
// as an array. None where the field is absent or null.
func (*Batch) JSONTexts(field string) *Texts { return packed(host.JSONTexts, field) }

// Lengths are the numbers of elements of the arrays, -1 for none. Moves no element.
func (*Batch) Lengths(field string) []int32 { return host.Current.Lengths(field) }

// TextArrays reads arrays of texts.
func (*Batch) TextArrays(field string) *Arrays[string] {
	return arraysOf(host.Current.TextElements(field), host.Current.Lengths(field))
}

// IntArrays reads arrays of integers.
func (*Batch) IntArrays(field string) *Arrays[int64] {
	return arraysOf(host.Current.IntElements(field), host.Current.Lengths(field))
}

// FloatArrays reads arrays of floats, those of 32 bits widened.
func (*Batch) FloatArrays(field string) *Arrays[float64] {
	return arraysOf(host.Current.FloatElements(field), host.Current.Lengths(field))
}

// BoolArrays reads arrays of booleans.
func (*Batch) BoolArrays(field string) *Arrays[bool] {
	return arraysOf(host.Current.BoolElements(field), host.Current.Lengths(field))
}

// Dims are the dimensions of the rows' vectors, -1 for none: numbers for a dense vector, bits for a binary one, pairs
// for a sparse one. An array of numbers that is not known as a vector has its number of elements. Moves no vector.
func (*Batch) Dims(field string) []int32 { return host.Current.Dims(field) }

// Vectors reads dense vectors as 32-bit floats. It copies all of them: ask for Dims where that is enough.
func (*Batch) Vectors(field string) *Vectors {
	return arraysOf(host.Current.Vectors(field), host.Current.Dims(field))
}

// VectorBytes are the bytes of all dense vectors as Milvus takes them (little-endian), row after row.
func (*Batch) VectorBytes(field string) []byte { return host.Current.VectorBytes(field) }

// SparseVectors reads sparse vectors.
func (*Batch) SparseVectors(field string) *SparseVectors {
	indices := arraysOf(host.Current.SparseIndices(field), host.Current.Dims(field))
	values := arraysOf(host.Current.SparseValues(field), host.Current.Dims(field))
	return &SparseVectors{*indices, *values}
}
