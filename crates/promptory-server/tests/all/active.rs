//! `GET …/active`: from memory, with a strong tag; with `at` from the record.

use serde_json::{Value, json};

use crate::server::{Person, story};

both!(the_whole_answer, async |db| {
    let (app, _, author, operator) = story(db).await;
    let draft = json!({"content": "Hi {{ name }}", "settings": {"model": "m", "temperature": 0.5}});
    author.publish_with("p", draft).await.good();
    operator.activate("p", "1", "production").await.good();
    let active = operator.active("p").await.good();
    let stored = author.version("p", "1").await.good().json();
    let json = active.json();
    for field in [
        "prompt",
        "kind",
        "version",
        "sequence",
        "content",
        "template",
        "variables",
        "settings",
        "content_hash",
    ] {
        assert_eq!(json[field], stored[field], "{field}");
    }
    assert_eq!((&json["environment"], &json["includes"]), (&json!("production"), &json!([])));
    assert_eq!(json["revision"], app.revision());
    assert!(active.field("/build_hash").starts_with("sha256:"));
    let fields: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(fields.len(), 13, "only what a caller needs to run: {fields:?}");
    assert_eq!(active.header("content-type"), Some("application/json"));
    assert_eq!(active.header("cache-control"), Some("private, no-cache"));
    assert_eq!(active.header("x-content-type-options"), Some("nosniff"));
});

both!(the_tag_spares_the_body, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    let active = operator.active("p").await.good();
    let etag = active.header("etag").expect("a tag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
    assert_eq!(operator.active("p").await.header("etag"), Some(etag.as_str()));
    for (wanted, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!("\"x\", {etag}"), 304),
        (format!("\"x\",W/{etag} ,\"y\""), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
        (etag.trim_matches('"').to_owned(), 200),
        ("garbage, , ,".to_owned(), 200),
    ] {
        for person in [
            operator.with("if-none-match", &wanted),
            operator.with("if-none-match", &wanted).with("x-project", "default"),
        ] {
            let answer = person.active("p").await.is(status);
            assert_eq!(answer.header("etag"), Some(etag.as_str()), "{wanted}");
            assert_eq!(answer.body.is_empty(), status == 304, "{wanted}");
            assert!(answer.header("promptory-revision").is_some());
        }
    }
    // Another change of the project does not touch this answer; another version does; going back makes a new entry.
    author.publish("q", "one").await.good();
    operator.with("if-none-match", &etag).active("p").await.is(304);
    operator.activate("p", "2", "production").await.good();
    operator.with("if-none-match", &etag).active("p").await.is(200);
    assert_ne!(operator.active_in("p", "production").await.field("/revision"), active.field("/revision"));
    assert_eq!(operator.active("p").await.field("/revision"), app.revision().to_string());
});

/// What was live in production then: a version, or the code of the refusal.
async fn at(person: &Person, time: &str) -> String {
    let answer = person
        .get(&format!("/prompts/p/active?environment=production&at={}", crate::server::encoded(time)))
        .await;
    if answer.status == 200 { answer.field("/version") } else { answer.field("/code") }
}

both!(what_was_live_then, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    for version in ["1", "2", "1"] {
        app.clock.advance_seconds(60);
        operator.activate("p", version, "production").await.good();
    }
    for (time, expected) in [
        ("2026-11-20T09:00:00Z", "nothing_live"),
        ("2026-11-20T10:00:59.999999Z", "nothing_live"),
        ("2026-11-20T10:01:00Z", "1.0.0"),
        ("2026-11-20T10:01:59.999999Z", "1.0.0"),
        ("2026-11-20T10:02:00.000Z", "1.0.1"),
        ("2026-11-20T12:02:30+02:00", "1.0.1"),
        ("2026-11-20T10:03:00Z", "1.0.0"),
        ("9999-01-01T00:00:00Z", "1.0.0"),
        ("0001-01-01T00:00:00Z", "nothing_live"),
        ("yesterday", "invalid"),
        ("", "invalid"),
        ("2026-11-20", "invalid"),
    ] {
        assert_eq!(at(&operator, time).await, expected, "{time}");
    }
    let then = operator.get("/prompts/p/active?at=2026-11-20T10:03:00Z").await.good();
    assert_eq!(then.body, operator.active("p").await.body, "the record gives the very bytes");
    operator.get("/prompts/p/active?at=2026-11-20T10:03:00Z&environment=moon").await.refused("not_found");
    operator.get("/prompts/q/active?at=2026-11-20T10:03:00Z").await.refused("not_found");
});

both!(what_is_not_there, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    for (path, status, code) in [
        ("/prompts/p/active", 404, "nothing_live"),
        ("/prompts/p/active?environment=staging", 404, "nothing_live"),
        ("/prompts/p/active?environment=moon", 404, "not_found"),
        ("/prompts/p/active?environment=", 404, "not_found"),
        ("/prompts/nobody/active", 404, "not_found"),
        ("/prompts/p/active?env=production", 422, "invalid"),
        ("/prompts/p/active?environment=production&environment=staging", 422, "invalid"),
        ("/prompts/p/active?environment=%FF", 404, "not_found"),
    ] {
        operator.get(path).await.is(status).refused(code);
    }
    let deep: Value = operator.get("/prompts/p/active").await.json();
    assert_eq!(deep["code"], "nothing_live");
});
