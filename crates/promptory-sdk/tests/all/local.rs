//! Everything in memory.

use std::time::Duration;

use promptory_sdk::Source;
use serde_json::json;

use crate::world::{World, until};

#[tokio::test]
async fn the_server_is_not_asked_for_what_the_snapshot_has() {
    let world = World::with_prompt().await;
    world.revise("support/reply", "Hello {{ name }}").await;
    let client = world.client(world.builder().local()).await;
    for n in 0..100 {
        let key = format!("user-{n}");
        let ask = client.resolve("support/reply").key(&key).variables(json!({"name": key.as_str()}));
        let prompt = ask.await.expect("live");
        assert_eq!(prompt.text(), Some(&*format!("Hello user-{n}")));
        assert_eq!((prompt.source(), prompt.reason(), prompt.stale()), (Source::Snapshot, "live", false));
        let old = client.resolve("support/reply").version("1.0.0").await.expect("it was live");
        assert_eq!((old.version(), old.reason()), ("1.0.0", "pinned"));
    }
    assert_eq!(world.gate.requests("/prompts/"), 0);
    assert_eq!(world.gate.statuses("200"), 2, "one snapshot, one stream");

    // What was never live here is the server's to say.
    let draft = json!({"content": "Never live {{ name }}"});
    world.post("/prompts/support%2Freply/versions", draft).await;
    let latest = client.resolve("support/reply").version("latest").variables(json!({"name": "Ada"}));
    let latest = latest.await.expect("there");
    assert_eq!((latest.text(), latest.source()), (Some("Never live Ada"), Source::Server));
}

#[tokio::test]
async fn a_snapshot_that_did_not_change_is_only_confirmed() {
    let world = World::with_prompt().await;
    let client = world.builder().local().no_stream().build().await.expect("a client");
    let first = client.stats().snapshot_revision;
    world.clock.advance(Duration::from_secs(301));
    assert!(client.get("support/reply").await.expect("live").stale());
    until(&client, |stats| stats.refreshes == 2).await;
    assert_eq!(world.gate.statuses("304"), 1);
    assert!(!client.get("support/reply").await.expect("live").stale());
    assert_eq!(client.stats().snapshot_age, Some(Duration::ZERO));
    assert_eq!(client.stats().snapshot_revision, first);
}

#[tokio::test]
async fn a_snapshot_that_is_too_large_is_not_taken() {
    let world = World::new().await;
    world.publish("large", &"x".repeat(100_000)).await;
    // It is small while it is packed.
    let error = world.builder().local().snapshot_bytes(50_000).build().await.expect_err("too large");
    assert!(error.to_string().contains("50000 bytes"), "{error}");
}

#[tokio::test]
async fn a_prompt_without_a_live_version_is_the_servers_to_refuse() {
    let world = World::with_prompt().await;
    let version = json!({"content": "never"});
    world.post("/prompts", json!({"name": "draft", "kind": "text", "version": version})).await;
    let client = world.client(world.builder().local()).await;
    assert_eq!(client.get("draft").await.expect_err("not live").code(), Some("nothing_live"));
    assert_eq!(client.get("nothing").await.expect_err("not there").code(), Some("not_found"));
}
