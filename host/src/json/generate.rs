//! Random JSON texts for tests: every form that the grammar has, not only the one that a library writes.

use proptest::prelude::*;

/// A JSON text, with names that come twice, escapes, and whitespace anywhere.
pub(crate) fn json() -> impl Strategy<Value = String> {
    let leaf =
        prop_oneof![Just("null".to_owned()), Just("true".to_owned()), Just("false".to_owned()), number(), string(),];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let item = (space(), inner, space()).prop_map(|(before, item, after)| format!("{before}{item}{after}")).boxed();
        let pair = (space(), name(), space(), item.clone());
        let pair = pair.prop_map(|(before, name, after, value)| format!("{before}{name}{after}:{value}"));
        prop_oneof![
            prop::collection::vec(item, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(pair, 0..6).prop_map(|pairs| format!("{{{}}}", pairs.join(","))),
        ]
    })
}

/// The text of a JSON object.
pub(crate) fn object() -> impl Strategy<Value = String> {
    let pair = (name(), json()).prop_map(|(name, value)| format!("{name}:{value}"));
    prop::collection::vec(pair, 0..6).prop_map(|pairs| format!("{{{}}}", pairs.join(",")))
}

/// A text with a few characters taken out, put in or changed, so that it is mostly no JSON any more.
pub(crate) fn broken(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let character = prop::sample::select(
        "{}[],:\"\\/ \n\t\u{1}0129-+.eEutrfalsn\u{e9}\u{feff}\u{1f600}".chars().collect::<Vec<_>>(),
    );
    let change = (any::<prop::sample::Index>(), 0..4, character);
    (text, prop::collection::vec(change, 1..4)).prop_map(|(text, changes)| {
        let mut text: Vec<char> = text.chars().collect();
        for (place, kind, character) in changes {
            let at = place.index(text.len() + 1);
            match kind {
                0 if at < text.len() => _ = text.remove(at),
                1 if at < text.len() => text[at] = character,
                2 => text.truncate(at),
                _ => text.insert(at, character),
            }
        }
        text.into_iter().collect()
    })
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-9i64..99).prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(|number| format!("{number:e}")),
        any::<f32>().prop_filter("finite", |number| number.is_finite()).prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
    ]
}

fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -!#-\\[\\]-~]{1,8}",
        "[\u{7f}-\u{10ffff}]{1,3}",
        prop::sample::select(vec![
            "\\\"",
            "\\\\",
            "\\/",
            "\\b",
            "\\f",
            "\\n",
            "\\r",
            "\\t",
            "\\u0041",
            "\\u00E9",
            "\\ud83D\\uDe00"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// A few names, so that some come twice in an object.
fn name() -> impl Strategy<Value = String> {
    let names = vec!["a", "b", "\\u0061", "m~n", "x/y", "", "0", "long name"];
    prop_oneof![4 => prop::sample::select(names).prop_map(|name| format!("\"{name}\"")), 1 => string()]
}

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just(" \t\r\n")]
}
