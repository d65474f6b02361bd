//! What was taken back is not released there again unasked, whichever way it comes.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    rollbacks::{halves, lived},
    server::Person,
};

/// It is refused, and says who took it back, when and why; and it is done by who says that they know.
async fn asks_first(person: &Person, path: &str, mut body: Value) -> Answer {
    let before = person.active("p").await.good().body;
    let refused = person.post(path, body.clone()).await.is(409).refused("quarantined");
    let taken = &refused.json()["taken_back"];
    assert_eq!(
        (&taken["environment"], &taken["reason"]),
        (&json!("production"), &json!("It is bad")),
        "{refused}"
    );
    let detail = refused.field("/detail");
    let actor = taken["actor"].as_str().expect("somebody");
    assert!(detail.contains(actor) && detail.contains("It is bad. To release"), "{detail}");
    assert_eq!(person.active("p").await.good().body, before);
    body["acknowledge_rollback"] = true.into();
    person.post(path, body).await.good()
}

both!(whichever_door_it_comes_by, async |db| {
    let (app, ..) = lived(db, &["1", "2"]).await;
    let person = app.with_scopes(&["read", "write", "deploy"]).await;
    person.roll_back("p").await.is(201);
    let again = async || {
        app.clock.advance_seconds(60);
        person.roll_back("p").await.is(201);
    };
    let to = |version: &str| json!({"version": version, "environment": "production"});
    asks_first(&person, "/prompts/p/activate", to("2")).await;
    again().await;
    let mut deploy = to("2");
    deploy["prompt"] = "p".into();
    asks_first(&person, "/deployments", deploy.clone()).await;
    again().await;
    deploy["strategy"] = halves();
    let rollout = asks_first(&person, "/deployments", deploy.clone()).await;
    assert_eq!(rollout.field("/state"), "running");
    again().await;
    // The same bytes as another version.
    let draft = json!({"content": "two", "allow_duplicate": true, "activate": "production"});
    assert_eq!(asks_first(&person, "/prompts/p/versions", draft).await.field("/version"), "1.0.3");
    again().await;
    asks_first(&person, "/prompts/p/revert", to("2")).await;
    again().await;
    let patch = json!({"content": "two", "allow_duplicate": true, "environment": "production"});
    asks_first(&person, "/prompts/p/patch", patch).await;
    again().await;
    // From another environment, where nobody took it back.
    person.activate("p", "2", "staging").await.good();
    asks_first(&person, "/prompts/p/activate", to("staging")).await;
    again().await;
    // What waits is asked about when it is made, and when it starts if it was taken back meanwhile.
    deploy["hold"] = true.into();
    let waiting = asks_first(&person, "/deployments", deploy).await.field("/id");
    person.activate_again("p", "2", "production").await.good();
    again().await;
    let start = format!("/deployments/{waiting}/start");
    assert_eq!(asks_first(&person, &start, json!({})).await.field("/state"), "running");
    // A way back to it is asked about as well.
    again().await;
    asks_first(
        &person,
        "/rollbacks",
        json!({"prompt": "p", "environment": "production", "to": "2", "reason": "r"}),
    )
    .await;
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(going_back_by_activating_is_a_way_back_too, async |db| {
    let (app, author, operator) = lived(db, &["1", "2"]).await;
    let body = json!({"version": "1", "environment": "production", "reason": "It is bad"});
    let brought = operator.post("/prompts/p/activate", body).await.good();
    let listed = operator.get("/rollbacks").await.good();
    let one = &listed.json()["items"][0];
    assert_eq!(
        (&one["cause"], &one["kind"], &one["reason"]),
        (&json!("activate"), &json!("manual"), &json!("It is bad"))
    );
    assert_eq!((&one["from"]["version"], &one["to"]["version"]), (&json!("1.0.1"), &json!("1.0.0")));
    assert_eq!(one["to"]["deployment_id"], brought.field("/id").as_str());
    operator.activate("p", "2", "production").await.is(409).refused("quarantined");
    operator.activate("p", "2", "staging").await.is(201);
    // Forward to another one nobody asks, and what it replaces was not taken back.
    operator.activate("p", "3", "production").await.is(201);
    assert_eq!(operator.get("/rollbacks").await.good().items("id").len(), 1);
    // By steps it is taken back when the last one is reached.
    let id = operator.deploys("p", "1", halves()).await.is(201).field("/id");
    assert_eq!(operator.get("/rollbacks").await.good().items("id").len(), 1);
    operator.poke(&format!("/deployments/{id}/promote")).await.is(200);
    let listed = operator.get("/rollbacks").await.good();
    assert_eq!(listed.items("cause"), ["deploy", "activate"]);
    operator.activate("p", "3", "production").await.is(409).refused("quarantined");
    // A revert of what was live before something newer.
    let person = app.with_scopes(&["read", "write", "deploy"]).await;
    let newest = author.reword("p", "four").await.good().field("/version");
    operator.activate("p", &newest, "production").await.is(201);
    let revert = json!({"version": "1", "environment": "production", "note": "It is bad"});
    let reverted = person.post("/prompts/p/revert", revert).await.good().field("/version");
    let one = operator.get("/rollbacks?limit=1").await.good();
    assert_eq!(one.items("cause"), ["revert"]);
    let one = &one.json()["items"][0];
    assert_eq!((&one["from"]["version"], &one["to"]["version"]), (&json!(newest), &json!(reverted)));
    operator.activate("p", &newest, "production").await.is(409).refused("quarantined");
    let range = json!({"version": format!("={newest}")});
    operator.resolve("p", range).await.is(404).refused("no_version_in_range");
    operator.get("/rollbacks?prompt=nobody").await.is(404);
    operator.get("/rollbacks?cursor=strange").await.is(422);
});

both!(pages_of_ways_back, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    for _ in 0..5 {
        app.clock.advance_seconds(60);
        operator.activate_again("p", "2", "production").await.good();
        operator.roll_back("p").await.is(201);
    }
    let all = operator.get("/rollbacks?environment=production").await.good().items("id");
    assert_eq!(all.len(), 5);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = operator.get(&format!("/rollbacks?limit=2{cursor}")).await.good();
        seen.extend(page.items("id"));
        match page.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    assert!(operator.get("/rollbacks?environment=staging").await.good().items("id").is_empty());
});
