//! Deleting what was never served.

use promptory_store::StoreError;
use serde_json::{Value, json};

use crate::applying::Applies;
use crate::story::{activation, at, new_include, new_version, row};

both!(a_deleted_version_leaves_its_sequence_used, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let second = db.prompt(&project, "b").await;
    let mut ids = Vec::new();
    for sequence in 1..=3 {
        ids.push(db.version(&project, &prompt, sequence).await);
    }
    let kept = db.version(&project, &second, 1).await;
    db.change(&project, 5, async |tx| {
        for id in [&ids[2], &ids[1], &kept] {
            tx.insert_includes(id, &[new_include("b"), new_include("c@1")]).await?;
        }
        Ok(())
    })
    .await;
    let before = db.row(&project, "a").await;
    for (now, n, kept_sequence, latest) in [(10, 3, 3, Some(2)), (20, 1, 3, Some(2)), (30, 2, 3, None)] {
        let id = &ids[n - 1];
        let done = db.change(&project, now, async |tx| tx.apply_delete_version(&prompt, id).await).await;
        let changes = db.store.changes(&project, done.revision - 1, done.revision).await.expect("changes");
        let detail: Value = serde_json::from_str(&changes[0].detail).expect("JSON");
        assert_eq!((changes.len(), changes[0].kind.as_str()), (1, "version"));
        assert_eq!(detail, json!({"version": id, "deleted": true}));
        assert_eq!(changes[0].sequence, latest, "it carries what is the latest now");
        let mut reader = db.reader().await;
        let mut reader = reader.project(&project);
        assert!(reader.version(id).await.expect("readable").is_none());
        assert!(reader.includes_of_version(id).await.expect("readable").is_empty());
        assert_eq!(db.row(&project, "a").await.kept_sequence, kept_sequence);
    }
    let after = db.row(&project, "a").await;
    assert_eq!(
        (after.updated_at, after.revision),
        (before.updated_at, before.revision),
        "servers are told of the version; of the prompt, they have what they had"
    );
    let (mut tx, row, highest) =
        db.store.write_version(&project, at(40), ("a", "hash-1")).await.expect("the lock");
    assert!(highest.is_none() && row.expect("there").kept_sequence == 3);
    assert_eq!(tx.project().includes_of_version(&kept).await.expect("readable").len(), 2);
    drop(tx);
    // Deleting a version below the highest does not lower what is kept, nor does it by going up again.
    let four = db.version(&project, &prompt, 4).await;
    let five = db.version(&project, &prompt, 5).await;
    db.change(&project, 50, async |tx| tx.apply_delete_version(&prompt, &four).await).await;
    db.change(&project, 60, async |tx| tx.apply_delete_version(&prompt, &five).await).await;
    assert_eq!(db.row(&project, "a").await.kept_sequence, 5);
    assert_eq!(db.row(&project, "b").await.kept_sequence, 0);
});

both!(what_was_live_cannot_be_deleted_by_constraint, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let part = db.prompt(&project, "b").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    let included = db.version(&project, &part, 1).await;
    db.change(&project, 5, async |tx| {
        tx.keep_build(&one, &format!("build-{one}"), &[(included.clone(), "b".to_owned())]).await
    })
    .await;
    db.activate(&project, 10, activation("d1", "production", &one, None)).await;
    db.activate(&project, 20, activation("d2", "production", &two, Some(&one))).await;
    for (prompt, version) in [(&prompt, &one), (&prompt, &two), (&part, &included)] {
        let mut tx = db.begin(&project, 30).await;
        let outcome = tx.apply_delete_version(prompt, version).await;
        assert!(matches!(outcome, Err(StoreError::Database(_))), "{version}: {outcome:?}");
    }
    for name in ["a", "b"] {
        let mut tx = db.begin(&project, 40).await;
        let row = row(&mut tx, name).await;
        let outcome = tx.apply_delete_prompt(&row).await;
        assert!(matches!(outcome, Err(StoreError::Database(_))), "{name}: {outcome:?}");
    }
    assert_eq!(db.reader().await.project(&project).count_versions(&prompt).await.expect("readable"), 2);
});

both!(a_deleted_prompt_leaves_nothing_but_its_traces, async |db| {
    let project = db.project().await;
    let (prompt, kept) = (db.prompt(&project, "a").await, db.prompt(&project, "kept").await);
    for prompt in [&prompt, &kept] {
        let version = db.version(&project, prompt, 1).await;
        db.version(&project, prompt, 2).await;
        db.change(&project, 10, async |tx| {
            tx.insert_includes(&version, &[new_include("x")]).await?;
            tx.apply_label(prompt, "stable", &version, "key_1").await?;
            tx.put_sample(prompt, ("short", "", "{}"), "key_1").await
        })
        .await;
    }
    for (name, new) in [("a", "b"), ("kept", "kept/2")] {
        db.rename(&project, 20, name, new).await;
        db.archive(&project, 30, new, true).await;
        db.archive(&project, 40, new, false).await;
    }
    let done = db
        .change(&project, 50, async |tx| {
            let row = row(tx, "b").await;
            tx.apply_delete_prompt(&row).await
        })
        .await;
    let mut raw = db.raw().await;
    for (table, left) in [
        ("prompt", 1),
        ("version", 2),
        ("include", 1),
        ("label", 1),
        ("sample", 1),
        ("redirect", 1),
        ("prompt_archived", 1),
    ] {
        assert_eq!(raw.count(table).await, left, "{table}: what the other prompt has");
    }
    raw.close().await;
    let changes = db.store.changes(&project, done.revision - 1, done.revision).await.expect("changes");
    let detail: Value = serde_json::from_str(&changes[0].detail).expect("JSON");
    assert_eq!(detail, json!({"id": prompt, "name": "b", "deleted": true}));
    assert_eq!((changes[0].kind.as_str(), changes[0].prompt_id.as_ref()), ("prompt", Some(&prompt)));
    assert_eq!(crate::audit::verify(db, &project, 50).await, Ok(done.revision));

    // The name, the former name and the numbers are free.
    let mut reader = db.reader().await;
    assert!(reader.project(&project).prompt_by_former_name("a").await.expect("readable").is_none());
    db.change(&project, 60, async |tx| {
        for (id, name) in [("new b", "B"), ("new a", "a")] {
            assert!(tx.insert_prompt(&crate::story::new_prompt(id, name)).await?.is_some());
            tx.insert_version(&new_version(id, 1, (1, 0, 0, ""))).await?;
        }
        Ok(())
    })
    .await;
    assert_eq!(db.row(&project, "b").await.kept_sequence, 0);
});
