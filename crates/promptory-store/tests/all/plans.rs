//! The plans of hot queries use the index that was made for them.

use promptory_core::id::ProjectId;
use promptory_store::all_statements;

use crate::{
    harness::Db,
    raw::Raw,
    story::{activation, new_version},
};

const PROMPTS: i64 = 30;
const VERSIONS: i64 = 20;

/// Statement, its values (`P` stands for the project), and the index that must answer it; `pk` is the primary key.
const HOT: [(&str, &[&str], &str); 11] = [
    ("PROMPT_BY_NAME", &["P", "n7"], "prompt_name"),
    ("VERSION_BY_NUMBER", &["P", "P/n7", "1", "5", "0", ""], "version_number"),
    ("VERSION_BY_SEQUENCE", &["P", "P/n7", "5"], "version_sequence"),
    ("VERSION_LATEST", &["P", "P/n7"], "version_sequence"),
    ("HIGHEST_VERSION", &["P", "P/n7", "hash-5"], "version_number"),
    ("SAME_CONTENT", &["P", "P/n7", "hash-5"], "version_content"),
    ("LIVE_ROW", &["P", "P/n7", "production"], "live_one"),
    ("LIVE_AT", &["P", "P/n7", "production", "1790000000000000"], "live_time"),
    ("CHANGES_AFTER", &["P", "30", "32"], "change pk"),
    ("AUDIT_FROM", &["P", "30", "10"], "audit pk"),
    ("SWEEP_ANSWERS", &["1790000000000000"], "idempotency_age"),
];

fn with_values(text: &str, project: &str, values: &[&str]) -> String {
    let numbered = (1..).zip(values).collect::<Vec<_>>();
    numbered.into_iter().rev().fold(text.to_owned(), |text, (n, value)| {
        text.replace(&format!("${n}"), &format!("'{}'", value.replace('P', project)))
    })
}

async fn plan(raw: &mut Raw, text: &str) -> Vec<String> {
    match raw {
        Raw::Sqlite(conn) => {
            let query = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let rows: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(query).fetch_all(conn).await.expect("a plan");
            rows.into_iter().map(|row| row.3).collect()
        }
        Raw::Postgres(_) => {
            raw.rows(&format!("EXPLAIN {text}")).await.into_iter().flatten().flatten().collect()
        }
    }
}

fn named(index: &str, sqlite: bool) -> String {
    match index.split_once(' ') {
        Some((table, _)) if sqlite => format!("sqlite_autoindex_{table}_1"),
        Some((table, _)) => format!("{table}_pkey"),
        None => index.to_owned(),
    }
}

async fn fill(db: &Db, project: &ProjectId) {
    for n in 0..PROMPTS {
        let prompt = db.prompt(project, &format!("n{n}")).await;
        db.change(project, 0, async |tx| {
            for sequence in 1..=VERSIONS {
                tx.insert_version(&new_version(&prompt, sequence, (1, sequence, 0, ""))).await?;
            }
            let mut from: Option<String> = None;
            for sequence in 1..=VERSIONS {
                let to = format!("{prompt}@{sequence}");
                let new = activation(&format!("{n}-{sequence}"), "production", &to, from.as_deref());
                tx.apply_activation(&new).await?;
                from = Some(to);
            }
            Ok(())
        })
        .await;
    }
}

both!(hot_queries_use_their_index, async |db| {
    let project = db.project().await;
    fill(db, &project).await;
    let mut raw = db.raw().await;
    let sqlite = matches!(raw, Raw::Sqlite(_));
    if !sqlite {
        // SQLite decides without statistics, as a server's file does.
        raw.done("ANALYZE").await;
        // On a small table reading it all is cheapest; the question is whether the index can answer.
        raw.done("SET enable_seqscan = off").await;
    }
    let statements = all_statements();
    for (name, values, index) in HOT {
        let (_, text) = statements.iter().find(|(found, _)| *found == name).expect("a statement");
        let plan = plan(&mut raw, &with_values(text, project.as_str(), values)).await.join("\n");
        let index = named(index, sqlite);
        assert!(plan.contains(&index), "{name} does not use {index}:\n{plan}");
        for bad in ["SCAN ", "Seq Scan", "TEMP B-TREE"] {
            assert!(!plan.contains(bad), "{name}: {bad}:\n{plan}");
        }
    }
    raw.close().await;
});
