//! The prompts that a build includes, compiled as they are asked for, each once.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Value;

use super::Variable;
use crate::definition::{Content, Definition, Language};
use crate::include::IncludeRef;
use crate::limits::INCLUDE_DEPTH;
use crate::template::convert;
use crate::template::include::{Included, Includes};
use crate::template::inspect::{needs, violation};
use crate::template::program::Program;
use crate::violation::Violation;

pub(super) struct Library<'a> {
    given: BTreeMap<&'a str, &'a Definition>,
    compiled: Includes,
    /// Of all that was compiled, for the check of what a caller gives.
    pub(super) variables: Vec<(String, Vec<Variable>)>,
    depth: usize,
}

impl<'a> Library<'a> {
    pub(super) fn new(given: &'a [(String, &'a Definition)]) -> Self {
        let given = given.iter().map(|(written, definition)| (&**written, *definition)).collect();
        Self { given, compiled: Includes::new(), variables: Vec::new(), depth: 0 }
    }

    /// What one text includes.
    pub(super) fn compile(&mut self, wanted: &[IncludeRef]) -> Result<Includes, Vec<Violation>> {
        let mut out = Includes::new();
        for include in wanted {
            let written = include.written();
            let refuse = |code, why: String| {
                let detail = format!("The included prompt {written:?} cannot be used: {why}");
                vec![Violation::new(code, "", detail).at(include.line, include.column)]
            };
            if let Some(done) = self.compiled.get(&*written) {
                out.insert(written.into(), done.clone());
                continue;
            }
            let Some(definition) = self.given.get(&*written).copied() else {
                return Err(refuse("include_missing", "it is not part of this build.".into()));
            };
            // A circle has no end either.
            if self.depth == INCLUDE_DEPTH {
                let why = format!("more than {INCLUDE_DEPTH} prompts include one another.");
                return Err(refuse("include_depth", why));
            }
            self.depth += 1;
            let one = self.one(&written, definition).map_err(|found| {
                let first = found.into_iter().next().map(|v| v.detail).unwrap_or_default();
                refuse("invalid_include", first)
            })?;
            self.depth -= 1;
            self.compiled.insert((&*written).into(), one.clone());
            out.insert(written.into(), one);
        }
        Ok(out)
    }

    fn one(&mut self, written: &str, definition: &Definition) -> Result<Value, Vec<Violation>> {
        if let Some(why) = crate::build::refused(definition) {
            return Err(vec![Violation::new("invalid_include", "", why)]);
        }
        let Content::Text(text) = &definition.content else { return Err(Vec::new()) };
        let program = match definition.language {
            Language::Jinja => {
                let includes = self.compile(&needs(definition.language, text, true)?.includes)?;
                let program = Program::new(text, &includes);
                Some(program.map_err(|error| vec![violation("template_syntax", &error, text)])?)
            }
            _ => None,
        };
        let default = |variable: &crate::definition::Variable| {
            Some((Box::from(&*variable.name), convert::value(variable.default.as_ref()?)))
        };
        let defaults = Arc::new(definition.variables.iter().filter_map(default).collect());
        self.variables.push((written.to_owned(), super::variables(definition)?));
        let included = Included { written: written.into(), text: (&**text).into(), program, defaults };
        Ok(Value::from_object(included))
    }
}
