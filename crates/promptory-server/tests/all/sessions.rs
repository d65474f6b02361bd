//! Signing in and out, and what a session may do.

use promptory_server::{clock::Clock, jobs};
use serde_json::json;

use crate::{
    db::ADMIN_KEY,
    people::{PASSWORD, cookie},
    server::Server,
    stream::Events,
};

const DAY: i64 = 86_400;

both!(nobody_signed_in_is_no_error, async |db| {
    let app = Server::start(db).await;
    let nobody = app.anon().session().await;
    assert_eq!(
        nobody,
        json!({"setup": true, "user": null, "csrf": null, "projects": [], "version": env!("CARGO_PKG_VERSION")})
    );
    assert_eq!(app.anon().with("cookie", "promptory_session=ps_0").session().await["user"], json!(null));
    assert_eq!(app.admin().session().await["user"], json!(null), "a key is no session");
    app.member("eva@example.com", &["viewer"]).await;
    assert_eq!(app.anon().session().await["setup"], false);
    app.anon().delete("/session").await.is(204);
});

both!(a_day_of_somebody_with_a_browser, async |db| {
    let app = Server::start(db).await;
    let (id, _) = app.member("eva@example.com", &["editor", "operator"]).await;
    let begun = app.sign_in("  Eva@Example.com ", PASSWORD).await.is(201);
    let kept = begun.header("set-cookie").expect("a cookie");
    for part in ["promptory_session=ps_", "; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=2592000"]
    {
        assert!(kept.contains(part), "{kept}");
    }
    assert!(!kept.contains("Secure"), "this server is on plain http: {kept}");
    let eva = app.browser(&begun);
    let told = eva.session().await;
    assert_eq!(told, begun.json(), "the answer of signing in is that of looking");
    assert_eq!(
        told["user"],
        json!({"id": id, "email": "eva@example.com", "name": "eva", "instance_admin": false})
    );
    assert_eq!(told["projects"][0]["name"], "default");
    assert_eq!(told["projects"][0]["roles"], json!(["editor", "operator"]));

    let me = eva.get("/whoami").await.good();
    assert_eq!(
        (me.field("/name"), me.field("/key_id"), me.field("/user/id")),
        ("eva".into(), "null".into(), id.clone())
    );
    assert_eq!(me.json()["scopes"], json!(["read", "render", "write", "deploy", "record"]));
    eva.publish("p", "one").await.is(201);
    eva.activate("p", "1", "production").await.is(201);
    assert_eq!(eva.active("p").await.good().field("/content"), "one");
    assert_eq!(eva.resolve("p", json!({})).await.good().field("/content"), "one");
    eva.get("/users").await.is(403).refused("forbidden");
    jobs::flush_uses(&app.app, app.clock.now()).await.expect("written");
    assert_eq!(eva.get("/prompts/p/uses").await.good().items("key_id").len(), 0, "to look is no use");
    let entry = app.admin().get("/audit?action=version.activate").await.good();
    let entry =
        if entry.items("n").is_empty() { app.admin().get("/audit?limit=1").await.good() } else { entry };
    assert_eq!(entry.field("/items/0/actor"), format!("user:{id}"));
    assert_eq!(entry.field("/items/0/actor_name"), "eva");

    let bye = eva.delete("/session").await.is(204);
    assert!(
        bye.header("set-cookie")
            .is_some_and(|kept| kept.contains("promptory_session=;") && kept.contains("Max-Age=0"))
    );
    eva.get("/whoami").await.is(401).refused("unauthenticated");
    assert_eq!(eva.session().await["user"], json!(null));
    let log = app.admin().with("x-project", "_instance").get("/audit?limit=200").await.good();
    for action in ["session.create", "session.delete", "user.password"] {
        assert!(log.items("action").contains(&action.to_owned()), "{log}");
    }
});

both!(wrong_is_wrong_in_the_same_words, async |db| {
    let app = Server::start(db).await;
    let (id, eva) = app.member("eva@example.com", &["viewer"]).await;
    app.admin().invite("invited@example.com", &["viewer"]).await.is(201);
    app.member("gone@example.com", &["viewer"]).await;
    let gone = app.admin().get("/users").await.json()["items"][1]["id"].as_str().expect("an id").to_owned();
    app.admin().delete(&format!("/users/{gone}")).await.is(204);
    let mut said = Vec::new();
    for (email, password) in [
        ("eva@example.com", "a longer walk"),
        ("eva@example.com", ""),
        ("nobody@example.com", PASSWORD),
        ("invited@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("", ""),
        ("eva@example.com", &"long".repeat(10_000)),
    ] {
        let refused = app.sign_in(email, password).await.is(401).refused("sign_in_failed");
        assert_eq!(refused.header("set-cookie"), None);
        said.push(refused.field("/detail"));
    }
    said.dedup();
    assert_eq!(said, ["The email or the password is wrong."]);
    for body in
        [json!({}), json!({"email": 1, "password": "x"}), json!({"email": "a", "password": "b", "more": 1})]
    {
        app.later().anon().post("/session", body).await.is(422).refused("invalid");
    }
    jobs::flush_denials(&app.app, app.clock.now()).await.expect("written");
    let log = app.admin().with("x-project", "_instance").get("/audit?action=denied&limit=200").await.good();
    assert!(log.text().contains("email:") && log.text().contains("sign_in_failed"), "{log}");
    for word in ["eva@", "nobody@", "longer", PASSWORD] {
        assert!(!log.text().contains(word), "{word} in {log}");
    }
    assert_eq!(eva.get("/whoami").await.good().field("/user/id"), id);
});

both!(a_page_of_another_site_changes_nothing, async |db| {
    let app = Server::start(db).await;
    let (_, eva) = app.member("eva@example.com", &["editor"]).await;
    let (_, bob) = app.member("bob@example.com", &["editor"]).await;
    let body = || json!({"name": "p", "kind": "text", "version": {"content": "one"}});
    let blind = eva.without("x-csrf-token");
    let theirs = bob.session().await["csrf"].as_str().expect("a token").to_owned();
    for stranger in [
        blind.clone(),
        blind.with("x-csrf-token", "0"),
        blind.with("x-csrf-token", &theirs),
        eva.with("origin", "https://evil.example"),
        eva.with("origin", "null"),
        eva.with("origin", "http://promptory.test.evil.example"),
        eva.with("origin", "http://promptory.test:81"),
    ] {
        stranger.post("/prompts", body()).await.is(403).refused("csrf");
        stranger.delete("/session").await.is(403).refused("csrf");
        stranger.get("/prompts").await.good();
    }
    for origin in ["https://evil.example", "null"] {
        let anon = app.anon().with("origin", origin);
        anon.post("/session", json!({"email": "a", "password": "b"})).await.is(403).refused("csrf");
    }
    for page in ["http://promptory.test", "https://promptory.test", "HTTP://Promptory.Test"] {
        eva.with("origin", page).patch("/prompts/none", json!({})).await.is(404);
    }
    eva.post("/prompts", body()).await.is(201);
    // A key needs none of this, and wins over a cookie.
    let both = eva.without("x-csrf-token").with("authorization", &format!("Bearer {ADMIN_KEY}"));
    both.patch("/prompts/p", json!({"description": "d"})).await.good();
    assert_eq!(both.get("/whoami").await.field("/name"), "administrator");
    let wrong = eva.with("authorization", "Bearer pk_0");
    wrong.get("/prompts").await.is(401);
});

both!(ten_attempts_a_minute, async |db| {
    let app = Server::start(db).await;
    let (_, eva) = app.member("eva@example.com", &["viewer"]).await;
    app.later();
    for n in 0..10 {
        let password = if n == 4 { PASSWORD } else { "wrong" };
        app.sign_in("eva@example.com", password).await.is(if n == 4 { 201 } else { 401 });
    }
    let refused = app.sign_in("eva@example.com", PASSWORD).await.is(429).refused("rate_limited");
    let wait: i64 = refused.header("retry-after").and_then(|wait| wait.parse().ok()).expect("seconds");
    assert!((2..=7).contains(&wait), "{wait}");
    let link = json!({"token": "pl_0", "password": PASSWORD});
    app.anon().post("/session/link", link).await.is(429);
    app.anon()
        .post("/session/setup", json!({"token": "", "email": "", "name": "", "password": ""}))
        .await
        .is(429);
    eva.put("/session/password", json!({"current": PASSWORD, "new": "another long walk"})).await.is(429);
    eva.get("/prompts").await.good();
    app.clock.advance_seconds(wait);
    app.sign_in("eva@example.com", PASSWORD).await.is(201);
    let metrics = app.anon().get("/metrics").await.good();
    for line in [
        "promptory_sign_ins_total{outcome=\"refused\"} 9",
        "promptory_sign_ins_total{outcome=\"limited\"} 4",
        "promptory_sign_ins_total{outcome=\"ok\"} 3",
        "promptory_sessions 3",
    ] {
        assert!(metrics.text().contains(line), "{line} in {}", metrics.text());
    }
});

both!(a_session_ends_by_itself, async |db| {
    let app = Server::start(db).await;
    let (_, idle) = app.member("idle@example.com", &["viewer"]).await;
    let begun = app.clock.now();
    let (_, busy) = app.member("busy@example.com", &["viewer"]).await;
    for day in 1..=13 {
        app.clock.advance_seconds(DAY);
        busy.get("/prompts").await.good();
        assert!(day <= 13);
    }
    idle.get("/prompts").await.good();
    for _ in 0..14 {
        app.clock.advance_seconds(DAY);
        busy.get("/prompts").await.good();
    }
    idle.get("/prompts").await.is(401).refused("unauthenticated");
    app.clock.advance_seconds(2 * DAY);
    busy.get("/prompts").await.good();
    app.clock.advance_seconds(DAY);
    busy.get("/prompts").await.is(401);
    assert!(begun < app.clock.now());
    jobs::sweep(&app.app, app.clock.now()).await.expect("swept");
    assert_eq!(db.raw().await.sessions().await, 0);
});

both!(another_password_ends_other_sessions, async |db| {
    let app = Server::start(db).await;
    let (_, here) = app.member("eva@example.com", &["viewer"]).await;
    let there = app.browser(&app.sign_in("eva@example.com", PASSWORD).await.is(201));
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    let refused =
        here.put("/session/password", change("wrong", "another long walk")).await.is(422).refused("invalid");
    assert_eq!(refused.field("/errors/0/pointer"), "/current");
    for bad in ["short", "password123", "EVA@example.com", &"x".repeat(257)] {
        let refused = here.put("/session/password", change(PASSWORD, bad)).await.is(422).refused("invalid");
        assert_eq!(refused.field("/errors/0/pointer"), "/new", "{bad}");
    }
    app.admin()
        .put("/session/password", change(PASSWORD, "another long walk"))
        .await
        .is(403)
        .refused("forbidden");
    app.anon().put("/session/password", change(PASSWORD, "another long walk")).await.is(401);
    there.get("/whoami").await.good();
    app.later();
    here.put("/session/password", change(PASSWORD, "another long walk")).await.is(204);
    here.get("/whoami").await.good();
    there.get("/whoami").await.is(401);
    app.sign_in("eva@example.com", PASSWORD).await.is(401);
    app.sign_in("eva@example.com", "another long walk").await.is(201);
});

both!(the_project_is_chosen_by_a_header, async |db| {
    let app = Server::start(db).await;
    for name in ["alpha", "omega"] {
        app.admin().post("/projects", json!({"name": name})).await.is(201);
    }
    app.admin().with("x-project", "alpha").publish("p", "of alpha").await.is(201);
    app.admin().with("x-project", "omega").publish("p", "of omega").await.is(201);
    let (_, eva) = app.member_of("omega", "eva@example.com", &["editor"]).await;
    assert_eq!(eva.get("/whoami").await.field("/project"), "omega");
    app.admin().with("x-project", "alpha").invite("eva@example.com", &["viewer"]).await.is(201);
    let names = |told: &serde_json::Value| {
        let all = told["projects"].as_array().expect("projects").iter();
        all.map(|one| format!("{} {}", one["name"], one["roles"])).collect::<Vec<_>>()
    };
    assert_eq!(names(&eva.session().await), ["\"alpha\" [\"viewer\"]", "\"omega\" [\"editor\"]"]);
    assert_eq!(eva.get("/whoami").await.field("/project"), "alpha", "the first by name");
    assert_eq!(eva.version("p", "1").await.field("/content"), "of alpha");
    let omega = eva.with("x-project", "omega");
    assert_eq!(omega.version("p", "1").await.field("/content"), "of omega");
    omega.reword("p", "mine").await.is(201);
    eva.reword("p", "mine").await.is(403).refused("forbidden");
    for other in ["default", "nothing", "_instance"] {
        eva.with("x-project", other).get("/prompts").await.is(404).refused("not_found");
    }
    eva.get("/projects").await.is(403);
    eva.post("/projects", json!({"name": "mine"})).await.is(403);
});

both!(a_stream_ends_with_its_session, async |db| {
    let app = Server::start(db).await;
    let (id, eva) = app.member("eva@example.com", &["viewer"]).await;
    let (_, other) = app.member("bob@example.com", &["viewer"]).await;
    let mut goes = Events::open(&other, "production", None).await;
    let mut ends = Events::open(&eva, "production", None).await;
    goes.named("hello").await;
    ends.named("hello").await;
    app.admin().delete(&format!("/users/{id}")).await.is(204);
    // Streams look again when keys change, and every few seconds.
    app.with_scopes(&["read"]).await;
    assert_eq!(ends.next().await, None);
    app.admin().publish_with("p", json!({"content": "one", "activate": "production"})).await.is(201);
    goes.named("change").await;
});

on_postgres!(a_session_ends_on_every_server, async |db| {
    let one = Server::start(db).await;
    let (_, eva) = one.member("eva@example.com", &["viewer"]).await;
    let two = Server::start(db).await;
    let there = two.anon().with("cookie", &eva.headers[0].1);
    there.get("/prompts").await.good();
    eva.delete("/session").await.is(204);
    there.get("/prompts").await.is(401);
});

both!(plain_http_is_for_the_servers_own_machine, async |db| {
    use promptory_server::app::{people::Visit, sign_in};
    let app = Server::start(db).await;
    let visit = |address: &str| Visit {
        app: std::sync::Arc::clone(&app.app),
        now: app.clock.now(),
        request_id: "test".to_owned(),
        address: address.parse().ok(),
        secret: None,
        csrf: None,
    };
    let given = || promptory_api::people::SignIn { email: "a@b".into(), password: "wrong".into() };
    for (address, code) in [
        ("127.0.0.1", "sign_in_failed"),
        ("::1", "sign_in_failed"),
        ("::ffff:127.0.0.1", "sign_in_failed"),
        ("192.0.2.1", "insecure_origin"),
        ("", "insecure_origin"),
    ] {
        let refusal = sign_in::sign_in(&visit(address), &given()).await.expect_err("refused");
        assert_eq!(refusal.code.as_str(), code, "{address}");
        assert!(code != "insecure_origin" || refusal.detail.contains("public_url"), "{}", refusal.detail);
    }
});

both!(behind_https_the_cookie_is_secure, async |db| {
    let config =
        promptory_server::Config { public_url: Some("https://prompts.example/".into()), ..db.config() };
    let app = Server::start_with(db, &config).await;
    let invited = app.admin().invite("eva@example.com", &["viewer"]).await.is(201);
    let link = invited.field("/link");
    assert_eq!(invited.field("/link_url"), format!("https://prompts.example{link}"));
    let begun = app.spend(&link, PASSWORD).await.is(201);
    assert!(begun.header("set-cookie").is_some_and(|kept| kept.ends_with("; Secure")), "{begun}");
    assert!(cookie(&begun).len() > 64);
    let eva = app.browser(&begun);
    eva.with("origin", "https://prompts.example").delete("/session").await.is(204);
});
