//! Every statement is understood by both databases.

use promptory_store::{Dialect, all_statements, day_statements};

use crate::{calls::today, story::START};

/// Run on PostgreSQL only; `docs/dialects.md` says why.
pub(crate) const ONLY_POSTGRES: [&str; 4] =
    ["LOCK_PROJECT_POSTGRES", "LOCK_PROJECTS_POSTGRES", "NOTIFY", "CUT_OTHERS"];
/// Several statements in one text; a form of BEGIN that PostgreSQL has not.
pub(crate) const ONLY_SQLITE: [&str; 7] = [
    "FINISH_SQLITE",
    "BEGIN_WRITE",
    "LOCK_PROJECT_SQLITE",
    "VERSION_START_SQLITE",
    "COPY_INTO",
    "FOLD_LOG",
    "INTEGRITY",
];

both!(every_statement_prepares, async |db| {
    let mut raw = db.raw().await;
    let statements = all_statements();
    assert!(statements.len() >= 60, "the table has only {} statements", statements.len());
    for (name, text) in statements {
        let outcome = raw.prepare(text).await;
        let other = match db.store.dialect() {
            Dialect::Sqlite => ONLY_POSTGRES.contains(&name),
            Dialect::Postgres => ONLY_SQLITE.contains(&name),
        };
        if other {
            assert!(outcome.is_err(), "{name} could run on both: take it off the list");
        } else {
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    raw.close().await;
});

both!(every_statement_of_a_day_prepares, async |db| {
    db.store.add_day(today(), START).await.expect("made");
    let mut raw = db.raw().await;
    let statements = day_statements(db.store.dialect(), today());
    assert!(statements.len() >= 25, "the table has only {} statements", statements.len());
    for (name, text) in statements {
        assert!(!text.contains("{day}"), "{name}");
        raw.prepare(text.leak()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    raw.close().await;
});

#[test]
fn texts_keep_to_what_means_the_same_on_both() {
    let strange = ["ILIKE", "now()", "random()", "datetime(", "jsonb", "::", "AUTOINCREMENT", "INSERT OR"];
    let of_days = day_statements(Dialect::Postgres, 1).into_iter().map(|(name, text)| (name, &*text.leak()));
    for (name, text) in all_statements().into_iter().chain(of_days) {
        for word in strange {
            assert!(!text.contains(word), "{name} uses `{word}`");
        }
        assert!(!text.contains("ORDER BY") || !text.contains(" DESC NULLS"), "{name}");
    }
}
