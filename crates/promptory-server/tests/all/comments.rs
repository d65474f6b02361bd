//! What people say about versions.

use serde_json::json;

use crate::server::story;

const PATH: &str = "/prompts/p/versions/1/comments";

both!(what_is_said_about_a_version_stays_in_threads, async |db| {
    let (app, _, author, operator) = story(db).await;
    let (id, lead) = app.member("lead@example.com", &["approver"]).await;
    author.publish("p", "one").await.is(201);
    author.reword("p", "two").await.is(201);
    let revision = app.revision();
    let first = lead.post(PATH, json!({"comment": "Promises a date."})).await.is(201);
    assert_eq!((first.field("/by/id"), first.field("/by/name")), (id, "lead".into()));
    assert_eq!((first.field("/version"), first.field("/reply_to")), ("1.0.0".into(), "null".into()));
    let answer = json!({"comment": "Taken out in 1.0.1.", "reply_to": first.field("/id")});
    let answer = author.post(PATH, answer).await.is(201);
    assert_eq!(answer.field("/by/id"), "null", "a key of nobody");
    // An answer to an answer stays in the thread.
    let thanks = json!({"comment": "Thanks.", "reply_to": answer.field("/id")});
    assert_eq!(lead.post(PATH, thanks).await.is(201).field("/reply_to"), first.field("/id"));
    assert_eq!(app.revision(), revision + 3, "others hear of it");

    let listed = operator.get(PATH).await.good();
    assert_eq!(listed.items("comment"), ["Promises a date.", "Taken out in 1.0.1.", "Thanks."]);
    assert_eq!(listed.field("/total"), "3");
    let page = operator.get(&format!("{PATH}?limit=2")).await.good();
    let rest = operator.get(&format!("{PATH}?limit=2&cursor={}", page.field("/next_cursor"))).await.good();
    assert_eq!(
        (rest.items("comment"), rest.field("/next_cursor")),
        (vec!["Thanks.".to_owned()], "null".into())
    );
    assert!(operator.get("/prompts/p/versions/2/comments").await.good().items("id").is_empty());
    let entry = app.admin().get("/audit?action=version.comment").await.good();
    assert_eq!(entry.items("actor_name").len(), 3);
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(comments_that_cannot_be_meant_are_refused, async |db| {
    let (app, anon, author, operator) = story(db).await;
    author.publish("p", "one").await.is(201);
    author.reword("p", "two").await.is(201);
    let other = operator.post("/prompts/p/versions/2/comments", json!({"comment": "x"})).await.is(201);
    for (body, pointer) in [
        (json!({"comment": " "}), "/comment"),
        (json!({"comment": "x".repeat(16 * 1024 + 1)}), "/comment"),
        (json!({"comment": "key AKIAQWERTYUIOPASDFGH"}), "/comment"),
        (json!({"comment": "x", "reply_to": "nothing"}), "/reply_to"),
        (json!({"comment": "x", "reply_to": other.field("/id")}), "/reply_to"),
    ] {
        let refused = author.post(PATH, body.clone()).await.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), pointer, "{body}");
    }
    author.post("/prompts/p/versions/9/comments", json!({"comment": "x"})).await.is(404);
    author.post("/prompts/none/versions/1/comments", json!({"comment": "x"})).await.is(404);
    app.with_scopes(&["read", "render"]).await.post(PATH, json!({"comment": "x"})).await.is(403);
    anon.get(PATH).await.is(401);
    author.get(&format!("{PATH}?cursor=no")).await.is(422);
    // A draft goes with what was said about it.
    let reply = json!({"comment": "y", "reply_to": other.field("/id")});
    operator.post("/prompts/p/versions/2/comments", reply).await.is(201);
    author.delete("/prompts/p/versions/2").await.is(204);
    author.post(PATH, json!({"comment": "z"})).await.is(201);
    author.delete("/prompts/p").await.is(204);
});
