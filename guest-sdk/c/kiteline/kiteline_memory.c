// The functions of kiteline_raw.h on a batch in memory, for tests. What it allocates is not freed: a test ends soon.
#include "kiteline_raw.h"
#include "kiteline_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MOST = 64 }; // Fields of a test's batch, and of its target.

typedef enum { TEXTS, BYTES, JSON, INTS, FLOATS, BOOLS, VECTORS } Kind;

// Values one after the other as the host gives them; texts, bytes and vectors with the length of each.
typedef struct {
  char *name;
  Kind kind;
  char *data;
  size_t size;
  int32_t *lengths;
} Field;

static struct {
  size_t rows, field_count, target_count;
  Field fields[FIELDS_MOST];
  const char *collection;
  struct {
    const char *name, *type;
    uint32_t dim, max_length;
  } target[FIELDS_MOST];
  uint8_t *operations;
  char **reasons, **partitions, **collections;
  bool *discarded;
  char *logged;
} batch;

static void fail(const char *what, const char *name) {
  fprintf(stderr, "kiteline: %s %s\n", what, name);
  exit(1);
}

static void *zeros(size_t size) {
  void *memory = calloc(1, size + 1);
  if (!memory) fail("no memory", "");
  return memory;
}

static void *copied(const void *data, size_t size) {
  char *copy = zeros(size);
  if (size) memcpy(copy, data, size);
  return copy;
}

static Field *find(const char *name, size_t len) {
  for (size_t i = 0; i < batch.field_count; i++) {
    Field *field = &batch.fields[i];
    if (strlen(field->name) == len && memcmp(field->name, name, len) == 0) return field;
  }
  return NULL;
}

static void write_field(const char *name, size_t len, Field value, size_t rows) {
  if (rows != batch.rows) fail("a list of the wrong length is written to", copied(name, len));
  Field *field = find(name, len);
  if (!field && batch.field_count == FIELDS_MOST) fail("too many fields:", copied(name, len));
  if (!field) field = &batch.fields[batch.field_count++];
  value.name = copied(name, len);
  *field = value;
}

static size_t total(const int32_t *lengths, size_t rows) {
  size_t sum = 0;
  for (size_t row = 0; row < rows; row++) sum += lengths[row] > 0 ? (size_t)lengths[row] : 0;
  return sum;
}

static void write_packed(const char *name, size_t len, Kind kind, const void *data, size_t size, const int32_t *lengths, size_t rows) {
  size_t width = kind == VECTORS ? sizeof(float) : 1;
  if (total(lengths, rows) * width != size) fail("lengths and data do not fit in", copied(name, len));
  write_field(name, len, (Field){NULL, kind, copied(data, size), size, copied(lengths, rows * 4)}, rows);
}

static void write_values(const char *name, size_t len, Kind kind, const void *values, size_t width, size_t rows) {
  write_field(name, len, (Field){NULL, kind, copied(values, width * rows), width * rows, NULL}, rows);
}

// ---- for tests ----

void klt_begin(size_t rows) {
  memset(&batch, 0, sizeof batch);
  batch.rows = rows;
  batch.operations = zeros(rows);
  batch.reasons = zeros(rows * sizeof(char *));
  batch.partitions = zeros(rows * sizeof(char *));
  batch.collections = zeros(rows * sizeof(char *));
  batch.discarded = zeros(rows);
  batch.logged = "";
}

void klt_texts(const char *field, const char *const *values) {
  KlNewTexts texts = kl_new_texts();
  for (size_t row = 0; row < batch.rows; row++) {
    if (values[row]) kl_add_text(&texts, values[row], strlen(values[row]));
    else kl_add_none(&texts);
  }
  kl_set_texts(field, &texts);
}

void klt_ints(const char *field, const KlMaybeInt *values) { raw_set_ints(field, strlen(field), values, batch.rows); }
void klt_floats(const char *field, const KlMaybeFloat *values) { raw_set_floats(field, strlen(field), values, batch.rows); }
void klt_bools(const char *field, const KlMaybeBool *values) { raw_set_bools(field, strlen(field), values, batch.rows); }

void klt_vectors(const char *field, const int32_t *dims, const float *values) {
  raw_set_vectors(field, strlen(field), dims, batch.rows, values, total(dims, batch.rows));
}

void klt_target(const char *collection) { batch.collection = collection; }

void klt_target_field(const char *name, const char *type, uint32_t dim, uint32_t max_length) {
  if (batch.target_count == FIELDS_MOST) fail("too many fields of the target:", name);
  size_t at = batch.target_count++;
  batch.target[at].name = name;
  batch.target[at].type = type;
  batch.target[at].dim = dim;
  batch.target[at].max_length = max_length;
}

static const char *error_of(const RawOption *result) {
  return result->some ? copied(result->value.data, result->value.len) : NULL;
}

const char *klt_configure(const char *json) { return error_of(kl_export_configure(copied(json, strlen(json)), strlen(json))); }
const char *klt_process(void) { return error_of(kl_export_process()); }

void klt_run(const char *json) {
  const char *error = klt_configure(json);
  if (!error) error = klt_process();
  if (error) fail("the plugin failed:", error);
}

bool klt_has_field(const char *field) { return find(field, strlen(field)) != NULL; }

bool klt_text_is(const char *field, size_t row, const char *text) {
  KlTexts texts = kl_texts(field);
  KlText found;
  return kl_text_at(&texts, row, &found) ? text && kl_equal(found, text) : !text;
}

bool klt_int_is(const char *field, size_t row, int64_t value) {
  KlMaybeInt found = kl_ints(field).values[row];
  return found.some && found.value == value;
}

bool klt_partition_is(size_t row, const char *name) {
  const char *found = batch.partitions[row];
  return found && name ? strcmp(found, name) == 0 : !found && !name;
}

bool klt_discarded(size_t row) { return batch.discarded[row]; }
const char *klt_rejected(size_t row) { return batch.reasons[row]; }
const char *klt_logged(void) { return batch.logged; }

void klt_check_at(bool condition, const char *text, const char *file, int line) {
  if (condition) return;
  fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
  exit(1);
}

// ---- the interface ----

static RawList list(void *data, size_t len) { return (RawList){data, len}; }

static RawList names(const char *const *values, size_t count) {
  RawList *lists = zeros(count * sizeof *lists);
  for (size_t i = 0; i < count; i++) lists[i] = list((void *)values[i], strlen(values[i]));
  return list(lists, count);
}

uint32_t raw_rows(void) { return (uint32_t)batch.rows; }

void raw_fields(RawList *ret) {
  const char *all[FIELDS_MOST];
  for (size_t i = 0; i < batch.field_count; i++) all[i] = batch.fields[i].name;
  *ret = names(all, batch.field_count);
}

void raw_field_type(const char *name, size_t len, RawOption *ret) {
  static const char *const types[] = {"text", "bytes", "json", "int", "float64", "bool", "float-vector"};
  Field *field = find(name, len);
  const char *type = field ? types[field->kind] : "";
  *ret = (RawOption){field != NULL, list((void *)type, strlen(type))};
}

static void packed(const char *name, size_t len, Kind kind, RawPacked *ret) {
  Field *field = find(name, len);
  if (field && field->kind == kind) {
    *ret = (RawPacked){list(field->data, field->size), list(field->lengths, batch.rows)};
    return;
  }
  int32_t *none = zeros(batch.rows * sizeof *none);
  for (size_t row = 0; row < batch.rows; row++) none[row] = -1;
  *ret = (RawPacked){list("", 0), list(none, batch.rows)};
}

static void values(const char *name, size_t len, Kind kind, size_t width, RawList *ret) {
  Field *field = find(name, len);
  *ret = list(field && field->kind == kind ? field->data : zeros(width * batch.rows), batch.rows);
}

void raw_packed_texts(const char *name, size_t len, RawPacked *ret) { packed(name, len, TEXTS, ret); }
void raw_packed_bytes(const char *name, size_t len, RawPacked *ret) { packed(name, len, BYTES, ret); }
void raw_packed_payloads(RawPacked *ret) { packed("", 0, BYTES, ret); }
void raw_packed_keys(RawPacked *ret) { packed("", 0, BYTES, ret); }
void raw_ints(const char *name, size_t len, RawList *ret) { values(name, len, INTS, sizeof(KlMaybeInt), ret); }
void raw_floats(const char *name, size_t len, RawList *ret) { values(name, len, FLOATS, sizeof(KlMaybeFloat), ret); }
void raw_bools(const char *name, size_t len, RawList *ret) { values(name, len, BOOLS, sizeof(KlMaybeBool), ret); }

void raw_dims(const char *name, size_t len, RawList *ret) {
  RawPacked found;
  packed(name, len, VECTORS, &found);
  *ret = found.lengths;
}

void raw_vectors(const char *name, size_t len, RawList *ret) {
  RawPacked found;
  packed(name, len, VECTORS, &found);
  *ret = list(found.data.data, found.data.len / sizeof(float));
}

void raw_vector_bytes(const char *name, size_t len, RawList *ret) {
  RawPacked found;
  packed(name, len, VECTORS, &found);
  *ret = found.data;
}

void raw_set_packed_texts(const char *name, size_t len, const char *data, size_t bytes, const int32_t *lengths, size_t rows) {
  write_packed(name, len, TEXTS, data, bytes, lengths, rows);
}

void raw_set_packed_bytes(const char *name, size_t len, const char *data, size_t bytes, const int32_t *lengths, size_t rows) {
  write_packed(name, len, BYTES, data, bytes, lengths, rows);
}

void raw_set_ints(const char *name, size_t len, const void *given, size_t rows) {
  write_values(name, len, INTS, given, sizeof(KlMaybeInt), rows);
}

void raw_set_floats(const char *name, size_t len, const void *given, size_t rows) {
  write_values(name, len, FLOATS, given, sizeof(KlMaybeFloat), rows);
}

void raw_set_bools(const char *name, size_t len, const void *given, size_t rows) {
  write_values(name, len, BOOLS, given, sizeof(KlMaybeBool), rows);
}

void raw_set_vectors(const char *name, size_t len, const int32_t *dims, size_t rows, const void *elements, size_t count) {
  write_packed(name, len, VECTORS, elements, count * sizeof(float), dims, rows);
}

uint32_t raw_rename(const char *old_name, size_t old_len, const char *new_name, size_t new_len) {
  Field *field = find(old_name, old_len);
  if (!field) return 0;
  if (old_len == new_len && memcmp(old_name, new_name, new_len) == 0) return 1;
  raw_remove(new_name, new_len);
  find(old_name, old_len)->name = copied(new_name, new_len);
  return 1;
}

uint32_t raw_remove(const char *name, size_t len) {
  Field *field = find(name, len);
  if (!field) return 0;
  batch.field_count--;
  memmove(field, field + 1, (size_t)(&batch.fields[batch.field_count] - field) * sizeof *field);
  return 1;
}

void raw_keep(const void *fields, size_t count) {
  const KlText *kept = fields;
  for (size_t i = batch.field_count; i-- > 0;) {
    bool stays = false;
    for (size_t k = 0; k < count; k++) stays |= kl_equal(kept[k], batch.fields[i].name);
    if (!stays) raw_remove(batch.fields[i].name, strlen(batch.fields[i].name));
  }
}

void raw_operations(RawList *ret) { *ret = list(batch.operations, batch.rows); }

void raw_set_operations(const uint8_t *given, size_t rows) {
  if (rows != batch.rows) fail("a list of the wrong length is set:", "operations");
  batch.operations = copied(given, rows);
}

void raw_collections(RawList *ret) {
  const char **all = zeros(batch.rows * sizeof *all);
  const char *otherwise = batch.collection ? batch.collection : "";
  for (size_t row = 0; row < batch.rows; row++) all[row] = batch.collections[row] ? batch.collections[row] : otherwise;
  *ret = names(all, batch.rows);
}

void raw_set_collections(const void *given, size_t rows) {
  const RawOption *options = given;
  if (rows != batch.rows) fail("a list of the wrong length is set:", "collections");
  for (size_t row = 0; row < rows; row++) {
    if (options[row].some) batch.collections[row] = copied(options[row].value.data, options[row].value.len);
  }
}

void raw_partitions(RawList *ret) {
  RawOption *options = zeros(batch.rows * sizeof *options);
  for (size_t row = 0; row < batch.rows; row++) {
    char *name = batch.partitions[row];
    options[row] = (RawOption){name != NULL, list(name, name ? strlen(name) : 0)};
  }
  *ret = list(options, batch.rows);
}

void raw_set_packed_partitions(const char *data, size_t bytes, const int32_t *lengths, size_t rows) {
  if (rows != batch.rows || total(lengths, rows) != bytes) fail("a list of the wrong length is set:", "partitions");
  for (size_t row = 0; row < rows; row++) {
    batch.partitions[row] = lengths[row] < 0 ? NULL : copied(data, (size_t)lengths[row]);
    data += lengths[row] < 0 ? 0 : lengths[row];
  }
}

void raw_reject(uint32_t row, const char *reason, size_t len) {
  if (row >= batch.rows) fail("no such row:", "reject");
  if (!batch.reasons[row]) batch.reasons[row] = copied(reason, len);
}

void raw_discard(uint32_t row) {
  if (row >= batch.rows) fail("no such row:", "discard");
  batch.discarded[row] = true;
}

void raw_log(uint32_t level, const char *message, size_t len) {
  static const char *const levels[] = {"debug", "info", "warn", "error"};
  char *text = zeros(len + 8);
  sprintf(text, "%s: ", levels[level]);
  memcpy(text + strlen(text), message, len);
  batch.logged = text;
}

// ---- the target ----

static bool is_target(const char *name, size_t len) { return batch.collection && kl_equal((KlText){name, len}, batch.collection); }

void target_collections(RawList *ret) { *ret = names(&batch.collection, batch.collection != NULL); }

void target_fields(const char *collection, size_t len, RawList *ret) {
  const char *all[FIELDS_MOST];
  for (size_t i = 0; i < batch.target_count; i++) all[i] = batch.target[i].name;
  *ret = names(all, is_target(collection, len) ? batch.target_count : 0);
}

// The place of a field in the target, or past its end.
static size_t target_at(const char *collection, size_t len, const char *field, size_t field_len) {
  size_t at = is_target(collection, len) ? 0 : batch.target_count;
  while (at < batch.target_count && !kl_equal((KlText){field, field_len}, batch.target[at].name)) at++;
  return at;
}

void target_field_type(const char *collection, size_t len, const char *field, size_t field_len, RawOption *ret) {
  size_t at = target_at(collection, len, field, field_len);
  const char *type = at < batch.target_count ? batch.target[at].type : NULL;
  *ret = (RawOption){type != NULL, list((void *)type, type ? strlen(type) : 0)};
}

void target_dim(const char *collection, size_t len, const char *field, size_t field_len, RawNumber *ret) {
  size_t at = target_at(collection, len, field, field_len);
  uint32_t dim = at < batch.target_count ? batch.target[at].dim : 0;
  *ret = (RawNumber){dim != 0, dim};
}

void target_max_length(const char *collection, size_t len, const char *field, size_t field_len, RawNumber *ret) {
  size_t at = target_at(collection, len, field, field_len);
  uint32_t bytes = at < batch.target_count ? batch.target[at].max_length : 0;
  *ret = (RawNumber){bytes != 0, bytes};
}
