//! What a simulation has met, and what it should have met.

use std::{collections::BTreeMap, fmt::Write};

/// How often each transition has to be met in a long life.
pub const LEAST: u64 = 20;

/// From, what happened, to.
pub type Cell = (&'static str, &'static str, &'static str);

/// What a simulation should meet, and how often.
#[derive(Debug)]
pub struct Wanted {
    pub transitions: &'static [Cell],
    /// What was refused, and what happened to servers.
    pub others: &'static [&'static str],
    pub least_transitions: u64,
    pub least_others: u64,
}

#[derive(Debug)]
pub struct Coverage {
    wanted: Wanted,
    transitions: BTreeMap<(String, String, String), u64>,
    others: BTreeMap<&'static str, u64>,
}

impl Coverage {
    pub fn of(wanted: Wanted) -> Self {
        Self { wanted, transitions: BTreeMap::new(), others: BTreeMap::new() }
    }

    pub fn transition(&mut self, from: &str, kind: &str, to: &str) {
        *self.transitions.entry((from.to_owned(), kind.to_owned(), to.to_owned())).or_default() += 1;
    }

    pub fn met(&mut self, what: &'static str) {
        *self.others.entry(what).or_default() += 1;
    }

    pub fn sum(&self) -> u64 {
        self.transitions.values().sum()
    }

    pub fn count(&self, (from, kind, to): Cell) -> u64 {
        self.transitions.get(&(from.to_owned(), kind.to_owned(), to.to_owned())).copied().unwrap_or(0)
    }

    fn count_other(&self, what: &str) -> u64 {
        self.others.get(what).copied().unwrap_or(0)
    }

    /// Each cell with its count, those that should be met and those that were met besides.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let is_wanted = |key: &(String, String, String)| {
            let key = (key.0.as_str(), key.1.as_str(), key.2.as_str());
            self.wanted.transitions.contains(&key)
        };
        for cell in self.wanted.transitions {
            let (from, kind, to) = cell;
            let _ = writeln!(text, "  {from:<16} {kind:<12} {to:<16} {:>9}", self.count(*cell));
        }
        for ((from, kind, to), count) in self.transitions.iter().filter(|(key, _)| !is_wanted(key)) {
            let _ = writeln!(text, "  {from:<16} {kind:<12} {to:<16} {count:>9}");
        }
        for what in self.wanted.others {
            let _ = writeln!(text, "  {what:<46} {:>9}", self.count_other(what));
        }
        text
    }

    /// Cells that were met too seldom.
    pub fn gaps(&self) -> Vec<String> {
        let Wanted { transitions, others, least_transitions, least_others } = self.wanted;
        let transitions = transitions.iter().filter(|cell| self.count(**cell) < least_transitions);
        let others = others.iter().filter(|what| self.count_other(what) < least_others);
        let named = transitions.map(|(from, kind, to)| format!("{from} {kind} {to}"));
        let counted = named.map(|cell| format!("met less than {least_transitions} times: {cell}"));
        counted.chain(others.map(|what| format!("met less than {least_others} times: {what}"))).collect()
    }
}
