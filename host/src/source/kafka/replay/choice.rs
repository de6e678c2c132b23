//! Which dead letters a replay takes.

use crate::config::Timestamp;
use crate::source::kafka::letter::Letter;

/// Which dead letters a replay takes: those of a pipeline to which all that is given applies.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The pipeline that rejected the records.
    pub pipeline: String,
    /// A text that the reason has in it.
    pub reason: Option<String>,
    /// The stage that rejected the record.
    pub stage: Option<String>,
    /// The field that is at fault.
    pub field: Option<String>,
    /// Rejected at this moment or later.
    pub since: Option<Timestamp>,
    /// Rejected before this moment.
    pub until: Option<Timestamp>,
}

impl Choice {
    /// True for a letter that is to be taken. `time` is that of the letter's record, for a letter of Kafka Connect,
    /// which does not say when it was written.
    pub(super) fn takes(&self, letter: &Letter<'_>, time: Option<Timestamp>) -> bool {
        let rejected_at = letter.rejected_at.or(time);
        self.reason.as_ref().is_none_or(|text| letter.reason.contains(text))
            && self.stage.as_ref().is_none_or(|stage| letter.stage == stage)
            && self.field.as_ref().is_none_or(|field| letter.field == Some(field))
            && self.since.is_none_or(|since| rejected_at.is_some_and(|at| at >= since))
            && self.until.is_none_or(|until| rejected_at.is_some_and(|at| at < until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Origin;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().expect("a moment"))
    }

    #[test]
    fn a_letter_is_taken_where_all_that_is_given_applies() {
        let letter = Letter {
            own_headers: 0,
            origin: Origin { topic: "items".into(), partition: 0, offset: 0 },
            pipeline: "packages",
            stage: "validate",
            field: Some("n"),
            reason: "field `n`: too large",
            rejected_at: at("2026-01-01T12:00:00Z"),
            lacks_value: false,
        };
        let all = Choice {
            pipeline: "packages".into(),
            reason: Some("too large".into()),
            stage: Some("validate".into()),
            field: Some("n".into()),
            since: at("2026-01-01T12:00:00Z"),
            until: at("2026-01-01T12:00:01Z"),
        };
        assert!(all.takes(&letter, None) && Choice::default().takes(&letter, None));
        for other in [
            Choice { reason: Some("too small".into()), ..all.clone() },
            Choice { stage: Some("decode".into()), ..all.clone() },
            Choice { field: Some("m".into()), ..all.clone() },
            Choice { since: at("2026-01-01T12:00:01Z"), ..all.clone() },
            Choice { until: at("2026-01-01T12:00:00Z"), ..all.clone() },
        ] {
            assert!(!other.takes(&letter, None), "{other:?}");
        }
        let timeless = Letter { rejected_at: None, ..letter };
        assert!(!all.takes(&timeless, None) && all.takes(&timeless, at("2026-01-01T12:00:00.5Z")));
    }
}
