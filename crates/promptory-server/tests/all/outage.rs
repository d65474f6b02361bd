//! The database goes away while prompts are served, and comes back.

use std::path::{Path, PathBuf};

use serde_json::json;
use tokio::{
    net::{UnixListener, UnixStream},
    task::{JoinHandle, JoinSet},
};

use crate::{
    calls::{calls, outcome, total_when},
    db::{Db, server_url},
    server::{Person, SOON, Server, story},
};

/// Between server and database: can be cut without touching either.
struct Line {
    socket: PathBuf,
    database: PathBuf,
    carrying: Option<JoinHandle<()>>,
}

impl Line {
    /// A socket where PostgreSQL's clients look for one.
    fn new(folder: &Path) -> Self {
        let url = server_url();
        let (_, host) = url.split_once("host=").expect("PROMPTORY_TEST_POSTGRES leads to a Unix socket");
        let database = Path::new(host.split('&').next().unwrap_or_default()).join(".s.PGSQL.5432");
        let mut line = Self { socket: folder.join(".s.PGSQL.5432"), database, carrying: None };
        line.mend();
        line
    }

    fn mend(&mut self) {
        let _ = std::fs::remove_file(&self.socket);
        let (listener, database) = (UnixListener::bind(&self.socket).expect("bound"), self.database.clone());
        self.carrying = Some(tokio::spawn(async move {
            let mut carried = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let database = database.clone();
                carried.spawn(async move {
                    let mut server = UnixStream::connect(database).await.expect("PostgreSQL runs");
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        }));
    }

    /// Whatever was open breaks off, and nobody gets in.
    async fn cut(&mut self, leave_socket: bool) {
        if let Some(carrying) = self.carrying.take() {
            carrying.abort();
            let _ = carrying.await;
        }
        if !leave_socket {
            std::fs::remove_file(&self.socket).expect("removed");
        }
    }
}

async fn over_a_line(db: &Db) -> (Line, Server, Person) {
    let line = Line::new(db.folder());
    let mut config = db.config();
    config.database_url =
        Some(format!("postgres://postgres@localhost/{}?host={}", db.name(), db.folder().display()));
    let app = Server::start_with(db, &config).await;
    let admin = app.admin();
    admin.publish("p", "Hi {{ name }}").await.good();
    admin.reword("p", "Hello {{ name }}").await.good();
    admin.activate("p", "1", "production").await.good();
    (line, app, admin)
}

/// Serving goes on, from memory.
async fn serves(admin: &Person) {
    let active = admin.active("p").await.good();
    assert_eq!(active.field("/version"), "1.0.0");
    let etag = active.header("etag").expect("a tag").to_owned();
    admin.with("if-none-match", &etag).active("p").await.is(304);
    let resolved = admin.resolve("p", json!({"variables": {"name": "Ada"}})).await.good();
    assert_eq!(resolved.field("/text"), "Hi Ada");
    admin.resolve("p", json!({"version": "1.0.0"})).await.good();
    admin.with("x-project", "default").active("p").await.good();
    assert_eq!(admin.get("/api/public/v2/prompts/p").await.good().field("/prompt"), "Hi {{ name }}");
    admin.get("/api/public/projects").await.good();
    admin.get("/whoami").await.good();
}

/// The health of the database is asked for once a second at most.
async fn forget_ping(app: &Server) {
    *app.app.last_ping.lock().await = None;
}

on_postgres!(serving_goes_on_without_the_database, async |db| {
    let (mut line, app, admin) = over_a_line(db).await;
    admin.resolve("p", json!({"version": "2"})).await.good();
    line.cut(false).await;
    for _ in 0..3 {
        serves(&admin).await;
        admin.resolve("p", json!({"version": "2"})).await.good();
        for answer in [
            admin.publish("q", "one").await,
            admin.reword("p", "more").await,
            admin.activate("p", "2", "production").await,
            admin.post("/keys", json!({"name": "k", "scopes": ["read"]})).await,
            admin.get("/prompts/p/versions").await,
            admin.get("/api/public/v2/prompts").await,
            admin.get("/audit/verify").await,
            admin.resolve("p", json!({"version": "latest"})).await,
            admin.get("/prompts/p/active?at=2026-11-20T10:00:00Z").await,
            admin.with("idempotency-key", "k").publish("q", "one").await,
        ] {
            let refused = answer.is(503).refused("unavailable");
            assert_eq!(refused.header("retry-after"), Some("1"));
        }
        assert_eq!(admin.get("/prompts").await.good().items("name"), ["p"], "lists are from memory");
        app.anon().get("/healthz").await.good();
        let ready = app.anon().get("/readyz").await.is(200).json();
        assert_eq!((&ready["serve"], &ready["write"]), (&json!("ok"), &json!("failing")), "{ready}");
        assert!(!ready["problems"].as_array().expect("problems").is_empty());
        assert!(app.anon().get("/metrics").await.good().text().contains("promptory_ready{part=\"write\"} 0"));
    }
    app.clock.advance_seconds(60);
    assert_eq!(app.anon().get("/readyz").await.is(200).field("/feed"), "behind");

    line.mend();
    forget_ping(&app).await;
    admin.reword("p", "more {{ name }}").await.is(201);
    admin.activate("p", "latest", "production").await.is(201);
    assert_eq!(admin.active("p").await.good().field("/version"), "1.0.2");
    admin.publish("q", "one").await.is(201);
    let ready = app.anon().get("/readyz").await.is(200).json();
    assert_eq!((&ready["write"], &ready["feed"]), (&json!("ok"), &json!("ok")));
    assert_eq!(admin.get("/audit/verify").await.field("/valid"), "true");
});

on_postgres!(what_others_did_meanwhile_arrives_afterwards, async |db| {
    let (mut line, app, admin) = over_a_line(db).await;
    let other = Server::start(db).await;
    line.cut(false).await;
    let elsewhere = other.admin();
    elsewhere.activate("p", "2", "production").await.good();
    assert_eq!(admin.active("p").await.good().field("/version"), "1.0.0");
    line.mend();
    let reached = tokio::time::timeout(SOON, app.project().reached(other.revision())).await;
    assert!(reached.is_ok(), "the feed comes back by itself");
    assert_eq!(admin.active("p").await.good().field("/version"), "1.0.1");
    // And so do the notifications: the next change arrives as well.
    elsewhere.activate("p", "1", "production").await.good();
    let reached = tokio::time::timeout(SOON, app.project().reached(other.revision())).await;
    assert!(reached.is_ok());
});

on_postgres!(executions_are_refused_without_the_database_and_none_is_lost, async |db| {
    let (mut line, app, admin) = over_a_line(db).await;
    assert_eq!(outcome(admin.record(calls(0..50)).await), (50, 0, 0));
    for round in 0..2 {
        // Requests are under way while it breaks: what becomes of them nobody knows, so they are sent again.
        let mut clients = JoinSet::new();
        for client in 0..6 {
            let admin = admin.clone();
            clients.spawn(async move {
                let sent = admin.record(calls((0..40).map(|n| format!("{round}/{client}/{n}")))).await;
                (client, sent.status)
            });
        }
        tokio::task::yield_now().await;
        line.cut(round == 1).await;
        let statuses = clients.join_all().await;
        assert!(statuses.iter().all(|(_, status)| [202, 503].contains(status)), "{statuses:?}");
        for answer in [
            admin.record(calls(["x"])).await,
            admin.score(json!({"session": "s", "name": "n", "value": 1})).await,
        ] {
            let refused = answer.is(503).refused("unavailable");
            assert!(refused.header("retry-after").is_some());
        }
        admin.get("/executions").await.is(503);
        line.mend();
        for (client, status) in statuses {
            let again = admin.record(calls((0..40).map(|n| format!("{round}/{client}/{n}")))).await;
            let (accepted, known, rejected) = outcome(again);
            assert_eq!((accepted + known, rejected), (40, 0));
            assert!(status != 202 || accepted == 0, "what was acknowledged is there");
        }
    }
    total_when(&app, |total| total.count() == 50 + 2 * 240).await;
    admin.counted(50 + 2 * 240).await;
});

on_postgres!(a_database_that_refuses_connections, async |db| {
    let (mut line, _, admin) = over_a_line(db).await;
    line.cut(true).await;
    serves(&admin).await;
    let refused = admin.reword("p", "more {{ name }}").await.is(503);
    assert!(refused.header("retry-after").is_some());
    serves(&admin).await;
    line.mend();
    admin.reword("p", "more {{ name }}").await.is(201);
});

#[tokio::test]
async fn a_sqlite_file_that_another_program_writes() {
    let db = Db::sqlite();
    let (app, anon, author, operator) = story(&db).await;
    author.publish("p", "Hi {{ name }}").await.good();
    operator.activate("p", "1", "production").await.good();
    let mut other = db.raw().await;
    other.hold().await;
    let refused = author.reword("p", "more {{ name }}").await.is(503).refused("busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(anon.get("/readyz").await.is(200).field("/write"), "failing");
    serves(&app.admin()).await;
    author.get("/prompts").await.good();
    other.release().await;
    forget_ping(&app).await;
    author.reword("p", "more {{ name }}").await.is(201);
    assert_eq!(anon.get("/readyz").await.field("/write"), "ok");
    db.finish().await;
}
