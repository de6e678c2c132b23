//! `[decode.registry]`: where the schemas of framed keys and values are looked up.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::secret::Secret;
use crate::config::units::Time;

/// Where the schemas of framed keys and values are looked up: a registry with Confluent's API. Who asks is given as
/// `user` and `password`, or as `token`, or not at all.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["user", "password"] },
    { "required": ["token"] },
    { "not": { "anyOf": [{ "required": ["token"] }, { "required": ["user"] }, { "required": ["password"] }] } },
]))]
pub struct Registry {
    /// Addresses of the registry, each with the path of its API where it has one. They are asked in turn until one
    /// answers.
    #[schemars(length(min = 1), inner(length(min = 1)), example = ["http://localhost:8081"])]
    pub urls: Vec<String>,
    /// User, the key of an API key, or the client of OAuth.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"kiteline")]
    pub user: Option<String>,
    /// Password of `user`, or the secret of the key or client. `${NAME}` is the environment variable NAME, and `file:PATH`
    /// what a file holds.
    #[serde(default)]
    #[schemars(example = &"${REGISTRY_PASSWORD}")]
    pub password: Option<Secret>,
    /// Token of who asks, in place of `user`. `${NAME}` is the environment variable NAME, and `file:PATH` what a file
    /// holds.
    #[serde(default)]
    #[schemars(example = &"${REGISTRY_TOKEN}")]
    pub token: Option<Secret>,
    /// A server that gives a token to `user` by `password`. Without this table they go to the registry itself.
    #[serde(default)]
    pub oauth: Option<OAuth>,
    /// Headers that go with each question, as `target-sr-cluster` and `Confluent-Identity-Pool-Id` with OAuth at
    /// Confluent Cloud.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret>,
    /// How a connection by https:// is secured. Without this table the registry is known by the system's authorities.
    #[serde(default)]
    pub tls: Option<RegistryTls>,
    /// Longest time for one question. One that is not answered is asked again for as long as it takes, and the records
    /// that need it wait.
    #[serde(default = "Registry::default_timeout")]
    pub timeout: Time,
}

/// A server of OAuth that gives tokens to clients by their credentials: `user` is the client, `password` its secret. A
/// token is asked for again shortly before it ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// The server's address for tokens.
    #[schemars(example = &"https://login.example.com/oauth2/token")]
    pub url: String,
    /// What the token is to be for.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"registry")]
    pub scope: Option<String>,
}

/// How a connection to the registry is secured. Files are looked for from the folder of the pipeline file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryTls {
    /// Certificates (PEM) of the authorities by which the registry is known, in place of the system's.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"tls/ca.pem")]
    pub ca: Option<PathBuf>,
    /// Certificate (PEM) that Kiteline shows to a registry that wants one.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"tls/kiteline.pem")]
    pub cert: Option<PathBuf>,
    /// The private key (PEM) of `cert`.
    #[serde(default, serialize_with = "super::path_as_text")]
    #[schemars(length(min = 1), example = &"tls/kiteline.key")]
    pub key: Option<PathBuf>,
}

impl Registry {
    /// The one at an address, asked by nobody in particular.
    pub fn at(url: &str) -> Self {
        Self {
            urls: vec![url.to_owned()],
            user: None,
            password: None,
            token: None,
            oauth: None,
            headers: BTreeMap::new(),
            tls: None,
            timeout: Self::default_timeout(),
        }
    }

    fn default_timeout() -> Time {
        Time::secs(10)
    }
}
