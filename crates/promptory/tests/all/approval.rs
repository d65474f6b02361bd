//! Approval from the command line, and its reset on the server's host.

use std::{fs::File, path::Path};

use serde_json::json;

use crate::{
    cli::{ok, written},
    process::{ADMIN, Server, program},
};

fn reset(data: &Path, environment: &str) -> std::process::Output {
    program()
        .args(["policy", "reset", environment, "--reason", "nobody is left"])
        .env("PROMPTORY_DATA_DIR", data)
        .output()
        .expect("runs")
}

#[test]
fn a_policy_is_set_waited_for_and_reset() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::sqlite(&data);
    let text = written(folder.path(), "text.txt", "Hello");
    ok(&server.cli(&["prompt", "create", "mail/welcome", "--kind", "text", "--file", &text]));
    assert!(ok(&server.cli(&["policy", "show", "production"])).contains("production approves by itself."));
    let set = ["policy", "set", "production", "--stage", "review:2:approver", "--expires-after", "3"];
    let set = ok(&server.cli(&set));
    assert!(set.contains("1. review: 2 of approver") && set.contains("3 days"), "{set}");

    let activate = ["activate", "mail/welcome", "1", "--environment", "production"];
    let waits = ok(&server.cli(&activate));
    assert!(waits.contains("waits for approval in production") && waits.contains("(review)"), "{waits}");
    let id = waits.split_whitespace().last().expect("an id").to_owned();
    let list = ok(&server.cli(&["approvals", "list", "--state", "open"]));
    assert!(list.contains(&id) && list.contains("mail/welcome 1.0.0"), "{list}");
    assert!(ok(&server.cli(&["approvals", "list", "--mine"])).contains("Nothing waits"));
    let shown = ok(&server.cli(&["approvals", "show", &id]));
    assert!(
        shown.contains("review (open): 0 of 2 from approver") && shown.contains("belongs to nobody"),
        "{shown}"
    );
    for word in ["approve", "reject", "request-changes", "comment", "withdraw"] {
        let refused = server.cli(&[word, &id, "--comment", "because"]);
        assert_eq!(refused.status.code(), Some(1), "{word}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("belongs to nobody"), "{word}");
    }
    let loosened = ok(&server.cli(&["policy", "set", "production", "--no-stages"]));
    assert!(loosened.contains("asks for less by this"), "{loosened}");
    let request = ["approvals", "request", "mail/welcome", "latest", "--environment", "production"];
    assert!(ok(&server.cli(&request)).contains(&id), "it is asked for already");
    assert_eq!(server.cli(&["active", "mail/welcome"]).status.code(), Some(1));

    let urgent = [&activate[..], &["--emergency", "It is down."]].concat();
    assert!(ok(&server.cli(&urgent)).contains("is live in production"));
    let open = ok(&server.cli(&["approvals", "emergencies", "--open"]));
    assert!(open.contains("mail/welcome") && open.contains("until"), "{open}");

    let running = reset(&data, "production");
    assert!(!running.status.success(), "a server runs on it");
    drop(server);
    assert!(ok(&reset(&data, "production")).contains("approves by itself again"));
    assert!(ok(&reset(&data, "production")).contains("nothing was changed"));
    let nowhere = reset(&data, "nowhere");
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("nowhere"));
    let server = Server::sqlite(&data);
    assert!(ok(&server.cli(&["policy", "show", "production"])).contains("approves by itself"));
    assert!(ok(&server.cli(&["audit", "list"])).contains("policy.reset"));
}

/// Somebody who was invited signs in at a terminal, makes a key, and decides by it.
#[tokio::test]
async fn a_person_decides_by_a_key_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(&folder.path().join("data"));
    let text = written(folder.path(), "text.txt", "Hello");
    ok(&server.cli(&["prompt", "create", "mail/welcome", "--kind", "text", "--file", &text]));
    ok(&server.cli(&["policy", "set", "production", "--stage", "review:1:approver"]));
    let waits = ok(&server.cli(&["activate", "mail/welcome", "1", "--environment", "production"]));
    let id = waits.split_whitespace().last().expect("an id").to_owned();
    let link = ok(&server.cli(&["user", "add", "lead@example.com", "--role", "approver"]));
    let (_, token) = link.trim().split_once("#link=").expect("a link");
    let spent = json!({"token": token, "password": "correct horse battery"});
    assert_eq!(server.post("/api/v1/session/link", ADMIN, &spent).await.status, 201);

    let as_lead = |password: &str| {
        let password = written(folder.path(), "password", password);
        program()
            .args(["key", "create", "laptop", "--scope", "read,approve", "--sign-in", "lead@example.com"])
            .env("PROMPTORY_URL", &server.url)
            .stdin(File::open(password).expect("written"))
            .output()
            .expect("runs")
    };
    let wrong = as_lead("wrong\n");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("sign_in_failed"), "{wrong:?}");
    let made = as_lead("correct horse battery\n");
    let key = ok(&made).trim().to_owned();
    assert!(key.starts_with("pk_") && !key.contains('\n'), "{key}");
    let lead = |args: &[&str]| {
        let run = program()
            .args(args)
            .env("PROMPTORY_URL", &server.url)
            .env("PROMPTORY_KEY", &key)
            .output()
            .expect("runs");
        ok(&run)
    };
    let approved = lead(&["approve", &id, "--comment", "Good."]);
    assert!(approved.contains("approve by lead: Good."), "the person, not the key: {approved}");
    lead(&["comment", &id, "--comment", "By the way:\nwell done."]);
    let answered = lead(&["comment", &id, "--comment", "Very good.", "--reply-to", "1"]);
    let words = |line: &str| {
        line.split_once(" comment by lead: ").map(|(at, words)| (at[..4].to_owned(), words.to_owned()))
    };
    let said: Vec<_> = answered.lines().filter_map(words).collect();
    let expected = [("  3.", "Very good."), ("2. 2", "By the way:")];
    assert_eq!(said, expected.map(|(at, words)| (at.to_owned(), words.to_owned())), "{answered}");
    assert!(answered.contains("\n  well done."), "{answered}");
    assert_eq!(ok(&server.cli(&["active", "mail/welcome"])).lines().last(), Some("Hello"));
    let audit = ok(&server.cli(&["--project", "_instance", "audit", "list"]));
    assert!(audit.contains("session.delete"), "the session ends with the key in hand: {audit}");
}
