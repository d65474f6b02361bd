//! A Jinja template, compiled and guarded.

use std::collections::BTreeMap;

use minijinja::machinery::{CodeGenerator, Instruction, Instructions, eval, make_string_output, parse};
use minijinja::value::Value;
use minijinja::{AutoEscape, Error};
use self_cell::self_cell;

use super::include::Includes;
use super::{engine, guard, meter};
use crate::limits::RENDER_OUTPUT_BYTES;

struct Code<'a> {
    instructions: Instructions<'a>,
    blocks: BTreeMap<&'a str, Instructions<'a>>,
    /// It writes into something other than its output, which is then not the only thing to count.
    captures: bool,
}

self_cell!(
    /// Instructions refer to the text that they were made from.
    struct Cell {
        owner: Box<str>,
        #[covariant]
        dependent: Code,
    }
);

pub(super) struct Program(Cell);

/// What one rendering has used up; messages of a chat share one budget.
#[derive(Default)]
pub(super) struct Used {
    pub(super) fuel: u64,
    pub(super) work: u64,
}

impl Program {
    /// # Errors
    /// Syntax. Everything else is refused by `inspect`, which the caller has asked before.
    pub(super) fn new(text: &str, includes: &Includes) -> Result<Self, Error> {
        Cell::try_new(text.into(), |text| compile(text, includes)).map(Self)
    }

    /// Appends to `out`.
    pub(super) fn render(&self, root: Value, out: &mut String, used: &mut Used) -> Result<(), Error> {
        let code = self.0.borrow_dependent();
        let before = out.len();
        let mut output = make_string_output(out);
        let environment = engine::environment(code.captures);
        let escape = AutoEscape::None;
        let (_, state) = eval(environment, &code.instructions, root, &code.blocks, &mut output, escape)?;
        used.fuel += state.fuel_levels().map_or(0, |(consumed, _)| consumed);
        used.work += meter::work_done(&state);
        drop(state);
        if out.len() - before > RENDER_OUTPUT_BYTES {
            return Err(meter::too_much("the output is too large"));
        }
        Ok(())
    }
}

fn compile<'a>(text: &'a str, includes: &Includes) -> Result<Code<'a>, Error> {
    let tree = parse(text, "", engine::syntax())?;
    let mut generator = CodeGenerator::new("", text);
    generator.compile_stmt(&tree);
    let (plain, blocks) = generator.finish();
    let captures = (0..).map_while(|i| plain.get(i)).any(|instruction| {
        matches!(
            instruction,
            Instruction::BeginCapture(_) | Instruction::BuildMacro(..) | Instruction::FastRecurse
        )
    });
    Ok(Code { instructions: guard::guarded(&plain, includes), blocks, captures })
}
