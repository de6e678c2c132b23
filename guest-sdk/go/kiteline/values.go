package kiteline

import (
	"strings"

	"kiteline/internal/host"
)

// Maybe is an integer, a float or a boolean that a row may not have.
type Maybe[T int64 | float64 | bool] = host.Maybe[T]

// Some is a value that is there. The zero Maybe is none.
func Some[T int64 | float64 | bool](value T) Maybe[T] { return Maybe[T]{Some: true, Value: value} }

// Texts are texts or bytes, one or none a row, in one piece of memory. The zero Texts has no rows: Add row after row.
type Texts struct {
	// What was read is shared by all rows; what is added is built.
	data    string
	built   strings.Builder
	lengths []int32
	starts  []int32
}

func textsOf(data string, lengths []int32) *Texts {
	texts := &Texts{data: data, lengths: lengths, starts: make([]int32, len(lengths))}
	start := int32(0)
	for row, length := range lengths {
		texts.starts[row] = start
		start += max(length, 0)
	}
	return texts
}

// Len is the number of rows.
func (t *Texts) Len() int { return len(t.lengths) }

// Get is the value of a row, and whether it has one.
func (t *Texts) Get(row int) (string, bool) {
	length := t.lengths[row]
	if length < 0 {
		return "", false
	}
	start := t.starts[row]
	return t.all()[start : start+length], true
}

// Add adds a row: a value, or none where ok is false.
func (t *Texts) Add(value string, ok bool) {
	if t.built.Len() == 0 && t.data != "" {
		t.built.WriteString(t.data)
	}
	t.starts = append(t.starts, int32(t.built.Len()))
	if !ok {
		t.lengths = append(t.lengths, -1)
		return
	}
	t.built.WriteString(value)
	t.lengths = append(t.lengths, int32(len(value)))
}

func (t *Texts) all() string {
	if t.built.Len() > 0 {
		return t.built.String()
	}
	return t.data
}

// Arrays are arrays, one or none a row: all elements one after the other.
type Arrays[T any] struct {
	elements []T
	lengths  []int32
	starts   []int
}

// Vectors are dense vectors as 32-bit floats.
type Vectors = Arrays[float32]

// A field of another type has lengths, but none of these elements: then no row has a value.
func arraysOf[T any](elements []T, lengths []int32) *Arrays[T] {
	arrays := &Arrays[T]{elements: elements, lengths: lengths, starts: make([]int, len(lengths))}
	start := 0
	for row, length := range lengths {
		arrays.starts[row] = start
		start += int(max(length, 0))
	}
	if start != len(elements) {
		for row := range lengths {
			lengths[row] = -1
		}
	}
	return arrays
}

// Len is the number of rows.
func (a *Arrays[T]) Len() int { return len(a.lengths) }

// Get is the array of a row, and whether it has one. It is no copy.
func (a *Arrays[T]) Get(row int) ([]T, bool) {
	length := int(a.lengths[row])
	if length < 0 {
		return nil, false
	}
	start := a.starts[row]
	return a.elements[start : start+length : start+length], true
}

// Add adds a row: an array, or none where ok is false.
func (a *Arrays[T]) Add(values []T, ok bool) {
	a.starts = append(a.starts, len(a.elements))
	if !ok {
		a.lengths = append(a.lengths, -1)
		return
	}
	a.elements = append(a.elements, values...)
	a.lengths = append(a.lengths, int32(len(values)))
}

// SparseVectors are sparse vectors, one or none a row: pairs of an index and a value. Indexes ascend, none twice.
type SparseVectors struct {
	Indices Arrays[uint32]
	Values  Arrays[float32]
}
