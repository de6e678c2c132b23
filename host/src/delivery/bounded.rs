//! Whether a bounded run has the partitions that it is to have. The time goes in.

use std::time::{Duration, Instant};

/// How long a member of the group that got no partitions waits for some. Where partitions are given up one by one
/// (cooperative-sticky), a new member gets none until the others have given theirs up.
const NONE: Duration = Duration::from_secs(10);

/// The share of the group's partitions that this process has.
#[derive(Debug, Default)]
pub(super) struct Share {
    partitions: usize,
    /// When it was assigned; none before the first time, and from a revocation to the assignment that follows it. A
    /// group with an eager strategy takes everything from everyone and then assigns all of it anew.
    since: Option<Instant>,
}

impl Share {
    pub(super) fn assigned(&mut self, partitions: usize, now: Instant) {
        self.partitions += partitions;
        self.since = Some(now);
    }

    pub(super) fn revoked(&mut self, partitions: usize) {
        self.partitions = self.partitions.saturating_sub(partitions);
        self.since = None;
    }

    /// True where the run may end once it is done with the partitions that it has.
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        self.since.is_some_and(|since| self.partitions > 0 || now.saturating_duration_since(since) >= NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_settled_between_a_revocation_and_the_next_assignment() {
        let (mut share, now) = (Share::default(), Instant::now());
        assert!(!share.is_settled(now + NONE), "not before the first assignment");
        share.assigned(3, now);
        assert!(share.is_settled(now));
        share.revoked(3);
        assert!(!share.is_settled(now + 100 * NONE));
        share.assigned(1, now);
        assert!(share.is_settled(now));
    }

    #[test]
    fn a_member_without_partitions_waits_for_some() {
        let (mut share, now) = (Share::default(), Instant::now());
        share.assigned(0, now);
        assert!(!share.is_settled(now + NONE / 2) && share.is_settled(now + NONE));
        share.assigned(2, now + NONE / 2);
        assert!(share.is_settled(now + NONE / 2));
        share.revoked(1);
        share.assigned(0, now);
        assert!(share.is_settled(now), "it still has one");
    }
}
