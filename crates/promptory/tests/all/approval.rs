//! Approval from the command line, and its reset on the server's host.

use std::path::Path;

use crate::{
    cli::{ok, written},
    process::{Server, program},
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
