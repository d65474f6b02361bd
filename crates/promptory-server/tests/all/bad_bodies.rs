//! Whatever a body is, the answer is a problem document and never a fault of the server.

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    contract::{OPERATIONS, Operation},
    server::{Person, Server},
};

fn path(operation: &Operation) -> String {
    operation.template.replace("{name}", "p").replace("{reference}", "1.0.0")
}

/// Every operation that takes JSON. What takes an archive, or many things at once, has its own tests.
fn takers() -> impl Iterator<Item = &'static Operation> {
    let batches = ["/api/v1/executions", "/api/v1/scores"];
    OPERATIONS
        .iter()
        .filter(move |operation| !batches.contains(&operation.template.as_str()))
        .filter(|operation| !operation.value["requestBody"]["content"]["application/json"].is_null())
}

/// What has a default for everything may come without a body.
fn may_be_empty(operation: &Operation) -> bool {
    let ends = ["/resolve", "/{reference}/render", "/analytics/verify", "/prices/apply", "/unfreeze"];
    ends.iter().any(|end| operation.template.ends_with(end))
        || operation.template.contains("/deployments/{id}/")
        || operation.template.contains("/approvals/{id}/")
}

async fn send(person: &Person, operation: &Operation, body: impl Into<Bytes>) -> Answer {
    let method: Method = operation.method.parse().expect("a method");
    person.send(method, &path(operation), Some(body.into())).await
}

async fn with_a_prompt(db: &crate::db::Db) -> Person {
    let app = Server::start(db).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.activate("p", "1", "production").await.good();
    admin
}

both!(what_is_no_json, async |db| {
    let admin = with_a_prompt(db).await;
    let bodies: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        b"{\"name\":}".to_vec(),
        b"{'name': 1}".to_vec(),
        b"{} trailing".to_vec(),
        b"{\"name\":\"a\"".to_vec(),
        b"<xml/>".to_vec(),
        b"name=a&kind=text".to_vec(),
        b"\x00".to_vec(),
        b"\xff\xfe{\x00}\x00".to_vec(),
        b"{\"name\":\"\xff\"}".to_vec(),
        b"{\"name\":\"raw \x00 nul\"}".to_vec(),
        b"{\"name\":\"raw \n line\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"NaN".to_vec(),
        b"{\"name\":01}".to_vec(),
        "[".repeat(20_000).into_bytes(),
    ];
    for operation in takers() {
        for body in &bodies {
            let refused = send(&admin, operation, body.clone()).await;
            let begin = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
            assert_eq!(refused.status, 400, "{begin}: {refused}");
            refused.refused("malformed");
        }
        if !may_be_empty(operation) {
            send(&admin, operation, "").await.is(400).refused("malformed");
        }
    }
});

both!(what_is_nested_without_end, async |db| {
    let admin = with_a_prompt(db).await;
    let deep = |open: &str, close: &str| [open.repeat(20_000), close.repeat(20_000)].concat();
    for operation in takers() {
        for body in [
            deep("[", "]"),
            deep("{\"a\":", "}"),
            deep("{\"metadata\":", "}"),
            format!("{{\"metadata\":{}}}", deep("[", "]")),
            format!("{{\"content\":{}}}", deep("[", "]")),
            format!("{{\"variables\":{}}}", deep("{\"a\":", "}")),
            format!("{{\"content\":\"x\",\"settings\":{}}}", deep("[", "]")),
        ] {
            let refused = send(&admin, operation, body).await;
            assert!(matches!(refused.status, 400 | 422), "{refused}");
        }
    }
});

both!(what_has_another_shape, async |db| {
    let admin = with_a_prompt(db).await;
    for operation in takers() {
        for body in ["[]", "\"text\"", "7", "true", "null", "{\"never_heard_of\":1}", "[{}]"] {
            let refused = send(&admin, operation, body).await;
            assert_eq!(refused.status, 422, "{body}: {refused}");
            assert!(!refused.refused("invalid").problems().is_empty());
        }
        // Where the field exists the surrogate is found; where it does not, the field is.
        for field in ["name", "content", "key", "version", "description"] {
            let body = format!("{{\"{field}\":\"\\ud800 alone\"}}");
            let refused = send(&admin, operation, body).await;
            assert!(matches!(refused.status, 400 | 422), "{field}: {refused}");
        }
    }
});

both!(what_is_not_called_json, async |db| {
    let admin = with_a_prompt(db).await;
    for operation in takers() {
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "json",
            "",
            "\u{e9}",
        ] {
            let refused = send(&admin.with("content-type", kind), operation, "{}").await;
            refused.is(415).refused("wrong_content_type");
        }
        let sent =
            send(&admin.with("content-type", "application/merge-patch+json; charset=utf-8"), operation, "{")
                .await;
        sent.is(400).refused("malformed");
    }
});

/// Bodies whose fields have the wrong type or hold what cannot be stored, and where that is.
fn strange_fields() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let version = |version: Value| json!({"name": "n", "kind": "text", "version": version});
    vec![
        ("POST", "/prompts", json!({"name": 1, "kind": "text"}), "shape /name"),
        ("POST", "/prompts", json!({"name": "n"}), "shape "),
        ("POST", "/prompts", json!({"name": "n", "kind": "text", "tags": "t"}), "shape /tags"),
        ("POST", "/prompts", json!({"name": "n", "kind": "text", "tags": ["a", 2]}), "shape /tags/1"),
        ("POST", "/prompts", json!({"name": "n", "kind": "text", "metadata": []}), "shape /metadata"),
        ("POST", "/prompts", json!({"name": "n", "kind": "text", "tags": ["\u{0}"]}), "nul /tags/0"),
        (
            "POST",
            "/prompts",
            json!({"name": "n", "kind": "text", "description": "a\u{0}"}),
            "nul /description",
        ),
        ("POST", "/prompts", json!({"name": "n", "kind": "text", "category": "a\u{0}"}), "nul /category"),
        ("POST", "/prompts", json!({"name": "n", "kind": "text", "owner": "a\u{0}"}), "nul /owner"),
        ("POST", "/prompts", version(json!("text")), "shape /version"),
        ("POST", "/prompts", version(json!({})), "shape /version"),
        ("POST", "/prompts", version(json!(["x"])), "shape /version"),
        ("POST", "/render", json!({"version": ["x"]}), "shape /version"),
        ("POST", "/prompts", version(json!({"content": "x", "nope/~": 1})), "shape /version/nope~1~0"),
        ("POST", "/prompts", version(json!({"content": "x", "note": "a\u{0}"})), "nul /version/note"),
        ("POST", "/prompts", version(json!({"content": "x", "tags": ["a\u{0}"]})), "nul /version/tags/0"),
        (
            "POST",
            "/prompts",
            version(json!({"content": "x", "allow_secret": "a\u{0}"})),
            "nul /version/allow_secret",
        ),
        (
            "POST",
            "/prompts",
            version(json!({"content": "x", "version": "1\u{0}"})),
            "number /version/version",
        ),
        ("POST", "/prompts", version(json!({"content": 7})), "invalid_shape /version/content"),
        (
            "POST",
            "/prompts",
            version(json!({"content": "x", "allow_breaking": "yes"})),
            "shape /version/allow_breaking",
        ),
        ("PATCH", "/prompts/p", json!({"description": "\u{0}"}), "nul /description"),
        ("PATCH", "/prompts/p", json!({"tags": {"a": 1}}), "shape /tags"),
        ("POST", "/prompts/p/versions", json!({"content": "\u{0}"}), "nul_character /content"),
        (
            "POST",
            "/prompts/p/activate",
            json!({"version": "1", "environment": "staging", "reason": "\u{0}"}),
            "nul /reason",
        ),
        ("POST", "/keys", json!({"name": "\u{0}", "scopes": ["read"]}), "nul /name"),
        ("POST", "/keys", json!({"name": "n", "scopes": ["\u{0}"]}), "scope /scopes/0"),
        (
            "POST",
            "/keys",
            json!({"name": "n", "scopes": ["read"], "environment": "\u{0}"}),
            "environment /environment",
        ),
        (
            "POST",
            "/keys",
            json!({"name": "n", "scopes": ["read"], "expires_at": "\u{0}"}),
            "time /expires_at",
        ),
        ("POST", "/environments", json!({"name": "e", "position": "first"}), "shape /position"),
        ("POST", "/environments", json!({"name": "e", "position": 1.5}), "shape /position"),
    ]
}

both!(fields_that_are_wrong, async |db| {
    let admin = with_a_prompt(db).await;
    for (method, path, body, problem) in strange_fields() {
        let method: Method = method.parse().expect("a method");
        let refused = admin.send(method, path, Some(body.to_string().into())).await;
        assert_eq!(refused.status, 422, "{body}: {refused}");
        assert_eq!(refused.problems(), [problem], "{body}: {refused}");
    }
});

both!(what_only_looks_dangerous_is_kept, async |db| {
    let admin = with_a_prompt(db).await;
    // Escaped in JSON columns, so both databases hold it.
    let metadata = json!({"nul\u{0}": "a\u{0}b", "'; drop": "\u{1}"});
    let settings = json!({"stop": ["\u{0}"], "weird": {"\u{0}": null}});
    let body = json!({
        "name": "n", "kind": "text", "metadata": metadata, "description": "'; DROP TABLE prompt; --",
        "version": {"content": "x", "settings": settings, "metadata": metadata},
    });
    assert_eq!(admin.post("/prompts", body).await.is(201).json()["metadata"], metadata);
    let stored = admin.version("n", "1").await.good().json();
    assert_eq!((&stored["metadata"], &stored["settings"]), (&metadata, &settings));
    admin.activate("n", "1", "production").await.good();
    assert_eq!(admin.active("n").await.good().json()["settings"], settings);
    admin
        .resolve(
            "n",
            json!({"key": "a\u{0}", "attributes": {"\u{0}": "\u{0}"}, "variables": {"\u{0}": "\u{0}"}}),
        )
        .await
        .good();
});
