//! What a call to Milvus comes back with when it did not do what it was asked to do.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use milvus::proto::common;
use tonic::Status;

/// Longest text of Milvus' own that is kept, in bytes.
const TEXT_MAX: usize = 500;

/// A call that failed.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// The call itself failed.
    Grpc(Box<Status>),
    /// Milvus answered with a code.
    Milvus {
        /// Its code; 0 from a server that only has the older one.
        code: i32,
        /// The older code, which counts other things.
        legacy: i32,
        /// Its reason, cut.
        text: String,
    },
    /// Milvus answered what its protocol does not have.
    Answer(String),
}

/// What identifies a failure, for messages and for looking it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Milvus' code.
    Milvus(i32),
    /// The code of a server older than Milvus 2.3, which counts other things.
    Legacy(i32),
    /// gRPC's name for it, where the call did not come as far as a code of Milvus.
    Grpc(&'static str),
    /// Milvus answered what its protocol does not have.
    Answer,
}

impl Fault {
    /// What stands for success in a status is none.
    #[expect(deprecated, reason = "servers before 2.3 have no other code")]
    pub(super) fn of_status(status: Option<&common::Status>) -> Option<Self> {
        let Some(status) = status else { return Some(Self::Answer("an answer without a status".into())) };
        if status.code == 0 && status.error_code == 0 {
            return None;
        }
        Some(Self::Milvus { code: status.code, legacy: status.error_code, text: cut(&status.reason).into() })
    }

    /// Of a call with a deadline. The client keeps the deadline too and calls that "Cancelled"; here it is one code,
    /// whichever of the two clocks was first.
    pub(super) fn of_call(status: Status, timeout: Duration) -> Self {
        let mut causes = std::iter::successors(status.source(), |&cause| cause.source());
        if causes.any(|cause| cause.is::<tonic::TimeoutExpired>()) { Self::timeout(timeout) } else { status.into() }
    }

    /// No answer came in time.
    pub(super) fn timeout(timeout: Duration) -> Self {
        Self::Grpc(Box::new(Status::deadline_exceeded(format!("no answer within {timeout:?}"))))
    }

    pub(super) fn code(&self) -> Code {
        match self {
            Self::Grpc(status) => Code::Grpc(name(status.code())),
            Self::Milvus { code: 0, legacy, .. } => Code::Legacy(*legacy),
            Self::Milvus { code, .. } => Code::Milvus(*code),
            Self::Answer(_) => Code::Answer,
        }
    }

    /// What Milvus or the connection said. See [`Fault::may_quote`].
    pub(super) fn text(&self) -> String {
        match self {
            // A status without a cause would say its code and metadata as well.
            Self::Grpc(status) => cut(&status.source().map_or_else(|| status.message().to_owned(), innermost)).into(),
            Self::Milvus { text, .. } | Self::Answer(text) => text.clone(),
        }
    }

    /// True where the call did not come as far as Milvus, or Milvus did not answer.
    pub(super) fn is_connection(&self) -> bool {
        use tonic::Code::{Cancelled, DeadlineExceeded, Internal, Unavailable, Unknown};
        matches!(self, Self::Grpc(s) if matches!(s.code(), Cancelled | DeadlineExceeded | Internal | Unavailable | Unknown))
    }

    /// True where the text may quote a value of a row. What the connection says can't, nor what we say ourselves.
    pub(super) fn may_quote(&self) -> bool {
        use tonic::Code::{Cancelled, DeadlineExceeded, Unavailable};
        match self {
            Self::Grpc(status) => !matches!(status.code(), Cancelled | DeadlineExceeded | Unavailable),
            Self::Milvus { .. } => true,
            Self::Answer(_) => false,
        }
    }

    /// True where the server has no such call.
    pub(super) fn is_unimplemented(&self) -> bool {
        matches!(self, Self::Grpc(status) if status.code() == tonic::Code::Unimplemented)
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Self::Grpc(Box::new(status))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Milvus(code) => write!(f, "code {code}"),
            Self::Legacy(code) => write!(f, "legacy code {code}"),
            Self::Grpc(name) => write!(f, "gRPC {name}"),
            Self::Answer => f.write_str("no code"),
        }
    }
}

/// The innermost cause: the outer ones only say "transport error".
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// At most [`TEXT_MAX`] bytes, whole characters.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_MAX)]
}

fn name(code: tonic::Code) -> &'static str {
    use tonic::Code;
    match code {
        Code::Ok => "Ok",
        Code::Cancelled => "Cancelled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_has_one_code_whichever_clock_was_first() {
        let timeout = Duration::from_secs(1);
        let of_client = Status::from_error(Box::new(tonic::TimeoutExpired(())));
        assert_eq!(Fault::of_call(of_client, timeout).code(), Fault::timeout(timeout).code());
        let of_server = Status::cancelled("the server ends");
        assert_eq!(Fault::of_call(of_server, timeout).code().to_string(), "gRPC Cancelled");
    }
}
