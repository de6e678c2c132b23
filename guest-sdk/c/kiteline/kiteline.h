// What a Kiteline plugin in C is written with. Define `kl_plugin`, `kl_configure` and `kl_process`:
//
//     static const char *field;
//
//     const KlPlugin kl_plugin = {"length", "0.1.0", ""};
//
//     const char *kl_configure(KlConfig *config) {
//       field = kl_config_text(config, "field", NULL);
//       return kl_config_end(config);
//     }
//
//     const char *kl_process(void) {
//       KlTexts texts = kl_texts(field);
//       for (size_t row = 0; row < texts.rows; row++) {
//         KlText text;
//         if (kl_text_at(&texts, row, &text) && text.len > 80) kl_reject(row, "the title is too long");
//       }
//       return NULL;
//     }
//
// **Memory.** What a function here returns lies in an arena and is valid until kl_process returns; then the arena starts
// over. What kl_configure gets stays for ever. Nothing is freed by hand, and no row costs a malloc.
//
// **Errors** are texts, NULL for none. An error of kl_process undoes all that the call wrote; the record that causes it
// is found by halving the batch, and rejected with the error. Where you know the row, kl_reject it, which costs the others
// nothing. Errors and reasons are shown as they are: name the field and the rule, never the value.
//
// **Fields** are named by their whole names. A name that no field has and that starts with `/` is a JSON Pointer into a
// field with nested JSON: "/meta/arch" reads `arch` of the field `meta`. Each reading function gives the values of its
// own type, and none for every other row. Writing replaces the whole column; a column of the wrong length traps.
#ifndef KITELINE_H
#define KITELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- the plugin ----

// What the plugin says of itself: name and version have at most 64 bytes; a JSON Schema of the configuration, or "".
typedef struct {
  const char *name, *version, *config_schema;
} KlPlugin;

typedef struct KlConfig KlConfig;

extern const KlPlugin kl_plugin;
const char *kl_configure(KlConfig *config);
// Called with some rows, also with none: every chain runs once on an empty batch.
const char *kl_process(void);

// ---- the configuration ----

// The value of a key, or `otherwise` where it is not there. Where it is of another type, kl_config_end says so.
const char *kl_config_text(KlConfig *config, const char *key, const char *otherwise);
int64_t kl_config_int(KlConfig *config, const char *key, int64_t otherwise);
double kl_config_float(KlConfig *config, const char *key, double otherwise);
bool kl_config_bool(KlConfig *config, const char *key, bool otherwise);
// A list of texts that ends with NULL; NULL where the key is not there.
const char **kl_config_texts(KlConfig *config, const char *key);
// The first mistake: a value of the wrong type, or a key that was never asked for. NULL where there is none.
const char *kl_config_end(KlConfig *config);

// ---- values ----

// A text or bytes. No NUL ends it.
typedef struct {
  const char *data;
  size_t len;
} KlText;

// Texts or bytes of all rows, one after the other. `lengths` is -1 for none.
typedef struct {
  const char *data;
  const int32_t *lengths;
  size_t rows;
  const uint32_t *starts;
} KlTexts;

typedef struct {
  bool some;
  int64_t value;
} KlMaybeInt;
typedef struct {
  bool some;
  double value;
} KlMaybeFloat;
typedef struct {
  bool some, value;
} KlMaybeBool;

typedef struct {
  KlMaybeInt *values;
  size_t rows;
} KlInts;
typedef struct {
  KlMaybeFloat *values;
  size_t rows;
} KlFloats;
typedef struct {
  KlMaybeBool *values;
  size_t rows;
} KlBools;

// Arrays or vectors of all rows: the number of elements of each, -1 for none, and the elements one after the other.
typedef struct {
  int32_t *lengths;
  size_t rows;
} KlLengths;
typedef struct {
  KlText *values;
  size_t count;
} KlTextElements;
typedef struct {
  int64_t *values;
  size_t count;
} KlIntElements;
typedef struct {
  double *values;
  size_t count;
} KlFloatElements;
typedef struct {
  bool *values;
  size_t count;
} KlBoolElements;
typedef struct {
  float *values;
  size_t count;
} KlVectorElements;
typedef struct {
  uint32_t *values;
  size_t count;
} KlIndices;

// The text of a row; false where it has none.
static inline bool kl_text_at(const KlTexts *texts, size_t row, KlText *text) {
  if (texts->lengths[row] < 0) return false;
  *text = (KlText){texts->data + texts->starts[row], (size_t)texts->lengths[row]};
  return true;
}

// Texts that are being made, row after row.
typedef struct {
  char *data;
  int32_t *lengths;
  size_t len, capacity, rows, row_capacity;
} KlNewTexts;

KlNewTexts kl_new_texts(void);
void kl_add_text(KlNewTexts *texts, const char *data, size_t len);
void kl_add_none(KlNewTexts *texts);

// ---- the rows ----

size_t kl_rows(void);
// Names of all fields, in the order in which they came.
KlTextElements kl_fields(void);
// `bool`, `int`, `float32`, `float64`, `text`, `bytes`, `json`, these with `[]` behind, or `float-vector` and the like.
bool kl_field_type(const char *field, KlText *type);

// What the records came with: Kafka's value (none for a tombstone), key, header (the last of that name), and origin.
KlTexts kl_payloads(void);
KlTexts kl_keys(void);
KlTexts kl_headers(const char *name);
KlTextElements kl_topics(void);
KlLengths kl_kafka_partitions(void);
KlIntElements kl_offsets(void);
// In milliseconds since 1970.
KlInts kl_timestamps(void);

// ---- reading fields ----

KlTexts kl_texts(const char *field);
// A float is none, even where it has no fraction.
KlInts kl_ints(const char *field);
// An integer reads as a float where that is exact.
KlFloats kl_floats(const char *field);
KlBools kl_bools(const char *field);
KlTexts kl_bytes(const char *field);
// Any value as JSON text, numbers without loss.
KlTexts kl_json_texts(const char *field);

// Elements of each array; moves none of them.
KlLengths kl_lengths(const char *field);
KlTextElements kl_text_elements(const char *field);
KlIntElements kl_int_elements(const char *field);
KlFloatElements kl_float_elements(const char *field);
KlBoolElements kl_bool_elements(const char *field);
// Dimension of each vector; moves none of them.
KlLengths kl_dims(const char *field);
// All vectors as 32-bit floats; kl_dims says where each row's end.
KlVectorElements kl_vectors(const char *field);
// All dense vectors as Milvus takes them, little-endian.
KlText kl_vector_bytes(const char *field);
KlIndices kl_sparse_indices(const char *field);
KlVectorElements kl_sparse_values(const char *field);

// ---- writing fields ----

typedef enum {
  KL_FLOAT_VECTOR,
  KL_FLOAT16_VECTOR,
  KL_BFLOAT16_VECTOR,
  KL_INT8_VECTOR,
  KL_BINARY_VECTOR,
} KlVectorType;

void kl_set_texts(const char *field, const KlNewTexts *texts);
void kl_set_ints(const char *field, KlInts values);
void kl_set_floats(const char *field, KlFloats values);
void kl_set_bools(const char *field, KlBools values);
void kl_set_bytes(const char *field, const KlNewTexts *bytes);
// Each text must be one JSON value.
void kl_set_json_texts(const char *field, const KlNewTexts *texts);
void kl_set_text_arrays(const char *field, KlLengths lengths, KlTextElements elements);
void kl_set_int_arrays(const char *field, KlLengths lengths, KlIntElements elements);
void kl_set_float_arrays(const char *field, KlLengths lengths, KlFloatElements elements);
void kl_set_bool_arrays(const char *field, KlLengths lengths, KlBoolElements elements);
void kl_set_vectors(const char *field, KlLengths dims, KlVectorElements values);
void kl_set_vector_bytes(const char *field, KlVectorType type, KlLengths dims, KlText data);
// The indexes of a row ascend, none twice.
void kl_set_sparse_vectors(const char *field, KlLengths dims, KlIndices indices, KlVectorElements values);
// False, and nothing done, where there is no field `old_name`. Replaces a field that has the new name. Costs no copy.
bool kl_rename(const char *old_name, const char *new_name);
bool kl_remove(const char *field);
// Drops all fields but these.
void kl_keep(const char *const *fields, size_t count);

// ---- where the rows go ----

typedef enum { KL_UPSERT, KL_INSERT, KL_DELETE } KlOperation;

// One byte a row: a KlOperation.
uint8_t *kl_operations(void);
void kl_set_operations(const uint8_t *operations, size_t rows);
KlTextElements kl_collections(void);
// None leaves a row where it is.
void kl_set_collections(const KlNewTexts *names);
KlTexts kl_partitions(void);
// None is the collection's default.
void kl_set_partitions(const KlNewTexts *names);
// Sends the record to the dead letter. The first reason of a row stays.
void kl_reject(size_t row, const char *reason);
// Drops a row on purpose.
void kl_discard(size_t row);
// Makes each row into as many copies as its count says; 0 discards it. Rows are numbered anew from then on.
void kl_repeat(const uint32_t *counts, size_t rows);

// ---- the target: the live Milvus schema; none, false or empty where there is no such collection or field ----

// The collections that this pipeline may write to, the default first; empty in a check without servers.
KlTextElements kl_target_collections(void);
KlTextElements kl_target_fields(KlText collection);
bool kl_target_field_type(KlText collection, KlText field, KlText *type);
bool kl_target_element_type(KlText collection, KlText field, KlText *type);
bool kl_target_dim(KlText collection, KlText field, uint32_t *dim);
bool kl_target_max_length(KlText collection, KlText field, uint32_t *bytes);
bool kl_target_max_capacity(KlText collection, KlText field, uint32_t *elements);
bool kl_target_nullable(KlText collection, KlText field);
bool kl_target_has_default(KlText collection, KlText field);
bool kl_target_primary_key(KlText collection, KlText *field);
bool kl_target_auto_id(KlText collection);
bool kl_target_partition_key(KlText collection, KlText *field);
bool kl_target_dynamic(KlText collection);

// ---- besides ----

// Messages for whoever runs the plugin; they may hold payload, and go to the dead letters of the records in question.
void kl_debug(const char *message);
void kl_info(const char *message);
void kl_warn(const char *message);
void kl_error(const char *message);

// Memory of the arena, as all else here: it is not freed.
void *kl_alloc(size_t size);
// A text that a NUL ends. Knows %s, %.*s, %d, %u, %lld, %zu and %%: printf itself would bring all of stdio.
const char *kl_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A text that has no NUL at its end, from one that has.
KlText kl_text(const char *text);
bool kl_equal(KlText text, const char *other);

#endif
