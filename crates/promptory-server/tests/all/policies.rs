//! `fix_forward`: an environment that does not go back.

use serde_json::json;

use crate::server::story;

both!(an_environment_may_go_forward_only, async |db| {
    let (app, _, _, operator) = story(db).await;
    let person = app.with_scopes(&["read", "write", "deploy"]).await;
    let admin = app.admin();
    let shown = admin.get("/environments/production").await.good();
    assert_eq!(shown.field("/policy/rollback"), "allowed");
    let mut body = shown.json();
    body["policy"]["rollback"] = "fix_forward".into();
    operator.put("/environments/production", body.clone()).await.is(403);
    let changed = admin.put("/environments/production", body.clone()).await.good();
    assert_eq!(changed.field("/policy/rollback"), "fix_forward");
    let revision = app.revision();
    admin.put("/environments/production", body).await.good();
    assert_eq!(app.revision(), revision, "it was so already");

    person.publish("p", "one").await.good();
    person.reword("p", "two").await.good();
    person.activate("p", "1", "production").await.good();
    person.activate("p", "2", "production").await.good();
    let refused = person.activate("p", "1", "production").await.is(409).refused("fix_forward");
    assert!(refused.field("/detail").contains("revert"), "{refused}");
    assert_eq!(person.active("p").await.field("/version"), "1.0.1");
    person.activate("p", "1", "staging").await.good();
    person.activate("p", "2", "staging").await.good();
    assert_eq!(person.activate("p", "1", "staging").await.good().field("/direction"), "back");
    // The way that is left.
    let revert = json!({"version": "1", "environment": "production"});
    assert_eq!(person.post("/prompts/p/revert", revert).await.good().field("/version"), "1.0.2");
    assert_eq!(person.active("p").await.field("/content"), "one");
    let audit = admin.get("/audit?action=environment.update").await.good();
    assert_eq!(audit.json()["items"][0]["detail"]["after"]["rollback"], "fix_forward");
});

both!(what_cannot_be_changed_of_an_environment, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    let put = async |body: serde_json::Value| admin.put("/environments/staging", body).await;
    put(json!({"policy": {"rollback": "never"}})).await.is(422).refused("invalid");
    put(json!({"policy": {"rollback": "allowed"}, "position": 9})).await.is(422).refused("invalid");
    put(json!({"policy": {"rollback": "allowed"}, "name": "other"})).await.is(422).refused("invalid");
    put(json!({"policy": {}})).await.is(422);
    put(json!({})).await.is(422);
    admin.put("/environments/nowhere", json!({"policy": {"rollback": "allowed"}})).await.is(404);
});
