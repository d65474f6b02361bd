//! Templates: what they use, and how they are rendered. Bounded in time and output; escapes nothing.

mod arguments;
mod brace;
mod compiled;
mod compose;
mod convert;
mod engine;
mod guard;
mod include;
mod inspect;
mod meter;
mod program;
mod scope;
mod segments;

use crate::definition::Language;
use crate::violation::Violation;

pub use compiled::Compiled;
pub use compose::{compose, only_names};
pub(crate) use inspect::{inspect, needs};

/// What a model will see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendered {
    Text(String),
    Chat(Vec<RenderedMessage>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedMessage {
    pub role: String,
    pub content: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// Missing or ill-typed variables, all at once; pointers `/variables/<name>`.
    Variables(Vec<Violation>),
    /// The template failed: fuel, size of the output, an operation on the wrong type. With line and column.
    Template(Violation),
}

/// The names that a text uses and does not set itself, in order of first use. Empty if its syntax is wrong.
pub fn undeclared(language: Language, text: &str) -> Vec<String> {
    inspect(language, text).unwrap_or_default().into_iter().map(|found| found.name).collect()
}

/// An estimate, not a count: a quarter of the characters, rounded up, plus 4 per message of a chat for its frame.
/// English text in common tokenizers lies within about a fifth of it; other scripts need more tokens.
pub fn estimate_tokens(rendered: &Rendered) -> u64 {
    let quarter = |text: &str| text.chars().count().div_ceil(4) as u64;
    match rendered {
        Rendered::Text(text) => quarter(text),
        Rendered::Chat(messages) => messages.iter().map(|m| quarter(&m.content) + 4).sum(),
    }
}

#[cfg(test)]
mod tests;
