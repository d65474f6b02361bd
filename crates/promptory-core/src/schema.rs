//! JSON Schema: is a schema valid, does a value fit. Never fetches anything, always bounded.

mod expansion;

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;

pub(crate) const TOO_DEEP: &str = "The JSON is nested too deeply; at most 64 levels are allowed.";

/// Refuses every `$ref` that leaves the document.
struct NoRetrieval;

impl Retrieve for NoRetrieval {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("a $ref may not leave the schema, and {uri} does").into())
    }
}

/// Whether a schema is one, by its meta-schema. Says nothing about its patterns and references.
pub(crate) fn check_shape(schema: &Value) -> Result<(), String> {
    if depth_exceeds(schema, crate::limits::JSON_DEPTH) {
        return Err(TOO_DEEP.into());
    }
    jsonschema::meta::validate(schema).map_err(|error| located(&error))
}

/// A validator for values of a variable.
///
/// # Errors
/// Why the schema is invalid, or may not be used here: its references go in a circle or in too many copies.
pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    check_shape(schema)?;
    expansion::check(schema)?;
    jsonschema::options()
        .with_retriever(NoRetrieval)
        .with_pattern_options(
            PatternOptions::fancy_regex()
                .backtrack_limit(100_000)
                .size_limit(1 << 20)
                .dfa_size_limit(1 << 20),
        )
        .build(schema)
        .map_err(|error| located(&error))
}

/// What does not fit, with the place in the value; `None`: it fits. Never echoes the value.
pub(crate) fn first_error(validator: &Validator, value: &Value) -> Option<String> {
    validator.validate(value).err().map(|error| {
        let path = error.instance_path().to_string();
        let text = error.masked_with("the value").to_string();
        if path.is_empty() { text } else { format!("{text} (at {path})") }
    })
}

fn located(error: &jsonschema::ValidationError<'_>) -> String {
    let path = error.instance_path().to_string();
    let text: String = error.masked_with("this").to_string().chars().take(300).collect();
    if path.is_empty() { text } else { format!("{text} (at {path})") }
}

/// Whether a value has more than `levels` of lists and objects inside each other.
pub(crate) fn depth_exceeds(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|v| depth_exceeds(v, levels - 1)),
        Value::Object(fields) => levels == 0 || fields.values().any(|v| depth_exceeds(v, levels - 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_that_may_be_used() {
        for good in [
            json!({"type": "string", "pattern": "^(?=a).*$"}),
            json!(true),
            json!({"$defs": {"a": {"type": "integer"}}, "properties": {"x": {"$ref": "#/$defs/a"}}}),
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}),
        ] {
            assert!(compile(&good).is_ok(), "{good}");
        }
    }

    #[test]
    fn schemas_that_may_not() {
        let mut doubling = json!({"$defs": {"a0": {"type": "string"}}, "$ref": "#/$defs/a40"});
        for i in 1..=40 {
            let below = json!({"$ref": format!("#/$defs/a{}", i - 1)});
            doubling["$defs"][format!("a{i}")] = json!({"allOf": [below, below]});
        }
        for bad in [
            json!({"type": "strange"}),
            json!({"$ref": "https://example.com/schema.json"}),
            json!({"$ref": "other.json"}),
            json!({"$ref": "#"}),
            json!({"$ref": "#/$defs/none"}),
            json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
            json!({"pattern": "("}),
            json!({"pattern": "((((a{100}){100}){100}){100})"}),
            json!(1),
            doubling,
        ] {
            assert!(compile(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn errors_name_the_place_but_not_the_value() {
        let validator = compile(&json!({"properties": {"a": {"type": "integer"}}})).expect("valid");
        let error = first_error(&validator, &json!({"a": "my secret"})).expect("does not fit");
        assert!(error.contains("/a") && !error.contains("secret"), "{error}");
        let slow = compile(&json!({"pattern": "^(a|a)*(?=b)$"})).expect("valid");
        assert!(!slow.is_valid(&json!("a".repeat(60))));
    }
}
