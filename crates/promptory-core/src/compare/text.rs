//! The difference of two texts: hunks of lines, with the words that changed inside them.

use std::ops::Range;

use super::Counts;
use super::budget::Budget;
use super::matching::{Gap, gaps, matches, numbered};
use super::words;

/// Unchanged lines around each change.
const CONTEXT: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Context,
    Removed,
    Added,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// It is not in the other text. In a line that is added or removed as a whole there is one piece, which is.
    pub changed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: LineKind,
    /// Its number in each text, from 1.
    pub from: Option<usize>,
    pub to: Option<usize>,
    /// Together the line byte for byte, with its line end.
    pub pieces: Vec<Piece>,
}

impl Line {
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

/// Changes that lie close together. Of each change the removed lines stand before the added ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The number of the first line, from 1, and how many there are.
    pub from_start: usize,
    pub from_lines: usize,
    pub to_start: usize,
    pub to_lines: usize,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextDiff {
    /// Empty: the texts are equal.
    pub hunks: Vec<Hunk>,
    pub counts: Counts,
    /// See [`super::Comparison::coarse`].
    pub coarse: bool,
}

impl TextDiff {
    /// Makes `to` of `from`. `None`: the difference is one of another text.
    pub fn apply(&self, from: &str) -> Option<String> {
        let lines: Vec<&str> = from.split_inclusive('\n').collect();
        let (mut out, mut at) = (String::with_capacity(from.len()), 0);
        for hunk in &self.hunks {
            let start = hunk.from_start.checked_sub(1)?;
            out.extend(lines.get(at..start)?.iter().copied());
            at = start;
            for line in &hunk.lines {
                let text = line.text();
                if line.kind != LineKind::Added {
                    if *lines.get(at)? != text {
                        return None;
                    }
                    at += 1;
                }
                if line.kind != LineKind::Removed {
                    out.push_str(&text);
                }
            }
        }
        out.extend(lines.get(at..)?.iter().copied());
        Some(out)
    }
}

pub(super) fn diff(from: &str, to: &str, budget: &mut Budget) -> TextDiff {
    if from == to {
        return TextDiff::default();
    }
    let (diff, coarse) = budget.exceeded_in(|budget| lines(from, to, budget));
    TextDiff { coarse, ..diff }
}

fn lines(from: &str, to: &str, budget: &mut Budget) -> TextDiff {
    let old: Vec<&str> = from.split_inclusive('\n').collect();
    let new: Vec<&str> = to.split_inclusive('\n').collect();
    let (a, b) = numbered(old.iter(), new.iter());
    let changes = gaps(&matches(&a, &b, budget), old.len(), new.len());
    let mut writer = Writer { old: &old, new: &new, budget, counts: Counts::default() };
    let hunks = grouped(&changes).into_iter().map(|group| writer.hunk(group)).collect();
    let counts = writer.counts;
    TextDiff { hunks, counts, coarse: false }
}

/// Changes with few unchanged lines between them belong together.
fn grouped(changes: &[Gap]) -> Vec<&[Gap]> {
    changes.chunk_by(|one, next| next.from.start - one.from.end <= 2 * CONTEXT).collect()
}

struct Writer<'a> {
    old: &'a [&'a str],
    new: &'a [&'a str],
    budget: &'a mut Budget,
    counts: Counts,
}

impl Writer<'_> {
    fn hunk(&mut self, changes: &[Gap]) -> Hunk {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return Hunk { from_start: 1, from_lines: 0, to_start: 1, to_lines: 0, lines: Vec::new() };
        };
        let lead = first.from.start.min(CONTEXT);
        let tail = (self.old.len() - last.from.end).min(CONTEXT);
        let from = first.from.start - lead..last.from.end + tail;
        let to = first.to.start - lead..last.to.end + tail;
        let mut lines = Vec::new();
        let mut at = (from.start, to.start);
        for change in changes {
            self.context(at, change.from.start - at.0, &mut lines);
            self.change(change, &mut lines);
            at = (change.from.end, change.to.end);
        }
        self.context(at, tail, &mut lines);
        Hunk {
            from_start: from.start + 1,
            from_lines: from.len(),
            to_start: to.start + 1,
            to_lines: to.len(),
            lines,
        }
    }

    fn context(&self, (from, to): (usize, usize), count: usize, lines: &mut Vec<Line>) {
        lines.extend((0..count).map(|i| Line {
            kind: LineKind::Context,
            from: Some(from + i + 1),
            to: Some(to + i + 1),
            pieces: whole(self.old[from + i], false),
        }));
    }

    fn change(&mut self, change: &Gap, lines: &mut Vec<Line>) {
        let (old, new) = (&self.old[change.from.clone()], &self.new[change.to.clone()]);
        let (removed, added) = if old.is_empty() || new.is_empty() {
            let all = |lines: &[&str]| lines.iter().map(|line| whole(line, true)).collect::<Vec<_>>();
            (all(old), all(new))
        } else {
            words::marked(old, new, self.budget)
        };
        self.counts.removed_lines += removed.len();
        self.counts.added_lines += added.len();
        self.counts.removed_chars += changed_chars(&removed);
        self.counts.added_chars += changed_chars(&added);
        let line = |kind, range: Range<usize>, pieces: Vec<Vec<Piece>>| {
            range.zip(pieces).map(move |(at, pieces)| {
                let number = |of| (kind == of).then_some(at + 1);
                Line { kind, from: number(LineKind::Removed), to: number(LineKind::Added), pieces }
            })
        };
        lines.extend(line(LineKind::Removed, change.from.clone(), removed));
        lines.extend(line(LineKind::Added, change.to.clone(), added));
    }
}

fn whole(line: &str, changed: bool) -> Vec<Piece> {
    vec![Piece { text: line.to_owned(), changed }]
}

fn changed_chars(lines: &[Vec<Piece>]) -> usize {
    lines.iter().flatten().filter(|piece| piece.changed).map(|piece| piece.text.chars().count()).sum()
}
