//! Rows over a batch in memory.

use serde_json::{Value, json};

use crate::testing::{Outcome, Record, Rows, Tester};
use crate::{Batch, Operation, Plugin, Row};

/// Does something with each row.
struct Each(fn(&mut Row<'_>));

thread_local! {
    static WORK: std::cell::Cell<fn(&mut Row<'_>)> = const { std::cell::Cell::new(|_| {}) };
}

impl Plugin for Each {
    type Config = Value;
    const NAME: &'static str = "each";
    const VERSION: &'static str = "0";

    fn new(_: Value) -> Result<Self, String> {
        Ok(Self(WORK.get()))
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        batch.rows().for_each(|mut row| (self.0)(&mut row));
        Ok(())
    }
}

fn each(rows: Rows, work: fn(&mut Row<'_>)) -> Outcome {
    WORK.set(work);
    Tester::<Each>::new("{}").expect("configured").process(rows).expect("processed")
}

#[test]
fn a_row_sees_what_it_wrote_and_others_keep_theirs() {
    let after = each(Rows::json(&[r#"{"a": "x"}"#, r#"{"a": "y"}"#]), |row| {
        if row.number() == 0 {
            let text = format!("{}!", row.text("a").unwrap_or_default());
            row.set_text("a", text);
            assert_eq!((row.text("a"), row.int("a")), (Some("x!"), None));
            row.set_int("n", 5);
            assert_eq!((row.int("n"), row.float("n")), (Some(5), Some(5.0)));
        }
    });
    assert_eq!(after.json(), [json!({"a": "x!", "n": 5}), json!({"a": "y"})]);
    assert_eq!((after.field_type("a"), after.field_type("n")), (Some("text"), Some("int")));
}

#[test]
fn a_row_that_wrote_nothing_keeps_a_value_of_another_type() {
    let after = each(Rows::json(&[r#"{"a": "x"}"#, r#"{"a": [1, {"b": 2.50}]}"#, r#"{"a": 5}"#, "{}"]), |row| {
        if row.text("a").is_some() {
            row.set_text("a", "z");
        }
    });
    assert_eq!(after.json(), [json!({"a": "z"}), json!({"a": [1, {"b": 2.5}]}), json!({"a": 5}), json!({})]);
    assert_eq!(after.json_texts("a")[1].as_deref(), Some(r#"[1, {"b": 2.50}]"#));
}

#[test]
fn rows_that_write_several_types_write_json() {
    let after = each(Rows::json(&["{}", "{}", "{}"]), |row| match row.number() {
        0 => row.set_int("a", 1),
        1 => row.set_vector("a", [0.5]),
        _ => row.set_null("a"),
    });
    assert_eq!(
        (after.field_type("a"), after.json()),
        (Some("json"), vec![json!({"a": 1}), json!({"a": [0.5]}), json!({})])
    );
}

#[test]
fn null_is_written_and_the_type_stays() {
    let rows = Rows::typed(&[r#"{"v": [1, 2]}"#, r#"{"v": [3, 4]}"#], &[("v", "float-vector")]);
    let after = each(rows, |row| {
        assert_eq!((row.dim("v"), row.vector("v").map(<[f32]>::len)), (Some(2), Some(2)));
        if row.number() == 1 {
            row.set_null("v");
        }
    });
    assert_eq!(
        (after.field_type("v"), after.json()),
        (Some("float-vector"), vec![json!({"v": [1.0, 2.0]}), json!({})])
    );
}

#[test]
fn rows_are_rejected_discarded_and_routed() {
    let record = |key: &str| Record {
        key: Some(key.into()),
        headers: vec![("h".into(), Some(b"v".to_vec()))],
        ..Record::default()
    };
    let after = each(Rows::records(["a", "b", "c"].map(record).into()), |row| {
        assert_eq!(row.header("h"), Some(&b"v"[..]));
        match row.key() {
            Some(b"a") => row.reject("a is bad"),
            Some(b"b") => row.discard(),
            _ => {
                row.set_operation(Operation::Delete);
                row.set_partition("p");
            }
        }
    });
    assert_eq!(after.rejected(), [(0, "a is bad".to_owned())]);
    assert_eq!(
        (after.records(), after.operations(), after.partitions()),
        (vec![2], vec![Operation::Delete], vec![Some("p")])
    );
}
