//! A change of a project: its lock, revision, time, change rows and audit entry.

use promptory_core::id::ProjectId;
use promptory_store::{Listener, StoreError, fault};
use tokio::task::JoinSet;

use crate::{
    harness::Db,
    story::{about, at, audit, new_prompt, new_version},
};

const WRITERS: i64 = 64;

/// Rows of every table that a change may touch, as text.
async fn footprint(db: &Db) -> Vec<String> {
    let mut raw = db.raw().await;
    let mut lines = raw
        .lines(
            "SELECT id, CAST(revision AS TEXT), CAST(last_at AS TEXT), CAST(audit_n AS TEXT), audit_hash FROM project",
        )
        .await;
    for table in ["prompt", "version", "change", "audit", "idempotency", "access_key", "live"] {
        lines.push(format!("{table} {}", raw.count(table).await));
    }
    raw.close().await;
    lines
}

both!(a_change_adds_one_revision_its_rows_and_one_audit_entry, async |db| {
    let project = db.project().await;
    for n in 1..=3_i64 {
        let mut tx = db.begin(&project, n * 10).await;
        assert_eq!((tx.revision(), tx.at(), tx.project_id()), (n, at(n * 10), &project));
        let new = new_prompt(&format!("p{n}"), &format!("name{n}"));
        let row = tx.insert_prompt(&new).await.expect("inserted").expect("the name is free");
        let row = tx.update_prompt(&row, &about("described", "[]")).await.expect("updated");
        assert_eq!((row.description.as_str(), row.revision), ("described", n));
        assert_eq!(tx.commit(audit("prompt.create")).await.expect("committed").revision, n);
    }
    let head = &db.store.heads().await.expect("heads")[0];
    assert_eq!((head.id.as_str(), head.revision), (project.as_str(), 3));
    let changes = db.store.changes(&project, 0, 3).await.expect("changes");
    let seen: Vec<(i64, &str)> = changes.iter().map(|row| (row.revision, row.kind.as_str())).collect();
    let of = |n| [(n, "prompt"), (n, "prompt")];
    assert_eq!(seen, [of(1), of(2), of(3)].concat());
    let entries = db.reader().await.project(&project).audit_from(0, 10).await.expect("audit");
    assert_eq!(entries.iter().map(|row| row.n).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(entries.iter().all(|row| row.at == at(row.n * 10).micros()));
});

both!(a_dropped_change_leaves_nothing, async |db| {
    let project = db.project().await;
    db.prompt(&project, "kept").await;
    let before = footprint(db).await;
    let mut tx = db.begin(&project, 10).await;
    tx.insert_prompt(&new_prompt("p", "dropped")).await.expect("inserted");
    tx.insert_version(&new_version("p", 1, (1, 0, 0, ""))).await.expect("inserted");
    drop(tx);
    assert_eq!(db.begin(&project, 20).await.revision(), 2, "the revision is not used up");
    assert_eq!(footprint(db).await, before);
});

both!(a_server_that_falls_around_a_commit_leaves_all_of_it_or_nothing, async |db| {
    let project = db.project().await;
    for (place, revision) in [("commit", 0), ("committed", 1)] {
        let other = db.open_again().await;
        let tx = other.write(&project, at(10)).await.expect("begun");
        fault::fall_at(place);
        let fell = tokio::spawn(tx.commit(audit("test.fall"))).await;
        assert!(fell.is_err_and(|error| error.is_panic()) && fault::has_fallen(), "{place}");
        other.close().await;
        assert_eq!(db.store.heads().await.expect("heads")[0].revision, revision, "{place}");
    }
    fault::fall_at("nowhere");
    let tx = db.begin(&project, 20).await;
    tx.commit(audit("test.stand")).await.expect("committed");
    assert!(!fault::has_fallen());
});

both!(a_failed_statement_leaves_nothing_of_its_change, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "kept").await;
    db.version(&project, &prompt, 1).await;
    let before = footprint(db).await;
    for now in [10, 20] {
        let mut tx = db.begin(&project, now).await;
        assert!(tx.insert_prompt(&new_prompt("p", "lost")).await.expect("inserted").is_some());
        let again = tx.insert_version(&new_version(&prompt, 1, (9, 0, 0, ""))).await;
        assert!(matches!(again, Err(StoreError::Database(_))), "the sequence is taken: {again:?}");
        drop(tx);
        assert_eq!(footprint(db).await, before);
    }
    // The failure may come from the last statement of the commit, too: SQLite has several in one text there.
    // On SQLite what is left of a change holds the file until the next begins.
    db.store.ping().await.expect("written");
    let mut raw = db.raw().await;
    let taken = "INSERT INTO change SELECT project_id, 3, 0, at, kind, prompt_id, environment, version_id, \
        deployment_id, build_hash, detail FROM change WHERE revision = 2";
    raw.done(taken).await;
    let mut tx = db.begin(&project, 30).await;
    tx.insert_prompt(&new_prompt("p", "lost")).await.expect("inserted");
    let outcome = tx.commit(audit("lost")).await;
    assert!(matches!(outcome, Err(StoreError::Database(_))), "{outcome:?}");
    db.store.ping().await.expect("written");
    raw.done("DELETE FROM change WHERE revision = 3").await;
    raw.close().await;
    assert_eq!(footprint(db).await, before);
    assert_eq!(db.change(&project, 40, async |_| Ok(())).await.revision, 3);
});

both!(a_dropped_change_is_gone_before_anything_else_is_written, async |db| {
    let project = db.project().await;
    let begin = async || {
        let mut tx = db.begin(&project, 10).await;
        tx.insert_prompt(&new_prompt("p", "dropped")).await.expect("inserted");
        drop(tx);
    };
    let before = footprint(db).await;
    begin().await;
    db.store.ping().await.expect("written");
    assert_eq!(footprint(db).await, before, "what begins next does not commit it");
    begin().await;
    assert_eq!(db.store.sweep_changes(&project, 0).await.expect("swept"), 0);
    assert_eq!(footprint(db).await, before);
    // Migrations begin transactions of their own.
    begin().await;
    db.store.migrate().await.expect("nothing to do");
    begin().await;
    db.store.migrate_down(1).await.expect("down");
    db.store.migrate().await.expect("up");
    assert_eq!(footprint(db).await, before);
    begin().await;
    let (tx, prompt, highest) =
        db.store.write_version(&project, at(20), ("dropped", "")).await.expect("the lock");
    assert!(prompt.is_none() && highest.is_none());
    drop(tx);
    begin().await;
    db.store.close().await;
    assert_eq!(footprint(db).await, before, "nor does closing");
});

both!(a_taken_name_is_answered_and_not_told_to_the_feed, async |db| {
    let project = db.project().await;
    db.prompt(&project, "Reply").await;
    let mut tx = db.begin(&project, 10).await;
    assert!(tx.insert_prompt(&new_prompt("other", "rePLY")).await.expect("no error").is_none());
    let revision = tx.commit(audit("nothing")).await.expect("committed").revision;
    let changes = db.store.changes(&project, revision - 1, revision).await.expect("changes");
    let kinds: Vec<_> = changes.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["other"],
        "a quiet commit has the one row by which readers see that nothing is missing"
    );
});

both!(times_of_a_project_never_decrease, async |db| {
    let project = db.project().await;
    let mut last = None;
    for now in [1_000, 500, -3_600_000_000, 1_001, 1_002, 5_000, 5_000] {
        let tx = db.begin(&project, now).await;
        let time = tx.at();
        assert!(last < Some(time) && time >= at(now), "{now}");
        last = Some(time);
        tx.commit(audit("tick")).await.expect("committed");
    }
    assert_eq!(last, Some(at(5_001)));
});

both!(an_unknown_project_is_named_so, async |db| {
    let outcome = db.store.write(&ProjectId::from("nobody"), at(0)).await;
    assert!(matches!(outcome.err(), Some(StoreError::NoProject)));
    db.store.ping().await.expect("the connection is free again");
});

both!(sixty_four_writers_get_every_number_once, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "busy").await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, project, prompt) = (db.store.clone(), project.clone(), prompt.clone());
        writers.spawn(async move {
            let mut tx = store.write(&project, at(writer)).await.expect("the lock");
            let highest = tx.project().highest_version(&prompt, "").await.expect("readable");
            let (minor, last) = highest.map_or((0, 0), |row| (row.minor, row.last_sequence));
            let new = new_version(&prompt, last + 1, (1, minor + 1, 0, ""));
            tx.insert_version(&new).await.expect("inserted");
            tx.commit(audit("version.create")).await.expect("committed").revision
        });
    }
    let mut revisions = writers.join_all().await;
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=WRITERS + 1).collect::<Vec<_>>());
    let mut reader = db.reader().await;
    let versions = reader.project(&project).versions(&prompt, i64::MAX, 1_000).await.expect("versions");
    let numbers: Vec<(i64, i64)> = versions.iter().rev().map(|row| (row.sequence, row.minor)).collect();
    assert_eq!(numbers, (1..=WRITERS).map(|n| (n, n)).collect::<Vec<_>>());
    assert!(versions.windows(2).all(|pair| pair[0].created_at > pair[1].created_at));
    let changes = db.store.changes(&project, 0, i64::MAX).await.expect("changes");
    assert_eq!(
        changes.iter().map(|row| row.revision).collect::<Vec<_>>(),
        (1..=WRITERS + 1).collect::<Vec<_>>()
    );
    assert_eq!(crate::audit::verify(db, &project, 10).await, Ok(WRITERS + 1));
});

both!(writers_of_different_projects_do_not_share_revisions, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    for _ in 0..3 {
        db.change(&one, 0, async |_| Ok(())).await;
    }
    assert_eq!(db.change(&two, 0, async |_| Ok(())).await.revision, 1);
    assert_eq!(db.change(&one, 0, async |_| Ok(())).await.revision, 4);
});

both!(a_commit_wakes_the_listeners_of_postgres, async |db| {
    let Some(mut listener) = Listener::connect(&db.store).await.expect("connected") else {
        assert_eq!(db.store.dialect(), promptory_store::Dialect::Sqlite);
        return;
    };
    let project = db.project().await;
    drop(db.begin(&project, 0).await);
    for revision in 1..=2 {
        db.change(&project, 0, async |_| Ok(())).await;
        // A notification that never comes shall fail, not hang.
        let next = tokio::time::timeout(std::time::Duration::from_secs(10), listener.next()).await;
        let payload = next.expect("woken").expect("listening");
        assert_eq!(payload, Some(format!("{project} {revision}")));
    }
});
