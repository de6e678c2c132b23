// Tests of the SDK: a plugin that does what each test needs, on a batch in memory.
#include "kiteline/kiteline_test.h"

#include <stdio.h>
#include <string.h>

static const char *job, **names;
static int64_t number;

const KlPlugin kl_plugin = {"tested", "1.2.3", ""};

const char *kl_configure(KlConfig *config) {
  job = kl_config_text(config, "job", "");
  number = kl_config_int(config, "number", -1);
  names = kl_config_texts(config, "names");
  return kl_config_end(config);
}

static void upper(void) {
  KlTexts old = kl_texts("title");
  KlNewTexts titles = kl_new_texts();
  for (size_t row = 0; row < old.rows; row++) {
    KlText text;
    if (kl_text_at(&old, row, &text)) kl_add_text(&titles, kl_format("%.*s!", (int)text.len, text.data), text.len + 1);
    else kl_add_none(&titles);
  }
  kl_set_texts("title", &titles);
}

static void sum(void) {
  KlInts a = kl_ints("a");
  KlLengths dims = kl_dims("v");
  for (size_t row = 0; row < a.rows; row++) {
    if (a.values[row].some) a.values[row].value += dims.lengths[row];
  }
  kl_set_ints("sum", a);
}

const char *kl_process(void) {
  if (strcmp(job, "upper") == 0) upper();
  if (strcmp(job, "sum") == 0) sum();
  if (strcmp(job, "keep") == 0) kl_keep(names, 1);
  if (strcmp(job, "fail") == 0) return "it failed";
  if (strcmp(job, "reject") == 0) {
    kl_reject(1, kl_format("%s has %d of %lld, %u%%", "v", -3, (long long)number, 7u));
    kl_reject(1, "a second reason");
    kl_discard(0);
    kl_warn("odd");
  }
  return NULL;
}

static void texts_come_back_as_they_were_added(void) {
  klt_begin(3);
  klt_texts("title", (const char *[]){"añb", NULL, ""});
  klt_run("{\"job\":\"upper\"}");
  klt_check(klt_text_is("title", 0, "añb!"));
  klt_check(klt_text_is("title", 1, NULL));
  klt_check(klt_text_is("title", 2, "!"));
}

static void columns_grow_with_the_arena(void) {
  enum { ROWS = 20000 };
  static const char *texts[ROWS];
  for (size_t row = 0; row < ROWS; row++) texts[row] = "a text that takes some room";
  klt_begin(ROWS);
  klt_texts("title", texts);
  klt_run("{\"job\":\"upper\"}");
  klt_check(klt_text_is("title", ROWS - 1, "a text that takes some room!"));
}

static void integers_are_exact(void) {
  klt_begin(2);
  klt_ints("a", (KlMaybeInt[]){{true, 9007199254740993}, {false, 0}});
  klt_vectors("v", (int32_t[]){2, -1}, (float[]){1, 2});
  klt_run("{\"job\":\"sum\"}");
  klt_check(klt_int_is("sum", 0, 9007199254740995));
  klt_check(!kl_ints("sum").values[1].some);
}

static void fields_are_kept_by_name(void) {
  klt_begin(1);
  klt_texts("a", (const char *[]){"1"});
  klt_texts("b", (const char *[]){"2"});
  klt_run("{\"job\":\"keep\",\"names\":[\"b\"]}");
  klt_check(!klt_has_field("a") && klt_has_field("b"));
}

static void the_first_reason_of_a_row_stays(void) {
  klt_begin(2);
  klt_run("{\"job\":\"reject\",\"number\":-9007199254740993}");
  klt_check(strcmp(klt_rejected(1), "v has -3 of -9007199254740993, 7%") == 0);
  klt_check(!klt_rejected(0) && klt_discarded(0) && !klt_discarded(1));
  klt_check(strcmp(klt_logged(), "warn: odd") == 0);
}

static void an_error_is_handed_on(void) {
  klt_begin(0);
  klt_check(klt_configure("{\"job\":\"fail\"}") == NULL);
  klt_check(strcmp(klt_process(), "it failed") == 0);
}

static void mistakes_in_the_configuration_are_named_by_their_key(void) {
  static const char *const cases[][2] = {
    {"{\"job\":1}", "job: expected a text"},
    {"{\"number\":1.5}", "number: expected an integer"},
    {"{\"number\":\"1\"}", "number: expected an integer"},
    {"{\"names\":[1]}", "names: expected a list of texts"},
    {"{ \"job\" : \"x\", \"nuber\" : {\"number\": [1, \"}\"]} }", "unknown key `nuber`"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *error = klt_configure(cases[i][0]);
    klt_check(error && strcmp(error, cases[i][1]) == 0);
  }
}

static void texts_of_the_configuration_lose_their_escapes(void) {
  klt_check(klt_configure("{\"job\":\"\\u00e9\\n\\\"\\ud83e\\ude81\",\"names\":[],\"number\":null}") == NULL);
  klt_check(strcmp(job, "é\n\"🪁") == 0);
  klt_check(names && !names[0] && number == -1);
}

static void keys_inside_of_values_are_no_keys(void) {
  klt_check(klt_configure("{\"names\":[\"a\",\"job\"],\"job\":\"x\"}") == NULL);
  klt_check(strcmp(job, "x") == 0 && strcmp(names[1], "job") == 0 && !names[2]);
}

int main(void) {
  texts_come_back_as_they_were_added();
  columns_grow_with_the_arena();
  integers_are_exact();
  fields_are_kept_by_name();
  the_first_reason_of_a_row_stays();
  an_error_is_handed_on();
  mistakes_in_the_configuration_are_named_by_their_key();
  texts_of_the_configuration_lose_their_escapes();
  keys_inside_of_values_are_no_keys();
  puts("ok");
}
