//! PostgreSQL stops, crashes, comes back as it was or as it was before, and cuts connections: what callers see.

use promptory_server::{clock::Clock, jobs};
use serde_json::json;

use crate::{
    calls::{calls, outcome, total},
    db::Db,
    instance::Instance,
    server::{Person, SOON, Server},
    stream::Events,
};

/// A server on an instance of its own, with something live.
async fn on(instance: &Instance, db: &Db) -> (Server, Person) {
    let mut config = db.config();
    config.database_url = Some(instance.url());
    let app = Server::start_with(db, &config).await;
    let admin = app.admin();
    (app, admin)
}

async fn serves(admin: &Person, version: &str) {
    assert_eq!(admin.active("p").await.good().field("/version"), version);
    assert_eq!(
        admin.resolve("p", json!({"variables": {"name": "Ada"}})).await.good().field("/version"),
        version
    );
}

async fn refuses_changes(admin: &Person) {
    for answer in [
        admin.reword("p", "more {{ name }}").await,
        admin.activate("p", "1", "production").await,
        admin.get("/prompts/p/versions").await,
    ] {
        let refused = answer.is(503).refused("unavailable");
        assert!(refused.header("retry-after").is_some());
    }
    readiness(&admin.server, "failing").await;
}

async fn readiness(server: &Server, write: &str) {
    // The database is asked once a second at most.
    *server.app.last_ping.lock().await = None;
    let ready = server.anon().get("/readyz").await.is(200).json();
    assert_eq!((&ready["serve"], &ready["write"]), (&json!("ok"), &json!(write)), "{ready}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_or_crashed_postgres_costs_changes_and_no_restart() {
    let (db, instance) = (Db::sqlite(), Instance::start().await);
    let ((one, admin), (two, other)) = (on(&instance, &db).await, on(&instance, &db).await);
    admin.publish("p", "Hi {{ name }}").await.good();
    admin.activate("p", "1", "production").await.good();
    two.project().reached(one.revision()).await;
    let mut events = Events::open(&other, "production", None).await;
    events.named("hello").await;
    for (round, how) in [Instance::stop, Instance::crash].into_iter().enumerate() {
        let live = format!("1.0.{round}");
        how(&instance);
        for admin in [&admin, &other] {
            serves(admin, &live).await;
            refuses_changes(admin).await;
        }
        instance.begin();
        // The first change after it is there is carried out, and reaches the other server and its streams.
        admin.reword("p", &format!("round {round} {{{{ name }}}}")).await.is(201);
        admin.activate("p", "latest", "production").await.is(201);
        let change = events.named("change").await;
        assert_eq!(change.data["version"], json!(format!("1.0.{}", round + 1)), "the stream stayed open");
        serves(&other, &format!("1.0.{}", round + 1)).await;
        for server in [&one, &two] {
            readiness(server, "ok").await;
        }
    }
    assert_eq!(admin.get("/audit/verify").await.field("/valid"), "true");
    assert_eq!(admin.get("/prompts/p/versions").await.good().items("version").len(), 3, "and nothing else");
    db.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_stays_where_it_is_while_postgres_is_away_and_then_goes_on() {
    let (db, instance) = (Db::sqlite(), Instance::start().await);
    let ((one, admin), (two, other)) = (on(&instance, &db).await, on(&instance, &db).await);
    admin.publish("p", "one").await.good();
    admin.reword("p", "two").await.good();
    admin.activate("p", "1", "production").await.good();
    let steps = [(30, 0), (60, 3_600), (100, 7_200)];
    let steps = steps.map(|(percentage, after_s)| json!({"percentage": percentage, "after_s": after_s}));
    let body =
        json!({"prompt": "p", "version": "2", "environment": "production", "strategy": {"steps": steps}});
    let path = format!("/deployments/{}", admin.post("/deployments", body).await.good().field("/id"));
    two.project().reached(one.revision()).await;
    for (share, crashes) in [(30, false), (60, true)] {
        let users = admin.users_of("p", "1.0.1").await;
        assert!(users.len().abs_diff(share) < 15, "{share} % are {users:?}");
        if crashes {
            instance.crash();
        } else {
            instance.stop();
        }
        one.clock.advance_seconds(3_601);
        jobs::rollouts(&one.app, one.clock.now()).await.expect_err("the database is away");
        for admin in [&admin, &other] {
            assert_eq!(admin.users_of("p", "1.0.1").await, users);
        }
        instance.begin();
        admin.reword("p", &format!("after {share}")).await.is(201);
        jobs::rollouts(&one.app, one.clock.now()).await.expect("it is back");
        two.project().reached(one.revision()).await;
        assert!(other.users_of("p", "1.0.1").await.is_superset(&users), "nobody lost it");
    }
    let done = admin.get(&path).await.good().json();
    assert_eq!((&done["state"], &done["percentage"]), (&json!("completed"), &json!(100)));
    let events = done["events"].as_array().expect("a list").iter();
    let steps: Vec<_> = events.map(|event| event["percentage"].clone()).collect();
    assert_eq!(steps, [30, 60, 100].map(|n| json!(n)), "each step once");
    db.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_to_an_older_copy_is_noticed_and_told() {
    let (db, instance) = (Db::sqlite(), Instance::start().await);
    let (app, admin) = on(&instance, &db).await;
    admin.publish("p", "Hi {{ name }}").await.good();
    admin.activate("p", "1", "production").await.good();
    assert_eq!(outcome(admin.record(calls(0..10)).await), (10, 0, 0));
    instance.stop();
    instance.copy_data();
    instance.begin();
    admin.counted(10).await;
    assert_eq!(outcome(admin.record(calls(10..20)).await), (10, 0, 0));
    admin.counted(20).await;
    admin.reword("p", "Hello {{ name }}").await.good();
    admin.activate("p", "2", "production").await.good();
    let epoch = app.project().snapshot().epoch.to_string();
    let mut events = Events::open(&admin, "production", None).await;
    events.named("hello").await;

    instance.crash();
    serves(&admin, "1.0.1").await;
    instance.put_copy_back();
    instance.begin();
    let reset = events.named("reset").await;
    assert!(!reset.id.expect("an id").starts_with(&epoch));
    serves(&admin, "1.0.0").await;
    admin.version("p", "2").await.is(404);
    admin.reword("p", "Good day {{ name }}").await.is(201);
    admin.activate("p", "2", "production").await.is(201);
    assert_eq!(events.named("change").await.data["version"], "1.0.1");
    assert_eq!(admin.active("p").await.good().field("/content"), "Good day {{ name }}");
    assert_eq!(admin.get("/audit/verify").await.field("/valid"), "true");
    // Nobody was told that they are lost, but who sends them again is heard, and they are counted once.
    assert_eq!(outcome(admin.record(calls(0..30)).await), (20, 10, 0));
    // What of the first ten was not counted before the copy is counted by whoever finds its recorder still.
    let adopted = async {
        while total(&app).await.count() < 30 {
            app.clock.advance_seconds(16);
        }
    };
    tokio::time::timeout(6 * SOON, adopted).await.expect("it is adopted");
    admin.counted(30).await;
    db.finish().await;
}

on_postgres!(a_cut_connection_for_notifications_is_made_again, async |db| {
    let (one, two) = (Server::start(db).await, Server::start(db).await);
    let admin = one.admin();
    admin.publish("p", "one").await.good();
    admin.reword("p", "two").await.good();
    let mut events = Events::open(&two.admin(), "production", None).await;
    events.named("hello").await;
    let mut raw = db.raw().await;
    for round in 0..4 {
        assert_eq!(raw.listeners(2).await, 2, "each server has one");
        assert_eq!(raw.cut_listeners().await, 2);
        let version = if round % 2 == 0 { "1" } else { "2" };
        admin.activate_again("p", version, "production").await.is(201);
        assert_eq!(
            events.named("change").await.data["change"],
            "live",
            "by the poll or by the new connection"
        );
        let reached = tokio::time::timeout(SOON, two.project().reached(one.revision())).await;
        assert!(reached.is_ok());
    }
});

on_postgres!(a_database_that_became_read_only_refuses_changes_and_serves, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    admin.publish("p", "Hi {{ name }}").await.good();
    admin.activate("p", "1", "production").await.good();
    let mut raw = db.raw().await;
    raw.read_only(db.name(), true).await;
    serves(&admin, "1.0.0").await;
    let refused = admin.reword("p", "more {{ name }}").await.is(503).refused("unavailable");
    assert!(refused.header("retry-after").is_some());
    readiness(&app, "failing").await;
    admin.get("/prompts/p/versions").await.good();
    raw.read_only(db.name(), false).await;
    admin.reword("p", "more {{ name }}").await.is(201);
    readiness(&app, "ok").await;
});
