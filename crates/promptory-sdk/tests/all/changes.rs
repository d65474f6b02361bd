//! What changes on the server is seen at once.

use std::time::Duration;

use promptory_sdk::{Client, Error};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    gate::Mode,
    world::{World, at, server, until},
};

/// Both ways of using a client.
async fn clients(world: &World) -> [Client; 2] {
    [world.client(world.builder()).await, world.client(world.builder().local()).await]
}

/// Until the prompt is answered like this.
async fn until_answered(client: &Client, prompt: &str, is_so: impl Fn(&Result<String, Error>) -> bool) {
    let mut activity = client.activity();
    let so = async {
        loop {
            let answer = client.get(prompt).await.map(|prompt| prompt.content().to_string());
            if is_so(&answer) {
                return;
            }
            activity.changed().await.expect("the client is there");
        }
    };
    tokio::time::timeout(crate::world::PATIENCE, so).await.expect("it changes");
}

#[tokio::test]
async fn a_new_version_is_told_by_the_stream() {
    let world = World::with_prompt().await;
    for client in clients(&world).await {
        world.revise("support/reply", "Dear {{ name }}").await;
        until_answered(&client, "support/reply", |answer| {
            answer.as_ref().is_ok_and(|text| text == "\"Dear {{ name }}\"")
        })
        .await;
        world.revise("support/reply", "Hello {{ name }}").await;
        until_answered(&client, "support/reply", |answer| {
            answer.as_ref().is_ok_and(|text| text == "\"Hello {{ name }}\"")
        })
        .await;
        // By the clock no time has passed.
        let prompt = client.get("support/reply").await.expect("live");
        assert_eq!((prompt.stale(), prompt.age()), (false, Duration::ZERO));
    }
}

#[tokio::test]
async fn an_archived_prompt_is_refused_and_a_restored_one_served() {
    let world = World::with_prompt().await;
    for client in clients(&world).await {
        client.get("support/reply").await.expect("live");
        world.post("/prompts/support%2Freply/archive", Value::Null).await;
        until_answered(&client, "support/reply", Result::is_err).await;
        let error = client.get("support/reply").await.expect_err("archived");
        assert_eq!(error.code(), Some("nothing_live"), "{error}");
        let problem = error.problem().expect("a problem document");
        assert!(problem.status == 404 && problem.detail.contains("is archived"), "{problem:?}");
        // The server is not asked by each caller.
        let before = world.gate.requests("/active");
        for _ in 0..10 {
            client.get("support/reply").await.expect_err("archived");
        }
        assert_eq!(world.gate.requests("/active"), before);
        world.post("/prompts/support%2Freply/restore", Value::Null).await;
        until_answered(&client, "support/reply", Result::is_ok).await;
    }
}

#[tokio::test]
async fn a_no_is_believed_for_seconds() {
    let world = World::new().await;
    let client = world.builder().no_stream().build().await.expect("a client");
    assert_eq!(client.get("later").await.expect_err("nothing").code(), Some("not_found"));
    world.publish("later", "now").await;
    assert_eq!(client.get("later").await.expect_err("remembered").code(), Some("not_found"));
    world.clock.advance(Duration::from_secs(6));
    assert_eq!(client.get("later").await.expect("asked again").version(), "1.0.0");
}

#[tokio::test]
async fn a_revoked_key_is_refused_whatever_is_known() {
    let world = World::with_prompt().await;
    for local in [false, true] {
        let (id, secret) = world.key().await;
        let builder = world.builder_with(&secret).cache_file(world.file());
        let client = world.client(if local { builder.local() } else { builder }).await;
        client.get("support/reply").await.expect("live");
        let (status, _) = world.send("DELETE", &format!("/keys/{id}"), Value::Null).await;
        assert_eq!(status, 200);
        // Its stream ends; the client comes back with it and is refused.
        until(&client, |stats| !stats.connected).await;
        world.clock.advance(Duration::from_secs(60));
        until_answered(&client, "support/reply", Result::is_err).await;
        let error = client.get("support/reply").await.expect_err("revoked");
        assert_eq!(error.code(), Some("unauthenticated"));
        assert_eq!(error.problem().expect("a problem").status, 401);
        // Not even when the server goes away, nor by a new client with the same file.
        world.shut();
        client.get("support/reply").await.expect_err("revoked");
        world.open();
        let again = world.builder_with(&secret).cache_file(world.file()).build().await;
        assert_eq!(again.expect_err("revoked").code(), Some("unauthenticated"));
    }
}

#[tokio::test]
async fn another_epoch_makes_everything_new() {
    let world = World::with_prompt().await;
    world.publish("other", "of the first").await;
    let [plain, local] = clients(&world).await;
    for client in [&plain, &local] {
        client.get("support/reply").await.expect("live");
        client.get("other").await.expect("live");
    }
    // Restored from elsewhere: another database behind the same address.
    let folder = TempDir::new().expect("a folder");
    let restored = server(&folder).await;
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
    let version = json!({"content": "of the second", "activate": "production"});
    let body = json!({"name": "support/reply", "kind": "text", "version": version});
    assert_eq!(at(&http, restored.address, "POST", "/prompts", body).await.0, 201);
    world.gate.set(Mode::Open(restored.address));
    for client in [&plain, &local] {
        until(client, |stats| !stats.connected).await;
    }
    world.clock.advance(Duration::from_secs(60));
    for client in [&plain, &local] {
        until_answered(client, "support/reply", |answer| {
            answer.as_ref().is_ok_and(|text| text == "\"of the second\"")
        })
        .await;
        until_answered(client, "other", Result::is_err).await;
    }
    restored.stop().await;
}

#[tokio::test]
async fn another_epoch_is_seen_without_the_stream_too() {
    let world = World::with_prompt().await;
    world.publish("other", "one").await;
    let client = world.builder().no_stream().build().await.expect("a client");
    client.get("support/reply").await.expect("live");
    let folder = TempDir::new().expect("a folder");
    let restored = server(&folder).await;
    world.gate.set(Mode::Open(restored.address));
    // Any answer of the new server says it, here a no about something else.
    client.get("other").await.expect_err("not there");
    world.clock.advance(Duration::from_secs(301));
    until_answered(&client, "support/reply", Result::is_err).await;
    restored.stop().await;
}

#[tokio::test]
async fn a_renamed_prompt_is_found_by_both_names() {
    let world = World::with_prompt().await;
    for (client, (old, new)) in
        clients(&world).await.iter().zip([("support/reply", "support/answer"), ("support/answer", "a b/ü")])
    {
        client.get(old).await.expect("live");
        let (status, _) =
            world.send("PATCH", &format!("/prompts/{}", old.replace('/', "%2F")), json!({"name": new})).await;
        assert_eq!(status, 200);
        let mut activity = client.activity();
        while client.get(old).await.expect("by its former name").renamed_to() != Some(new) {
            activity.changed().await.expect("the client is there");
        }
        assert_eq!(client.get(new).await.expect("by its name").renamed_to(), None);
    }
}

#[tokio::test]
async fn a_client_that_goes_leaves_no_stream_behind() {
    let world = World::with_prompt().await;
    let streams = std::sync::Arc::clone(&world.running.app.streams);
    let all = u32::try_from(streams.available_permits()).expect("some thousands");
    let client = world.client(world.builder().local().cache_file(world.file())).await;
    let clone = client.clone();
    assert_eq!(streams.available_permits(), all as usize - 1);
    drop(client);
    clone.get("support/reply").await.expect("live");
    drop(clone);
    let gone = streams.acquire_many(all);
    let gone = tokio::time::timeout(crate::world::PATIENCE, gone).await.expect("it is closed");
    drop(gone.expect("the server runs"));
}
