use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::definition::{Definition, Kind, NewDefinition};
use crate::limits::RENDER_OUTPUT_BYTES;

fn definition(kind: Kind, content: &Value, template: &str, variables: Option<&Value>) -> Definition {
    let template = Some(template);
    let new = NewDefinition { kind, content, template, variables, settings: None, allow_secret: true };
    Definition::check(&new).map(|checked| checked.definition).unwrap_or_else(|v| panic!("{content}: {v:?}"))
}

fn map(variables: Value) -> Map<String, Value> {
    match variables {
        Value::Object(map) => map,
        other => panic!("no object: {other}"),
    }
}

fn render(text: &str, variables: Value) -> Result<String, RenderError> {
    let compiled = Compiled::new(&definition(Kind::Text, &json!(text), "jinja", None)).expect("compiles");
    match compiled.render(&map(variables))? {
        Rendered::Text(text) => Ok(text),
        Rendered::Chat(_) => panic!("a text prompt"),
    }
}

#[test]
fn templates_render() {
    let check = |text: &str, variables: Value, expected: &str| {
        assert_eq!(render(text, variables).as_deref(), Ok(expected), "{text}");
    };
    check("plain", json!({}), "plain");
    check("Hi {{ name }}!\n", json!({"name": "Ada"}), "Hi Ada!\n");
    check("{{a}}{{b}}\n\n", json!({"a": "<&>\"'", "b": "{{a}}"}), "<&>\"'{{a}}\n\n");
    check("{{ n }}", json!({"n": 3}), "3");
    check("{{ n + 1 }} {{ n * 2 }} {{ n * 1.5 }}", json!({"n": 3}), "4 6 4.5");
    check("{{ a ~ '-' ~ n }}", json!({"a": "x", "n": 7}), "x-7");
    check("{{ '-' * 5 }}|{{ a * 2 }}|{{ [1] * 2 }}", json!({"a": "ab"}), "-----|abab|[1, 1]");
    check("{% for x in xs %}{{ loop.index }}:{{ x }},{% endfor %}", json!({"xs": ["a", "b"]}), "1:a,2:b,");
    check("{% if user.vip %}yes{% else %}no{% endif %}", json!({"user": {"vip": true}}), "yes");
    check(
        "{{ d|tojson }}",
        json!({"d": {"z": "<b>", "a": [1, 2.5, null]}}),
        "{\"z\": \"<b>\", \"a\": [1, 2.5, null]}",
    );
    check("{{ d|tojson(indent=2) }}", json!({"d": {"z": 1}}), "{\n  \"z\": 1\n}");
    check(
        "{% for k, v in d|items %}{{ k }}={{ v }};{% endfor %}",
        json!({"d": {"z": 1, "a": 2}}),
        "z=1;a=2;",
    );
    check("{{ s[1:3] }}{{ s[::-1] }}{{ s[0] }}{{ s[-2:] }}", json!({"s": "abcd"}), "bcdcbaacd");
    check("{{ xs[1:]|join(', ') }}", json!({"xs": [1, 2, 3]}), "2, 3");
    check("{{ s|upper|replace('A', 'x') }}", json!({"s": "aba"}), "xBx");
    check(
        "{% macro m(x, y=2) %}<{{ x }}{{ y }}>{% endmacro %}{{ m(1) }}{{ m(3, y=4) }}",
        json!({}),
        "<12><34>",
    );
    check("{% set x %}a{{ b }}{% endset %}{{ x }}{{ x }}", json!({"b": "b"}), "abab");
    check(
        "{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
        json!({}),
        "6",
    );
    check("{{ range(3)|list }}{{ range(5, 0, -2)|list }}", json!({}), "[0, 1, 2][5, 3, 1]");
    check("{{ 1 < 2 < 3 and 'a' in s }}", json!({"s": "cat"}), "True");
    check("{% filter upper %}x{{ a }}{% endfilter %}", json!({"a": "y"}), "XY");
    check("{{ xs|map('upper')|join }}{{ xs|select('eq', 'a')|list }}", json!({"xs": ["a", "b"]}), "AB['a']");
    check("{{ x is defined }} {{ x is string }} {{ x|default('d') }}", json!({"x": "v"}), "True True v");
    check("{% raw %}{{ x }}{% endraw %}{# note #}", json!({}), "{{ x }}");
    check(
        "{%- for x in xs recursive %}{{ x.n }}{{ loop(x.c) }}{% endfor %}",
        json!({"xs": [{"n": 1, "c": [{"n": 2, "c": []}]}]}),
        "12",
    );
    check("{{ '%05.1f|%s' | format(3.14159, 'x') }}", json!({}), "003.1|x");
    check("{{ a if b else 'c' }}", json!({"a": "A", "b": false}), "c");
    check("{{ x.title }}-{{ x['title'] }}", json!({"x": {"title": "T"}}), "T-T");
    check(
        "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
        json!({}),
        "013",
    );
}

#[test]
fn what_cannot_be_rendered_says_where() {
    let check = |text: &str, variables: Value, code: &str, place: (u32, u32)| match render(text, variables) {
        Err(RenderError::Template(v)) => {
            assert_eq!(
                (v.code, v.line, v.column),
                (code, Some(place.0), Some(place.1)),
                "{text}: {}",
                v.detail
            );
            assert_eq!(v.pointer, "/content");
        }
        other => panic!("{text}: {other:?}"),
    };
    check("a\né {{ x.y }}", json!({"x": {}}), "template_error", (2, 6));
    check("{{ x + 1 }}", json!({"x": "a"}), "template_error", (1, 4));
    check("{{ x|int }}", json!({"x": "a"}), "template_error", (1, 6));
}

/// Each of these would take gigabytes or hours without its limit.
#[test]
fn bombs_are_stopped() {
    let doubling = "{% set ns.x = ns.x ~ ns.x %}".repeat(60);
    let nested = "{% set x = [x, x] %}".repeat(60);
    let deep = "{% set x = [x] %}".repeat(20_000);
    let captured = "{% set x %}{{ x }}{{ x }}{% endset %}".repeat(60);
    let bombs = [
        format!("{{% set ns = namespace(x='abc') %}}{doubling}{{{{ ns.x|length }}}}"),
        format!("{{% set x = 'abc' %}}{captured}"),
        format!("{{% set x = 1 %}}{nested}{{{{ x|string|length }}}}"),
        format!("{{% set x = 1 %}}{deep}"),
        "{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}{% endfor %}{% endfor %}{% endfor %}".into(),
        "{% for i in range(9999) %}{% for j in range(9999) %}0123456789{% endfor %}{% endfor %}".into(),
        "{% set x %}{% for i in range(9999) %}{% for j in range(9999) %}0123456789{% endfor %}{% endfor %}{% endset %}".into(),
        "{{ s * 100000000 }}".into(),
        "{% set x = [s] %}{{ x * 100000000 }}".into(),
        "{{ s|replace('', s * 1000)|replace('a', s * 9999)|replace('a', s * 9999) }}".into(),
        "{{ (s * 99999)|join(s * 99999) }}".into(),
        "{{ s|indent(1000000000, true) }}".into(),
        "{{ s|indent(width=1000000000, first=true) }}".into(),
        "{{ '%1000000000d'|format(1) }}".into(),
        "{{ '%.999999999f'|format(1) }}".into(),
        "{{ '%*d'|format(1000000000, 1) }}".into(),
        "{{ [1]|batch(1000000000, 0) }}".into(),
        "{{ [1]|slice(1000000000, 0) }}".into(),
        "{{ range(1000000000) }}".into(),
        "{{ [s, s]|map('indent', 1000000000)|list }}".into(),
        "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}".into(),
        "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}".into(),
        "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}".into(),
        "{% set ns = namespace() %}{% set ns.me = [{'a': ns}] %}{{ ns }}".into(),
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = ns.x + ns.x + [1] %}{% endfor %}".into(),
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = dict(a=ns.x) %}{% endfor %}{{ ns.x }}".into(),
        "{% set ns = namespace(x=s) %}{% for i in range(9999) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}".into(),
        "{% set b = s * 500000 %}{% for i in range(9999) %}{% for j in range(9999) %}{% if b == b ~ 'x' %}{% endif %}{% endfor %}{% endfor %}".into(),
        "{% set b = s * 500000 %}{% for i in range(9999) %}{% for j in range(99) %}{{ b[400000] }}{{ b[1:2] }}{% endfor %}{% endfor %}".into(),
        "{% set b = s * 500000 %}{% for i in range(9999) %}{% for j in range(99) %}{% if b is eq b %}{% endif %}{% endfor %}{% endfor %}".into(),
        "{{ 9 ** 9999 }}".into(),
    ];
    for bomb in bombs {
        let start = &bomb[..bomb.len().min(90)];
        assert!(matches!(render(&bomb, json!({"s": "a"})), Err(RenderError::Template(_))), "{start}");
    }
}

/// Looking at the same documents again and again is cheap: nothing is made of them.
#[test]
fn usual_work_on_large_values_passes() {
    let documents: Vec<_> = (0..200).map(|i| json!({"id": i, "text": "x".repeat(5_000)})).collect();
    let text = "{% for d in documents %}{{ loop.index }}/{{ documents|length }}{% if d in documents %}: \
                {{ d.text|upper|trim }}{% endif %}\n{% endfor %}";
    let out = render(text, json!({"documents": documents})).expect("renders");
    assert!(out.starts_with("1/200: XXXX") && out.len() > 1_000_000);
}

#[test]
fn compiled_definitions_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Compiled>();
}

#[test]
fn variables_are_checked_all_at_once() {
    let variables = json!([
        {"name": "a"},
        {"name": "b", "schema": {"type": "integer"}},
        {"name": "c", "default": "C"},
        {"name": "d", "required": false},
    ]);
    let content = json!("{{ a }}{{ b }}{{ c }}{{ d|default('') }}");
    let compiled =
        Compiled::new(&definition(Kind::Text, &content, "jinja", Some(&variables))).expect("compiles");
    let rendered = compiled.render(&map(json!({"a": "A", "b": 2, "extra": 1})));
    assert_eq!(rendered, Ok(Rendered::Text("A2C".into())));
    let Err(RenderError::Variables(found)) = compiled.render(&map(json!({"b": "secret value"}))) else {
        panic!("refused");
    };
    let found: Vec<_> = found.iter().map(|v| (v.code, v.pointer.as_str())).collect();
    assert_eq!(found, [("required", "/variables/a"), ("invalid_variable", "/variables/b")]);
}

#[test]
fn chats_keep_roles_and_take_messages() {
    let content = json!([
        {"role": "system", "content": "You are {{ who }}."},
        {"placeholder": "history"},
        {"role": "user", "content": "{{ question }}"},
    ]);
    let compiled = Compiled::new(&definition(Kind::Chat, &content, "jinja", None)).expect("compiles");
    let history = json!([{"role": "assistant", "content": "{{ not a template }}"}]);
    let given = map(json!({"who": "Ada", "question": "?", "history": history}));
    let Ok(Rendered::Chat(messages)) = compiled.render(&given) else { panic!("renders") };
    let seen: Vec<_> = messages.iter().map(|m| (m.role.as_str(), m.content.as_str())).collect();
    assert_eq!(seen, [("system", "You are Ada."), ("assistant", "{{ not a template }}"), ("user", "?")]);
    assert_eq!(estimate_tokens(&Rendered::Chat(messages)), (3 + 4) + (5 + 4) + (1 + 4));

    for bad in [json!("x"), json!([1]), json!([{"role": "boss", "content": ""}]), json!([{"role": "user"}])] {
        let given = map(json!({"who": "Ada", "question": "?", "history": bad}));
        assert!(matches!(compiled.render(&given), Err(RenderError::Variables(_))));
    }
    let Err(RenderError::Variables(missing)) = compiled.render(&Map::new()) else { panic!("refused") };
    assert_eq!(missing.len(), 3);
}

#[test]
fn language_none_keeps_bytes() {
    let content = json!("{{ x }} {% if %}\n");
    let compiled = Compiled::new(&definition(Kind::Text, &content, "none", None)).expect("compiles");
    assert_eq!(compiled.render(&Map::new()), Ok(Rendered::Text("{{ x }} {% if %}\n".into())));
}

#[test]
fn used_names_in_order_of_first_use() {
    let check =
        |text: &str, expected: &[&str]| assert_eq!(undeclared(Language::Jinja, text), expected, "{text}");
    check("{{ b }}{{ a }}{{ b }}", &["b", "a"]);
    check(
        "{% for x in xs if x > low %}{{ x }}{{ loop.index }}{{ y }}{% endfor %}{{ x }}",
        &["xs", "low", "y", "x"],
    );
    check("{% set a = b %}{{ a }}", &["b"]);
    check("{% set x = x|default(1) %}{{ x }}", &["x"]);
    check("{% if a %}{% set g = 1 %}{% else %}{% set g = 2 %}{% endif %}{{ g }}", &["a"]);
    check("{% macro m(p, q=d) %}{{ p }}{{ q }}{{ g }}{% endmacro %}{{ m(v) }}", &["d", "g", "v"]);
    check("{% with a = b %}{{ a }}{% endwith %}{{ range(n) }}{{ x.y[z] }}", &["b", "n", "x", "z"]);
    check("{% call m(1) %}{% endcall %}", &[]);
    check("{{ broken", &[]);
    assert!(undeclared(Language::None, "{{ a }}").is_empty());
}

#[test]
fn what_templates_may_not_use() {
    let check = |text: &str, code: &str, place: (u32, u32)| {
        let found = inspect(Language::Jinja, text).expect_err(text);
        let found = &found[0];
        assert_eq!(
            (found.code, found.line, found.column),
            (code, Some(place.0), Some(place.1)),
            "{text}: {}",
            found.detail
        );
    };
    check("{% include 'x' %}", "include_unsupported", (1, 4));
    check("a\n{% import 'x' as y %}", "include_unsupported", (2, 4));
    check("{% extends 'x' %}", "include_unsupported", (1, 4));
    check("{% block b %}{% endblock %}", "include_unsupported", (1, 4));
    check("{% autoescape true %}{% endautoescape %}", "autoescape_unsupported", (1, 4));
    check("é{{ x|nothing }}", "unknown_filter", (1, 7));
    check("{{ x is nothing }}", "unknown_test", (1, 9));
    check("{{ debug() }}", "unknown_function", (1, 4));
    check("{{ loop.index }}", "unknown_name", (1, 4));
    check("{{ f(*x) }}", "unknown_function", (1, 4));
    check("{{ dict(**x) }}", "splat_unsupported", (1, 4));
    check("{{ 'x' * 100000000 }}", "template_limit", (1, 4));
    check("{{ ('x' * 1000) * 1000 }}", "template_limit", (1, 4));
    check("one\n{{ x", "template_syntax", (2, 4));
    check("{{ 1 +* 2 }}", "template_syntax", (1, 7));
    check("{% for x in %}{% endfor %}", "template_syntax", (1, 13));
    check(&format!("{{{{ x{} }}}}", " + 1".repeat(600)), "template_limit", (1, 2004));
    check(&format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(101)), "template_limit", (1, 1214));
}

/// As deep as the limits let it be, on the stack of a usual thread.
#[test]
fn the_largest_expressions_do_not_exhaust_the_stack() {
    let work = || {
        for text in [
            format!("{{{{ 1{} }}}}", " + 1".repeat(490)),
            format!("{{{{ 'x'{} }}}}", "|upper".repeat(490)),
            format!("{{{{ x{} }}}}", ".a".repeat(490)),
            format!("{{{{ {}x }}}}", "not ".repeat(900)),
            format!("{{{{ {}1{} }}}}", "[".repeat(400), "]".repeat(400)),
            format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(100)),
            "{% if a %}".repeat(3_000) + &"{% endif %}".repeat(3_000),
        ] {
            let content = json!(text);
            let (template, variables, settings) = (None, None, None);
            let new = NewDefinition {
                kind: Kind::Text,
                content: &content,
                template,
                variables,
                settings,
                allow_secret: true,
            };
            if let Ok(checked) = Definition::check(&new) {
                let _ = Compiled::new(&checked.definition)
                    .expect("compiles")
                    .render(&map(json!({"a": 0, "x": {}})));
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("starts").join().expect("ends");
}

fn template_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~\\n]{0,12}",
        "\\PC{0,4}",
        Just("{{ a }}".into()),
        Just("{{a}}".into()),
        Just("{{- b -}}".into()),
        Just("{{ a|upper }}".into()),
        Just("{{ a ~ b }}".into()),
        Just("{{ n * a }}".into()),
        Just("{{ xs[n:] }}".into()),
        Just("{{ a[n] }}".into()),
        Just("{% if a == b %}".into()),
        Just("{% else %}".into()),
        Just("{% endif %}".into()),
        Just("{% for x in xs %}".into()),
        Just("{{ x }}".into()),
        Just("{% endfor %}".into()),
        Just("{% set a = a ~ a %}".into()),
        Just("{% set xs = [xs, a] %}".into()),
        Just("{% set a %}".into()),
        Just("{% endset %}".into()),
        Just("{% macro m(x) %}".into()),
        Just("{% endmacro %}".into()),
        Just("{{ m(a) }}".into()),
        Just("{#".into()),
        Just("#}".into()),
        Just("{% raw %}".into()),
        Just("{% endraw %}".into()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_engine(text in template_text(), a in "\\PC{0,9}", n in any::<i64>()) {
        let new = NewDefinition {
            kind: Kind::Text, content: &json!(text), template: None, variables: None, settings: None, allow_secret: true,
        };
        if let Ok(checked) = Definition::check(&new) {
            let compiled = Compiled::new(&checked.definition).expect("what was checked compiles");
            let given = map(json!({"a": a, "b": "b", "n": n, "xs": [1, "2", [3]], "x": null, "m": {}}));
            if let Ok(Rendered::Text(out)) = compiled.render(&given) {
                prop_assert!(out.len() <= RENDER_OUTPUT_BYTES);
            }
        }
    }

    #[test]
    fn plain_templates_render_as_the_engine_does(
        pieces in prop::collection::vec(prop_oneof!["[ -z|~\\n\\r]{0,9}", Just("{{ a }}".into()), Just("{{b}}".into()), Just("{{- a }}".into()), Just("{{ b -}}".into()), Just("{# x #}".into())], 0..9),
        a in "\\PC{0,9}", b in "\\PC{0,9}",
    ) {
        let text = pieces.concat();
        if let Some(segments) = segments::plain(&text) {
            let value = |name: &str| Some(if name == "a" { a.as_str() } else { b.as_str() });
            let (mut fast, mut slow) = (String::new(), String::new());
            segments::render(&segments, value, &mut fast).expect("strings only");
            let root = convert::fields([("a", a.as_str().into()), ("b", b.as_str().into())].into_iter());
            program::Program::new(&text, &Default::default()).expect("compiles").render(root, &mut slow, &mut Default::default()).expect("renders");
            prop_assert_eq!(fast, slow);
        }
    }

    /// Guards change nothing but what is too much: the same text through an engine without them.
    #[test]
    fn guarded_templates_render_as_plain_ones(text in template_text(), a in "[a-z]{0,5}", n in 0_i64..3) {
        let given = map(json!({"a": a, "b": "b", "n": n, "xs": [1, "2", [3]], "x": "x", "m": {}}));
        let root = convert::fields(given.iter().map(|(k, v)| (k.as_str(), convert::value(v))));
        if inspect(Language::Jinja, &text).is_ok() {
            let mut guarded = String::new();
            let result = program::Program::new(&text, &Default::default()).expect("compiles").render(root.clone(), &mut guarded, &mut Default::default());
            let mut plain = minijinja::Environment::new();
            plain.set_syntax(engine::syntax());
            plain.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
            match (result, plain.render_str(&text, root)) {
                (Ok(()), Ok(expected)) => prop_assert_eq!(guarded, expected),
                (Err(_), Err(_)) => {}
                (Err(e), Ok(_)) => prop_assert!(e.kind() == minijinja::ErrorKind::OutOfFuel, "{}", e),
                (Ok(()), Err(e)) => prop_assert!(false, "only plain fails: {}", e),
            }
        }
    }
}
