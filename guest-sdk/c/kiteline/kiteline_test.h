// Runs a plugin natively, on a batch in memory:
//
//     klt_begin(2);
//     klt_texts("title", (const char *[]){" a kite ", NULL});
//     klt_run("{\"field\":\"title\"}");
//     klt_check(klt_text_is("title", 0, "a kite"));
//
// It knows texts, bytes, integers, floats, booleans, JSON texts and vectors of 32-bit floats, with no pointers into
// JSON; a function of other kinds ends the program and says so. `kiteline plugin test` runs the component itself.
#ifndef KITELINE_TEST_H
#define KITELINE_TEST_H

#include "kiteline.h"

// Begins a batch of so many rows: no fields, no target, nothing rejected.
void klt_begin(size_t rows);

// Fields of the batch; NULL or `some` false is none. A dimension of -1 is no vector.
void klt_texts(const char *field, const char *const *values);
void klt_ints(const char *field, const KlMaybeInt *values);
void klt_floats(const char *field, const KlMaybeFloat *values);
void klt_bools(const char *field, const KlMaybeBool *values);
void klt_vectors(const char *field, const int32_t *dims, const float *values);

// The collection that rows go to, and the fields that it has.
void klt_target(const char *collection);
void klt_target_field(const char *name, const char *type, uint32_t dim, uint32_t max_length);

// The error of each, NULL for none; klt_run does both, and ends the program with the error.
const char *klt_configure(const char *json);
const char *klt_process(void);
void klt_run(const char *json);

// What came of the rows.
bool klt_has_field(const char *field);
bool klt_text_is(const char *field, size_t row, const char *text); // NULL: there is none
bool klt_int_is(const char *field, size_t row, int64_t value);
bool klt_partition_is(size_t row, const char *name);
bool klt_discarded(size_t row);
// The reason, NULL where the row is not rejected.
const char *klt_rejected(size_t row);
// The last message that was logged, with its level before it.
const char *klt_logged(void);

// Ends the program with the place where something is not as it should be.
#define klt_check(condition) klt_check_at(condition, #condition, __FILE__, __LINE__)
void klt_check_at(bool condition, const char *text, const char *file, int line);

#endif
