//! Both databases have the same tables, columns, indexes and keys: read from each one's own catalogue.

use std::collections::BTreeSet;

use crate::harness::Db;

/// Question, text for SQLite, text for PostgreSQL. Lines are compared as sets.
const QUESTIONS: [(&str, &str, &str); 4] = [
    ("columns", COLUMNS_SQLITE, COLUMNS_POSTGRES),
    ("indexes", INDEXES_SQLITE, INDEXES_POSTGRES),
    ("conditions of partial indexes", CONDITIONS_SQLITE, CONDITIONS_POSTGRES),
    ("foreign keys", KEYS_SQLITE, KEYS_POSTGRES),
];

/// Table, position, name, type, whether it may be null.
pub(crate) const COLUMNS_SQLITE: &str = "SELECT t.name, CAST(c.cid + 1 AS TEXT), c.name, lower(c.type), \
    CASE WHEN c.\"notnull\" = 1 THEN 'NO' ELSE 'YES' END \
    FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> '_sqlx_migrations'";
pub(crate) const COLUMNS_POSTGRES: &str = "SELECT CAST(table_name AS TEXT), CAST(ordinal_position AS TEXT), \
    CAST(column_name AS TEXT), CAST(COALESCE(domain_name, data_type) AS TEXT), CAST(is_nullable AS TEXT) \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'";

/// Table, name (or `pk`, `u` for the ones of constraints), unique, partial, columns in order.
pub(crate) const INDEXES_SQLITE: &str = "SELECT t.name, CASE i.origin WHEN 'c' THEN i.name ELSE i.origin END, \
    CAST(i.\"unique\" AS TEXT), CAST(i.partial AS TEXT), \
    (SELECT group_concat(c.name, ',') FROM (SELECT * FROM pragma_index_info(i.name) ORDER BY seqno) c) \
    FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name <> '_sqlx_migrations'";
pub(crate) const INDEXES_POSTGRES: &str = "SELECT CAST(t.relname AS TEXT), \
    CAST(CASE k.contype WHEN 'p' THEN 'pk' WHEN 'u' THEN 'u' ELSE n.relname END AS TEXT), \
    CAST(CAST(i.indisunique AS INT) AS TEXT), CAST(CASE WHEN i.indpred IS NULL THEN 0 ELSE 1 END AS TEXT), \
    (SELECT string_agg(a.attname, ',' ORDER BY c.place) \
     FROM unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY c (number, place) \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.number) \
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid \
    JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = 'public' \
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u') \
    WHERE t.relname <> '_sqlx_migrations'";

const CONDITIONS_SQLITE: &str = "SELECT name, substr(sql, instr(sql, ' WHERE ') + 7) FROM sqlite_schema \
    WHERE type = 'index' AND instr(sql, ' WHERE ') > 0";
const CONDITIONS_POSTGRES: &str = "SELECT CAST(n.relname AS TEXT), \
    trim(BOTH '()' FROM pg_get_expr(i.indpred, i.indrelid)) \
    FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid \
    JOIN pg_namespace s ON s.oid = n.relnamespace AND s.nspname = 'public' WHERE i.indpred IS NOT NULL";

/// Table, columns, table referred to, columns there.
const KEYS_SQLITE: &str = "SELECT t.name, group_concat(k.\"from\", ','), k.\"table\", group_concat(k.\"to\", ',') \
    FROM sqlite_schema t JOIN (SELECT m.name AS owner, f.* FROM sqlite_schema m \
    JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq) k \
    ON k.owner = t.name WHERE t.type = 'table' GROUP BY t.name, k.id, k.\"table\"";
const KEYS_POSTGRES: &str = "SELECT CAST(t.relname AS TEXT), \
    (SELECT string_agg(a.attname, ',' ORDER BY c.place) FROM unnest(k.conkey) WITH ORDINALITY c (number, place) \
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number), CAST(r.relname AS TEXT), \
    (SELECT string_agg(a.attname, ',' ORDER BY c.place) FROM unnest(k.confkey) WITH ORDINALITY c (number, place) \
     JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number) \
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
    JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = 'public' WHERE k.contype = 'f'";

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (Db::sqlite().await, Db::postgres().await);
    let (mut left, mut right) = (sqlite.raw().await, postgres.raw().await);
    for (question, for_sqlite, for_postgres) in QUESTIONS {
        let left: BTreeSet<String> = left.lines(for_sqlite).await.into_iter().collect();
        let right: BTreeSet<String> = right.lines(for_postgres).await.into_iter().collect();
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert!(
            left == right,
            "{question}\nonly SQLite: {:#?}\nonly PostgreSQL: {:#?}",
            only(&left, &right),
            only(&right, &left)
        );
        assert!(left.len() >= 3, "{question}: the text of the question finds too little");
    }
    left.close().await;
    right.close().await;
    sqlite.finish().await;
    postgres.finish().await;
}

both!(columns_have_the_types_that_mean_the_same_on_both, async |db| {
    let mut raw = db.raw().await;
    let text = match raw {
        crate::raw::Raw::Sqlite(_) => COLUMNS_SQLITE,
        crate::raw::Raw::Postgres(_) => COLUMNS_POSTGRES,
    };
    let allowed = ["key_text", "text", "bigint", "boolean", "double precision", "blob"];
    // A number that follows from what it stands for.
    let numbered = ["line"];
    for row in raw.rows(text).await {
        let kind = row[3].as_deref().expect("a type");
        assert!(allowed.contains(&kind), "{row:?}");
        // What is ordered, compared or joined by name is `key_text`, or the two databases sort it differently.
        let name = row[2].as_deref().expect("a name");
        let is_key =
            name == "id" || name.ends_with("_id") || name.ends_with("_folded") || name == "environment";
        assert!(
            !is_key
                || kind == "key_text"
                || ["request_id", "description_folded"].contains(&name)
                || name == "id" && numbered.contains(&row[0].as_deref().unwrap_or_default()),
            "{row:?}"
        );
    }
    raw.close().await;
});
