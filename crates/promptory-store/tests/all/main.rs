//! The store's tests. Each body runs on both databases; see `docs/testing.md` and `docs/dialects.md`.

/// One body, two tests: `name::sqlite` and `name::postgres`, each on an empty migrated database of its own.
macro_rules! both {
    ($name:ident, $body:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from its file")]
            use super::*;

            async fn body(db: &crate::harness::Db) {
                crate::harness::call(db, $body).await;
            }

            #[tokio::test]
            async fn sqlite() {
                let db = crate::harness::Db::sqlite().await;
                body(&db).await;
                db.finish().await;
            }

            #[tokio::test]
            async fn postgres() {
                let db = crate::harness::Db::postgres().await;
                body(&db).await;
                db.finish().await;
            }
        }
    };
}

/// As `both!`, for many generated values: `(cases, strategy)`. The cases of one run share a database; each makes a
/// project of its own. The values are the same in every run.
macro_rules! both_for_all {
    ($name:ident, $cases:expr, $strategy:expr, $body:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from its file")]
            use super::*;

            #[test]
            fn sqlite() {
                crate::harness::for_all($cases, &$strategy, crate::harness::Db::sqlite(), $body);
            }

            #[test]
            fn postgres() {
                crate::harness::for_all($cases, &$strategy, crate::harness::Db::postgres(), $body);
            }
        }
    };
}

mod activation;
mod applying;
mod approvals;
mod audit;
mod calls;
mod comments;
mod days;
mod errors;
mod executions;
mod feed;
mod following;
mod harness;
mod history;
mod idempotency;
mod includes;
mod inspect;
mod keys;
mod labels;
mod leases;
mod migrations;
mod paging;
mod people;
mod plans;
mod prices;
mod projects;
mod raw;
mod recorders;
mod released;
mod releases;
mod removal;
mod renames;
mod rolling;
mod rollups;
mod schema;
mod scores;
mod secrets;
mod statements;
mod steps;
mod story;
mod sweeps;
mod texts;
mod uses;
mod versions;
mod ways_back;
mod webhooks;
mod writers;
