//! Members: invited, given roles, removed.

use http::Method;
use serde_json::json;

use crate::{
    contract::OPERATIONS,
    people::PASSWORD,
    server::{Server, story},
};

both!(somebody_is_invited_and_comes, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    let body = json!({"email": " Eva@Example.com ", "name": "Eva", "roles": ["operator", "viewer"]});
    let invited = admin.post("/users", body).await.is(201);
    let id = invited.field("/id");
    assert_eq!(invited.field("/email"), "eva@example.com");
    assert_eq!(invited.json()["roles"], json!(["viewer", "operator"]));
    assert_eq!((invited.field("/status"), invited.field("/last_seen")), ("invited".into(), "null".into()));
    assert_eq!(invited.field("/link_url"), "null", "the server does not know its address");
    let link = invited.field("/link");
    assert!(link.starts_with("/welcome#link=pl_"), "{link}");
    admin.invite("EVA@example.com", &["viewer"]).await.is(409).refused("email_taken");

    let token = link.split_once('=').expect("a link").1;
    let spend = |password: &str| json!({"token": token, "name": "Eva Marie", "password": password});
    app.anon().post("/session/link", spend("short")).await.is(422).refused("invalid");
    let begun = app.anon().post("/session/link", spend(PASSWORD)).await.is(201);
    assert_eq!(begun.field("/user/name"), "Eva Marie");
    app.spend(&link, "a second walk").await.is(410).refused("link_spent");
    app.spend("#link=pl_0", "a second walk").await.is(410).refused("link_spent");
    app.sign_in("eva@example.com", PASSWORD).await.is(201);

    let shown = admin.get(&format!("/users/{id}")).await.good();
    assert_eq!((shown.field("/status"), shown.field("/name")), ("active".into(), "Eva Marie".into()));
    assert!(shown.field("/last_seen").starts_with("2026-11-20T10:"), "{shown}");
    let log = admin.get("/audit?action=user.create").await.good();
    assert_eq!(log.field("/items/0/detail/email"), "eva@example.com");
    for answer in
        [shown, log, admin.get("/users").await, admin.with("x-project", "_instance").get("/audit").await]
    {
        for secret in [token, "argon2", PASSWORD] {
            assert!(!answer.text().contains(secret), "{secret} in {answer}");
        }
    }
});

both!(what_an_invitation_must_say, async |db| {
    let app = Server::start(db).await;
    for (body, pointer) in [
        (json!({"email": "nobody", "roles": ["viewer"]}), "/email"),
        (json!({"email": format!("{}@x", "e".repeat(254)), "roles": ["viewer"]}), "/email"),
        (json!({"email": "e@x", "roles": []}), "/roles"),
        (json!({"email": "e@x", "roles": ["viewer", "emperor"]}), "/roles/1"),
        (json!({"email": "e@x", "name": "", "roles": ["viewer"]}), "/name"),
        (json!({"email": "e@x", "roles": "viewer"}), "/roles"),
        (json!({"email": "e@x", "roles": ["viewer"], "password": "x"}), "/password"),
    ] {
        let refused = app.admin().post("/users", body).await.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), pointer, "{refused}");
    }
    assert_eq!(app.admin().get("/users").await.field("/total"), "0");
    app.admin().get("/users/none").await.is(404).refused("not_found");
    app.admin().patch("/users/none", json!({})).await.is(404);
    app.admin().delete("/users/none").await.is(404);
    app.admin().poke("/users/none/link").await.is(404);
    for n in ["b", "a", "c"] {
        app.admin().invite(&format!("{n}@x"), &["viewer"]).await.is(201);
    }
    let first = app.admin().get("/users?limit=2").await.good();
    assert_eq!(first.items("email"), ["a@x", "b@x"]);
    let next = format!("/users?limit=2&cursor={}", first.field("/next_cursor"));
    assert_eq!(app.admin().get(&next).await.items("email"), ["c@x"]);
});

both!(roles_count_from_the_next_request_on, async |db| {
    let app = Server::start(db).await;
    let (id, eva) = app.member("eva@example.com", &["viewer"]).await;
    let path = format!("/users/{id}");
    eva.publish("p", "one").await.is(403).refused("forbidden");
    let changed = app.admin().patch(&path, json!({"roles": ["editor"], "name": "Eva"})).await.good();
    assert_eq!((changed.field("/roles/0"), changed.field("/name")), ("editor".into(), "Eva".into()));
    eva.publish("p", "one").await.is(201);
    eva.activate("p", "1", "production").await.is(403);
    let entry = app.admin().get("/audit?action=user.update").await.good();
    assert_eq!(entry.field("/items/0/detail/before/roles"), "viewer");
    assert_eq!(entry.field("/items/0/detail/after/roles"), "editor");
    let revision = app.revision();
    app.admin().patch(&path, json!({"roles": ["editor"], "name": "Eva"})).await.good();
    app.admin().patch(&path, json!({})).await.good();
    assert_eq!(app.revision(), revision, "nothing changed");
    app.admin().patch(&path, json!({"roles": []})).await.is(422);
    app.admin().delete(&path).await.is(204);
    eva.get("/prompts").await.is(401);
    assert_eq!(eva.session().await["user"], json!(null));
    app.sign_in("eva@example.com", PASSWORD).await.is(401);
    // Whoever comes back has the password of before.
    let again = app.admin().invite("eva@example.com", &["operator"]).await.is(201);
    assert_eq!((again.field("/link"), again.field("/id")), ("null".into(), id));
    app.later().sign_in("eva@example.com", PASSWORD).await.is(201);
});

both!(a_viewer_changes_nothing, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let (_, viewer) = app.member("eva@example.com", &["viewer"]).await;
    let mut tried = 0;
    for operation in OPERATIONS.iter() {
        let Some(permission) = operation.permission().filter(|one| !["any", "read", "render"].contains(one))
        else {
            continue;
        };
        let path = operation.template.replace("{name}", "p").replace("{reference}", "1");
        let method: Method = operation.method.parse().expect("a method");
        let body = (method != Method::GET).then(|| "{}".into());
        viewer.send(method, &path, body).await.is(403).refused("forbidden");
        let known = ["write", "deploy", "approve", "propose", "record", "admin", "instance"];
        assert!(known.contains(&permission), "{permission}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
});

both!(a_link_for_a_lost_password, async |db| {
    let app = Server::start(db).await;
    let (id, eva) = app.member("eva@example.com", &["viewer"]).await;
    let (_, boss) = app.member("boss@example.com", &["admin"]).await;
    let first = boss.poke(&format!("/users/{id}/link")).await.is(201);
    assert_eq!(first.field("/expires_at"), "2026-11-23T10:02:00.000Z");
    let second = boss.poke(&format!("/users/{id}/link")).await.is(201).field("/link");
    app.spend(&first.field("/link"), "another walk").await.is(410);
    eva.get("/prompts").await.good();
    app.sign_in("eva@example.com", PASSWORD).await.is(201);
    app.spend(&second, "another walk").await.is(201);
    eva.get("/prompts").await.is(401);
    app.sign_in("eva@example.com", PASSWORD).await.is(401);
    app.sign_in("eva@example.com", "another walk").await.is(201);
    let late = boss.poke(&format!("/users/{id}/link")).await.is(201).field("/link");
    app.clock.advance_seconds(72 * 3_600 - 60);
    app.spend(&late, "a third walk").await.is(410).refused("link_spent");
});

both!(projects_do_not_reach_into_each_other, async |db| {
    let app = Server::start(db).await;
    app.admin().post("/projects", json!({"name": "second"})).await.is(201);
    let (id, _) = app.member("eva@example.com", &["viewer"]).await;
    let (_, boss) = app.member_of("second", "boss@example.com", &["admin"]).await;
    assert_eq!(boss.get("/users").await.good().items("email"), ["boss@example.com"]);
    let path = format!("/users/{id}");
    boss.get(&path).await.is(404);
    boss.patch(&path, json!({"roles": ["admin"]})).await.is(404);
    boss.delete(&path).await.is(404);
    boss.poke(&format!("{path}/link")).await.is(404);
    // In both projects, her account is none of either's.
    assert_eq!(boss.invite("eva@example.com", &["viewer"]).await.is(201).field("/link"), "null");
    let refused = boss.poke(&format!("{path}/link")).await.is(403).refused("forbidden");
    assert!(refused.field("/detail").contains("administrator of the instance"), "{refused}");
    boss.patch(&path, json!({"name": "Evil"})).await.is(403);
    boss.patch(&path, json!({"roles": ["editor"]})).await.good();
    assert_eq!(app.admin().get(&path).await.field("/roles/0"), "viewer");
    app.admin().poke(&format!("{path}/link")).await.is(201);
    // One who was only invited elsewhere gets no link here, which would open what she may do there.
    app.admin().invite("new@example.com", &["admin"]).await.is(201);
    assert_eq!(boss.invite("new@example.com", &["viewer"]).await.is(201).field("/link"), "null");
    boss.delete(&path).await.is(204);
    app.admin().get(&path).await.good();
});

both!(no_administrator_is_locked_out, async |db| {
    let app = Server::start(db).await;
    let ada = app.first().await;
    let me = ada.session().await["user"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/users/{me}");
    let (boss_id, boss) = app.member("boss@example.com", &["admin"]).await;
    for who in [&ada, &boss, &app.admin()] {
        who.delete(&path).await.is(409).refused("last_admin");
        who.patch(&path, json!({"roles": ["viewer"]})).await.is(409).refused("last_admin");
    }
    boss.poke(&format!("{path}/link")).await.is(403).refused("forbidden");
    boss.patch(&path, json!({"name": "Nobody"})).await.is(403);
    ada.patch(&path, json!({"name": "Ada L."})).await.good();
    let own = format!("/users/{boss_id}");
    boss.delete(&own).await.is(409).refused("last_admin");
    boss.patch(&own, json!({"roles": ["editor"]})).await.is(409).refused("last_admin");
    boss.patch(&own, json!({"roles": ["admin", "editor"]})).await.good();
    ada.patch(&own, json!({"roles": ["editor"]})).await.good();
    boss.get("/users").await.is(403);
});

both!(a_bound_key_makes_no_people, async |db| {
    let app = Server::start(db).await;
    let body = json!({"name": "bound", "scopes": ["admin"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", body).await.is(201).field("/key"));
    bound.invite("eva@example.com", &["admin"]).await.is(403).refused("wrong_environment");
    bound.get("/users").await.good();
});
