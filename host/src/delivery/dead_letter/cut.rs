//! A letter that is too large for its topic: what of it goes there all the same.

use super::headers::Header;
use crate::batch::Record;
use crate::source::kafka::names;

/// Most bytes of a letter that is cut, key included.
pub(super) const CUT: usize = 12 << 10;
/// Most bytes of the key.
const KEY: usize = 4 << 10;
/// Most bytes of the reason, and of what a plugin or Milvus said.
const WORDS: usize = 2 << 10;
/// What a header takes beside its name and value.
const OVERHEAD: usize = 10;

/// What a letter has.
pub(super) struct Parts<'a> {
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: Option<&'a [u8]>,
    /// The record's own headers.
    pub(super) own: Vec<(&'a str, Option<&'a [u8]>)>,
    /// Ours.
    pub(super) ours: Vec<Header<'a>>,
}

impl<'a> Parts<'a> {
    /// All of a record, as it came.
    pub(super) fn whole(record: Record<'a>, ours: Vec<Header<'a>>) -> Self {
        let (key, value) = (record.key_as_it_came(), record.payload_as_it_came());
        Self { key, value, own: record.headers().collect(), ours }
    }

    /// Without the value, the rest cut to what surely fits: our headers, a key of usual length, and as many of the
    /// record's own headers, in their order, as there is room for.
    pub(super) fn cut(mut self) -> Self {
        for (name, value) in &mut self.ours {
            if matches!(*name, names::REASON | names::PLUGIN_SAID | names::MILVUS_SAID) {
                let end = value.floor_char_boundary(WORDS);
                value.to_mut().truncate(end);
            }
        }
        if let Some(value) = self.value.take() {
            self.ours.push((names::VALUE_BYTES, value.len().to_string().into()));
            self.ours.push((names::VALUE_DROPPED, "too large".into()));
        }
        if let Some(key) = self.key.take_if(|key| key.len() > KEY) {
            self.ours.push((names::KEY_BYTES, key.len().to_string().into()));
        }
        let mut room = CUT.saturating_sub(self.bytes() - self.own.iter().map(size).sum::<usize>());
        let fitting = self.own.iter().take_while(|header| {
            let fits = size(header) <= room;
            room = room.saturating_sub(size(header));
            fits
        });
        let fitting = fitting.count();
        self.own.truncate(fitting);
        self
    }

    /// Bytes on the way to the brokers, about.
    pub(super) fn bytes(&self) -> usize {
        let length = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len);
        let ours = self.ours.iter().map(|(name, value)| name.len() + value.len() + OVERHEAD).sum::<usize>();
        length(self.key) + length(self.value) + self.own.iter().map(size).sum::<usize>() + ours
    }
}

fn size((name, value): &(&str, Option<&[u8]>)) -> usize {
    name.len() + value.map_or(0, <[u8]>::len) + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(key: &'a [u8], value: Option<&'a [u8]>, own: &'a [(&'a str, &'a [u8])], reason: &'a str) -> Parts<'a> {
        let ours = vec![(names::TOPIC, "items".into()), (names::REASON, reason.into())];
        Parts { key: Some(key), value, own: own.iter().map(|(name, value)| (*name, Some(*value))).collect(), ours }
    }

    fn ours<'a>(parts: &'a Parts<'_>, name: &str) -> Option<&'a str> {
        parts.ours.iter().find(|(n, _)| *n == name).map(|(_, value)| &**value)
    }

    #[test]
    fn the_value_is_left_out_and_its_length_told() {
        let cut = parts(b"key", Some(&[7; 100_000]), &[("trace", b"1")], "no").cut();
        assert_eq!((cut.key, cut.value, cut.own.len()), (Some(&b"key"[..]), None, 1));
        assert_eq!(ours(&cut, names::VALUE_BYTES), Some("100000"));
        assert_eq!(ours(&cut, names::VALUE_DROPPED), Some("too large"));
        assert_eq!(ours(&cut, names::KEY_BYTES), None);
    }

    #[test]
    fn what_is_long_beside_the_value_is_cut_to_what_fits() {
        let (key, long, words) = ([1; 5000], [2; 9000], "ä".repeat(5000));
        let own = [("first", &b"1"[..]), ("long", &long), ("longer", &long), ("last", b"2")];
        let cut = parts(&key, None, &own, &words).cut();
        let names: Vec<_> = cut.own.iter().map(|(name, _)| *name).collect();
        assert_eq!((cut.key, names), (None, vec!["first", "long"]));
        assert_eq!(ours(&cut, names::KEY_BYTES), Some("5000"));
        assert_eq!(ours(&cut, names::REASON).map(str::len), Some(2048));
        assert_eq!(ours(&cut, names::VALUE_DROPPED), None, "there was none");
        assert!(cut.bytes() <= CUT, "{}", cut.bytes());
    }
}
