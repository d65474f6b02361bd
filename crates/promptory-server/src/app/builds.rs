//! Making a build: what each include means now. Done once, when a version is activated; see ARCHITECTURE.md.

use std::{collections::HashMap, sync::Arc};

use promptory_core::{
    build::{self, BuildError, Known},
    definition::{Definition, Variable, build_hash},
    name::PromptName,
    numbering::{Number, Reference, parse_reference},
    range::Range,
    violation::Violation,
};
use promptory_store::{Included, IncludedVersion, ProjectReader, PromptRow, VersionRow};

use super::{Ctx, Outcome, references, wire};
use crate::{
    numbers::number,
    refusal::{Code, Refusal},
};

/// What a build consists of beside its version.
pub(super) struct Made {
    pub build_hash: String,
    /// In the build's order.
    pub includes: Vec<Included>,
}

impl Made {
    /// Of a version that includes nothing.
    pub(super) fn plain(content_hash: &str) -> Self {
        Self { build_hash: build_hash(content_hash, &[]), includes: Vec::new() }
    }

    /// Ids and names, as they are kept.
    pub(super) fn kept(&self) -> Vec<(String, String)> {
        self.includes.iter().map(|one| (one.version.id.clone(), one.name.clone())).collect()
    }
}

/// Versions that are released together, by the ids of their prompts: each means the others where it is served.
pub(super) type Together = HashMap<String, VersionRow>;

/// A reference as it is written, and what it was found to mean.
type Meanings = HashMap<(String, Option<String>), Option<(build::Included, Arc<IncludedVersion>)>>;

/// The first reference whose meaning is not known yet.
struct Unknown(String, Option<String>);

/// Looks references up for core, which must not wait for a database.
struct Lookups<'a, 'r, 'c> {
    ctx: &'a Ctx,
    reader: &'a mut ProjectReader<'r>,
    /// Where a bare name is looked up; none: its newest version.
    environment: Option<&'c str>,
    /// As if these were live there.
    together: &'a Together,
    meanings: Meanings,
}

impl Lookups<'_, '_, '_> {
    fn known(&self, name: &str, reference: Option<&str>) -> Result<Option<build::Included>, Unknown> {
        let key = (name.to_owned(), reference.map(str::to_owned));
        match self.meanings.get(&key) {
            Some(meaning) => Ok(meaning.as_ref().map(|(included, _)| included.clone())),
            None => Err(Unknown(key.0, key.1)),
        }
    }

    async fn learn(&mut self, Unknown(name, reference): Unknown) -> Outcome<()> {
        let meaning = self.meaning(&name, reference.as_deref()).await?;
        self.meanings.insert((name, reference), meaning);
        Ok(())
    }

    async fn meaning(
        &mut self,
        name: &str,
        reference: Option<&str>,
    ) -> Outcome<Option<(build::Included, Arc<IncludedVersion>)>> {
        let Some(prompt) = references::found(self.reader, name).await? else { return Ok(None) };
        if prompt.archived_at.is_some() {
            return Ok(None);
        }
        let Some(row) = self.version(&prompt, reference).await?.filter(|row| row.archived_at.is_none())
        else {
            return Ok(None);
        };
        let definition = wire::definition(&prompt.kind, &row)?;
        let included = build::Included {
            name: PromptName::parse(&prompt.name).map_err(|_| wire::damaged("prompt", &prompt.id))?,
            number: number(row.major, row.minor, row.patch, &row.pre),
            content_hash: row.content_hash.clone(),
            definition: Arc::new(definition),
        };
        Ok(Some((included, Arc::new(included_version(row)))))
    }

    async fn version(&mut self, prompt: &PromptRow, reference: Option<&str>) -> Outcome<Option<VersionRow>> {
        if let Some(row) = self.together.get(&prompt.id)
            && (reference.is_none() || reference == self.environment)
        {
            return Ok(Some(row.clone()));
        }
        match (reference, self.environment) {
            (None, Some(environment)) => Ok(self.reader.version_live_in(&prompt.id, environment).await?),
            (None, None) => self.newest(prompt, None).await,
            (Some(text), _) => match parse_reference(text) {
                Reference::Range(text) => {
                    let range = Range::parse(&text).map_err(|why| Refusal::invalid("/content", why))?;
                    self.in_range(prompt, &range).await
                }
                _ => references::find(self.ctx, self.reader, prompt, text).await,
            },
        }
    }

    /// What is live in the environment, if it lies in the range; else the most recent that was and was not taken
    /// back. Of a prompt that was never live there, the highest version that lies in it.
    async fn in_range(&mut self, prompt: &PromptRow, range: &Range) -> Outcome<Option<VersionRow>> {
        let Some(environment) = self.environment else { return self.newest(prompt, Some(range)).await };
        let beside = self.together.get(&prompt.id);
        if let Some(row) = beside
            && range.matches(&number(row.major, row.minor, row.patch, &row.pre))
        {
            return Ok(Some(row.clone()));
        }
        let occupants = self.reader.occupants(&prompt.id, environment).await?;
        if occupants.is_empty() && beside.is_none() {
            return self.newest(prompt, Some(range)).await;
        }
        let found = occupants.into_iter().find(|row| {
            !row.taken_back
                && row.archived_at.is_none()
                && range.matches(&number(row.major, row.minor, row.patch, &row.pre))
        });
        match found {
            Some(row) => Ok(self.reader.version(&row.version_id).await?),
            None => Ok(None),
        }
    }

    /// The highest of a range, else the newest release.
    async fn newest(&mut self, prompt: &PromptRow, range: Option<&Range>) -> Outcome<Option<VersionRow>> {
        let rows = self.reader.usable_numbers(&prompt.id).await?;
        let numbered =
            rows.iter().map(|row| (number(row.major, row.minor, row.patch, &row.pre), row.sequence));
        let found = match range {
            Some(range) => numbered.filter(|(number, _)| range.matches(number)).max(),
            None => numbered.filter(|(number, _)| number.is_release()).max_by_key(|(_, sequence)| *sequence),
        };
        match found {
            Some((_, sequence)) => Ok(self.reader.version_by_sequence(&prompt.id, sequence).await?),
            None => Ok(None),
        }
    }
}

fn included_version(row: VersionRow) -> IncludedVersion {
    IncludedVersion {
        id: row.id,
        sequence: row.sequence,
        major: row.major,
        minor: row.minor,
        patch: row.patch,
        pre: row.pre,
        content: row.content,
        template: row.template,
        variables: row.variables,
        settings: row.settings,
        content_hash: row.content_hash,
    }
}

/// The version that a build is made of.
pub(super) struct Root<'a> {
    pub name: &'a str,
    pub number: Number,
    pub definition: &'a Definition,
}

/// The build of a version as references mean things now. `environment`: where it is to be served.
///
/// # Errors
/// An include is missing, goes in a circle, is too deep, is no text, or needs a variable that is not passed on.
pub(super) async fn make(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    root: &Root<'_>,
    environment: Option<&str>,
) -> Outcome<Made> {
    make_with(ctx, reader, root, (environment, &Together::new())).await
}

/// The same, as if versions that are released with it were live there.
///
/// # Errors
/// As [`make`].
pub(super) async fn make_with(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    root: &Root<'_>,
    (environment, together): (Option<&str>, &Together),
) -> Outcome<Made> {
    if root.definition.includes().is_empty() {
        return Ok(Made::plain(&root.definition.content_hash()));
    }
    let name = PromptName::parse(root.name).map_err(|why| Refusal::invalid("/name", why))?;
    let mut lookups = Lookups { ctx, reader, environment, together, meanings: Meanings::new() };
    loop {
        let mut look = |name: &str, reference: Option<&str>| lookups.known(name, reference);
        match build::resolve((&name, &root.number, root.definition), &mut look) {
            Ok(found) => return Ok(made(&lookups, found)),
            Err(BuildError::Lookup(unknown)) => lookups.learn(unknown).await?,
            Err(BuildError::Invalid(violations)) => {
                let violations = violations.into_iter().map(in_words).collect();
                return Err(Refusal::violations(Code::IncludeFailed, violations));
            }
        }
    }
}

fn made(lookups: &Lookups<'_, '_, '_>, found: build::Build) -> Made {
    let version = |written: &str| {
        let (name, reference) = match written.split_once('@') {
            Some((name, reference)) => (name, Some(reference.to_owned())),
            None => (written, None),
        };
        lookups.meanings.get(&(name.to_owned(), reference)).cloned().flatten()
    };
    let includes = found.includes.iter().filter_map(|entry| {
        let (included, version) = version(&entry.written)?;
        Some(Included { name: included.name.to_string(), version })
    });
    Made { includes: includes.collect(), build_hash: found.build_hash }
}

/// For a version that is about to be created: what is wrong with its includes as far as they exist, and what of them
/// is missing. Where its variables were inferred, those that its includes demand are added.
///
/// # Errors
/// The database cannot be read.
pub(super) async fn check(
    ctx: &Ctx,
    reader: &mut ProjectReader<'_>,
    (name, definition, inferred): (&str, &mut Definition, bool),
    environment: Option<&str>,
) -> Outcome<Known> {
    let includes = definition.includes();
    if includes.is_empty() {
        return Ok(Known::default());
    }
    let name = PromptName::parse(name).map_err(|why| Refusal::invalid("/name", why))?;
    let together = Together::new();
    let mut lookups = Lookups { ctx, reader, environment, together: &together, meanings: Meanings::new() };
    if inferred {
        for include in &includes {
            let key = (include.name.clone(), include.reference.clone());
            lookups.learn(Unknown(key.0.clone(), key.1.clone())).await?;
            if let Some(Some((included, _))) = lookups.meanings.get(&key) {
                take_over(definition, &included.definition);
            }
        }
    }
    let number = unnumbered();
    loop {
        let mut look = |name: &str, reference: Option<&str>| lookups.known(name, reference);
        match build::check_known((&name, &number, definition), &mut look) {
            Ok(Known { violations, missing }) => {
                return Ok(Known {
                    violations: violations.into_iter().map(in_words).collect(),
                    missing: missing.into_iter().map(in_words).collect(),
                });
            }
            Err(unknown) => lookups.learn(unknown).await?,
        }
    }
}

/// Of a version that has no number yet: one that no version has, so it is part of no circle by its number.
pub(super) fn unnumbered() -> Number {
    Number::new(u64::MAX, 0, 0)
}

/// Nobody is shown that number.
fn in_words(violation: Violation) -> Violation {
    let number = format!("@{}", unnumbered());
    Violation { detail: violation.detail.replace(&number, " (this version)"), ..violation }
}

/// Declares what an included prompt demands.
fn take_over(definition: &mut Definition, included: &Definition) {
    let wanted: Vec<Variable> = build::outer_contract(definition, included)
        .into_iter()
        .filter(|missing| !missing.declared)
        .filter_map(|missing| {
            included.variables.iter().find(|variable| variable.name == missing.name).cloned()
        })
        .collect();
    definition.variables.extend(wanted);
}
