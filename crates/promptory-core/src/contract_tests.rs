use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::definition::{Kind, Language, NewDefinition};

fn definition(kind: Kind, content: Value, variables: Value, settings: Value) -> Definition {
    let template = Some("jinja");
    let (variables, settings) = (Some(&variables).filter(|v| !v.is_null()), Some(&settings));
    let new = NewDefinition { kind, content: &content, template, variables, settings, allow_secret: false };
    Definition::check(&new).expect("valid").definition
}

fn with_variables(variables: Value) -> Definition {
    definition(Kind::Text, json!("text"), variables, json!({}))
}

fn with_settings(settings: Value) -> Definition {
    definition(Kind::Text, json!("text"), Value::Null, settings)
}

fn check(from: &Definition, to: &Definition, expected: &[(Bump, &str, &str)]) {
    let found = changes(from, to);
    let seen: Vec<_> = found.iter().map(|c| (c.bump, c.code, c.subject.as_str())).collect();
    assert_eq!(seen, expected, "{from:?} → {to:?}");
}

#[test]
fn variables() {
    let check = |from: Value, to: Value, expected: &[(Bump, &str, &str)]| {
        check(&with_variables(from), &with_variables(to), expected);
    };
    use Bump::{Major, Minor};
    check(json!([{"name": "a"}]), json!([]), &[(Major, "variable_removed", "a")]);
    check(json!([]), json!([{"name": "a"}]), &[(Major, "required_variable_added", "a")]);
    check(json!([]), json!([{"name": "a", "required": false}]), &[(Minor, "optional_variable_added", "a")]);
    check(json!([]), json!([{"name": "a", "default": 1}]), &[(Minor, "optional_variable_added", "a")]);
    check(
        json!([{"name": "a"}]),
        json!([{"name": "b"}]),
        &[(Major, "variable_removed", "a"), (Major, "required_variable_added", "b")],
    );
    check(
        json!([{"name": "a", "required": false}]),
        json!([{"name": "a"}]),
        &[(Major, "variable_newly_required", "a")],
    );
    check(
        json!([{"name": "a"}]),
        json!([{"name": "a", "required": false}]),
        &[(Minor, "variable_now_optional", "a")],
    );
    check(
        json!([{"name": "a", "default": 1}]),
        json!([{"name": "a", "required": false}]),
        &[(Major, "variable_default_removed", "a")],
    );
    check(
        json!([{"name": "a", "default": 1}]),
        json!([{"name": "a", "default": 2, "description": "x"}]),
        &[],
    );
    for (from, to) in [
        (json!(null), json!({"type": "string"})),
        (json!({"type": "string"}), json!(null)),
        (json!({"type": "string"}), json!({"type": "string", "maxLength": 9})),
        (json!({"enum": ["a", "b"]}), json!({"enum": ["a"]})),
        (json!({"enum": ["a"]}), json!({"enum": ["a", "b"]})),
    ] {
        let schema = |schema: Value| json!([{"name": "a", "schema": schema}]);
        check(schema(from), schema(to), &[(Major, "variable_schema_changed", "a")]);
    }
    check(json!([{"name": "a"}, {"name": "b"}]), json!([{"name": "b"}, {"name": "a"}]), &[]);
}

#[test]
fn settings() {
    let check = |from: Value, to: Value, expected: &[(Bump, &str, &str)]| {
        check(&with_settings(from), &with_settings(to), expected);
    };
    use Bump::{Major, Minor};
    check(json!({"model": "a"}), json!({"model": "b"}), &[(Minor, "setting_changed", "model")]);
    check(json!({}), json!({"temperature": 0.1}), &[(Minor, "setting_changed", "temperature")]);
    check(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), &[]);
    let schema = |schema: Value| json!({"response_schema": schema});
    let changed = [(Major, "response_schema_changed", "response_schema")];
    check(json!({}), schema(json!({"type": "object"})), &changed);
    check(schema(json!({"type": "object"})), json!({}), &changed);
    check(
        schema(json!({"title": "x", "properties": {"title": {"type": "string", "description": "y"}}})),
        schema(json!({"default": 1, "properties": {"title": {"type": "string", "examples": ["z"]}}})),
        &[],
    );
    check(
        schema(json!({"properties": {"title": {"type": "string"}}})),
        schema(json!({"properties": {"title": {"type": "integer"}}})),
        &changed,
    );
    check(schema(json!({"properties": {"title": {}}})), schema(json!({"properties": {}})), &changed);
    check(schema(json!({"enum": [{"title": 1}]})), schema(json!({"enum": [{"title": 2}]})), &changed);
    check(
        json!({"tools": [{"name": "t", "description": "old"}]}),
        json!({"tools": [{"name": "t", "description": "new"}]}),
        &[],
    );
    check(
        json!({"tools": [{"name": "t"}]}),
        json!({"tools": [{"name": "u"}]}),
        &[(Major, "tools_changed", "tools")],
    );
}

#[test]
fn chats() {
    let chat = |content: Value| definition(Kind::Chat, content, Value::Null, json!({}));
    let message = |role: &str, text: &str| json!({"role": role, "content": text});
    let from = chat(json!([message("system", "a"), {"placeholder": "h"}, message("user", "b")]));
    check(&from, &chat(json!([message("system", "x"), {"placeholder": "h"}, message("user", "y")])), &[]);
    let roles = chat(json!([message("developer", "a"), {"placeholder": "h"}, message("user", "b")]));
    check(&from, &roles, &[(Bump::Minor, "roles_changed", "content")]);
    let without = chat(json!([message("system", "a"), message("user", "b")]));
    check(
        &from,
        &without,
        &[(Bump::Major, "variable_removed", "h"), (Bump::Major, "placeholders_changed", "h")],
    );
    let mut other = from.clone();
    other.language = Language::None;
    check(&from, &other, &[(Bump::Minor, "template_changed", "template")]);
}

fn any_definition() -> impl Strategy<Value = Definition> {
    let variable = (0..3_u8, any::<bool>(), prop_oneof![Just(Value::Null), Just(json!({"type": "string"}))]);
    let variables = prop::collection::btree_map("[a-e]", variable, 0..4);
    (variables, prop_oneof![Just(json!({})), Just(json!({"model": "m"}))], "[a-z ]{1,9}").prop_map(
        |(variables, settings, text)| {
            let variables: Vec<_> = variables
                .into_iter()
                .map(|(name, (default, required, schema))| {
                    let mut variable = json!({"name": name, "required": required, "schema": schema});
                    if default == 1 {
                        variable["default"] = json!("d");
                    }
                    variable
                })
                .collect();
            definition(Kind::Text, json!(text), json!(variables), settings)
        },
    )
}

/// Few different ones of everything, so that two of them are often partly equal.
fn any_contract() -> impl Strategy<Value = Definition> {
    let schema = prop_oneof![
        Just(None),
        Just(Some(json!({"type": "string"}))),
        Just(Some(json!({"type": "integer"})))
    ];
    let variable = (any::<bool>(), prop_oneof![Just(None), Just(Some(json!("d")))], schema);
    let variables = prop::collection::btree_map("[a-c]", variable, 0..3);
    let part = prop_oneof![
        Just(Part::Message { role: "system".into(), content: "x".into() }),
        Just(Part::Message { role: "user".into(), content: "y".into() }),
        Just(Part::Placeholder { name: "h".into() }),
        Just(Part::Placeholder { name: "i".into() }),
    ];
    let content = prop_oneof![
        2 => Just(Content::Text("text".into())),
        2 => Just(Content::Chat(vec![Part::Message { role: "user".into(), content: "y".into() }])),
        1 => prop::collection::vec(part, 1..4).prop_map(Content::Chat),
    ];
    let settings = prop_oneof![
        2 => Just(json!({})),
        1 => Just(json!({"model": "m"})),
        1 => Just(json!({"response_schema": {"type": "object", "title": "T"}})),
        1 => Just(json!({"response_schema": {"type": "object", "description": "d"}, "tools": [{"name": "t"}]})),
    ];
    let language = prop_oneof![3 => Just(Language::Jinja), 1 => Just(Language::SingleBrace)];
    (variables, content, settings, language).prop_map(|(variables, content, settings, language)| {
        let variables = variables.into_iter().map(|(name, (required, default, schema))| Variable {
            name,
            schema,
            default,
            required,
            description: None,
        });
        let kind = if matches!(content, Content::Text(_)) { Kind::Text } else { Kind::Chat };
        let settings = settings.as_object().expect("an object").clone();
        Definition { kind, content, language, variables: variables.collect(), settings }
    })
}

proptest! {
    #[test]
    fn nothing_changed_is_a_patch_and_wording_never_breaks(one in any_definition(), text in "[a-z ]{1,9}") {
        prop_assert!(changes(&one, &one).is_empty());
        let mut worded = one.clone();
        worded.content = Content::Text(text);
        for variable in &mut worded.variables {
            variable.description = Some("new".into());
        }
        prop_assert_eq!(required_bump(&changes(&one, &worded)), Bump::Patch);
    }

    #[test]
    fn a_required_variable_is_major_both_ways(one in any_definition()) {
        let mut more = one.clone();
        more.variables.push(Variable {
            name: "zz".into(), schema: None, default: None, required: true, description: None,
        });
        prop_assert_eq!(required_bump(&changes(&one, &more)), Bump::Major);
        prop_assert_eq!(required_bump(&changes(&more, &one)), Bump::Major);
    }

    #[test]
    fn the_bump_is_that_of_the_largest_change(one in any_definition(), other in any_definition()) {
        let found = changes(&one, &other);
        prop_assert_eq!(&found, &changes(&one, &other));
        prop_assert!(found.iter().all(|c| c.bump <= required_bump(&found) && !c.detail.is_empty()));
    }

    #[test]
    fn wording_of_a_chat_never_breaks(one in any_contract(), word in "[a-z ]{1,9}") {
        let mut worded = one.clone();
        match &mut worded.content {
            Content::Text(text) => *text = word,
            Content::Chat(parts) => {
                for part in parts {
                    if let Part::Message { content, .. } = part {
                        content.push_str(&word);
                    }
                }
            }
        }
        for variable in &mut worded.variables {
            variable.description = Some("new".into());
            variable.default = variable.default.take().map(|_| json!("other"));
        }
        if let Some(schema) = worded.settings.get_mut("response_schema") {
            schema["description"] = json!("new");
        }
        prop_assert_eq!(changes(&one, &worded), []);
    }

    /// What is changed and changed back is found both times: as the same change where it has no direction, else as
    /// its opposite, and never as two changes that ask nothing of callers unless a default came and went.
    #[test]
    fn a_change_and_its_inverse_belong_together(one in any_contract(), other in any_contract()) {
        let (there, back) = (changes(&one, &other), changes(&other, &one));
        let subjects = |list: &[ContractChange], codes: &[&str]| {
            let found = list.iter().filter(|c| codes.contains(&c.code));
            let mut found: Vec<_> = found.map(|c| (c.code, c.subject.clone(), c.bump)).collect();
            found.sort();
            found
        };
        let names = |list: &[ContractChange], codes: &[&str]| -> Vec<String> {
            subjects(list, codes).into_iter().map(|(_, subject, _)| subject).collect()
        };
        let both_ways = [
            "kind_changed", "template_changed", "roles_changed", "variable_schema_changed", "setting_changed",
            "response_schema_changed", "tools_changed",
        ];
        prop_assert_eq!(subjects(&there, &both_ways), subjects(&back, &both_ways));
        let count = |list: &[ContractChange]| subjects(list, &["placeholders_changed"]).len();
        prop_assert_eq!(count(&there), count(&back));
        let mut added = names(&back, &["required_variable_added", "optional_variable_added"]);
        added.sort();
        prop_assert_eq!(names(&there, &["variable_removed"]), added);
        prop_assert_eq!(names(&there, &["variable_newly_required"]), names(&back, &["variable_now_optional"]));
        for lost in names(&there, &["variable_default_removed"]) {
            prop_assert!(back.iter().all(|c| c.subject != lost || c.code == "variable_schema_changed"));
        }
        // Going back from a new variable, or from one that became optional, breaks its callers.
        if there.iter().any(|c| c.code.starts_with("optional_variable") || c.code == "variable_now_optional") {
            prop_assert_eq!(required_bump(&back), Bump::Major);
        }
    }

    /// A step may be done in two, and is then never larger than the larger of them.
    #[test]
    fn two_steps_cover_the_whole(a in any_contract(), b in any_contract(), c in any_contract()) {
        let bump = |from: &Definition, to: &Definition| required_bump(&changes(from, to));
        prop_assert!(bump(&a, &c) <= bump(&a, &b).max(bump(&b, &c)));
    }
}
