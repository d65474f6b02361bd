//! Settings from a file, as the program takes them.

use std::path::Path;

use serde_json::Value;

use crate::process::{ADMIN, Server, program};

fn run(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = program();
    command.args(args).current_dir(folder).envs(variables.iter().copied());
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn a_server_takes_its_settings_from_the_file_of_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("prompts");
    std::fs::write(folder.path().join("key"), format!("{ADMIN}\n")).expect("written");
    let text =
        format!("data_dir = {data:?}\nadmin_key_file = \"key\"\ncors_origins = [\"https://app.example\"]\n");
    std::fs::write(folder.path().join("promptory.toml"), text).expect("written");
    let server = Server::start(program().current_dir(folder.path()));
    assert_eq!(server.get("/api/v1/whoami", ADMIN).await.status, 200);
    assert!(data.join("promptory.db").is_file());
}

#[test]
fn a_mistake_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("promptory.toml"), "listen = 8080\n").expect("written");
    let (code, _, said) = run(folder.path(), &["serve"], &[]);
    assert_eq!(
        (code, said.trim()),
        (2, "error: promptory.toml, line 1: \"listen\" is a text in quotes, not a number")
    );
    assert_eq!(run(folder.path(), &["migrate", "status"], &[]).0, 2);
    let (code, said, _) = run(folder.path(), &["config", "check"], &[]);
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    let (code, said, _) = run(folder.path(), &["config", "check", "--json"], &[]);
    let json: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &json["valid"]), (1, &Value::Bool(false)));
    assert_eq!(run(folder.path(), &["config", "check", "gone.toml"], &[]).0, 1);
}

#[test]
fn the_printed_defaults_are_a_file_that_is_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, text, _) = run(folder.path(), &["config", "default"], &[]);
    assert_eq!(code, 0);
    std::fs::write(folder.path().join("promptory.toml"), text).expect("written");
    let (code, said, _) = run(folder.path(), &["config", "check"], &[]);
    assert_eq!((code, said.as_str()), (0, "promptory.toml and the variables are valid.\n"));
}

#[test]
fn what_is_in_force_is_shown_without_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let variables =
        [("PROMPTORY_ADMIN_KEY", ADMIN), ("PROMPTORY_DATABASE_URL", "postgres://u:very-secret@h/d")];
    let args = ["config", "show", "--listen", "127.0.0.1:99", "--json"];
    let (code, said, _) = run(folder.path(), &args, &variables);
    assert_eq!(code, 0);
    assert!(!said.contains(ADMIN) && !said.contains("very-secret"), "{said}");
    let json: Value = serde_json::from_str(&said).expect("JSON");
    let at = |key: &str| {
        let items = json["items"].as_array().expect("a list");
        let item = items.iter().find(|item| item["setting"] == key).expect("every setting is there");
        (item["value"].to_string(), item["from"].as_str().expect("text").to_owned())
    };
    assert_eq!(at("listen"), ("\"127.0.0.1:99\"".into(), "flag --listen".into()));
    assert_eq!(at("admin_key"), ("\"(hidden)\"".into(), "variable PROMPTORY_ADMIN_KEY".into()));
    assert_eq!(at("database_url").0, "\"postgres://u:hidden@h/d\"");
    let (_, table, _) = run(folder.path(), &args[..4], &variables);
    assert!(table.contains("flag --listen") && !table.contains("very-secret"), "{table}");
}
