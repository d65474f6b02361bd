use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::template::{Compiled, Rendered};

fn text(language: &str, text: &str) -> Definition {
    let names = crate::template::undeclared(Language::parse(language).unwrap(), text);
    let variables: Vec<_> = names.iter().map(|name| json!({"name": name, "required": true})).collect();
    let (content, variables) = (json!(text).to_string(), json!(variables).to_string());
    Definition::from_stored("text", &content, language, &variables, "{}").unwrap()
}

fn jinja(content: &str) -> Definition {
    text("jinja", content)
}

fn composed(root: &Definition, includes: &[(&str, &Definition)]) -> Result<String, Violation> {
    let includes: Vec<_> = includes.iter().map(|(name, d)| ((*name).to_owned(), *d)).collect();
    compose(root, &includes).map(|content| match content {
        Content::Text(text) => text,
        Content::Chat(_) => panic!("a text"),
    })
}

#[test]
fn includes_are_put_in_and_all_else_stays() {
    let tone = jinja("Be kind, {{ name }}.\n");
    let plain = text("none", "{% include \"tone\" %} {{ x }}");
    let nested = jinja("[{% include 'tone' %}]");
    let check = |root: &str, expected: &str| {
        let known = [("tone", &tone), ("plain", &plain), ("nested", &nested)];
        assert_eq!(composed(&jinja(root), &known).as_deref(), Ok(expected), "{root}");
    };
    check("no tag at all {{ name }} ", "no tag at all {{ name }} ");
    check("a {% include \"tone\" %} b", "a Be kind, {{ name }}.\n b");
    check("a {%- include \"tone\" -%} \n b", "aBe kind, {{ name }}.\nb");
    check("{% include 'nested' %}{% include 'tone' %}", "[Be kind, {{ name }}.\n]Be kind, {{ name }}.\n");
    check("{% include \"plain\" %}", "{% include \"tone\" %} {{ x }}");
    check("{% if a %}{% include \"tone\" %}{% endif %}", "{% if a %}Be kind, {{ name }}.\n{% endif %}");
    check(
        "{% raw %}{% include \"tone\" %}{% endraw %}{# {% include \"tone\" %} #}",
        "{% raw %}{% include \"tone\" %}{% endraw %}{# {% include \"tone\" %} #}",
    );
    check("{{ '{% include \"tone\" %}' }}", "{{ '{% include \"tone\" %}' }}");
    check("ü{%include 'tone'%}ü", "üBe kind, {{ name }}.\nü");
    assert_eq!(composed(&text("none", "{% include \"tone\" %}"), &[]).unwrap(), "{% include \"tone\" %}");
    let why = composed(&jinja("{% include \"gone\" %}"), &[]).unwrap_err();
    assert_eq!(why.code, "include_missing");
}

#[test]
fn what_grows_too_large_is_refused_soon() {
    let layer = |name: &str| jinja(&format!("{{% include '{name}' %}}").repeat(10_000));
    let (empty, a, b) = (jinja("x"), layer("empty"), layer("a"));
    let known = [("empty", &empty), ("a", &a), ("b", &b)];
    assert_eq!(composed(&layer("b"), &known).unwrap_err().code, "too_large");
    let around = [("a", &a), ("b", &a), ("empty", &b)];
    assert_eq!(composed(&b, &around).unwrap_err().code, "include_missing", "a circle ends");
}

#[test]
fn what_a_client_without_logic_can_fill_in() {
    for (language, text, expected) in [
        ("jinja", "Hello {{ name }} and {{other}}", true),
        ("jinja", "no variable", true),
        ("jinja", "{{ name | upper }}", false),
        ("jinja", "{{ user.name }}", false),
        ("jinja", "{{- name }}", false),
        ("jinja", "{{ 'text' }}", false),
        ("jinja", "{% if a %}b{% endif %}", false),
        ("jinja", "{# note #}", false),
        ("jinja", "{{ true }}", false),
        ("none", "plain { \"a\": 1 }", true),
        ("none", "{{ name }}", false),
        ("single_brace", "no variable", true),
        ("single_brace", "{name}", false),
    ] {
        assert_eq!(only_names(Language::parse(language).unwrap(), text), expected, "{language} {text}");
    }
}

/// What such a client does.
fn filled(text: &str, value: &str) -> String {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, behind) = part.split_once("}}").unwrap();
        out.push_str(value);
        out.push_str(behind);
    }
    out
}

proptest! {
    /// Wherever a composed text has only names, filling them in gives what rendering the build gives.
    #[test]
    fn filling_in_is_rendering(
        outer in "([a-z{}% \n]|\\{\\{ name \\}\\}|\\{%-? include 'tone' -?%\\}){0,12}",
        inner in "([a-z \n]|\\{\\{name\\}\\}|\\{\\{- name \\}\\}){0,8}",
        value in "[a-z{}]{0,6}",
    ) {
        let Ok(_) = crate::template::needs(Language::Jinja, &outer, true) else { return Ok(()) };
        let tone = jinja(&inner);
        let variables = json!([{"name": "name", "required": true}]).to_string();
        let root = Definition::from_stored("text", &json!(outer).to_string(), "jinja", &variables, "{}").unwrap();
        let text = composed(&root, &[("tone", &tone)]).unwrap();
        if only_names(Language::Jinja, &text) {
            let compiled = Compiled::with_includes(&root, &[("tone".to_owned(), &tone)]).unwrap();
            let given = Map::from_iter([("name".to_owned(), json!(value))]);
            prop_assert_eq!(compiled.render(&given), Ok(Rendered::Text(filled(&text, &value))), "{}", text);
        }
    }
}
