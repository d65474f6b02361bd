//! Ways back where somebody has to agree.

use serde_json::json;

use crate::{
    approvals::{one_stage, team},
    server::{Person, Server},
};

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
    back(&operator, json!({"to": "3"})).await.is(409).refused("never_live");
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
    let waiting = back(&operator, json!({"to": "1"})).await.is(201);
    assert_eq!(waiting.field("/state"), "pending_approval");
    assert_eq!(live().await, "two");
});

both!(a_way_back_that_has_to_be_approved_waits_and_is_one_all_the_same, async |db| {
    let team = team(db, json!([])).await;
    team.operator.activate("p", "2", "production").await.good();
    let policy =
        json!({"policy": {"stages": one_stage(), "rollback": "allowed", "rollback_needs_approval": true}});
    team.boss.put("/environments/production", policy).await.good();
    let ahead = json!({"prompt": "p", "environment": "production"});
    let seen = team.operator.post("/rollbacks/preview", ahead).await.good();
    assert_eq!((seen.field("/valid"), seen.field("/needs_approval")), ("true".into(), "true".into()));
    assert_eq!(seen.json()["problems"], json!([]));
    let waiting = back(&team.operator, json!({})).await.is(201);
    assert_eq!(
        (waiting.field("/state"), waiting.field("/from/version"), waiting.field("/to/version")),
        ("pending_approval".into(), "1.0.1".into(), "1.0.0".into())
    );
    assert_eq!(team.live().await, "1.0.1", "nothing is served of it");
    assert!(team.operator.get("/rollbacks").await.good().items("id").is_empty());
    let audit = team.app.admin().get("/audit?limit=1").await.good();
    assert_eq!(
        (audit.field("/items/0/action"), audit.field("/items/0/detail/approval")),
        ("approval.open".into(), waiting.field("/approval/id"))
    );
    // Asked for again it is the same, and an activation takes its place.
    let again = back(&team.operator, json!({})).await.is(201);
    assert_eq!(
        (again.field("/id"), again.field("/approval/id")),
        (waiting.field("/id"), waiting.field("/approval/id"))
    );
    let other = team.operator.activate("p", "1", "production").await.is(201);
    assert_ne!(other.field("/id"), waiting.field("/id"));
    let waiting = back(&team.operator, json!({})).await.is(201);
    assert_ne!(other.field("/id"), waiting.field("/id"));

    let approval = waiting.field("/approval/id");
    team.operator.decides(&approval, "approve").await.is(403).refused("cannot_decide");
    team.lead.decides(&approval, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.0");
    let gone = team.operator.get("/rollbacks").await.good();
    assert_eq!(gone.items("id"), [waiting.field("/id")]);
    assert_eq!(
        (gone.field("/items/0/cause"), gone.field("/items/0/from/version"), gone.field("/items/0/reason")),
        ("rollback".into(), "1.0.1".into(), "odd".into())
    );
    // What was taken back is not released again unawares, and going there by name is a way back as well.
    team.operator.activate("p", "2", "production").await.is(409).refused("quarantined");
    let on = back(&team.operator, json!({"to": "2", "acknowledge_rollback": true})).await.is(201);
    assert_eq!(on.field("/state"), "pending_approval");
    // A freeze stops new things only.
    team.boss.post("/environments/production/freeze", json!({"reason": "holidays"})).await.good();
    team.lead.decides(&on.field("/approval/id"), "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.1");
    let deployment = team.operator.get(&format!("/deployments/{}", on.field("/id"))).await.good();
    assert_eq!(
        (deployment.field("/direction"), deployment.field("/state")),
        ("back".into(), "completed".into())
    );
    assert_eq!(team.operator.get("/rollbacks").await.items("cause"), ["rollback", "rollback"]);
});

both!(a_rollout_that_a_way_back_waits_to_end_is_taken_back_by_it, async |db| {
    let team = team(db, json!([])).await;
    team.author.reword("p", "three").await.good();
    team.operator.activate("p", "2", "production").await.good();
    let rollout = json!({"prompt": "p", "version": "3", "environment": "production", "strategy": "canary"});
    let rollout = team.operator.post("/deployments", rollout).await.is(201);
    let policy =
        json!({"policy": {"stages": one_stage(), "rollback": "allowed", "rollback_needs_approval": true}});
    team.boss.put("/environments/production", policy).await.good();
    // To what is beside it there is nothing to approve; to what was before that there is.
    let waiting = back(&team.operator, json!({"to": "1"})).await.is(201);
    assert_eq!(
        (waiting.field("/state"), waiting.field("/from/version"), waiting.field("/percentage")),
        ("pending_approval".into(), "1.0.2".into(), "5".into())
    );
    team.lead.decides(&waiting.field("/approval/id"), "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.0");
    let gone = team.operator.get(&format!("/rollbacks/{}", waiting.field("/id"))).await.good();
    assert_eq!(gone.field("/from/deployment_id"), rollout.field("/id"));
    let ended = team.operator.get(&format!("/deployments/{}", rollout.field("/id"))).await.good();
    assert_eq!(ended.field("/state"), "rolling_back");
    for version in ["2", "3"] {
        team.operator.activate("p", version, "production").await.is(409).refused("quarantined");
    }
});

both!(an_emergency_does_not_wait, async |db| {
    let team = team(db, json!([])).await;
    team.operator.activate("p", "2", "production").await.good();
    let policy =
        json!({"policy": {"stages": one_stage(), "rollback": "allowed", "rollback_needs_approval": true}});
    team.boss.put("/environments/production", policy).await.good();
    let urgent = json!({"prompt": "p", "environment": "production", "kind": "emergency"});
    assert_eq!(team.boss.post("/rollbacks/preview", urgent).await.good().field("/needs_approval"), "false");
    let gone = back(&team.boss, json!({"kind": "emergency"})).await.is(201);
    assert_eq!(gone.field("/kind"), "emergency");
    assert_eq!(team.live().await, "1.0.0");
});

both!(a_release_does_not_go_back_in_parts_that_wait, async |db| {
    let team = team(db, json!([])).await;
    let body = json!({"environment": "production", "items": [{"prompt": "p", "version": "2"}]});
    let made = team.operator.post("/releases", body).await.is(201);
    let policy =
        json!({"policy": {"stages": one_stage(), "rollback": "allowed", "rollback_needs_approval": true}});
    team.boss.put("/environments/production", policy).await.good();
    let whole = format!("/releases/{}/rollback", made.field("/id"));
    let refused =
        team.operator.post(&whole, json!({"reason": "odd"})).await.is(409).refused("needs_approval");
    assert!(refused.field("/detail").contains("as a release of its own"), "{refused}");
    assert_eq!(team.live().await, "1.0.1");
    assert!(team.operator.get("/approvals?state=open").await.items("id").is_empty(), "nothing was written");
});
