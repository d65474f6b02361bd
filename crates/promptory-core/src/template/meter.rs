//! Counts the bytes and elements that one rendering handles, and stops it before they become too many.
//!
//! Fuel counts instructions, but one instruction may double a text: forty of them make a terabyte.

use std::fmt::Write;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, Output, State};

use crate::limits::{RENDER_OUTPUT_BYTES, RENDER_VALUE_DEPTH, RENDER_WORK};

/// What an element of a list costs: about its bytes in memory.
const ELEMENT: u64 = 16;

/// Kept in the state of the rendering.
struct Meter {
    work_left: u64,
    output_left: usize,
}

impl Default for Meter {
    fn default() -> Self {
        Self { work_left: RENDER_WORK, output_left: RENDER_OUTPUT_BYTES }
    }
}

/// Takes `cost` from what this rendering may still do.
pub(super) fn charge(state: &mut State<'_, '_>, cost: u64) -> Result<(), Error> {
    let meter = state.get_or_insert_extension_with(Meter::default);
    match meter.work_left.checked_sub(cost) {
        Some(left) => {
            meter.work_left = left;
            Ok(())
        }
        None => Err(too_much("the rendering handles too much data")),
    }
}

pub(super) fn too_much(what: &'static str) -> Error {
    Error::new(ErrorKind::OutOfFuel, what)
}

/// The size of a value that a template looks at. Bytes that are there already cost little to pass by.
///
/// # Errors
/// It is too large or too deep, or the rendering has done too much already.
pub(super) fn weigh(state: &mut State<'_, '_>, value: &Value) -> Result<u64, Error> {
    let weight = weight(value)?;
    charge(state, weight / 8 + 1)?;
    Ok(weight)
}

/// The same for a value that was made just now: a text is new memory, a list may share what it holds.
pub(super) fn weigh_made(state: &mut State<'_, '_>, value: &Value) -> Result<u64, Error> {
    let weight = weight(value)?;
    charge(state, if value.as_str().is_some() { weight } else { weight / 4 + 1 })?;
    Ok(weight)
}

fn weight(value: &Value) -> Result<u64, Error> {
    let mut weight = 0;
    add_weight(value, RENDER_VALUE_DEPTH, &mut weight)?;
    Ok(weight)
}

fn add_weight(value: &Value, levels: usize, weight: &mut u64) -> Result<(), Error> {
    *weight += match value.as_str() {
        Some(text) => text.len() as u64 + 1,
        None => ELEMENT,
    };
    if *weight > 4 * RENDER_OUTPUT_BYTES as u64 {
        return Err(too_much("a value is too large"));
    }
    let kind = value.kind();
    if !matches!(kind, ValueKind::Seq | ValueKind::Iterable | ValueKind::Map) {
        return Ok(());
    }
    if levels == 0 {
        return Err(too_much("a value is nested too deeply"));
    }
    for item in value.try_iter()? {
        if kind == ValueKind::Map {
            add_weight(&value.get_item(&item)?, levels - 1, weight)?;
        }
        add_weight(&item, levels - 1, weight)?;
    }
    Ok(())
}

/// What [`charge`] took in all.
pub(super) fn work_done(state: &State<'_, '_>) -> u64 {
    state.get_extension::<Meter>().map_or(0, |meter| RENDER_WORK - meter.work_left)
}

/// Writes a value as it is: nothing is escaped.
pub(super) fn write_any(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    write_value(out, state, value).map(|_| ())
}

/// The same, where all that is written is the output.
pub(super) fn write_output(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let bytes = write_value(out, state, value)?;
    let meter = state.get_or_insert_extension_with(Meter::default);
    match meter.output_left.checked_sub(bytes) {
        Some(left) => {
            meter.output_left = left;
            Ok(())
        }
        None => Err(too_much("the output is too large")),
    }
}

fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<usize, Error> {
    if let Some(text) = value.as_str() {
        charge(state, text.len() as u64)?;
        out.write_str(text)?;
        return Ok(text.len());
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    weigh_made(state, value)?;
    let mut counted = Counted { out, bytes: 0 };
    write!(counted, "{value}")?;
    Ok(counted.bytes)
}

struct Counted<'a, 'o> {
    out: &'a mut Output<'o>,
    bytes: usize,
}

impl Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes += text.len();
        self.out.write_str(text)
    }
}
