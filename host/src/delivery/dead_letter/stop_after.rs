//! How many records were rejected lately, and whether that is too many. The time goes in.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::{Rejection, Stage};

/// What records are rejected for, without anything of their values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause {
    stage: &'static str,
    plugin: Option<Arc<str>>,
    field: Option<Arc<str>>,
}

/// The rejections of the last while. It holds as many as its limit.
#[derive(Debug)]
pub(super) struct Window {
    most: usize,
    within: Duration,
    seen: VecDeque<(Instant, Cause)>,
}

/// More were rejected than may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// How many.
    pub rejected: usize,
    /// In how much time, at most.
    pub within: Duration,
    /// What most of them were rejected for.
    pub cause: Cause,
    /// How many for that.
    pub of_cause: usize,
}

impl Cause {
    pub(super) fn of(rejection: &Rejection) -> Self {
        let plugin = match &rejection.stage {
            Stage::Plugin { name, .. } => Some(Arc::clone(name)),
            Stage::Decode | Stage::Validate | Stage::Write { .. } => None,
        };
        Self { stage: rejection.stage.name(), plugin, field: rejection.field.clone() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stage)?;
        if let Some(plugin) = &self.plugin {
            write!(f, " `{plugin}`")?;
        }
        self.field.as_ref().map_or(Ok(()), |field| write!(f, ", field `{field}`"))
    }
}

impl Window {
    pub(super) fn new(most: usize, within: Duration) -> Self {
        Self { most, within, seen: VecDeque::new() }
    }

    /// Counts a rejection; says so where it is one more than may be.
    pub(super) fn add(&mut self, cause: Cause, now: Instant) -> Option<Passed> {
        while self.seen.pop_front_if(|(time, _)| now.saturating_duration_since(*time) >= self.within).is_some() {}
        if self.seen.len() < self.most {
            self.seen.push_back((now, cause));
            return None;
        }
        let mut counts = HashMap::<&Cause, usize>::new();
        for cause in self.seen.iter().map(|(_, cause)| cause).chain([&cause]) {
            *counts.entry(cause).or_default() += 1;
        }
        let most = counts.into_iter().max_by(|(a, n), (b, m)| n.cmp(m).then_with(|| b.cmp(a)));
        let (most, of_cause) = most.map(|(cause, count)| (cause.clone(), count))?;
        Some(Passed { rejected: self.seen.len() + 1, within: self.within, cause: most, of_cause })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cause(field: &str) -> Cause {
        Cause::of(&Rejection::new(0, Stage::Validate, "no").of_field(field))
    }

    #[test]
    fn one_more_than_may_be_is_too_many_and_says_what_most_were() {
        let start = Instant::now();
        let mut window = Window::new(3, Duration::from_secs(60));
        for (second, field) in [(0, "a"), (1, "b"), (2, "b")] {
            assert_eq!(window.add(cause(field), start + Duration::from_secs(second)), None);
        }
        let passed = window.add(cause("a"), start + Duration::from_secs(59)).expect("too many");
        assert_eq!((passed.rejected, passed.of_cause, passed.cause), (4, 2, cause("a")));
    }

    #[test]
    fn what_is_long_past_does_not_count() {
        let start = Instant::now();
        let mut window = Window::new(1, Duration::from_secs(60));
        for minute in 0..5 {
            assert_eq!(window.add(cause("a"), start + Duration::from_secs(60 * minute)), None);
        }
        assert!(window.add(cause("a"), start + Duration::from_secs(299)).is_some());
    }

    #[test]
    fn a_cause_names_stage_plugin_and_field() {
        assert_eq!(cause("n").to_string(), "validate, field `n`");
        let stage = Stage::Plugin { name: "route".into(), digest: "ab".into() };
        assert_eq!(Cause::of(&Rejection::new(0, stage, "no")).to_string(), "plugin `route`");
    }

    proptest! {
        /// Against the plain definition: too many where more than `most` times lie less than `within` back.
        #[test]
        fn it_counts_what_the_definition_says(most in 1..6usize, steps in prop::collection::vec(0..30u64, 1..60)) {
            let start = Instant::now();
            let within = Duration::from_secs(60);
            let mut window = Window::new(most, within);
            let (mut now, mut counted) = (start, Vec::new());
            for step in steps {
                now += Duration::from_secs(step);
                let lately = counted.iter().filter(|time| now.duration_since(**time) < within).count();
                let passed = window.add(cause("a"), now);
                prop_assert_eq!(passed.is_some(), lately >= most);
                if passed.is_none() {
                    counted.push(now);
                }
            }
        }
    }
}
