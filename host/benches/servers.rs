//! The real servers, which are started before and named by variables of the environment.

use std::net::SocketAddr;

use crate::process::Process;

/// A server by the variable that names its address and the script that starts it.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    variable: &'static str,
    script: &'static str,
}

pub(crate) const KAFKA: Server =
    Server { name: "Apache Kafka", variable: "KITELINE_TEST_KAFKA", script: "tests/servers/kafka.sh" };
pub(crate) const MILVUS: Server =
    Server { name: "Milvus 2.3.5", variable: "KITELINE_TEST_MILVUS", script: "tests/servers/milvus.sh" };
pub(crate) const LITE: Server =
    Server { name: "Milvus Lite 3.2.2", variable: "KITELINE_TEST_MILVUS_LITE", script: "tests/servers/milvus-lite.sh" };

impl Server {
    /// Its address; else what has to be done.
    pub(crate) fn address(&self) -> Result<String, String> {
        let Self { name, variable, script } = self;
        std::env::var(variable).map_err(|_| {
            format!(
                "{name} is needed: `export {variable}=$({script} start /tmp/FOLDER)`, and `{script} stop /tmp/FOLDER` \
                 afterwards"
            )
        })
    }
}

/// The process on this machine that listens at an address, with or without a scheme; none where it can't be seen.
pub(crate) fn process_at(address: &str) -> Option<Process> {
    let address = address.rsplit("//").next()?.split(',').next()?;
    Process::listening_at(address.parse::<SocketAddr>().ok()?)
}
