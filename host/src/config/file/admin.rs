//! `[admin]`: where metrics, health and plugins are asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where metrics and health are asked for over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// Address and port to listen at, for `/metrics`, `/healthz`, `/readyz`, `/plugins` and `/reload`. Whoever reaches
    /// it may read, and have plugins read again: with `0.0.0.0:9464` or `[::]:9464` that is every network of this
    /// machine.
    #[schemars(length(min = 1))]
    pub listen: String,
}

impl Default for Admin {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9464".into() }
    }
}
