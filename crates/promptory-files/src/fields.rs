//! Typed fields of a map; what nobody asked for is an error, so that a typing mistake is not lost.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) struct Fields {
    map: Map<String, Value>,
    asked: Vec<String>,
}

type Read<T> = Result<T, String>;

impl Fields {
    /// An empty document has no fields.
    pub(crate) fn of(value: Value) -> Read<Self> {
        match value {
            Value::Object(map) => Ok(Self { map, asked: Vec::new() }),
            Value::Null => Ok(Self { map: Map::new(), asked: Vec::new() }),
            _ => Err("Fields of the form `name: value` are expected here.".to_owned()),
        }
    }

    /// `key:` with nothing behind it is as if it were not there.
    pub(crate) fn value(&mut self, key: &str) -> Option<Value> {
        self.asked.push(key.to_owned());
        self.map.shift_remove(key).filter(|value| !value.is_null())
    }

    /// A number or a flag is taken as it is written: nobody wants to quote `note: 42`.
    pub(crate) fn text(&mut self, key: &str) -> Read<Option<String>> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => text_of(value).map(Some).ok_or_else(|| format!("`{key}` is a text.")),
        }
    }

    pub(crate) fn integer(&mut self, key: &str) -> Read<Option<i64>> {
        match self.value(key) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| format!("`{key}` is a whole number.")),
        }
    }

    pub(crate) fn flag(&mut self, key: &str) -> Read<bool> {
        match self.value(key) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| format!("`{key}` is true or false.")),
        }
    }

    pub(crate) fn texts(&mut self, key: &str) -> Read<Vec<String>> {
        let wrong = || format!("`{key}` is a list of texts.");
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                items.into_iter().map(|item| text_of(item).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    pub(crate) fn object(&mut self, key: &str) -> Read<Option<Map<String, Value>>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(format!("`{key}` holds fields of the form `name: value`.")),
        }
    }

    pub(crate) fn texts_by_name(&mut self, key: &str) -> Read<BTreeMap<String, String>> {
        let wrong = || format!("`{key}` holds fields of the form `name: text`.");
        let entries = self.object(key)?.unwrap_or_default().into_iter();
        entries.map(|(name, value)| Ok((name, text_of(value).ok_or_else(wrong)?))).collect()
    }

    /// What is left.
    pub(crate) fn rest(self) -> Map<String, Value> {
        self.map
    }

    pub(crate) fn finish(self) -> Read<()> {
        match self.map.keys().next() {
            None => Ok(()),
            Some(unknown) => Err(format!(
                "The field {unknown:?} is not known here. Known are {}; what is your own goes below `metadata`.",
                self.asked.join(", ")
            )),
        }
    }
}

pub(crate) fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
