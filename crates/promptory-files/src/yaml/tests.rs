use proptest::prelude::*;
use serde_json::{Value, json};

use super::{parse, write};

fn back(value: &Value) {
    let text = write(value);
    assert_eq!(parse(&text).as_ref(), Ok(value), "{text}");
}

#[test]
fn what_people_write_is_understood() {
    let text = "a: 1\nb: [x, 'y', \"z\\n\"]\nc:\n  - d: 0.70\n    e: ~\n  - plain words\nf: |\n  one\n  two\ng: 1.2.0\n";
    let wanted: Value = serde_json::from_str(
        r#"{"a":1,"b":["x","y","z\n"],"c":[{"d":0.70,"e":null},"plain words"],"f":"one\ntwo\n","g":"1.2.0"}"#,
    )
    .unwrap();
    assert_eq!(parse(text), Ok(wanted));
    assert_eq!(parse(""), Ok(Value::Null));
    assert_eq!(parse("yes"), Ok(json!("yes")));
    assert_eq!(parse("- 0x10\n- .5\n- 1_000\n- +1\n- 01\n"), Ok(json!(["0x10", ".5", "1_000", "+1", "01"])));
    assert_eq!(parse("1: a\ntrue: b"), Ok(json!({"1": "a", "true": "b"})));
}

#[test]
fn numbers_keep_their_digits() {
    for number in
        ["0.70", "1.0", "1e+3", "-0", "100000000000000000000", "0.1000000000000000055511151231257827"]
    {
        let value: Value = serde_json::from_str(number).unwrap();
        assert_eq!(write(&json!({ "n": value })), format!("n: {number}\n"));
        back(&json!({ "n": value }));
    }
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let refused = |text: &str, line: usize, word: &str| {
        let error = parse(text).unwrap_err();
        assert!(error.line == line && error.detail.contains(word), "{text:?}: {error}");
    };
    refused("a: 1\nb: &x 2\n", 2, "Anchors");
    refused("a: *x\n", 1, "");
    refused("a: !!str 1\n", 1, "Tags");
    refused("a: 1\na: 2\n", 2, "twice");
    refused("<<: 1\n", 1, "Merge");
    refused("a: {{ name }}\n", 1, "quotes");
    refused("a: 1\n---\nb: 2\n", 2, "second document");
    refused("a: [1\n", 2, "");
    refused(&format!("{}1{}", "[".repeat(101), "]".repeat(101)), 1, "");
    refused("a: b: c\n", 1, "");
}

#[test]
fn it_reads_well() {
    let value = json!({
        "name": "support/reply", "tags": ["support", "eu"], "note": "Warmer: less stiff",
        "variables": [{"name": "customer", "required": true}, {"name": "plan", "schema": {"enum": ["free", "pro"]}}],
        "metadata": {}, "empty": "", "word": "yes", "version": "1.2.0",
        "sample": "Dear sir,\n\n  I want my money back.\nBye\n",
    });
    let wanted = "name: support/reply\ntags: [support, eu]\nnote: \"Warmer: less stiff\"\nvariables:\n  - name: customer\n    \
        required: true\n  - name: plan\n    schema:\n      enum: [free, pro]\nmetadata: {}\nempty: \"\"\nword: \"yes\"\n\
        version: 1.2.0\nsample: |\n  Dear sir,\n\n    I want my money back.\n  Bye\n";
    assert_eq!(write(&value), wanted);
    back(&value);
}

const AWKWARD: &[&str] = &[
    "",
    " ",
    "\n",
    "\n\n",
    "a\n",
    "a\n\n\n",
    " a\nb",
    "a\n b",
    "a\nb ",
    "a \nb",
    "a\n \nb",
    "\ta\nb",
    "a\r\nb",
    "a\tb\nc",
    "#a",
    "a #b",
    "a: b",
    "a:",
    ":a",
    "- a",
    "-",
    "?",
    "[a",
    "{a",
    "a\u{85}b\nc",
    "a\u{2028}b",
    "\u{feff}a\nb",
    "'a'",
    "\"a\"",
    "\\",
    "a\\nb",
    "%a",
    "@a",
    "`a",
    "|",
    ">",
    "---",
    "--- a",
    "...",
    "a\n---\nb",
    "a\n...\nb",
    "12:30",
    "1.2",
    "1e5",
    "0o7",
    "2024-01-01",
    "null",
    "NULL",
    "~",
    "=",
    "<<",
    "é",
    "日本\n語",
    "💬 a",
    "a,b",
    "a]b",
    "!x",
    "&x",
    "*x",
    "a\u{7f}",
    "a\u{0}",
    "\u{fffe}",
    "a\n\n",
];

#[test]
fn awkward_texts_come_back() {
    for text in AWKWARD {
        back(&json!(text));
        back(&json!({ "k": text, "l": [text, {"m": text}], "n": [[text]] }));
        back(&json!({ *text: 1 }));
    }
    back(&json!({ "\u{18}".repeat(300): 1, "a": "\u{18}" }));
    back(&json!({ "k".repeat(2000): {"l": 1}, "m": 2 }));
    back(&json!("|+\n|+\n\n"));
    back(&json!([]));
    back(&json!([[], {}, [[1]], [{"a": []}]]));
}

fn any_json() -> impl Strategy<Value = Value> {
    let text =
        prop_oneof![".*", "[a-z \\n:#'\"{}\\[\\]-]{0,12}", "[ \\n\\t]{0,4}[a-z\\n]{0,6}[ \\n\\t]{0,3}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_value_comes_back(value in any_json()) {
        let text = write(&value);
        prop_assert_eq!(parse(&text), Ok(value), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*|[-:\\[\\]{}&*!|>'\"#%@`a1 \\n]{0,40}") {
        let _ = parse(&text);
    }
}
