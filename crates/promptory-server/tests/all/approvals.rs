//! The life of a request for approval: who asks, who decides, what waits for it.

use promptory_server::{clock::Clock, jobs};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    db::Db,
    server::{Person, SOON, Server},
};

const DAY: i64 = 86_400;

/// People with browsers: who writes, who releases, two who approve, and an administrator.
pub(crate) struct Team {
    pub(crate) app: Server,
    pub(crate) author: Person,
    pub(crate) operator: Person,
    pub(crate) lead: Person,
    pub(crate) second: Person,
    pub(crate) boss: Person,
}

/// 1.0.0 of `p` is live in production from before, 1.0.1 is there; production then asks for these stages.
pub(crate) async fn team(db: &Db, stages: Value) -> Team {
    let app = Server::start(db).await;
    let (_, author) = app.member("author@example.com", &["editor", "approver"]).await;
    let (_, operator) = app.member("operator@example.com", &["operator", "approver"]).await;
    let (_, lead) = app.member("lead@example.com", &["approver"]).await;
    let (_, second) = app.member("second@example.com", &["approver"]).await;
    let (_, boss) = app.member("boss@example.com", &["admin"]).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    app.asks_for(stages).await;
    Team { app, author, operator, lead, second, boss }
}

pub(crate) fn one_stage() -> Value {
    json!([{"name": "review", "roles": ["approver"], "approvals": 1}])
}

pub(crate) fn two_stages() -> Value {
    json!([{"name": "review", "roles": ["approver"], "approvals": 1},
        {"name": "release", "roles": ["approver", "admin"], "approvals": 1}])
}

impl Server {
    /// Production does from now on; what asks for more holds at once.
    pub(crate) async fn asks_for(&self, stages: Value) {
        let policy = json!({"policy": {"rollback": "allowed", "stages": stages}});
        let changed = self.admin().put("/environments/production", policy).await.good();
        assert!(changed.json().get("pending").is_none(), "{changed}");
    }

    pub(crate) async fn ticks(&self) {
        jobs::rollouts(&self.app, self.clock.now()).await.expect("the database is there");
    }
}

impl Person {
    pub(crate) async fn decides(&self, approval: &str, word: &str) -> Answer {
        self.post(&format!("/approvals/{approval}/{word}"), json!({"comment": "because"})).await
    }

    pub(crate) async fn approval(&self, id: &str) -> Answer {
        self.get(&format!("/approvals/{id}")).await.good()
    }

    async fn deployment_of(&self, answer: &Answer) -> Answer {
        self.get(&format!("/deployments/{}", answer.field("/id"))).await.good()
    }
}

impl Team {
    /// The second version is to go live: the deployment that waits, and its approval.
    pub(crate) async fn waits(&self) -> (Answer, String) {
        let waiting = self.operator.activate("p", "2", "production").await.is(201);
        assert_eq!(waiting.field("/state"), "pending_approval", "{waiting}");
        assert_eq!(self.live().await, "1.0.0", "nothing is served of it");
        let id = waiting.field("/approval/id");
        (waiting, id)
    }

    pub(crate) async fn live(&self) -> String {
        self.operator.active("p").await.good().field("/version")
    }
}

both!(two_stages_by_two_people, async |db| {
    let team = team(db, two_stages()).await;
    let (waiting, id) = team.waits().await;
    assert_eq!(waiting.field("/approval/stage"), "review");
    // Asked for again it is the same.
    let again = team.operator.activate("p", "2", "production").await.is(201);
    assert_eq!(again.field("/id"), waiting.field("/id"));
    let listed = team.operator.get("/deployments?state=pending_approval").await.good();
    assert_eq!(listed.field("/items/0/approval/id"), id);
    let mine = async |person: &Person| person.get("/approvals?mine=true").await.good().items("id");
    assert_eq!(mine(&team.lead).await, std::slice::from_ref(&id));
    assert!(mine(&team.author).await.is_empty() && mine(&team.operator).await.is_empty());
    assert_eq!(team.operator.get("/approvals?asked=true").await.items("state"), ["pending"]);
    // Who wrote it, who asked for it, and who has no role in it do not count.
    for (person, why) in [(&team.author, "wrote"), (&team.operator, "asked"), (&team.boss, "neither")] {
        let refused = person.decides(&id, "approve").await.is(403).refused("cannot_decide");
        assert!(refused.field("/detail").contains(why), "{refused}");
    }
    let shown = team.author.approval(&id).await;
    assert!(shown.field("/why_not").contains("wrote"), "{shown}");
    assert_eq!(shown.field("/possible"), r#"["comment"]"#);
    assert_eq!(shown.field("/build_hash"), waiting.field("/build_hash"));
    assert_eq!(shown.field("/authors/0/name"), "author");

    let first = team.lead.decides(&id, "approve").await.is(200);
    assert_eq!((first.field("/state"), first.field("/stage")), ("pending".into(), "release".into()));
    let refused = team.lead.decides(&id, "approve").await.is(403).refused("cannot_decide");
    assert!(refused.field("/detail").contains("counts once"), "{refused}");
    assert_eq!(team.live().await, "1.0.0");
    assert_eq!(mine(&team.lead).await, Vec::<String>::new());
    assert_eq!(mine(&team.boss).await, std::slice::from_ref(&id));

    let last = team.boss.decides(&id, "approve").await.is(200);
    assert_eq!(last.field("/state"), "approved");
    assert!(last.field("/spent_at").starts_with("2026-"), "{last}");
    assert_eq!(team.live().await, "1.0.1", "it starts with the last approval");
    let done = team.operator.deployment_of(&waiting).await;
    assert_eq!((done.field("/state"), done.field("/basis")), ("completed".into(), "approved".into()));
    team.second.decides(&id, "approve").await.is(409).refused("approval_state");
    let audit = team.app.admin().get("/audit?action=approval.approve").await.good();
    assert_eq!(audit.items("actor_name"), ["boss", "lead"]);
    assert_eq!(audit.json()["items"][0]["detail"]["done"]["state"], "completed");
    assert_eq!(team.app.admin().get("/audit/verify").await.field("/valid"), "true");
    // Back and forth between what was approved needs nobody.
    assert_eq!(team.operator.activate("p", "1", "production").await.good().field("/basis"), "served_before");
    assert_eq!(team.live().await, "1.0.0");
});

both!(one_person_counts_once_over_two_roles, async |db| {
    let team = team(db, json!([{"name": "review", "roles": ["approver"], "approvals": 2}])).await;
    let (_, id) = team.waits().await;
    team.lead.decides(&id, "approve").await.is(200);
    // By a key of their own they are the same person.
    let made =
        team.lead.post("/session/keys", json!({"name": "mine", "scopes": ["read", "approve"]})).await.is(201);
    let own = team.app.person(&made.field("/key"));
    for lead in [&own, &team.lead] {
        lead.decides(&id, "approve").await.is(403).refused("cannot_decide");
    }
    assert_eq!(team.live().await, "1.0.0");
    team.second.decides(&id, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});

both!(a_key_decides_only_for_an_owner_who_made_it, async |db| {
    let team = team(db, json!([{"name": "review", "roles": ["approver", "admin"], "approvals": 2}])).await;
    let (_, id) = team.waits().await;
    let refused = async |key: &Person, why: &str| {
        let refused = key.decides(&id, "approve").await.is(403).refused("cannot_decide");
        assert!(refused.field("/detail").contains(why), "{refused}");
    };
    refused(&team.app.admin(), "belongs to nobody").await;
    refused(&team.app.with_scopes(&["approve"]).await, "belongs to nobody").await;
    let for_lead = json!({"name": "k", "scopes": ["read", "approve"], "user": "lead@example.com"});
    let given = team.boss.post("/keys", for_lead).await.is(201);
    refused(&team.app.person(&given.field("/key")), "Somebody else made this key").await;
    let own = team.boss.post("/keys", json!({"name": "mine", "scopes": ["admin"]})).await.is(201);
    let own = team.app.person(&own.field("/key"));
    // A key that such a key makes is as personal; one that was given makes none.
    let own = own.post("/keys", json!({"name": "mine too", "scopes": ["read", "approve"]})).await.is(201);
    let own = team.app.person(&own.field("/key"));
    own.decides(&id, "approve").await.is(200);
    team.boss.decides(&id, "approve").await.is(403).refused("cannot_decide");
    team.second.decides(&id, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});

both!(changes_are_requested_and_it_is_rejected_or_taken_back, async |db| {
    let team = team(db, one_stage()).await;
    let (waiting, id) = team.waits().await;
    team.lead.post(&format!("/approvals/{id}/comment"), json!({})).await.is(422).refused("invalid");
    team.author.decides(&id, "comment").await.is(200);
    let asked = team.lead.decides(&id, "request-changes").await.is(200);
    assert_eq!(
        (asked.field("/state"), asked.field("/comments/0/comment")),
        ("changes_requested".into(), "because".into())
    );
    assert_eq!(team.second.decides(&id, "approve").await.is(200).field("/state"), "changes_requested");
    assert_eq!(team.live().await, "1.0.0", "who asked for changes has to agree");
    assert_eq!(team.lead.get("/approvals?state=open").await.items("state"), ["changes_requested"]);
    assert_eq!(team.lead.decides(&id, "approve").await.is(200).field("/state"), "approved");
    assert_eq!(team.operator.deployment_of(&waiting).await.field("/state"), "completed");

    team.author.reword("p", "three").await.good();
    let waiting = team.operator.activate("p", "3", "production").await.good();
    let id = waiting.field("/approval/id");
    team.lead.decides(&id, "reject").await.is(200);
    let over = team.operator.deployment_of(&waiting).await;
    assert_eq!((over.field("/state"), over.field("/cause")), ("aborted".into(), "rejected".into()));
    team.second.decides(&id, "approve").await.is(409).refused("approval_state");

    let waiting = team.operator.activate("p", "3", "production").await.good();
    let other = waiting.field("/approval/id");
    assert_ne!(other, id, "a rejection is final: it is asked for anew");
    team.lead.decides(&other, "withdraw").await.is(403).refused("cannot_decide");
    assert_eq!(team.operator.decides(&other, "withdraw").await.is(200).field("/state"), "withdrawn");
    let over = team.operator.deployment_of(&waiting).await;
    assert_eq!((over.field("/state"), over.field("/cause")), ("aborted".into(), "withdrawn".into()));
    assert_eq!(team.live().await, "1.0.1");
    team.lead.get("/approvals?state=done").await.is(422);
    assert_eq!(
        team.lead.get("/approvals?prompt=p&environment=production&limit=2").await.items("state"),
        ["withdrawn", "rejected"]
    );
    // What waits is given up by hand: nobody is asked any more.
    let waiting = team.operator.activate("p", "3", "production").await.good();
    let id = waiting.field("/approval/id");
    team.operator.poke(&format!("/deployments/{}/abort", waiting.field("/id"))).await.good();
    assert_eq!(team.lead.approval(&id).await.field("/state"), "withdrawn");
    assert!(team.lead.get("/approvals?mine=true").await.items("id").is_empty());
    team.lead.decides(&id, "approve").await.is(409).refused("approval_state");
    assert_eq!(team.live().await, "1.0.1");
});

both!(what_nobody_decides_expires, async |db| {
    let team = team(db, one_stage()).await;
    let (waiting, id) = team.waits().await;
    team.app.clock.advance_seconds(13 * DAY);
    team.app.ticks().await;
    assert_eq!(team.operator.approval(&id).await.field("/state"), "pending");
    team.app.clock.advance_seconds(DAY + 1);
    // Sessions are not that old.
    let lead = team.app.sign_in("lead@example.com", crate::people::PASSWORD).await.good();
    let (lead, admin) = (team.app.browser(&lead), team.app.admin());
    lead.decides(&id, "approve").await.is(409).refused("approval_state");
    team.app.ticks().await;
    let over = admin.approval(&id).await;
    assert_eq!((over.field("/state"), over.field("/decisions/0/kind")), ("expired".into(), "expire".into()));
    let over = admin.deployment_of(&waiting).await;
    assert_eq!((over.field("/state"), over.field("/cause")), ("aborted".into(), "expired".into()));
    let revision = team.app.revision();
    team.app.ticks().await;
    assert_eq!(team.app.revision(), revision, "once");
    let audit = admin.get("/audit?action=approval.expired").await.good();
    assert_eq!(audit.items("actor"), ["clock"]);
});

both!(an_approval_is_for_one_build, async |db| {
    let team = team(db, one_stage()).await;
    team.author.publish("tone", "Be kind.").await.good();
    let asked = |version: &str| json!({"prompt": "q", "version": version, "environment": "production", "note": "please"});
    team.author.publish("q", "{% include 'tone@latest' %}").await.good();
    let first = team.author.post("/approvals", asked("1")).await.is(201);
    assert_eq!((first.field("/note"), first.field("/requester/name")), ("please".into(), "author".into()));
    assert_eq!(team.author.post("/approvals", asked("1")).await.is(201).field("/id"), first.field("/id"));
    team.lead.decides(&first.field("/id"), "approve").await.is(200);
    // What it includes is another version by now: that is another build.
    team.author.reword("tone", "Be kinder.").await.good();
    let stale = team.operator.activate("q", "1", "production").await.is(409).refused("stale_approval");
    assert!(stale.field("/detail").contains(&first.field("/build_hash")), "{stale}");
    let second = team.author.post("/approvals", asked("1")).await.is(201);
    assert_ne!(second.field("/build_hash"), first.field("/build_hash"));
    team.lead.decides(&second.field("/id"), "approve").await.is(200);
    let live = team.operator.activate("q", "1", "production").await.is(201);
    assert_eq!((live.field("/state"), live.field("/basis")), ("completed".into(), "approved".into()));
    assert_eq!(live.field("/build_hash"), second.field("/build_hash"));
    assert!(team.lead.approval(&second.field("/id")).await.field("/spent_at").starts_with("2026-"));

    // One that waits keeps its build, whatever is written meanwhile.
    team.author.reword("q", "{% include 'tone@latest' %}!").await.good();
    let waiting = team.operator.activate("q", "2", "production").await.good();
    team.author.reword("tone", "Be kindest.").await.good();
    team.lead.decides(&waiting.field("/approval/id"), "approve").await.is(200);
    let active = team.operator.active("q").await.good();
    assert_eq!(active.field("/build_hash"), waiting.field("/build_hash"));
    assert!(active.field("/includes").contains("Be kinder."), "{active}");
    team.author.delete("/prompts/q/versions/2").await.is(409).refused("in_use");
    team.author
        .post("/approvals", json!({"prompt": "q", "version": "1", "environment": "staging"}))
        .await
        .is(422);
});

both!(a_rollout_waits_too_and_so_does_one_that_is_held, async |db| {
    let team = team(db, one_stage()).await;
    let canary = |hold: bool| json!({"prompt": "p", "version": "2", "environment": "production", "strategy": "canary", "hold": hold});
    let waiting = team.operator.post("/deployments", canary(false)).await.is(201);
    assert_eq!(waiting.field("/state"), "pending_approval");
    assert_eq!(team.author.version("p", "2").await.field("/status"), "testing", "it is under approval");
    for command in ["start", "advance", "promote", "pause"] {
        let path = format!("/deployments/{}/{command}", waiting.field("/id"));
        team.operator.poke(&path).await.is(409).refused("deployment_state");
    }
    // Another way of releasing the same takes its place; the approval stays.
    let held = team.operator.post("/deployments", canary(true)).await.is(201);
    assert_eq!(held.field("/approval/id"), waiting.field("/approval/id"));
    assert_eq!(team.operator.deployment_of(&waiting).await.field("/cause"), "withdrawn");
    team.lead.decides(&held.field("/approval/id"), "approve").await.is(200);
    let now = team.operator.deployment_of(&held).await;
    assert_eq!((now.field("/state"), now.field("/cause")), ("scheduled".into(), "hold".into()));
    let path = format!("/deployments/{}/start", held.field("/id"));
    assert_eq!(team.operator.poke(&path).await.is(200).field("/state"), "running");
    assert_eq!(team.live().await, "1.0.0");
    let path = format!("/deployments/{}/promote", held.field("/id"));
    team.operator.poke(&path).await.is(200);
    assert_eq!(team.live().await, "1.0.1");
    let spent = team.lead.approval(&held.field("/approval/id")).await;
    assert!(spent.field("/spent_at").starts_with("2026-"), "{spent}");
});

both!(another_version_of_the_same_bytes_takes_its_place, async |db| {
    let team = team(db, one_stage()).await;
    let (waiting, id) = team.waits().await;
    let person = team.app.with_scopes(&["read", "write", "deploy"]).await;
    let revert = json!({"version": "2", "environment": "production"});
    let again = person.post("/prompts/p/revert", revert).await.is(201);
    let made = |field: &str| again.field(&format!("/created/deployment{field}"));
    assert_eq!((again.field("/version"), made("/version")), ("1.0.2".into(), "1.0.2".into()));
    assert_eq!((made("/state"), made("/approval/id")), ("pending_approval".into(), id.clone()));
    assert_eq!(team.operator.deployment_of(&waiting).await.field("/cause"), "withdrawn");
    team.lead.decides(&id, "approve").await.is(200);
    assert_eq!(team.live().await, "1.0.2");
});

both!(a_frozen_environment_takes_what_was_approved_later, async |db| {
    let team = team(db, one_stage()).await;
    let (waiting, id) = team.waits().await;
    let until = json!({"reason": "a holiday", "until": "2026-11-20T23:00:00Z"});
    team.app.admin().post("/environments/production/freeze", until).await.good();
    team.lead.decides(&id, "approve").await.is(200);
    let now = team.operator.deployment_of(&waiting).await;
    assert_eq!((now.field("/state"), now.field("/cause")), ("scheduled".into(), "frozen".into()));
    assert_eq!(team.live().await, "1.0.0");
    team.app.clock.advance_seconds(DAY);
    team.operator.poke(&format!("/deployments/{}/start", waiting.field("/id"))).await.is(200);
    assert_eq!(team.live().await, "1.0.1");
});

both!(a_restart_changes_nothing_of_what_waits, async |db| {
    let team = team(db, two_stages()).await;
    let (waiting, id) = team.waits().await;
    team.lead.decides(&id, "approve").await.is(200);
    db.stop_servers().await;
    let app = Server::start(db).await;
    let boss = app.sign_in("boss@example.com", crate::people::PASSWORD).await.good();
    let boss = app.browser(&boss);
    assert_eq!(boss.approval(&id).await.field("/stage"), "release");
    assert_eq!(boss.active("p").await.field("/version"), "1.0.0");
    boss.decides(&id, "approve").await.is(200);
    assert_eq!(boss.active("p").await.field("/version"), "1.0.1");
    assert_eq!(boss.deployment_of(&waiting).await.field("/state"), "completed");
});

on_postgres!(what_is_approved_at_one_server_starts_everywhere, async |db| {
    let team = team(db, one_stage()).await;
    let other = Server::start(db).await;
    let (_, id) = team.waits().await;
    let lead = other.sign_in("lead@example.com", crate::people::PASSWORD).await.good();
    other.browser(&lead).decides(&id, "approve").await.is(200);
    let there = team.app.project();
    tokio::time::timeout(SOON, there.reached(other.revision())).await.expect("soon");
    assert_eq!(team.live().await, "1.0.1");
});
