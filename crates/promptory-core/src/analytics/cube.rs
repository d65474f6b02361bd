//! What cells are told apart by: six narrow cubes instead of one wide one.

use sha2::{Digest, Sha256};

use super::{Grain, fact::Fact};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cube {
    /// By environment, over all prompts.
    Total,
    /// By line: prompt, version, environment, variant and deployment.
    Line,
    /// By line, provider and model.
    Model,
    /// By line and country.
    Country,
    /// By line, status, type of error and shape of its message.
    Outcome,
    /// By line and one of the project's chosen tags.
    Tag,
}

impl Cube {
    pub const ALL: [Self; 6] =
        [Self::Total, Self::Line, Self::Model, Self::Country, Self::Outcome, Self::Tag];

    pub const fn number(self) -> i64 {
        match self {
            Self::Total => 1,
            Self::Line => 2,
            Self::Model => 3,
            Self::Country => 4,
            Self::Outcome => 5,
            Self::Tag => 6,
        }
    }

    pub const fn is_total(self) -> bool {
        matches!(self, Self::Total)
    }

    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|cube| cube.number() == number)
    }

    /// From the finest to the coarsest. The wide cubes have no minutes: there would be as many cells as executions.
    pub const fn grains(self) -> &'static [Grain] {
        match self {
            Self::Total | Self::Line => &Grain::ALL,
            _ => &[Grain::Hour, Grain::Day],
        }
    }

    pub const fn finest(self) -> Grain {
        self.grains()[0]
    }
}

/// Who answered: a number for prompt, version, environment, variant and deployment together. It follows from them, so
/// that servers need not agree on it.
pub type Line = i64;

/// A number in place of a text: the front of its SHA-256, never negative.
pub fn short(text: &str) -> i64 {
    let digest = Sha256::digest(text);
    let mut front = [0; 8];
    front.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(front) & i64::MAX
}

/// The cells that are read and written together: those of one cube, prompt and bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackKey {
    /// [`short`] of its id, as for the prompt.
    pub project: i64,
    pub cube: Cube,
    pub grain: Grain,
    /// 0 in the cube of totals.
    pub prompt: i64,
    /// Begin of the bucket: microseconds.
    pub bucket: i64,
}

/// What a cell is about within its pack: the line, the purpose, and the texts that its cube adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// 0 in the cube of totals.
    pub line: Line,
    pub purpose: u8,
    pub texts: Vec<&'a str>,
}

/// Between texts; none of them may hold it.
const BETWEEN: u8 = 0x1f;

impl<'a> Key<'a> {
    /// Reads what [`write_key`] wrote.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (line, rest) = bytes.split_first_chunk::<8>()?;
        let (purpose, texts) = rest.split_first()?;
        let texts = std::str::from_utf8(texts).ok()?;
        Some(Self {
            line: i64::from_be_bytes(*line),
            purpose: *purpose,
            texts: texts.split(char::from(BETWEEN)).collect(),
        })
    }
}

fn write_key(out: &mut Vec<u8>, line: Line, purpose: u8, texts: &[&str]) {
    out.clear();
    out.extend_from_slice(&line.to_be_bytes());
    out.push(purpose);
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            out.push(BETWEEN);
        }
        out.extend(text.bytes().map(|byte| if byte == BETWEEN { b' ' } else { byte }));
    }
}

/// Each cube in which an execution is counted, with the key of its cell there. `buffer` is only room.
pub fn each_key(fact: &Fact<'_>, buffer: &mut Vec<u8>, mut each: impl FnMut(Cube, &[u8])) {
    let (line, purpose) = (fact.line, fact.purpose);
    let mut at = |cube, line, texts: &[&str]| {
        write_key(buffer, line, purpose, texts);
        each(cube, buffer);
    };
    at(Cube::Total, 0, &[fact.environment]);
    at(Cube::Line, line, &[]);
    at(Cube::Model, line, &[fact.provider, fact.model]);
    at(Cube::Country, line, &[fact.country]);
    at(Cube::Outcome, line, &[fact.status.as_str(), fact.error_type, fact.error_shape]);
    for (name, value) in fact.tags {
        at(Cube::Tag, line, &[name, value]);
    }
}
