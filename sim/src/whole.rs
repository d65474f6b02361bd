//! Three servers on one database: the real use cases, the real store, and everything that people, clocks and crashes do
//! to them. After each event what must hold is counted from what the simulation itself has written down.

mod acts;
mod aims;
mod book;
mod cells;
mod check;
mod compare;
mod decisions;
mod faults;
mod jobs;
mod look;
mod mutant;
mod people;
mod place;
mod releases;
mod rules;
mod server;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use anyhow::{Context, ensure};
use fastrand::Rng;
use http::Method;
use promptory_server::{migrated, serving::Snapshot};
use promptory_store::{Store, fault};
use serde_json::{Value, json};

use crate::{
    check::Found,
    coverage::{Coverage, LEAST},
};
use book::{Book, Cause, Deed};
use faults::Faults;
use people::Member;
use place::Place;
use server::{Answer, Dice, Ground, Server, Way};

pub use mutant::Mutant;

const ENVIRONMENT: &str = "production";
const PROMPTS: [&str; 3] = ["greeting", "reply", "summary"];
const SERVERS: usize = 3;
/// 2026-09-21, a Monday.
const BEGIN: i64 = 1_789_981_200_000_000;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Attempts at what people do, on a day.
const ACTS_A_DAY: i64 = 60;
/// In a longer life each transition is met so often.
const LONG_DAYS: i64 = 200;

/// What is simulated.
pub struct Life {
    pub days: i64,
    pub seed: u64,
    /// On which databases may be made; none: SQLite.
    pub postgres: Option<String>,
}

pub struct World {
    rng: Rng,
    mutant: Option<Mutant>,
    ground: Ground,
    servers: Vec<Server>,
    people: Vec<Member>,
    book: Book,
    faults: Faults,
    /// What each server had at the last look.
    revisions: Vec<i64>,
    /// Every change of what is live: when, and which deployment brought what.
    history: Vec<(i64, Vec<(String, String)>)>,
    /// As one server had it at the beginning, for a planted bug.
    kept: Option<Arc<Snapshot>>,
    /// How long approvals were to last, by the last policy that somebody asked for.
    asked_s: Option<i64>,
    texts: u64,
    looked_at: i64,
    pub coverage: Coverage,
    /// Dropped last: the database goes with it.
    place: Place,
}

/// What became of it, and where it was violated.
pub fn live(life: &Life, mutant: Option<Mutant>) -> Found<(World, Found)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut world = World::begin(life, mutant).await?;
        let mut end = Ok(());
        while end.is_ok() && world.time() < BEGIN + life.days * DAY {
            let day = (world.time() - BEGIN) / DAY;
            end = world.next().await.with_context(|| format!("on day {day}"));
        }
        if end.is_ok() {
            end = world.recount(true).await.context("at the end");
        }
        while let Some(server) = world.servers.pop() {
            server.end(&world.ground).await;
        }
        if let Some(store) = world.ground.shared.take() {
            store.close().await;
        }
        Ok((world, end))
    })
}

impl World {
    async fn begin(life: &Life, mutant: Option<Mutant>) -> Found<Self> {
        let place = Place::make(life.postgres.as_deref())?;
        let mut rng = Rng::with_seed(life.seed);
        let dice = Arc::new(Dice(Mutex::new(rng.fork())));
        let config = place.config();
        let shared = if place.is_postgres() { None } else { Some(migrated(&config).await?) };
        let ground = Ground { config, shared, time: Arc::new(AtomicI64::new(BEGIN)), dice };
        let mut servers = Vec::new();
        for _ in 0..SERVERS {
            servers.push(Server::start(&ground, 0).await?);
        }
        let people = people::invite(&servers[0], BEGIN).await?;
        let least = if life.days >= LONG_DAYS { LEAST } else { 1 };
        let mut world = Self {
            rng,
            mutant,
            ground,
            servers,
            people,
            book: Book::default(),
            faults: Faults::default(),
            revisions: vec![0; SERVERS],
            history: Vec::new(),
            kept: None,
            asked_s: None,
            texts: 0,
            looked_at: BEGIN,
            coverage: Coverage::of(cells::wanted(least)),
            place,
        };
        world.publish().await?;
        Ok(world)
    }

    /// The prompts that everything is about, by an editor.
    async fn publish(&mut self) -> Found {
        let author = self.named("ada");
        for prompt in PROMPTS {
            let deed = Deed { who: author, ..Deed::default() };
            let body = json!({"name": prompt, "kind": "text"});
            let made = self.tell(Method::POST, "/prompts", Some(&body), deed).await?;
            ensure!(made.status == 201, "no prompt: {made:?}");
            self.write_version(prompt, author).await?;
        }
        for server in &self.servers {
            server.app.feed.poll(server.app.clock.now()).await?;
        }
        self.kept = Some(self.servers[0].snapshot()?);
        Ok(())
    }

    pub fn place(&self) -> &'static str {
        self.place.name()
    }

    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    /// In microseconds, as no clock is off.
    fn time(&self) -> i64 {
        self.ground.time.load(Ordering::Relaxed)
    }

    fn set_time(&self, micros: i64) {
        self.ground.time.store(micros.max(self.time()), Ordering::Relaxed);
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    fn named(&self, name: &str) -> usize {
        self.people.iter().position(|one| one.name == name).unwrap_or(0)
    }

    fn prompt(&mut self) -> &'static str {
        PROMPTS[self.rng.usize(0..PROMPTS.len())]
    }

    /// A text that nobody has written before.
    fn text(&mut self) -> String {
        self.texts += 1;
        format!("text {}", self.texts)
    }

    fn any_server(&mut self, of: impl Fn(&Server) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..SERVERS).filter(|n| of(&self.servers[*n])).collect();
        (!all.is_empty()).then(|| all[self.rng.usize(0..all.len())])
    }

    /// Of a server that runs.
    fn store(&self) -> Found<Store> {
        let server = self.servers.iter().find(|server| server.way == Way::Up);
        Ok(server.context("no server runs")?.app.store.clone())
    }

    /// Somebody asks one of the servers, which may fall meanwhile; then what became of it is looked at.
    async fn tell(&mut self, method: Method, path: &str, body: Option<&Value>, deed: Deed) -> Found<Answer> {
        let door = self.any_server(|server| server.way == Way::Up).context("no server runs")?;
        let sender = self.sender(&deed);
        let place = self.faults.command.take();
        let before = self.book.head;
        self.signed_in(door, sender).await?;
        if let Some(place) = place {
            fault::fall_at(place);
        }
        let answer = self.servers[door].ask(&self.people[sender].key(), method, path, body).await?;
        let fell = place.is_some() && fault::has_fallen();
        // It falls with the next command that comes so far.
        self.faults.command = place.filter(|_| !fell);
        if let Some(place) = place.filter(|_| fell) {
            self.coverage.met(cells::crash(cells::What::Command, place));
            self.restart(door).await?;
        } else {
            ensure!(answer.status < 500, "a server fails at {path}: {answer:?}");
            self.count_refusal(&answer);
        }
        self.look(&Cause::Person(deed)).await?;
        if let Some(place) = place.filter(|_| fell) {
            let is_there = self.book.head > before;
            ensure!(is_there == (place == cells::AFTER), "a change is {is_there} there that fell at {place}");
        }
        if self.chance(60) {
            self.hear().await?;
        }
        Ok(answer)
    }

    /// Sessions end some time after they were last used.
    async fn signed_in(&mut self, door: usize, who: usize) -> Found {
        if self.time() - self.people[who].since > people::SESSION {
            let now = self.time();
            self.people[who].sign_in(&self.servers[door], now).await?;
        }
        Ok(())
    }

    fn count_refusal(&mut self, answer: &Answer) {
        let met = match answer.code() {
            "deployment_changed" => "a row that has moved is refused",
            "deployment_state" => "a command that is impossible is refused",
            "forbidden" => "somebody without the right is refused",
            "frozen" => "a frozen environment refuses",
            "quarantined" => "a build in quarantine is refused",
            "cannot_decide" => {
                let detail = answer.text("/detail");
                if detail.contains("counts once") {
                    "a second approval of one person is refused"
                } else if detail.contains("wrote") || detail.contains("asked for it") {
                    "an author or requester is refused"
                } else {
                    return;
                }
            }
            _ => return,
        };
        self.coverage.met(met);
    }
}
