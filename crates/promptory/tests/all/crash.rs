//! SIGKILL in the middle of writes: everything that was acknowledged is there afterwards.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;

use crate::process::{ADMIN, Server};

const CLIENTS: usize = 8;
const ACKNOWLEDGED: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_the_audit_log_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::sqlite(folder.path());
    for prompt in 0..CLIENTS {
        let new = json!({"name": format!("p{prompt}"), "kind": "text"});
        server.post("/api/v1/prompts", ADMIN, &new).await.good();
    }
    let server = Arc::new(server);
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let count = Arc::new(AtomicUsize::new(0));
    let (enough, mut reached) = tokio::sync::mpsc::channel(CLIENTS);
    let mut clients = Vec::new();
    for prompt in 0..CLIENTS {
        let (server, acknowledged) = (Arc::clone(&server), Arc::clone(&acknowledged));
        let (count, enough) = (Arc::clone(&count), enough.clone());
        clients.push(tokio::spawn(async move {
            let path = format!("/api/v1/prompts/p{prompt}/versions");
            for n in 0.. {
                let content = format!("Version {n} of {prompt}");
                let body = json!({"content": content, "activate": "development"});
                let Ok(answer) = server.try_post(&path, ADMIN, &body).await else { return };
                let version = answer.good();
                acknowledged.lock().expect("unpoisoned").push((prompt, version["sequence"].clone(), content));
                if count.fetch_add(1, Ordering::SeqCst) + 1 == ACKNOWLEDGED {
                    enough.send(()).await.expect("somebody waits");
                }
            }
        }));
    }
    reached.recv().await.expect("enough were acknowledged");
    let pid = server.pid().to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().expect("kill runs").success());
    for client in clients {
        client.await.expect("a client ends when the server is gone");
    }
    drop(server);
    let acknowledged = std::mem::take(&mut *acknowledged.lock().expect("unpoisoned"));
    check(&Server::sqlite(folder.path()), &acknowledged).await;
}

async fn check(server: &Server, acknowledged: &[(usize, serde_json::Value, String)]) {
    assert!(acknowledged.len() >= ACKNOWLEDGED);
    for (prompt, sequence, content) in acknowledged {
        let version =
            server.get(&format!("/api/v1/prompts/p{prompt}/versions/{sequence}"), ADMIN).await.good();
        assert_eq!(version["content"], json!(content));
    }
    for prompt in 0..CLIENTS {
        let latest = server.get(&format!("/api/v1/prompts/p{prompt}/versions/latest"), ADMIN).await.good();
        let live =
            server.get(&format!("/api/v1/prompts/p{prompt}/active?environment=development"), ADMIN).await;
        // A version and its activation are one commit: never the one without the other.
        assert_eq!(live.good()["sequence"], latest["sequence"]);
    }
    let audit = server.get("/api/v1/audit/verify", ADMIN).await.good();
    assert_eq!(audit["valid"], true, "{audit}");
    assert!(audit["entries"].as_i64().expect("a count") >= acknowledged.len() as i64);
}
