//! Handlebars, as dotprompt uses it, as Jinja: the same text for the same variables. What has no equal is refused with
//! its line, never guessed.

mod expression;
mod tag;

use std::collections::HashSet;

use serde_json::{Value, json};

use expression::Scope;
use tag::{Piece, pieces};

/// Messages with Jinja in them.
///
/// `optional`: variables that callers may leave out, which Handlebars takes for empty.
pub(super) fn convert(text: &str, optional: &HashSet<&str>) -> Result<Vec<Value>, String> {
    let mut made =
        Made { parts: Vec::new(), role: "user".to_owned(), text: String::new(), scope: Scope::new(optional) };
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => made.text.push_str(&literal(text)),
            Piece::Tag(tag) => {
                made.tag(&tag.inner, tag.strip).map_err(|why| format!("line {}: {why}", tag.line))?
            }
        }
    }
    made.scope.closed()?;
    made.close();
    Ok(made.parts)
}

/// What Jinja would take for its own.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        out.push_str(&rest[..at]);
        out.push_str(&format!("{{{{ '{}' }}}}", &rest[at..at + 2]));
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    out
}

struct Made<'a> {
    parts: Vec<Value>,
    role: String,
    text: String,
    scope: Scope<'a>,
}

impl Made<'_> {
    fn close(&mut self) {
        let text = self.text.trim();
        if !text.is_empty() {
            self.parts.push(super::message(&self.role, text));
        }
        self.text.clear();
    }

    fn tag(&mut self, inner: &str, strip: (bool, bool)) -> Result<(), String> {
        let word = inner.split_whitespace().next().unwrap_or_default();
        let rest = inner[word.len()..].trim();
        if word == "role" || inner == "history" {
            self.scope.outside(word)?;
            self.close();
            return self.switch(word, rest);
        }
        let open = if strip.0 { "{%-" } else { "{%" };
        let end = if strip.1 { "-%}" } else { "%}" };
        let block = match word {
            "#if" => self.scope.open_if(rest, false)?,
            "#unless" => self.scope.open_if(rest, true)?,
            "#each" => self.scope.open_each(rest)?,
            "else" | "^" => self.scope.otherwise(rest)?,
            "/if" | "/unless" | "/each" => self.scope.close(&word[1..])?.to_owned(),
            _ if word.starts_with('>') => include(inner)?,
            _ => {
                let value = if word == "json" {
                    format!("{} | tojson", self.scope.path(rest)?)
                } else {
                    self.value(inner)?
                };
                let (left, right) = (if strip.0 { "{{-" } else { "{{" }, if strip.1 { "-}}" } else { "}}" });
                self.text.push_str(&format!("{left} {value} {right}"));
                return Ok(());
            }
        };
        self.text.push_str(&format!("{open} {block} {end}"));
        Ok(())
    }

    fn switch(&mut self, word: &str, rest: &str) -> Result<(), String> {
        if word == "history" {
            self.parts.push(json!({"placeholder": "history"}));
            // What follows a conversation is said by the model, until another role is named.
            self.role = "assistant".to_owned();
            return Ok(());
        }
        let name = rest.trim_matches(['"', '\'']);
        self.role = match name {
            "model" | "assistant" => "assistant",
            "system" | "user" | "tool" | "developer" => name,
            other => {
                return Err(format!("The role {other:?} is not known; use system, user, model or tool."));
            }
        }
        .to_owned();
        Ok(())
    }

    fn value(&self, inner: &str) -> Result<String, String> {
        let plain = !inner.starts_with(['#', '/', '&', '^']) && !inner.contains(char::is_whitespace);
        if !plain {
            let word = inner.split_whitespace().next().unwrap_or_default();
            return Err(format!(
                "`{{{{{word} …}}}}` has no equal in Jinja; write it otherwise, or import the file as text."
            ));
        }
        self.scope.value(inner)
    }
}

fn include(inner: &str) -> Result<String, String> {
    let name = inner.trim_start_matches('>').trim();
    if name.is_empty() || name.contains(char::is_whitespace) || name.contains(['"', '\'', '(']) {
        return Err("A partial is included by its name alone, without values.".to_owned());
    }
    Ok(format!("include \"{name}\""))
}
