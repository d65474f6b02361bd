//! A way back has come to its end when every server says that it serves the target.

use promptory_server::{clock::Clock, jobs};
use serde_json::Value;

use crate::{
    answer::Answer,
    rollbacks::{halves, lived},
    server::{Person, SOON, Server},
};

/// Longer than a way back waits for servers.
const WAIT: i64 = 31;

async fn tick(app: &Server) {
    jobs::rollouts(&app.app, app.clock.now()).await.expect("the database is there");
}

async fn report(app: &Server) {
    jobs::report(&app.app, app.clock.now()).await.expect("the database is there");
}

/// As another server would, which runs at the same time as this one.
async fn say(app: &Server, server: &str, revision: i64) {
    let applied = [(app.project().id.to_string(), revision)];
    app.app.store.report_node(server, &applied, app.clock.now().micros(), 0).await.expect("written");
}

async fn shown(person: &Person, back: &Answer) -> Value {
    person.get(&format!("/rollbacks/{}", back.field("/id"))).await.good().json()
}

async fn settled(app: &Server) -> u64 {
    let page = app.anon().get("/metrics").await.good();
    let line =
        page.text().lines().find_map(|line| line.strip_prefix("promptory_rollback_effect_seconds_count "));
    line.expect("the metric").parse().expect("a number")
}

both!(a_server_that_lags_is_waited_for, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    let id = operator.deploys("p", "2", halves()).await.is(201).field("/id");
    say(&app, "other", app.revision()).await;
    let back = operator.roll_back("p").await.is(201);
    assert_eq!((back.field("/state"), back.field("/time_to_effect_ms")), ("settling".into(), "null".into()));
    app.clock.advance_seconds(2);
    tick(&app).await;
    assert_eq!(shown(&operator, &back).await["state"], "settling", "the other one has not said so");
    assert_eq!(operator.state_of(&id).await, "rolling_back");
    assert_eq!(operator.active("p").await.field("/version"), "1.0.0", "here it is served no more");
    report(&app).await;
    say(&app, "other", app.revision()).await;
    app.clock.advance_seconds(1);
    tick(&app).await;
    let found = shown(&operator, &back).await;
    assert_eq!((&found["state"], &found["lagging"]), (&Value::from("settled"), &Value::Array(Vec::new())));
    let effect = found["time_to_effect_ms"].as_f64().expect("a time");
    assert!((1_999.0..=2_000.0).contains(&effect), "two seconds after the commit: {effect}");
    assert_eq!(operator.state_of(&id).await, "rolled_back");
    assert_eq!(settled(&app).await, 1);
    let history = operator.get("/prompts/p/history").await.good().items("action");
    assert_eq!(history[..2], ["rollback.settle", "rollback.create"]);
    let events = operator.get(&format!("/deployments/{id}")).await.good().json()["events"].clone();
    let kinds: Vec<&str> =
        events.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["created", "rolling_back", "rolled_back"]);
    tick(&app).await;
    assert_eq!(settled(&app).await, 1, "once");
});

both!(a_server_that_says_nothing_is_named_after_a_while, async |db| {
    let (app, _, operator) = lived(db, &["1", "2"]).await;
    say(&app, "gone long ago", 1).await;
    app.clock.advance_seconds(WAIT);
    let before = app.revision();
    let back = operator.roll_back("p").await.is(201);
    say(&app, "slow", before).await;
    tick(&app).await;
    assert_eq!(shown(&operator, &back).await["state"], "settling");
    app.clock.advance_seconds(WAIT - 2);
    say(&app, "slow", before).await;
    tick(&app).await;
    assert_eq!(shown(&operator, &back).await["state"], "settling");
    app.clock.advance_seconds(2);
    say(&app, "slow", before).await;
    tick(&app).await;
    let found = shown(&operator, &back).await;
    assert_eq!((&found["state"], &found["lagging"]), (&"settled".into(), &serde_json::json!(["slow"])));
    let bad = operator.get(&format!("/deployments/{}", back.field("/from/deployment_id"))).await.good();
    assert_eq!(bad.field("/state"), "rolled_back");
    let json = bad.json();
    let last = json["events"].as_array().unwrap().last().unwrap();
    assert!(last["reason"].as_str().unwrap().contains("slow"), "{last}");
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(what_settles_goes_on_after_a_restart, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    let id = operator.deploys("p", "2", halves()).await.is(201).field("/id");
    say(&app, "other", app.revision()).await;
    let back = operator.roll_back("p").await.is(201);
    db.stop_servers().await;
    let app = Server::start(db).await;
    let person = app.admin();
    assert_eq!(person.active("p").await.field("/version"), "1.0.0");
    assert_eq!(shown(&person, &back).await["state"], "settling");
    let again = person.roll_back_with(serde_json::json!({"deployment_id": id})).await.is(201);
    assert_eq!(again.field("/id"), back.field("/id"));
    app.clock.advance_seconds(120);
    tick(&app).await;
    assert_eq!(shown(&person, &back).await["state"], "settled");
    assert_eq!(person.state_of(&id).await, "rolled_back");
    person.activate("p", "2", "production").await.is(409).refused("quarantined");
});

on_postgres!(two_servers_confirm_by_themselves, async |db| {
    let (one, _, operator) = lived(db, &["1", "2"]).await;
    let two = Server::start(db).await;
    two.clock.advance_seconds(120);
    report(&one).await;
    report(&two).await;
    let back = operator.roll_back("p").await.is(201);
    let reached = tokio::time::timeout(SOON, two.project().reached(one.revision())).await;
    assert!(reached.is_ok(), "the second server hears of it");
    assert_eq!(two.admin().active("p").await.good().field("/version"), "1.0.0");
    let settled = async {
        // Each says so at once, and who holds the lease looks every second.
        while shown(&operator, &back).await["state"] == "settling" {
            tick(&one).await;
        }
    };
    assert!(tokio::time::timeout(SOON, settled).await.is_ok(), "{}", shown(&operator, &back).await);
    assert_eq!(shown(&operator, &back).await["lagging"], serde_json::json!([]));
});
