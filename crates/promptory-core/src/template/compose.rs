//! Includes put in as text, for clients that fill in variables themselves and know no includes.
//!
//! All else of a text stays byte for byte: what the engine would do with it is left to whoever gets it.

use std::collections::HashMap;

use minijinja::machinery::{Token, tokenize};

use super::engine;
use crate::definition::{Content, Definition, Language, Part};
use crate::limits::{RENDER_OUTPUT_BYTES, RENDER_WORK};
use crate::violation::Violation;

/// The content of a version with everything that it includes in its place. `includes` as for
/// [`super::Compiled::with_includes`].
///
/// # Errors
/// `too_large`, or `include_missing` for one that is not given.
pub fn compose(definition: &Definition, includes: &[(String, &Definition)]) -> Result<Content, Violation> {
    let mut composer = Composer { includes, done: HashMap::new(), work: 0, bytes: 0 };
    let mut whole = |text: &str| {
        let text = composer.text(definition.language, text, 0)?;
        composer.bytes += text.len();
        if composer.bytes > RENDER_OUTPUT_BYTES { Err(too_large()) } else { Ok(text) }
    };
    Ok(match &definition.content {
        Content::Text(text) => Content::Text(whole(text)?),
        Content::Chat(parts) => {
            let part = |part: &Part| {
                Ok(match part {
                    Part::Message { role, content } => {
                        Part::Message { role: role.clone(), content: whole(content)? }
                    }
                    placeholder @ Part::Placeholder { .. } => placeholder.clone(),
                })
            };
            Content::Chat(parts.iter().map(part).collect::<Result<_, Violation>>()?)
        }
    })
}

/// Whether a client that does no more than put strings in place of `{{ name }}` makes of a composed text what
/// rendering makes of it: literal text and plain variables, without logic, filters or comments.
pub fn only_names(language: Language, text: &str) -> bool {
    match language {
        Language::None => !text.contains("{{"),
        Language::SingleBrace => !text.contains("{{") && super::brace::uses(text).is_empty(),
        Language::Jinja => {
            !text.contains("{%") && !text.contains("{#") && text.split("{{").skip(1).all(begins_with_name)
        }
    }
}

/// ` name }}…`, the name not a word of the language.
fn begins_with_name(behind: &str) -> bool {
    let Some((name, _)) = behind.split_once("}}") else { return false };
    let name = name.trim();
    crate::definition::is_variable_name(name)
}

fn too_large() -> Violation {
    let detail = format!("With its includes the content has more than {RENDER_OUTPUT_BYTES} bytes.");
    Violation::new("too_large", "/content", detail)
}

struct Composer<'a> {
    includes: &'a [(String, &'a Definition)],
    /// Each included prompt is put together once, however often it stands somewhere.
    done: HashMap<&'a str, String>,
    work: usize,
    bytes: usize,
}

impl<'a> Composer<'a> {
    fn text(&mut self, language: Language, text: &str, depth: usize) -> Result<String, Violation> {
        if language != Language::Jinja || !text.contains("{%") {
            return Ok(text.to_owned());
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for place in places(text) {
            let before = &text[from..place.start];
            out.push_str(if place.trims_before { before.trim_end() } else { before });
            let included = self.included(&place.written, depth)?;
            out.push_str(included);
            let behind = &text[place.end..];
            let trimmed = if place.trims_behind { behind.len() - behind.trim_start().len() } else { 0 };
            from = place.end + trimmed;
            if out.len() > RENDER_OUTPUT_BYTES {
                return Err(too_large());
            }
        }
        out.push_str(text.get(from..).unwrap_or_default());
        self.work += out.len();
        if self.work as u64 > RENDER_WORK { Err(too_large()) } else { Ok(out) }
    }

    fn included(&mut self, written: &str, depth: usize) -> Result<&str, Violation> {
        let missing = || {
            let detail = format!("The include {written:?} is not part of this build.");
            Violation::new("include_missing", "/content", detail)
        };
        let includes = self.includes;
        let (name, definition) = includes.iter().find(|(name, _)| name == written).ok_or_else(missing)?;
        if !self.done.contains_key(name.as_str()) {
            let (true, Content::Text(text)) = (depth < crate::limits::INCLUDE_DEPTH, &definition.content)
            else {
                return Err(missing());
            };
            let text = self.text(definition.language, text, depth + 1)?;
            self.done.insert(name, text);
        }
        self.done.get(name.as_str()).map(String::as_str).ok_or_else(missing)
    }
}

/// Where an include stands, its braces counted.
struct Place {
    start: usize,
    end: usize,
    written: String,
    trims_before: bool,
    trims_behind: bool,
}

/// By the engine's own lexer, so that what stands in `{% raw %}`, in comments and in strings is left alone.
fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let (mut start, mut words): (usize, Vec<Token<'_>>) = (0, Vec::new());
    for token in tokenize(text, false, engine::syntax()) {
        // What is stored was read before, so this does not happen.
        let Ok((token, span)) = token else { break };
        match token {
            Token::BlockStart => {
                start = span.start_offset as usize;
                words.clear();
            }
            Token::BlockEnd => {
                let end = span.end_offset as usize;
                if let Some(written) = included_name(&words) {
                    let tag = text.get(start..end).unwrap_or_default();
                    let (trims_before, trims_behind) = (tag.starts_with("{%-"), tag.ends_with("-%}"));
                    found.push(Place { start, end, written, trims_before, trims_behind });
                }
                words.clear();
            }
            Token::TemplateData(_) => words.clear(),
            word => words.push(word),
        }
    }
    found
}

/// `include "name"` and nothing that would make it conditional: those are refused when a version is stored.
fn included_name(words: &[Token<'_>]) -> Option<String> {
    match words {
        [Token::Ident("include"), Token::Str(name), ..] => Some((*name).to_owned()),
        [Token::Ident("include"), Token::String(name), ..] => Some(name.to_string()),
        _ => None,
    }
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
