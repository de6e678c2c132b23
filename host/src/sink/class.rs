//! What a failure of a write says about what to do next: by Milvus' code, never by its text.

use tonic::Status;

use super::fault::Fault;

/// What to do about a write that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Send it again after a while: the condition passes. It may have been written all the same.
    Retry,
    /// Send it again after a while, and less at once: Milvus is short of something, or limits what it takes.
    Slow,
    /// Send it in parts: it is larger than the server, or a proxy before it, takes.
    TooLarge,
    /// Milvus refuses the request for what is in its rows. Nothing of it was written.
    Refused,
    /// Milvus failed, and does not say whether for what is in the rows or for a state of its own that passes. Send it
    /// again, and take it for the rows only where others are taken meanwhile.
    Unclear,
    /// The partition is gone that the request goes to. Make sure of it, and send the request again.
    NoPartition,
    /// The collection is gone, or is another than it was. Look at it anew, and start over from what is committed.
    Changed,
    /// No repetition helps: someone has to do something.
    Stop,
}

impl Class {
    /// Its name, as in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Slow => "slow",
            Self::TooLarge => "too-large",
            Self::Refused => "refused",
            Self::Unclear => "unclear",
            Self::NoPartition => "no-partition",
            Self::Changed => "changed",
            Self::Stop => "stop",
        }
    }

    /// True where the rows are sent again, all at once or in parts.
    pub fn sends_again(self, rows: usize) -> bool {
        match self {
            Self::Retry | Self::Slow | Self::NoPartition | Self::Unclear => true,
            Self::TooLarge | Self::Refused => rows > 1,
            Self::Changed | Self::Stop => false,
        }
    }

    /// What to do, and why in our own words.
    pub(super) fn of(fault: &Fault) -> (Self, &'static str) {
        match fault {
            Fault::Milvus { code, legacy, .. } if *code != 0 => by_code(*code, *legacy),
            Fault::Milvus { legacy, .. } => by_legacy_code(*legacy),
            Fault::Grpc(status) => by_grpc(status),
            Fault::Answer(_) => (Self::Stop, "Milvus answered what its protocol does not have"),
        }
    }
}

/// Codes of Milvus 2.3 and later.
fn by_code(code: i32, legacy: i32) -> (Class, &'static str) {
    match code {
        // Milvus Lite has one code for what it did not expect, with which a server says that it is not ready yet.
        1 if legacy <= 1 => (Class::Unclear, UNCLEAR),
        1 | 2 | 5 => (Class::Retry, "Milvus is not ready"),
        // Milvus Lite numbers illegal arguments so; for a server it is a request that went to the wrong cluster.
        6 if legacy == 6 => (Class::Refused, ROW),
        3 => (Class::Slow, "Milvus is short of memory"),
        7 => (Class::Slow, "Milvus is short of disk"),
        4 | 8 => (Class::Slow, "Milvus limits the rate of requests"),
        9 => (Class::Slow, "Milvus denies writing, as a quota is exhausted"),
        11 | 12 => (Class::Slow, "Milvus lags behind"),
        103 | 106 | 202 | 305 | 500..=699 | 901..=999 | 1807 => (Class::Retry, "a part of Milvus is not there"),
        1100..=1102 | 1804 => (Class::Refused, ROW),
        // NaN in a vector, and coordinators that are not there yet.
        65535 => (Class::Unclear, UNCLEAR),
        100 => (Class::Changed, "the collection is gone"),
        101 | 201 => (Class::Retry, "the collection is not loaded; load it"),
        108 | 109 => (Class::Changed, "the collection's schema has changed"),
        200 => (Class::NoPartition, "the partition is gone"),
        // A call that was cancelled within Milvus, as when it stops, and one that took too long there.
        10_000 | 10_001 => (Class::Retry, "Milvus gave the call up"),
        800 => (Class::Stop, "the database is gone"),
        1400 | 1401 | 1800 => (Class::Stop, RIGHTS),
        _ => (Class::Stop, "Milvus refuses for a reason that Kiteline does not know"),
    }
}

/// The only codes of servers before 2.3. They count other things.
fn by_legacy_code(code: i32) -> (Class, &'static str) {
    match code {
        3 => (Class::Stop, RIGHTS),
        4 | 28 => (Class::Changed, "the collection is gone"),
        5 | 7 | 11 => (Class::Refused, ROW),
        1 => (Class::Unclear, UNCLEAR),
        24 | 52 | 53 => (Class::Slow, "Milvus is short of memory"),
        54 => (Class::Slow, "Milvus is short of disk"),
        48 => (Class::Slow, "Milvus denies writing, as a quota is exhausted"),
        49 => (Class::Slow, "Milvus limits the rate of requests"),
        2 | 45 | 46 | 47 | 50 | 55 | 56 | 57 | 100 => (Class::Retry, "Milvus is not ready"),
        62 => (Class::Changed, "the collection's schema has changed"),
        _ => (Class::Stop, "Milvus refuses for a reason that Kiteline does not know"),
    }
}

fn by_grpc(status: &Status) -> (Class, &'static str) {
    use tonic::Code;
    match status.code() {
        Code::Unauthenticated | Code::PermissionDenied => (Class::Stop, RIGHTS),
        Code::DeadlineExceeded | Code::Cancelled => (Class::Retry, "Milvus does not answer in time"),
        Code::Unavailable | Code::Unknown | Code::Internal | Code::Aborted | Code::DataLoss => {
            (Class::Retry, "the connection to Milvus is interrupted")
        }
        // gRPC has one code for a quota and for a message that is too large, so here the text decides. Requests are
        // kept below Milvus' own limit of 64 MiB: the server, or a proxy before it, has a lower one.
        Code::ResourceExhausted if status.message().to_ascii_lowercase().contains("larger than max") => {
            (Class::TooLarge, "the request is larger than the server takes; set `write.bytes` lower")
        }
        Code::ResourceExhausted => (Class::Slow, "Milvus limits the rate of requests"),
        _ => (Class::Stop, "Milvus refuses the call itself"),
    }
}

const ROW: &str = "Milvus refuses the rows";
const UNCLEAR: &str = "Milvus failed, and does not say why";
const RIGHTS: &str = "Milvus does not accept the user or token, or that user may not write here";

#[cfg(test)]
mod tests {
    use super::*;

    fn class(code: i32, legacy: i32) -> Class {
        Class::of(&Fault::Milvus { code, legacy, text: String::new() }).0
    }

    #[test]
    fn what_passes_by_itself_is_sent_again() {
        let servers_own = [(1, 56), (2, 1), (3, 24), (4, 1), (7, 54), (8, 49), (9, 48), (11, 55), (12, 1), (106, 1)];
        let given_up = [(10_000, 1), (10_001, 1)];
        for (code, legacy) in servers_own.into_iter().chain(given_up) {
            assert!(matches!(class(code, legacy), Class::Retry | Class::Slow), "{code}");
        }
        for legacy in [45, 48, 49, 53, 54, 55, 57] {
            assert!(matches!(class(0, legacy), Class::Retry | Class::Slow), "legacy {legacy}");
        }
    }

    #[test]
    fn what_may_be_an_outage_is_not_taken_for_the_rows() {
        for (code, legacy) in [(65535, 1), (1, 0), (1, 1), (0, 1)] {
            assert_eq!(class(code, legacy), Class::Unclear, "{code} {legacy}");
        }
    }

    #[test]
    fn what_milvus_is_short_of_slows_down() {
        for (code, legacy) in [(3, 24), (7, 54), (8, 49), (9, 48), (11, 55), (0, 49), (0, 53)] {
            assert_eq!(class(code, legacy), Class::Slow, "{code} {legacy}");
        }
        assert_eq!((class(2, 1), class(0, 55)), (Class::Retry, Class::Retry));
    }

    #[test]
    fn a_collection_that_is_another_or_gone_is_looked_at_anew() {
        for (code, legacy) in [(100, 4), (0, 4), (108, 62), (109, 62), (0, 62)] {
            assert_eq!(class(code, legacy), Class::Changed, "{code} {legacy}");
        }
        assert_eq!(class(200, 1), Class::NoPartition);
    }

    #[test]
    fn what_is_in_the_rows_is_refused() {
        for (code, legacy) in [(1100, 5), (1101, 5), (1102, 5), (1804, 1), (6, 6), (0, 5)] {
            assert_eq!(class(code, legacy), Class::Refused, "{code} {legacy}");
        }
    }

    #[test]
    fn what_no_repetition_helps_stops() {
        for (code, legacy) in [(800, 1), (1401, 3), (0, 3), (6, 1), (4711, 1)] {
            assert_eq!(class(code, legacy), Class::Stop, "{code} {legacy}");
        }
    }

    #[test]
    fn the_same_number_means_another_thing_where_it_is_the_older_code() {
        assert_eq!((class(4, 1), class(0, 4)), (Class::Slow, Class::Changed));
        assert_eq!((class(100, 4), class(0, 100)), (Class::Changed, Class::Retry));
    }

    #[test]
    fn an_interrupted_call_is_sent_again_and_a_forbidden_one_is_not() {
        let class = |status: Status| Class::of(&status.into()).0;
        for code in
            [tonic::Code::Unavailable, tonic::Code::Unknown, tonic::Code::Cancelled, tonic::Code::DeadlineExceeded]
        {
            assert_eq!(class(Status::new(code, "")), Class::Retry, "{code:?}");
        }
        assert_eq!(class(Status::unauthenticated("")), Class::Stop);
        assert_eq!(class(Status::permission_denied("")), Class::Stop);
        assert_eq!(class(Status::resource_exhausted("quota")), Class::Slow);
        let too_large = "grpc: received message larger than max (68157440 vs. 67108864)";
        assert_eq!(class(Status::resource_exhausted(too_large)), Class::TooLarge);
    }
}
