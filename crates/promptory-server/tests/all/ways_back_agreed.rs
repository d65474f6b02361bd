//! Ways back where somebody has to agree.

use serde_json::json;

use crate::server::{Person, Server};

async fn back(person: &Person, more: serde_json::Value) -> crate::answer::Answer {
    let mut body = json!({"prompt": "p", "environment": "production", "reason": "odd"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    person.post("/rollbacks", body).await
}

both!(a_way_back_leads_only_to_what_was_agreed_to, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    let (_, lead) = app.member("lead@example.com", &["approver"]).await;
    let (_, operator) = app.member("operator@example.com", &["operator"]).await;
    let policy = |more: serde_json::Value| {
        let stages = json!([{"name": "review", "roles": ["approver"], "approvals": 1}]);
        let mut policy = json!({"stages": stages, "rollback": "allowed"});
        policy.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({"policy": policy})
    };
    admin.put("/environments/production", policy(json!({}))).await.good();
    admin.publish("p", "one").await.good();
    for text in ["two", "three"] {
        admin.reword("p", text).await.good();
    }
    for version in ["1", "2"] {
        let waiting = operator.activate("p", version, "production").await.is(201);
        assert_eq!(waiting.field("/state"), "pending_approval");
        let approval = format!("/approvals/{}/approve", waiting.field("/approval/id"));
        lead.post(&approval, json!({})).await.good();
    }
    let live = async || admin.active("p").await.good().field("/content");
    assert_eq!(live().await, "two");
    // Never live there, so nobody agreed to it.
    let refused = back(&operator, json!({"to": "3"})).await;
    assert!((400..500).contains(&refused.status), "{refused}");
    back(&operator, json!({"to": "3", "kind": "emergency"})).await.is(403);
    assert_eq!(live().await, "two");
    back(&operator, json!({})).await.is(201);
    assert_eq!(live().await, "one");
    // What was taken back waits for nobody but is not released unawares.
    operator.activate("p", "2", "production").await.is(409).refused("quarantined");

    let again = json!({"version": "2", "environment": "production", "acknowledge_rollback": true});
    let answer = operator.post("/prompts/p/activate", again).await.is(201);
    if answer.field("/state") == "pending_approval" {
        lead.post(&format!("/approvals/{}/approve", answer.field("/approval/id")), json!({})).await.good();
    }
    assert_eq!(live().await, "two");
    admin.put("/environments/production", policy(json!({"rollback_needs_approval": true}))).await.good();
    let refused = back(&operator, json!({"to": "1"})).await;
    assert!((400..500).contains(&refused.status), "{refused}");
    assert_eq!(live().await, "two");
});
