//! The check of `content`: shapes, roles, sizes, forbidden characters, secrets.

use serde_json::{Map, Value};

use super::{Content, Kind, Part, variables};
use crate::limits::{CONTENT_BYTES, MESSAGES};
use crate::secret;
use crate::violation::Violation;

pub(crate) const ROLES: [&str; 5] = ["system", "developer", "user", "assistant", "tool"];

/// `None`: too little is right to look further; the violations say why.
pub(super) fn check(
    kind: Kind,
    content: &Value,
    allow_secret: bool,
    violations: &mut Vec<Violation>,
) -> Option<Content> {
    let before = violations.len();
    let content = match (kind, content) {
        (Kind::Text, Value::String(text)) => {
            check_text(text, "/content", allow_secret, violations);
            Content::Text(text.clone())
        }
        (Kind::Chat, Value::Array(parts)) => Content::Chat(check_parts(parts, allow_secret, violations)),
        (Kind::Text, _) => {
            violations.push(shape("/content", "The content of a text prompt is a string."));
            return None;
        }
        (Kind::Chat, _) => {
            let detail = "The content of a chat prompt is a list of {role, content} or {placeholder}.";
            violations.push(shape("/content", detail));
            return None;
        }
    };
    let size = match &content {
        Content::Text(text) => text.len(),
        Content::Chat(parts) => parts.iter().map(part_bytes).sum(),
    };
    if size > CONTENT_BYTES {
        let detail = format!("The content has {size} bytes; at most {CONTENT_BYTES} are allowed.");
        violations.push(Violation::new("too_large", "/content", detail));
        return None;
    }
    let shapes_fit = violations[before..].iter().all(|v| v.code == "secret");
    shapes_fit.then_some(content)
}

fn shape(pointer: &str, detail: &str) -> Violation {
    Violation::new("invalid_shape", pointer, detail)
}

fn part_bytes(part: &Part) -> usize {
    match part {
        Part::Message { role, content } => role.len() + content.len(),
        Part::Placeholder { name } => name.len(),
    }
}

fn check_parts(parts: &[Value], allow_secret: bool, violations: &mut Vec<Violation>) -> Vec<Part> {
    if parts.is_empty() {
        violations.push(Violation::new(
            "empty",
            "/content",
            "The list of messages is empty; give at least one.",
        ));
    }
    if parts.len() > MESSAGES {
        let detail = format!("{} messages are too many; at most {MESSAGES} are allowed.", parts.len());
        violations.push(Violation::new("too_large", "/content", detail));
        return Vec::new();
    }
    let check = |(i, part)| check_part(part, &format!("/content/{i}"), allow_secret, violations);
    parts.iter().enumerate().filter_map(check).collect()
}

fn check_part(part: &Value, at: &str, allow_secret: bool, violations: &mut Vec<Violation>) -> Option<Part> {
    let Value::Object(fields) = part else {
        violations.push(shape(at, "A message is an object {role, content} or {placeholder}."));
        return None;
    };
    let allowed: &[&str] =
        if fields.contains_key("placeholder") { &["placeholder"] } else { &["role", "content"] };
    for unknown in fields.keys().filter(|k| !allowed.contains(&k.as_str())) {
        let detail = format!("The field {unknown:?} is not known here; allowed: {}.", allowed.join(", "));
        let pointer = format!("{at}/{}", crate::violation::pointer_token(unknown));
        violations.push(Violation::new("unknown_field", pointer, detail));
    }
    if let Some(name) = fields.get("placeholder") {
        return check_placeholder(name, &format!("{at}/placeholder"), violations);
    }
    let role = string_field(fields, "role", at, violations);
    let content = string_field(fields, "content", at, violations);
    if let Some(role) = role
        && !ROLES.contains(&role)
    {
        let detail = format!("{role:?} is no role; use one of {}.", ROLES.join(", "));
        violations.push(Violation::new("invalid_role", format!("{at}/role"), detail));
    }
    if let Some(content) = content {
        check_text(content, &format!("{at}/content"), allow_secret, violations);
    }
    Some(Part::Message { role: role?.to_owned(), content: content?.to_owned() })
}

fn check_placeholder(name: &Value, at: &str, violations: &mut Vec<Violation>) -> Option<Part> {
    let Value::String(name) = name else {
        violations.push(shape(at, "A placeholder is the name of a variable, a string."));
        return None;
    };
    variables::check_name(name, at, violations).then(|| Part::Placeholder { name: name.clone() })
}

fn string_field<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    at: &str,
    violations: &mut Vec<Violation>,
) -> Option<&'a str> {
    match fields.get(name) {
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            violations.push(shape(&format!("{at}/{name}"), &format!("`{name}` is a string.")));
            None
        }
        None => {
            let detail = format!("`{name}` is missing; a message is {{role, content}}.");
            violations.push(Violation::new("required", format!("{at}/{name}"), detail));
            None
        }
    }
}

fn check_text(text: &str, at: &str, allow_secret: bool, violations: &mut Vec<Violation>) {
    if text.is_empty() {
        violations.push(Violation::new("empty", at, "The content is empty; write at least one character."));
    }
    if let Some(offset) = text.find('\0') {
        let (line, column) = crate::violation::position(text, offset);
        let detail = "The text holds the character U+0000, which databases and models refuse; remove it.";
        violations.push(Violation::new("nul_character", at, detail).at(line, column));
    }
    if !allow_secret && let Some(found) = secret::find(text) {
        violations.push(secret::violation(&found, at));
    }
}
