//! SQL lives in the store, and what decides about serving is written in one of its files.

use super::exceptions::{Exceptions, SQL};
use super::source::{Kind, Source};
use super::{Violation, violation};

const STORE: &str = "crates/promptory-store/";
const STORE_SOURCE: &str = "crates/promptory-store/src/";
const APPLY: &str = "crates/promptory-store/src/apply";

pub(crate) fn check(source: &Source, exceptions: &mut Exceptions) -> Vec<Violation> {
    let path = source.path.as_str();
    let outside = path.starts_with("crates/") && !path.starts_with(STORE);
    let in_apply = path.strip_prefix(APPLY).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
    let not_apply = path.starts_with(STORE_SOURCE) && !in_apply;
    let mut found = Vec::new();
    for token in &source.tokens {
        let Kind::Text(text) = &token.kind else { continue };
        // Only tests can be excepted: they break a database from outside.
        if outside && is_sql(text) && !(path.contains("/tests/") && exceptions.allow(SQL, path)) {
            let text =
                format!("SQL text `{}`; all SQL is in promptory-store: call a function of it", start(text));
            found.push(violation(path, token.line, text));
        }
        if not_apply && !source.is_test(token.line) && writes_served_table(text) {
            let text = format!(
                "`{}` writes what is served; only {APPLY} may, behind the authorisation check: make it a \
                 `ServingChange`",
                start(text)
            );
            found.push(violation(path, token.line, text));
        }
    }
    found
}

fn start(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(6).collect();
    words.join(" ")
}

/// By its second word too: `DELETE /api/…` and `WITH a smile` are no SQL.
fn is_sql(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (Some(first), Some(second)) = (words.next(), words.next()) else { return false };
    let third = words.next().unwrap_or_default();
    match first {
        "SELECT" | "PRAGMA" => !second.starts_with('/'),
        "INSERT" => matches!(second, "INTO" | "OR"),
        "DELETE" => second == "FROM",
        "UPDATE" => third == "SET" || third == "AS",
        "CREATE" | "ALTER" | "DROP" => second.bytes().all(|byte| byte.is_ascii_uppercase()),
        "WITH" => second == "RECURSIVE" || third == "AS" || third.starts_with('('),
        _ => false,
    }
}

/// The live rows, rollouts, deployments and labels, the flags that take a prompt or a version out of service, and what an
/// environment allows.
fn writes_served_table(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let has = |sequence: &[&str]| words.windows(sequence.len()).any(|window| window == sequence);
    let sets = |table: &str, column: &str| {
        let update = words.windows(2).position(|window| window == ["update", table]);
        update.is_some_and(|at| {
            words[at..].iter().take_while(|word| **word != "where").any(|word| *word == column)
        })
    };
    let rows = ["live", "rollout", "deployment", "deployment_event", "label"];
    rows.iter().any(|table| {
        has(&["into", table]) || has(&["update", table, "set"]) || has(&["delete", "from", table])
    }) || sets("prompt", "archived_at")
        || sets("version", "archived_at")
        || sets("environment", "rollback")
        || sets("environment", "frozen_since")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_text;

    #[test]
    fn sql_is_told_from_prose_and_requests() {
        for text in [
            "SELECT 1",
            "\n  SELECT id FROM x",
            "INSERT INTO x VALUES (1)",
            "INSERT OR IGNORE INTO x",
            "UPDATE x SET a = 1",
            "DELETE FROM x",
            "CREATE TABLE x (a TEXT)",
            "CREATE UNIQUE INDEX i ON x (a)",
            "ALTER TABLE x ADD b TEXT",
            "DROP DATABASE x",
            "WITH a AS (SELECT 1) SELECT 2",
            "WITH a(x) AS (SELECT 1) SELECT 2",
            "WITH RECURSIVE a AS",
            "PRAGMA user_version",
        ] {
            assert!(is_sql(text), "{text}");
        }
        for text in [
            "DELETE /api/v1/keys/1",
            "SELECT",
            "Select a prompt",
            "UPDATE your client",
            "CREATE a prompt",
            "WITH a smile",
        ] {
            assert!(!is_sql(text), "{text}");
        }
    }

    #[test]
    fn sql_stays_in_the_store() {
        let mut excepted =
            Exceptions::parse("sql crates/promptory-server/tests/a.rs breaks it\nsql crates/b/src/a.rs no");
        for (path, expected) in [("crates/promptory-server/tests/a.rs", 0), ("crates/b/src/a.rs", 1)] {
            let source = Source::parse(path, "fn f() { sql!(\"SELECT 1\"); }").expect("parses");
            assert_eq!(check(&source, &mut excepted).len(), expected, "{path}");
        }
        let text = "fn f() { sql!(\"SELECT 1\"); }";
        assert_eq!(check_text("crates/promptory-server/src/app/a.rs", text).len(), 1);
        assert_eq!(check_text("crates/promptory-server/tests/a.rs", text).len(), 1);
        assert_eq!(check_text("crates/promptory-store/src/a.rs", text).len(), 0);
        assert_eq!(check_text("bench/src/a.rs", text).len(), 0);
        assert_eq!(check_text("crates/promptory-server/src/a.rs", "/// \"SELECT 1\"\nfn f() {}").len(), 0);
    }

    #[test]
    fn only_apply_writes_what_is_served() {
        for statement in [
            "INSERT INTO live (a) VALUES (1)",
            "UPDATE rollout SET share_ppm = 1",
            "INSERT INTO deployment_event (a) VALUES (1)",
            "DELETE FROM label",
            "UPDATE environment SET rollback = 'allowed'",
            "DELETE\n FROM live",
            "WITH x AS (SELECT 1) UPDATE live SET a = 1",
            "UPDATE prompt SET updated_at = 2, archived_at = $1 WHERE id = $2",
            "UPDATE version SET archived_at = NULL",
        ] {
            let text = format!("const X: &str = {statement:?};");
            assert_eq!(check_text("crates/promptory-store/src/prompt.rs", &text).len(), 1, "{statement}");
            for door in ["apply.rs", "apply/deploy.rs"] {
                assert_eq!(check_text(&format!("{STORE_SOURCE}{door}"), &text).len(), 0, "{statement}");
            }
            assert_eq!(check_text("crates/promptory-store/src/apply_too.rs", &text).len(), 1, "{statement}");
            assert_eq!(check_text("crates/promptory-store/tests/live.rs", &text).len(), 0, "{statement}");
        }
        for statement in ["SELECT a FROM live", "UPDATE prompt SET name = $1 WHERE archived_at IS NULL"] {
            let text = format!("const X: &str = {statement:?};");
            assert_eq!(check_text("crates/promptory-store/src/prompt.rs", &text).len(), 0, "{statement}");
        }
    }
}
