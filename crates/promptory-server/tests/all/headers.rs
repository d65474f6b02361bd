//! Headers of every answer: ids, security, caching.

use serde_json::json;

use crate::server::story;

both!(security_headers, async |db| {
    let (_, anon, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    for answer in [
        author.get("/prompts").await.good(),
        author.prompt("nobody").await,
        anon.get("/prompts").await,
        anon.get("/nothing/here").await,
        anon.get("/healthz").await,
        anon.get("/metrics").await,
        anon.get("/api/docs").await,
        operator.with("x-project", "default").active("p").await.good(),
    ] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{answer}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{answer}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-")), "{answer}");
        assert_eq!(answer.header("server"), None);
        assert_eq!(answer.header("x-powered-by"), None);
    }
    for answer in
        [operator.active("p").await, operator.resolve("p", json!({})).await, operator.active("q").await]
    {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-")), "{answer}");
    }
});

both!(the_callers_id_comes_back_when_a_log_can_hold_it, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    for id in ["a", "Root=1-67891233-abcdef012345678912345678", "a-b_c.d:e/f+g=", &"i".repeat(128)] {
        assert_eq!(author.with("x-request-id", id).get("/prompts").await.header("x-request-id"), Some(id));
        assert_eq!(operator.with("x-request-id", id).active("p").await.header("x-request-id"), Some(id));
        assert_eq!(
            operator.with("x-request-id", id).resolve("p", json!({})).await.header("x-request-id"),
            Some(id)
        );
        assert_eq!(operator.with("x-request-id", id).resolve("q", json!({})).await.field("/request_id"), id);
    }
    for id in ["two words", "<script>", "a\tb", "\"quoted\"", &"i".repeat(129)] {
        for answer in [
            author.with("x-request-id", id).get("/prompts").await,
            operator.with("x-request-id", id).resolve("q", json!({})).await,
            operator.with("x-request-id", id).active("q").await,
        ] {
            let given = answer.header("x-request-id").expect("an id").to_owned();
            assert!(given != id && given.len() == 36, "{given}");
        }
        for answer in [
            operator.with("x-request-id", id).active("p").await.good(),
            operator.with("x-request-id", id).resolve("p", json!({})).await.good(),
        ] {
            assert_ne!(answer.header("x-request-id"), Some(id), "{answer}");
        }
    }
    let (one, two) = (author.get("/prompts").await, author.get("/prompts").await);
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
});
