//! Ways back: what they write, what is in quarantine afterwards, and who has to have seen them.

use promptory_core::{
    approval::ServingChange,
    id::ProjectId,
    rollout::{Command, Deployment, Effect, Outcome, State, Watch},
};
use promptory_store::{Rows, Start, StoreError, WayBackFilter, WayBackRow};

use crate::{
    applying::{
        Activation, Applies, BY_ROLLBACK, Rolling, asked, end_as_rolled_back, move_it, proof, rolled_back,
    },
    harness::Db,
    story::{START, activation, at, going_back},
};

/// A prompt of which three versions are there, and 1 was live before 2 is.
async fn two_live(db: &Db) -> (ProjectId, String, [String; 3]) {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let mut versions = Vec::new();
    for n in 1..=3 {
        versions.push(db.version(&project, &prompt, n).await);
    }
    let versions: [String; 3] = versions.try_into().expect("three");
    db.activate(&project, 10, activation("d1", "production", &versions[0], None)).await;
    db.activate(&project, 20, activation("d2", "production", &versions[1], Some(&versions[0]))).await;
    (project, prompt, versions)
}

async fn all(db: &Db, project: &ProjectId, filter: WayBackFilter<'_>) -> Vec<WayBackRow> {
    db.reader().await.project(project).ways_back((i64::MAX, "~"), filter, 9).await.expect("readable")
}

async fn deployment(db: &Db, project: &ProjectId, id: &str) -> Deployment {
    let row = db.reader().await.project(project).deployment(id).await.expect("readable").expect("there");
    row.deployment().expect("whole")
}

/// Whether a build of `activation` is in quarantine in production, and since which way back.
async fn quarantine(db: &Db, project: &ProjectId, prompt: &str, version: &str) -> Option<String> {
    let build = format!("build-{version}");
    let mut reader = db.reader().await;
    let found = reader.project(project).open_taken_back((prompt, "production"), &build).await;
    found.expect("readable").map(|row| row.id)
}

both!(going_back_is_kept_with_what_it_took_back, async |db| {
    let (project, prompt, [one, two, _]) = two_live(db).await;
    let done = db.activate(&project, 30, going_back("d3", "production", &one, &two)).await;
    let rows = all(db, &project, WayBackFilter::default()).await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.id.as_str(), row.kind.as_str(), row.cause.as_str()), ("d3", "manual", "activate"));
    assert_eq!((row.from_sequence, row.from_deployment_id.as_str()), (2, "d2"));
    assert_eq!((row.to_sequence, row.to_deployment_id.as_str()), (1, "d3"));
    assert_eq!((row.share_ppm, row.ended_rollout, row.settled_at), (1_000_000, false, None));
    assert_eq!((row.revision, row.at), (done.revision, at(30).micros()));
    assert_eq!((row.actor.as_str(), row.reason.as_str()), ("key_1", "better"));
    assert_eq!(quarantine(db, &project, &prompt, &two).await.as_deref(), Some("d3"));
    assert_eq!(quarantine(db, &project, &prompt, &one).await, None);
    for (filter, found) in [
        (WayBackFilter { prompt_id: Some(&prompt), environment: Some("production") }, 1),
        (WayBackFilter { prompt_id: Some("another"), environment: None }, 0),
        (WayBackFilter { prompt_id: None, environment: Some("staging") }, 0),
    ] {
        assert_eq!(all(db, &project, filter).await.len(), found, "{filter:?}");
    }
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let of =
        async |found: promptory_store::Result<Option<WayBackRow>>| found.expect("readable").map(|row| row.id);
    assert_eq!(of(reader.way_back("d3").await).await.as_deref(), Some("d3"));
    assert_eq!(of(reader.way_back_from("d2").await).await.as_deref(), Some("d3"));
    assert_eq!(of(reader.way_back_from("d3").await).await, None);
    assert_eq!(of(reader.last_way_back(&prompt, "production").await).await.as_deref(), Some("d3"));
    assert_eq!(of(reader.last_way_back(&prompt, "staging").await).await, None);
});

both!(who_knows_releases_it_again_and_is_asked_anew_later, async |db| {
    let (project, prompt, [one, two, _]) = two_live(db).await;
    db.activate(&project, 30, going_back("d3", "production", &one, &two)).await;
    let again = activation("d4", "production", &two, Some(&one));
    db.activate(&project, 40, Activation { acknowledged: true, ..again }).await;
    assert_eq!(quarantine(db, &project, &prompt, &two).await, None);
    db.activate(&project, 50, going_back("d5", "production", &one, &two)).await;
    assert_eq!(
        quarantine(db, &project, &prompt, &two).await.as_deref(),
        Some("d5"),
        "a later time counts anew"
    );
});

both!(a_rollout_ends_as_rolled_back, async |db| {
    let (project, prompt, [_, two, three]) = two_live(db).await;
    let rolling = Rolling::new("d3", &activation("d3", "production", &three, Some(&two)), 10);
    let mut row = None;
    db.change(&project, 30, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
    let back = rolled_back(&row.expect("it started"), at(40));
    assert_eq!((back.effect, &back.deployment.state), (Effect::Ended, &State::RollingBack));
    db.change(&project, 40, async |tx| end_as_rolled_back(tx, back).await).await;
    let rows = all(db, &project, WayBackFilter::default()).await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.id.as_str(), row.ended_rollout, row.share_ppm), ("d3", true, 100_000));
    assert_eq!((row.from_sequence, row.to_sequence), (3, 2));
    assert_eq!(row.to_deployment_id, "d2", "it was live all the time");
    assert_eq!(quarantine(db, &project, &prompt, &three).await.as_deref(), Some("d3"));
    assert_eq!(quarantine(db, &project, &prompt, &two).await, None);

    assert_eq!(
        db.store.unsettled_ways_back(9).await.expect("readable"),
        [(project.to_string(), "d3".into())]
    );
    db.change(&project, 50, async |tx| {
        assert_eq!(tx.project().rolling_back("d3").await?, ["d3"]);
        let row = tx.project().deployment("d3").await?.expect("there").deployment()?;
        let asked = asked(tx.at());
        let Ok(Outcome::Changed(settled)) = row.command(&Command::Settle { lagging: Vec::new() }, asked)
        else {
            panic!("nobody is lagging")
        };
        move_it(tx, *settled, None).await?;
        assert!(tx.settle_way_back("d3", Some(7), "").await?);
        assert!(!tx.settle_way_back("d3", Some(8), "").await?, "once");
        Ok(())
    })
    .await;
    assert!(db.store.unsettled_ways_back(9).await.expect("readable").is_empty());
    assert_eq!(deployment(db, &project, "d3").await.state, State::RolledBack);
    let row = all(db, &project, WayBackFilter::default()).await.remove(0);
    assert_eq!((row.settled_at, row.effect_us), (Some(at(50).micros()), Some(7)));
});

both!(what_is_passed_over_is_taken_back_as_well, async |db| {
    let (project, prompt, [one, two, three]) = two_live(db).await;
    let rolling = Rolling::new("d3", &activation("d3", "production", &three, Some(&two)), 10);
    let mut row = None;
    db.change(&project, 30, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
    let candidate = rolled_back(&row.expect("it started"), at(40));
    let live = rolled_back(&deployment(db, &project, "d2").await, at(40));
    assert_eq!(live.effect, Effect::TakenBack);
    let target = going_back("d4", "production", &one, &two);
    db.change(&project, 40, async |tx| tx.start_ending(&target, &[&candidate, &live]).await).await;
    let rows = all(db, &project, WayBackFilter::default()).await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.id.as_str(), row.from_sequence, row.to_sequence), ("d4", 3, 1), "about the candidate");
    assert_eq!((row.cause.as_str(), row.share_ppm, row.ended_rollout), ("rollback", 100_000, false));
    for version in [&two, &three] {
        assert_eq!(quarantine(db, &project, &prompt, version).await.as_deref(), Some("d4"));
    }
    let mut reader = db.reader().await;
    assert_eq!(reader.project(&project).rolling_back("d4").await.expect("readable"), ["d2", "d3"]);
    assert!(reader.project(&project).under_way(&prompt).await.expect("readable").is_empty());
    drop(reader);
    let note =
        async |effect| db.store.note_settled(&project, "d4", at(60).micros(), (Some(effect), "slow")).await;
    assert!(note(5).await.expect("written") && !note(6).await.expect("written"), "once");
    let row = all(db, &project, WayBackFilter::default()).await.remove(0);
    assert_eq!(
        (row.settled_at, row.effect_us, row.lagging.as_str()),
        (Some(at(60).micros()), Some(5), "slow")
    );
});

both!(what_was_live_is_not_taken_back_by_going_forward, async |db| {
    let (project, _, [_, two, three]) = two_live(db).await;
    let live = rolled_back(&deployment(db, &project, "d2").await, at(30));
    let forward = activation("d3", "production", &three, Some(&two));
    let mut tx = db.begin(&project, 30).await;
    let outcome = tx.start_ending(&forward, &[&live]).await;
    assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
});

both!(a_build_that_bakes_is_taken_back_to_what_was_live_before, async |db| {
    let (project, prompt, [one, two, three]) = two_live(db).await;
    let watch = Watch { names: vec!["errors".to_owned()], bake_s: 3600 };
    let rolling =
        Rolling { watch, ..Rolling::new("d3", &activation("d3", "production", &three, Some(&two)), 10) };
    let mut row = None;
    db.change(&project, 30, async |tx| rolling.start(tx, None).await.map(|it| row = Some(it))).await;
    let Ok(Outcome::Changed(promoted)) = row.expect("it started").command(&Command::Promote, asked(at(40)))
    else {
        panic!("it runs")
    };
    assert_eq!(promoted.deployment.state, State::Baking);
    db.change(&project, 40, async |tx| move_it(tx, *promoted, None).await.map(drop)).await;
    let baking = rolled_back(&deployment(db, &project, "d3").await, at(50));
    assert_eq!(baking.effect, Effect::TakenBack);
    let take_back = async |tx: &mut promptory_store::WriteTx, target: &Activation| {
        let transition = target.created(tx.at());
        let placement = target.placement("immediate");
        let ended = [&baking];
        let start =
            Start { placement: &placement, transition: &transition, ended: &ended, way_back: &BY_ROLLBACK };
        let proofs = vec![proof(ServingChange::Deployment(Box::new(baking.clone())), tx.at())];
        tx.apply(proofs, Rows::Back(&BY_ROLLBACK, Some(start))).await.map(drop)
    };
    // By the end of a rollout nothing becomes live but what was so just before.
    let mut tx = db.begin(&project, 50).await;
    let outcome = take_back(&mut tx, &going_back("d4", "production", &one, &three)).await;
    assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
    drop(tx);
    db.change(&project, 50, async |tx| take_back(tx, &going_back("d4", "production", &two, &three)).await)
        .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let live = reader.live(&prompt, "production").await.expect("readable").expect("live");
    assert_eq!((live.version_id.as_str(), live.deployment_id.as_str()), (two.as_str(), "d4"));
    let row = reader.deployment("d4").await.expect("readable").expect("there");
    assert_eq!(row.basis, "no_stages", "as it was allowed before");
    assert_eq!(quarantine(db, &project, &prompt, &three).await.as_deref(), Some("d4"));
});

both!(what_is_known_of_builds_that_were_live, async |db| {
    let (project, prompt, [one, two, three]) = two_live(db).await;
    db.activate(&project, 30, going_back("d3", "production", &one, &two)).await;
    db.activate(&project, 45, activation("d4", "production", &three, Some(&one))).await;
    let mut reader = db.reader().await;
    let rows = reader.project(&project).past_builds((&prompt, "production"), at(100).micros(), 9).await;
    let known: Vec<_> = rows
        .expect("readable")
        .into_iter()
        .map(|row| {
            assert_eq!(row.basis, "no_stages");
            let since = [row.since, row.first_since].map(|at| at - START);
            (
                row.sequence,
                since,
                row.until.map(|at| at - START),
                row.live_us,
                row.taken_back,
                row.quarantined,
            )
        })
        .collect();
    assert_eq!(
        known,
        [
            (3, [45, 45], None, 55, false, 0),
            (1, [30, 10], Some(45), 25, false, 0),
            (2, [20, 20], Some(30), 10, true, 1),
        ]
    );
});

both!(servers_say_what_they_have, async |db| {
    let project = db.project().await;
    for (id, revision, seen) in [("one", 3, 10), ("two", 4, 20), ("gone", 9, -50)] {
        db.store.report_node(id, &[(project.to_string(), revision)], START + seen, 0).await.expect("written");
    }
    let rows = db.store.applied_by(&project, START).await.expect("readable");
    let rows: Vec<_> =
        rows.iter().map(|row| (row.id.as_str(), row.applied_revision, row.seen_at - START)).collect();
    assert_eq!(rows, [("one", 3, 10), ("two", 4, 20)]);
});
