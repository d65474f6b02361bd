//! JSON values as values of the template engine. Never through serde: numbers come with arbitrary precision.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};
use serde_json::{Map, Number, Value as Json};

/// A map that keeps the order in which its fields were given.
#[derive(Debug)]
struct Fields {
    names: Vec<Value>,
    values: BTreeMap<Arc<str>, Value>,
}

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.values.get(key.as_str()?).cloned()
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.values.get(key).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.names.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.names.len())
    }
}

pub(super) fn fields<'a>(fields: impl Iterator<Item = (&'a str, Value)>) -> Value {
    let mut names = Vec::new();
    let mut values = BTreeMap::new();
    for (name, value) in fields {
        let name: Arc<str> = name.into();
        names.push(Value::from(name.clone()));
        values.insert(name, value);
    }
    Value::from_object(Fields { names, values })
}

pub(super) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(given) => number(given),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Json::Object(given) => object(given),
    }
}

fn object(given: &Map<String, Json>) -> Value {
    fields(given.iter().map(|(name, json)| (name.as_str(), value(json))))
}

/// Integers exactly, up to 128 bits; others as floats; what no float can hold stays the text that was received.
fn number(given: &Number) -> Value {
    if let Some(whole) = given.as_i64() {
        return Value::from(whole);
    }
    if let Some(whole) = given.as_u64() {
        return Value::from(whole);
    }
    if let Some(whole) = given.as_i128() {
        return Value::from(whole);
    }
    match given.as_f64().filter(|n| n.is_finite()) {
        Some(real) => Value::from(real),
        None => Value::from(given.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_as_they_were_given() {
        let check = |json: &str, expected: &str| {
            let parsed: Json = serde_json::from_str(json).expect(json);
            assert_eq!(value(&parsed).to_string(), expected, "{json}");
        };
        check("1", "1");
        check("-7", "-7");
        check("18446744073709551615", "18446744073709551615");
        check("170141183460469231731687303715884105727", "170141183460469231731687303715884105727");
        check("1.5", "1.5");
        check("1.0", "1.0");
        check("1e400", "1e+400");
        check("\"a\"", "a");
        check("true", "True");
        check("null", "None");
        check("[1,\"b\"]", "[1, 'b']");
        check("{\"z\":1,\"a\":2}", "{'z': 1, 'a': 2}");
    }
}
