//! Picoschema, the short form of JSON Schema in dotprompt files: `name?: string, what it is`, `tags(array): string`.

use serde_json::{Map, Value, json};

const SCALARS: [&str; 6] = ["string", "number", "integer", "boolean", "null", "any"];

/// # Errors
/// What is neither Picoschema nor JSON Schema.
pub(super) fn schema(given: &Value) -> Result<Value, String> {
    match given {
        Value::String(text) => scalar(text),
        // JSON Schema is allowed in its place, and known by its `type`.
        Value::Object(map) if is_json_schema(map) => Ok(given.clone()),
        Value::Object(map) => object(map),
        _ => Err("A schema is a type such as `string`, or fields.".to_owned()),
    }
}

fn is_json_schema(map: &Map<String, Value>) -> bool {
    let typed = map
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|kind| SCALARS.contains(&kind) || matches!(kind, "object" | "array"));
    typed
        && (map.len() == 1
            || ["properties", "items", "enum", "description"].iter().any(|key| map.contains_key(*key)))
}

fn scalar(text: &str) -> Result<Value, String> {
    let (kind, description) = split(text);
    if !SCALARS.contains(&kind) {
        return Err(format!("{kind:?} is no type that is known here; use one of {}.", SCALARS.join(", ")));
    }
    let mut schema = Map::new();
    if kind != "any" {
        schema.insert("type".to_owned(), kind.into());
    }
    described(&mut schema, description);
    Ok(Value::Object(schema))
}

fn object(fields: &Map<String, Value>) -> Result<Value, String> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    let mut additional = json!(false);
    for (key, value) in fields {
        if key == "(*)" {
            additional = schema(value)?;
            continue;
        }
        let (name, optional, inner) = property(key, value)?;
        if !optional {
            required.push(Value::from(name.clone()));
        }
        properties.insert(name, inner);
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema["additionalProperties"] = additional;
    Ok(schema)
}

/// A key such as `tags?(array, what they are)`: the name, whether it may be left out, and its schema.
pub(super) fn property(key: &str, value: &Value) -> Result<(String, bool, Value), String> {
    let (name, form) = match key.split_once('(') {
        Some((name, rest)) => (
            name.trim(),
            Some(rest.strip_suffix(')').ok_or(format!("{key:?} lacks its closing parenthesis."))?),
        ),
        None => (key.trim(), None),
    };
    let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
    let inner = match form.map(split) {
        None => schema(value)?,
        Some(("array", description)) => {
            let mut list =
                Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), schema(value)?)]);
            described(&mut list, description);
            Value::Object(list)
        }
        Some(("object", description)) => {
            let mut inner = schema(value)?;
            if let Value::Object(map) = &mut inner {
                described(map, description);
            }
            inner
        }
        Some(("enum", description)) => {
            let mut choice = Map::from_iter([("enum".to_owned(), value.clone())]);
            described(&mut choice, description);
            Value::Object(choice)
        }
        Some((other, _)) => return Err(format!("{other:?} in {key:?} is none of array, object, enum.")),
    };
    Ok((name.to_owned(), optional, inner))
}

fn split(text: &str) -> (&str, &str) {
    text.split_once(',').map_or((text.trim(), ""), |(kind, description)| (kind.trim(), description.trim()))
}

fn described(schema: &mut Map<String, Value>, description: &str) {
    if !description.is_empty() {
        schema.insert("description".to_owned(), description.into());
    }
}
