use promptory_core::id::ProjectId;
use promptory_store::{AuditFilter, NewAudit};

use crate::{
    harness::Db,
    raw::Raw,
    story::{at, audit},
};

/// Walks the chain in pages, as `audit verify` does. Answers how many entries, or what is wrong.
pub(crate) async fn verify(db: &Db, project: &ProjectId, page: i64) -> Result<i64, String> {
    let mut reader = db.reader().await;
    let mut reader = reader.project(project);
    let (mut n, mut hash) = (0, String::new());
    loop {
        let rows = reader.audit_from(n, page).await.expect("readable");
        let last_page = rows.len() < usize::try_from(page).expect("small");
        for row in rows {
            if row.n != n + 1 {
                return Err(format!("{} follows {n}", row.n));
            }
            if row.hash != row.expected_hash(&hash) {
                return Err(format!("{} is not what was written", row.n));
            }
            (n, hash) = (row.n, row.hash);
        }
        if last_page {
            break;
        }
    }
    let head = reader.audit_head().await.expect("readable");
    if (head.n, &head.hash) != (n, &hash) {
        return Err(format!("the chain ends at {n}, the head is {}", head.n));
    }
    Ok(n)
}

/// Column and the values that somebody may put there instead.
const TAMPERED: [(&str, &[&str]); 13] = [
    ("project_id", &["'elsewhere'"]),
    ("n", &["n + 1000"]),
    ("at", &["at + 1"]),
    ("actor", &["'key_2'", "''"]),
    ("actor_name", &["actor_name || ' '"]),
    ("action", &["upper(action)"]),
    ("prompt_id", &["'p9'", "''", "CASE WHEN prompt_id IS NULL THEN 'null' END"]),
    ("prompt", &["'other'", "CASE WHEN prompt IS NULL THEN '' END"]),
    ("environment", &["'stage'", "CASE WHEN environment IS NULL THEN '' END"]),
    ("address", &["'192.0.2.2'", "CASE WHEN address IS NULL THEN '' END"]),
    ("request_id", &["'req9'", "CASE WHEN request_id IS NULL THEN '' END"]),
    ("detail", &["replace(detail, ':', ': ')"]),
    ("hash", &["'00'", "upper(hash)"]),
];

/// Three entries: with every field, with few, with texts that need care.
async fn chain(db: &Db) -> ProjectId {
    let project = db.project().await;
    let text = |text: &str| Some(text.to_owned());
    let full = NewAudit {
        prompt_id: text("p1"),
        environment: text("production"),
        request_id: text("req1"),
        ..audit("version.activate")
    };
    let few = NewAudit { prompt: None, address: None, ..audit("key.create") };
    let odd =
        NewAudit { actor_name: "Zoë \"x\"\r\n 日本 ".into(), request_id: text(""), ..audit("odd.😀") };
    for (now, entry) in (1..).zip([full, few, odd]) {
        db.begin(&project, now).await.commit(entry).await.expect("committed");
    }
    project
}

both!(an_untouched_chain_verifies_in_pages_of_any_size, async |db| {
    let project = chain(db).await;
    let empty = db.project().await;
    for page in 1..=4 {
        assert_eq!(verify(db, &project, page).await, Ok(3));
        assert_eq!(verify(db, &empty, page).await, Ok(0));
    }
});

async fn keep(raw: &mut Raw) {
    raw.done("CREATE TABLE kept AS SELECT * FROM audit").await;
    raw.done("CREATE TABLE kept_project AS SELECT id, audit_n, audit_hash FROM project").await;
}

async fn restore(raw: &mut Raw) {
    raw.done("DELETE FROM audit").await;
    raw.done("INSERT INTO audit SELECT * FROM kept").await;
    raw.done(
        "UPDATE project SET audit_n = (SELECT k.audit_n FROM kept_project k WHERE k.id = project.id), \
         audit_hash = (SELECT k.audit_hash FROM kept_project k WHERE k.id = project.id)",
    )
    .await;
}

both!(a_change_of_any_column_of_any_entry_is_found, async |db| {
    let project = chain(db).await;
    let mut raw = db.raw().await;
    raw.done("INSERT INTO project VALUES ('elsewhere', 'elsewhere', 0, 0, 0, 0, '')").await;
    keep(&mut raw).await;
    for (column, values) in TAMPERED {
        for n in 1..=3 {
            let mut found = 0;
            for value in values {
                // A value that is there already changes nothing.
                let sql = format!(
                    "UPDATE audit SET {column} = {value} WHERE project_id = '{project}' AND n = {n} \
                     AND COALESCE(CAST({value} AS TEXT), '∅') <> COALESCE(CAST({column} AS TEXT), '∅')"
                );
                if raw.done(&sql).await == 1 {
                    let outcome = verify(db, &project, 2).await;
                    assert!(outcome.is_err(), "{column} = {value} in entry {n} is not found");
                    found += 1;
                    restore(&mut raw).await;
                }
            }
            assert!(found > 0, "{column} of entry {n} was not touched");
        }
    }
    assert_eq!(verify(db, &project, 2).await, Ok(3));
    raw.close().await;
});

both!(missing_and_moved_entries_are_found, async |db| {
    let project = chain(db).await;
    let mut raw = db.raw().await;
    keep(&mut raw).await;
    for (what, sqls) in [
        ("the first is gone", &["DELETE FROM audit WHERE n = 1"][..]),
        ("one in the middle is gone", &["DELETE FROM audit WHERE n = 2"]),
        ("the last is gone", &["DELETE FROM audit WHERE n = 3"]),
        ("all are gone", &["DELETE FROM audit"]),
        (
            "one is gone and the rest moved up",
            &["DELETE FROM audit WHERE n = 2", "UPDATE audit SET n = 2 WHERE n = 3"],
        ),
        (
            "two are exchanged",
            &[
                "UPDATE audit SET n = 9 WHERE n = 1",
                "UPDATE audit SET n = 1 WHERE n = 2",
                "UPDATE audit SET n = 2 WHERE n = 9",
            ],
        ),
        ("the head counts more", &["UPDATE project SET audit_n = audit_n + 1"]),
        ("the head has another hash", &["UPDATE project SET audit_hash = ''"]),
    ] {
        for sql in sqls {
            raw.done(sql).await;
        }
        let outcome = verify(db, &project, 10).await;
        assert!(outcome.is_err(), "{what}: not found");
        restore(&mut raw).await;
    }
    raw.close().await;
});

both!(a_chain_cut_with_its_head_is_found_by_who_kept_the_head, async |db| {
    let project = chain(db).await;
    let known = db.reader().await.project(&project).audit_head().await.expect("readable");
    let mut raw = db.raw().await;
    raw.done("DELETE FROM audit WHERE n = 3").await;
    raw.done("UPDATE project SET audit_n = 2, audit_hash = (SELECT hash FROM audit WHERE n = 2)").await;
    assert_eq!(verify(db, &project, 10).await, Ok(2), "nothing inside shows it");
    let entries = db.reader().await.project(&project).audit_from(known.n - 1, 1).await.expect("readable");
    assert!(entries.is_empty(), "`--expect` finds no entry {}", known.n);

    // Written again: the number is there, the hash is another.
    db.begin(&project, 99).await.commit(audit("forged")).await.expect("committed");
    assert_eq!(verify(db, &project, 10).await, Ok(3));
    let entries = db.reader().await.project(&project).audit_from(known.n - 1, 1).await.expect("readable");
    assert_ne!(entries[0].hash, known.hash);
    raw.close().await;
});

both!(filters_of_the_list_choose_alone_and_together, async |db| {
    let project = chain(db).await;
    let other = chain(db).await;
    let text = |text: &str| Some(text.to_owned());
    let none = AuditFilter::default;
    let cases: [(&str, AuditFilter, &[i64]); 10] = [
        ("all", none(), &[3, 2, 1]),
        ("prompt", AuditFilter { prompt_id: text("p1"), ..none() }, &[1]),
        ("action", AuditFilter { action: text("key.create"), ..none() }, &[2]),
        ("actor", AuditFilter { actor: text("key_1"), ..none() }, &[3, 2, 1]),
        ("no such actor", AuditFilter { actor: text("KEY_1"), ..none() }, &[]),
        ("environment", AuditFilter { environment: text("production"), ..none() }, &[1]),
        ("from, included", AuditFilter { from: Some(at(2).micros()), ..none() }, &[3, 2]),
        ("to, not included", AuditFilter { to: Some(at(2).micros()), ..none() }, &[1]),
        ("span", AuditFilter { from: Some(at(2).micros()), to: Some(at(3).micros()), ..none() }, &[2]),
        (
            "two that exclude",
            AuditFilter { prompt_id: text("p1"), action: text("key.create"), ..none() },
            &[],
        ),
    ];
    let mut reader = db.reader().await;
    for (name, filter, expected) in cases {
        let rows = reader.project(&project).audit_page(&filter, i64::MAX, 10).await.expect("readable");
        assert_eq!(rows.iter().map(|row| row.n).collect::<Vec<_>>(), expected, "{name}");
    }
    let rows = reader.project(&other).audit_page(&none(), 3, 10).await.expect("readable");
    assert_eq!(rows.iter().map(|row| row.n).collect::<Vec<_>>(), [2, 1]);
});
