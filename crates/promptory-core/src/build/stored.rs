//! From the stored texts of a build to a template that renders.

use crate::build::pair;
use crate::definition::Definition;
use crate::template::Compiled;
use crate::violation::Violation;

/// A version as it is stored and served: all but kind and template are JSON texts.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    pub kind: &'a str,
    pub content: &'a str,
    pub template: &'a str,
    pub variables: &'a str,
    pub settings: &'a str,
}

impl<'a> Stored<'a> {
    /// Of an included version. Only text can be included, and its settings are not those of the build.
    pub fn included(content: &'a str, template: &'a str, variables: &'a str) -> Self {
        Self { kind: "text", content, template, variables, settings: "{}" }
    }

    /// # Errors
    /// What is damaged.
    pub fn definition(&self) -> Result<Definition, String> {
        Definition::from_stored(self.kind, self.content, self.template, self.variables, self.settings)
    }
}

/// The template of a build; `includes` in the build's order.
///
/// # Errors
/// What is damaged, or does not fit together.
pub fn compile(root: &Stored<'_>, includes: &[Stored<'_>]) -> Result<Compiled, Vec<Violation>> {
    let damaged = |why: String| vec![Violation::new("damaged", "", why)];
    let definition = root.definition().map_err(damaged)?;
    let included: Result<Vec<Definition>, String> = includes.iter().map(Stored::definition).collect();
    let included = included.map_err(damaged)?;
    let pairs = pair(&definition, &included.iter().collect::<Vec<_>>());
    Compiled::with_includes(&definition, &pairs.ok_or_else(|| damaged("the includes do not fit".to_owned()))?)
}
