//! What is asked for once, and again when it is old.

use std::time::Duration;

use promptory_sdk::Source;
use serde_json::json;
use tokio::task::JoinSet;

use crate::world::{World, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_cause_one_request() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder()).await;
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        callers.spawn(async move { client.get("support/reply").await.expect("live").version().to_owned() });
    }
    assert!(callers.join_all().await.iter().all(|version| version == "1.0.0"));
    assert_eq!(world.gate.requests("/active"), 1);
    let again = client.get("support/reply").await.expect("live");
    assert_eq!((again.source(), again.stale()), (Source::Cache, false));
    assert_eq!(world.gate.requests("/active"), 1);
    assert_eq!(client.stats().misses + client.stats().hits, 51);
}

#[tokio::test]
async fn what_is_old_is_given_once_more_and_confirmed_beside() {
    let world = World::with_prompt().await;
    let client = world.builder().no_stream().build().await.expect("a client");
    client.get("support/reply").await.expect("live");
    world.clock.advance(Duration::from_secs(300));
    assert!(!client.get("support/reply").await.expect("live").stale(), "not older than five minutes");
    world.clock.advance(Duration::from_secs(1));
    for _ in 0..20 {
        assert_eq!(client.get("support/reply").await.expect("live").version(), "1.0.0");
    }
    until(&client, |stats| stats.refreshes == 1).await;
    assert_eq!(world.gate.requests("/active"), 2, "one refresh for all");
    assert_eq!(world.gate.statuses("304"), 1, "which the server only confirmed");
    let confirmed = client.get("support/reply").await.expect("live");
    assert_eq!((confirmed.stale(), confirmed.age()), (false, Duration::ZERO));
}

#[tokio::test]
async fn many_prompts_are_asked_for_once_each_within_bounds() {
    let world = World::new().await;
    for n in 0..60 {
        world.publish(&format!("many/{n}"), &format!("{n} {}", "x".repeat(2000))).await;
    }
    let client = world.client(world.builder()).await;
    for round in 0..2 {
        for n in 0..60 {
            let prompt = client.get(&format!("many/{n}")).await.expect("live");
            assert!(prompt.content().as_str().expect("text").starts_with(&format!("{n} ")), "{round}");
        }
    }
    assert_eq!(world.gate.requests("/active"), 60);
    assert_eq!(client.stats().answers, 60);

    // With little room everything is still answered.
    let small = world.client(world.builder().cache_bytes(50_000)).await;
    for n in 0..60 {
        small.get(&format!("many/{n}")).await.expect("live");
    }
    assert!(small.stats().answers <= 12, "{:?}", small.stats());
    // Without any, too.
    let none = world.client(world.builder().cache_bytes(0)).await;
    assert_eq!(none.get("many/7").await.expect("live").source(), Source::Server);
}

#[tokio::test]
async fn each_question_has_an_answer_of_its_own() {
    let world = World::with_prompt().await;
    world.revise("support/reply", "Hello {{ name }}").await;
    let client = world.client(world.builder()).await;
    let ask = async |version: Option<&str>, key: &str| {
        let mut question = client.resolve("support/reply").key(key).variables(json!({"name": "Ada"}));
        if let Some(version) = version {
            question = question.version(version);
        }
        question.await.expect("an answer")
    };
    assert_eq!(ask(None, "a").await.text(), Some("Hello Ada"));
    assert_eq!(ask(Some("1.0.0"), "a").await.text(), Some("Dear Ada"));
    assert_eq!(ask(Some("1"), "a").await.reason(), "pinned");
    let other = ask(None, "b").await;
    let first = ask(None, "a").await;
    assert!(first.resolution().is_some() && first.resolution() != other.resolution(), "each user's own");
    assert_eq!(world.gate.requests("/resolve"), 4);
    assert_eq!(first.deployment_id(), other.deployment_id());
    assert!(first.deployment_id().is_some());
}

#[tokio::test]
async fn what_is_forgotten_is_asked_for_again() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder()).await;
    client.get("support/reply").await.expect("live");
    client.clear();
    assert_eq!(client.stats().answers, 0);
    assert_eq!(client.get("support/reply").await.expect("live").source(), Source::Server);
    assert_eq!(world.gate.requests("/active"), 2);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_answers_old() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder()).await;
    client.get("support/reply").await.expect("live");
    world.clock.set_back(Duration::from_secs(3600));
    assert!(client.get("support/reply").await.expect("live").stale());
    until(&client, |stats| stats.refreshes == 1).await;
    assert!(!client.get("support/reply").await.expect("live").stale());
}
