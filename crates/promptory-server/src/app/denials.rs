//! Denied attempts: counted in memory, written to the audit log as one entry per minute and group.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use promptory_core::{id::ProjectId, time::Timestamp};
use promptory_store::{NewAudit, Result, Store, StoreError};
use serde_json::json;

/// Groups kept between two flushes; beyond it denials are only counted.
const GROUPS: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Denial {
    pub project: ProjectId,
    /// The key's prefix, or `unknown`: never anything of what an unknown caller sent.
    pub prefix: String,
    pub address: String,
    /// Method and path template or path without its query.
    pub route: String,
    pub code: &'static str,
}

#[derive(Default)]
pub struct Denials {
    groups: Mutex<HashMap<Denial, u64>>,
    overflow: AtomicU64,
}

impl Denials {
    pub fn count(&self, denial: Denial) {
        let Ok(mut groups) = self.groups.lock() else { return };
        if groups.len() >= GROUPS && !groups.contains_key(&denial) {
            self.overflow.fetch_add(1, Ordering::Relaxed);
            return;
        }
        *groups.entry(denial).or_default() += 1;
    }

    /// Denials that no group had room for, since the start.
    pub fn overflowed(&self) -> u64 {
        self.overflow.load(Ordering::Relaxed)
    }

    /// Writes what was counted. What cannot be written is counted again next time.
    ///
    /// # Errors
    /// The database cannot be written; nothing is lost.
    pub async fn flush(&self, store: &Store, now: Timestamp) -> Result<()> {
        let groups = match self.groups.lock() {
            Ok(mut groups) => std::mem::take(&mut *groups),
            Err(_) => return Ok(()),
        };
        let mut failed = None;
        for (denial, times) in groups {
            if failed.is_none() {
                match write(store, &denial, times, now).await {
                    // A restored database may not have the project any more; nor a log for it.
                    Ok(()) | Err(StoreError::NoProject) => continue,
                    Err(error) => failed = Some(error),
                }
            }
            if let Ok(mut groups) = self.groups.lock() {
                *groups.entry(denial).or_default() += times;
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

async fn write(store: &Store, denial: &Denial, times: u64, now: Timestamp) -> Result<()> {
    let tx = store.write(&denial.project, now).await?;
    let detail = json!({"route": denial.route, "code": denial.code, "times": times});
    let entry = NewAudit {
        actor: denial.prefix.clone(),
        actor_name: denial.prefix.clone(),
        action: "denied".to_owned(),
        address: Some(denial.address.clone()),
        detail: detail.to_string(),
        ..NewAudit::default()
    };
    tx.commit(entry).await?;
    Ok(())
}
