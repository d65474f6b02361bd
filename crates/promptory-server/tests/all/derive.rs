//! A patch of what is live, and the way back as a new version.

use serde_json::json;

use crate::server::story;

both!(a_patch_starts_from_what_is_live_and_is_live_at_once, async |db| {
    let (app, _, author, operator) = story(db).await;
    let releaser = app.with_scopes(&["read", "write", "deploy"]).await;
    let variables = json!([{"name": "name", "schema": {"type": "string"}}]);
    let first = json!({"content": "Hello {{ name }}", "variables": variables, "settings": {"model": "m"}});
    author.publish_with("p", first).await.good();
    author.revise("p", json!({"content": "Hello {{ name }} {{ tone }}"})).await.good();
    releaser
        .post("/prompts/p/patch", json!({"content": "x", "environment": "production"}))
        .await
        .refused("nothing_live");
    operator.activate("p", "1.0.0", "production").await.good();

    let body = json!({"content": "Hi {{ name }}", "environment": "production", "note": "Shorter"});
    author.post("/prompts/p/patch", body.clone()).await.refused("forbidden");
    operator.post("/prompts/p/patch", body.clone()).await.refused("forbidden");
    let patched = releaser.post("/prompts/p/patch", body).await.good();
    assert_eq!(patched.field("/version"), "1.0.1", "after 2.0.0, in the line of what is live");
    assert_eq!(patched.field("/sequence"), "3");
    assert_eq!(
        patched.json()["variables"][0]["schema"],
        json!({"type": "string"}),
        "kept from the live version"
    );
    assert_eq!(patched.json()["settings"], json!({"model": "m"}));
    assert_eq!(author.active("p").await.field("/version"), "1.0.1");

    let breaking = json!({"content": "Hi", "variables": [], "environment": "production"});
    let refused = releaser.post("/prompts/p/patch", breaking).await;
    assert_eq!(refused.field("/code"), "breaking_change");
    assert_eq!(author.active("p").await.field("/version"), "1.0.1", "nothing was changed");
    releaser
        .post("/prompts/p/patch", json!({"content": "Hi {{ name }}", "environment": "production"}))
        .await
        .refused("duplicate_content");
    releaser.post("/prompts/p/patch", json!({"content": "Hey {{ name }}"})).await.refused("invalid");
});

both!(patches_at_once_never_share_a_number, async |db| {
    let (app, _, author, operator) = story(db).await;
    let releaser = app.with_scopes(&["read", "write", "deploy"]).await;
    author.publish("p", "zero").await.good();
    operator.activate("p", "1.0.0", "production").await.good();
    let mut under_way = Vec::new();
    for n in 0..8 {
        let releaser = releaser.clone();
        under_way.push(tokio::spawn(async move {
            let body = json!({"content": format!("text {n}"), "environment": "production"});
            releaser.post("/prompts/p/patch", body).await
        }));
    }
    let mut numbers = Vec::new();
    for patch in under_way {
        let answer = patch.await.expect("it does not panic");
        // Who started from what is no longer live is told, and nothing of its change is there.
        match answer.status {
            201 => numbers.push(answer.field("/version")),
            _ => assert_eq!(answer.field("/code"), "changed"),
        }
    }
    let listed = author.get("/prompts/p/versions").await;
    assert_eq!(listed.items("version").len(), numbers.len() + 1);
    numbers.sort();
    numbers.dedup();
    assert_eq!(listed.items("version").len(), numbers.len() + 1);
});

both!(revert_brings_old_content_back_under_a_higher_number, async |db| {
    let (app, _, author, operator) = story(db).await;
    let releaser = app.with_scopes(&["read", "write", "deploy"]).await;
    author.publish("p", "Hello {{ name }}").await.good();
    author.reword("p", "Hello {{ first }} {{ last }}").await.good();
    operator.activate("p", "2.0.0", "production").await.good();

    let reverted = author.post("/prompts/p/revert", json!({"version": "1.0.0"})).await.good();
    assert_eq!(reverted.field("/version"), "3.0.0", "for callers it is a major change");
    assert_eq!(reverted.json()["content"], "Hello {{ name }}");
    assert_eq!(reverted.json()["content_hash"], author.version("p", "1").await.json()["content_hash"]);
    assert_eq!(author.active("p").await.field("/version"), "2.0.0", "not live until it is activated");

    let body = json!({"version": "1.0.0", "environment": "production", "note": "The old one was better"});
    author.post("/prompts/p/revert", body.clone()).await.refused("forbidden");
    let live = releaser.post("/prompts/p/revert", body).await.good();
    assert_eq!(live.field("/version"), "3.0.1");
    assert_eq!(author.active("p").await.field("/version"), "3.0.1");
    let history = author.get("/prompts/p/history").await;
    assert_eq!(history.items("action")[0], "version.revert");
    author.post("/prompts/p/revert", json!({"version": "9.9.9"})).await.refused("not_found");
});
