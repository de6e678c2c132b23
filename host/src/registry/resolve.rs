//! A schema with all that it refers to.

use std::collections::HashSet;

use super::answer::{Referred, Registered};
use super::client::Client;
use super::http::Failure;
use super::schema::{Kind, Reference, Schema, SchemaId};

/// Most schemas that one may refer to, directly or not: a hundred imports are many.
const REFERENCES: usize = 256;
/// Most bytes of a schema with all that it refers to.
const BYTES: usize = 16 << 20;

/// One that is being looked at: its references are before it.
struct Step {
    reference: Reference,
    left: Vec<Referred>,
}

/// Asks for a schema and for what it refers to.
pub(super) async fn schema(client: &Client, id: SchemaId) -> Result<Schema, Failure> {
    whole(client, client.by_id(id).await?).await
}

/// Asks for what a schema refers to, until there is nothing left.
pub(super) async fn whole(client: &Client, registered: Registered) -> Result<Schema, Failure> {
    let Registered { schema: text, kind, references } = registered;
    let mut bytes = text.len();
    let mut resolved = Vec::new();
    let mut seen = HashSet::new();
    let root = Reference { name: String::new(), text };
    let mut path = vec![Step { reference: root, left: references.unwrap_or_default() }];
    // Depth first and without recursion, so that what is referred to comes before what refers to it. A circle ends at
    // what was seen already.
    loop {
        let Some(step) = path.last_mut() else { unreachable!("the first step is returned from") };
        if step.left.is_empty() {
            let Some(Step { reference, .. }) = path.pop() else { continue };
            if path.is_empty() {
                return Ok(Schema { kind: Kind::named(kind.as_deref()), text: reference.text, references: resolved });
            }
            resolved.push(reference);
            continue;
        }
        let Referred { name, subject, version } = step.left.remove(0);
        if !seen.insert(name.clone()) {
            continue;
        }
        if seen.len() > REFERENCES {
            return Err(Failure::Unusable(format!("refers to more than {REFERENCES} schemas")));
        }
        let Registered { schema: text, references, .. } =
            client.version(&subject, version).await.map_err(|failure| match failure {
                Failure::Unknown => Failure::Unusable("refers to a schema that is gone".to_owned()),
                failure => failure,
            })?;
        bytes += text.len();
        if bytes > BYTES {
            return Err(Failure::Unusable(format!("has more than {BYTES} bytes with what it refers to")));
        }
        let left = references.unwrap_or_default();
        path.push(Step { reference: Reference { name, text }, left });
    }
}
