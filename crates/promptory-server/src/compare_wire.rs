//! From the domain's differences to what callers see.

use promptory_api::{compare as api, version::ContractChange};
use promptory_core::{
    compare::{Hunk, Line, LineKind, Named, PartChange, PartDiff, Slot, TextDiff, Verdict},
    contract,
    definition::Variable,
};
use serde_json::{Value, json};

pub(crate) fn hunks(diff: TextDiff) -> Vec<api::Hunk> {
    diff.hunks.into_iter().map(hunk).collect()
}

fn hunk(hunk: Hunk) -> api::Hunk {
    api::Hunk {
        from_start: hunk.from_start,
        from_lines: hunk.from_lines,
        to_start: hunk.to_start,
        to_lines: hunk.to_lines,
        lines: hunk.lines.into_iter().map(line).collect(),
    }
}

fn line(line: Line) -> api::Line {
    let kind = match line.kind {
        LineKind::Context => "context",
        LineKind::Removed => "removed",
        LineKind::Added => "added",
    };
    api::Line {
        kind: kind.to_owned(),
        from: line.from,
        to: line.to,
        pieces: line.pieces.into_iter().map(|p| api::Piece { text: p.text, changed: p.changed }).collect(),
    }
}

pub(crate) fn message(part: PartDiff) -> api::MessageDiff {
    let change = match part.change {
        PartChange::Equal => "equal",
        PartChange::Changed => "changed",
        PartChange::Moved => "moved",
        PartChange::Added => "added",
        PartChange::Removed => "removed",
    };
    let slot = |slot: Slot| api::Slot { index: slot.index, role: slot.role, placeholder: slot.placeholder };
    api::MessageDiff {
        change: change.to_owned(),
        from: part.from.map(slot),
        to: part.to.map(slot),
        hunks: part.diff.map(hunks),
    }
}

pub(crate) fn variable(named: Named<Variable>) -> api::Difference {
    api::Difference {
        name: named.name,
        before: named.before.map(variable_json),
        after: named.after.map(variable_json),
    }
}

fn variable_json(variable: Variable) -> Value {
    let mut shown = json!({"name": variable.name, "required": variable.required});
    let optional = [
        ("schema", variable.schema),
        ("default", variable.default),
        ("description", variable.description.map(Value::from)),
    ];
    for (field, value) in optional {
        if let Some(value) = value {
            shown[field] = value;
        }
    }
    shown
}

pub(crate) fn verdict(verdict: Verdict) -> api::Verdict {
    api::Verdict {
        replaceable: verdict.replaceable,
        bump: verdict.bump.as_str().to_owned(),
        changes: verdict.changes.into_iter().map(contract_change).collect(),
    }
}

pub(crate) fn contract_change(change: contract::ContractChange) -> ContractChange {
    ContractChange {
        bump: change.bump.as_str().to_owned(),
        code: change.code.to_owned(),
        subject: change.subject,
        detail: change.detail,
    }
}
