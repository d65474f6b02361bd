//! The clients that programs really have, against the real server.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    process::{ADMIN, Server},
    recorder::Recorder,
};

const QUESTION: &str = "Answer {{ name }}, who asks: {{question}}\n{\"keep\": \"this\"} Grüße";

/// A server with a prompt in two environments, a chat, and a key.
struct Story {
    server: Server,
    key: Value,
    _folder: tempfile::TempDir,
}

impl Story {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::sqlite(folder.path());
        let made = async |path: &str, body: Value| server.post(path, ADMIN, &body).await.good();
        made(
            "/api/v1/prompts",
            json!({"name": "shared/voice", "kind": "text",
            "version": {"content": "Be kind to {{ name }}.", "activate": "production"}}),
        )
        .await;
        let text = format!("{{% include \"shared/voice\" %}} {QUESTION}");
        made("/api/v1/prompts", json!({"name": "support/reply", "kind": "text", "tags": ["support"],
            "version": {"content": text, "settings": {"model": "m", "temperature": 0.5}, "activate": "production"}}))
        .await;
        made(
            "/api/v1/prompts/support%2Freply/versions",
            json!({"content": "Shorter", "activate": "staging"}),
        )
        .await;
        let chat = json!([{"role": "system", "content": "You help {{ name }}."}, {"placeholder": "history"}]);
        made(
            "/api/v1/prompts",
            json!({"name": "support/chat", "kind": "chat",
            "version": {"content": chat, "activate": "production"}}),
        )
        .await;
        let key = made("/api/v1/keys", json!({"name": "client", "scopes": ["read"]})).await;
        Self { server, key, _folder: folder }
    }

    /// What the script got, and the requests that it took.
    fn run(&self, mut program: Command) -> (Value, Vec<Vec<String>>) {
        let recorder = Recorder::before(&self.server.url);
        let text = |field: &str| self.key[field].as_str().expect("text");
        let output = program
            .env("BASE_URL", &recorder.url)
            .env("PUBLIC_KEY", text("id"))
            .env("SECRET_KEY", text("key"))
            .env("NO_PROXY", "127.0.0.1")
            .output()
            .expect("the client runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        (serde_json::from_slice(&output.stdout).expect("JSON"), recorder.requests())
    }

    async fn rendered(&self, name: &str, variables: Value) -> Value {
        let path = format!("/api/v1/prompts/{name}/resolve");
        self.server.post(&path, ADMIN, &json!({"variables": variables})).await.good()
    }

    /// What every client must have got.
    async fn check(&self, got: &Value) {
        let composed = format!("Be kind to {{{{ name }}}}. {QUESTION}");
        let expected = json!({"name": "support/reply", "version": 1, "prompt": composed, "labels": ["production"],
            "tags": ["support"], "config": {"model": "m", "temperature": 0.5}});
        assert_eq!(got["reply"], expected);
        let rendered =
            self.rendered("support%2Freply", json!({"name": "Ada", "question": "{{ name }}?"})).await;
        assert_eq!(got["compiled"], rendered["text"], "filling in is rendering");
        assert_eq!((&got["staging"], &got["first"]), (&json!("Shorter"), &expected["prompt"]));
        let history = json!({"name": "Ada", "history": [{"role": "user", "content": "Hi"}]});
        let rendered = self.rendered("support%2Fchat", history).await;
        assert_eq!(got["messages"], rendered["messages"]);
        assert_eq!(got["fallback"], "as before");
    }

    /// What the generated clients tell beyond that.
    fn check_interface(&self, got: &Value) {
        assert_eq!((&got["known"], &got["health"]), (&json!(true), &json!("OK")));
        let raw = got["raw"].as_str().expect("text");
        assert!(raw.starts_with("{% include \"shared/voice\" %} Answer"), "{raw}");
        assert_eq!(got["graph"]["root"]["name"], "support/reply");
        assert_eq!(got["missing"]["status"], 404);
        assert_eq!(got["missing"]["body"]["error"], "not_found");
        assert_eq!(
            got["listed"],
            json!({"names": ["support/chat"], "versions": [[1]], "total": 3, "pages": 3})
        );
    }

    /// What the client says of itself is what this server is built for: a newer client that asks otherwise is noticed.
    #[track_caller]
    fn check_requests(&self, requests: &[Vec<String>], golden: &str) {
        let id = self.key["id"].as_str().unwrap_or_default();
        let signed = STANDARD.encode(format!("{id}:{}", self.key["key"].as_str().unwrap_or_default()));
        // Several connections at once: in no order.
        let mut said = std::collections::BTreeSet::new();
        for request in requests {
            assert!(request.contains(&format!("authorization: Basic {signed}")), "{request:?}");
            said.insert(request[0].clone());
            let own = request.iter().filter(|line| line.starts_with("x-") || line.starts_with("accept: "));
            said.extend(own.map(|header| header.replace(id, "<id>")));
        }
        let text: String = said.into_iter().map(|line| line + "\n").collect();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(golden);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &text).expect("written");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{golden}");
    }
}

fn tool(name: &str) -> PathBuf {
    let found = std::env::var_os(name);
    let help = "is not set: run `cargo xtask test`, or see docs/testing.md";
    PathBuf::from(found.unwrap_or_else(|| panic!("{name} {help}")))
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

fn node(name: &str) -> Command {
    let mut program = Command::new("node");
    program.arg(script(name)).env("CLIENTS", tool("PROMPTORY_TEST_NODE"));
    program
}

#[tokio::test]
async fn the_python_client() {
    let story = Story::begin().await;
    let mut program = Command::new(tool("PROMPTORY_TEST_PYTHON"));
    program.arg(script("client.py"));
    let (got, requests) = story.run(program);
    story.check(&got).await;
    story.check_interface(&got);
    story.check_requests(&requests, "langfuse-python.txt");
}

#[tokio::test]
async fn the_javascript_client() {
    let story = Story::begin().await;
    let (got, requests) = story.run(node("client.mjs"));
    story.check(&got).await;
    story.check_interface(&got);
    story.check_requests(&requests, "langfuse-javascript.txt");
}

#[tokio::test]
async fn the_older_javascript_client() {
    let story = Story::begin().await;
    let (got, requests) = story.run(node("client3.mjs"));
    story.check(&got).await;
    story.check_requests(&requests, "langfuse-javascript-3.txt");
}
