//! Executions and scores, from an application to the server's disk.

use std::{collections::BTreeSet, time::Duration};

use promptory_sdk::{Error, Execution, Purpose, Recorder, Score, Subject};
use serde_json::{Value, json};

use crate::world::{World, until_recorder, whole};

const MS: Duration = Duration::from_millis(1);

pub(crate) fn call(n: usize) -> Execution {
    Execution::of(("support/reply", "1.0.0"), 20 * MS).id(format!("call-{n}"))
}

pub(crate) fn ids(executions: &[Value]) -> BTreeSet<String> {
    executions.iter().map(|one| one["id"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn a_call_is_recorded_with_what_is_known_of_it() {
    let world = World::with_prompt().await;
    for local in [false, true] {
        let builder = if local { world.builder().local() } else { world.builder() };
        let client = world.client(builder).await;
        let recorder = client.recorder();
        let prompt = client.resolve("support/reply").key("user-1").await.expect("live");
        assert_eq!(prompt.resolution().is_some(), !local);
        let started = recorder.started(&prompt);
        world.clock.advance(250 * MS);
        let execution = started
            .success()
            .key("user-1")
            .variables(&json!({"name": "Ada"}))
            .input("Dear Ada")
            .output(&json!([{"text": "Hello"}]))
            .tokens(812, 164)
            .cached_tokens(400, 0)
            .model("anthropic", "claude-sonnet-5")
            .cost_usd(0.0049)
            .tag("team", "blue")
            .country("se")
            .trace("trace-1", "span-1")
            .score("thumbs", true);
        let id = recorder.record(execution);
        assert!(recorder.flush().await);
        let found = world.executions().await;
        let found = found.iter().find(|one| one["id"] == *id).expect("recorded");
        let expected = json!({
            "prompt": "support/reply", "version": "1.0.0", "environment": "production", "status": "success",
            "latency_ms": 250.0, "input_tokens": 812, "output_tokens": 164, "cached_tokens": 400, "key": "user-1",
            "model": "claude-sonnet-5", "provider": "anthropic", "country": "SE", "tags": {"team": "blue"},
            "input": "Dear Ada", "output": [{"text": "Hello"}], "variables": {"name": "Ada"}, "cost_usd": 0.0049,
            "trace_id": "trace-1", "span_id": "span-1",
        });
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(found[name], *value, "{name} of {found}");
        }
        assert_eq!(recorder.stats().accepted, 1);
    }
}

#[tokio::test]
async fn how_a_call_ended_is_told_apart() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder()).await;
    let prompt = client.get("support/reply").await.expect("live");
    let recorder = client.recorder();
    let began = || recorder.started(&prompt);
    let calls = [
        (began().error("rate_limited", "slow down"), "error", json!("rate_limited"), json!("slow down")),
        (began().timeout(), "timeout", Value::Null, Value::Null),
        (began().blocked("hate speech"), "blocked", json!("blocked"), json!("hate speech")),
        (Execution::of(&prompt, 3 * MS).purpose(Purpose::Test), "success", Value::Null, Value::Null),
        (Execution::of(("support/reply", "1"), MS), "success", Value::Null, Value::Null),
    ];
    let mut expected = Vec::new();
    for (execution, status, kind, message) in calls {
        expected.push((recorder.record(execution), status, kind, message));
    }
    let resolved = client.resolve("support/reply").version("1.0.0").await.expect("there");
    let token = resolved.resolution().expect("the server chose");
    recorder.record(Execution::of(Subject::Resolution(token), MS));
    assert!(recorder.flush().await);
    let found = world.executions().await;
    assert_eq!(found.len(), 6);
    for (id, status, kind, message) in expected {
        let one = found.iter().find(|one| one["id"] == *id).expect("recorded");
        assert_eq!(
            (&one["status"], &one["error_type"], &one["error_message"]),
            (&json!(status), &kind, &message)
        );
    }
}

#[tokio::test]
async fn a_batch_goes_by_count_and_by_age_and_large_ones_are_packed() {
    let world = World::with_prompt().await;
    let recorder = world.recording().batch(50, 1 << 20, Duration::from_secs(1)).build().expect("a recorder");
    for n in 0..120 {
        recorder.record(call(n));
    }
    // The clock stands still: the rest is not old enough.
    let stats = until_recorder(&recorder, |stats| stats.accepted == 100).await;
    assert_eq!((stats.queued, stats.sent), (20, 100));
    world.clock.advance(Duration::from_secs(1));
    until_recorder(&recorder, |stats| stats.accepted == 120).await;
    assert_eq!(ids(&world.executions().await).len(), 120);
    assert_eq!(world.gate.requests("POST /api/v1/executions"), 3);
    assert_eq!(recorder.stats().retried, 0);
}

#[tokio::test]
async fn what_the_server_refuses_is_counted_with_its_reason_and_harms_no_other() {
    let world = World::with_prompt().await;
    let recorder = world.recording().build().expect("a recorder");
    recorder.record(call(1));
    recorder.record(Execution::of(("no/such", "1.0.0"), MS));
    recorder.record(Execution::of(("support/reply", "9.9.9"), MS));
    recorder.record(call(2).key("k".repeat(500)));
    recorder.record(call(3));
    // The same id is one call.
    recorder.record(call(3));
    assert!(recorder.flush().await);
    let stats = recorder.stats();
    assert_eq!((stats.accepted, stats.duplicates, stats.rejected), (2, 1, 3));
    for part in ["no prompt \"no/such\"", "no version \"9.9.9\"", "key has more than"] {
        assert!(stats.rejections.iter().any(|why| why.contains(part)), "{part}: {:?}", stats.rejections);
    }
    whole(&stats);
    assert_eq!(ids(&world.executions().await).len(), 2);
}

#[tokio::test]
async fn scores_are_recorded_before_and_after() {
    let world = World::with_prompt().await;
    let recorder = world.recording().build().expect("a recorder");
    recorder
        .score(Score::of_execution("call-1", "thumbs", true).id("score-1").comment("nice").source("user"));
    assert!(recorder.flush().await);
    let id = recorder.record(call(1).session("session-1"));
    recorder.score(Score::of_execution(&id, "accuracy", 0.75));
    recorder.score(Score::of_execution(&id, "tone", "kind"));
    recorder.score(Score::of_execution("call-1", "thumbs", true).id("score-1"));
    recorder.score(Score::of_session("session-1", "solved", true));
    recorder.score(Score::of_user("support/reply", "user-1", "converted", 1));
    recorder.score(Score::of_version("support/reply", "1.0.0", "accuracy", 0.9));
    recorder.score(Score::of_execution(&id, "Not A Name", 1));
    recorder.score(Score::of_execution(&id, "nothing", f64::NAN));
    assert!(recorder.flush().await);
    let stats = recorder.stats();
    assert_eq!((stats.recorded, stats.accepted, stats.duplicates, stats.rejected), (9, 7, 1, 1), "{stats:?}");
    let found = world.send("GET", "/executions/call-1", Value::Null).await.1;
    let scores = found["scores"].as_array().expect("a list");
    for name in ["accuracy", "tone"] {
        assert!(scores.iter().any(|one| one["name"] == name), "{name}: {found}");
    }
}

#[tokio::test]
async fn texts_stay_here_or_are_redacted() {
    let world = World::with_prompt().await;
    let full = || call(1).input("card 4111").output("card 4111").variables(&json!({"card": 4111}));
    let recorder = world.recording().bodies(false).build().expect("a recorder");
    recorder.record(full().id("bare").error("x", "told"));
    recorder.record(recorder.started(("support/reply", "1.0.0")).success().input("card 4111").id("begun"));
    assert!(recorder.flush().await);
    let recorder = world
        .recording()
        .redact(|bodies| {
            bodies.variables = None;
            for text in [&mut bodies.input, &mut bodies.output].into_iter().flatten() {
                *text = text.as_str().unwrap_or_default().replace("4111", "****").into();
            }
            bodies.error_message = bodies.error_message.take().map(|text| text.replace("4111", "****"));
        })
        .build()
        .expect("a recorder");
    recorder.record(full().id("redacted").error("x", "4111 is no card"));
    assert!(recorder.flush().await);
    let found = world.executions().await;
    assert!(found.iter().all(|one| !one.to_string().contains("4111")), "{found:?}");
    let one = |id: &str| found.iter().find(|one| one["id"] == id).expect("recorded");
    assert_eq!((&one("bare")["input"], &one("bare")["error_message"]), (&Value::Null, &json!("told")));
    assert_eq!(one("redacted")["input"], "card ****");
    assert_eq!(one("redacted")["error_message"], "**** is no card");
    assert_eq!(one("begun")["input"], Value::Null);
}

#[tokio::test]
async fn after_close_nothing_is_sent() {
    let world = World::with_prompt().await;
    let recorder = world.recording().build().expect("a recorder");
    recorder.record(call(1));
    recorder.close().await;
    let stats = recorder.stats();
    assert_eq!((stats.accepted, stats.queued), (1, 0));
    recorder.record(call(2));
    recorder.score(Score::of_session("s", "a", true));
    world.clock.advance(Duration::from_secs(3600));
    assert!(recorder.flush().await);
    recorder.close().await;
    let stats = recorder.stats();
    assert_eq!((stats.sent, stats.dropped.closed), (1, 2));
    whole(&stats);
    assert_eq!(world.gate.requests("POST"), 1);
}

#[tokio::test]
async fn a_recorder_that_goes_sends_what_it_has_and_leaves_nothing_running() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder().recording(|recorder| recorder.environment("staging"))).await;
    let recorder = client.recorder().clone();
    drop(client);
    recorder.record(call(1));
    let mut activity = recorder.activity();
    drop(recorder);
    let gone = async { while activity.changed().await.is_ok() {} };
    tokio::time::timeout(crate::world::PATIENCE, gone).await.expect("it goes");
    let found = world.executions().await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["environment"], "staging");
}

#[tokio::test]
async fn settings_that_cannot_work_are_said() {
    let built = |recorder: promptory_sdk::RecorderBuilder| recorder.build().expect_err("cannot work");
    let recorder = || Recorder::builder("http://127.0.0.1:1", "key");
    let second = Duration::from_secs(1);
    for error in [
        built(Recorder::builder("nowhere", "key")),
        built(Recorder::builder("http://127.0.0.1:1", "a\nb")),
        built(recorder().batch(0, 1, second)),
        built(recorder().queue(10, 1 << 20)),
        built(recorder().queue(1_000_000, 1 << 30).batch(20_000, 1 << 20, second)),
        built(recorder().queue(10_000, 1 << 30).batch(500, 1 << 25, second)),
    ] {
        assert!(matches!(error, Error::Usage(_)), "{error}");
    }
    let outside = std::thread::spawn(move || recorder().build().expect_err("no runtime"));
    assert!(outside.join().expect("no panic").to_string().contains("Tokio"));
}
