//! Equality of schemas and tools but for annotations: title, description, default, examples.

use serde_json::{Map, Value};

const ANNOTATIONS: [&str; 4] = ["title", "description", "default", "examples"];

/// Keywords whose value maps names to schemas; a property may well be called `title`.
const NAMED: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependentRequired"];

/// Keywords whose value is data, compared as it is.
const DATA: [&str; 3] = ["enum", "const", "required"];

pub(super) fn but_for_annotations(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => schema(one, other),
        (None, None) => true,
        _ => false,
    }
}

fn schema(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => fields(
            one,
            other,
            |key, a, b| {
                if DATA.contains(&key) {
                    a == b
                } else if NAMED.contains(&key) {
                    named(a, b)
                } else {
                    schema(a, b)
                }
            },
            |key| ANNOTATIONS.contains(&key),
        ),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| schema(a, b))
        }
        _ => one == other,
    }
}

fn named(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => fields(one, other, |_, a, b| schema(a, b), |_| false),
        _ => one == other,
    }
}

fn fields(
    one: &Map<String, Value>,
    other: &Map<String, Value>,
    same: impl Fn(&str, &Value, &Value) -> bool,
    ignored: impl Fn(&str) -> bool,
) -> bool {
    let count = |fields: &Map<String, Value>| fields.keys().filter(|k| !ignored(k)).count();
    count(one) == count(other)
        && one.iter().filter(|(k, _)| !ignored(k)).all(|(k, a)| other.get(k).is_some_and(|b| same(k, a, b)))
}
