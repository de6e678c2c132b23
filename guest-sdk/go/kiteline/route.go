package kiteline

import "kiteline/internal/host"

// Operation is what Milvus is asked to do with a row.
type Operation uint8

// The operations.
const (
	// Upsert writes the row, replacing the one with its primary key.
	Upsert Operation = iota
	// Insert writes the row; Milvus does not look for one with its primary key.
	Insert
	// Delete removes the row with this primary key; no other field is looked at.
	Delete
)

// Operations are the operations of the rows.
func (*Batch) Operations() []Operation { return converted[Operation](host.Current.Operations()) }

// SetOperations sets the operation of each row.
func (*Batch) SetOperations(values []Operation) { host.Current.SetOperations(converted[uint8](values)) }

func converted[To, From ~uint8](values []From) []To {
	to := make([]To, len(values))
	for i, value := range values {
		to[i] = To(value)
	}
	return to
}

// Collections are the Milvus collections of the rows.
func (*Batch) Collections() []string { return stringsOf(packed(host.Collections, "")) }

// SetCollections sets the Milvus collection of each row; none leaves a row where it is.
func (*Batch) SetCollections(values *Texts) {
	host.Current.SetPacked(host.Collections, "", values.all(), values.lengths)
}

// Partitions are the Milvus partitions of the rows; none is the collection's default.
func (*Batch) Partitions() *Texts { return packed(host.Partitions, "") }

// SetPartitions sets the Milvus partition of each row; none is the collection's default.
func (*Batch) SetPartitions(values *Texts) {
	host.Current.SetPacked(host.Partitions, "", values.all(), values.lengths)
}

// Reject sends the record of a row to the dead letter, with the reason (cut at 1,024 bytes). Later plugins don't see the
// row. The reason should name the field and the rule, never the value. The first reason of a row stays.
func (*Batch) Reject(row int, reason string) { host.Current.Reject(uint32(row), reason) }

// Discard drops a row on purpose: its record counts as done. Later plugins don't see it.
func (*Batch) Discard(row int) { host.Current.Discard(uint32(row)) }

// Repeat makes each row into as many copies as its count says; 0 discards it. The rows are numbered anew from then on.
// Call it before you write wide columns.
func (*Batch) Repeat(counts []uint32) { host.Current.Repeat(counts) }
