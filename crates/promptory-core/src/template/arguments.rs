//! Checks the arguments of the filters that may make much of little, before they run.

use minijinja::value::Value;
use minijinja::{Error, ErrorKind};

use super::meter::too_much;
use crate::limits::RENDER_REPEAT_BYTES;

/// Filters that a list of values may not be mapped through: their arguments are checked one call at a time.
const NOT_MAPPED: [&str; 8] = ["replace", "join", "indent", "format", "batch", "slice", "map", "tojson"];
const NUMBER_MAX: usize = 1_000;

/// `values`: the value that is filtered, then the arguments. `weight`: of all of them.
pub(super) fn check(name: &str, values: &[Value], weight: u64) -> Result<(), Error> {
    match name {
        "replace" => replaced(values),
        "join" => joined(values, weight),
        "indent" => indented(values),
        "batch" | "slice" | "round" => numbers(values),
        "format" => formatted(values),
        "map" | "select" | "reject" | "selectattr" | "rejectattr" => {
            let inner = values.iter().skip(1).filter_map(Value::as_str);
            match inner.map(str::trim).find(|n| NOT_MAPPED.contains(n)) {
                Some(_) if name == "map" => {
                    let detail = "this filter cannot be used in map(); use a for loop";
                    Err(Error::new(ErrorKind::InvalidOperation, detail))
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn limit(bytes: usize) -> Result<(), Error> {
    if bytes > RENDER_REPEAT_BYTES.saturating_mul(4) {
        return Err(too_much("the result of the filter is too large"));
    }
    Ok(())
}

fn replaced(values: &[Value]) -> Result<(), Error> {
    let [value, from, to, ..] = values else { return Ok(()) };
    let (Some(from), Some(to)) = (from.as_str(), to.as_str()) else { return Ok(()) };
    let text = value.to_string();
    let found = text.matches(from).count();
    limit(text.len().saturating_add(found.saturating_mul(to.len())))
}

fn joined(values: &[Value], weight: u64) -> Result<(), Error> {
    let [value, separator, ..] = values else { return Ok(()) };
    let items = match value.as_str() {
        Some(text) => text.chars().count(),
        None => value.len().unwrap_or(0),
    };
    let separator = separator.as_str().map_or(0, str::len);
    limit(usize::try_from(weight).unwrap_or(usize::MAX).saturating_add(items.saturating_mul(separator)))
}

fn indented(values: &[Value]) -> Result<(), Error> {
    numbers(values)?;
    let lines = values.first().map_or(0, |v| v.to_string().matches('\n').count() + 1);
    limit(lines.saturating_mul(largest(values)))
}

/// Arguments that are numbers stay small, by position and by name.
fn numbers(values: &[Value]) -> Result<(), Error> {
    if largest(values) > NUMBER_MAX {
        return Err(too_much("a number given to the filter is above 1,000"));
    }
    Ok(())
}

fn largest(values: &[Value]) -> usize {
    let given = values.iter().skip(1).flat_map(|value| {
        let named: Vec<Value> = if value.is_kwargs() {
            value.try_iter().into_iter().flatten().filter_map(|key| value.get_item(&key).ok()).collect()
        } else {
            Vec::new()
        };
        named.into_iter().chain([value.clone()])
    });
    given.map(|v| if v.is_number() { v.as_usize().unwrap_or(0) } else { 0 }).max().unwrap_or(0)
}

/// Widths and precisions stand in the format itself: `%1000000000d`.
fn formatted(values: &[Value]) -> Result<(), Error> {
    let Some(format) = values.first().and_then(Value::as_str) else { return Ok(()) };
    let mut in_percent = false;
    let mut digits = 0;
    for c in format.chars() {
        match c {
            '%' => (in_percent, digits) = (!in_percent, 0),
            '*' if in_percent => {
                return Err(Error::new(
                    ErrorKind::InvalidOperation,
                    "a width is written as a number, not as *",
                ));
            }
            '0'..='9' if in_percent => {
                digits += 1;
                if digits > 3 {
                    return Err(too_much("a width of the format is above 999"));
                }
            }
            _ if c.is_alphabetic() => in_percent = false,
            _ => digits = 0,
        }
    }
    limit(format.matches('%').count().saturating_mul(NUMBER_MAX))
}
