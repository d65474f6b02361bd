//! References, labels and pins lead only to what an environment serves or served, where somebody has to agree.

use serde_json::json;

use crate::approvals::{one_stage, team};

both!(references_obey_approval, async |db| {
    let team = team(db, one_stage()).await;
    let (author, operator) = (&team.author, &team.operator);
    operator.put("/prompts/p/labels/stable", json!({"version": "1"})).await.good();
    operator.put("/prompts/p/labels/beta", json!({"version": "2"})).await.good();
    operator.activate("p", "2", "staging").await.good();
    let reader = team.app.with_scopes(&["render", "read"]).await;
    let asked = async |environment: &str, version: &str| {
        reader.resolve("p", json!({"environment": environment, "version": version})).await
    };
    for version in ["1", "1.0.0", "stable", "production", "^1"] {
        assert_eq!(asked("production", version).await.good().field("/version"), "1.0.0", "{version}");
    }
    for version in ["2", "1.0.1", "beta", "latest", "staging"] {
        let refused = asked("production", version).await.is(403).refused("not_approved");
        assert!(refused.field("/detail").contains("1.0.1"), "{refused}");
        assert_eq!(asked("staging", version).await.good().field("/version"), "1.0.1", "{version}");
    }
    let many = json!({"requests": [{"prompt": "p", "environment": "production", "version": "beta"}]});
    assert!(reader.post("/resolve", many).await.good().text().contains("not_approved"));
    reader.get("/api/public/v2/prompts/p?label=beta").await.is(403);
    let explained = reader.get("/prompts/p/explain?environment=production&version=beta").await.good();
    assert!(explained.field("/refused").contains("never approved"), "{explained}");
    let snapshot = reader.get("/snapshot?environment=production").await.good();
    assert!(!snapshot.text().contains("beta") && snapshot.text().contains("stable"), "{snapshot}");
    // Authors render what they write.
    author.post("/prompts/p/versions/2/render", json!({})).await.good();

    // A rollout serves it, so it may be named; and afterwards it was served.
    let canary = json!({"prompt": "p", "version": "2", "environment": "production", "strategy": "canary"});
    let waiting = operator.post("/deployments", canary).await.good();
    asked("production", "beta").await.is(403);
    team.lead.decides(&waiting.field("/approval/id"), "approve").await.is(200);
    assert_eq!(asked("production", "beta").await.good().field("/version"), "1.0.1");
    let hash = asked("production", "latest").await.good().field("/build_hash");
    assert_eq!(hash, waiting.field("/build_hash"));
    operator.poke(&format!("/deployments/{}/abort", waiting.field("/id"))).await.good();
    asked("production", "beta").await.is(403).refused("not_approved");
});

both!(a_policy_holds_for_what_was_resolved_before, async |db| {
    let team = team(db, json!([])).await;
    let reader = team.app.with_scopes(&["render"]).await;
    let asked = async |version: &str| {
        reader.resolve("p", json!({"environment": "production", "version": version})).await
    };
    assert_eq!(asked("latest").await.good().field("/version"), "1.0.1");
    team.app.asks_for(one_stage()).await;
    asked("latest").await.is(403).refused("not_approved");
    asked("1.0.0").await.good();
});
