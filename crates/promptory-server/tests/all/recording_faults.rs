//! The database is held, gone or refuses a row while executions come in; a server is taken for dead.

use promptory_store::RecorderRow;
use serde_json::json;
use tokio::task::JoinSet;

use promptory_server::recording::{Done, Job};
use promptory_store::ExecutionRow;

use crate::{
    calls::{call_with, calls, live, outcome, said, total_when},
    server::{Person, Server},
};

both!(one_row_that_the_database_does_not_take_is_rejected_by_itself, async |db| {
    let (app, admin) = live(db).await;
    assert_eq!(outcome(admin.record(calls(["first"])).await), (1, 0, 0));
    db.raw().await.poison().await;
    let poison = |id: &str| call_with(id, json!({"session": "poison"}));
    let mut batch = calls(0..1_000);
    batch[333] = poison("333");
    batch[777] = poison("777");
    // Others of the same commit are not harmed either.
    let other = admin.clone();
    let beside = tokio::spawn(async move { outcome(other.record(calls(["x", "y"])).await) });
    let answer = admin.record(batch).await.is(202).json();
    assert_eq!(beside.await.expect("answered"), (2, 0, 0));
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(998), &json!(0)));
    let rejected = answer["rejected"].as_array().expect("a list");
    let places: Vec<_> = rejected.iter().map(|one| one["index"].as_u64().expect("a place")).collect();
    assert_eq!(places, [333, 777]);
    assert!(rejected[0]["detail"].as_str().expect("a text").contains("does not take"));
    let score = |name: &str| json!({"execution_id": "5", "name": name, "value": 1});
    let scores: Vec<_> = (0..21).map(|n| score(if n == 13 { "poison" } else { "helpful" })).collect();
    let answer = admin.score(scores).await.is(202).json();
    assert_eq!((&answer["accepted"], &answer["rejected"][0]["index"]), (&json!(20), &json!(13)));
    total_when(&app, |total| total.count() == 1_001 && said(total, "helpful") == 20).await;
    admin.counted(1_001).await;
});

/// Rows that nobody has sent, to fill the queue with.
fn filling(app: &Server, first: usize, count: usize) -> Job {
    let row = |n: usize| ExecutionRow {
        id: format!("filling {n}"),
        id_hash: n.to_be_bytes().repeat(2),
        ..ExecutionRow::default()
    };
    Job {
        project: app.project().id.clone(),
        lines: Vec::new(),
        executions: (first..first + count).map(row).collect(),
        scores: Vec::new(),
    }
}

both!(a_full_queue_says_so_at_once_and_loses_nothing, async |db| {
    let (app, admin) = live(db).await;
    assert_eq!(outcome(admin.record(calls(["first"])).await), (1, 0, 0));
    let mut other = db.raw().await;
    other.hold_recording().await;
    let mut waiting: JoinSet<Result<Done, promptory_server::refusal::Refusal>> = JoinSet::new();
    let (mut place, mut held) = (0, 0);
    // One batch is on its way to the database; behind it the queue fills.
    while app.app.recording.queue.len() < 100_000 && place < 200 {
        let (server, job) = (app.app.clone(), filling(&app, place * 10_000, 10_000));
        waiting.spawn(async move { server.recording.queue.store(job).await });
        tokio::task::yield_now().await;
        place += 1;
        held = held.max(app.app.recording.queue.len());
    }
    assert!(held >= 100_000, "{held}");
    let refused = admin.record(calls(["one-too-many"])).await.is(503).refused("overloaded");
    assert!(refused.header("retry-after").is_some() && refused.text().contains("send it again"), "{refused}");
    assert!(held <= 100_000, "{held}");
    other.release().await;
    while let Some(done) = waiting.join_next().await {
        // Stored, or refused because it waited too long: never lost without a word.
        let _ = done.expect("answered");
    }
    assert_eq!(
        outcome(admin.record(calls(["one-too-many", "first"])).await),
        (1, 1, 0),
        "no restart is needed"
    );
    assert!(app.app.recording.queue.is_empty());
});

both!(a_database_that_is_held_costs_a_while_and_no_execution, async |db| {
    let (app, admin) = live(db).await;
    assert_eq!(outcome(admin.record(calls(0..10)).await), (10, 0, 0));
    let mut other = db.raw().await;
    other.hold_recording().await;
    for _ in 0..2 {
        let refused = admin.record(calls(0..20)).await.is(503).refused("busy");
        assert!(refused.header("retry-after").is_some());
    }
    other.release().await;
    assert_eq!(outcome(admin.record(calls(0..20)).await), (10, 10, 0));
    let score = json!({"execution_id": "19", "name": "helpful", "value": 1});
    assert_eq!(outcome(admin.score(score).await), (1, 0, 0));
    total_when(&app, |total| total.count() == 20 && said(total, "helpful") == 1).await;
    admin.counted(20).await;
});

async fn recorders(app: &Server) -> Vec<RecorderRow> {
    app.app.store.recorders().await.expect("readable")
}

async fn own_recorder(app: &Server, before: &[RecorderRow]) -> i64 {
    let all = recorders(app).await;
    all.iter().map(|row| row.number).find(|n| before.iter().all(|old| old.number != *n)).expect("a new one")
}

on_postgres!(what_a_dead_server_left_is_counted_by_another, async |db| {
    let (one, admin) = live(db).await;
    assert_eq!(outcome(admin.record(calls(["a"])).await), (1, 0, 0));
    let before = recorders(&one).await;
    let two = Server::start(db).await;
    let there: Person = two.admin();
    assert_eq!(outcome(there.record(calls(0..300)).await), (300, 0, 0));
    let score = json!([
        {"execution_id": "7", "name": "helpful", "value": 1},
        {"execution_id": "later", "name": "helpful", "value": 1},
        {"prompt": "p", "version": "1", "name": "judge", "value": 1},
    ]);
    assert_eq!(outcome(there.score(score).await), (3, 0, 0));
    // Its number is taken from it, as if it had died with what it counted in memory; whoever took it dies as well.
    let number = own_recorder(&one, &before).await;
    let taken = loop {
        let row = recorders(&one).await.into_iter().find(|row| row.number == number).expect("there");
        if let Some(taken) = one.app.store.take_recorder(&row).await.expect("asked") {
            break taken;
        }
    };
    // It lives all the same, notices, and goes on under another number.
    there.record(calls(290..310)).await.is(503).refused("busy");
    assert_eq!(outcome(there.record(calls(290..310)).await), (10, 10, 0));
    let adopted = async {
        loop {
            // Fifteen seconds of this server's own clock, and it may look again.
            one.clock.advance_seconds(16);
            let row = recorders(&one).await.into_iter().find(|row| row.number == number).expect("there");
            if row.fence > taken.fence && row.free {
                return;
            }
            admin.verified().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), adopted).await.expect("it is adopted");
    total_when(&one, |total| {
        total.count() == 311 && said(total, "helpful") == 1 && said(total, "judge") == 1
    })
    .await;
    // The score that waits is still waited for, and its number is given to no other.
    assert_eq!(outcome(there.record(calls(["later"])).await), (1, 0, 0));
    total_when(&one, |total| said(total, "helpful") == 2).await;
    admin.counted(312).await;
});
