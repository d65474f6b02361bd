//! A range is a filter on what an environment serves, never a pin.

use serde_json::json;

use crate::server::{Server, story};

both!(live_if_it_fits_else_the_most_recent_that_did, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.revise("p", json!({"content": "two", "version": "1.1.0"})).await.good();
    author.revise("p", json!({"content": "three", "version": "2.0.0"})).await.good();
    author.revise("p", json!({"content": "four", "version": "2.1.0"})).await.good();
    let resolve = async |range: &str| operator.resolve("p", json!({"version": range})).await;
    let refused = resolve("^1").await.is(404).refused("no_version_in_range");
    assert!(refused.field("/detail").contains("nothing is live"), "{refused}");
    for sequence in ["1", "2", "3"] {
        operator.activate("p", sequence, "production").await.good();
    }
    for (range, version, reason) in [
        ("^2", "2.0.0", "live"),
        ("*", "2.0.0", "live"),
        (">=1, <3", "2.0.0", "live"),
        ("^1", "1.1.0", "pinned"),
        ("~1.0", "1.0.0", "pinned"),
        ("1.x", "1.1.0", "pinned"),
        ("=1.0.0", "1.0.0", "pinned"),
    ] {
        let answer = resolve(range).await.good();
        assert_eq!(
            (answer.field("/version"), answer.field("/reason")),
            (version.into(), reason.into()),
            "{range}"
        );
        assert_eq!(answer.json().get("source"), None, "{range}: from memory");
    }
    let refused = resolve("~2.1").await.is(404).refused("no_version_in_range");
    assert!(refused.field("/detail").contains("live is 2.0.0"), "{refused}");
    for wrong in ["^1 || ^2", "=x", "^", ">=1 <3"] {
        resolve(wrong).await.is(422).refused("invalid");
    }
    // What is live elsewhere does not count.
    operator.activate("p", "4", "staging").await.good();
    resolve("~2.1").await.is(404);

    db.stop_servers().await;
    let app_again = Server::start(db).await;
    let answer = app_again.admin().resolve("p", json!({"version": "^1"})).await.good();
    assert_eq!(answer.field("/version"), "1.1.0", "as before the restart");
    drop(app);
});

both!(what_was_taken_back_is_never_the_answer, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.revise("p", json!({"content": "two", "version": "1.1.0"})).await.good();
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "production").await.good();
    assert_eq!(operator.activate("p", "1", "production").await.good().field("/direction"), "back");
    let resolve = async |range: &str| operator.resolve("p", json!({"version": range})).await;
    resolve("~1.1").await.is(404).refused("no_version_in_range");
    assert_eq!(resolve("^1").await.good().field("/version"), "1.0.0");
    // Live again it counts again, and what it replaced was not taken back.
    assert_eq!(operator.activate_again("p", "2", "production").await.good().field("/direction"), "forward");
    assert_eq!(resolve("~1.1").await.good().field("/version"), "1.1.0");
    assert_eq!(resolve("~1.0").await.good().field("/version"), "1.0.0");
    author.mark("p", "1", "archive").await.good();
    resolve("~1.0").await.is(404).refused("no_version_in_range");
});

both!(beyond_what_memory_holds_the_database_knows, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "zero").await.good();
    operator.activate("p", "1", "production").await.good();
    for minor in 1..=18 {
        let body = json!({"content": format!("text {minor}"), "version": format!("1.{minor}.0")});
        author.revise("p", body).await.good();
        operator.activate("p", &format!("1.{minor}.0"), "production").await.good();
    }
    let old = operator.resolve("p", json!({"version": "=1.0.0"})).await.good();
    assert_eq!((old.field("/content"), old.field("/source")), ("zero".into(), "database".into()));
    operator.resolve("p", json!({"version": "^2"})).await.is(404).refused("no_version_in_range");
});
