//! Prompts: created, shown, changed, archived.

use serde_json::{Value, json};

use crate::server::story;

both!(created_with_everything_and_shown_as_created, async |db| {
    let (_, anon, author, _) = story(db).await;
    let body = json!({
        "name": "support/reply", "kind": "text", "description": "Answers a customer.", "category": "support",
        "tags": ["mail", "Ünïcode"], "owner": "ada", "metadata": {"ticket": {"id": 7, "z": 1, "a": 2}},
    });
    let created = author.post("/prompts", body.clone()).await.is(201);
    let json = created.json();
    for (field, sent) in body.as_object().expect("an object") {
        assert_eq!(json[field], *sent, "{field}");
    }
    assert_eq!((&json["live"], &json["latest"]), (&json!({}), &Value::Null));
    assert_eq!((&json["archived"], &json["created_by"]), (&json!(false), &json!("read-write")));
    assert!(created.field("/created_at").starts_with("2026-11-20T10:00:00.0"), "{created}");
    assert!(created.text().contains(r#""metadata":{"ticket":{"id":7,"z":1,"a":2}}"#), "{created}");

    let shown = author.prompt("support/reply").await.good();
    assert_eq!(shown.json(), json);
    assert!(shown.header("etag").is_some_and(|etag| etag.starts_with('"')));
    anon.prompt("support/reply").await.refused("unauthenticated");
});

both!(its_first_version_comes_in_the_same_commit_or_not_at_all, async |db| {
    let (app, _, author, _) = story(db).await;
    let before = app.revision();
    let created = author.publish("greeting", "Hello {{ name }}").await.is(201);
    assert_eq!(created.field("/latest/version"), "1.0.0");
    assert_eq!(app.revision(), before + 1);
    author.version("greeting", "1.0.0").await.good();

    author.publish("broken", "Hello {{ name").await.is(422).refused("invalid");
    author.prompt("broken").await.refused("not_found");
    author.publish("greeting", "Good bye").await.is(409).refused("name_taken");
    assert_eq!(author.get("/prompts/greeting/versions").await.items("version"), ["1.0.0"]);
});

both!(a_merge_patch_keeps_what_is_absent_and_clears_what_is_null, async |db| {
    let (_, _, author, _) = story(db).await;
    let full = json!({
        "name": "p", "kind": "text", "description": "d", "category": "c", "tags": ["t"], "owner": "o",
        "metadata": {"a": 1},
    });
    author.post("/prompts", full).await.good();
    let one = author.patch("/prompts/p", json!({"description": "new"})).await.good();
    assert_eq!((one.field("/description"), one.field("/category")), ("new".into(), "c".into()));
    assert_eq!((one.field("/owner"), one.field("/tags")), ("o".into(), r#"["t"]"#.into()));
    let nulls = json!({"description": null, "category": null, "tags": null, "owner": null, "metadata": null});
    let cleared = author.patch("/prompts/p", nulls).await.good();
    for (pointer, empty) in
        [("/description", ""), ("/category", ""), ("/owner", ""), ("/tags", "[]"), ("/metadata", "{}")]
    {
        assert_eq!(cleared.field(pointer), empty, "{pointer}");
    }
    let untouched = author.patch("/prompts/p", json!({})).await.good();
    assert_eq!(untouched.field("/name"), "p");
    author.patch("/prompts/p", json!({"kind": "chat"})).await.is(422).refused("invalid");
    author.patch("/prompts/nobody", json!({})).await.refused("not_found");
});

both!(if_match_protects_what_was_read, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "text").await.good();
    let read = author.prompt("p").await.good();
    let etag = read.header("etag").expect("an etag").to_owned();
    let first = author.with("if-match", &etag).patch("/prompts/p", json!({"owner": "ada"})).await.good();
    let fresh = first.header("etag").expect("an etag").to_owned();
    assert_ne!(fresh, etag);
    let late = author.with("if-match", &etag).patch("/prompts/p", json!({"owner": "bob"})).await;
    late.is(412).refused("changed");
    assert_eq!(author.prompt("p").await.field("/owner"), "ada");
    assert_eq!(
        author.prompt("p").await.header("etag"),
        Some(fresh.as_str()),
        "the answer's tag is the new one"
    );
    author.with("if-match", &fresh).patch("/prompts/p", json!({"owner": "cy"})).await.good();
    author.with("if-match", "*").patch("/prompts/p", json!({"owner": "dee"})).await.good();
});

both!(an_archived_prompt_takes_no_changes_and_is_not_served, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "text").await.good();
    operator.activate("p", "1.0.0", "production").await.good();
    author.poke("/prompts/p/archive").await.is(403).refused("forbidden");
    let archived = operator.poke("/prompts/p/archive").await.good();
    assert_eq!(archived.field("/archived"), "true");
    assert_eq!(operator.poke("/prompts/p/archive").await.good().json(), archived.json(), "twice is once");

    operator.active("p").await.refused("nothing_live");
    operator.resolve("p", json!({})).await.refused("nothing_live");
    operator.resolve("p", json!({"version": "1.0.0"})).await.is(404);
    author.reword("p", "more").await.is(409).refused("prompt_archived");
    operator.activate("p", "1.0.0", "staging").await.is(409).refused("prompt_archived");
    assert!(author.get("/prompts").await.items("name").is_empty());
    assert_eq!(author.get("/prompts?status=archived").await.items("name"), ["p"]);
    assert_eq!(author.get("/prompts?status=all").await.items("name"), ["p"]);
    author.publish("P", "text").await.refused("name_taken");

    let restored = operator.poke("/prompts/p/restore").await.good();
    assert_eq!(restored.field("/live/production"), "1.0.0");
    assert_eq!(operator.active("p").await.good().field("/content"), "text");
    author.reword("p", "more").await.good();
});

both!(live_and_latest_tell_where_a_prompt_stands, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "staging").await.good();
    for answer in [author.prompt("p").await.json(), author.get("/prompts").await.json()["items"][0].clone()] {
        assert_eq!(answer["live"], json!({"production": "1.0.0", "staging": "1.0.1"}));
        assert_eq!(answer["latest"]["version"], "1.0.1");
        assert_eq!(answer["latest"]["sequence"], 2);
    }
});
