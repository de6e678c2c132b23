package kitelinetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"kiteline/internal/host"
)

// set writes a field; value says what a row gets, nil for none.
func (m memory) set(field string, rows int, value func(row int) any) {
	m.check(rows)
	column := m.column(field)
	for row := range column {
		column[row] = value(row)
	}
}

// A mistake that the host answers with a trap is a panic here.
func (m memory) check(rows int) {
	if rows != m.rows {
		panic(fmt.Sprintf("a list of %d for %d rows", rows, m.rows))
	}
}

func (m memory) row(row uint32) int {
	if int(row) >= m.rows {
		panic(fmt.Sprintf("row %d of %d", row, m.rows))
	}
	return int(row)
}

func (m memory) SetPacked(column host.Column, name, data string, lengths []int32) {
	m.check(len(lengths))
	start := int32(0)
	for row, length := range lengths {
		value := data[start : start+max(length, 0)]
		start += int32(len(value))
		some := length >= 0
		switch column {
		case host.Texts:
			m.column(name)[row] = orNone(value, some)
		case host.Bytes:
			m.column(name)[row] = orNone([]byte(value), some)
		case host.JSONTexts:
			m.column(name)[row] = fromJSON(value, some)
		case host.Partitions:
			m.Partitions[row] = value
		case host.Collections:
			if some {
				m.Collections[row] = value
			}
		}
	}
}

func orNone(value any, some bool) any {
	if some {
		return value
	}
	return nil
}

func fromJSON(text string, some bool) (value any) {
	if !some {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		panic("not JSON: " + err.Error())
	}
	return native(value)
}

func (m memory) SetInts(field string, values []host.Maybe[int64]) {
	m.set(field, len(values), func(row int) any { return orNone(values[row].Value, values[row].Some) })
}

func (m memory) SetFloats(field string, values []host.Maybe[float64]) {
	m.set(field, len(values), func(row int) any { return orNone(values[row].Value, values[row].Some) })
}

func (m memory) SetBools(field string, values []host.Maybe[bool]) {
	m.set(field, len(values), func(row int) any { return orNone(values[row].Value, values[row].Some) })
}

func setArrays[T any](m memory, field string, lengths []int32, elements []T) {
	start := 0
	m.set(field, len(lengths), func(row int) any {
		if lengths[row] < 0 {
			return nil
		}
		array := []any{}
		for _, element := range elements[start : start+int(lengths[row])] {
			array = append(array, element)
		}
		start += len(array)
		return array
	})
}

func (m memory) SetTextArrays(field string, lengths []int32, elements []string) {
	setArrays(m, field, lengths, elements)
}
func (m memory) SetIntArrays(field string, lengths []int32, elements []int64) {
	setArrays(m, field, lengths, elements)
}
func (m memory) SetFloatArrays(field string, lengths []int32, elements []float64) {
	setArrays(m, field, lengths, elements)
}
func (m memory) SetBoolArrays(field string, lengths []int32, elements []bool) {
	setArrays(m, field, lengths, elements)
}

func (m memory) SetVectors(field string, dims []int32, values []float32) {
	start := 0
	m.set(field, len(dims), func(row int) any {
		if dims[row] < 0 {
			return nil
		}
		vector := slices.Clone(values[start : start+int(dims[row])])
		start += len(vector)
		return vector
	})
}

func (m memory) SetVectorBytes(field string, of uint8, dims []int32, data []byte) {
	if of != 0 {
		panic("a batch in memory keeps vectors of 32-bit floats only: test others with `kiteline plugin test`")
	}
	values := make([]float32, len(data)/4)
	for i := range values {
		four := data[4*i:]
		bits := uint32(four[0]) | uint32(four[1])<<8 | uint32(four[2])<<16 | uint32(four[3])<<24
		values[i] = math.Float32frombits(bits)
	}
	m.SetVectors(field, dims, values)
}

func (m memory) SetSparseVectors(field string, dims []int32, indices []uint32, values []float32) {
	start := 0
	m.set(field, len(dims), func(row int) any {
		if dims[row] < 0 {
			return nil
		}
		end := start + int(dims[row])
		vector := sparse{slices.Clone(indices[start:end]), slices.Clone(values[start:end])}
		start = end
		return vector
	})
}

func (m memory) Rename(old, new string) bool {
	column, ok := m.columns[old]
	if !ok || old == new {
		return ok
	}
	m.Remove(new)
	m.names[slices.Index(m.names, old)] = new
	m.columns[new] = column
	delete(m.columns, old)
	return true
}

func (m memory) Remove(field string) bool {
	_, ok := m.columns[field]
	if ok {
		delete(m.columns, field)
		m.names = slices.DeleteFunc(m.names, func(name string) bool { return name == field })
	}
	return ok
}

func (m memory) Keep(fields []string) {
	for _, name := range m.Fields() {
		if !slices.Contains(fields, name) {
			m.Remove(name)
		}
	}
}

func (m memory) Operations() []uint8 { return slices.Clone(m.Batch.Operations) }

func (m memory) SetOperations(values []uint8) {
	m.check(len(values))
	m.Batch.Operations = slices.Clone(values)
}

func (m memory) Reject(row uint32, reason string) {
	if _, before := m.Rejected[m.row(row)]; !before {
		m.Rejected[int(row)] = reason
	}
}

func (m memory) Discard(row uint32) { m.Discarded[m.row(row)] = true }

func (m memory) Repeat(counts []uint32) {
	m.check(len(counts))
	for name, column := range m.columns {
		m.columns[name] = repeated(column, counts)
	}
	records := make([]Record, m.rows)
	copy(records, m.Records)
	m.Records = repeated(records, counts)
	m.Partitions, m.Collections = repeated(m.Partitions, counts), repeated(m.Collections, counts)
	m.Batch.Operations = repeated(m.Batch.Operations, counts)
	rejected, discarded, to := map[int]string{}, map[int]bool{}, 0
	for row, count := range counts {
		for range count {
			if reason, ok := m.Rejected[row]; ok {
				rejected[to] = reason
			}
			if m.Discarded[row] {
				discarded[to] = true
			}
			to++
		}
	}
	m.rows, m.Rejected, m.Discarded = to, rejected, discarded
}

func repeated[T any](values []T, counts []uint32) (all []T) {
	for row, count := range counts {
		for range count {
			all = append(all, values[row])
		}
	}
	return all
}

func (m memory) Log(level uint8, message string) {
	m.Logs = append(m.Logs, [...]string{"debug", "info", "warn", "error"}[level]+": "+message)
}
