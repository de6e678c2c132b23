//! Why Milvus can't be used. What happens to rows that are written is told in [`super::WriteError`].

use std::error::Error;

use super::fault::{Code, Fault};
use super::tls;

/// Why something that was asked of Milvus was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SinkError {
    /// Nothing answers at the address, or not in time, or it is not Milvus.
    #[error("Milvus at {address} can't be reached: {cause}. {}", look_at(address))]
    Unreachable {
        /// Scheme, host and port.
        address: String,
        /// What the connection said.
        cause: String,
    },
    /// The collection is not there.
    #[error(
        "Milvus at {address} has no collection `{collection}` in this database: create it, set another `collection`, or \
         let [milvus.create] say how to create it"
    )]
    NoCollection {
        /// Scheme, host and port.
        address: String,
        /// Its name.
        collection: String,
    },
    /// The pipeline asks for what this Milvus does not have or does not allow. The text says what to do.
    #[error("{0}")]
    Misconfigured(String),
    /// Milvus answered, and did not do what it was asked to do.
    #[error("Milvus did not {what} ({code}): {text}")]
    Refused {
        /// What it was asked to do.
        what: String,
        /// Its code.
        code: Code,
        /// Its reason. Only of calls that carry no rows, so no payload is in it.
        text: String,
    },
}

impl SinkError {
    /// Sorts a fault of a call that carries no rows. `what` completes "Milvus did not …".
    pub(super) fn of(fault: &Fault, address: &str, what: &str) -> Self {
        let grpc = if let Fault::Grpc(status) = fault { Some(status.code()) } else { None };
        if let Fault::Grpc(status) = fault
            && let Some(advice) = status.source().and_then(tls::advice)
        {
            return Self::Misconfigured(format!("Milvus at {address} can't be reached by TLS: {advice}"));
        }
        match (fault.code(), grpc) {
            (_, Some(tonic::Code::Unauthenticated)) | (Code::Milvus(1400 | 1800), _) => Self::Misconfigured(format!(
                "Milvus at {address} does not accept who asks: set `user` and `password`, or `token` to an API key, to \
                 what it knows"
            )),
            (_, Some(tonic::Code::PermissionDenied)) | (Code::Milvus(1401) | Code::Legacy(3), _) => {
                Self::Misconfigured(format!(
                    "Milvus at {address} does not let this user {what}: grant the right, or set another `user` or `token`"
                ))
            }
            _ if fault.is_connection() => Self::Unreachable { address: address.into(), cause: fault.text() },
            (code, _) => Self::Refused { what: what.into(), code, text: fault.text() },
        }
    }
}

/// What may be wrong where a connection fails for no reason that is told.
fn look_at(address: &str) -> &'static str {
    if address.starts_with("https:") {
        "Does it run, is `uri` its gRPC address, and does it want a certificate (`tls.cert` and `tls.key`)?"
    } else {
        "Does it run, and is `uri` its gRPC address, with https:// where it has TLS?"
    }
}
