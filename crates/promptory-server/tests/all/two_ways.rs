//! `active` and `resolve` have a short way in front of the router and the router itself: both must say the same.

use bytes::Bytes;
use http::Method;
use serde_json::json;

use crate::server::{Person, story};

/// What a header does not change: status, body, tag, kind, caching.
async fn same(person: &Person, method: &Method, path: &str, body: Option<&[u8]>) {
    let person = person.with("x-request-id", "the-same-for-both");
    let body = body.map(Bytes::copy_from_slice);
    let short = person.send(method.clone(), path, body.clone()).await;
    for (name, value) in [("x-project", "default"), ("origin", "https://elsewhere.example")] {
        let long = person.with(name, value).send(method.clone(), path, body.clone()).await;
        assert_eq!(short.status, long.status, "{short}\n{long}");
        assert_eq!(short.text(), long.text(), "{short}");
        for header in [
            "content-type",
            "etag",
            "cache-control",
            "retry-after",
            "promptory-revision",
            "x-request-id",
            "www-authenticate",
            "x-content-type-options",
        ] {
            assert_eq!(short.header(header), long.header(header), "{header} of {short}");
        }
    }
}

const PATHS: [&str; 23] = [
    "/prompts/p/active",
    "/prompts/p/active?environment=production",
    "/prompts/p/active?environment=staging",
    "/prompts/p/active?environment=development",
    "/prompts/p/active?environment=moon",
    "/prompts/p/active?environment=",
    "/prompts/p/active?environment",
    "/prompts/p/active?",
    "/prompts/p/active?environment=production&environment=production",
    "/prompts/p/active?environment=prod%75ction",
    "/prompts/p/active?at=2026-11-20T10:00:59Z",
    "/prompts/p/active?unknown=1",
    "/prompts/%70/active",
    "/prompts/a%2Fb/active",
    "/prompts/a%2fb/active",
    "/prompts/a/b/active",
    "/prompts//active",
    "/prompts/P/active",
    "/prompts/nobody/active",
    "/prompts/%FF/active",
    "/prompts/%00/active",
    "/prompts/%/active",
    "/prompts/archived/active",
];

both!(active, async |db| {
    let (app, anon, author, operator) = story(db).await;
    for name in ["p", "a/b", "archived"] {
        author.publish(name, "Hi {{ name }}").await.good();
        author.reword(name, "Hello {{ name }}").await.good();
        operator.activate(name, "1", "production").await.good();
    }
    operator.activate("p", "2", "staging").await.good();
    operator.poke("/prompts/archived/archive").await.good();
    let writer = app.with_scopes(&["write"]).await;
    let bound = json!({"name": "b", "scopes": ["render"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", bound).await.good().field("/key"));
    let brief = json!({"name": "e", "scopes": ["render"], "expires_at": "2026-11-20T10:00:01Z"});
    let expired = app.person(&app.admin().post("/keys", brief).await.good().field("/key"));
    app.clock.advance_seconds(2);
    let etag = operator.active("p").await.header("etag").expect("a tag").to_owned();
    let tagged = operator.with("if-none-match", &etag);
    for path in PATHS {
        for person in [&operator, &anon, &writer, &bound, &expired, &app.person("unknown"), &tagged] {
            same(person, &Method::GET, path, None).await;
        }
        same(&operator, &Method::HEAD, path, None).await;
        same(&operator, &Method::POST, path, Some(b"{}")).await;
    }
});

const BODIES: [&[u8]; 30] = [
    b"",
    b"{}",
    b" {} ",
    b"{\"environment\":\"staging\"}",
    b"{\"environment\":\"moon\"}",
    b"{\"environment\":null}",
    b"{\"key\":\"ada\"}",
    b"{\"variables\":{}}",
    b"{\"variables\":{\"name\":\"Ada\"}}",
    b"{\"variables\":{\"name\":1e2,\"more\":[]}}",
    b"{\"version\":\"1\"}",
    b"{\"version\":\"1.0.1\",\"variables\":{\"name\":\"x\"}}",
    b"{\"version\":\"staging\"}",
    b"{\"version\":\"development\"}",
    b"{\"version\":\"9\"}",
    b"{\"version\":\"^1\"}",
    b"{\"version\":\"\"}",
    b"{\"version\":\"\\u0000\"}",
    b"{\"key\":7}",
    b"{\"unknown\":1}",
    b"{\"key\":\"a\",\"key\":\"b\"}",
    b"{",
    b"nonsense",
    b"[]",
    b"null",
    b"{} {}",
    b"\xff\xfe",
    b"{\"key\":\"\\ud800\"}",
    b"{\"key\":\"\xc3\x28\"}",
    b"\xef\xbb\xbf{}",
];

both!(resolve, async |db| {
    let (app, anon, author, operator) = story(db).await;
    author.publish("p", "Hi {{ name }}").await.good();
    author.reword("p", "Hello {{ name }}").await.good();
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "staging").await.good();
    let writer = app.with_scopes(&["write"]).await;
    let bound = json!({"name": "b", "scopes": ["render"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", bound).await.good().field("/key"));
    for body in BODIES {
        for person in [&operator, &anon, &writer, &bound] {
            same(person, &Method::POST, "/prompts/p/resolve", Some(body)).await;
        }
        for kind in [
            "text/plain",
            "application/json; charset=utf-8",
            "application/vnd.api+json",
            "APPLICATION/JSON",
            "application/",
            "+json",
        ] {
            same(&operator.with("content-type", kind), &Method::POST, "/prompts/p/resolve", Some(body)).await;
        }
    }
    for path in PATHS {
        let path = path.replace("/active", "/resolve");
        for person in [&operator, &anon] {
            same(person, &Method::POST, &path, Some(b"{}")).await;
            same(person, &Method::POST, &path, None).await;
        }
        same(&operator, &Method::GET, &path, None).await;
    }
});
