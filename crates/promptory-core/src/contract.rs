//! The contract of a version with its callers: what changed, and how large a step of the number that demands.
//!
//! Decisions where the rules leave room: extra variables of a caller are ignored at run time, yet removing one is
//! major, because its caller relies on it being used. A variable may be left out when it is optional or has a
//! default; becoming leavable is minor, ceasing to be is major, and so is losing the default of an optional one
//! (a template that uses it would fail). Another default is patch. The order of roles in a chat prompt is minor:
//! callers pass nothing else, but some treat the system message apart. The order of keys is no change of contract.

mod same;

use std::collections::HashMap;

use crate::definition::{Content, Definition, Part, Variable};

/// How large a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    Patch,
    Minor,
    Major,
}

impl Bump {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// One change that callers may notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractChange {
    pub bump: Bump,
    /// Stable, for programs: `variable_removed`, `setting_changed` …
    pub code: &'static str,
    /// The variable, setting or placeholder.
    pub subject: String,
    /// For people.
    pub detail: String,
}

fn change(bump: Bump, code: &'static str, subject: &str, detail: impl Into<String>) -> ContractChange {
    ContractChange { bump, code, subject: subject.to_owned(), detail: detail.into() }
}

/// The largest step that any of the changes demands.
pub fn required_bump(changes: &[ContractChange]) -> Bump {
    changes.iter().map(|c| c.bump).max().unwrap_or(Bump::Patch)
}

/// What changed from one version to another; empty: a patch.
pub fn changes(from: &Definition, to: &Definition) -> Vec<ContractChange> {
    let mut found = Vec::new();
    if from.kind != to.kind {
        let detail = format!("The kind changed from {} to {}.", from.kind.as_str(), to.kind.as_str());
        found.push(change(Bump::Major, "kind_changed", "kind", detail));
    }
    compare_variables(&from.variables, &to.variables, &mut found);
    compare_parts(&from.content, &to.content, &mut found);
    if from.language != to.language {
        let (old, new) = (from.language.as_str(), to.language.as_str());
        let detail = format!("The template language changed from {old} to {new}.");
        found.push(change(Bump::Minor, "template_changed", "template", detail));
    }
    compare_settings(from, to, &mut found);
    found
}

fn compare_variables(from: &[Variable], to: &[Variable], found: &mut Vec<ContractChange>) {
    let new: HashMap<&str, &Variable> = to.iter().map(|v| (v.name.as_str(), v)).collect();
    let old: HashMap<&str, &Variable> = from.iter().map(|v| (v.name.as_str(), v)).collect();
    for before in from {
        match new.get(before.name.as_str()) {
            Some(after) => compare_variable(before, after, found),
            None => found.push(change(
                Bump::Major,
                "variable_removed",
                &before.name,
                format!("The variable {:?} is gone; callers still give it.", before.name),
            )),
        }
    }
    for added in to.iter().filter(|v| !old.contains_key(v.name.as_str())) {
        let (bump, code, what) = if may_be_left_out(added) {
            (Bump::Minor, "optional_variable_added", "optional")
        } else {
            (Bump::Major, "required_variable_added", "required")
        };
        found.push(change(
            bump,
            code,
            &added.name,
            format!("The variable {:?} is new and {what}.", added.name),
        ));
    }
}

fn may_be_left_out(variable: &Variable) -> bool {
    !variable.required || variable.default.is_some()
}

fn compare_variable(from: &Variable, to: &Variable, found: &mut Vec<ContractChange>) {
    let name = &to.name;
    if from.schema != to.schema {
        let detail = format!("The schema of the variable {name:?} changed.");
        found.push(change(Bump::Major, "variable_schema_changed", name, detail));
    }
    match (may_be_left_out(from), may_be_left_out(to)) {
        (true, false) => {
            let detail = format!("The variable {name:?} must now be given.");
            found.push(change(Bump::Major, "variable_newly_required", name, detail));
        }
        (true, true) if from.default.is_some() && to.default.is_none() => {
            let detail = format!("The variable {name:?} lost its default.");
            found.push(change(Bump::Major, "variable_default_removed", name, detail));
        }
        (false, true) => {
            let detail = format!("The variable {name:?} may now be left out.");
            found.push(change(Bump::Minor, "variable_now_optional", name, detail));
        }
        _ => {}
    }
}

fn compare_parts(from: &Content, to: &Content, found: &mut Vec<ContractChange>) {
    let (Content::Chat(from), Content::Chat(to)) = (from, to) else { return };
    let (old, new) = (placeholders(from), placeholders(to));
    if old != new {
        let detail = format!("The placeholders changed from [{}] to [{}].", old.join(", "), new.join(", "));
        let moved = old.iter().chain(&new).find(|n| !(old.contains(n) && new.contains(n)));
        let subject = moved.or(new.first()).copied().unwrap_or("");
        found.push(change(Bump::Major, "placeholders_changed", subject, detail));
    }
    if roles(from) != roles(to) {
        let detail = "The roles of the messages, or their order, changed.";
        found.push(change(Bump::Minor, "roles_changed", "content", detail));
    }
}

fn placeholders(parts: &[Part]) -> Vec<&str> {
    parts
        .iter()
        .filter_map(|part| if let Part::Placeholder { name } = part { Some(&**name) } else { None })
        .collect()
}

fn roles(parts: &[Part]) -> Vec<&str> {
    parts
        .iter()
        .filter_map(|part| if let Part::Message { role, .. } = part { Some(&**role) } else { None })
        .collect()
}

fn compare_settings(from: &Definition, to: &Definition, found: &mut Vec<ContractChange>) {
    let (from, to) = (&from.settings, &to.settings);
    let keys = from.keys().chain(to.keys().filter(|k| !from.contains_key(*k)));
    for key in keys {
        let (old, new) = (from.get(key), to.get(key));
        if old == new {
            continue;
        }
        let what = match (old, new) {
            (None, _) => "is new",
            (_, None) => "is gone",
            _ => "changed",
        };
        if !matches!(key.as_str(), "response_schema" | "tools") {
            let detail = format!("The setting {key:?} {what}.");
            found.push(change(Bump::Minor, "setting_changed", key, detail));
        } else if !same::but_for_annotations(old, new) {
            let code = if key == "tools" { "tools_changed" } else { "response_schema_changed" };
            found.push(change(Bump::Major, code, key, format!("`{key}` {what}.")));
        }
    }
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
