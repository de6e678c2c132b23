// {{name}} takes the blanks around a text away, and rejects records where nothing is left.
#include "kiteline/kiteline.h"

static const char *field;

const KlPlugin kl_plugin = {
  .name = "{{name}}",
  .version = "0.1.0",
  .config_schema =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"field\"],\"properties\":{"
    "\"field\":{\"type\":\"string\",\"description\":\"the field that is trimmed\"}}}",
};

const char *kl_configure(KlConfig *config) {
  field = kl_config_text(config, "field", NULL);
  const char *mistake = kl_config_end(config);
  return mistake || field ? mistake : "missing key `field`";
}

static KlText trimmed(KlText text) {
  while (text.len && text.data[0] == ' ') text = (KlText){text.data + 1, text.len - 1};
  while (text.len && text.data[text.len - 1] == ' ') text.len--;
  return text;
}

const char *kl_process(void) {
  KlTexts old = kl_texts(field);
  KlNewTexts texts = kl_new_texts();
  for (size_t row = 0; row < old.rows; row++) {
    KlText text;
    if (!kl_text_at(&old, row, &text)) {
      kl_add_none(&texts);
      continue;
    }
    text = trimmed(text);
    if (!text.len) kl_reject(row, kl_format("%s is blank", field));
    kl_add_text(&texts, text.data, text.len);
  }
  kl_set_texts(field, &texts);
  return NULL;
}
