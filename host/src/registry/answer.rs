//! What the registry answers.

use serde::Deserialize;

use super::http::{Failure, Response};

/// Codes of the registry for what it does not have: a subject, a version, a schema.
const MISSING: std::ops::RangeInclusive<u32> = 40401..=40403;

/// A schema as the registry gives it.
#[derive(Debug, Deserialize)]
pub(super) struct Registered {
    pub(super) schema: String,
    #[serde(default, rename = "schemaType")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) references: Option<Vec<Referred>>,
}

/// What a schema refers to.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Referred {
    pub(super) name: String,
    pub(super) subject: String,
    pub(super) version: u32,
}

#[derive(Deserialize)]
struct Mistake {
    error_code: u32,
}

/// The schema in an answer.
pub(super) fn registered(response: &Response, by_guid: bool) -> Result<Registered, Failure> {
    match response.status {
        200 => serde_json::from_slice(&response.body)
            .map_err(|_| Failure::Passing("its answer is no schema: something else listens there".to_owned())),
        404 => match serde_json::from_slice::<Mistake>(&response.body) {
            Ok(mistake) if MISSING.contains(&mistake.error_code) => Err(Failure::Unknown),
            // Registries that know no GUIDs have nothing there at all, and a record must not stop the pipeline for it.
            _ if by_guid => Err(Failure::Unknown),
            _ => Err(Failure::Passing(
                "it has no schemas at that address: add the path of its API to the url".to_owned(),
            )),
        },
        status => Err(unwilling(status)),
    }
}

/// Why it does not answer the question.
pub(super) fn unwilling(status: u16) -> Failure {
    Failure::Passing(match status {
        401 | 403 => format!("it does not accept who asks (status {status}): look at user, token and permissions"),
        300..=399 => format!("it sends on to another host (status {status}): set the url to that one"),
        429 => "it is asked too often (status 429)".to_owned(),
        _ => format!("it answers with status {status}"),
    })
}
