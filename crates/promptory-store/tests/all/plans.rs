//! The plans of hot queries use the index that was made for them.

use promptory_core::id::ProjectId;
use promptory_store::{ExecutionRow, all_statements, day_statements};

use crate::{
    applying::Applies,
    calls::{Desk, call, line, number, opinion, pack, pack_key, today},
    harness::Db,
    raw::Raw,
    story::{START, activation, new_include, new_session, new_uses, new_version},
};

const PROMPTS: i64 = 30;
const VERSIONS: i64 = 20;

/// Statement, its values (`P` stands for the project), and the index that must answer it; `pk` is the primary key.
const HOT: [(&str, &[&str], &str); 42] = [
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
    ("DEPLOYMENT_EVENTS", &["P", "7-5"], "deployment_event pk"),
    ("COUNT_DEPLOYMENTS", &["P", "P/n7@5"], "deployment_version"),
    ("UNDER_WAY", &["P", "P/n7"], "deployment_one_under_way"),
    ("DUE_DEPLOYMENTS", &["1790000000000000", "10"], "deployment_due"),
    ("STREAM_CHANGES", &["P", "30", "32", "10"], "change pk"),
    ("AUDIT_FROM", &["P", "30", "10"], "audit pk"),
    ("SESSION", &["s7-1", "1790000000000000"], "session pk"),
    ("SWEEP_SESSIONS", &["1790000000000000"], "session_expires"),
    ("PERSON_BY_EMAIL", &["ada7@example.com"], "person_email"),
    ("PERSON_BY_LINK", &["link7"], "person_link"),
    ("MEMBERSHIPS", &["ada7"], "membership_person"),
    ("SWEEP_ANSWERS", &["1790000000000000"], "idempotency_age"),
];

/// Nothing of a page's filters from the fifth value on.
const ALL: [&str; 14] = [
    "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "0", "FALSE", "9",
];
const FAR: &str = "1790000900000000";

/// The same of tables of a day and of cells: values before those of [`ALL`] where it is a page, and the end of the index's name.
const HOT_OF_DAYS: [(&str, &[&str], &str); 27] = [
    ("PAGE_OF_PROJECT", &["N", FAR, "0", "0"], "_time"),
    ("PAGE_OF_LINE", &["7", FAR, "0", "0"], "_line"),
    ("PAGE_OF_KEY", &["N", FAR, "0", "0"], "_key"),
    ("PAGE_OF_SESSION", &["N", FAR, "0", "0"], "_session"),
    ("PAGE_OF_TRACE", &["N", FAR, "0", "0"], "_trace"),
    ("EXECUTION", &["H", "N"], "_id"),
    ("NEWEST", &["5", "9", "N", "10"], "pk"),
    ("LAST_ROW", &["5", "9"], "pk"),
    ("FACTS_OF_RECORDER", &["5", "9", "10"], "pk"),
    ("FACTS_BY_TIME", &["N", "0", "0", FAR, "10"], "_time"),
    ("FACT", &["5"], "pk"),
    ("SCORE_KNOWN", &["H"], "_id"),
    ("APPLIED_SCORES", &["5", "9", "10"], "_fold"),
    ("SCORES_OF_PROJECT", &["N", "5", "10"], "pk"),
    ("SCORES_OF_TARGET", &["H", "9"], "_target"),
    ("TARGET_BY_ID", &["H"], "_id"),
    ("TARGET_BY_SESSION", &["s7", "N", FAR], "_session"),
    ("TARGET_BY_KEY", &["k7", "N", FAR, "p1"], "_key"),
    ("ERASE_SOME", &["N", "k7", "4", "10"], "_key"),
    ("ERASE_SCORES_OF", &["N", "k7"], "_key"),
    ("SESSIONS_OF", &["N", "k7"], "_key"),
    ("SET_COST", &["5", "5"], "pk"),
    ("UNPRICED", &["N", "5", "0", FAR, "10"], "pk"),
    ("OWN_PACK", &["N", "2", "3", "20", "1789999200000000", "1"], "rollup pk"),
    ("PACKS_OF_PROMPT", &["N", "2", "3", "20", "0", FAR], "rollup pk"),
    ("PACKS", &["N", "2", "3", "0", FAR], "rollup_bucket"),
    ("SWEEP_PACKS", &["3", "5"], "rollup_age"),
];

/// They sort the few rows of one user, session, trace or thing that was scored.
const SORTED_OF_DAYS: [&str; 8] = [
    "PACKS",
    "SESSIONS_OF",
    "PAGE_OF_KEY",
    "PAGE_OF_SESSION",
    "PAGE_OF_TRACE",
    "SCORES_OF_TARGET",
    "TARGET_BY_SESSION",
    "TARGET_BY_KEY",
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

/// Executions of many users, with an opinion about some, and cells of many prompts.
async fn fill_a_day(db: &Db, project: &ProjectId) {
    let mut desk = Desk::with_days(db).await;
    let own = number(project);
    let lines: Vec<_> = (0..60).map(|n| line(n, project, &format!("p{n}"), "v1")).collect();
    let done = db.store.record(desk.recorder, today(), (&lines, &[], &[]), START).await;
    assert!(done.expect("stored").is_some());
    let some = |letter: &str, n: i64| Some(format!("{letter}{}", n % 300));
    let row = |n: i64| ExecutionRow {
        line: n % 60,
        started_at: START + n,
        unit_key: some("k", n),
        session: some("s", n),
        trace_id: some("t", n),
        ..call(if n % 3 == 0 { own } else { own + 1 + n % 50 }, &n.to_string())
    };
    desk.record(db, today(), (0..3_000).map(row).collect()).await;
    desk.score(db, today(), (0..1_000).map(|n| opinion(own, &n.to_string(), &n.to_string())).collect()).await;
    let packs: Vec<_> = (0..3_000).map(|prompt| (pack_key(own + prompt % 20, prompt), pack(1))).collect();
    assert!(desk.fold(db, &packs).await);
}

fn value_of_day(value: &str, own: &str, sqlite: bool) -> String {
    match value {
        "NULL" | "FALSE" => value.to_owned(),
        "N" => own.to_owned(),
        "H" if sqlite => "x'00112233445566778899aabbccddeeff'".to_owned(),
        "H" => "'\\x00112233445566778899aabbccddeeff'".to_owned(),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.to_owned(),
        text => format!("'{text}'"),
    }
}

both!(hot_queries_of_a_day_use_their_index, async |db| {
    let project = db.project().await;
    fill_a_day(db, &project).await;
    let mut raw = db.raw().await;
    let sqlite = matches!(raw, Raw::Sqlite(_));
    if !sqlite {
        raw.done("ANALYZE").await;
        raw.done("SET enable_seqscan = off").await;
    }
    let mut statements = day_statements(db.store.dialect(), today());
    statements.extend(all_statements().into_iter().map(|(name, text)| (name, text.to_owned())));
    let own = number(&project).to_string();
    for (name, values, index) in HOT_OF_DAYS {
        let (_, text) = statements.iter().find(|(found, _)| *found == name).expect("a statement");
        let mut values = values.to_vec();
        if name.starts_with("PAGE") {
            values.extend(ALL);
            for (page, place, value) in [("KEY", 11, "k7"), ("SESSION", 12, "s7"), ("TRACE", 13, "t7")] {
                if name.ends_with(page) {
                    values[place] = value;
                }
            }
        }
        let numbered: Vec<_> = (1..).zip(values).collect();
        let text = numbered.into_iter().rev().fold(text.clone(), |text, (n, value)| {
            text.replace(&format!("${n}"), &value_of_day(value, &own, sqlite))
        });
        let plan = plan(&mut raw, &text).await.join("\n");
        let index = match index {
            "pk" if sqlite => "INTEGER PRIMARY KEY".to_owned(),
            "pk" => "_pkey".to_owned(),
            end if end.starts_with('_') => format!("_{}{end}", today()),
            rollup => named(rollup, sqlite),
        };
        assert!(plan.contains(&index), "{name} does not use {index}:\n{plan}");
        // Rows that started in the same microsecond may be put in order. Blocks are few, and found by the primary key.
        let plan = plan
            .replace("Incremental Sort", "by and by")
            .replace("Sort Key", "Key")
            .replace("SCAN block", "");
        for bad in ["SCAN ", "Seq Scan", "TEMP B-TREE", "Sort "] {
            let sorts = ["TEMP B-TREE", "Sort "].contains(&bad) && SORTED_OF_DAYS.contains(&name);
            assert!(sorts || !plan.contains(bad), "{name}: {bad}:\n{plan}");
        }
    }
    raw.close().await;
});
