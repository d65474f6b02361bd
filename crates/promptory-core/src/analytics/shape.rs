//! Error messages grouped by shape: what differs from call to call is taken out.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

/// Of a shape, in characters.
const SHAPE_CHARS: usize = 160;
/// Of a message that is looked at, in bytes.
const LOOKED_AT_BYTES: usize = 2_000;

/// Quoted text, identifiers (UUIDs, hexadecimal of 8 digits or more, words of 12 or more with digits), numbers.
static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let text = r#"(?P<text>"[^"]{0,500}"|'[^']{1,500}'|`[^`]{0,500}`)"#;
    let id = r"(?P<id>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b|\b(?:0x)?[0-9a-fA-F]*[0-9][0-9a-fA-F]{7,}\b|\b[A-Za-z]+[_-][A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]{7,}\b)";
    let number = r"(?P<n>[0-9]+(?:[.,:][0-9]+)*)";
    Regex::new(&format!("{text}|{id}|{number}")).ok()
});

/// The shape of a message, at most 160 characters, on one line.
pub fn error_shape(message: &str) -> String {
    let mut end = message.len().min(LOOKED_AT_BYTES);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let shape: Cow<'_, str> = match &*VARYING {
        None => Cow::Borrowed(&message[..end]),
        Some(varying) => varying.replace_all(&message[..end], |found: &regex::Captures<'_>| {
            if found.name("text").is_some() {
                "‹text›"
            } else if found.name("id").is_some() {
                "‹id›"
            } else {
                "‹n›"
            }
        }),
    };
    let words = shape.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(SHAPE_CHARS) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}
