//! The difference of two chats: which message is which, then the texts of those that changed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::budget::Budget;
use super::matching::{Gap, gaps, matches, numbered};
use super::text::{self, TextDiff};
use super::words::tokens;
use crate::definition::{Content, Part};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartChange {
    Equal,
    /// The same message with another text or role.
    Changed,
    /// Equal, and elsewhere among the others.
    Moved,
    Added,
    Removed,
}

/// One side of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its position, from 0.
    pub index: usize,
    /// `None` for a placeholder, and for the whole of a text prompt.
    pub role: Option<String>,
    pub placeholder: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartDiff {
    pub change: PartChange,
    pub from: Option<Slot>,
    pub to: Option<Slot>,
    /// Of a text that changed, was added or was removed; the missing one counts as empty.
    pub diff: Option<TextDiff>,
}

/// Of this many words, those with the smallest hashes, the likeness of two messages is judged.
const SKETCH_WORDS: usize = 128;
/// Likeness in thousandths. A message may be rewritten as a whole and is still the system message.
const SAME_ROLE: u32 = 50;
const OTHER_ROLE_AT_LEAST: u32 = 500;
const OTHER_ROLE_LESS: u32 = 100;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Item<'a> {
    role: Option<&'a str>,
    placeholder: Option<&'a str>,
    text: &'a str,
}

fn items(content: &Content) -> Vec<Item<'_>> {
    let parts = match content {
        Content::Text(text) => return vec![Item { role: None, placeholder: None, text }],
        Content::Chat(parts) => parts,
    };
    parts.iter().map(item).collect()
}

fn item(part: &Part) -> Item<'_> {
    match part {
        Part::Message { role, content } => Item { role: Some(role), placeholder: None, text: content },
        Part::Placeholder { name } => Item { role: None, placeholder: Some(name), text: "" },
    }
}

pub(super) fn diff(from: &Content, to: &Content, budget: &mut Budget) -> Vec<PartDiff> {
    let (old, new) = (items(from), items(to));
    let (a, b) = numbered(old.iter(), new.iter());
    let runs = matches(&a, &b, budget);
    let mut partners: BTreeMap<usize, (usize, PartChange)> = BTreeMap::new();
    for run in &runs {
        partners.extend((0..run.len).map(|i| (run.to + i, (run.from + i, PartChange::Equal))));
    }
    let between = gaps(&runs, old.len(), new.len());
    moved(&a, &b, &between, &mut partners);
    let mut pairing = Pairing { old: &old, new: &new, sketches: HashMap::new(), budget };
    for gap in &between {
        let gone: Vec<usize> = {
            let taken: std::collections::HashSet<usize> = partners.values().map(|(i, _)| *i).collect();
            gap.from.clone().filter(|i| !taken.contains(i)).collect()
        };
        let come: Vec<usize> = gap.to.clone().filter(|j| !partners.contains_key(j)).collect();
        for (i, j) in pairing.pairs(&gone, &come) {
            partners.insert(j, (i, PartChange::Changed));
        }
    }
    listed(&old, &new, &partners, budget)
}

/// What is gone here and has come there.
fn moved(from: &[u32], to: &[u32], between: &[Gap], partners: &mut BTreeMap<usize, (usize, PartChange)>) {
    let mut gone: HashMap<u32, VecDeque<usize>> = HashMap::new();
    for i in between.iter().flat_map(|gap| gap.from.clone()) {
        gone.entry(from[i]).or_default().push_back(i);
    }
    for j in between.iter().flat_map(|gap| gap.to.clone()) {
        if let Some(i) = gone.get_mut(&to[j]).and_then(VecDeque::pop_front) {
            partners.insert(j, (i, PartChange::Moved));
        }
    }
}

struct Pairing<'a> {
    old: &'a [Item<'a>],
    new: &'a [Item<'a>],
    /// By side and position.
    sketches: HashMap<(bool, usize), Vec<u64>>,
    budget: &'a mut Budget,
}

impl Pairing<'_> {
    /// Pairs of messages that are most alike in all, in order.
    fn pairs(&mut self, gone: &[usize], come: &[usize]) -> Vec<(usize, usize)> {
        if gone.is_empty() || come.is_empty() {
            return Vec::new();
        }
        let steps = (gone.len() * come.len() * 2 * SKETCH_WORDS) as u64;
        if !self.budget.allows(steps) {
            return self.by_role(gone, come);
        }
        self.budget.take(steps);
        for i in gone {
            self.sketches.entry((false, *i)).or_insert_with(|| sketch(self.old[*i].text));
        }
        for j in come {
            self.sketches.entry((true, *j)).or_insert_with(|| sketch(self.new[*j].text));
        }
        let width = come.len() + 1;
        let mut scores = vec![0_u32; gone.len() * come.len()];
        let mut best = vec![0_u32; (gone.len() + 1) * width];
        for (i, at) in gone.iter().enumerate().rev() {
            for (j, to) in come.iter().enumerate().rev() {
                let score = self.likeness(*at, *to);
                scores[i * come.len() + j] = score;
                let paired = if score > 0 { score + best[(i + 1) * width + j + 1] } else { 0 };
                best[i * width + j] = paired.max(best[(i + 1) * width + j]).max(best[i * width + j + 1]);
            }
        }
        let (mut i, mut j, mut out) = (0, 0, Vec::new());
        while i < gone.len() && j < come.len() {
            let score = scores[i * come.len() + j];
            if score > 0 && best[i * width + j] == score + best[(i + 1) * width + j + 1] {
                out.push((gone[i], come[j]));
                (i, j) = (i + 1, j + 1);
            } else if best[i * width + j] == best[(i + 1) * width + j] {
                i += 1;
            } else {
                j += 1;
            }
        }
        out
    }

    /// Without looking into the texts: the next one of the same role.
    fn by_role(&self, gone: &[usize], come: &[usize]) -> Vec<(usize, usize)> {
        let mut rest = come.iter().copied().peekable();
        let mut out = Vec::new();
        for i in gone {
            let role = self.old[*i].role;
            if role.is_some() && rest.peek().is_some_and(|j| self.new[*j].role == role) {
                out.extend(rest.next().map(|j| (*i, j)));
            }
        }
        out
    }

    /// 0: not to be paired. A placeholder is never another one.
    fn likeness(&self, i: usize, j: usize) -> u32 {
        let (old, new) = (self.old[i], self.new[j]);
        if old.placeholder.is_some() || new.placeholder.is_some() {
            return 0;
        }
        let (Some(a), Some(b)) = (self.sketches.get(&(false, i)), self.sketches.get(&(true, j))) else {
            return 0;
        };
        let alike = overlap(a, b);
        if old.role == new.role {
            return alike.max(SAME_ROLE);
        }
        if alike >= OTHER_ROLE_AT_LEAST { alike - OTHER_ROLE_LESS } else { 0 }
    }
}

/// The words of a text as sorted hashes.
fn sketch(text: &str) -> Vec<u64> {
    let hash = |token: &str| {
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        hasher.finish()
    };
    let mut hashes: Vec<u64> = tokens(text).into_iter().filter(|t| !t.trim().is_empty()).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH_WORDS);
    hashes
}

/// How many of the smallest hashes of both are in both, in thousandths.
fn overlap(one: &[u64], other: &[u64]) -> u32 {
    let (mut i, mut j, mut both, mut seen) = (0, 0, 0_u32, 0_u32);
    while seen < SKETCH_WORDS as u32 {
        match (one.get(i), other.get(j)) {
            (Some(a), Some(b)) => {
                both += u32::from(a == b);
                (i, j) = (i + usize::from(a <= b), j + usize::from(b <= a));
            }
            (Some(_), None) => i += 1,
            (None, Some(_)) => j += 1,
            (None, None) => break,
        }
        seen += 1;
    }
    (both * 1_000).checked_div(seen).unwrap_or(1_000)
}

fn listed(
    old: &[Item<'_>],
    new: &[Item<'_>],
    partners: &BTreeMap<usize, (usize, PartChange)>,
    budget: &mut Budget,
) -> Vec<PartDiff> {
    let kept: std::collections::HashSet<usize> = partners.values().map(|(i, _)| *i).collect();
    let slot = |items: &[Item<'_>], index: usize| Slot {
        index,
        role: items[index].role.map(str::to_owned),
        placeholder: items[index].placeholder.map(str::to_owned),
    };
    let mut out = Vec::new();
    let mut gone = (0..old.len()).peekable();
    // Removed ones up to here, where they stood.
    let mut removed = |until: usize, out: &mut Vec<PartDiff>, budget: &mut Budget| {
        while let Some(i) = gone.next_if(|i| *i < until) {
            if !kept.contains(&i) {
                let diff = old[i].placeholder.is_none().then(|| text::diff(old[i].text, "", budget));
                out.push(PartDiff { change: PartChange::Removed, from: Some(slot(old, i)), to: None, diff });
            }
        }
    };
    for j in 0..new.len() {
        let to = Some(slot(new, j));
        let Some((i, change)) = partners.get(&j).copied() else {
            let diff = new[j].placeholder.is_none().then(|| text::diff("", new[j].text, budget));
            out.push(PartDiff { change: PartChange::Added, from: None, to, diff });
            continue;
        };
        if change != PartChange::Moved {
            removed(i, &mut out, budget);
        }
        let diff = (change == PartChange::Changed).then(|| text::diff(old[i].text, new[j].text, budget));
        out.push(PartDiff { change, from: Some(slot(old, i)), to, diff });
    }
    removed(old.len(), &mut out, budget);
    out
}
