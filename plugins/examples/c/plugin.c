// Rejects rows whose vector has another dimension than it should: the given one, or that of the live schema.
#include "kiteline/kiteline.h"

#include <string.h>

static const char *field;
static int64_t given;

const KlPlugin kl_plugin = {
  .name = "check-dimension",
  .version = "0.1.0",
  .config_schema =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"field\"],\"properties\":{"
    "\"field\":{\"type\":\"string\",\"description\":\"the vector field\"},"
    "\"dimension\":{\"type\":\"integer\",\"minimum\":1,\"description\":\"that of the live schema where it is left out\"}}}",
};

const char *kl_configure(KlConfig *config) {
  field = kl_config_text(config, "field", NULL);
  given = kl_config_int(config, "dimension", 0);
  const char *mistake = kl_config_end(config);
  if (mistake) return mistake;
  if (!field) return "missing key `field`";
  return given < 0 ? "dimension: expected a positive integer" : NULL;
}

// The dimension that a row of the collection should have; 0 where nothing is known of it.
static int32_t expected(KlText collection) {
  uint32_t dim = 0;
  if (given) return (int32_t)given;
  return kl_target_dim(collection, kl_text(field), &dim) ? (int32_t)dim : 0;
}

const char *kl_process(void) {
  KlLengths dims = kl_dims(field);
  KlTextElements collections = kl_collections();
  KlText last = {NULL, 0};
  int32_t want = 0;
  for (size_t row = 0; row < dims.rows; row++) {
    KlText collection = collections.values[row];
    // Rows that follow each other mostly go to the same collection.
    if (!last.data || last.len != collection.len || memcmp(last.data, collection.data, last.len) != 0) {
      last = collection;
      want = expected(collection);
    }
    int32_t dim = dims.lengths[row];
    if (dim >= 0 && want && dim != want) {
      kl_reject(row, kl_format("%s has %d dimensions, expected %d", field, (int)dim, (int)want));
    }
  }
  return NULL;
}
