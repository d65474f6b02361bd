//! Puts checks into compiled templates: before and after every instruction that may make much of little.
//!
//! The engine has no hook for its operators, so its instructions are replaced: each heavy operator becomes a call
//! of a filter from `operators`, whose name has a colon and so cannot be written in a template.

use minijinja::machinery::{Instruction, Instructions};
use minijinja::value::{Rest, Value, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State};

use super::include::{self, Includes};
use super::{arguments, meter};
use crate::limits::RENDER_RANGE_ITEMS;

mod json;
mod operators;

/// Never cached by the machine: the caches are numbered for the names that the compiler saw.
const UNCACHED: u8 = u8::MAX;

pub(super) fn register(environment: &mut Environment<'static>) {
    environment.add_filter("tojson", json::tojson);
    environment.add_filter("checked:filter", filter);
    environment.add_filter("checked:test", test);
    environment.add_filter("checked:value", |state: &mut State<'_, '_>, value: &Value| {
        meter::weigh(state, value).map(|_| value.clone())
    });
    environment.add_filter("checked:member", operators::member);
    environment.add_filter("checked:add", operators::add);
    environment.add_filter("checked:mul", operators::mul);
    environment.add_filter("checked:concat", operators::concat);
    environment.add_filter("checked:slice", operators::slice);
    environment.add_filter("checked:item", operators::item);
    environment.add_filter("checked:include", include::render);
}

/// The same instructions with checks between them, and jumps that fit. An include that `includes` lacks fails when
/// it is rendered.
pub(super) fn guarded<'a>(plain: &Instructions<'a>, includes: &Includes) -> Instructions<'a> {
    let mut steps: Vec<Vec<Instruction<'a>>> = Vec::new();
    let mut index: u32 = 0;
    while let Some(instruction) = plain.get(index) {
        steps.push(match instruction {
            Instruction::Include(_) => {
                included(index.checked_sub(1).and_then(|before| plain.get(before)), includes)
            }
            other => expand(other),
        });
        index += 1;
    }
    // Where each old instruction starts now; one more for a jump behind the last.
    let mut starts = vec![0];
    for step in &steps {
        let last = starts.last().copied().unwrap_or(0);
        starts.push(last + u32::try_from(step.len()).unwrap_or(0));
    }
    let moved = |target: u32| starts.get(target as usize).copied().unwrap_or(target);
    let mut out = Instructions::new(plain.name(), plain.source());
    for (index, step) in (0..).zip(steps) {
        for instruction in step {
            let instruction = match instruction {
                Instruction::Jump(target) => Instruction::Jump(moved(target)),
                Instruction::JumpIfFalse(target) => Instruction::JumpIfFalse(moved(target)),
                Instruction::JumpIfFalseOrPop(target) => Instruction::JumpIfFalseOrPop(moved(target)),
                Instruction::JumpIfTrueOrPop(target) => Instruction::JumpIfTrueOrPop(moved(target)),
                Instruction::Iterate(target) => Instruction::Iterate(moved(target)),
                Instruction::BuildMacro(name, target, flags) => {
                    Instruction::BuildMacro(name, moved(target), flags)
                }
                other => other,
            };
            match (plain.get_span(index), plain.get_line(index)) {
                (Some(span), _) => out.add_with_span(instruction, span),
                (None, Some(line)) => out.add_with_line(instruction, u16::try_from(line).unwrap_or(u16::MAX)),
                (None, None) => out.add(instruction),
            };
        }
    }
    out
}

fn call(name: &'static str, arguments: u16) -> Instruction<'static> {
    Instruction::ApplyFilter(name, Some(arguments), UNCACHED)
}

/// The name is on the stack, from the instruction before: only literal names are accepted.
fn included<'a>(name: Option<&Instruction<'a>>, includes: &Includes) -> Vec<Instruction<'a>> {
    let known = match name {
        Some(Instruction::LoadConst(name)) => name.as_str().and_then(|name| includes.get(name)),
        _ => None,
    };
    let known = known.cloned().unwrap_or_default();
    vec![Instruction::LoadConst(known), call("checked:include", 2), Instruction::Emit]
}

fn expand<'a>(instruction: &Instruction<'a>) -> Vec<Instruction<'a>> {
    let check = || call("checked:value", 1);
    let original = instruction.clone();
    match instruction {
        // Literal text goes through the formatter as well, so that it is counted where it is captured.
        Instruction::EmitRaw(text) => vec![Instruction::LoadConst(Value::from(*text)), Instruction::Emit],
        Instruction::Add => vec![call("checked:add", 2)],
        Instruction::Mul => vec![call("checked:mul", 2)],
        Instruction::StringConcat => vec![call("checked:concat", 2)],
        Instruction::Slice => vec![call("checked:slice", 4)],
        Instruction::GetItem => vec![call("checked:item", 2)],
        Instruction::BuildList(_)
        | Instruction::BuildTuple(_)
        | Instruction::BuildMap(_)
        | Instruction::EndCapture => vec![original, check()],
        Instruction::UnpackList(_) => vec![check(), original],
        Instruction::SetAttr(_) => {
            vec![Instruction::Swap, call("checked:member", 1), Instruction::Swap, original]
        }
        Instruction::Eq
        | Instruction::Ne
        | Instruction::Gt
        | Instruction::Gte
        | Instruction::Lt
        | Instruction::Lte
        | Instruction::In
        | Instruction::CompareAndPreserve(_) => {
            vec![check(), Instruction::Swap, check(), Instruction::Swap, original]
        }
        Instruction::ApplyFilter(name, Some(count), _) => {
            vec![Instruction::LoadConst(Value::from(*name)), call("checked:filter", count + 1)]
        }
        Instruction::PerformTest(name, Some(count), _) => {
            vec![Instruction::LoadConst(Value::from(*name)), call("checked:test", count + 1)]
        }
        _ => vec![original],
    }
}

fn named(given: Rest<ValueOrKwargs>) -> Result<(String, Vec<Value>), Error> {
    let mut values = given.into_values();
    let name = values.pop().ok_or_else(|| Error::from(ErrorKind::MissingArgument))?;
    // The parser keeps spaces inside dotted names; the registry has them without.
    let name: String = name.as_str().unwrap_or_default().split_ascii_whitespace().collect();
    Ok((name, values))
}

fn filter(state: &mut State<'_, '_>, given: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let (name, values) = named(given)?;
    let mut weight = 0;
    for value in &values {
        weight += meter::weigh(state, value)?;
    }
    arguments::check(&name, &values, weight)?;
    let result = state.apply_filter(&name, &values)?;
    meter::weigh_made(state, &result)?;
    Ok(result)
}

fn test(state: &mut State<'_, '_>, given: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let (name, values) = named(given)?;
    for value in &values {
        meter::weigh(state, value)?;
    }
    state.perform_test(&name, &values).map(Value::from)
}

/// `range(stop)`, `range(start, stop)`, `range(start, stop, step)` as in Python, with at most 10,000 items.
pub(super) fn range(start: i64, stop: Option<i64>, step: Option<i64>) -> Result<Value, Error> {
    let (start, stop) = stop.map_or((0, start), |stop| (start, stop));
    let step = step.unwrap_or(1);
    let wrong = |what: &'static str| Err(Error::new(ErrorKind::InvalidOperation, what));
    if step == 0 {
        return wrong("range() does not step by 0");
    }
    let distance =
        if step > 0 { i128::from(stop) - i128::from(start) } else { i128::from(start) - i128::from(stop) };
    let width = i128::from(step).abs();
    let count = if distance <= 0 { 0 } else { (distance + width - 1) / width };
    match usize::try_from(count) {
        Ok(count) if count <= RENDER_RANGE_ITEMS => {
            let item = |i: usize| Value::from(start + step * i64::try_from(i).unwrap_or(0));
            Ok(Value::from((0..count).map(item).collect::<Vec<_>>()))
        }
        _ => Err(meter::too_much("range() gives at most 10,000 items")),
    }
}
