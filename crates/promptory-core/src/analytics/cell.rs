//! The figures of the executions of one cell.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    fact::{Fact, ScoreFact, Scored},
    measure::{Measure, Value},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Success,
    Error,
    Timeout,
    Blocked,
}

pub const STATUSES: [Status; 4] = [Status::Success, Status::Error, Status::Timeout, Status::Blocked];

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Blocked => "blocked",
        }
    }

    /// Its place in [`STATUSES`].
    pub const fn number(self) -> usize {
        self as usize
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// By place in [`STATUSES`].
    pub statuses: [u64; 4],
    /// Microseconds.
    pub latency: Measure,
    pub input: Measure,
    pub output: Measure,
    /// Picodollars.
    pub cost: Measure,
    pub cached_read: u64,
    pub cached_write: u64,
    pub reasoning: u64,
    /// Goes down when a price is found later.
    pub unpriced: i64,
    pub late: u64,
    pub scores: BTreeMap<Box<str>, ScoreCell>,
    /// Of failures only.
    pub seen: Option<Seen>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreCell {
    /// Billionths.
    pub values: Measure,
    pub categories: BTreeMap<Box<str>, u64>,
}

/// When failures of one kind happened. Microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub first: i64,
    pub last: i64,
    /// Id of the last one; of several at the same time the greatest.
    pub example: Box<str>,
}

/// The measured values of an execution, prepared once for all its cells.
pub struct Sample<'a> {
    fact: &'a Fact<'a>,
    latency: Value,
    input: Option<Value>,
    output: Option<Value>,
    cost: Option<Value>,
}

impl<'a> Sample<'a> {
    pub fn new(fact: &'a Fact<'a>) -> Self {
        Self {
            fact,
            latency: Value::new(fact.latency),
            input: fact.tokens.input.map(Value::new),
            output: fact.tokens.output.map(Value::new),
            cost: fact.cost.map(Value::new),
        }
    }
}

impl Cell {
    pub fn count(&self) -> u64 {
        self.statuses.iter().sum()
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn add(&mut self, sample: &Sample<'_>) {
        let fact = sample.fact;
        self.statuses[fact.status.number()] += 1;
        self.latency.add(sample.latency);
        for (measure, value) in [
            (&mut self.input, sample.input),
            (&mut self.output, sample.output),
            (&mut self.cost, sample.cost),
        ] {
            if let Some(value) = value {
                measure.add(value);
            }
        }
        let count = |tokens: Option<i64>| tokens.unwrap_or(0).unsigned_abs();
        self.cached_read += count(fact.tokens.cached_read);
        self.cached_write += count(fact.tokens.cached_write);
        self.reasoning += count(fact.tokens.reasoning);
        self.unpriced += i64::from(fact.cost.is_none());
        self.late += u64::from(fact.late);
        fact.scores.iter().for_each(|score| self.score(score));
        if fact.status != Status::Success {
            self.see(Seen { first: fact.started_at, last: fact.started_at, example: fact.id.into() });
        }
    }

    /// What was said of an execution that is counted already.
    pub fn score(&mut self, score: &ScoreFact<'_>) {
        if !self.scores.contains_key(score.name) {
            self.scores.insert(score.name.into(), ScoreCell::default());
        }
        let Some(cell) = self.scores.get_mut(score.name) else { return };
        match score.value {
            Scored::Units(units) => cell.values.add(Value::new(units)),
            Scored::Category(name) => *cell.categories.entry(name.into()).or_default() += 1,
        }
    }

    /// A cost that became known after the execution was counted without one.
    pub fn price(&mut self, cost: i64) {
        self.cost.add(Value::new(cost));
        self.unpriced -= 1;
    }

    pub fn merge(&mut self, other: &Self) {
        for (ours, theirs) in self.statuses.iter_mut().zip(other.statuses) {
            *ours += theirs;
        }
        self.latency.merge(&other.latency);
        self.input.merge(&other.input);
        self.output.merge(&other.output);
        self.cost.merge(&other.cost);
        self.cached_read += other.cached_read;
        self.cached_write += other.cached_write;
        self.reasoning += other.reasoning;
        self.unpriced += other.unpriced;
        self.late += other.late;
        for (name, theirs) in &other.scores {
            let ours = self.scores.entry(name.clone()).or_default();
            ours.values.merge(&theirs.values);
            for (category, count) in &theirs.categories {
                *ours.categories.entry(category.clone()).or_default() += count;
            }
        }
        if let Some(seen) = &other.seen {
            self.see(seen.clone());
        }
    }

    fn see(&mut self, seen: Seen) {
        self.seen = Some(match self.seen.take() {
            None => seen,
            Some(known) => {
                let first = known.first.min(seen.first);
                let later = (seen.last, &seen.example) > (known.last, &known.example);
                Seen { first, ..if later { seen } else { known } }
            }
        });
    }
}

/// Cells of one bucket by their keys. `BTreeMap`, so that equal packs are written equally.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack(pub BTreeMap<Box<[u8]>, Cell>);

/// Before the cells, so that their form may change.
const FORMAT: u8 = 1;

impl Pack {
    pub fn merge(&mut self, other: &Self) {
        for (key, cell) in &other.0 {
            match self.0.get_mut(key) {
                Some(own) => own.merge(cell),
                None => {
                    self.0.insert(key.clone(), cell.clone());
                }
            }
        }
    }

    /// The cell of a key; made when it is not there.
    pub fn cell(&mut self, key: &[u8]) -> &mut Cell {
        if !self.0.contains_key(key) {
            self.0.insert(key.into(), Cell::default());
        }
        self.0.get_mut(key).unwrap_or_else(|| unreachable!("it is there now"))
    }

    /// As it is stored: a byte for the form, then postcard.
    pub fn to_bytes(&self) -> Vec<u8> {
        let cells: Vec<(&[u8], &Cell)> = self.0.iter().map(|(key, cell)| (&**key, cell)).collect();
        match postcard::to_extend(&cells, vec![FORMAT]) {
            Ok(bytes) => bytes,
            Err(_) => unreachable!("memory takes everything"),
        }
    }

    /// # Errors
    /// The bytes are damaged or of a newer program.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let mut pack = Self::default();
        Self::each(bytes, |key, cell| {
            pack.0.insert(key.into(), cell);
        })?;
        Ok(pack)
    }

    /// The cells of a stored pack one after another, for those who only add them up.
    ///
    /// # Errors
    /// As [`Pack::from_bytes`]; cells before the damage were handed over.
    pub fn each(bytes: &[u8], mut each: impl FnMut(&[u8], Cell)) -> Result<(), String> {
        let damaged = |error| format!("stored statistics cannot be read: {error}");
        let Some((&FORMAT, rest)) = bytes.split_first() else {
            return Err("stored statistics have another form".to_owned());
        };
        let (count, mut rest) = postcard::take_from_bytes::<usize>(rest).map_err(damaged)?;
        for _ in 0..count {
            let ((key, cell), after) = postcard::take_from_bytes::<(&[u8], Cell)>(rest).map_err(damaged)?;
            each(key, cell);
            rest = after;
        }
        Ok(())
    }
}
