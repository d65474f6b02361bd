//! What statistics know of one execution: everything follows from the row that is stored, so that a recount agrees.

use super::{
    cell::Status,
    cube::{Cube, Line, each_key},
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// None: not reported.
    pub input: Option<i64>,
    pub output: Option<i64>,
    pub cached_read: Option<i64>,
    pub cached_write: Option<i64>,
    pub reasoning: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Fact<'a> {
    pub line: Line,
    pub environment: &'a str,
    pub purpose: u8,
    pub id: &'a str,
    /// Microseconds, as all times here.
    pub started_at: i64,
    pub late: bool,
    pub status: Status,
    pub latency: i64,
    pub tokens: Tokens,
    /// Picodollars; none: not known.
    pub cost: Option<i64>,
    /// Empty where there is none, as for the texts below.
    pub provider: &'a str,
    pub model: &'a str,
    pub country: &'a str,
    pub error_type: &'a str,
    pub error_shape: &'a str,
    /// Of those that the project has chosen.
    pub tags: &'a [(&'a str, &'a str)],
    pub scores: &'a [ScoreFact<'a>],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreFact<'a> {
    pub name: &'a str,
    pub value: Scored<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scored<'a> {
    /// Billionths.
    Units(i64),
    Category(&'a str),
}

impl Fact<'_> {
    /// Each cube in which this is counted, with the key of its cell there. `buffer` is only room.
    pub fn each_key(&self, buffer: &mut Vec<u8>, each: impl FnMut(Cube, &[u8])) {
        each_key(self, buffer, each);
    }
}
