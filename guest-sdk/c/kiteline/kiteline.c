// The arena, what the component exports, and the functions of kiteline.h over those of kiteline_raw.h.
#include "kiteline_raw.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// ---- memory ----

typedef struct Chunk {
  struct Chunk *before;
  size_t used, size;
  _Alignas(16) char bytes[];
} Chunk;

// What kl_configure gets is never freed; what kl_process gets goes at its end, all but the largest chunk.
static Chunk *call_chunks, *lasting_chunks;
static bool lasting;

static void *take(size_t align, size_t size) {
  Chunk **chunks = lasting ? &lasting_chunks : &call_chunks;
  Chunk *chunk = *chunks;
  size_t start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;
  if (!chunk || start + size > chunk->size) {
    size_t room = chunk ? 2 * chunk->size : 16384;
    if (room < size) room = size;
    chunk = malloc(sizeof(Chunk) + room);
    if (!chunk) abort();
    *chunk = (Chunk){*chunks, 0, room};
    *chunks = chunk;
    start = 0;
  }
  chunk->used = start + size;
  return chunk->bytes + start;
}

static void start_over(void) {
  if (!call_chunks) return;
  for (Chunk *chunk = call_chunks->before, *before; chunk; chunk = before) {
    before = chunk->before;
    free(chunk);
  }
  call_chunks->before = NULL;
  call_chunks->used = 0;
}

void *kl_alloc(size_t size) { return take(16, size); }

#ifdef __wasm__
__attribute__((export_name("cabi_realloc")))
#endif
void *kl_realloc(void *old, size_t old_size, size_t align, size_t size) {
  void *new = take(align, size);
  if (old_size) memcpy(new, old, old_size < size ? old_size : size);
  return new;
}

// ---- exports ----

#ifdef __wasm__
__attribute__((export_name("describe")))
#endif
RawList *kl_export_describe(void) {
  static RawList info[3];
  const char *texts[] = {kl_plugin.name, kl_plugin.version, kl_plugin.config_schema};
  for (int i = 0; i < 3; i++) info[i] = (RawList){(void *)texts[i], strlen(texts[i])};
  return info;
}

static RawOption *answer(const char *error) {
  static RawOption result;
  result = (RawOption){error != NULL, {(void *)error, error ? strlen(error) : 0}};
  return &result;
}

// The configuration itself came while memory was that of a call.
#ifdef __wasm__
__attribute__((export_name("configure")))
#endif
RawOption *kl_export_configure(char *config, size_t len) {
  lasting = true;
  const char *error = kl_configure(kl_config_begin(config, len));
  lasting = false;
  return answer(error);
}

// The memory of a call goes when the next one begins: until then the host may read its error.
#ifdef __wasm__
__attribute__((export_name("process")))
#endif
RawOption *kl_export_process(void) {
  start_over();
  return answer(kl_process());
}

// ---- values ----

KlText kl_text(const char *text) { return (KlText){text, strlen(text)}; }

bool kl_equal(KlText text, const char *other) {
  return text.len == strlen(other) && memcmp(text.data, other, text.len) == 0;
}

KlTexts kl_texts_of(RawPacked packed) {
  size_t rows = packed.lengths.len;
  const int32_t *lengths = packed.lengths.data;
  uint32_t *starts = kl_alloc(rows * sizeof *starts), start = 0;
  for (size_t row = 0; row < rows; row++) {
    starts[row] = start;
    if (lengths[row] > 0) start += (uint32_t)lengths[row];
  }
  return (KlTexts){packed.data.data, lengths, rows, starts};
}

KlTexts kl_texts_of_options(RawList list) {
  const RawOption *options = list.data;
  KlNewTexts texts = kl_new_texts();
  for (size_t row = 0; row < list.len; row++) {
    if (options[row].some) kl_add_text(&texts, options[row].value.data, options[row].value.len);
    else kl_add_none(&texts);
  }
  RawPacked packed = {{texts.data, texts.len}, {texts.lengths, texts.rows}};
  return kl_texts_of(packed);
}

RawOption *kl_options_of(const KlNewTexts *texts) {
  RawOption *options = kl_alloc(texts->rows * sizeof *options);
  char *at = texts->data;
  for (size_t row = 0; row < texts->rows; row++) {
    bool some = texts->lengths[row] >= 0;
    size_t len = some ? (size_t)texts->lengths[row] : 0;
    options[row] = (RawOption){some, {at, len}};
    at += len;
  }
  return options;
}

// An array of the arena that has grown.
static void *grown(const void *old, size_t old_size, size_t size) {
  void *new = kl_alloc(size);
  if (old_size) memcpy(new, old, old_size);
  return new;
}

KlNewTexts kl_new_texts(void) { return (KlNewTexts){0}; }

static void add_length(KlNewTexts *texts, int32_t length) {
  if (texts->rows == texts->row_capacity) {
    texts->row_capacity = texts->rows ? 2 * texts->rows : 256;
    texts->lengths = grown(texts->lengths, texts->rows * sizeof(int32_t), texts->row_capacity * sizeof(int32_t));
  }
  texts->lengths[texts->rows++] = length;
}

void kl_add_text(KlNewTexts *texts, const char *data, size_t len) {
  if (texts->len + len > texts->capacity) {
    texts->capacity = 2 * texts->capacity > texts->len + len ? 2 * texts->capacity : texts->len + len + 1024;
    texts->data = grown(texts->data, texts->len, texts->capacity);
  }
  if (len) memcpy(texts->data + texts->len, data, len);
  texts->len += len;
  add_length(texts, (int32_t)len);
}

void kl_add_none(KlNewTexts *texts) { add_length(texts, -1); }

static char *put(char *at, char *end, const char *text, size_t len) {
  size_t room = (size_t)(end - at);
  if (len > room) len = room;
  memcpy(at, text, len);
  return at + len;
}

static char *put_number(char *at, char *end, unsigned long long number, bool negative) {
  char digits[21], *first = digits + sizeof digits;
  do *--first = (char)('0' + number % 10);
  while (number /= 10);
  if (negative) *--first = '-';
  return put(at, end, first, (size_t)(digits + sizeof digits - first));
}

const char *kl_format(const char *format, ...) {
  // Reasons and messages are cut at 1,024 bytes.
  enum { MOST = 1024 };
  char *text = kl_alloc(MOST + 1), *at = text, *end = text + MOST;
  va_list arguments;
  va_start(arguments, format);
  for (const char *from = format; *from; from++) {
    if (*from != '%') {
      at = put(at, end, from, 1);
      continue;
    }
    from++;
    if (*from == 's') {
      const char *given = va_arg(arguments, const char *);
      at = put(at, end, given, strlen(given));
    } else if (strncmp(from, ".*s", 3) == 0) {
      int len = va_arg(arguments, int);
      at = put(at, end, va_arg(arguments, const char *), (size_t)len);
      from += 2;
    } else if (*from == 'd' || strncmp(from, "lld", 3) == 0) {
      long long number = *from == 'd' ? va_arg(arguments, int) : va_arg(arguments, long long);
      at = put_number(at, end, number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number, number < 0);
      if (*from == 'l') from += 2;
    } else if (*from == 'u') {
      at = put_number(at, end, va_arg(arguments, unsigned), false);
    } else if (strncmp(from, "zu", 2) == 0) {
      at = put_number(at, end, va_arg(arguments, size_t), false);
      from++;
    } else if (*from == '%') {
      at = put(at, end, "%", 1);
    } else {
      abort();
    }
  }
  va_end(arguments);
  *at = 0;
  return text;
}
