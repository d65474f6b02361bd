//! Executions from the command line.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    cli::{ok, refused, run, run_json, written},
    process::{ADMIN, PATIENCE, Server, lines, program},
};

/// A server with one live prompt whose version names a model.
fn server(folder: &Path) -> Server {
    let server = Server::sqlite(&folder.join("data"));
    let file = written(folder, "reply.txt", "Hello {{ name }}");
    let settings = r#"{"provider":"openai","model":"gpt-4.1"}"#;
    run(
        &server,
        &format!("prompt create support/reply --file {file} --settings {settings} --activate production"),
    );
    server
}

fn call(id: usize) -> Value {
    json!({
        "id": format!("call-{id}"), "prompt": "support/reply", "version": "1.0.0", "status": "success",
        "latency_ms": 800.5, "input_tokens": 1000, "output_tokens": 500, "key": "ada@example.com",
        "session": "s-1", "input": "Where is my order?", "output": {"text": "On its way."},
        "tags": {"plan": "pro"}, "country": "de",
    })
}

/// What is written to standard input.
fn piped(server: &Server, line: &str, input: &str) -> Output {
    let mut child = program()
        .args(line.split(' '))
        .env("PROMPTORY_URL", &server.url)
        .env("PROMPTORY_KEY", ADMIN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("read");
    child.wait_with_output().expect("it ends")
}

#[test]
fn executions_are_recorded_found_exported_and_erased() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    recorded(&server, folder.path());
    found(&server);
    scored(&server);
    exported(&server, folder.path());
    verified_and_priced(&server);
    erased(&server);
}

fn recorded(server: &Server, folder: &Path) {
    // More than one request; the first is known to the second file.
    let many: String = (0..1_500).map(|id| format!("{}\n", call(id))).collect();
    let file = written(folder, "calls.ndjson", &many);
    assert_eq!(
        run(server, &format!("executions record {file}")),
        "1500 accepted, 0 duplicates, 0 rejected.\n"
    );
    let mut failed = call(2_000);
    failed["status"] = json!("error");
    failed["error_type"] = json!("rate_limit");
    failed["error_message"] = json!("Rate limit reached: retry in 2 s");
    failed["model"] = json!("unheard-of");
    let list = json!([call(0), failed, {"status": "success"}]).to_string();
    let sent = piped(server, "executions record -", &list);
    assert_eq!(sent.status.code(), Some(1), "one was rejected");
    let said = String::from_utf8(sent.stdout).expect("text");
    assert!(said.starts_with("item 3: ") && said.contains("1 accepted, 1 duplicates, 1 rejected."), "{said}");
    let sent = piped(server, "--json executions record -", "{\"id\":\n 7}\n");
    let said: Value = serde_json::from_slice(&sent.stdout).expect("JSON");
    assert_eq!((&said["accepted"], &said["rejected"][0]["index"]), (&json!(0), &json!(0)));
    let damaged = piped(server, "executions record -", "[{]");
    assert_eq!(damaged.status.code(), Some(2), "no JSON is wrong use");
}

fn found(server: &Server) {
    let page = run_json(server, "executions list --limit 3");
    assert_eq!(page["items"].as_array().map(Vec::len), Some(3));
    let table = run(server, "executions list --limit 3");
    assert!(table.starts_with("STARTED") && table.contains("$0.006"), "{table}");
    assert!(table.contains("3 shown, there are more"), "{table}");
    let check = |filters: &str, expected: usize| {
        let page = run_json(server, &format!("executions list --limit 2000 {filters}"));
        assert_eq!(page["items"].as_array().map(Vec::len), Some(expected), "{filters}");
    };
    check("--status error,timeout --error-type rate_limit --unpriced", 1);
    check("--prompt support/reply --version 1.0.0 --environment production --tag plan:pro", 1_501);
    check("--provider openai --model gpt-4.1 --country de --purpose all --min-latency-ms 800.5", 1_500);
    check("--user ada@example.com --session s-1 --from 2020-01-01T00:00:00Z", 1_501);
    check("--purpose test", 0);
    check("--trace-id none", 0);
    check("--to 2020-01-01T00:00:00Z", 0);
    check("--variant b", 0);
    let none = run(server, "executions list --purpose eval");
    assert!(none.starts_with("No executions that fit."), "{none}");
    assert!(refused(server, "executions list --prompt missing").contains("missing"));
}

fn scored(server: &Server) {
    assert_eq!(run(server, "score thumbs true --execution call-0 --source user"), "thumbs is noted.\n");
    run(server, "score quality 0.5 --execution call-0 --id q-1 --comment good");
    let again = run(server, "score quality 0.5 --execution call-0 --id q-1 --comment good");
    assert_eq!(again, "Known already by its id; nothing was added.\n");
    run(server, "score tone friendly --session s-1");
    run(server, "score purchase true --user ada@example.com --prompt support/reply");
    run(server, "score accuracy 0.9 --prompt support/reply --version 1.0.0 --at 2026-11-20T08:00:00Z");
    refused(server, "score Thumbs true --execution call-0");
    let shown = run(server, "executions show call-0");
    for part in
        ["support/reply 1.0.0 in production", "1000 in, 500 out", "$0.006, computed", "openai gpt-4.1"]
    {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(shown.contains("thumbs true by user") && shown.contains("quality 0.5: good"), "{shown}");
    assert!(shown.contains("input:\nWhere is my order?\n") && shown.contains("\"text\": \"On its way.\""));
    assert_eq!(run_json(server, "executions show call-0")["tags"], json!({"plan": "pro"}));
    refused(server, "executions show call-9999");
}

fn exported(server: &Server, folder: &Path) {
    let all = run(server, "executions export --bodies");
    assert_eq!(all.lines().count(), 1_501);
    let first: Value = serde_json::from_str(all.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["input"], "Where is my order?");
    let plain = run(server, "executions export --status error");
    assert!(plain.contains("rate_limit") && !plain.contains("Where is my order?"), "{plain}");
    let file = folder.join("calls.csv");
    run(server, &format!("executions export --format csv --output {}", file.display()));
    let table = std::fs::read_to_string(&file).expect("the file");
    assert!(table.starts_with("id,started_at,") && table.lines().count() == 1_502, "{table}");
    let wrong = server.cli(&["executions", "export", "--format", "csv", "--bodies"]);
    assert_eq!(wrong.status.code(), Some(2));
}

fn verified_and_priced(server: &Server) {
    let said = run(server, "verify rollups");
    assert!(said.contains("The statistics say the same."), "{said}");
    let said = run_json(server, "verify rollups --from 2020-01-01T00:00:00Z --repair");
    assert_eq!((&said["agrees"], &said["repaired"]), (&json!(true), &json!(false)));
    assert!(run(server, "prices apply").contains("0 executions have a cost now, 1 still have none."));
    run(server, "prices add openai unheard-of --input 1 --output 1 --valid-from 2020-01-01T00:00:00Z");
    let said = run(server, "prices apply --from 2020-01-01T00:00:00Z");
    assert_eq!(said, "1 executions have a cost now, 0 still have none.\n");
    assert_eq!(run_json(server, "executions show call-2000")["cost_usd"], json!(0.0015));
}

fn erased(server: &Server) {
    let said = run(server, "executions erase ada@example.com --reason asked");
    assert!(said.starts_with("Erased who it was in 1501 executions and "), "{said}");
    let shown = run(server, "executions show call-1");
    assert!(shown.contains("erased") && !shown.contains("ada@") && !shown.contains("my order"), "{shown}");
}

#[test]
fn what_is_kept_can_be_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    let shown = run(&server, "recording show");
    assert_eq!(shown, "bodies    store\nkept for  30 days\ntags      -\nredacted  -\n");
    let set =
        "recording set --bodies truncate --max-body-bytes 2048 --retention-days 7 --tag plan --tag channel";
    assert!(run(&server, set).starts_with("bodies    truncate to 2048 bytes each\nkept for  7 days\n"));
    run(&server, "recording set --redact email=[a-z.]+@[a-z.]+");
    let policy = run_json(&server, "recording show");
    assert_eq!((&policy["tags"], &policy["retention_days"]), (&json!(["plan", "channel"]), &json!(7)));
    let mut talks = call(1);
    talks["output"] = json!("Write to ada@example.com");
    ok(&piped(&server, "executions record -", &talks.to_string()));
    assert_eq!(run_json(&server, "executions show call-1")["output"], "Write to [email]");
    run(&server, "recording set --no-tags --no-redact --bodies drop");
    let policy = run_json(&server, "recording show");
    assert_eq!((&policy["tags"], &policy["redact"]), (&json!([]), &json!([])));
    run(&server, "recording set --file {\"retention_days\":90}");
    assert_eq!(run_json(&server, "recording show")["bodies"], "store", "all of it was given");
    refused(&server, "recording set --retention-days 0");
    refused(&server, "recording set --redact any=.*");
}

#[test]
fn what_is_received_is_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    ok(&piped(&server, "executions record -", &call(1).to_string()));
    let mut child = program()
        .args(["executions", "tail", "--json", "--status", "success"])
        .env("PROMPTORY_URL", &server.url)
        .env("PROMPTORY_KEY", ADMIN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let said = lines(child.stderr.take().expect("stderr"));
    let printed = lines(child.stdout.take().expect("stdout"));
    let following = said.recv_timeout(PATIENCE).expect("a line");
    assert!(following.starts_with("Following from now on"), "{following}");
    let mut failed = call(2);
    failed["status"] = json!("timeout");
    ok(&piped(&server, "executions record -", &json!([failed, call(3)]).to_string()));
    let next: Value = serde_json::from_str(&printed.recv_timeout(PATIENCE).expect("a line")).expect("JSON");
    assert_eq!(next["id"], "call-3", "what came before and what does not fit is not told");
    let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(stopped.expect("kill runs").success());
    assert!(child.wait().expect("waited").success(), "Ctrl-C is how it is meant to end");
}
