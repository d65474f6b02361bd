use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::limits;

fn run(kind: Kind, body: &Value) -> Result<Checked, Vec<Violation>> {
    Definition::check(&NewDefinition {
        kind,
        content: &body["content"],
        template: body.get("template").and_then(Value::as_str),
        variables: body.get("variables"),
        settings: body.get("settings"),
        allow_secret: body["allow_secret"] == true,
    })
}

fn refused(kind: Kind, body: Value, expected: &[(&str, &str)]) {
    let found = run(kind, &body).expect_err("refused");
    let mut seen: Vec<_> = found.iter().map(|v| (v.code, v.pointer.as_str())).collect();
    seen.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(seen, expected, "{}", body.to_string().chars().take(200).collect::<String>());
    assert!(found.iter().all(|v| !v.detail.is_empty()));
}

#[test]
fn contents_that_are_refused() {
    let text = |content: Value, expected: &[(&str, &str)]| {
        refused(Kind::Text, json!({"content": content}), expected)
    };
    text(json!(1), &[("invalid_shape", "/content")]);
    text(json!(null), &[("invalid_shape", "/content")]);
    text(json!([]), &[("invalid_shape", "/content")]);
    text(json!(""), &[("empty", "/content")]);
    text(json!("a\u{0}b"), &[("nul_character", "/content")]);
    text(json!("x".repeat(limits::CONTENT_BYTES + 1)), &[("too_large", "/content")]);
    text(json!("{{ x"), &[("template_syntax", "/content")]);
    let chat = |content: Value, expected: &[(&str, &str)]| {
        refused(Kind::Chat, json!({"content": content}), expected)
    };
    chat(json!("x"), &[("invalid_shape", "/content")]);
    chat(json!([]), &[("empty", "/content")]);
    chat(json!(["x"]), &[("invalid_shape", "/content/0")]);
    chat(json!([{"role": "boss", "content": "x"}]), &[("invalid_role", "/content/0/role")]);
    chat(json!([{"role": "user"}]), &[("required", "/content/0/content")]);
    chat(
        json!([{"role": 1, "content": 2}]),
        &[("invalid_shape", "/content/0/content"), ("invalid_shape", "/content/0/role")],
    );
    chat(json!([{"role": "user", "content": "x", "a/b": 1}]), &[("unknown_field", "/content/0/a~1b")]);
    chat(json!([{"placeholder": "h", "role": "user"}]), &[("unknown_field", "/content/0/role")]);
    chat(json!([{"placeholder": "1h"}]), &[("invalid_identifier", "/content/0/placeholder")]);
    chat(json!([{"placeholder": []}]), &[("invalid_shape", "/content/0/placeholder")]);
    let many: Vec<_> = (0..=limits::MESSAGES).map(|_| json!({"role": "user", "content": "x"})).collect();
    chat(json!(many), &[("too_large", "/content")]);
}

#[test]
fn variables_that_are_refused() {
    let check = |variables: Value, expected: &[(&str, &str)]| {
        refused(Kind::Text, json!({"content": "x", "variables": variables}), expected);
    };
    check(json!({}), &[("invalid_shape", "/variables")]);
    check(json!([1]), &[("invalid_shape", "/variables/0")]);
    check(json!([{}]), &[("required", "/variables/0/name")]);
    check(json!([{"name": 1}]), &[("invalid_shape", "/variables/0/name")]);
    for bad in ["", "1a", "a b", "é", "loop", "true", "a.b"] {
        check(json!([{"name": bad}]), &[("invalid_identifier", "/variables/0/name")]);
    }
    check(json!([{"name": "a".repeat(129)}]), &[("too_large", "/variables/0/name")]);
    check(json!([{"name": "a"}, {"name": "a"}]), &[("duplicate_variable", "/variables/1/name")]);
    check(json!([{"name": "a", "type": "x"}]), &[("unknown_field", "/variables/0/type")]);
    check(json!([{"name": "a", "required": "yes"}]), &[("invalid_shape", "/variables/0/required")]);
    check(json!([{"name": "a", "description": 1}]), &[("invalid_shape", "/variables/0/description")]);
    check(
        json!([{"name": "a", "schema": {"type": "strange"}}]),
        &[("invalid_schema", "/variables/0/schema")],
    );
    check(
        json!([{"name": "a", "schema": {"$ref": "https://x.test"}}]),
        &[("invalid_schema", "/variables/0/schema")],
    );
    check(
        json!([{"name": "a", "schema": {"type": "string"}, "default": 1}]),
        &[("invalid_default", "/variables/0/default")],
    );
    let many: Vec<_> = (0..=limits::VARIABLES).map(|i| json!({"name": format!("v{i}")})).collect();
    check(json!(many), &[("too_large", "/variables")]);
}

#[test]
fn settings_that_are_refused() {
    let check = |settings: Value, key: &str| {
        let pointer = format!("/settings/{key}");
        refused(Kind::Text, json!({"content": "x", "settings": settings}), &[("invalid_setting", &pointer)]);
    };
    for (key, bad) in [
        ("provider", json!(1)),
        ("model", json!("")),
        ("temperature", json!(2.1)),
        ("temperature", json!("0.5")),
        ("temperature", json!(-0.1)),
        ("top_p", json!(1.01)),
        ("max_tokens", json!(0)),
        ("max_tokens", json!(1.5)),
        ("stop", json!([1])),
        ("tools", json!([1])),
        ("tools", json!({})),
        ("response_schema", json!([])),
        ("response_schema", json!({"type": "strange"})),
    ] {
        check(json!({key: bad}), key);
    }
    refused(Kind::Text, json!({"content": "x", "settings": []}), &[("invalid_shape", "/settings")]);
    let mut deep = json!(1);
    for _ in 0..70 {
        deep = json!([deep]);
    }
    refused(Kind::Text, json!({"content": "x", "settings": {"x": deep}}), &[("too_deep", "/settings")]);
    let large = json!({"x": "x".repeat(limits::SETTINGS_BYTES)});
    refused(Kind::Text, json!({"content": "x", "settings": large}), &[("too_large", "/settings")]);
}

#[test]
fn all_problems_come_at_once() {
    let key = format!("ghp_{}", "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7");
    let body = json!({
        "content": [
            {"role": "boss", "content": format!("key: {key}")},
            {"role": "user", "content": "{{ a|nothing }}"},
            {"role": "user", "content": "{{ missing }}"},
        ],
        "template": "mustache",
        "variables": [{"name": "a", "schema": {"type": "x"}}],
        "settings": {"temperature": 9},
    });
    refused(
        Kind::Chat,
        body.clone(),
        &[
            ("invalid_role", "/content/0/role"),
            ("secret", "/content/0/content"),
            ("unsupported_template", "/template"),
            ("invalid_schema", "/variables/0/schema"),
            ("invalid_setting", "/settings/temperature"),
        ],
    );
    let mut body = body;
    body["template"] = json!("jinja");
    body["content"][0]["role"] = json!("user");
    refused(
        Kind::Chat,
        body.clone(),
        &[
            ("secret", "/content/0/content"),
            ("unknown_filter", "/content/1/content"),
            ("undeclared_variable", "/content/2/content"),
            ("invalid_schema", "/variables/0/schema"),
            ("invalid_setting", "/settings/temperature"),
        ],
    );
    let found = run(Kind::Chat, &body).expect_err("refused");
    let secret = found.iter().find(|v| v.code == "secret").expect("found");
    assert_eq!((secret.line, secret.column), (Some(1), Some(6)));
    assert!(!secret.detail.contains("aB3d"));
}

#[test]
fn what_passes_is_kept_as_it_came() {
    let body =
        json!({"content": "{{ b }}{{ a }}", "settings": {"z": 1, "stop": ["x"], "custom": {"k": null}}});
    let checked = run(Kind::Text, &body).expect("valid");
    assert_eq!(checked.definition.language, Language::Jinja);
    assert_eq!(
        checked.definition.variables_json(),
        r#"[{"name":"b","required":true},{"name":"a","required":true}]"#
    );
    assert_eq!(checked.definition.settings_json(), r#"{"z":1,"stop":["x"],"custom":{"k":null}}"#);
    assert!(checked.warnings.is_empty());

    let declared = json!({"content": "x", "variables": [{"name": "u", "default": null}]});
    let checked = run(Kind::Text, &declared).expect("valid");
    assert_eq!(checked.warnings, ["The variable \"u\" is declared but not used."]);
    assert_eq!(checked.definition.variables_json(), r#"[{"name":"u","default":null,"required":false}]"#);

    for language in [Language::Jinja, Language::SingleBrace, Language::None] {
        assert_eq!(Language::parse(language.as_str()), Ok(language));
    }
    assert!(Language::parse("mustache").is_err_and(|why| why.contains("single_brace")));
}

#[test]
fn a_secret_passes_with_a_reason() {
    let body =
        json!({"content": format!("ghp_{}", "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7"), "allow_secret": true});
    assert!(run(Kind::Text, &body).is_ok());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("role"),
        Just("content"),
        Just("placeholder"),
        Just("name"),
        Just("schema"),
        Just("default"),
        Just("required"),
        Just("temperature"),
        Just("response_schema"),
        Just("stop"),
        Just("x"),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..4).prop_map(|fields| fields
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #[test]
    fn any_body_is_checked_and_what_passes_can_be_stored(
        chat in any::<bool>(), content in any_json(), variables in any_json(), settings in any_json(),
    ) {
        let kind = if chat { Kind::Chat } else { Kind::Text };
        let body = json!({"content": content, "variables": variables, "settings": settings});
        if let Ok(Checked { definition, .. }) = run(kind, &body) {
            let again = Definition::from_stored(
                kind.as_str(), &definition.content_json(), definition.language.as_str(),
                &definition.variables_json(), &definition.settings_json(),
            );
            prop_assert_eq!(again.as_ref(), Ok(&definition));
            prop_assert_eq!(again.map(|d| d.content_hash()), Ok(definition.content_hash()));
        }
    }
}
