//! The first account.

use promptory_server::app::sign_in::setup_token;
use serde_json::json;

use crate::{people::PASSWORD, server::Server};

both!(the_first_account_is_made_once, async |db| {
    let app = Server::start(db).await;
    let ada = app.first().await;
    let told = ada.session().await;
    assert_eq!((&told["setup"], &told["user"]["instance_admin"]), (&json!(false), &json!(true)));
    assert_eq!(told["projects"][0]["name"], "default");
    assert_eq!(told["projects"][0]["roles"], json!(["admin"]));
    ada.post("/projects", json!({"name": "second"})).await.is(201);
    assert_eq!(ada.session().await["projects"].as_array().expect("projects").len(), 2);
    let second = ada.with("x-project", "second");
    assert_eq!(second.get("/whoami").await.field("/project"), "second");
    second.publish("p", "one").await.is(201);
    assert_eq!(ada.get("/whoami").await.field("/project"), "default");
    assert_eq!(
        ada.with("x-project", "_instance").get("/audit").await.good().items("action")[0],
        "project.create"
    );
    ada.with("x-project", "_instance").publish("p", "one").await.is(404);
    assert_eq!(ada.get("/users").await.items("email"), ["ada@example.com"]);
    app.set_up("eva@example.com").await.is(409).refused("already_set_up");
    let wrong = json!({"token": "", "email": "e@x", "name": "E", "password": PASSWORD});
    app.anon().post("/session/setup", wrong).await.is(409).refused("already_set_up");
});

both!(only_with_the_servers_own_token, async |db| {
    let app = Server::start(db).await;
    let token = setup_token(&app.app);
    assert_eq!(token.len(), 64);
    let ask = |token: &str, email: &str, name: &str, password: &str| json!({"token": token, "email": email, "name": name, "password": password});
    for wrong in ["", "0", &token[1..], &token.to_uppercase(), &format!("{token}0"), "setup"] {
        let body = ask(wrong, "ada@example.com", "Ada", PASSWORD);
        app.later().anon().post("/session/setup", body).await.is(401).refused("sign_in_failed");
    }
    for (email, name, password, pointer) in [
        ("ada", "Ada", PASSWORD, "/email"),
        ("ada@", "Ada", PASSWORD, "/email"),
        ("a da@x", "Ada", PASSWORD, "/email"),
        ("a@b@c", "Ada", PASSWORD, "/email"),
        ("ada@example.com", " ", PASSWORD, "/name"),
        ("ada@example.com", "Ada", "too short", "/password"),
        ("ada@example.com", "Ada", "Password123", "/password"),
        ("ada@example.com", "Ada", "ADA@EXAMPLE.COM", "/password"),
    ] {
        let body = ask(&token, email, name, password);
        let refused = app.later().anon().post("/session/setup", body).await.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), pointer, "{email} {name} {password}");
    }
    assert_eq!(app.anon().session().await["setup"], true, "nothing was made");
    app.first().await;
});

both!(of_many_at_once_one_wins, async |db| {
    let app = Server::start(db).await;
    let token = setup_token(&app.app);
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (anon, token) = (app.anon(), token.clone());
        tries.spawn(async move {
            let email = format!("ada{}@example.com", n % 4);
            let body = json!({"token": token, "email": email, "name": "Ada", "password": PASSWORD});
            anon.post("/session/setup", body).await.status
        });
    }
    let mut seen = tries.join_all().await;
    seen.sort_unstable();
    assert_eq!(seen, [201, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(app.admin().get("/users").await.field("/total"), "1");
});

both!(people_who_were_invited_before_do_not_close_the_door, async |db| {
    let app = Server::start(db).await;
    app.admin().invite("ada@example.com", &["viewer"]).await.is(201);
    assert_eq!(app.anon().session().await["setup"], true, "nobody can sign in yet");
    app.member("eva@example.com", &["editor"]).await;
    assert_eq!(app.anon().session().await["setup"], false);
    app.set_up("eva@example.com").await.is(409).refused("email_taken");
    let ada = app.first().await;
    let mine = ada.get("/users").await.good();
    assert_eq!(mine.field("/items/0/roles/0"), "admin");
    assert_eq!(mine.field("/items/0/status"), "active");
});

on_postgres!(every_server_knows_the_same_token, async |db| {
    let (one, two) = (Server::start(db).await, Server::start(db).await);
    assert_eq!(setup_token(&one.app), setup_token(&two.app));
});
