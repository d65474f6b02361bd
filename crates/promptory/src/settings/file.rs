//! Reading a file: every mistake with its line.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Kind, SETTINGS, Setting, Source, Value, Values, setting};

/// What the file sets. Problems are added to the list, each with its place.
pub(super) fn read(text: &str, name: &str, problems: &mut Vec<String>) -> Values {
    let reader = Reader { text, name };
    let mut values = Values::new();
    match DeTable::parse(text) {
        Ok(table) => reader.table("", table.get_ref(), &mut values, problems),
        Err(error) => {
            let line = error.span().map_or(1, |span| reader.line(span.start));
            problems.push(format!("{name}, line {line}: {}", error.message()));
        }
    }
    values
}

struct Reader<'a> {
    text: &'a str,
    name: &'a str,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or_default().matches('\n').count() + 1
    }

    fn table(&self, within: &str, table: &DeTable<'_>, values: &mut Values, problems: &mut Vec<String>) {
        for (key, value) in table {
            let path = if within.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{within}.{}", key.get_ref())
            };
            let line = self.line(key.span().start);
            let place = format!("{}, line {line}", self.name);
            match setting(&path) {
                Some(setting) => match read_value(setting, value) {
                    Ok(value) => {
                        let source = Source::File { path: self.name.to_owned(), line };
                        values.insert(setting.key, (value, source));
                    }
                    Err(why) => problems.push(format!("{place}: {why}")),
                },
                None => match value.get_ref() {
                    DeValue::Table(inner) if is_table(&path) => self.table(&path, inner, values, problems),
                    _ => problems.push(format!("{place}: there is no setting {path:?}{}", near(&path))),
                },
            }
        }
    }
}

fn is_table(path: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// Names the setting that was probably meant, else where all are.
fn near(path: &str) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().replace(['-', '_'], "");
    let wanted = last(path).to_lowercase();
    let distance = |setting: &&Setting| {
        let known = last(setting.key);
        let same = known.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
        known.len().max(wanted.len()) - same
    };
    let alike = SETTINGS.iter().filter(|setting| distance(setting) <= 3).min_by_key(distance);
    match alike {
        Some(setting) => format!("; is {:?} meant?", setting.key),
        None => "; `promptory config default` shows all".to_owned(),
    }
}

fn read_value(setting: &Setting, value: &Spanned<DeValue<'_>>) -> Result<Value, String> {
    let wrong = |wanted: &str| format!("{:?} is {wanted}, not {}", setting.key, kind_of(value.get_ref()));
    let value = match (setting.kind, value.get_ref()) {
        (Kind::Text | Kind::Secret | Kind::Address, DeValue::String(text)) => Value::Text(text.to_string()),
        (Kind::Text | Kind::Secret | Kind::Address, _) => return Err(wrong("a text in quotes")),
        (Kind::Number { .. }, DeValue::Integer(number)) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            Value::Number(parsed.map_err(|_| format!("{:?} is too large", setting.key))?)
        }
        (Kind::Number { .. }, _) => return Err(wrong("a whole number without quotes")),
        (Kind::List, DeValue::Array(items)) => {
            let text = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
                DeValue::String(text) => Ok(text.to_string()),
                other => Err(format!("{:?} is a list of texts, not of {}", setting.key, kind_of(other))),
            };
            Value::List(items.iter().map(text).collect::<Result<_, _>>()?)
        }
        (Kind::List, _) => return Err(wrong("a list of texts, [\"…\"]")),
    };
    in_bounds(setting, value)
}

pub(super) fn in_bounds(setting: &Setting, value: Value) -> Result<Value, String> {
    match (setting.kind, &value) {
        (Kind::Number { least, most }, Value::Number(number)) if !(least..=most).contains(number) => {
            Err(format!("{:?} is {number}; it may be {least} to {most}", setting.key))
        }
        (Kind::Text | Kind::Secret | Kind::Address, Value::Text(text)) if text.trim().is_empty() => {
            Err(format!("{:?} is empty; leave it out instead", setting.key))
        }
        _ => Ok(value),
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
