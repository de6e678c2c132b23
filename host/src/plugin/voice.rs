//! What a plugin says, in the log: only where the pipeline file says so, and never more than so many lines a second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::state::Said;

/// Lines of one plugin in a second, over all lanes: enough to read along, and few enough for any log.
const LINES: u32 = 100;
const SECOND: Duration = Duration::from_secs(1);

/// A plugin whose words go to the log.
#[derive(Debug)]
pub(super) struct Voice {
    /// The plugin, as the pipeline file names it.
    plugin: Arc<str>,
    second: Mutex<Second>,
}

/// What was logged within a second.
#[derive(Debug, Default)]
struct Second {
    start: Option<Instant>,
    lines: u32,
    left_out: u64,
}

/// The records that a plugin worked on.
#[derive(Debug, Clone)]
pub(super) struct About {
    /// Where the first of them came from.
    pub(super) first: String,
    pub(super) rows: usize,
}

impl Voice {
    pub(super) fn new(plugin: Arc<str>) -> Self {
        Self { plugin, second: Mutex::default() }
    }

    /// Logs what a plugin said in one call: each message at its level, and each printed line.
    pub(super) fn tell(&self, said: &Said, about: Option<&About>) {
        let now = Instant::now();
        for (level, message) in &said.messages {
            self.line(now, level, message, about);
        }
        if said.dropped > 0 {
            self.line(now, "info", &format!("and {} messages more", said.dropped), about);
        }
        for line in said.printed.lines() {
            self.line(now, "info", line, about);
        }
    }

    fn line(&self, now: Instant, level: &str, text: &str, about: Option<&About>) {
        let left_out = match self.second.lock().unwrap_or_else(PoisonError::into_inner).take(now) {
            None => return,
            Some(left_out) => left_out,
        };
        let (plugin, said) = (&*self.plugin, escaped(text));
        if left_out > 0 {
            tracing::warn!(plugin, lines = left_out, "a plugin says more than the log takes of it; lines are left out");
        }
        // Of a call with many rows nobody knows which one a line is about.
        let (record, rows) = (about.map(|about| about.first.as_str()), about.map(|about| about.rows));
        match level {
            "debug" => tracing::debug!(plugin, record, rows, "plugin says: {said}"),
            "warn" => tracing::warn!(plugin, record, rows, "plugin says: {said}"),
            "error" => tracing::error!(plugin, record, rows, "plugin says: {said}"),
            _ => tracing::info!(plugin, record, rows, "plugin says: {said}"),
        }
    }
}

impl Second {
    /// Whether a line may be logged now: none where not, else how many were left out before it.
    fn take(&mut self, now: Instant) -> Option<u64> {
        let is_over = self.start.is_none_or(|start| now.saturating_duration_since(start) >= SECOND);
        if is_over {
            (self.start, self.lines) = (Some(now), 0);
        }
        if self.lines == LINES {
            self.left_out += 1;
            return None;
        }
        self.lines += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

/// A guest's text for a terminal or a line of the log: what is no printable character, or turns the direction of
/// writing, is escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        let text = "ä \"x\"\n\u{1b}[31m\u{9b}\u{202e}";
        assert_eq!(escaped(text), "ä \"x\"\\n\\u{1b}[31m\\u{9b}\\u{202e}");
    }

    #[test]
    fn lines_beyond_those_of_a_second_are_left_out_and_counted() {
        let (mut second, start) = (Second::default(), Instant::now());
        for _ in 0..LINES {
            assert_eq!(second.take(start), Some(0));
        }
        assert_eq!((second.take(start), second.take(start + SECOND / 2)), (None, None));
        assert_eq!((second.take(start + SECOND), second.take(start + SECOND)), (Some(2), Some(0)));
    }
}
