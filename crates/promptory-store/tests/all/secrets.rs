//! Secrets that servers share: all of them are found, and stored anew in one commit.

use promptory_store::{Dialect, KeptSecret, SecretPlace, SecretRow, StoreError, WebhookRow};

use crate::{
    harness::{Db, open},
    raw::Raw,
    story::audit,
    webhooks::new_webhook,
};

const STORED: &str = "SELECT value FROM meta WHERE name = 'token_key' UNION ALL \
    SELECT CAST(id AS TEXT) || ' ' || secret || ' ' || old_secret FROM webhook";

fn doubled(row: &SecretRow) -> Result<Option<KeptSecret>, StoreError> {
    Ok(Some(format!("{0}{0}", row.secret.as_str()).into()))
}

async fn secrets(db: &Db) -> Raw {
    let (project, other) = (db.project().await, db.project().await);
    let webhook = |project, id: &str, secret: &str, old_secret: &str| WebhookRow {
        secret: secret.to_owned().into(),
        old_secret: old_secret.to_owned().into(),
        ..new_webhook(project, id)
    };
    let rows = [webhook(&project, "w1", "a", ""), webhook(&project, "w2", "b", "c")];
    db.change(&project, 10, async |tx| {
        for row in &rows {
            tx.insert_webhook(row).await?;
            tx.update_webhook(row).await?;
        }
        Ok(())
    })
    .await;
    // One whose secret was given up: there is nothing to store anew.
    let row = webhook(&other, "w3", "", "");
    db.change(&other, 10, async |tx| tx.insert_webhook(&row).await).await;
    db.store.shared_value("token_key", "t").await.expect("kept");
    db.store.shared_value("epoch", "e1").await.expect("kept");
    db.raw().await
}

both!(each_is_found_and_stored_anew, async |db| {
    let mut raw = secrets(db).await;
    let found = db.store.secrets().await.expect("readable");
    let mut places: Vec<(String, &str)> =
        found.iter().map(|row| (row.place().to_string(), row.secret.as_str())).collect();
    places.sort();
    let wanted = [
        (SecretPlace::TOKEN_KEY.to_string(), "t"),
        (SecretPlace::webhook("w1").to_string(), "a"),
        (SecretPlace::old_webhook("w2").to_string(), "c"),
        (SecretPlace::webhook("w2").to_string(), "b"),
    ];
    assert_eq!(places, wanted);
    assert_eq!(db.store.keep_secrets(doubled).await.expect("written"), 4);
    assert_eq!(raw.lines(STORED).await, ["tt", "w1 aa ", "w2 bb cc", "w3  "]);
    let one = |row: &SecretRow| if row.place_row == "w1" { doubled(row) } else { Ok(None) };
    assert_eq!(db.store.keep_secrets(one).await.expect("written"), 1);
    assert_eq!(raw.lines(STORED).await, ["tt", "w1 aaaa ", "w2 bb cc", "w3  "]);
    assert_eq!(db.store.shared_value("epoch", "other").await.expect("kept"), "e1");
    raw.close().await;
});

both!(one_that_cannot_be_stored_anew_changes_none, async |db| {
    let mut raw = secrets(db).await;
    let before = raw.lines(STORED).await;
    let mut seen = 0;
    let failing = |row: &SecretRow| {
        seen += 1;
        if seen == 4 { Err(StoreError::Refused("this one".to_owned())) } else { doubled(row) }
    };
    let outcome = db.store.keep_secrets(failing).await;
    assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
    assert_eq!(raw.lines(STORED).await, before);
    raw.close().await;
});

both!(a_change_that_is_under_way_is_waited_for, async |db| {
    let project = db.project().await;
    let webhook = new_webhook(&project, "w1");
    db.change(&project, 10, async |tx| tx.insert_webhook(&webhook).await).await;
    let store = match db.store.dialect() {
        Dialect::Sqlite => db.open_again().await,
        Dialect::Postgres => open(&db.url_with("options[lock_timeout]=20ms")).await,
    };
    let mut tx = db.begin(&project, 11).await;
    // It will write back the secret that it read.
    let row = tx.project().webhook("w1").await.expect("readable").expect("there");
    let outcome = store.keep_secrets(doubled).await;
    assert!(matches!(outcome, Err(StoreError::Busy(_))), "{outcome:?}");
    tx.update_webhook(&row).await.expect("written");
    tx.commit(audit("test.change")).await.expect("committed");
    assert_eq!(store.keep_secrets(doubled).await.expect("written"), 1);
    assert_eq!(store.secrets().await.expect("readable")[0].secret.as_str(), "whsec_AAAAwhsec_AAAA");
    store.close().await;
});

#[test]
fn a_secret_is_not_printed() {
    let row = SecretRow {
        place_table: "webhook".to_owned(),
        place_row: "w1".to_owned(),
        place_column: "secret".to_owned(),
        secret: "whsec_AAAA".to_owned().into(),
    };
    assert!(!format!("{row:?}").contains("AAAA"));
    assert_eq!(row.place(), SecretPlace::webhook("w1"));
}
