//! JSON values as YAML that people like to read, and back without a loss: numbers keep their digits, keys their order.
//!
//! Anchors, aliases, tags, merge keys and several documents are refused: a prompt needs none, and they are what YAML
//! bombs are made of.

mod parse;
mod write;

pub use parse::{YamlError, parse};
pub use write::write;

/// What a plain scalar means: the core schema of YAML 1.2, with the numbers of JSON. `0.70`, `1e3` and `-1` are
/// numbers and keep their digits; `0x10`, `.5`, `1_000`, `yes` and `12:30` are texts.
fn plain(text: &str) -> serde_json::Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return serde_json::Value::Null,
        "true" | "True" | "TRUE" => return true.into(),
        "false" | "False" | "FALSE" => return false.into(),
        _ => {}
    }
    let numeric = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    if numeric && let Ok(number) = serde_json::from_str::<serde_json::Number>(text) {
        return number.into();
    }
    text.into()
}

#[cfg(test)]
mod tests;
