//! Time goes on to what happens next, and each server looks, in any order, sometimes late, sometimes dying.

use std::panic::AssertUnwindSafe;

use anyhow::{bail, ensure};
use futures_util::FutureExt;
use promptory_core::time::Timestamp;
use promptory_server::jobs;
use promptory_store::fault;

use super::{
    DAY, SECOND, World,
    book::Cause,
    cells::{self, AFTER, BEFORE, What},
    mutant::Mutant,
    server::{Server, Way},
};
use crate::check::Found;

/// Looks of every server while something is due.
const ROUNDS: usize = 4;
/// Longer than a lease lasts that nobody renews.
const BETWEEN: i64 = 20 * SECOND;
const MANY: i64 = 100;
const WEEK: i64 = 7;
/// Something that could not be moved is looked at again after a while.
const AGAIN: i64 = 600 * SECOND;

impl World {
    /// Time goes on, over everything that is due until then.
    pub async fn pass(&mut self, until: i64) -> Found {
        while let Some(due) = self.due()?.filter(|due| *due <= until) {
            let late = if self.chance(85) { self.rng.i64(0..90) } else { self.rng.i64(0..20_000) };
            self.day_ends(due + late * SECOND).await?;
            self.set_time(due + late * SECOND);
            self.rounds().await?;
            self.looked_at = self.time();
        }
        self.day_ends(until).await?;
        self.set_time(until);
        Ok(())
    }

    /// When the next deployment or request moves by itself.
    fn due(&self) -> Found<Option<i64>> {
        let mut all = Vec::new();
        for one in self.book.deployments.values() {
            all.extend(one.row.deployment()?.next_at().map(Timestamp::micros));
        }
        let lasts = self.book.policy.expires_after_s;
        let standing = self.book.approvals.values().filter(|asked| asked.standing);
        all.extend(standing.map(|asked| asked.approval.opened_at.plus_seconds(lasts).micros()));
        let again = self.looked_at + AGAIN;
        Ok(all.into_iter().min().map(|due| if due <= self.looked_at { again } else { due }))
    }

    /// What is done once a day.
    async fn day_ends(&mut self, until: i64) -> Found {
        if until / DAY == self.time() / DAY {
            return Ok(());
        }
        if let Some(n) = self.any_server(|server| server.way == Way::Up) {
            let app = &self.servers[n].app;
            let now = app.clock.now();
            jobs::flush_denials(app, now).await?;
            jobs::flush_uses(app, now).await?;
            jobs::sweep(app, now).await?;
        }
        // What was refused is in the audit log by now.
        self.look(&Cause::Clock { leads: true }).await?;
        // The whole chain is walked: that takes longer with each day.
        self.recount(until / DAY % WEEK == 0).await
    }

    /// Servers that hear of changes do.
    pub async fn hear(&mut self) -> Found {
        for n in 0..self.servers.len() {
            let server = &self.servers[n];
            if server.way == Way::Up {
                server.app.feed.poll(server.app.clock.now()).await?;
            }
        }
        self.compare()
    }

    /// Each server looks, some times over; then what was due at the beginning has been done.
    pub async fn rounds(&mut self) -> Found {
        self.wake_sleeper().await?;
        let (begun, falls) = (self.time(), self.faults.falls);
        for _ in 0..ROUNDS {
            self.hear().await?;
            let mut order: Vec<usize> = (0..self.servers.len()).collect();
            self.rng.shuffle(&mut order);
            for n in order {
                if self.servers[n].way == Way::Asleep {
                    continue;
                }
                let app = &self.servers[n].app;
                jobs::report(app, app.clock.now()).await?;
                self.tick(n, true).await?;
            }
            if self.what_is_due(self.time()).await?.is_empty() {
                break;
            }
            self.set_time(self.time() + BETWEEN);
        }
        // A server whose clock is behind does not see yet what is due, and one that has fallen has to begin again.
        let sees = |server: &Server| server.way != Way::Asleep && server.hands.off() >= 0;
        if self.faults.falls == falls && self.servers.iter().any(sees) {
            let left = self.store()?.due_deployments(begun, 1).await?;
            ensure!(left.is_empty(), "a rollout was due and nobody moved it: {left:?}");
            let left = self.store()?.due_approvals(begun, 1).await?;
            ensure!(left.is_empty(), "a request was due and nobody looked at it: {left:?}");
        }
        Ok(())
    }

    /// What people did may have made something due, and servers look every second.
    pub async fn soon(&mut self) -> Found {
        if self.chance(60) && !self.what_is_due(self.time()).await?.is_empty() {
            self.set_time(self.time() + SECOND);
            self.rounds().await?;
        }
        Ok(())
    }

    /// What a server with this time would find to do.
    async fn what_is_due(&self, now: i64) -> Found<Vec<What>> {
        let store = self.store()?;
        let found = [
            (What::Settling, store.unsettled_ways_back(MANY).await?.len()),
            (What::Step, store.due_deployments(now, MANY).await?.len()),
            (What::Look, store.due_approvals(now, MANY).await?.len()),
        ];
        Ok(found.into_iter().filter(|(_, count)| *count > 0).map(|(what, _)| what).collect())
    }

    /// One look of one server. `leads`: it may be the one that moves them.
    pub async fn tick(&mut self, n: usize, leads: bool) -> Found {
        let now = self.servers[n].app.clock.now();
        let due = self.what_is_due(now.micros()).await?;
        // Whose commit comes first. Most looks at a way back find that servers have yet to say that they have it.
        let what = match due.as_slice() {
            [What::Settling] => Some((What::Settling, 60)),
            [What::Step, ..] => Some((What::Step, 35)),
            [What::Look] => Some((What::Look, 25)),
            _ => None,
        };
        let place = what.filter(|(_, percent)| leads && self.chance(*percent)).map(|(what, _)| what);
        let place = place.map(|what| (what, if self.rng.bool() { BEFORE } else { AFTER }));
        let before = self.book.head;
        if let Some((_, place)) = place {
            fault::fall_at(place);
        }
        let actor = if leads || !self.is(Mutant::SkipFence) { n } else { self.faults.leader.unwrap_or(n) };
        let app = std::sync::Arc::clone(&self.servers[actor].app);
        let mut done = AssertUnwindSafe(jobs::rollouts(&app, now)).catch_unwind().await;
        if self.is(Mutant::TwoSteps) {
            let later = jobs::rollouts(&app, now.plus_seconds(86_400));
            done = AssertUnwindSafe(later).catch_unwind().await;
        }
        let fell = place.is_some() && fault::has_fallen();
        match done {
            Ok(done) => done?,
            Err(_) if fell => {}
            Err(_) => bail!("a job panicked"),
        }
        drop(app);
        if let Some((what, place)) = place.filter(|_| fell) {
            self.coverage.met(cells::crash(what, place));
            self.restart(n).await?;
        }
        self.look(&Cause::Clock { leads }).await?;
        if let Some((_, place)) = place.filter(|_| fell) {
            ensure!(place == BEFORE || self.book.head > before, "what was committed is not there");
        }
        self.note_leader(n, before).await
    }
}
