//! `fix_forward`: an environment that does not go back.

use promptory_server::{clock::Clock, jobs};
use serde_json::json;

use crate::server::story;

both!(a_frozen_environment_takes_nothing_new, async |db| {
    let (app, _, author, operator) = story(db).await;
    let admin = app.admin();
    author.publish("p", "one").await.good();
    for text in ["two", "three"] {
        author.reword("p", text).await.good();
    }
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "production").await.good();
    let rollout = |version: &str, hold: bool| json!({"prompt": "p", "version": version, "environment": "production", "strategy": "canary", "hold": hold});
    let running = operator.post("/deployments", rollout("3", false)).await.is(201).field("/id");
    author.publish("q", "one").await.good();
    operator.activate("q", "1", "production").await.good();
    for (body, pointer) in [
        (json!({"reason": " "}), "/reason"),
        (json!({"reason": "r", "until": "2026-11-20T09:59:00Z"}), "/until"),
        (json!({"reason": "r", "until": "tomorrow"}), "/until"),
    ] {
        let refused = admin.post("/environments/production/freeze", body.clone()).await.is(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    let freeze = json!({"reason": "a holiday", "until": "2026-11-20T12:00:00Z"});
    operator.post("/environments/production/freeze", freeze.clone()).await.is(403);
    admin.post("/environments/nowhere/freeze", freeze.clone()).await.is(404);
    let frozen = admin.post("/environments/production/freeze", freeze.clone()).await.is(200);
    assert_eq!(frozen.field("/freeze/until"), "2026-11-20T12:00:00.000Z");
    let revision = app.revision();
    admin.post("/environments/production/freeze", freeze).await.is(200);
    assert_eq!(app.revision(), revision, "it is so already");

    let refused = operator.activate("p", "3", "production").await.is(409).refused("frozen");
    assert!(refused.field("/detail").contains("a holiday"), "{refused}");
    author.reword("p", "four").await.good();
    let person = app.with_scopes(&["read", "write", "deploy"]).await;
    person
        .post("/prompts/p/patch", json!({"content": "five", "environment": "production"}))
        .await
        .refused("frozen");
    let revert = json!({"version": "1", "environment": "production"});
    person.post("/prompts/p/revert", revert).await.is(409).refused("frozen");
    person.revise("p", json!({"content": "six", "activate": "production"})).await.refused("frozen");
    operator.post("/deployments", rollout("4", false)).await.is(409).refused("frozen");
    admin.poke("/prompts/q/archive").await.is(409).refused("frozen");
    assert_eq!(operator.active("p").await.field("/version"), "1.0.1");
    operator.activate("p", "3", "staging").await.is(201);
    // What has started goes on, what waits waits, and the way back is open.
    assert_eq!(
        operator.poke(&format!("/deployments/{running}/advance")).await.is(200).field("/percentage"),
        "10"
    );
    let waiting = operator.post("/deployments", rollout("4", true)).await.is(201).field("/id");
    operator.poke(&format!("/deployments/{waiting}/start")).await.is(409).refused("frozen");
    assert_eq!(operator.activate("p", "1", "production").await.is(201).field("/direction"), "back");

    let given = admin.get("/environments/production").await.good().json();
    admin.put("/environments/production", given).await.good();
    app.clock.advance_seconds(2 * 3600);
    assert_eq!(admin.get("/environments/production").await.field("/freeze"), "null", "it is over");
    operator.poke(&format!("/deployments/{waiting}/start")).await.is(200);
    let open_end = json!({"reason": "an incident"});
    admin.post("/environments/production/freeze", open_end).await.is(200);
    operator.activate("p", "3", "production").await.is(409).refused("frozen");
    assert_eq!(admin.poke("/environments/production/unfreeze").await.is(200).field("/freeze"), "null");
    // What went back above has come to its end.
    jobs::rollouts(&app.app, app.clock.now()).await.expect("the database is there");
    let revision = app.revision();
    admin.poke("/environments/production/unfreeze").await.is(200);
    assert_eq!(app.revision(), revision);
    operator.activate("p", "3", "production").await.is(201);
    let audit = admin.get("/audit?action=environment.unfreeze").await.good();
    assert_eq!(audit.json()["items"][0]["detail"]["was"], "an incident");
});

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
