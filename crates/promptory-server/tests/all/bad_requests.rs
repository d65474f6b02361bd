//! Addresses, queries and methods that nobody meant.

use http::Method;
use serde_json::json;

use crate::{
    contract::OPERATIONS,
    server::{Person, Server},
};

async fn admin_with_a_prompt(db: &crate::db::Db) -> Person {
    let app = Server::start(db).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.activate("p", "1", "production").await.good();
    admin
}

both!(methods_that_an_address_does_not_take, async |db| {
    let admin = admin_with_a_prompt(db).await;
    for operation in OPERATIONS.iter() {
        let path = operation.template.replace("{name}", "p").replace("{reference}", "1").replace("{id}", "x");
        let path = path.replace("{environment}", "staging");
        let taken =
            |method: &str| OPERATIONS.iter().any(|o| o.template == operation.template && o.method == method);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "get"] {
            if taken(method) {
                continue;
            }
            let method: Method = method.parse().expect("a method");
            let refused = admin.send(method, &path, None).await.is(405);
            refused.refused("method_not_allowed");
        }
    }
});

both!(addresses_where_nothing_is, async |db| {
    let admin = admin_with_a_prompt(db).await;
    for path in [
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/prompts",
        "/api/v1/prompts/",
        "/api/v1/prompts/p/",
        "/api/v1/prompts/p/active/",
        "/api/v1/prompts/p/nothing",
        "/api/v1//prompts",
        "/api/v1/PROMPTS",
        "/api/v1/prompts/p/versions/1/nothing",
        "/api/v1/prompts/a/b/c/d/e",
        "/api/v1/../../etc/passwd",
        "/api/v1/%2e%2e/prompts",
        "/api/v1/prompts;x=1",
        "/api/docs/nothing",
        "/api/docs/../openapi.json",
        "/healthz/",
        "/metrics/x",
    ] {
        for method in [Method::GET, Method::POST] {
            let refused = admin.send(method, path, None).await;
            assert_eq!(refused.status, 404, "{refused}");
            assert_eq!(refused.field("/code"), "not_found");
        }
    }
});

/// Addresses with bytes that are no text, or that no name can hold.
const STRANGE: [&str; 10] = ["%FF", "%C3%28", "%ED%A0%80", "%00", "a%00b", "%", "%4", "%GG", "%0A", "%7F"];

both!(names_that_cannot_be_read, async |db| {
    let admin = admin_with_a_prompt(db).await;
    for name in STRANGE {
        for end in ["", "/versions", "/versions/1", "/history", "/active", "/active?at=2026-11-20T10:00:00Z"]
        {
            let refused = admin.get(&format!("/prompts/{name}{end}")).await;
            assert!(matches!(refused.status, 400 | 404), "{refused}");
        }
        for end in ["/archive", "/restore", "/resolve", "/versions/1/render", "/versions/1/archive"] {
            let refused = admin.poke(&format!("/prompts/{name}{end}")).await;
            assert!(matches!(refused.status, 400 | 404), "{refused}");
        }
        for path in ["/prompts/p/versions/", "/deployments/", "/environments/"] {
            let refused = admin.get(&format!("{path}{name}")).await;
            assert!(matches!(refused.status, 400 | 404), "{refused}");
        }
        for end in ["archive", "restore", "deprecate", "render"] {
            let refused = admin.poke(&format!("/prompts/p/versions/{name}/{end}")).await;
            assert!(matches!(refused.status, 400 | 404), "{refused}");
        }
        let refused = admin.delete(&format!("/keys/{name}")).await;
        assert!(matches!(refused.status, 400 | 404), "{refused}");
        let refused = admin.patch(&format!("/prompts/{name}"), json!({})).await;
        assert!(matches!(refused.status, 400 | 404), "{refused}");
        let refused = admin.post(&format!("/prompts/{name}/versions"), json!({"content": "x"})).await;
        assert!(matches!(refused.status, 400 | 404), "{refused}");
        let body = json!({"version": "1", "environment": "staging"});
        let refused = admin.post(&format!("/prompts/{name}/activate"), body).await;
        assert!(matches!(refused.status, 400 | 404), "{refused}");
    }
});

both!(queries_that_cannot_be_read, async |db| {
    let admin = admin_with_a_prompt(db).await;
    for (list, fields) in [
        ("/prompts", vec!["query", "tag", "category", "owner", "status", "cursor", "limit"]),
        ("/audit", vec!["prompt", "action", "actor", "environment", "from", "to", "cursor"]),
        ("/audit/verify", vec!["expect"]),
        ("/deployments", vec!["prompt", "environment", "cursor"]),
        ("/keys", vec!["cursor"]),
        ("/projects", vec!["cursor"]),
        ("/environments", vec!["cursor"]),
        ("/prompts/p/versions", vec!["cursor"]),
        ("/prompts/p/history", vec!["cursor"]),
        ("/prompts/p/active", vec!["environment", "at"]),
    ] {
        for field in fields {
            for value in STRANGE {
                let answer = admin.get(&format!("{list}?{field}={value}")).await;
                assert!(answer.status < 500, "{answer}");
                if value == "%00" {
                    assert!(answer.status >= 400, "{answer}");
                }
            }
            // Cursors of another list, and of nobody.
            for cursor in ["MQ", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "MSBhYmM", "fg", "AA", "_w"] {
                let answer = admin.get(&format!("{list}?{field}={cursor}")).await;
                assert!(answer.status < 500, "{answer}");
            }
        }
        for query in ["%", "=", "&&&", "a=b=c", "?", "limit", "limit=", "%00=1", "[]=1"] {
            let answer = admin.get(&format!("{list}?{query}")).await;
            assert!(answer.status < 500, "{answer}");
        }
    }
});

both!(only_the_head, async |db| {
    let admin = admin_with_a_prompt(db).await;
    for path in [
        "/prompts",
        "/prompts/p",
        "/prompts/p/active",
        "/prompts/p/versions/1",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/docs",
    ] {
        let (whole, head) = (admin.get(path).await.good(), admin.send(Method::HEAD, path, None).await.good());
        assert!(head.body.is_empty());
        assert_eq!(
            (head.header("content-type"), head.header("etag")),
            (whole.header("content-type"), whole.header("etag"))
        );
    }
    for path in ["/prompts/nobody", "/prompts/nobody/active", "/nothing"] {
        assert!(admin.send(Method::HEAD, path, None).await.is(404).body.is_empty());
    }
    admin.server.anon().send(Method::HEAD, "/prompts/p/active", None).await.is(401);
});

both!(headers_that_cannot_be_read, async |db| {
    let admin = admin_with_a_prompt(db).await;
    for value in ["\u{e9}", "\u{1F980}", "a\tb", "\"", "'; DROP TABLE", &"x".repeat(10_000)] {
        for name in [
            "x-request-id",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "x-project",
            "promptory-min-revision",
            "origin",
            "accept",
            "content-encoding",
            "accept-encoding",
            "cookie",
            "x-forwarded-for",
        ] {
            let person = admin.with(name, value);
            for answer in [
                person.get("/prompts").await,
                person.active("p").await,
                person.resolve("p", json!({})).await,
                person.patch("/prompts/p", json!({})).await,
            ] {
                assert!(
                    answer.status < 500 || answer.status == 503 && name == "promptory-min-revision",
                    "{name}: {answer}"
                );
            }
        }
    }
});
