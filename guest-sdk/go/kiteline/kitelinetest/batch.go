// Package kitelinetest runs a plugin without a host, on a batch in memory:
//
//	func TestBlanksGo(t *testing.T) {
//		batch := kitelinetest.JSON(t, `{"name": " a "}`, `{"name": 7}`)
//		kitelinetest.Run(t, `{"field": "name"}`, batch)
//		if batch.Row(0)["name"] != "a" || batch.Rejected[1] == "" { … }
//	}
//
// It does what the interface says, with the values of a record as encoding/json knows them, integers as int64. It
// does not know the limits, nor types narrower than that; `kiteline plugin test` runs the component itself.
package kitelinetest

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"kiteline/internal/host"
)

// Batch is a batch in memory. A row's value is nil, a bool, an int64, a float64, a string, a []byte, a []float32
// (a vector), a []any or a map[string]any.
type Batch struct {
	// Origins of the rows; the zero Record where there are fewer.
	Records []Record
	// Target is the schema that the rows go to. There is none where it has no name.
	Target Collection

	// What came of the rows. Rejected and discarded rows keep their place.
	Rejected    map[int]string
	Discarded   map[int]bool
	Partitions  []string
	Collections []string
	Operations  []uint8
	Logs        []string

	rows    int
	names   []string
	columns map[string][]any
}

// Record is what a row came with.
type Record struct {
	Payload, Key []byte
	Headers      map[string]string
	Topic        string
	Partition    int32
	Offset       int64
	// Timestamp in milliseconds; none where it is 0.
	Timestamp int64
}

// Collection is a Milvus collection.
type Collection struct {
	Name                     string
	Fields                   []Field
	PrimaryKey, PartitionKey string
	AutoID, Dynamic          bool
}

// Field is a field of a collection; its types by Milvus' names. A number that is 0 is none.
type Field struct {
	Name, Type, ElementType     string
	Dim, MaxLength, MaxCapacity uint32
	Nullable, HasDefault        bool
}

// New makes a batch of rows by their fields.
func New(rows ...map[string]any) *Batch {
	batch := &Batch{rows: len(rows), columns: map[string][]any{}, Rejected: map[int]string{}, Discarded: map[int]bool{}}
	for row, fields := range rows {
		names := make([]string, 0, len(fields))
		for name := range fields {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			batch.column(name)[row] = fields[name]
		}
	}
	batch.Partitions, batch.Collections = make([]string, len(rows)), make([]string, len(rows))
	batch.Operations = make([]uint8, len(rows))
	return batch
}

// JSON makes a batch of JSON objects, which are their payloads too.
func JSON(t testing.TB, objects ...string) *Batch {
	t.Helper()
	rows := make([]map[string]any, len(objects))
	records := make([]Record, len(objects))
	for row, object := range objects {
		decoder := json.NewDecoder(bytes.NewReader([]byte(object)))
		decoder.UseNumber()
		if err := decoder.Decode(&rows[row]); err != nil {
			t.Fatalf("row %d is no JSON object: %v", row, err)
		}
		for name, value := range rows[row] {
			rows[row][name] = native(value)
		}
		records[row] = Record{Payload: []byte(object), Offset: int64(row)}
	}
	batch := New(rows...)
	batch.Records = records
	return batch
}

// Vectors makes a field of arrays of numbers one of vectors.
func (b *Batch) Vectors(field string) *Batch {
	for row, value := range b.columns[field] {
		if numbers, ok := value.([]any); ok {
			vector := make([]float32, len(numbers))
			for i, number := range numbers {
				float, _ := asFloat(number)
				vector[i] = float32(float)
			}
			b.columns[field][row] = vector
		}
	}
	return b
}

// Row gives the fields of a row that are there and not null.
func (b *Batch) Row(row int) map[string]any {
	fields := map[string]any{}
	for name, column := range b.columns {
		if column[row] != nil {
			fields[name] = column[row]
		}
	}
	return fields
}

// Configure makes the plugin from its configuration, JSON, and gives its error. It sees no rows and no target.
func Configure(config string) error { return configure(config, New()) }

// Run makes the plugin, and lets it work on the batch. An error fails the test.
func Run(t testing.TB, config string, batch *Batch) {
	t.Helper()
	if err := configure(config, batch); err != nil {
		t.Fatalf("configure: %v", err)
	}
	if err := Process(batch); err != nil {
		t.Fatalf("process: %v", err)
	}
}

// Process lets the plugin that was made last work on another batch, and gives its error.
func Process(batch *Batch) error {
	host.Current = memory{batch}
	return host.Process()
}

// Describe is what the plugin says of itself.
func Describe() (name, version, schema string) { return host.Describe() }

func configure(config string, batch *Batch) error {
	host.Current = memory{batch}
	return host.Configure(config)
}

func (b *Batch) column(name string) []any {
	if _, ok := b.columns[name]; !ok {
		b.columns[name] = make([]any, b.rows)
		b.names = append(b.names, name)
	}
	return b.columns[name]
}

func native(value any) any {
	switch value := value.(type) {
	case json.Number:
		if integer, err := value.Int64(); err == nil {
			return integer
		}
		float, _ := value.Float64()
		return float
	case []any:
		for i := range value {
			value[i] = native(value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = native(value[name])
		}
	}
	return value
}
