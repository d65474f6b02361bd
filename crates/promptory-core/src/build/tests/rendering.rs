//! What included prompts look like, and what they may do.

use super::*;

#[test]
fn included_texts_render_by_themselves() {
    let world = World::default()
        .with("bytes", "1.0.0", definition(Kind::Text, "none", json!("{{ x }} <&>\n"), Value::Null))
        .with(
            "local",
            "1.0.0",
            jinja("[{{ i|default('-') }}{% set i = 9 %}]", json!([{"name": "i", "required": false}])),
        )
        .with(
            "macro",
            "1.0.0",
            jinja("{% macro m(a) %}<{{ a }}{{ x }}>{% endmacro %}{{ m(1) }}", json!([{"name": "x"}])),
        );
    let check = |content: &str, variables: Value, given: Value, expected: &str| {
        assert_eq!(world.render(&jinja(content, variables), given).as_deref(), Ok(expected), "{content}");
    };
    check("a{% include 'bytes' %}b", json!([]), json!({}), "a{{ x }} <&>\nb");
    check(
        "{% for i in [1, 2] %}{{ i }}{% include 'local' %}{{ i }}{% endfor %}",
        json!([]),
        json!({}),
        "1[-]12[-]2",
    );
    check("{% include 'macro' %}", json!([{"name": "x"}]), json!({"x": "\"y\""}), "<1\"y\">");
    check(
        "{% macro o() %}{% include 'macro' %}{% endmacro %}{% set s %}{{ o() }}{% endset %}{{ s|upper }}{% filter lower %}{% include 'macro' %}{% endfilter %}",
        json!([{"name": "x"}]),
        json!({"x": "Yy"}),
        "<1YY><1yy>",
    );
    let chat = definition(
        Kind::Chat,
        "jinja",
        json!([{"role": "system", "content": "{% include 'bytes' %}"}, {"role": "user", "content": "{% if x %}{% include 'macro' %}{% endif %}"}]),
        json!([{"name": "x"}]),
    );
    assert_eq!(
        chat.includes().iter().map(|i| &*i.pointer).collect::<Vec<_>>(),
        ["/content/0/content", "/content/1/content"]
    );
    assert_eq!(world.render(&chat, json!({"x": "z"})).as_deref(), Ok("{{ x }} <&>\n<1z>"));
}

#[test]
fn errors_inside_name_the_included_prompt() {
    let world = World::default().with("deep", "1.0.0", jinja("a\n {{ x.y }}", json!([{"name": "x"}]))).with(
        "typed",
        "1.0.0",
        jinja("{{ n }}", json!([{"name": "n", "schema": {"type": "integer"}}])),
    );
    let Err(RenderError::Template(found)) =
        world.render(&jinja("é\n{% include 'deep' %}", json!([{"name": "x"}])), json!({"x": {}}))
    else {
        panic!("refused")
    };
    assert_eq!((found.code, found.line), ("template_error", Some(2)));
    assert!(found.detail.contains("in \"deep\", line 2, column 5: `x.y` is undefined"), "{}", found.detail);
    let Err(RenderError::Variables(found)) =
        world.render(&jinja("{% include 'typed' %}", json!([{"name": "n"}])), json!({"n": "x"}))
    else {
        panic!("refused")
    };
    assert_eq!((found[0].code, &*found[0].pointer), ("invalid_variable", "/variables/n"));
    assert!(found[0].detail.contains("\"typed\""), "{}", found[0].detail);
}

/// Without shared budgets, each of these would take hours or gigabytes.
#[test]
fn includes_share_the_budgets() {
    let busy = "{% for i in range(9999) %}{% for j in range(9) %}{% endfor %}{% endfor %}";
    let mut world = World::default().text("busy", "1.0.0", busy).text("large", "1.0.0", "{{ 'x' * 1000 }}");
    for i in 0..8 {
        let next = if i == 7 { "busy".to_owned() } else { format!("n{}", i + 1) };
        let twice = format!("{{% include '{next}' %}}").repeat(8);
        world = world.text(&format!("n{i}"), "1.0.0", &twice);
    }
    for bomb in [
        "{% for i in range(9999) %}{% include 'busy' %}{% endfor %}",
        "{% include 'n1' %}",
        "{% for i in range(9999) %}{% include 'large' %}{% endfor %}",
        "{% set ns = namespace(x='') %}{% for i in range(9999) %}{% set ns.x %}{{ ns.x }}{% include 'large' %}{% endset %}{% endfor %}",
    ] {
        match world.render(&jinja(bomb, json!([])), json!({})) {
            Err(RenderError::Template(found)) => assert_eq!(found.code, "render_limit", "{found:?}"),
            other => panic!("{bomb}: {:?}", other.map(|text| text.len())),
        }
    }
}

/// As deep as the limits let it be, on the stack of a usual thread.
#[test]
fn includes_do_not_exhaust_the_stack() {
    let work = || {
        let text = |inner: &str| {
            format!(
                "{{% macro m(n) %}}{{% if n %}}{{{{ m(n - 1) }}}}{{% else %}}{inner}{{% endif %}}{{% endmacro %}}{{{{ m(9) }}}}"
            )
        };
        let world = (1..=INCLUDE_DEPTH).fold(World::default(), |world, i| {
            let inner =
                if i == INCLUDE_DEPTH { "end".to_owned() } else { format!("{{% include 'p{}' %}}", i + 1) };
            world.text(&format!("p{i}"), "1.0.0", &text(&inner))
        });
        let _ = world.render(&jinja(&text("{% include 'p1' %}"), json!([])), json!({}));
        let shallow = (1..=INCLUDE_DEPTH).fold(World::default(), |world, i| {
            let inner =
                if i == INCLUDE_DEPTH { "end".to_owned() } else { format!("{{% include 'p{}' %}}", i + 1) };
            world.text(&format!("p{i}"), "1.0.0", &text(&inner).replace("m(9)", "m(3)"))
        });
        let out = shallow.render(&jinja("{% include 'p1' %}", json!([])), json!({}));
        assert_eq!(out.as_deref(), Ok("end"));
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("starts").join().expect("ends");
}

/// Compiled from the inside out, none of them is deep; together they are.
#[test]
fn depth_is_bounded_without_a_build_too() {
    let definitions: Vec<Definition> =
        (1..=40).map(|i| jinja(&format!("{{% include 'p{}' %}}", i + 1), json!([]))).collect();
    let last = jinja("{{ 'end' }}", json!([]));
    let mut includes: Vec<(String, &Definition)> =
        definitions.iter().enumerate().map(|(i, d)| (format!("p{}", i + 1), d)).collect();
    includes.push(("p41".into(), &last));
    let all: String = (1..=41).rev().map(|i| format!("{{% include 'p{i}' %}}")).collect();
    let root = jinja(&all, json!([]));
    let compiled = Compiled::with_includes(&root, &includes).unwrap_or_else(|e| panic!("{e:?}"));
    let Err(RenderError::Template(found)) = compiled.render(&Map::new()) else { panic!("refused") };
    assert_eq!(found.code, "render_limit");
}
