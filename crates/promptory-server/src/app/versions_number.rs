//! The number of a new version, from the contract and from what is asked for.

use promptory_core::{
    contract::{self, Bump},
    definition::Definition,
    numbering::{self, Number, NumberError, Wanted},
};
use promptory_store::{HighestVersion, PromptRow, WriteTx};

use super::{Outcome, versions_change::Draft, wire};
use crate::{
    numbers::{column, number},
    refusal::{Code, Refusal, item},
};

/// Which number comes next, and why.
pub(super) struct Plan {
    pub(super) number: Number,
    pub(super) sequence: i64,
    /// The version that the contract was compared with.
    pub(super) base: Option<Number>,
    pub(super) changes: Vec<contract::ContractChange>,
}

impl Plan {
    /// Possible only where the author allowed it.
    pub(super) fn too_low(&self) -> bool {
        let Some(base) = &self.base else { return false };
        match contract::required_bump(&self.changes) {
            Bump::Major => self.number.major == base.major,
            Bump::Minor => (self.number.major, self.number.minor) == (base.major, base.minor),
            Bump::Patch => false,
        }
    }
}

/// Seen under the lock.
pub(super) async fn plan(
    tx: &mut WriteTx,
    prompt: &PromptRow,
    draft: &Draft,
    highest: Option<HighestVersion>,
) -> Outcome<Plan> {
    let Some(highest) = highest else {
        let number =
            numbering::next(&[], &draft.wanted, &[], true).map_err(|error| number_refusal(error, None))?;
        return Ok(Plan { number, sequence: prompt.kept_sequence + 1, base: None, changes: Vec::new() });
    };
    let mut existing = vec![number(highest.major, highest.minor, highest.patch, &highest.pre)];
    let mut sequences = Vec::new();
    if matches!(draft.wanted, Wanted::Exact(_)) {
        let rows = tx.project().version_numbers(&prompt.id).await?;
        existing = rows.iter().map(|row| number(row.major, row.minor, row.patch, &row.pre)).collect();
        sequences = rows.iter().map(|row| row.sequence).collect();
    }
    let base = numbering::base(&existing, &draft.wanted);
    let changes = match &base {
        Some(base) if *base == number(highest.major, highest.minor, highest.patch, &highest.pre) => {
            let from = Definition::from_stored(
                &prompt.kind,
                &highest.content,
                &highest.template,
                &highest.variables,
                &highest.settings,
            )
            .map_err(|_| wire::damaged("version", &highest.version_id))?;
            contract::changes(&from, &draft.definition)
        }
        Some(base) => {
            let columns = (column(base.major), column(base.minor), column(base.patch), base.pre.as_str());
            let row = tx.project().version_by_number(&prompt.id, columns).await?;
            let row = row.ok_or_else(|| wire::damaged("version", &base.to_string()))?;
            let from = Definition::from_stored(
                &prompt.kind,
                &row.content,
                &row.template,
                &row.variables,
                &row.settings,
            )
            .map_err(|_| wire::damaged("version", &row.id))?;
            contract::changes(&from, &draft.definition)
        }
        None => Vec::new(),
    };
    let number =
        numbering::next(&existing, &draft.wanted, &changes, draft.allow_breaking).map_err(|error| {
            let taken = match &error {
                NumberError::Taken(number) => {
                    existing.iter().position(|n| n == number).and_then(|i| sequences.get(i))
                }
                _ => None,
            };
            number_refusal(error, taken.copied())
        })?;
    Ok(Plan { number, sequence: highest.last_sequence.max(prompt.kept_sequence) + 1, base, changes })
}

pub(super) fn number_refusal(error: NumberError, taken: Option<i64>) -> Refusal {
    match error {
        NumberError::Taken(number) => Refusal::new(
            Code::VersionTaken,
            format!("Version {number} exists already. Choose a higher number."),
        )
        .existing(number.to_string(), taken.unwrap_or(0)),
        NumberError::TooLow { given, highest_of_line } => Refusal::invalid(
            "/version",
            format!(
                "{given} must be above {highest_of_line}, the highest of its line, or open a new major.minor."
            ),
        ),
        NumberError::BreakingChange { needed, given, base, changes } => {
            let items = changes
                .iter()
                .map(|change| {
                    item(change.code, "/bump", format!("{} ({})", change.detail, change.bump.as_str()))
                })
                .collect();
            let detail = format!(
                "Against {base} this is a {} change, and {} was asked for. Use `bump: auto`, a higher number, or \
                 `allow_breaking: true`.",
                needed.as_str(),
                given.as_str()
            );
            Refusal { detail, ..Refusal::with_items(Code::BreakingChange, items) }
        }
    }
}
