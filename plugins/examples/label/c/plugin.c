// Renames, checks and labels: the same small job in five languages, see `../README.md`.
#include "kiteline/kiteline.h"

#include <string.h>

const KlPlugin kl_plugin = {
  .name = "label",
  .version = "0.1.0",
  .config_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{}}",
};

const char *kl_configure(KlConfig *config) {
  return kl_config_end(config);
}

const char *kl_process(void) {
  kl_rename("emb", "embedding");
  KlInts ids = kl_ints("id");
  for (size_t row = 0; row < ids.rows; row++) {
    if (!ids.values[row].some || ids.values[row].value <= 0) kl_reject(row, "id is not positive");
  }
  KlTexts tenants = kl_texts("tenant"), titles = kl_texts("title");
  KlNewTexts labels = kl_new_texts();
  for (size_t row = 0; row < tenants.rows; row++) {
    KlText tenant, title;
    if (!kl_text_at(&tenants, row, &tenant) || !kl_text_at(&titles, row, &title)) {
      kl_add_none(&labels);
      continue;
    }
    size_t len = tenant.len + 2 + title.len;
    char *label = kl_alloc(len);
    memcpy(label, tenant.data, tenant.len);
    memcpy(label + tenant.len, ": ", 2);
    memcpy(label + tenant.len + 2, title.data, title.len);
    kl_add_text(&labels, label, len);
  }
  kl_set_texts("label", &labels);
  return NULL;
}
