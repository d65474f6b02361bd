//! The difference of two JSON values, such as metadata, by place.

use serde_json::Value;

use crate::limits::JSON_DEPTH;
use crate::violation::pointer_token;

/// A value that differs at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonChange {
    /// RFC 6901; empty: the value itself.
    pub pointer: String,
    /// `None`: it is new.
    pub before: Option<Value>,
    /// `None`: it is gone.
    pub after: Option<Value>,
}

/// Objects are compared by key, lists by position; everything else as a whole. The order of keys is no difference,
/// the way a number is written (`1`, `1.0`) is.
pub fn json_changes(before: &Value, after: &Value) -> Vec<JsonChange> {
    let mut found = Vec::new();
    visit(&mut String::new(), Some(before), Some(after), JSON_DEPTH, &mut found);
    found
}

fn visit(
    at: &mut String,
    before: Option<&Value>,
    after: Option<&Value>,
    levels: usize,
    found: &mut Vec<JsonChange>,
) {
    let mut inner =
        |token: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<JsonChange>| {
            let length = at.len();
            at.push('/');
            at.push_str(token);
            visit(at, before, after, levels - 1, found);
            at.truncate(length);
        };
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) if levels > 0 => {
            for (key, value) in old {
                inner(&pointer_token(key), Some(value), new.get(key), found);
            }
            for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                inner(&pointer_token(key), None, Some(value), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if levels > 0 => {
            for at in 0..old.len().max(new.len()) {
                inner(&at.to_string(), old.get(at), new.get(at), found);
            }
        }
        (before, after) if before != after => {
            found.push(JsonChange { pointer: at.clone(), before: before.cloned(), after: after.cloned() })
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn places_of_differences() {
        let before = json!({"a": 1, "b": {"c": [1, 2, 3]}, "x/y": true, "gone": null, "same": {"k": "v"}});
        let after = json!({"same": {"k": "v"}, "b": {"c": [1, 5]}, "a": 1.0, "x/y": {}, "new~": []});
        let found = json_changes(&before, &after);
        let seen: Vec<_> = found
            .iter()
            .map(|c| {
                (
                    c.pointer.as_str(),
                    c.before.as_ref().map(Value::to_string),
                    c.after.as_ref().map(Value::to_string),
                )
            })
            .collect();
        let text = |t: &str| Some(t.to_owned());
        assert_eq!(
            seen,
            [
                ("/a", text("1"), text("1.0")),
                ("/b/c/1", text("2"), text("5")),
                ("/b/c/2", text("3"), None),
                ("/x~1y", text("true"), text("{}")),
                ("/gone", text("null"), None),
                ("/new~0", None, text("[]")),
            ]
        );
        assert_eq!(json_changes(&json!(1), &json!(2))[0].pointer, "");
    }

    pub(in crate::compare) fn any_json() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..3).prop_map(Value::from)];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c/~]{1,2}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// Makes the second value of the first.
    fn applied(mut value: Value, changes: &[JsonChange]) -> Value {
        // Backwards, so that the positions in lists hold while they shrink; new ones then forwards.
        let (new, old): (Vec<_>, Vec<_>) = changes.iter().partition(|c| c.before.is_none());
        for change in old.into_iter().rev().chain(new) {
            let Some((parent, key)) = change.pointer.rsplit_once('/') else {
                value = change.after.clone().expect("a whole value is never removed");
                continue;
            };
            let key = key.replace("~1", "/").replace("~0", "~");
            match (value.pointer_mut(parent).expect("exists"), &change.after) {
                (Value::Object(fields), Some(after)) => drop(fields.insert(key, after.clone())),
                (Value::Object(fields), None) => drop(fields.remove(&key)),
                (Value::Array(items), after) => match (key.parse::<usize>().expect("a position"), after) {
                    (at, Some(after)) if at < items.len() => items[at] = after.clone(),
                    (_, Some(after)) => items.push(after.clone()),
                    (at, None) => drop(items.remove(at)),
                },
                (other, _) => panic!("{other} has no places"),
            }
        }
        value
    }

    proptest! {
        #[test]
        fn changes_lead_from_one_to_the_other(before in any_json(), after in any_json()) {
            let found = json_changes(&before, &after);
            prop_assert_eq!(found.is_empty(), before == after);
            prop_assert_eq!(applied(before, &found), after);
        }
    }
}
