//! Lists of executions: filters, and walks over tables of days in the order of start.

use promptory_core::id::ProjectId;
use promptory_store::{ExecutionFilter, ExecutionRow, Position, ROWS_PER_RECORDER};
use proptest::{collection::vec, prelude::*};

use crate::{
    calls::{DAY, Desk, call, calls, number, today},
    harness::Db,
    story::START,
};

const MINUTE: i64 = 60_000_000;
const END: Position = Position { started_at: i64::MAX, n: 0 };

async fn listed(
    db: &Db,
    id: &ProjectId,
    filter: &ExecutionFilter,
    before: Position,
    limit: i64,
) -> Vec<ExecutionRow> {
    let days = db.store.days().await.expect("readable");
    let found = db.reader().await.project(id).executions(filter, before, &days, limit).await;
    found.expect("readable")
}

async fn ids(db: &Db, id: &ProjectId, filter: ExecutionFilter) -> Vec<String> {
    let filter = ExecutionFilter { project: number(id), ..filter };
    let mut ids: Vec<String> = listed(db, id, &filter, END, 99).await.into_iter().map(|row| row.id).collect();
    ids.sort();
    ids
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// `plain` has nothing; each of the others differs from it in what its name says.
async fn one_of_each(db: &Db) -> ProjectId {
    let id = db.project().await;
    let project = number(&id);
    let mut desk = Desk::with_days(db).await;
    let of = |id: &str| call(project, id);
    let rows = vec![
        ExecutionRow { cost: Some(0), ..of("plain") },
        ExecutionRow { line: 2, ..of("line") },
        ExecutionRow { provider: some("openai"), model: some("gpt-4o"), ..of("model") },
        ExecutionRow { provider: some("azure"), model: some("gpt-4o-mini"), ..of("mini") },
        ExecutionRow { country: some("DE"), ..of("country") },
        ExecutionRow { status: 1, error_type: some("rate_limit"), ..of("error") },
        ExecutionRow { status: 2, purpose: 1, ..of("timeout") },
        ExecutionRow { unit_key: some("ada"), session: some("s1"), trace_id: some("t1"), ..of("ada") },
        ExecutionRow { tags: some(r#"{"plan":"pro","x":"plan"}"#), ..of("pro") },
        ExecutionRow { tags: some(r#"{"plan":"prof"}"#), latency: 9_000, ..of("prof") },
        ExecutionRow { started_at: START - MINUTE, ..of("before") },
    ];
    desk.record(db, today(), rows).await;
    desk.record(db, today(), calls(5, ["of another project"])).await;
    id
}

both!(each_filter_finds_what_it_says, async |db| {
    let id = one_of_each(db).await;
    let none = ExecutionFilter::default;
    for (filter, expected) in [
        (ExecutionFilter { lines: Some(vec![2]), ..none() }, vec!["line"]),
        (ExecutionFilter { lines: Some(vec![9, 2, 8]), ..none() }, vec!["line"]),
        (ExecutionFilter { lines: Some((2..80).collect()), ..none() }, vec!["line"]),
        (ExecutionFilter { lines: Some(Vec::new()), ..none() }, vec![]),
        (ExecutionFilter { providers: some(",openai,azure,"), ..none() }, vec!["mini", "model"]),
        (ExecutionFilter { models: some(",gpt-4o,"), ..none() }, vec!["model"]),
        (ExecutionFilter { models: some(",gpt,"), ..none() }, vec![]),
        (ExecutionFilter { countries: some(",FR,DE,"), ..none() }, vec!["country"]),
        (ExecutionFilter { statuses: some(",1,2,"), ..none() }, vec!["error", "timeout"]),
        (ExecutionFilter { purposes: some(",1,"), ..none() }, vec!["timeout"]),
        (ExecutionFilter { error_type: some("rate_limit"), ..none() }, vec!["error"]),
        (ExecutionFilter { key: some("ada"), ..none() }, vec!["ada"]),
        (ExecutionFilter { session: some("s1"), ..none() }, vec!["ada"]),
        (ExecutionFilter { trace_id: some("t1"), ..none() }, vec!["ada"]),
        (ExecutionFilter { key: some("ada"), session: some("s2"), ..none() }, vec![]),
        (ExecutionFilter { key: some("ada"), lines: Some(vec![1]), ..none() }, vec!["ada"]),
        (ExecutionFilter { key: some("ada"), lines: Some(vec![2]), ..none() }, vec![]),
        (ExecutionFilter { tag: some(r#""plan":"#), ..none() }, vec!["pro", "prof"]),
        (ExecutionFilter { tag: some(r#""plan":"pro""#), ..none() }, vec!["pro"]),
        (ExecutionFilter { min_latency: 9_000, ..none() }, vec!["prof"]),
        (ExecutionFilter { unpriced: true, min_latency: 9_000, ..none() }, vec!["prof"]),
    ] {
        assert_eq!(ids(db, &id, filter.clone()).await, expected, "{filter:?}");
    }
    assert_eq!(ids(db, &id, none()).await.len(), 11, "nothing of another project");
    let priced = ids(db, &id, ExecutionFilter { unpriced: true, ..none() }).await;
    assert!(priced.len() == 10 && !priced.contains(&"plain".to_owned()));
    let recent = ids(db, &id, ExecutionFilter { from: START, ..none() }).await;
    assert!(recent.len() == 10 && !recent.contains(&"before".to_owned()), "from is included");
    let filter = ExecutionFilter { project: number(&id), ..none() };
    let until = listed(db, &id, &filter, Position { started_at: START, n: 0 }, 99).await;
    assert_eq!(until.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["before"], "to is not");
});

both!(bodies_are_not_in_lists, async |db| {
    let id = db.project().await;
    let mut desk = Desk::with_days(db).await;
    let long = ExecutionRow {
        variables: some("v"),
        input: some("i"),
        output: some("o"),
        metadata: some("m"),
        scores: some("s"),
        error_message: some("kept"),
        ..call(number(&id), "long")
    };
    desk.record(db, today(), vec![long]).await;
    let filter = ExecutionFilter { project: number(&id), ..ExecutionFilter::default() };
    let row = listed(db, &id, &filter, END, 9).await.remove(0);
    assert_eq!(
        (row.variables, row.input, row.output, row.metadata, row.scores),
        (None, None, None, None, None)
    );
    assert_eq!(row.error_message, some("kept"));
    let mut reader = db.reader().await;
    let own = desk.recorder.number * ROWS_PER_RECORDER;
    let newest = reader.project(&id).newest(number(&id), (own, desk.last), today(), 9).await;
    assert_eq!(newest.expect("readable").remove(0).input, None);
});

both!(the_newest_are_those_that_came_last, async |db| {
    let id = db.project().await;
    let project = number(&id);
    let (mut desk, mut second) = (Desk::with_days(db).await, Desk::open(&db.store).await);
    let first = desk.last;
    // In the order of receipt, whenever they started.
    for (n, name) in ["a", "b", "c", "d"].iter().enumerate() {
        let row = ExecutionRow { started_at: START - n as i64 * MINUTE, ..call(project, name) };
        desk.record(db, today(), vec![row]).await;
    }
    desk.record(db, today(), calls(project + 1, ["of another project"])).await;
    second.record(db, today(), calls(project, ["of another server"])).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&id);
    for (span, limit, expected) in [
        ((first, desk.last), 9, vec!["d", "c", "b", "a"]),
        ((first, desk.last), 2, vec!["d", "c"]),
        ((first + 1, first + 3), 9, vec!["c", "b"]),
        ((desk.last, desk.recorder.last_row()), 9, vec![]),
    ] {
        let rows = reader.newest(project, span, today(), limit).await.expect("readable");
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected, "{span:?} {limit}");
    }
});

/// Day of receipt, minutes before or after the noon of it, line.
fn received() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    // Late rows reach back over days; few minutes, so that many start at the same time.
    vec((0..3_i64, prop_oneof![-3..3_i64, -4000..0_i64, Just(720), Just(724)], 1..5_i64), 0..60)
}

both_for_all!(
    every_page_of_a_walk_follows_the_one_before,
    24,
    (received(), 1..9_i64, 0..3_usize),
    async |db, (rows, size, few)| {
        let id = db.project().await;
        let project = number(&id);
        let mut desk = Desk::with_days(db).await;
        let mut expected = Vec::new();
        // A line belongs to one project.
        let own = |line: i64| project / 2 + line;
        let wanted: Vec<i64> = [vec![1], vec![1, 2, 4], vec![]][few].iter().copied().map(own).collect();
        for (place, (day, minutes, line)) in rows.iter().enumerate() {
            let day = today() - 1 + day;
            let started_at = day * DAY + DAY / 2 + minutes * MINUTE;
            let row = ExecutionRow { started_at, line: own(*line), ..call(project, &place.to_string()) };
            desk.record(db, day, vec![row]).await;
            if wanted.is_empty() || wanted.contains(&own(*line)) {
                expected.push((started_at, desk.last, place.to_string()));
            }
        }
        expected.sort_by(|a, b| b.cmp(a));
        // Few lines are looked through one by one, many with the project: both give the same.
        let many: Vec<i64> = wanted.iter().copied().chain(1_000..1_040).collect();
        let ways = if wanted.is_empty() { vec![None] } else { vec![Some(wanted), Some(many)] };
        for lines in ways {
            let filter = ExecutionFilter { project, lines, ..ExecutionFilter::default() };
            let (mut seen, mut before) = (Vec::new(), END);
            loop {
                let page = listed(db, &id, &filter, before, size).await;
                assert!(page.len() as i64 <= size);
                let Some(last) = page.last() else { break };
                before = Position { started_at: last.started_at, n: last.n };
                seen.extend(page.into_iter().map(|row| (row.started_at, row.n, row.id)));
            }
            assert_eq!(seen, expected, "{:?}", filter.lines.as_ref().map(Vec::len));
        }
        for (after, up_to) in [(0, i64::MAX), (desk.last - 5, desk.last - 1)] {
            let mut facts = Vec::new();
            for day in today() - 1..=today() + 1 {
                for row in db.store.facts_of_recorder((after, up_to), day, 1_000).await.expect("readable") {
                    facts.push((row.n, row.project));
                }
            }
            facts.retain(|(_, of)| *of == project);
            let own = expected.iter().filter(|(_, n, _)| after < *n && *n <= up_to).count();
            assert!(facts.len() >= own && (few != 2 || facts.len() == own));
        }
        let (from, to) = (today() * DAY, (today() + 1) * DAY);
        let (mut by_time, mut between) = (Vec::new(), Vec::new());
        for day in today() - 1..=today() + 1 {
            let (mut after, mut after_n) = (Position { started_at: from, n: 0 }, 0);
            loop {
                let some = db.store.facts_by_time(project, (after, to), day, size).await.expect("readable");
                let Some(last) = some.last() else { break };
                after = Position { started_at: last.started_at, n: last.n };
                assert!(
                    some.windows(2)
                        .all(|pair| (pair[0].started_at, pair[0].n) < (pair[1].started_at, pair[1].n))
                );
                by_time.extend(some.into_iter().map(|row| row.n));
            }
            loop {
                let some = db
                    .store
                    .facts_between(project, (from, to), (day, after_n), size)
                    .await
                    .expect("readable");
                let Some(last) = some.last() else { break };
                after_n = last.n;
                between.extend(some.into_iter().map(|row| row.n));
            }
        }
        by_time.sort_unstable();
        between.sort_unstable();
        assert_eq!(by_time, between, "once each, whichever way");
        let (all, of) =
            (&rows, |day: i64, minutes: i64| (today() - 1 + day) * DAY + DAY / 2 + minutes * MINUTE);
        let within = all.iter().filter(|(day, minutes, _)| (from..to).contains(&of(*day, *minutes)));
        assert_eq!(by_time.len(), within.count());
    }
);

both!(users_sessions_and_traces_are_found_in_every_block_of_rows, async |db| {
    let id = db.project().await;
    let project = number(&id);
    let desk = Desk::with_days(db).await;
    // A block has 16,384 rows: the ends of some, blocks without a row between them, and the rows of another server.
    let other = ROWS_PER_RECORDER;
    let places = [1, 16_383, 16_384, 16_385, 90_000, other + 1, other + 70_000];
    let mut rows = Vec::new();
    for (place, n) in places.into_iter().enumerate() {
        for user in ["ada", "ben"] {
            let (key, session, trace_id) = (some(user), some(user), some(user));
            let started_at = START + place as i64;
            let name = format!("{user} {place}");
            let n = desk.last + 2 * n + i64::from(user == "ben");
            rows.push(ExecutionRow {
                n,
                started_at,
                unit_key: key,
                session,
                trace_id,
                ..call(project, &name)
            });
        }
    }
    let done = db.store.record(desk.recorder, today(), (&[], &rows, &[]), START).await;
    assert_eq!(done.expect("stored").expect("held").executions.len(), rows.len());
    let of = |user: &str| (0..places.len()).map(|place| format!("{user} {place}")).collect::<Vec<_>>();
    for filter in [
        ExecutionFilter { key: some("ada"), ..ExecutionFilter::default() },
        ExecutionFilter { session: some("ada"), ..ExecutionFilter::default() },
        ExecutionFilter { trace_id: some("ada"), ..ExecutionFilter::default() },
    ] {
        assert_eq!(ids(db, &id, filter).await, of("ada"));
    }
    let erased = db.store.erase_executions((project, "ada"), 8, today(), 99).await.expect("erased");
    assert_eq!(erased, places.len() as u64);
    assert_eq!(db.store.sessions_of((project, "ada"), today()).await.expect("readable"), [""; 0]);
    let filter = ExecutionFilter { key: some("ben"), ..ExecutionFilter::default() };
    assert_eq!(ids(db, &id, filter).await, of("ben"));
});
