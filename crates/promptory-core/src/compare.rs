//! What differs between two versions, for people and for callers.
//!
//! The work is bounded by a [`Budget`] of steps and not by a clock: the same two versions always give the same
//! answer, on every machine. Where the budget does not reach, the answer is still right, only less fine, and says so
//! (`coarse`).

mod budget;
mod chat;
mod json;
mod matching;
mod text;
mod words;

use serde_json::Value;

use crate::contract::{Bump, ContractChange, changes, required_bump};
use crate::definition::{Content, Definition, Kind, Language, Variable};

pub use budget::Budget;
pub use chat::{PartChange, PartDiff, Slot};
pub use json::{JsonChange, json_changes};
pub use text::{Hunk, Line, LineKind, Piece, TextDiff};

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<T> {
    pub before: T,
    pub after: T,
}

/// A named value: without `before` it is new, without `after` it is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    pub name: String,
    pub before: Option<T>,
    pub after: Option<T>,
}

/// How much of the text is not in the other one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub added_lines: usize,
    pub removed_lines: usize,
    /// Of a changed line only the words that changed.
    pub added_chars: usize,
    pub removed_chars: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.added_lines += other.added_lines;
        self.removed_lines += other.removed_lines;
        self.added_chars += other.added_chars;
        self.removed_chars += other.removed_chars;
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentDiff {
    Text(TextDiff),
    /// Every part of both, in the order of `to`; removed ones stand where they were. Also where only one of the two
    /// versions is a chat: the text is then a part of its own.
    Chat(Vec<PartDiff>),
}

/// Can one version stand where callers expect the other?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub changes: Vec<ContractChange>,
    /// The step of the number that the changes demand.
    pub bump: Bump,
    /// No change is breaking: the bump is not major.
    pub replaceable: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub content: ContentDiff,
    pub counts: Counts,
    /// The budget was too small for all of it: some lines are shown as replaced that may have an equal counterpart,
    /// or changed lines have no words marked.
    pub coarse: bool,
    pub kind: Option<Change<Kind>>,
    pub language: Option<Change<Language>>,
    /// In the order of `from`, then what is new. The order itself is no difference.
    pub variables: Vec<Named<Variable>>,
    pub settings: Vec<Named<Value>>,
    /// Can `to` replace `from` for its callers?
    pub forward: Verdict,
    /// And the other way round, as for going back.
    pub backward: Verdict,
}

/// Compares all of two versions that decides what a model sees. Metadata: [`json_changes`].
pub fn compare(from: &Definition, to: &Definition, budget: Budget) -> Comparison {
    let mut budget = budget;
    let (content, counts) = compare_content(&from.content, &to.content, &mut budget);
    let settings = |definition: &Definition| -> Vec<(String, Value)> {
        definition.settings.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    };
    let variables = |definition: &Definition| -> Vec<(String, Variable)> {
        definition.variables.iter().map(|v| (v.name.clone(), v.clone())).collect()
    };
    Comparison {
        content,
        counts,
        coarse: budget.was_exceeded(),
        kind: differing(from.kind, to.kind),
        language: differing(from.language, to.language),
        variables: named(variables(from), variables(to)),
        settings: named(settings(from), settings(to)),
        forward: verdict(from, to),
        backward: verdict(to, from),
    }
}

/// Two texts, such as what two versions render to.
pub fn diff_texts(from: &str, to: &str, budget: Budget) -> TextDiff {
    let mut budget = budget;
    text::diff(from, to, &mut budget)
}

fn compare_content(from: &Content, to: &Content, budget: &mut Budget) -> (ContentDiff, Counts) {
    if let (Content::Text(from), Content::Text(to)) = (from, to) {
        let diff = text::diff(from, to, budget);
        let counts = diff.counts;
        return (ContentDiff::Text(diff), counts);
    }
    let parts = chat::diff(from, to, budget);
    let mut counts = Counts::default();
    for diff in parts.iter().filter_map(|part| part.diff.as_ref()) {
        counts.add(diff.counts);
    }
    (ContentDiff::Chat(parts), counts)
}

fn differing<T: PartialEq>(before: T, after: T) -> Option<Change<T>> {
    (before != after).then_some(Change { before, after })
}

fn named<T: PartialEq>(from: Vec<(String, T)>, to: Vec<(String, T)>) -> Vec<Named<T>> {
    let mut new: std::collections::HashMap<String, T> = std::collections::HashMap::new();
    let mut order = Vec::new();
    for (name, value) in to {
        order.push(name.clone());
        new.insert(name, value);
    }
    let mut found = Vec::new();
    for (name, before) in from {
        let after = new.remove(&name);
        if after.as_ref() != Some(&before) {
            found.push(Named { name, before: Some(before), after });
        }
    }
    let added = order.into_iter().filter_map(|name| {
        let after = new.remove(&name)?;
        Some(Named { name, before: None, after: Some(after) })
    });
    found.extend(added);
    found
}

fn verdict(from: &Definition, to: &Definition) -> Verdict {
    let changes = changes(from, to);
    let bump = required_bump(&changes);
    Verdict { changes, bump, replaceable: bump != Bump::Major }
}

#[cfg(test)]
mod tests;
