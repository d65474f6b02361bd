//! A dry run says what would happen, and changes nothing.

use serde_json::json;

use crate::server::story;

both!(nothing_is_changed, async |db| {
    let (app, _, _, _) = story(db).await;
    let person = app.with_scopes(&["read", "write", "deploy"]).await;
    person.publish("p", "Hello {{ name }}").await.good();
    person.reword("p", "Hi {{ name }}").await.good();
    person.activate("p", "1", "production").await.good();
    let before =
        (app.revision(), person.active("p").await.body, person.get("/prompts/p/versions").await.body);
    let dry = |mut body: serde_json::Value| {
        body["dry_run"] = true.into();
        body
    };
    let activate = dry(json!({"version": "2", "environment": "production"}));
    let would = person.post("/prompts/p/activate", activate).await.good();
    assert_eq!(would.json()["dry_run"], true);
    assert_eq!((would.field("/version"), would.field("/from")), ("1.0.1".into(), "1.0.0".into()));
    let create = dry(json!({"content": "Hey {{ first }}", "activate": "production"}));
    let would = person.post("/prompts/p/versions", create).await.good();
    assert_eq!((would.field("/version"), would.field("/dry_run")), ("2.0.0".into(), "true".into()));
    assert_eq!(would.json()["created"]["deployment"]["environment"], "production");
    let patch = dry(json!({"content": "Howdy {{ name }}", "environment": "production"}));
    assert_eq!(person.post("/prompts/p/patch", patch).await.good().field("/version"), "1.0.2");
    let revert = dry(json!({"version": "1", "environment": "production"}));
    assert_eq!(person.post("/prompts/p/revert", revert).await.good().field("/version"), "1.0.2");
    person.poke("/prompts/p/archive?dry_run=true").await.good();
    person.poke("/prompts/p/versions/2/archive?dry_run=true").await.good();
    person.poke("/prompts/p/versions/2/deprecate?dry_run=true").await.good();
    person.delete("/prompts/p/versions/2?dry_run=true").await.is(204);
    let first = json!({"name": "q", "kind": "text", "version": dry(json!({"content": "x"}))});
    assert_eq!(person.post("/prompts", first).await.good().json()["dry_run"], true);
    let renamed = person.patch("/prompts/p", dry(json!({"name": "other"}))).await.good();
    assert_eq!((renamed.field("/name"), renamed.field("/dry_run")), ("other".into(), "true".into()));
    person.prompt("other").await.is(404);
    person.prompt("q").await.is(404);
    person.put("/prompts/p/labels/beta", dry(json!({"version": "1"}))).await.good();
    let after = (app.revision(), person.active("p").await.body, person.get("/prompts/p/versions").await.body);
    assert_eq!(after, before);

    // What would be refused is refused.
    let nowhere = dry(json!({"version": "2", "environment": "nowhere"}));
    person.post("/prompts/p/activate", nowhere).await.is(404);
    person.poke("/prompts/p/versions/1/archive?dry_run=true").await.is(409).refused("version_live");
    let breaking = dry(json!({"content": "x", "bump": "patch"}));
    person.post("/prompts/p/versions", breaking).await.is(422).refused("breaking_change");
    let low = app.with_scopes(&["read", "write"]).await;
    let activating = dry(json!({"content": "y {{ name }}", "activate": "production"}));
    low.post("/prompts/p/versions", activating).await.is(403);
});

both!(a_dry_run_is_not_the_answer_to_the_real_thing, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let body = json!({"version": "1", "environment": "production", "dry_run": true});
    let keyed = operator.with("idempotency-key", "k1");
    assert_eq!(keyed.post("/prompts/p/activate", body.clone()).await.good().json()["dry_run"], true);
    assert_eq!(keyed.post("/prompts/p/activate", body).await.good().header("idempotency-replayed"), None);
    author.active("p").await.is(404);
});
