//! Walks through a parsed template: which names it uses without having set them, and what it may not use.

use std::collections::HashSet;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOpKind, Call, CallArg, CallType, Expr, Include, Macro, Spanned, Stmt};

use super::engine;
use super::inspect::Found;
use crate::include::{self, IncludeRef};
use crate::limits::RENDER_REPEAT_BYTES;
use crate::violation::{Cursor, Violation};

/// Names that the language itself sets in some places.
const SPECIAL: [&str; 4] = ["loop", "self", "super", "caller"];

pub(super) struct Visitor<'a> {
    places: Cursor<'a>,
    /// Whether `{% include "…" %}` may be used.
    accepts_includes: bool,
    scopes: Vec<HashSet<&'a str>>,
    seen: HashSet<&'a str>,
    pub(super) uses: Vec<Found>,
    /// Every include that was accepted, also repeated ones.
    pub(super) includes: Vec<IncludeRef>,
    pub(super) problems: Vec<Violation>,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(source: &'a str, accepts_includes: bool) -> Self {
        Self {
            places: Cursor::new(source),
            accepts_includes,
            scopes: vec![HashSet::new()],
            seen: HashSet::new(),
            uses: Vec::new(),
            includes: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn refuse(&mut self, span: Span, code: &'static str, detail: String) {
        let (line, column) = self.places.position(span.start_offset as usize);
        self.problems.push(Violation::new(code, "", detail).at(line, column));
    }

    fn is_set(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(name))
    }

    fn set(&mut self, name: &'a str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name);
        }
    }

    fn set_target(&mut self, target: &Expr<'a>) {
        match target {
            Expr::Var(var) => self.set(var.id),
            Expr::List(list) => list.items.iter().for_each(|item| self.set_target(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.set_target(item)),
            // `{% set ns.x = 1 %}` uses `ns`.
            other => self.expression(other),
        }
    }

    fn scoped(&mut self, body: impl FnOnce(&mut Self)) {
        self.scopes.push(HashSet::new());
        body(self);
        self.scopes.pop();
    }

    fn statements(&mut self, body: &[Stmt<'a>]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    pub(super) fn statement(&mut self, statement: &Stmt<'a>) {
        match statement {
            Stmt::Template(s) => self.statements(&s.children),
            Stmt::EmitExpr(s) => self.expression(&s.expr),
            Stmt::ForLoop(s) => {
                self.expression(&s.iter);
                self.scoped(|v| {
                    v.set("loop");
                    v.set_target(&s.target);
                    v.optional(s.filter_expr.as_ref());
                    v.statements(&s.body);
                });
                self.scoped(|v| v.statements(&s.else_body));
            }
            // What a branch sets stays set behind it, as at run time.
            Stmt::IfCond(s) => {
                self.expression(&s.expr);
                self.statements(&s.true_body);
                self.statements(&s.false_body);
            }
            Stmt::WithBlock(s) => self.scoped(|v| {
                for (target, value) in &s.assignments {
                    v.expression(value);
                    v.set_target(target);
                }
                v.statements(&s.body);
            }),
            Stmt::Set(s) => {
                self.expression(&s.expr);
                self.set_target(&s.target);
            }
            Stmt::SetBlock(s) => {
                self.optional(s.filter.as_ref());
                self.scoped(|v| v.statements(&s.body));
                self.set_target(&s.target);
            }
            Stmt::FilterBlock(s) => {
                self.expression(&s.filter);
                self.scoped(|v| v.statements(&s.body));
            }
            Stmt::Macro(s) => {
                self.set(s.name);
                self.scoped(|v| v.macro_body(s));
            }
            Stmt::CallBlock(s) => {
                self.call(&s.call);
                self.scoped(|v| v.macro_body(&s.macro_decl));
            }
            Stmt::Do(s) => self.call(&s.call),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => {}
            Stmt::Include(s) if self.accepts_includes => self.include(s),
            Stmt::Include(_)
            | Stmt::Import(_)
            | Stmt::FromImport(_)
            | Stmt::Extends(_)
            | Stmt::Block(_)
            | Stmt::AutoEscape(_) => self.refuse_statement(statement),
        }
    }

    fn refuse_statement(&mut self, statement: &Stmt<'a>) {
        let (span, tag) = match statement {
            Stmt::Include(s) => (s.span(), "include"),
            Stmt::Import(s) => (s.span(), "import"),
            Stmt::FromImport(s) => (s.span(), "from"),
            Stmt::Extends(s) => (s.span(), "extends"),
            Stmt::Block(s) => (s.span(), "block"),
            Stmt::AutoEscape(s) => {
                let detail = "Nothing is escaped by itself here; use the filter `escape` where you want it.";
                return self.refuse(s.span(), "autoescape_unsupported", detail.into());
            }
            _ => return,
        };
        self.refuse_tag(span, &format!("{{% {tag} %}}"));
    }

    fn refuse_tag(&mut self, span: Span, tag: &str) {
        let detail = if self.accepts_includes {
            format!("{tag} is not supported; {{% include \"name@reference\" %}} is.")
        } else {
            format!("Includes are not supported yet: {tag}.")
        };
        self.refuse(span, "include_unsupported", detail);
    }

    /// Only a literal name: what a version includes is known without rendering it.
    fn include(&mut self, include: &Spanned<Include<'a>>) {
        let span = include.span();
        if include.ignore_missing {
            let detail = "`ignore missing` is not supported: a build includes all that its version names.";
            return self.refuse(span, "include_ignore_missing", detail.into());
        }
        let written = match &include.name {
            Expr::Const(constant) => constant.value.as_str(),
            Expr::List(_) | Expr::Tuple(_) => {
                let detail =
                    "A list of names is not supported; include one prompt, {% include \"name@reference\" %}.";
                return self.refuse(span, "include_list", detail.into());
            }
            _ => None,
        };
        let Some(written) = written else {
            let detail = "The name of an include is a text in quotes: {% include \"shared/tone@^1\" %}.";
            return self.refuse(span, "include_dynamic", detail.into());
        };
        match include::parse(written) {
            Ok((name, reference)) => {
                let (line, column) = self.places.position(span.start_offset as usize);
                let (name, reference) = (name.to_owned(), reference.map(str::to_owned));
                self.includes.push(IncludeRef { name, reference, pointer: String::new(), line, column });
            }
            Err(detail) => self.refuse(span, "invalid_include", detail),
        }
    }

    fn macro_body(&mut self, declared: &Macro<'a>) {
        self.set("caller");
        declared.defaults.iter().for_each(|default| self.expression(default));
        declared.args.iter().for_each(|arg| self.set_target(arg));
        self.statements(&declared.body);
    }

    fn optional(&mut self, expression: Option<&Expr<'a>>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    fn expressions(&mut self, items: &[Expr<'a>]) {
        items.iter().for_each(|item| self.expression(item));
    }

    fn expression(&mut self, expression: &Expr<'a>) {
        match expression {
            Expr::Const(_) => {}
            Expr::Var(var) => self.used(var.id, var.span()),
            Expr::UnaryOp(e) => self.expression(&e.expr),
            Expr::BinOp(e) => {
                self.expression(&e.left);
                self.expression(&e.right);
                if matches!(e.op, BinOpKind::Mul) {
                    self.constant_repetition(&e.left, &e.right, e.span());
                }
            }
            Expr::Compare(e) => {
                self.expression(&e.expr);
                e.ops.iter().for_each(|op| self.expression(&op.expr));
            }
            Expr::IfExpr(e) => {
                self.expression(&e.test_expr);
                self.expression(&e.true_expr);
                self.optional(e.false_expr.as_ref());
            }
            Expr::Filter(e) => {
                self.optional(e.expr.as_ref());
                if !engine::knows_filter(e.name) {
                    self.refuse(e.span(), "unknown_filter", format!("There is no filter {:?}.", e.name));
                }
                self.arguments(&e.args, e.span());
            }
            Expr::Test(e) => {
                self.expression(&e.expr);
                if !engine::knows_test(e.name) {
                    self.refuse(e.span(), "unknown_test", format!("There is no test {:?}.", e.name));
                }
                self.arguments(&e.args, e.span());
            }
            Expr::GetAttr(e) => self.expression(&e.expr),
            Expr::GetItem(e) => {
                self.expression(&e.expr);
                self.expression(&e.subscript_expr);
            }
            Expr::Slice(e) => {
                self.expression(&e.expr);
                [&e.start, &e.stop, &e.step].into_iter().for_each(|part| self.optional(part.as_ref()));
            }
            Expr::Call(e) => self.call(e),
            Expr::List(e) => self.expressions(&e.items),
            Expr::Tuple(e) => self.expressions(&e.items),
            Expr::Map(e) => {
                self.expressions(&e.keys);
                self.expressions(&e.values);
            }
        }
    }

    fn used(&mut self, name: &'a str, span: Span) {
        if self.is_set(name) {
            return;
        }
        if SPECIAL.contains(&name) {
            self.refuse(span, "unknown_name", format!("`{name}` means nothing here."));
        } else if self.seen.insert(name) {
            let (line, column) = self.places.position(span.start_offset as usize);
            self.uses.push(Found { name: name.to_owned(), line, column });
        }
    }

    fn call(&mut self, call: &Spanned<Call<'a>>) {
        match call.identify_call() {
            CallType::Function(name) if self.is_set(name) || engine::FUNCTIONS.contains(&name) => {}
            CallType::Function(name) => {
                self.refuse(call.span(), "unknown_function", format!("There is no function `{name}`."));
            }
            CallType::Block(_) => {
                self.refuse_tag(call.span(), "self.block()");
            }
            CallType::Method(object, _) => self.expression(object),
            CallType::Object(object) => self.expression(object),
        }
        self.arguments(&call.args, call.span());
    }

    fn arguments(&mut self, arguments: &[CallArg<'a>], span: Span) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.expression(value),
                CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                    self.expression(value);
                    let detail = "Arguments with * or ** are not supported; write them out.";
                    self.refuse(span, "splat_unsupported", detail.into());
                }
            }
        }
    }

    /// The compiler folds constants: `"x" * 100000000` would be made when a template is only looked at.
    fn constant_repetition(&mut self, left: &Expr<'a>, right: &Expr<'a>, span: Span) {
        if !(is_constant(left) && is_constant(right)) {
            return;
        }
        let numbers_only = is_numeric(left) && is_numeric(right);
        let product = literal_size(left).zip(literal_size(right)).map(|(a, b)| a.saturating_mul(b));
        let small = product.is_some_and(|size| size <= RENDER_REPEAT_BYTES / 1024);
        if !numbers_only && !small {
            self.refuse(
                span,
                "template_limit",
                "The repetition of a constant is too large; write it out.".into(),
            );
        }
    }
}

fn is_constant(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(_) => true,
        Expr::UnaryOp(e) => is_constant(&e.expr),
        Expr::BinOp(e) => is_constant(&e.left) && is_constant(&e.right),
        Expr::List(e) => e.items.iter().all(is_constant),
        Expr::Tuple(e) => e.items.iter().all(is_constant),
        Expr::Map(_) | Expr::Compare(_) => true,
        _ => false,
    }
}

/// The length of a text or list, the value of a number.
fn literal_size(expression: &Expr<'_>) -> Option<usize> {
    match expression {
        Expr::Const(c) => c.value.as_str().map(str::len).or_else(|| c.value.as_usize()),
        Expr::List(e) => e.items.iter().all(|item| matches!(item, Expr::Const(_))).then_some(e.items.len()),
        _ => None,
    }
}

fn is_numeric(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(c) => c.value.is_number(),
        Expr::UnaryOp(e) => is_numeric(&e.expr),
        Expr::BinOp(e) => is_numeric(&e.left) && is_numeric(&e.right),
        _ => false,
    }
}
