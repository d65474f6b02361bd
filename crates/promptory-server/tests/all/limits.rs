//! Limits: at the limit it works, one beyond it is refused and says so.

use http::Method;
use serde_json::{Value, json};

use crate::server::story;

/// Lists inside each other.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

both!(fields_of_prompts, async |db| {
    let (_, _, author, _) = story(db).await;
    let tags = |count: usize| json!((0..count).map(|n| format!("t{n}")).collect::<Vec<_>>());
    let text = |bytes: usize| json!("x".repeat(bytes));
    for (n, (field, fits, beyond, problem)) in [
        ("description", text(16 * 1024), text(16 * 1024 + 1), "too_long /description"),
        (
            "description",
            json!("é".repeat(8 * 1024)),
            json!("é".repeat(8 * 1024 + 1)),
            "too_long /description",
        ),
        ("category", text(256), text(257), "too_long /category"),
        ("owner", text(256), text(257), "too_long /owner"),
        ("tags", tags(50), tags(51), "too_many /tags"),
        ("tags", tags(50), tags(201), "too_many /tags"),
        ("tags", json!(["x".repeat(64)]), json!(["x".repeat(65)]), "too_long /tags/0"),
        (
            "metadata",
            json!({"a": "x".repeat(64 * 1024 - 8)}),
            json!({"a": "x".repeat(64 * 1024 - 7)}),
            "too_long /metadata",
        ),
        ("metadata", json!({"a": nested(61)}), json!({"a": nested(64)}), "too_deep /metadata"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("p{n}");
        let created =
            author.post("/prompts", json!({"name": name, "kind": "text", field: fits})).await.is(201);
        assert_eq!(created.json()[field], fits);
        let refused =
            author.post("/prompts", json!({"name": "q", "kind": "text", field: beyond})).await.is(422);
        assert_eq!(refused.problems(), [problem]);
        let refused = author.patch(&format!("/prompts/{name}"), json!({field: beyond})).await.is(422);
        assert_eq!(refused.problems(), [problem]);
    }
});

both!(fields_of_versions, async |db| {
    let (_, _, author, _) = story(db).await;
    let text = |bytes: usize| "x".repeat(bytes);
    let variables =
        |count: usize| json!((0..count).map(|n| json!({"name": format!("v{n}")})).collect::<Vec<_>>());
    let messages = |count: usize| json!(vec![json!({"role": "user", "content": "x"}); count]);
    let many = |count: usize| (0..count).map(|n| format!("{{{{ v{n} }}}}")).collect::<String>();
    for (fits, beyond, problem) in [
        (
            json!({"content": text(1 << 20)}),
            json!({"content": text((1 << 20) + 1)}),
            "too_large /version/content",
        ),
        (
            json!({"content": "x", "note": text(16 * 1024)}),
            json!({"content": "x", "note": text(16 * 1024 + 1)}),
            "too_long /version/note",
        ),
        (
            json!({"content": "x", "settings": {"a": text(256 * 1024 - 8)}}),
            json!({"content": "x", "settings": {"a": text(256 * 1024 - 7)}}),
            "too_large /version/settings",
        ),
        (
            json!({"content": "x", "settings": {"a": nested(60)}}),
            json!({"content": "x", "settings": {"a": nested(70)}}),
            "too_deep /version/settings",
        ),
        (
            json!({"content": "x", "variables": variables(200)}),
            json!({"content": "x", "variables": variables(201)}),
            "too_large /version/variables",
        ),
        (json!({"content": many(200)}), json!({"content": many(201)}), "too_large /version/content"),
        (
            json!({"content": messages(1000)}),
            json!({"content": messages(1001)}),
            "too_large /version/content",
        ),
        (
            json!({"content": "x", "variables": [{"name": text(128)}]}),
            json!({"content": "x", "variables": [{"name": text(129)}]}),
            "too_large /version/variables/0/name",
        ),
    ] {
        let refused = author.publish_with("beyond", beyond).await.is(422);
        assert_eq!(refused.problems(), [problem]);
        let name = format!("fits {problem} {}", fits.to_string().len());
        author.publish_with(&name, fits).await.is(201);
    }
});

/// A body of exactly so many bytes, padded with blanks.
fn padded(bytes: usize) -> Vec<u8> {
    let mut body = json!({"name": "padded", "kind": "text"}).to_string().into_bytes();
    body.resize(bytes, b' ');
    body
}

#[tokio::test]
async fn bodies() {
    let db = crate::db::Db::sqlite();
    let (_, _, author, operator) = story(&db).await;
    let limit = 8 * 1024 * 1024;
    let post = async |bytes: usize| author.send(Method::POST, "/prompts", Some(padded(bytes).into())).await;
    let refused = post(limit + 1).await.is(413).refused("too_large");
    assert!(refused.field("/detail").contains("8388608"), "{refused}");
    post(12_000_000).await.is(413).refused("too_large");
    author.prompt("padded").await.is(404);
    post(limit).await.is(201);
    for path in ["/prompts/padded/resolve", "/prompts/padded/activate"] {
        let big = operator.send(Method::POST, path, Some(padded(12_000_000).into())).await;
        big.is(413).refused("too_large");
    }
    let once = author.with("idempotency-key", "big");
    once.send(Method::POST, "/prompts", Some(padded(12_000_000).into())).await.is(413).refused("too_large");
    db.finish().await;
}

both!(a_large_body_of_resolve_takes_the_long_way, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "{{ text }}").await.good();
    operator.activate("p", "1", "production").await.good();
    for bytes in [1_000, 256 * 1024, 3 * 1024 * 1024] {
        let answer = operator.resolve("p", json!({"variables": {"text": "x".repeat(bytes)}})).await.good();
        assert_eq!(answer.field("/text").len(), bytes);
    }
    let refused = operator.resolve("p", json!({"variables": {"text": "x".repeat(5 * 1024 * 1024)}})).await;
    refused.is(422).refused("render_failed");
});

both!(long_addresses, async |db| {
    let (_, _, author, _) = story(db).await;
    let long = "x".repeat(5_000);
    author.get(&format!("/prompts/{long}")).await.is(404);
    author.get(&format!("/prompts/{long}/active")).await.is(404);
    author.get(&format!("/prompts?query={long}")).await.good();
    author.get(&format!("/prompts?tag={long}")).await.good();
    author.get(&format!("/{long}")).await.is(404);
    author.publish("p", "one").await.good();
    author.version("p", &long).await.is(404);
    author.with("if-match", &long).patch("/prompts/p", json!({})).await.is(412);
    author.with("x-project", &long).get("/prompts").await.is(404);
});
