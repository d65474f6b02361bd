//! What differs between two versions.

use serde_json::{Value, json};

use crate::server::story;

fn lines(hunks: &Value, kind: &str) -> Vec<String> {
    let all = hunks
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|hunk| hunk["lines"].as_array().into_iter().flatten());
    all.filter(|line| line["kind"] == kind)
        .map(|line| {
            line["pieces"].as_array().into_iter().flatten().filter_map(|p| p["text"].as_str()).collect()
        })
        .collect()
}

both!(text_variables_settings_metadata_and_callers, async |db| {
    let (_, anon, author, operator) = story(db).await;
    let first = json!({
        "content": "Greet {{ name }}.\nBe kind.\n", "settings": {"temperature": 0.7}, "metadata": {"team": "a"},
    });
    author.publish_with("p", first).await.good();
    let second = json!({
        "content": "Greet {{ name }} and {{ other }}.\nBe kind.\n", "settings": {"temperature": 1},
        "metadata": {"team": "b"},
    });
    author.revise("p", second).await.good();
    operator.activate("p", "1.0.0", "production").await.good();

    let found = author.get("/prompts/p/compare?from=production&to=latest").await.good().json();
    assert_eq!((&found["from"]["version"], &found["to"]["sequence"]), (&json!("1.0.0"), &json!(2)));
    let hunks = &found["content"]["hunks"];
    assert_eq!(lines(hunks, "removed"), ["Greet {{ name }}.\n"]);
    assert_eq!(lines(hunks, "added"), ["Greet {{ name }} and {{ other }}.\n"]);
    assert_eq!(lines(hunks, "context"), ["Be kind.\n"]);
    assert_eq!(found["variables"][0]["name"], "other");
    assert_eq!(found["settings"][0], json!({"name": "temperature", "before": 0.7, "after": 1}));
    assert_eq!(found["metadata"][0], json!({"name": "/team", "before": "a", "after": "b"}));
    assert_eq!(
        (&found["forward"]["replaceable"], &found["forward"]["bump"]),
        (&json!(false), &json!("major"))
    );
    assert_eq!(found["performance"], Value::Null);

    let same = author.get("/prompts/p/compare?from=1&to=1.0.0").await.good().json();
    assert_eq!((&same["content"]["hunks"], &same["forward"]["changes"]), (&json!([]), &json!([])));
    author.get("/prompts/p/compare?from=1").await.refused("invalid");
    author.get("/prompts/p/compare?from=1&to=7").await.refused("not_found");
    anon.get("/prompts/p/compare?from=1&to=2").await.refused("unauthenticated");
});

both!(a_draft_is_compared_without_being_stored, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "Hello {{ name }}").await.good();
    let before = app.revision();
    let body = json!({"from": "latest", "draft": {"content": "Hi {{ name }}"}, "variables": {"name": "Ada"}});
    let found = author.post("/prompts/p/compare", body).await.good().json();
    assert_eq!(found["to"]["version"], Value::Null);
    assert_eq!(lines(&found["rendered"]["hunks"], "added"), ["Hi Ada"]);
    assert_eq!(
        (&found["forward"]["replaceable"], &found["forward"]["bump"]),
        (&json!(true), &json!("patch"))
    );
    let missing = json!({"from": "latest", "to": "1", "variables": {}});
    let found = author.post("/prompts/p/compare", missing).await.good().json();
    assert_eq!(
        found["rendered"]["problems"].as_array().map(Vec::len),
        Some(2),
        "both sides say what is missing"
    );
    let broken =
        author.post("/prompts/p/compare", json!({"from": "1", "draft": {"content": "{{ name"}})).await;
    assert_eq!((broken.status, broken.field("/errors/0/pointer")), (422, "/draft/content".to_owned()));
    author.post("/prompts/p/compare", json!({"from": "1"})).await.refused("invalid");
    assert_eq!(app.revision(), before, "nothing was written");
});

both!(messages_of_a_chat_are_aligned, async |db| {
    let (_, _, author, _) = story(db).await;
    let system = json!({"role": "system", "content": "You help customers of a shop.\n"});
    let user = json!({"role": "user", "content": "{{ question }}"});
    author.publish("c", json!([system, user])).await.good();
    let changed = json!({"role": "system", "content": "You help customers of a large shop.\n"});
    author.revise("c", json!({"content": [changed, {"placeholder": "history"}, user]})).await.good();
    let found = author.get("/prompts/c/compare?from=1&to=2").await.good().json();
    let changes: Vec<&Value> =
        found["content"]["messages"].as_array().expect("messages").iter().map(|m| &m["change"]).collect();
    assert_eq!(changes, ["changed", "added", "equal"]);
});
