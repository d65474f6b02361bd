//! Deployments as callers see them.

use promptory_api::deployment::{Deployment, DeploymentEvent, DeploymentStanding, DeploymentStep};
use promptory_core::{
    bucketing::Share,
    rollout::{self, StepState, StepView},
    time::Timestamp,
};
use promptory_store::{DeploymentEventRow, DeploymentRow, ProjectReader};
use serde_json::Number;

use crate::{
    app::{Outcome, approvals, wire},
    numbers::number_text,
    refusal::Refusal,
};

const STATES: [&str; 10] = [
    "pending_approval",
    "scheduled",
    "running",
    "paused",
    "baking",
    "completed",
    "rolling_back",
    "rolled_back",
    "aborted",
    "superseded",
];

pub(super) fn check_state(state: &str) -> Outcome<()> {
    if STATES.contains(&state) {
        return Ok(());
    }
    Err(Refusal::invalid("", format!("{state:.40?} is no state; use one of {}.", STATES.join(", "))))
}

/// With its events.
pub(super) async fn by_id(reader: &mut ProjectReader<'_>, id: &str, now: Timestamp) -> Outcome<Deployment> {
    let row = reader.deployment(id).await?.ok_or_else(|| wire::damaged("deployment", id))?;
    let events = reader.deployment_events(id).await?;
    let approval = approvals::of_deployment(reader, id, now).await?;
    let shown = of_row(row, now)?;
    Ok(Deployment { events: events.into_iter().map(event).collect(), approval, ..shown })
}

pub(super) fn of_row(row: DeploymentRow, now: Timestamp) -> Outcome<Deployment> {
    let present = row.deployment()?;
    let from = match (row.from_major, row.from_minor, row.from_patch, &row.from_pre) {
        (Some(major), Some(minor), Some(patch), Some(pre)) => Some(number_text(major, minor, patch, pre)),
        _ => None,
    };
    let DeploymentStanding { state, number, possible, .. } = standing(&present);
    Ok(Deployment {
        state,
        cause: Some(row.state_detail).filter(|cause| !cause.is_empty()),
        percentage: percentage(present.share),
        unit: present.unit.as_str().to_owned(),
        hold: present.hold,
        approval: None,
        basis: present.started_at.is_some().then_some(row.basis),
        step: present.step as u64,
        steps: present.steps(now).into_iter().map(step).collect(),
        number,
        possible,
        watched: present.watch.names.clone(),
        started_at: text(present.started_at),
        next_at: text(present.next_at()),
        finished_at: text(present.ended_at),
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        from,
        id: row.id,
        prompt: row.prompt,
        environment: row.environment,
        strategy: row.strategy,
        build_hash: row.build_hash,
        direction: row.direction,
        rollback_of: row.rollback_of,
        release_id: row.release_id,
        reason: row.reason,
        actor: row.actor,
        created_at: wire::time(row.created_at),
        ended_at: row.ended_at.map(wire::time),
        revision: row.revision,
        events: Vec::new(),
        dependents: Vec::new(),
        dry_run: false,
    })
}

/// What people can do is offered; what other parts of the program do is not.
pub(super) fn standing(present: &rollout::Deployment) -> DeploymentStanding {
    const BY_PEOPLE: [&str; 6] = ["start", "pause", "resume", "advance", "promote", "abort"];
    let possible = present.possible().into_iter().filter(|word| BY_PEOPLE.contains(word));
    DeploymentStanding {
        id: present.id.to_string(),
        state: present.state.as_str().to_owned(),
        number: present.version,
        possible: possible.map(str::to_owned).collect(),
    }
}

fn text(at: Option<Timestamp>) -> Option<String> {
    at.map(Timestamp::to_rfc3339)
}

/// As people write it: `5`, `12.5`.
pub(in crate::app) fn percentage(share: Share) -> Number {
    share.to_string().parse().unwrap_or_else(|_| Number::from(share.ppm() / 10_000))
}

fn step(view: StepView) -> DeploymentStep {
    let state = match view.state {
        StepState::Past => "past",
        StepState::Present => "present",
        StepState::Coming => "coming",
        StepState::Never => "never",
    };
    DeploymentStep {
        percentage: percentage(view.share),
        after_s: view.after_s,
        hold_s: view.hold_s,
        state: state.to_owned(),
        planned_at: text(view.planned_at),
        entered_at: text(view.entered_at),
        expected_at: text(view.expected_at),
    }
}

fn event(row: DeploymentEventRow) -> DeploymentEvent {
    let share = u32::try_from(row.share_ppm).ok().and_then(Share::from_ppm).unwrap_or_default();
    DeploymentEvent {
        seq: row.seq,
        at: wire::time(row.at),
        kind: row.kind,
        from: row.from_state,
        to: row.to_state,
        step: row.step,
        percentage: percentage(share),
        actor: row.actor,
        reason: row.reason,
    }
}

#[cfg(test)]
mod tests {
    use promptory_core::rollout::State;

    use super::*;

    #[test]
    fn every_word_of_the_list_is_a_state() {
        for word in STATES {
            let detail = ["", "hold", "user", "by_hand", "another"];
            assert!(detail.iter().any(|detail| State::from_stored(word, detail).is_some()), "{word}");
        }
    }

    #[test]
    fn percentages_are_written_as_people_do() {
        for (ppm, expected) in [(0, "0"), (100, "0.01"), (125_000, "12.5"), (1_000_000, "100")] {
            let share = Share::from_ppm(ppm).expect("a share");
            assert_eq!(serde_json::to_string(&percentage(share)).expect("JSON"), expected);
        }
    }
}
