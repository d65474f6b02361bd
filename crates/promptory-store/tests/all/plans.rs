//! The plans of hot queries use the index that was made for them.

use promptory_core::id::ProjectId;
use promptory_store::all_statements;

use crate::{
    harness::Db,
    raw::Raw,
    story::{activation, new_include, new_session, new_uses, new_version},
};

const PROMPTS: i64 = 30;
const VERSIONS: i64 = 20;

/// Statement, its values (`P` stands for the project), and the index that must answer it; `pk` is the primary key.
const HOT: [(&str, &[&str], &str); 38] = [
    ("PROMPT_BY_NAME", &["P", "n7"], "prompt_name"),
    ("VERSION_BY_NUMBER", &["P", "P/n7", "1", "5", "0", ""], "version_number"),
    ("VERSION_BY_SEQUENCE", &["P", "P/n7", "5"], "version_sequence"),
    ("VERSION_LATEST", &["P", "P/n7"], "version_sequence"),
    ("HIGHEST_VERSION", &["P", "P/n7", "hash-5"], "version_number"),
    ("SAME_CONTENT", &["P", "P/n7", "hash-5"], "version_content"),
    ("LIVE_ROW", &["P", "P/n7", "production"], "live_one"),
    ("LIVE_AT", &["P", "P/n7", "production", "1790000000000000"], "live_time"),
    ("LAST_LIVE", &["P", "P/n7@5", "production"], "live_version"),
    ("LABEL", &["P", "P/n7", "stable"], "label pk"),
    ("LABELS_OF_PROMPT", &["P", "P/n7"], "label pk"),
    ("COUNT_LABELS_NAMED", &["P", "stable"], "label_name"),
    ("PROMPT_BY_FORMER_NAME", &["P", "was 7"], "redirect pk"),
    ("BUILD_INCLUDES", &["P", "P/n7@5", "build-P/n7@5"], "build_include pk"),
    ("COUNT_BUILDS_WITH", &["P", "P/n7@5"], "build_include_included"),
    ("COUNT_USES_OF_VERSION", &["P", "P/n7@5"], "use_count_version"),
    ("INCLUDED_BY", &["P", "n3", "n5", "2", "-1", "10"], "include_name"),
    ("OCCUPANTS", &["P", "P/n7", "production"], "live_time"),
    ("ENVIRONMENT_AT", &["P", "production", "1790000000000000", "n5", "10"], "prompt_name"),
    ("CHANGES_AFTER", &["P", "30", "32"], "change pk"),
    ("FORMER_NAMES", &["P", "P/n7"], "redirect_prompt"),
    ("SAMPLES", &["P", "P/n7"], "sample pk"),
    ("INCLUDES_OF_VERSION", &["P", "P/n7@5"], "include pk"),
    ("INCLUDES_OF_PROMPT", &["P", "P/n7", "3", "5"], "include pk"),
    ("LIVE_WITH", &["P", "P/n7"], "build_include_included"),
    ("USES", &["P", "P/n7", "10"], "use_count pk"),
    ("PROMPT_LATEST", &["P", "P/n7"], "version_sequence"),
    ("PROMPT_LIVE", &["P", "P/n7"], "live_one"),
    ("LIVE_ENVIRONMENTS", &["P", "P/n7"], "live_one"),
    ("COUNT_LIVE", &["P", "P/n7@5"], "live_version"),
    ("STREAM_CHANGES", &["P", "30", "32", "10"], "change pk"),
    ("AUDIT_FROM", &["P", "30", "10"], "audit pk"),
    ("SESSION", &["s7-1", "1790000000000000"], "session pk"),
    ("SWEEP_SESSIONS", &["1790000000000000"], "session_expires"),
    ("PERSON_BY_EMAIL", &["ada7@example.com"], "person_email"),
    ("PERSON_BY_LINK", &["link7"], "person_link"),
    ("MEMBERSHIPS", &["ada7"], "membership_person"),
    ("SWEEP_ANSWERS", &["1790000000000000"], "idempotency_age"),
];

/// They sort the few rows that the index finds, of one version, name, prompt or person.
const SORTED: [&str; 7] =
    ["LAST_LIVE", "INCLUDED_BY", "FORMER_NAMES", "INCLUDES_OF_PROMPT", "LIVE_WITH", "MEMBERSHIPS", "USES"];

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
                let part = format!("n{}", (n + 1) % PROMPTS);
                tx.insert_includes(&to, &[new_include(&part)]).await?;
                tx.keep_build(&to, &new.build_hash, &[(format!("{prompt}@{sequence}"), part)]).await?;
                from = Some(to);
            }
            tx.apply_label(&prompt, "stable", &format!("{prompt}@5"), "key_1").await
        })
        .await;
        db.rename(project, 0, &format!("n{n}"), &format!("was {n}")).await;
        db.rename(project, 0, &format!("was {n}"), &format!("n{n}")).await;
        let person = format!("ada{n}");
        db.person(project, 0, &person).await;
        db.change(project, 0, async |tx| {
            tx.set_link(&person, &format!("link{n}"), 1).await?;
            for session in 0..3 {
                tx.insert_session(&new_session(&person, &format!("s{n}-{session}"), i64::MAX)).await?;
            }
            Ok(())
        })
        .await;
        let uses = [new_uses(project, &format!("{prompt}@5"), "production", "k1", 1)];
        db.store.add_uses(&uses, 0).await.expect("counted");
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
            let sorts = bad == "TEMP B-TREE" && SORTED.contains(&name);
            assert!(sorts || !plan.contains(bad), "{name}: {bad}:\n{plan}");
        }
    }
    raw.close().await;
});
