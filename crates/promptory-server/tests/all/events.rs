//! What user interfaces follow: what is done in the project, as it is done.

use serde_json::{Value, json};

use crate::{
    db::Db,
    server::{Person, SOON, Server, story},
    stream::{Event, Events},
};

async fn follow(person: &Person) -> Events {
    let mut events = Events::at(person, "/events", None).await;
    events.named("hello").await;
    events
}

/// The changes of the next commit, which is the last of this server.
async fn commit(app: &Server, events: &mut Events) -> Value {
    let event = events.named("commit").await;
    let revision = format!("{}:{}", app.project().snapshot().epoch, app.revision());
    assert_eq!((event.id.as_deref(), &event.data["revision"]), (Some(&*revision), &json!(revision)));
    event.data["changes"].clone()
}

both!(each_commit_is_told_once_with_what_it_changed, async |db| {
    let (app, _, author, operator) = story(db).await;
    let admin = app.admin();
    let mut events = Events::at(&author, "/events", None).await;
    let hello = events.named("hello").await;
    let revision = format!("{}:{}", app.project().snapshot().epoch, app.revision());
    assert_eq!((hello.data, hello.id), (json!({"revision": revision}), Some(revision)));

    author.publish("p", "one secret word").await.good();
    let made = commit(&app, &mut events).await;
    assert_eq!(made, json!([{"kind": "prompt", "prompt": "p"}, {"kind": "version", "prompt": "p"}]));
    author.reword("p", "two").await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "version", "prompt": "p"}]));
    operator.activate("p", "2", "staging").await.good();
    let live = json!([{"kind": "live", "prompt": "p", "environment": "staging"}]);
    assert_eq!(commit(&app, &mut events).await, live);
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "label", "prompt": "p"}]));
    author.put("/prompts/p/samples/usual", json!({"variables": {}})).await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "sample", "prompt": "p"}]));
    let key = admin.post("/keys", json!({"name": "app", "scopes": ["render"]})).await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "key"}]));
    admin.delete(&format!("/keys/{}", key.field("/id"))).await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "key"}]));
    let ada = json!({"email": "ada@example.com", "roles": ["viewer"]});
    let ada = admin.post("/users", ada).await.good().field("/id");
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "member"}]));
    admin.patch(&format!("/users/{ada}"), json!({"roles": ["editor"]})).await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "member"}]));
    admin.put("/environments/staging", json!({"policy": {"rollback": "fix_forward"}})).await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "environment", "environment": "staging"}]));
    author.patch("/prompts/p", json!({"name": "q"})).await.good();
    let renamed = json!([{"kind": "prompt", "prompt": "p"}, {"kind": "prompt", "prompt": "q"}]);
    assert_eq!(commit(&app, &mut events).await, renamed);
    author.publish("gone", "soon").await.good();
    commit(&app, &mut events).await;
    admin.delete("/prompts/gone").await.good();
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "prompt", "prompt": "gone"}]));
    assert!(!format!("{events:?}").contains("secret word"), "no contents");
});

both!(who_comes_back_hears_of_what_was_done_meanwhile, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let mut events = Events::at(&author, "/events", None).await;
    let last = events.named("hello").await.id.expect("an id");
    drop(events);
    operator.activate("p", "1", "staging").await.good();
    author.patch("/prompts/p", json!({"name": "q"})).await.good();
    author.put("/prompts/q/samples/usual", json!({"variables": {}})).await.good();

    let mut events = Events::at(&author, "/events", Some(&last)).await;
    let hello = events.named("hello").await;
    let mut changes = Vec::new();
    let mut told = None;
    for _ in 0..3 {
        let event: Event = events.named("commit").await;
        changes.push(event.data["changes"].clone());
        told = event.id;
    }
    assert_eq!(told, hello.id, "with the last it has all that the server has");
    let live = json!([{"kind": "live", "prompt": "q", "environment": "staging"}]);
    let renamed = json!([{"kind": "prompt", "prompt": "p"}, {"kind": "prompt", "prompt": "q"}]);
    assert_eq!(changes, [live, renamed, json!([{"kind": "sample", "prompt": "q"}])]);
    operator.activate("q", "1", "production").await.good();
    commit(&app, &mut events).await;

    // Of another database, or not kept any more: everything anew.
    app.app.store.sweep_changes(&app.project().id, i64::MAX).await.expect("swept");
    for lost in ["0123456789abcdef:1", &last] {
        let mut events = Events::at(&author, "/events", Some(lost)).await;
        events.named("hello").await;
        let reset = events.named("reset").await;
        assert_eq!(Some(reset.data["revision"].as_str().expect("text").to_owned()), reset.id);
    }
    author.with("last-event-id", "x").get("/events").await.is(400).refused("malformed");
});

both!(everything_loaded_anew_is_told, async |db| {
    let app = Server::start(db).await;
    let mut events = follow(&app.admin()).await;
    app.admin().poke("/servers/reload").await.good();
    events.named("reset").await;
    app.admin().publish("p", "one").await.good();
    commit(&app, &mut events).await;
});

both!(only_who_may_read_the_project_hears_of_it, async |db| {
    let (app, anon, author, _) = story(db).await;
    let admin = app.admin();
    anon.get("/events").await.is(401).refused("unauthenticated");
    app.with_scopes(&["render", "write"]).await.get("/events").await.is(403).refused("forbidden");
    let bound = json!({"name": "bound", "scopes": ["read"], "environment": "staging"});
    let bound = admin.post("/keys", bound).await.good().field("/key");
    app.person(&bound).get("/events").await.is(403).refused("wrong_environment");

    // A revoked key hears nothing more; others do not hear of another project.
    let made = admin.post("/keys", json!({"name": "reader", "scopes": ["read"]})).await.good();
    let mut revoked = follow(&app.person(&made.field("/key"))).await;
    let mut events = follow(&author).await;
    admin.post("/projects", json!({"name": "other"})).await.good();
    let elsewhere = admin.with("x-project", "other");
    let mut theirs = follow(&elsewhere).await;
    elsewhere.publish("hidden", "one").await.good();
    admin.delete(&format!("/keys/{}", made.field("/id"))).await.good();
    assert_eq!(revoked.next().await, None, "it ends at once");
    assert_eq!(commit(&app, &mut events).await, json!([{"kind": "key"}]));
    let heard = theirs.named("commit").await.data["changes"].clone();
    assert_eq!(heard[0], json!({"kind": "prompt", "prompt": "hidden"}));
});

both!(a_session_follows_as_long_as_it_may_read, async |db| {
    let (app, _, author, _) = story(db).await;
    let (id, eva) = app.member("eva@example.com", &["viewer"]).await;
    let mut events = follow(&eva).await;
    author.publish("p", "one").await.good();
    commit(&app, &mut events).await;
    let mut others = follow(&author).await;
    app.admin().delete(&format!("/users/{id}")).await.is(204);
    assert_eq!(commit(&app, &mut others).await, json!([{"kind": "member"}]));
    // Streams look again when keys change, and every few seconds.
    app.with_scopes(&["read"]).await;
    while let Some(event) = events.next().await {
        assert_eq!(event.name, "commit", "nothing but what was done before it looked");
    }
    eva.get("/events").await.is(401);
});

both!(a_user_interface_that_is_too_slow_starts_anew, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let ctx = app.ctx(author.key.as_deref().expect("a key"));
    let stream = promptory_server::app::stream::commits::open(ctx, None, None).await.expect("opened");
    let (hello, stream) = stream.next().await.expect("a message");
    assert_eq!(hello.event, Some("hello"));
    // Nobody reads while more happens than is kept for a stream.
    for _ in 0..=promptory_server::serving::EVENTS {
        author.put("/prompts/p/samples/usual", json!({"variables": {}})).await.good();
    }
    let (message, stream) = stream.next().await.expect("a message");
    assert_eq!(message.event, Some("reset"));
    let revision = format!("{}:{}", app.project().snapshot().epoch, app.revision());
    assert_eq!(message.id, Some(revision));
    // What was told by it is not told again.
    operator.activate("p", "1", "staging").await.good();
    let (message, _) = stream.next().await.expect("a message");
    let revision = format!("{}:{}", app.project().snapshot().epoch, app.revision());
    assert_eq!((message.event, message.id), (Some("commit"), Some(revision)));
});

async fn another_server_tells_as_well(db: &Db) {
    let one = Server::start(db).await;
    let two = Server::start(db).await;
    let mut events = follow(&two.admin()).await;
    one.admin().publish("p", "one").await.good();
    let told = tokio::time::timeout(SOON, events.named("commit")).await.expect("within seconds");
    assert_eq!(told.data["changes"][0], json!({"kind": "prompt", "prompt": "p"}));
}

on_postgres!(what_one_server_does_the_other_tells, another_server_tells_as_well);
