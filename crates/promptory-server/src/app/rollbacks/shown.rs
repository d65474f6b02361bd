//! Ways back as callers see them.

use promptory_api::{
    approval::PendingApproval,
    rollback::{Rollback, RollbackSide, TakenBack},
};
use promptory_core::bucketing::Share;
use promptory_store::{DeploymentRow, TakenBackRow, VersionRow, WayBackRow};

use super::go::Going;
use crate::{
    app::{deployments::percentage, wire},
    numbers::number_text,
};

#[expect(clippy::cast_precision_loss, reason = "a way back takes seconds")]
pub(super) fn of_row(row: WayBackRow) -> Rollback {
    let share = u32::try_from(row.share_ppm).ok().and_then(Share::from_ppm).unwrap_or_default();
    Rollback {
        id: row.id,
        prompt: row.prompt,
        environment: row.environment,
        kind: row.kind,
        cause: row.cause,
        from: RollbackSide {
            version: number_text(row.from_major, row.from_minor, row.from_patch, &row.from_pre),
            sequence: row.from_sequence,
            build_hash: row.from_build_hash,
            deployment_id: Some(row.from_deployment_id),
        },
        to: RollbackSide {
            version: number_text(row.to_major, row.to_minor, row.to_patch, &row.to_pre),
            sequence: row.to_sequence,
            build_hash: row.to_build_hash,
            deployment_id: Some(row.to_deployment_id),
        },
        ended_rollout: row.ended_rollout,
        percentage: percentage(share),
        release_id: row.release_id,
        wanted: row.wanted,
        evidence: row.evidence,
        actor: row.actor,
        reason: row.reason,
        at: wire::time(row.at),
        state: if row.settled_at.is_some() { "settled" } else { "settling" }.to_owned(),
        approval: None,
        settled_at: row.settled_at.map(wire::time),
        time_to_effect_ms: row.effect_us.map(|micros| micros as f64 / 1000.0),
        lagging: row.lagging.split_whitespace().map(str::to_owned).collect(),
        revision: row.revision,
    }
}

pub(super) fn side(version: &VersionRow, build_hash: &str, deployment_id: Option<&str>) -> RollbackSide {
    RollbackSide {
        version: number_text(version.major, version.minor, version.patch, &version.pre),
        sequence: version.sequence,
        build_hash: build_hash.to_owned(),
        deployment_id: deployment_id.map(str::to_owned),
    }
}

/// One that waits for approval: its deployment is there, and nothing else has changed.
pub(super) fn waiting(
    going: &Going<'_>,
    (row, present): (DeploymentRow, VersionRow),
    approval: Option<PendingApproval>,
) -> Rollback {
    let Going { standing, chosen, way, .. } = going;
    let share = u32::try_from(standing.share_ppm()).ok().and_then(Share::from_ppm).unwrap_or_default();
    Rollback {
        from: side(&present, &going.present.build_hash, Some(&going.present.deployment_id)),
        to: side(&chosen.version, &chosen.build_hash, Some(&row.id)),
        id: row.id,
        prompt: row.prompt,
        environment: row.environment,
        kind: way.kind.to_owned(),
        cause: way.cause.to_owned(),
        ended_rollout: false,
        percentage: percentage(share),
        release_id: None,
        wanted: way.wanted.to_owned(),
        evidence: way.evidence.to_owned(),
        actor: row.actor,
        reason: row.reason,
        at: wire::time(row.created_at),
        state: row.state,
        approval,
        settled_at: None,
        time_to_effect_ms: None,
        lagging: Vec::new(),
        revision: row.revision,
    }
}

pub(in crate::app) fn taken_back(row: TakenBackRow) -> TakenBack {
    TakenBack {
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        rollback_id: row.id,
        environment: row.environment,
        actor: row.actor,
        at: wire::time(row.at),
        reason: row.reason,
    }
}
