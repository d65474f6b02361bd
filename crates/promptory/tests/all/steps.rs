//! The process dies at every place where the start and the steps of a rollout can be interrupted; the next one goes on,
//! and each step is there once.

use serde_json::{Value, json};

use crate::process::{ADMIN, Server, postgres_database, program, reached};

/// More places than a rollout has.
const ENOUGH: usize = 100;
/// Processes of this test at a time.
const AT_ONCE: usize = 4;

/// A rollout that waits for somebody to start it.
async fn held(server: &Server) -> String {
    let new = json!({"name": "p", "kind": "text", "version": {"content": "one", "activate": "production"}});
    server.post("/api/v1/prompts", ADMIN, &new).await.good();
    server.post("/api/v1/prompts/p/versions", ADMIN, &json!({"content": "two"})).await.good();
    let steps = [(50, 0), (100, 1)]
        .map(|(percentage, after_s)| json!({"percentage": percentage, "after_s": after_s}));
    let body = json!({"prompt": "p", "version": "2", "environment": "production", "hold": true,
        "strategy": {"steps": steps}});
    let made = server.post("/api/v1/deployments", ADMIN, &body).await.good();
    made["id"].as_str().expect("an id").to_owned()
}

/// Starts it and waits for its end. None: the process died.
async fn through(server: &Server, id: &str) -> Option<Value> {
    let path = format!("/api/v1/deployments/{id}/start");
    let started = server.change("POST", &path, ADMIN, "start", &json!({})).await.ok()?;
    started.good();
    reached(server, id, 100).await.ok()
}

/// What happened to it, without what differs from run to run; and what is served.
async fn told(server: &Server, done: &Value) -> Value {
    let events: Vec<Value> = done["events"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|event| json!([event["seq"], event["kind"], event["state"], event["step"], event["percentage"]]))
        .collect();
    let audit = server.get("/api/v1/audit/verify", ADMIN).await.good();
    let active = server.get("/api/v1/prompts/p/active", ADMIN).await.good();
    json!({"events": events, "state": done["state"], "audit": [audit["valid"], audit["entries"]], "live": active["content"]})
}

/// Answers where it died, and how it looked when it was through; without a place it lives.
async fn lives(start: impl Fn(Option<usize>) -> Server, place: Option<usize>) -> (Option<String>, Value) {
    let mut server = start(None);
    let id = held(&server).await;
    assert!(server.terminate().success());
    let armed = start(place);
    if let Some(done) = through(&armed, &id).await {
        let told = told(&armed, &done).await;
        return (None, told);
    }
    let died = armed.died();
    let next = start(None);
    let done = through(&next, &id).await.expect("it lives");
    (Some(died), told(&next, &done).await)
}

/// Runs each case in a thread of its own, some at a time.
fn each<T: Send>(cases: &[usize], run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let mut all = Vec::new();
    for some in cases.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            let threads: Vec<_> = some.iter().map(|case| scope.spawn(|| run(*case))).collect();
            all.extend(threads.into_iter().map(|thread| thread.join().expect("it holds")));
        });
    }
    all
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

fn on_sqlite(place: Option<usize>) -> (Option<String>, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let start = |place| crate::boundaries::armed(program().env("PROMPTORY_DATA_DIR", folder.path()), place);
    block_on(lives(start, place))
}

fn on_postgres(place: Option<usize>) -> (Option<String>, Value) {
    let database = postgres_database();
    let start = |place| crate::boundaries::armed(program().env("PROMPTORY_DATABASE_URL", &database), place);
    block_on(lives(start, place))
}

/// On PostgreSQL a new process waits until it is sure that the dead one is gone: there it dies around commits only.
#[test]
fn a_rollout_outlives_its_process_wherever_that_dies() {
    let (_, undisturbed) = on_sqlite(None);
    assert_eq!((&undisturbed["state"], &undisturbed["live"]), (&json!("completed"), &json!("two")));
    let mut places = Vec::new();
    for from in (1..ENOUGH).step_by(AT_ONCE) {
        let cases: Vec<usize> = (from..from + AT_ONCE).collect();
        let ended = each(&cases, |place| on_sqlite(Some(place)));
        for (died, told) in &ended {
            assert_eq!(*told, undisturbed, "{died:?} after {places:?}");
        }
        places.extend(ended.iter().filter_map(|(died, _)| died.clone()));
        if ended.iter().any(|(died, _)| died.is_none()) {
            break;
        }
    }
    let count = |place: &str| places.iter().filter(|died| *died == place).count();
    assert!(count("committed") >= 2 && count("statement") > 5, "the start and the step: {places:?}");
    let around: Vec<usize> =
        (1..=places.len()).filter(|n| matches!(places[n - 1].as_str(), "commit" | "committed")).collect();
    for (died, told) in each(&around, |place| on_postgres(Some(place))) {
        assert!(died.is_some());
        assert_eq!(told, undisturbed, "{died:?}");
    }
}
