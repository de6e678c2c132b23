//! The mistakes of a pipeline file, each with the place where it is.

use std::fmt;
use std::ops::Range;

use thiserror::Error;

/// Everything that is wrong in a pipeline file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Mistakes {
    file: String,
    mistakes: Vec<Mistake>,
}

/// One thing that is wrong in a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line and column, both from 1, the column in characters. None where the whole file is meant.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what to do about it.
    pub text: String,
}

/// Mistakes as they are found, by their offset in the file's text.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<(usize, String)>);

impl Mistakes {
    /// A mistake that is not in the file's text.
    pub(super) fn whole(file: &str, text: String) -> Self {
        Self { file: file.to_owned(), mistakes: vec![Mistake { place: None, text }] }
    }

    /// A mistake that is the only one.
    pub(super) fn one(file: &str, source: &str, at: &Range<usize>, text: String) -> Self {
        let place = Some(line_and_column(source, at.start));
        Self { file: file.to_owned(), mistakes: vec![Mistake { place, text }] }
    }

    /// The mistakes in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.mistakes.iter()
    }
}

/// One mistake a line, as `FILE:LINE:COLUMN: what is wrong; what to do`.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { place, text }) in self.mistakes.iter().enumerate() {
            let break_before = if index > 0 { "\n" } else { "" };
            write!(f, "{break_before}{}:", self.file)?;
            if let Some((line, column)) = place {
                write!(f, "{line}:{column}:")?;
            }
            write!(f, " {text}")?;
        }
        Ok(())
    }
}

impl Found {
    pub(super) fn add(&mut self, at: &Range<usize>, text: String) {
        self.0.push((at.start, text));
    }

    /// Keeps the first of each line: what a parser reports after it is mostly the same mistake seen again.
    pub(super) fn one_a_line(&mut self, source: &str) {
        self.0.sort_by_key(|(at, _)| *at);
        self.0.dedup_by_key(|(at, _)| line_and_column(source, *at).0);
    }

    /// Whether nothing was found; else what was.
    pub(super) fn settle(mut self, file: &str, source: &str) -> Result<(), Mistakes> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|(at, _)| *at);
        let mistake = |(at, text)| Mistake { place: Some(line_and_column(source, at)), text };
        Err(Mistakes { file: file.to_owned(), mistakes: self.0.into_iter().map(mistake).collect() })
    }
}

/// Line and column of an offset, both from 1.
fn line_and_column(source: &str, at: usize) -> (usize, usize) {
    let before = &source[..source.floor_char_boundary(at)];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters_from_one() {
        let source = "a\näöü = 1\n";
        let ends = [0, 1, 2, 4, source.len(), source.len() + 9].map(|at| line_and_column(source, at));
        assert_eq!(ends, [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 1)]);
    }

    #[test]
    fn lists_mistakes_in_the_order_of_the_file() {
        let mut found = Found::default();
        found.add(&(4..5), "second; do that".to_owned());
        found.add(&(0..1), "first; do this".to_owned());
        let mistakes = found.settle("p.toml", "a\nb\nc\n").expect_err("two were found");
        assert_eq!(mistakes.to_string(), "p.toml:1:1: first; do this\np.toml:3:1: second; do that");
    }
}
