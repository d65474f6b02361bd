//! Keys: what they may do, where, until when.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::server::{MORNING, Person, Server, story};

async fn key(app: &Server, body: Value) -> Person {
    app.person(&app.admin().post("/keys", body).await.is(201).field("/key"))
}

both!(a_key_is_shown_once, async |db| {
    let (app, anon, author, _) = story(db).await;
    let admin = app.admin();
    let body = json!({"name": "app", "scopes": ["render", "read", "render"], "environment": "staging"});
    let created = admin.post("/keys", body.clone()).await.is(201);
    let secret = created.field("/key");
    assert!(secret.starts_with("pk_") && secret.len() == 3 + 64, "{secret}");
    assert!(secret.starts_with(&created.field("/prefix")));
    assert_eq!(
        (created.field("/scopes"), created.field("/environment")),
        (r#"["read","render"]"#.into(), "staging".into())
    );
    let listed = admin.get("/keys").await.good();
    assert_eq!(listed.items("name"), ["read-write", "read-deploy", "app"]);
    assert!(!listed.text().contains(&secret));
    assert!(!admin.get("/audit").await.text().contains(&secret));
    let hash: String = Sha256::digest(&secret).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(db.raw().await.keys_with_hash(&hash).await, 1, "only its hash is stored");
    author.get("/keys").await.is(403);
    author.post("/keys", body).await.is(403);
    anon.get("/keys").await.is(401);

    let me = app.person(&secret).get("/whoami").await.good();
    assert_eq!((me.field("/project"), me.field("/name")), ("default".into(), "app".into()));
    assert_eq!((me.field("/key_id"), me.field("/instance_admin")), (created.field("/id"), "false".into()));
    let me = admin.get("/whoami").await.good();
    assert_eq!((me.field("/key_id"), me.field("/instance_admin")), ("null".into(), "true".into()));
});

both!(what_a_new_key_must_say, async |db| {
    let (app, _, _, _) = story(db).await;
    for (body, problems) in [
        (json!({"name": " ", "scopes": []}), vec!["empty /name", "empty /scopes"]),
        (json!({"name": "n".repeat(257), "scopes": ["read"]}), vec!["too_long /name"]),
        (json!({"name": "a\u{0}", "scopes": ["read"]}), vec!["nul /name"]),
        (json!({"name": "a", "scopes": ["read", "root", ""]}), vec!["scope /scopes/1", "scope /scopes/2"]),
        (json!({"name": "a", "scopes": ["read"], "environment": "moon"}), vec!["environment /environment"]),
        (json!({"name": "a", "scopes": ["read"], "expires_at": "soon"}), vec!["time /expires_at"]),
        (json!({"name": "a", "scopes": ["read"], "expires_at": MORNING}), vec!["time /expires_at"]),
        (json!({"name": "a", "scopes": "read"}), vec!["shape /scopes"]),
        (json!({"name": "a", "scopes": ["read"], "user": "u"}), vec!["invalid /user"]),
        (json!({"name": "a", "scopes": ["read"], "owner": "u"}), vec!["shape /owner"]),
    ] {
        assert_eq!(app.admin().post("/keys", body).await.is(422).problems(), problems);
    }
});

both!(a_key_may_do_what_its_scopes_say, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    // Read, serve, write, deploy, administer.
    for (scopes, may) in [
        (vec!["read"], [true, true, false, false, false]),
        (vec!["render"], [false, true, false, false, false]),
        (vec!["write"], [false, false, true, false, false]),
        (vec!["deploy"], [false, false, false, true, false]),
        (vec!["approve", "record", "test"], [false; 5]),
        (vec!["read", "write", "deploy"], [true, true, true, true, false]),
        (vec!["admin"], [true; 5]),
    ] {
        let person = app.with_scopes(&scopes).await;
        let did = [
            person.get("/prompts").await,
            person.active("p").await,
            person.patch("/prompts/p", json!({})).await,
            person.activate("p", "1", "staging").await,
            person.get("/audit").await,
        ];
        for (answer, may) in did.into_iter().zip(may) {
            if may {
                answer.good();
            } else {
                let refused = answer.is(403).refused("forbidden");
                assert!(refused.field("/detail").contains(scopes[0]), "{refused}");
            }
        }
        person.get("/whoami").await.good();
        person.get("/projects").await.is(403);
    }
});

both!(a_bound_key_stays_in_its_environment, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let body = json!({"name": "staging", "scopes": ["read", "write", "deploy"], "environment": "staging"});
    let bound = key(&app, body).await;
    bound.active("p").await.refused("nothing_live");
    let activated = bound.post("/prompts/p/activate", json!({"version": "1"})).await.is(201);
    assert_eq!(activated.field("/environment"), "staging");
    assert_eq!(bound.active("p").await.good().field("/environment"), "staging");
    bound.active_in("p", "staging").await.good();
    bound.activate("p", "1", "production").await.is(403).refused("wrong_environment");
    bound.active_in("p", "production").await.is(403).refused("wrong_environment");
    bound.get("/prompts/p/active?at=2026-11-20T10:00:00Z&environment=production").await.is(403);
    bound
        .revise("p", json!({"content": "x", "activate": "production"}))
        .await
        .is(403)
        .refused("wrong_environment");
    bound.revise("p", json!({"content": "x", "activate": "staging"})).await.is(201);
    assert_eq!(operator.active("p").await.field("/version"), "1.0.0");
    assert_eq!(bound.get("/whoami").await.field("/environment"), "staging");
    for how in ["archive", "restore"] {
        bound.poke(&format!("/prompts/p/{how}")).await.is(403).refused("wrong_environment");
    }
    bound.version("p", "production").await.is(403).refused("wrong_environment");
    bound.activate("p", "production", "staging").await.is(403).refused("wrong_environment");
});

both!(a_bound_administrator_makes_only_bound_keys, async |db| {
    let (app, _, _, _) = story(db).await;
    let body = json!({"name": "staging admin", "scopes": ["admin"], "environment": "staging"});
    let bound = key(&app, body).await;
    let made = bound.post("/keys", json!({"name": "child", "scopes": ["read"]})).await.is(201);
    assert_eq!(made.field("/environment"), "staging");
    let wide = json!({"name": "child", "scopes": ["read"], "environment": "production"});
    bound.post("/keys", wide).await.is(403).refused("wrong_environment");
    bound.post("/environments", json!({"name": "canary"})).await.is(403).refused("wrong_environment");
    let free = app.admin().get("/keys").await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    bound.delete(&format!("/keys/{free}")).await.is(403).refused("wrong_environment");
    bound.delete(&format!("/keys/{}", made.field("/id"))).await.good();
});

both!(a_key_expires_on_the_minute, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let body = json!({"name": "short", "scopes": ["read"], "expires_at": "2026-11-20T10:01:00Z"});
    let short = key(&app, body).await;
    assert_eq!(short.get("/whoami").await.good().field("/expires_at"), "2026-11-20T10:01:00.000Z");
    app.clock.advance_seconds(59);
    short.active("p").await.good();
    app.clock.advance_seconds(1);
    for answer in [
        short.active("p").await,
        short.resolve("p", json!({})).await,
        short.get("/prompts").await,
        short.get("/whoami").await,
    ] {
        let refused = answer.is(401).refused("unauthenticated");
        assert!(refused.field("/detail").contains("expired"), "{refused}");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }
});

both!(a_revoked_key_is_refused_at_once, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let admin = app.admin();
    let created = admin.post("/keys", json!({"name": "gone", "scopes": ["read"]})).await.good();
    let person = app.person(&created.field("/key"));
    person.active("p").await.good();
    let path = format!("/keys/{}", created.field("/id"));
    operator.delete(&path).await.is(403);
    let revoked = admin.delete(&path).await.good();
    assert_eq!(revoked.field("/name"), "gone");
    assert_ne!(revoked.field("/revoked_at"), "null");
    for answer in
        [person.active("p").await, person.resolve("p", json!({})).await, person.get("/whoami").await]
    {
        answer.is(401).refused("unauthenticated");
    }
    assert_eq!(admin.delete(&path).await.good().json(), revoked.json(), "twice is once");
    assert_eq!(admin.get("/audit?action=key.revoke").await.items("n").len(), 1);
    admin.delete("/keys/nothing").await.refused("not_found");
    db.stop_servers().await;
    let again = Server::start(db).await;
    again.person(&created.field("/key")).get("/whoami").await.is(401);
    again.person(author.key.as_deref().expect("a key")).get("/whoami").await.good();
});

both!(headers_that_are_no_key, async |db| {
    let (app, anon, author, _) = story(db).await;
    let secret = author.key.clone().expect("a key");
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic dXNlcjpwYXNz",
        secret.as_str(),
        "Token abc",
        "bearer\tx",
        ",",
        "Bearer a b c",
    ] {
        anon.with("authorization", value).get("/whoami").await.is(401).refused("unauthenticated");
        anon.with("authorization", value).resolve("p", json!({})).await.is(401).refused("unauthenticated");
        anon.with("authorization", value).active("p").await.is(401).refused("unauthenticated");
    }
    for value in [format!("bearer {secret}"), format!("BEARER   {secret}")] {
        anon.with("authorization", &value).get("/whoami").await.good();
    }
    app.person(&secret.to_uppercase()).get("/whoami").await.is(401);
    app.person(&secret[..secret.len() - 1]).get("/whoami").await.is(401);
});
