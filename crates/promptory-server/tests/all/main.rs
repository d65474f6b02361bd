#![cfg(test)]
//! The server's tests: stories over a real socket. Each body that needs a database runs on both; see
//! `docs/testing.md`. Every answer is held against the API document at once (`contract.rs`).

/// One body, two tests: `name::sqlite` and `name::postgres`, each with a database of its own.
macro_rules! both {
    ($name:ident, $body:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from its file")]
            use super::*;

            async fn body(db: &crate::db::Db) {
                crate::db::call(db, $body).await;
            }

            #[tokio::test]
            async fn sqlite() {
                let db = crate::db::Db::sqlite();
                body(&db).await;
                db.finish().await;
            }

            #[tokio::test]
            async fn postgres() {
                let db = crate::db::Db::postgres().await;
                body(&db).await;
                db.finish().await;
            }
        }
    };
}

/// For what only several servers on one PostgreSQL can show.
macro_rules! on_postgres {
    ($name:ident, $body:expr $(,)?) => {
        #[tokio::test]
        async fn $name() {
            let db = crate::db::Db::postgres().await;
            crate::db::call(&db, $body).await;
            db.finish().await;
        }
    };
}

mod activation;
mod active;
mod analytics;
mod analytics_compare;
mod analytics_random;
mod analytics_zones;
mod answer;
mod approval_policies;
mod approval_threads;
mod approvals;
mod attribution;
mod audit;
mod bad_bodies;
mod bad_requests;
mod calls;
mod clock_steps;
mod comments;
mod compare;
mod contents;
mod contract;
mod conversations;
mod cors;
mod db;
mod denials;
mod derive;
mod drafts;
mod dry_runs;
mod emergencies;
mod environments;
mod events;
mod every_path;
mod execution_lists;
mod facts;
mod files;
mod fleet;
mod generated;
mod headers;
mod idempotency;
mod includes;
mod instance;
mod keeping;
mod keys;
mod labels;
mod langfuse;
mod langfuse_list;
mod limits;
mod lists;
mod names;
mod names_over_time;
mod not_approved;
mod numbering;
mod operations;
mod outage;
mod over_time;
mod own_keys;
mod owned_keys;
mod people;
mod pinned;
mod policies;
mod postgres_gone;
mod prices;
mod projects;
mod prompts;
mod quarantine;
mod ranges;
mod raw;
mod real_calls;
mod recording;
mod recording_faults;
mod recording_fields;
mod release_approvals;
mod release_rollbacks;
mod released;
mod releases;
mod rendering;
mod resolve;
mod restored;
mod revisions;
mod rollback_preview;
mod rollbacks;
mod rollouts;
mod routes;
mod samples;
mod scores;
mod seals;
mod server;
mod servers;
mod serving;
mod sessions;
mod set_up;
mod settling;
mod starting;
mod status;
mod stream;
mod traces;
mod two_ways;
mod ui;
mod users;
mod verified;
mod walks;
mod ways_back_agreed;
mod webhooks;
mod wire;
mod writers;
