//! Every route with its permission: the list is a golden file, and each line is tried.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
};

use http::Method;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    contract::{OPERATIONS, Operation},
    generated::golden,
    server::{Person, Server, story},
};

const SCOPES: [&str; 8] = ["read", "render", "write", "deploy", "approve", "record", "test", "admin"];

/// Which scopes open a permission; any one of them does.
fn opened_by(permission: &str) -> &'static [&'static str] {
    match permission {
        "any" => &SCOPES,
        "read" => &["read", "admin"],
        "render" => &["render", "read", "admin"],
        "write" => &["write", "admin"],
        "deploy" => &["deploy", "admin"],
        "approve" => &["approve", "admin"],
        "propose" => &["write", "deploy", "approve", "admin"],
        "record" => &["record", "admin"],
        "admin" => &["admin"],
        "instance" => &[],
        other => panic!("{other:?} is a permission that this test does not know"),
    }
}

/// What a route demands: a permission, a session, or nothing.
fn word(operation: &Operation) -> &str {
    let by_session = operation.value["security"][0].get("session").is_some();
    operation.permission().unwrap_or(if by_session { "session" } else { "-" })
}

/// Signing in and out, and what takes a session, is about who asks; `sessions.rs`, `set_up.rs` and `own_keys.rs` try
/// what it demands.
fn is_about_who_asks(operation: &Operation) -> bool {
    let signs = operation.template.starts_with("/api/v1/session") && operation.method != "GET";
    signs || word(operation) == "session"
}

#[test]
fn the_list_of_routes_and_permissions() {
    let line =
        |operation: &Operation| format!("{} {} {}\n", operation.method, operation.template, word(operation));
    let lines: BTreeSet<String> = OPERATIONS.iter().map(line).collect();
    assert_eq!(lines.len(), OPERATIONS.len());
    let open: Vec<&str> = OPERATIONS.iter().filter(|o| word(o) == "-").map(|o| o.template.as_str()).collect();
    assert_eq!(
        open.len(),
        4 + 5,
        "only health (in two shapes), readiness, metrics and signing in and out are open: {open:?}"
    );
    let list: String = lines.into_iter().collect();
    golden("crates/promptory-server/tests/golden/routes.txt", &list);
}

/// Each price of a model begins at another time.
static FRESH: AtomicU32 = AtomicU32::new(0);

/// A prompt that is live, a deployment and a key to be named in paths.
struct Places {
    deployment: String,
    key: String,
    user: String,
}

async fn places(app: &Server) -> Places {
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    let deployment = admin.activate("p", "1", "production").await.good().field("/id");
    let key = admin.post("/keys", json!({"name": "spare", "scopes": ["read"]})).await.good().field("/id");
    let user = admin.invite("spare@example.com", &["viewer"]).await.good().field("/id");
    Places { deployment, key, user }
}

impl Places {
    fn path(&self, template: &str) -> String {
        let id = match template {
            _ if template.contains("/keys/") => &self.key,
            _ if template.contains("/users/") => &self.user,
            _ => &self.deployment,
        };
        template
            .replace("{name}", "p")
            .replace("{reference}", "1.0.0")
            .replace("{environment}", "staging")
            .replace("{label}", "stable")
            .replace("{sample}", "usual")
            .replace("{former}", "old")
            // Where it is allowed it has no end; `stream.rs` and `events.rs` read it.
            .replace("/stream", "/stream?environment=nowhere")
            .replace("{id}", id)
            .replace("/compare", "/compare?from=1&to=1")
            .replace("/analytics/compare?", "/analytics/compare?prompt=p&")
            .replace("/prices/cost", "/prices/cost?model=m")
    }

    /// What each operation takes without complaint.
    fn body(operation: &Operation) -> Value {
        match operation.value["operationId"].as_str().unwrap_or_default() {
            "prompts_create" => json!({"name": "fresh", "kind": "text"}),
            "versions_create" => json!({"content": "another"}),
            "comments_create" => json!({"comment": "Reads well."}),
            "labels_put" => json!({"version": "1"}),
            "samples_put" => json!({"variables": {}}),
            "prompts_copy" => json!({"name": "copy"}),
            "environments_update" => json!({"policy": {"rollback": "fix_forward"}}),
            "resolve_many" => json!({"requests": [{"prompt": "p"}]}),
            "prompts_revert" => json!({"version": "1"}),
            "prompts_compare_draft" => json!({"from": "1", "to": "1"}),
            "approvals_create" => json!({"prompt": "p", "version": "1", "environment": "staging"}),
            "emergencies_review" => json!({"approved": true}),
            "prompts_activate" => json!({"version": "1", "environment": "staging"}),
            "rollbacks_create" => json!({"prompt": "p", "environment": "production", "reason": "It is bad"}),
            "rollbacks_preview" => json!({"prompt": "p", "environment": "production"}),
            "releases_create" => {
                json!({"environment": "development", "items": [{"prompt": "p", "version": "1"}]})
            }
            "deployments_create" => json!({"prompt": "p", "version": "1", "environment": "staging"}),
            "environments_freeze" => json!({"reason": "a holiday"}),
            "environments_create" => json!({"name": "fresh"}),
            "users_create" => json!({"email": "fresh@example.com", "roles": ["viewer"]}),
            "prices_create" => {
                let from = format!("2026-01-01T00:00:00.{:06}Z", FRESH.fetch_add(1, Ordering::Relaxed));
                json!({"provider": "mine", "model": "m", "input_per_million_usd": 1, "output_per_million_usd": 2,
                    "valid_from": from})
            }
            "keys_create" => json!({"name": "fresh", "scopes": ["read"]}),
            "projects_create" => json!({"name": "fresh"}),
            "render_draft" => json!({"version": {"content": "draft"}}),
            "executions_record" => {
                json!({"prompt": "p", "version": "1", "status": "success", "latency_ms": 1})
            }
            "executions_erase" => json!({"key": "nobody"}),
            "scores_create" => json!({"session": "s", "name": "n", "value": 1}),
            _ => json!({}),
        }
    }

    async fn ask(&self, person: &Person, operation: &Operation) -> Answer {
        let method: Method = operation.method.parse().expect("a method");
        let person = match operation.template.as_str() {
            "/api/v1/events" => &person.with("last-event-id", "no id"),
            _ => person,
        };
        let body = (method != Method::GET).then(|| Self::body(operation).to_string().into());
        person.send(method, &self.path(&operation.template), body).await
    }
}

both!(nobody_gets_in_without_a_key_that_fits, async |db| {
    let (app, anon, _, _) = story(db).await;
    let places = places(&app).await;
    let before = app.revision();
    let unknown = app.person("pk_0000000000000000000000000000000000000000000000000000000000000000");
    for operation in OPERATIONS.iter() {
        let Some(permission) = operation.permission() else {
            if !is_about_who_asks(operation) {
                places.ask(&anon, operation).await.good();
            }
            continue;
        };
        for stranger in [&anon, &unknown] {
            let refused = places.ask(stranger, operation).await.is(401).refused("unauthenticated");
            assert_eq!(refused.header("promptory-revision"), None, "{refused}");
        }
        let others: Vec<&str> = match permission {
            "instance" => SCOPES.to_vec(),
            _ => SCOPES.into_iter().filter(|scope| !opened_by(permission).contains(scope)).collect(),
        };
        if !others.is_empty() {
            let key = app.with_scopes(&others).await;
            places.ask(&key, operation).await.is(403).refused("forbidden");
        }
    }
    let keys = app.admin().get("/audit?action=key.create&limit=200").await.items("n").len();
    let made_before = 3;
    let made = i64::try_from(keys - made_before).expect("few");
    assert_eq!(app.revision(), before + made, "nothing but the keys of this test was made");
});

both!(each_scope_opens_what_it_should, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    let places = places(&app).await;
    for operation in OPERATIONS.iter().filter(|operation| operation.permission().is_some()) {
        let permission = operation.permission().expect("filtered");
        for scope in opened_by(permission) {
            let person = app.with_scopes(&[scope]).await;
            let answer = places.ask(&person, operation).await;
            assert!(!matches!(answer.status, 401 | 403 | 500..), "{scope}: {answer}");
            // What was archived or removed comes back, what was made is made only once.
            admin.poke("/prompts/p/restore").await.good();
            admin.invite("spare@example.com", &["viewer"]).await;
        }
        if permission == "instance" {
            places.ask(&admin, operation).await.good();
        }
    }
    let good = |operation: &&Operation| {
        let seen = app.seen();
        !(200..300)
            .any(|status| seen.contains(&format!("{} {} {status}", operation.method, operation.template)))
    };
    let never: Vec<&str> = OPERATIONS
        .iter()
        .filter(|o| o.permission().is_some())
        .filter(good)
        .map(|o| o.template.as_str())
        .collect();
    // A patch takes two scopes; what is live is neither archived nor deleted; a sample is looked for before it is
    // there; a stream has no end; an archive is no JSON; a price, an execution and a webhook are known after they were made: each has its good answer in a file of its own.
    // A deployment that is completed does not move any more, and before it there was none to go back to.
    // What is asked of somebody is in no environment of this test.
    let elsewhere = [
        "/api/v1/approvals",
        "/api/v1/approvals/{id}",
        "/api/v1/approvals/{id}/approve",
        "/api/v1/approvals/{id}/comment",
        "/api/v1/approvals/{id}/reject",
        "/api/v1/approvals/{id}/request-changes",
        "/api/v1/approvals/{id}/withdraw",
        "/api/v1/deployments/{id}/abort",
        "/api/v1/deployments/{id}/advance",
        "/api/v1/deployments/{id}/pause",
        "/api/v1/deployments/{id}/resume",
        "/api/v1/deployments/{id}/start",
        "/api/v1/emergencies/{id}/review",
        "/api/v1/events",
        "/api/v1/executions/{id}",
        "/api/v1/import",
        "/api/v1/prices/{id}",
        "/api/v1/prompts/{name}",
        "/api/v1/prompts/{name}/former-names/{former}",
        "/api/v1/prompts/{name}/patch",
        "/api/v1/prompts/{name}/samples/{sample}",
        "/api/v1/prompts/{name}/versions/{reference}",
        "/api/v1/prompts/{name}/versions/{reference}/archive",
        "/api/v1/releases/{id}",
        "/api/v1/releases/{id}/rollback",
        "/api/v1/rollbacks",
        "/api/v1/rollbacks/{id}",
        "/api/v1/stream",
        "/api/v1/webhooks",
        "/api/v1/webhooks/{id}",
        "/api/v1/webhooks/{id}",
        "/api/v1/webhooks/{id}",
        "/api/v1/webhooks/{id}/deliveries",
        "/api/v1/webhooks/{id}/deliveries/{delivery}/resend",
        "/api/v1/webhooks/{id}/rotate",
        "/api/v1/webhooks/{id}/test",
    ];
    assert_eq!(never, elsewhere);
});
