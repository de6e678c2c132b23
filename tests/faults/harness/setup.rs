//! The servers of a scenario, its records, and its pipeline file.

use super::producer::Plan;

/// The servers of a scenario, and what it sends.
pub(crate) struct Setup {
    /// What the harness uses.
    pub(crate) brokers: String,
    pub(crate) milvus: String,
    /// What Kiteline is told, where that is a proxy.
    pub(crate) seen_brokers: Option<String>,
    pub(crate) seen_milvus: Option<String>,
    pub(crate) plan: Plan,
    pub(crate) replicas: i32,
    /// How soon, in milliseconds, the group does without a member that is not heard of.
    pub(crate) session: u32,
    /// More keys of the table `[kafka]`, and more tables.
    pub(crate) kafka_keys: String,
    pub(crate) tables: String,
}

impl Setup {
    /// The same with Milvus Lite.
    pub(crate) fn shared_lite(plan: Plan) -> Self {
        Self { milvus: server("KITELINE_TEST_MILVUS_LITE"), ..Self::shared(plan) }
    }

    /// The servers that `cargo xtask test` starts, for scenarios that do them no harm.
    pub(crate) fn shared(plan: Plan) -> Self {
        Self {
            brokers: server("KITELINE_TEST_KAFKA"),
            milvus: server("KITELINE_TEST_MILVUS"),
            seen_brokers: None,
            seen_milvus: None,
            plan,
            replicas: 1,
            session: 4000,
            kafka_keys: String::new(),
            tables: String::new(),
        }
    }

    /// The pipeline file: small batches and requests, so that faults come between them.
    pub(super) fn pipeline(&self, name: &str) -> String {
        let brokers = self.seen_brokers.as_ref().unwrap_or(&self.brokers);
        let milvus = self.seen_milvus.as_ref().unwrap_or(&self.milvus);
        let Setup { session, kafka_keys, tables, .. } = self;
        let unknown_fields =
            if self.plan.shape.more { "unknown_fields = \"drop\"" } else { "unknown_fields = \"reject\"" };
        format!(
            r#"name = "{name}"
lanes = 2

[kafka]
brokers = "{brokers}"
topics = ["{name}"]
group = "{name}"
{kafka_keys}

[kafka.client]
"session.timeout.ms" = {session}
"heartbeat.interval.ms" = 500
"topic.metadata.refresh.interval.ms" = 2000
"reconnect.backoff.max.ms" = 1000

[milvus]
uri = "{milvus}"
collection = "{name}"
timeout = "5s"
watch = "1s"
{unknown_fields}

[decode.key]
format = "text"

[batch]
rows = 200

[write]
rows = 200
bytes = "1MiB"
age = "50ms"

[dead_letter]
topic = "{name}.dead"

{tables}
"#
        )
    }
}

fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see tests/blackbox/main.rs"))
}
