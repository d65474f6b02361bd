//! Programs of earlier releases run on this schema while servers are upgraded one by one: what they send is kept in
//! `released/<version>/statements.sql`, and is sent here. `docs/decisions/0043` says what that proves.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use promptory_store::{Dialect, all_statements};
use sha2::{Digest, Sha256};

use crate::{
    harness::Db,
    raw::Raw,
    statements::{ONLY_POSTGRES, ONLY_SQLITE},
};

const OWN: &str = env!("CARGO_PKG_VERSION");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("released")
}

fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().expect("a release is named by its number")).collect()
}

struct Statement {
    name: String,
    only: Option<Dialect>,
    text: String,
}

/// As they are kept: a line with the name, then the text.
fn written() -> String {
    let mut text = String::new();
    for (name, statement) in all_statements() {
        let only = match (ONLY_SQLITE.contains(&name), ONLY_POSTGRES.contains(&name)) {
            (true, _) => " sqlite",
            (_, true) => " postgres",
            _ => "",
        };
        text.push_str(&format!("-- {name}{only}\n{statement}\n"));
    }
    format!("-- promptory {OWN}, {}\n{text}", digest(&text))
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(version: &str) -> Vec<Statement> {
    let file = folder().join(version).join("statements.sql");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (first, rest) = text.split_once('\n').expect("a first line");
    assert_eq!(
        first,
        format!("-- promptory {version}, {}", digest(rest)),
        "what was released does not change"
    );
    let parts = rest.strip_prefix("-- ").expect("a name").split("\n-- ");
    parts
        .map(|part| {
            let (head, text) = part.split_once('\n').expect("a text");
            let (name, only) = head.split_once(' ').unwrap_or((head, ""));
            let only = match only {
                "sqlite" => Some(Dialect::Sqlite),
                "postgres" => Some(Dialect::Postgres),
                _ => None,
            };
            Statement { name: name.to_owned(), only, text: text.trim_end().to_owned() }
        })
        .collect()
}

/// The releases that this schema still lets run, the oldest first.
async fn that_may_run(db: &Db) -> Vec<String> {
    let oldest = db.store.oldest_binary().await.expect("readable").expect("the schema says it");
    let entries = std::fs::read_dir(folder()).expect("the folder of releases");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .filter(|name| {
            name.starts_with(|first: char| first.is_ascii_digit()) && numbers(name) >= numbers(&oldest)
        })
        .collect();
    names.sort_by_key(|name| numbers(name));
    names
}

#[test]
fn this_release_is_kept() {
    let file = folder().join(OWN).join("statements.sql");
    if file.exists() {
        assert!(!read(OWN).is_empty());
        return;
    }
    assert!(
        std::env::var_os("UPDATE_GOLDEN").is_some(),
        "{OWN} is a new release: its statements are kept, so that later schemas are tried with them. Run \
         `UPDATE_GOLDEN=1 cargo test --workspace --test all released`, look at crates/promptory-store/released/{OWN}, \
         commit it, and raise `oldest_binary` of a migration only when the release before this one may run on it."
    );
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(&file, written()).expect("written");
}

/// Values of a row that is there, by column, as texts.
async fn a_row(raw: &mut Raw, table: &str, columns: &[&str]) -> Vec<Option<String>> {
    let list: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
    let rows = raw.rows(&format!("SELECT {} FROM {table} LIMIT 1", list.join(", "))).await;
    rows.into_iter().next().unwrap_or_else(|| panic!("{table} is empty: nothing is shown about it"))
}

/// `INSERT INTO table (columns) VALUES (values) …`
fn insert(text: &str) -> Option<(&str, Vec<&str>, Vec<&str>)> {
    let (table, rest) = text.strip_prefix("INSERT INTO ")?.split_once(" (")?;
    let (columns, rest) = rest.split_once(") VALUES (")?;
    let (values, _) = rest.split_once(')')?;
    Some((table, columns.split(',').map(str::trim).collect(), values.split(',').map(str::trim).collect()))
}

/// Literals instead of parameters: what a row has where one is inserted, else 1, which every type can be.
fn with_literals(text: &str, given: &BTreeMap<usize, Option<String>>) -> String {
    let mut out = String::new();
    let mut parts = text.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = part[..digits].parse().expect("a parameter");
        match given.get(&number) {
            Some(None) => out.push_str("NULL"),
            Some(Some(value)) => out.push_str(&format!("'{}'", value.replace('\'', "''"))),
            None => out.push_str("'1'"),
        }
        out.push_str(&part[digits..]);
    }
    out
}

/// Runs one statement of a release, and takes back what it did.
async fn run(raw: &mut Raw, text: &str) -> Result<(), String> {
    let mut given = BTreeMap::new();
    let mut before = Vec::new();
    if let Some((table, columns, values)) = insert(text) {
        let known = raw.execute(&format!("SELECT {} FROM {table} LIMIT 0", columns.join(", "))).await;
        known.map_err(|error| error.to_string())?;
        let row = a_row(raw, table, &columns).await;
        for (value, field) in values.iter().zip(row) {
            if let Some(number) = value.strip_prefix('$').and_then(|digits| digits.parse().ok()) {
                given.entry(number).or_insert(field);
            }
        }
        // As the row that is not there yet.
        before.push(format!("DELETE FROM {table}"));
    }
    if let Raw::Postgres(_) = raw {
        before.insert(0, "SET LOCAL session_replication_role = replica".to_owned());
    }
    raw.done("BEGIN").await;
    for sql in before {
        raw.done(&sql).await;
    }
    let outcome = raw.execute(&with_literals(text, &given)).await;
    raw.done("ROLLBACK").await;
    match outcome {
        Ok(0) if text.starts_with("INSERT") => Err("nothing was inserted".to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// What of a release cannot be done on this schema.
async fn problems(db: &Db, raw: &mut Raw, version: &str) -> Vec<String> {
    let mut found = Vec::new();
    for Statement { name, only, text } in read(version) {
        if only.is_some_and(|only| only != db.store.dialect()) {
            continue;
        }
        let reads_or_writes = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        // Of several in one text, each by itself: the transaction around them is ours.
        for piece in text.split(';').map(str::trim) {
            let ends_others = piece.contains("pg_terminate_backend");
            if !ends_others && reads_or_writes.iter().any(|word| piece.starts_with(word)) {
                found.extend(run(raw, piece).await.err().map(|error| format!("{version} {name}: {error}")));
            }
        }
    }
    found
}

both!(every_release_that_may_run_on_this_schema_can, async |db| {
    db.everything().await;
    let releases = that_may_run(db).await;
    assert!(!releases.is_empty(), "the release before the next one may always run");
    let mut raw = db.raw().await;
    for version in releases {
        let found = problems(db, &mut raw, &version).await;
        assert!(
            found.is_empty(),
            "{found:#?}\nMake the change so that {version} can live with it, in two releases"
        );
    }
    raw.close().await;
});

both!(what_a_release_cannot_live_with_is_found, async |db| {
    db.everything().await;
    let mut raw = db.raw().await;
    let oldest = that_may_run(db).await.remove(0);
    for (change, back, statement) in [
        (
            "ALTER TABLE label RENAME COLUMN updated_by TO mover",
            "ALTER TABLE label RENAME COLUMN mover TO updated_by",
            "PUT_LABEL",
        ),
        (
            "DROP INDEX prompt_name",
            "CREATE UNIQUE INDEX prompt_name ON prompt (project_id, name_folded)",
            "INSERT_PROMPT",
        ),
    ] {
        raw.done(change).await;
        let found = problems(db, &mut raw, &oldest).await;
        assert!(found.iter().any(|problem| problem.contains(statement)), "{change}: {found:?}");
        raw.done(back).await;
        assert_eq!(problems(db, &mut raw, &oldest).await, Vec::<String>::new());
    }
    // A column that must be given, which the release does not know.
    match &raw {
        Raw::Sqlite(_) => {
            raw.done(
                "CREATE TRIGGER must BEFORE INSERT ON sample BEGIN SELECT RAISE(ABORT, 'must be given'); END",
            )
            .await;
        }
        Raw::Postgres(_) => {
            raw.done("ALTER TABLE sample ADD COLUMN must TEXT NOT NULL DEFAULT ''").await;
            raw.done("ALTER TABLE sample ALTER COLUMN must DROP DEFAULT").await;
        }
    }
    let found = problems(db, &mut raw, &oldest).await;
    assert!(found.iter().any(|problem| problem.contains("PUT_SAMPLE")), "{found:?}");
    raw.close().await;
});
