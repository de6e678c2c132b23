//! Settings of librdkafka as `[kafka.client]` has them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::secret::{HIDDEN, Secret};

/// A setting of librdkafka. Its value may hold a secret, so it is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ClientSetting {
    /// A truth value.
    Bool(bool),
    /// A number.
    Integer(i64),
    /// A text; `${NAME}` is the environment variable NAME.
    Text(Secret),
}

impl ClientSetting {
    /// The value as librdkafka takes it, for the one place that hands it on.
    pub fn expose(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Text(value) => value.expose().to_owned(),
        }
    }
}

impl fmt::Debug for ClientSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for ClientSetting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_on_every_kind_of_value_and_prints_none() {
        let text = Secret::from("pw".to_owned());
        let settings = [ClientSetting::Bool(true), ClientSetting::Integer(-5), ClientSetting::Text(text)];
        assert_eq!(settings.each_ref().map(ClientSetting::expose), ["true", "-5", "pw"]);
        assert_eq!(format!("{settings:?}"), "[…, …, …]");
        assert_eq!(serde_json::json!(settings).to_string(), r#"["…","…","…"]"#);
    }
}
