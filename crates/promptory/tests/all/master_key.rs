//! The master key as a setting: a file or a variable, one that is changed, wrong or open to others.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::process::{ADMIN, Server, postgres_database, program};

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

/// A file that only its owner may read.
fn kept(folder: &Path, byte: u8) -> PathBuf {
    let file = folder.join(format!("key-{byte}"));
    std::fs::write(&file, format!("{}\n", key(byte))).expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("changed");
    file
}

/// Exit code and what is said of secrets, as `level detail`.
fn doctor(mut command: Command) -> (i32, Vec<String>) {
    let output = command.args(["doctor", "--json"]).output().expect("the program runs");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let items = json["items"].as_array().expect("a list").iter().filter(|item| item["check"] == "secrets");
    let line = |item: &Value| format!("{} {}", item["level"], item["detail"]).replace('"', "");
    (output.status.code().expect("it ended by itself"), items.map(line).collect())
}

fn refused(mut command: Command) -> String {
    let (status, said) = Server::spawn(&mut command).failed();
    assert!(!status.success(), "{said}");
    said
}

async fn a_life(folder: &Path, on: impl Fn(&[(&str, &str)]) -> Command) {
    let (first, second) = (kept(folder, 1), kept(folder, 2));
    let (first, second) = (first.to_str().expect("text"), second.to_str().expect("text"));
    let given = || on(&[("PROMPTORY_MASTER_KEY_FILE", first)]);
    let mut server = Server::start(&mut given());
    let log = server.take_log();
    let new = json!({"url": "https://example.com/hook", "events": ["key.create"]});
    let made = server.post("/api/v1/webhooks", ADMIN, &new).await.good();
    let secret = made["secret"].as_str().expect("shown once").to_owned();
    let said = doctor(given()).1;
    assert!(said[1].starts_with("ok 2 secrets in the database are sealed"), "{said:?}");
    assert!(server.terminate().success());
    let logged = log.iter().collect::<String>();
    assert!(!logged.contains(&secret) && !logged.contains(&key(1)) && !logged.contains("open to others"));

    for wrong in [on(&[]), on(&[("PROMPTORY_MASTER_KEY_FILE", second)])] {
        let said = refused(wrong);
        assert!(
            said.contains("no master key of this server opens") && said.contains("master_key_file"),
            "{said}"
        );
        assert!(!said.contains(&secret) && !said.contains(&key(1)), "{said}");
    }
    let (code, said) = doctor(on(&[]));
    assert_eq!(code, 1, "{said:?}");
    assert!(said[0].starts_with("fail no master key of this server opens"), "{said:?}");

    let changed = || on(&[("PROMPTORY_MASTER_KEY_FILE", second), ("PROMPTORY_OLD_MASTER_KEY", &key(1))]);
    let (code, said) = doctor(changed());
    assert_eq!(code, 0, "{said:?}");
    assert!(said[1].starts_with("warn 2 secrets in the database are stored anew"), "{said:?}");
    let mut server = Server::start(&mut changed());
    assert!(server.terminate().success());
    let mut server = Server::start(&mut on(&[("PROMPTORY_MASTER_KEY", &key(2))]));
    assert_eq!(server.get("/api/v1/webhooks", ADMIN).await.good()["items"][0]["id"], made["webhook"]["id"]);
    assert!(server.terminate().success());
    let mut server = Server::start(&mut on(&[("PROMPTORY_OLD_MASTER_KEY", &key(2))]));
    assert!(server.terminate().success());
    let said = doctor(on(&[])).1;
    assert!(said[0].starts_with("ok 2 secrets lie in the database as they are"), "{said:?}");
}

#[tokio::test]
async fn on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("made");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).expect("changed");
    let on = |variables: &[(&str, &str)]| {
        let mut command = program();
        command.current_dir(folder.path()).envs(variables.iter().copied());
        command.env("PROMPTORY_DATA_DIR", &data).env("PROMPTORY_ADMIN_KEY", ADMIN);
        command
    };
    a_life(folder.path(), on).await;
}

#[tokio::test]
async fn on_postgres() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = postgres_database();
    let on = |variables: &[(&str, &str)]| {
        let mut command = program();
        command.current_dir(folder.path()).envs(variables.iter().copied());
        command.env("PROMPTORY_DATABASE_URL", &database).env("PROMPTORY_ADMIN_KEY", ADMIN);
        command
    };
    a_life(folder.path(), on).await;
}

#[tokio::test]
async fn no_file_of_the_database_holds_a_secret_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || {
        let mut command = program();
        command.env("PROMPTORY_DATA_DIR", folder.path()).env("PROMPTORY_ADMIN_KEY", ADMIN);
        Server::start(command.env("PROMPTORY_MASTER_KEY", key(1)))
    };
    let mut server = start();
    let new = json!({"url": "https://example.com/hook", "events": ["key.create"]});
    let made = server.post("/api/v1/webhooks", ADMIN, &new).await.good();
    let rotate = format!("/api/v1/webhooks/{}/rotate", made["webhook"]["id"].as_str().expect("an id"));
    let rotated = server.post(&rotate, ADMIN, &json!({})).await.good();
    let holds = |text: &str| {
        let files = std::fs::read_dir(folder.path()).expect("a folder");
        let file = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.expect("an entry").path());
        files
            .map(file)
            .any(|bytes| bytes.expect("a file").windows(text.len()).any(|one| one == text.as_bytes()))
    };
    for running in [true, false] {
        assert!(holds("sealed:v1:"), "{running}");
        for secret in [&made["secret"], &rotated["secret"]] {
            assert!(!holds(secret.as_str().expect("shown once")), "{running}");
        }
        if running {
            assert!(server.terminate().success());
        }
    }
}

#[tokio::test]
async fn a_backup_needs_the_key_of_its_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().expect("text");
    let on = |variables: &[(&str, &str)]| {
        let mut command = program();
        command.env("PROMPTORY_DATA_DIR", folder.path().join("data")).env("PROMPTORY_ADMIN_KEY", ADMIN);
        command.envs(variables.iter().copied());
        command
    };
    let run = |args: &[&str]| {
        let done = on(&[]).args(args).output().expect("the program runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let (first, second) = (key(1), key(2));
    let mut server = Server::start(&mut on(&[("PROMPTORY_MASTER_KEY", &first)]));
    run(&["backup", "--output", copy]);
    assert!(server.terminate().success());
    let both = [("PROMPTORY_MASTER_KEY", second.as_str()), ("PROMPTORY_OLD_MASTER_KEY", first.as_str())];
    let mut server = Server::start(&mut on(&both));
    assert!(server.terminate().success());
    run(&["restore", copy, "--force"]);
    let said = refused(on(&both[..1]));
    assert!(said.contains("no master key of this server opens meta token_key"), "{said}");
    for variables in [&both[..], &both[..1]] {
        let mut server = Server::start(&mut on(variables));
        assert_eq!(server.get("/api/v1/whoami", ADMIN).await.status, 200);
        assert!(server.terminate().success());
    }
}

#[test]
fn a_key_that_is_none_and_a_file_that_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let on = |variable: &str, value: &str| {
        let mut command = program();
        command.current_dir(folder.path()).env("PROMPTORY_DATA_DIR", folder.path().join("data"));
        command.env(variable, value);
        command
    };
    let hex = "07".repeat(32);
    for (variable, value, expected) in [
        (
            "PROMPTORY_MASTER_KEY",
            hex.as_str(),
            "the master key (master_key or master_key_file) is not 32 bytes in base64",
        ),
        (
            "PROMPTORY_OLD_MASTER_KEY",
            "short",
            "the old master key (old_master_key or old_master_key_file) is not",
        ),
        ("PROMPTORY_MASTER_KEY_FILE", "/nowhere/key", "the master key in \"/nowhere/key\" cannot be read"),
    ] {
        let said = refused(on(variable, value));
        assert!(said.contains(expected) && !said.contains(&hex), "{said}");
        let checked = on(variable, value).args(["config", "check"]).output().expect("the program runs");
        assert!(String::from_utf8_lossy(&checked.stdout).contains(expected));
        let looked = on(variable, value).arg("doctor").output().expect("the program runs");
        assert_eq!(looked.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&looked.stdout).contains(expected));
    }
    assert!(!folder.path().join("data").exists(), "nothing was begun");

    let file = kept(folder.path(), 1);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("changed");
    let path = file.to_str().expect("text");
    let mut server = Server::start(&mut on("PROMPTORY_MASTER_KEY_FILE", path));
    assert!(server.terminate().success());
    let mut nowhere = on("PROMPTORY_MASTER_KEY_FILE", path);
    nowhere.env("PROMPTORY_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let said = refused(nowhere);
    assert!(said.contains("holds the master key and is open to others (640)"), "{said}");
    let (_, said) = doctor(on("PROMPTORY_MASTER_KEY_FILE", path));
    assert!(said[0].starts_with("warn ") && said[0].contains("open to its group (640)"), "{said:?}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("changed");
    let (code, said) = doctor(on("PROMPTORY_MASTER_KEY_FILE", path));
    assert_eq!(code, 1, "{said:?}");
    assert!(said[0].starts_with("fail ") && said[0].contains("open to everybody (644)"), "{said:?}");
}
