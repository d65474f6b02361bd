//! One text, made ready.

use std::sync::OnceLock;

use minijinja::Error;

use super::library::Library;
use crate::definition::Language;
use crate::template::brace::{self, Piece};
use crate::template::include::Includes;
use crate::template::inspect::{needs, violation};
use crate::template::program::Program;
use crate::template::segments::{self, Segment};
use crate::violation::Violation;

pub(super) struct Template {
    pub(super) pointer: String,
    pub(super) text: Box<str>,
    pub(super) form: Form,
}

pub(super) enum Form {
    Jinja(Jinja),
    SingleBrace(Vec<Piece>),
    None,
}

/// Plain templates are rendered from their segments and compiled only once a value is no string.
pub(super) struct Jinja {
    pub(super) segments: Option<Vec<Segment>>,
    program: OnceLock<Result<Program, Violation>>,
    includes: Includes,
}

impl Template {
    /// Without a library, includes are refused.
    pub(super) fn new(
        language: Language,
        text: &str,
        pointer: String,
        library: Option<&mut Library<'_>>,
    ) -> Result<Self, Vec<Violation>> {
        let placed = |found: Vec<Violation>| -> Vec<Violation> {
            found.into_iter().map(|v| Violation { pointer: pointer.clone(), ..v }).collect()
        };
        let needs = needs(language, text, library.is_some()).map_err(placed)?;
        let form = match language {
            Language::None => Form::None,
            Language::SingleBrace => Form::SingleBrace(brace::pieces(text)),
            Language::Jinja => {
                let includes = match library {
                    Some(library) => library.compile(&needs.includes).map_err(placed)?,
                    None => Includes::new(),
                };
                Form::Jinja(Jinja { segments: segments::plain(text), program: OnceLock::new(), includes })
            }
        };
        let template = Self { pointer, text: text.into(), form };
        if let Form::Jinja(jinja) = &template.form
            && jinja.segments.is_none()
        {
            jinja.program(&template).map_err(|found| vec![found.clone()])?;
        }
        Ok(template)
    }

    pub(super) fn violation(&self, code: &'static str, error: &Error) -> Violation {
        Violation { pointer: self.pointer.clone(), ..violation(code, error, &self.text) }
    }
}

impl Jinja {
    /// `of`: the template that this is the form of.
    pub(super) fn program(&self, of: &Template) -> Result<&Program, &Violation> {
        let compile = || {
            Program::new(&of.text, &self.includes).map_err(|error| of.violation("template_syntax", &error))
        };
        self.program.get_or_init(compile).as_ref()
    }
}
