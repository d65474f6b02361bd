//! Scores: stored once, counted once, with what they are about.

use std::collections::HashSet;

use promptory_core::id::ProjectId;
use promptory_store::{AppliedScore, ExecutionRow, NewScoreRow, PendingScore, ROWS_PER_RECORDER, Target};

use crate::{
    calls::{Desk, call, calls, hash, line, number, opinion, today},
    harness::Db,
    story::START,
};

const MINUTE: i64 = 60_000_000;

async fn pending(db: &Db) -> Vec<PendingScore> {
    db.store.pending_scores(today(), 0, 99).await.expect("readable")
}

/// What each waiting score is about, as it is found in the tables of all days.
async fn targets(db: &Db) -> Vec<(i64, Option<(i64, String)>)> {
    let days = db.store.days().await.expect("readable");
    let mut found = Vec::new();
    for score in pending(db).await {
        let target = db.store.target_of(&score, &days).await.expect("readable");
        found.push((score.n, target.map(|(day, fact)| (day - today(), fact.id))));
    }
    found
}

both!(a_score_is_stored_once_and_comes_back_whole, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::with_days(db).await;
    desk.record(db, today(), calls(project, ["a"])).await;
    let mut category = opinion(project, "c", "a");
    category.units = None;
    category.boolean = false;
    category.category = Some("rude".to_owned());
    category.at = START - MINUTE;
    let both = vec![opinion(project, "s", "a"), category];
    assert_eq!(desk.score(db, today(), both.clone()).await, ["s", "c"]);
    assert_eq!(desk.score(db, today(), both.clone()).await, [""; 0]);
    assert_eq!(desk.score(db, today() + 1, both.clone()).await, [""; 0], "over midnight");
    let twice = vec![opinion(project, "t", "a"), opinion(project, "t", "a")];
    assert_eq!(desk.score(db, today() + 1, twice).await, ["t"]);
    let days = db.store.days().await.expect("readable");
    let said = db.store.scores_of(&hash(project, "a"), &days, 9).await.expect("readable");
    let ids: Vec<&str> = said.iter().map(|score| score.id.as_str()).collect();
    assert_eq!(ids[0], "c", "in the order of their times, whichever day they came");
    assert_eq!(ids.iter().copied().collect::<HashSet<_>>(), HashSet::from(["c", "s", "t"]));
    assert_eq!((said[0].units, said[0].category.as_deref(), said[0].boolean), (None, Some("rude"), false));
    let score = said.iter().find(|score| score.id == "s").expect("there");
    assert_eq!((score.name.as_str(), score.units, score.boolean), ("helpful", Some(1_000_000_000), true));
    assert_eq!((score.comment.as_deref(), score.source.as_deref()), (Some("thanks"), Some("user")));
    assert!(db.store.scores_of(&hash(project, "b"), &days, 9).await.expect("readable").is_empty());
});

/// A score of somebody with a time.
fn about(project: i64, id: &str, target: Target, of: &str, at: i64) -> NewScoreRow {
    let prompt = (target == Target::Key).then(|| "p1".to_owned());
    NewScoreRow { target, target_id: of.to_owned(), at, prompt, ..opinion(project, id, of) }
}

async fn lines_of(db: &Db, id: &ProjectId, desk: &Desk) {
    let lines = [line(1, id, "p1", "v1"), line(2, id, "p2", "v2")];
    let done = db.store.record(desk.recorder, today(), (&lines, &[], &[]), START).await;
    assert!(done.expect("stored").is_some());
}

both!(what_a_score_is_about_is_found_when_it_is_there, async |db| {
    let (id, other) = (db.project().await, number(&db.project().await));
    let project = number(&id);
    let mut desk = Desk::with_days(db).await;
    lines_of(db, &id, &desk).await;
    let scores = vec![
        about(project, "1", Target::Execution, "b", START),
        about(project, "2", Target::Session, "chat", START),
        about(project, "3", Target::Session, "chat", START - 2 * MINUTE),
        about(project, "4", Target::Key, "ada", START),
        about(other, "5", Target::Session, "chat", START),
        about(project, "6", Target::Execution, "nobody", START),
        about(project, "7", Target::Key, "eva", START),
    ];
    let first = desk.last + 1;
    desk.score(db, today(), scores).await;
    assert!(targets(db).await.iter().all(|(_, target)| target.is_none()), "nothing is there yet");
    let of = |id: &str, minutes: i64, line: i64| ExecutionRow {
        started_at: START + minutes * MINUTE,
        session: Some("chat".to_owned()),
        unit_key: Some("ada".to_owned()),
        line,
        ..call(project, id)
    };
    desk.record(db, today() - 1, vec![of("a", -3, 1)]).await;
    desk.record(db, today(), vec![of("b", -1, 2), of("later", 1, 1)]).await;
    let found: Vec<Option<(i64, String)>> = targets(db).await.into_iter().map(|(_, target)| target).collect();
    let target = |day: i64, id: &str| Some((day, id.to_owned()));
    let expected = [target(0, "b"), target(0, "b"), target(-1, "a"), target(-1, "a"), None, None, None];
    assert_eq!(found, expected, "the last one before the score; of a user, the last of its prompt");
    assert_eq!(targets(db).await[0].0, first);
});

both!(a_score_is_counted_once, async |db| {
    let project = number(&db.project().await);
    let (mut desk, mut second) = (Desk::with_days(db).await, Desk::open(&db.store).await);
    desk.record(db, today(), calls(project, ["a"])).await;
    let execution_n = desk.last;
    desk.score(db, today(), vec![opinion(project, "s", "a"), opinion(project, "t", "none")]).await;
    let n = pending(db).await[0].n;
    assert_eq!(pending(db).await.len(), 2);
    let begin = desk.recorder.number * ROWS_PER_RECORDER;
    assert_eq!(db.store.last_score((begin, desk.last), today()).await.expect("readable"), Some(desk.last));
    assert_eq!(db.store.last_score((desk.last, i64::MAX), today()).await.expect("readable"), None);
    let page = db.store.pending_scores(today(), n, 9).await.expect("readable");
    assert_eq!((page.len(), page[0].target_id.as_str()), (1, "none"), "after one");
    assert_eq!(db.store.pending_scores(today(), 0, 1).await.expect("readable").len(), 1);
    let applied = |fold_n| AppliedScore { day: today(), n, execution_day: today(), execution_n, fold_n };
    let fold_n = desk.next();
    for expected in [HashSet::from([fold_n]), HashSet::new()] {
        let done = db.store.apply_scores(desk.recorder, &[applied(fold_n)]).await.expect("asked");
        assert_eq!(done, Some(expected));
    }
    let late = second.next();
    let done = db.store.apply_scores(second.recorder, &[applied(late)]).await.expect("asked");
    assert_eq!(done, Some(HashSet::new()), "another server was quicker");
    assert_eq!(pending(db).await.len(), 1);
    let counted = db.store.scores_of_recorder((begin, desk.last), today(), 9).await.expect("readable");
    assert_eq!(counted.len(), 1);
    let row = &counted[0];
    assert_eq!((row.n, row.fold_n, row.execution_n, row.line), (n, fold_n, Some(execution_n), None));
    assert_eq!(row.execution_day, Some(today()));
    assert!(db.store.scores_of_recorder((fold_n, i64::MAX), today(), 9).await.expect("readable").is_empty());
    let of_project = db.store.scores_of_project(project, (today(), 0), 9).await.expect("readable");
    assert_eq!(of_project.len(), 1, "only what is counted");
    assert!(db.store.scores_of_project(project, (today(), n), 9).await.expect("readable").is_empty());
    assert!(db.store.scores_of_project(project + 1, (today(), 0), 9).await.expect("readable").is_empty());
});

both!(a_score_of_a_version_is_counted_as_it_is_stored, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::with_days(db).await;
    let mut score = about(project, "v", Target::Version, "p@1.0.0", START);
    score.line = Some(1);
    desk.score(db, today(), vec![score]).await;
    assert!(pending(db).await.is_empty());
    let counted = db.store.scores_of_project(project, (today(), 0), 9).await.expect("readable");
    assert_eq!((counted[0].line, counted[0].fold_n, counted[0].at), (Some(1), desk.last, START));
    assert_eq!(counted[0].execution_n, None);
});
