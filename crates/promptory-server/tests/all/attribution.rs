//! Which version an execution is counted for: by the token of its resolution, or by what the caller says.

use serde_json::json;

use crate::calls::{call, call_with, live, outcome};

fn by_token(id: &str, token: &str) -> serde_json::Value {
    json!({"id": id, "resolution": token, "status": "success", "latency_ms": 1})
}

both!(a_token_says_it_all, async |db| {
    let (_, admin) = live(db).await;
    let resolve =
        async || admin.resolve("p", json!({"variables": {"name": "Ada"}})).await.good().field("/resolution");
    let token = resolve().await;
    assert_eq!(outcome(admin.record(by_token("a", &token)).await), (1, 0, 0));
    // What it was is known after the next version went live, and under another name.
    admin.reword("p", "Dear {{ name }}").await.good();
    admin.activate("p", "2", "production").await.good();
    admin.patch("/prompts/p", json!({"name": "q"})).await.good();
    assert_eq!(outcome(admin.record(by_token("b", &token)).await), (1, 0, 0));
    let same = json!({"id": "c", "resolution": token, "prompt": "q", "version": "1.0.0", "environment": "production",
        "status": "success", "latency_ms": 1});
    assert_eq!(outcome(admin.record(same.clone()).await), (1, 0, 0), "the same said twice");
    for id in ["a", "b", "c"] {
        let stored = admin.execution(id).await;
        assert_eq!((&stored["prompt"], &stored["version"]), (&json!("q"), &json!("1.0.0")), "{id}");
    }
    for (field, value, words) in [
        ("prompt", "nobody", "another prompt"),
        ("version", "1.0.1", "another version"),
        ("environment", "staging", "another environment"),
    ] {
        let mut other = same.clone();
        other[field] = json!(value);
        other["id"] = json!(field);
        let refused = admin.record(other).await.is(422);
        assert!(refused.text().contains(words), "{refused}");
    }
    let by_number = |id: &str, version: &str| call_with(id, json!({"prompt": "q", "version": version}));
    for (id, version) in [("n", "1.0.1"), ("s", "2"), ("o", "1.0.0")] {
        assert_eq!(outcome(admin.record(by_number(id, version)).await), (1, 0, 0), "{version}");
    }
    assert_eq!(admin.execution("s").await["version"], "1.0.1");
    assert_eq!(outcome(admin.record(call("former")).await), (1, 0, 0), "by a former name");
    assert_eq!(admin.listed("&prompt=q&version=1.0.0").await.len(), 5);
    admin.counted(7).await;
});

both!(a_token_of_somebody_else_is_refused, async |db| {
    let (app, admin) = live(db).await;
    admin.post("/projects", json!({"name": "second"})).await.good();
    let second = admin.with("x-project", "second");
    second.publish("p", "of another project").await.good();
    second.activate("p", "1", "production").await.good();
    let token = second.resolve("p", json!({})).await.good().field("/resolution");
    let refused = admin.record(by_token("a", &token)).await.is(422);
    assert!(refused.text().contains("that this project does not have"), "{refused}");
    assert_eq!(outcome(second.record(by_token("a", &token)).await), (1, 0, 0));
    let own = admin.resolve("p", json!({"variables": {"name": "Ada"}})).await.good().field("/resolution");
    for place in [0, own.len() / 2, own.len() - 1] {
        let mut forged: Vec<char> = own.chars().collect();
        forged[place] = if forged[place] == 'A' { 'B' } else { 'A' };
        let forged: String = forged.into_iter().collect();
        admin.record(by_token("f", &forged)).await.is(422);
    }
    for empty in ["", ".", &"x".repeat(10_000)] {
        admin.record(by_token("f", empty)).await.is(422);
    }
    assert!(admin.listed("").await.is_empty());
    // A token lives as long as what it names, however long that is.
    app.clock.advance_seconds(400 * 86_400);
    assert_eq!(outcome(admin.record(by_token("old", &own)).await), (1, 0, 0));
});

both!(a_label_is_no_version_and_a_key_has_its_environment, async |db| {
    let (app, admin) = live(db).await;
    admin.put("/prompts/p/labels/stable", json!({"version": "1"})).await.good();
    for reference in ["stable", "latest", "production", "previous", "^1.0.0", "0", "-1", "1.0", ""] {
        let refused = admin.record(call_with("x", json!({"version": reference}))).await.is(422);
        assert!(refused.text().contains("Send its number"), "{refused}");
    }
    let bound = json!({"name": "bound", "scopes": ["record", "read"], "environment": "staging"});
    let bound = app.person(&admin.post("/keys", bound).await.good().field("/key"));
    assert_eq!(outcome(bound.record(call("own")).await), (1, 0, 0));
    assert_eq!(bound.execution("own").await["environment"], "staging");
    let elsewhere = call_with("x", json!({"environment": "production"}));
    bound.record(elsewhere).await.is(422);
    let token = admin.resolve("p", json!({"variables": {"name": "Ada"}})).await.good().field("/resolution");
    let refused = bound.record(by_token("x", &token)).await.is(422);
    assert!(refused.text().contains("not for the environment"), "{refused}");
    assert_eq!(outcome(admin.record(call("production's")).await), (1, 0, 0));
    assert_eq!(bound.listed("").await, ["own"]);
    bound.get("/executions/production%27s").await.is(404);
    assert_eq!(admin.listed("&environment=production").await, ["production's"]);
    let one = app.with_scopes(&["record"]).await;
    assert_eq!(outcome(one.record(call("recorded")).await), (1, 0, 0));
    one.get("/executions").await.is(403);
    app.with_scopes(&["read", "write", "deploy"]).await.record(call("y")).await.is(403);
});

both!(a_version_that_was_deleted_and_made_again_is_another, async |db| {
    let (_, admin) = live(db).await;
    admin.reword("p", "Dear {{ name }}").await.good();
    assert_eq!(outcome(admin.record(call_with("a", json!({"version": "1.0.1"}))).await), (1, 0, 0));
    let first = admin.version("p", "1.0.1").await.good().field("/id");
    admin.delete("/prompts/p/versions/1.0.1").await.good();
    let refused = admin.record(call_with("b", json!({"version": "1.0.1"}))).await.is(422);
    assert!(refused.text().contains("has no version"), "{refused}");
    // What was recorded of it names it as it can.
    let stored = admin.execution("a").await;
    assert_eq!((&stored["prompt"], &stored["version"]), (&json!("p"), &json!("1.0.1")));
    admin.revise("p", json!({"content": "Good day {{ name }}", "version": "1.0.1"})).await;
    let again = admin.version("p", "1.0.1").await;
    if again.status == 200 {
        assert_ne!(again.field("/id"), first);
        assert_eq!(outcome(admin.record(call_with("c", json!({"version": "1.0.1"}))).await), (1, 0, 0));
    }
    assert_eq!(outcome(admin.record(call("d")).await), (1, 0, 0));
    admin.verified().await;
});
