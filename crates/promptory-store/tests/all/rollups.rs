//! Cells of statistics: each pack has one writer, and is written with the number up to which it counts.

use promptory_core::analytics::{Cube, Grain, PackKey};
use promptory_store::{PackQuery, Recorder, StoreError, read_pack};

use crate::{
    calls::{Desk, executions_in, number, pack, pack_key},
    harness::Db,
    story::START,
};

const HOUR: i64 = 3_600_000_000;

fn query(project: i64, prompts: &[i64], hours: std::ops::Range<i64>) -> PackQuery {
    let begin = Grain::Hour.start(START);
    PackQuery {
        project,
        cube: Cube::Line,
        grain: Grain::Hour,
        prompts: prompts.to_vec(),
        from: begin + hours.start * HOUR,
        to: begin + hours.end * HOUR,
    }
}

fn key(project: i64, prompt: i64, hour: i64) -> PackKey {
    let key = pack_key(project, prompt);
    PackKey { bucket: key.bucket + hour * HOUR, ..key }
}

/// Prompt, hour, recorder and executions of each pack.
async fn found(db: &Db, query: PackQuery) -> Vec<(i64, i64, i64, u64)> {
    let begin = Grain::Hour.start(START);
    let packs = db.store.packs(&[query]).await.expect("readable");
    assert_eq!(packs.rows.len(), 1, "one answer for each question");
    let mut found: Vec<_> = packs.rows[0]
        .iter()
        .map(|row| {
            let pack = read_pack(&row.cells).expect("whole");
            (row.prompt, (row.bucket - begin) / HOUR, row.recorder, executions_in(&pack))
        })
        .collect();
    found.sort_unstable();
    found
}

both!(packs_are_found_by_project_prompt_and_time, async |db| {
    let (project, other) = (number(&db.project().await), number(&db.project().await));
    let (mut one, two) = (Desk::open(&db.store).await, Desk::open(&db.store).await);
    one.last += 9;
    let mut packs = Vec::new();
    for prompt in 1..=3 {
        for hour in 0..4 {
            packs.push((key(project, prompt, hour), pack(1)));
        }
    }
    packs.push((key(other, 1, 0), pack(5)));
    packs.push((PackKey { cube: Cube::Model, ..key(project, 1, 0) }, pack(6)));
    packs.push((PackKey { grain: Grain::Day, ..key(project, 1, 0) }, pack(7)));
    assert!(one.fold(db, &packs).await);
    assert!(two.fold(db, &[(key(project, 2, 1), pack(2))]).await, "another's, of the same bucket");

    let (a, b) = (one.recorder.number, two.recorder.number);
    assert_eq!(found(db, query(project, &[2], 1..3)).await, [(2, 1, a, 1), (2, 1, b, 2), (2, 2, a, 1)]);
    assert_eq!(found(db, query(project, &[], 3..9)).await, [(1, 3, a, 1), (2, 3, a, 1), (3, 3, a, 1)]);
    assert_eq!(found(db, query(project, &[1, 3], 0..1)).await, [(1, 0, a, 1), (3, 0, a, 1)]);
    assert!(found(db, query(project, &[4], 0..9)).await.is_empty());
    assert_eq!(found(db, query(other, &[], -9..9)).await, [(1, 0, a, 5)]);
    let seen = db.store.packs(&[query(project, &[], 0..1), query(other, &[], 0..1)]).await.expect("readable");
    assert_eq!(seen.rows.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    let folded: Vec<i64> = seen.recorders.iter().map(|row| row.folded_up_to).collect();
    assert_eq!(folded, [one.last, two.last], "how far the cells go, of the same moment");
    let day = Grain::Day.start(START);
    for (project, span, days) in [
        (project, (0, i64::MAX), vec![day]),
        (project, (day + 86_400_000_000, i64::MAX), vec![]),
        (7, (0, i64::MAX), vec![]),
    ] {
        assert_eq!(db.store.days_of_packs(project, span).await.expect("readable"), days);
    }
    let mut projects = vec![project, other];
    projects.sort_unstable();
    assert_eq!(db.store.projects_of_packs().await.expect("readable"), projects);
});

both!(a_fold_says_how_things_are_however_often_it_is_written, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::open(&db.store).await;
    for (up_to, count) in [(1, 1), (2, 5), (2, 5)] {
        desk.last = desk.recorder.number * promptory_store::ROWS_PER_RECORDER + up_to;
        assert!(desk.fold(db, &[(key(project, 1, 0), pack(count)), (key(project, 2, 0), pack(1))]).await);
    }
    let number = desk.recorder.number;
    assert_eq!(found(db, query(project, &[], 0..1)).await, [(1, 0, number, 5), (2, 0, number, 1)]);
    let keys = [key(project, 2, 0), key(project, 9, 0), key(project, 1, 0)];
    let own = db.store.own_packs(number, &keys).await.expect("readable");
    let counts: Vec<Option<u64>> = own.iter().map(|pack| pack.as_ref().map(executions_in)).collect();
    assert_eq!(counts, [Some(1), None, Some(5)], "in the order of the question");
    assert_eq!(db.store.own_packs(number + 1, &keys).await.expect("readable"), [None, None, None]);
});

both!(a_fold_is_all_or_nothing, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::open(&db.store).await;
    assert!(desk.fold(db, &[(key(project, 1, 0), pack(1))]).await);
    let before = desk.last;
    // A pack that the database does not take, behind more than one statement of others.
    let mut raw = db.raw().await;
    match raw {
        crate::raw::Raw::Sqlite(_) => {
            let refuse = "CREATE TRIGGER poison BEFORE INSERT ON rollup WHEN NEW.prompt = 666 \
                          BEGIN SELECT RAISE(ABORT, 'not this one'); END";
            raw.done(refuse).await;
        }
        crate::raw::Raw::Postgres(_) => {
            raw.done("ALTER TABLE rollup ADD CONSTRAINT poison CHECK (prompt <> 666)").await;
        }
    }
    raw.close().await;
    let mut packs: Vec<_> = (1..=200).map(|prompt| (key(project, prompt, 0), pack(3).to_bytes())).collect();
    packs.push((key(project, 666, 0), pack(3).to_bytes()));
    desk.last += 7;
    let refused = db.store.fold(desk.recorder, &packs, desk.last, START).await;
    assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    assert_eq!(found(db, query(project, &[], 0..1)).await, [(1, 0, desk.recorder.number, 1)]);
    assert_eq!(db.store.recorders().await.expect("readable")[0].folded_up_to, before);
    packs.pop();
    assert!(db.store.fold(desk.recorder, &packs, desk.last, START).await.expect("the rest is fine"));
    assert_eq!(found(db, query(project, &[], 0..1)).await.len(), 200, "of every size of statement");
    assert_eq!(db.store.recorders().await.expect("readable")[0].folded_up_to, desk.last);
});

both!(packs_are_swept_by_grain_and_replaced_by_day, async |db| {
    let (project, other) = (number(&db.project().await), number(&db.project().await));
    let (one, two) = (Desk::open(&db.store).await, Desk::open(&db.store).await);
    let day = PackKey { grain: Grain::Day, ..key(project, 1, 0) };
    let packs: Vec<_> = (0..4).map(|hour| (key(project, 1, hour), pack(1))).collect();
    assert!(one.fold(db, &packs).await && one.fold(db, &[(day, pack(4)), (key(other, 1, 0), pack(1))]).await);
    assert!(two.fold(db, &[(key(project, 1, 1), pack(2))]).await);
    let before = Grain::Hour.start(START) + HOUR;
    assert_eq!(db.store.sweep_packs(Grain::Hour, before).await.expect("swept"), 2, "of every project");
    assert_eq!(db.store.sweep_packs(Grain::Hour, before).await.expect("swept"), 0);
    let (a, b) = (one.recorder.number, two.recorder.number);
    assert_eq!(
        found(db, query(project, &[], 0..9)).await,
        [(1, 1, a, 1), (1, 1, b, 2), (1, 2, a, 1), (1, 3, a, 1)]
    );
    // All of a span of time, whoever wrote it; the last hour is not in it.
    let mended = [(0, key(project, 1, 2), pack(9).to_bytes())];
    let span = (before, before + 2 * HOUR);
    db.store.replace_packs((project, Grain::Hour), span, &mended).await.expect("replaced");
    assert_eq!(found(db, query(project, &[], 0..9)).await, [(1, 2, 0, 9), (1, 3, a, 1)]);
    let kept = db.store.own_packs(a, &[day]).await.expect("readable");
    assert_eq!(executions_in(kept[0].as_ref().expect("kept")), 4, "another grain stays");
});

both!(damaged_cells_are_named_and_not_guessed, async |db| {
    let project = number(&db.project().await);
    let recorder: Recorder = Desk::open(&db.store).await.recorder;
    let mut cells = pack(3).to_bytes();
    cells.truncate(cells.len() - 1);
    assert!(db.store.fold(recorder, &[(key(project, 1, 0), cells)], 1, START).await.expect("written"));
    let read = db.store.own_packs(recorder.number, &[key(project, 1, 0)]).await;
    assert!(matches!(read, Err(StoreError::Broken { table: "rollup", .. })), "{read:?}");
    assert!(matches!(read_pack(b"\x09"), Err(StoreError::Broken { .. })));
    assert!(matches!(read_pack(b""), Err(StoreError::Broken { .. })));
});
