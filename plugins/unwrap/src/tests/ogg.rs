//! Oracle GoldenGate's envelopes, as its documentation of the JSON formatter has them.

use serde_json::{Value, json};

use super::{changes, unwrap};

fn operation(kind: &str, before: Value, after: Value) -> String {
    let mut message = json!({
        "table": "QASOURCE.TCUSTORD", "op_type": kind, "op_ts": "2015-11-05 18:45:36.000000",
        "current_ts": "2016-10-05T10:15:51.267000", "pos": "00000000000000002928",
        "primary_keys": ["CUST_CODE", "ORDER_ID"], "tokens": {"R": "AADPkvAAEAAEqL2AAA"},
    });
    for (name, image) in [("before", before), ("after", after)] {
        if !image.is_null() {
            message[name] = image;
        }
    }
    message.to_string()
}

fn order(id: &str, price: f64) -> Value {
    json!({"CUST_CODE": "WILL", "ORDER_ID": id, "PRODUCT_PRICE": price})
}

#[test]
fn rows_are_written_and_deleted_and_the_emptying_of_a_table_is_rejected() {
    let rows = [
        operation("I", Value::Null, order("144", 17520.0)),
        operation("U", order("144", 17520.0), order("144", 14000.5)),
        operation("D", order("144", 14000.5), Value::Null),
        operation("T", Value::Null, Value::Null),
        operation("X", Value::Null, Value::Null),
        operation("I", Value::Null, Value::Null),
    ];
    let after = unwrap(&json!({"format": "ogg"}), &rows.each_ref().map(String::as_str));
    let expected = [('u', order("144", 17520.0)), ('u', order("144", 14000.5)), ('d', order("144", 14000.5))];
    assert_eq!(changes(&after), expected);
    let emptied = "the table was emptied: which rows it had is not said, so none of them is deleted";
    let reasons = [emptied, "not an envelope of Oracle GoldenGate", "an envelope of Oracle GoldenGate without the row"];
    assert_eq!(after.rejected(), [0, 1, 2].map(|row: usize| (row + 3, reasons[row].to_owned())));
}

#[test]
fn an_update_of_the_key_deletes_the_row_of_the_old_one() {
    // By `gg.handler.NAME.format.pkUpdateHandling = update`; the key is that of the envelope, or of the configuration.
    let moved = operation("U", order("144", 1.0), order("145", 2.0));
    let unchanged = operation("U", json!({}), order("146", 2.0));
    let rows = [&*moved, &*unchanged];
    let deleted = ('d', json!({"CUST_CODE": "WILL", "ORDER_ID": "144"}));
    let written = [('u', order("145", 2.0)), ('u', order("146", 2.0))];
    let expected = [&[deleted], &written[..]].concat();
    assert_eq!(changes(&unwrap(&json!({"format": "ogg"}), &rows)), expected);
    assert_eq!(changes(&unwrap(&json!({"format": "ogg", "key": ["CUST_CODE"]}), &rows)), written);
}
