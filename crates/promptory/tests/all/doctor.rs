//! The doctor, beside real servers.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::process::{ADMIN, Server, postgres_database, program};

/// Exit code, and `level check detail` of each line.
fn doctor(command: &mut Command) -> (i32, Vec<String>) {
    let output = command.args(["doctor", "--json"]).output().expect("the program runs");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let word = |item: &Value, field: &str| item[field].as_str().expect("text").to_owned();
    let items = json["items"].as_array().expect("a list").iter();
    let lines =
        items.map(|item| format!("{} {} {}", word(item, "level"), word(item, "check"), word(item, "detail")));
    (output.status.code().expect("it ended by itself"), lines.collect())
}

fn on_sqlite(folder: &Path) -> Command {
    let mut command = program();
    command.current_dir(folder).env("PROMPTORY_DATA_DIR", folder).env("PROMPTORY_ADMIN_KEY", ADMIN);
    command
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("changed");
}

#[track_caller]
fn has(lines: &[String], begin: &str, within: &str) {
    assert!(
        lines.iter().any(|line| line.starts_with(begin) && line.contains(within)),
        "{begin} … {within}: {lines:#?}"
    );
}

#[test]
fn a_server_in_order_and_one_that_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    mode(folder.path(), 0o700);
    let (code, before) = doctor(&mut on_sqlite(folder.path()));
    assert_eq!(code, 0, "{before:#?}");
    has(&before, "ok schema", "there is no database yet");
    let mut server = Server::sqlite(folder.path());
    let (code, lines) = doctor(&mut on_sqlite(folder.path()));
    assert_eq!(code, 0, "{lines:#?}");
    has(&lines, "ok schema", "that of this program");
    has(&lines, "ok lock", &format!("process {} has the database open", server.pid()));
    has(&lines, "ok data", "is closed to others");
    has(&lines, "warn key", "can be guessed");
    assert!(server.terminate().success());
    let (_, lines) = doctor(&mut on_sqlite(folder.path()));
    has(&lines, "ok lock", "no server");
    // Nothing is left that would be in the way of the next start.
    drop(Server::sqlite(folder.path()));

    let database = folder.path().join("promptory.db");
    mode(&database, 0o644);
    mode(folder.path(), 0o755);
    let text = format!("cors_origins = [\"*\"]\nlisten = \"0.0.0.0:80\"\nadmin_key = \"{ADMIN}\"\n");
    let file = folder.path().join("promptory.toml");
    std::fs::write(&file, text).expect("written");
    mode(&file, 0o644);
    let mut command = on_sqlite(folder.path());
    command.env_remove("PROMPTORY_ADMIN_KEY");
    let (code, lines) = doctor(&mut command);
    assert_eq!(code, 1);
    for (begin, within) in [
        ("fail data", "chmod 600"),
        ("warn data", "chmod 700"),
        ("fail secrets", "open to everybody (644)"),
        ("warn listen", "every address"),
        ("warn origins", "any web page"),
    ] {
        has(&lines, begin, within);
    }
    assert!(!lines.iter().any(|line| line.contains(ADMIN)), "{lines:#?}");
    std::fs::write(&file, "listn = 1\n").expect("written");
    let (code, lines) = doctor(&mut on_sqlite(folder.path()));
    assert_eq!((code, lines.len()), (1, 1));
    has(&lines, "fail settings", "is \"listen\" meant?");
}

#[test]
fn a_damaged_database_and_a_bad_key() {
    let folder = tempfile::tempdir().expect("a folder");
    mode(folder.path(), 0o700);
    std::fs::write(folder.path().join("promptory.db"), "this is no database").expect("written");
    mode(&folder.path().join("promptory.db"), 0o600);
    let (code, lines) = doctor(on_sqlite(folder.path()).env("PROMPTORY_ADMIN_KEY", "short"));
    assert_eq!(code, 1);
    has(&lines, "fail schema", "cannot be read");
    has(&lines, "fail key", "at least 16");
    let (_, lines) = doctor(on_sqlite(folder.path()).env("PROMPTORY_LISTEN", "no.such.host.invalid:80"));
    has(&lines, "fail listen", "cannot be listened on");
}

#[test]
fn postgresql() {
    let database = postgres_database();
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = program();
    command.current_dir(folder.path()).env("PROMPTORY_DATABASE_URL", &database);
    let (code, lines) = doctor(&mut command);
    assert_eq!(code, 0, "{lines:#?}");
    has(&lines, "ok schema", "the database is empty");
    let _server = Server::postgres(&database);
    let mut command = program();
    let (code, lines) = doctor(command.current_dir(folder.path()).env("PROMPTORY_DATABASE_URL", &database));
    assert_eq!(code, 0, "{lines:#?}");
    has(&lines, "ok schema", "that of this program");
    has(&lines, "ok clock", "agree");
    let mut command = program();
    let gone = "postgres://u:very-secret@127.0.0.1:1/d";
    let (code, lines) = doctor(command.current_dir(folder.path()).env("PROMPTORY_DATABASE_URL", gone));
    assert_eq!(code, 1);
    has(&lines, "fail schema", "cannot be read");
    assert!(!lines.iter().any(|line| line.contains("very-secret")), "{lines:#?}");
}
