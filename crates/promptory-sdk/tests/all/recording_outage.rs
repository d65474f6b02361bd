//! Recording while the server is gone, slow, overloaded or refuses.

use std::time::Duration;

use promptory_sdk::{Recorder, Timestamp};
use tokio::runtime::Runtime;

use crate::{
    answers::{Answers, accepted, problem},
    gate::Mode,
    recording::{call, ids},
    world::{World, server_at, until_recorder, whole},
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn what_a_killed_server_had_stored_or_not_is_counted_once() {
    let world = World::with_prompt().await;
    let recorder = world.recording().batch(20, 1 << 20, SECOND).build().expect("a recorder");
    // A server whose tasks can be ended where they stand.
    let victim = Runtime::new().expect("threads");
    let data_dir = world.folder.path().to_owned();
    world.running.stop().await;
    let running = victim.spawn(server_at(data_dir)).await.expect("it starts");
    let world = World { running, ..world };
    world.open();
    for n in 0..200 {
        recorder.record(call(n));
    }
    until_recorder(&recorder, |stats| stats.accepted >= 40).await;
    // The answer to this one is lost, if it comes at all.
    world.gate.set(Mode::Deaf(world.running.address));
    until_recorder(&recorder, |stats| stats.problem.is_some()).await;
    let world = world
        .restarted(|running| async {
            drop(running);
            victim.shutdown_background();
        })
        .await;
    for n in 200..300 {
        recorder.record(call(n));
    }
    world.in_time(until_recorder(&recorder, |stats| stats.queued == 0)).await;
    let stats = recorder.stats();
    assert_eq!((stats.recorded, stats.rejected, stats.dropped.total()), (300, 0, 0), "{stats:?}");
    assert_eq!(stats.accepted + stats.duplicates, 300);
    let found = world.executions().await;
    assert_eq!((found.len(), ids(&found).len()), (300, 300));
}

#[tokio::test]
async fn a_lost_answer_counts_nothing_twice() {
    let world = World::with_prompt().await;
    let recorder = world.recording().build().expect("a recorder");
    world.gate.set(Mode::Deaf(world.running.address));
    for _ in 0..10 {
        recorder.record(call(0).id(""));
        recorder.record(promptory_sdk::Execution::of(("support/reply", "1.0.0"), SECOND));
    }
    let mut flush = Box::pin(recorder.flush_within(Duration::from_secs(86_400)));
    world
        .in_time(async {
            tokio::select! {
                _ = &mut flush => panic!("nobody has answered"),
                _ = until_recorder(&recorder, |stats| stats.retried >= 2) => {}
            }
        })
        .await;
    let world = world.restarted(promptory_server::Running::stop).await;
    assert!(world.in_time(flush).await);
    let stats = recorder.stats();
    // An id that is empty is none.
    assert_eq!((stats.duplicates, stats.accepted, stats.rejected), (20, 0, 0), "{stats:?}");
    assert_eq!(world.executions().await.len(), 20);
}

#[tokio::test]
async fn a_full_queue_drops_the_new_and_counts_it() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder =
        world.recording().queue(100, 1 << 20).batch(10, 1 << 20, SECOND).build().expect("a recorder");
    recorder.record(call(0));
    world.clock.advance(SECOND);
    // One batch is in hand, and does not count.
    until_recorder(&recorder, |stats| stats.problem.is_some()).await;
    for n in 1..500 {
        recorder.record(call(n));
    }
    let stats = recorder.stats();
    assert_eq!((stats.recorded, stats.queued, stats.dropped.queue_full), (500, 101, 399));
    let large = "x".repeat(2 << 20);
    recorder.record(call(0).output(&large));
    assert_eq!(recorder.stats().dropped.too_large, 1);
    world.open();
    world.in_time(until_recorder(&recorder, |stats| stats.accepted == 101)).await;
    let expected = (0..101).map(|n| format!("call-{n}")).collect();
    assert_eq!(ids(&world.executions().await), expected, "the oldest are there");
}

#[tokio::test]
async fn who_is_told_when_to_come_back_comes_then() {
    let answers = Answers::new(|n, request| match n {
        0 => problem("503 Service Unavailable", "retry-after: 20\r\n"),
        1 => problem("429 Too Many Requests", "retry-after: Fri, 20 Nov 2026 10:01:20 GMT\r\n"),
        _ => accepted(request),
    })
    .await;
    let world = World::new().await;
    let clock = std::sync::Arc::clone(&world.clock);
    let recorder = Recorder::builder(&answers.url, "key").clock(clock).build().expect("a recorder");
    let sent = |stats: &promptory_sdk::RecorderStats| stats.sent;
    recorder.record(call(1));
    // The time is 10:00:00 and stands still but for what the test moves.
    world.clock.advance(SECOND);
    let first = until_recorder(&recorder, |stats| stats.problem.is_some()).await;
    assert!(first.problem.is_some_and(|why| why.contains("503")));
    world.clock.advance(Duration::from_millis(19_900));
    tokio::task::yield_now().await;
    assert_eq!((sent(&recorder.stats()), answers.requests().len()), (1, 1), "not before");
    // Clients that were told together come back apart, by half a second.
    world.clock.advance(Duration::from_millis(700));
    until_recorder(&recorder, |stats| stats.problem.as_ref().is_some_and(|why| why.contains("429"))).await;
    let now = promptory_sdk::Clock::now(&*world.clock);
    let told = Timestamp::parse_rfc3339("2026-11-20T10:01:20Z").expect("a time");
    let left = Duration::from_micros(u64::try_from(told.micros() - now.micros()).expect("ahead"));
    world.clock.advance(left - Duration::from_millis(100));
    tokio::task::yield_now().await;
    assert_eq!(answers.requests().len(), 2, "not before");
    world.clock.advance(SECOND);
    let stats = until_recorder(&recorder, |stats| stats.accepted == 1).await;
    assert_eq!((stats.retried, stats.sent, stats.problem), (2, 3, None));
    assert!(answers.requests()[0].line.starts_with("POST /api/v1/executions "));
}

#[tokio::test]
async fn pauses_grow_while_nobody_answers() {
    let world = World::with_prompt().await;
    world.gate.set(Mode::Foreign);
    let recorder = world.recording().build().expect("a recorder");
    recorder.record(call(1));
    world.clock.advance(SECOND);
    until_recorder(&recorder, |stats| stats.problem.is_some()).await;
    let began = promptory_sdk::Clock::now(&*world.clock);
    world.in_time(until_recorder(&recorder, |stats| stats.retried == 6)).await;
    let took = promptory_sdk::Clock::now(&*world.clock).micros() - began.micros();
    // 0.5 + 1 + 2 + 4 + 8 + 16 seconds, up to half of it less.
    assert!(took >= 15_750_000, "{took}");
    world.open();
    world.in_time(until_recorder(&recorder, |stats| stats.accepted == 1)).await;
}

#[tokio::test]
async fn a_refused_batch_is_given_up() {
    let world = World::with_prompt().await;
    let (_, render_only) = world.key().await;
    for key in ["nobody-has-this-key", &render_only] {
        let clock = std::sync::Arc::clone(&world.clock);
        let recorder = Recorder::builder(world.gate.url(), key).clock(clock).build().expect("a recorder");
        recorder.record(call(1));
        recorder.record(call(2));
        assert!(recorder.flush().await, "nothing waits");
        let stats = recorder.stats();
        assert_eq!((stats.dropped.refused, stats.sent, stats.retried), (2, 2, 0));
        let why = stats.problem.expect("said");
        assert!(why.contains("401") || why.contains("403"), "{why}");
    }
    assert!(world.executions().await.is_empty());
}

#[tokio::test]
async fn a_batch_that_is_too_large_for_somebody_between_goes_in_parts() {
    let answers = Answers::new(|_, request| match request.body.len() {
        0..4000 => accepted(request),
        _ => ("413 Payload Too Large", "", "<html>".to_owned()),
    })
    .await;
    let recorder = Recorder::builder(&answers.url, "key").gzip_above(1 << 20).build().expect("a recorder");
    for n in 0..64 {
        recorder.record(call(n));
    }
    recorder.record(call(64).output(&"x".repeat(5000)));
    assert!(recorder.flush().await);
    let stats = recorder.stats();
    assert_eq!((stats.accepted, stats.dropped.too_large, stats.queued), (64, 1, 0), "{stats:?}");
    let taken: Vec<_> = answers.requests().into_iter().filter(|request| request.body.len() < 4000).collect();
    assert_eq!(taken.iter().map(|request| request.body.lines().count()).sum::<usize>(), 64);
}

#[tokio::test]
async fn large_requests_are_packed_and_small_ones_are_not() {
    let answers = Answers::new(|_, request| accepted(request)).await;
    let recorder = Recorder::builder(&answers.url, "key").build().expect("a recorder");
    recorder.record(call(1));
    assert!(recorder.flush().await);
    recorder.record(call(2).output(&"text ".repeat(20_000)));
    assert!(recorder.flush().await);
    let packed: Vec<bool> = answers.requests().iter().map(|request| request.packed).collect();
    assert_eq!(packed, [false, true]);
    assert!(answers.requests()[1].body.len() > 100_000);
}

#[tokio::test]
async fn neither_flush_nor_close_waits_for_ever() {
    let world = World::with_prompt().await;
    world.gate.set(Mode::Silent);
    let recorder = world.recording().timeout(Duration::from_secs(600)).build().expect("a recorder");
    for n in 0..10 {
        recorder.record(call(n));
    }
    assert!(!world.in_time(recorder.flush()).await, "something still waits");
    whole(&recorder.stats());
    world.in_time(recorder.close()).await;
    let stats = recorder.stats();
    assert_eq!((stats.queued, stats.dropped.unsent), (0, 10));
    whole(&stats);
}
