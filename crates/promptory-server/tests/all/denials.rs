//! Refused attempts leave a trace: one entry for each group.

use promptory_server::{clock::Clock, jobs};
use serde_json::json;

use crate::server::{Server, story};

async fn flush(app: &Server) {
    jobs::flush_denials(&app.app, app.clock.now()).await.expect("written");
}

both!(one_entry_for_each_group, async |db| {
    let (app, _, author, operator) = story(db).await;
    let admin = app.admin();
    for _ in 0..5 {
        author.activate("p", "1", "production").await.is(403);
    }
    for _ in 0..2 {
        operator.publish("p", "one").await.is(403);
    }
    assert!(admin.get("/audit?action=denied").await.items("n").is_empty(), "counted in memory first");
    flush(&app).await;
    let entries = admin.get("/audit?action=denied").await.good().json();
    let mut seen: Vec<(String, u64)> = entries["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| {
            assert_eq!(
                (&entry["detail"]["code"], &entry["address"]),
                (&json!("forbidden"), &json!("127.0.0.1"))
            );
            let route = entry["detail"]["route"].as_str().expect("a route");
            (route.to_owned(), entry["detail"]["times"].as_u64().expect("a number"))
        })
        .collect();
    seen.sort();
    let expected =
        [("POST /api/v1/prompts".to_owned(), 2), ("POST /api/v1/prompts/p/activate".to_owned(), 5)];
    assert_eq!(seen, expected);
    let prefix = author.key.as_deref().expect("a key")[..11].to_owned();
    assert_eq!(admin.get(&format!("/audit?action=denied&actor={prefix}")).await.items("n").len(), 1);
    flush(&app).await;
    assert_eq!(admin.get("/audit?action=denied").await.items("n").len(), 2, "nothing is written twice");
    assert_eq!(admin.get("/audit/verify").await.field("/valid"), "true");
});

both!(the_data_path_is_watched_too, async |db| {
    let (app, _, _, _) = story(db).await;
    let writer = app.with_scopes(&["write"]).await;
    for _ in 0..3 {
        writer.active("p").await.is(403);
        writer.resolve("p", json!({})).await.is(403);
        writer.with("x-project", "default").resolve("p", json!({})).await.is(403);
    }
    flush(&app).await;
    let entries = app.admin().get("/audit?action=denied").await.json();
    let mut seen: Vec<String> = entries["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| {
            format!("{} {}", entry["detail"]["route"].as_str().expect("a route"), entry["detail"]["times"])
        })
        .collect();
    seen.sort();
    assert_eq!(seen, ["GET /api/v1/prompts/p/active 3", "POST /api/v1/prompts/p/resolve 6"]);
});

both!(strangers_are_noted_for_the_instance, async |db| {
    let (app, anon, _, _) = story(db).await;
    anon.get("/prompts").await.is(401);
    app.person("pk_not_a_key_but_long_enough_to_look_like_one").get("/prompts").await.is(401);
    flush(&app).await;
    let admin = app.admin();
    assert!(admin.get("/audit?action=denied").await.items("n").is_empty());
    let log = admin.with("x-project", "_instance").get("/audit?action=denied").await.good();
    assert_eq!(log.items("actor"), ["unknown"]);
    assert_eq!(log.field("/items/0/detail/times"), "2");
    assert!(!log.text().contains("pk_not"), "nothing of what a stranger sent is kept: {log}");
});

both!(they_are_written_when_the_server_stops, async |db| {
    let (_, _, author, _) = story(db).await;
    author.activate("p", "1", "production").await.is(403);
    db.stop_servers().await;
    let again = Server::start(db).await;
    assert_eq!(again.admin().get("/audit?action=denied").await.items("n").len(), 1);
});
