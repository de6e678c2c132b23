//! What the demo needs: its folder and its collection.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::COLLECTION;
use crate::batch::VectorType;
use crate::cli::exit::Exit;
use crate::pipeline::StartError;
use crate::sink::{Client, Index, Options, Schema};
use crate::target::{Collection, Field, FieldType};

/// The demo's own plugin, built with the shipped ones.
const TIDY: &[u8] = include_bytes!(concat!(env!("KITELINE_PLUGINS"), "/tidy-packages.wasm"));
const TIDY_NAME: &str = "tidy-packages.wasm";
const LOAD: Duration = Duration::from_secs(60);

/// Makes the folder and puts the demo's own plugin there.
pub(super) fn folder(folder: &Path) -> Result<(), Exit> {
    let made = fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(TIDY_NAME), TIDY));
    made.map_err(|error| Exit::Failed(format!("{}: {error}", folder.display())))
}

/// Makes the collection anew, with an index, and loads it.
pub(super) async fn collection(uri: &str) -> Result<(), Exit> {
    let client = client(uri).await?;
    let make = async {
        if client.has_collection(COLLECTION).await? {
            client.drop_collection(COLLECTION).await?;
        }
        let index =
            Index { field: "embedding".into(), kind: "FLAT".into(), metric: Some("COSINE".into()), params: Vec::new() };
        client.create_collection(&schema(), &[index]).await?;
        client.load(COLLECTION, LOAD).await
    };
    Ok(make.await.map_err(StartError::from)?)
}

/// A connection to the demo's Milvus.
pub(super) async fn client(uri: &str) -> Result<Client, Exit> {
    let options =
        Options { uri: uri.to_owned(), token: None, tls: None, database: None, timeout: Duration::from_secs(30) };
    Ok(Client::connect(&options).await.map_err(StartError::from)?)
}

fn schema() -> Schema {
    let text = |max_length| FieldType::VarChar { max_length };
    let fields = [
        ("name", text(64)),
        ("version", text(64)),
        ("section", text(32)),
        ("size_kb", FieldType::Int64),
        ("summary", text(256)),
        ("tags", FieldType::Array { element: Box::new(text(64)), max_capacity: 48 }),
        ("homepage", text(256)),
        ("arch", text(32)),
        ("priority", text(32)),
        ("meta", FieldType::Json),
        ("embedding", FieldType::Vector { ty: VectorType::Float, dim: 384 }),
    ];
    let fields = fields.map(|(name, ty)| Field { primary: name == "name", ..Field::new(name, ty) });
    Schema::new(Collection { name: COLLECTION.into(), fields: fields.into(), dynamic: false, loaded: false })
}
