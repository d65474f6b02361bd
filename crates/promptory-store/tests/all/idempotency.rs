use promptory_core::id::ProjectId;
use promptory_store::{Answer, IdempotencyKey, StoreError};

use crate::{
    harness::Db,
    story::{START, answer_key, at, audit},
};

async fn remember(db: &Db, project: &ProjectId, now: i64, key: IdempotencyKey, status: u16) {
    let mut tx = db.begin(project, now).await;
    tx.remember(key, Answer { status, body: format!("{{\"n\":{status}}}") });
    tx.commit(audit("test")).await.expect("committed");
}

async fn kept(db: &Db, project: &ProjectId, key: &IdempotencyKey) -> Option<i64> {
    let answer = db.reader().await.project(project).kept_answer(key).await.expect("readable")?;
    assert_eq!((answer.body_hash.as_str(), answer.answer), ("body", format!("{{\"n\":{}}}", answer.status)));
    Some(answer.status)
}

both!(an_answer_is_kept_for_who_asked_there_under_that_name, async |db| {
    let (project, other) = (db.project().await, db.project().await);
    let key = answer_key("key_1", "POST /prompts", "n1", START);
    remember(db, &project, 10, key.clone(), 201).await;
    assert_eq!(kept(db, &project, &key).await, Some(201));
    assert_eq!(kept(db, &other, &key).await, None);
    for (actor, route, name) in [
        ("key_2", "POST /prompts", "n1"),
        ("key_1", "POST /keys", "n1"),
        ("key_1", "POST /prompts", "N1"),
        ("key_1", "POST /prompts", "n1 "),
    ] {
        assert_eq!(
            kept(db, &project, &answer_key(actor, route, name, START)).await,
            None,
            "{actor} {route} {name}"
        );
    }
});

both!(an_answer_is_seen_under_the_lock_and_lost_with_its_change, async |db| {
    let project = db.project().await;
    let key = answer_key("key_1", "r", "n", START);
    let mut tx = db.begin(&project, 0).await;
    tx.remember(key.clone(), Answer { status: 201, body: "{}".into() });
    drop(tx);
    assert_eq!(kept(db, &project, &key).await, None);
    remember(db, &project, 10, key.clone(), 200).await;
    let mut tx = db.begin(&project, 20).await;
    assert!(tx.project().kept_answer(&key).await.expect("readable").is_some());
});

both!(an_expired_answer_is_not_seen_and_replaced, async |db| {
    let project = db.project().await;
    let fresh = answer_key("key_1", "r", "n", START);
    remember(db, &project, 10, fresh.clone(), 201).await;
    let at_the_bound = answer_key("key_1", "r", "n", at(10).micros());
    assert_eq!(kept(db, &project, &at_the_bound).await, Some(201));
    let later = answer_key("key_1", "r", "n", at(11).micros());
    assert_eq!(kept(db, &project, &later).await, None);
    remember(db, &project, 20, later.clone(), 202).await;
    assert_eq!(kept(db, &project, &later).await, Some(202));
    assert_eq!(kept(db, &project, &fresh).await, Some(202));
});

both!(a_kept_answer_is_never_overwritten, async |db| {
    let project = db.project().await;
    let key = answer_key("key_1", "r", "n", START);
    remember(db, &project, 10, key.clone(), 201).await;
    let mut tx = db.begin(&project, 20).await;
    tx.remember(key.clone(), Answer { status: 500, body: "{}".into() });
    let outcome = tx.commit(audit("test")).await;
    assert!(matches!(outcome, Err(StoreError::Database(_))), "whoever commits has looked under the lock");
    assert_eq!(kept(db, &project, &key).await, Some(201));
    assert_eq!(crate::audit::verify(db, &project, 10).await, Ok(1));
});

both!(an_answer_without_a_change_takes_no_revision, async |db| {
    let project = db.project().await;
    let prompt = db.prompt(&project, "a").await;
    let key = answer_key("key_1", "r", "n", START);
    let answer = || Answer { status: 409, body: "{\"n\":409}".into() };
    let mut tx = db.begin(&project, 10).await;
    tx.remember(key.clone(), answer());
    tx.commit_answer().await.expect("kept");
    assert_eq!(kept(db, &project, &key).await, Some(409));
    db.begin(&project, 15).await.commit_answer().await.expect("nothing to keep");
    assert_eq!(db.store.heads().await.expect("heads")[0].revision, 1);
    assert_eq!(db.store.changes(&project, 0, 9).await.expect("changes").len(), 1);
    assert_eq!(crate::audit::verify(db, &project, 10).await, Ok(1));

    let other = answer_key("key_1", "r", "other", START);
    let mut tx = db.begin(&project, 20).await;
    tx.remember(other.clone(), answer());
    tx.put_sample(&prompt, ("short", "", "{}"), "key_1").await.expect("put");
    let outcome = tx.commit_answer().await;
    assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
    assert_eq!(kept(db, &project, &other).await, None);
    let samples = db.reader().await.project(&project).samples(&prompt).await.expect("readable");
    assert!(samples.is_empty(), "the change without an audit entry is gone with its answer");
    assert_eq!(db.change(&project, 30, async |_| Ok(())).await.revision, 2);
});

both!(old_answers_are_swept, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    for (project, name, now) in [(&one, "a", 10), (&two, "b", 20), (&one, "c", 30)] {
        remember(db, project, now, answer_key("key_1", "r", name, START), 201).await;
    }
    assert_eq!(db.store.sweep_answers(at(10).micros()).await.expect("swept"), 0);
    assert_eq!(db.store.sweep_answers(at(21).micros()).await.expect("swept"), 2);
    assert_eq!(kept(db, &one, &answer_key("key_1", "r", "a", 0)).await, None);
    assert_eq!(kept(db, &two, &answer_key("key_1", "r", "b", 0)).await, None);
    assert_eq!(kept(db, &one, &answer_key("key_1", "r", "c", 0)).await, Some(201));
});
