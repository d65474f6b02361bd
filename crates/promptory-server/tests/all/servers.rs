//! Several servers on one PostgreSQL: what one does, the others serve.

use std::sync::Arc;

use promptory_server::{
    clock::Clock,
    ids::SystemIds,
    serving::{Ask, Asker, Feed, Serving, resolve},
};
use serde_json::json;

use crate::server::{Person, SOON, Server, story};

/// Waits until the second server serves what the first has committed.
async fn caught_up(behind: &Server, ahead: &Server) {
    let reached = tokio::time::timeout(SOON, behind.project().reached(ahead.revision())).await;
    assert!(reached.is_ok(), "the second server does not see revision {}", ahead.revision());
}

fn at(server: &Server, person: &Person) -> Person {
    server.person(person.key.as_deref().expect("a key"))
}

on_postgres!(an_activation_is_served_by_the_other, async |db| {
    let (one, _, author, operator) = story(db).await;
    let two = Server::start(db).await;
    assert_eq!(one.project().snapshot().epoch, two.project().snapshot().epoch);
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    for version in ["1", "2", "1"] {
        let live = operator.activate("p", version, "production").await.good();
        caught_up(&two, &one).await;
        let there = at(&two, &operator).active("p").await.good();
        assert_eq!(there.field("/version"), live.field("/version"));
        assert_eq!(there.body, operator.active("p").await.body, "the very same bytes");
        assert_eq!(there.header("etag"), operator.active("p").await.header("etag"));
    }
    operator.poke("/prompts/p/archive").await.good();
    caught_up(&two, &one).await;
    at(&two, &operator).active("p").await.refused("nothing_live");
});

on_postgres!(a_key_is_known_and_forgotten_by_the_other, async |db| {
    let (one, _, author, operator) = story(db).await;
    let two = Server::start(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let created = one.admin().post("/keys", json!({"name": "k", "scopes": ["read"]})).await.good();
    caught_up(&two, &one).await;
    let there = two.person(&created.field("/key"));
    there.active("p").await.good();
    one.admin().delete(&format!("/keys/{}", created.field("/id"))).await.good();
    caught_up(&two, &one).await;
    there.active("p").await.is(401);
    there.get("/prompts").await.is(401);
});

on_postgres!(a_project_is_known_to_the_other, async |db| {
    let (one, _, _, _) = story(db).await;
    let two = Server::start(db).await;
    one.admin().post("/projects", json!({"name": "second"})).await.good();
    two.app.feed.poll(two.clock.now()).await.expect("polled");
    let there = two.admin().with("x-project", "second");
    assert_eq!(there.get("/whoami").await.good().field("/project"), "second");
    there.publish("p", "one").await.is(201);
});

on_postgres!(a_reader_elsewhere_waits_for_what_was_written_here, async |db| {
    let (one, _, author, operator) = story(db).await;
    let two = Server::start(db).await;
    author.publish("p", "one").await.good();
    let there = at(&two, &operator);
    for n in 2..8 {
        author.reword("p", &format!("text {n}")).await.good();
        let live = operator.activate("p", &n.to_string(), "production").await.good();
        let written = live.header("promptory-revision").expect("a revision").to_owned();
        let mut read = there.with("promptory-min-revision", &written).active("p").await;
        if read.status == 503 {
            // On a very slow machine a second is too short: what is never given is a stale answer.
            read.refused("behind");
            caught_up(&two, &one).await;
            read = there.with("promptory-min-revision", &written).active("p").await;
        }
        assert_eq!(read.good().field("/sequence"), n.to_string());
    }
});

on_postgres!(an_idempotency_key_counts_everywhere, async |db| {
    let (_, _, author, _) = story(db).await;
    let two = Server::start(db).await;
    let here = author.with("idempotency-key", "one").publish("p", "text").await.is(201);
    let there = at(&two, &author).with("idempotency-key", "one").publish("p", "text").await.is(201);
    assert_eq!((there.body.clone(), there.header("idempotency-replayed")), (here.body, Some("true")));
});

on_postgres!(both_change_one_prompt, async |db| {
    let (one, _, author, operator) = story(db).await;
    let two = Server::start(db).await;
    author.publish("p", "one").await.good();
    for n in 0..6 {
        let (server, other) = if n % 2 == 0 { (&two, &one) } else { (&one, &two) };
        at(server, &author).reword("p", &format!("text {n}")).await.is(201);
        at(server, &operator).activate("p", "latest", "production").await.is(201);
        let here = at(server, &operator).active("p").await.good();
        assert_eq!(here.field("/content"), format!("text {n}"), "a server reads its own writes");
        caught_up(other, server).await;
        assert_eq!(at(other, &operator).active("p").await.good().body, here.body);
    }
    assert_eq!(two.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(a_feed_that_nobody_wakes_catches_up_by_looking, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    // A server's memory without its jobs: no notification reaches it.
    let serving = Arc::new(Serving::new());
    let feed = Feed::new(app.app.store.clone(), Arc::clone(&serving), Arc::new(SystemIds));
    feed.poll(app.clock.now()).await.expect("loaded");
    let live = || {
        let project = serving.project_named("default").expect("loaded");
        let snapshot = project.snapshot();
        let ask = Ask { prompt: "p", environment: "production", version: None, asker: Asker::Anyone };
        resolve(&snapshot, &ask).map(|choice| choice.build.number.to_string()).ok()
    };
    assert_eq!(live(), None);
    operator.activate("p", "1", "production").await.good();
    assert_eq!(live(), None, "nobody told it");
    feed.poll(app.clock.now()).await.expect("polled");
    assert_eq!(live().as_deref(), Some("1.0.0"));

    let key = app.admin().post("/keys", json!({"name": "k", "scopes": ["read"]})).await.good();
    feed.poll(app.clock.now()).await.expect("polled");
    assert!(serving.keys.find(&key.field("/key")).is_some());
    app.admin().delete(&format!("/keys/{}", key.field("/id"))).await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "2", "production").await.good();
    feed.poll(app.clock.now()).await.expect("polled");
    assert!(serving.keys.find(&key.field("/key")).is_none());
    assert_eq!(live().as_deref(), Some("1.0.1"));
});

both!(a_server_that_slept_too_long_loads_everything_anew, async |db| {
    let (app, _, author, operator) = story(db).await;
    let serving = Arc::new(Serving::new());
    let feed = Feed::new(app.app.store.clone(), Arc::clone(&serving), Arc::new(SystemIds));
    feed.poll(app.clock.now()).await.expect("loaded");
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    app.clock.advance_seconds(8 * 24 * 3600);
    promptory_server::jobs::sweep(&app.app, app.clock.now()).await.expect("swept");
    author.reword("p", "two").await.good();
    feed.poll(app.clock.now()).await.expect("polled");
    let project = serving.project_named("default").expect("loaded");
    assert_eq!(project.snapshot().revision, app.revision());
    let snapshot = project.snapshot();
    let ask = Ask { prompt: "p", environment: "production", version: None, asker: Asker::Anyone };
    assert!(resolve(&snapshot, &ask).is_ok());
    assert!(serving.keys.find(author.key.as_deref().expect("a key")).is_some());
});
