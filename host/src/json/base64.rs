//! Bytes in JSON: base64 with the standard alphabet and padding, RFC 4648 §4.

use std::sync::LazyLock;

use ::base64::Engine;
use ::base64::engine::Simd;
use ::base64::engine::general_purpose::PAD;

static STANDARD: LazyLock<Simd> = LazyLock::new(|| Simd::standard(PAD));

/// Bytes as base64.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Appends the bytes that a base64 text stands for. False where it is no base64; then some may have been appended.
pub(crate) fn from_base64(text: &str, out: &mut Vec<u8>) -> bool {
    STANDARD.decode_vec(text, out).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Option<Vec<u8>> {
        let mut out = vec![7];
        from_base64(text, &mut out).then_some(out)
    }

    #[test]
    fn bytes_come_back() {
        for bytes in [&b""[..], b"\0", b"ab", b"abc", &[0xfb, 0xff, 0xfe]] {
            assert_eq!(decode(&base64(bytes)), Some([&[7], bytes].concat()));
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn of_any_length_it_comes_back_and_a_wrong_byte_anywhere_is_found() {
        let bytes: Vec<u8> = (0..600).map(|at| (at * 89 % 256) as u8).collect();
        for length in [47, 48, 49, 95, 96, 97, 599, 600] {
            let text = base64(&bytes[..length]);
            assert_eq!(decode(&text), Some([&[7], &bytes[..length]].concat()));
            for at in 0..text.len() {
                for wrong in ["-", " ", "\0", "\u{7f}"] {
                    let mut text = text.clone();
                    text.replace_range(at..=at, wrong);
                    assert_eq!(decode(&text), None, "{wrong:?} at {at} of {}", text.len());
                }
            }
        }
    }

    #[test]
    fn rejects_another_alphabet_and_missing_padding() {
        assert_eq!(["-_8=", "+/8", "+/8=\n", "+/9=", "é"].map(decode), [const { None }; 5]);
    }
}
