//! What the envelopes are.

/// What the envelopes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// Debezium's, with its schema or without.
    Debezium,
    /// Flink's changelog-json.
    ChangelogJson,
    /// Canal's flat messages.
    Canal,
    /// Maxwell's.
    Maxwell,
    /// Those of Oracle GoldenGate, modeled by operation.
    Ogg,
    /// A schema and a payload, as the JSON converter of Kafka Connect writes them.
    Connect,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debezium => "Debezium",
            Self::ChangelogJson => "changelog-json",
            Self::Canal => "Canal",
            Self::Maxwell => "Maxwell",
            Self::Ogg => "Oracle GoldenGate",
            Self::Connect => "Kafka Connect",
        }
    }

    /// The fields of an envelope, which go.
    pub(crate) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Debezium => {
                &["before", "after", "source", "op", "ts_ms", "ts_us", "ts_ns", "transaction", "schema", "payload"]
            }
            Self::ChangelogJson => &["data", "op"],
            Self::Canal => &[
                "data",
                "old",
                "type",
                "database",
                "table",
                "ts",
                "es",
                "id",
                "isDdl",
                "sql",
                "sqlType",
                "mysqlType",
                "pkNames",
                "gtid",
            ],
            Self::Maxwell => &[
                "data",
                "old",
                "type",
                "database",
                "table",
                "ts",
                "xid",
                "xoffset",
                "commit",
                "position",
                "gtid",
                "server_id",
                "thread_id",
                "schema_id",
                "primary_key",
                "primary_key_columns",
                "query",
                "sql",
                "def",
            ],
            Self::Ogg => {
                &["before", "after", "table", "op_type", "op_ts", "current_ts", "pos", "primary_keys", "tokens"]
            }
            Self::Connect => &["schema", "payload"],
        }
    }
}
