//! What must hold, counted from the book: nothing of the servers' own judgement is asked.

use anyhow::ensure;
use promptory_core::approval::{Freeze, Policy, Rollback};
use promptory_core::time::Timestamp;
use promptory_store::{DeploymentEventRow, DeploymentRow};

use super::{
    book::{Book, Cause, Deployed},
    people::Member,
};
use crate::check::{Found, asks_less, counts};

const SECOND: i64 = 1_000_000;
const FULL: i64 = 1_000_000;

/// A policy and a freeze that may have been in force: where one look of a server made several commits, the earlier
/// and the later one.
pub type Rules<'a> = [(&'a Policy, Option<&'a Freeze>)];

/// One transition of one deployment. `before`: how it was known.
pub fn transition(before: &Deployed, event: &DeploymentEventRow, cause: &Cause) -> Found {
    let row = &before.row;
    let last = before.log.last();
    ensure!(
        event.seq == before.log.len() as i64 + 1,
        "event {} after {} events",
        event.seq,
        before.log.len()
    );
    ensure!(
        event.from_state.as_deref() == last.map(|last| last.to_state.as_str()),
        "an event begins where the one before did not end"
    );
    ensure!(last.is_none_or(|last| last.at <= event.at), "events go back in time");
    if let Cause::Person(deed) = cause
        && let Some((id, seen)) = &deed.seen
        && *id == row.id
    {
        ensure!(*seen == row.number, "decided from {seen}, though it was at {}", row.number);
    }
    if event.actor.is_none() && matches!(event.kind.as_str(), "advanced" | "completed") {
        held_long_enough(before, event)?;
    }
    let share = last.map_or(0, |last| last.share_ppm);
    let rises = event.share_ppm > share;
    if rises && event.kind != "promoted" {
        let schedule = row.deployment()?.schedule;
        let next = if share == 0 { 0 } else { last.map_or(0, |last| last.step) + 1 };
        let planned = schedule.share(usize::try_from(next)?);
        ensure!(event.share_ppm == i64::from(planned.ppm()), "it rose by more than one step");
    }
    let paused = event.from_state.as_deref() == Some("paused");
    ensure!(!(rises && paused), "it rose while paused");
    Ok(())
}

/// The step lasted as long as it was to, pauses left out.
fn held_long_enough(before: &Deployed, event: &DeploymentEventRow) -> Found {
    let (mut began, mut paused, mut pauses, mut share) = (None, None, 0, 0);
    for past in &before.log {
        if past.share_ppm > share {
            (share, began, paused, pauses) = (past.share_ppm, Some((past.at, past.step)), None, 0);
        }
        match past.kind.as_str() {
            "paused" => paused = Some(past.at),
            "resumed" => pauses += paused.take().map_or(0, |since| past.at - since),
            _ => {}
        }
    }
    let Some((began, step)) = began else { anyhow::bail!("it moved before it began") };
    let lasted = event.at - began - pauses;
    let least = before.row.deployment()?.schedule.hold_s(usize::try_from(step)?);
    ensure!(lasted >= least * SECOND, "a step of {least} s lasted {} s", lasted / SECOND);
    Ok(())
}

/// Something begins to be served.
pub struct Start<'a> {
    pub book: &'a Book,
    pub people: &'a [Member],
    pub rules: &'a Rules<'a>,
    pub row: &'a DeploymentRow,
    pub at: i64,
    pub cause: &'a Cause,
}

impl Start<'_> {
    /// Answers whether it does without approval because of an emergency.
    pub fn check(&self) -> Found<bool> {
        let Self { book, row, .. } = self;
        let known = self.cause.deed().is_some_and(|deed| deed.knows);
        let quarantined = book.in_quarantine(&row.prompt, &row.build_hash);
        ensure!(!quarantined || known, "what was taken back is released again just so: {}", self.named());
        let running = book.under_way(&row.prompt).filter(|one| one.row.id != row.id).count();
        ensure!(running == 0, "another deployment of {} is under way beside it", row.prompt);
        let mut last = Ok(false);
        for (policy, freeze) in self.rules {
            last = self.under(policy, *freeze);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    fn under(&self, policy: &Policy, freeze: Option<&Freeze>) -> Found<bool> {
        let Self { book, row, at, .. } = self;
        let at = Timestamp::from_micros(*at);
        let emergency = policy.emergency && self.is_emergency();
        let key = (row.prompt.clone(), row.build_hash.clone());
        let agreed = book.approvals.values().any(|asked| {
            asked.kind == "build"
                && asked.prompt.as_deref() == Some(row.prompt.as_str())
                && asked.build_hash == row.build_hash
                && counts(&asked.approval, policy, at)
        });
        let older = self.is_older();
        let needs = older && policy.rollback_needs_approval;
        let free = policy.stages.is_empty() || !needs && book.approved.contains(&key) || agreed;
        ensure!(free || emergency, "served without approval, by {:?}: {}", row.basis, self.named());
        let back = older && book.was_live.contains(&row.version_id);
        let frozen = freeze.is_some_and(|freeze| freeze.is_on(at));
        ensure!(!frozen || back || emergency, "it starts in a frozen environment: {}", self.named());
        let forward = policy.rollback == Rollback::FixForward;
        ensure!(
            !(forward && older) || emergency,
            "it goes back where it only goes forward: {}",
            self.named()
        );
        Ok(!free)
    }

    fn named(&self) -> String {
        format!("{} of {} ({})", self.row.build_hash, self.row.prompt, self.row.id)
    }

    /// By version: sequence orders by time. A way back is one, whatever it leads to.
    fn is_older(&self) -> bool {
        let order = |version: &str| self.book.versions.get(version).map(|written| written.order);
        let live = self.book.live_row(&self.row.prompt);
        let older = live.is_some_and(|live| order(&self.row.version_id) < order(&live.version_id));
        older || self.row.rollback_of.is_some()
    }

    fn is_emergency(&self) -> bool {
        let deed = self.cause.deed().filter(|deed| deed.emergency);
        deed.is_some_and(|deed| self.people[deed.who].may_in_emergency())
    }
}

/// Another policy holds.
pub fn policy(book: &Book, new: &Policy, at: i64) -> Found {
    let old = &book.policy;
    if old.stages.is_empty() || !asks_less(old, new) {
        return Ok(());
    }
    let agreed = book.approvals.values().any(|asked| {
        let wanted = serde_json::from_value::<Policy>(asked.wanted["policy"].clone()).ok();
        asked.kind == "policy"
            && wanted.as_ref() == Some(new)
            && counts(&asked.approval, old, Timestamp::from_micros(at))
    });
    ensure!(agreed, "a policy was loosened by nobody's leave");
    Ok(())
}

/// Another freeze, or none.
pub fn freeze(book: &Book, new: Option<&Freeze>, at: i64) -> Found {
    let at = Timestamp::from_micros(at);
    let Some(old) = book.freeze.as_ref().filter(|old| old.is_on(at)) else { return Ok(()) };
    let until = |freeze: &Freeze| freeze.until.map_or(i64::MAX, Timestamp::micros);
    if book.policy.stages.is_empty() || new.is_some_and(|new| until(new) >= until(old)) {
        return Ok(());
    }
    let agreed = book
        .approvals
        .values()
        .any(|asked| asked.kind == "unfreeze" && counts(&asked.approval, &book.policy, at));
    ensure!(agreed, "a freeze was ended by nobody's leave");
    Ok(())
}

/// Who gets what is rolled out only becomes more while its share does, and stays the same while it stays.
pub fn keeps_its_own(
    got: &Option<(i64, std::collections::BTreeSet<u32>)>,
    share: i64,
    now: &std::collections::BTreeSet<u32>,
) -> Found {
    let Some((before, had)) = got else { return Ok(()) };
    ensure!(share >= *before || now.is_subset(had), "a smaller share reaches others");
    ensure!(share < *before || now.is_superset(had), "somebody who had it lost it while its share rose");
    ensure!(share != *before || now == had, "others have it though its share is the same");
    ensure!(share < FULL, "everybody has it and it is not live");
    Ok(())
}
