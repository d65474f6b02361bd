//! The operators that may make much of little, with limits.

use minijinja::value::{Tuple, Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

use super::super::meter::{self, too_much};
use crate::limits::{RENDER_OUTPUT_BYTES, RENDER_REPEAT_BYTES};

fn is_list(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
}

fn is_number(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Number | ValueKind::Bool)
}

fn unsupported(operator: &str, left: &Value, right: &Value) -> Error {
    if left.is_undefined() || right.is_undefined() {
        return Error::from(ErrorKind::UndefinedError);
    }
    let detail = format!("{} {operator} {} means nothing", left.kind(), right.kind());
    Error::new(ErrorKind::InvalidOperation, detail)
}

fn list(items: Vec<Value>, as_tuple: bool) -> Value {
    if as_tuple { Value::from(Tuple::from(items)) } else { Value::from(items) }
}

fn numbers(
    left: &Value,
    right: &Value,
    operator: &str,
    whole: fn(i128, i128) -> Option<i128>,
    real: fn(f64, f64) -> f64,
) -> Result<Value, Error> {
    let as_whole = |value: &Value| match value.kind() {
        ValueKind::Bool => Some(i128::from(value.is_true())),
        _ if value.is_integer() => i128::try_from(value.clone()).ok(),
        _ => None,
    };
    if let (Some(a), Some(b)) = (as_whole(left), as_whole(right)) {
        let result = whole(a, b).ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, format!("the result of {operator} is too large"))
        })?;
        return Ok(i64::try_from(result).map_or_else(|_| Value::from(result), Value::from));
    }
    let as_real = |value: &Value| match as_whole(value) {
        Some(whole) => Ok(whole as f64),
        None => f64::try_from(value.clone()),
    };
    Ok(Value::from(real(as_real(left)?, as_real(right)?)))
}

pub(super) fn add(state: &mut State<'_, '_>, left: &Value, right: &Value) -> Result<Value, Error> {
    if let (Some(a), Some(b)) = (left.as_str(), right.as_str()) {
        return joined(state, a, b);
    }
    if is_list(left) && is_list(right) && left.is_tuple() == right.is_tuple() {
        meter::weigh(state, left)?;
        meter::weigh(state, right)?;
        let items = left.try_iter()?.chain(right.try_iter()?).collect();
        let result = list(items, left.is_tuple());
        meter::weigh_made(state, &result)?;
        return Ok(result);
    }
    if is_number(left) && is_number(right) {
        return numbers(left, right, "+", i128::checked_add, |a, b| a + b);
    }
    Err(unsupported("+", left, right))
}

fn joined(state: &mut State<'_, '_>, left: &str, right: &str) -> Result<Value, Error> {
    let bytes = left.len() + right.len();
    meter::charge(state, bytes as u64)?;
    if bytes > RENDER_OUTPUT_BYTES {
        return Err(too_much("the joined text is too large"));
    }
    let mut out = String::with_capacity(bytes);
    out.push_str(left);
    out.push_str(right);
    Ok(Value::from(out))
}

pub(super) fn concat(state: &mut State<'_, '_>, left: &Value, right: &Value) -> Result<Value, Error> {
    if let (Some(a), Some(b)) = (left.as_str(), right.as_str()) {
        return joined(state, a, b);
    }
    if left.is_undefined() || right.is_undefined() {
        return Err(unsupported("~", left, right));
    }
    meter::weigh(state, left)?;
    meter::weigh(state, right)?;
    joined(state, &left.to_string(), &right.to_string())
}

pub(super) fn mul(state: &mut State<'_, '_>, left: &Value, right: &Value) -> Result<Value, Error> {
    if is_number(left) && is_number(right) {
        return numbers(left, right, "*", i128::checked_mul, |a, b| a * b);
    }
    let (repeated, count) = if is_number(right) { (left, right) } else { (right, left) };
    if !count.is_integer() || !(repeated.as_str().is_some() || is_list(repeated)) {
        return Err(unsupported("*", left, right));
    }
    let count = count.as_usize().ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, "a text or list is repeated 0 or more times")
    })?;
    let weight = meter::weigh(state, repeated)?.saturating_mul(count as u64);
    if weight > RENDER_REPEAT_BYTES as u64 {
        return Err(too_much("the repetition is too large"));
    }
    meter::charge(state, weight)?;
    if let Some(text) = repeated.as_str() {
        return Ok(Value::from(text.repeat(count)));
    }
    let once: Vec<Value> = repeated.try_iter()?.collect();
    let items = std::iter::repeat_n(&once, count).flatten().cloned().collect();
    Ok(list(items, repeated.is_tuple()))
}

/// A value that a namespace keeps. No namespace inside: a circle would never be freed.
pub(super) fn member(state: &mut State<'_, '_>, value: &Value) -> Result<Value, Error> {
    meter::weigh(state, value)?;
    if holds_namespace(value) {
        return Err(Error::new(ErrorKind::InvalidOperation, "a namespace cannot hold a namespace"));
    }
    Ok(value.clone())
}

/// Depth and size were checked by weighing it.
fn holds_namespace(value: &Value) -> bool {
    let Some(object) = value.as_object() else { return false };
    if object.type_name().ends_with("Namespace") {
        return true;
    }
    if !(is_list(value) || value.kind() == ValueKind::Map) {
        return false;
    }
    let Ok(items) = value.try_iter() else { return false };
    let is_map = value.kind() == ValueKind::Map;
    items.into_iter().any(|item| {
        holds_namespace(&item) || (is_map && value.get_item(&item).is_ok_and(|inner| holds_namespace(&inner)))
    })
}

/// `value[key]`; a character of a text is found by walking to it.
pub(super) fn item(state: &mut State<'_, '_>, value: &Value, key: &Value) -> Result<Value, Error> {
    let cost = value.as_str().map_or(1, str::len);
    meter::charge(state, cost as u64)?;
    if value.kind() == ValueKind::Iterable {
        meter::weigh(state, value)?;
    }
    value.get_item(key)
}

/// `value[start:stop:step]` as in Python.
pub(super) fn slice(
    state: &mut State<'_, '_>,
    value: &Value,
    start: &Value,
    stop: &Value,
    step: &Value,
) -> Result<Value, Error> {
    meter::weigh(state, value)?;
    let number = |bound: &Value| match bound {
        bound if bound.is_none() => Ok(None),
        bound => i64::try_from(bound.clone()).map(Some),
    };
    let step = number(step)?.unwrap_or(1);
    if step == 0 {
        return Err(Error::new(ErrorKind::InvalidOperation, "a slice does not step by 0"));
    }
    let (start, stop) = (number(start)?, number(stop)?);
    if let Some(text) = value.as_str() {
        let chars: Vec<char> = text.chars().collect();
        meter::charge(state, 4 * chars.len() as u64)?;
        return Ok(Value::from(picked(&chars, start, stop, step).into_iter().collect::<String>()));
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if !is_list(value) {
        let detail = format!("{} cannot be sliced", value.kind());
        return Err(Error::new(ErrorKind::InvalidOperation, detail));
    }
    let items: Vec<Value> = value.try_iter()?.collect();
    Ok(list(picked(&items, start, stop, step), value.is_tuple()))
}

fn picked<T: Clone>(items: &[T], start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<T> {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clamp = |bound: i64| {
        let from_start = if bound < 0 { bound.saturating_add(length) } else { bound };
        from_start.clamp(lowest, highest)
    };
    let mut at = start.map_or(if step > 0 { lowest } else { highest }, clamp);
    let stop = stop.map_or(if step > 0 { highest } else { lowest }, clamp);
    let mut out = Vec::new();
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        if let Some(item) = usize::try_from(at).ok().and_then(|i| items.get(i)) {
            out.push(item.clone());
        }
        at = at.saturating_add(step);
    }
    out
}
