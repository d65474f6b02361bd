//! What callers get from each server, held against the other servers and against the book; and a recount of what was
//! live from the rows.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use anyhow::{Context, ensure};
use http::Method;
use promptory_core::resolve::Asker;
use promptory_server::serving::{Ask, Snapshot, resolve};

use super::{
    ENVIRONMENT, PROMPTS, World,
    book::Book,
    check,
    mutant::Mutant,
    server::{Key, Way},
};
use crate::check::Found;

/// Callers who name themselves.
const CALLERS: u32 = 24;
/// States of the past that are looked at in one recount.
const PAST: usize = 3;

/// What one caller gets: the build and who brought it, or why there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Got {
    Build { build_hash: String, deployment: String },
    Nothing(String),
}

/// Of one prompt: who says nothing of themselves, and the callers in their order.
#[derive(Hash)]
struct Told {
    anyone: Got,
    callers: Vec<Got>,
}

impl World {
    /// Every server that has a revision answers everybody as any other one with that revision, and as the book has it.
    pub fn compare(&mut self) -> Found {
        let mut judged = false;
        for n in 0..self.servers.len() {
            if self.servers[n].way == Way::Asleep {
                continue;
            }
            let snapshot = self.servers[n].snapshot()?;
            let revision = snapshot.revision;
            ensure!(revision >= self.revisions[n], "a server went back to revision {revision}");
            self.revisions[n] = revision;
            let epoch = self.book.epoch.get_or_insert_with(|| snapshot.epoch.to_string());
            ensure!(**epoch == *snapshot.epoch, "a server believes that the database was restored");
            let stale = self.kept.as_ref().filter(|_| n == 1 && self.is(Mutant::StaleAnswers));
            let told = told(stale.unwrap_or(&snapshot));
            let mut hasher = DefaultHasher::new();
            told.hash(&mut hasher);
            let digest = hasher.finish();
            let known = self.book.answers.get(&revision).copied();
            ensure!(
                known.is_none_or(|known| known == digest),
                "two servers at revision {revision} answer differently"
            );
            self.book.answers.insert(revision, digest);
            if revision < self.book.head {
                if known.is_some() {
                    self.coverage.met("a server that is behind answers as it was");
                }
            } else if !judged {
                ensure!(revision == self.book.head, "a server is ahead of the database");
                judged = true;
                for (prompt, told) in PROMPTS.into_iter().zip(&told) {
                    judge(&mut self.book, prompt, told).context(prompt)?;
                }
            }
        }
        Ok(())
    }

    /// Of what became live when: kept for the recount.
    pub fn remember(&mut self, at: i64) {
        let live = self.book.live.iter().filter(|(prompt, _)| !self.book.archived.contains(*prompt));
        let mut live: Vec<_> = live.map(|(prompt, id)| (prompt.clone(), id.clone())).collect();
        live.sort();
        if self.history.last().is_none_or(|(_, last)| *last != live) {
            self.history.push((at, live));
        }
    }

    /// What the rows say is live, and was, is what the book says; and, if that is asked for, the audit log is whole.
    pub async fn recount(&mut self, audit: bool) -> Found {
        let project = self.servers[0].project()?.id.clone();
        let store = self.store()?;
        let mut times = vec![(i64::MAX, self.history.last().cloned())];
        for _ in 0..PAST.min(self.history.len()) {
            let one = self.history[self.rng.usize(0..self.history.len())].clone();
            times.push((one.0, Some(one)));
        }
        for (at, expected) in times {
            let mut reader = store.read().await?;
            let rows = reader.project(&project).environment_at(ENVIRONMENT, at, "", 100).await?;
            let mut rows: Vec<_> = rows.into_iter().map(|row| (row.prompt, row.deployment_id)).collect();
            rows.sort();
            let expected = expected.map(|(_, live)| live).unwrap_or_default();
            ensure!(rows == expected, "live at {at} was {rows:?}, and should have been {expected:?}");
        }
        if audit { self.audit().await } else { Ok(()) }
    }

    /// Each commit has one entry and one revision, and the chain of entries is whole.
    async fn audit(&mut self) -> Found {
        let server = self.servers.iter().find(|server| server.way == Way::Up).context("no server runs")?;
        let told = server.ask(&Key::Administrator, Method::GET, "/audit/verify", None).await?;
        ensure!(told.body["valid"] == true, "the audit log is broken: {told:?}");
        let ahead = told.body["entries"].as_i64().unwrap_or(0) - self.book.head;
        let known = *self.book.ahead.get_or_insert(ahead);
        ensure!(known == ahead, "changes and audit entries differ by {ahead}, and did by {known}");
        Ok(())
    }
}

fn told(snapshot: &Snapshot) -> Vec<Told> {
    let get = |prompt: &str, asker: Asker<'_>| match resolve(
        snapshot,
        &Ask { prompt, environment: ENVIRONMENT, version: None, asker },
    ) {
        Ok(choice) => Got::Build {
            build_hash: choice.build.build_hash().to_owned(),
            deployment: choice.build.deployment_id.as_deref().unwrap_or_default().to_owned(),
        },
        Err(miss) => Got::Nothing(format!("{miss:?}")),
    };
    let caller = |prompt: &str, n: u32| {
        let key = format!("user-{n}");
        get(prompt, Asker::Unit { key: Some(&key), pin: None, random: &|| 0 })
    };
    let of = |prompt: &str| Told {
        anyone: get(prompt, Asker::Anyone),
        callers: (0..CALLERS).map(|n| caller(prompt, n)).collect(),
    };
    PROMPTS.into_iter().map(of).collect()
}

/// Whether callers get what the book says: one live build, and beside it at most one for a share of them.
fn judge(book: &mut Book, prompt: &str, told: &Told) -> Found {
    let live = book.live_row(prompt).filter(|_| !book.archived.contains(prompt));
    let Some(live) = live else {
        let nothing = |got: &Got| matches!(got, Got::Nothing(_));
        ensure!(
            nothing(&told.anyone) && told.callers.iter().all(nothing),
            "it is served though nothing is live"
        );
        return Ok(());
    };
    let of = |row: &promptory_store::DeploymentRow| Got::Build {
        build_hash: row.build_hash.clone(),
        deployment: row.id.clone(),
    };
    let live = of(live);
    ensure!(told.anyone == live, "live is {:?}, and {live:?} should be", told.anyone);
    let rolled_out = book.under_way(prompt).map(|one| (one.row.id.clone(), of(&one.row))).next();
    let mut got = BTreeSet::new();
    for (n, one) in (0..CALLERS).zip(&told.callers) {
        if rolled_out.as_ref().is_some_and(|(_, candidate)| candidate == one) {
            got.insert(n);
        } else {
            ensure!(*one == live, "somebody gets {one:?}, which is neither live nor rolled out");
        }
    }
    let Some(one) = rolled_out.and_then(|(id, _)| book.deployments.get_mut(&id)) else { return Ok(()) };
    check::keeps_its_own(&one.got, one.row.share_ppm, &got)?;
    one.got = Some((one.row.share_ppm, got));
    Ok(())
}
