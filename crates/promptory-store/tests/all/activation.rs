use promptory_store::{Archive, DeploymentFilter, LiveRow, StoreError};
use serde_json::{Value, json};

use crate::applying::Applies;
use crate::story::{activation, at, audit, going_back, row};

fn version_of(row: Option<LiveRow>) -> Option<String> {
    row.map(|row| row.version_id)
}

both!(a_second_live_row_is_refused_by_the_database, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    db.activate(&project, 10, activation("d1", "production", &version, None)).await;
    db.activate(&project, 20, activation("d2", "staging", &version, None)).await;
    let mut raw = db.raw().await;
    raw.done("INSERT INTO deployment (id, project_id, prompt_id, environment, version_id, from_version_id, \
        build_hash, state, strategy, direction, reason, actor, created_at, ended_at, revision) SELECT 'd3', project_id, prompt_id, environment, version_id, from_version_id, \
        build_hash, state, strategy, direction, reason, actor, created_at, ended_at, revision FROM deployment \
        WHERE id = 'd1'")
        .await;
    let copy = |until| {
        format!(
            "INSERT INTO live SELECT 'd3', project_id, prompt_id, environment, version_id, build_hash, since + 1, \
             {until}, revision, taken_back FROM live WHERE deployment_id = 'd1'"
        )
    };
    let error = raw.execute(&copy("NULL")).await.expect_err("one row is live");
    assert!(error.as_database_error().is_some_and(|error| error.is_unique_violation()), "{error}");
    assert_eq!(raw.done(&copy("since + 2")).await, 1, "an ended one is history");
    raw.close().await;
});

both!(a_new_activation_ends_the_one_before, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    db.activate(&project, 10, activation("d1", "production", &one, None)).await;
    db.activate(&project, 11, activation("d2", "staging", &one, None)).await;
    let committed = db.activate(&project, 20, activation("d3", "production", &two, Some(&one))).await;

    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let first = reader.deployment("d1").await.expect("readable").expect("there");
    assert_eq!((first.state.as_str(), first.ended_at), ("completed", Some(at(20).micros())));
    let other = reader.deployment("d2").await.expect("readable").expect("there");
    assert_eq!(
        (other.state.as_str(), other.ended_at),
        ("completed", None),
        "another environment is untouched"
    );
    let third = reader.deployment("d3").await.expect("readable").expect("there");
    assert_eq!((third.state.as_str(), third.ended_at, third.minor), ("completed", None, 2));
    assert_eq!((third.from_major, third.from_minor, third.from_pre.as_deref()), (Some(1), Some(1), Some("")));
    assert_eq!((third.prompt.as_str(), third.created_at), ("a", at(20).micros()));
    assert!(first.from_minor.is_none() && reader.deployment("d9").await.expect("readable").is_none());

    let live = reader.live(&prompt, "production").await.expect("readable").expect("live");
    assert_eq!((live.deployment_id.as_str(), live.version_id.as_str()), ("d3", two.as_str()));
    assert_eq!((live.since, live.revision), (at(20).micros(), committed.revision));
    assert_eq!(reader.live_environments(&prompt).await.expect("readable"), ["production", "staging"]);
    let content = reader.version_live_in(&prompt, "production").await.expect("readable").expect("live");
    assert_eq!(content.id, two);
    let never = db.version(&project, &prompt, 3).await;
    for (version, was) in [(&one, true), (&two, true), (&never, false)] {
        assert_eq!(reader.was_live(version).await.expect("readable"), was, "{version}");
    }
    assert!(reader.last_live(&two, "staging").await.expect("readable").is_none());
});

both!(the_direction_of_an_activation_is_kept_and_told, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    db.activate(&project, 10, activation("d1", "production", &one, None)).await;
    db.activate(&project, 20, activation("d2", "production", &two, Some(&one))).await;
    let last = db.activate(&project, 30, going_back("d3", "production", &one, &two)).await;
    let mut reader = db.reader().await;
    let rows = reader
        .project(&project)
        .deployments((i64::MAX, ""), DeploymentFilter::default(), 9)
        .await
        .expect("readable");
    let directions: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.direction.as_str())).collect();
    assert_eq!(directions, [("d3", "back"), ("d2", "forward"), ("d1", "forward")]);
    let changes = db.store.changes(&project, last.revision - 3, last.revision).await.expect("changes");
    let details: Vec<_> = changes.iter().map(|row| row.detail.as_str()).collect();
    assert_eq!(details, [r#"{"back":false}"#, r#"{"back":false}"#, r#"{"back":true}"#]);
});

both!(what_was_live_at_a_time, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    db.activate(&project, 100, activation("d1", "production", &one, None)).await;
    db.activate(&project, 200, activation("d2", "production", &two, Some(&one))).await;
    db.activate(&project, 300, activation("d3", "production", &one, Some(&two))).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (time, expected) in [
        (-1_000, None),
        (99, None),
        (100, Some(&one)),
        (150, Some(&one)),
        (199, Some(&one)),
        (200, Some(&two)),
        (299, Some(&two)),
        (300, Some(&one)),
        (9_000_000_000, Some(&one)),
    ] {
        let row = reader.live_at(&prompt, "production", at(time).micros()).await.expect("readable");
        assert_eq!(version_of(row).as_ref(), expected, "at {time}");
    }
    assert!(reader.live_at(&prompt, "staging", at(150).micros()).await.expect("readable").is_none());

    // An end without a successor: the end itself is not included.
    let mut raw = db.raw().await;
    raw.done(&format!("UPDATE live SET until = {} WHERE deployment_id = 'd3'", at(400).micros())).await;
    for (time, expected) in [(399, Some(&one)), (400, None), (9_000, None)] {
        let row = reader.live_at(&prompt, "production", at(time).micros()).await.expect("readable");
        assert_eq!(version_of(row).as_ref(), expected, "at {time}");
    }
    raw.close().await;
});

both!(an_activation_decided_from_another_state_changes_nothing, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    let mut tx = db.begin(&project, 10).await;
    let wrong = activation("d1", "production", &one, Some(&two));
    let error = tx.apply_activation(&wrong).await.expect_err("nothing was live");
    assert!(matches!(error, StoreError::Broken { table: "live", .. }), "{error}");
    drop(tx);
    db.activate(&project, 20, activation("d1", "production", &one, None)).await;
    let mut tx = db.begin(&project, 30).await;
    let wrong = activation("d2", "production", &two, None);
    assert!(matches!(tx.apply_activation(&wrong).await, Err(StoreError::Broken { .. })));
    drop(tx);
    let live = db.reader().await.project(&project).live(&prompt, "production").await.expect("readable");
    assert_eq!(version_of(live), Some(one));
});

both!(an_unknown_environment_is_refused_by_the_database, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    let mut tx = db.begin(&project, 10).await;
    let outcome = tx.apply_activation(&activation("d1", "moon", &version, None)).await;
    // SQLite checks at once, too: the key is not deferred.
    assert!(matches!(outcome, Err(StoreError::Database(_))), "{outcome:?}");
});

both!(archive_flags_are_set_and_cleared, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    for (now, archived) in [(10, true), (20, false), (30, true)] {
        let committed = db
            .change(&project, now, async |tx| {
                let prompt_row = row(tx, "a").await;
                tx.apply_archive(&Archive::Prompt { prompt: &prompt_row, archived }).await?;
                tx.apply_archive(&Archive::Version { prompt_id: &prompt, id: &version, archived }).await
            })
            .await;
        let expected = archived.then_some(at(now).micros());
        let mut reader = db.reader().await;
        let row = reader.project(&project).prompt("a").await.expect("readable").expect("there");
        assert_eq!((row.archived_at, row.revision), (expected, committed.revision));
        assert_eq!(row.updated_at, at(now).micros());
        let row = reader.project(&project).version(&version).await.expect("readable").expect("there");
        assert_eq!(row.archived_at, expected);
        let changes =
            db.store.changes(&project, committed.revision - 1, committed.revision).await.expect("changes");
        let details: Vec<(&str, Value)> = changes
            .iter()
            .map(|row| (row.kind.as_str(), serde_json::from_str(&row.detail).expect("JSON")))
            .collect();
        assert_eq!((details.len(), details[0].0, details[1].0), (2, "prompt", "version"));
        assert_eq!(details[0].1["archived_at"], json!(expected));
        assert_eq!(details[1].1["archived"], json!(archived));
    }
});

both!(a_correction_of_an_archived_version_says_that_it_is_archived, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    let committed = db
        .change(&project, 10, async |tx| {
            tx.apply_archive(&Archive::Version { prompt_id: &prompt, id: &version, archived: true }).await?;
            tx.correct_version(&prompt, &version, ("noted", "[\"x\"]", "{\"a\":1}")).await?;
            tx.deprecate_version(&prompt, &version).await
        })
        .await;
    let again = db.change(&project, 20, async |tx| tx.deprecate_version(&prompt, &version).await).await;
    let changes = db.store.changes(&project, committed.revision - 1, again.revision).await.expect("changes");
    assert_eq!(changes.len(), 4);
    assert!(changes.iter().all(|change| change.detail.contains("\"archived\":true")), "{changes:?}");
    let row = db.reader().await.project(&project).version(&version).await.expect("readable").expect("there");
    assert_eq!(
        (row.note.as_str(), row.tags.as_str(), row.metadata.as_str()),
        ("noted", "[\"x\"]", "{\"a\":1}")
    );
    assert_eq!(row.deprecated_at, Some(at(10).micros()), "the first time counts");

    let other = db.project().await;
    let mut tx = db.begin(&other, 30).await;
    let outcome = tx.deprecate_version(&prompt, &version).await;
    assert!(matches!(outcome, Err(StoreError::Broken { table: "version", .. })), "another project's version");
    tx.commit(audit("none")).await.expect("the transaction lives");
});
