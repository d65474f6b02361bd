//! Labels, which point to versions, and saved sample inputs.

use serde_json::{Value, json};

use crate::applying::Applies;
use crate::story::{at, audit};

both!(labels_are_put_moved_and_deleted, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "a").await;
    let second = db.prompt(&project, "b").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    db.change(&project, 10, async |tx| {
        for name in ["stable", "Beta", "best"] {
            tx.apply_label(&prompt, name, &one, "key_1").await?;
        }
        Ok(())
    })
    .await;
    let moved =
        db.change(&project, 20, async |tx| tx.apply_label(&prompt, "stable", &two, "key_2").await).await;

    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let rows = reader.labels(&prompt).await.expect("readable");
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.version_id.as_str(), row.sequence, row.minor))
        .collect();
    assert_eq!(seen, [("Beta", &*one, 1, 1), ("best", &*one, 1, 1), ("stable", &*two, 2, 2)], "by bytes");
    let by: Vec<_> = rows.iter().map(|row| (row.updated_by.as_str(), row.updated_at)).collect();
    let (first, last) = (at(10).micros(), at(20).micros());
    assert_eq!(by, [("key_1", first), ("key_1", first), ("key_2", last)]);
    assert!(rows.iter().all(|row| (row.major, row.patch, row.pre.as_str()) == (1, 0, "")));

    let row = reader.label(&prompt, "stable").await.expect("readable").expect("there");
    assert_eq!((row.name.as_str(), row.version_id.as_str()), ("stable", two.as_str()));
    assert_eq!((row.updated_by.as_str(), row.updated_at, row.revision), ("key_2", last, moved.revision));
    for (prompt, name) in [(&prompt, "Stable"), (&prompt, "beta"), (&second, "stable")] {
        assert!(reader.label(prompt, name).await.expect("readable").is_none(), "{prompt} {name}");
    }
    assert!(reader.label_exists("stable").await.expect("readable"));
    assert!(!reader.label_exists("STABLE").await.expect("readable"));
    let mut elsewhere = db.reader().await;
    let mut elsewhere = elsewhere.project(&other);
    assert!(!elsewhere.label_exists("stable").await.expect("readable"));
    assert!(elsewhere.labels(&prompt).await.expect("readable").is_empty());
    assert!(elsewhere.label(&prompt, "stable").await.expect("readable").is_none());

    for (now, expected) in [(30, true), (40, false)] {
        let mut tx = db.begin(&project, now).await;
        assert_eq!(tx.apply_unlabel(&prompt, "stable").await.expect("deleted"), expected);
        tx.commit(audit("label.delete")).await.expect("committed");
    }
    assert!(!reader.label_exists("stable").await.expect("readable"));
    assert_eq!(reader.labels(&prompt).await.expect("readable").len(), 2);
});

both!(the_feed_carries_what_a_label_points_to, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    let first = db.change(&project, 10, async |tx| tx.apply_label(&prompt, "x", &one, "k").await).await;
    db.change(&project, 20, async |tx| tx.apply_label(&prompt, "x", &two, "k").await).await;
    db.change(&project, 30, async |tx| tx.apply_unlabel(&prompt, "x").await.map(drop)).await;
    let rows = db.store.changes(&project, first.revision - 1, i64::MAX).await.expect("changes");
    let seen: Vec<_> = rows.iter().map(|row| (row.version_id.as_deref(), row.sequence)).collect();
    assert_eq!(seen, [(Some(&*one), Some(1)), (Some(&*two), Some(2)), (None, None)]);
    assert!(rows.iter().all(|row| row.kind == "label" && row.prompt_id.as_deref() == Some(&*prompt)));
    let details: Vec<Value> =
        rows.iter().map(|row| serde_json::from_str(&row.detail).expect("JSON")).collect();
    assert_eq!(details, [json!({"name": "x"}), json!({"name": "x"}), json!({"name": "x", "deleted": true})]);
    assert!(rows[1].content.as_deref().is_some_and(|text| text.ends_with("this is 2")));
});

both!(a_labelled_version_stays_by_constraint, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    db.change(&project, 10, async |tx| tx.apply_label(&prompt, "x", &version, "k").await).await;
    let mut tx = db.begin(&project, 20).await;
    assert!(tx.apply_delete_version(&prompt, &version).await.is_err());
    drop(tx);
    assert!(db.reader().await.project(&project).version(&version).await.expect("readable").is_some());
});

both!(samples_are_put_replaced_listed_and_deleted, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "a").await;
    let second = db.prompt(&project, "b").await;
    let put = db
        .change(&project, 10, async |tx| {
            for name in ["short", "Long", "empty"] {
                tx.put_sample(&prompt, (name, "first", r#"{"n":1.0}"#), "key_1").await?;
            }
            tx.put_sample(&second, ("short", "of b", "{}"), "key_1").await
        })
        .await;
    db.change(&project, 20, async |tx| {
        tx.put_sample(&prompt, ("short", "second", r#"{"b":1,"a":2}"#), "key_2").await
    })
    .await;

    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let rows = reader.samples(&prompt).await.expect("readable");
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.description.as_str(), row.variables.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("Long", "first", r#"{"n":1.0}"#),
            ("empty", "first", r#"{"n":1.0}"#),
            ("short", "second", r#"{"b":1,"a":2}"#)
        ],
        "by bytes"
    );
    let row = reader.sample(&prompt, "short").await.expect("readable").expect("there");
    assert_eq!((row.name.as_str(), row.description.as_str()), ("short", "second"));
    assert_eq!((row.updated_by.as_str(), row.updated_at), ("key_2", at(20).micros()));
    assert!(reader.sample(&prompt, "SHORT").await.expect("readable").is_none());
    let row = reader.sample(&second, "short").await.expect("readable").expect("there");
    assert_eq!((row.description.as_str(), row.updated_at), ("of b", at(10).micros()));
    assert!(db.reader().await.project(&other).samples(&prompt).await.expect("readable").is_empty());
    let changes = db.store.changes(&project, put.revision - 1, i64::MAX).await.expect("changes");
    assert!(changes.iter().all(|row| row.kind == "sample"), "no server keeps samples");

    for (now, name, expected) in [(30, "short", true), (40, "short", false), (50, "LONG", false)] {
        let mut tx = db.begin(&project, now).await;
        assert_eq!(tx.delete_sample(&prompt, name).await.expect("deleted"), expected, "{name}");
        tx.commit(audit("sample.delete")).await.expect("committed");
    }
    assert_eq!(reader.samples(&prompt).await.expect("readable").len(), 2);
    assert_eq!(reader.samples(&second).await.expect("readable").len(), 1);
});
