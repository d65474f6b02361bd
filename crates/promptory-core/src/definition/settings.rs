//! The check of `settings`: known keys are typed, unknown ones are kept as they are.

use serde_json::{Map, Number, Value};

use crate::limits::{JSON_DEPTH, SETTINGS_BYTES};
use crate::schema;
use crate::violation::Violation;

/// `None`: the shape is wrong; the violations say why.
pub(super) fn check(given: Option<&Value>, violations: &mut Vec<Violation>) -> Option<Map<String, Value>> {
    let settings = match given {
        None | Some(Value::Null) => return Some(Map::new()),
        Some(Value::Object(settings)) => settings,
        Some(_) => {
            violations.push(Violation::new("invalid_shape", "/settings", "`settings` is an object."));
            return None;
        }
    };
    let whole = given?;
    let bytes = whole.to_string().len();
    if bytes > SETTINGS_BYTES {
        let detail = format!("The settings have {bytes} bytes; at most {SETTINGS_BYTES} are allowed.");
        violations.push(Violation::new("too_large", "/settings", detail));
        return None;
    }
    if schema::depth_exceeds(whole, JSON_DEPTH) {
        violations.push(Violation::new("too_deep", "/settings", schema::TOO_DEEP));
        return None;
    }
    for (key, value) in settings {
        // A key may be set to null to say that the provider's own default is meant.
        if let Some(detail) = problem(key, value).filter(|_| !value.is_null()) {
            violations.push(Violation::new("invalid_setting", format!("/settings/{key}"), detail));
        }
    }
    Some(settings.clone())
}

fn problem(key: &str, value: &Value) -> Option<String> {
    let fits = match key {
        "provider" | "model" => matches!(value, Value::String(text) if !text.is_empty()),
        "temperature" => in_range(value, 2.0),
        "top_p" => in_range(value, 1.0),
        "max_tokens" => matches!(value, Value::Number(n) if n.as_u64().is_some_and(|n| n > 0)),
        "stop" => match value {
            Value::String(_) => true,
            Value::Array(items) => items.iter().all(Value::is_string),
            _ => false,
        },
        "tools" => matches!(value, Value::Array(items) if items.iter().all(Value::is_object)),
        "response_schema" => return response_schema_problem(value),
        _ => true,
    };
    let wanted = match key {
        "provider" | "model" => "a string that is not empty",
        "temperature" => "a number from 0 to 2",
        "top_p" => "a number from 0 to 1",
        "max_tokens" => "an integer above 0",
        "stop" => "a string or a list of strings",
        _ => "a list of objects",
    };
    (!fits).then(|| format!("`{key}` is {wanted}."))
}

fn in_range(value: &Value, highest: f64) -> bool {
    let number = value.as_number().and_then(Number::as_f64);
    number.is_some_and(|n| (0.0..=highest).contains(&n))
}

fn response_schema_problem(schema: &Value) -> Option<String> {
    if !schema.is_object() {
        return Some("`response_schema` is an object, a JSON Schema.".into());
    }
    schema::check_shape(schema)
        .err()
        .map(|error| format!("`response_schema` is no valid JSON Schema: {error}."))
}
