//! Several servers on one PostgreSQL.

use serde_json::json;

use crate::process::{ADMIN, Server, postgres_database, program};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_start_at_once_on_an_empty_database_and_agree() {
    let database = postgres_database();
    let spawn = || {
        let mut command = program();
        Server::spawn(command.env("PROMPTORY_DATABASE_URL", &database).env("PROMPTORY_ADMIN_KEY", ADMIN))
    };
    let (one, other) = (spawn(), spawn());
    let (one, other) = (one.ready(), other.ready());
    let new = json!({"name": "a", "kind": "text", "version": {"content": "one", "activate": "production"}});
    let created = one.post("/api/v1/prompts", ADMIN, &new).await;
    let revision = created.revision();
    created.good();
    let seen = other.get_after("/api/v1/prompts/a/active", ADMIN, &revision).await;
    assert_eq!(seen.good()["content"], "one");
    for n in 0..20 {
        let (writer, reader) = if n % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let body = json!({"content": format!("text {n}"), "activate": "production"});
        let answer = writer.post("/api/v1/prompts/a/versions", ADMIN, &body).await;
        let revision = answer.revision();
        answer.good();
        let live = reader.get_after("/api/v1/prompts/a/active", ADMIN, &revision).await.good();
        assert_eq!(live["content"], json!(format!("text {n}")), "within the second that a reader waits");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_on_one_server_is_refused_on_the_other() {
    let database = postgres_database();
    let (one, other) = (Server::postgres(&database), Server::postgres(&database));
    let made = one.post("/api/v1/keys", ADMIN, &json!({"name": "app", "scopes": ["read"]})).await;
    let revision = made.revision();
    let made = made.good();
    let key = made["key"].as_str().expect("a key");
    assert_eq!(other.get_after("/api/v1/whoami", ADMIN, &revision).await.status, 200);
    assert_eq!(other.get("/api/v1/whoami", key).await.status, 200);
    let id = made["id"].as_str().expect("an id");
    let revoked = one.cli(&["--json", "key", "revoke", id]);
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    let now = one.get("/api/v1/whoami", ADMIN).await.revision();
    assert_eq!(other.get_after("/api/v1/whoami", ADMIN, &now).await.status, 200);
    assert_eq!(other.get("/api/v1/whoami", key).await.status, 401);
}
