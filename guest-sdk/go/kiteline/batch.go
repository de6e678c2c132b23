package kiteline

import "kiteline/internal/host"

// Batch is the rows that the plugin works on. They stay in the host; a plugin reads and writes whole columns of them, or
// row by row with Records.
//
// Rows are numbered from 0, and every list that is read or written has one entry a row. A row that the plugin rejects or
// discards keeps its number until the call ends.
//
// A field is named by its whole name. A name that no field has and that starts with `/` is a JSON Pointer into a field
// with nested JSON: `/meta/arch` reads `arch` of the field `meta` and moves nothing else of it.
//
// Each reading method gives the values of its own type, and none for every other row: where the field is absent, null,
// or of another type. Writing replaces the whole column, so a plugin that reads a field as one type and writes it back
// drops the values of other types: see MapTexts. A list of the wrong length ends the call as a panic does.
type Batch struct{}

// Rows is the number of rows.
func (*Batch) Rows() int { return int(host.Current.Rows()) }

// Fields are the names of all fields, in the order in which they came.
func (*Batch) Fields() []string { return host.Current.Fields() }

// FieldType is the type of a field: `bool`, `int`, `float32`, `float64`, `text`, `bytes`, `json`, these with `[]` behind
// for arrays, or `float-vector` and the like. A row may hold a value of another type all the same.
func (*Batch) FieldType(field string) (string, bool) { return host.Current.FieldType(field) }

func packed(column host.Column, name string) *Texts {
	return textsOf(host.Current.Packed(column, name))
}

// Payloads are the records' values as they came from Kafka; none for a tombstone.
func (*Batch) Payloads() *Texts { return packed(host.Payloads, "") }

// Keys are the records' keys; none where a record has none.
func (*Batch) Keys() *Texts { return packed(host.Keys, "") }

// Headers are the values of the last header of that name; none where there is none of that name or its value is null.
func (*Batch) Headers(name string) *Texts { return packed(host.Headers, name) }

// Topics are the topics of the records.
func (*Batch) Topics() []string { return stringsOf(packed(host.Topics, "")) }

// KafkaPartitions are the Kafka partitions of the records.
func (*Batch) KafkaPartitions() []int32 { return host.Current.KafkaPartitions() }

// Offsets are the offsets of the records.
func (*Batch) Offsets() []int64 { return host.Current.Offsets() }

// Timestamps are the records' times in milliseconds since 1970.
func (*Batch) Timestamps() []Maybe[int64] { return host.Current.Timestamps() }

func stringsOf(texts *Texts) []string {
	values := make([]string, texts.Len())
	for row := range values {
		values[row], _ = texts.Get(row)
	}
	return values
}
