//! The disk takes no more: the system refuses what would make a file longer than a limit, as a full or broken disk
//! does. Needs no right that an ordinary user has not.

use std::process::Command;

use serde_json::{Value, json};

use crate::process::{ADMIN, PATIENCE, Server, program};

/// Any write behind the first page fails.
const NOTHING: &str = "4096";

/// Sets the soft limit of a running process; it has no other way to be told.
fn limit_files(server: &Server, bytes: &str) {
    let (pid, limit) = (server.pid().to_string(), format!("--fsize={bytes}:"));
    let done =
        Command::new("prlimit").args(["--pid", &pid, &limit]).output().expect("prlimit (util-linux) runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A process that is over the limit is killed unless it ignores the signal: a disk sends none.
fn without_the_signal() -> Command {
    let program = program();
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#]).arg(program.get_program());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

async fn ready(server: &Server, word: &str) -> Value {
    // The database is asked once a second at most.
    let asking = async {
        loop {
            let answer = server.get("/readyz", ADMIN).await;
            assert_eq!(answer.status, 200, "prompts are served all the time");
            if answer.body["write"] == word {
                return answer.body;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("the server notices")
}

#[tokio::test]
async fn a_disk_that_takes_no_more_stops_changes_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = without_the_signal();
    command.env("PROMPTORY_DATA_DIR", folder.path()).env("PROMPTORY_ADMIN_KEY", ADMIN);
    let server = Server::start(&mut command);
    let new = json!({"name": "p", "kind": "text", "version": {"content": "one", "activate": "production"}});
    server.post("/api/v1/prompts", ADMIN, &new).await.good();
    let body =
        |n: usize| json!({"content": format!("{n} {}", "words ".repeat(10_000)), "activate": "production"});
    for round in 0..3 {
        limit_files(&server, NOTHING);
        let before = server.get("/api/v1/audit/verify", ADMIN).await.good();
        for n in 0..5 {
            let refused = server.post("/api/v1/prompts/p/versions", ADMIN, &body(100 * round + n)).await;
            assert_eq!(
                (refused.status, &refused.body["code"]),
                (503, &json!("unavailable")),
                "{}",
                refused.body
            );
            assert!(refused.headers.contains_key("retry-after"));
            assert_eq!(server.get("/api/v1/prompts/p/active", ADMIN).await.status, 200);
            let resolved = server.post("/api/v1/prompts/p/resolve", ADMIN, &json!({})).await;
            assert_eq!(resolved.status, 200, "{}", resolved.body);
        }
        let problems = ready(&server, "failing").await["problems"].to_string();
        assert!(problems.contains("cannot be written"), "{problems}");
        assert_eq!(
            server.get("/api/v1/prompts/p/versions", ADMIN).await.status,
            200,
            "and what is stored is read"
        );
        assert_eq!(server.get("/api/v1/audit/verify", ADMIN).await.good(), before, "nothing is half done");

        limit_files(&server, "unlimited");
        ready(&server, "ok").await;
        let sequence = server.post("/api/v1/prompts/p/versions", ADMIN, &body(round)).await.good();
        assert_eq!(sequence["sequence"], json!(round + 2), "no number is lost, and no restart is needed");
    }
    let copy = folder.path().join("copy.db");
    let backup = program()
        .args(["backup", "--output", copy.to_str().expect("text")])
        .env("PROMPTORY_DATA_DIR", folder.path())
        .output();
    let backup = backup.expect("runs");
    assert!(backup.status.success(), "the file is sound: {}", String::from_utf8_lossy(&backup.stderr));
    let audit = server.get("/api/v1/audit/verify", ADMIN).await.good();
    assert_eq!(audit["valid"], true, "{audit}");
}

#[tokio::test]
async fn a_disk_with_room_for_a_little_fails_once_a_change_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = without_the_signal();
    command.env("PROMPTORY_DATA_DIR", folder.path()).env("PROMPTORY_ADMIN_KEY", ADMIN);
    let server = Server::start(&mut command);
    let new = json!({"name": "p", "kind": "text", "version": {"content": "one", "activate": "production"}});
    server.post("/api/v1/prompts", ADMIN, &new).await.good();
    let log = std::fs::metadata(folder.path().join("promptory.db-wal")).expect("the log").len();
    limit_files(&server, &(log + 128 * 1024).to_string());
    ready(&server, "ok").await;
    let large = json!({"content": "words ".repeat(100_000), "activate": "production"});
    assert_eq!(server.post("/api/v1/prompts/p/versions", ADMIN, &large).await.status, 503);
    ready(&server, "failing").await;
    let small = json!({"content": "two", "activate": "production"});
    server.post("/api/v1/prompts/p/versions", ADMIN, &small).await.good();
    limit_files(&server, "unlimited");
    ready(&server, "ok").await;
    server.post("/api/v1/prompts/p/versions", ADMIN, &large).await.good();
}

#[test]
fn a_backup_without_room_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Server::sqlite(&folder.path().join("data")));
    let output = folder.path().join("copies");
    std::fs::create_dir(&output).expect("made");
    let mut command = without_the_signal();
    let backup = command
        .args(["backup", "--output"])
        .arg(output.join("copy.db"))
        .env("PROMPTORY_DATA_DIR", folder.path().join("data"));
    let limited = Command::new("prlimit")
        .arg(format!("--fsize={NOTHING}"))
        .arg(backup.get_program())
        .args(backup.get_args())
        .envs(backup.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .output()
        .expect("prlimit (util-linux) runs");
    assert_eq!(limited.status.code(), Some(1), "{}", String::from_utf8_lossy(&limited.stderr));
    assert_eq!(std::fs::read_dir(&output).expect("a folder").count(), 0);
}
