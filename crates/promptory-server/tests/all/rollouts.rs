//! Deployments by steps: who gets what while they run, what time and people do to them, and who may move them.

use std::collections::BTreeSet;

use promptory_server::{clock::Clock, jobs};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    server::{Person, Server, encoded, story},
    stream::Events,
};

const HOUR: i64 = 3600;
/// Commits of a project are a microsecond apart at least, so a step begins a little after the clock of the test.
const MOMENT: i64 = 1;

impl Person {
    async fn deploy(&self, prompt: &str, version: &str, strategy: Value) -> Answer {
        self.post("/deployments", deployment(prompt, version, strategy)).await
    }

    async fn order(&self, id: &str, command: &str) -> Answer {
        self.poke(&format!("/deployments/{id}/{command}")).await
    }

    /// The keys of a hundred users who get this version.
    pub(crate) async fn users_of(&self, prompt: &str, version: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for n in 0..100 {
            let key = format!("user-{n}");
            let resolved = self.resolve(prompt, json!({"key": key})).await.good();
            if resolved.field("/version") == version {
                found.insert(key);
            }
        }
        found
    }
}

fn deployment(prompt: &str, version: &str, strategy: Value) -> Value {
    json!({"prompt": prompt, "version": version, "environment": "production", "strategy": strategy})
}

/// Half of all units for an hour, then everybody.
fn halves() -> Value {
    json!({"steps": [{"percentage": 50, "after_s": 0}, {"percentage": 100, "after_s": HOUR}]})
}

/// 1.0.0 is live, 1.0.1 is there.
async fn two_versions(db: &crate::db::Db) -> (Server, Person, Person) {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    (app, author, operator)
}

async fn tick(app: &Server) {
    jobs::rollouts(&app.app, app.clock.now()).await.expect("the database is there");
}

both!(a_canary_reaches_everybody_step_by_step, async |db| {
    let (app, _, operator) = two_versions(db).await;
    let started = operator.deploy("p", "2", json!("canary")).await.is(201);
    let id = started.field("/id");
    assert_eq!((started.field("/state"), started.field("/percentage")), ("running".into(), "5".into()));
    assert_eq!(started.field("/next_at"), "2026-11-20T12:00:00.000Z");
    assert_eq!(started.field("/possible"), r#"["pause","advance","promote","abort"]"#);
    assert_eq!(started.field("/watched"), "[]", "nothing is watched: it advances by time alone");
    let states = |answer: &Answer| {
        let json = answer.json();
        let steps = json["steps"].as_array().expect("steps").clone();
        steps.iter().map(|step| step["state"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states(&started), ["present", "coming", "coming", "coming", "coming"]);
    let mut before = BTreeSet::new();
    for (seconds, percentage) in [(0, "5"), (2 * HOUR, "10"), (2 * HOUR, "25"), (4 * HOUR, "50")] {
        app.clock.advance_seconds(seconds + MOMENT);
        tick(&app).await;
        let active = operator.active("p").await.good();
        assert_eq!(active.field("/version"), "1.0.0", "who has no key gets what is live");
        assert_eq!(active.field("/rollout/percentage"), percentage);
        assert_eq!(
            (active.field("/rollout/version"), active.field("/rollout/deployment_id")),
            ("1.0.1".into(), id.clone())
        );
        let users = operator.users_of("p", "1.0.1").await;
        assert!(users.is_superset(&before), "who has it keeps it");
        before = users;
    }
    assert!((25..75).contains(&before.len()), "{} of a hundred", before.len());
    for key in ["user-0", "user-1", "user-2"] {
        let resolved = operator.resolve("p", json!({"key": key})).await.good();
        assert_eq!(
            (resolved.field("/reason"), resolved.field("/deployment_id")),
            ("rollout".into(), id.clone())
        );
    }
    app.clock.advance_seconds(16 * HOUR + MOMENT);
    tick(&app).await;
    let shown = operator.get(&format!("/deployments/{id}")).await.good();
    assert_eq!((shown.field("/state"), shown.field("/percentage")), ("completed".into(), "100".into()));
    assert_eq!(states(&shown), ["past", "past", "past", "past", "present"]);
    let json = shown.json();
    let kinds: Vec<&str> =
        json["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["created", "advanced", "advanced", "advanced", "advanced"]);
    assert_eq!(json["events"][1]["actor"], Value::Null, "the clock");
    let active = operator.active("p").await.good();
    assert_eq!((active.field("/version"), active.json().get("rollout")), ("1.0.1".into(), None));
    let resolved = operator.resolve("p", json!({"key": "user-0"})).await.good();
    assert_eq!((resolved.field("/version"), resolved.field("/reason")), ("1.0.1".into(), "live".into()));
    let audit = app.admin().get("/audit?action=deployment.advanced").await.good();
    assert_eq!(audit.items("actor"), ["clock"; 4]);
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(who_was_away_does_not_catch_up, async |db| {
    let (app, _, operator) = two_versions(db).await;
    let id = operator.deploy("p", "2", json!("gradual")).await.is(201).field("/id");
    app.clock.advance_seconds(30 * 24 * HOUR);
    for _ in 0..3 {
        tick(&app).await;
        assert_eq!(operator.get(&format!("/deployments/{id}")).await.field("/percentage"), "25");
    }
    let page = app.anon().get("/metrics").await.good();
    for line in
        ["promptory_rollouts{project=\"default\"} 1", "promptory_rollout_steps_total{outcome=\"moved\"} 1"]
    {
        assert!(page.text().lines().any(|found| found == line), "{line}");
    }
    app.clock.advance_seconds(HOUR - 1);
    tick(&app).await;
    assert_eq!(operator.get(&format!("/deployments/{id}")).await.field("/percentage"), "25");
    app.clock.advance_seconds(1 + MOMENT);
    tick(&app).await;
    assert_eq!(operator.get(&format!("/deployments/{id}")).await.field("/percentage"), "50");
});

both!(people_pause_and_go_on, async |db| {
    let (app, _, operator) = two_versions(db).await;
    let id = operator.deploy("p", "2", halves()).await.is(201).field("/id");
    app.clock.advance_seconds(HOUR / 2);
    let paused = operator.post(&format!("/deployments/{id}/pause"), json!({"reason": "lunch"})).await.is(200);
    assert_eq!((paused.field("/state"), paused.field("/cause")), ("paused".into(), "user".into()));
    assert_eq!((paused.field("/next_at"), paused.field("/events/1/reason")), ("null".into(), "lunch".into()));
    assert_eq!(operator.order(&id, "pause").await.is(200).json()["number"], 2, "it is so already");
    app.clock.advance_seconds(10 * HOUR);
    tick(&app).await;
    assert_eq!(operator.active("p").await.field("/rollout/percentage"), "50", "the share stays");
    let refused = operator.order(&id, "advance").await.is(409).refused("deployment_state");
    assert_eq!(
        refused.json()["deployment"],
        json!({"id": id, "state": "paused", "number": 2, "possible": ["resume", "abort"]})
    );
    let late = json!({"number": 1});
    let refused =
        operator.post(&format!("/deployments/{id}/resume"), late).await.is(409).refused("deployment_changed");
    assert_eq!(refused.field("/deployment/number"), "2");
    let resumed = operator.post(&format!("/deployments/{id}/resume"), json!({"number": 2})).await.is(200);
    assert_eq!(resumed.field("/next_at"), "2026-11-20T21:00:00.000Z", "half an hour is left");
    let kept = operator.with("idempotency-key", "k1");
    let advanced = kept.order(&id, "advance").await.is(200);
    assert_eq!((advanced.field("/state"), advanced.field("/percentage")), ("completed".into(), "100".into()));
    assert_eq!(
        kept.order(&id, "advance").await.is(200).body,
        advanced.body,
        "a repeat gets the first answer"
    );
    operator.order(&id, "abort").await.is(409).refused("deployment_state");
    assert_eq!(operator.active("p").await.field("/version"), "1.0.1");
});

both!(what_is_aborted_was_never_live, async |db| {
    let (app, author, operator) = two_versions(db).await;
    let before = operator.active("p").await.good();
    let id = operator.deploy("p", "2", halves()).await.is(201).field("/id");
    assert_eq!(operator.version("p", "2").await.field("/live_in"), "[]");
    operator.mark("p", "2", "archive").await.is(403);
    author.mark("p", "2", "archive").await.is(409).refused("rollout_running");
    app.admin().poke("/prompts/p/archive").await.is(409).refused("rollout_running");
    operator.activate("p", "1", "production").await.is(409).refused("rollout_running");
    let aborted = operator.order(&id, "abort").await.is(200);
    assert_eq!((aborted.field("/state"), aborted.field("/cause")), ("aborted".into(), "by_hand".into()));
    let after = operator.active("p").await.good();
    assert!(after.json().get("rollout").is_none());
    assert_eq!(after.field("/content"), before.field("/content"));
    assert_ne!(after.header("etag"), before.header("etag"), "its revision says when it last changed");
    assert!(operator.users_of("p", "1.0.1").await.is_empty());
    author.delete("/prompts/p/versions/2").await.is(409).refused("in_use");
    operator.activate("p", "1", "production").await.is(201);
});

both!(the_next_one_takes_over, async |db| {
    let (_, author, operator) = two_versions(db).await;
    author.reword("p", "three").await.good();
    let first = operator.deploy("p", "2", halves()).await.is(201).field("/id");
    let second = operator.deploy("p", "3", halves()).await.is(201).field("/id");
    let shown = operator.get(&format!("/deployments/{first}")).await.good();
    assert_eq!((shown.field("/state"), shown.field("/cause")), ("superseded".into(), second.clone()));
    assert!(operator.users_of("p", "1.0.1").await.is_empty());
    assert_eq!(operator.active("p").await.field("/rollout/version"), "1.0.2");
    let third = operator.activate("p", "2", "production").await.is(201);
    assert_eq!(operator.get(&format!("/deployments/{second}")).await.field("/cause"), third.field("/id"));
    let active = operator.active("p").await.good();
    assert_eq!((active.field("/version"), active.json().get("rollout")), ("1.0.1".into(), None));
    assert_eq!(operator.get("/deployments?state=superseded").await.good().items("id"), [second, first]);
    operator.get("/deployments?state=lost").await.is(422);
});

both!(one_that_waits_is_started_by_hand, async |db| {
    let (_, author, operator) = two_versions(db).await;
    let mut body = deployment("p", "2", halves());
    body["hold"] = true.into();
    let waiting = operator.post("/deployments", body).await.is(201);
    let id = waiting.field("/id");
    assert_eq!((waiting.field("/state"), waiting.field("/cause")), ("scheduled".into(), "hold".into()));
    assert_eq!(
        (waiting.field("/percentage"), waiting.field("/possible")),
        ("0".into(), r#"["start","abort"]"#.into())
    );
    assert!(operator.active("p").await.json().get("rollout").is_none());
    author.reword("p", "three").await.good();
    operator.activate("p", "3", "production").await.is(201);
    let started = operator.order(&id, "start").await.is(200);
    assert_eq!((started.field("/state"), started.field("/percentage")), ("running".into(), "50".into()));
    assert_eq!((started.field("/from"), started.field("/direction")), ("1.0.2".into(), "forward".into()));
    operator.order(&id, "start").await.is(409).refused("deployment_state");
    assert_eq!(operator.order(&id, "promote").await.is(200).field("/state"), "completed");
    assert_eq!(operator.active("p").await.field("/version"), "1.0.1");
});

both!(each_request_by_itself_where_nobody_is_named, async |db| {
    let (_, _, operator) = two_versions(db).await;
    let mut body = deployment("p", "2", halves());
    body["unit"] = "request".into();
    operator.post("/deployments", body).await.is(201);
    let mut seen = BTreeSet::new();
    for _ in 0..60 {
        seen.insert(operator.resolve("p", json!({"key": "user-1"})).await.good().field("/version"));
    }
    assert_eq!(seen.len(), 2, "one key gets both: {seen:?}");
    let range = operator.resolve("p", json!({"version": "~1.0"})).await.good();
    assert_eq!(range.field("/reason"), "rollout");
    let named = operator.resolve("p", json!({"version": "1.0.1"})).await.good();
    assert_eq!((named.field("/version"), named.field("/reason")), ("1.0.1".into(), "pinned".into()));
    operator.resolve("p", json!({"key": ""})).await.is(422).refused("invalid");
});

both!(explaining_says_where_a_key_falls, async |db| {
    let (_, _, operator) = two_versions(db).await;
    operator.deploy("p", "2", halves()).await.is(201);
    for key in ["user-1", "user-2", "Zo\u{eb}"] {
        let resolved = operator.resolve("p", json!({"key": key})).await.good();
        let path = format!("/prompts/p/explain?key={}", encoded(key));
        let explained = operator.get(&path).await.good();
        assert_eq!(explained.field("/answer/version"), resolved.field("/version"), "{key}");
        assert_eq!(explained.field("/answer/deployment_id"), resolved.field("/deployment_id"));
        let json = explained.json();
        let last = json["steps"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["rule"], &last["outcome"]), (&json!("rollout"), &json!("taken")));
        let ends =
            if resolved.field("/version") == "1.0.1" { "so it gets it." } else { "so it gets what is live." };
        assert!(last["detail"].as_str().unwrap().ends_with(ends), "{last}");
    }
});

both!(a_dry_run_says_what_would_be, async |db| {
    let (app, _, operator) = two_versions(db).await;
    let before = app.revision();
    let mut body = deployment("p", "2", json!("canary"));
    body["dry_run"] = true.into();
    let would = operator.post("/deployments", body).await.is(201);
    assert_eq!((would.field("/dry_run"), would.field("/percentage")), ("true".into(), "5".into()));
    assert_eq!(would.json()["steps"].as_array().map(Vec::len), Some(5));
    assert_eq!(app.revision(), before);
    assert!(operator.active("p").await.json().get("rollout").is_none());
});

both!(what_makes_no_sense_is_refused, async |db| {
    let (_, author, operator) = two_versions(db).await;
    author.publish("q", "nothing of it is live").await.good();
    let step = |percentage: Value, after_s: i64| json!({"percentage": percentage, "after_s": after_s});
    for (strategy, pointer) in [
        (json!("fast"), "/strategy"),
        (json!(5), "/strategy"),
        (json!({"steps": []}), "/strategy/steps"),
        (json!({"steps": [step(json!(50), 0)]}), "/strategy/steps/0/percentage"),
        (json!({"steps": [step(json!(12.345), 0), step(json!(100), 5)]}), "/strategy/steps/0/percentage"),
        (json!({"steps": [step(json!("5"), 0), step(json!(100), 5)]}), "/strategy/steps/0/percentage"),
        (json!({"steps": [step(json!(50), 5), step(json!(100), 9)]}), "/strategy/steps/0/after_s"),
        (json!({"steps": [{"percentage": 50}]}), "/strategy/steps/0/after_s"),
        (json!({"steps": [], "more": 1}), "/strategy"),
    ] {
        let refused = operator.deploy("p", "2", strategy.clone()).await.is(422).refused("invalid");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{strategy}");
    }
    let refused = operator.deploy("q", "1", json!("canary")).await.is(422).refused("invalid");
    assert!(refused.field("/detail").contains("immediate"), "{refused}");
    operator.deploy("p", "1", json!("canary")).await.is(422).refused("invalid");
    operator.deploy("p", "9", json!("canary")).await.is(404);
    author.deploy("p", "2", json!("canary")).await.is(403).refused("forbidden");
    operator.order("nothing", "pause").await.is(404).refused("not_found");
    let bound = json!({"name": "bound", "scopes": ["read", "deploy"], "environment": "staging"});
    let bound = operator.server.admin().post("/keys", bound).await.good().field("/key");
    let bound = operator.server.person(&bound);
    let id = operator.deploy("p", "2", halves()).await.is(201).field("/id");
    bound.order(&id, "abort").await.is(403).refused("wrong_environment");
    operator.put("/environments/production", json!({})).await.is(403);
});

both!(an_older_version_goes_out_by_steps_only_where_the_way_back_is_open, async |db| {
    let (app, _, operator) = two_versions(db).await;
    operator.activate("p", "2", "production").await.good();
    let policy = |rollback: &str| json!({"policy": {"rollback": rollback}});
    app.admin().put("/environments/production", policy("fix_forward")).await.good();
    operator.deploy("p", "1", halves()).await.is(409).refused("fix_forward");
    app.admin().put("/environments/production", policy("allowed")).await.good();
    let back = operator.deploy("p", "1", halves()).await.is(201);
    assert_eq!((back.field("/direction"), back.field("/percentage")), ("back".into(), "50".into()));
    app.clock.advance_seconds(HOUR + MOMENT);
    tick(&app).await;
    assert_eq!(operator.active("p").await.field("/version"), "1.0.0");
    operator.resolve("p", json!({"version": "1.0.1"})).await.good();
    operator.resolve("p", json!({"version": "=1.0.1"})).await.is(404).refused("no_version_in_range");
});

both!(a_stream_tells_of_every_step, async |db| {
    let (_, _, operator) = two_versions(db).await;
    let mut stream = Events::open(&operator, "production", None).await;
    let hello = stream.next().await.expect("an event");
    let id = operator.deploy("p", "2", halves()).await.is(201).field("/id");
    let told = stream.named("change").await;
    assert_eq!((&told.data["change"], &told.data["version"]), (&json!("rollout"), &json!("1.0.1")));
    assert_eq!(told.data["deployment_id"], id.as_str());
    operator.order(&id, "abort").await.is(200);
    let told = stream.named("change").await;
    assert_eq!((&told.data["change"], told.data.get("version")), (&json!("rollout"), None), "it has ended");
    let mut again = Events::open(&operator, "production", hello.data["revision"].as_str()).await;
    assert_eq!(again.next().await.expect("an event").name, "hello");
    for version in [Some("1.0.1"), None] {
        let told = again.named("change").await;
        assert_eq!((told.data["change"].as_str(), told.data["version"].as_str()), (Some("rollout"), version));
    }
});

both!(a_restart_changes_nothing, async |db| {
    let (app, _, operator) = two_versions(db).await;
    let id = operator.deploy("p", "2", halves()).await.is(201).field("/id");
    app.admin().patch("/prompts/p", json!({"name": "renamed"})).await.good();
    let seen = async |person: &Person| {
        let snapshot = person.get("/snapshot?environment=production").await.good().json();
        (person.active("renamed").await.good().body, person.users_of("renamed", "1.0.1").await, snapshot)
    };
    let before = seen(&operator).await;
    let resolved = operator.resolve("renamed", json!({"key": "user-1"})).await.good().field("/revision");
    db.stop_servers().await;
    let app = Server::start(db).await;
    let person = app.admin();
    assert_eq!(seen(&person).await, before);
    let again = person.resolve("renamed", json!({"key": "user-1"})).await.good().field("/revision");
    assert_eq!(again, resolved);
    app.clock.advance_seconds(HOUR + MOMENT);
    tick(&app).await;
    assert_eq!(
        person.get(&format!("/deployments/{id}")).await.field("/state"),
        "completed",
        "it goes on at once"
    );
});

on_postgres!(only_who_holds_the_lease_moves_a_rollout_on, async |db| {
    let (one, _, operator) = two_versions(db).await;
    let two = Server::start(db).await;
    let id = operator.deploy("p", "2", json!("gradual")).await.is(201).field("/id");
    let percentage = async || operator.get(&format!("/deployments/{id}")).await.field("/percentage");
    one.clock.advance_seconds(HOUR + MOMENT);
    tick(&one).await;
    assert_eq!(percentage().await, "25");
    // The first server is paused: its time stands still.
    two.clock.advance_seconds(3 * HOUR);
    tick(&two).await;
    assert_eq!(percentage().await, "25", "it may come back");
    two.clock.advance_seconds(14);
    tick(&two).await;
    assert_eq!(percentage().await, "25");
    two.clock.advance_seconds(1);
    tick(&two).await;
    assert_eq!(percentage().await, "50", "it was gone for 15 s");
    // It wakes up.
    one.clock.advance_seconds(24 * HOUR);
    tick(&one).await;
    assert_eq!(percentage().await, "50", "its lease is lost");
    one.app.feed.poll(one.clock.now()).await.expect("readable");
    let key = json!({"key": "user-7"});
    let answers = [one.admin().resolve("p", key.clone()).await, two.admin().resolve("p", key).await];
    assert_eq!(answers[0].field("/version"), answers[1].field("/version"), "the same on every server");
});
