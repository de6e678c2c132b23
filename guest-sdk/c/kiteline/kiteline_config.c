// The configuration: one JSON object, which the host has checked to be JSON. Its values are found each time that they
// are asked for, which is once.
#include "kiteline_raw.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MOST = 64 }; // Keys that one plugin may ask for: more than any configuration that a person writes.

struct KlConfig {
  const char *json, *error;
  const char *asked[KEYS_MOST];
  size_t asked_count;
};

KlConfig *kl_config_begin(const char *json, size_t len) {
  KlConfig *config = kl_alloc(sizeof *config);
  char *text = kl_alloc(len + 1);
  memcpy(text, json, len);
  text[len] = 0;
  *config = (KlConfig){.json = text};
  return config;
}

static const char *blanks(const char *at) { return at + strspn(at, " \t\r\n"); }

static const char *past_text(const char *at) {
  for (at++; *at && *at != '"'; at++) {
    if (*at == '\\' && at[1]) at++;
  }
  return *at ? at + 1 : at;
}

static const char *past_value(const char *at) {
  int depth = 0;
  do {
    if (*at == '"') {
      at = past_text(at);
      continue;
    }
    if (*at == '{' || *at == '[') depth++;
    if (*at == '}' || *at == ']') depth--;
    at++;
  } while (*at && (depth > 0 || !strchr(",]} \t\r\n", *at)));
  return at;
}

static char *put_code_point(char *at, unsigned code) {
  if (code < 0x80) {
    *at++ = (char)code;
  } else if (code < 0x800) {
    *at++ = (char)(0xc0 | code >> 6);
    *at++ = (char)(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *at++ = (char)(0xe0 | code >> 12);
    *at++ = (char)(0x80 | (code >> 6 & 0x3f));
    *at++ = (char)(0x80 | (code & 0x3f));
  } else {
    *at++ = (char)(0xf0 | code >> 18);
    *at++ = (char)(0x80 | (code >> 12 & 0x3f));
    *at++ = (char)(0x80 | (code >> 6 & 0x3f));
    *at++ = (char)(0x80 | (code & 0x3f));
  }
  return at;
}

static unsigned hex4(const char *at) {
  char digits[5] = {0};
  memcpy(digits, at, 4);
  return (unsigned)strtoul(digits, NULL, 16);
}

// The text that begins at a quote, without its escapes.
static const char *unescaped(const char *at) {
  static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
  const char *end = past_text(at) - 1;
  char *text = kl_alloc((size_t)(end - at) + 1), *to = text;
  for (at++; at < end; at++) {
    if (*at != '\\') {
      *to++ = *at;
      continue;
    }
    at++;
    const char *name = strchr(names, *at);
    if (*at == 'u') {
      unsigned code = hex4(at + 1);
      at += 4;
      if (code >= 0xd800 && code < 0xdc00 && at[1] == '\\' && at[2] == 'u') {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(at + 3) - 0xdc00);
        at += 6;
      }
      to = put_code_point(to, code);
    } else {
      *to++ = name ? values[name - names] : *at;
    }
  }
  *to = 0;
  return text;
}

// The next key of the object, and its value; NULL at the end.
static const char *next(const char **at, const char **value) {
  *at = blanks(*at);
  if (**at == '{' || **at == ',') *at = blanks(*at + 1);
  if (**at != '"') return NULL;
  const char *key = unescaped(*at);
  *value = blanks(past_text(*at));
  *value = blanks(*value + (**value == ':'));
  *at = past_value(*value);
  return key;
}

static const char *find(KlConfig *config, const char *key) {
  if (config->asked_count == KEYS_MOST) abort();
  config->asked[config->asked_count++] = key;
  const char *at = config->json, *value;
  for (const char *name; (name = next(&at, &value));) {
    if (strcmp(name, key) == 0) return strncmp(value, "null", 4) == 0 ? NULL : value;
  }
  return NULL;
}

static void expect(KlConfig *config, const char *key, const char *what) {
  if (!config->error) config->error = kl_format("%s: expected %s", key, what);
}

const char *kl_config_text(KlConfig *config, const char *key, const char *otherwise) {
  const char *value = find(config, key);
  if (!value) return otherwise;
  if (*value == '"') return unescaped(value);
  expect(config, key, "a text");
  return otherwise;
}

static bool is_number(const char *value) { return *value && strchr("-0123456789", *value); }

int64_t kl_config_int(KlConfig *config, const char *key, int64_t otherwise) {
  const char *value = find(config, key);
  if (!value) return otherwise;
  char *end = NULL;
  int64_t number = is_number(value) ? strtoll(value, &end, 10) : 0;
  if (end == past_value(value)) return number;
  expect(config, key, "an integer");
  return otherwise;
}

double kl_config_float(KlConfig *config, const char *key, double otherwise) {
  const char *value = find(config, key);
  if (!value) return otherwise;
  if (is_number(value)) return strtod(value, NULL);
  expect(config, key, "a number");
  return otherwise;
}

bool kl_config_bool(KlConfig *config, const char *key, bool otherwise) {
  const char *value = find(config, key);
  if (!value) return otherwise;
  if (*value == 't' || *value == 'f') return *value == 't';
  expect(config, key, "true or false");
  return otherwise;
}

const char **kl_config_texts(KlConfig *config, const char *key) {
  const char *value = find(config, key);
  if (!value) return NULL;
  size_t commas = 0;
  for (const char *at = value, *end = past_value(value); at < end; at++) commas += *at == ',';
  const char **texts = kl_alloc((commas + 2) * sizeof *texts);
  size_t count = 0;
  const char *at = *value == '[' ? blanks(value + 1) : value;
  for (; *at == '"'; at = blanks(at + (*at == ','))) {
    texts[count++] = unescaped(at);
    at = blanks(past_text(at));
  }
  texts[count] = NULL;
  if (*value != '[' || *at != ']') expect(config, key, "a list of texts");
  return texts;
}

const char *kl_config_end(KlConfig *config) {
  const char *at = config->json, *value;
  for (const char *name; !config->error && (name = next(&at, &value));) {
    size_t i = 0;
    while (i < config->asked_count && strcmp(config->asked[i], name) != 0) i++;
    if (i == config->asked_count) config->error = kl_format("unknown key `%s`", name);
  }
  return config->error;
}
