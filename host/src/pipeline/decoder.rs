//! The decoder that `[decode]` stands for, and the registry that it asks.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::schemas::Schema;
use super::{Schemas, StartError};
use crate::config::{self, Csv, Decode, Format};
use crate::decode::{Compression, CsvLayout, Decoder, Framing, KeyFormat, Plan};
use crate::registry::{Auth, OAuth, Options, Registry, Tls};

/// The registry of the file, which must answer.
pub(crate) fn connect(decode: &Decode, runtime: &Handle) -> Result<Option<Registry>, StartError> {
    let Some(registry) = &decode.registry else { return Ok(None) };
    Ok(Some(runtime.block_on(Registry::connect(&options(registry), runtime))?))
}

fn options(registry: &config::Registry) -> Options {
    let auth = match (&registry.user, &registry.password, &registry.token, &registry.oauth) {
        (Some(user), Some(password), _, Some(oauth)) => Auth::OAuth(OAuth {
            url: oauth.url.clone(),
            client_id: user.clone(),
            client_secret: password.clone(),
            scope: oauth.scope.clone(),
        }),
        (Some(user), Some(password), ..) => Auth::Basic { user: user.clone(), password: password.clone() },
        (_, _, Some(token), _) => Auth::Bearer(token.clone()),
        _ => Auth::None,
    };
    let tls =
        registry.tls.as_ref().map(|tls| Tls { ca: tls.ca.clone(), identity: tls.cert.clone().zip(tls.key.clone()) });
    Options {
        urls: registry.urls.clone(),
        auth,
        headers: registry.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        tls: tls.unwrap_or_default(),
        timeout: registry.timeout.get(),
    }
}

/// A decoder as `[decode]` says, for fields of these types.
pub(crate) fn decoder_of(decode: &Decode, schemas: &Schemas, plan: Plan, registry: Option<&Registry>) -> Decoder {
    let key = &decode.key;
    let (values, keys) = (&schemas.values, &schemas.keys);
    let mut decoder = match decode.format {
        Format::Json | Format::JsonSchema => Decoder::json(plan.clone()),
        Format::Avro => Decoder::avro(values.avro(), plan.clone()),
        Format::Protobuf => Decoder::protobuf(values.protobuf(), plan.clone()),
        Format::Csv => Decoder::csv(csv(decode.csv.as_ref()), plan.clone()),
        Format::Text => Decoder::text(decode.field.as_deref().unwrap_or_default(), plan.clone()),
        Format::Raw => Decoder::raw(),
    };
    decoder = decoder.packed(decode.compression.map(compression), key.compression.map(compression));
    // What a file has a schema for is not asked for.
    let of_registry = |file: &Schema| registry.filter(|_| file.is_none()).cloned();
    let is_framed = match decode.format {
        Format::JsonSchema => true,
        Format::Avro | Format::Protobuf => values.is_none(),
        Format::Json | Format::Csv | Format::Text | Format::Raw => false,
    };
    if let Some(framing) = framing(decode.framing, is_framed) {
        decoder = decoder.framed(framing, of_registry(values));
    }
    let (key_format, is_framed) = match key.format {
        config::KeyFormat::None => return decoder,
        config::KeyFormat::Json => (KeyFormat::Json, false),
        config::KeyFormat::JsonSchema => (KeyFormat::Json, true),
        config::KeyFormat::Text => (KeyFormat::Text, false),
        config::KeyFormat::Csv => (KeyFormat::Csv(csv(key.csv.as_ref())), false),
        config::KeyFormat::Protobuf => (KeyFormat::Protobuf(keys.protobuf()), keys.is_none()),
        config::KeyFormat::Avro => (KeyFormat::Avro(keys.avro()), keys.is_none()),
    };
    decoder = decoder.with_keys(key_format, key.field.as_str(), plan);
    match framing(key.framing, is_framed) {
        Some(framing) => decoder.with_framed_keys(framing, of_registry(keys)),
        None => decoder,
    }
}

/// The layout that the file gives, which has one where the format is CSV.
fn csv(given: Option<&Csv>) -> Arc<CsvLayout> {
    let Csv { columns, delimiter, quote } = given.cloned().unwrap_or_default();
    let columns = columns.into_iter().map(Into::into).collect();
    // Both are ASCII by the rules of the file.
    Arc::new(CsvLayout { columns, delimiter: delimiter as u8, quote: quote as u8 })
}

fn compression(given: config::Compression) -> Compression {
    match given {
        config::Compression::Gzip => Compression::Gzip,
        config::Compression::Zstd => Compression::Zstd,
        config::Compression::Lz4 => Compression::Lz4,
        config::Compression::Snappy => Compression::Snappy,
    }
}

/// What stands in front: what the file says, else what is usual.
fn framing(given: Option<config::Framing>, is_usual: bool) -> Option<Framing> {
    match given {
        Some(config::Framing::None) => None,
        None => is_usual.then_some(Framing::Confluent),
        Some(config::Framing::Confluent) => Some(Framing::Confluent),
        Some(config::Framing::Glue) => Some(Framing::Glue),
    }
}
