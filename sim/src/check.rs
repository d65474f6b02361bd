//! What must hold after everything that happens, counted here once more from what was written down: nothing of core's is
//! asked.

use anyhow::ensure;
use promptory_core::{
    approval::{Approval, Basis, DecisionKind, Policy, Rollback},
    id::UserId,
    rollout::{Event, EventKind, State, Transition},
    time::Timestamp,
};

use crate::{
    door::Wish,
    world::{Held, Pair, World},
};

pub type Found<T = ()> = anyhow::Result<T>;

/// Who made a transition.
#[derive(Clone, Copy)]
pub enum Cause {
    /// With the number of the row that they saw.
    Person(Option<u64>),
    /// A server, that leads or not, in so many steps at one look.
    Clock { leads: bool, steps: u32 },
}

/// A deployment that is about to serve.
pub struct Start<'a> {
    pub wish: &'a Wish,
    pub held: &'a Held,
    pub basis: Basis,
}

const SECOND: i64 = 1_000_000;

/// One transition of one deployment.
pub fn transition(held: &Held, done: &Transition, cause: Cause) -> Found {
    let (before, after, event) = (&held.row, &done.deployment, &done.event);
    ensure!(event.seq == held.log.len() as u64 + 1, "event {} after {} events", event.seq, held.log.len());
    let from = held.log.last().map(|last| &last.to);
    ensure!(event.from.as_ref() == from, "an event begins where the one before did not end");
    ensure!(held.log.last().is_none_or(|last| last.at <= event.at), "events go back in time");
    if let Cause::Person(Some(seen)) = cause {
        ensure!(seen == before.version, "decided from {seen}, though it was at {}", before.version);
    }
    if let Cause::Clock { leads, steps } = cause {
        ensure!(leads, "a server moved it that does not lead any more");
        ensure!(steps == 1, "two steps at once");
        held_long_enough(held, event)?;
    }
    let share = held.log.last().map_or(0, |last| last.share.ppm());
    let rises = after.share.ppm() > share;
    if rises && event.kind != EventKind::Promoted {
        let next = if share == 0 { 0 } else { before.step + 1 };
        ensure!(event.share == before.schedule.share(next), "it rose by more than one step");
    }
    let paused = matches!(event.from, Some(State::Paused(_)));
    ensure!(!(rises && paused), "it rose while paused");
    Ok(())
}

/// The step or the bake lasted as long as it was to, pauses left out.
fn held_long_enough(held: &Held, event: &Event) -> Found {
    if !matches!(event.kind, EventKind::Advanced | EventKind::Completed) {
        return Ok(());
    }
    let (mut began, mut paused, mut pauses) = (None, None, 0);
    let mut share = 0;
    for past in &held.log {
        if past.share.ppm() > share {
            (share, began, paused, pauses) = (past.share.ppm(), Some(past.at), None, 0);
        }
        match past.kind {
            EventKind::Paused => paused = Some(past.at),
            EventKind::Resumed => pauses += paused.take().map_or(0, |since| past.at.since(since)),
            _ => {}
        }
    }
    let Some(began) = began else { anyhow::bail!("it moved before it began") };
    let lasted = event.at.since(began) - pauses;
    let row = &held.row;
    let least = if row.share.is_full() { row.watch.bake_s } else { row.schedule.hold_s(row.step) };
    ensure!(lasted >= least * SECOND, "a step of {least} s lasted {} s", lasted / SECOND);
    Ok(())
}

/// Something begins to be served.
pub fn start(world: &World, start: &Start<'_>) -> Found {
    let Start { wish, held, basis } = start;
    let pair = &world.pairs[wish.pair];
    let before = pair.approved.contains(&wish.build);
    let approved =
        held.approval.as_ref().is_some_and(|approval| counts(approval, &world.policy, world.now()));
    let free = world.policy.stages.is_empty() || before || approved || held.emergency;
    ensure!(free, "build {} of {} is served without approval, by {basis:?}", wish.build, pair.prompt);
    let older = world.is_older(wish);
    let goes_back = older && was_live(pair, wish.build);
    ensure!(!world.is_frozen() || goes_back || held.emergency, "it starts in a frozen environment");
    let forward = world.policy.rollback == Rollback::FixForward;
    ensure!(!(forward && older) || held.emergency, "it goes back where it only goes forward");
    let hash = Pair::hash(wish.build);
    let quarantined = pair.back.iter().any(|one| one.build_hash == hash && one.acknowledged_at.is_none());
    ensure!(!quarantined || wish.knows, "what was taken back is released again just so");
    Ok(())
}

fn was_live(pair: &Pair, build: u32) -> bool {
    pair.past.iter().any(|past| past.build == build)
}

/// Whether enough people who may have agreed in time: counted from the decisions in their order.
pub fn counts(approval: &Approval, policy: &Policy, now: Timestamp) -> bool {
    let over = |kind: &DecisionKind| {
        matches!(kind, DecisionKind::Reject | DecisionKind::Withdraw | DecisionKind::Expire)
    };
    if approval.decisions.iter().any(|decision| over(&decision.kind)) {
        return false;
    }
    if approval.spent_at.is_some() || now >= approval.opened_at.plus_seconds(policy.expires_after_s) {
        return false;
    }
    let mut given: Vec<(&UserId, &str)> = Vec::new();
    let mut against: Vec<&UserId> = Vec::new();
    for decision in &approval.decisions {
        let Some(user) = &decision.by else { continue };
        match &decision.kind {
            DecisionKind::RequestChanges => {
                given.retain(|(other, _)| *other != user);
                against.push(user);
            }
            DecisionKind::Approve { stage } => {
                against.retain(|other| *other != user);
                let own = approval.authors.contains(user) || approval.requester.as_ref() == Some(user);
                let fits =
                    policy.stages.iter().any(|one| one.name == *stage && one.roles.any_of(decision.roles));
                if fits && (policy.allow_author || !own) && !given.iter().any(|(other, _)| *other == user) {
                    given.push((user, stage));
                }
            }
            _ => {}
        }
    }
    let full =
        |name: &str, needed: u32| given.iter().filter(|(_, stage)| *stage == name).count() >= needed as usize;
    against.is_empty() && policy.stages.iter().all(|stage| full(&stage.name, stage.approvals))
}

/// How a prompt stands.
pub fn pair(pair: &Pair) -> Found {
    let running = pair.held.values().filter(|held| held.row.state.is_under_way()).count();
    ensure!(running <= 1, "{running} deployments of {} are under way", pair.prompt);
    let Some(live) = &pair.live else { return Ok(()) };
    let Some(held) = pair.held.get(live) else { anyhow::bail!("what is live was forgotten") };
    ensure!(held.row.share.is_full(), "what is live is served to {} only", held.row.share);
    Ok(())
}

/// Less is asked for than before: fewer approvals in all, fewer stages, or authors may.
pub fn asks_less(old: &Policy, new: &Policy) -> bool {
    let sum = |policy: &Policy| policy.stages.iter().map(|stage| stage.approvals).sum::<u32>();
    sum(new) < sum(old) || new.stages.len() < old.stages.len() || (new.allow_author && !old.allow_author)
}
