//! Walks through everything that a version includes, and collects what is wrong.

use super::{Entry, Included, Lookup, outer_contract, refused};
use crate::definition::Definition;
use crate::include::IncludeRef;
use crate::limits::{INCLUDE_DEPTH, INCLUDES};
use crate::name::PromptName;
use crate::numbering::Number;
use crate::violation::Violation;

#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    pub(super) violations: Vec<Violation>,
    pub(super) missing: Vec<Violation>,
}

pub(super) fn explore<E>(
    root: (&PromptName, &Number, &Definition),
    lookup: Lookup<'_, E>,
) -> Result<Found, E> {
    let (name, number, definition) = root;
    let mut walk = Walk { lookup, found: Found::default(), heights: Vec::new(), open: Vec::new() };
    walk.open.push((name.clone(), number.clone()));
    for include in definition.includes() {
        walk.include(&include, &include, definition)?;
    }
    Ok(walk.found)
}

struct Walk<'l, E> {
    lookup: Lookup<'l, E>,
    found: Found,
    /// Of each entry: how many prompts deep it goes, itself counted. `None`: it is still open.
    heights: Vec<Option<usize>>,
    /// From the version itself to the one whose includes are looked at.
    open: Vec<(PromptName, Number)>,
}

impl<E> Walk<'_, E> {
    /// `first`: the include of the version itself that leads here. Answers how many prompts deep it goes.
    fn include(&mut self, first: &IncludeRef, include: &IncludeRef, outer: &Definition) -> Result<usize, E> {
        let written = include.written();
        let known = self.found.entries.iter().position(|entry| entry.written == written);
        let at = match known {
            Some(at) => at,
            None if self.found.entries.len() == INCLUDES => {
                let detail = format!("The build has more than {INCLUDES} includes.");
                self.refuse(first, "too_large", detail);
                return Ok(0);
            }
            None => match (self.lookup)(&include.name, include.reference.as_deref())? {
                Some(included) => {
                    self.found.entries.push(Entry { written: written.clone(), included });
                    self.heights.push(None);
                    self.found.entries.len() - 1
                }
                None => {
                    self.missing(first, &written);
                    return Ok(0);
                }
            },
        };
        let Included { name, number, definition, .. } = self.found.entries[at].included.clone();
        if self.is_open(&name, &number) {
            self.cycle(first, &name, &number);
            return Ok(0);
        }
        let depth = self.open.len();
        if let Some(height) = self.heights[at].filter(|_| known.is_some()) {
            self.covered(first, outer, &written, &definition);
            self.check_depth(first, depth + height - 1);
            return Ok(height);
        }
        if let Some(why) = refused(&definition) {
            self.refuse(first, "include_unsuitable", format!("{written:?} cannot be included: {why}"));
            self.heights[at] = Some(1);
            return Ok(1);
        }
        self.covered(first, outer, &written, &definition);
        let mut height = 1;
        if self.check_depth(first, depth) {
            self.open.push((name, number));
            for inner in definition.includes() {
                height = height.max(1 + self.include(first, &inner, &definition)?);
            }
            self.open.pop();
        }
        self.heights[at] = Some(height);
        Ok(height)
    }

    fn is_open(&self, name: &PromptName, number: &Number) -> bool {
        let folded = name.folded();
        self.open.iter().any(|(open, at)| at == number && open.folded() == folded)
    }

    /// Once for each include of the version itself: one text more often is no news.
    fn refuse(&mut self, first: &IncludeRef, code: &'static str, detail: String) {
        let violation = Violation::new(code, first.pointer.clone(), detail).at(first.line, first.column);
        if !self.found.violations.contains(&violation) {
            self.found.violations.push(violation);
        }
    }

    fn path(&self) -> String {
        let names: Vec<_> = self.open.iter().map(|(name, number)| format!("{name}@{number}")).collect();
        names.join(" → ")
    }

    fn missing(&mut self, first: &IncludeRef, written: &str) {
        let detail = format!("{} includes {written:?}, and there is no such version.", self.path());
        let violation =
            Violation::new("include_missing", first.pointer.clone(), detail).at(first.line, first.column);
        if !self.found.missing.contains(&violation) {
            self.found.missing.push(violation);
        }
    }

    fn cycle(&mut self, first: &IncludeRef, name: &PromptName, number: &Number) {
        let detail = format!("The includes go in a circle: {} → {name}@{number}.", self.path());
        self.refuse(first, "include_cycle", detail);
    }

    fn check_depth(&mut self, first: &IncludeRef, depth: usize) -> bool {
        if depth <= INCLUDE_DEPTH {
            return true;
        }
        let detail =
            format!("Prompts include one another {depth} deep; at most {INCLUDE_DEPTH} are allowed.");
        self.refuse(first, "include_depth", detail);
        false
    }

    fn covered(&mut self, first: &IncludeRef, outer: &Definition, written: &str, inner: &Definition) {
        let Some((name, number)) = self.open.last() else { return };
        let outer_name = format!("{name}@{number}");
        for missing in outer_contract(outer, inner) {
            let what = if missing.declared {
                "declares it as optional; make it required or give it a default"
            } else {
                "does not declare it; add it to its `variables`"
            };
            let detail = format!(
                "{written:?} needs the variable {:?}, and {outer_name}, which includes it, {what}.",
                missing.name
            );
            self.refuse(first, "include_variable", detail);
        }
    }
}
