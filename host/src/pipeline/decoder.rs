//! The decoder that `[decode]` stands for, and the registry that it asks.

use tokio::runtime::Handle;

use super::{Schemas, StartError};
use crate::config::{self, Decode, Format};
use crate::decode::{Decoder, Framing, KeyFormat, Plan};
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
    let mut decoder = match decode.format {
        Format::Json | Format::JsonSchema => Decoder::json(plan.clone()),
        Format::Avro => Decoder::avro(schemas.values(), plan.clone()),
        Format::Protobuf => Decoder::protobuf(plan.clone()),
        Format::Raw => Decoder::raw(),
    };
    // What a file has a schema for is not asked for.
    let of_registry = |file: &Option<_>| registry.filter(|_| file.is_none()).cloned();
    let is_framed = match decode.format {
        Format::JsonSchema | Format::Protobuf => true,
        Format::Avro => decode.schema_file.is_none(),
        Format::Json | Format::Raw => false,
    };
    if let Some(framing) = framing(decode.framing, is_framed) {
        decoder = decoder.framed(framing, of_registry(&decode.schema_file));
    }
    let (key_format, is_framed) = match key.format {
        config::KeyFormat::None => return decoder,
        config::KeyFormat::Json => (KeyFormat::Json, false),
        config::KeyFormat::JsonSchema => (KeyFormat::Json, true),
        config::KeyFormat::Text => (KeyFormat::Text, false),
        config::KeyFormat::Protobuf => (KeyFormat::Protobuf, true),
        config::KeyFormat::Avro => (KeyFormat::Avro(schemas.keys()), key.schema_file.is_none()),
    };
    decoder = decoder.with_keys(key_format, key.field.as_str(), plan);
    match framing(key.framing, is_framed) {
        Some(framing) => decoder.with_framed_keys(framing, of_registry(&key.schema_file)),
        None => decoder,
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
