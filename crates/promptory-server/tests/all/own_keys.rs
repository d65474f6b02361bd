//! Keys that people make for themselves.

use serde_json::json;

use crate::server::Server;

both!(whoever_is_signed_in_makes_keys_of_their_own, async |db| {
    let app = Server::start(db).await;
    let (id, lead) = app.member("lead@example.com", &["approver"]).await;
    let (_, other) = app.member("other@example.com", &["approver"]).await;
    lead.post("/keys", json!({"name": "k", "scopes": ["read"]})).await.is(403).refused("forbidden");
    let wanted = json!({"name": "laptop", "scopes": ["read", "approve"]});
    let made = lead.post("/session/keys", wanted.clone()).await.is(201);
    assert_eq!(made.field("/user/id"), id);
    let key = app.person(&made.field("/key"));
    assert_eq!(key.get("/whoami").await.field("/scopes"), r#"["read","approve"]"#);
    let entry = app.admin().get("/audit?action=key.create&limit=1").await.good();
    assert_eq!(entry.items("actor_name"), ["lead"]);

    // No more than their roles, and for nobody else.
    let refused = lead.post("/session/keys", json!({"name": "k", "scopes": ["write"]})).await.is(422);
    assert_eq!(refused.field("/errors/0/pointer"), "/scopes");
    for user in [json!("other@example.com"), json!(null)] {
        let refused =
            lead.post("/session/keys", json!({"name": "k", "scopes": ["read"], "user": user})).await.is(422);
        assert_eq!(refused.field("/errors/0/pointer"), "/user");
    }
    // Whoever finds such a key makes no other with it.
    for without in [&key, &app.admin()] {
        without.post("/session/keys", wanted.clone()).await.is(403).refused("forbidden");
        without.get("/session/keys").await.is(403).refused("forbidden");
        without.delete(&format!("/session/keys/{}", made.field("/id"))).await.is(403).refused("forbidden");
    }
    app.anon().get("/session/keys").await.is(401);

    let listed = lead.get("/session/keys").await.good();
    assert_eq!((listed.items("name"), listed.field("/total")), (vec!["laptop".to_owned()], "1".into()));
    assert!(!listed.text().contains(&made.field("/key")), "{listed}");
    assert!(other.get("/session/keys").await.good().items("name").is_empty());
    let path = format!("/session/keys/{}", made.field("/id"));
    other.delete(&path).await.is(404).refused("not_found");
    key.get("/whoami").await.good();
    lead.delete(&path).await.good();
    key.get("/whoami").await.is(401);
    lead.delete(&path).await.good();
    assert!(lead.get("/session/keys").await.good().items("name").is_empty());
});
