//! Taking executions away and pricing them later: in pieces, and without a trace in the figures.

use promptory_core::analytics::PackKey;
use promptory_store::{ExecutionRow, Target};

use crate::{
    calls::{Desk, call, calls, executions_in, hash, number, opinion, pack, pack_key, today},
    harness::Db,
    story::{START, audit},
};

const ERASED: i64 = 4;

async fn left(db: &Db, day: i64) -> i64 {
    let mut raw = db.raw().await;
    let left = raw.count(&format!("execution_{day}")).await + raw.count(&format!("score_{day}")).await;
    raw.close().await;
    left
}

both!(executions_of_a_project_go_in_pieces, async |db| {
    let (project, other) = (number(&db.project().await), number(&db.project().await));
    let mut desk = Desk::with_days(db).await;
    for day in [today() - 1, today()] {
        desk.record(db, day, calls(project, (0..25).map(|n| format!("{day}/{n}")))).await;
        desk.record(db, day, calls(other, [day])).await;
        desk.score(db, day, vec![opinion(project, &day.to_string(), "0")]).await;
    }
    let day = today() - 1;
    let mut pieces = Vec::new();
    loop {
        let gone = db.store.delete_executions(project, day, 10).await.expect("deleted");
        if gone == 0 {
            break;
        }
        pieces.push(gone);
    }
    assert_eq!(pieces, [11, 10, 5], "executions, and scores beside them");
    assert_eq!((left(db, day).await, left(db, today()).await), (1, 27));
    assert!(!db.store.is_empty_day(day).await.expect("readable"));
    db.store.delete_executions(other, day, 10).await.expect("deleted");
    assert!(db.store.is_empty_day(day).await.expect("readable"));
    assert!(!db.store.is_empty_day(today()).await.expect("readable"));
});

both!(the_day_from_which_all_is_kept_only_moves_on, async |db| {
    let (project, other) = (number(&db.project().await), number(&db.project().await));
    assert_eq!(db.store.kept_from(project).await.expect("readable"), None);
    for (day, expected) in [(5, 5), (9, 9), (7, 9), (9, 9), (10, 10)] {
        db.store.keep_from(project, day).await.expect("written");
        assert_eq!(db.store.kept_from(project).await.expect("readable"), Some(expected));
    }
    assert_eq!(db.store.kept_from(other).await.expect("readable"), None);
});

both!(what_names_a_person_is_erased_and_the_figures_stay, async |db| {
    let id = db.project().await;
    let (project, other) = (number(&id), number(&db.project().await));
    let mut desk = Desk::with_days(db).await;
    let some = |text: &str| Some(text.to_owned());
    let of = |project: i64, id: &str, key: &str| ExecutionRow {
        unit_key: some(key),
        session: some("s"),
        variables: some("{}"),
        input: some("\"my name\""),
        output: some("\"hello\""),
        metadata: some("{\"a\":1}"),
        tags: some("{\"plan\":\"pro\"}"),
        chosen_tags: some("{\"plan\":\"pro\"}"),
        error_message: some("for ada"),
        error_shape: some("for ‹text›"),
        status: 1,
        cost: Some(7),
        input_tokens: Some(3),
        flags: 2,
        ..call(project, id)
    };
    let mut rows: Vec<ExecutionRow> = (0..5).map(|n| of(project, &n.to_string(), "ada")).collect();
    rows.push(of(project, "eva", "eva"));
    rows.push(of(other, "0", "ada"));
    desk.record(db, today(), rows).await;
    let about = [(project, "1"), (other, "0")];
    let scores = about.map(|(project, of)| opinion(project, &format!("on {of}"), of));
    desk.score(db, today(), scores.to_vec()).await;
    assert_eq!(db.store.sessions_of((project, "ada"), today()).await.expect("readable"), ["s"]);
    assert_eq!(db.store.sessions_of((other, "eva"), today()).await.expect("readable"), [""; 0]);
    let erased = db.store.erase_scores_of((project, "ada"), today(), today()).await.expect("erased");
    let mut comments = Vec::new();
    for (project, of) in about {
        let said = db.store.scores_of(&hash(project, of), &[today()], 9).await.expect("readable");
        comments.push(said[0].comment.clone());
    }
    assert_eq!((erased, comments), (1, vec![None, some("thanks")]));
    let mut pieces = Vec::new();
    for _ in 0..4 {
        let erased = db.store.erase_executions((project, "ada"), ERASED, today(), 2).await.expect("erased");
        pieces.push(erased);
    }
    assert_eq!(pieces, [2, 2, 1, 0]);
    let days = [today()];
    let mut reader = db.reader().await;
    let mut reader = reader.project(&id);
    let found = reader.execution(&hash(project, "0"), project, &days).await.expect("readable");
    let row = found.expect("the row stays").1;
    let gone = [row.unit_key, row.session, row.variables, row.input, row.output, row.metadata, row.tags];
    assert_eq!((gone, row.error_message), ([const { None }; 7], None));
    assert_eq!((row.flags, row.cost, row.input_tokens, row.status), (2 + ERASED, Some(7), Some(3), 1));
    assert_eq!((row.chosen_tags, row.error_shape), (some("{\"plan\":\"pro\"}"), some("for ‹text›")));
    for (project, id, key) in [(project, "eva", "eva"), (other, "0", "ada")] {
        let found = reader.execution(&hash(project, id), project, &days).await.expect("readable");
        let row = found.expect("there").1;
        assert_eq!((row.unit_key.as_deref(), row.flags), (Some(key), 2), "nobody else");
    }

    let of_user = |project: i64, id: &str| {
        let mut score = opinion(project, id, "ada");
        score.target = Target::Key;
        score
    };
    desk.score(db, today(), vec![of_user(project, "u"), of_user(other, "w"), opinion(project, "x", "eva")])
        .await;
    let erased = db.store.erase_scores(project, &[hash(project, "ada")], today()).await.expect("erased");
    assert_eq!(erased, 1);
    for (project, id, comment) in
        [(project, "ada", None), (other, "ada", Some("thanks")), (project, "eva", Some("thanks"))]
    {
        let said = db.store.scores_of(&hash(project, id), &days, 9).await.expect("readable");
        assert_eq!(
            (said.len(), said[0].comment.as_deref(), said[0].units),
            (1, comment, Some(1_000_000_000))
        );
    }
});

both!(costs_that_come_later_are_set_once_with_the_cells_that_count_them, async |db| {
    let project = number(&db.project().await);
    let mut desk = Desk::with_days(db).await;
    let priced = ExecutionRow { cost: Some(1), ..call(project, "priced") };
    let old =
        ExecutionRow { started_at: START - 9, model_sent: Some("GPT".to_owned()), ..call(project, "old") };
    desk.record(db, today(), vec![priced, old, call(project, "a"), call(project, "b")]).await;
    desk.record(db, today(), calls(project + 1, ["of another project"])).await;
    let all = (0, i64::MAX);
    let rows = db.store.unpriced(project, all, (today(), 0), 9).await.expect("readable");
    let ids: Vec<&str> = rows.iter().map(|row| row.fact.id.as_str()).collect();
    assert_eq!(ids, ["old", "a", "b"], "in the order of the table");
    assert_eq!((rows[0].model_sent.as_deref(), rows[1].model_sent.as_deref()), (Some("GPT"), None));
    assert_eq!(rows[0].provider_sent, None);
    let after = rows[0].fact.n;
    assert_eq!(db.store.unpriced(project, all, (today(), after), 1).await.expect("readable")[0].fact.id, "a");
    assert_eq!(
        db.store.unpriced(project, (START, START + 1), (today(), 0), 9).await.expect("readable").len(),
        2
    );
    assert!(db.store.unpriced(project, all, (today() - 1, 0), 9).await.expect("readable").is_empty());

    let key: PackKey = pack_key(project, 1);
    let packs = [(key, pack(3).to_bytes())];
    let (a, b) = (rows[1].fact.n, rows[2].fact.n);
    let written = (desk.last, START);
    let done = db.store.set_costs(desk.recorder, (today(), &[(a, 70)]), &packs, written).await;
    assert!(done.expect("asked"));
    assert_eq!(db.store.fact(a, today()).await.expect("readable").expect("there").cost, Some(70));
    // One of them has a cost meanwhile: nothing of it is written.
    let more = [(key, pack(9).to_bytes())];
    let done = db.store.set_costs(desk.recorder, (today(), &[(b, 80), (a, 71)]), &more, written).await;
    assert!(!done.expect("asked"));
    for (n, cost) in [(a, Some(70)), (b, None)] {
        assert_eq!(db.store.fact(n, today()).await.expect("readable").expect("there").cost, cost);
    }
    let own = db.store.own_packs(desk.recorder.number, &[key]).await.expect("readable");
    assert_eq!(executions_in(own[0].as_ref().expect("a pack")), 3);
});

both!(lines_have_the_present_name_and_the_number_of_what_they_stand_for, async |db| {
    let (id, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&id, "a").await;
    let version = db.version(&id, &prompt, 2).await;
    let desk = Desk::with_days(db).await;
    let mut full = crate::calls::line(5, &id, &prompt, &version);
    full.experiment_id = "x1".to_owned();
    full.variant = "b".to_owned();
    let gone = crate::calls::line(6, &id, "deleted", "deleted@1");
    let mut elsewhere = crate::calls::line(7, &other, &prompt, &version);
    elsewhere.environment = "staging".to_owned();
    let lines = [full, gone, elsewhere];
    for _ in 0..2 {
        let done = db.store.record(desk.recorder, today(), (&lines, &[], &[]), START).await;
        assert!(done.expect("stored").is_some());
    }
    db.rename(&id, 5, "a", "now").await;
    let found = db.store.lines(id.as_str()).await.expect("readable");
    assert_eq!(found.iter().map(|line| line.id).collect::<Vec<_>>(), [5, 6]);
    let line = &found[0];
    assert_eq!(
        (line.prompt.as_deref(), line.major, line.minor, line.patch),
        (Some("now"), Some(1), Some(2), Some(0))
    );
    assert_eq!((line.environment.as_str(), line.deployment_id.as_str()), ("production", "d1"));
    assert_eq!(
        (line.experiment_id.as_str(), line.variant.as_str(), line.pre.as_deref()),
        ("x1", "b", Some(""))
    );
    assert_eq!(
        (found[1].prompt.as_deref(), found[1].major, found[1].version_id.as_str()),
        (None, None, "deleted@1")
    );
    assert_eq!(db.store.lines(other.as_str()).await.expect("readable")[0].environment, "staging");
});

both!(what_a_project_keeps_is_a_change_like_others, async |db| {
    let (id, other) = (db.project().await, db.project().await);
    assert_eq!(db.reader().await.project(&id).recording().await.expect("readable"), None);
    for policy in [r#"{"bodies":"drop"}"#, r#"{"bodies":"store","retention_days":7}"#] {
        let mut tx = db.begin(&id, 10).await;
        tx.put_recording(policy).await.expect("written");
        tx.commit(audit("recording.update")).await.expect("committed");
        let read = db.reader().await.project(&id).recording().await.expect("readable");
        assert_eq!(read.as_deref(), Some(policy));
    }
    assert_eq!(db.reader().await.project(&other).recording().await.expect("readable"), None);
    let changes = db.store.changes(&id, 0, 9).await.expect("changes");
    let kinds: Vec<_> = changes.iter().map(|row| (row.revision, row.kind.as_str())).collect();
    assert_eq!(kinds, [(1, "recording"), (2, "recording")]);
});
