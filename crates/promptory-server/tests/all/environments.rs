//! Environments of a project.

use serde_json::json;

use crate::server::story;

both!(three_at_the_start_and_more_when_wanted, async |db| {
    let (app, _, author, operator) = story(db).await;
    let listed = author.get("/environments").await.good();
    assert_eq!(listed.items("name"), ["development", "staging", "production"]);
    assert_eq!(listed.items("production"), ["false", "false", "true"]);
    let admin = app.admin();
    let added = admin.post("/environments", json!({"name": "canary"})).await.is(201);
    assert_eq!((added.field("/position"), added.field("/production")), ("3".into(), "false".into()));
    let first = admin.post("/environments", json!({"name": "local", "position": 1})).await.is(201);
    assert_eq!(first.field("/position"), "1");
    let names = author.get("/environments").await.items("name");
    assert_eq!(names, ["local", "development", "staging", "canary", "production"]);
    assert_eq!(author.get("/environments/canary").await.good().field("/position"), "4");
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "canary").await.good();
    assert_eq!(operator.active_in("p", "canary").await.good().field("/version"), "1.0.0");
    operator.activate("p", "1", "production").await.good();
    assert_eq!(operator.active("p").await.good().field("/environment"), "production");
});

both!(what_cannot_be_added, async |db| {
    let (app, _, author, _) = story(db).await;
    let admin = app.admin();
    for (body, status, code) in [
        (json!({"name": "production"}), 409, "name_taken"),
        (json!({"name": "Upper"}), 422, "invalid"),
        (json!({"name": "1.0.0"}), 422, "invalid"),
        (json!({"name": "7"}), 422, "invalid"),
        (json!({"name": "latest"}), 422, "invalid"),
        (json!({"name": "previous"}), 422, "invalid"),
        (json!({"name": ""}), 422, "invalid"),
        (json!({"name": "a\u{0}"}), 422, "invalid"),
        (json!({"name": "e".repeat(65)}), 422, "invalid"),
        (json!({"name": "x", "position": 0}), 422, "invalid"),
        (json!({"name": "x", "position": 5}), 422, "invalid"),
    ] {
        admin.post("/environments", body).await.is(status).refused(code);
    }
    author.get("/environments/moon").await.refused("not_found");
    for n in 4..=20 {
        admin.post("/environments", json!({"name": format!("e{n}")})).await.good();
    }
    admin.post("/environments", json!({"name": "one-too-many"})).await.is(422).refused("invalid");
});
