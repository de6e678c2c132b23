// What a batch in memory does not know: each says so and ends the program.
#include "kiteline_raw.h"

#include <stdio.h>
#include <stdlib.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

_Noreturn static void unknown(const char *function) {
  fprintf(stderr, "kiteline: a batch in memory does not know %s: try it with `kiteline plugin test`\n", function);
  exit(1);
}

void raw_topics(RawList *ret) { unknown("topics"); }
void raw_kafka_partitions(RawList *ret) { unknown("kafka-partitions"); }
void raw_offsets(RawList *ret) { unknown("offsets"); }
void raw_timestamps(RawList *ret) { unknown("timestamps"); }
void raw_headers(const char *name, size_t len, RawList *ret) { unknown("headers"); }
void raw_json_texts(const char *name, size_t len, RawList *ret) { unknown("json-texts"); }
void raw_lengths(const char *name, size_t len, RawList *ret) { unknown("lengths"); }
void raw_text_elements(const char *name, size_t len, RawList *ret) { unknown("text-elements"); }
void raw_int_elements(const char *name, size_t len, RawList *ret) { unknown("int-elements"); }
void raw_float_elements(const char *name, size_t len, RawList *ret) { unknown("float-elements"); }
void raw_bool_elements(const char *name, size_t len, RawList *ret) { unknown("bool-elements"); }
void raw_sparse_indices(const char *name, size_t len, RawList *ret) { unknown("sparse-indices"); }
void raw_sparse_values(const char *name, size_t len, RawList *ret) { unknown("sparse-values"); }
void raw_set_json_texts(const char *name, size_t len, const void *values, size_t rows) { unknown("set-json-texts"); }
void raw_set_text_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements, size_t count) { unknown("set-text-arrays"); }
void raw_set_int_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements, size_t count) { unknown("set-int-arrays"); }
void raw_set_float_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements, size_t count) { unknown("set-float-arrays"); }
void raw_set_bool_arrays(const char *name, size_t len, const int32_t *lengths, size_t rows, const void *elements, size_t count) { unknown("set-bool-arrays"); }
void raw_set_vector_bytes(const char *name, size_t len, uint32_t type, const int32_t *dims, size_t rows, const char *data, size_t bytes) { unknown("set-vector-bytes"); }
void raw_set_sparse_vectors(const char *name, size_t len, const int32_t *dims, size_t rows, const uint32_t *indices, size_t count, const float *values, size_t same) { unknown("set-sparse-vectors"); }
void raw_repeat(const uint32_t *counts, size_t rows) { unknown("repeat"); }
void target_element_type(const char *collection, size_t len, const char *field, size_t field_len, RawOption *ret) { unknown("element-type"); }
void target_max_capacity(const char *collection, size_t len, const char *field, size_t field_len, RawNumber *ret) { unknown("max-capacity"); }
uint32_t target_nullable(const char *collection, size_t len, const char *field, size_t field_len) { unknown("nullable"); }
uint32_t target_has_default(const char *collection, size_t len, const char *field, size_t field_len) { unknown("has-default"); }
void target_primary_key(const char *collection, size_t len, RawOption *ret) { unknown("primary-key"); }
void target_partition_key(const char *collection, size_t len, RawOption *ret) { unknown("partition-key"); }
uint32_t target_auto_id(const char *collection, size_t len) { unknown("auto-id"); }
uint32_t target_dynamic(const char *collection, size_t len) { unknown("dynamic"); }
