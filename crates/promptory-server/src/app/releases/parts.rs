//! What a release consists of: what was named, and what includes it.

use promptory_api::{deployment::Dependent, release::NewRelease};
use promptory_core::limits;
use promptory_store::{PromptRow, VersionRow, WriteTx};

use crate::{
    app::{Ctx, Outcome, builds::Together, dependents, references},
    check::Checks,
    refusal::{Code, Refusal, item},
};

pub(super) struct Part {
    pub prompt: PromptRow,
    pub version: VersionRow,
    /// Its place in the request; none: it includes something of the others.
    pub place: Option<usize>,
}

impl Part {
    /// What speaks against the whole because of this one.
    pub(super) fn refused(&self, refusal: Refusal) -> Refusal {
        refused(refusal, self.place, &self.prompt.name)
    }
}

/// The same problem, with the place of the part that it is about.
fn refused(refusal: Refusal, place: Option<usize>, prompt: &str) -> Refusal {
    if !refusal.code.status().is_client_error() {
        return refusal;
    }
    let front = place.map_or_else(|| "/include_dependents".to_owned(), |place| format!("/items/{place}"));
    let mut errors = refusal.errors;
    for error in &mut errors {
        // What is said of the strategy is said of the whole.
        let about_it = error.pointer == "/strategy" || place.is_none();
        error.pointer = if about_it { front.clone() } else { format!("{front}{}", error.pointer) };
        error.detail = format!("{prompt}: {}", error.detail);
    }
    if errors.is_empty() {
        errors.push(item(refusal.code.as_str(), &front, refusal.detail.clone()));
    }
    Refusal { detail: format!("{prompt}: {}", refusal.detail), errors, ..refusal }
}

/// What was named, each prompt once.
pub(super) async fn named(ctx: &Ctx, tx: &mut WriteTx, body: &NewRelease) -> Outcome<Vec<Part>> {
    if body.items.is_empty() || body.items.len() > limits::RELEASE_ITEMS {
        let detail = format!("A release has 1 to {} items.", limits::RELEASE_ITEMS);
        return Err(Refusal::invalid("/items", detail));
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut checks = Checks::under("/items");
    for (place, new) in body.items.iter().enumerate() {
        let because = |refusal| refused(refusal, Some(place), &new.prompt);
        let prompt = references::prompt(&mut tx.project(), &new.prompt).await.map_err(because)?;
        let version = references::version(ctx, &mut tx.project(), &prompt, &new.version).await;
        let version = version.map_err(because)?;
        if parts.iter().any(|part| part.prompt.id == prompt.id) {
            let detail = format!("{:?} is in it already.", prompt.name);
            checks.add("duplicate", &format!("/{place}/prompt"), detail);
        }
        parts.push(Part { prompt, version, place: Some(place) });
    }
    checks.finish()?;
    Ok(parts)
}

pub(super) fn together(parts: &[Part]) -> Together {
    parts.iter().map(|part| (part.prompt.id.clone(), part.version.clone())).collect()
}

/// Live builds that include something of it: built anew with it, or only named.
pub(super) async fn dependents(
    ctx: &Ctx,
    tx: &mut WriteTx,
    parts: &mut Vec<Part>,
    (environment, include): (&str, bool),
) -> Outcome<Vec<Dependent>> {
    let mut left: Vec<Dependent> = Vec::new();
    let mut next = 0;
    while let Some(part) = parts.get(next) {
        next += 1;
        let place = (part.prompt.id.as_str(), environment);
        let found = dependents::beside(ctx, &mut tx.project(), place, &together(&parts[..])).await?;
        for (prompt, version, dependent) in found {
            if !include {
                if !left.iter().any(|known| known.prompt == dependent.prompt) {
                    left.push(dependent);
                }
                continue;
            }
            if parts.len() == limits::RELEASE_ITEMS {
                let detail = format!(
                    "With what includes it the release has more than {} items. Release it without them.",
                    limits::RELEASE_ITEMS
                );
                return Err(Refusal::invalid("/include_dependents", detail));
            }
            parts.push(Part { prompt, version, place: None });
        }
    }
    left.sort_by(|one, other| one.prompt.cmp(&other.prompt));
    Ok(left)
}

/// # Errors
/// It is live there just so.
pub(super) fn already_live() -> Refusal {
    Refusal::with_items(
        Code::Invalid,
        vec![item("already_live", "/version", "This version is live there, and would be built just so.")],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_whose_it_is() {
        let archived = Refusal::new(Code::PromptArchived, "It is archived.");
        let told = refused(archived.clone(), Some(3), "a/b");
        assert_eq!((told.code, told.detail.as_str()), (Code::PromptArchived, "a/b: It is archived."));
        assert_eq!(told.errors[0].pointer, "/items/3");
        let told = refused(Refusal::invalid("/version", "No."), Some(0), "a");
        assert_eq!((told.errors[0].pointer.as_str(), told.errors.len()), ("/items/0/version", 1));
        let told = refused(Refusal::invalid("/strategy", "No."), Some(1), "a");
        assert_eq!(told.errors[0].pointer, "/items/1");
        assert_eq!(refused(archived, None, "a").errors[0].pointer, "/include_dependents");
        let broken = Refusal::new(Code::Unavailable, "No database.");
        assert!(refused(broken, Some(0), "a").errors.is_empty());
    }
}
