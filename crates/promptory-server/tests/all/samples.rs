//! Sample inputs of a prompt.

use serde_json::json;

use crate::server::story;

both!(samples_are_kept_and_used, async |db| {
    let (app, _, _, _) = story(db).await;
    let author = app.with_scopes(&["read", "write", "render"]).await;
    author.publish("p", "Dear {{ name }}, {{ text }}").await.good();
    author.reword("p", "Hello {{ name }}: {{ text }}").await.good();
    let body = json!({"variables": {"name": "Ada", "text": "welcome", "n": 1}, "description": "a new user"});
    author.put("/prompts/p/samples/new-user", body).await.good();
    author.put("/prompts/p/samples/angry", json!({"variables": {"name": "Bob"}})).await.good();
    let shown = author.get("/prompts/p/samples/new-user").await.good();
    assert_eq!(shown.field("/description"), "a new user");
    author.put("/prompts/p/samples/new-user", shown.json()).await.good();
    assert_eq!(author.get("/prompts/p/samples").await.good().items("name"), ["angry", "new-user"]);

    let render = async |body: serde_json::Value| author.post("/prompts/p/versions/1/render", body).await;
    assert_eq!(render(json!({"sample": "new-user"})).await.good().field("/text"), "Dear Ada, welcome");
    let both = json!({"sample": "new-user", "variables": {"name": "Eve"}});
    assert_eq!(render(both).await.good().field("/text"), "Dear Eve, welcome");
    render(json!({"sample": "angry"})).await.is(422).refused("invalid_variables");
    render(json!({"sample": "nobody"})).await.is(404);
    let compared = author.get("/prompts/p/compare?from=1&to=2&sample=new-user").await.good();
    let hunks = compared.json()["rendered"]["hunks"].to_string();
    assert!(hunks.contains("Ada") && hunks.contains("Hello"), "{hunks}");
    assert_eq!(author.get("/prompts/p/compare?from=1&to=2").await.good().json().get("rendered"), None);

    author.delete("/prompts/p/samples/angry").await.is(204);
    author.delete("/prompts/p/samples/angry").await.is(404);
    let detail = app.admin().get("/audit?action=sample.put").await.good().text().to_owned();
    assert!(
        detail.contains("name") && !detail.contains("welcome"),
        "names of variables, never values: {detail}"
    );
});

both!(what_no_sample_may_be, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let put = async |name: &str, body: serde_json::Value| {
        author.put(&format!("/prompts/p/samples/{name}"), body).await
    };
    put("A%20b", json!({"variables": {}})).await.is(422).refused("invalid");
    put("a", json!({})).await.is(422);
    put("a", json!({"variables": []})).await.is(422);
    put("a", json!({"variables": {"x": "y".repeat(70_000)}})).await.is(422).refused("invalid");
    put("a", json!({"variables": {"key": "ghp_R7kQ2mXv9LpT4wYc8ZbN3hJf6DgS1aEuVoWi"}}))
        .await
        .is(422)
        .refused("invalid");
    author.put("/prompts/nobody/samples/a", json!({"variables": {}})).await.is(404);
});
