//! The system's clock is set back by an hour, and forward by one: what callers see.

use promptory_core::time::Timestamp;
use promptory_server::{clock::Clock, jobs};
use serde_json::json;

use crate::server::story;

const HOUR: i64 = 3600;

fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

both!(times_of_a_project_never_decrease_and_history_stays_in_order, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "text 0").await.good();
    let mut last = app.clock.now();
    for (n, step) in [-HOUR, HOUR, HOUR, -2 * HOUR, 1].into_iter().enumerate() {
        app.clock.advance_seconds(step);
        let version = author.reword("p", &format!("text {}", n + 1)).await.good();
        let live = operator.activate("p", "latest", "production").await.good();
        let (made, begun) = (time(&version.field("/created_at")), time(&live.field("/created_at")));
        // Milliseconds are shown, microseconds are kept.
        assert!(made.plus_micros(1000) > last && begun >= made, "{step}: {last:?} {made:?} {begun:?}");
        last = begun;
        assert_eq!(operator.active("p").await.good().field("/content"), format!("text {}", n + 1));
    }
    let order: Vec<String> = operator.get("/deployments").await.good().items("version");
    assert_eq!(order, ["1.0.5", "1.0.4", "1.0.3", "1.0.2", "1.0.1"], "the most recent first");
    let audit = app.admin().get("/audit?limit=200").await.good();
    let times = audit.items("at");
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "{times:?}");
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
    // Every moment has an answer, and it is the one that was live.
    let at = |at: Timestamp| format!("/prompts/p/active?at={}", at.to_rfc3339());
    assert_eq!(operator.get(&at(last.plus_seconds(1))).await.good().field("/version"), "1.0.5");
});

both!(a_key_expires_by_the_servers_clock, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let ends = app.clock.now().plus_seconds(HOUR / 2).to_rfc3339();
    let made = app.admin().post("/keys", json!({"name": "k", "scopes": ["read"], "expires_at": ends})).await;
    let person = app.person(&made.good().field("/key"));
    person.active("p").await.good();
    app.clock.advance_seconds(HOUR);
    person.active("p").await.is(401);
    person.get("/prompts").await.is(401);
    // Back: it lives again until its time comes; nobody has revoked it.
    app.clock.advance_seconds(-HOUR);
    person.active("p").await.good();
    app.clock.advance_seconds(HOUR / 2);
    person.active("p").await.is(401);
});

both!(a_repeat_is_known_after_either_step, async |db| {
    let (app, _, author, _) = story(db).await;
    let once = |n: usize| author.with("idempotency-key", &format!("key-{n}"));
    for (n, step) in [-HOUR, HOUR, HOUR].into_iter().enumerate() {
        let first = once(n).publish(&format!("p{n}"), "one").await.is(201);
        app.clock.advance_seconds(step);
        jobs::sweep(&app.app, app.clock.now()).await.expect("swept");
        let again = once(n).publish(&format!("p{n}"), "one").await.is(201);
        assert_eq!((again.body, again.headers.get("idempotency-replayed").is_some()), (first.body, true));
    }
    // After a day it is a new request, however the clock went meanwhile.
    app.clock.advance_seconds(24 * HOUR);
    once(0).publish("p0", "one").await.is(409).refused("name_taken");
});

both!(uses_are_counted_and_their_last_time_does_not_go_back, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let mut last = None;
    for (n, step) in [0, -HOUR, HOUR, HOUR].into_iter().enumerate() {
        app.clock.advance_seconds(step);
        author.active("p").await.good();
        jobs::flush_uses(&app.app, app.clock.now()).await.expect("written");
        let uses = author.get("/prompts/p/uses").await.good().json()["items"][0].clone();
        assert_eq!(uses["uses"], json!(n + 1));
        let now = time(uses["last_at"].as_str().expect("a time"));
        assert!(last.is_none_or(|last| last <= now), "{uses}");
        last = Some(now);
    }
});

both!(changes_are_kept_for_clients_and_readiness_tells_the_truth, async |db| {
    let (app, anon, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let feed = async || anon.get("/readyz").await.is(200).field("/feed");
    let before = app.revision();
    operator.activate("p", "1", "production").await.good();
    for step in [-HOUR, 2 * HOUR] {
        app.clock.advance_seconds(step);
        jobs::sweep(&app.app, app.clock.now()).await.expect("swept");
        let kept = app.app.store.changes(&app.project().id, before, i64::MAX).await.expect("read");
        assert!(!kept.is_empty(), "seven days are more than an hour");
        // It looked at a time that this clock does not know, or long ago: only a new look makes it good.
        assert_eq!(feed().await, "behind");
        app.app.feed.poll(app.clock.now()).await.expect("polled");
        assert_eq!(feed().await, "ok");
    }
    if db.is_postgres() {
        // A server whose clock is ahead forgets the others for a moment; each tells of itself every ten seconds.
        jobs::report(&app.app, app.clock.now()).await.expect("written");
    }
});
