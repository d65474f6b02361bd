//! The check of `variables`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Language, Variable};
use crate::limits::{DESCRIPTION_BYTES, VARIABLE_NAME_BYTES, VARIABLE_SCHEMA_BYTES, VARIABLES};
use crate::schema;
use crate::violation::{Violation, pointer_token};

/// Words of Jinja that no variable can have as its name.
const RESERVED: [&str; 18] = [
    "true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else", "for",
    "loop", "caller", "self", "super",
];

/// `None`: the list has the wrong shape, so that uses cannot be compared with it.
pub(super) fn check(
    given: &Value,
    language: Option<Language>,
    violations: &mut Vec<Violation>,
    warnings: &mut Vec<String>,
) -> Option<Vec<Variable>> {
    let Value::Array(items) = given else {
        let detail = "`variables` is a list of {name, schema?, default?, required?, description?}.";
        violations.push(Violation::new("invalid_shape", "/variables", detail));
        return None;
    };
    if items.len() > VARIABLES {
        violations.push(too_many("/variables", items.len()));
        return None;
    }
    let mut names = HashSet::new();
    let mut variables = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let at = format!("/variables/{i}");
        let Value::Object(fields) = item else {
            violations.push(Violation::new("invalid_shape", at, "A variable is an object with a `name`."));
            return None;
        };
        let variable = check_one(fields, language, &at, violations)?;
        if !names.insert(variable.name.clone()) {
            let detail = format!("The variable {:?} is declared twice.", variable.name);
            violations.push(Violation::new("duplicate_variable", format!("{at}/name"), detail));
        }
        if variable.required && variable.default.is_some() {
            warnings.push(format!(
                "The variable {:?} is required and has a default; the default is used when it is missing.",
                variable.name
            ));
        }
        variables.push(variable);
    }
    Some(variables)
}

fn check_one(
    fields: &Map<String, Value>,
    language: Option<Language>,
    at: &str,
    violations: &mut Vec<Violation>,
) -> Option<Variable> {
    const FIELDS: [&str; 5] = ["name", "schema", "default", "required", "description"];
    for unknown in fields.keys().filter(|k| !FIELDS.contains(&k.as_str())) {
        let detail = format!("The field {unknown:?} is not known here; allowed: {}.", FIELDS.join(", "));
        violations.push(Violation::new("unknown_field", format!("{at}/{}", pointer_token(unknown)), detail));
    }
    let name = match fields.get("name") {
        Some(Value::String(name)) => name,
        Some(_) => {
            violations.push(Violation::new("invalid_shape", format!("{at}/name"), "`name` is a string."));
            return None;
        }
        None => {
            violations.push(Violation::new("required", format!("{at}/name"), "A variable needs a `name`."));
            return None;
        }
    };
    let reserved: &[&str] = if language == Some(Language::SingleBrace) { &[] } else { &RESERVED };
    check_identifier(name, reserved, &format!("{at}/name"), violations);
    let schema = fields.get("schema").filter(|s| !s.is_null());
    let default = fields.get("default");
    let validator = schema.and_then(|schema| check_schema(schema, &format!("{at}/schema"), violations));
    if let Some(default) = default {
        check_default(default, validator.as_ref(), &format!("{at}/default"), violations);
    }
    let required = match fields.get("required") {
        None | Some(Value::Null) => default.is_none(),
        Some(Value::Bool(required)) => *required,
        Some(_) => {
            let detail = "`required` is true or false.";
            violations.push(Violation::new("invalid_shape", format!("{at}/required"), detail));
            true
        }
    };
    let description = check_description(fields.get("description"), &format!("{at}/description"), violations);
    Some(Variable {
        name: name.clone(),
        schema: schema.cloned(),
        default: default.cloned(),
        required,
        description,
    })
}

fn check_schema(schema: &Value, at: &str, violations: &mut Vec<Violation>) -> Option<jsonschema::Validator> {
    if schema.to_string().len() > VARIABLE_SCHEMA_BYTES {
        let detail = format!("The schema is too large; at most {VARIABLE_SCHEMA_BYTES} bytes are allowed.");
        violations.push(Violation::new("too_large", at, detail));
        return None;
    }
    match schema::compile(schema) {
        Ok(validator) => Some(validator),
        Err(detail) => {
            violations.push(Violation::new("invalid_schema", at, detail));
            None
        }
    }
}

fn check_default(
    default: &Value,
    validator: Option<&jsonschema::Validator>,
    at: &str,
    violations: &mut Vec<Violation>,
) {
    if default.to_string().len() > VARIABLE_SCHEMA_BYTES {
        let detail = format!("The default is too large; at most {VARIABLE_SCHEMA_BYTES} bytes are allowed.");
        violations.push(Violation::new("too_large", at, detail));
    } else if schema::depth_exceeds(default, crate::limits::JSON_DEPTH) {
        violations.push(Violation::new("too_deep", at, schema::TOO_DEEP));
    } else if let Some(error) = validator.and_then(|v| schema::first_error(v, default)) {
        let detail = format!("The default does not fit the schema: {error}.");
        violations.push(Violation::new("invalid_default", at, detail));
    }
}

fn check_description(given: Option<&Value>, at: &str, violations: &mut Vec<Violation>) -> Option<String> {
    match given? {
        Value::Null => None,
        Value::String(text) if text.len() <= DESCRIPTION_BYTES => Some(text.clone()),
        Value::String(_) => {
            let detail =
                format!("The description is too long; at most {DESCRIPTION_BYTES} bytes are allowed.");
            violations.push(Violation::new("too_large", at, detail));
            None
        }
        _ => {
            violations.push(Violation::new("invalid_shape", at, "`description` is a string."));
            None
        }
    }
}

/// Whether the name is an identifier in every template language.
pub(crate) fn is_variable_name(name: &str) -> bool {
    check_name(name, "", &mut Vec::new())
}

/// The same, saying what is wrong.
pub(super) fn check_name(name: &str, at: &str, violations: &mut Vec<Violation>) -> bool {
    check_identifier(name, &RESERVED, at, violations)
}

fn check_identifier(name: &str, reserved: &[&str], at: &str, violations: &mut Vec<Violation>) -> bool {
    if name.len() > VARIABLE_NAME_BYTES {
        violations.push(name_too_long(at, name));
        return false;
    }
    let mut chars = name.chars();
    let fits = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if fits && !reserved.contains(&name) {
        return true;
    }
    let detail = format!(
        "{name:?} cannot name a variable: a–z, A–Z or _ first, then also 0–9, and no word of the template language."
    );
    violations.push(Violation::new("invalid_identifier", at, detail));
    false
}

pub(super) fn name_too_long(at: &str, name: &str) -> Violation {
    let start: String = name.chars().take(20).collect();
    let detail =
        format!("The name of the variable {start:?}… is too long; at most {VARIABLE_NAME_BYTES} bytes.");
    Violation::new("too_large", at, detail)
}

pub(super) fn too_many(at: &str, found: usize) -> Violation {
    Violation::new(
        "too_large",
        at,
        format!("{found} variables are too many; at most {VARIABLES} are allowed."),
    )
}
