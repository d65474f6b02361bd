use crate::{
    id::DeploymentId,
    rollout::{Event, EventKind},
    time::Timestamp,
};

/// A build was taken back from an environment, by hand or by itself, while it was released or after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub build_hash: String,
    pub deployment: DeploymentId,
    pub at: Timestamp,
    pub reason: String,
    /// Somebody released it again and said that they know (`acknowledge_rollback`).
    pub acknowledged_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this build was taken back at {}: {reason}; to release it again, say so with acknowledge_rollback", at.to_rfc3339())]
pub struct Quarantined {
    pub at: Timestamp,
    pub reason: String,
}

/// Whether this event takes a build back. What is aborted by hand or superseded was not found to be bad.
pub fn puts_in_quarantine(event: &Event) -> bool {
    event.kind == EventKind::RollingBack
}

/// The latest time that a build was taken back which nobody has acknowledged. A later time counts anew.
pub fn in_quarantine<'a>(all: &'a [TakenBack], build_hash: &str) -> Option<&'a TakenBack> {
    let open = all.iter().filter(|one| one.build_hash == build_hash && one.acknowledged_at.is_none());
    open.max_by_key(|one| one.at)
}

/// Whether a build may be released where those were taken back.
///
/// # Errors
/// It was taken back, and who asks did not say that they know.
pub fn may_release(all: &[TakenBack], build_hash: &str, acknowledged: bool) -> Result<(), Quarantined> {
    match in_quarantine(all, build_hash) {
        Some(one) if !acknowledged => Err(Quarantined { at: one.at, reason: one.reason.clone() }),
        _ => Ok(()),
    }
}
