//! The command line from end to end.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::process::{ADMIN, PATIENCE, Server, lines, program};

#[track_caller]
pub fn ok(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub fn written(folder: &Path, name: &str, text: &str) -> String {
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
fn prices_are_added_imported_and_tell_what_a_call_costs() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(&folder.path().join("data"));
    let call = ["prices", "cost", "gpt-9", "--input-tokens", "1000", "--output-tokens", "500"];
    let unknown = server.cli(&call);
    assert_eq!(unknown.status.code(), Some(1), "{}", String::from_utf8_lossy(&unknown.stdout));
    let add = [
        "prices", "add", "openai", "gpt-9", "--input", "0.075", "--output", "3e-1", "--source", "us",
        "--tiers",
    ];
    let tier =
        r#"[{"above_input_tokens": 200000, "input_per_million_usd": 0.15, "output_per_million_usd": 0.6}]"#;
    let added = ok(&server.cli(&[&add[..], &[tier]].concat()));
    assert!(added.contains("above 200000 input tokens: 0.15 / 0.6"), "{added}");
    assert_eq!(ok(&server.cli(&call)).trim_end(), "$0.000225, by the project price of openai/gpt-9");
    let listed: Value =
        serde_json::from_str(&ok(&server.cli(&["--json", "prices", "list", "--layer", "project"])))
            .expect("JSON");
    let id = listed["items"][0]["id"].as_str().expect("an id").to_owned();
    assert!(ok(&server.cli(&["prices", "list", "--provider", "openai"])).contains("built_in"));

    let table = r#"{"gpt-9": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": 1e-06},
        "dall-e-9": {"mode": "image_generation", "litellm_provider": "openai"}}"#;
    let file = written(folder.path(), "table.json", table);
    let would = ok(&server.cli(&["prices", "import", &file, "--dry-run"]));
    assert!(
        would.contains("1 created, 0 unchanged, 0 rounded, 1 skipped.")
            && would.contains("nothing was changed")
    );
    assert!(ok(&server.cli(&["prices", "import", &file])).contains("skipped dall-e-9: "));
    let shown = ok(&server.cli(&["prices", "show", "gpt-9"]));
    assert_eq!(shown.matches("openai/gpt-9").count(), 2, "the price before is still known: {shown}");
    assert_eq!(ok(&server.cli(&call)).trim_end(), "$0.001, by the project price of openai/gpt-9");
    assert!(ok(&server.cli(&["prices", "delete", &id])).contains("deleted"));
    assert_eq!(server.cli(&["prices", "delete", &id, "--instance"]).status.code(), Some(1));
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
    assert_eq!(prompts["items"].as_array().map(Vec::len), Some(12));
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

/// Runs a line of words; it must succeed.
#[track_caller]
pub fn run(server: &Server, line: &str) -> String {
    ok(&server.cli(&line.split(' ').collect::<Vec<_>>()))
}

#[track_caller]
pub fn run_json(server: &Server, line: &str) -> Value {
    serde_json::from_str(&run(server, &format!("--json {line}"))).expect("JSON")
}

/// The answer must be no; what was said about it.
#[track_caller]
pub fn refused(server: &Server, line: &str) -> String {
    let output = server.cli(&line.split(' ').collect::<Vec<_>>());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    assert_eq!(output.status.code(), Some(1), "{line}: {said}");
    said
}

#[track_caller]
fn column(list: &Value, name: &str) -> Vec<String> {
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|item| item[name].as_str().expect("text").to_owned()).collect()
}

#[test]
fn a_prompt_is_labelled_tried_renamed_copied_watched_and_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(&folder.path().join("data"));
    let first = written(folder.path(), "first.txt", "Hello {{ name }}");
    let second = written(folder.path(), "second.txt", "Hi {{ name }}");
    run(&server, &format!("prompt create mail/hello --file {first} --activate production --tag mail"));
    a_dry_run_changes_nothing(&server, &second);
    run(&server, &format!("version create mail/hello --file {second}"));
    labels(&server);
    samples(&server);
    changes_are_streamed(&server);
    renamed_copied_and_deleted(&server);
    looked_into(&server, folder.path());
    an_environment_that_only_goes_forward(&server);
}

fn a_dry_run_changes_nothing(server: &Server, second: &str) {
    let head = run(server, "audit verify");
    let would =
        run(server, &format!("version create mail/hello --file {second} --activate staging --dry-run"));
    assert!(would.starts_with("Would create mail/hello 1.0.1"), "{would}");
    assert!(
        would.contains("Would be live in staging") && would.ends_with("nothing was changed.\n"),
        "{would}"
    );
    let would = run(server, "activate mail/hello 1.0.0 --environment staging --dry-run");
    assert!(would.starts_with("mail/hello 1.0.0 would be live in staging."), "{would}");
    run(server, &format!("patch mail/hello --file {second} --environment production --dry-run"));
    run(server, "version revert mail/hello 1.0.0 --dry-run");
    let would = run(server, "prompt archive mail/hello --dry-run");
    assert!(would.starts_with("mail/hello would be archived."), "{would}");
    run(server, "prompt restore mail/hello --dry-run");
    run(server, "version deprecate mail/hello 1.0.0 --dry-run");
    let would = run(server, "label set mail/hello stable 1.0.0 --dry-run");
    assert!(would.starts_with("stable of mail/hello would point to 1.0.0."), "{would}");
    assert!(refused(server, "prompt delete mail/hello --dry-run").contains("in_use"));
    assert_eq!(run(server, "audit verify"), head);
}

fn labels(server: &Server) {
    assert_eq!(run(server, "label set mail/hello stable 1.0.0"), "stable of mail/hello points to 1.0.0.\n");
    run(server, "label set mail/hello next latest");
    let list = run_json(server, "label list mail/hello");
    assert_eq!(
        (column(&list, "name"), column(&list, "version")),
        (vec!["next".to_owned(), "stable".to_owned()], vec!["1.0.1".to_owned(), "1.0.0".to_owned()],)
    );
    assert_eq!(run(server, "resolve mail/hello --version next --var name=Ada"), "Hi Ada");
    assert!(refused(server, "version delete mail/hello 1.0.1").contains("next"));
    run(server, "label remove mail/hello next");
    assert!(refused(server, "resolve mail/hello --version next --var name=Ada").contains("next"));
    assert!(run(server, "label list mail/hello").contains("stable  1.0.0    1"));
}

fn samples(server: &Server) {
    run(
        server,
        "sample set mail/hello ada --variables {\"name\":\"Bob\"} --var name=Ada --description first",
    );
    assert_eq!(run(server, "render mail/hello latest --sample ada"), "Hi Ada");
    assert_eq!(
        run(server, "render mail/hello latest --sample ada --var name=Eve --environment staging"),
        "Hi Eve"
    );
    let compared =
        run(server, "version compare mail/hello 1.0.0 latest --sample ada --environment production");
    assert!(compared.contains("Filled in:\n") && compared.contains("-Hello Ada\n+Hi Ada"), "{compared}");
    assert_eq!(run_json(server, "sample show mail/hello ada")["variables"], json!({"name": "Ada"}));
    assert!(run(server, "sample list mail/hello").contains("first"));
    run(server, "sample remove mail/hello ada");
    refused(server, "sample show mail/hello ada");
    assert!(run(server, "sample list mail/hello").contains("no samples"));
}

fn changes_are_streamed(server: &Server) {
    let mut child = program()
        .args(["stream", "--environment", "staging", "--json"])
        .env("PROMPTORY_URL", &server.url)
        .env("PROMPTORY_KEY", ADMIN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let printed = lines(child.stdout.take().expect("stdout"));
    let next =
        || -> Value { serde_json::from_str(&printed.recv_timeout(PATIENCE).expect("a line")).expect("JSON") };
    assert_eq!(next()["environment"], "staging");
    run(server, "activate mail/hello 1.0.1 --environment staging");
    let change = next();
    assert_eq!((&change["change"], &change["prompt"]), (&json!("live"), &json!("mail/hello")));
    assert_eq!(change["version"], "1.0.1");
    let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(stopped.expect("kill runs").success());
    assert!(child.wait().expect("waited").success(), "Ctrl-C is how it is meant to end");
}

fn renamed_copied_and_deleted(server: &Server) {
    let said = run(server, "prompt rename mail/hello mail/greeting");
    assert!(said.starts_with("mail/hello is called mail/greeting now."), "{said}");
    assert_eq!(run_json(server, "active mail/hello")["renamed_to"], "mail/greeting");
    assert!(run(server, "prompt show mail/greeting").contains("mail/hello"));
    run(server, "prompt forget-name mail/greeting mail/hello");
    refused(server, "prompt show mail/hello");
    let said = run(server, "prompt copy mail/greeting mail/copy --version 1.0.1");
    assert!(said.starts_with("Created mail/copy (text) with version 1.0.0."), "{said}");
    assert_eq!(run(server, "version show mail/copy latest --content"), "Hi {{ name }}");
    assert_eq!(column(&run_json(server, "prompt list --status draft"), "name"), ["mail/copy"]);
    let sorted = run_json(server, "prompt list --sort -name --kind text --query greeting");
    assert_eq!(column(&sorted, "name"), ["mail/greeting"]);
    let said = run(server, "version delete mail/copy 1.0.0 --dry-run");
    assert_eq!(said, "mail/copy 1.0.0 can be deleted.\nDry run: nothing was changed.\n");
    run(server, "version delete mail/copy 1.0.0");
    assert!(run(server, "version list mail/copy").contains("no versions yet"));
    assert_eq!(run(server, "--json prompt delete mail/copy"), "", "there is nothing to tell");
    refused(server, "prompt show mail/copy");
    assert!(refused(server, "prompt delete mail/greeting").contains("live"));
}

fn looked_into(server: &Server, folder: &Path) {
    let why = run(server, "explain mail/greeting --user u-1");
    assert!(why.starts_with("mail/greeting in production: 1.0.0 (number 1, live, from memory"), "{why}");
    assert!(refused(server, "explain mail/greeting --environment development").contains("refused"));
    let tone = written(folder, "tone.txt", "Be kind.");
    let outer = written(folder, "outer.txt", "{% include \"shared/tone@^1\" %} Go.");
    run(server, &format!("prompt create shared/tone --file {tone}"));
    run(server, &format!("prompt create outer --file {outer} --activate production"));
    let dependents = run(server, "prompt dependents shared/tone");
    assert!(dependents.contains("outer") && dependents.contains("production with 1.0.0"), "{dependents}");
    run(server, "prompt uses mail/greeting");
    let sorted = run_json(server, "version list mail/greeting --sort sequence");
    assert_eq!(column(&sorted, "version"), ["1.0.0", "1.0.1"]);
    let entries = run_json(server, "history --prompt mail/greeting --action label.put");
    assert_eq!(column(&entries, "prompt"), ["mail/hello", "mail/hello"], "the name that it had then");
    assert!(run(server, "history --limit 1").contains("prompt.create outer"), "newest first");
    let live = run_json(server, "environment at production");
    assert_eq!(column(&live, "prompt"), ["mail/greeting", "outer"]);
    let long_ago = run(server, "environment at production --time 2020-01-01T00:00:00Z");
    assert_eq!(long_ago, "Nothing was live in production then.\n");
    let file = folder.join("snapshot.json");
    let said = run(server, &format!("snapshot --output {}", file.display()));
    assert!(said.starts_with("Wrote 2 prompts of production"), "{said}");
    let snapshot: Value = serde_json::from_slice(&std::fs::read(&file).expect("the file")).expect("JSON");
    assert_eq!(snapshot["prompts"][0]["labels"], json!({"stable": "1.0.0"}));
    assert!(run(server, "snapshot --environment staging").contains("mail/greeting  1.0.1"));
}

fn an_environment_that_only_goes_forward(server: &Server) {
    run(server, "environment policy staging --rollback fix_forward");
    assert!(run(server, "environment list").contains("fix_forward"));
    refused(server, "activate mail/greeting 1.0.0 --environment staging");
    let said = run(server, "version revert mail/greeting 1.0.0 --environment staging");
    assert!(said.contains("1.0.2") && said.contains("Live in staging."), "{said}");
}

#[test]
fn people_are_invited_changed_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    let first = ok(&server.cli(&["user", "setup"]));
    assert!(first.starts_with(&format!("{}/welcome#token=", server.url)), "{first}");
    let added = server.cli(&["user", "add", "Eva@example.com", "--role", "editor,operator", "--name", "Eva"]);
    let link = ok(&added);
    assert!(
        link.starts_with(&format!("{}/welcome#link=pl_", server.url)) && link.lines().count() == 1,
        "{link}"
    );
    let made = server.cli(&["key", "create", "mine", "--scope", "write", "--user", "eva@example.com"]);
    let key = ok(&made).trim().to_owned();
    let me = ok(&server.cli(&["--key", &key, "whoami"]));
    assert!(me.contains("Eva"), "{me}");
    let refused = server.cli(&["key", "create", "more", "--scope", "admin", "--user", "eva@example.com"]);
    assert_eq!(refused.status.code(), Some(1));
    let list = ok(&server.cli(&["user", "list"]));
    assert!(list.contains("eva@example.com") && list.contains("invited"), "{list}");
    assert!(ok(&server.cli(&["user", "roles", "eva@example.com", "--role", "viewer"])).contains("viewer"));
    assert_ne!(ok(&server.cli(&["user", "link", "eva@example.com"])), link);
    ok(&server.cli(&["user", "remove", "eva@example.com"]));
    assert_eq!(server.cli(&["--key", &key, "whoami"]).status.code(), Some(1));
    assert_eq!(server.cli(&["user", "remove", "eva@example.com"]).status.code(), Some(1));
}
