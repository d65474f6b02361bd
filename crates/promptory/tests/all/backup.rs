//! Backup and restore, with the program on SQLite and with PostgreSQL's own tools.

use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    postgres,
    process::{ADMIN, PATIENCE, Server, lines, postgres_database, program},
};

#[track_caller]
fn good(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[track_caller]
fn refused(output: &Output, because: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(because), "{said}");
}

fn on(folder: &Path, args: &[&str]) -> Output {
    program().arg("--json").args(args).env("PROMPTORY_DATA_DIR", folder).output().expect("runs")
}

async fn publish(server: &Server, text: &str) {
    let new = json!({"name": "p", "kind": "text", "version": {"content": text, "activate": "production"}});
    server.post("/api/v1/prompts", ADMIN, &new).await.good();
}

async fn reword(server: &Server, text: &str) -> String {
    let body = json!({"content": text, "activate": "production"});
    let answer = server.post("/api/v1/prompts/p/versions", ADMIN, &body).await;
    let revision = answer.revision();
    answer.good();
    revision
}

async fn live(server: &Server) -> String {
    let active = server.get("/api/v1/prompts/p/active", ADMIN).await.good();
    active["content"].as_str().expect("text").to_owned()
}

fn head(standing: &Value) -> &str {
    let projects = standing["projects"].as_array().expect("a list");
    let default = projects.iter().find(|project| project["name"] == "default").expect("there");
    default["audit_head"].as_str().expect("a head")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_server_that_is_written_to_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::sqlite(&data);
    publish(&server, "text 0").await;
    let first = reword(&server, "text 1").await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writing = async {
        for n in 2.. {
            let revision = reword(&server, &format!("text {n}")).await;
            if n >= 20 && stopped.try_recv().is_ok() {
                return revision;
            }
        }
        unreachable!("it is stopped")
    };
    let file = folder.path().join("copy.db");
    let output = file.to_str().expect("text").to_owned();
    let copying = async {
        let data = data.clone();
        let done = tokio::task::spawn_blocking(move || on(&data, &["backup", "--output", &output]));
        let done = good(&done.await.expect("run"));
        stop.send(()).expect("somebody writes");
        done
    };
    let (last, copied) = tokio::join!(writing, copying);
    let mode = std::fs::metadata(&file).expect("written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing else is left there");
    let again = on(&data, &["backup", "--output", file.to_str().expect("text")]);
    refused(&again, "is there already");

    let other = folder.path().join("other");
    let restored = good(&on(&other, &["restore", file.to_str().expect("text")]));
    assert_eq!(restored["projects"], copied["projects"], "what was copied is what is restored");
    let second = Server::sqlite(&other);
    let verified = second.cli(&["audit", "verify", "--expect", head(&restored)]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let answer = second.get("/api/v1/prompts/p/active", ADMIN).await;
    let (epoch, revision) = (answer.revision(), answer.good());
    let epoch = epoch.split(':').next().expect("an epoch").to_owned();
    assert_eq!(restored["epoch"], json!(epoch));
    assert!(!first.starts_with(&epoch), "a restored database has a new epoch");
    let number =
        |text: &str| text.rsplit(':').next().and_then(|n| n.parse::<i64>().ok()).expect("a revision");
    let at = revision["revision"].as_i64().expect("a revision");
    assert!(number(&first) <= at && at <= number(&last), "one state between the first and the last write");
}

#[tokio::test]
async fn a_restore_takes_nothing_away_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Server::sqlite(&data);
    publish(&server, "kept").await;
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().expect("text");
    good(&on(&data, &["backup", "--output", copy]));
    reword(&server, "later").await;
    refused(&on(&data, &["restore", copy]), "another promptory process");
    refused(&on(&data, &["restore", copy, "--force"]), "another promptory process");
    assert_eq!(live(&server).await, "later");
    assert!(server.terminate().success());

    refused(&on(&data, &["restore", copy]), "--force");
    refused(&on(&data, &["restore", "/nowhere/copy.db"]), "no file");
    let restored = good(&on(&data, &["restore", copy, "--force"]));
    let kept = restored["kept"].as_str().expect("a name").to_owned();
    let mut server = Server::sqlite(&data);
    assert_eq!(live(&server).await, "kept");
    assert!(server.terminate().success());
    // What was in its place can be had back by the same means.
    good(&on(&data, &["restore", &kept, "--force"]));
    assert_eq!(live(&Server::sqlite(&data)).await, "later");
}

#[tokio::test]
async fn a_damaged_or_foreign_file_is_not_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Server::sqlite(&data);
    publish(&server, &"a long text ".repeat(20_000)).await;
    assert!(server.terminate().success());
    let copy = folder.path().join("copy.db");
    good(&on(&data, &["backup", "--output", copy.to_str().expect("text")]));
    let whole = std::fs::read(&copy).expect("read");
    let spoilt = folder.path().join("spoilt.db");
    let spoilt_name = spoilt.to_str().expect("text");
    let nowhere = folder.path().join("empty");
    std::fs::write(&spoilt, &whole[..whole.len() / 2]).expect("written");
    refused(&on(&nowhere, &["restore", spoilt_name]), "");
    let mut bytes = whole.clone();
    bytes[4096..8192].fill(0x5a);
    std::fs::write(&spoilt, &bytes).expect("written");
    refused(&on(&nowhere, &["restore", spoilt_name]), "");
    std::fs::write(&spoilt, "no database at all, but some text that is long enough for a header of 100 bytes ….......................")
        .expect("written");
    refused(&on(&nowhere, &["restore", spoilt_name]), "not a database");
    std::fs::write(&spoilt, "").expect("written");
    refused(&on(&nowhere, &["restore", spoilt_name]), "no database of Promptory");
    refused(&on(&nowhere, &["backup", "--output", spoilt_name]), "");
    // A failed restore leaves nothing that a start would take for a database.
    let left: Vec<_> = std::fs::read_dir(&nowhere)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.metadata().expect("seen").len() > 0)
        .map(|entry| entry.file_name())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let outside = program()
        .args(["backup"])
        .env("PROMPTORY_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
        .output()
        .expect("runs");
    refused(&outside, "pg_dump");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_dumped_and_restored_under_running_servers() {
    let database = postgres_database();
    let (one, two) = (Server::postgres(&database), Server::postgres(&database));
    publish(&one, "kept").await;
    let folder = tempfile::tempdir().expect("a folder");
    let dump = folder.path().join("promptory.dump");
    let dump = dump.to_str().expect("text");
    let status = postgres::tool("pg_dump").args(["--format=custom", "--file", dump, &database]).status();
    assert!(status.expect("pg_dump runs").success());

    let lost = reword(&one, "lost").await;
    let made = one.post("/api/v1/keys", ADMIN, &json!({"name": "late", "scopes": ["read"]})).await;
    let revision = made.revision();
    let late = made.good()["key"].as_str().expect("a key").to_owned();
    for server in [&one, &two] {
        let seen = server.get_after("/api/v1/prompts/p/active", ADMIN, &revision).await.good();
        assert_eq!(seen["content"], "lost");
        assert_eq!(server.get("/api/v1/whoami", &late).await.status, 200);
    }
    let mut stream = program()
        .args(["stream", "--environment", "production"])
        .env("PROMPTORY_URL", &two.url)
        .env("PROMPTORY_KEY", ADMIN)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let events = lines(stream.stdout.take().expect("stdout"));
    let next = || events.recv_timeout(PATIENCE).expect("an event");
    assert!(next().contains("hello"));

    let restored = postgres::tool("pg_restore")
        .args(["--clean", "--if-exists", "--single-transaction", "--dbname", &database, dump])
        .output()
        .expect("pg_restore runs");
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let done = good(&after_external(&database));
    let epoch = done["epoch"].as_str().expect("an epoch");
    assert!(!lost.starts_with(epoch));
    while !next().contains("reset") {}
    let mine = format!("{epoch}:1");
    for server in [&one, &two] {
        // Each has noticed when it knows the epoch.
        let noticing = async {
            loop {
                let seen = server.get_after("/api/v1/prompts/p/active", ADMIN, &mine).await;
                if seen.status != 503 {
                    return seen.good();
                }
            }
        };
        let seen = tokio::time::timeout(PATIENCE, noticing).await.expect("it notices");
        assert_eq!(seen["content"], "kept");
        assert_eq!(server.get("/api/v1/whoami", &late).await.status, 401);
    }
    let verified = two.cli(&["audit", "verify", "--expect", head(&done)]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let after = reword(&one, "after").await;
    let seen = two.get_after("/api/v1/prompts/p/active", ADMIN, &after).await.good();
    assert_eq!(seen["content"], "after", "no restart was needed");
    stream.kill().expect("ended");
    stream.wait().expect("waited");
}

fn after_external(database: &str) -> Output {
    let mut command: Command = program();
    command.args(["--json", "restore", "--after-external"]).env("PROMPTORY_DATABASE_URL", database);
    command.output().expect("runs")
}

#[test]
fn what_is_no_database_of_promptory_gets_no_epoch() {
    refused(&after_external(&postgres_database()), "no database that Promptory has made");
}

#[tokio::test]
async fn what_a_killed_server_left_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let server = Server::sqlite(&data);
    publish(&server, "copied").await;
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().expect("text");
    good(&on(&data, &["backup", "--output", copy]));
    reword(&server, "in the log beside the file").await;
    // Killed: nothing is folded.
    drop(server);
    let log = std::fs::metadata(data.join("promptory.db-wal")).expect("the log is there");
    assert!(log.len() > 0);
    let left = data.join("promptory.db");
    good(&on(&other, &["restore", left.to_str().expect("text")]));
    assert_eq!(live(&Server::sqlite(&other)).await, "in the log beside the file");

    let restored = good(&on(&data, &["restore", copy, "--force"]));
    assert_eq!(live(&Server::sqlite(&data)).await, "copied", "and no log of another database is beside it");
    let kept = restored["kept"].as_str().expect("a name");
    good(&on(&data, &["restore", kept, "--force"]));
    assert_eq!(live(&Server::sqlite(&data)).await, "in the log beside the file");
}
