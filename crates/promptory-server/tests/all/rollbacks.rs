//! The way back: from every state of a deployment, twice, against steps that are made at the same time.

use promptory_server::{clock::Clock, jobs};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    db::Db,
    server::{Person, Server, story},
    stream::Events,
};

const HOUR: i64 = 3600;
const MOMENT: i64 = 1;

impl Person {
    /// Of what production serves of a prompt.
    pub(crate) async fn roll_back(&self, prompt: &str) -> Answer {
        self.roll_back_with(json!({"prompt": prompt})).await
    }

    pub(crate) async fn roll_back_with(&self, fields: Value) -> Answer {
        self.post("/rollbacks", asked(fields)).await
    }

    pub(crate) async fn deploys(&self, prompt: &str, version: &str, strategy: Value) -> Answer {
        let body =
            json!({"prompt": prompt, "version": version, "environment": "production", "strategy": strategy});
        self.post("/deployments", body).await
    }

    /// What became of a deployment.
    pub(crate) async fn state_of(&self, deployment: &str) -> String {
        self.get(&format!("/deployments/{deployment}")).await.good().field("/state")
    }
}

/// In production, for a reason.
fn asked(mut fields: Value) -> Value {
    if fields.get("deployment_id").is_none() && fields.get("environment").is_none() {
        fields["environment"] = "production".into();
    }
    if fields.get("reason").is_none() {
        fields["reason"] = "It is bad".into();
    }
    fields
}

/// Half of all units for an hour, then everybody.
pub(crate) fn halves() -> Value {
    json!({"steps": [{"percentage": 50, "after_s": 0}, {"percentage": 100, "after_s": HOUR}]})
}

/// Three versions, of which these were live in production one after the other.
pub(crate) async fn lived(db: &Db, live: &[&str]) -> (Server, Person, Person) {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    author.reword("p", "three").await.good();
    for version in live {
        app.clock.advance_seconds(60);
        operator.activate("p", version, "production").await.good();
    }
    (app, author, operator)
}

async fn live(person: &Person) -> (String, bool) {
    let active = person.active("p").await.good();
    (active.field("/version"), active.json().get("rollout").is_some())
}

fn sides(answer: &Answer) -> (String, String) {
    (answer.field("/from/version"), answer.field("/to/version"))
}

/// `rolling_back`, until every server has said that it went back.
fn is_rolled_back(state: &str) -> bool {
    matches!(state, "rolling_back" | "rolled_back")
}

both!(a_rollout_ends_wherever_it_stands, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    for (n, pause) in [false, true].into_iter().enumerate() {
        let version = (n + 2).to_string();
        let id = operator.deploys("p", &version, halves()).await.is(201).field("/id");
        if pause {
            operator.poke(&format!("/deployments/{id}/pause")).await.is(200);
        }
        let before = app.revision();
        let back = operator.roll_back_with(json!({"deployment_id": id})).await.is(201);
        if n == 0 {
            assert_eq!(back.field("/revision"), (before + 1).to_string(), "one commit");
        }
        assert_eq!(sides(&back), (format!("1.0.{}", n + 1), "1.0.0".into()));
        assert_eq!((back.field("/ended_rollout"), back.field("/percentage")), ("true".into(), "50".into()));
        assert_eq!((back.field("/kind"), back.field("/cause")), ("manual".into(), "rollback".into()));
        assert_eq!((back.field("/reason"), back.field("/actor")), ("It is bad".into(), "read-deploy".into()));
        assert_eq!(live(&operator).await, ("1.0.0".into(), false));
        let shown = operator.get(&format!("/deployments/{id}")).await.good();
        assert!(is_rolled_back(&shown.field("/state")), "{shown}");
        assert_eq!(shown.field("/percentage"), "0");
        let resolved = operator.resolve("p", json!({"key": "user-1"})).await.good();
        assert_eq!((resolved.field("/version"), resolved.field("/reason")), ("1.0.0".into(), "live".into()));
        // Asked for again, by the deployment or by the place, it is the same one.
        for again in [json!({"deployment_id": id}), json!({"prompt": "p"})] {
            let second = operator.roll_back_with(again).await.is(201);
            assert_eq!(second.field("/id"), back.field("/id"));
        }
        let listed = operator.get("/rollbacks?prompt=p&environment=production").await.good();
        assert_eq!(listed.items("id").len(), n + 1);
        operator.poke(&format!("/deployments/{id}/advance")).await.is(409).refused("deployment_state");
        app.clock.advance_seconds(HOUR);
    }
    let audit = app.admin().get("/audit?action=rollback.create").await.good();
    assert_eq!(audit.json()["items"][0]["detail"]["from"], "1.0.2");
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(what_everybody_has_goes_back_to_the_very_bytes, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    let before = operator.active("p").await.good();
    let bad = operator.activate("p", "2", "production").await.good().field("/id");
    let mut stream = Events::open(&operator, "production", None).await;
    assert_eq!(stream.next().await.expect("an event").name, "hello");
    let back = operator.roll_back("p").await.is(201);
    let told = stream.named("change").await;
    assert_eq!((&told.data["change"], &told.data["version"]), (&json!("live"), &json!("1.0.0")));
    assert_eq!(sides(&back), ("1.0.1".into(), "1.0.0".into()));
    assert_eq!((back.field("/ended_rollout"), back.field("/percentage")), ("false".into(), "100".into()));
    assert_eq!(back.field("/from/deployment_id"), bad);
    let after = operator.active("p").await.good();
    for field in ["/content", "/build_hash", "/content_hash", "/version"] {
        assert_eq!(after.field(field), before.field(field));
    }
    let brought = operator.get(&format!("/deployments/{}", back.field("/to/deployment_id"))).await.good();
    assert_eq!((brought.field("/rollback_of"), brought.field("/direction")), (bad.clone(), "back".into()));
    assert_eq!((brought.field("/state"), brought.field("/reason")), ("completed".into(), "It is bad".into()));
    assert!(is_rolled_back(&operator.state_of(&bad).await));
    // By the deployment it is the same one however late; by the place there is nothing before.
    app.clock.advance_seconds(HOUR);
    let again = operator.roll_back_with(json!({"deployment_id": bad})).await.is(201);
    assert_eq!(again.field("/id"), back.field("/id"));
    operator.roll_back("p").await.is(409).refused("nothing_to_roll_back");
    let named = operator.roll_back_with(json!({"prompt": "p", "to": "1.0.0"})).await.is(201);
    assert_eq!(named.field("/id"), back.field("/id"), "it is served since then");
    assert_eq!(operator.get("/rollbacks").await.good().items("id"), [back.field("/id")]);
    let shown = operator.get(&format!("/rollbacks/{}", back.field("/id"))).await.good();
    assert_eq!(shown.field("/from/build_hash"), back.field("/from/build_hash"));
    operator.get("/rollbacks/nothing").await.is(404);
    let named = operator.resolve("p", json!({"version": "1.0.1"})).await;
    assert_eq!(named.good().field("/reason"), "pinned", "who names it gets it");
    operator.resolve("p", json!({"version": ">=1.0.1"})).await.is(404).refused("no_version_in_range");
});

both!(a_build_that_bakes_goes_back_as_a_rollout_does, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    let id = operator.deploys("p", "2", halves()).await.is(201).field("/id");
    db.raw().await.watch(&id).await;
    let baking = operator.poke(&format!("/deployments/{id}/promote")).await.is(200);
    assert_eq!(baking.field("/state"), "baking");
    assert_eq!(live(&operator).await.0, "1.0.1");
    // Not released yet, so even an environment that only goes forward lets it end.
    let forward = json!({"policy": {"rollback": "fix_forward"}});
    app.admin().put("/environments/production", forward).await.good();
    let back = operator.roll_back_with(json!({"deployment_id": id})).await.is(201);
    assert_eq!(sides(&back), ("1.0.1".into(), "1.0.0".into()));
    assert_eq!(live(&operator).await, ("1.0.0".into(), false));
    assert!(is_rolled_back(&operator.state_of(&id).await));
});

both!(what_waits_is_not_taken_back, async |db| {
    let (_, _, operator) = lived(db, &["1", "2"]).await;
    let mut body = json!({"prompt": "p", "version": "3", "environment": "production", "hold": true});
    body["strategy"] = halves();
    let id = operator.post("/deployments", body).await.is(201).field("/id");
    let refused =
        operator.roll_back_with(json!({"deployment_id": id})).await.is(409).refused("deployment_state");
    assert_eq!(refused.json()["deployment"]["possible"], json!(["start", "abort"]));
    let back = operator.roll_back("p").await.is(201);
    assert_eq!(sides(&back), ("1.0.1".into(), "1.0.0".into()));
    assert_eq!(operator.state_of(&id).await, "scheduled", "it waits on");
    // What never got anything, and what was replaced by something newer, are not served either.
    operator.poke(&format!("/deployments/{id}/abort")).await.is(200);
    operator.roll_back_with(json!({"deployment_id": id})).await.is(409).refused("deployment_state");
});

both!(what_is_live_goes_back_under_a_rollout_that_runs, async |db| {
    let (_, _, operator) = lived(db, &["1"]).await;
    let stable = operator.activate("p", "2", "production").await.good().field("/id");
    let candidate = operator.deploys("p", "3", halves()).await.is(201).field("/id");
    let back = operator.roll_back_with(json!({"deployment_id": stable})).await.is(201);
    assert_eq!(sides(&back), ("1.0.1".into(), "1.0.0".into()));
    assert_eq!(live(&operator).await, ("1.0.0".into(), false));
    assert_eq!(operator.state_of(&candidate).await, "superseded");
    assert!(is_rolled_back(&operator.state_of(&stable).await));
});

both!(past_the_build_beside_it_both_are_taken_back, async |db| {
    let (_, _, operator) = lived(db, &["1", "2"]).await;
    let candidate = operator.deploys("p", "3", halves()).await.is(201).field("/id");
    let back = operator.roll_back_with(json!({"prompt": "p", "to": "1"})).await.is(201);
    assert_eq!(sides(&back), ("1.0.2".into(), "1.0.0".into()));
    assert_eq!((back.field("/wanted"), back.field("/ended_rollout")), ("version".into(), "false".into()));
    assert_eq!(live(&operator).await, ("1.0.0".into(), false));
    assert!(is_rolled_back(&operator.state_of(&candidate).await));
    for version in ["2", "3"] {
        operator.activate("p", version, "production").await.is(409).refused("quarantined");
    }
});

both!(going_back_wins_over_every_step, async |db| {
    let (app, author, operator) = lived(db, &["1"]).await;
    for round in 0..6 {
        let version = author.reword("p", &format!("round {round}")).await.good().field("/version");
        let id = operator.deploys("p", &version, halves()).await.is(201).field("/id");
        let path = format!("/deployments/{id}/advance");
        let body = json!({"deployment_id": id});
        let (advanced, back) = match round {
            0 => (operator.poke(&path).await, operator.roll_back_with(body).await),
            1 => {
                let back = operator.roll_back_with(body).await;
                (operator.poke(&path).await, back)
            }
            _ => tokio::join!(operator.poke(&path), operator.roll_back_with(body)),
        };
        assert_eq!(back.status, 201, "{back}");
        assert!(matches!(advanced.status, 200 | 409), "{advanced}");
        assert_eq!(sides(&back), (version, "1.0.0".into()));
        assert_eq!(live(&operator).await, ("1.0.0".into(), false));
        app.clock.advance_seconds(HOUR + MOMENT);
        jobs::rollouts(&app.app, app.clock.now()).await.expect("the database is there");
        assert_eq!(live(&operator).await, ("1.0.0".into(), false), "the clock does not bring it back");
    }
    assert_eq!(operator.get("/rollbacks").await.good().items("id").len(), 6);
    assert_eq!(app.admin().get("/audit/verify").await.field("/valid"), "true");
});

both!(two_at_once_go_back_once, async |db| {
    let (_, _, operator) = lived(db, &["1", "2", "3"]).await;
    let (one, other) = tokio::join!(operator.roll_back("p"), operator.roll_back("p"));
    assert_eq!(one.is(201).field("/id"), other.is(201).field("/id"));
    assert_eq!(live(&operator).await.0, "1.0.1", "and not further");
    assert_eq!(operator.get("/rollbacks").await.good().items("id").len(), 1);
    let key = operator.with("idempotency-key", "k1");
    let body = asked(json!({"prompt": "p", "to": "1"}));
    let first = key.post("/rollbacks", body.clone()).await.is(201);
    assert_eq!(key.post("/rollbacks", body).await.is(201).body, first.body);
});

both!(what_makes_no_sense_is_refused, async |db| {
    let (app, author, operator) = lived(db, &["1", "2"]).await;
    for (body, pointer) in [
        (json!({"prompt": "p", "environment": "production"}), ""),
        (json!({"prompt": "p", "environment": "production", "reason": " "}), "/reason"),
        (json!({"prompt": "p", "reason": "r"}), "/environment"),
        (json!({"reason": "r"}), "/deployment_id"),
        (json!({"deployment_id": "d", "prompt": "p", "reason": "r"}), "/deployment_id"),
        (json!({"prompt": "p", "environment": "production", "reason": "r", "kind": "soon"}), "/kind"),
    ] {
        let refused = operator.post("/rollbacks", body.clone()).await.is(422);
        if !pointer.is_empty() {
            assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
        }
    }
    operator.roll_back("nobody").await.is(404);
    operator.roll_back_with(json!({"deployment_id": "nothing"})).await.is(404);
    operator.roll_back_with(json!({"prompt": "p", "to": "9.9.9"})).await.is(404).refused("not_found");
    operator.roll_back_with(json!({"prompt": "p", "to": "^1"})).await.is(422);
    operator
        .roll_back_with(json!({"prompt": "p", "to": "1.0.1"}))
        .await
        .is(409)
        .refused("nothing_to_roll_back");
    operator
        .roll_back_with(json!({"prompt": "p", "environment": "staging"}))
        .await
        .refused("nothing_to_roll_back");
    author.roll_back("p").await.is(403);
    author.mark("p", "1", "archive").await.good();
    operator.roll_back_with(json!({"prompt": "p", "to": "1"})).await.is(409).refused("version_archived");
    operator.roll_back("p").await.is(409).refused("nothing_to_roll_back");
    author.mark("p", "1", "restore").await.good();
    let body = json!({"name": "k", "scopes": ["read", "deploy"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", body).await.good().field("/key"));
    bound.roll_back("p").await.is(403).refused("wrong_environment");
    operator.poke("/prompts/p/archive").await.good();
    operator.roll_back("p").await.is(409).refused("prompt_archived");
});
