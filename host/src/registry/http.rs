//! One question over HTTP.

use std::error::Error;

use reqwest::RequestBuilder;
use thiserror::Error;

/// Why there is no answer that is of use.
#[derive(Debug, Error)]
pub(super) enum Failure {
    /// The registry has no such thing.
    #[error("there is none")]
    Unknown,
    /// It has, and it can't be used.
    #[error("{0}")]
    Unusable(String),
    /// Whatever else: it is tried again.
    #[error("{0}")]
    Passing(String),
}

/// An answer, whatever its status.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Asks over HTTP.
#[derive(Debug, Clone)]
pub(super) struct Http(reqwest::Client);

impl Http {
    pub(super) fn new(client: reqwest::Client) -> Self {
        Self(client)
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.0
    }

    /// Sends a request, and reads an answer of at most so many bytes.
    pub(super) async fn send(&self, request: RequestBuilder, most: usize) -> Result<Response, Failure> {
        let mut response = request.send().await.map_err(|error| passing(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| passing(&error))? {
            if body.len() + chunk.len() > most {
                return Err(Failure::Unusable(format!("has more than {most} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, body })
    }
}

/// The cause alone: what stands around it names the address, which may hold what a proxy wants to know.
fn passing(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Passing("no answer in time".to_owned());
    }
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    Failure::Passing(if error.source().is_some() { cause.to_string() } else { "the request failed".to_owned() })
}
