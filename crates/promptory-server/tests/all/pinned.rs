//! Resolving a named version: from memory when it is the live one, else from the database through a cache.

use serde_json::json;

use crate::server::story;

both!(by_every_kind_of_reference, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one {{ n }}").await.good();
    author.reword("p", "two {{ n }}").await.good();
    author.reword("p", "three {{ n }}").await.good();
    operator.activate("p", "2", "production").await.good();
    operator.activate("p", "1", "staging").await.good();
    for (reference, version, database) in [
        ("1.0.1", "1.0.1", false),
        ("2", "1.0.1", false),
        ("production", "1.0.1", false),
        ("1.0.0", "1.0.0", true),
        ("1", "1.0.0", true),
        ("latest", "1.0.2", true),
        ("staging", "1.0.0", true),
    ] {
        for _ in 0..2 {
            let body = json!({"version": reference, "variables": {"n": 1}});
            let answer = operator.resolve("p", body).await.good();
            assert_eq!(answer.field("/version"), version, "{reference}");
            assert_eq!(
                (answer.field("/reason"), answer.field("/environment")),
                ("pinned".into(), "production".into())
            );
            assert!(answer.field("/text").ends_with(" 1"), "{answer}");
            let source = answer.json().get("source").cloned();
            assert_eq!(source, database.then(|| json!("database")), "{reference}");
        }
    }
    for reference in ["development", "9", "^2", "beta"] {
        assert!(operator.resolve("p", json!({"version": reference})).await.status >= 404, "{reference}");
    }
});

both!(the_cache_is_never_behind, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let latest = async || operator.resolve("p", json!({"version": "latest"})).await;
    assert_eq!(latest().await.good().field("/content"), "one");
    author.reword("p", "two").await.good();
    assert_eq!(latest().await.good().field("/content"), "two");
    operator.activate("p", "2", "staging").await.good();
    let staging = async || operator.resolve("p", json!({"version": "staging"})).await;
    assert_eq!(staging().await.good().field("/content"), "two");
    operator.activate("p", "1", "staging").await.good();
    assert_eq!(staging().await.good().field("/content"), "one");
    author.mark("p", "2", "archive").await.good();
    latest().await.is(409).refused("version_archived");
    author.mark("p", "2", "restore").await.good();
    latest().await.good();
    operator.poke("/prompts/p/archive").await.good();
    latest().await.is(404);
});

both!(a_pin_needs_no_live_version, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    let pinned = operator.resolve("p", json!({"version": "1", "environment": "staging"})).await.good();
    assert_eq!(
        (pinned.field("/environment"), pinned.field("/source")),
        ("staging".into(), "database".into())
    );
    assert_eq!(pinned.json().get("deployment_id"), None);
});
