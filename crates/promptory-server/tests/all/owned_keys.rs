//! Keys of people: they act as their owner, and never do more.

use serde_json::json;

use crate::server::{Person, SOON, Server};

async fn owned(app: &Server, user: &str, scopes: &[&str]) -> (String, Person) {
    let made =
        app.admin().post("/keys", json!({"name": "mine", "scopes": scopes, "user": user})).await.is(201);
    (made.field("/id"), app.person(&made.field("/key")))
}

both!(a_key_follows_the_roles_of_its_owner, async |db| {
    let app = Server::start(db).await;
    let (id, _) = app.member("eva@example.com", &["editor", "operator"]).await;
    let (key_id, key) = owned(&app, "Eva@example.com", &["read", "write", "deploy"]).await;
    let (_, other) = owned(&app, &id, &["read"]).await;
    let me = key.get("/whoami").await.good();
    assert_eq!(
        (me.field("/user/id"), me.field("/user/name"), me.field("/key_id")),
        (id.clone(), "eva".into(), key_id.clone())
    );
    let listed = app.admin().get("/keys").await.good();
    assert_eq!(listed.field("/items/0/user/name"), "eva");
    assert_eq!(app.admin().get(&format!("/users/{id}")).await.field("/keys"), "2");
    key.publish("p", "one").await.is(201);
    key.activate("p", "1", "production").await.is(201);

    let path = format!("/users/{id}");
    app.admin().patch(&path, json!({"roles": ["viewer"]})).await.good();
    key.reword("p", "two").await.is(403).refused("forbidden");
    key.active("p").await.good();
    assert_eq!(app.admin().get("/keys").await.json()["items"][0]["scopes"], json!(["read"]));
    app.admin().patch(&path, json!({"roles": ["editor"]})).await.good();
    key.reword("p", "two").await.is(201);
    key.activate("p", "2", "production").await.is(403);
    app.admin().patch(&path, json!({"roles": ["admin"]})).await.good();
    key.activate("p", "2", "production").await.is(201);
    key.get("/users").await.is(403).refused("forbidden");

    app.admin().delete(&path).await.is(204);
    for key in [&key, &other] {
        key.active("p").await.is(401).refused("unauthenticated");
    }
    let entry = app.admin().get("/audit?action=user.delete").await.good();
    assert_eq!(entry.json()["items"][0]["detail"]["revoked_keys"].as_array().expect("ids").len(), 2);
    let gone = app.admin().get("/keys").await.good();
    assert!(gone.field("/items/0/revoked_at").starts_with("2026-"), "{gone}");
});

both!(nobody_makes_a_key_that_may_more_than_its_owner, async |db| {
    let app = Server::start(db).await;
    let (id, _) = app.member("eva@example.com", &["viewer", "approver"]).await;
    let ask = |user: serde_json::Value, scopes: &[&str]| json!({"name": "k", "scopes": scopes, "user": user});
    for scopes in [&["write"][..], &["admin"], &["read", "record"], &["deploy"]] {
        let refused = app.admin().post("/keys", ask(json!(id), scopes)).await.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), "/scopes");
        assert!(refused.text().contains("read render approve"), "{refused}");
    }
    for user in ["nobody@example.com", "none", ""] {
        let refused = app.admin().post("/keys", ask(json!(user), &["read"])).await.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), "/user");
    }
    app.admin().post("/keys", ask(json!(id), &["read", "render", "approve"])).await.is(201);
    app.admin().post("/projects", json!({"name": "second"})).await.is(201);
    let second = app.admin().with("x-project", "second");
    second.post("/keys", ask(json!(id), &["read"])).await.is(422).refused("invalid");
});

both!(whoever_makes_a_key_owns_it, async |db| {
    let app = Server::start(db).await;
    let ada = app.first().await;
    let me = ada.session().await["user"]["id"].as_str().expect("an id").to_owned();
    let (id, boss) = app.member("boss@example.com", &["admin"]).await;
    let key = |user: Option<serde_json::Value>| {
        let mut body = json!({"name": "k", "scopes": ["admin"]});
        if let Some(user) = user {
            body["user"] = user;
        }
        body
    };
    assert_eq!(ada.post("/keys", key(None)).await.is(201).field("/user/id"), me);
    let made = boss.post("/keys", key(None)).await.is(201);
    assert_eq!(made.field("/user/id"), id);
    // A key acts as its owner, also where it makes keys.
    let acting = app.person(&made.field("/key"));
    assert_eq!(acting.post("/keys", key(None)).await.is(201).field("/user/id"), id);
    let free = boss.post("/keys", key(Some(json!(null)))).await.is(201);
    assert_eq!(free.field("/user"), "null");
    assert_eq!(app.admin().post("/keys", key(None)).await.is(201).field("/user"), "null");
    acting.delete(&format!("/users/{id}")).await.is(409).refused("last_admin");
    ada.delete(&format!("/users/{id}")).await.is(204);
    acting.get("/whoami").await.is(401);
    app.person(&free.field("/key")).get("/whoami").await.good();
    // An administrator of the instance is at home everywhere.
    ada.post("/projects", json!({"name": "second"})).await.is(201);
    let made = ada.with("x-project", "second").post("/keys", key(None)).await.is(201);
    assert_eq!(app.person(&made.field("/key")).get("/whoami").await.field("/project"), "second");
});

on_postgres!(another_server_hears_of_it, async |db| {
    let (one, two) = (Server::start(db).await, Server::start(db).await);
    let (id, _) = one.member("eva@example.com", &["editor"]).await;
    let (_, key) = owned(&one, &id, &["read", "write"]).await;
    let there = two.person(key.key.as_deref().expect("a key"));
    key.publish("p", "one").await.is(201);
    tokio::time::timeout(SOON, two.project().reached(one.revision())).await.expect("soon");
    there.reword("p", "two").await.is(201);
    one.admin().patch(&format!("/users/{id}"), json!({"roles": ["viewer"]})).await.good();
    tokio::time::timeout(SOON, two.project().reached(one.revision())).await.expect("soon");
    there.reword("p", "three").await.is(403);
    // And one that starts anew reads it.
    let three = Server::start(db).await;
    three.person(key.key.as_deref().expect("a key")).reword("p", "three").await.is(403);
});
