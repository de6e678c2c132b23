//! What a reload of plugins tells.

use std::time::Duration;

use super::Metrics;
use super::plugin::short;

impl Metrics {
    /// A reload ended: `swapped`, `refused` or `rolled-back`.
    pub fn reloaded(&self, result: &str) {
        self.families.reloads.with_label_values(&[result]).inc();
    }

    /// The first batch by new plugins came so long after their change.
    pub fn first_batch_by_new(&self, after: Duration) {
        self.families.reload_duration.observe(after.as_secs_f64());
    }

    /// A lane stood still for so long to take new plugins.
    pub fn lane_swapped(&self, pause: Duration) {
        self.families.swap_pause.observe(pause.as_secs_f64());
    }

    /// These plugins run now, by name, version and digest.
    pub fn plugins<'a>(&self, running: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
        self.families.plugin_info.reset();
        for (name, version, digest) in running {
            self.families.plugin_info.with_label_values(&[name, version, short(digest)]).set(1);
        }
    }

    /// A plugin runs no more, and nothing of it is told any more: else each version would stay for ever.
    pub fn forget_plugin(&self, name: &str, digest: &str) {
        let families = &self.families;
        let labels = [name, short(digest)];
        // What is not there needs no removing.
        let _ = families.plugin_duration.remove_label_values(&labels);
        let _ = families.plugin_rows.remove_label_values(&labels);
        for kind in ["error", "trap", "timeout"] {
            let _ = families.plugin_faults.remove_label_values(&[name, short(digest), kind]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_that_is_gone_is_forgotten() {
        let metrics = Metrics::new("p", "g");
        let (old, new) = ("a".repeat(64), "b".repeat(64));
        let lane = metrics.lane(0);
        for digest in [&old, &new] {
            lane.plugin("clean", digest).called(Duration::ZERO, None);
        }
        metrics.plugins([("clean", "1", &*old)].into_iter());
        metrics.plugins([("clean", "2", &*new)].into_iter());
        metrics.forget_plugin("clean", &old);
        let text = metrics.text();
        assert!(!text.contains("aaaaaaaaaaaa") && text.contains("bbbbbbbbbbbb"), "{text}");
    }
}
