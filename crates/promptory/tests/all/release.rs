//! Several prompts released together from the command line.

use serde_json::json;

use crate::{
    cli::{refused, run, run_json, written},
    process::Server,
};

#[test]
fn two_prompts_are_released_together_and_taken_back_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(&folder.path().join("data"));
    for (name, text) in [("tone", "kind"), ("other", "Hello")] {
        let first = written(folder.path(), "first.txt", text);
        let second = written(folder.path(), "second.txt", &format!("{text}!"));
        run(&server, &format!("prompt create mail/{name} --file {first}"));
        run(&server, &format!("version create mail/{name} --file {second}"));
    }
    let create = "release create mail/tone@latest mail/other@latest --environment production";
    let dry = run(&server, &format!("{create} --dry-run"));
    assert!(dry.contains("mail/tone 1.0.1: completed") && dry.contains("nothing was changed"), "{dry}");
    assert!(run(&server, "release list").contains("Nothing was released together"));
    let first = "release create mail/tone@1 mail/other@1 --environment production";
    run(&server, first);
    let said = refused(&server, first);
    assert!(said.contains("mail/tone"), "{said}");
    let released = run_json(&server, &format!("{create} --reason spring"));
    let id = released["id"].as_str().expect("an id");
    assert_eq!(released["items"][1]["from"], json!("1.0.0"));
    let shown = run(&server, &format!("release show {id}"));
    assert!(
        shown.starts_with("In production: completed\n  mail/tone 1.0.1: completed, in place of 1.0.0"),
        "{shown}"
    );
    assert!(shown.contains(&format!("promptory release rollback {id}")), "{shown}");
    let listed = run(&server, "release list --prompt mail/other --limit 1");
    assert!(listed.contains("mail/tone 1.0.1, mail/other 1.0.1") && listed.contains(id), "{listed}");

    let back = run(&server, &format!("release rollback {id} --reason bad"));
    assert!(back.starts_with("mail/tone 1.0.0 is served again in production, in place of 1.0.1."), "{back}");
    let again = run(&server, &format!("release rollback {id} --reason bad"));
    assert!(again.contains("mail/other was left alone: It was taken back already."), "{again}");
    let said = refused(&server, create);
    assert!(said.contains("--acknowledge-rollback"), "{said}");
    let steps = "--step 50@0 --step 100@1h --acknowledge-rollback";
    let running = run(&server, &format!("{create} {steps}"));
    assert!(running.contains("mail/other 1.0.1: running at 50 %, in place of 1.0.0"), "{running}");
    refused(&server, "release show nothing");
}
