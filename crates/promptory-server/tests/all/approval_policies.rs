//! What environments ask for: read, tightened at once, loosened only with approval; and requests under policies that change.

use serde_json::{Value, json};

use crate::approvals::{Team, one_stage, team, two_stages};

fn policy(stages: Value) -> Value {
    json!({"policy": {"rollback": "allowed", "stages": stages}})
}

both!(a_policy_is_read_and_checked, async |db| {
    let team = team(db, json!([])).await;
    let admin = team.app.admin();
    let fresh = admin.get("/environments/production").await.good();
    assert_eq!(
        fresh.json()["policy"],
        json!({"stages": [], "allow_author": false, "rollback": "allowed", "rollback_needs_approval": false,
            "emergency": true, "expires_after_s": 1_209_600})
    );
    let put = async |stages: Value| admin.put("/environments/production", policy(stages)).await.is(422);
    for (stages, problem) in [
        (json!([{"name": "a", "approvals": 1}]), "required /policy/stages/0"),
        (json!([{"name": "a", "roles": ["emperor"], "approvals": 1}]), "role /policy/stages/0/roles/0"),
        (
            json!([{"name": "a", "users": ["nobody@example.com"], "approvals": 1}]),
            "user /policy/stages/0/users/0",
        ),
        (
            json!([{"name": "a", "roles": ["admin"], "approvals": 0}]),
            "out_of_range /policy/stages/0/approvals",
        ),
        (
            json!([{"name": "a", "users": ["lead@example.com"], "approvals": 2}]),
            "unsatisfiable /policy/stages",
        ),
        (
            json!([{"name": "a", "users": ["lead@example.com"], "approvals": 1},
                {"name": "b", "users": ["lead@example.com"], "approvals": 1}]),
            "unsatisfiable /policy/stages",
        ),
    ] {
        assert_eq!(put(stages).await.problems(), [problem]);
    }
    let short = json!({"policy": {"rollback": "allowed", "expires_after_s": 5}});
    admin.put("/environments/production", short).await.is(422);
    team.operator.put("/environments/production", policy(one_stage())).await.is(403);
    let named = json!([{"name": "a", "users": ["lead@example.com"], "roles": ["admin"], "approvals": 1}]);
    let set = admin.put("/environments/production", policy(named)).await.good();
    assert_eq!(set.json()["policy"]["stages"][0]["roles"], json!(["admin"]));
    // What GET gave is taken back and changes nothing; what is left out stays.
    let revision = team.app.revision();
    let given = admin.get("/environments/production").await.good().json();
    admin.put("/environments/production", given).await.good();
    assert_eq!(team.app.revision(), revision);
    let only = json!({"policy": {"rollback": "fix_forward"}});
    let set = admin.put("/environments/production", only).await.good();
    assert_eq!(set.json()["policy"]["stages"][0]["name"], "a");
    assert_eq!(admin.get("/environments/development").await.json()["policy"]["stages"], json!([]));
});

both!(asking_for_less_waits_for_those_who_are_asked_now, async |db| {
    let team = team(db, one_stage()).await;
    let boss = &team.boss;
    let answer = boss.put("/environments/production", policy(json!([]))).await.is(200);
    let id = answer.field("/pending/id");
    assert_eq!(answer.json()["policy"]["stages"][0]["name"], "review", "what holds holds on");
    let shown = team.lead.approval(&id).await;
    assert_eq!((shown.field("/kind"), shown.field("/prompt")), ("policy".into(), "null".into()));
    assert_eq!(shown.field("/policy/loosens/0"), "the stage \"review\" is gone");
    assert_eq!(shown.json()["policy"]["after"]["stages"], json!([]));
    let again = boss.put("/environments/production", policy(json!([]))).await.is(200);
    assert_eq!(again.field("/pending/id"), id);
    let (_, waiting) = team.waits().await;
    team.lead.decides(&id, "approve").await.is(200);
    let now = boss.get("/environments/production").await.good();
    assert_eq!(now.json()["policy"]["stages"], json!([]));
    // Nobody has to agree any more, so what waited starts.
    assert_eq!(team.live().await, "1.0.0");
    team.app.ticks().await;
    assert_eq!(team.live().await, "1.0.1");
    assert_eq!(team.lead.approval(&waiting).await.field("/state"), "approved");
});

both!(what_was_to_be_loosened_is_overtaken_by_another_policy, async |db| {
    let team = team(db, one_stage()).await;
    let loose =
        team.boss.put("/environments/production", policy(json!([]))).await.is(200).field("/pending/id");
    team.app.asks_for(two_stages()).await;
    team.lead.decides(&loose, "approve").await.is(200);
    let over = team.second.decides(&loose, "approve").await.is(200);
    assert_eq!(over.field("/state"), "withdrawn", "it was a change of another policy");
    let now = team.boss.get("/environments/production").await.good();
    assert_eq!(now.json()["policy"]["stages"].as_array().map(Vec::len), Some(2));
});

both!(a_policy_changes_while_a_request_is_open, async |db| {
    let team = team(db, two_stages()).await;
    let (_, id) = team.waits().await;
    team.lead.decides(&id, "approve").await.is(200);
    // Decisions stay for stages of the same name; a stage in between is open.
    team.app
        .asks_for(json!([{"name": "review", "roles": ["approver"], "approvals": 1},
            {"name": "legal", "roles": ["admin"], "approvals": 1},
            {"name": "release", "roles": ["approver", "admin"], "approvals": 1}]))
        .await;
    team.app.ticks().await;
    assert_eq!(team.lead.approval(&id).await.field("/stage"), "legal");
    let states = |answer: crate::answer::Answer| {
        answer.json()["stages"].as_array().unwrap().iter().map(|s| s["state"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(states(team.lead.approval(&id).await), ["done", "open", "waiting"]);
    team.boss.decides(&id, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.0");
    team.second.decides(&id, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});

both!(what_was_approved_and_waits_reopens_under_a_stricter_policy, async |db| {
    let team = team(db, one_stage()).await;
    let held = json!({"prompt": "p", "version": "2", "environment": "production", "hold": true});
    let held = team.operator.post("/deployments", held).await.is(201);
    let id = held.field("/approval/id");
    team.lead.decides(&id, "approve").await.is(200);
    team.app.asks_for(two_stages()).await;
    let start = format!("/deployments/{}/start", held.field("/id"));
    team.operator.poke(&start).await.is(409).refused("needs_approval");
    assert_eq!(team.live().await, "1.0.0");
    team.second.decides(&id, "approve").await.is(200);
    team.operator.poke(&start).await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});

both!(a_freeze_ends_early_with_approval, async |db| {
    let team = team(db, one_stage()).await;
    let boss = &team.boss;
    boss.post("/environments/production/freeze", json!({"reason": "an incident"})).await.good();
    let answer = boss.post("/environments/production/unfreeze", json!({"reason": "over"})).await.is(200);
    assert_eq!(answer.field("/freeze/reason"), "an incident", "it is on still");
    let id = answer.field("/pending/id");
    assert_eq!(team.lead.approval(&id).await.field("/kind"), "unfreeze");
    team.lead.decides(&id, "approve").await.is(200);
    assert_eq!(boss.get("/environments/production").await.field("/freeze"), "null");
    // Shorter is less, longer is more.
    let until = |hour: &str| json!({"reason": "r", "until": format!("2026-11-20T{hour}:00:00Z")});
    boss.post("/environments/production/freeze", until("20")).await.good();
    let longer = boss.post("/environments/production/freeze", until("21")).await.good();
    assert_eq!(longer.field("/freeze/until"), "2026-11-20T21:00:00.000Z");
    let shorter = boss.post("/environments/production/freeze", until("12")).await.good();
    assert_eq!(shorter.field("/freeze/until"), "2026-11-20T21:00:00.000Z");
    team.second.decides(&shorter.field("/pending/id"), "approve").await.is(200);
    let now = boss.get("/environments/production").await.good();
    assert_eq!(now.field("/freeze/until"), "2026-11-20T12:00:00.000Z");
});

both!(archiving_what_is_served_waits, async |db| {
    let team = team(db, one_stage()).await;
    let answer = team.operator.poke("/prompts/p/archive").await.is(200);
    assert_eq!(
        (answer.field("/archived"), answer.field("/pending/0/environment")),
        ("false".into(), "production".into())
    );
    assert_eq!(team.live().await, "1.0.0");
    let id = answer.field("/pending/0/id");
    assert_eq!(team.lead.approval(&id).await.field("/kind"), "archive");
    team.author.decides(&id, "approve").await.is(200);
    team.operator.active("p").await.is(404);
    assert_eq!(team.operator.prompt("p").await.field("/archived"), "true");
    // What was served with approval comes back without.
    assert_eq!(team.operator.poke("/prompts/p/restore").await.is(200).field("/archived"), "false");
    assert_eq!(team.live().await, "1.0.0");
});

both!(going_back_may_need_approval_as_well, async |db| {
    let team = team(db, one_stage()).await;
    let (_, id) = team.waits().await;
    team.lead.decides(&id, "approve").await.is(200);
    let strict = json!({"policy": {"rollback": "allowed", "rollback_needs_approval": true}});
    team.boss.put("/environments/production", strict).await.good();
    let back = team.operator.activate("p", "1", "production").await.is(201);
    assert_eq!(back.field("/state"), "pending_approval");
    team.lead.decides(&back.field("/approval/id"), "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.0");
});

both!(authors_count_where_the_policy_says_so, async |db| {
    let team: Team = team(db, json!([])).await;
    let lenient = json!({"policy": {"rollback": "allowed", "stages": one_stage(), "allow_author": true}});
    let pending = team.boss.put("/environments/production", lenient).await.good();
    assert_eq!(pending.json()["policy"]["allow_author"], true, "nobody was asked before");
    let (_, id) = team.waits().await;
    team.author.decides(&id, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});
