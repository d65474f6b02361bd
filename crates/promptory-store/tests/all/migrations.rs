use promptory_store::{Lock, MigrationStatus, Store, StoreError};
use tokio::task::JoinSet;

use crate::{applying::Applies, harness::Db, raw::Raw, story::at};

const TABLES: [&str; 42] = [
    "access_key",
    "approval",
    "approval_decision",
    "audit",
    "build_include",
    "change",
    "deployment",
    "deployment_event",
    "emergency",
    "environment",
    "execution_day",
    "execution_kept",
    "idempotency",
    "include",
    "label",
    "lease",
    "line",
    "live",
    "membership",
    "meta",
    "node",
    "person",
    "price",
    "project",
    "prompt",
    "prompt_archived",
    "recorder",
    "recording",
    "redirect",
    "release",
    "release_item",
    "rollout",
    "rollup",
    "sample",
    "session",
    "taken_back",
    "use_count",
    "version",
    "version_comment",
    "way_back",
    "webhook",
    "webhook_delivery",
];

/// Of the tables that migrations make, those of the first schema.
const FIRST_TABLES: usize = 12;

/// Those of days, and those of the schema.
async fn tables_with_days(raw: &mut Raw) -> (Vec<String>, Vec<String>) {
    let all = match raw {
        Raw::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        Raw::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    let mut names = raw.lines(all).await;
    names.retain(|name| name != "_sqlx_migrations" && !name.starts_with("sqlite_"));
    let of_day = |name: &String| name.ends_with(|last: char| last.is_ascii_digit());
    names.into_iter().partition(of_day)
}

async fn tables(raw: &mut Raw) -> Vec<String> {
    tables_with_days(raw).await.1
}

async fn applied(store: &Store) -> Vec<bool> {
    let all: Vec<MigrationStatus> = store.migrations().await.expect("readable");
    assert_eq!(
        all.iter().map(|step| step.number).collect::<Vec<_>>(),
        (1..=all.len() as i64).collect::<Vec<_>>()
    );
    all.into_iter().map(|step| step.applied).collect()
}

both!(down_and_up_again_with_rows_in_every_table, async |db| {
    db.everything().await;
    let mut raw = db.raw().await;
    assert_eq!(tables(&mut raw).await, TABLES);
    let (days, _) = tables_with_days(&mut raw).await;
    assert_eq!(days.len(), 2, "executions and scores of a day: {days:?}");
    for table in TABLES.map(str::to_owned).iter().chain(&days) {
        assert!(raw.count(table).await > 0, "{table} is empty: the test shows nothing about it");
    }
    let steps = applied(&db.store).await.len();
    db.store.migrate_down(u32::try_from(steps).expect("few")).await.expect("down");
    assert_eq!(tables_with_days(&mut raw).await, (Vec::new(), Vec::new()), "the days are gone as well");
    assert!(applied(&db.store).await.iter().all(|applied| !applied));

    let store = db.open_again().await;
    store.migrate().await.expect("up");
    assert!(applied(&store).await.iter().all(|applied| *applied));
    assert_eq!(tables(&mut raw).await, TABLES);
    assert_eq!(raw.count("project").await, 0);
    store.close().await;
    raw.close().await;
});

/// What the first schema has of what is served, in words that both databases say alike.
const FIRST: [&str; 3] = [
    "SELECT id, name, name_folded, CAST(archived_at AS TEXT), CAST(revision AS TEXT) FROM prompt",
    "SELECT id, prompt_id, CAST(sequence AS TEXT), CAST(minor AS TEXT), content, settings FROM version",
    "SELECT deployment_id, version_id, build_hash, CAST(since AS TEXT), CAST(until AS TEXT) FROM live",
];

/// What the second schema adds to the tables of the first.
const ADDED: [(&str, &[&str]); 4] = [
    ("SELECT CAST(last_sequence AS TEXT), CAST(renamed_revision AS TEXT) FROM prompt", &["0 | 0", "0 | 0"]),
    ("SELECT rollback FROM environment", &["allowed", "allowed", "allowed"]),
    ("SELECT CASE WHEN taken_back THEN 'taken back' ELSE 'not' END FROM live", &["not", "not"]),
    ("SELECT name FROM redirect", &[]),
];

both!(rows_survive_down_to_the_first_schema_and_up_again, async |db| {
    let project = db.everything().await;
    let first = db.row(&project, "a").await;
    let removed = db.version(&project, &first.id, 3).await;
    db.change(&project, 40, async |tx| {
        // Nothing of the second schema is at its default.
        tx.apply_delete_version(&first.id, &removed).await?;
        let environments = tx.project().environments().await?;
        tx.apply_policy(&environments[0], "fix_forward").await
    })
    .await;
    let mut raw = db.raw().await;
    let mut before = Vec::new();
    for text in FIRST {
        before.push(raw.lines(text).await);
        assert_eq!(before.last().map(Vec::len), Some(2 + usize::from(text.contains("content"))), "{text}");
    }
    raw.close().await;

    let all = applied(&db.store).await.len();
    db.store.migrate_down(u32::try_from(all - 1).expect("few")).await.expect("down");
    let mut raw = db.raw().await;
    let (days, tables) = tables_with_days(&mut raw).await;
    assert_eq!((days.len(), tables.len()), (0, FIRST_TABLES));
    for (text, before) in FIRST.iter().zip(&before) {
        assert_eq!(raw.lines(text).await, *before, "{text}, on the first schema");
    }
    raw.close().await;

    let store = db.open_again().await;
    let applied: Vec<bool> = applied(&store).await;
    assert!(applied[0] && applied[1..].iter().all(|applied| !applied), "{applied:?}");
    store.migrate().await.expect("up");
    let mut raw = db.raw().await;
    for (text, before) in FIRST.iter().zip(&before) {
        assert_eq!(raw.lines(text).await, *before, "{text}, on the second schema again");
    }
    for (text, expected) in ADDED {
        assert_eq!(raw.lines(text).await, expected, "{text}");
    }
    let archived =
        "SELECT prompt_id, CAST(since AS TEXT), CAST(until AS TEXT), project_id FROM prompt_archived";
    let expected = format!("{project}/b | {} | ∅ | {project}", at(25).micros());
    assert_eq!(raw.lines(archived).await, [expected], "what is archived now is archived since then");
    raw.close().await;
    let loaded = store.load(&project, 9, |_, row, _| row).await.expect("readable").expect("there");
    assert_eq!((loaded.live.len(), loaded.prompts.len()), (2, 2));
    store.close().await;
});

both!(up_twice_changes_nothing, async |db| {
    let project = db.everything().await;
    db.store.migrate().await.expect("nothing to do");
    let loaded = db.store.load(&project, 0, |_, row, _| row).await.expect("readable").expect("there");
    assert_eq!(loaded.live.len(), 1);
});

both!(an_empty_database_says_that_nothing_is_applied, async |db| {
    let empty = db.empty_one_like_it().await;
    assert!(applied(&empty.store).await.iter().all(|applied| !applied));
    assert_eq!(empty.store.oldest_binary().await.expect("no error"), None);
    empty.finish().await;
});

both!(the_schema_says_the_oldest_binary_and_a_newer_one_keeps_its_word, async |db| {
    assert_eq!(db.store.oldest_binary().await.expect("readable").as_deref(), Some("0.1.0"));
    let mut raw = db.raw().await;
    raw.done("UPDATE meta SET value = '7.0.0' WHERE name = 'oldest_binary'").await;
    db.store.migrate().await.expect("nothing to do");
    assert_eq!(
        db.store.oldest_binary().await.expect("readable").as_deref(),
        Some("0.1.0"),
        "as this schema is"
    );
    // A newer program has migrated further.
    raw.done("UPDATE meta SET value = '7.0.0' WHERE name = 'oldest_binary'").await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
        SELECT 9999, 'newer', installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
    raw.done(newer).await;
    db.store.migrate().await.expect("nothing to do");
    assert_eq!(db.store.oldest_binary().await.expect("readable").as_deref(), Some("7.0.0"));
    raw.close().await;
});

#[tokio::test]
async fn servers_that_start_at_once_on_an_empty_postgres_all_come_up() {
    let db = Db::empty_postgres().await;
    let mut servers = JoinSet::new();
    for _ in 0..4 {
        let store = db.open_again().await;
        servers.spawn(async move {
            assert_eq!(store.oldest_binary().await.expect("no error"), None);
            store.migrate().await.expect("migrated, or waited for the one that did");
            store.shared_value("start", "x").await.expect("usable");
            store.close().await;
        });
    }
    servers.join_all().await;
    let mut raw = db.raw().await;
    assert_eq!(
        raw.lines("SELECT CAST(version AS TEXT) FROM _sqlx_migrations").await.len(),
        applied(&db.store).await.len()
    );
    raw.close().await;
    db.finish().await;
}

#[test]
fn one_process_holds_the_lock_of_a_sqlite_file() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let file = folder.path().join("registry.db");
    let url = format!("sqlite://{}", file.display());
    assert_eq!(Store::sqlite_file(&url).as_deref(), Some(file.as_path()));
    assert_eq!(Store::sqlite_file("sqlite::memory:"), None);
    assert_eq!(Store::sqlite_file("postgres://postgres@localhost/postgres"), None);

    let first = Lock::take(&file).expect("free");
    match Lock::take(&file) {
        Err(StoreError::Refused(text)) => assert!(text.contains("registry.db"), "{text}"),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("two hold the lock"),
    }
    drop(first);
    Lock::take(&file).expect("free again");
    let nowhere = folder.path().join("missing").join("registry.db");
    assert!(matches!(Lock::take(&nowhere), Err(StoreError::Unavailable(_))));
}

both!(the_production_environment_is_one_by_constraint, async |db| {
    let project = db.project().await;
    let mut raw = db.raw().await;
    let second = format!("UPDATE environment SET production = TRUE WHERE project_id = '{project}'");
    let error = raw.execute(&second).await.expect_err("refused");
    assert!(error.as_database_error().is_some_and(|error| error.is_unique_violation()), "{error}");
    raw.close().await;
});
