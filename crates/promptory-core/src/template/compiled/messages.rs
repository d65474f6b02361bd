//! The value of a placeholder: a list of `{role, content}`.

use serde_json::Value;

use crate::definition::ROLES;
use crate::limits::MESSAGES;
use crate::violation::Violation;

pub(super) fn check(name: &str, value: &Value, violations: &mut Vec<Violation>) {
    let at = super::pointer(name);
    let Value::Array(messages) = value else {
        let detail = format!("The placeholder {name:?} takes a list of {{role, content}}.");
        violations.push(Violation::new("invalid_messages", at, detail));
        return;
    };
    if messages.len() > MESSAGES {
        let detail = format!("{} messages are too many; at most {MESSAGES} are allowed.", messages.len());
        violations.push(Violation::new("too_large", at, detail));
        return;
    }
    for (i, message) in messages.iter().enumerate() {
        if let Some(detail) = problem(message) {
            violations.push(Violation::new("invalid_messages", format!("{at}/{i}"), detail));
        }
    }
}

fn problem(message: &Value) -> Option<String> {
    let Value::Object(fields) = message else {
        return Some("A message is an object {role, content}.".into());
    };
    if let Some(unknown) = fields.keys().find(|k| !matches!(k.as_str(), "role" | "content")) {
        return Some(format!("A message has role and content only, not {unknown:?}."));
    }
    match fields.get("role") {
        Some(Value::String(role)) if ROLES.contains(&role.as_str()) => {}
        _ => return Some(format!("`role` is one of {}.", ROLES.join(", "))),
    }
    match fields.get("content") {
        Some(Value::String(_)) => None,
        _ => Some("`content` is a string.".into()),
    }
}
