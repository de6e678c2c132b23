//! A collection of one run, which is dropped behind it.

use std::time::Duration;

use kiteline::sink::{Client, Index, Options, Schema};
use tokio::runtime::Runtime;

use crate::topic::unique;

/// Longest wait for one call; a server that is still busy with what went before takes its time.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A collection that the records fit, with the demo's index, loaded: so rows can be searched as they come.
pub(crate) struct Fresh<'a> {
    pub(crate) name: String,
    pub(crate) client: Client,
    runtime: &'a Runtime,
}

impl<'a> Fresh<'a> {
    /// Makes it as described, under a name of its own.
    pub(crate) fn create(
        runtime: &'a Runtime,
        uri: &str,
        mut collection: kiteline::target::Collection,
    ) -> Result<Self, String> {
        let name = unique("rows");
        collection.name = name.as_str().into();
        let options = Options { uri: uri.to_owned(), token: None, tls: None, database: None, timeout: TIMEOUT };
        let index =
            Index { field: "embedding".into(), kind: "FLAT".into(), metric: Some("COSINE".into()), params: Vec::new() };
        let made = runtime.block_on(async {
            let client = Client::connect(&options).await?;
            client.create_collection(&Schema::new(collection), &[index]).await?;
            client.load(&name, TIMEOUT).await?;
            Ok(client)
        });
        let client = made.map_err(|error: kiteline::sink::SinkError| format!("{uri}: {error}"))?;
        Ok(Self { name, client, runtime })
    }

    /// Rows that can be read now. `id` is the primary key.
    pub(crate) fn rows(&self) -> Result<u64, String> {
        let count = self.runtime.block_on(self.client.count(&self.name, ""));
        count.map_err(|error| error.to_string())
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.runtime.block_on(self.client.drop_collection(&self.name)) {
            eprintln!("the collection {} is left on the server: {error}", self.name);
        }
    }
}
