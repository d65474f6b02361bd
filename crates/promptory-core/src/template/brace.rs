//! The language `single_brace`: `{name}` and `{user.name}` are variables, all else is literal, so that JSON and code
//! stand in a prompt as they are.
//!
//! `{{` is read first, as two literal braces: `{{name}}` is no variable, and `{{{name}}}` is one between braces.

use std::fmt::Write;
use std::ops::Range;

use serde_json::Value as Json;

use super::inspect::Found;
use crate::limits::RENDER_OUTPUT_BYTES;
use crate::violation::{Cursor, Violation};

/// A part of a text, as the place of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(Range<usize>),
    /// `name` or `user.name`, without the braces.
    Variable(Range<usize>),
}

/// The text cut into its parts, in one pass.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let (mut literal, mut at) = (0, 0);
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')).map(|found| at + found) {
        if bytes.get(open + 1) == Some(&b'{') {
            at = open + 2;
            continue;
        }
        at = open + 1;
        if let Some(close) = path_end(bytes, at) {
            if literal < open {
                pieces.push(Piece::Literal(literal..open));
            }
            pieces.push(Piece::Variable(at..close));
            at = close + 1;
            literal = at;
        }
    }
    if literal < text.len() {
        pieces.push(Piece::Literal(literal..text.len()));
    }
    pieces
}

/// Where the `}` behind `ident(.ident)*` stands, if that is what starts here.
fn path_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut first = true;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        first = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => false,
            b'0'..=b'9' if !first => false,
            b'.' if !first => true,
            b'}' if !first => return Some(at),
            _ => return None,
        };
    }
    None
}

fn root(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// The variables that a text uses, in order of first use.
pub(super) fn uses(text: &str) -> Vec<Found> {
    let mut seen = std::collections::HashSet::new();
    let mut cursor = Cursor::new(text);
    let mut found = Vec::new();
    for piece in pieces(text) {
        let Piece::Variable(place) = piece else { continue };
        let name = root(&text[place.clone()]);
        if seen.insert(name) {
            let (line, column) = cursor.position(place.start);
            found.push(Found { name: name.to_owned(), line, column });
        }
    }
    found
}

/// Appends to `out`. Strings as they are, other values as compact JSON.
///
/// # Errors
/// A path that leads nowhere, or too much output; `pointer` is empty, the caller knows where the text stands.
pub(super) fn render<'a>(
    text: &'a str,
    pieces: &[Piece],
    value: impl Fn(&'a str) -> Option<&'a Json>,
    out: &mut String,
) -> Result<(), Violation> {
    // Found twice, once to know the length: usually all values are strings, and one allocation is enough.
    let mut bytes = 0_usize;
    for piece in pieces {
        bytes = bytes.saturating_add(match piece {
            Piece::Literal(place) => place.len(),
            Piece::Variable(place) => find(text, place, &value)?.as_str().map_or(0, str::len),
        });
    }
    if bytes > RENDER_OUTPUT_BYTES {
        return Err(too_large());
    }
    out.reserve_exact(bytes);
    let mut left = RENDER_OUTPUT_BYTES;
    for piece in pieces {
        let before = out.len();
        match piece {
            Piece::Literal(place) => out.push_str(&text[place.clone()]),
            Piece::Variable(place) => match find(text, place, &value)? {
                Json::String(text) => out.push_str(text),
                other => {
                    write!(Capped { out, left }, "{other}").map_err(|_| too_large())?;
                }
            },
        }
        left = left.checked_sub(out.len() - before).ok_or_else(too_large)?;
    }
    Ok(())
}

fn too_large() -> Violation {
    Violation::new("render_limit", "", "The output is too large.")
}

/// Stops a large value before it is written, and not after.
struct Capped<'a> {
    out: &'a mut String,
    left: usize,
}

impl Write for Capped<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(std::fmt::Error)?;
        self.out.push_str(text);
        Ok(())
    }
}

fn find<'a>(
    text: &'a str,
    place: &Range<usize>,
    value: &impl Fn(&'a str) -> Option<&'a Json>,
) -> Result<&'a Json, Violation> {
    let path = &text[place.clone()];
    let refuse = |why: String| {
        let shown: String = path.chars().take(100).collect();
        let (line, column) = Cursor::new(text).position(place.start);
        Err(Violation::new("template_error", "", format!("{{{shown}}} cannot be filled in: {why}."))
            .at(line, column))
    };
    let mut names = path.split('.');
    let name = names.next().unwrap_or(path);
    let Some(mut found) = value(name) else { return refuse(format!("`{name}` has no value")) };
    let mut walked = name.len();
    for name in names {
        let Json::Object(fields) = found else {
            return refuse(format!("`{}` is no object", &path[..walked]));
        };
        found = match fields.get(name) {
            Some(inner) => inner,
            None => return refuse(format!("`{}` has no field {name:?}", &path[..walked])),
        };
        walked += 1 + name.len();
    }
    Ok(found)
}

#[cfg(test)]
#[path = "brace_tests.rs"]
mod tests;
