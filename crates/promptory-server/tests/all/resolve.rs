//! `POST …/resolve`: what a request gets, rendered when it says its variables.

use serde_json::{Value, json};

use crate::server::{SOON, story};

both!(the_live_one_and_its_rendering, async |db| {
    let (app, _, author, operator) = story(db).await;
    let caller = app.with_scopes(&["render"]).await;
    author.publish("p", "Hi {{ name }}, {{ n }} × \"{{ name }}\"\n").await.good();
    let deployment = operator.activate("p", "1", "production").await.good();
    let bare = caller.resolve("p", json!({})).await.good();
    let json = bare.json();
    assert_eq!((&json["reason"], &json["environment"]), (&json!("live"), &json!("production")));
    assert_eq!(json["deployment_id"], deployment.json()["id"]);
    assert_eq!(json["revision"], app.revision());
    assert_eq!((json.get("text"), json.get("messages"), json.get("source")), (None, None, None));
    assert_eq!(bare.header("cache-control"), Some("no-store"));
    let active = caller.active("p").await.json();
    for (field, value) in active.as_object().expect("an object") {
        assert_eq!(json[field], *value, "{field}");
    }
    let variables = json!({"name": "Ada \u{1F980} <&>", "n": 3});
    let rendered = caller.resolve("p", json!({"variables": variables})).await.good();
    assert_eq!(rendered.field("/text"), "Hi Ada \u{1F980} <&>, 3 × \"Ada \u{1F980} <&>\"\n");
    assert_eq!(caller.poke("/prompts/p/resolve").await.good().json(), json, "no body is an empty body");
});

both!(a_chat_is_rendered_to_messages, async |db| {
    let (_, _, author, operator) = story(db).await;
    let content = json!([{"role": "system", "content": "Be {{ mood }}."}, {"placeholder": "history"}]);
    author.publish("chat", content).await.good();
    operator.activate("chat", "1", "production").await.good();
    let history = json!([{"role": "user", "content": "a \"quote\"\n"}]);
    let body = json!({"variables": {"mood": "kind", "history": history}});
    let messages = operator.resolve("chat", body).await.good().json()["messages"].clone();
    assert_eq!(
        messages,
        json!([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "a \"quote\"\n"}])
    );
    let refused = operator.resolve("chat", json!({"variables": {}})).await.refused("invalid_variables");
    assert_eq!(refused.problems(), ["required /variables/mood", "required /variables/history"]);
});

both!(the_token_names_build_unit_and_time, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "staging").await.good();
    let token = async |body: Value| operator.resolve("p", body).await.good().field("/resolution");
    let first = token(json!({"key": "ada"})).await;
    assert!(first.len() <= 200 && !first.is_empty());
    assert_eq!(token(json!({"key": "ada"})).await, first, "the clock stands still");
    let others = [
        token(json!({"key": "bob"})).await,
        token(json!({})).await,
        token(json!({"key": "ada", "environment": "staging"})).await,
    ];
    assert!(!others.contains(&first));
    app.clock.advance_seconds(1);
    assert_ne!(token(json!({"key": "ada"})).await, first);
});

both!(environments_of_a_call, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "staging").await.good();
    let staging = json!({"environment": "staging"});
    assert_eq!(operator.resolve("p", json!({})).await.field("/version"), "1.0.0");
    assert_eq!(operator.resolve("p", staging.clone()).await.field("/version"), "1.0.1");
    operator.resolve("p", json!({"environment": "development"})).await.refused("nothing_live");
    operator.resolve("p", json!({"environment": "moon"})).await.is(404).refused("not_found");

    let key = json!({"name": "staging app", "scopes": ["render"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", key).await.good().field("/key"));
    assert_eq!(bound.resolve("p", json!({})).await.good().field("/version"), "1.0.1");
    assert_eq!(bound.resolve("p", staging).await.good().field("/environment"), "staging");
    assert_eq!(bound.active("p").await.good().field("/environment"), "staging");
    for environment in ["production", "moon"] {
        bound.resolve("p", json!({"environment": environment})).await.is(403).refused("wrong_environment");
        bound.active_in("p", environment).await.is(403).refused("wrong_environment");
    }
    bound.resolve("p", json!({"version": "production"})).await.is(403).refused("wrong_environment");
});

both!(what_is_refused, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "{{ a }}").await.good();
    operator.resolve("p", json!({})).await.refused("nothing_live");
    operator.activate("p", "1", "production").await.good();
    for (body, status, code) in [
        (json!({"key": "k".repeat(257)}), 422, "invalid"),
        (json!({"key": 7}), 422, "invalid"),
        (json!({"variables": []}), 422, "invalid"),
        (json!({"variables": {}}), 422, "invalid_variables"),
        (json!({"attributes": "x"}), 422, "invalid"),
        (json!({"unknown": 1}), 422, "invalid"),
        (json!([]), 422, "invalid"),
        (json!({"version": ""}), 404, "not_found"),
        (json!({"version": "a\u{0}"}), 400, "malformed"),
        (json!({"version": "7"}), 404, "not_found"),
        (json!({"version": "1", "environment": "moon"}), 404, "not_found"),
    ] {
        operator.resolve("p", body.clone()).await.is(status).refused(code);
    }
    operator.resolve("nobody", json!({})).await.is(404).refused("not_found");
    operator.resolve("nobody", json!({"version": "1"})).await.is(404).refused("not_found");
    operator.resolve("p", json!({"key": "k".repeat(256), "attributes": {"a": [1]}})).await.good();
});

both!(many_at_once_while_the_live_version_changes, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let reader = operator.clone();
        readers.spawn(async move {
            for _ in 0..15 {
                let answer = reader.resolve("p", json!({})).await.good();
                let expected = if answer.field("/version") == "1.0.0" { "one" } else { "two" };
                assert_eq!(answer.field("/content"), expected);
            }
        });
    }
    for n in 0..10 {
        operator.activate_again("p", if n % 2 == 0 { "2" } else { "1" }, "production").await.good();
    }
    while let Some(done) = readers.join_next().await {
        done.expect("no reader failed");
    }
    let reached = tokio::time::timeout(SOON, app.project().reached(app.revision())).await;
    assert!(reached.is_ok());
});
