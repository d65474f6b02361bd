//! Making a version live, going back, and the record of it.

use serde_json::{Value, json};

use crate::server::story;

both!(forward_and_back_with_a_record_of_each, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    let mut ids = Vec::new();
    for (version, from, direction) in [
        ("1.0.0", Value::Null, "forward"),
        ("1.0.1", json!("1.0.0"), "forward"),
        ("1.0.0", json!("1.0.1"), "back"),
    ] {
        app.clock.advance_seconds(60);
        let body =
            json!({"version": version, "environment": "production", "reason": format!("because {version}")});
        let done = operator.post("/prompts/p/activate", body).await.is(201);
        let json = done.json();
        assert_eq!(
            (&json["version"], &json["from"], &json["direction"]),
            (&json!(version), &from, &json!(direction))
        );
        assert_eq!((done.field("/state"), done.field("/strategy")), ("completed".into(), "immediate".into()));
        assert_eq!((done.field("/actor"), done.field("/percentage")), ("read-deploy".into(), "100".into()));
        assert_eq!(done.field("/reason"), format!("because {version}"));
        assert_eq!(done.field("/revision"), operator.active("p").await.field("/revision"));
        assert_eq!(operator.active("p").await.good().field("/version"), version);
        ids.push(done.field("/id"));
    }
    let listed = author.get("/deployments?prompt=p").await.good();
    assert_eq!(listed.items("state"), ["completed"; 3]);
    assert_eq!(listed.items("ended_at"), ["null", "2026-11-20T10:03:00.000Z", "2026-11-20T10:02:00.000Z"]);
    ids.reverse();
    assert_eq!(listed.items("id"), ids);
    let shown = author.get(&format!("/deployments/{}", ids[1])).await.good();
    let mut shown = shown.json();
    let events = shown.as_object_mut().unwrap().shift_remove("events").expect("what happened to it");
    assert_eq!(events.as_array().map(Vec::len), Some(1));
    assert_eq!(shown, listed.json()["items"][1]);
    author.get("/deployments/nothing").await.refused("not_found");
});

both!(lists_of_deployments_by_prompt_and_environment, async |db| {
    let (_, _, author, operator) = story(db).await;
    for name in ["a", "b"] {
        author.publish(name, "one").await.good();
        operator.activate(name, "1", "staging").await.good();
    }
    operator.activate("a", "1", "production").await.good();
    for (query, prompts) in [
        ("", vec!["a", "b", "a"]),
        ("?prompt=a", vec!["a", "a"]),
        ("?environment=staging", vec!["b", "a"]),
        ("?prompt=b&environment=production", vec![]),
    ] {
        assert_eq!(
            author.get(&format!("/deployments{query}")).await.good().items("prompt"),
            prompts,
            "{query}"
        );
    }
    author.get("/deployments?prompt=nobody").await.refused("not_found");
});

both!(what_cannot_be_activated, async |db| {
    let (_, anon, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.post("/prompts", json!({"name": "empty", "kind": "text"})).await.good();
    for (body, status, code) in [
        (json!({"version": "1"}), 422, "invalid"),
        (json!({"version": "1", "environment": "moon"}), 404, "not_found"),
        (json!({"version": "2", "environment": "production"}), 404, "not_found"),
        (json!({"version": "staging", "environment": "production"}), 404, "nothing_live"),
        (json!({"version": "^1", "environment": "production"}), 422, "invalid"),
        (json!({"version": "1", "environment": "production", "reason": "r".repeat(4097)}), 422, "invalid"),
        (json!({"version": "a\u{0}", "environment": "production"}), 400, "malformed"),
        (json!({"version": "1", "environment": "prod\u{0}"}), 404, "not_found"),
        (json!({"version": 1, "environment": "production"}), 422, "invalid"),
        (json!({"environment": "production"}), 422, "invalid"),
    ] {
        operator.post("/prompts/p/activate", body.clone()).await.is(status).refused(code);
    }
    operator.activate("nobody", "1", "production").await.refused("not_found");
    operator.activate("empty", "latest", "production").await.refused("not_found");
    author.activate("p", "1", "production").await.is(403).refused("forbidden");
    anon.activate("p", "1", "production").await.is(401);
    operator.active("p").await.is(404).refused("nothing_live");
});

both!(from_one_environment_to_the_next, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "staging").await.good();
    let promoted = operator.activate("p", "staging", "production").await.is(201);
    assert_eq!(promoted.field("/version"), "1.0.0");
    assert_eq!(operator.activate("p", "latest", "staging").await.field("/version"), "1.0.1");
    assert_eq!(operator.active("p").await.field("/version"), "1.0.0");
    assert_eq!(operator.active_in("p", "staging").await.field("/version"), "1.0.1");
    operator.active_in("p", "development").await.refused("nothing_live");
});

both!(a_version_that_goes_live_in_its_own_commit, async |db| {
    let (app, _, author, _) = story(db).await;
    let both = app.with_scopes(&["write", "deploy", "read"]).await;
    both.publish("p", "one").await.good();
    let before = app.revision();
    let draft = json!({"content": "two", "activate": "production", "note": "at once"});
    let created = both.revise("p", draft.clone()).await.is(201);
    assert_eq!(app.revision(), before + 1);
    assert_eq!(created.field("/live_in"), r#"["production"]"#);
    assert_eq!(created.field("/status"), "production");
    assert_eq!(created.field("/created/deployment/version"), "1.0.1");
    assert_eq!(created.field("/created/deployment/reason"), "at once");
    assert_eq!(both.active("p").await.good().field("/content"), "two");
    let again = json!({"content": "three", "activate": "production"});
    author.revise("p", again.clone()).await.is(403).refused("forbidden");
    let nowhere = json!({"content": "three", "activate": "moon"});
    both.revise("p", nowhere).await.is(404);
    assert_eq!(both.version("p", "latest").await.field("/sequence"), "2", "a refused one leaves nothing");
    let first = json!({"content": "x", "activate": "production"});
    both.publish_with("q", first).await.is(201);
    assert_eq!(both.active("q").await.good().field("/version"), "1.0.0");
});

both!(what_is_live_already_stays_so, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let first = operator.activate("p", "1", "production").await.is(201);
    let revision = app.revision();
    for reference in ["1", "1.0.0", "latest", "production"] {
        assert_eq!(operator.activate("p", reference, "production").await.is(201).body, first.body);
    }
    assert_eq!(app.revision(), revision, "nothing was written");
    assert_eq!(author.get("/deployments").await.items("id").len(), 1);
});

both!(history_tells_it_all, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.publish("other", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "2", "production").await.good();
    author.patch("/prompts/p", json!({"owner": "ada"})).await.good();
    author.mark("p", "1", "deprecate").await.good();
    author.mark("p", "1", "archive").await.good();
    author.mark("p", "1", "restore").await.good();
    operator.poke("/prompts/p/archive").await.good();
    operator.poke("/prompts/p/restore").await.good();
    let history = app.admin().get("/prompts/p/history").await.good();
    let expected = [
        "prompt.restore",
        "prompt.archive",
        "version.restore",
        "version.archive",
        "version.deprecate",
        "prompt.update",
        "deployment.activate",
        "version.create",
        "prompt.create",
    ];
    assert_eq!(history.items("action"), expected);
    let json = history.json();
    let live = &json["items"][6];
    assert_eq!((&live["environment"], &live["actor"]), (&json!("production"), &json!("read-deploy")));
    assert_eq!((&live["detail"]["to"], &live["detail"]["from"]), (&json!("1.0.1"), &Value::Null));
    assert_eq!(json["items"][5]["detail"]["after"]["owner"], "ada");
    author.get("/prompts/nobody/history").await.refused("not_found");
});
