//! `examples/promptory_client.py` against the real server: its tests are in Python, and what happens to the server here.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
};

use crate::{
    gate::Mode,
    world::{ADMIN_KEY, PATIENCE, World},
};

#[tokio::test]
async fn the_python_client_does_as_it_says() {
    let world = World::new().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut python = Command::new("python3")
        .arg(here.join("tests/python/check.py"))
        .env("CLIENT_FOLDER", here.join("../../examples"))
        .env("SCRATCH", world.folder.path())
        .env("PROMPTORY_URL", world.gate.url())
        .env("PROMPTORY_KEY", ADMIN_KEY)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("python3 is needed for this test: install it");
    let mut answers = python.stdin.take().expect("its input");
    let mut asked = BufReader::new(python.stdout.take().expect("its output")).lines();
    let said = async {
        while let Some(line) = asked.next_line().await.expect("text") {
            let Some(order) = line.strip_prefix("> ") else { continue };
            let answer = format!("{}\n", obey(&world, order).await);
            answers.write_all(answer.as_bytes()).await.expect("it listens");
        }
    };
    tokio::time::timeout(2 * PATIENCE, said).await.expect("it ends");
    let output = python.wait_with_output().await.expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("Ran 10 tests"), "{told}");
}

async fn obey(world: &World, order: &str) -> String {
    let words: Vec<&str> = order.splitn(3, ' ').collect();
    match words.as_slice() {
        ["open"] => world.open(),
        ["shut"] => world.shut(),
        ["fail"] => world.gate.set(Mode::Failing),
        ["foreign"] => world.gate.set(Mode::Foreign),
        ["publish", name, content] => world.publish(name, content).await,
        ["revise", name, content] => world.revise(name, content).await,
        ["archive", name] => {
            world.post(&format!("/prompts/{}/archive", name.replace('/', "%2F")), Value::Null).await;
        }
        ["revoke", id] => {
            assert_eq!(world.send("DELETE", &format!("/keys/{id}"), json!(null)).await.0, 200);
        }
        ["key"] => {
            let (id, secret) = world.key().await;
            return format!("{id} {secret}");
        }
        ["requests", part] => return world.gate.requests(part).to_string(),
        ["statuses", status] => return world.gate.statuses(status).to_string(),
        other => panic!("{other:?}"),
    }
    "done".to_owned()
}
