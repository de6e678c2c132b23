//! Held against `serde_json`, another reader of the same grammar.

use proptest::prelude::*;
use serde_json::Value;

use super::generate::{broken, json};
use super::{check, find, float, int, quote, text};

/// What `serde_json` makes of a text; none where it stops at a number that 64-bit floats don't have, which is JSON.
fn peer(text: &str) -> Option<Result<Value, serde_json::Error>> {
    let value = serde_json::from_str(text);
    let out_of_range = value.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range"));
    (!out_of_range).then_some(value)
}

/// Pointers to every value in `value`.
fn pointers(value: &Value, path: &str, out: &mut Vec<String>) {
    out.push(path.to_owned());
    match value {
        Value::Object(pairs) => {
            for (name, value) in pairs {
                pointers(value, &format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{path}/{index}"), out);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn takes_what_is_json(text in json()) {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn takes_and_rejects_what_its_peer_takes_and_rejects(text in broken(json())) {
        if let Some(value) = peer(&text) {
            prop_assert_eq!(check(&text).is_ok(), value.is_ok(), "{:?} against {:?}", check(&text), value);
        }
    }

    #[test]
    fn a_mistake_is_within_the_text(text in broken(json())) {
        if let Err(mistake) = check(&text) {
            prop_assert!(mistake.at <= text.len());
        }
    }

    #[test]
    fn finds_what_its_peer_finds(json in json(), more in prop::collection::vec("(/[a-c0-2~/]{0,3}){0,3}", 3)) {
        let Some(Ok(value)) = peer(&json) else { return Ok(()) };
        let mut all = more;
        pointers(&value, "", &mut all);
        for pointer in all {
            let found = find(&json, &pointer).map(|raw| serde_json::from_str::<Value>(raw).expect("a value"));
            prop_assert_eq!(found.as_ref(), value.pointer(&pointer), "{}", pointer);
        }
    }

    #[test]
    fn reads_scalars_as_its_peer_does(json in json()) {
        let Some(Ok(value)) = peer(&json) else { return Ok(()) };
        let string = text(&json);
        prop_assert_eq!(string.as_deref(), value.as_str());
        if let Value::Number(number) = &value && json != "-0" {
            prop_assert_eq!(int(&json), number.as_i64());
        }
        if let Some(float) = float(&json) {
            prop_assert_eq!(float, json.parse::<f64>().expect("a number"));
        }
    }

    #[test]
    fn quotes_what_its_peer_reads(string: String) {
        let mut quoted = String::new();
        quote(&string, &mut quoted);
        prop_assert_eq!(serde_json::from_str::<String>(&quoted).expect("a JSON string"), string);
    }
}
