//! Random messages by the encoder of prost-reflect, in any order of their fields, read back the same.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Both, decode};
use crate::decode::Plan;

const ITEM: &str = "
    enum Color { RED = 0; BLUE = 3; }
    message Inner { optional sint64 n = 1; repeated Inner more = 2; optional string t = 3; }
    message Item {
        optional int32 i32 = 1; optional sint64 s64 = 2; optional uint32 u32 = 3; optional fixed32 f32 = 4;
        optional sfixed64 sf64 = 5; optional double d = 6; optional string t = 7; optional bytes b = 8;
        optional bool yes = 9; optional Color color = 10; repeated sint32 packed = 11;
        repeated sint32 apart = 12 [packed = false]; repeated string texts = 13; map<int32, string> m = 14;
        Inner inner = 15; repeated float v = 16;
    }";

fn inner() -> impl Strategy<Value = Value> {
    let leaf = (any::<i64>(), ".{0,5}").prop_map(|(n, t)| json!({"n": n, "t": t}));
    leaf.prop_recursive(3, 10, 3, |inner| prop::collection::vec(inner, 1..3).prop_map(|more| json!({"more": more})))
}

fn item() -> impl Strategy<Value = Value> {
    // `serde_json` does not read every double back to its last digit, but these.
    let double = any::<i32>().prop_map(|n| f64::from(n) / 16.0);
    let numbers = (any::<i32>(), any::<i64>(), any::<u32>(), any::<u32>(), any::<i64>(), double);
    let others = (".{0,9}", any::<bool>(), prop::sample::select(vec!["RED", "BLUE"]), inner());
    let lists = (
        prop::collection::vec(any::<i32>(), 0..6),
        prop::collection::vec(any::<i32>(), 0..6),
        prop::collection::vec(".{0,3}", 0..4),
        prop::collection::btree_map(any::<i32>(), ".{0,3}", 0..4),
        prop::collection::vec((-1000i32..1000).prop_map(|n| f64::from(n) / 4.0), 0..9),
    );
    (numbers, others, lists, any::<u16>()).prop_map(|(numbers, others, lists, left_out)| {
        let mut item = json!({
            "i32": numbers.0, "s64": numbers.1, "u32": numbers.2, "f32": numbers.3, "sf64": numbers.4, "d": numbers.5,
            "t": others.0, "yes": others.1, "color": others.2, "inner": others.3, "b": "AQID",
            "packed": lists.0, "apart": lists.1, "texts": lists.2, "m": lists.3, "v": lists.4
        });
        let optional = ["i32", "s64", "u32", "f32", "sf64", "d", "t", "yes", "color", "inner", "b"];
        for (bit, name) in optional.iter().enumerate() {
            if left_out >> bit & 1 == 1 {
                item.as_object_mut().expect("an object").remove(*name);
            }
        }
        item
    })
}

proptest! {
    #[test]
    fn what_prost_reflect_writes_is_read_the_same(items in prop::collection::vec(item(), 1..4)) {
        thread_local!(static BOTH: Both = Both::of(ITEM));
        BOTH.with(|both| {
            let payloads: Vec<_> = items.iter().map(|item| both.encode("a.Item", &item.to_string())).collect();
            let payloads: Vec<_> = payloads.iter().map(|payload| &payload[..]).collect();
            let rows = decode(&both.schema, Plan::default(), &payloads);
            for (row, item) in rows.iter().zip(&items) {
                prop_assert_eq!(row.as_ref(), Ok(item));
            }
            Ok(())
        })?;
    }
}
