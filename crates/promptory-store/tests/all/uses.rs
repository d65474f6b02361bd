//! Who was given which build, and how often.

use promptory_core::id::ProjectId;
use promptory_store::UseRow;

use crate::{
    applying::Applies,
    harness::Db,
    story::{at, new_key, new_uses},
};

async fn uses(db: &Db, project: &ProjectId, prompt: &str, limit: i64) -> Vec<UseRow> {
    db.reader().await.project(project).uses(prompt, limit).await.expect("readable")
}

/// Key, sequence, environment, how often, first and last time.
fn facts(rows: &[UseRow]) -> Vec<(&str, i64, &str, i64, i64, i64)> {
    let time = |micros: i64| micros - at(0).micros();
    let of = |row| -> (&str, i64, &str, i64, i64, i64) {
        let row: &UseRow = row;
        let times = (time(row.first_at), time(row.last_at));
        (&row.key_id, row.sequence, &row.environment, row.uses, times.0, times.1)
    };
    rows.iter().map(of).collect()
}

both!(uses_add_up, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "a").await;
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &prompt, 2).await);
    let never = db.version(&project, &prompt, 3).await;
    db.change(&project, 0, async |tx| tx.insert_key(&new_key("k1")).await).await;
    let uses_of = |version: &str, key: &str, n| new_uses(&project, version, "production", key, n);
    for (now, some) in [
        (10, vec![uses_of(&one, "k1", 3), uses_of(&one, "admin", 1)]),
        (20, vec![uses_of(&one, "k1", 4), uses_of(&one, "k1", 5), uses_of(&two, "k1", 1)]),
        // A report that was held up changes no time for the worse.
        (15, vec![uses_of(&one, "k1", 1), new_uses(&project, &two, "staging", "k1", 2)]),
        (30, vec![]),
    ] {
        db.store.add_uses(&some, at(now).micros()).await.expect("counted");
    }
    let rows = uses(db, &project, &prompt, 99).await;
    let expected = [
        ("k1", 2, "production", 1, 20, 20),
        ("k1", 1, "production", 13, 10, 20),
        ("k1", 2, "staging", 2, 15, 15),
        ("admin", 1, "production", 1, 10, 10),
    ];
    assert_eq!(facts(&rows), expected, "the most recent first");
    assert_eq!(facts(&uses(db, &project, &prompt, 2).await), expected[..2]);
    let names: Vec<_> = rows.iter().map(|row| row.key_name.as_deref()).collect();
    assert_eq!(names, [Some("ci"), Some("ci"), Some("ci"), None]);
    assert_eq!(rows[0].build_hash, format!("build-{two}"));
    assert_eq!((rows[0].major, rows[0].minor, rows[0].patch, rows[0].pre.as_str()), (1, 2, 0, ""));

    let mut reader = db.reader().await;
    for (version, was) in [(&one, true), (&two, true), (&never, false)] {
        assert_eq!(reader.project(&project).was_used(version).await.expect("readable"), was, "{version}");
        assert!(!reader.project(&other).was_used(version).await.expect("readable"));
    }
    assert!(uses(db, &other, &prompt, 99).await.is_empty());
});

both!(uses_of_what_is_gone_are_left_out, async |db| {
    let project = db.project().await;
    let (prompt, second) = (db.prompt(&project, "a").await, db.prompt(&project, "b").await);
    let (one, two) = (db.version(&project, &prompt, 1).await, db.version(&project, &second, 1).await);
    let gone = db.version(&project, &prompt, 2).await;
    db.change(&project, 0, async |tx| tx.apply_delete_version(&prompt, &gone).await).await;
    let mut mixed = new_uses(&project, &one, "production", "k1", 7);
    mixed.prompt_id.clone_from(&second);
    let some = [
        new_uses(&project, &gone, "production", "k1", 9),
        new_uses(&project, &one, "production", "k1", 1),
        mixed,
        new_uses(&project, "nobody@1", "production", "k1", 9),
        new_uses(&project, &two, "production", "k1", 2),
    ];
    db.store.add_uses(&some, at(10).micros()).await.expect("counted");
    assert_eq!(facts(&uses(db, &project, &prompt, 9).await), [("k1", 1, "production", 1, 10, 10)]);
    assert_eq!(facts(&uses(db, &project, &second, 9).await), [("k1", 1, "production", 2, 10, 10)]);
    let mut raw = db.raw().await;
    assert_eq!(raw.count("use_count").await, 2);
    raw.close().await;
});

both!(builds_that_were_used_alike_are_listed_in_one_order, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    let mut some = Vec::new();
    for (environment, key, build) in [
        ("staging", "k1", "x"),
        ("production", "k2", "x"),
        ("production", "k1", "y"),
        ("production", "k1", "x"),
    ] {
        let mut one = new_uses(&project, &version, environment, key, 1);
        build.clone_into(&mut one.build_hash);
        some.push(one);
    }
    db.store.add_uses(&some, at(10).micros()).await.expect("counted");
    let rows = uses(db, &project, &prompt, 9).await;
    let seen: Vec<_> = rows.iter().map(|row| (&*row.environment, &*row.key_id, &*row.build_hash)).collect();
    let expected = [
        ("production", "k1", "x"),
        ("production", "k1", "y"),
        ("production", "k2", "x"),
        ("staging", "k1", "x"),
    ];
    assert_eq!(seen, expected);
});
