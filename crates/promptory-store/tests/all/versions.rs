//! Finding versions by number, sequence and content, and what their status follows from.

use promptory_core::id::ProjectId;
use promptory_store::StoreError;

use crate::applying::Applies;
use crate::story::{activation, at, audit, new_version};

type Number = (i64, i64, i64, &'static str);

/// Sequence and number; the highest number is neither the first nor the last.
const NUMBERS: [(i64, Number); 6] = [
    (1, (1, 0, 0, "")),
    (2, (2, 10, 0, "")),
    (3, (2, 9, 9, "")),
    (4, (3, 0, 0, "beta.1")),
    (5, (1, 0, 1, "")),
    (6, (3, 0, 0, "beta.2")),
];

both!(versions_are_found_by_number_sequence_and_content, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let empty = db.prompt(&project, "empty").await;
    db.change(&project, 0, async |tx| {
        for (sequence, number) in NUMBERS {
            tx.insert_version(&new_version(&prompt, sequence, number)).await?;
        }
        let mut again = new_version(&prompt, 7, (0, 9, 0, ""));
        again.content_hash = "hash-2".to_owned();
        tx.insert_version(&again).await
    })
    .await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    for (sequence, number) in NUMBERS {
        let by_number = reader.version_by_number(&prompt, number).await.expect("readable").expect("there");
        let by_sequence =
            reader.version_by_sequence(&prompt, sequence).await.expect("readable").expect("there");
        assert_eq!((by_number.sequence, by_sequence.id), (sequence, by_number.id));
    }
    assert!(reader.version_by_number(&prompt, (3, 0, 0, "")).await.expect("readable").is_none());
    assert!(reader.version_by_number(&prompt, (3, 0, 0, "BETA.1")).await.expect("readable").is_none());
    let highest = reader.highest_version(&prompt, "hash-2").await.expect("readable").expect("there");
    assert!(highest.same_sequence.is_some());
    assert_eq!((highest.major, highest.minor, highest.patch, highest.last_sequence), (2, 10, 0, 7));
    assert_eq!(reader.version_latest(&prompt).await.expect("readable").expect("there").sequence, 7);
    let same = reader.same_content(&prompt, "hash-2").await.expect("readable").expect("there");
    assert_eq!((same.sequence, same.minor), (2, 10), "the oldest of equal ones");
    assert!(reader.same_content(&prompt, "HASH-2").await.expect("readable").is_none());
    assert_eq!(reader.count_versions(&prompt).await.expect("readable"), 7);
    assert_eq!(reader.version_numbers(&prompt).await.expect("readable").len(), 7);
    assert!(reader.highest_version(&empty, "hash-2").await.expect("readable").is_none());
    assert!(reader.version_latest(&empty).await.expect("readable").is_none());
    assert!(reader.same_content(&empty, "hash-2").await.expect("readable").is_none());
});

both!(a_new_version_begins_with_its_prompt_and_what_it_comes_after, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&project, "Reply").await;
    db.prompt(&project, "empty").await;
    let ids = db
        .change(&project, 0, async |tx| {
            for (sequence, number) in NUMBERS {
                tx.insert_version(&new_version(&prompt, sequence, number)).await?;
            }
            tx.apply_delete_version(&prompt, &format!("{prompt}@6")).await
        })
        .await;
    let begin = async |project, name, hash| db.store.write_version(project, at(50), (name, hash)).await;

    let (tx, row, highest) = begin(&project, "reply", "hash-3").await.expect("the lock");
    assert_eq!((tx.revision(), tx.at(), tx.project_id()), (ids.revision + 1, at(50), &project));
    let (row, highest) = (row.expect("there"), highest.expect("there"));
    assert_eq!((row.id.as_str(), row.name.as_str(), row.kept_sequence), (prompt.as_str(), "Reply", 6));
    assert_eq!((highest.major, highest.minor, highest.patch, highest.pre.as_str()), (2, 10, 0, ""));
    assert_eq!((highest.last_sequence, highest.same_sequence), (5, Some(3)));
    let expected = new_version(&prompt, 2, (2, 10, 0, ""));
    assert_eq!((highest.version_id, highest.content), (expected.id, expected.content));
    assert_eq!((highest.template, highest.variables), (expected.template, expected.variables));
    assert_eq!(highest.settings, expected.settings);
    assert_eq!(tx.commit(audit("none")).await.expect("committed").revision, ids.revision + 1);

    let (_, row, highest) = begin(&project, "reply", "hash-6").await.expect("the lock");
    assert!(row.is_some() && highest.expect("there").same_sequence.is_none(), "its content was deleted");
    let (_, row, highest) = begin(&project, "empty", "hash-1").await.expect("the lock");
    assert!(row.is_some_and(|row| row.name == "empty") && highest.is_none());
    for (project, name) in [(&project, "nobody"), (&project, "Reply"), (&other, "reply")] {
        let (tx, row, highest) = begin(project, name, "hash-1").await.expect("the lock");
        assert!(row.is_none() && highest.is_none() && tx.project_id() == project, "{name}");
    }
    let outcome = begin(&ProjectId::from("nobody"), "reply", "").await;
    assert!(matches!(outcome.err(), Some(StoreError::NoProject)));
    db.store.ping().await.expect("the connection is free again");
});

both!(another_project_sees_none_of_it, async |db| {
    let (mine, other) = (db.project().await, db.project().await);
    let prompt = db.prompt(&mine, "a").await;
    let version = db.version(&mine, &prompt, 1).await;
    db.activate(&mine, 10, activation("d1", "production", &version, None)).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&other);
    assert!(reader.prompt("a").await.expect("readable").is_none());
    assert!(reader.version(&version).await.expect("readable").is_none());
    assert!(reader.version_by_sequence(&prompt, 1).await.expect("readable").is_none());
    assert!(reader.versions(&prompt, i64::MAX, 9).await.expect("readable").is_empty());
    assert!(reader.live(&prompt, "production").await.expect("readable").is_none());
    assert!(reader.version_live_in(&prompt, "production").await.expect("readable").is_none());
    assert!(reader.live_environments(&prompt).await.expect("readable").is_empty());
    assert!(reader.deployment("d1").await.expect("readable").is_none());
    assert!(!reader.was_live(&version).await.expect("readable"));
    assert!(reader.version_facts(&version).await.expect("readable").live_in.is_empty());
    assert!(db.store.changes(&other, 0, i64::MAX).await.expect("readable").is_empty());
    assert!(
        db.store.load(&other, 9, |_, row, _| row).await.expect("readable").expect("there").live.is_empty()
    );
});

both!(numbers_and_sequences_are_unique_by_constraint, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    db.version(&project, &prompt, 1).await;
    for (sequence, number) in [(1, (9, 0, 0, "")), (2, (1, 1, 0, ""))] {
        let mut new = new_version(&prompt, sequence, number);
        new.id = format!("second {sequence}");
        let mut tx = db.begin(&project, 10).await;
        let error = tx.insert_version(&new).await.expect_err("refused");
        assert!(error.to_string().to_lowercase().contains("unique"), "{error}");
    }
});

both!(the_facts_of_a_status, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let mut ids = Vec::new();
    for sequence in 1..=3 {
        ids.push(db.version(&project, &prompt, sequence).await);
    }
    db.activate(&project, 10, activation("d1", "production", &ids[0], None)).await;
    db.activate(&project, 20, activation("d2", "staging", &ids[0], None)).await;
    db.activate(&project, 30, activation("d3", "development", &ids[1], None)).await;
    db.activate(&project, 40, activation("d4", "production", &ids[1], Some(&ids[0]))).await;
    let mut reader = db.reader().await;
    let mut reader = reader.project(&project);
    let page = reader.versions_facts(&prompt, 1, 3).await.expect("readable");
    for (id, live_in, in_production, was) in [
        (&ids[0], &["staging"][..], false, true),
        (&ids[1], &["development", "production"], true, true),
        (&ids[2], &[], false, false),
    ] {
        let one = reader.version_facts(id).await.expect("readable");
        let listed = page.get(id).cloned().unwrap_or_default();
        for facts in [one, listed] {
            assert_eq!(facts.live_in, live_in, "{id}, in the order of environments");
            assert_eq!((facts.live_in_production, facts.was_in_production), (in_production, was), "{id}");
        }
    }
    let last_only = reader.versions_facts(&prompt, 2, 2).await.expect("readable");
    assert_eq!(last_only.keys().collect::<Vec<_>>(), [&ids[1]]);
});
