use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::definition::{Checked, Definition, Kind, NewDefinition};
use crate::template::{Compiled, RenderError, Rendered};

fn check_text(text: &str, variables: Option<&Value>) -> Result<Checked, Vec<Violation>> {
    Definition::check(&NewDefinition {
        kind: Kind::Text,
        content: &json!(text),
        template: Some("single_brace"),
        variables,
        settings: None,
        allow_secret: true,
    })
}

fn map(given: Value) -> Map<String, Value> {
    given.as_object().expect("an object").clone()
}

fn rendered(text: &str, given: Value) -> Result<String, RenderError> {
    let variables =
        json!(given.as_object().map(|g| g.keys().map(|n| json!({"name": n})).collect::<Vec<_>>()));
    let definition = check_text(text, Some(&variables)).expect(text).definition;
    match Compiled::new(&definition).expect("compiles").render(&map(given))? {
        Rendered::Text(text) => Ok(text),
        Rendered::Chat(_) => panic!("a text prompt"),
    }
}

#[test]
fn variables_are_filled_in() {
    let given =
        || json!({"name": "Ada", "user": {"name": "Bo", "tags": ["a", 1.0, null]}, "n": 3, "_x1": "{name}"});
    let check = |text: &str, expected: &str| {
        assert_eq!(rendered(text, given()).as_deref(), Ok(expected), "{text}");
    };
    check("Hi {name}!\n", "Hi Ada!\n");
    check("{user.name}{n}{_x1}", "Bo3{name}");
    check("{user.tags} {user}", r#"["a",1.0,null] {"name":"Bo","tags":["a",1.0,null]}"#);
    check(r#"{"user": {user}, "n": {n}}"#, r#"{"user": {"name":"Bo","tags":["a",1.0,null]}, "n": 3}"#);
    check("{{name}} {{{name}}} {{ name }}", "{{name}} {{Ada}} {{ name }}");
    check(
        "{ name} {name } {} {1a} {a-b} {user.} {.name} {user..name} {é} {name",
        "{ name} {name } {} {1a} {a-b} {user.} {.name} {user..name} {é} {name",
    );
    check("{% if name %}{# x #}{name}}", "{% if name %}{# x #}Ada}");
    check("{name{name}", "{nameAda");
}

#[test]
fn what_cannot_be_filled_in_says_where() {
    let check = |text: &str, given: Value, place: (u32, u32), what: &str| match rendered(text, given) {
        Err(RenderError::Template(found)) => {
            assert_eq!(
                (found.code, found.line, found.column),
                ("template_error", Some(place.0), Some(place.1))
            );
            assert!(found.detail.contains(what), "{}", found.detail);
            assert_eq!(found.pointer, "/content");
        }
        other => panic!("{text}: {other:?}"),
    };
    check(
        "a\né {u.name.first}",
        json!({"u": {}}),
        (2, 4),
        "{u.name.first} cannot be filled in: `u` has no field \"name\"",
    );
    check("{u.name.first}", json!({"u": {"name": "x"}}), (1, 2), "`u.name` is no object");
    let optional = json!([{"name": "x", "required": false}]);
    let definition = check_text("{x}", Some(&optional)).expect("valid").definition;
    let error =
        Compiled::new(&definition).expect("compiles").render(&Map::new()).expect_err("nothing to write");
    assert!(matches!(error, RenderError::Template(v) if v.detail.contains("`x` has no value")));
}

#[test]
fn the_check_knows_the_language() {
    let inferred = check_text("{b.c} {\"json\": {a}} {b}", None).expect("valid");
    let names: Vec<_> = inferred.definition.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    assert_eq!(inferred.definition.language.as_str(), "single_brace");

    let found = check_text("x\n{a.b}", Some(&json!([]))).expect_err("undeclared");
    assert_eq!((found[0].code, found[0].line, found[0].column), ("undeclared_variable", Some(2), Some(2)));
    let unused = check_text("x", Some(&json!([{"name": "a"}]))).expect("valid");
    assert_eq!(unused.warnings.len(), 1);
    // Words of Jinja are names like others here.
    assert!(check_text("{loop} {true}", Some(&json!([{"name": "loop"}, {"name": "true"}]))).is_ok());
}

#[test]
fn defaults_and_types_hold() {
    let variables = json!([{"name": "a", "default": {"b": 1}}, {"name": "n", "schema": {"type": "integer"}}]);
    let definition = check_text("{a.b}{n}", Some(&variables)).expect("valid").definition;
    let compiled = Compiled::new(&definition).expect("compiles");
    assert_eq!(compiled.render(&map(json!({"n": 2}))), Ok(Rendered::Text("12".into())));
    assert!(matches!(compiled.render(&map(json!({"n": "2"}))), Err(RenderError::Variables(_))));
}

#[test]
fn output_is_bounded() {
    let large = "x".repeat(RENDER_OUTPUT_BYTES / 4 - 8);
    let text = "{a}".repeat(5);
    for given in [json!({"a": large}), json!({"a": [large]})] {
        let Err(RenderError::Template(found)) = rendered(&text, given) else { panic!("refused") };
        assert_eq!(found.code, "render_limit");
    }
    assert!(rendered("{a}{a}{a}{a}", json!({"a": [large]})).is_ok());
}

/// Would take minutes if a place were found from the start each time.
#[test]
fn many_names_in_one_long_line() {
    let text: String = (0..120_000).map(|i| format!("{{v{i}}}")).collect();
    assert_eq!(uses(&text).len(), 120_000);
}

proptest! {
    #[test]
    fn without_variables_the_text_is_kept(text in "\\PC{0,30}|[{}a. \"%#\\n]{0,24}") {
        prop_assume!(uses(&text).is_empty() && !text.is_empty());
        prop_assert_eq!(rendered(&text, json!({})), Ok(text));
    }

    #[test]
    fn pieces_cover_the_text(text in "\\PC{0,30}|[{}a._1 ]{0,24}") {
        let cover: String = pieces(&text).iter().map(|piece| match piece {
            Piece::Literal(place) => text[place.clone()].to_owned(),
            Piece::Variable(place) => format!("{{{}}}", &text[place.clone()]),
        }).collect();
        prop_assert_eq!(cover, text);
    }

    /// Values are data: what looks like a variable in one is not filled in.
    #[test]
    fn strings_are_copied(before in "[a-z{} ]{0,9}", value in "\\PC{0,20}|[{}ab]{0,9}", after in "[a-z\" ]{0,9}") {
        prop_assume!(uses(&before).is_empty() && !before.ends_with('{'));
        let out = rendered(&format!("{before}{{value}}{after}"), json!({"value": value}));
        prop_assert_eq!(out, Ok(format!("{before}{value}{after}")));
    }
}
