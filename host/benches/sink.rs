//! Collections of the sink that acknowledges at once.

use std::time::Duration;

use kiteline::sink::{Client, Options, Schema};
use kiteline::target::Collection;

/// Makes them.
pub(crate) fn collections(uri: &str, collections: &[Collection]) -> Result<(), String> {
    let options =
        Options { uri: uri.to_owned(), token: None, tls: None, database: None, timeout: Duration::from_secs(10) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let made = runtime.block_on(async {
        let client = Client::connect(&options).await?;
        for collection in collections {
            client.create_collection(&Schema::new(collection.clone()), &[]).await?;
        }
        Ok(())
    });
    made.map_err(|error: kiteline::sink::SinkError| error.to_string())
}
