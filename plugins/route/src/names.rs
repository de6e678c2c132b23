//! Names of partitions and collections, and the hash.

/// Greatest length of a name in bytes.
const LONGEST: usize = 255;

/// What a name must be, for messages.
pub(crate) const RULE: &str = "letters, digits and _, no digit first, at most 255 bytes";

/// True for what every version of Milvus takes as a name.
pub(crate) fn is_valid(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic())
        && name.len() <= LONGEST
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// A `_` for each other character, and one before a digit at the start. Nothing makes a name of an empty text, and
/// one that is too long stays so: cutting it would make one name of many.
pub(crate) fn sanitize(name: &str) -> String {
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    digit.then_some('_').into_iter().chain(name.chars().map(letter)).collect()
}

/// FNV-1a, 64 bits: the same in every version, on every machine, and a few lines in any language.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{hash, is_valid, sanitize};

    #[test]
    fn a_name_has_letters_digits_and_underscores_and_no_digit_first() {
        for name in ["a", "_", "_1", "gnu_r", "Z9", &"x".repeat(255)] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", "1a", "gnu-r", "ä", "a b", "a$", &"x".repeat(256)] {
            assert!(!is_valid(name), "{name}");
        }
    }

    #[test]
    fn other_characters_become_underscores() {
        assert_eq!(sanitize("gnu-r"), "gnu_r");
        assert_eq!(sanitize("3d"), "_3d");
        assert_eq!(sanitize("non-free/libs ü"), "non_free_libs__");
        assert_eq!(sanitize("x11"), "x11");
        assert_eq!(sanitize(""), "");
    }

    /// The vectors that the authors of FNV publish.
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }
}
