//! Deployments by steps: the row, its events, what is rolled out, and what is told of it.

use promptory_core::rollout::{Command, Deployment, Outcome, State, Transition};
use promptory_store::{Archive, DeploymentFilter, Rows, Start, StoreError};
use serde_json::{Value, json};

use crate::{
    applying::{Applies, BY_HAND, Rolling, asked, move_it, proof},
    harness::Db,
    story::{START, activation, at},
};

const HOUR: i64 = 3_600_000_000;

/// A prompt of which version 1 is live, and versions 2 and 3 are there.
async fn live_one(db: &Db) -> (promptory_core::id::ProjectId, String, [String; 3]) {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let mut versions = Vec::new();
    for n in 1..=3 {
        versions.push(db.version(&project, &prompt, n).await);
    }
    let versions: [String; 3] = versions.try_into().expect("three");
    db.activate(&project, 10, activation("d1", "production", &versions[0], None)).await;
    (project, prompt, versions)
}

fn ordered(row: &Deployment, command: &Command, now: i64) -> Transition {
    match row.command(command, asked(at(now))).expect("possible") {
        Outcome::Changed(transition) => *transition,
        Outcome::Already => panic!("{command:?} changes something"),
    }
}

/// Kind and detail of what a commit told.
async fn told(db: &Db, project: &promptory_core::id::ProjectId, revision: i64) -> Vec<(String, Value)> {
    let rows = db.store.changes(project, revision - 1, revision).await.expect("changes");
    rows.into_iter().map(|row| (row.kind, serde_json::from_str(&row.detail).expect("JSON"))).collect()
}

async fn shares(db: &Db, project: &promptory_core::id::ProjectId) -> Vec<(String, i64)> {
    let loaded = db.store.load(project, 9, |_, row, _| row).await.expect("readable").expect("there");
    loaded.rollouts.into_iter().map(|(row, _)| (row.version_id, row.share_ppm)).collect()
}

both!(a_rollout_goes_from_step_to_step_and_becomes_live, async |db| {
    let (project, prompt, [one, two, _]) = live_one(db).await;
    let rolling = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let mut started = None;
    let first = db
        .change(&project, 20, async |tx| rolling.start(tx, None).await.map(|row| started = Some(row)))
        .await;
    let row = db.reader().await.project(&project).deployment("d2").await.expect("readable").expect("there");
    assert_eq!(row.deployment().expect("whole"), started.clone().expect("it started"), "as it was written");
    assert_eq!((row.basis.as_str(), row.seed.len(), row.ended_at), ("no_stages", 16, None));
    assert_eq!(shares(db, &project).await, [(two.clone(), 100_000)]);
    let detail = json!({"share_ppm": 100_000, "seed": "0123456789abcdef", "unit": "user", "starts": true});
    assert_eq!(told(db, &project, first.revision).await, [("rollout".to_owned(), detail)]);
    let live = db.reader().await.project(&project).live(&prompt, "production").await.expect("readable");
    let live = live.expect("live");
    assert_eq!(
        (live.version_id, live.revision),
        (one.clone(), first.revision),
        "its answer names the rollout"
    );

    let due = db.store.due_deployments(START + HOUR + 20, 9).await.expect("readable");
    assert_eq!(due, [(project.to_string(), "d2".to_owned())]);
    assert!(db.store.due_deployments(START + HOUR - 20, 9).await.expect("readable").is_empty());
    let last = db
        .change(&project, HOUR + 30, async |tx| {
            let row = tx.project().deployment("d2").await?.expect("there").deployment()?;
            let step = row.tick(tx.at()).expect("it is time");
            move_it(tx, step, None).await.map(drop)
        })
        .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let row = reader.deployment("d2").await.expect("readable").expect("there");
    assert_eq!((row.state.as_str(), row.share_ppm, row.number), ("completed", 1_000_000, 2));
    let live = reader.live(&prompt, "production").await.expect("readable").expect("live");
    assert_eq!((live.deployment_id.as_str(), live.version_id.as_str()), ("d2", two.as_str()));
    let before = reader.deployment("d1").await.expect("readable").expect("there");
    assert_eq!(before.ended_at, Some(at(HOUR + 30).micros()), "another took its place");
    assert!(shares(db, &project).await.is_empty());
    let kinds: Vec<String> =
        told(db, &project, last.revision).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["live", "rollout"]);
    let events = reader.deployment_events("d2").await.expect("readable");
    let events: Vec<_> = events
        .iter()
        .map(|row| {
            (row.seq, row.kind.as_str(), row.from_state.as_deref(), row.to_state.as_str(), row.share_ppm)
        })
        .collect();
    let expected =
        [(1, "created", None, "running", 100_000), (2, "advanced", Some("running"), "completed", 1_000_000)];
    assert_eq!(events, expected);
    assert!(db.store.due_deployments(i64::MAX, 9).await.expect("readable").is_empty());
});

both!(what_is_aborted_leaves_what_was_live, async |db| {
    let (project, prompt, [one, two, _]) = live_one(db).await;
    let rolling = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let mut row = None;
    db.change(&project, 20, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
    let row = row.expect("it started");
    let paused = ordered(&row, &Command::Pause(promptory_core::rollout::PauseCause::User), 30);
    let done = db.change(&project, 30, async |tx| move_it(tx, paused.clone(), None).await.map(drop)).await;
    assert_eq!(told(db, &project, done.revision).await, [("deployment".to_owned(), json!({}))]);
    assert_eq!(shares(db, &project).await.len(), 1, "the share stays");
    let aborted = ordered(&paused.deployment, &Command::Abort, 40);
    let done = db.change(&project, 40, async |tx| move_it(tx, aborted, None).await.map(drop)).await;
    assert_eq!(told(db, &project, done.revision).await, [("rollout".to_owned(), json!({"share_ppm": 0}))]);
    assert!(shares(db, &project).await.is_empty());
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let live = reader.live(&prompt, "production").await.expect("readable").expect("live");
    assert_eq!((live.version_id, live.revision), (one, done.revision));
    let row = reader.deployment("d2").await.expect("readable").expect("there");
    assert_eq!(
        row.deployment().expect("whole").state,
        State::Aborted(promptory_core::rollout::Ended::ByHand)
    );
    assert!(
        reader.was_deployed(&two).await.expect("readable") && !reader.was_live(&two).await.expect("readable")
    );
    assert!(reader.under_way(&prompt).await.expect("readable").is_empty());
});

both!(one_is_under_way_and_the_next_one_supersedes_it, async |db| {
    let (project, prompt, [one, two, three]) = live_one(db).await;
    let first = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let second = Rolling::new("d3", &activation("d3", "production", &three, Some(&one)), 25);
    let mut row = None;
    db.change(&project, 20, async |tx| first.start(tx, None).await.map(|it| row = Some(it))).await;
    let mut tx = db.begin(&project, 30).await;
    let outcome = second.start(&mut tx, None).await;
    assert!(matches!(outcome, Err(StoreError::Database(_))), "the database knows one at a time: {outcome:?}");
    drop(tx);
    let over = ordered(&row.expect("it started"), &Command::Supersede("d3".into()), 40);
    db.change(&project, 40, async |tx| second.start(tx, Some(&over)).await.map(drop)).await;
    assert_eq!(shares(db, &project).await, [(three.clone(), 250_000)]);
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let under_way = reader.under_way(&prompt).await.expect("readable");
    assert_eq!(under_way.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["d3"]);
    let row = reader.deployment("d2").await.expect("readable").expect("there");
    assert_eq!((row.state.as_str(), row.state_detail.as_str()), ("superseded", "d3"));
    let filter = DeploymentFilter { state: Some("superseded"), ..DeploymentFilter::default() };
    let rows = reader.deployments((i64::MAX, ""), filter, 9).await.expect("readable");
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["d2"]);
});

both!(what_waits_serves_nothing_until_it_starts, async |db| {
    let (project, _, [one, two, _]) = live_one(db).await;
    let rolling = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let mut row = None;
    db.change(&project, 20, async |tx| rolling.hold(tx).await.map(|it| row = Some(it))).await;
    assert!(shares(db, &project).await.is_empty());
    let started = ordered(&row.expect("it waits"), &Command::Start, 30);
    db.change(&project, 30, async |tx| rolling.start_with(tx, &started, None).await.map(drop)).await;
    assert_eq!(shares(db, &project).await, [(two, 100_000)]);
});

both!(a_transition_decided_from_another_row_changes_nothing, async |db| {
    let (project, _, [one, two, _]) = live_one(db).await;
    let rolling = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let mut row = None;
    db.change(&project, 20, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
    let promoted = ordered(&row.expect("it started"), &Command::Promote, 30);
    db.change(&project, 30, async |tx| move_it(tx, promoted.clone(), None).await.map(drop)).await;
    let mut tx = db.begin(&project, 40).await;
    let outcome = move_it(&mut tx, promoted, None).await;
    assert!(matches!(outcome, Err(StoreError::Broken { table: "deployment", .. })), "{outcome:?}");
});

both!(a_rollout_takes_the_place_of_nothing_but_what_it_began_beside, async |db| {
    let (project, _, [one, two, three]) = live_one(db).await;
    let rolling = Rolling::new("d2", &activation("d2", "production", &two, Some(&one)), 10);
    let mut row = None;
    db.change(&project, 20, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
    // As a release does that knows no rollouts.
    db.activate(&project, 30, activation("d3", "production", &three, Some(&one))).await;
    let mut raw = db.raw().await;
    let kept = "INSERT INTO rollout SELECT prompt_id, environment, project_id, id, version_id, build_hash, share_ppm, seed, \
        unit, revision FROM deployment WHERE id = 'd2'";
    assert_eq!(raw.done(kept).await, 1);
    raw.close().await;
    let row = row.expect("it started");
    let mut tx = db.begin(&project, HOUR + 30).await;
    let step = row.tick(tx.at()).expect("it is time");
    let outcome = move_it(&mut tx, step, None).await;
    assert!(matches!(outcome, Err(StoreError::Broken { table: "deployment", .. })), "{outcome:?}");
    drop(tx);
    let aborted = ordered(&row, &Command::Abort, 40);
    db.change(&project, 40, async |tx| move_it(tx, aborted, None).await.map(drop)).await;
    assert!(shares(db, &project).await.is_empty());
});

both!(only_what_was_authorized_is_written, async |db| {
    let (project, prompt, [one, two, three]) = live_one(db).await;
    let mut tx = db.begin(&project, 20).await;
    let (wanted, other) = (
        activation("d2", "production", &two, Some(&one)),
        activation("d2", "production", &three, Some(&one)),
    );
    let rolling = Rolling::new("d2", &wanted, 10);
    let transition = rolling.created(tx.at());
    let (placement, refused) = (wanted.placement("custom"), |outcome| {
        assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
    });
    let start = Start { placement: &placement, transition: &transition, ended: &[], way_back: &BY_HAND };
    refused(tx.one(other.serve(), Rows::Start(start)).await);
    refused(tx.one(wanted.serve(), Rows::Move(None)).await);
    let now = tx.at();
    refused(tx.apply(Vec::new(), Rows::Start(start)).await);
    refused(tx.apply(vec![proof(wanted.serve(), now), proof(wanted.serve(), now)], Rows::Start(start)).await);
    let archive = Archive::Version { prompt_id: &prompt, id: &one, archived: true };
    refused(tx.one(wanted.serve(), Rows::Archive(archive)).await);
    drop(tx);
    let live = db.reader().await.project(&project).live(&prompt, "production").await.expect("readable");
    assert_eq!(live.map(|row| row.version_id), Some(one));
});
