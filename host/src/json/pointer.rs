//! JSON Pointer, RFC 6901.

use std::borrow::Cow;

use super::{Kind, Mistake, Scanner};

/// The text of the value that a JSON Pointer leads to: `/meta/arch`, or the empty pointer for the whole text. Of names
/// that come twice in an object the last one holds.
///
/// Moves nothing and keeps nothing: each step goes once over the value of the step before.
pub fn find<'a>(text: &'a str, pointer: &str) -> Option<&'a str> {
    if pointer.is_empty() {
        return Scanner::new(text).value().ok();
    }
    let mut found = text;
    for token in pointer.strip_prefix('/')?.split('/') {
        found = step(found, &unescape_token(token)).ok()??;
    }
    Some(found)
}

/// A step of a JSON Pointer without its escapes: `~1` is `/` and `~0` is `~`.
pub fn unescape_token(token: &str) -> Cow<'_, str> {
    if token.contains('~') { Cow::Owned(token.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(token) }
}

fn step<'a>(text: &'a str, token: &str) -> Result<Option<&'a str>, Mistake> {
    let mut scanner = Scanner::new(text);
    match scanner.kind()? {
        Kind::Object => {
            let mut found = None;
            scanner.open()?;
            while let Some(name) = scanner.next_name()? {
                let value = scanner.value()?;
                if name.is(token) {
                    found = Some(value);
                }
            }
            Ok(found)
        }
        Kind::Array => {
            let Some(index) = index(token) else {
                return Ok(None);
            };
            scanner.open()?;
            for _ in 0..index {
                if !scanner.next_element()? {
                    return Ok(None);
                }
                scanner.value()?;
            }
            if scanner.next_element()? { scanner.value().map(Some) } else { Ok(None) }
        }
        _ => Ok(None),
    }
}

/// An index has digits only, and no leading zero.
fn index(token: &str) -> Option<usize> {
    let canonical = token == "0" || !token.starts_with(['0', '+']);
    if canonical { token.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_examples_of_rfc_6901_find() {
        let text = r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#;
        let found = [
            ("", text),
            ("/foo", r#"["bar","baz"]"#),
            ("/foo/0", r#""bar""#),
            ("/", "0"),
            ("/a~1b", "1"),
            ("/c%d", "2"),
            ("/e^f", "3"),
            ("/g|h", "4"),
            ("/i\\j", "5"),
            ("/k\"l", "6"),
            ("/ ", "7"),
            ("/m~0n", "8"),
        ];
        for (pointer, value) in found {
            assert_eq!(find(text, pointer), Some(value), "{pointer}");
        }
    }

    #[test]
    fn finds_nothing_where_there_is_nothing() {
        let text = r#"{"a":[10,20],"b":"text","c":null}"#;
        for pointer in
            ["a", "/x", "/a/2", "/a/-", "/a/01", "/a/+1", "/a/0/0", "/b/0", "/c/d", "/a/", "/a/99999999999999999999"]
        {
            assert_eq!(find(text, pointer), None, "{pointer}");
        }
    }

    #[test]
    fn takes_no_whitespace_with_the_value() {
        let text = " { \"a\" : [ 1 , { \"b\" : [ 2 , 3 ] } ] } ";
        assert_eq!(find(text, "/a/0"), Some("1"));
        assert_eq!(find(text, "/a/1/b"), Some("[ 2 , 3 ]"));
        assert_eq!(find(text, ""), Some(text.trim()));
    }

    #[test]
    fn the_last_of_two_equal_names_holds_however_it_is_written() {
        assert_eq!(find(r#"{"a":1,"b":2,"\u0061":3}"#, "/a"), Some("3"));
        assert_eq!(find(r#"{"a":{"b":1},"a":{"c":2}}"#, "/a/b"), None);
    }

    #[test]
    fn a_token_escapes_tilde_and_slash() {
        assert_eq!(unescape_token("a~1b~0c~01"), "a/b~c~1");
        assert!(matches!(unescape_token("plain"), Cow::Borrowed("plain")));
    }
}
