//! Files of other kinds, one prompt each.

mod dotprompt;
mod handlebars;
mod history;
mod markdown;
mod picoschema;
mod prompty;

use serde_json::{Map, Value, json};

use crate::{Form, Options, Prompt, Refused, native::text};

pub(crate) fn read(
    form: Form,
    files: &[(String, Vec<u8>)],
    options: &Options,
) -> (Option<Prompt>, Vec<Refused>) {
    let Some((path, bytes)) = files.first() else { return (None, Vec::new()) };
    let read = text(bytes).and_then(|text| match form {
        Form::Dotprompt => dotprompt::read(path, text),
        Form::Prompty => prompty::read(path, text),
        Form::History => history::read(path, text, options),
        Form::Markdown | Form::Native => markdown::read(path, text, options),
    });
    match read {
        Ok(prompt) => (Some(prompt), Vec::new()),
        Err(detail) => (None, vec![Refused::new(path, detail)]),
    }
}

/// The path without its ending.
fn named_by(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    crate::layout::name(stem)
}

/// Settings of other tools under the names that are checked and shown here; any other keeps its own.
fn settings(given: Map<String, Value>) -> Map<String, Value> {
    let known = |key: &str| match key {
        "maxOutputTokens" | "maxTokens" | "max_output_tokens" => "max_tokens",
        "stopSequences" | "stop_sequences" => "stop",
        "topP" => "top_p",
        "topK" => "top_k",
        _ => "",
    };
    let rename = |(key, value): (String, Value)| match known(&key) {
        "" => (key, value),
        name => (name.to_owned(), value),
    };
    given.into_iter().map(rename).collect()
}

/// One variable as a version declares it.
fn variable(
    name: &str,
    schema: Option<Value>,
    default: Option<Value>,
    required: bool,
    description: Option<String>,
) -> Value {
    let mut declared = Map::new();
    declared.insert("name".to_owned(), name.into());
    if let Some(schema) = schema.filter(|schema| schema.as_object().is_some_and(|map| !map.is_empty())) {
        declared.insert("schema".to_owned(), schema);
    }
    if let Some(default) = default {
        declared.insert("default".to_owned(), default);
    } else {
        declared.insert("required".to_owned(), required.into());
    }
    if let Some(description) = description.filter(|text| !text.is_empty()) {
        declared.insert("description".to_owned(), description.into());
    }
    Value::Object(declared)
}

/// A text where nothing but the user speaks, else messages. Empty messages at the ends of lines are left out.
fn content(parts: Vec<Value>) -> (&'static str, Value) {
    match parts.as_slice() {
        [one] if one["role"] == "user" => ("text", one["content"].clone()),
        _ => ("chat", Value::Array(parts)),
    }
}

fn message(role: &str, text: &str) -> Value {
    json!({"role": role, "content": text})
}

#[cfg(test)]
mod tests;
