//! Checks of plain fields: every problem is gathered, none is repaired silently.

use promptory_api::problem::ProblemItem;
use promptory_core::{limits, secret, violation::pointer_token};
use serde_json::{Map, Value};

use crate::refusal::{Code, Refusal, item};

/// Gathers problems under a pointer prefix.
pub(crate) struct Checks {
    prefix: String,
    /// What to do about a secret.
    advice: &'static str,
    items: Vec<ProblemItem>,
}

impl Checks {
    pub(crate) fn under(prefix: &str) -> Self {
        let advice = "Remove it, or say in `allow_secret` why it may stay.";
        Self { prefix: prefix.to_owned(), advice, items: Vec::new() }
    }

    /// For what may hold no secret at all.
    pub(crate) fn strict() -> Self {
        Self { advice: "Remove it.", ..Self::under("") }
    }

    pub(crate) fn add(&mut self, code: &str, field: &str, detail: impl Into<String>) {
        self.items.push(item(code, &format!("{}{field}", self.prefix), detail));
    }

    pub(crate) fn extend(&mut self, refusal: Refusal) {
        let prefix = &self.prefix;
        self.items.extend(
            refusal
                .errors
                .into_iter()
                .map(|problem| ProblemItem { pointer: format!("{prefix}{}", problem.pointer), ..problem }),
        );
    }

    pub(crate) fn text(&mut self, field: &str, text: Option<&str>, max_bytes: usize) {
        let Some(text) = text else { return };
        if text.len() > max_bytes {
            self.add("too_long", field, format!("{} bytes; at most {max_bytes} are kept.", text.len()));
        }
        if text.contains('\0') {
            self.add("nul", field, "It contains U+0000, which cannot be stored. Remove it.");
        }
    }

    /// Free text that may hold a pasted secret.
    pub(crate) fn note(&mut self, field: &str, text: Option<&str>, allow_secret: bool) {
        self.prose(field, text, limits::NOTE_BYTES, allow_secret);
    }

    /// As [`Checks::note`], with a limit of its own.
    pub(crate) fn prose(&mut self, field: &str, text: Option<&str>, max_bytes: usize, allow_secret: bool) {
        self.text(field, text, max_bytes);
        if let Some(found) = text.filter(|_| !allow_secret).and_then(secret::find) {
            let detail =
                format!("This looks like a secret ({}, line {}). {}", found.kind, found.line, self.advice);
            self.add("secret", field, detail);
        }
    }

    /// Secrets in the strings of any JSON.
    pub(crate) fn secrets(&mut self, field: &str, value: Option<&Value>) {
        match value {
            Some(Value::String(text)) => {
                if let Some(found) = secret::find(text) {
                    let detail = format!("This looks like a secret ({}). {}", found.kind, self.advice);
                    self.add("secret", field, detail);
                }
            }
            Some(Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.secrets(&format!("{field}/{i}"), Some(item));
                }
            }
            Some(Value::Object(fields)) => {
                for (name, value) in fields {
                    self.secrets(&format!("{field}/{}", pointer_token(name)), Some(value));
                }
            }
            _ => {}
        }
    }

    pub(crate) fn tags(&mut self, tags: Option<&[String]>) {
        let Some(tags) = tags else { return };
        if tags.len() > limits::TAGS {
            self.add("too_many", "/tags", format!("{} tags; at most {} are kept.", tags.len(), limits::TAGS));
        }
        for (i, tag) in tags.iter().enumerate() {
            let field = format!("/tags/{i}");
            if tag.trim().is_empty() {
                self.add("empty", &field, "A tag is a word.");
            }
            if tags[..i].contains(tag) {
                self.add("duplicate", &field, format!("The tag {tag:?} is there twice."));
            }
            self.text(&field, Some(tag), limits::TAG_BYTES);
        }
    }

    pub(crate) fn metadata(&mut self, metadata: Option<&Map<String, Value>>) {
        if let Some(metadata) = metadata {
            self.object("/metadata", metadata);
        }
    }

    /// An object that is stored as it is.
    pub(crate) fn object(&mut self, field: &str, object: &Map<String, Value>) {
        let bytes = serde_json::to_string(object).map_or(0, |text| text.len());
        if bytes > limits::METADATA_BYTES {
            let detail = format!("{bytes} bytes of JSON; at most {} are kept.", limits::METADATA_BYTES);
            self.add("too_long", field, detail);
        }
        if object.values().map(depth).max().unwrap_or(0) + 1 > limits::JSON_DEPTH {
            self.add("too_deep", field, format!("Nested deeper than {} levels.", limits::JSON_DEPTH));
        }
    }

    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.items.is_empty() { Ok(()) } else { Err(Refusal::with_items(Code::Invalid, self.items)) }
    }
}

/// Bounded by the parser's own limit of 128.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 1,
    }
}

/// Compact JSON of what cannot fail to be written.
pub(crate) fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
