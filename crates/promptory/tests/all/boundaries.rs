//! The process dies at every place where a change can be interrupted, and a stubborn caller sends the same request
//! again: each change is there once, whole, or not at all.

use std::process::Command;

use serde_json::{Value, json};

use crate::process::{ADMIN, Server, postgres_database, program};

/// More places than any change has.
const ENOUGH: usize = 100;

/// What a caller can see of the project.
async fn seen(server: &Server) -> Value {
    let mut seen = Vec::new();
    for path in
        ["/prompts", "/prompts/p/versions", "/prompts/p/labels", "/deployments", "/environments", "/history"]
    {
        seen.push(server.get(&format!("/api/v1{path}"), ADMIN).await.good());
    }
    json!(seen)
}

async fn audit_entries(server: &Server) -> i64 {
    let audit = server.get("/api/v1/audit/verify", ADMIN).await.good();
    assert_eq!(audit["valid"], true, "{audit}");
    audit["entries"].as_i64().expect("a count")
}

/// What is served, from memory, is what the database says.
async fn serves_what_is_stored(server: &Server, name: &str) {
    let prompt = format!("/api/v1/prompts/{name}");
    let active = server.get(&format!("{prompt}/active"), ADMIN).await.good();
    let stored = server.get(&format!("{prompt}/versions/production"), ADMIN).await.good();
    for field in ["version", "sequence", "content", "content_hash"] {
        assert_eq!(active[field], stored[field], "{field}");
    }
}

struct Change {
    method: &'static str,
    path: &'static str,
    body: Value,
    /// Of the prompt afterwards.
    name: &'static str,
}

fn changes() -> Vec<Change> {
    let change = |method, path, body, name| Change { method, path, body, name };
    let other = json!({"content": "Hi {{ name }}, {% include 'shared' %}", "activate": "production"});
    vec![
        change("POST", "/prompts/p/versions", other, "p"),
        change("POST", "/prompts/p/activate", json!({"version": "1", "environment": "production"}), "p"),
        change("PUT", "/prompts/p/labels/stable", json!({"version": "1"}), "p"),
        change("PUT", "/environments/production", json!({"policy": {"rollback": "fix_forward"}}), "p"),
    ]
}

/// Answers the places where the process died.
async fn survives(start: impl Fn(Option<usize>) -> Server, change: &Change, key: &str) -> Vec<String> {
    let path = format!("/api/v1{}", change.path);
    let (mut places, mut before, mut after) = (Vec::new(), None, None);
    for n in 1..=ENOUGH {
        let server = start(Some(n));
        let now = (seen(&server).await, audit_entries(&server).await);
        serves_what_is_stored(&server, change.name).await;
        let (state, entries) = before.get_or_insert_with(|| now.clone());
        if now.1 == *entries {
            assert_eq!(now.0, *state, "no entry, no change: {places:?}");
            assert!(after.is_none(), "what was there once is there: {places:?}");
        } else {
            assert_eq!(now.1, *entries + 1, "{places:?}");
            assert_ne!(now.0, *state, "an entry, a change: {places:?}");
            assert_eq!(*after.get_or_insert_with(|| now.0.clone()), now.0, "{places:?}");
        }
        match server.change(change.method, &path, ADMIN, key, &change.body).await {
            Err(_) => places.push(server.died()),
            Ok(answer) => {
                answer.good();
                assert_eq!(audit_entries(&server).await, *entries + 1, "once, however often it was sent");
                assert_eq!(after, Some(seen(&server).await), "dead after the commit, before the answer");
                return places;
            }
        }
    }
    panic!("{ENOUGH} are not enough: {places:?}");
}

async fn every_place(start: impl Fn(Option<usize>) -> Server) {
    let server = start(None);
    let shared =
        json!({"name": "shared", "kind": "text", "version": {"content": "we", "activate": "production"}});
    let first = json!({"name": "p", "kind": "text",
        "version": {"content": "Hello {{ name }}", "activate": "production"}});
    for new in [shared, first] {
        server.post("/api/v1/prompts", ADMIN, &new).await.good();
    }
    drop(server);
    for (n, change) in changes().iter().enumerate() {
        let places = survives(&start, change, &format!("key-{n}")).await;
        assert_eq!(places.first().map(String::as_str), Some("begin"), "{} {}", change.method, change.path);
        assert_eq!(places.last().map(String::as_str), Some("committed"), "{} {}", change.method, change.path);
        for place in ["statement", "commit"] {
            assert!(places.iter().any(|died| died == place), "{place}: {places:?}");
        }
    }
}

pub(crate) fn armed(command: &mut Command, place: Option<usize>) -> Server {
    if let Some(place) = place {
        command.env("PROMPTORY_TEST_DIE_AT", place.to_string());
    }
    Server::start(command.env("PROMPTORY_ADMIN_KEY", ADMIN))
}

#[tokio::test]
async fn a_change_of_sqlite_is_done_once_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    every_place(|place| {
        let mut command = program();
        command.env("PROMPTORY_DATA_DIR", folder.path());
        armed(&mut command, place)
    })
    .await;
}

#[tokio::test]
async fn a_change_of_postgres_is_done_once_or_not_at_all() {
    let database = postgres_database();
    every_place(|place| {
        let mut command = program();
        command.env("PROMPTORY_DATABASE_URL", &database);
        armed(&mut command, place)
    })
    .await;
}
