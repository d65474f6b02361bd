//! The content hash against vectors that another program made: `vectors/content_hash.json` was written with Python's
//! `json` (compact separators, no ASCII escapes) and `hashlib`, each part as JSON text so that numbers stay as written.

use promptory_core::definition::{Definition, Kind, NewDefinition, build_hash};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/content_hash.json")).expect("valid JSON")
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().expect(field)
}

#[test]
fn stored_definitions_have_the_hash_of_the_vectors() {
    for case in vectors()["content"].as_array().expect("a list") {
        let [kind, content, template, variables, settings] =
            ["kind", "content", "template", "variables", "settings"].map(|field| text(case, field));
        let stored = Definition::from_stored(kind, content, template, variables, settings)
            .expect("written by this program");
        assert_eq!(stored.content_hash(), text(case, "content_hash"), "{}", case["name"]);
        assert_eq!(stored.content_json(), content);
        assert_eq!(stored.variables_json(), variables);
        assert_eq!(stored.settings_json(), settings);
    }
}

#[test]
fn received_definitions_have_the_same_hash() {
    for case in vectors()["content"].as_array().expect("a list") {
        let [content, variables, settings] = ["content", "variables", "settings"]
            .map(|field| serde_json::from_str::<Value>(text(case, field)).expect("valid JSON"));
        let new = NewDefinition {
            kind: Kind::parse(text(case, "kind")).expect("a kind"),
            content: &content,
            template: Some(text(case, "template")),
            variables: Some(&variables),
            settings: Some(&settings),
            allow_secret: false,
        };
        let checked = Definition::check(&new).unwrap_or_else(|v| panic!("{}: {v:?}", case["name"]));
        assert_eq!(checked.definition.content_hash(), text(case, "content_hash"), "{}", case["name"]);
    }
}

#[test]
fn builds_have_the_hash_of_the_vectors() {
    for case in vectors()["builds"].as_array().expect("a list") {
        let includes: Vec<(String, String, String)> =
            serde_json::from_value(case["includes"].clone()).expect("triples of strings");
        assert_eq!(build_hash(text(case, "content_hash"), &includes), text(case, "build_hash"));
    }
}
