#include "kiteline/kiteline_test.h"

#include <stdio.h>
#include <string.h>

static void rows_are_labelled_and_checked(void) {
  klt_begin(3);
  klt_ints("id", (KlMaybeInt[]){{true, 1}, {true, 0}, {true, 2}});
  klt_texts("title", (const char *[]){"a kite", "a kite", "a kite"});
  klt_texts("tenant", (const char *[]){"t", "t", NULL});
  klt_vectors("emb", (int32_t[]){1, 1, 1}, (float[]){1, 2, 3});
  klt_run("{}");
  klt_check(klt_text_is("label", 0, "t: a kite") && klt_text_is("label", 2, NULL));
  klt_check(strcmp(klt_rejected(1), "id is not positive") == 0);
  klt_check(klt_has_field("embedding") && !klt_has_field("emb"));
}

int main(void) {
  rows_are_labelled_and_checked();
  puts("ok");
}
