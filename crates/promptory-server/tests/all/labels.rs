//! Labels, and what is reached by them.

use serde_json::json;

use crate::server::story;

both!(labels_point_to_versions, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    author.put("/prompts/p/labels/beta", json!({"version": "2"})).await.refused("forbidden");
    let put = operator.put("/prompts/p/labels/beta", json!({"version": "latest"})).await.good();
    assert_eq!((put.field("/name"), put.field("/version")), ("beta".into(), "1.0.1".into()));
    assert_eq!(author.version("p", "beta").await.good().json()["labels"], json!(["beta", "latest"]));
    operator.put("/prompts/p/labels/alpha", json!({"version": "1"})).await.good();
    let listed = author.get("/prompts/p/labels").await.good();
    assert_eq!(listed.items("name"), ["alpha", "beta"]);
    assert_eq!(listed.items("version"), ["1.0.0", "1.0.1"]);

    // A label is a pin: from memory, in any environment.
    let pinned = operator.resolve("p", json!({"version": "beta"})).await.good();
    assert_eq!((pinned.field("/content"), pinned.field("/reason")), ("two".into(), "pinned".into()));
    assert_eq!(pinned.json().get("source"), None);
    operator.put("/prompts/p/labels/beta", json!({"version": "1", "dry_run": true})).await.good();
    assert_eq!(operator.resolve("p", json!({"version": "beta"})).await.field("/content"), "two");
    let revision = app.revision();
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();
    assert_eq!(operator.resolve("p", json!({"version": "beta"})).await.field("/content"), "one");
    assert_eq!(app.revision(), revision + 1);
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();
    assert_eq!(app.revision(), revision + 1, "it points there already");

    operator.delete("/prompts/p/labels/beta?dry_run=true").await.is(204);
    operator.delete("/prompts/p/labels/beta").await.is(204);
    operator.delete("/prompts/p/labels/beta").await.is(404);
    operator.resolve("p", json!({"version": "beta"})).await.is(404);
    let history = author.get("/prompts/p/history").await.items("action");
    assert_eq!(history[..3], ["label.delete", "label.put", "label.put"]);
});

both!(names_that_no_label_has, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let put =
        async |name: &str| operator.put(&format!("/prompts/p/labels/{name}"), json!({"version": "1"})).await;
    for name in ["latest", "previous", "last_known_good", "1", "1.0.0", "Beta", "-a", "%C3%A4"] {
        put(name).await.is(422);
    }
    put("production").await.is(409).refused("name_taken");
    put("beta").await.good();
    let taken = app.admin().post("/environments", json!({"name": "beta"})).await;
    taken.is(409).refused("name_taken");
    operator.put("/prompts/p/labels/b", json!({"version": "9"})).await.is(404);
    operator.put("/prompts/p/labels/b", json!({"version": "^1"})).await.is(422);
    operator.put("/prompts/nobody/labels/b", json!({"version": "1"})).await.is(404);
    let key = json!({"name": "k", "scopes": ["deploy"], "environment": "staging"});
    let made = app.admin().post("/keys", key).await.good();
    let bound = app.person(&made.field("/key"));
    bound.put("/prompts/p/labels/b", json!({"version": "1"})).await.is(403).refused("wrong_environment");
});

both!(archived_versions_are_not_reached, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.put("/prompts/p/labels/beta", json!({"version": "2"})).await.good();
    author.mark("p", "2", "archive").await.good();
    operator.resolve("p", json!({"version": "beta"})).await.is(409).refused("version_archived");
    operator
        .put("/prompts/p/labels/other", json!({"version": "2"}))
        .await
        .is(409)
        .refused("version_archived");
    author.mark("p", "2", "restore").await.good();
    assert_eq!(operator.resolve("p", json!({"version": "beta"})).await.good().field("/content"), "two");
});

both!(labels_outlive_the_server, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();
    db.stop_servers().await;
    let app = crate::server::Server::start(db).await;
    let pinned = app.admin().resolve("p", json!({"version": "beta"})).await.good();
    assert_eq!((pinned.field("/content"), pinned.json().get("source").cloned()), ("one".into(), None));
});
