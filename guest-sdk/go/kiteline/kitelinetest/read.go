package kitelinetest

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"kiteline/internal/host"
)

// memory answers from a batch in memory.
type memory struct{ *Batch }

func (m memory) Rows() uint32     { return uint32(m.rows) }
func (m memory) Fields() []string { return append([]string(nil), m.names...) }

// values of a field, or of what a JSON Pointer names inside of one.
func (m memory) values(field string) []any {
	if column, ok := m.columns[field]; ok {
		return column
	}
	values := make([]any, m.rows)
	path := strings.Split(field, "/")
	if len(path) < 2 || path[0] != "" {
		return values
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for row, value := range m.columns[unescape.Replace(path[1])] {
		for _, step := range path[2:] {
			value = inside(value, unescape.Replace(step))
		}
		values[row] = value
	}
	return values
}

func inside(value any, step string) any {
	switch value := value.(type) {
	case map[string]any:
		return value[step]
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(value) {
			return value[i]
		}
	}
	return nil
}

func (m memory) FieldType(field string) (string, bool) {
	column, ok := m.columns[field]
	for _, value := range column {
		switch value := value.(type) {
		case bool:
			return "bool", true
		case int64:
			return "int", true
		case float64:
			return "float64", true
		case string:
			return "text", true
		case []byte:
			return "bytes", true
		case []float32:
			return "float-vector", true
		case map[string]any:
			return "json", true
		case []any:
			if len(value) > 0 {
				return arrayType(value[0]), true
			}
		}
	}
	return "text", ok
}

func arrayType(element any) string {
	switch element.(type) {
	case bool:
		return "bool[]"
	case int64:
		return "int[]"
	case float64:
		return "float64[]"
	case string:
		return "text[]"
	}
	return "json"
}

func asFloat(value any) (float64, bool) {
	switch value := value.(type) {
	case float64:
		return value, true
	case int64:
		return float64(value), int64(float64(value)) == value
	}
	return 0, false
}

func picked[T int64 | float64 | bool](values []any, pick func(any) (T, bool)) []host.Maybe[T] {
	picked := make([]host.Maybe[T], len(values))
	for row, value := range values {
		if value, ok := pick(value); ok {
			picked[row] = host.Maybe[T]{Some: true, Value: value}
		}
	}
	return picked
}

func is[T any](value any) (T, bool) { to, ok := value.(T); return to, ok }

func (m memory) Ints(field string) []host.Maybe[int64]     { return picked(m.values(field), is[int64]) }
func (m memory) Floats(field string) []host.Maybe[float64] { return picked(m.values(field), asFloat) }
func (m memory) Bools(field string) []host.Maybe[bool]     { return picked(m.values(field), is[bool]) }

func (m memory) record(row int) Record {
	if row < len(m.Records) {
		return m.Records[row]
	}
	return Record{}
}

func (m memory) Packed(column host.Column, name string) (string, []int32) {
	var data strings.Builder
	lengths := make([]int32, m.rows)
	add := func(row int, value string, some bool) {
		lengths[row] = -1
		if some {
			data.WriteString(value)
			lengths[row] = int32(len(value))
		}
	}
	values := m.values(name)
	for row := range m.rows {
		record := m.record(row)
		switch column {
		case host.Payloads:
			add(row, string(record.Payload), record.Payload != nil)
		case host.Keys:
			add(row, string(record.Key), record.Key != nil)
		case host.Headers:
			value, ok := record.Headers[name]
			add(row, value, ok)
		case host.Topics:
			add(row, record.Topic, true)
		case host.Texts:
			text, ok := values[row].(string)
			add(row, text, ok)
		case host.Bytes:
			bytes, ok := values[row].([]byte)
			add(row, string(bytes), ok)
		case host.JSONTexts:
			text, _ := json.Marshal(values[row])
			add(row, string(text), values[row] != nil)
		case host.Collections:
			name := m.Collections[row]
			if name == "" {
				name = m.Target.Name
			}
			add(row, name, true)
		case host.Partitions:
			add(row, m.Partitions[row], m.Partitions[row] != "")
		}
	}
	return data.String(), lengths
}

func (m memory) KafkaPartitions() []int32 {
	values := make([]int32, m.rows)
	for row := range values {
		values[row] = m.record(row).Partition
	}
	return values
}

func (m memory) Offsets() []int64 {
	values := make([]int64, m.rows)
	for row := range values {
		values[row] = m.record(row).Offset
	}
	return values
}

func (m memory) Timestamps() []host.Maybe[int64] {
	values := make([]host.Maybe[int64], m.rows)
	for row := range values {
		time := m.record(row).Timestamp
		values[row] = host.Maybe[int64]{Some: time != 0, Value: time}
	}
	return values
}

func (m memory) Lengths(field string) []int32 {
	lengths := make([]int32, m.rows)
	for row, value := range m.values(field) {
		lengths[row] = -1
		if array, ok := value.([]any); ok {
			lengths[row] = int32(len(array))
		}
	}
	return lengths
}

// Elements of another type than T leave a field without any, as a field of another type has none.
func elements[T any](values []any, pick func(any) (T, bool)) (all []T) {
	for _, value := range values {
		array, _ := value.([]any)
		for _, element := range array {
			element, ok := pick(element)
			if !ok {
				return nil
			}
			all = append(all, element)
		}
	}
	return all
}

func (m memory) TextElements(field string) []string   { return elements(m.values(field), is[string]) }
func (m memory) IntElements(field string) []int64     { return elements(m.values(field), is[int64]) }
func (m memory) FloatElements(field string) []float64 { return elements(m.values(field), asFloat) }
func (m memory) BoolElements(field string) []bool     { return elements(m.values(field), is[bool]) }

func (m memory) Dims(field string) []int32 {
	dims := m.Lengths(field)
	for row, value := range m.values(field) {
		switch value := value.(type) {
		case []float32:
			dims[row] = int32(len(value))
		case sparse:
			dims[row] = int32(len(value.indices))
		}
	}
	return dims
}

func (m memory) Vectors(field string) (all []float32) {
	for _, value := range m.values(field) {
		switch value := value.(type) {
		case []float32:
			all = append(all, value...)
		case []any:
			for _, element := range value {
				float, _ := asFloat(element)
				all = append(all, float32(float))
			}
		}
	}
	return all
}

func (m memory) VectorBytes(field string) (all []byte) {
	for _, value := range m.values(field) {
		if vector, ok := value.([]float32); ok {
			for _, number := range vector {
				bits := math.Float32bits(number)
				all = append(all, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
			}
		}
	}
	return all
}

// sparse is a sparse vector in memory.
type sparse struct {
	indices []uint32
	values  []float32
}

func (m memory) SparseIndices(field string) (all []uint32) {
	for _, value := range m.values(field) {
		if vector, ok := value.(sparse); ok {
			all = append(all, vector.indices...)
		}
	}
	return all
}

func (m memory) SparseValues(field string) (all []float32) {
	for _, value := range m.values(field) {
		if vector, ok := value.(sparse); ok {
			all = append(all, vector.values...)
		}
	}
	return all
}
