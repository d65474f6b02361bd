//! The process dies while executions come in, at every place and at any moment: each acknowledged one is stored, none
//! twice, and what is counted is what is stored.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::process::{ADMIN, Server, postgres_database, program};

/// Between the steps of storing, and of writing what is counted, in this order.
const PLACES: [&str; 5] = ["record", "record-commit", "recorded", "fold", "fold-commit"];
/// Far beyond what counting takes.
const PATIENCE: Duration = Duration::from_secs(60);
const CLIENTS: usize = 8;
const BATCHES: usize = 40;

fn calls(ids: impl IntoIterator<Item = String>) -> Value {
    let call =
        |id: String| json!({"id": id, "prompt": "p", "version": "1", "status": "success", "latency_ms": 5});
    ids.into_iter().map(call).collect()
}

async fn prepare(server: &Server) {
    let new = json!({"name": "p", "kind": "text", "version": {"content": "Hi", "activate": "production"}});
    server.post("/api/v1/prompts", ADMIN, &new).await.good();
}

/// All ids that are stored, each as often as it is.
async fn stored(server: &Server) -> Vec<String> {
    let file = server.get("/api/v1/executions/export", ADMIN).await;
    assert_eq!(file.status, 200);
    let text = match file.body {
        Value::String(text) => text,
        // One line by itself is JSON.
        one => one.to_string(),
    };
    let id = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        row["id"].as_str().expect("an id").to_owned()
    };
    text.lines().filter(|line| !line.is_empty() && *line != "\"\"").map(id).collect()
}

/// What is counted, which is what is stored as far as it goes.
async fn counted(server: &Server) -> u64 {
    let verified = server.post("/api/v1/analytics/verify", ADMIN, &json!({})).await.good();
    assert_eq!(verified["agrees"], true, "{verified}");
    verified["executions"].as_u64().expect("a count")
}

/// With one server the next start counts at once what the dead one left; of several, one does after a while, and until
/// then what is counted agrees all the same.
async fn all_counted(server: &Server, adopts_at_once: bool, executions: usize) {
    let all = async { while adopts_at_once && counted(server).await < executions as u64 {} };
    tokio::time::timeout(PATIENCE, all).await.expect("they are counted");
    counted(server).await;
}

async fn each_place(start: impl Fn(Option<usize>) -> Server, adopts_at_once: bool) {
    prepare(&start(None)).await;
    let mut sent = BTreeSet::new();
    for (n, place) in (1..).zip(PLACES) {
        let server = start(Some(n));
        let ids: Vec<String> = (0..20).map(|call| format!("{place}/{call}")).collect();
        sent.extend(ids.iter().cloned());
        let answer = server.try_post("/api/v1/executions", ADMIN, &calls(ids.clone())).await;
        let acknowledged = answer.is_ok_and(|answer| answer.good()["accepted"] == 20);
        assert_eq!(acknowledged, place.starts_with("fold"), "{place}");
        assert_eq!(server.died(), place);
        // A stubborn client sends it again.
        let mut server = start(None);
        let there = stored(&server).await.iter().filter(|id| id.starts_with(&format!("{place}/"))).count();
        assert_eq!(there, if n <= 2 { 0 } else { 20 }, "{place}: a commit is whole");
        let again = server.post("/api/v1/executions", ADMIN, &calls(ids)).await.good();
        assert_eq!(again["accepted"].as_u64().expect("a count") + there as u64, 20, "{place}");
        all_counted(&server, adopts_at_once, sent.len()).await;
        // In order, so that the next one dies in its own work and not in what this one left.
        assert!(server.terminate().success());
    }
    let server = start(None);
    let found = stored(&server).await;
    assert_eq!(found.len(), sent.len(), "none twice");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), sent);
    counted(&server).await;
}

fn armed(mut command: std::process::Command, place: Option<usize>) -> Server {
    if let Some(place) = place {
        command.env("PROMPTORY_TEST_DIE_AT", place.to_string());
    }
    Server::start(command.env("PROMPTORY_ADMIN_KEY", ADMIN))
}

#[tokio::test]
async fn executions_of_sqlite_are_there_once_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = |place| {
        let mut command = program();
        command.env("PROMPTORY_DATA_DIR", folder.path());
        armed(command, place)
    };
    each_place(start, true).await;
}

#[tokio::test]
async fn executions_of_postgres_are_there_once_or_not_at_all() {
    let database = postgres_database();
    let start = |place| {
        let mut command = program();
        command.env("PROMPTORY_DATABASE_URL", &database);
        armed(command, place)
    };
    each_place(start, false).await;
}

/// Clients that send until the server is gone; each batch that was acknowledged is noted.
async fn under_load(server: Server, round: usize) -> (Vec<String>, Vec<String>) {
    let server = Arc::new(server);
    let (acknowledged, tried) =
        (Arc::new(Mutex::<Vec<String>>::default()), Arc::new(Mutex::<Vec<String>>::default()));
    let count = Arc::new(AtomicUsize::new(0));
    let (enough, mut reached) = tokio::sync::mpsc::channel(CLIENTS);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (server, acknowledged, tried) =
            (Arc::clone(&server), Arc::clone(&acknowledged), Arc::clone(&tried));
        let (count, enough) = (Arc::clone(&count), enough.clone());
        clients.spawn(async move {
            for batch in 0.. {
                let ids: Vec<String> = (0..25).map(|n| format!("{round}/{client}/{batch}/{n}")).collect();
                tried.lock().expect("unpoisoned").extend(ids.clone());
                let Ok(answer) = server.try_post("/api/v1/executions", ADMIN, &calls(ids.clone())).await
                else {
                    return;
                };
                answer.good();
                acknowledged.lock().expect("unpoisoned").extend(ids);
                if count.fetch_add(1, Ordering::SeqCst) + 1 == BATCHES {
                    enough.send(()).await.expect("somebody waits");
                }
            }
        });
    }
    reached.recv().await.expect("enough were acknowledged");
    server.signal("-KILL");
    clients.join_all().await;
    drop(server);
    let taken = |all: Arc<Mutex<Vec<String>>>| std::mem::take(&mut *all.lock().expect("unpoisoned"));
    (taken(acknowledged), taken(tried))
}

async fn killed(start: impl Fn() -> Server, adopts_at_once: bool) {
    prepare(&start()).await;
    let (mut acknowledged, mut tried) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..3 {
        let (more, sent) = under_load(start(), round).await;
        assert!(more.len() >= BATCHES * 25);
        acknowledged.extend(more);
        tried.extend(sent);
        let server = start();
        let found = stored(&server).await;
        let different: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(found.len(), different.len(), "none twice");
        assert!(acknowledged.is_subset(&different), "nothing acknowledged is lost");
        assert!(different.is_subset(&tried));
        let rest: Vec<String> = tried.difference(&different).cloned().collect();
        let again = server.post("/api/v1/executions", ADMIN, &calls(rest.clone())).await.good();
        assert_eq!(again["accepted"], json!(rest.len()), "what was not acknowledged is sent again");
        acknowledged.extend(rest);
        all_counted(&server, adopts_at_once, acknowledged.len()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_sqlite_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder: &Path = folder.path();
    killed(|| Server::sqlite(folder), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_postgres_and_nothing_acknowledged_is_lost() {
    let database = postgres_database();
    killed(|| Server::postgres(&database), false).await;
}
