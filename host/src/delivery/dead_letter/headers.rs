//! What a dead letter says about its record.

use std::borrow::Cow;

use crate::batch::{Record, Rejection, Stage};
use crate::config::Timestamp;
use crate::source::kafka::names;

/// A header that is not the record's own.
pub(super) type Header<'a> = (&'static str, Cow<'a, str>);

/// Where a record came from and why it is on the dead letter's topic.
pub(super) fn of<'a>(
    record: Record<'a>,
    rejection: &'a Rejection,
    pipeline: &'a str,
    at: Timestamp,
) -> Vec<Header<'a>> {
    let origin = record.origin();
    let mut headers: Vec<Header<'a>> = vec![
        (names::TOPIC, (&*origin.topic).into()),
        (names::PARTITION, origin.partition.to_string().into()),
        (names::OFFSET, origin.offset.to_string().into()),
        (names::PIPELINE, pipeline.into()),
        (names::STAGE, rejection.stage.name().into()),
        (names::CLASS, class(&rejection.stage).into()),
        (names::REASON, rejection.reason.as_str().into()),
        (names::REJECTED_AT, at.to_string().into()),
    ];
    headers.extend(rejection.field.as_deref().map(|field| (names::FIELD, field.into())));
    let said_by = match &rejection.stage {
        Stage::Plugin { name, digest } => {
            headers.extend([(names::PLUGIN_NAME, (&**name).into()), (names::PLUGIN_DIGEST, (&**digest).into())]);
            names::PLUGIN_SAID
        }
        Stage::Write { code, attempts } => {
            headers.extend([(names::MILVUS_CODE, (&**code).into()), (names::ATTEMPTS, attempts.to_string().into())]);
            names::MILVUS_SAID
        }
        Stage::Decode | Stage::Validate => names::PLUGIN_SAID,
    };
    headers.extend(rejection.said.as_deref().map(|said| (said_by, said.into())));
    headers
}

/// What Kafka Connect, or the Java client of Milvus, throws where a record fails at this stage; tools group letters by it.
fn class(stage: &Stage) -> &'static str {
    match stage {
        Stage::Decode => "org.apache.kafka.common.errors.SerializationException",
        Stage::Plugin { .. } => "org.apache.kafka.connect.errors.ConnectException",
        Stage::Validate => "org.apache.kafka.connect.errors.DataException",
        Stage::Write { .. } => "io.milvus.exception.ServerException",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Origin, Records};

    fn headers(rejection: &Rejection) -> Vec<(String, String)> {
        let mut records = Records::default();
        let origin = Origin { topic: "items".into(), partition: 3, offset: 17 };
        records.push(origin, None, None, None, std::iter::empty());
        let headers = of(records.get(0), rejection, "packages", Timestamp::from_millis(0));
        headers.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())).collect()
    }

    fn get<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
        headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_letter_says_where_its_record_came_from_and_why() {
        let all = headers(&Rejection::new(0, Stage::Validate, "field `n`: too large").of_field("n"));
        for (name, value) in [
            ("__connect.errors.topic", "items"),
            ("__connect.errors.partition", "3"),
            ("__connect.errors.offset", "17"),
            ("__connect.errors.connector.name", "packages"),
            ("__connect.errors.stage", "validate"),
            ("__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"),
            ("__connect.errors.exception.message", "field `n`: too large"),
            ("kiteline.rejected.at", "1970-01-01T00:00:00Z"),
            ("kiteline.field", "n"),
        ] {
            assert_eq!(get(&all, name), Some(value), "{name}");
        }
        assert_eq!(all.len(), 9);
        assert_eq!(all[0].0, names::TOPIC, "a replay looks for where ours begin");
    }

    #[test]
    fn a_plugin_and_milvus_say_who_they_are() {
        let plugin = Stage::Plugin { name: "route".into(), digest: "ab12".into() };
        let said = |stage| Rejection { said: Some("words".into()), ..Rejection::new(0, stage, "no") };
        let plugin = headers(&said(plugin));
        let of_plugin = ["kiteline.plugin.name", "kiteline.plugin.digest", "kiteline.plugin.said"];
        assert_eq!(of_plugin.map(|name| get(&plugin, name)), [Some("route"), Some("ab12"), Some("words")]);
        let milvus = headers(&said(Stage::Write { code: "code 1100".into(), attempts: 7 }));
        let of_milvus = ["kiteline.milvus.code", "kiteline.attempts", "kiteline.milvus.said"];
        assert_eq!(of_milvus.map(|name| get(&milvus, name)), [Some("code 1100"), Some("7"), Some("words")]);
        assert_eq!(get(&milvus, "kiteline.plugin.said"), None);
    }
}
