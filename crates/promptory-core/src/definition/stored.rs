//! Reads definitions back from the database.

use serde_json::{Map, Value};

use super::{Content, Definition, Kind, Language, Part, Variable};

pub(super) fn read(
    kind: &str,
    content: &str,
    template: &str,
    variables: &str,
    settings: &str,
) -> Result<Definition, String> {
    let kind = Kind::parse(kind)?;
    let content = parse("content", content)?;
    let settings = parse("settings", settings)?;
    let Value::Object(settings) = settings else { return Err("stored settings are no object".into()) };
    Ok(Definition {
        kind,
        content: read_content(kind, content).ok_or("stored content does not fit the kind of the prompt")?,
        language: Language::parse(template)?,
        variables: read_variables(parse("variables", variables)?)
            .ok_or("stored variables have another shape")?,
        settings,
    })
}

fn parse(what: &str, json: &str) -> Result<Value, String> {
    serde_json::from_str(json).map_err(|error| format!("stored {what} is no JSON: {error}"))
}

fn read_content(kind: Kind, content: Value) -> Option<Content> {
    match (kind, content) {
        (Kind::Text, Value::String(text)) => Some(Content::Text(text)),
        (Kind::Chat, Value::Array(parts)) => {
            Some(Content::Chat(parts.into_iter().map(read_part).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

fn read_part(part: Value) -> Option<Part> {
    let Value::Object(mut part) = part else { return None };
    if part.contains_key("placeholder") {
        return Some(Part::Placeholder { name: take_string(&mut part, "placeholder")? });
    }
    Some(Part::Message { role: take_string(&mut part, "role")?, content: take_string(&mut part, "content")? })
}

fn read_variables(variables: Value) -> Option<Vec<Variable>> {
    let Value::Array(variables) = variables else { return None };
    variables.into_iter().map(read_variable).collect()
}

fn read_variable(variable: Value) -> Option<Variable> {
    let Value::Object(mut fields) = variable else { return None };
    Some(Variable {
        name: take_string(&mut fields, "name")?,
        required: fields.get("required")?.as_bool()?,
        description: take_string(&mut fields, "description"),
        schema: fields.shift_remove("schema"),
        default: fields.shift_remove("default"),
    })
}

fn take_string(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    match fields.shift_remove(name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}
