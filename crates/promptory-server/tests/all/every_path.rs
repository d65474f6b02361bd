//! Every way in: for each route that changes something, a request that changes what is served where nobody is asked and
//! serves nothing new where somebody is, by every kind of caller; or why it cannot. A new route has to be in this table.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Method;
use promptory_files::archive::Writer;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    contract::OPERATIONS,
    releases::release,
    server::{Person, Server, encoded},
};

/// What a caller does to one prompt in one environment. Version 1 is live there, version 2 is not.
type Attempt = for<'a> fn(&'a Person, &'a str, &'a str) -> BoxFuture<'a, Answer>;

enum Entry {
    /// Also with a key that is bound to the environment.
    Serves(Attempt),
    /// With keys and people that are bound to none.
    ServesUnbound(Attempt),
    /// It cannot change what is served, or only as somebody has agreed; and this is why.
    Cannot(&'static str),
}
use Entry::{Cannot, Serves, ServesUnbound};

macro_rules! attempt {
    (|$person:ident, $prompt:ident, $environment:ident| $body:expr) => {
        |$person, $prompt, $environment| Box::pin(async move { $body })
    };
}

fn at(prompt: &str, rest: &str) -> String {
    format!("/prompts/{}{rest}", encoded(prompt))
}

async fn deploys(person: &Person, prompt: &str, environment: &str, more: Value) -> Answer {
    let mut body = json!({"prompt": prompt, "version": "2", "environment": environment});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    person.post("/deployments", body).await
}

/// Nearly everybody gets it for a year.
fn nearly_all() -> Value {
    json!({"strategy": {"steps": [{"percentage": 99.99, "after_s": 0}, {"percentage": 100, "after_s": 7_000_000}]}})
}

/// Hardly anybody gets it, then nearly everybody.
fn hardly_any() -> Value {
    json!({"strategy": {"steps": [{"percentage": 0.01, "after_s": 0}, {"percentage": 99.99, "after_s": 3_000_000},
        {"percentage": 100, "after_s": 7_000_000}]}})
}

async fn ordered(person: &Person, deployment: &Answer, words: &[&str]) -> Answer {
    let mut last = deployment.clone();
    for word in words {
        last = person.poke(&format!("/deployments/{}/{word}", deployment.field("/id"))).await;
    }
    last
}

async fn imports(p: &Person, name: &str, at_env: &str) -> Answer {
    let about = format!("live: {{{at_env}: 9.0.0}}\n");
    let mut writer = Writer::new(Vec::new());
    for (path, text) in [
        ("promptory.yaml".to_owned(), "format: 1\n"),
        (format!("prompts/{name}/prompt.yaml"), about.as_str()),
        (format!("prompts/{name}/9.0.0.md"), "---\nnote: n\n---\nx\n"),
    ] {
        writer.add(&path, text.as_bytes(), 0).expect("memory");
    }
    let body: Bytes = writer.finish().expect("memory").into();
    let person = p.with("content-type", "application/gzip");
    person.send(Method::POST, "/import?activate=true", Some(body)).await
}

/// What makes an environment serve something new.
fn ways_in() -> Vec<(&'static str, Entry)> {
    vec![
        (
            "POST /prompts/{name}/activate",
            Serves(attempt!(|p, name, at_env| {
                p.post(&at(name, "/activate"), json!({"version": "2", "environment": at_env})).await
            })),
        ),
        (
            "POST /prompts/{name}/patch",
            Serves(attempt!(|p, name, at_env| {
                p.post(&at(name, "/patch"), json!({"content": "patched", "environment": at_env})).await
            })),
        ),
        (
            "POST /prompts/{name}/revert",
            Serves(attempt!(|p, name, at_env| {
                p.post(&at(name, "/revert"), json!({"version": "2", "environment": at_env})).await
            })),
        ),
        (
            "POST /prompts/{name}/versions",
            Serves(attempt!(|p, name, at_env| {
                p.post(&at(name, "/versions"), json!({"content": "three", "activate": at_env})).await
            })),
        ),
        (
            "POST /prompts",
            Serves(attempt!(|p, name, at_env| {
                let version = json!({"content": "new", "activate": at_env});
                p.post("/prompts", json!({"name": format!("{name}-new"), "kind": "text", "version": version}))
                    .await
            })),
        ),
        (
            "POST /deployments",
            Serves(attempt!(|p, name, at_env| deploys(p, name, at_env, nearly_all()).await)),
        ),
        (
            "POST /deployments/{id}/start",
            Serves(attempt!(|p, name, at_env| {
                let held = deploys(p, name, at_env, json!({"hold": true})).await;
                ordered(p, &held, &["start"]).await
            })),
        ),
        (
            "POST /deployments/{id}/advance",
            Serves(attempt!(|p, name, at_env| {
                let started = deploys(p, name, at_env, hardly_any()).await;
                ordered(p, &started, &["advance"]).await
            })),
        ),
        (
            "POST /deployments/{id}/promote",
            Serves(attempt!(|p, name, at_env| {
                let started = deploys(p, name, at_env, hardly_any()).await;
                ordered(p, &started, &["promote"]).await
            })),
        ),
        (
            "PUT /prompts/{name}/labels/{label}",
            ServesUnbound(attempt!(|p, name, _at_env| {
                p.put(&at(name, "/labels/stable"), json!({"version": "2"})).await
            })),
        ),
        (
            "POST /prompts/{name}/archive",
            ServesUnbound(attempt!(|p, name, _at_env| p.poke(&at(name, "/archive")).await)),
        ),
        ("POST /import", ServesUnbound(attempt!(|p, name, at_env| imports(p, name, at_env).await))),
    ]
}

/// Several prompts at once.
fn releases() -> Vec<(&'static str, Entry)> {
    let create: Attempt = attempt!(|p, name, at_env| {
        p.post("/releases", release(&[(name, "2")], json!({"environment": at_env}))).await
    });
    let back = Cannot("as POST /rollbacks, for each of them: release_rollbacks.rs");
    vec![("POST /releases", Serves(create)), ("POST /releases/{id}/rollback", back)]
}

/// What concerns prompts, and serves nothing new.
fn about_prompts() -> Vec<(&'static str, Entry)> {
    let moves_on = "moves on what was allowed when it started";
    let not_served = "touches nothing that callers of prompts get";
    let same_bytes = "the same bytes by another name";
    let unserved = "only of what is live nowhere; what leads to it leads nowhere then";
    let decides = "carries out what was agreed to, and nothing else: approvals.rs";
    vec![
        ("POST /deployments/{id}/resume", Cannot(moves_on)),
        ("POST /deployments/{id}/pause", Cannot("keeps the share as it is")),
        ("POST /deployments/{id}/abort", Cannot("gives callers what is live")),
        ("DELETE /prompts/{name}/labels/{label}", Cannot("takes a reference away")),
        (
            "POST /prompts/{name}/restore",
            Cannot("gives back what was served with approval; what was not waits: emergencies.rs"),
        ),
        ("PATCH /prompts/{name}", Cannot(same_bytes)),
        ("DELETE /prompts/{name}/former-names/{former}", Cannot(same_bytes)),
        ("DELETE /prompts/{name}", Cannot("only of what was never served")),
        ("DELETE /prompts/{name}/versions/{reference}", Cannot("only of what was never served")),
        ("PATCH /prompts/{name}/versions/{reference}", Cannot("notes and tags are not served")),
        ("POST /prompts/{name}/versions/{reference}/archive", Cannot(unserved)),
        ("POST /prompts/{name}/versions/{reference}/restore", Cannot(unserved)),
        ("POST /prompts/{name}/versions/{reference}/deprecate", Cannot("a mark for people")),
        ("POST /prompts/{name}/copy", Cannot("makes a prompt that is live nowhere")),
        ("POST /environments", Cannot("a new one serves nothing")),
        ("PUT /environments/{environment}", Cannot("asking for less waits: approval_policies.rs")),
        (
            "POST /environments/{environment}/freeze",
            Cannot("asks for more; an earlier end waits: approval_policies.rs"),
        ),
        (
            "POST /environments/{environment}/unfreeze",
            Cannot("waits, and serves nothing by itself: approval_policies.rs"),
        ),
        ("POST /rollbacks", Cannot("leads only to what was live there and agreed to: ways_back_agreed.rs")),
        ("POST /rollbacks/preview", Cannot("reads")),
        ("POST /approvals", Cannot("asks")),
        ("POST /approvals/{id}/approve", Cannot(decides)),
        ("POST /approvals/{id}/reject", Cannot(decides)),
        ("POST /approvals/{id}/request-changes", Cannot(decides)),
        ("POST /approvals/{id}/comment", Cannot(decides)),
        ("POST /approvals/{id}/withdraw", Cannot(decides)),
        (
            "POST /emergencies/{id}/review",
            Cannot("says what counts as approved for going back: emergencies.rs"),
        ),
        ("PUT /prompts/{name}/samples/{sample}", Cannot(not_served)),
        ("DELETE /prompts/{name}/samples/{sample}", Cannot(not_served)),
        ("POST /prompts/{name}/compare", Cannot("reads")),
        ("POST /prompts/{name}/resolve", Cannot("reads; what it may lead to: not_approved.rs")),
        ("POST /prompts/{name}/versions/{reference}/render", Cannot("reads, for authors")),
    ]
}

/// What concerns neither prompts nor environments.
fn about_others() -> Vec<(&'static str, Entry)> {
    let not_served = "touches nothing that callers of prompts get";
    let tells = "tells others what happened";
    let of_key = "a key does no more than who makes it; whether it decides: approvals.rs";
    vec![
        ("POST /webhooks", Cannot(tells)),
        ("PATCH /webhooks/{id}", Cannot(tells)),
        ("DELETE /webhooks/{id}", Cannot(tells)),
        ("POST /webhooks/{id}/rotate", Cannot(tells)),
        ("POST /webhooks/{id}/test", Cannot(tells)),
        ("POST /webhooks/{id}/deliveries/{delivery}/resend", Cannot(tells)),
        ("POST /render", Cannot("reads, for authors")),
        ("POST /resolve", Cannot("reads; what it may lead to: not_approved.rs")),
        ("POST /executions", Cannot(not_served)),
        ("POST /executions/erase", Cannot(not_served)),
        ("POST /scores", Cannot(not_served)),
        ("PUT /recording", Cannot(not_served)),
        ("POST /analytics/verify", Cannot(not_served)),
        ("POST /prices", Cannot(not_served)),
        ("DELETE /prices/{id}", Cannot(not_served)),
        ("POST /prices/apply", Cannot(not_served)),
        ("POST /prices/import", Cannot(not_served)),
        ("POST /keys", Cannot(of_key)),
        ("DELETE /keys/{id}", Cannot(not_served)),
        ("POST /users", Cannot("people, not prompts")),
        ("PATCH /users/{id}", Cannot("people, not prompts; decisions keep the roles of their time")),
        ("DELETE /users/{id}", Cannot("people, not prompts")),
        ("POST /users/{id}/link", Cannot("people, not prompts")),
        ("POST /projects", Cannot("a new one serves nothing")),
        ("POST /servers/reload", Cannot("loads the same again")),
        ("POST /prompts/{name}/versions/{reference}/comments", Cannot("words about a version")),
        ("POST /session", Cannot("people, not prompts")),
        ("DELETE /session", Cannot("people, not prompts")),
        ("POST /session/link", Cannot("people, not prompts")),
        ("POST /session/setup", Cannot("people, not prompts")),
        ("PUT /session/password", Cannot("people, not prompts")),
        ("POST /session/keys", Cannot(of_key)),
        ("DELETE /session/keys/{id}", Cannot(not_served)),
    ]
}

fn entries() -> BTreeMap<&'static str, Entry> {
    ways_in().into_iter().chain(releases()).chain(about_prompts()).chain(about_others()).collect()
}

#[test]
fn every_route_that_changes_something_is_looked_at() {
    let routes: BTreeSet<String> = OPERATIONS
        .iter()
        .filter(|operation| operation.method != "GET")
        .map(|operation| format!("{} {}", operation.method, operation.template.replacen("/api/v1", "", 1)))
        .collect();
    let known: BTreeSet<String> = entries().keys().map(|&route| route.to_owned()).collect();
    let missing: Vec<&String> = routes.difference(&known).collect();
    assert!(missing.is_empty(), "say here how they keep to approval, or why not: {missing:?}");
    let gone: Vec<&String> = known.difference(&routes).collect();
    assert!(gone.is_empty(), "there is no such route: {gone:?}");
    for (route, entry) in entries() {
        assert!(!matches!(entry, Cannot(why) if why.len() < 4), "{route}: say why");
    }
}

/// Everybody who may do such things, each in their own way; the last two are bound to an environment.
async fn callers(app: &Server) -> Vec<(&'static str, Person)> {
    let (_, releaser) = app.member("releaser@example.com", &["editor", "operator"]).await;
    let everything = ["viewer", "editor", "approver", "operator", "admin"];
    let (_, boss) = app.member("boss@example.com", &everything).await;
    let own = boss.post("/keys", json!({"name": "own", "scopes": ["admin"]})).await.is(201);
    let given = json!({"name": "given", "scopes": ["read", "write", "deploy", "approve"], "user": "boss@example.com"});
    let given = app.admin().post("/keys", given).await.is(201);
    let mut callers = vec![
        ("the administrator's key", app.admin()),
        ("a key that is nobody's", app.with_scopes(&["read", "write", "deploy"]).await),
        ("an administrator's that is nobody's", app.with_scopes(&["admin"]).await),
        ("who releases", releaser),
        ("who may everything", boss),
        ("their own key", app.person(&own.field("/key"))),
        ("a key that was given to them", app.person(&given.field("/key"))),
    ];
    for environment in ["staging", "production"] {
        let bound = json!({"name": "bound", "scopes": ["admin"], "environment": environment});
        let bound = app.admin().post("/keys", bound).await.is(201);
        callers.push((environment, app.person(&bound.field("/key"))));
    }
    callers
}

/// What an environment gives of a prompt: of what is live, and every build that its callers meet.
#[derive(Debug, PartialEq, Eq)]
struct Served {
    live: (u16, String),
    met: BTreeSet<String>,
}

async fn served(reader: &Person, prompt: &str, environment: &str) -> Served {
    let mut met = BTreeSet::new();
    let mut meets = |answer: &Answer| {
        let hash = if answer.status == 200 { answer.field("/build_hash") } else { String::new() };
        if !hash.is_empty() {
            met.insert(hash.clone());
        }
        (answer.status, hash)
    };
    let live = meets(&reader.active_in(prompt, environment).await);
    for more in
        [json!({"key": "a"}), json!({"key": "b"}), json!({"version": "stable"}), json!({"version": "^1"})]
    {
        let mut body = json!({"environment": environment});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let explained = reader.resolve(prompt, body).await;
        if explained.status == 200 {
            let version = explained.field("/version");
            let named = reader.version(prompt, &version).await.good();
            met.insert(named.field("/content_hash"));
        }
    }
    Served { live, met }
}

/// Version 1 is live in just this environment and has a label; version 2 is there.
async fn furnished(admin: &Person, prompt: &str, environment: &str) {
    admin.publish(prompt, "one").await.good();
    admin.reword(prompt, "two").await.good();
    admin.activate(prompt, "1", environment).await.good();
    admin.put(&at(prompt, "/labels/stable"), json!({"version": "1"})).await.good();
}

both!(no_way_leads_past_those_who_have_to_agree, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    let callers = callers(&app).await;
    let mut attempts = Vec::new();
    for (route, entry) in entries() {
        let (attempt, bound) = match entry {
            Serves(attempt) => (attempt, true),
            ServesUnbound(attempt) => (attempt, false),
            Cannot(_) => continue,
        };
        for (n, (who, caller)) in callers.iter().enumerate() {
            for environment in ["staging", "production"] {
                // A bound one is tried in its own environment.
                let is_bound = ["staging", "production"].contains(who);
                if is_bound && (!bound || *who != environment) {
                    continue;
                }
                let prompt =
                    format!("{}-{n}-{environment}", route.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
                furnished(&admin, &prompt, environment).await;
                attempts.push((route, attempt, *who, caller, environment, prompt));
            }
        }
    }
    app.asks_for(json!([{"name": "review", "roles": ["approver"], "approvals": 1}])).await;
    let mut tried = BTreeSet::new();
    for (route, attempt, who, caller, environment, prompt) in attempts {
        let what = format!("{route} by {who} in {environment}");
        let subject = if route == "POST /prompts" { format!("{prompt}-new") } else { prompt.clone() };
        let before = served(&admin, &subject, environment).await;
        let answer = attempt(caller, &prompt, environment).await;
        let after = served(&admin, &subject, environment).await;
        if environment == "staging" {
            assert!(answer.status < 300, "{what}: {answer}");
            assert_ne!(after, before, "{what} shows nothing: {answer}");
            tried.insert(route);
        } else {
            assert_eq!(after.live, before.live, "{what}: {answer}");
            assert!(
                after.met.is_subset(&before.met),
                "{what} serves {after:?} in place of {before:?}: {answer}"
            );
            // Waiting is no failure; what was not started cannot be moved on.
            let waits = answer.status < 300 || answer.json()["code"] == "deployment_state";
            assert!(waits, "{what}: {answer}");
        }
    }
    assert!(tried.len() >= 10, "{tried:?}");
    // Whatever waited, waits still, and nobody was asked for nothing.
    let open = admin.get("/approvals?state=open&environment=production&limit=200").await.good();
    assert!(open.items("id").len() >= 50, "{}", open.items("id").len());
});
