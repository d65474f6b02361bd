//! Going back from the command line.

use serde_json::json;

use crate::{
    cli::{refused, run, run_json, written},
    process::Server,
};

#[test]
fn a_version_is_looked_at_taken_back_and_released_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(&folder.path().join("data"));
    let first = written(folder.path(), "first.txt", "Hello {{ name }}");
    let second = written(folder.path(), "second.txt", "Hi {{ name }}");
    run(&server, &format!("prompt create mail/hello --file {first} --activate production"));
    run(&server, &format!("version create mail/hello --file {second}"));
    let rollout = run_json(&server, "deploy mail/hello latest --environment production");
    let id = rollout["id"].as_str().expect("an id");
    // Figures with fractions.
    let call = |status: &str| {
        json!({"id": status, "prompt": "mail/hello", "version": "1.0.1", "environment": "production", "status": status,
            "provider": "openai", "model": "gpt-4.1", "latency_ms": 12.5, "input_tokens": 3, "output_tokens": 4})
    };
    let calls = json!([call("success"), call("error"), call("timeout")]).to_string();
    let calls = written(folder.path(), "calls.json", &calls);
    run(&server, &format!("executions record {calls}"));

    let preview = run(&server, "rollback mail/hello --environment production --preview");
    assert!(preview.starts_with("From 1.0.1 to 1.0.0, which is live all the time"), "{preview}");
    assert!(preview.contains("5 % of callers"), "{preview}");
    let gone = run(&server, &format!("rollback --deployment {id} --reason bad"));
    assert!(gone.contains("everybody gets 1.0.0"), "{gone}");
    let listed = run_json(&server, "rollbacks --prompt mail/hello --environment production --limit 3");
    let one = &listed["items"][0];
    assert_eq!((&one["reason"], &one["from"]["version"]), (&json!("bad"), &json!("1.0.1")));
    assert!(run(&server, "rollbacks").contains("(rollback)"));

    let said = refused(&server, "activate mail/hello 1.0.1 --environment production");
    assert!(said.contains("quarantined") && said.contains("bad"), "{said}");
    refused(
        &server,
        &format!("version create mail/hello --file {second} --allow-duplicate --activate production"),
    );
    run(&server, "activate mail/hello 1.0.1 --environment production --acknowledge-rollback");
    let back =
        run(&server, "rollback mail/hello --environment production --to last_known_good --reason worse");
    assert!(back.starts_with("mail/hello 1.0.0 is live in production again, in place of 1.0.1."), "{back}");
    let preview = refused(&server, "rollback mail/hello --environment staging --preview");
    assert!(preview.contains("Not possible"), "{preview}");
    refused(&server, "rollback mail/hello --environment production --to 9.9.9 --reason worse");
    let held =
        run_json(&server, "deploy mail/hello 1.0.1 --environment production --hold --acknowledge-rollback");
    let id = held["id"].as_str().expect("an id");
    run(&server, &format!("deployment start {id} --acknowledge-rollback"));
    run(&server, &format!("deployment abort {id}"));
    let revert = "version revert mail/hello 1.0.1 --environment production --acknowledge-rollback";
    run(&server, revert);
    let patch = format!("patch mail/hello --file {first} --environment production --acknowledge-rollback");
    refused(&server, &patch);
}
