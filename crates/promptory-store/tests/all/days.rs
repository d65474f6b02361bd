//! Tables by day of receipt, and storing each id once.

use std::collections::BTreeSet;

use promptory_store::{ExecutionRow, StoreError, days_from};
use tokio::task::JoinSet;

use crate::{
    calls::{DAY, Desk, call, calls, hash, line, number, opinion, today},
    harness::Db,
    story::START,
};

async fn count(db: &Db, table: &str, day: i64) -> i64 {
    let mut raw = db.raw().await;
    let count = raw.count(&format!("{table}_{day}")).await;
    raw.close().await;
    count
}

both!(days_are_made_and_dropped, async |db| {
    assert!(db.store.days().await.expect("readable").is_empty());
    let project = number(&db.project().await);
    let mut making = JoinSet::new();
    for day in [today(), today() + 1, today(), today() - 1, today() + 1, today()] {
        let store = db.store.clone();
        making.spawn(async move { store.add_day(day, START).await.expect("made, or there") });
    }
    making.join_all().await;
    let days: Vec<i64> = (today() - 1..=today() + 1).rev().collect();
    assert_eq!(db.store.days().await.expect("readable"), days, "newest first");
    let mut desk = Desk::open(&db.store).await;
    desk.record(db, today(), calls(project, ["a"])).await;
    desk.score(db, today(), vec![opinion(project, "s", "a")]).await;
    db.store.add_day(today(), START).await.expect("there already");
    assert_eq!((count(db, "execution", today()).await, count(db, "score", today()).await), (1, 1));
    for _ in 0..2 {
        db.store.drop_day(today()).await.expect("dropped, or gone");
        assert_eq!(db.store.days().await.expect("readable"), [days[0], days[2]]);
    }
    let gone = db.store.record(desk.recorder, today(), (&[], &calls(project, ["b"]), &[]), START).await;
    assert!(matches!(gone, Err(StoreError::Database(_))), "{gone:?}");
    db.store.add_day(today(), START).await.expect("made again");
    assert_eq!(desk.record(db, today(), calls(project, ["a"])).await, ["a"], "with nothing in it");
});

#[test]
fn days_that_may_hold_what_started_in_a_time() {
    let days = [12, 11, 10, 9];
    // A call may have started up to five minutes after it was received, by a clock that is ahead.
    assert_eq!(days_from(&days, 11 * DAY), [12, 11, 10]);
    assert_eq!(days_from(&days, 11 * DAY + 299_000_000), [12, 11, 10]);
    assert_eq!(days_from(&days, 11 * DAY + 300_000_000), [12, 11]);
    assert_eq!(days_from(&days, 0), days);
    assert!(days_from(&days, 99 * DAY).is_empty());
}

both!(an_execution_comes_back_whole, async |db| {
    let id = db.project().await;
    let project = number(&id);
    let mut desk = Desk::with_days(db).await;
    let text = |name: &str| Some(format!("{name}: \u{1f44b} 'quoted' \"\\ $1 ? ; --"));
    let full = ExecutionRow {
        latency: i64::MAX,
        status: 3,
        purpose: 2,
        flags: 511,
        input_tokens: Some(1),
        output_tokens: Some(0),
        cached_tokens: Some(i64::MAX),
        cache_write_tokens: Some(3),
        reasoning_tokens: Some(4),
        cost: Some(75_000),
        provider: text("provider"),
        model: text("model"),
        provider_sent: text("provider sent"),
        model_sent: text("model sent"),
        country: text("country"),
        unit_key: text("key"),
        session: text("session"),
        trace_id: text("trace"),
        span_id: text("span"),
        parent_span_id: text("parent"),
        error_type: text("type"),
        error_message: text("message"),
        error_shape: text("shape"),
        tags: text("tags"),
        chosen_tags: text("chosen"),
        metadata: text("metadata"),
        scores: text("scores"),
        variables: text("variables"),
        input: text("input"),
        output: text("output"),
        ..call(project, "full")
    };
    let rows = vec![full.clone(), call(project, "bare")];
    assert_eq!(desk.record(db, today(), rows).await, ["full", "bare"]);
    let days = db.store.days().await.expect("readable");
    let mut reader = db.reader().await;
    let mut reader = reader.project(&id);
    for (n, expected) in [(1, full), (2, call(project, "bare"))] {
        let found = reader.execution(&expected.id_hash, project, &days).await.expect("readable");
        let (day, row) = found.expect("there");
        let expected = ExecutionRow { n: desk.last - 2 + n, ..expected };
        assert_eq!((day, format!("{row:?}")), (today(), format!("{expected:?}")));
    }
    for (hash, project) in [(hash(project, "full"), 5), (hash(project, "none"), project)] {
        assert!(reader.execution(&hash, project, &days).await.expect("readable").is_none());
    }
    let full = hash(project, "full");
    assert!(reader.execution(&full, project, &[today() - 1]).await.expect("readable").is_none());
    let fact = db.store.fact(desk.last - 1, today()).await.expect("readable").expect("there");
    assert_eq!((fact.id.as_str(), fact.cost, fact.scores), ("full", Some(75_000), text("scores")));
    assert!(db.store.fact(desk.last + 1, today()).await.expect("readable").is_none());
});

both!(an_id_is_stored_once_on_a_day_and_the_day_after, async |db| {
    let (project, other) = (number(&db.project().await), number(&db.project().await));
    let mut desk = Desk::with_days(db).await;
    assert_eq!(desk.record(db, today() - 1, calls(project, ["a", "b"])).await, ["a", "b"]);
    assert_eq!(desk.record(db, today() - 1, calls(project, ["b", "c", "a"])).await, ["c"]);
    assert_eq!(desk.record(db, today() - 1, calls(project, ["a", "b", "c"])).await, [""; 0]);
    assert_eq!(desk.record(db, today() - 1, Vec::new()).await, [""; 0]);
    assert_eq!(desk.record(db, today(), calls(project, ["c", "d", "a"])).await, ["d"], "over midnight");
    assert_eq!(desk.record(db, today(), calls(other, ["a", "d"])).await, ["a", "d"], "another project's");
    // Two days later it may be another call.
    assert_eq!(desk.record(db, today() + 1, calls(project, ["a", "d"])).await, ["a"]);
    let counts = [count(db, "execution", today() - 1).await, count(db, "execution", today()).await];
    assert_eq!((counts, count(db, "execution", today() + 1).await), ([3, 3], 1));
    // Another recorder knows the same ids.
    let mut second = Desk::open(&db.store).await;
    assert_eq!(second.record(db, today(), calls(project, ["d", "c", "e"])).await, ["e"]);
});

both!(batches_of_every_size_are_stored_whole, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::with_days(db).await;
    let mut total = 0;
    for size in [1, 2, 7, 8, 9, 63, 64, 65, 72, 511, 512, 513, 584, 585, 2_000] {
        let ids: Vec<String> = (0..size).map(|n| format!("{size}/{n}")).collect();
        assert_eq!(desk.record(db, today(), calls(project, &ids)).await, ids);
        // All known, then all but the first, the last and some in between.
        assert_eq!(desk.record(db, today(), calls(project, &ids)).await, [""; 0], "{size}");
        let mixed: Vec<String> = (0..size)
            .map(|n| if n % 7 == 0 || n + 1 == size { format!("{size}/new {n}") } else { ids[n].clone() })
            .collect();
        let fresh: Vec<String> = mixed.iter().filter(|id| id.contains("new")).cloned().collect();
        assert_eq!(desk.record(db, today(), calls(project, &mixed)).await, fresh, "{size}");
        // And the same over midnight.
        let later: Vec<String> = mixed
            .iter()
            .map(|id| id.replace("new 0", "tomorrow"))
            .chain(["x".to_owned() + &size.to_string()])
            .collect();
        let expected: Vec<String> =
            later.iter().filter(|id| id.contains("tomorrow") || id.contains('x')).cloned().collect();
        assert_eq!(desk.record(db, today() + 1, calls(project, &later)).await, expected, "{size}");
        total += size + fresh.len();
    }
    assert_eq!(count(db, "execution", today()).await, total as i64);
    let (first, last) = (desk.recorder.number * promptory_store::ROWS_PER_RECORDER, desk.last);
    let newest = db.store.last_row((first, desk.recorder.last_row()), today()).await.expect("readable");
    assert!(newest.is_some_and(|newest| first < newest && newest <= last));
    assert_eq!(db.store.last_row((last, desk.recorder.last_row()), today()).await.expect("readable"), None);
});

both!(the_same_ids_at_once_are_stored_once, async |db| {
    let project = number(&db.project().await);
    let mut servers = JoinSet::new();
    let first = Desk::with_days(db).await;
    for server in 0..6 {
        let mut desk = if server == 0 { Desk { ..first } } else { Desk::open(&db.store).await };
        let store = db.store.clone();
        servers.spawn(async move {
            let mut stored = Vec::new();
            for batch in 0..20 {
                // In the order of the ids, as servers do it.
                let mut rows = calls(project, (0..50).map(|n| format!("{}", batch * 25 + n)));
                rows.sort_by(|a, b| a.id_hash.cmp(&b.id_hash));
                rows.iter_mut().for_each(|row| row.n = desk.next());
                let done = store.record(desk.recorder, today(), (&[], &rows, &[]), START).await;
                let accepted = done.expect("stored").expect("held").executions;
                stored.extend(rows.into_iter().filter(|row| accepted.contains(&row.n)).map(|row| row.id));
            }
            stored
        });
    }
    let stored: Vec<String> = servers.join_all().await.into_iter().flatten().collect();
    let different: BTreeSet<&String> = stored.iter().collect();
    assert_eq!((stored.len(), different.len()), (525, 525), "each was accepted by one of them");
    assert_eq!(count(db, "execution", today()).await, 525);
});

both!(a_batch_is_stored_with_its_lines_and_scores_or_not_at_all, async |db| {
    let id = db.project().await;
    let project = number(&id);
    let mut desk = Desk::with_days(db).await;
    let lines = [line(7, &id, "p1", "v1"), line(8, &id, "p1", "v2")];
    let mut rows = calls(project, ["a", "b"]);
    let mut score = opinion(project, "s", "a");
    rows.iter_mut().map(|row| &mut row.n).chain([&mut score.n]).for_each(|n| *n = desk.next());
    // What PostgreSQL does not store and SQLite does not parse as a number of a day: the last step fails.
    let broken = db.store.record(desk.recorder, today() + 9, (&lines, &rows, &[]), START).await;
    assert!(matches!(broken, Err(StoreError::Database(_))), "{broken:?}");
    assert!(db.store.lines(id.as_str()).await.expect("readable").is_empty());
    for _ in 0..2 {
        let done = db.store.record(desk.recorder, today(), (&lines, &rows, &[score.clone()]), START).await;
        let accepted = done.expect("stored").expect("held");
        let found = db.store.lines(id.as_str()).await.expect("readable");
        assert_eq!(found.iter().map(|line| line.id).collect::<Vec<_>>(), [7, 8], "known lines are no error");
        if !accepted.scores.is_empty() {
            assert_eq!(accepted.executions.len(), 2);
            assert!(accepted.scores.contains(&score.n));
        }
    }
    assert_eq!((count(db, "execution", today()).await, count(db, "score", today()).await), (2, 1));
});

/// Columns and indexes of the tables of one day, the first column and what the databases call bytes aside.
async fn catalogue(db: &Db) -> (Vec<String>, Vec<String>) {
    db.store.add_day(7, START).await.expect("made");
    let mut raw = db.raw().await;
    let (columns, indexes) = match raw {
        crate::raw::Raw::Sqlite(_) => (crate::schema::COLUMNS_SQLITE, crate::schema::INDEXES_SQLITE),
        crate::raw::Raw::Postgres(_) => (crate::schema::COLUMNS_POSTGRES, crate::schema::INDEXES_POSTGRES),
    };
    let of_day = |line: &String| line.starts_with("execution_7 ") || line.starts_with("score_7 ");
    let columns =
        raw.lines(columns).await.into_iter().filter(|line| of_day(line) && !line.contains(" | n | "));
    let columns = columns.map(|line| line.replace("blob", "bytea")).collect();
    let indexes =
        raw.lines(indexes).await.into_iter().filter(|line| of_day(line) && !line.contains(" | pk | "));
    let indexes = indexes.collect();
    raw.close().await;
    (columns, indexes)
}

#[tokio::test]
async fn tables_of_a_day_are_the_same_on_both() {
    let (sqlite, postgres) = (Db::sqlite().await, Db::postgres().await);
    let (left, right) = (catalogue(&sqlite).await, catalogue(&postgres).await);
    assert_eq!(left, right);
    assert!(left.0.len() > 50 && left.1.len() == 10, "{left:?}");
    sqlite.finish().await;
    postgres.finish().await;
}
