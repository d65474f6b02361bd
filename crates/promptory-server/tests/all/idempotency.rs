//! `Idempotency-Key`: a repeat gets the first answer.

use promptory_server::{clock::Clock, jobs};
use serde_json::json;

use crate::server::{Server, story};

both!(a_repeat_gets_the_first_answer, async |db| {
    let (app, _, author, operator) = story(db).await;
    let once = author.with("idempotency-key", "one");
    let first = once.publish("p", "text").await.is(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let revision = app.revision();
    let again = once.publish("p", "text").await.is(201);
    assert_eq!(
        (again.body.clone(), again.header("idempotency-replayed")),
        (first.body.clone(), Some("true"))
    );
    assert_eq!(again.header("content-type"), Some("application/json"));
    assert_eq!(app.revision(), revision);

    let twice = operator.with("idempotency-key", "one");
    let live = twice.activate("p", "1", "production").await.is(201);
    assert_eq!(twice.activate("p", "1", "production").await.is(201).body, live.body);
    assert_eq!(operator.get("/deployments").await.items("id").len(), 1);
    let patched = once.patch("/prompts/p", json!({"owner": "ada"})).await.is(200);
    assert_eq!(once.patch("/prompts/p", json!({"owner": "ada"})).await.is(200).body, patched.body);
});

both!(another_body_is_a_mistake, async |db| {
    let (_, _, author, _) = story(db).await;
    let once = author.with("idempotency-key", "one");
    once.publish("p", "text").await.is(201);
    once.publish("p", "other").await.is(422).refused("idempotency_mismatch");
    once.publish("q", "text").await.is(422).refused("idempotency_mismatch");
    author.with("idempotency-key", "two").publish("q", "text").await.is(201);
});

both!(other_keys_and_routes_are_independent, async |db| {
    let (app, _, author, _) = story(db).await;
    let other = app.with_scopes(&["write"]).await;
    let draft = json!({"content": "more", "allow_duplicate": true});
    author.publish("p", "text").await.good();
    author.publish("q", "text").await.good();
    let mut sequences = Vec::new();
    for (person, name) in [(&author, "p"), (&author, "q"), (&other, "p"), (&author, "p"), (&other, "p")] {
        let answer = person.with("idempotency-key", "same").revise(name, draft.clone()).await.is(201);
        sequences.push(answer.field("/sequence"));
    }
    assert_eq!(sequences, ["2", "2", "3", "2", "3"]);
});

both!(a_refused_request_is_not_kept, async |db| {
    let (_, _, author, _) = story(db).await;
    let once = author.with("idempotency-key", "one");
    once.reword("p", "text").await.is(404);
    author.publish("p", "one").await.good();
    once.reword("p", "text").await.is(201);
    once.publish("p", "text").await.is(409);
});

both!(it_is_forgotten_after_a_day, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "text").await.good();
    let once = author.with("idempotency-key", "one");
    let draft = json!({"content": "more", "allow_duplicate": true});
    let sequence = async || once.revise("p", draft.clone()).await.is(201).field("/sequence");
    assert_eq!(sequence().await, "2");
    app.clock.advance_seconds(24 * 3600 - 60);
    assert_eq!(sequence().await, "2");
    app.clock.advance_seconds(120);
    assert_eq!(sequence().await, "3");
    assert_eq!(sequence().await, "3");
    jobs::sweep(&app.app, app.clock.now()).await.expect("swept");
    assert_eq!(db.raw().await.kept_answers().await, 1);
    app.clock.advance_seconds(24 * 3600 + 60);
    jobs::sweep(&app.app, app.clock.now()).await.expect("swept");
    assert_eq!(db.raw().await.kept_answers().await, 0);
});

both!(it_outlives_the_server, async |db| {
    let (_, _, author, _) = story(db).await;
    let first = author.with("idempotency-key", "one").publish("p", "text").await.is(201);
    let key = author.key.clone().expect("a key");
    db.stop_servers().await;
    let again = Server::start(db).await.person(&key).with("idempotency-key", "one");
    assert_eq!(again.publish("p", "text").await.is(201).body, first.body);
});

both!(secrets_are_never_replayed, async |db| {
    let (app, _, _, _) = story(db).await;
    let once = app.admin().with("idempotency-key", "one");
    let body = json!({"name": "k", "scopes": ["read"]});
    let (first, second) =
        (once.post("/keys", body.clone()).await.is(201), once.post("/keys", body).await.is(201));
    assert_ne!(first.field("/key"), second.field("/key"));
    assert_eq!(db.raw().await.kept_answers().await, 0);
});

both!(the_same_at_the_same_time_is_done_once, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "text").await.good();
    let mut repeats = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let once = author.with("idempotency-key", "storm");
        repeats.spawn(async move { once.reword("p", "more").await });
    }
    let mut done = 0;
    while let Some(answer) = repeats.join_next().await {
        let answer = answer.expect("answered");
        if answer.status == 201 {
            done += 1;
        } else {
            answer.is(409).refused("in_progress");
        }
    }
    assert!(done >= 1);
    assert_eq!(author.get("/prompts/p/versions").await.items("sequence"), ["2", "1"]);
});

both!(keys_that_cannot_be_used, async |db| {
    let (_, _, author, _) = story(db).await;
    for name in ["k".repeat(257), "é".to_owned()] {
        author.with("idempotency-key", &name).publish("p", "x").await.is(400).refused("malformed");
    }
    author.with("idempotency-key", &"k".repeat(256)).publish("p", "x").await.is(201);
    author.with("idempotency-key", &"k".repeat(999)).get("/prompts").await.good();
});
