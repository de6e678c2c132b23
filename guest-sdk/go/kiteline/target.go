package kiteline

import "kiteline/internal/host"

// Target is what the rows are written to: the live Milvus schema. It can change between two calls of Process, never
// during one. For a collection or field that does not exist, methods answer false or an empty list; in a check without
// servers there is no collection at all. May be called in configure and Process.
var Target target

type target struct{}

// Collections are those that this pipeline may write to. The first one is the default, where there is one.
func (target) Collections() []string { return host.Current.TargetCollections() }

// Fields are the names of the collection's fields that can be written, in the schema's order.
func (target) Fields(collection string) []string { return host.Current.TargetFields(collection) }

// FieldType is the type of a field by Milvus' name: `Bool`, `Int64`, `VarChar`, `JSON`, `Array`, `FloatVector` …
func (target) FieldType(collection, field string) (string, bool) {
	return host.Current.TargetText("field-type", collection, field)
}

// ElementType is the type of an Array's elements.
func (target) ElementType(collection, field string) (string, bool) {
	return host.Current.TargetText("element-type", collection, field)
}

// Dim is the dimension of a vector field; none for sparse vectors and fields that are no vectors.
func (target) Dim(collection, field string) (uint32, bool) {
	return host.Current.TargetNumber("dim", collection, field)
}

// MaxLength is the greatest length in bytes of a VarChar, or of the elements of an Array of VarChar.
func (target) MaxLength(collection, field string) (uint32, bool) {
	return host.Current.TargetNumber("max-length", collection, field)
}

// MaxCapacity is the greatest number of elements of an Array.
func (target) MaxCapacity(collection, field string) (uint32, bool) {
	return host.Current.TargetNumber("max-capacity", collection, field)
}

// Nullable is true where a field may be null.
func (target) Nullable(collection, field string) bool {
	return host.Current.TargetBool("nullable", collection, field)
}

// HasDefault is true where a field has a default value, so that a row may go without.
func (target) HasDefault(collection, field string) bool {
	return host.Current.TargetBool("has-default", collection, field)
}

// PrimaryKey is the primary key's field.
func (target) PrimaryKey(collection string) (string, bool) {
	return host.Current.TargetText("primary-key", collection, "")
}

// AutoID is true where Milvus makes the primary keys.
func (target) AutoID(collection string) bool {
	return host.Current.TargetBool("auto-id", collection, "")
}

// PartitionKey is the partition key's field. Where there is one, rows never name a partition.
func (target) PartitionKey(collection string) (string, bool) {
	return host.Current.TargetText("partition-key", collection, "")
}

// Dynamic is true where fields that the schema does not have are kept in the dynamic field.
func (target) Dynamic(collection string) bool {
	return host.Current.TargetBool("dynamic", collection, "")
}
