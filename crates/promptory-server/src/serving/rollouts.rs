//! What is being rolled out, as it is loaded and as changes tell of it.

use std::{collections::HashMap, sync::Arc};

use promptory_core::{bucketing::Share, rollout::Unit};
use promptory_store::{ChangeRow, Included, LoadedRollout, PromptRow};
use serde_json::Value;
use tracing::error;

use super::{Build, Parts, PromptEntry, Rollout, changes::changed_build};
use crate::numbers::number_text;

/// Behind what is live: its answer says what is rolled out beside it.
pub(super) fn put_loaded(
    rollouts: Vec<(LoadedRollout, Vec<Included>)>,
    prompts: &[PromptRow],
    entries: &mut HashMap<String, PromptEntry>,
) {
    for (row, includes) in rollouts {
        let prompt = prompts.iter().find(|prompt| prompt.id == row.prompt_id);
        if let (Some(prompt), Some(entry)) = (prompt, entries.get_mut(row.prompt_id.as_str())) {
            put_one(entry, prompt, &row, &includes);
        }
    }
}

fn put_one(entry: &mut PromptEntry, prompt: &PromptRow, row: &LoadedRollout, includes: &[Included]) {
    let share = u32::try_from(row.share_ppm).ok().and_then(Share::from_ppm);
    let (Some(share), Ok(unit)) = (share, Unit::parse(&row.unit)) else {
        return error!(deployment = %row.deployment_id, "a rollout is damaged; everybody gets what is live");
    };
    let build = Build::new(&Parts {
        prompt: &prompt.name,
        kind: &prompt.kind,
        environment: &row.environment,
        version_id: &row.version_id,
        number: &number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        content: &row.content,
        template: &row.template,
        variables: &row.variables,
        settings: &row.settings,
        content_hash: &row.content_hash,
        build_hash: &row.build_hash,
        deployment_id: Some(&row.deployment_id),
        archived: false,
        revision: row.revision.max(prompt.renamed_revision),
        includes,
        rollout: None,
    });
    let rollout = Rollout {
        deployment_id: row.deployment_id.as_str().into(),
        build: Arc::new(build),
        share,
        seed: row.seed.as_str().into(),
        unit,
    };
    let revision = entry.live_in(&row.environment).map_or(row.revision, |live| live.revision);
    entry.put_rollout(&row.environment, Some(rollout), revision);
}

/// None: the row is damaged. A step keeps the build that its start has made.
pub(super) fn rolled_out(
    entry: &PromptEntry,
    environment: &str,
    row: &ChangeRow,
    detail: &Value,
    includes: &[Included],
) -> Option<Option<Rollout>> {
    let share = detail["share_ppm"].as_u64().and_then(|ppm| Share::from_ppm(u32::try_from(ppm).ok()?))?;
    if share.is_none() {
        return Some(None);
    }
    let id = row.deployment_id.as_deref()?;
    if let Some(known) = entry.rollout_in(environment).filter(|known| *known.deployment_id == *id) {
        return Some(Some(known.of(Arc::clone(&known.build), share)));
    }
    let build = changed_build(&entry.name, &entry.kind, environment, row, includes)?;
    Some(Some(Rollout {
        deployment_id: id.into(),
        build: Arc::new(build),
        share,
        seed: detail["seed"].as_str()?.into(),
        unit: Unit::parse(detail["unit"].as_str()?).ok()?,
    }))
}
