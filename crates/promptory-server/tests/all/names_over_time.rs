//! Renames, copies and deletions.

use serde_json::json;

use crate::server::{Server, story};

both!(a_former_name_still_leads_to_the_prompt, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("old/name", "one").await.good();
    operator.activate("old/name", "1", "production").await.good();
    let before = author.active("old/name").await.good();
    let renamed = author.patch("/prompts/old%2Fname", json!({"name": "new/name"})).await.good();
    assert_eq!(renamed.field("/name"), "new/name");
    assert_eq!(renamed.json()["former_names"], json!(["old/name"]));

    let present = author.active("new/name").await.good();
    assert_eq!(present.field("/prompt"), "new/name");
    assert_eq!(present.field("/build_hash"), before.field("/build_hash"));
    assert_eq!(present.json().get("renamed_to"), None);
    let former = author.active("old/name").await.good();
    assert_eq!(
        (former.field("/prompt"), former.field("/renamed_to")),
        ("new/name".into(), "new/name".into())
    );
    assert_ne!(former.header("etag"), present.header("etag"));
    let etag = former.header("etag").expect("a tag").to_owned();
    author.with("if-none-match", &etag).active("old/name").await.is(304);
    let resolved = operator.resolve("old/name", json!({"variables": {}})).await.good();
    assert_eq!((resolved.field("/renamed_to"), resolved.field("/text")), ("new/name".into(), "one".into()));
    assert_eq!(author.prompt("old/name").await.good().field("/renamed_to"), "new/name");
    author.reword("old/name", "two").await.good();
    assert_eq!(author.version("new/name", "2").await.good().field("/prompt"), "new/name");

    // Nobody else gets the name while callers use it.
    let taken = author.publish("OLD/name", "x").await.is(409).refused("name_taken");
    assert!(taken.field("/detail").contains("new/name"), "{taken}");
    db.stop_servers().await;
    let app = Server::start(db).await;
    assert_eq!(app.admin().active("old/name").await.good().body, former.body, "as before the restart");
    app.admin().delete("/prompts/new%2Fname/former-names/old%2Fname").await.is(204);
    app.admin().delete("/prompts/new%2Fname/former-names/old%2Fname").await.is(404);
    app.admin().active("old/name").await.is(404);
    app.admin().publish("old/name", "x").await.good();
});

both!(names_may_be_taken_back_and_change_case, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("a", "one").await.good();
    author.publish("b", "other").await.good();
    author.patch("/prompts/a", json!({"name": "b"})).await.is(409).refused("name_taken");
    author.patch("/prompts/a", json!({"name": "x//y"})).await.is(422).refused("invalid");
    author.patch("/prompts/a", json!({"name": "A"})).await.good();
    assert_eq!(author.prompt("A").await.good().json().get("former_names"), None);
    author.patch("/prompts/A", json!({"name": "c"})).await.good();
    let back = author.patch("/prompts/c", json!({"name": "A", "description": "d"})).await.good();
    assert_eq!(back.json()["former_names"], json!(["c"]));
    assert_eq!(author.prompt("c").await.good().field("/renamed_to"), "A");
    let history = author.get("/prompts/A/history").await.good();
    assert_eq!(history.json()["items"][0]["detail"]["before"]["name"], "c");
});

both!(a_copy_says_where_it_came_from, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one {{ n }}").await.good();
    author.reword("p", "two {{ n }}").await.good();
    operator.activate("p", "1", "production").await.good();
    let copy = author.post("/prompts/p/copy", json!({"name": "q"})).await.is(201);
    assert_eq!(copy.field("/metadata/copied_from/version"), "1.0.1");
    assert_eq!(copy.json()["live"], json!({}), "a copy is live nowhere");
    let version = author.version("q", "1.0.0").await.good();
    assert_eq!(version.field("/content"), "two {{ n }}");
    assert_eq!(version.field("/content_hash"), copy.field("/metadata/copied_from/content_hash"));
    author.post("/prompts/p/copy", json!({"name": "q"})).await.is(409).refused("name_taken");
    let old = author.post("/prompts/p/copy", json!({"name": "r", "version": "production"})).await.good();
    assert_eq!(old.field("/metadata/copied_from/version"), "1.0.0");
    author.post("/prompts/p/copy", json!({"name": "s", "version": "9"})).await.is(404);
});

both!(only_what_was_never_used_is_deleted, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    author.reword("p", "three").await.good();
    author.delete("/prompts/p/versions/3?dry_run=true").await.is(204);
    author.version("p", "3").await.good();
    author.delete("/prompts/p/versions/3").await.is(204);
    author.version("p", "3").await.is(404);
    assert_eq!(author.prompt("p").await.json()["latest"]["sequence"], 2);
    let next = author.reword("p", "four").await.good();
    assert_eq!(next.field("/sequence"), "4", "numbers of order are not given twice");
    operator.activate("p", "2", "staging").await.good();
    operator.activate("p", "4", "staging").await.good();
    let refused = author.delete("/prompts/p/versions/2").await.is(409).refused("in_use");
    assert!(refused.field("/detail").contains("was live"), "{refused}");
    operator.put("/prompts/p/labels/beta", json!({"version": "1"})).await.good();
    author.delete("/prompts/p/versions/1").await.is(409).refused("in_use");
    author.delete("/prompts/p").await.is(409).refused("in_use");

    author.publish("q", "one").await.good();
    author.put("/prompts/q/samples/usual", json!({"variables": {"a": 1}})).await.good();
    author.delete("/prompts/q").await.is(204);
    author.prompt("q").await.is(404);
    assert_eq!(author.get("/prompts?query=q").await.items("name"), Vec::<String>::new());
    assert_eq!(author.publish("q", "again").await.good().field("/latest/sequence"), "1");
    let pinned = operator.resolve("q", json!({"version": "1"})).await.good();
    assert_eq!(pinned.field("/content"), "again");
    promptory_server::jobs::flush_uses(&app.app, app.app.clock.now()).await.expect("written");
    let refused = author.delete("/prompts/q").await.is(409).refused("in_use");
    assert!(refused.field("/detail").contains("was served"), "{refused}");
    let action = app.admin().get("/audit?action=prompt.delete").await.good();
    assert_eq!(action.items("prompt"), ["q"]);
});
