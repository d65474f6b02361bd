//! Two versions: the contract both ways, and the comparison.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promptory_core::compare::{Budget, ContentDiff, compare, json_changes};
use promptory_core::contract::{changes, required_bump};
use promptory_core::definition::{Content, Definition, Kind, NewDefinition};
use promptory_core::numbering::{Number, Wanted, next};
use serde_json::Value;

const STEPS: u64 = 1_000_000;

fuzz_target!(|input: &[u8]| {
    let Ok(Value::Array(bodies)) = serde_json::from_slice(input) else { return };
    let [one, other, ..] = &bodies[..] else { return };
    assert_eq!(json_changes(one, other).is_empty(), one == other);
    let (Some(from), Some(to)) = (checked(one), checked(other)) else { return };

    assert!(changes(&from, &from).is_empty());
    let (there, back) = (changes(&from, &to), changes(&to, &from));
    let removed = there.iter().filter(|c| c.code == "variable_removed").count();
    let added = back.iter().filter(|c| c.code.ends_with("_variable_added")).count();
    assert_eq!(removed, added);
    let number = next(&[Number::new(1, 2, 3)], &Wanted::Auto, &there, false);
    assert!(number.is_ok_and(|number| number > Number::new(1, 2, 3)));

    let compared = compare(&from, &to, Budget::new(STEPS));
    assert_eq!((compared.forward.bump, compared.backward.bump), (required_bump(&there), required_bump(&back)));
    match (&compared.content, &from.content, &to.content) {
        (ContentDiff::Text(diff), Content::Text(old), Content::Text(new)) => {
            assert_eq!(diff.apply(old).as_ref(), Some(new));
        }
        (ContentDiff::Chat(parts), _, Content::Chat(new)) => {
            assert_eq!(parts.iter().filter(|part| part.to.is_some()).count(), new.len());
        }
        _ => {}
    }
    if from.content_hash() == to.content_hash() {
        assert_eq!(from, to);
    }
});

fn checked(body: &Value) -> Option<Definition> {
    let new = NewDefinition {
        kind: Kind::parse(body.get("kind")?.as_str()?).ok()?,
        content: body.get("content")?,
        template: body.get("template").and_then(Value::as_str),
        variables: body.get("variables"),
        settings: body.get("settings"),
        allow_secret: true,
    };
    Definition::check(&new).ok().map(|checked| checked.definition)
}
