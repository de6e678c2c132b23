#include "kiteline/kiteline_test.h"

#include <stdio.h>
#include <string.h>

static void three_vectors(void) {
  klt_begin(3);
  klt_vectors("v", (int32_t[]){2, 3, -1}, (float[]){1, 2, 1, 2, 3});
}

static void only_the_wrong_dimension_is_rejected(void) {
  three_vectors();
  klt_run("{\"field\":\"v\",\"dimension\":2}");
  klt_check(!klt_rejected(0) && !klt_rejected(2));
  klt_check(strcmp(klt_rejected(1), "v has 3 dimensions, expected 2") == 0);
}

static void the_schema_says_what_is_left_out(void) {
  three_vectors();
  klt_target("items");
  klt_target_field("v", "FloatVector", 3, 0);
  klt_run("{\"field\":\"v\"}");
  klt_check(strcmp(klt_rejected(0), "v has 2 dimensions, expected 3") == 0);
  klt_check(!klt_rejected(1) && !klt_rejected(2));
}

static void without_a_schema_nothing_is_checked(void) {
  three_vectors();
  klt_run("{\"field\":\"v\"}");
  klt_check(!klt_rejected(0) && !klt_rejected(1));
}

static void the_field_is_needed(void) {
  klt_check(strcmp(klt_configure("{}"), "missing key `field`") == 0);
}

int main(void) {
  only_the_wrong_dimension_is_rejected();
  the_schema_says_what_is_left_out();
  without_a_schema_nothing_is_checked();
  the_field_is_needed();
  puts("ok");
}
