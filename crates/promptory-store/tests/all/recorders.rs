//! Who may number executions: one at a time, and nobody who was taken for dead.

use std::collections::HashSet;

use promptory_store::{ROWS_PER_RECORDER, Recorder, RecorderRow};
use tokio::task::JoinSet;

use crate::{
    calls::{Desk, calls, executions_in, number, opinion, pack, pack_key, today},
    harness::Db,
    story::START,
};

async fn seen(db: &Db, recorder: Recorder) -> RecorderRow {
    let all = db.store.recorders().await.expect("readable");
    all.into_iter().find(|row| row.number == recorder.number).expect("there")
}

both!(a_recorder_is_taken_given_back_and_taken_again, async |db| {
    let (one, last) = db.store.claim_recorder(START).await.expect("a recorder");
    assert_eq!((one.number, last, one.last_row()), (1, ROWS_PER_RECORDER, 2 * ROWS_PER_RECORDER - 1));
    let (two, last) = db.store.claim_recorder(START).await.expect("another");
    assert_eq!((two.number, last), (2, 2 * ROWS_PER_RECORDER));
    assert!(db.store.fold(one, &[], ROWS_PER_RECORDER + 7, START).await.expect("asked"));
    db.store.release_recorder(one).await.expect("given back");
    assert!(seen(db, one).await.free && !seen(db, two).await.free);
    let (again, last) = db.store.claim_recorder(START).await.expect("the free one");
    assert_eq!((again.number, last), (1, ROWS_PER_RECORDER + 7), "it goes on where it was");
    assert!(again.fence > one.fence);
    // Who gave it back has it no more.
    assert!(!db.store.beat(one).await.expect("asked"));
    db.store.release_recorder(one).await.expect("nothing happens");
    assert!(!seen(db, again).await.free);
    assert!(db.store.beat(again).await.expect("asked"));
});

both!(recorders_claimed_at_once_are_different, async |db| {
    for number in 0..3 {
        let (recorder, _) = db.store.claim_recorder(START).await.expect("a recorder");
        if number > 0 {
            db.store.release_recorder(recorder).await.expect("free again");
        }
    }
    let mut servers = JoinSet::new();
    for _ in 0..6 {
        // SQLite has one server; its writers are in one process.
        let store = match db.store.dialect() {
            promptory_store::Dialect::Sqlite => db.store.clone(),
            promptory_store::Dialect::Postgres => db.open_again().await,
        };
        servers.spawn(async move { store.claim_recorder(START).await.expect("a recorder").0.number });
    }
    let numbers: HashSet<i64> = servers.join_all().await.into_iter().collect();
    assert_eq!(numbers.len(), 6, "{numbers:?}");
    let all = db.store.recorders().await.expect("readable");
    assert!(all.iter().all(|row| !row.free) && numbers.contains(&2), "a free one is taken first");
});

/// Whatever it tries, nothing happens.
async fn stores_nothing(db: &Db, desk: &mut Desk, project: i64) {
    let mut rows = calls(project, ["b"]);
    rows[0].n = desk.next();
    let mut score = opinion(project, "s", "a");
    score.n = desk.next();
    let refused = db.store.record(desk.recorder, today(), (&[], &rows, &[score]), START).await;
    assert_eq!(refused.expect("asked"), None);
    assert!(!desk.fold(db, &[(pack_key(project, 1), pack(1))]).await);
    assert!(!db.store.beat(desk.recorder).await.expect("asked"));
    assert_eq!(db.store.apply_scores(desk.recorder, &[]).await.expect("asked"), None);
    let costs = db.store.set_costs(desk.recorder, (today(), &[]), &[], (desk.last, START)).await;
    assert!(!costs.expect("asked"));
}

both!(a_paused_holder_stores_nothing_once_another_has_its_recorder, async |db| {
    let project = number(&db.project().await);
    let mut paused = Desk::with_days(db).await;
    assert_eq!(paused.record(db, today(), calls(project, ["a"])).await, ["a"]);
    let row = seen(db, paused.recorder).await;
    let other = db.store.take_recorder(&row).await.expect("asked").expect("nobody was quicker");
    assert_eq!((other.number, other.fence), (paused.recorder.number, paused.recorder.fence + 1));
    // It wakes up.
    stores_nothing(db, &mut paused, project).await;
    let mut raw = db.raw().await;
    assert_eq!(raw.count(&format!("execution_{}", today())).await, 1);
    assert_eq!(raw.count(&format!("score_{}", today())).await, 0);
    assert_eq!(raw.count("rollup").await, 0);
    raw.close().await;
    assert_eq!(seen(db, other).await.folded_up_to, row.folded_up_to);
    assert!(db.store.fold(other, &[], paused.last, START).await.expect("asked"), "the other may");
});

both!(a_holder_that_moved_is_not_taken_for_dead, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::with_days(db).await;
    for moves in 0..4 {
        let looked = seen(db, desk.recorder).await;
        match moves {
            0 => assert!(db.store.beat(desk.recorder).await.expect("asked")),
            1 => assert_eq!(desk.record(db, today(), calls(project, ["a"])).await, ["a"]),
            2 => assert!(desk.fold(db, &[(pack_key(project, 1), pack(1))]).await),
            _ => assert!(db.store.apply_scores(desk.recorder, &[]).await.expect("asked").is_some()),
        }
        // What was seen is not how it is: whoever took it now would count again what was folded since.
        assert_eq!(db.store.take_recorder(&looked).await.expect("asked"), None, "move {moves}");
    }
    let looked = seen(db, desk.recorder).await;
    let taken = db.store.take_recorder(&looked).await.expect("asked").expect("it does nothing any more");
    assert_eq!(db.store.take_recorder(&looked).await.expect("asked"), None, "somebody was quicker");
    let own = db.store.own_packs(taken.number, &[pack_key(project, 1)]).await.expect("readable");
    assert_eq!(executions_in(own[0].as_ref().expect("a pack")), 1, "cells stay with the number");
});

both!(a_holder_stores_nothing_in_an_older_copy_of_the_database, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::with_days(db).await;
    assert_eq!(desk.record(db, today(), calls(project, ["a"])).await, ["a"]);
    let copy = seen(db, desk.recorder).await;
    assert!(desk.fold(db, &[(pack_key(project, 1), pack(1))]).await);
    assert_eq!(desk.record(db, today(), calls(project, ["b"])).await, ["b"]);
    // What came after the copy is gone; the holder has not noticed yet.
    let mut raw = db.raw().await;
    let (number, up_to, beats) = (copy.number, copy.folded_up_to, copy.beats);
    raw.done(&format!("UPDATE recorder SET folded_up_to = {up_to}, beats = {beats} WHERE number = {number}"))
        .await;
    raw.done("DELETE FROM rollup").await;
    raw.done(&format!("DELETE FROM execution_{} WHERE n = {}", today(), desk.last)).await;
    raw.close().await;
    stores_nothing(db, &mut desk, project).await;
    let left = seen(db, desk.recorder).await;
    assert_eq!((left.beats, left.folded_up_to), (beats, up_to), "what the copy has is still to be counted");
    let taken = db.store.take_recorder(&copy).await.expect("asked").expect("nobody holds it");
    assert!(db.store.beat(taken).await.expect("asked"), "by whoever takes it");
});
