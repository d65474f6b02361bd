//! What goes live without approval, who may, and who looks at it afterwards.

use promptory_server::host;
use serde_json::{Value, json};

use crate::{
    approvals::{one_stage, team},
    server::{Person, Server},
};

fn urgent(reason: &str) -> Value {
    json!({"version": "2", "environment": "production", "emergency": {"reason": reason}})
}

async fn metric(person: &Person, name: &str) -> String {
    let page = person.get("/metrics").await.good();
    let line = page.text().lines().find(|line| line.starts_with(name)).expect("a metric").to_owned();
    line.rsplit(' ').next().expect("a value").to_owned()
}

both!(an_emergency_does_without_and_is_looked_at, async |db| {
    let team = team(db, one_stage()).await;
    let activate =
        async |person: &Person, reason: &str| person.post("/prompts/p/activate", urgent(reason)).await;
    // The right: deploy and approve together for people, admin for keys that nobody owns.
    let deployer = team.app.with_scopes(&["deploy", "approve"]).await;
    activate(&deployer, "down").await.is(403).refused("emergency_refused");
    let (_, plain) = team.app.member("plain@example.com", &["operator"]).await;
    activate(&plain, "down").await.is(403).refused("emergency_refused");
    activate(&team.operator, " ").await.is(403).refused("emergency_refused");
    assert_eq!(team.live().await, "1.0.0");
    let held = json!({"prompt": "p", "version": "2", "environment": "production", "hold": true, "emergency": {"reason": "down"}});
    team.operator.post("/deployments", held).await.is(422);

    let mut ahead = urgent("It tells people lies.");
    ahead["dry_run"] = json!(true);
    team.operator.post("/prompts/p/activate", ahead).await.is(201);
    let done = activate(&team.operator, "It tells people lies.").await.is(201);
    assert_eq!((done.field("/state"), done.field("/basis")), ("completed".into(), "emergency".into()));
    assert_eq!(team.live().await, "1.0.1");
    let audit = team.app.admin().get("/audit?action=deployment.activate").await.good();
    assert_eq!(audit.json()["items"][0]["detail"]["emergency"], "It tells people lies.");
    let admin = team.app.admin();
    let open = admin.get("/emergencies?reviewed=false").await.good();
    assert_eq!(open.items("reason"), ["It tells people lies."]);
    assert_eq!(
        (open.field("/items/0/overdue"), open.field("/items/0/by/name")),
        ("false".into(), "operator".into())
    );
    assert_eq!(metric(&admin, "promptory_emergencies_total").await, "1");
    assert_eq!(metric(&admin, "promptory_emergency_reviews_overdue").await, "0");

    // Not approved: going back to it later needs approval.
    team.operator.activate("p", "1", "production").await.good();
    assert_eq!(
        team.operator.activate_again("p", "2", "production").await.good().field("/state"),
        "pending_approval"
    );
    team.app.clock.advance_seconds(86_401);
    assert_eq!(metric(&admin, "promptory_emergency_reviews_overdue").await, "1");
    assert_eq!(admin.get("/emergencies").await.field("/items/0/overdue"), "true");

    let review = format!("/emergencies/{}/review", done.field("/id"));
    let right = json!({"approved": true, "comment": "I would have done the same."});
    team.operator.post(&review, right.clone()).await.is(403).refused("cannot_decide");
    admin.post(&review, right.clone()).await.is(403).refused("cannot_decide");
    let reviewed = team.lead.post(&review, right.clone()).await.is(200);
    assert_eq!(
        (reviewed.field("/overdue"), reviewed.field("/review/by/name")),
        ("false".into(), "lead".into())
    );
    team.second.post(&review, right).await.is(409).refused("approval_state");
    team.lead.post("/emergencies/none/review", json!({"approved": true})).await.is(404);
    assert_eq!(metric(&admin, "promptory_emergency_reviews_overdue").await, "0");
    assert_eq!(admin.get("/emergencies?reviewed=true").await.items("prompt"), ["p"]);
    // Found right, it counts as approved here.
    let back = team.operator.activate_again("p", "2", "production").await.good();
    assert_eq!((back.field("/state"), back.field("/basis")), ("completed".into(), "served_before".into()));
});

both!(a_policy_may_know_no_emergency, async |db| {
    let team = team(db, one_stage()).await;
    let strict = json!({"policy": {"rollback": "allowed", "emergency": false}});
    team.boss.put("/environments/production", strict).await.good();
    team.boss.post("/prompts/p/activate", urgent("down")).await.is(403).refused("emergency_refused");
    let usual = team
        .boss
        .put("/environments/production", json!({"policy": {"rollback": "allowed", "emergency": true}}));
    assert!(usual.await.good().field("/pending/id").len() > 10, "that is asking for less");
});

both!(an_emergency_that_needs_none_is_none, async |db| {
    let team = team(db, json!([])).await;
    let done = team.operator.post("/prompts/p/activate", urgent("down")).await.is(201);
    assert_eq!(done.field("/basis"), "no_stages");
    assert_eq!(team.app.admin().get("/emergencies").await.items("id"), Vec::<String>::new());
});

both!(what_went_live_in_an_emergency_is_not_taken_out_of_the_archive_unasked, async |db| {
    let team = team(db, one_stage()).await;
    team.operator.post("/prompts/p/activate", urgent("down")).await.is(201);
    let archived = team.operator.poke("/prompts/p/archive").await.good();
    team.lead.decides(&archived.field("/pending/0/id"), "approve").await.is(200);
    team.operator.active("p").await.is(404);
    let answer = team.operator.poke("/prompts/p/restore").await.is(200);
    assert_eq!(answer.field("/archived"), "true");
    team.operator.active("p").await.is(404);
    team.lead.decides(&answer.field("/pending/0/id"), "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});

both!(every_way_to_make_something_live_knows_emergencies, async |db| {
    let team = team(db, one_stage()).await;
    let why = json!({"reason": "It tells people lies."});
    let boss = &team.boss;
    // Where nothing goes live there is no emergency.
    let nowhere = json!({"content": "three", "emergency": why});
    for (path, body) in [("versions", nowhere), ("revert", json!({"version": "1", "emergency": why}))] {
        let refused = boss.post(&format!("/prompts/p/{path}"), body).await.is(422);
        assert!(refused.text().contains("/emergency") && refused.text().contains("say where"), "{refused}");
    }
    let live = |answer: &crate::answer::Answer| answer.field("/created/deployment/basis");
    let made = json!({"content": "three", "activate": "production", "emergency": why});
    assert_eq!(live(&boss.post("/prompts/p/versions", made).await.is(201)), "emergency");
    assert_eq!(team.live().await, "1.0.2");
    let patched = json!({"content": "four", "environment": "production", "emergency": why});
    assert_eq!(live(&boss.post("/prompts/p/patch", patched).await.is(201)), "emergency");
    assert_eq!(team.live().await, "1.0.3");
    let back = json!({"version": "2", "environment": "production", "emergency": why});
    assert_eq!(live(&boss.post("/prompts/p/revert", back).await.is(201)), "emergency");
    assert_eq!(team.live().await, "1.0.4");
    let first = json!({"content": "hello", "activate": "production", "emergency": why});
    boss.post("/prompts", json!({"name": "q", "kind": "text", "version": first})).await.is(201);
    boss.active("q").await.good();
    boss.reword("q", "good day").await.good();
    let items = json!([{"prompt": "p", "version": "2"}, {"prompt": "q", "version": "2"}]);
    let body = json!({"environment": "production", "items": items, "emergency": why});
    team.lead.post("/releases", body.clone()).await.is(403);
    let (_, plain) = team.app.member("plain@example.com", &["operator"]).await;
    plain.post("/releases", body.clone()).await.is(403).refused("emergency_refused");
    assert_eq!(boss.post("/releases", body).await.is(201).field("/state"), "completed");
    assert_eq!(boss.active("q").await.field("/version"), "1.0.1");
    // Each of them is to be looked at.
    let open = boss.get("/emergencies?reviewed=false").await.good();
    let mut prompts = open.items("prompt");
    // The two of the release are of one moment.
    prompts[..2].sort();
    assert_eq!(prompts, ["p", "q", "q", "p", "p", "p"]);
    let audit = boss.get("/audit?action=version.patch").await.good();
    assert_eq!(audit.json()["items"][0]["detail"]["activated"]["emergency"], "It tells people lies.");
});

both!(the_host_resets_a_policy, async |db| {
    let team = team(db, json!([{"name": "gone", "users": ["lead@example.com"], "approvals": 1}])).await;
    let (waiting, _) = team.waits().await;
    db.stop_servers().await;
    let config = db.config();
    let reset =
        async |environment: &str| host::reset_policy(&config, None, environment, "lead has left").await;
    assert!(reset("nowhere").await.is_err_and(|why| why.to_string().contains("nowhere")));
    assert!(reset("production").await.expect("done"));
    assert!(!reset("production").await.expect("nothing to do"));
    let app = Server::start(db).await;
    let admin = app.admin();
    assert_eq!(admin.get("/environments/production").await.json()["policy"]["stages"], json!([]));
    let audit = admin.get("/audit?action=policy.reset").await.good();
    assert_eq!(
        (audit.items("actor"), audit.items("environment")),
        (vec!["host".into()], vec!["production".into()])
    );
    assert_eq!(audit.json()["items"][0]["detail"]["reason"], "lead has left");
    app.ticks().await;
    assert_eq!(admin.active("p").await.field("/version"), "1.0.1", "what waited starts");
    let done = admin.get(&format!("/deployments/{}", waiting.field("/id"))).await.good();
    assert_eq!(done.field("/state"), "completed");
    assert_eq!(admin.get("/audit/verify").await.field("/valid"), "true");
});
