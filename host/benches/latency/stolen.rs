//! What the machine's host took.

use std::fs;

/// Processor time that the machine's host gave to others, since a moment.
pub(super) struct Stolen {
    since: Option<(u64, u64)>,
}

impl Stolen {
    pub(super) fn since_now() -> Self {
        Self { since: Self::read() }
    }

    /// Its share of the time of all cores, in percent; none where the system does not tell.
    pub(super) fn percent(&self) -> Option<f64> {
        let ((before, start), (stolen, now)) = self.since.zip(Self::read())?;
        // Where the machine moves to another host, the counts may go back.
        let (stolen, all) = (stolen.checked_sub(before)?, now.checked_sub(start).filter(|all| *all > 0)?);
        Some(stolen as f64 / all as f64 * 100.0)
    }

    /// What was stolen, and the time in all.
    fn read() -> Option<(u64, u64)> {
        let text = fs::read_to_string("/proc/stat").ok()?;
        // "cpu", then user, nice, system, idle, iowait, irq, softirq, steal; guests are part of the first two.
        let times: Vec<u64> =
            text.lines().next()?.split_whitespace().skip(1).map_while(|part| part.parse().ok()).collect();
        Some((*times.get(7)?, times.iter().take(8).sum()))
    }
}
