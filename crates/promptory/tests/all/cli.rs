//! The command line from end to end.

use std::{path::Path, process::Output};

use serde_json::{Value, json};

use crate::process::{ADMIN, Server, program};

#[track_caller]
fn ok(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("text").to_owned()
}

#[test]
fn from_a_file_to_a_live_version_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(&folder.path().join("data"));
    let first = written(folder.path(), "first.txt", "Hello {{ name }},\r\nwelcome \u{1f44b}  \n");
    ok(&server.cli(&[
        "prompt",
        "create",
        "mail/welcome",
        "--kind",
        "text",
        "--file",
        &first,
        "--tag",
        "mail",
    ]));
    ok(&server.cli(&[
        "activate",
        "mail/welcome",
        "1.0.0",
        "--environment",
        "production",
        "--reason",
        "first",
    ]));
    let content = ok(&server.cli(&["version", "show", "mail/welcome", "latest", "--content"]));
    assert_eq!(content, "Hello {{ name }},\r\nwelcome \u{1f44b}  \n", "byte for byte");

    let second = written(folder.path(), "second.txt", "Hi {{ name }}, from {{ team }}");
    let created = ok(&server.cli(&[
        "version",
        "create",
        "mail/welcome",
        "--file",
        &second,
        "--activate",
        "production",
    ]));
    assert!(created.contains("2.0.0"), "a new required variable is a major change: {created}");
    let resolved = server.cli(&["resolve", "mail/welcome", "--var", "name=Ada", "--var", "team=us"]);
    assert_eq!(ok(&resolved).trim_end(), "Hi Ada, from us");
    ok(&server.cli(&["activate", "mail/welcome", "1", "--environment", "production"]));
    let active: Value =
        serde_json::from_str(&ok(&server.cli(&["--json", "active", "mail/welcome"]))).expect("JSON");
    assert_eq!(active["version"], "1.0.0");
    let deployments: Value =
        serde_json::from_str(&ok(&server.cli(&["--json", "deployments"]))).expect("JSON");
    let directions: Vec<_> =
        deployments["items"].as_array().expect("a list").iter().map(|row| &row["direction"]).collect();
    assert_eq!(directions, ["back", "forward", "forward"]);
    let rendered = server.cli(&["render", "mail/welcome", "2.0.0", "--var", "name=Ada", "--var", "team=x"]);
    assert_eq!(ok(&rendered).trim_end(), "Hi Ada, from x");
    assert!(ok(&server.cli(&["prompt", "history", "mail/welcome"])).contains("deployment.activate"));
    assert!(ok(&server.cli(&["prompt", "list"])).contains("mail/welcome"));
    assert!(ok(&server.cli(&["audit", "verify"])).contains("head"));
}

#[test]
fn exit_codes_tell_no_from_wrong_from_unreachable() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    let code = |output: &Output| output.status.code();
    assert_eq!(code(&server.cli(&["prompt", "show", "missing"])), Some(1));
    assert_eq!(code(&server.cli(&["prompt", "paint"])), Some(2));
    let gone =
        program().args(["whoami", "--url", "http://127.0.0.1:1", "--key", ADMIN]).output().expect("runs");
    assert_eq!(code(&gone), Some(3));
    let verified = server.cli(&["audit", "verify", "--expect", "9:00"]);
    assert_eq!(code(&verified), Some(1), "entries that should be there are missing");
    let said = server.cli(&["prompt", "show", "missing"]);
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(said.contains("missing") && said.contains("not_found"), "{said}");
}

#[test]
fn the_demo_loads_once_and_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    ok(&server.cli(&["demo"]));
    let before = ok(&server.cli(&["--json", "audit", "list", "--limit", "1"]));
    ok(&server.cli(&["demo"]));
    assert_eq!(
        ok(&server.cli(&["--json", "audit", "list", "--limit", "1"])),
        before,
        "nothing was written again"
    );
    let prompts: Value = serde_json::from_str(&ok(&server.cli(&["--json", "prompt", "list"]))).expect("JSON");
    assert_eq!(prompts["items"].as_array().map(Vec::len), Some(6));
    let resolved =
        server.cli(&["resolve", "support/reply", "--var", "customer_name=Ada", "--var", "question=Where?"]);
    assert!(ok(&resolved).contains("Ada"));
}

#[tokio::test]
async fn keys_from_the_command_line_work_and_can_be_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    let key = ok(&server.cli(&["key", "create", "app", "--scope", "render", "--environment", "staging"]));
    let key = key.trim();
    let who = server.get("/api/v1/whoami", key).await.good();
    assert_eq!((&who["scopes"], &who["environment"]), (&json!(["render"]), &json!("staging")));
    let id = who["key_id"].as_str().expect("an id");
    ok(&server.cli(&["key", "revoke", id]));
    assert_eq!(server.get("/api/v1/whoami", key).await.status, 401);
}
