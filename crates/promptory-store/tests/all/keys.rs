use serde_json::{Value, json};

use crate::story::{at, key_facts, new_key};

both!(keys_are_kept_listed_and_revoked_once, async |db| {
    let project = db.project().await;
    let other = db.project().await;
    let mut narrow = new_key("k2");
    (narrow.environment, narrow.instance_admin, narrow.expires_at) = (Some("staging".into()), true, Some(5));
    db.change(&project, 10, async |tx| {
        tx.insert_key(&new_key("k1")).await?;
        tx.insert_key(&narrow).await
    })
    .await;
    let mut reader = db.reader().await;
    let first = reader.project(&project).key("k1").await.expect("readable").expect("there");
    let second = reader.project(&project).key("k2").await.expect("readable").expect("there");
    assert_eq!(
        (first.created_at, first.revoked_at, first.environment.as_deref()),
        (at(10).micros(), None, None)
    );
    assert!(!first.instance_admin && second.instance_admin);
    assert_eq!((second.environment.as_deref(), second.expires_at), (Some("staging"), Some(5)));
    assert!(reader.project(&other).key("k1").await.expect("readable").is_none());
    assert_eq!(reader.project(&project).count_keys().await.expect("readable"), 2);

    for (now, expected) in [(20, true), (30, false)] {
        let mut tx = db.begin(&project, now).await;
        assert_eq!(tx.revoke_key(&first).await.expect("revoked"), expected);
        tx.commit(crate::story::audit("key.revoke")).await.expect("committed");
    }
    let revoked = reader.project(&project).key("k1").await.expect("readable").expect("there");
    assert_eq!(revoked.revoked_at, Some(at(20).micros()), "the first time counts");
    assert_eq!(reader.project(&project).count_keys().await.expect("readable"), 2);
    let loaded = db.store.load(&project, 0, |_, row, _| row).await.expect("readable").expect("there");
    assert_eq!(loaded.keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["k2"]);
});

both!(the_feed_carries_a_key_whole_and_its_end, async |db| {
    let project = db.project().await;
    db.change(&project, 10, async |tx| tx.insert_key(&new_key("k1")).await).await;
    let key = db.reader().await.project(&project).key("k1").await.expect("readable").expect("there");
    db.change(&project, 20, async |tx| tx.revoke_key(&key).await.map(drop)).await;
    let changes = db.store.changes(&project, 0, 9).await.expect("changes");
    let details: Vec<Value> =
        changes.iter().map(|row| serde_json::from_str(&row.detail).expect("JSON")).collect();
    assert!(changes.iter().all(|row| row.kind == "key" && row.version_id.is_none()));
    assert_eq!(details, [key_facts(&key), json!({"id": "k1", "hash": "hash-of-k1", "revoked": true})]);
});

both!(two_keys_cannot_share_a_secret, async |db| {
    let (one, two) = (db.project().await, db.project().await);
    db.change(&one, 10, async |tx| tx.insert_key(&new_key("k1")).await).await;
    let mut same = new_key("k2");
    same.hash = new_key("k1").hash;
    let error = db.begin(&two, 20).await.insert_key(&same).await.expect_err("refused");
    assert!(error.to_string().to_lowercase().contains("unique"), "{error}");
});
