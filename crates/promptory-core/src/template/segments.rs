//! The plain template: literal text and `{{ name }}`, nothing else. Rendered by copying, with one allocation.
//!
//! Only where every value is a string, for which the engine copies as well: a property test compares the two.

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::parse;

use super::engine;
use crate::limits::RENDER_OUTPUT_BYTES;

pub(super) enum Segment {
    Literal(Box<str>),
    Variable(Box<str>),
}

/// `None`: the template does more than this.
pub(super) fn plain(text: &str) -> Option<Vec<Segment>> {
    let Ok(Stmt::Template(tree)) = parse(text, "", engine::syntax()) else { return None };
    let segment = |statement: &Stmt<'_>| match statement {
        Stmt::EmitRaw(raw) => Some(Segment::Literal(raw.raw.into())),
        Stmt::EmitExpr(emitted) => match &emitted.expr {
            Expr::Var(var) => Some(Segment::Variable(var.id.into())),
            _ => None,
        },
        _ => None,
    };
    tree.children.iter().map(segment).collect()
}

/// Appends to `out`; `None` (and `out` as it was): a value is no string, or the output too large.
pub(super) fn render<'a>(
    segments: &'a [Segment],
    value: impl Fn(&'a str) -> Option<&'a str>,
    out: &mut String,
) -> Option<()> {
    let mut bytes = 0_usize;
    for segment in segments {
        bytes += match segment {
            Segment::Literal(text) => text.len(),
            Segment::Variable(name) => value(name)?.len(),
        };
    }
    if bytes > RENDER_OUTPUT_BYTES {
        return None;
    }
    out.reserve_exact(bytes);
    for segment in segments {
        match segment {
            Segment::Literal(text) => out.push_str(text),
            Segment::Variable(name) => out.push_str(value(name)?),
        }
    }
    Some(())
}
