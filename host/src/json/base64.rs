//! Bytes in JSON: base64 with the standard alphabet and padding, RFC 4648 §4.

use ::base64::Engine;
use ::base64::prelude::BASE64_STANDARD;

/// Bytes as base64.
pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Appends the bytes that a base64 text stands for. False where it is no base64; then some may have been appended.
pub(crate) fn from_base64(text: &str, out: &mut Vec<u8>) -> bool {
    BASE64_STANDARD.decode_vec(text, out).is_ok()
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
    fn rejects_another_alphabet_and_missing_padding() {
        assert_eq!(["-_8=", "+/8", "+/8=\n", "+/9=", "é"].map(decode), [const { None }; 5]);
    }
}
