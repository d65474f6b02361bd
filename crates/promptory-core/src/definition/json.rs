//! The JSON of a definition, byte for byte: stored, answered and hashed.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Content, Definition, Part, Variable};

/// Compact JSON. Values made of strings, numbers, lists and maps with string keys cannot fail to be written.
pub(super) fn write<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("string keys only")
}

pub(super) fn content(content: &Content) -> String {
    let parts = match content {
        Content::Text(text) => return write(text.as_str()),
        Content::Chat(parts) => parts,
    };
    list(parts, |part, out| match part {
        Part::Message { role, content } => {
            field(out, "role", &write(role.as_str()));
            field(out, "content", &write(content.as_str()));
        }
        Part::Placeholder { name } => field(out, "placeholder", &write(name.as_str())),
    })
}

pub(super) fn variables(variables: &[Variable]) -> String {
    list(variables, |variable, out| {
        field(out, "name", &write(variable.name.as_str()));
        let mut optional = |name, value: Option<&Value>| {
            if let Some(value) = value {
                field(out, name, &write(value));
            }
        };
        optional("schema", variable.schema.as_ref());
        optional("default", variable.default.as_ref());
        field(out, "required", &write(&variable.required));
        if let Some(description) = &variable.description {
            field(out, "description", &write(description.as_str()));
        }
    })
}

fn list<T>(items: &[T], write_fields: impl Fn(&T, &mut String)) -> String {
    let mut out = String::from("[");
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push('{');
        write_fields(item, &mut out);
        out.push('}');
    }
    out.push(']');
    out
}

fn field(out: &mut String, name: &str, json: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push('"');
    out.push_str(name);
    out.push_str("\":");
    out.push_str(json);
}

pub(super) fn content_hash(definition: &Definition) -> String {
    let mut body = String::from("{");
    field(&mut body, "kind", &write(definition.kind.as_str()));
    field(&mut body, "content", &definition.content_json());
    field(&mut body, "template", &write(definition.language.as_str()));
    field(&mut body, "variables", &definition.variables_json());
    field(&mut body, "settings", &definition.settings_json());
    body.push('}');
    hash(&body)
}

/// The hash over all that a build serves: `sha256:` + hex over the compact JSON
/// `[content_hash, [[name, version, content_hash]…]]`, with the included prompts in the order given.
pub fn build_hash(content_hash: &str, includes: &[(String, String, String)]) -> String {
    hash(&write(&(content_hash, includes)))
}

fn hash(text: &str) -> String {
    let mut out = String::with_capacity(71);
    out.push_str("sha256:");
    for byte in Sha256::digest(text.as_bytes()) {
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    out
}
