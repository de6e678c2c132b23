// cc -I. *.c kiteline/*.c -o plugin_test && ./plugin_test
#include "kiteline/kiteline_test.h"

#include <stdio.h>
#include <string.h>

static void blanks_go(void) {
  klt_begin(3);
  klt_texts("title", (const char *[]){" a kite ", " ", NULL});
  klt_run("{\"field\":\"title\"}");
  klt_check(klt_text_is("title", 0, "a kite"));
  klt_check(strcmp(klt_rejected(1), "title is blank") == 0);
  klt_check(klt_text_is("title", 2, NULL) && !klt_rejected(2));
}

int main(void) {
  blanks_go();
  puts("ok");
}
