//! The headers of a dead letter, which delivery writes and a replay reads. Those that begin with `__connect.errors.` are
//! Kafka Connect's, so that tools for its dead letters read ours, and a replay reads those of Kafka Connect.

use crate::batch::Origin;
use crate::config::Timestamp;

/// Names of headers.
pub(crate) mod names {
    /// The topic that the record is from; the first of the headers that a dead letter has more than its record.
    pub(crate) const TOPIC: &str = "__connect.errors.topic";
    /// The Kafka partition that the record is from.
    pub(crate) const PARTITION: &str = "__connect.errors.partition";
    /// The record's offset there.
    pub(crate) const OFFSET: &str = "__connect.errors.offset";
    /// The pipeline.
    pub(crate) const PIPELINE: &str = "__connect.errors.connector.name";
    /// The stage that rejected the record.
    pub(crate) const STAGE: &str = "__connect.errors.stage";
    /// What Kafka Connect would have thrown.
    pub(crate) const CLASS: &str = "__connect.errors.exception.class.name";
    /// Why the record was rejected.
    pub(crate) const REASON: &str = "__connect.errors.exception.message";
    /// When it was rejected.
    pub(crate) const REJECTED_AT: &str = "kiteline.rejected.at";
    /// The field that is at fault.
    pub(crate) const FIELD: &str = "kiteline.field";
    /// The plugin that rejected it.
    pub(crate) const PLUGIN_NAME: &str = "kiteline.plugin.name";
    /// SHA-256 of that plugin's component.
    pub(crate) const PLUGIN_DIGEST: &str = "kiteline.plugin.digest";
    /// What that plugin said beside it.
    pub(crate) const PLUGIN_SAID: &str = "kiteline.plugin.said";
    /// What Milvus calls the error.
    pub(crate) const MILVUS_CODE: &str = "kiteline.milvus.code";
    /// What Milvus said beside it.
    pub(crate) const MILVUS_SAID: &str = "kiteline.milvus.said";
    /// How often the row was sent.
    pub(crate) const ATTEMPTS: &str = "kiteline.attempts";
    /// How long the value was that was left out.
    pub(crate) const VALUE_BYTES: &str = "kiteline.value.bytes";
    /// Why the value was left out.
    pub(crate) const VALUE_DROPPED: &str = "kiteline.value.dropped";
    /// How long the key was that was left out.
    pub(crate) const KEY_BYTES: &str = "kiteline.key.bytes";
}

/// What the headers of a dead letter say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Letter<'a> {
    /// How many headers, from the first, are the record's own.
    pub(super) own_headers: usize,
    /// Where the record came from.
    pub(super) origin: Origin,
    pub(super) pipeline: &'a str,
    pub(super) stage: &'a str,
    pub(super) field: Option<&'a str>,
    pub(super) reason: &'a str,
    pub(super) rejected_at: Option<Timestamp>,
    /// The value was too large for the topic.
    pub(super) lacks_value: bool,
}

impl<'a> Letter<'a> {
    /// Reads the headers of a record; none where it is no dead letter. A record may have been a dead letter before, so
    /// the last letter's headers count.
    pub(super) fn read(headers: &[(&'a str, Option<&'a [u8]>)]) -> Option<Self> {
        let own_headers = headers.iter().rposition(|(name, _)| *name == names::TOPIC)?;
        let find = |name| {
            let found = headers[own_headers..].iter().find(|(n, _)| *n == name);
            found.and_then(|(_, value)| std::str::from_utf8((*value)?).ok())
        };
        let number = |name| find(name).and_then(|text| text.parse::<i64>().ok());
        let partition = number(names::PARTITION).and_then(|number| i32::try_from(number).ok())?;
        let origin = Origin { topic: find(names::TOPIC)?.into(), partition, offset: number(names::OFFSET)? };
        Some(Self {
            own_headers,
            origin,
            pipeline: find(names::PIPELINE)?,
            stage: find(names::STAGE).unwrap_or_default(),
            field: find(names::FIELD),
            reason: find(names::REASON).unwrap_or_default(),
            rejected_at: find(names::REJECTED_AT).and_then(|text| text.parse().ok()),
            lacks_value: find(names::VALUE_DROPPED).is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Header = (&'static str, Option<&'static [u8]>);

    const LETTER: [Header; 8] = [
        (names::TOPIC, Some(b"items")),
        (names::PARTITION, Some(b"3")),
        (names::OFFSET, Some(b"17")),
        (names::PIPELINE, Some(b"packages")),
        (names::STAGE, Some(b"validate")),
        (names::REASON, Some(b"field `n`: too large")),
        (names::FIELD, Some(b"n")),
        (names::REJECTED_AT, Some(b"2026-01-01T00:00:00Z")),
    ];

    #[test]
    fn a_letter_says_where_its_record_came_from_and_why() {
        let headers = [&[("own", Some(&b"1"[..])), ("own", None)], &LETTER[..]].concat();
        let letter = Letter::read(&headers).expect("a letter");
        assert_eq!((letter.own_headers, letter.origin.to_string()), (2, "items/3/17".to_owned()));
        assert_eq!((letter.pipeline, letter.stage, letter.field), ("packages", "validate", Some("n")));
        assert_eq!(letter.reason, "field `n`: too large");
        assert_eq!(letter.rejected_at, "2026-01-01T00:00:00Z".parse().ok());
        assert!(!letter.lacks_value);
    }

    #[test]
    fn of_a_letter_that_became_a_letter_the_last_counts() {
        let mut outer = LETTER;
        outer[0].1 = Some(b"items.dead");
        let headers = [&LETTER[..], &outer[..], &[(names::VALUE_DROPPED, Some(&b"too large"[..]))]].concat();
        let letter = Letter::read(&headers).expect("a letter");
        assert_eq!((letter.own_headers, &*letter.origin.topic, letter.lacks_value), (8, "items.dead", true));
    }

    #[test]
    fn a_record_without_an_origin_is_no_letter() {
        assert_eq!(Letter::read(&[]), None);
        for missing in 0..4 {
            let mut headers = LETTER.to_vec();
            headers.remove(missing);
            assert_eq!(Letter::read(&headers), None, "{missing}");
        }
    }
}
