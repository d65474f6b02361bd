//! What statistics say is what is stored, whatever happened; and what was tampered with is found and mended.

use promptory_server::{clock::Clock, jobs};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    calls::{call_with, calls, live, outcome, total, total_when},
    db::Db,
    server::{Person, Server},
};

const HOUR: i64 = 3_600;

/// What may happen to a project that records.
#[derive(Debug, Clone)]
enum Event {
    /// How many, and what they are like.
    Record(usize, u64),
    /// The same as some time before.
    Repeat(usize),
    Score(u64),
    Restart,
    Hours(i64),
    Retention,
    Keep(i64),
    Erase(u64),
    Reword,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1..40_usize, any::<u64>()).prop_map(|(count, like)| Event::Record(count, like)),
        2 => (0..30_usize).prop_map(Event::Repeat),
        4 => any::<u64>().prop_map(Event::Score),
        2 => Just(Event::Restart),
        2 => (1..60_i64).prop_map(Event::Hours),
        1 => Just(Event::Retention),
        1 => (1..9_i64).prop_map(Event::Keep),
        1 => any::<u64>().prop_map(Event::Erase),
        1 => Just(Event::Reword),
    ]
}

struct Life {
    app: Server,
    admin: Person,
    sent: Vec<Value>,
    versions: u64,
    passed: i64,
}

impl Life {
    async fn begin(db: &Db) -> Self {
        let (app, admin) = live(db).await;
        admin.put("/recording", json!({"tags": ["plan"]})).await.good();
        Self { app, admin, sent: Vec::new(), versions: 1, passed: 0 }
    }

    /// One of few values, so that cells are shared.
    fn execution(&self, n: usize, like: u64) -> Value {
        let pick = |of: u64, salt: u64| (like / 7 + salt * 31 + n as u64 * 13) % of;
        let status = ["success", "success", "error", "timeout", "blocked"][pick(5, 1) as usize];
        let started = self.app.clock.now().plus_seconds(-(pick(9, 2) as i64).pow(6)).to_rfc3339();
        let mut fields = json!({
            "status": status, "latency_ms": pick(5_000, 3), "started_at": started,
            "version": format!("{}", 1 + pick(self.versions, 4)), "environment": (["production", "staging"][pick(2, 5) as usize]),
            "key": format!("user {}", pick(4, 6)), "session": format!("chat {}", pick(6, 7)),
            "model": (["gpt-4o", "claude-sonnet-4", "mine"][pick(3, 8) as usize]), "input_tokens": pick(9_000, 9),
            "country": (["DE", "fr", "??"][pick(3, 10) as usize]), "tags": {"plan": format!("{}", pick(3, 11))},
            "purpose": (["live", "live", "test", "eval"][pick(4, 12) as usize]),
        });
        if status != "success" {
            fields["error_message"] = json!(format!("code {} at host {n}", pick(3, 13)));
        }
        if pick(3, 14) == 0 {
            fields["scores"] = json!({"helpful": pick(2, 15) == 0, "tone": "kind"});
        }
        call_with(&format!("{}/{n}", self.sent.len()), fields)
    }

    async fn live(&mut self, db: &Db, event: &Event) {
        match event {
            Event::Record(count, like) => {
                let batch: Vec<Value> = (0..*count).map(|n| self.execution(n, *like)).collect();
                assert_eq!(outcome(self.admin.record(batch.clone()).await), (*count as u64, 0, 0));
                self.sent.push(batch.into());
            }
            Event::Repeat(which) if !self.sent.is_empty() => {
                let again = self.sent[which % self.sent.len()].clone();
                assert_eq!(outcome(self.admin.record(again).await).2, 0);
            }
            Event::Score(which) => {
                let batch = self.sent.get(*which as usize % self.sent.len().max(1));
                let id = batch.map_or_else(
                    || "nobody".to_owned(),
                    |batch| batch[0]["id"].as_str().expect("an id").to_owned(),
                );
                let scores = json!([
                    {"execution_id": id, "name": "helpful", "value": which % 3 == 0},
                    {"session": format!("chat {}", which % 7), "name": "grade", "value": which % 5},
                    {"key": format!("user {}", which % 5), "prompt": "p", "name": "tone", "value": "rude"},
                    {"prompt": "p", "version": "1", "name": "judge", "value": 0.25},
                ]);
                assert_eq!(outcome(self.admin.score(scores).await), (4, 0, 0));
            }
            Event::Restart => {
                db.stop_servers().await;
                self.app = Server::start(db).await;
                self.app.clock.advance_seconds(self.passed);
                self.admin = self.app.admin();
            }
            Event::Hours(hours) => {
                self.passed += hours * HOUR;
                self.app.clock.advance_seconds(hours * HOUR);
            }
            Event::Retention => {
                jobs::retention(&self.app.app, self.app.clock.now()).await.expect("done");
            }
            Event::Keep(days) => {
                let policy = json!({"tags": ["plan"], "retention_days": days});
                self.admin.put("/recording", policy).await.good();
            }
            Event::Erase(user) => {
                let body = json!({"key": format!("user {}", user % 4)});
                self.admin.post("/executions/erase", body).await.good();
            }
            Event::Reword => {
                self.versions += 1;
                let text = format!("{} {{{{ name }}}}", self.versions);
                self.admin.reword("p", &text).await.good();
            }
            Event::Repeat(_) => {}
        }
    }
}

async fn whole_life(db: Db, events: &[Event]) {
    let mut life = Life::begin(&db).await;
    for event in events {
        life.live(&db, event).await;
        life.admin.verified().await;
    }
    // Everything that was counted in memory is written when it stops.
    life.live(&db, &Event::Restart).await;
    let verified = life.admin.verified().await;
    let kept = life.admin.get("/executions/export?purpose=all").await.good();
    let from = verified["from"].as_str().expect("a time").to_owned();
    let rows = kept.text().lines().filter(|line| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        row["started_at"].as_str().expect("a time") >= from.as_str()
    });
    assert_eq!(verified["executions"], rows.count(), "every row that is kept is counted");
    drop(life);
    db.finish().await;
}

fn lives(cases: u32, make: impl AsyncFn() -> Db) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = Config { cases, max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&vec(event(), 10..30), |events| {
        runtime.block_on(async { whole_life(make().await, &events).await });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

mod after_a_life_cells_are_what_rows_are {
    use super::*;

    #[test]
    fn sqlite() {
        lives(6, async || Db::sqlite());
    }

    #[test]
    fn postgres() {
        lives(4, async || Db::postgres().await);
    }
}

both!(it_agrees_at_every_moment_while_clients_record, async |db| {
    let (app, admin) = live(db).await;
    let mut clients = JoinSet::new();
    for client in 0..4 {
        let admin = admin.clone();
        clients.spawn(async move {
            for round in 0..25 {
                let ids: Vec<String> = (0..10).map(|n| format!("{client}/{round}/{n}")).collect();
                assert_eq!(outcome(admin.record(calls(&ids)).await), (10, 0, 0));
                let about = |id: &String| json!({"execution_id": id, "name": "helpful", "value": 1});
                let scores: Vec<Value> = ids.iter().step_by(3).map(about).collect();
                assert_eq!(outcome(admin.score(scores).await), (4, 0, 0));
            }
        });
    }
    let mut looked = 0;
    while !clients.is_empty() {
        tokio::select! {
            done = clients.join_next() => done.expect("one").expect("recorded"),
            _ = admin.verified() => looked += 1,
        }
    }
    assert!(looked > 0);
    total_when(&app, |total| total.count() == 1_000 && crate::calls::said(total, "helpful") == 400).await;
    admin.counted(1_000).await;
});

both!(cells_that_were_tampered_with_are_found_and_mended, async |db| {
    let (app, admin) = live(db).await;
    assert_eq!(outcome(admin.record(calls(0..50)).await), (50, 0, 0));
    let score = json!({"execution_id": "7", "name": "helpful", "value": 1});
    assert_eq!(outcome(admin.score(score).await), (1, 0, 0));
    let whole =
        total_when(&app, |total| total.count() == 50 && crate::calls::said(total, "helpful") == 1).await;
    let verify = async |body: Value| admin.post("/analytics/verify", body).await;
    for how in ["lost", "doubled", "swapped"] {
        assert!(db.raw().await.tamper_with_cells(how).await > 0, "{how}");
        let found = verify(json!({})).await.is(200).json();
        assert_eq!((&found["agrees"], &found["repaired"]), (&json!(false), &json!(false)), "{how}");
        assert!(found["different"].as_u64() > Some(0), "{how}");
        let said = found["differences"][0].as_str().expect("a text");
        assert!(said.contains("executions stored") && said.contains("counted"), "{said}");
        let mended = verify(json!({"repair": true})).await.is(200).json();
        assert_eq!((&mended["agrees"], &mended["repaired"]), (&json!(false), &json!(true)), "{how}");
        admin.verified().await;
        assert_eq!(total(&app).await, whole, "{how}");
    }
    let audit = admin.get("/audit?action=rollups.repair").await.good();
    assert_eq!(audit.items("n").len(), 3);
    // What comes afterwards is added to what was mended.
    assert_eq!(outcome(admin.record(calls(50..60)).await), (10, 0, 0));
    admin.counted(60).await;
    let days =
        verify(json!({"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"})).await.is(200).json();
    assert_eq!((&days["agrees"], &days["days"], &days["executions"]), (&json!(true), &json!(1), &json!(60)));
    verify(json!({"from": "x"})).await.is(422);
    app.with_scopes(&["read", "record"]).await.post("/analytics/verify", json!({})).await.is(403);
});

on_postgres!(cells_are_not_mended_under_another_server, async |db| {
    let (one, admin) = live(db).await;
    let two = Server::start(db).await;
    assert_eq!(outcome(admin.record(calls(0..9)).await), (9, 0, 0));
    assert_eq!(outcome(two.admin().record(calls(5..20)).await), (11, 4, 0), "known, whichever server had it");
    total_when(&one, |total| total.count() == 20).await;
    db.raw().await.tamper_with_cells("doubled").await;
    let refused = admin.post("/analytics/verify", json!({"repair": true})).await.is(409);
    assert!(refused.text().contains("Other servers are recording"), "{refused}");
});
