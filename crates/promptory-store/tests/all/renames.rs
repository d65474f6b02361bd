//! Renames: the former names of a prompt lead to it until it forgets them.

use promptory_core::id::ProjectId;
use serde_json::{Value, json};

use crate::{
    applying::Applies,
    harness::Db,
    story::{activation, at, audit, folded},
};

/// Former names, the oldest first.
async fn former(db: &Db, project: &ProjectId, prompt: &str) -> Vec<(String, i64)> {
    let rows = db.reader().await.project(project).former_names(prompt).await.expect("readable");
    rows.into_iter().map(|row| (row.name, row.created_at)).collect()
}

async fn by_former_name(db: &Db, project: &ProjectId, name: &str) -> Option<String> {
    let mut reader = db.reader().await;
    let found = reader.project(project).prompt_by_former_name(&folded(name)).await.expect("readable");
    found.map(|row| row.name)
}

fn until(name: &str, now: i64) -> (String, i64) {
    (name.to_owned(), at(now).micros())
}

both!(a_former_name_leads_to_its_prompt, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "Support/Reply").await;
    db.prompt(&other, "b").await;
    let first = db.rename(&project, 10, "Support/Reply", "answers").await;
    let row = db.row(&project, "answers").await;
    assert_eq!((row.id.as_str(), row.name.as_str(), row.updated_at), (&*prompt, "answers", at(10).micros()));
    assert_eq!((row.revision, row.renamed_revision), (first.revision, first.revision));
    assert!(db.reader().await.project(&project).prompt("support/reply").await.expect("readable").is_none());
    assert_eq!(by_former_name(db, &project, "support/REPLY").await.as_deref(), Some("answers"));
    assert_eq!(by_former_name(db, &project, "answers").await, None, "a present name is no former one");
    assert_eq!(by_former_name(db, &other, "support/reply").await, None);

    let second = db.rename(&project, 20, "answers", "b").await;
    for name in ["Support/Reply", "answers"] {
        assert_eq!(by_former_name(db, &project, name).await.as_deref(), Some("b"), "{name}, in one step");
    }
    assert_eq!(former(db, &project, &prompt).await, [until("Support/Reply", 10), until("answers", 20)]);
    assert_eq!(db.row(&project, "b").await.renamed_revision, second.revision);
    assert!(former(db, &other, &prompt).await.is_empty());
});

both!(a_name_that_comes_back_is_no_former_name, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    db.rename(&project, 10, "a", "b").await;
    db.rename(&project, 20, "b", "c").await;
    db.rename(&project, 30, "c", "A").await;
    assert_eq!(db.row(&project, "a").await.name, "A");
    assert_eq!(former(db, &project, &prompt).await, [until("b", 20), until("c", 30)]);
    assert_eq!(by_former_name(db, &project, "a").await, None);
    db.rename(&project, 40, "A", "b").await;
    assert_eq!(former(db, &project, &prompt).await, [until("c", 30), until("A", 40)]);
});

both!(a_change_of_case_leaves_no_former_name, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "Straße/É").await;
    let committed = db.rename(&project, 10, "Straße/É", "straße/é").await;
    let row = db.row(&project, "straße/é").await;
    assert_eq!((row.name.as_str(), row.renamed_revision), ("straße/é", committed.revision));
    assert!(former(db, &project, &prompt).await.is_empty());
    assert_eq!(by_former_name(db, &project, "straße/é").await, None);
});

both!(a_taken_name_is_refused_by_the_database, async |db| {
    let project = db.project().await;
    db.prompt(&project, "a").await;
    db.prompt(&project, "b").await;
    let row = db.row(&project, "a").await;
    let mut tx = db.begin(&project, 10).await;
    let error = tx.apply_rename(&row, "B").await.expect_err("taken");
    assert!(error.to_string().to_lowercase().contains("unique"), "{error}");
    drop(tx);
    assert_eq!(db.row(&project, "a").await.renamed_revision, 0);
});

both!(a_forgotten_name_leads_nowhere_and_is_free, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let second = db.prompt(&project, "z").await;
    db.rename(&project, 10, "a", "b").await;
    db.rename(&project, 20, "z", "y").await;
    let (mine, other) = (db.row(&project, "b").await, db.row(&project, "y").await);
    for (now, row, name, expected) in
        [(30, &other, "a", false), (40, &mine, "b", false), (50, &mine, "a", true), (60, &mine, "a", false)]
    {
        let mut tx = db.begin(&project, now).await;
        assert_eq!(tx.apply_forget_name(row, name).await.expect("no error"), expected, "at {now}");
        tx.commit(audit("prompt.forget")).await.expect("committed");
    }
    assert_eq!(by_former_name(db, &project, "a").await, None);
    assert!(former(db, &project, &prompt).await.is_empty());
    assert_eq!(former(db, &project, &second).await, [until("z", 20)]);
    db.rename(&project, 70, "y", "a").await;
    assert_eq!(db.row(&project, "a").await.id, second);
});

both!(the_feed_carries_a_prompt_with_its_former_names, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let version = db.version(&project, &prompt, 1).await;
    db.activate(&project, 5, activation("d1", "production", &version, None)).await;
    db.rename(&project, 10, "a", "b").await;
    let row = db.row(&project, "b").await;
    let forgotten = db
        .change(&project, 20, async |tx| tx.apply_forget_name(&row, "a").await.map(|found| assert!(found)))
        .await;
    let rows = db.store.changes(&project, forgotten.revision - 2, forgotten.revision).await.expect("changes");
    let details: Vec<Value> =
        rows.iter().map(|row| serde_json::from_str(&row.detail).expect("JSON")).collect();
    assert!(rows.iter().all(|row| row.kind == "prompt" && row.prompt_id.as_deref() == Some(&*prompt)));
    assert_eq!((&details[0]["name"], &details[1]["name"]), (&json!("b"), &json!("b")));
    assert_eq!(details[0]["former"], json!([{"name": "a", "until": at(10).micros()}]));
    assert_eq!(details[1]["former"], json!([]));
    assert_eq!(details[0]["updated_at"], json!(at(10).micros()));
    let loaded = db.store.load(&project, 9, |prompt, row, _| (prompt.name.clone(), row.version_id)).await;
    let loaded = loaded.expect("readable").expect("there");
    assert_eq!(loaded.live, [("b".to_owned(), version)], "by its present name");
    assert!(loaded.former_names.is_empty());
});
