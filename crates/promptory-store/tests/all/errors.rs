use promptory_store::{Dialect, Settings, Store, StoreError};

use crate::{
    harness::open,
    raw::Raw,
    story::{at, audit},
};

fn settings(url: impl Into<String>) -> Settings {
    Settings { url: url.into(), connections: 2 }
}

fn unavailable<T>(outcome: Result<T, StoreError>) -> bool {
    match outcome {
        Err(StoreError::Unavailable(_)) => true,
        Err(error) => panic!("{error:?}"),
        Ok(_) => false,
    }
}

both!(a_closed_store_is_unavailable, async |db| {
    let project = db.project().await;
    let store = db.open_again().await;
    store.close().await;
    assert!(unavailable(store.ping().await));
    assert!(unavailable(store.heads().await));
    assert!(unavailable(store.read().await));
    assert!(unavailable(store.load(&project, 0, |_, row, _| row).await));
    assert!(unavailable(store.changes(&project, 0, 1).await));
    assert!(unavailable(store.write(&project, at(0)).await));
    assert!(unavailable(store.sweep_changes(&project, 0).await));
    db.store.ping().await.expect("the other handle lives");
});

both!(a_database_that_cannot_be_written_is_unavailable_and_still_read, async |db| {
    let project = db.everything().await;
    let parameter = match db.store.dialect() {
        Dialect::Sqlite => "mode=ro",
        Dialect::Postgres => "options[default_transaction_read_only]=on",
    };
    let store = open(&db.url_with(parameter)).await;
    assert!(unavailable(store.ping().await));
    assert!(unavailable(store.shared_value("a", "b").await));
    assert!(unavailable(store.report_node("n", &[(project.to_string(), 1)], 0, 0).await));
    assert_eq!(
        store.load(&project, 0, |_, row, _| row).await.expect("readable").expect("there").live.len(),
        1
    );
    store.close().await;
});

both!(a_lock_held_too_long_is_busy_and_then_free, async |db| {
    let project = db.project().await;
    // SQLite waits for its two seconds: nothing in an address sets them.
    let store = match db.store.dialect() {
        Dialect::Sqlite => db.open_again().await,
        Dialect::Postgres => open(&db.url_with("options[lock_timeout]=20ms")).await,
    };
    let held = db.begin(&project, 0).await;
    match store.write(&project, at(0)).await.map(drop) {
        Err(StoreError::Busy(_)) => {}
        other => panic!("{other:?}"),
    }
    held.commit(audit("held")).await.expect("committed");
    assert_eq!(store.write(&project, at(0)).await.expect("free").revision(), 2);
    store.close().await;
});

both!(other_projects_of_postgres_do_not_wait, async |db| {
    if db.store.dialect() == Dialect::Sqlite {
        return;
    }
    let (one, two) = (db.project().await, db.project().await);
    let held = db.begin(&one, 0).await;
    db.change(&two, 0, async |_| Ok(())).await;
    drop(held);
});

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let nowhere = folder.path().join("missing");
    let outcome = Store::open(&settings("mysql://localhost/x")).await;
    assert!(matches!(outcome.err(), Some(StoreError::Refused(text)) if text.contains("postgres://")));
    assert!(unavailable(Store::open(&settings(format!("sqlite://{}/x.db", nowhere.display()))).await));
    let url = format!("postgres://nobody@localhost/x?host={}", nowhere.display());
    assert!(unavailable(Store::open(&settings(url)).await));
}

/// What a restart of the server does to us.
async fn cut_connections(raw: &mut Raw) {
    raw.rows(
        "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'promptory'",
    )
    .await;
}

#[tokio::test]
async fn a_cut_connection_loses_the_change_and_the_store_recovers() {
    let db = crate::harness::Db::postgres().await;
    let project = db.project().await;
    let mut raw = db.raw().await;
    let tx = db.begin(&project, 0).await;
    cut_connections(&mut raw).await;
    assert!(unavailable(tx.commit(audit("lost")).await));
    db.store.ping().await.expect("a new connection");
    let head = db.reader().await.project(&project).audit_head().await.expect("readable");
    assert_eq!(head.n, 0);
    assert_eq!(db.change(&project, 0, async |_| Ok(())).await.revision, 1);
    raw.close().await;
    db.finish().await;
}
