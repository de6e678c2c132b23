//! Sending a write request.

use std::fmt;

use milvus::proto::milvus::MutationResult;

use super::class::Class;
use super::connect::Client;
use super::encode;
use super::fault::{Code, Fault};
use super::request::Request;
use super::wire::{self, Call};
use crate::batch::Operation;

/// A write request that Milvus did not acknowledge. Its message is fit for a log: it has no text of Milvus' own where
/// that may quote a row. See [`WriteError::detail`] for the dead letter.
#[derive(Clone)]
pub struct WriteError {
    /// What to do about it.
    pub class: Class,
    /// What Milvus or the connection calls it.
    pub code: Code,
    why: &'static str,
    detail: String,
    may_quote: bool,
}

impl Client {
    /// Sends the rows of a request once, and waits until Milvus acknowledges all of them. The request stays as it is,
    /// to be sent again.
    pub async fn write(&self, request: &Request) -> Result<(), WriteError> {
        if request.is_empty() {
            return Ok(());
        }
        if request.operation() == Operation::Delete {
            return self.delete(request).await;
        }
        let _turn = self.turn().await;
        let (call, message) = match request.operation() {
            Operation::Insert => (Call::Insert, encode::insert(request)),
            _ => (Call::Upsert, encode::upsert(request)),
        };
        let send = |message| wire::send(self.wire.clone(), call, message);
        let answer: MutationResult = self.send(message, send).await?;
        let written = if call == Call::Insert { answer.insert_cnt } else { answer.upsert_cnt };
        check_count(request.rows(), written, &answer.err_index).map_err(WriteError::from)
    }

    /// Deletes the rows that are there under the keys of a request, in whatever partition, so that an upsert of it
    /// leaves no second row of a key behind that was in another partition. Until the upsert such a row can't be found.
    pub async fn delete_before(&self, request: &Request) -> Result<(), WriteError> {
        if request.is_empty() {
            return Ok(());
        }
        self.delete(request).await
    }

    /// The status says whether it is done; how many rows there were is not told reliably.
    async fn delete(&self, request: &Request) -> Result<(), WriteError> {
        let _turn = self.turn().await;
        let message = encode::delete(request, self.server.takes_sums_in_lists());
        self.call(message, async |mut service, message| service.delete(message).await).await?;
        Ok(())
    }
}

impl WriteError {
    /// What Milvus said, at most 500 bytes. It may quote values of the rows, so it is for the dead letter only.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same where the collection turns out to be another than the rows were held against.
    #[must_use]
    pub fn of_change(self) -> Self {
        Self { class: Class::Changed, why: "the collection is gone, or another than it was", ..self }
    }

    /// One of that class.
    #[cfg(test)]
    pub(crate) fn of_class(class: Class) -> Self {
        Self { class, code: Code::Milvus(1), why: "it fails in this test", detail: String::new(), may_quote: false }
    }
}

impl From<Fault> for WriteError {
    fn from(fault: Fault) -> Self {
        let (class, why) = Class::of(&fault);
        Self { class, code: fault.code(), why, detail: fault.text(), may_quote: fault.may_quote() }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, why, detail, may_quote, .. } = self;
        write!(f, "{why} ({code})")?;
        if *may_quote { Ok(()) } else { write!(f, ": {detail}") }
    }
}

impl fmt::Debug for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteError").field("class", &self.class).field("code", &self.code).finish_non_exhaustive()
    }
}

impl std::error::Error for WriteError {}

/// A request is acknowledged as a whole or not at all; Milvus has no other answer, so a smaller count is a fault of
/// its own that nobody may overlook.
fn check_count(rows: usize, written: i64, refused: &[u32]) -> Result<(), Fault> {
    if usize::try_from(written) == Ok(rows) && refused.is_empty() {
        return Ok(());
    }
    Err(Fault::Answer(format!("Milvus acknowledged {written} of {rows} rows")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_of_which_a_part_is_acknowledged_stops() {
        assert!(check_count(3, 3, &[]).is_ok());
        for (written, refused) in [(2, &[][..]), (0, &[]), (-1, &[]), (3, &[1])] {
            let error = WriteError::from(check_count(3, written, refused).expect_err("not all are written"));
            assert_eq!(error.class, Class::Stop, "{written} {refused:?}");
        }
        let error = WriteError::from(check_count(3, 2, &[]).expect_err("not all are written"));
        insta::assert_snapshot!(error, @"Milvus answered what its protocol does not have (no code): Milvus acknowledged 2 of 3 rows");
    }

    #[test]
    fn the_message_of_a_refused_write_has_no_text_of_milvus_own() {
        let text = "the 0th element (4711) out of range".to_owned();
        let error = WriteError::from(Fault::Milvus { code: 1100, legacy: 5, text: text.clone() });
        assert_eq!(error.to_string(), "Milvus refuses the rows (code 1100)");
        assert!(!format!("{error:?}").contains("4711"));
        assert_eq!(error.detail(), text);
    }

    #[test]
    fn the_message_of_an_interrupted_write_says_what_the_connection_says() {
        let error = WriteError::from(Fault::from(tonic::Status::unavailable("connection reset")));
        assert_eq!(error.to_string(), "the connection to Milvus is interrupted (gRPC Unavailable): connection reset");
    }

    #[test]
    fn a_long_text_of_milvus_is_cut() {
        let status = milvus::proto::common::Status { code: 1100, reason: "ü".repeat(400), ..Default::default() };
        let error = WriteError::from(Fault::of_status(Some(&status)).expect("a fault"));
        assert_eq!(error.detail().len(), 500);
    }
}
