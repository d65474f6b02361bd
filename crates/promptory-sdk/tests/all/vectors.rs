//! The client answers as the server does: the same requests to both, every field compared.

use std::path::Path;

use promptory_sdk::{Client, Error, Prompt, Rendered, Snapshot, Source};
use serde_json::{Map, Value, json};

use crate::world::World;

const SETUP: &str = include_str!("../../vectors/setup.json");
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
const EPOCH: &str = "0000000000000000";
/// In place of ids, which are others each time.
const DEPLOYMENT: &str = "00000000-0000-7000-8000-000000000000";
/// Of an answer, those that only the server knows.
const SERVERS_OWN: [&str; 3] = ["deployment_id", "resolution", "source"];
const OF_PROBLEMS: [&str; 5] = ["status", "code", "title", "detail", "errors"];

fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/resolve.json")
}

/// A way back comes to its end by itself, in a commit of its own, which the next ones come after.
async fn settled(world: &World) {
    let settled = async {
        while world.send("GET", "/rollbacks?limit=1", Value::Null).await.1["items"][0]["state"] == "settling"
        {
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.expect("it settles");
}

#[tokio::test]
async fn the_client_answers_as_the_server_does() {
    let setup: Value = serde_json::from_str(SETUP).expect("JSON");
    let world = World::with_one_seed().await;
    for call in setup["calls"].as_array().expect("calls") {
        let (status, answer) = world.send(text(&call[0]), text(&call[1]), call[2].clone()).await;
        assert!(status < 300, "{call}: {status} {answer}");
        settled(&world).await;
    }
    let (_, mut snapshot) = world.send("GET", "/snapshot?environment=production", Value::Null).await;
    let revision = text(&snapshot["revision"]).split_once(':').expect("epoch and number").1.to_owned();
    snapshot["revision"] = format!("{EPOCH}:{revision}").into();
    for prompt in snapshot["prompts"].as_array_mut().expect("prompts") {
        for place in ["/rollout/deployment_id", "/active/rollout/deployment_id"] {
            if let Some(id) = prompt.pointer_mut(place) {
                *id = DEPLOYMENT.into();
            }
        }
    }
    let client = world.client(world.builder().local()).await;
    let mut cases = Vec::new();
    for case in setup["requests"].as_array().expect("requests") {
        let (kind, expected) = of_server(&world, &case["request"]).await;
        let (answer, source) = of_client(&client, &case["request"]).await;
        assert_eq!(answer, (kind, expected.clone()), "{case}");
        let asked = source == Some(Source::Server);
        let server_only = case["server_only"] == true;
        if kind == "answer" {
            assert_eq!(asked, server_only, "{case}");
        }
        let mut case = case.as_object().expect("a case").clone();
        case.insert(kind.to_owned(), expected);
        cases.push(Value::Object(case));
    }
    let resolves = cases.iter().filter(|case| case["server_only"] == true).count();
    assert_eq!(world.gate.requests("/prompts/"), resolves, "for nothing else is the server asked");

    let made = json!({"snapshot": snapshot, "cases": cases});
    let made = format!("{}\n", serde_json::to_string_pretty(&made).expect("JSON"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(file(), &made).expect("written");
    }
    let kept = std::fs::read_to_string(file()).expect("vectors/resolve.json");
    assert!(kept == made, "vectors/resolve.json is not what a server answers now; see vectors/README.md");
}

/// As another client would use the file.
#[test]
fn the_vectors_hold_without_a_server() {
    let kept = std::fs::read_to_string(file()).expect("vectors/resolve.json");
    let vectors: Value = serde_json::from_str(&kept).expect("JSON");
    let snapshot = Snapshot::from_json(vectors["snapshot"].to_string().as_bytes()).expect("a snapshot");
    let cases = vectors["cases"].as_array().expect("cases");
    assert!(cases.len() > 70);
    for case in cases.iter().filter(|case| case["server_only"] != true) {
        let request = &case["request"];
        let variables = request.get("variables").map(|variables| variables.as_object().expect("an object"));
        let (key, version) = (request["key"].as_str(), request["version"].as_str());
        let answered = snapshot.resolve(text(&request["prompt"]), key, version, variables);
        let (kind, value) = seen(&answered);
        assert_eq!(value, case[kind], "{}", case["name"]);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

async fn of_server(world: &World, request: &Value) -> (&'static str, Value) {
    let mut body: Map<String, Value> = request.as_object().expect("an object").clone();
    let prompt = body.shift_remove("prompt").expect("a prompt");
    let path = format!("/prompts/{}/resolve", text(&prompt).replace('/', "%2F"));
    body.insert("environment".to_owned(), "production".into());
    let (status, answer) = world.send("POST", &path, Value::Object(body)).await;
    let Value::Object(mut answer) = answer else { panic!("{request}: {answer}") };
    if status == 200 {
        answer.retain(|name, _| !SERVERS_OWN.contains(&&**name));
        return ("answer", Value::Object(answer));
    }
    answer.retain(|name, _| OF_PROBLEMS.contains(&&**name));
    ("problem", sorted(answer))
}

async fn of_client(client: &Client, request: &Value) -> ((&'static str, Value), Option<Source>) {
    let mut ask = client.resolve(text(&request["prompt"]));
    if let Some(version) = request["version"].as_str() {
        ask = ask.version(version);
    }
    if let Some(key) = request["key"].as_str() {
        ask = ask.key(key);
    }
    if let Some(variables) = request.get("variables") {
        ask = ask.variables(variables.clone());
    }
    let answered = ask.await;
    (seen(&answered), answered.ok().map(|prompt| prompt.source()))
}

fn seen(answered: &Result<Prompt, Error>) -> (&'static str, Value) {
    match answered {
        Ok(prompt) => ("answer", answer(prompt)),
        Err(error) => {
            let problem = error.problem().expect("a problem document");
            let Value::Object(mut problem) = serde_json::to_value(problem).expect("JSON") else {
                panic!("{problem:?}")
            };
            problem.retain(|name, _| OF_PROBLEMS.contains(&&**name));
            ("problem", sorted(problem))
        }
    }
}

fn sorted(mut fields: Map<String, Value>) -> Value {
    fields.sort_keys();
    Value::Object(fields)
}

/// All that a client says, in the server's words.
fn answer(prompt: &Prompt) -> Value {
    let mut answer = json!({
        "prompt": prompt.name(),
        "kind": prompt.kind(),
        "version": prompt.version(),
        "sequence": prompt.sequence(),
        "content": prompt.content(),
        "includes": prompt.includes(),
        "template": prompt.template(),
        "variables": prompt.variables(),
        "settings": prompt.settings(),
        "content_hash": prompt.content_hash(),
        "build_hash": prompt.build_hash(),
        "environment": prompt.environment(),
        "reason": prompt.reason(),
        "revision": prompt.revision(),
    });
    if let Some(name) = prompt.renamed_to() {
        answer["renamed_to"] = name.into();
    }
    match prompt.rendered() {
        Some(Rendered::Text(text)) => answer["text"] = text.as_str().into(),
        Some(Rendered::Chat(messages)) => {
            let message = |message: &promptory_sdk::RenderedMessage| json!({"role": message.role, "content": message.content});
            answer["messages"] = messages.iter().map(message).collect();
        }
        None => {}
    }
    answer
}
