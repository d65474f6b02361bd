//! Looking at a database beside a server: reads only.

use promptory_store::{Dialect, Inspection, Store};

both!(a_database_is_seen_as_it_is, async |db| {
    let url = db.url_with("");
    let seen = Store::inspect(&url).await.expect("readable").expect("there");
    let Inspection { empty, missing, unknown, oldest_binary, server, secrets } = seen;
    assert!(secrets.is_empty());
    assert_eq!((empty, missing, unknown, oldest_binary), (false, vec![], vec![], Some("0.1.0".to_owned())));
    assert_eq!(db.store.shared_value("oldest_binary", "0.1.0").await.expect("kept"), "0.1.0");
    assert_eq!(server.is_some(), db.store.dialect() == Dialect::Postgres);

    db.store.shared_value("token_key", "t").await.expect("kept");
    let seen = Store::inspect(&url).await.expect("readable").expect("there");
    assert_eq!(seen.secrets, db.store.secrets().await.expect("readable"));
    assert_eq!(seen.secrets.len(), 1);

    let mut raw = db.raw().await;
    raw.execute("UPDATE _sqlx_migrations SET version = 99 WHERE version = 2").await.expect("changed");
    let seen = Store::inspect(&url).await.expect("readable").expect("there");
    assert_eq!((seen.missing, seen.unknown, seen.secrets), (vec![2], vec![99], vec![]));
    assert_eq!(seen.oldest_binary.as_deref(), Some("0.1.0"));
    raw.execute("UPDATE _sqlx_migrations SET version = 2 WHERE version = 99").await.expect("changed");
    raw.close().await;

    let applied = db.store.migrations().await.expect("readable").len();
    let empty = db.empty_one_like_it().await;
    let seen = Store::inspect(&empty.url_with("")).await.expect("readable").expect("there");
    assert_eq!((seen.empty, seen.missing.len(), seen.oldest_binary), (true, applied, None));
    empty.finish().await;
});

#[tokio::test]
async fn nothing_is_made_beside_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let files = || {
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(Store::inspect(&url).await.expect("no error"), None);
    assert!(files().is_empty());
    let settings = promptory_store::Settings { url: url.clone(), connections: 1 };
    let store = Store::open(&settings).await.expect("opened");
    store.migrate().await.expect("migrated");
    let while_open = files();
    assert!(Store::inspect(&url).await.expect("readable").is_some());
    assert_eq!(files(), while_open);
    store.close().await;
    assert!(Store::inspect(&url).await.expect("readable").is_some());
    assert_eq!(files(), ["a.db"]);
    std::fs::write(folder.path().join("a.db"), "not a database").expect("written");
    assert!(Store::inspect(&url).await.is_err());
    assert!(Store::inspect("mysql://a/b").await.is_err());
    assert!(Store::inspect("postgres://nobody@127.0.0.1:1/none").await.is_err());
}
