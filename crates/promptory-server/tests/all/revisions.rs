//! Read your writes: the header of the project's revision, and waiting for it.

use serde_json::json;

use crate::server::story;

both!(every_answer_carries_where_the_project_stands, async |db| {
    let (app, _, author, operator) = story(db).await;
    let epoch = app.project().snapshot().epoch.to_string();
    let created = author.publish("p", "one").await.good();
    assert_eq!(created.header("promptory-revision"), Some(format!("{epoch}:{}", app.revision()).as_str()));
    operator.activate("p", "1", "production").await.good();
    let now = format!("{epoch}:{}", app.revision());
    for answer in [
        author.prompt("p").await,
        operator.active("p").await,
        operator.resolve("p", json!({})).await,
        operator.resolve("p", json!({"version": "1.0.0"})).await,
        operator.with("x-project", "default").resolve("p", json!({})).await,
        author.get("/whoami").await,
    ] {
        assert_eq!(answer.header("promptory-revision"), Some(now.as_str()), "{answer}");
    }
    assert!(epoch.len() >= 16, "{epoch}");
});

both!(a_reader_waits_for_what_it_wrote, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let epoch = app.project().snapshot().epoch.to_string();
    let next = format!("{epoch}:{}", app.revision() + 1);
    let (waited, written) =
        tokio::join!(async { operator.with("promptory-min-revision", &next).active("p").await }, async {
            operator.activate("p", "1", "production").await
        },);
    written.good();
    // A write that takes longer than a reader waits gets no stale answer either: then the reader is told to come back.
    let read = if waited.status == 503 {
        waited.refused("behind");
        operator.with("promptory-min-revision", &next).active("p").await
    } else {
        waited
    };
    assert_eq!(read.good().field("/version"), "1.0.0");
    let reached = format!("{epoch}:{}", app.revision());
    for revision in [reached, format!("{epoch}:0"), format!("{epoch}:-5")] {
        operator.with("promptory-min-revision", &revision).resolve("p", json!({})).await.good();
    }
});

both!(what_cannot_be_waited_for, async |db| {
    let (app, _, author, _) = story(db).await;
    let epoch = app.project().snapshot().epoch.to_string();
    let asked = async |revision: &str| author.with("promptory-min-revision", revision).get("/prompts").await;
    let ahead = asked(&format!("{epoch}:{}", app.revision() + 1)).await.is(503).refused("behind");
    assert_eq!(ahead.header("retry-after"), Some("1"));
    let other = asked("0123456789abcdef:1").await.is(503).refused("behind");
    assert!(other.field("/detail").contains("epoch"), "{other}");
    for garbage in
        ["x", "1", &format!("{epoch}:"), &format!("{epoch}:x"), &format!("{epoch}:99999999999999999999")]
    {
        asked(garbage).await.is(400).refused("malformed");
    }
});

both!(the_epoch_outlives_the_server, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let before = (app.project().snapshot().epoch.to_string(), app.revision());
    db.stop_servers().await;
    let again = crate::server::Server::start(db).await;
    assert_eq!((again.project().snapshot().epoch.to_string(), again.revision()), before);
    assert_eq!(again.admin().prompt("p").await.good().field("/name"), "p");
});
