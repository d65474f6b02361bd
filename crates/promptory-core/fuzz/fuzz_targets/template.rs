//! Any text in any language: checked, compiled, rendered.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promptory_core::definition::{Definition, Kind, NewDefinition};
use promptory_core::limits::RENDER_OUTPUT_BYTES;
use promptory_core::template::{Compiled, Rendered};
use serde_json::{Map, Value, json};

const INPUT_BYTES: usize = 64 * 1024;

fuzz_target!(|input: &[u8]| {
    let Some((language, text)) = input.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    if text.len() > INPUT_BYTES {
        return;
    }
    let language = ["jinja", "single_brace", "none"][usize::from(*language) % 3];
    let Some(definition) = checked(&json!(text), language, None) else { return };
    let again = Definition::from_stored(
        definition.kind.as_str(),
        &definition.content_json(),
        definition.language.as_str(),
        &definition.variables_json(),
        &definition.settings_json(),
    );
    assert_eq!(again.as_ref(), Ok(&definition));

    let included = checked(&json!("<{{ a|default('-') }}>"), "jinja", Some(&json!([{"name": "a", "required": false}])))
        .expect("a valid version");
    let includes: Vec<_> = definition.includes().iter().map(|i| (i.written(), &included)).collect();
    let Ok(compiled) = Compiled::with_includes(&definition, &includes) else { panic!("checked, and does not compile") };
    let values = [json!("a text {x} {{ y }}"), json!(3), json!([1, "b", [2.5]]), json!({"name": "n", "c": []}), Value::Null];
    let named = definition.variables.iter().zip(values.iter().cycle());
    let given: Map<String, Value> = named.map(|(variable, value)| (variable.name.clone(), value.clone())).collect();
    if let Ok(Rendered::Text(out)) = compiled.render(&given) {
        assert!(out.len() <= RENDER_OUTPUT_BYTES);
        if language != "jinja" && definition.variables.is_empty() {
            assert_eq!(out, text);
        }
    }
});

fn checked(content: &Value, language: &str, variables: Option<&Value>) -> Option<Definition> {
    let new = NewDefinition {
        kind: Kind::Text,
        content,
        template: Some(language),
        variables,
        settings: None,
        allow_secret: true,
    };
    Definition::check_with_includes(&new).ok().map(|checked| checked.definition)
}
