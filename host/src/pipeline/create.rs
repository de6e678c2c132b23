//! The collections that `[milvus.create]` asks for.

use super::StartError;
use crate::config::PipelineFile;
use crate::sink::{Client, Described, Outlook, SinkError, Wanted};

/// What is done about a collection that is missing and that `[milvus.create]` says how to create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creating {
    /// It is created, as by `run`.
    Done,
    /// It is looked at as if it had been created, as by `check`.
    Shown,
    /// It is missing, as for a pipeline that runs already: whoever dropped it may be about to make another.
    Left,
}

/// What a look at the collections found that are to be created.
#[derive(Debug)]
pub struct ToCreate {
    /// The collection.
    pub collection: String,
    /// True where it is not there at all.
    pub is_missing: bool,
    /// What is still to be done, a line each; nothing where it has just been done.
    pub steps: Vec<String>,
    /// What is there and another than the file says, and may be so.
    pub remarks: Vec<String>,
}

/// What the file says of collections to create, checked; none where it says nothing.
pub(super) fn wanted(file: &PipelineFile) -> Result<Option<Wanted>, StartError> {
    file.milvus.create.as_ref().map(Wanted::of).transpose().map_err(StartError::Target)
}

/// The collection as it is, or as it will be.
pub(super) async fn describe(
    client: &Client,
    collection: &str,
    wanted: Option<&Wanted>,
    creating: Creating,
) -> Result<(Described, Option<ToCreate>), SinkError> {
    let Some(wanted) = wanted else { return Ok((client.describe(collection).await?, None)) };
    let outlook = match creating {
        Creating::Done => client.create(collection, wanted).await?,
        Creating::Shown | Creating::Left => client.outlook(collection, wanted).await?,
    };
    if creating == Creating::Left && outlook.is_begun() {
        // Another process is at it, or was: it is waited for as for one that is missing.
        return Err(SinkError::NoCollection { address: client.address().into(), collection: collection.into() });
    }
    let described = match creating {
        Creating::Shown if outlook.is_missing() => client.as_created(collection, wanted),
        _ => client.describe(collection).await?,
    };
    let steps = if creating == Creating::Shown { outlook.to_do(wanted).collect() } else { Vec::new() };
    let is_missing = outlook.is_missing();
    let Outlook { remarks, .. } = outlook;
    Ok((described, Some(ToCreate { collection: collection.into(), is_missing, steps, remarks })))
}
