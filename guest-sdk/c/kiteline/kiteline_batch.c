// The functions of kiteline.h that ask the host.
#include "kiteline_raw.h"

#include <string.h>

#define NAME(name) name, strlen(name)

// A function that returns a list, with or without the name of a field.
#define LIST(type, function, raw, element) \
  type function(void) { \
    RawList list; \
    raw(&list); \
    return (type){(element *)list.data, list.len}; \
  }
#define LIST_OF(type, function, raw, element) \
  type function(const char *field) { \
    RawList list; \
    raw(NAME(field), &list); \
    return (type){(element *)list.data, list.len}; \
  }

size_t kl_rows(void) { return raw_rows(); }

LIST(KlTextElements, kl_fields, raw_fields, KlText)
LIST(KlTextElements, kl_topics, raw_topics, KlText)
LIST(KlLengths, kl_kafka_partitions, raw_kafka_partitions, int32_t)
LIST(KlIntElements, kl_offsets, raw_offsets, int64_t)
LIST(KlInts, kl_timestamps, raw_timestamps, KlMaybeInt)
LIST(KlTextElements, kl_collections, raw_collections, KlText)
LIST(KlTextElements, kl_target_collections, target_collections, KlText)
LIST_OF(KlInts, kl_ints, raw_ints, KlMaybeInt)
LIST_OF(KlFloats, kl_floats, raw_floats, KlMaybeFloat)
LIST_OF(KlBools, kl_bools, raw_bools, KlMaybeBool)
LIST_OF(KlLengths, kl_lengths, raw_lengths, int32_t)
LIST_OF(KlTextElements, kl_text_elements, raw_text_elements, KlText)
LIST_OF(KlIntElements, kl_int_elements, raw_int_elements, int64_t)
LIST_OF(KlFloatElements, kl_float_elements, raw_float_elements, double)
LIST_OF(KlBoolElements, kl_bool_elements, raw_bool_elements, bool)
LIST_OF(KlLengths, kl_dims, raw_dims, int32_t)
LIST_OF(KlVectorElements, kl_vectors, raw_vectors, float)
LIST_OF(KlText, kl_vector_bytes, raw_vector_bytes, char)
LIST_OF(KlIndices, kl_sparse_indices, raw_sparse_indices, uint32_t)
LIST_OF(KlVectorElements, kl_sparse_values, raw_sparse_values, float)

static bool taken(RawOption option, KlText *text) {
  if (option.some) *text = (KlText){option.value.data, option.value.len};
  return option.some;
}

bool kl_field_type(const char *field, KlText *type) {
  RawOption option;
  raw_field_type(NAME(field), &option);
  return taken(option, type);
}

KlTexts kl_payloads(void) {
  RawPacked packed;
  raw_packed_payloads(&packed);
  return kl_texts_of(packed);
}

KlTexts kl_keys(void) {
  RawPacked packed;
  raw_packed_keys(&packed);
  return kl_texts_of(packed);
}

KlTexts kl_headers(const char *name) {
  RawList list;
  raw_headers(NAME(name), &list);
  return kl_texts_of_options(list);
}

KlTexts kl_texts(const char *field) {
  RawPacked packed;
  raw_packed_texts(NAME(field), &packed);
  return kl_texts_of(packed);
}

KlTexts kl_bytes(const char *field) {
  RawPacked packed;
  raw_packed_bytes(NAME(field), &packed);
  return kl_texts_of(packed);
}

KlTexts kl_json_texts(const char *field) {
  RawList list;
  raw_json_texts(NAME(field), &list);
  return kl_texts_of_options(list);
}

KlTexts kl_partitions(void) {
  RawList list;
  raw_partitions(&list);
  return kl_texts_of_options(list);
}

void kl_set_texts(const char *field, const KlNewTexts *texts) {
  raw_set_packed_texts(NAME(field), texts->data, texts->len, texts->lengths, texts->rows);
}

void kl_set_ints(const char *field, KlInts values) { raw_set_ints(NAME(field), values.values, values.rows); }
void kl_set_floats(const char *field, KlFloats values) { raw_set_floats(NAME(field), values.values, values.rows); }
void kl_set_bools(const char *field, KlBools values) { raw_set_bools(NAME(field), values.values, values.rows); }

void kl_set_bytes(const char *field, const KlNewTexts *bytes) {
  raw_set_packed_bytes(NAME(field), bytes->data, bytes->len, bytes->lengths, bytes->rows);
}

void kl_set_json_texts(const char *field, const KlNewTexts *texts) {
  raw_set_json_texts(NAME(field), kl_options_of(texts), texts->rows);
}

void kl_set_text_arrays(const char *field, KlLengths lengths, KlTextElements elements) {
  raw_set_text_arrays(NAME(field), lengths.lengths, lengths.rows, elements.values, elements.count);
}

void kl_set_int_arrays(const char *field, KlLengths lengths, KlIntElements elements) {
  raw_set_int_arrays(NAME(field), lengths.lengths, lengths.rows, elements.values, elements.count);
}

void kl_set_float_arrays(const char *field, KlLengths lengths, KlFloatElements elements) {
  raw_set_float_arrays(NAME(field), lengths.lengths, lengths.rows, elements.values, elements.count);
}

void kl_set_bool_arrays(const char *field, KlLengths lengths, KlBoolElements elements) {
  raw_set_bool_arrays(NAME(field), lengths.lengths, lengths.rows, elements.values, elements.count);
}

void kl_set_vectors(const char *field, KlLengths dims, KlVectorElements values) {
  raw_set_vectors(NAME(field), dims.lengths, dims.rows, values.values, values.count);
}

void kl_set_vector_bytes(const char *field, KlVectorType type, KlLengths dims, KlText data) {
  raw_set_vector_bytes(NAME(field), type, dims.lengths, dims.rows, data.data, data.len);
}

void kl_set_sparse_vectors(const char *field, KlLengths dims, KlIndices indices, KlVectorElements values) {
  raw_set_sparse_vectors(
    NAME(field), dims.lengths, dims.rows, indices.values, indices.count, values.values, values.count
  );
}

bool kl_rename(const char *old_name, const char *new_name) { return raw_rename(NAME(old_name), NAME(new_name)) & 1; }
bool kl_remove(const char *field) { return raw_remove(NAME(field)) & 1; }

void kl_keep(const char *const *fields, size_t count) {
  KlText *names = kl_alloc(count * sizeof *names);
  for (size_t i = 0; i < count; i++) names[i] = kl_text(fields[i]);
  raw_keep(names, count);
}

uint8_t *kl_operations(void) {
  RawList list;
  raw_operations(&list);
  return list.data;
}

void kl_set_operations(const uint8_t *operations, size_t rows) { raw_set_operations(operations, rows); }
void kl_set_collections(const KlNewTexts *names) { raw_set_collections(kl_options_of(names), names->rows); }

void kl_set_partitions(const KlNewTexts *names) {
  raw_set_packed_partitions(names->data, names->len, names->lengths, names->rows);
}

void kl_reject(size_t row, const char *reason) { raw_reject((uint32_t)row, NAME(reason)); }
void kl_discard(size_t row) { raw_discard((uint32_t)row); }
void kl_repeat(const uint32_t *counts, size_t rows) { raw_repeat(counts, rows); }

KlTextElements kl_target_fields(KlText collection) {
  RawList list;
  target_fields(collection.data, collection.len, &list);
  return (KlTextElements){list.data, list.len};
}

#define TARGET_TEXT(what) \
  bool kl_target_##what(KlText collection, KlText field, KlText *answer) { \
    RawOption option; \
    target_##what(collection.data, collection.len, field.data, field.len, &option); \
    return taken(option, answer); \
  }
#define TARGET_FIELD(what) \
  bool kl_target_##what(KlText collection, KlText *answer) { \
    RawOption option; \
    target_##what(collection.data, collection.len, &option); \
    return taken(option, answer); \
  }
#define TARGET_NUMBER(what) \
  bool kl_target_##what(KlText collection, KlText field, uint32_t *answer) { \
    RawNumber option; \
    target_##what(collection.data, collection.len, field.data, field.len, &option); \
    if (option.some) *answer = option.value; \
    return option.some; \
  }
#define TARGET_BOOL(what) \
  bool kl_target_##what(KlText collection, KlText field) { \
    return target_##what(collection.data, collection.len, field.data, field.len) & 1; \
  }

TARGET_TEXT(field_type)
TARGET_TEXT(element_type)
TARGET_NUMBER(dim)
TARGET_NUMBER(max_length)
TARGET_NUMBER(max_capacity)
TARGET_BOOL(nullable)
TARGET_BOOL(has_default)
TARGET_FIELD(primary_key)
TARGET_FIELD(partition_key)

bool kl_target_auto_id(KlText collection) { return target_auto_id(collection.data, collection.len) & 1; }
bool kl_target_dynamic(KlText collection) { return target_dynamic(collection.data, collection.len) & 1; }

void kl_debug(const char *message) { raw_log(0, NAME(message)); }
void kl_info(const char *message) { raw_log(1, NAME(message)); }
void kl_warn(const char *message) { raw_log(2, NAME(message)); }
void kl_error(const char *message) { raw_log(3, NAME(message)); }
