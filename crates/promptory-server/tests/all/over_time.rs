//! What was live when, and what happened in the project.

use serde_json::json;

use crate::server::story;

both!(an_environment_at_a_time, async |db| {
    let (app, _, author, operator) = story(db).await;
    for name in ["a", "b", "c"] {
        author.publish(name, "one").await.good();
    }
    author.reword("a", "two").await.good();
    operator.activate("a", "1", "production").await.good();
    operator.activate("b", "1", "production").await.good();
    let noon = app.clock.now_text();
    app.clock.advance_seconds(60);
    operator.activate("a", "2", "production").await.good();
    operator.activate("c", "1", "production").await.good();
    operator.poke("/prompts/b/archive").await.good();
    let later = app.clock.now_text();
    app.clock.advance_seconds(60);
    operator.poke("/prompts/b/restore").await.good();
    author.patch("/prompts/c", json!({"name": "z"})).await.good();
    app.clock.advance_seconds(60);
    let at = async |time: &str| {
        let answer = author.get(&format!("/environments/production/at?time={time}")).await.good();
        let names = answer.items("prompt").into_iter().zip(answer.items("version"));
        names.map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>()
    };
    assert_eq!(at("2026-11-20T09:00:00Z").await, Vec::<String>::new());
    assert_eq!(at(&noon).await, ["a 1.0.0", "b 1.0.0"]);
    assert_eq!(at(&later).await, ["a 1.0.1", "z 1.0.0"], "b was archived; c is called z now");
    let now = author.get("/environments/production/at").await.good();
    assert_eq!(now.items("prompt"), ["a", "b", "z"]);
    // The same that each prompt says of itself.
    let then = author.get(&format!("/prompts/b/active?at={later}")).await;
    then.is(404).refused("nothing_live");
    assert_eq!(author.get(&format!("/prompts/a/active?at={noon}")).await.good().field("/version"), "1.0.0");

    let mut seen = Vec::new();
    let mut path = "/environments/production/at?limit=1".to_owned();
    loop {
        let page = author.get(&path).await.good();
        seen.extend(page.items("prompt"));
        match page.json()["next_cursor"].as_str() {
            Some(next) => path = format!("/environments/production/at?limit=1&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["a", "b", "z"]);
    author.get("/environments/nowhere/at").await.is(404);
    author.get("/environments/production/at?time=noon").await.is(422);
});

both!(the_history_of_the_project, async |db| {
    let (app, anon, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.publish("q", "one").await.good();
    operator.activate("q", "1", "production").await.good();
    anon.get("/prompts").await.is(401);
    author.activate("q", "1", "production").await.is(403);
    promptory_server::jobs::flush_denials(&app.app, app.app.clock.now()).await.expect("written");
    let all = author.get("/history").await.good();
    let (actions, prompts) = (all.items("action"), all.items("prompt"));
    assert_eq!(
        actions[..3],
        ["deployment.activate", "prompt.create", "prompt.create"],
        "denials are not history"
    );
    assert_eq!(prompts[..3], ["q", "q", "p"]);
    let of = async |query: &str| author.get(&format!("/history?{query}")).await.good().items("action");
    assert_eq!(of("prompt=p").await, ["prompt.create"]);
    assert_eq!(of("environment=production").await, ["deployment.activate"]);
    assert_eq!(of("action=prompt.create").await.len(), 2);
    assert_eq!(of("since=2030-01-01T00:00:00Z").await, Vec::<String>::new());
    assert_eq!(of("until=2030-01-01T00:00:00Z&limit=1").await.len(), 1);
    author.get("/history?prompt=nobody").await.is(404);
    author.get("/history?since=monday").await.is(422);
});

both!(uses_are_counted_by_build_and_key, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let uses = async || {
        promptory_server::jobs::flush_uses(&app.app, app.app.clock.now()).await.expect("written");
        author.get("/prompts/p/uses").await.good().json()["items"].clone()
    };
    assert_eq!(uses().await, json!([]));
    for _ in 0..3 {
        author.active("p").await.good();
    }
    operator.resolve("p", json!({})).await.good();
    operator.with("x-project", "default").resolve("p", json!({"version": "2"})).await.good();
    app.clock.advance_seconds(5);
    let first = uses().await;
    let seen = |items: &serde_json::Value| {
        let mut rows: Vec<String> = items
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| {
                format!("{} {} {} {}", row["version"], row["environment"], row["key_name"], row["uses"])
            })
            .collect();
        rows.sort();
        rows.join(", ").replace('"', "")
    };
    assert_eq!(
        seen(&first),
        "1.0.0 production read-deploy 1, 1.0.0 production read-write 3, 1.0.1 production read-deploy 1"
    );
    author.active("p").await.good();
    assert!(seen(&uses().await).contains("read-write 4"), "they add up");
    assert!(seen(&uses().await).contains("read-write 4"), "and are written once");
});
