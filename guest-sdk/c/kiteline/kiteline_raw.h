// The functions of the interface as the component model passes them. In a component they are imports; natively
// kiteline_memory.c answers them.
#ifndef KITELINE_RAW_H
#define KITELINE_RAW_H

#include "kiteline.h"

#ifdef __wasm__
#define KL_FROM(interface, name) \
  __attribute__((import_module("kiteline:plugin/" interface "@0.1.0"), import_name(name)))
#else
#define KL_FROM(interface, name)
#endif

// A list as the host gives it: its first element, and their number.
typedef struct {
  void *data;
  size_t len;
} RawList;
typedef struct {
  RawList data, lengths;
} RawPacked;
// An optional list or text.
typedef struct {
  uint8_t some;
  RawList value;
} RawOption;
typedef struct {
  uint8_t some;
  uint32_t value;
} RawNumber;

#define KL_BATCH(result, name) KL_FROM("batch", name) result
#define KL_TARGET(result, name) KL_FROM("target", name) result

KL_BATCH(uint32_t, "rows") raw_rows(void);
KL_BATCH(void, "fields") raw_fields(RawList *ret);
KL_BATCH(void, "topics") raw_topics(RawList *ret);
KL_BATCH(void, "kafka-partitions") raw_kafka_partitions(RawList *ret);
KL_BATCH(void, "offsets") raw_offsets(RawList *ret);
KL_BATCH(void, "timestamps") raw_timestamps(RawList *ret);
KL_BATCH(void, "operations") raw_operations(RawList *ret);
KL_BATCH(void, "collections") raw_collections(RawList *ret);
KL_BATCH(void, "partitions") raw_partitions(RawList *ret);
KL_BATCH(void, "packed-payloads") raw_packed_payloads(RawPacked *ret);
KL_BATCH(void, "packed-keys") raw_packed_keys(RawPacked *ret);
KL_BATCH(void, "field-type") raw_field_type(const char *name, size_t len, RawOption *ret);
KL_BATCH(void, "packed-texts") raw_packed_texts(const char *name, size_t len, RawPacked *ret);
KL_BATCH(void, "packed-bytes") raw_packed_bytes(const char *name, size_t len, RawPacked *ret);
KL_BATCH(void, "headers") raw_headers(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "ints") raw_ints(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "floats") raw_floats(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "bools") raw_bools(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "json-texts") raw_json_texts(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "lengths") raw_lengths(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "text-elements") raw_text_elements(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "int-elements") raw_int_elements(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "float-elements") raw_float_elements(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "bool-elements") raw_bool_elements(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "dims") raw_dims(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "vectors") raw_vectors(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "vector-bytes") raw_vector_bytes(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "sparse-indices") raw_sparse_indices(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "sparse-values") raw_sparse_values(const char *name, size_t len, RawList *ret);
KL_BATCH(void, "set-ints") raw_set_ints(const char *name, size_t len, const void *values, size_t rows);
KL_BATCH(void, "set-floats") raw_set_floats(const char *name, size_t len, const void *values, size_t rows);
KL_BATCH(void, "set-bools") raw_set_bools(const char *name, size_t len, const void *values, size_t rows);
KL_BATCH(void, "set-json-texts") raw_set_json_texts(const char *name, size_t len, const void *values, size_t rows);
KL_BATCH(void, "set-packed-texts") raw_set_packed_texts(const char *name, size_t len, const char *data, size_t bytes, const int32_t *lengths,
  size_t rows);
KL_BATCH(void, "set-packed-bytes") raw_set_packed_bytes(const char *name, size_t len, const char *data, size_t bytes, const int32_t *lengths,
  size_t rows);
KL_BATCH(void, "set-text-arrays") raw_set_text_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements,
  size_t count);
KL_BATCH(void, "set-int-arrays") raw_set_int_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements,
  size_t count);
KL_BATCH(void, "set-float-arrays") raw_set_float_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements,
  size_t count);
KL_BATCH(void, "set-bool-arrays") raw_set_bool_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements,
  size_t count);
KL_BATCH(void, "set-vectors") raw_set_vectors(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements,
  size_t count);
KL_BATCH(void, "set-vector-bytes") raw_set_vector_bytes(const char *name, size_t len, uint32_t type, const int32_t *dims, size_t rows,
  const char *data, size_t bytes);
KL_BATCH(void, "set-sparse-vectors") raw_set_sparse_vectors(const char *name, size_t len, const int32_t *dims, size_t rows,
  const uint32_t *indices, size_t count, const float *values, size_t same);
KL_BATCH(uint32_t, "rename") raw_rename(const char *old_name, size_t old_len, const char *new_name, size_t new_len);
KL_BATCH(uint32_t, "remove") raw_remove(const char *name, size_t len);
KL_BATCH(void, "keep") raw_keep(const void *fields, size_t count);
KL_BATCH(void, "set-operations") raw_set_operations(const uint8_t *values, size_t rows);
KL_BATCH(void, "set-collections") raw_set_collections(const void *values, size_t rows);
KL_BATCH(void, "set-packed-partitions") raw_set_packed_partitions(const char *data, size_t bytes, const int32_t *lengths, size_t rows);
KL_BATCH(void, "reject") raw_reject(uint32_t row, const char *reason, size_t len);
KL_BATCH(void, "discard") raw_discard(uint32_t row);
KL_BATCH(void, "repeat") raw_repeat(const uint32_t *counts, size_t rows);
KL_TARGET(void, "collections") target_collections(RawList *ret);
KL_TARGET(void, "fields") target_fields(const char *collection, size_t len, RawList *ret);
KL_TARGET(void, "field-type") target_field_type(const char *collection, size_t len, const char *field, size_t field_len,
  RawOption *ret);
KL_TARGET(void, "element-type") target_element_type(const char *collection, size_t len, const char *field, size_t field_len,
  RawOption *ret);
KL_TARGET(void, "dim") target_dim(const char *collection, size_t len, const char *field, size_t field_len,
  RawNumber *ret);
KL_TARGET(void, "max-length") target_max_length(const char *collection, size_t len, const char *field, size_t field_len,
  RawNumber *ret);
KL_TARGET(void, "max-capacity") target_max_capacity(const char *collection, size_t len, const char *field, size_t field_len,
  RawNumber *ret);
KL_TARGET(uint32_t, "nullable") target_nullable(const char *collection, size_t len, const char *field, size_t field_len);
KL_TARGET(uint32_t, "has-default") target_has_default(const char *collection, size_t len, const char *field, size_t field_len);
KL_TARGET(void, "primary-key") target_primary_key(const char *collection, size_t len, RawOption *ret);
KL_TARGET(void, "partition-key") target_partition_key(const char *collection, size_t len, RawOption *ret);
KL_TARGET(uint32_t, "auto-id") target_auto_id(const char *collection, size_t len);
KL_TARGET(uint32_t, "dynamic") target_dynamic(const char *collection, size_t len);
KL_FROM("log", "log") void raw_log(uint32_t level, const char *message, size_t len);

// What the parts of the SDK share.
KlTexts kl_texts_of(RawPacked packed);
KlTexts kl_texts_of_options(RawList list);
RawOption *kl_options_of(const KlNewTexts *texts);
KlConfig *kl_config_begin(const char *json, size_t len);

// What the component exports.
RawList *kl_export_describe(void);
RawOption *kl_export_configure(char *config, size_t len);
RawOption *kl_export_process(void);
void *kl_realloc(void *old, size_t old_size, size_t align, size_t size);

#endif
