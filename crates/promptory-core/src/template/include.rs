//! Included prompts while a template is rendered.
//!
//! The engine's own include would run templates that have no guards (see `guard`), and would show them everything
//! that the including text has set. Here an included prompt is a constant of the instructions, rendered by itself:
//! it sees the variables of the version that includes it and its own defaults for the rest, no loop or `set` of the
//! text around it, and sets nothing there. So it renders the same wherever it stands.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::value::{Object, Value};
use minijinja::{Error, ErrorKind, State};

use super::inspect::said;
use super::meter;
use super::program::{Program, Used};
use crate::limits::{INCLUDE_DEPTH, RENDER_FUEL};
use crate::violation::position;

/// Included prompts, compiled, by what is written between the quotes.
pub(super) type Includes = BTreeMap<Box<str>, Value>;

/// Cannot be written in a template, so it names nothing of a prompt.
const SCOPE: &str = "checked:scope";

/// The values of one template: its own ones, behind those of the template that includes it.
#[derive(Debug)]
pub(super) struct Scope {
    own: Arc<BTreeMap<Box<str>, Value>>,
    outer: Option<Arc<Scope>>,
    /// Templates around it.
    depth: usize,
    /// Fuel that the templates around it had used when it began.
    fuel: u64,
    /// Fuel of all included prompts that are rendered to their end.
    finished: Arc<AtomicU64>,
}

impl Scope {
    pub(super) fn new(values: BTreeMap<Box<str>, Value>) -> Self {
        Self { own: Arc::new(values), outer: None, depth: 0, fuel: 0, finished: Arc::default() }
    }

    /// Takes what included prompts used since it was asked last.
    pub(super) fn take_fuel(&self) -> u64 {
        self.finished.swap(0, Ordering::Relaxed)
    }

    fn value(&self, name: &str) -> Option<Value> {
        let outer = self.outer.as_ref().and_then(|scope| scope.value(name));
        outer.or_else(|| self.own.get(name).cloned())
    }
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if key == SCOPE { Some(Value::from_dyn_object(self.clone())) } else { self.value(key) }
    }
}

/// One included prompt.
pub(super) struct Included {
    pub(super) written: Box<str>,
    pub(super) text: Box<str>,
    /// `None`: the text as it is.
    pub(super) program: Option<Program>,
    pub(super) defaults: Arc<BTreeMap<Box<str>, Value>>,
}

impl fmt::Debug for Included {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Included").field(&self.written).finish()
    }
}

impl Object for Included {}

/// The filter that stands for `{% include %}`: the name as written, filtered with the constant.
pub(super) fn render(state: &mut State<'_, '_>, _: &Value, included: &Value) -> Result<Value, Error> {
    let scope = state.lookup(SCOPE).and_then(|scope| scope.downcast_object::<Scope>());
    let (Some(included), Some(outer)) = (included.downcast_object_ref::<Included>(), scope) else {
        return Err(Error::new(ErrorKind::BadInclude, "the included prompt is not part of this build"));
    };
    let Some(program) = &included.program else { return Ok(Value::from(&*included.text)) };
    // A build is not that deep; what was put together in another way may be.
    if outer.depth == INCLUDE_DEPTH {
        return Err(meter::too_much("the included prompts include one another too deeply"));
    }
    let fuel = outer.fuel + state.fuel_levels().map_or(0, |(consumed, _)| consumed);
    let finished = outer.finished.clone();
    let exhausted = |finished: &AtomicU64| {
        if fuel + finished.load(Ordering::Relaxed) >= RENDER_FUEL {
            return Err(meter::too_much("the included prompts take too many steps"));
        }
        Ok(())
    };
    exhausted(&finished)?;
    let own = included.defaults.clone();
    let depth = outer.depth + 1;
    let inner = Scope { own, outer: Some(outer), depth, fuel, finished: finished.clone() };
    let (mut out, mut used) = (String::new(), Used::default());
    let rendered = program.render(Value::from_object(inner), &mut out, &mut used);
    rendered.map_err(|error| located(&error, included))?;
    finished.fetch_add(used.fuel, Ordering::Relaxed);
    exhausted(&finished)?;
    meter::charge(state, used.work)?;
    Ok(Value::from(out))
}

/// The engine knows the place of the include; that inside the included prompt goes into the text.
fn located(error: &Error, included: &Included) -> Error {
    let limits = matches!(error.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure);
    let kind = if limits { ErrorKind::OutOfFuel } else { ErrorKind::BadInclude };
    let place = match error.range() {
        Some(range) => {
            let (line, column) = position(&included.text, range.start);
            format!(", line {line}, column {column}")
        }
        None => error.line().map(|line| format!(", line {line}")).unwrap_or_default(),
    };
    Error::new(kind, format!("in {:?}{place}: {}", included.written, said(error, &included.text)))
}
