//! Under a running server the database becomes an older one: restored, or failed over to a copy that was behind.

use promptory_server::clock::Clock;
use promptory_store::NewAudit;
use serde_json::json;

use crate::{
    db::Db,
    raw::Raw,
    server::{Person, SOON, Server, story},
    stream::Events,
};

const OTHER_EPOCH: &str = "0123456789abcdef";

struct Lost {
    app: Server,
    author: Person,
    operator: Person,
    /// Made after the copy was.
    late: Person,
    events: Events,
    epoch: String,
    raw: Raw,
}

/// Version 1 is live when the copy is made; then version 2, a prompt and a key come.
async fn changes_after_a_copy(db: &Db) -> Lost {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let mut raw = db.raw().await;
    raw.keep().await;
    author.reword("p", "two").await.good();
    author.resolve("p", json!({"version": "2"})).await.good();
    operator.activate("p", "2", "production").await.good();
    author.publish("q", "q").await.good();
    let late = app.with_scopes(&["read"]).await;
    late.active("p").await.good();
    let mut events = Events::open(&operator, "production", None).await;
    events.named("hello").await;
    let epoch = app.project().snapshot().epoch.to_string();
    Lost { app, author, operator, late, events, epoch, raw }
}

impl Lost {
    /// What callers see when the server has noticed.
    async fn is_noticed(&mut self) {
        let reset = self.events.named("reset").await;
        let id = reset.id.expect("an id");
        assert!(!id.starts_with(&self.epoch), "{id}: clients know by the epoch that what they have is void");
        let (author, operator) = (&self.author, &self.operator);
        let active = operator.active("p").await.good();
        assert_eq!((active.field("/version"), active.field("/content")), ("1.0.0".into(), "one".into()));
        author.prompt("q").await.is(404);
        author.resolve("p", json!({"version": "2"})).await.is(404);
        self.late.active("p").await.is(401);
        let old = format!("{}:1", self.epoch);
        operator.with("promptory-min-revision", &old).active("p").await.is(503).refused("behind");
        // The number comes again, with other bytes: what was cached of the lost one is not served.
        author.reword("p", "another two").await.good();
        let pinned = author.resolve("p", json!({"version": "2"})).await.good();
        assert_eq!(pinned.field("/content"), "another two");
        operator.activate("p", "2", "production").await.good();
        assert_eq!(self.events.named("change").await.data["version"], "1.0.1", "and the stream goes on");
        assert_eq!(operator.active("p").await.good().field("/content"), "another two");
        assert_eq!(self.app.admin().get("/audit/verify").await.field("/valid"), "true");
    }

    async fn poll(&self) {
        self.app.app.feed.poll(self.app.clock.now()).await.expect("polled");
        // A second time for the projects whose epoch changed in the first one.
        self.app.app.feed.poll(self.app.clock.now()).await.expect("polled");
    }
}

both!(a_database_with_another_epoch_is_loaded_anew, async |db| {
    let mut lost = changes_after_a_copy(db).await;
    lost.app.admin().post("/projects", json!({"name": "late"})).await.good();
    let late = lost.app.admin().with("x-project", "late");
    let made = late.post("/keys", json!({"name": "k", "scopes": ["read"]})).await.good();
    lost.app.person(&made.field("/key")).publish("p", "denied").await.is(403);
    lost.operator.publish("p", "denied").await.is(403);
    lost.raw.go_back(Some(OTHER_EPOCH)).await;
    lost.poll().await;
    assert_eq!(*lost.app.project().snapshot().epoch, *OTHER_EPOCH);
    lost.is_noticed().await;
    let elsewhere = lost.app.admin().with("x-project", "late").get("/whoami").await;
    assert!(
        (400..500).contains(&elsewhere.status),
        "the project is not there any more: {}",
        elsewhere.status
    );
    // What was denied there has no log any more, and keeps nothing else out of the others.
    lost.app.app.denials.flush(&lost.app.app.store, lost.app.clock.now()).await.expect("written");
    let denied = lost.app.admin().get("/audit?action=denied").await.good();
    assert!(!denied.items("actor").is_empty());
});

both!(a_database_that_went_back_gets_a_new_epoch, async |db| {
    let mut lost = changes_after_a_copy(db).await;
    lost.raw.go_back(None).await;
    lost.poll().await;
    lost.is_noticed().await;
});

both!(it_is_noticed_even_when_others_went_on_from_there, async |db| {
    let mut lost = changes_after_a_copy(db).await;
    let (project, before) = (lost.app.project(), lost.app.revision());
    lost.raw.go_back(None).await;
    lost.app.clock.advance_seconds(1);
    loop {
        // As another server does: by its revision alone the database is ahead.
        let tx = lost.app.app.store.write(&project.id, lost.app.clock.now()).await.expect("begun");
        if tx.commit(NewAudit::default()).await.expect("committed").revision > before {
            break;
        }
    }
    lost.poll().await;
    lost.is_noticed().await;
});

both!(without_a_project_it_is_being_restored_right_now, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let mut raw = db.raw().await;
    raw.keep().await;
    raw.empty().await;
    app.app.feed.poll(app.clock.now()).await.expect("polled");
    assert_eq!(operator.active("p").await.good().field("/version"), "1.0.0", "what was served is served");
    raw.go_back(Some(OTHER_EPOCH)).await;
    app.app.feed.poll(app.clock.now()).await.expect("polled");
    assert_eq!(*app.project().snapshot().epoch, *OTHER_EPOCH);
    operator.active("p").await.good();
});

on_postgres!(of_several_servers_all_notice_and_one_gives_the_epoch, async |db| {
    let mut lost = changes_after_a_copy(db).await;
    let two = Server::start(db).await;
    lost.raw.go_back(None).await;
    tokio::join!(lost.poll(), async {
        two.app.feed.poll(two.clock.now()).await.expect("polled");
        two.app.feed.poll(two.clock.now()).await.expect("polled");
    });
    assert_eq!(lost.app.project().snapshot().epoch, two.project().snapshot().epoch);
    lost.is_noticed().await;
    let reached = tokio::time::timeout(SOON, two.project().reached(lost.app.revision())).await;
    assert!(reached.is_ok(), "and both follow the same history from there");
    assert_eq!(two.admin().active("p").await.good().field("/content"), "another two");
});
