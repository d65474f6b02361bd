//! What whoever runs the server does on its host, past all people: it opens the database itself.

use anyhow::{Context, bail};
use promptory_core::{
    approval::{Evidence, Policy, Rules, ServingChange, authorize},
    id::ProjectId,
};
use promptory_store::{NewAudit, Rows, Store};
use serde_json::json;
use tracing::warn;

use crate::{
    clock::{Clock, SystemClock},
    config::Config,
    start::{DEFAULT_PROJECT, check_standing, lock, open},
};

/// An environment approves by itself again. Servers that run on PostgreSQL hear of it as of any change. Answers false where
/// it did already.
///
/// # Errors
/// On SQLite, a server runs on it; there is no such project or environment.
pub async fn reset_policy(
    config: &Config,
    project: Option<&str>,
    environment: &str,
    reason: &str,
) -> anyhow::Result<bool> {
    let _lock = lock(config)?;
    let store = open(config).await?;
    let done = reset(&store, project.unwrap_or(DEFAULT_PROJECT), environment, reason).await;
    store.close().await;
    done
}

async fn reset(store: &Store, project: &str, environment: &str, reason: &str) -> anyhow::Result<bool> {
    let standing = store.standing().await.context("this is no database that Promptory has made")?;
    check_standing(&standing)?;
    let row = store.read().await?.project_by_name(project).await?;
    let id = ProjectId::from(row.with_context(|| format!("there is no project {project:?}"))?.id);
    let mut tx = store.write(&id, SystemClock.now()).await?;
    let rows = tx.project().environments().await?;
    let Some(row) = rows.into_iter().find(|row| row.name == environment) else {
        bail!("there is no environment {environment:?} in the project {project:?}");
    };
    let (before, new) = (row.policy()?, Policy::default());
    if before == new {
        return Ok(false);
    }
    let freeze = row.freeze();
    let rules = Rules { environment, policy: &before, freeze: freeze.as_ref() };
    let evidence = Evidence { host: true, ..Evidence::default() };
    let change = ServingChange::Policy { environment: environment.to_owned(), new: new.clone() };
    let proof = authorize(rules, evidence, change, tx.at())?;
    tx.apply(vec![proof], Rows::Environment(&row)).await?;
    let audit = NewAudit {
        actor: "host".to_owned(),
        actor_name: "host".to_owned(),
        action: "policy.reset".to_owned(),
        environment: Some(environment.to_owned()),
        detail: json!({"before": before, "after": new, "reason": reason}).to_string(),
        ..NewAudit::default()
    };
    tx.commit(audit).await?;
    warn!(project, environment, reason, "the policy of an environment was reset on the host");
    Ok(true)
}
