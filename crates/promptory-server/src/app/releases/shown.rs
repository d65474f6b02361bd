//! Releases as callers see them: where they stand follows from their deployments.

use promptory_api::release::{Release, ReleaseItem};
use promptory_core::{bucketing::Share, rollout::State, time::Timestamp};
use promptory_store::{DeploymentRow, ProjectReader, ReleaseRow};

use crate::{
    app::{Outcome, approvals, deployments::percentage, wire},
    numbers::number_text,
};

pub(in crate::app) async fn of_row(
    reader: &mut ProjectReader<'_>,
    row: ReleaseRow,
    now: Timestamp,
) -> Outcome<Release> {
    let parts = reader.deployments_of_release(&row.id).await?;
    let standing: Vec<Standing> = parts.iter().map(Standing::of).collect::<Outcome<_>>()?;
    let approval = match &row.approval_id {
        Some(id) => {
            let approval = reader.approval(id).await?.ok_or_else(|| wire::damaged("release", &row.id))?;
            Some(approvals::pending_of(reader, &approval, now).await?)
        }
        None => None,
    };
    let possible = standing.iter().any(Standing::can_be_taken_back).then(|| "rollback".to_owned());
    Ok(Release {
        state: state(&standing).to_owned(),
        items: parts.into_iter().map(item).collect(),
        possible: possible.into_iter().collect(),
        approval,
        id: row.id,
        environment: row.environment,
        reason: row.reason,
        actor: row.actor,
        created_at: wire::time(row.created_at),
        dependents: Vec::new(),
        dry_run: false,
    })
}

/// One of its deployments.
struct Standing {
    state: State,
    /// It is live by it.
    live: bool,
}

impl Standing {
    fn of(row: &DeploymentRow) -> Outcome<Self> {
        let state = row.deployment()?.state;
        Ok(Self { live: is_live(row), state })
    }

    fn can_be_taken_back(&self) -> bool {
        self.live || self.state.is_waiting() || self.state.is_under_way()
    }
}

/// Everybody has it, and nothing has taken its place.
fn is_live(row: &DeploymentRow) -> bool {
    row.state == State::Completed.as_str() && row.ended_at.is_none()
}

fn state(parts: &[Standing]) -> &'static str {
    let any = |holds: &dyn Fn(&Standing) -> bool| parts.iter().any(holds);
    if any(&|part| part.state.is_waiting()) {
        "waiting"
    } else if any(&|part| part.state.is_under_way()) {
        "running"
    } else if !any(&|part| part.live)
        && any(&|part| matches!(part.state, State::RollingBack | State::RolledBack))
    {
        "taken_back"
    } else if any(&|part| part.state == State::Completed) {
        "completed"
    } else {
        "ended"
    }
}

pub(super) fn number(row: &DeploymentRow) -> String {
    number_text(row.major, row.minor, row.patch, &row.pre)
}

/// What was live before.
pub(super) fn from(row: &DeploymentRow) -> Option<String> {
    let pre = row.from_pre.as_deref()?;
    Some(number_text(row.from_major?, row.from_minor?, row.from_patch?, pre))
}

pub(in crate::app) fn item(row: DeploymentRow) -> ReleaseItem {
    let share = u32::try_from(row.share_ppm).ok().and_then(Share::from_ppm).unwrap_or_default();
    ReleaseItem {
        version: number(&row),
        from: from(&row),
        live: is_live(&row),
        percentage: percentage(share),
        cause: Some(row.state_detail).filter(|cause| !cause.is_empty()),
        prompt: row.prompt,
        build_hash: row.build_hash,
        dependent: row.dependent,
        deployment_id: row.id,
        state: row.state,
    }
}

#[cfg(test)]
mod tests {
    use promptory_core::rollout::{Ended, PauseCause, Wait};

    use super::*;

    #[test]
    fn where_a_release_stands_follows_from_its_parts() {
        let part = |state: State, live: bool| Standing { state, live };
        let (by, aborted) = (|| "d".into(), || part(State::Aborted(Ended::ByHand), false));
        let (live, replaced) = (|| part(State::Completed, true), || part(State::Completed, false));
        let back = || part(State::RolledBack, false);
        for (parts, expected, possible) in [
            (vec![part(State::PendingApproval, false), part(State::PendingApproval, false)], "waiting", true),
            (vec![part(State::Scheduled(Wait::Frozen), false)], "waiting", true),
            (vec![live(), part(State::Running, false)], "running", true),
            (vec![part(State::Paused(PauseCause::User), false), aborted()], "running", true),
            (vec![live(), live()], "completed", true),
            (vec![live(), back()], "completed", true),
            (vec![live(), aborted()], "completed", true),
            (vec![replaced(), replaced()], "completed", false),
            (vec![back(), part(State::RollingBack, false)], "taken_back", false),
            // What was replaced before is left alone.
            (vec![back(), replaced()], "taken_back", false),
            (vec![aborted(), part(State::Superseded(by()), false)], "ended", false),
        ] {
            assert_eq!(state(&parts), expected);
            assert_eq!(parts.iter().any(Standing::can_be_taken_back), possible, "{expected}");
        }
    }
}
