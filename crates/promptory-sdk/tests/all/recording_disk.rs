//! What cannot be sent waits on the disk, for this program or the next.

use std::{path::PathBuf, sync::Arc, time::Duration};

use promptory_sdk::{Recorder, RecorderBuilder, Score};

use crate::{
    answers::{Answers, accepted, problem},
    recording::{call, ids},
    world::{World, until_recorder, whole},
};

const SECOND: Duration = Duration::from_secs(1);

fn folder(world: &World) -> PathBuf {
    world.folder.path().join("waiting")
}

fn spilling(world: &World) -> RecorderBuilder {
    world.recording().batch(20, 1 << 20, SECOND).queue(100, 1 << 20).spill_to(folder(world), 16 << 20)
}

fn files(world: &World) -> usize {
    std::fs::read_dir(folder(world)).map_or(0, Iterator::count)
}

#[tokio::test]
async fn while_the_server_is_away_the_disk_takes_it_and_nothing_is_lost() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder = spilling(&world).build().expect("a recorder");
    // Far more than the queue holds, each part as soon as there is room.
    for part in 0..50 {
        for n in 0..20 {
            recorder.record(call(part * 20 + n).output("some text"));
        }
        world.in_time(until_recorder(&recorder, |stats| stats.queued <= 60)).await;
    }
    let stats = world.in_time(until_recorder(&recorder, |stats| stats.queued == 0)).await;
    assert_eq!((stats.recorded, stats.spilled, stats.dropped.total()), (1000, 1000, 0), "{stats:?}");
    assert!(files(&world) > 0);
    world.open();
    world.in_time(until_recorder(&recorder, |stats| stats.accepted == 1000)).await;
    recorder.record(call(1000));
    world.in_time(until_recorder(&recorder, |stats| stats.accepted == 1001)).await;
    assert_eq!((ids(&world.executions().await).len(), files(&world)), (1001, 0));
    assert_eq!(recorder.stats().duplicates, 0);
}

#[tokio::test]
async fn what_was_left_at_close_is_sent_by_the_next_program() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder = spilling(&world).build().expect("a recorder");
    for n in 0..90 {
        recorder.record(call(n));
    }
    recorder.score(Score::of_execution("call-1", "thumbs", true));
    // The clock stands still: it does not wait for a server that does not answer when there is a disk.
    recorder.close().await;
    let stats = recorder.stats();
    assert_eq!((stats.spilled, stats.queued, stats.dropped.total()), (91, 0, 0), "{stats:?}");
    whole(&stats);
    world.open();
    let next = spilling(&world).build().expect("a recorder");
    let stats = until_recorder(&next, |stats| stats.accepted == 91).await;
    assert_eq!((stats.recovered, stats.recorded, stats.spilled), (91, 0, 0));
    assert_eq!((ids(&world.executions().await).len(), files(&world)), (90, 0));
}

#[tokio::test]
async fn a_runtime_that_ends_without_a_word_leaves_what_waits_on_the_disk() {
    let world = World::with_prompt().await;
    world.shut();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let builder = spilling(&world);
    let recorder = runtime.spawn(async move { builder.build() }).await.expect("run").expect("a recorder");
    for n in 0..50 {
        recorder.record(call(n));
    }
    let mut activity = recorder.activity();
    runtime.shutdown_background();
    let kept = async {
        while recorder.stats().spilled < 50 {
            activity.changed().await.expect("the recorder is there");
        }
    };
    tokio::time::timeout(crate::world::PATIENCE, kept).await.expect("kept");
    recorder.record(call(50));
    assert!(recorder.flush().await);
    recorder.close().await;
    assert_eq!(recorder.stats().dropped.closed, 1);
    whole(&recorder.stats());
    world.open();
    let next = spilling(&world).build().expect("a recorder");
    world.in_time(until_recorder(&next, |stats| stats.accepted == 50)).await;
}

#[tokio::test]
async fn a_torn_line_is_skipped_and_the_rest_is_sent() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder = spilling(&world).build().expect("a recorder");
    for n in 0..10 {
        recorder.record(call(n));
    }
    recorder.close().await;
    let file = std::fs::read_dir(folder(&world)).expect("there").next().expect("one").expect("one").path();
    let text = std::fs::read(&file).expect("there");
    std::fs::write(&file, &text[..text.len() - 30]).expect("torn");
    world.open();
    let next = spilling(&world).build().expect("a recorder");
    let stats = until_recorder(&next, |stats| stats.accepted == 9).await;
    assert_eq!((stats.recovered, stats.dropped.damaged, stats.spilled), (10, 1, 0));
    assert_eq!(files(&world), 0);
}

#[tokio::test]
async fn two_programs_with_one_folder_send_nothing_twice() {
    let world = World::with_prompt().await;
    world.shut();
    let first = spilling(&world).build().expect("a recorder");
    for n in 0..40 {
        first.record(call(n));
    }
    world.in_time(until_recorder(&first, |stats| stats.spilled == 40)).await;
    let second = spilling(&world).build().expect("a recorder");
    for n in 40..80 {
        second.record(call(n));
    }
    world.in_time(until_recorder(&second, |stats| stats.spilled == 40)).await;
    world.open();
    world.in_time(until_recorder(&first, |stats| stats.accepted == 40)).await;
    world.in_time(until_recorder(&second, |stats| stats.accepted == 40)).await;
    for recorder in [&first, &second] {
        let stats = recorder.stats();
        assert_eq!((stats.recovered, stats.duplicates, stats.spilled), (0, 0, 0), "{stats:?}");
    }
    // What one leaves the other finds, without a restart.
    world.shut();
    first.record(call(80));
    first.close().await;
    assert_eq!(first.stats().spilled, 1);
    world.open();
    let stats =
        world.in_time(until_recorder(&second, |stats| stats.recovered == 1 && stats.spilled == 0)).await;
    assert_eq!(stats.accepted, 41);
    assert_eq!(ids(&world.executions().await).len(), 81);
}

#[tokio::test]
async fn a_full_folder_loses_the_oldest_and_counts_them() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder = spilling(&world).spill_to(folder(&world), 20_000).build().expect("a recorder");
    for part in 0..20 {
        for n in 0..20 {
            recorder.record(call(part * 20 + n));
        }
        world.in_time(until_recorder(&recorder, |stats| stats.queued <= 40)).await;
    }
    let stats = world.in_time(until_recorder(&recorder, |stats| stats.queued == 0)).await;
    assert!(stats.dropped.disk_full > 0 && stats.spilled > 20, "{stats:?}");
    assert_eq!(stats.spilled + stats.dropped.disk_full, 400);
    let kept = stats.spilled;
    world.open();
    world.in_time(until_recorder(&recorder, |stats| stats.spilled == 0)).await;
    let found = ids(&world.executions().await);
    assert_eq!(found.len() as u64, kept);
    assert!(found.contains("call-399"), "the newest are there");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_said_and_memory_goes_on() {
    let world = World::with_prompt().await;
    std::fs::write(folder(&world), "no folder").expect("written");
    world.shut();
    let recorder = spilling(&world).build().expect("a recorder");
    for n in 0..60 {
        recorder.record(call(n));
    }
    let stats = world.in_time(until_recorder(&recorder, |stats| stats.disk_problem.is_some())).await;
    assert_eq!((stats.spilled, stats.queued), (0, 60));
    world.open();
    world.in_time(until_recorder(&recorder, |stats| stats.accepted == 60)).await;
    std::fs::remove_file(folder(&world)).expect("removed");
    world.shut();
    recorder.record(call(60));
    let stats = world.in_time(until_recorder(&recorder, |stats| stats.spilled == 1)).await;
    assert_eq!(stats.disk_problem, None);
}

#[tokio::test]
async fn a_wrong_key_does_not_cost_what_is_on_the_disk() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder = spilling(&world).build().expect("a recorder");
    for n in 0..30 {
        recorder.record(call(n));
    }
    recorder.close().await;
    world.open();
    let clock = Arc::clone(&world.clock);
    let wrong = Recorder::builder(world.gate.url(), "nobody-has-this-key").clock(clock);
    let wrong = wrong.spill_to(folder(&world), 16 << 20).build().expect("a recorder");
    let stats = until_recorder(&wrong, |stats| stats.problem.is_some()).await;
    assert_eq!((stats.recovered, stats.spilled, stats.dropped.total()), (30, 30, 0));
    wrong.close().await;
    let right = spilling(&world).build().expect("a recorder");
    until_recorder(&right, |stats| stats.accepted == 30).await;
}

#[tokio::test]
async fn a_file_that_was_refused_half_way_is_sent_from_there() {
    let answers = Answers::new(|n, request| match n {
        1 => problem("401 Unauthorized", ""),
        _ => accepted(request),
    })
    .await;
    let world = World::new().await;
    let clock = || Arc::clone(&world.clock);
    let spilling = || {
        let builder = Recorder::builder(&answers.url, "key").clock(clock()).batch(10, 1 << 20, SECOND);
        builder.spill_to(folder(&world), 16 << 20)
    };
    let dead = spilling().batch(100, 1 << 20, SECOND).build().expect("a recorder");
    for n in 0..30 {
        dead.record(call(n));
    }
    // Nothing may be sent at all.
    dead.close_within(Duration::ZERO).await;
    let before = dead.stats();
    whole(&before);
    let recorder = spilling().build().expect("a recorder");
    let all = before.spilled;
    world.in_time(until_recorder(&recorder, |stats| stats.accepted == all)).await;
    let stats = recorder.stats();
    assert_eq!((stats.recovered, stats.spilled, stats.dropped.total()), (all, 0, 0), "{stats:?}");
    let lines: usize = answers.requests().iter().map(|request| request.body.lines().count()).sum();
    assert!(lines > 30, "one batch was sent twice: {lines}");
}

#[tokio::test]
async fn what_is_written_down_is_redacted() {
    let world = World::with_prompt().await;
    world.shut();
    let recorder = spilling(&world).redact(|bodies| bodies.input = None).build().expect("a recorder");
    recorder.record(call(1).input("card 4111").output("fine"));
    recorder.close().await;
    let file = std::fs::read_dir(folder(&world)).expect("there").next().expect("one").expect("one").path();
    let text = std::fs::read_to_string(file).expect("there");
    assert!(text.contains("fine") && !text.contains("4111"), "{text}");
    assert!(!text.contains(crate::world::ADMIN_KEY), "no key in it");
}
