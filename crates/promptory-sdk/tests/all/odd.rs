//! Whatever a program hands in: an answer or an error, never a panic.

use promptory_sdk::{Client, Error};
use serde_json::{Map, Value, json};

use crate::world::World;

#[tokio::test]
async fn odd_questions_are_refused() {
    let world = World::with_prompt().await;
    let long = "x".repeat(100_000);
    for client in [world.client(world.builder()).await, world.client(world.builder().local()).await] {
        for name in ["", "/", "..", "a/../b", "\0", "support/reply/active?at=x#", "%2F", "ü", &long] {
            let error = client.get(name).await.expect_err("no prompt");
            assert!(!error.to_string().is_empty());
        }
        for version in ["", " ", "\0", "^", "^^1", "99999999999999999999", "1.2.3.4", "staging", &long] {
            let error = client.resolve("support/reply").version(version).await.expect_err("no version");
            assert!(error.problem().is_some() || version.len() > 1000, "{version:?}: {error}");
        }
        let key = "k".repeat(257);
        let error = client.resolve("support/reply").key(&key).await.expect_err("too long");
        assert_eq!(error.code(), Some("invalid"));
        for variables in [Value::Null, json!([1]), json!("x"), json!(1)] {
            let error = client.resolve("support/reply").variables(variables).await.expect_err("no object");
            assert!(matches!(error, Error::Usage(_)), "{error}");
        }
        let missing = client.resolve("support/reply").variables(Map::new()).await.expect_err("missing");
        assert_eq!(missing.code(), Some("invalid_variables"));
        client.get("support/reply").await.expect("still well");
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_said() {
    for url in ["", "x", "ftp://a", "http://", "http://u:p@a", "http://a?b", "file:///etc/passwd"] {
        let error = Client::builder(url, "key").build().await.expect_err(url);
        assert!(matches!(error, Error::Usage(_)), "{url}: {error}");
    }
    let error = Client::builder("http://127.0.0.1:1", "a\nb").build().await.expect_err("no key");
    assert!(matches!(error, Error::Usage(_)), "{error}");
    let world = World::new().await;
    let wrong = world.builder_with("nobody-has-this-key").build().await.expect_err("unknown");
    assert_eq!(wrong.code(), Some("unauthenticated"));
    let nowhere = world.builder().environment("nowhere").local().build().await.expect_err("no such place");
    assert_eq!(nowhere.code(), Some("not_found"));
}

#[tokio::test]
async fn a_client_shows_no_key() {
    let world = World::with_prompt().await;
    let client = world.client(world.builder()).await;
    assert!(!format!("{client:?}").contains(crate::world::ADMIN_KEY));
}
