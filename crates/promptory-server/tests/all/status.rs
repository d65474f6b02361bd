//! The status of a version follows from what happened to it.

use serde_json::json;

use crate::server::{Person, story};

async fn status(person: &Person, reference: &str) -> String {
    person.version("p", reference).await.good().field("/status")
}

both!(over_a_life, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    assert_eq!(status(&author, "1").await, "draft");
    operator.activate("p", "1", "development").await.good();
    assert_eq!(status(&author, "1").await, "testing");
    operator.activate("p", "1", "production").await.good();
    assert_eq!(status(&author, "1").await, "production");
    operator.activate("p", "2", "production").await.good();
    assert_eq!(
        (status(&author, "1").await, status(&author, "2").await),
        ("deprecated".into(), "production".into())
    );
    operator.activate("p", "1", "production").await.good();
    assert_eq!(
        (status(&author, "1").await, status(&author, "2").await),
        ("production".into(), "deprecated".into())
    );
    author.mark("p", "2", "archive").await.good();
    assert_eq!(status(&author, "2").await, "archived");
    author.mark("p", "2", "restore").await.good();
    assert_eq!(status(&author, "2").await, "deprecated");
    let listed = author.get("/prompts/p/versions").await;
    assert_eq!(listed.items("status"), ["deprecated", "production"]);
    assert_eq!(listed.items("live_in"), ["[]", r#"["development","production"]"#]);
});

both!(marked_as_deprecated, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let marked = author.mark("p", "1", "deprecate").await.good();
    assert_eq!(marked.field("/status"), "deprecated");
    assert_eq!(author.mark("p", "1", "deprecate").await.good().json(), marked.json(), "twice is once");
    operator.activate("p", "1", "staging").await.good();
    assert_eq!(status(&author, "1").await, "deprecated");
    operator.activate("p", "1", "production").await.good();
    assert_eq!(status(&author, "1").await, "production", "what is live there counts more");
});

both!(an_archived_version_is_neither_activated_nor_served, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "2", "production").await.good();
    let live = author.mark("p", "2", "archive").await.is(409).refused("version_live");
    assert!(live.field("/detail").contains("production"), "{live}");

    operator.resolve("p", json!({"version": "1"})).await.good();
    author.mark("p", "1", "archive").await.good();
    operator.resolve("p", json!({"version": "1"})).await.is(409).refused("version_archived");
    operator.activate("p", "1", "staging").await.is(409).refused("version_archived");
    author.version("p", "1").await.good();
    author.mark("p", "1", "restore").await.good();
    operator.resolve("p", json!({"version": "1"})).await.good();
    operator.activate("p", "1", "staging").await.good();
    for how in ["archive", "restore", "deprecate"] {
        author.mark("p", "9", how).await.refused("not_found");
        author.mark("q", "1", how).await.refused("not_found");
        operator.mark("p", "1", how).await.is(403);
    }
});

both!(notes_tags_and_metadata_may_be_corrected_and_nothing_else, async |db| {
    let (app, _, author, operator) = story(db).await;
    author
        .publish_with("p", json!({"content": "one", "note": "tpyo", "tags": ["a"], "metadata": {"x": 1}}))
        .await
        .good();
    operator.activate("p", "1", "production").await.good();
    let (before, served) = (author.version("p", "1").await.json(), operator.active("p").await.body);
    let path = "/prompts/p/versions/1";
    let corrected = author.patch(path, json!({"note": "typo", "metadata": null})).await.good();
    assert_eq!((corrected.field("/note"), corrected.field("/tags")), ("typo".into(), r#"["a"]"#.into()));
    assert_eq!(corrected.field("/metadata"), "{}");
    for field in ["content_hash", "content", "version", "sequence", "created_at", "status"] {
        assert_eq!(corrected.json()[field], before[field], "{field}");
    }
    assert_eq!(operator.active("p").await.body, served, "not a byte of what is served");
    let entry = app.admin().get("/audit?action=version.correct").await.good();
    assert_eq!(entry.field("/items/0/detail/before/note"), "tpyo");
    assert_eq!(entry.field("/items/0/detail/after/note"), "typo");
    for body in [
        json!({"content": "two"}),
        json!({"version": "2.0.0"}),
        json!({"tags": ["a", "a"]}),
        json!({"note": "AKIAQWERTYUIOPASDFGH"}),
    ] {
        author.patch(path, body).await.is(422).refused("invalid");
    }
    operator.patch(path, json!({})).await.is(403);
    author.patch("/prompts/p/versions/9", json!({})).await.refused("not_found");
});
