//! Builds: one version and the exact version of everything that it includes. Resolved once and kept; what is
//! included later changes nothing that is served already.
//!
//! Only text prompts in Jinja or without a template language may be included: a chat has roles that its place in
//! another text cannot have, and `single_brace` writes numbers and objects in another way than the Jinja text around
//! it would, which nobody expects of one prompt.
//!
//! Each different text between quotes is one entry, also where two of them (`tone@^1`, `tone@1.2.0`) mean the same
//! version, in order of first place, an included prompt before what it includes itself. So the hash of a build also
//! says which text meant which version, and [`pair`] finds that out again without storing it.

mod explore;
mod stored;

use std::sync::Arc;

pub use stored::{Stored, compile};

use crate::definition::{Definition, Kind, Language, Variable, build_hash};
use crate::include::IncludeRef;
use crate::name::PromptName;
use crate::numbering::Number;
use crate::template;
use crate::violation::Violation;

/// What a reference of an include means now.
#[derive(Clone, Debug, PartialEq)]
pub struct Included {
    /// The prompt's present name, which may differ from the one that was written.
    pub name: PromptName,
    pub number: Number,
    pub content_hash: String,
    pub definition: Arc<Definition>,
}

/// One include of a build.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The text between the quotes: `shared/tone@^1`.
    pub written: String,
    pub included: Included,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Build {
    pub includes: Vec<Entry>,
    pub build_hash: String,
}

impl Build {
    /// For [`template::Compiled::with_includes`].
    pub fn sources(&self) -> Vec<(String, &Definition)> {
        self.includes.iter().map(|entry| (entry.written.clone(), &*entry.included.definition)).collect()
    }

    /// Variables that the version declares and that neither it nor anything in the build uses.
    pub fn unused<'a>(&self, root: &'a Definition) -> Vec<&'a str> {
        let definitions = self.includes.iter().map(|entry| &*entry.included.definition).chain([root]);
        let used: std::collections::HashSet<String> = definitions.flat_map(used).collect();
        root.variables.iter().map(|v| &*v.name).filter(|name| !used.contains(*name)).collect()
    }
}

fn used(definition: &Definition) -> Vec<String> {
    let texts = definition.texts().into_iter().flat_map(|(_, text)| {
        let needs = template::needs(definition.language, text, true).unwrap_or_default();
        needs.variables.into_iter().map(|found| found.name)
    });
    texts.chain(definition.placeholders().map(str::to_owned)).collect()
}

/// Why there is no build.
#[derive(Clone, Debug, PartialEq)]
pub enum BuildError<E> {
    /// What the lookup failed with.
    Lookup(E),
    /// Everything that is wrong, each at the include of the version itself that leads there: `include_missing`,
    /// `include_cycle`, `include_depth`, `include_unsuitable`, `include_variable`, `too_large`.
    Invalid(Vec<Violation>),
}

/// Finds what a name and the words behind its `@` mean. `None`: there is no such version, or it may not be served.
pub type Lookup<'l, E> = &'l mut dyn FnMut(&str, Option<&str>) -> Result<Option<Included>, E>;

/// The build of a version, as references mean things now.
///
/// See [`IncludeRef::reference`] for what an absent reference means. `lookup` is asked once for each text; one that
/// has to wait for a database may fail with what is missing, fetch it, and resolve again.
///
/// # Errors
/// See [`BuildError`].
pub fn resolve<E>(
    root: (&PromptName, &Number, &Definition),
    lookup: Lookup<'_, E>,
) -> Result<Build, BuildError<E>> {
    let found = explore::explore(root, lookup).map_err(BuildError::Lookup)?;
    let violations: Vec<Violation> = found.missing.into_iter().chain(found.violations).collect();
    if !violations.is_empty() {
        return Err(BuildError::Invalid(violations));
    }
    let triple = |entry: &Entry| {
        let Included { name, number, content_hash, .. } = &entry.included;
        (name.to_string(), number.to_string(), content_hash.clone())
    };
    let hashed: Vec<_> = found.entries.iter().map(triple).collect();
    Ok(Build { build_hash: build_hash(&root.2.content_hash(), &hashed), includes: found.entries })
}

/// What is known of the includes of a version that is about to be created.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Reasons to refuse the version.
    pub violations: Vec<Violation>,
    /// What does not exist yet. It may when a build is made, so this is worth a warning only.
    pub missing: Vec<Violation>,
}

/// The checks of [`resolve`] on what exists already, for the creation of a version.
///
/// # Errors
/// What the lookup failed with.
pub fn check_known<E>(root: (&PromptName, &Number, &Definition), lookup: Lookup<'_, E>) -> Result<Known, E> {
    let found = explore::explore(root, lookup)?;
    Ok(Known { violations: found.violations, missing: found.missing })
}

/// Gives the stored definitions of a build, in its order, the words that include them, for
/// [`template::Compiled::with_includes`]. `None`: they are not those of a build of this version.
pub fn pair<'a>(root: &Definition, included: &[&'a Definition]) -> Option<Vec<(String, &'a Definition)>> {
    let mut pairs: Vec<(String, &'a Definition)> = Vec::new();
    let mut open: Vec<IncludeRef> = root.includes().into_iter().rev().collect();
    while let Some(include) = open.pop() {
        let written = include.written();
        if pairs.iter().all(|(known, _)| *known != written) {
            let definition = *included.get(pairs.len())?;
            pairs.push((written, definition));
            open.extend(definition.includes().into_iter().rev());
        }
    }
    (pairs.len() == included.len()).then_some(pairs)
}

/// Why a prompt may not be included at all.
pub(crate) fn refused(definition: &Definition) -> Option<String> {
    if definition.kind != Kind::Text {
        return Some("it is a chat; only text prompts can be included.".into());
    }
    match definition.language {
        Language::Jinja | Language::None => None,
        Language::SingleBrace => {
            Some("its template language is single_brace; only jinja and none can be included.".into())
        }
    }
}

/// The variables that an included prompt demands and that the version around it does not surely have.
///
/// What the outer version declares must be given or have a default there: a caller may leave out the rest, and the
/// included prompt would fail.
pub fn outer_contract(outer: &Definition, included: &Definition) -> Vec<Uncovered> {
    let demanded = included.variables.iter().filter(|v| v.required && v.default.is_none());
    let uncovered = |inner: &Variable| match outer.variables.iter().find(|v| v.name == inner.name) {
        None => Some(Uncovered { name: inner.name.clone(), declared: false }),
        Some(v) if !v.required && v.default.is_none() => {
            Some(Uncovered { name: inner.name.clone(), declared: true })
        }
        Some(_) => None,
    };
    demanded.filter_map(uncovered).collect()
}

/// A required variable of an included prompt that the version around it does not pass on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    pub name: String,
    /// Declared, but as optional and without a default.
    pub declared: bool,
}

#[cfg(test)]
mod tests;
