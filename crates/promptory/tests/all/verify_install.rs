//! Proving an installation, and what is left of it.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::process::{ADMIN, Server, lines, program};

fn verify(url: &str, key: &str) -> Command {
    let mut command = program();
    command.args(["verify-install", url, "--json"]).env("PROMPTORY_KEY", key).stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (i32, Value) {
    let output = command.output().expect("the program runs");
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().expect("it ended by itself"), json)
}

fn failed(said: &Value) -> Vec<&str> {
    let steps = said["steps"].as_array().expect("steps").iter();
    steps.filter(|step| step["level"] == "fail").map(|step| step["step"].as_str().expect("text")).collect()
}

/// Probes that are still there and not archived.
async fn left(server: &Server) -> usize {
    let list = server.get("/api/v1/prompts?query=promptory-probe", ADMIN).await.good();
    list["items"].as_array().expect("a list").len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_works_is_proved_and_left_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    let (code, said) = run(&mut verify(&server.url, ADMIN));
    assert_eq!((code, &said["good"]), (0, &json!(true)), "{said}");
    let steps = said["steps"].as_array().expect("steps");
    let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().expect("text")).collect();
    let expected = [
        "health", "ready", "metrics", "key", "headers", "clock", "place", "stream", "create", "version",
        "activate", "event", "active", "resolve", "clean up",
    ];
    assert_eq!(names, expected);
    assert_eq!(left(&server).await, 0);
    let deployments = server.get("/api/v1/deployments", ADMIN).await.good();
    assert_eq!(deployments["items"][0]["environment"], "development", "never production by itself");
    let text = server.cli(&["verify-install", "--environment", "staging"]);
    let text = String::from_utf8(text.stdout).expect("text");
    assert!(text.contains("ok    resolve") && text.ends_with("This installation works.\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_work_is_said_and_nothing_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    let key = async |scopes: &[&str]| {
        let made = server.post("/api/v1/keys", ADMIN, &json!({"name": "k", "scopes": scopes})).await.good();
        made["key"].as_str().expect("text").to_owned()
    };
    let (code, said) = run(&mut verify(&server.url, "pk_unknown"));
    assert_eq!((code, failed(&said)), (1, vec!["key"]));
    assert!(said["steps"][3]["advice"].as_str().expect("advice").contains("PROMPTORY_KEY"));
    let (code, said) = run(&mut verify(&server.url, &key(&["read"]).await));
    assert_eq!((code, failed(&said)), (1, vec!["key"]));
    let (code, said) = run(verify(&server.url, ADMIN).args(["--environment", "nowhere"]));
    assert_eq!((code, failed(&said)), (1, vec!["place"]));
    // A key that is bound to an environment makes the probe, and may not archive it.
    let bound = json!({"name": "b", "scopes": ["read", "write", "deploy"], "environment": "staging"});
    let bound = server.post("/api/v1/keys", ADMIN, &bound).await.good();
    let bound = bound["key"].as_str().expect("text");
    let (code, said) = run(&mut verify(&server.url, bound));
    assert_eq!((code, failed(&said), left(&server).await), (1, vec!["stream"], 0), "{said}");
    let (code, said) = run(verify(&server.url, bound).args(["--environment", "staging"]));
    assert_eq!((code, failed(&said), left(&server).await), (1, vec!["clean up"], 1), "{said}");
    assert_eq!(run(&mut verify("http://127.0.0.1:1", ADMIN)).0, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_proof_takes_its_probe_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    let mut command = program();
    command.args(["verify-install", &server.url]).env("PROMPTORY_KEY", ADMIN).stdout(Stdio::piped());
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let said = lines(child.stdout.take().expect("stdout"));
    // The probe is made; whatever comes next is cut short, or was done already.
    assert!(said.iter().any(|line| line.starts_with("ok    create")));
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs").success()
    );
    let rest: Vec<String> = said.iter().collect();
    child.wait().expect("waited");
    assert!(rest.iter().any(|line| line.starts_with("ok    clean up")), "{rest:?}");
    assert_eq!(left(&server).await, 0);
}
