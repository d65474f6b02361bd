//! From the store's rows to what callers see.

use std::collections::BTreeMap;

use promptory_api::{
    access::Key,
    environment::{Environment, Freeze, Policy, Stage},
    people::UserName,
    prompt::{LatestVersion, Prompt},
    version::Version,
};
use promptory_core::{
    access::Scopes,
    approval,
    definition::{Definition, Kind},
    status::{StatusFacts, status},
    time::Timestamp,
};
use promptory_store::{
    EnvironmentRow, KeyOwner, KeyRow, PromptLatest, PromptLive, PromptRow, VersionFacts, VersionRow,
};
use serde_json::value::RawValue;

use super::Outcome;
use crate::{
    numbers::number_text,
    refusal::{Code, Refusal},
};

pub(crate) fn time(micros: i64) -> String {
    Timestamp::from_micros(micros).to_rfc3339()
}

/// Stored JSON goes out as it was stored. A row that is not JSON is damaged, and says which it is.
pub(super) fn raw(table: &str, id: &str, text: &str) -> Outcome<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).map_err(|_| damaged(table, id))
}

fn parsed<T: serde::de::DeserializeOwned>(table: &str, id: &str, text: &str) -> Outcome<T> {
    serde_json::from_str(text).map_err(|_| damaged(table, id))
}

pub(crate) fn damaged(table: &str, id: &str) -> Refusal {
    tracing::error!(table, id, "a stored row is damaged");
    Refusal::new(Code::Internal, format!("The stored row {table} {id} is damaged."))
}

pub(super) fn definition(kind: &str, row: &VersionRow) -> Outcome<Definition> {
    Definition::from_stored(kind, &row.content, &row.template, &row.variables, &row.settings)
        .map_err(|_| damaged("version", &row.id))
}

pub(super) fn prompt(
    row: PromptRow,
    live: BTreeMap<String, String>,
    latest: Option<LatestVersion>,
    former_names: Vec<String>,
) -> Outcome<Prompt> {
    Ok(Prompt {
        tags: parsed("prompt", &row.id, &row.tags)?,
        metadata: parsed("prompt", &row.id, &row.metadata)?,
        id: row.id,
        name: row.name,
        kind: row.kind,
        description: row.description,
        category: row.category,
        owner: row.owner,
        archived: row.archived_at.is_some(),
        former_names,
        renamed_to: None,
        live,
        latest,
        created_by: row.created_by,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
        changed_at: None,
        pending: Vec::new(),
        dry_run: false,
    })
}

pub(super) fn live(row: PromptLive) -> (String, String) {
    (row.environment, number_text(row.major, row.minor, row.patch, &row.pre))
}

pub(super) fn latest(row: &PromptLatest) -> LatestVersion {
    LatestVersion {
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        created_at: time(row.created_at),
    }
}

/// What points to a version, and what it points to.
#[derive(Default)]
pub(super) struct Pointing {
    pub labels: Vec<String>,
    pub dependencies: Vec<String>,
}

/// An include as it stands in a text.
pub(super) fn written(name: &str, reference: Option<&str>) -> String {
    match reference {
        Some(reference) => format!("{name}@{reference}"),
        None => name.to_owned(),
    }
}

pub(super) fn version(
    row: VersionRow,
    prompt: (&str, &str),
    facts: VersionFacts,
    pointing: Pointing,
) -> Outcome<Version> {
    let status = status(&StatusFacts {
        archived: row.archived_at.is_some(),
        live_in_production: facts.live_in_production,
        was_in_production: facts.was_in_production,
        marked_deprecated: row.deprecated_at.is_some(),
        live_somewhere: facts.rolling_out || !facts.live_in.is_empty(),
    });
    let (name, kind) = prompt;
    Ok(Version {
        prompt: name.to_owned(),
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        status: status.as_str().to_owned(),
        kind: kind.to_owned(),
        content: raw("version", &row.id, &row.content)?,
        template: row.template,
        variables: raw("version", &row.id, &row.variables)?,
        settings: raw("version", &row.id, &row.settings)?,
        dependencies: pointing.dependencies,
        note: row.note,
        metadata: raw("version", &row.id, &row.metadata)?,
        tags: parsed("version", &row.id, &row.tags)?,
        author: row.author,
        created_at: time(row.created_at),
        source_author: row.source_author,
        source_created_at: row.source_created_at.map(time),
        content_hash: row.content_hash,
        branch: None,
        labels: pointing.labels,
        live_in: facts.live_in,
        created: None,
        figures: None,
        dry_run: false,
        id: row.id,
    })
}

/// A freeze that is over is none.
pub(super) fn environment(row: EnvironmentRow, now: Timestamp) -> Outcome<Environment> {
    let freeze = row.freeze().filter(|freeze| freeze.is_on(now)).map(|freeze| Freeze {
        since: freeze.since.to_rfc3339(),
        until: freeze.until.map(Timestamp::to_rfc3339),
        reason: freeze.reason,
    });
    Ok(Environment {
        policy: policy(&row.policy()?),
        freeze,
        name: row.name,
        position: row.position,
        production: row.production,
        created_at: time(row.created_at),
        pending: None,
    })
}

pub(super) fn policy(policy: &approval::Policy) -> Policy {
    let stage = |stage: &approval::Stage| Stage {
        name: stage.name.clone(),
        roles: stage.roles.words().map(str::to_owned).collect(),
        users: stage.users.iter().map(ToString::to_string).collect(),
        approvals: stage.approvals,
    };
    Policy {
        stages: Some(policy.stages.iter().map(stage).collect()),
        allow_author: Some(policy.allow_author),
        rollback: policy.rollback.as_str().to_owned(),
        rollback_needs_approval: Some(policy.rollback_needs_approval),
        emergency: Some(policy.emergency),
        expires_after_s: Some(policy.expires_after_s),
    }
}

pub(super) fn key(row: KeyRow, owners: &[KeyOwner]) -> Key {
    let owner = owners.iter().find(|owner| Some(&owner.id) == row.person_id.as_ref());
    Key {
        user: owner.map(|owner| UserName { id: owner.id.clone(), name: owner.name.clone() }),
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        scopes: Scopes::from_stored(&row.scopes).words().map(str::to_owned).collect(),
        environment: row.environment,
        created_by: row.created_by,
        created_at: time(row.created_at),
        expires_at: row.expires_at.map(time),
        revoked_at: row.revoked_at.map(time),
    }
}

pub(super) fn kind(text: &str, pointer: &str) -> Outcome<Kind> {
    Kind::parse(text).map_err(|why| Refusal::invalid(pointer, why))
}
