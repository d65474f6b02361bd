use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::definition::NewDefinition;
use crate::limits::{INCLUDE_DEPTH, INCLUDES};
use crate::numbering::{Reference, parse_reference};
use crate::range::Range;
use crate::template::{Compiled, RenderError, Rendered};

mod rendering;

/// Every version of every prompt.
#[derive(Debug, Default)]
struct World(BTreeMap<String, BTreeMap<String, Definition>>);

fn definition(kind: Kind, template: &str, content: Value, variables: Value) -> Definition {
    let variables = Some(&variables).filter(|v| !v.is_null());
    let template = Some(template);
    let new =
        NewDefinition { kind, content: &content, template, variables, settings: None, allow_secret: false };
    Definition::check_with_includes(&new).unwrap_or_else(|v| panic!("{content}: {v:?}")).definition
}

fn jinja(content: &str, variables: Value) -> Definition {
    definition(Kind::Text, "jinja", json!(content), variables)
}

impl World {
    fn with(mut self, name: &str, number: &str, definition: Definition) -> Self {
        self.0.entry(name.to_lowercase()).or_default().insert(number.into(), definition);
        self
    }

    fn text(self, name: &str, number: &str, content: &str) -> Self {
        self.with(name, number, jinja(content, Value::Null))
    }

    fn lookup(&self, name: &str, reference: Option<&str>) -> Option<Included> {
        let versions = self.0.get(&name.to_lowercase())?;
        let numbers: Vec<Number> = versions.keys().map(|n| Number::parse(n).expect("valid")).collect();
        let number = match parse_reference(reference.unwrap_or("latest")) {
            Reference::Number(number) => numbers.into_iter().find(|n| *n == number)?,
            Reference::Range(range) => Range::parse(&range).expect("valid").highest(&numbers)?.clone(),
            _ => numbers.into_iter().max()?,
        };
        let definition = Arc::new(versions[&number.to_string()].clone());
        let content_hash = definition.content_hash();
        Some(Included { name: PromptName::parse(name).expect("valid"), number, content_hash, definition })
    }

    fn resolve(&self, root: &Definition) -> Result<Build, BuildError<()>> {
        let (name, number) = (PromptName::parse("root").expect("valid"), Number::new(1, 0, 0));
        resolve((&name, &number, root), &mut |name, reference| Ok(self.lookup(name, reference)))
    }

    fn problems(&self, root: &Definition) -> Vec<(&'static str, String)> {
        match self.resolve(root) {
            Err(BuildError::Invalid(found)) => found.into_iter().map(|v| (v.code, v.detail)).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn render(&self, root: &Definition, variables: Value) -> Result<String, RenderError> {
        let build = self.resolve(root).unwrap_or_else(|e| panic!("{e:?}"));
        let compiled = Compiled::with_includes(root, &build.sources()).unwrap_or_else(|e| panic!("{e:?}"));
        let given: Map<String, Value> = variables.as_object().expect("an object").clone();
        match compiled.render(&given)? {
            Rendered::Text(text) => Ok(text),
            Rendered::Chat(messages) => Ok(messages.into_iter().map(|m| m.content).collect()),
        }
    }
}

fn world() -> World {
    World::default()
        .text("shared/tone", "1.0.0", "Be kind.")
        .text("shared/tone", "1.2.0", "Be very kind.{% include 'sign' %}")
        .text("shared/tone", "2.0.0", "Be stern.")
        .text("sign", "1.0.0", " — {{ 'x' * 3 }}")
}

#[test]
fn builds_name_exact_versions_in_order() {
    let root = jinja(
        "{% include 'shared/tone@^1' %}{% include 'Shared/Tone' %}{% include 'shared/tone@^1' %}",
        json!([]),
    );
    let build = world().resolve(&root).expect("resolves");
    let seen: Vec<_> =
        build.includes.iter().map(|e| (e.written.as_str(), e.included.number.to_string())).collect();
    let text = str::to_owned;
    assert_eq!(
        seen,
        [("shared/tone@^1", text("1.2.0")), ("sign", text("1.0.0")), ("Shared/Tone", text("2.0.0"))]
    );
    let triple = |e: &Entry| {
        (e.included.name.to_string(), e.included.number.to_string(), e.included.content_hash.clone())
    };
    let hashed: Vec<_> = build.includes.iter().map(triple).collect();
    assert_eq!(build.build_hash, build_hash(&root.content_hash(), &hashed));
    assert_eq!(world().resolve(&jinja("no includes", json!([]))).expect("resolves").includes, []);

    let definitions: Vec<&Definition> = build.includes.iter().map(|e| &*e.included.definition).collect();
    assert_eq!(pair(&root, &definitions), Some(build.sources()));
    assert_eq!(pair(&root, &definitions[..2]), None);
    assert_eq!(pair(&jinja("x", json!([])), &definitions), None);
}

#[test]
fn the_hash_tells_which_text_meant_which_version() {
    let root = jinja("{% include 't@a' %}{% include 't@b' %}{% include 't@c' %}", json!([]));
    let build = |last: u64| {
        let mut lookup = |_: &str, reference: Option<&str>| {
            let number = match reference {
                Some("a") => 1,
                Some("b") => 2,
                _ => last,
            };
            let definition = Arc::new(jinja(&format!("v{number}"), json!([])));
            let (name, content_hash) = (PromptName::parse("t").expect("valid"), definition.content_hash());
            Ok::<_, ()>(Some(Included { name, number: Number::new(number, 0, 0), content_hash, definition }))
        };
        let name = PromptName::parse("root").expect("valid");
        resolve((&name, &Number::new(1, 0, 0), &root), &mut lookup).expect("resolves").build_hash
    };
    assert_ne!(build(1), build(2));
}

#[test]
fn what_is_wrong_is_said_with_the_path() {
    let check = |world: World, root: &str, code: &str, words: &str| {
        let found = world.problems(&jinja(root, json!([])));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, code);
        assert!(found[0].1.contains(words), "{}", found[0].1);
    };
    check(world(), "{% include 'shared/none' %}", "include_missing", "root@1.0.0 includes \"shared/none\"");
    check(world(), "{% include 'shared/tone@^3' %}", "include_missing", "shared/tone@^3");
    let circle = World::default()
        .text("a", "1.0.0", "{% include 'b' %}")
        .text("b", "2.0.0", "{% include 'root' %}")
        .text("root", "1.0.0", "{% include 'a' %}");
    check(circle, "{% include 'a' %}", "include_cycle", "root@1.0.0 → a@1.0.0 → b@2.0.0 → root@1.0.0");
    let itself = World::default().text("a", "1.0.0", "{% include 'A@^1' %}");
    check(itself, "{% include 'a' %}", "include_cycle", "a@1.0.0 → A@1.0.0");
    let chat = definition(Kind::Chat, "jinja", json!([{"role": "user", "content": "x"}]), Value::Null);
    check(World::default().with("c", "1.0.0", chat), "{% include 'c' %}", "include_unsuitable", "chat");
    let brace = definition(Kind::Text, "single_brace", json!("{x}"), Value::Null);
    check(
        World::default().with("c", "1.0.0", brace),
        "{% include 'c' %}",
        "include_unsuitable",
        "single_brace",
    );
}

#[test]
fn an_older_version_of_itself_is_no_circle() {
    let world = World::default().text("root", "0.9.0", "old");
    assert_eq!(
        world.render(&jinja("{% include 'root@0.9.0' %}+", json!([])), json!({})).as_deref(),
        Ok("old+")
    );
}

fn chain(length: usize) -> World {
    (1..=length).fold(World::default(), |world, i| {
        let inner = if i == length { String::new() } else { format!("{{% include 'p{}' %}}", i + 1) };
        world.text(&format!("p{i}"), "1.0.0", &format!("{i}{inner}"))
    })
}

#[test]
fn depth_and_number_are_bounded() {
    let root = jinja("{% include 'p1' %}", json!([]));
    assert_eq!(chain(INCLUDE_DEPTH).render(&root, json!({})).as_deref(), Ok("12345678"));
    assert_eq!(chain(INCLUDE_DEPTH + 1).problems(&root)[0].0, "include_depth");
    // Reached first where it is not deep, and then where it is.
    let twice = chain(INCLUDE_DEPTH).text("q", "1.0.0", "{% include 'p1' %}");
    assert!(twice.resolve(&jinja("{% include 'p1' %}", json!([]))).is_ok());
    assert_eq!(
        twice.problems(&jinja("{% include 'p1' %}{% include 'q' %}", json!([])))[0].0,
        "include_depth"
    );
    assert_eq!(twice.problems(&jinja("{% include 'q' %}", json!([])))[0].0, "include_depth");

    let many: String = (0..=INCLUDES).map(|i| format!("{{% include 'p1@{}' %}}", i + 1)).collect();
    let found = chain(1).problems(&jinja(&many, json!([])));
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), ["too_large"]);
}

#[test]
fn required_variables_pass_through_the_outer_contract() {
    let world = World::default()
        .with(
            "inner",
            "1.0.0",
            jinja("{{ who }}{{ how }}", json!([{"name": "who"}, {"name": "how", "default": "!"}])),
        )
        .with("middle", "1.0.0", jinja("{% include 'inner' %}", json!([{"name": "who", "default": "Bo"}])))
        .with("passing", "1.0.0", jinja("{% include 'inner' %}", json!([{"name": "who"}])))
        .with("careless", "1.0.0", jinja("{% include 'inner' %}", json!([])));
    let check = |include: &str, variables: Value, words: Option<&str>| {
        let root = jinja(&format!("{{% include '{include}' %}}"), variables);
        match (world.resolve(&root), words) {
            (Ok(_), None) => {}
            (Err(BuildError::Invalid(found)), Some(words)) => {
                assert!(found.iter().all(|v| v.code == "include_variable"), "{found:?}");
                assert!(found[0].detail.contains(words) && found[0].line == Some(1), "{found:?}");
            }
            (other, _) => panic!("{include}: {other:?}"),
        }
    };
    check("inner", json!([{"name": "who"}]), None);
    check("inner", json!([{"name": "who", "default": "x"}]), None);
    check(
        "inner",
        json!([]),
        Some("\"inner\" needs the variable \"who\", and root@1.0.0, which includes it, does not declare"),
    );
    check("inner", json!([{"name": "who", "required": false}]), Some("optional"));
    check("middle", json!([]), None);
    check("passing", json!([]), Some("\"passing\" needs the variable \"who\", and root@1.0.0"));
    check("careless", json!([]), Some("careless@1.0.0, which includes it, does not declare"));

    let render = |include: &str, variables: Value, given: Value| {
        world.render(&jinja(&format!("{{% include '{include}' %}}"), variables), given)
    };
    assert_eq!(render("inner", json!([{"name": "who"}]), json!({"who": "Ada"})).as_deref(), Ok("Ada!"));
    // Not declared outside: its default holds, whatever is given.
    assert_eq!(
        render("inner", json!([{"name": "who"}]), json!({"who": "Ada", "how": "?"})).as_deref(),
        Ok("Ada!")
    );
    let both = json!([{"name": "who"}, {"name": "how", "required": false}]);
    assert_eq!(render("inner", both.clone(), json!({"who": "Ada", "how": "?"})).as_deref(), Ok("Ada?"));
    assert_eq!(render("inner", both, json!({"who": "Ada"})).as_deref(), Ok("Ada!"));
    assert_eq!(render("middle", json!([]), json!({})).as_deref(), Ok("Bo!"));
}

#[test]
fn at_creation_only_what_is_known_is_checked() {
    let root = jinja("{% include 'later' %}{% include 'needs' %}", json!([]));
    let world = World::default().with("needs", "1.0.0", jinja("{{ x }}", Value::Null));
    let name = PromptName::parse("root").expect("valid");
    let at = (&name, &Number::new(1, 0, 0), &root);
    let known = check_known(at, &mut |n, r| Ok::<_, ()>(world.lookup(n, r))).expect("looked up");
    assert_eq!(known.violations.iter().map(|v| v.code).collect::<Vec<_>>(), ["include_variable"]);
    assert_eq!(known.missing.iter().map(|v| v.code).collect::<Vec<_>>(), ["include_missing"]);
    assert_eq!(check_known(at, &mut |_, _| Err("down")), Err("down"));
}

#[test]
fn unused_variables_are_known_to_the_build() {
    let variables = json!([{"name": "a"}, {"name": "b"}, {"name": "c"}]);
    let root = jinja("{{ a }}{% include 'inner' %}", variables);
    let world = World::default().text("inner", "1.0.0", "{{ b }}");
    assert_eq!(world.resolve(&root).expect("resolves").unused(&root), ["c"]);
}

#[test]
fn what_may_stand_in_an_include() {
    let check = |text: &str, code: &str| {
        let new = NewDefinition {
            kind: Kind::Text,
            content: &json!(text),
            template: None,
            variables: None,
            settings: None,
            allow_secret: false,
        };
        let found = Definition::check_with_includes(&new).expect_err(text);
        assert_eq!((found[0].code, found[0].line), (code, Some(1)), "{text}: {}", found[0].detail);
        assert_eq!(found[0].pointer, "/content");
        assert_eq!(Definition::check(&new).expect_err(text)[0].code, "include_unsupported");
    };
    check("{% include name %}", "include_dynamic");
    check("{% include 'a' ~ 'b' %}", "include_dynamic");
    check("{% include 1 %}", "include_dynamic");
    check("{% include 'a' if b else 'c' %}", "include_dynamic");
    check("{% include ['a', 'b'] %}", "include_list");
    check("{% include ('a', 'b') %}", "include_list");
    check("{% include 'a' ignore missing %}", "include_ignore_missing");
    check("{% include 'a@1.2' %}", "invalid_include");
    check("{% include '/a' %}", "invalid_include");
    check("{% import 'a' as b %}", "include_unsupported");
    check("{% extends 'a' %}", "include_unsupported");
    let root = jinja(
        "x\n {% include 'a@^1' %}{% if y %}{% include 'a' %}{% endif %}{% include 'a@^1' %}",
        Value::Null,
    );
    let found = root.includes();
    assert_eq!(found.iter().map(IncludeRef::written).collect::<Vec<_>>(), ["a@^1", "a"]);
    assert_eq!((found[0].line, found[0].column, &*found[0].pointer), (2, 5, "/content"));
    for (language, text) in [
        ("none", "{% include 'a' %}"),
        ("single_brace", "{% include 'a' %}"),
        ("jinja", "{% raw %}{% include 'a' %}{% endraw %}"),
    ] {
        assert!(definition(Kind::Text, language, json!(text), json!([])).includes().is_empty(), "{language}");
    }
    let Err(found) = Compiled::new(&root) else { panic!("refused") };
    assert_eq!(found[0].code, "include_unsupported");
    let Err(found) = Compiled::with_includes(&root, &[]) else { panic!("refused") };
    assert_eq!((found[0].code, found[0].line), ("include_missing", Some(2)));
    let circle = [("a@^1".to_owned(), &root), ("a".to_owned(), &root)];
    assert!(Compiled::with_includes(&root, &circle).is_err());
}

/// Prompts `p0` … that include one another at will.
fn any_world() -> impl Strategy<Value = World> {
    let inner = prop::collection::vec(
        (0..6_usize, prop_oneof![Just(""), Just("@^1"), Just("@1.0.0"), Just("@latest")]),
        0..4,
    );
    prop::collection::vec((inner, 0..3_u64), 1..6).prop_map(|versions| {
        versions.into_iter().enumerate().fold(World::default(), |world, (i, (inner, minor))| {
            let includes: String =
                inner.into_iter().map(|(to, at)| format!("{{% include 'p{to}{at}' %}}")).collect();
            world.text(&format!("p{}", i % 4), &format!("1.{minor}.0"), &format!("({i}{includes})"))
        })
    })
}

proptest! {
    #[test]
    fn what_resolves_renders_and_is_found_again(world in any_world()) {
        let root = jinja("{% include 'p0' %}{% include 'p1@^1' %}{% include 'p0@^1' %}", json!([]));
        match world.resolve(&root) {
            Ok(build) => {
                prop_assert_eq!(&Ok(build.clone()), &world.resolve(&root));
                let definitions: Vec<&Definition> = build.includes.iter().map(|e| &*e.included.definition).collect();
                prop_assert_eq!(pair(&root, &definitions), Some(build.sources()));
                prop_assert!(build.includes.len() <= INCLUDES);
                let out = world.render(&root, json!({}));
                prop_assert!(out.is_ok(), "{:?}", out);
            }
            Err(BuildError::Invalid(found)) => prop_assert!(!found.is_empty()),
            Err(BuildError::Lookup(())) => prop_assert!(false),
        }
    }
}
