use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::definition::{NewDefinition, Part};

fn text(content: &str) -> Definition {
    let content = Content::Text(content.into());
    Definition {
        kind: Kind::Text,
        content,
        language: Language::None,
        variables: vec![],
        settings: Map::new(),
    }
}

fn chat(parts: &[(&str, &str)]) -> Definition {
    let part = |(role, content): &(&str, &str)| match *role {
        "" => Part::Placeholder { name: (*content).into() },
        role => Part::Message { role: role.into(), content: (*content).into() },
    };
    let content = Content::Chat(parts.iter().map(part).collect());
    Definition {
        kind: Kind::Chat,
        content,
        language: Language::None,
        variables: vec![],
        settings: Map::new(),
    }
}

fn parts(comparison: &Comparison) -> &[PartDiff] {
    match &comparison.content {
        ContentDiff::Chat(parts) => parts,
        ContentDiff::Text(_) => panic!("a chat"),
    }
}

/// Like `diff -u`, with [ ] around what is marked.
fn shown(diff: &TextDiff) -> String {
    let mut out = String::new();
    for hunk in &diff.hunks {
        out += &format!("@@ {},{} {},{}\n", hunk.from_start, hunk.from_lines, hunk.to_start, hunk.to_lines);
        for line in &hunk.lines {
            out += match line.kind {
                LineKind::Context => " ",
                LineKind::Removed => "-",
                LineKind::Added => "+",
            };
            for piece in &line.pieces {
                let piece = if piece.changed { format!("[{}]", piece.text) } else { piece.text.clone() };
                out += &piece.replace('\n', "$");
            }
            out.push('\n');
        }
    }
    out
}

#[test]
fn texts_as_hunks() {
    let check = |from: &str, to: &str, expected: &str| {
        let diff = diff_texts(from, to, Budget::default());
        assert_eq!(shown(&diff), expected);
        assert_eq!(diff.apply(from).as_deref(), Some(to));
        assert!(!diff.coarse);
    };
    check("a\nb\n", "a\nb\n", "");
    check("", "x", "@@ 1,0 1,1\n+[x]\n");
    check("Be kind.\nEnd\n", "Be very kind.\nEnd\n", "@@ 1,2 1,2\n-Be kind.$\n+Be [very ]kind.$\n End$\n");
    check("a b c\n", "a b c", "@@ 1,1 1,1\n-a b c[$]\n+a b c\n");
    check(
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
        "1\nx\n3\n4\n5\n6\n7\n8\n9\n10\n12\n",
        "@@ 1,5 1,5\n 1$\n-[2$]\n+[x$]\n 3$\n 4$\n 5$\n@@ 8,5 8,4\n 8$\n 9$\n 10$\n-[11$]\n 12$\n",
    );
}

#[test]
fn counts_are_of_what_changed() {
    let compared = compare(&text("one two\nsame\ngone\n"), &text("one three\nsame\n"), Budget::default());
    assert_eq!(
        compared.counts,
        Counts { added_lines: 1, removed_lines: 2, added_chars: 5, removed_chars: 3 + 5 }
    );
}

#[test]
fn diffs_of_other_texts_are_not_applied() {
    let diff = diff_texts("a\nb\n", "a\nc\n", Budget::default());
    assert_eq!(diff.apply("a\nx\n"), None);
    assert_eq!(diff.apply(""), None);
}

#[test]
fn messages_are_aligned() {
    use PartChange::{Added, Changed, Equal, Moved, Removed};
    type Seen = (PartChange, Option<usize>, Option<usize>);
    let check = |from: &[(&str, &str)], to: &[(&str, &str)], expected: &[Seen]| {
        let compared = compare(&chat(from), &chat(to), Budget::default());
        let index = |slot: &Option<Slot>| slot.as_ref().map(|s| s.index);
        let seen: Vec<Seen> =
            parts(&compared).iter().map(|p| (p.change, index(&p.from), index(&p.to))).collect();
        assert_eq!(seen, expected, "{from:?} → {to:?}");
    };
    let system = ("system", "You are a kind helper of our customers.");
    let stern = ("system", "You are a stern helper of our customers.");
    let ask = ("user", "What is the weather in Zürich today?");
    let history = ("", "history");
    check(
        &[system, history, ask],
        &[system, history, ask],
        &[(Equal, Some(0), Some(0)), (Equal, Some(1), Some(1)), (Equal, Some(2), Some(2))],
    );
    check(
        &[system, ask],
        &[stern, history, ask],
        &[(Changed, Some(0), Some(0)), (Added, None, Some(1)), (Equal, Some(1), Some(2))],
    );
    check(
        &[system, ask, history],
        &[stern, ask],
        &[(Changed, Some(0), Some(0)), (Equal, Some(1), Some(1)), (Removed, Some(2), None)],
    );
    let moves = [("user", "one"), ("assistant", "two"), ("user", "three")];
    check(
        &moves,
        &[moves[1], moves[2], moves[0]],
        &[(Equal, Some(1), Some(0)), (Equal, Some(2), Some(1)), (Moved, Some(0), Some(2))],
    );
    // The one that is alike is the one that changed, not the one at the same place.
    check(
        &[system],
        &[("system", "Speak German."), stern],
        &[(Added, None, Some(0)), (Changed, Some(0), Some(1))],
    );
    check(&[system], &[("developer", stern.1)], &[(Changed, Some(0), Some(0))]);
    check(&[system], &[ask], &[(Added, None, Some(0)), (Removed, Some(0), None)]);
    check(&[("", "a")], &[("", "b")], &[(Added, None, Some(0)), (Removed, Some(0), None)]);
}

#[test]
fn a_text_that_became_a_chat() {
    let compared = compare(&text("You are kind."), &chat(&[("system", "You are kind.")]), Budget::default());
    assert_eq!(compared.kind, Some(Change { before: Kind::Text, after: Kind::Chat }));
    assert_eq!(parts(&compared).len(), 1);
    assert!(!compared.forward.replaceable);
}

fn checked(body: Value) -> Definition {
    let new = NewDefinition {
        kind: Kind::Text,
        content: &body["content"],
        template: body["template"].as_str(),
        variables: body.get("variables"),
        settings: body.get("settings"),
        allow_secret: false,
    };
    Definition::check(&new).expect("valid").definition
}

#[test]
fn variables_settings_and_contract_both_ways() {
    let from = checked(json!({
        "content": "{{ a }}{{ b }}", "variables": [{"name": "a"}, {"name": "b", "default": 1}],
        "settings": {"model": "m", "top_p": 1, "kept": [1]},
    }));
    let to = checked(json!({
        "content": "{a}", "template": "single_brace", "variables": [{"name": "c", "required": false}, {"name": "a"}],
        "settings": {"kept": [1], "model": "n", "max_tokens": 5},
    }));
    let compared = compare(&from, &to, Budget::default());
    assert_eq!(compared.language, Some(Change { before: Language::Jinja, after: Language::SingleBrace }));
    let presence = |before: bool, after: bool| (before, after);
    let variables: Vec<_> = compared
        .variables
        .iter()
        .map(|v| (v.name.as_str(), presence(v.before.is_some(), v.after.is_some())))
        .collect();
    assert_eq!(variables, [("b", (true, false)), ("c", (false, true))]);
    let settings: Vec<_> =
        compared.settings.iter().map(|s| (s.name.as_str(), s.before.clone(), s.after.clone())).collect();
    assert_eq!(
        settings,
        [
            ("model", Some(json!("m")), Some(json!("n"))),
            ("top_p", Some(json!(1)), None),
            ("max_tokens", None, Some(json!(5))),
        ]
    );
    assert_eq!((compared.forward.bump, compared.forward.replaceable), (Bump::Major, false));
    // Back: `c` goes and `b` comes, which has a default.
    assert_eq!((compared.backward.bump, compared.backward.replaceable), (Bump::Major, false));
    let more = checked(
        json!({"content": "{{ a }}{{ b }}", "variables": [{"name": "a"}, {"name": "b", "default": 1}, {"name": "o", "required": false}]}),
    );
    let less = checked(
        json!({"content": "{{ a }}{{ b }}", "variables": [{"name": "a"}, {"name": "b", "default": 1}]}),
    );
    let compared = compare(&less, &more, Budget::default());
    assert_eq!((compared.forward.bump, compared.forward.replaceable), (Bump::Minor, true));
    assert!(!compared.backward.replaceable);
}

/// A quarter of what a version may hold: unoptimised tests are slow, and the work per byte is the same.
const LARGE: usize = 1 << 18;

fn cycle(words: &[&str], step: usize) -> String {
    let mut out = String::new();
    for i in 0.. {
        let word = words[i * step % words.len()];
        if out.len() + word.len() > LARGE {
            break;
        }
        out.push_str(word);
    }
    out
}

fn bounded(from: &str, to: &str) -> TextDiff {
    let diff = diff_texts(from, to, Budget::default());
    assert!(diff.apply(from).as_deref() == Some(to), "not applied");
    diff
}

/// Without a budget, the texts of these tests take minutes and more.
#[test]
fn few_lines_again_and_again_are_coarse() {
    let from = cycle(&["a\n", "b\n", "c\n", "a\n", "d\n", "b\n", "e\n"], 3);
    assert!(bounded(&from, &cycle(&["b\n", "a\n", "c\n", "e\n", "a\n"], 2)).coarse);
    assert!(!bounded(&"\n".repeat(LARGE), &"\n".repeat(LARGE - 1)).coarse);
}

#[test]
fn one_line_of_few_words_is_coarse() {
    assert!(bounded(&cycle(&["a ", "b ", "c ", "a ", "d "], 3), &cycle(&["b ", "a ", "e "], 2)).coarse);
}

#[test]
fn lines_in_another_order_are_bounded() {
    let numbers = |factor: u32| -> String {
        (0..40_000_u32).map(|i| format!("{}\n", i.wrapping_mul(factor) % 20_011)).collect()
    };
    bounded(&numbers(7), &numbers(48_271));
}

#[test]
fn many_changed_blocks_are_bounded() {
    let blocks =
        |lines: &str| -> String { (0..300).map(|i| format!("{i}\n{}", lines.repeat(200))).collect() };
    bounded(&blocks("x y z\n"), &blocks("z y x\n"));
}

#[test]
fn many_changed_messages_are_bounded() {
    let texts = |word: &str| -> Vec<String> { (0..1_000).map(|i| format!("{word} {i}")).collect() };
    let (one, other) = (texts("ask"), texts("tell"));
    let chat_of = |texts: &[String]| chat(&texts.iter().map(|t| ("user", t.as_str())).collect::<Vec<_>>());
    let compared = compare(&chat_of(&one), &chat_of(&other), Budget::default());
    assert!(compared.coarse && parts(&compared).len() == 1_000);
}

/// Large texts with small changes are the usual case, and are not coarse.
#[test]
fn large_texts_with_few_changes_are_fine() {
    let from: String =
        (0..30_000).map(|i| format!("Line {i} says something.\n{}\n", ["", "---", "* x"][i % 3])).collect();
    let to = from.replace("Line 777 says", "Line 777 shouts").replace("Line 20000 says something.\n", "");
    let diff = diff_texts(&from, &to, Budget::default());
    assert!(!diff.coarse);
    assert_eq!(diff.hunks.len(), 2);
    assert_eq!((diff.counts.removed_lines, diff.counts.added_lines), (2, 1));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[ab\\n]{0,30}", "([a-d ]{0,6}\\r?\\n){0,12}[a-d]{0,3}", "\\PC{0,20}"]
}

fn any_chat() -> impl Strategy<Value = Definition> {
    let role = prop_oneof![Just("system"), Just("user"), Just("")];
    prop::collection::vec((role, "[ab]{1,2}( [a-d]{1,3}){0,3}\n?"), 0..6)
        .prop_map(|parts| chat(&parts.iter().map(|(role, text)| (*role, text.as_str())).collect::<Vec<_>>()))
}

/// Makes the second chat of the first.
fn applied(from: &Definition, found: &[PartDiff]) -> Vec<Part> {
    let Content::Chat(old) = &from.content else { panic!("a chat") };
    let part = |p: &PartDiff| {
        let to = p.to.as_ref()?;
        let before = p.from.as_ref().map(|slot| &old[slot.index]);
        let old_text = match before {
            Some(Part::Message { content, .. }) => content.as_str(),
            _ => "",
        };
        Some(match &to.placeholder {
            Some(name) => Part::Placeholder { name: name.clone() },
            None => Part::Message {
                role: to.role.clone().expect("a message"),
                content: match &p.diff {
                    Some(diff) => diff.apply(old_text).expect("applies"),
                    None => old_text.to_owned(),
                },
            },
        })
    };
    found.iter().filter_map(part).collect()
}

proptest! {
    #[test]
    fn hunks_make_one_text_of_the_other(from in any_text(), to in any_text(), steps in prop_oneof![Just(u64::MAX), 0_u64..5_000]) {
        let diff = diff_texts(&from, &to, Budget::new(steps));
        prop_assert_eq!(diff.apply(&from), Some(to.clone()));
        prop_assert_eq!(diff.hunks.is_empty(), from == to);
        prop_assert_eq!(&diff, &diff_texts(&from, &to, Budget::new(steps)));
        // Backwards as much goes as came.
        let back = diff_texts(&to, &from, Budget::new(u64::MAX));
        prop_assert_eq!(back.apply(&to), Some(from));
        for line in diff.hunks.iter().flat_map(|hunk| &hunk.lines) {
            prop_assert_eq!(line.from.is_some() || line.kind != LineKind::Removed, true);
            prop_assert!(line.pieces.iter().all(|piece| !piece.text.is_empty()));
        }
    }

    #[test]
    fn parts_make_one_chat_of_the_other(from in any_chat(), to in any_chat(), steps in prop_oneof![Just(u64::MAX), 0_u64..5_000]) {
        let compared = compare(&from, &to, Budget::new(steps));
        let found = parts(&compared);
        prop_assert_eq!(Content::Chat(applied(&from, found)), to.content.clone());
        let mut seen: Vec<_> = found.iter().filter_map(|p| p.from.as_ref()).map(|slot| slot.index).collect();
        seen.sort_unstable();
        let Content::Chat(old) = &from.content else { panic!("a chat") };
        prop_assert_eq!(seen, (0..old.len()).collect::<Vec<_>>());
        if from == to {
            prop_assert!(found.iter().all(|p| p.change == PartChange::Equal) && compared.counts == Counts::default());
        }
    }
}
