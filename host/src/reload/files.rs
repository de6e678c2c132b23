//! Watching files: what each is, by its place and times, and when it stands still.
//!
//! Files are looked at, not subscribed to: that works on every file system, and whether a file is written in place, a
//! new one is renamed over it, or a link on the way to it (as Kubernetes' `..data`) is switched. The time goes in.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// How long a changed file must stand still before it is read. One that is still being written is read again later.
const STILL: Duration = Duration::from_millis(250);
/// The same where a file is gone: it may be about to be put back.
const GONE: Duration = Duration::from_secs(2);
/// How often files are looked at that are changing.
const SOON: Duration = Duration::from_millis(100);

/// What a file is, without a look inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

/// Files that are watched.
#[derive(Debug)]
pub(super) struct Files {
    paths: Vec<PathBuf>,
    /// What they were when they were last read; none for one that is not there.
    read: Vec<Option<Stamp>>,
    moving: Option<Moving>,
    /// When they were last looked at.
    looked: Instant,
}

/// A change that is not over yet.
#[derive(Debug)]
struct Moving {
    stamps: Vec<Option<Stamp>>,
    since: Instant,
    noticed: SystemTime,
}

/// What a look found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// All is as it was read.
    Same,
    /// Something changes; look again soon.
    Moving,
    /// Something has changed, at about this time, and stands still.
    Changed(SystemTime),
}

impl Files {
    /// Watches these files for changes from now on.
    pub(super) fn new(paths: Vec<PathBuf>, now: Instant) -> Self {
        let read = stamps(&paths);
        Self { paths, read, moving: None, looked: now }
    }

    /// Watches other files; those that stay keep what is known of them.
    pub(super) fn watch(&mut self, paths: Vec<PathBuf>) {
        let known = |path: &PathBuf| self.paths.iter().position(|other| other == path).map(|index| self.read[index]);
        let read = paths.iter().map(|path| known(path).unwrap_or_else(|| Stamp::of(path))).collect();
        *self = Self { paths, read, moving: None, looked: self.looked };
    }

    /// How long until the next look, where there is to be one every `pause`; one is due where that is over.
    pub(super) fn until_look(&self, now: Instant, pause: Duration) -> Duration {
        let pause = if self.moving.is_some() { pause.min(SOON) } else { pause };
        pause.saturating_sub(now.saturating_duration_since(self.looked))
    }

    /// The files are read now, as they are.
    pub(super) fn reading(&mut self) {
        self.read = stamps(&self.paths);
        self.moving = None;
    }

    /// Looks at the files. What has changed counts as read from then on.
    pub(super) fn look(&mut self, now: Instant) -> Look {
        self.looked = now;
        let stamps = stamps(&self.paths);
        if stamps == self.read {
            self.moving = None;
            return Look::Same;
        }
        let moving = match self.moving.take() {
            Some(moving) if moving.stamps == stamps => moving,
            before => {
                let noticed = before.map_or_else(|| self.time_of(&stamps), |moving| moving.noticed);
                Moving { stamps, since: now, noticed }
            }
        };
        let still = if moving.stamps.contains(&None) { GONE } else { STILL };
        if now.saturating_duration_since(moving.since) < still {
            self.moving = Some(moving);
            return Look::Moving;
        }
        self.read = moving.stamps;
        Look::Changed(moving.noticed)
    }

    /// When the files became what they are, where the file system says so: a link that is switched may lead to a file
    /// that is older than the one before it.
    fn time_of(&self, stamps: &[Option<Stamp>]) -> SystemTime {
        let now = SystemTime::now();
        let changed = stamps.iter().zip(&self.read).filter(|(new, old)| new != old);
        let times = changed.filter_map(|(new, _)| {
            let (seconds, nanos) = new.as_ref()?.changed;
            let since = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanos).ok()?);
            SystemTime::UNIX_EPOCH.checked_add(since)
        });
        let latest =
            times.max().filter(|time| now.duration_since(*time).is_ok_and(|ago| ago < Duration::from_secs(60)));
        latest.unwrap_or(now)
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        // Links are followed: what counts is the file that would be read.
        fs::metadata(path).ok().map(|of: Metadata| Self {
            device: of.dev(),
            inode: of.ino(),
            size: of.size(),
            written: (of.mtime(), of.mtime_nsec()),
            changed: (of.ctime(), of.ctime_nsec()),
        })
    }
}

fn stamps(paths: &[PathBuf]) -> Vec<Option<Stamp>> {
    paths.iter().map(|path| Stamp::of(path)).collect()
}

#[cfg(test)]
mod tests;
