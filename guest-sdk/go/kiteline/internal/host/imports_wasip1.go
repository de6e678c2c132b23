package host

import "unsafe"

// The functions of the interface as the component model passes them: a text as its address and length, a list as its
// address and number of elements, a list that is returned by way of the address of such a pair.

//go:wasmimport kiteline:plugin/batch@0.1.0 rows
func batchRows() uint32

//go:wasmimport kiteline:plugin/batch@0.1.0 fields
func batchFields(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 packed-payloads
func batchPackedPayloads(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 packed-keys
func batchPackedKeys(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 topics
func batchTopics(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 kafka-partitions
func batchKafkaPartitions(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 offsets
func batchOffsets(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 timestamps
func batchTimestamps(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 operations
func batchOperations(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 collections
func batchCollections(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 partitions
func batchPartitions(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 field-type
func batchFieldType(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 headers
func batchHeaders(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 packed-texts
func batchPackedTexts(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 ints
func batchInts(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 floats
func batchFloats(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 bools
func batchBools(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 packed-bytes
func batchPackedBytes(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 json-texts
func batchJsonTexts(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 lengths
func batchLengths(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 text-elements
func batchTextElements(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 int-elements
func batchIntElements(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 float-elements
func batchFloatElements(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 bool-elements
func batchBoolElements(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 dims
func batchDims(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 vectors
func batchVectors(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 vector-bytes
func batchVectorBytes(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 sparse-indices
func batchSparseIndices(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 sparse-values
func batchSparseValues(name string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-ints
func batchSetInts(field string, values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-floats
func batchSetFloats(field string, values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-bools
func batchSetBools(field string, values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-json-texts
func batchSetJsonTexts(field string, values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-packed-texts
func batchSetPackedTexts(field, data string, lengths unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-packed-bytes
func batchSetPackedBytes(field, data string, lengths unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-text-arrays
func batchSetTextArrays(field string, lengths unsafe.Pointer, count uint32, elements unsafe.Pointer, all uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-int-arrays
func batchSetIntArrays(field string, lengths unsafe.Pointer, count uint32, elements unsafe.Pointer, all uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-float-arrays
func batchSetFloatArrays(field string, lengths unsafe.Pointer, count uint32, elements unsafe.Pointer, all uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-bool-arrays
func batchSetBoolArrays(field string, lengths unsafe.Pointer, count uint32, elements unsafe.Pointer, all uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-vectors
func batchSetVectors(field string, lengths unsafe.Pointer, count uint32, elements unsafe.Pointer, all uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-vector-bytes
func batchSetVectorBytes(field string, of uint32, dims unsafe.Pointer, count uint32, data unsafe.Pointer, all uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-sparse-vectors
func batchSetSparseVectors(field string, dims unsafe.Pointer, count uint32, indices unsafe.Pointer, all uint32, values unsafe.Pointer, allValues uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 rename
func batchRename(old, new string) uint32

//go:wasmimport kiteline:plugin/batch@0.1.0 remove
func batchRemove(field string) uint32

//go:wasmimport kiteline:plugin/batch@0.1.0 keep
func batchKeep(values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-operations
func batchSetOperations(values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-collections
func batchSetCollections(values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 repeat
func batchRepeat(values unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 set-packed-partitions
func batchSetPackedPartitions(data string, lengths unsafe.Pointer, count uint32)

//go:wasmimport kiteline:plugin/batch@0.1.0 reject
func batchReject(row uint32, reason string)

//go:wasmimport kiteline:plugin/batch@0.1.0 discard
func batchDiscard(row uint32)

//go:wasmimport kiteline:plugin/log@0.1.0 log
func logLog(level uint32, message string)

//go:wasmimport kiteline:plugin/target@0.1.0 collections
func targetCollections(ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 fields
func targetFields(collection string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 field-type
func targetFieldType(collection, field string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 element-type
func targetElementType(collection, field string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 dim
func targetDim(collection, field string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 max-length
func targetMaxLength(collection, field string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 max-capacity
func targetMaxCapacity(collection, field string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 primary-key
func targetPrimaryKey(collection string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 partition-key
func targetPartitionKey(collection string, ret unsafe.Pointer)

//go:wasmimport kiteline:plugin/target@0.1.0 nullable
func targetNullable(collection, field string) uint32

//go:wasmimport kiteline:plugin/target@0.1.0 has-default
func targetHasDefault(collection, field string) uint32

//go:wasmimport kiteline:plugin/target@0.1.0 auto-id
func targetAutoId(collection string) uint32

//go:wasmimport kiteline:plugin/target@0.1.0 dynamic
func targetDynamic(collection string) uint32
