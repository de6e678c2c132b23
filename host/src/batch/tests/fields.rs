//! Adding, replacing, renaming and removing fields.

use super::*;

fn abc() -> Batch {
    batch(&[], &[r#"{"a":1,"b":2,"c":3}"#])
}

#[test]
fn a_column_is_added_at_the_end_or_replaced_in_its_place() {
    let mut batch = abc();
    batch.set("d", ints(&[4]));
    batch.set("b", ints(&[5]));
    assert_eq!((names(&batch), show(&batch, "b")), (vec!["a", "b", "c", "d"], "5".into()));
}

#[test]
#[should_panic(expected = "one value a row")]
fn a_column_with_another_number_of_rows_is_refused() {
    abc().set("a", ints(&[1, 2]));
}

#[test]
fn a_field_that_is_renamed_replaces_the_one_that_had_the_name() {
    let mut batch = abc();
    assert!(batch.rename("a", "c"));
    assert_eq!((names(&batch), show(&batch, "c")), (vec!["c", "b"], "1".into()));
    assert!(batch.rename("b", "b"));
    assert_eq!(names(&batch), ["c", "b"]);
}

#[test]
fn renaming_a_field_that_is_not_there_changes_nothing() {
    let mut batch = abc();
    assert!(!batch.rename("x", "a"));
    assert!(!batch.rename("x", "x"));
    assert_eq!((names(&batch), show(&batch, "a")), (vec!["a", "b", "c"], "1".into()));
}

#[test]
fn fields_are_removed_and_retained() {
    let mut batch = abc();
    assert!(batch.remove("b"));
    assert!(!batch.remove("b"));
    assert_eq!(names(&batch), ["a", "c"]);
    batch.retain(|name| name == "c" || name == "not there");
    assert_eq!(names(&batch), ["c"]);
}

#[test]
fn a_clone_is_not_changed_with_its_original() {
    let mut batch = abc();
    let before = batch.clone();
    batch.set("a", ints(&[9]));
    batch.remove("b");
    batch.set_operations(Operations::All(Operation::Delete));
    batch.set_partitions(partitions(&[Some("p")]));
    assert_eq!((names(&before), show(&before, "a")), (vec!["a", "b", "c"], "1".into()));
    assert_eq!((before.operations().get(0), before.partitions().get(0)), (Operation::Upsert, None));
}

#[test]
fn memory_counts_what_the_rows_use_and_the_values_beside() {
    let plain = batch(&[], &[r#"{"a":1}"#, r#"{"a":2}"#]);
    assert_eq!(plain.memory(), 16);
    assert_eq!(plain.slice(0, 1).memory(), 8);
    let mixed = batch(&[], &[r#"{"a":1}"#, r#"{"a":"a text of which there are quite a few bytes"}"#]);
    assert!(mixed.memory() > plain.memory() + 40);
}
