//! Many threads, and none of it at all.

use std::{sync::Arc, time::Duration};

use promptory_sdk::{Execution, Recorder, Score};

use crate::{
    gate::Mode,
    recording::{call, ids},
    world::{World, until_recorder, whole},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_record_at_once_nothing_is_unaccounted_for() {
    const THREADS: usize = 8;
    const EACH: usize = 2_000;
    let world = World::with_prompt().await;
    for spill in [false, true] {
        let mut builder =
            world.recording().queue(1_000, 1 << 20).batch(100, 100 << 10, Duration::from_secs(1));
        if spill {
            builder = builder.spill_to(world.folder.path().join("waiting"), 200_000);
        }
        let recorder = builder.build().expect("a recorder");
        let before = world.executions().await.len() as u64;
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let recorder = recorder.clone();
                std::thread::spawn(move || {
                    for n in 0..EACH {
                        let id = recorder.record(match n % 7 {
                            // Two threads say the same.
                            0 => call(n * THREADS + thread / 2).id(format!("{spill}-{n}-{}", thread / 2)),
                            1 => Execution::of(("no/such", "1.0.0"), Duration::ZERO),
                            _ => call(0).id(format!("{spill}-{n}-of-{thread}")).output(&"x".repeat(n % 500)),
                        });
                        if n % 11 == 0 {
                            recorder.score(Score::of_execution(&id, "thumbs", n % 2 == 0));
                        }
                        if n % 50 == 0 {
                            whole(&recorder.stats());
                            std::thread::yield_now();
                        }
                    }
                })
            })
            .collect();
        for mode in
            [Mode::Shut, Mode::Open(world.running.address), Mode::Failing, Mode::Deaf(world.running.address)]
        {
            world.gate.set(mode);
            world.clock.advance(Duration::from_secs(20));
            tokio::task::yield_now().await;
            whole(&recorder.stats());
        }
        world.open();
        let done = tokio::task::spawn_blocking(move || {
            threads.into_iter().for_each(|thread| thread.join().expect("no panic"))
        });
        done.await.expect("no panic");
        let done = |stats: &promptory_sdk::RecorderStats| stats.queued + stats.spilled == 0;
        let stats = world.in_time(until_recorder(&recorder, done)).await;
        whole(&stats);
        let scores = THREADS * EACH.div_ceil(11);
        assert_eq!(stats.recorded, (THREADS * EACH + scores) as u64);
        assert!(stats.accepted > 0, "{stats:?}");
        let found = world.executions().await;
        assert_eq!(ids(&found).len(), found.len(), "nothing twice");
        // Scores are not among them.
        assert!(found.len() as u64 - before <= stats.accepted + stats.duplicates, "{stats:?}");
    }
}

#[tokio::test]
async fn switched_off_nothing_is_done_and_nothing_counted() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder().recording(|recorder| recorder.enabled(false))).await;
    let recorder = client.recorder();
    assert!(!recorder.enabled());
    let prompt = client.get("support/reply").await.expect("live");
    let id = recorder.record(recorder.started(&prompt).success().output("x"));
    assert!(id.is_empty());
    recorder.score(Score::of_execution(id, "thumbs", true));
    assert!(recorder.flush().await);
    recorder.close().await;
    assert_eq!(recorder.stats(), promptory_sdk::RecorderStats::default());
    assert_eq!(world.gate.requests("POST"), 0);
}

const SWITCH: &str = "PROMPTORY_RECORDING";

/// Run by the next test with the variable set, and by itself without it.
#[tokio::test]
async fn the_variable_decides_where_the_program_says_nothing() {
    let variable = std::env::var(SWITCH).unwrap_or_default();
    let off = ["off", "0", "False"].contains(&variable.as_str());
    let builder = || Recorder::builder("http://127.0.0.1:1", "key");
    assert_eq!(builder().build().expect("a recorder").enabled(), !off);
    assert!(builder().enabled(true).build().expect("a recorder").enabled());
    assert!(!builder().enabled(false).build().expect("a recorder").enabled());
}

#[tokio::test]
async fn the_variable_is_read() {
    for value in ["off", "0", "False", "on", ""] {
        let test = tokio::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "recording_many::the_variable_decides_where_the_program_says_nothing"])
            .env(SWITCH, value)
            .output();
        let output = test.await.expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("1 passed"), "{value:?}: {told}");
    }
}

/// For those who look at what a recorder holds: nothing of a key, or of a text.
#[tokio::test]
async fn a_recorder_shows_no_key() {
    let world = World::new().await;
    let recorder = world.recording().build().expect("a recorder");
    recorder.record(call(1).input("a secret"));
    let shown = format!("{recorder:?}");
    assert!(!shown.contains(crate::world::ADMIN_KEY) && !shown.contains("a secret"), "{shown}");
    let clock = Arc::clone(&world.clock);
    drop((recorder, clock));
}
