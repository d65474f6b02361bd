//! Where somebody has to agree, a release waits as a whole, is decided as a whole, and begins as a whole.

use serde_json::json;

use crate::{
    answer::Answer,
    approvals::{Team, one_stage, team},
    releases::furnished,
    server::Person,
};

const DAY: i64 = 86_400;

/// Four prompts beside `p`; production asks for one approval.
async fn agreed(db: &crate::db::Db) -> (Team, Person) {
    let team = team(db, json!([])).await;
    let (_, writer) = team.app.member("writer@example.com", &["editor", "operator"]).await;
    furnished(&writer).await;
    team.app.asks_for(one_stage()).await;
    (team, writer)
}

impl Team {
    async fn lives_as_before(&self) {
        assert_eq!(self.operator.lives(&["tone", "reply", "other"]).await, ["1.0.0", "1.0.0", "1.0.0"]);
    }

    async fn release_waits(&self) -> (Answer, String) {
        let more = json!({"include_dependents": true});
        let made = self.operator.releases_with(&[("tone", "2"), ("other", "2")], more).await.is(201);
        assert_eq!(made.field("/state"), "waiting", "{made}");
        let approval = made.field("/approval/id");
        self.lives_as_before().await;
        (made, approval)
    }

    async fn states(&self, release: &str) -> Vec<String> {
        let json = self.operator.release(release).await.json();
        let items = json["items"].as_array().expect("a list");
        items.iter().map(|item| item["state"].as_str().expect("a word").to_owned()).collect()
    }
}

both!(one_approval_decides_all_of_it, async |db| {
    let (team, writer) = agreed(db).await;
    let (made, approval) = team.release_waits().await;
    let shown = team.lead.approval(&approval).await;
    assert_eq!((shown.field("/kind"), shown.field("/release_id")), ("release".into(), made.field("/id")));
    assert_eq!(shown.json()["items"].as_array().expect("a list").len(), 4);
    assert_eq!(
        team.lead.get("/approvals?state=open&prompt=letter").await.good().items("id"),
        [approval.as_str()]
    );
    for item in made.json()["items"].as_array().expect("a list") {
        let id = item["deployment_id"].as_str().expect("an id");
        let deployment = team.operator.get(&format!("/deployments/{id}")).await.good();
        assert_eq!(
            (deployment.field("/state"), deployment.field("/approval/id")),
            ("pending_approval".into(), approval.clone())
        );
    }
    // Asked for again it is the same; by other steps it is another.
    let more = json!({"include_dependents": true});
    let again = team.operator.releases_with(&[("other", "2"), ("tone", "2")], more).await.is(201);
    assert_eq!(again.field("/id"), made.field("/id"));
    // Whoever wrote any of it, or asked for it, does not count.
    for person in [&writer, &team.operator] {
        let refused = person.decides(&approval, "approve").await;
        assert_eq!(refused.status, 403, "{refused}");
    }
    team.lives_as_before().await;
    let done = team.lead.decides(&approval, "approve").await.is(200);
    assert_eq!(done.field("/state"), "approved");
    let begun =
        team.operator.get("/deployments?environment=production&limit=4").await.good().items("revision");
    assert!(begun.iter().all(|revision| *revision == begun[0]), "one commit: {begun:?}");
    assert!(!done.json()["spent_at"].is_null(), "it is used up: {done}");
    assert_eq!(team.operator.release(&made.field("/id")).await.field("/state"), "completed");
    assert_eq!(team.operator.lives(&["tone", "other", "reply"]).await, ["1.0.1", "1.0.1", "1.0.0"]);
    let text = team.operator.resolve("letter", json!({"variables": {}})).await.good();
    assert_eq!(text.field("/text"), "Letter: Reply: brief");
    // Taken back without asking anybody: what was live before was agreed to.
    team.operator.takes_release_back(&made.field("/id")).await.is(201);
    team.lives_as_before().await;
});

both!(whoever_says_no_ends_all_of_it, async |db| {
    let (team, _) = agreed(db).await;
    for (who, word) in [(&team.lead, "reject"), (&team.operator, "withdraw")] {
        let (made, approval) = team.release_waits().await;
        who.decides(&approval, word).await.is(200);
        assert_eq!(team.operator.release(&made.field("/id")).await.field("/state"), "ended", "{word}");
        assert_eq!(team.states(&made.field("/id")).await, ["aborted"; 4]);
    }
    // Giving one of them up, or all, ends what was asked as well.
    for whole in [true, false] {
        let (made, approval) = team.release_waits().await;
        if whole {
            let back = team.operator.takes_release_back(&made.field("/id")).await.is(201);
            assert_eq!(back.field("/release/state"), "ended");
            team.operator.takes_release_back(&made.field("/id")).await.is(201);
        } else {
            let part = made.field("/items/1/deployment_id");
            team.operator.poke(&format!("/deployments/{part}/abort")).await.good();
        }
        assert_eq!(team.states(&made.field("/id")).await, ["aborted"; 4], "{whole}");
        assert_eq!(team.operator.approval(&approval).await.field("/state"), "withdrawn");
        team.lead.decides(&approval, "approve").await.is(409).refused("approval_state");
    }
    team.lives_as_before().await;
});

both!(what_nobody_decides_expires_as_a_whole, async |db| {
    let (team, _) = agreed(db).await;
    let (made, approval) = team.release_waits().await;
    team.app.clock.advance_seconds(15 * DAY);
    team.app.ticks().await;
    let admin = team.app.admin();
    let over = admin.release(&made.field("/id")).await;
    assert_eq!((over.field("/state"), over.field("/items/3/cause")), ("ended".into(), "expired".into()));
    assert_eq!(admin.approval(&approval).await.field("/state"), "expired");
});

both!(what_is_approved_by_itself_waits_for_the_others, async |db| {
    let (team, writer) = agreed(db).await;
    let wanted = json!({"prompt": "other", "version": "2", "environment": "production"});
    let alone = team.operator.post("/approvals", wanted).await.is(201).field("/id");
    team.lead.decides(&alone, "approve").await.is(200);
    let made = team.operator.releases(&[("other", "2"), ("tone", "2")]).await.is(201);
    assert_eq!(made.field("/state"), "waiting");
    team.lives_as_before().await;
    // What was asked for as a whole allows nothing else.
    let id = made.field("/approval/id");
    let single = team.operator.activate("tone", "2", "production").await.is(201);
    assert_eq!(single.field("/state"), "pending_approval");
    assert_ne!(single.field("/approval/id"), id);
    team.lead.decides(&id, "approve").await.is(200);
    assert_eq!(team.operator.lives(&["tone", "other"]).await, ["1.0.1", "1.0.1"]);
    // Where everything is approved by itself already, it begins at once.
    team.operator.takes_release_back(&made.field("/id")).await.is(201);
    let more = json!({"acknowledge_rollback": true});
    let again = team.operator.releases_with(&[("other", "2"), ("tone", "2")], more).await.is(201);
    assert_eq!((again.field("/state"), again.json().get("approval")), ("completed".into(), None));
    // With what is released beside it, it is another build than the one that was approved.
    let wanted = json!({"prompt": "reply", "version": "2", "environment": "production"});
    let alone = team.operator.post("/approvals", wanted).await.is(201).field("/id");
    team.lead.decides(&alone, "approve").await.is(200);
    writer.reword("tone", "blunt").await.good();
    let made = team.operator.releases(&[("reply", "2"), ("tone", "3")]).await.is(201);
    assert_eq!(made.field("/state"), "waiting");
    team.lead.decides(&made.field("/approval/id"), "approve").await.is(200);
    let text = team.operator.resolve("reply", json!({"variables": {}})).await.good();
    assert_eq!(text.field("/text"), "Reply again: blunt");
});

both!(what_cannot_start_any_more_starts_nothing, async |db| {
    let (team, _) = agreed(db).await;
    let (made, approval) = team.release_waits().await;
    // Somebody releases another version of what nobody named.
    let urgent = json!({"version": "2", "environment": "production", "emergency": {"reason": "down"}});
    team.app.admin().post("/prompts/reply/activate", urgent).await.is(201);
    let decided = team.lead.decides(&approval, "approve").await.is(200);
    assert_eq!(decided.field("/state"), "withdrawn", "{decided}");
    assert_eq!(team.states(&made.field("/id")).await, ["aborted"; 4]);
    let part =
        team.operator.get(&format!("/deployments/{}", made.field("/items/0/deployment_id"))).await.good();
    assert!(part.field("/events/1/reason").starts_with("reply: Another version"), "{part}");
    assert_eq!(team.operator.lives(&["tone", "reply", "other"]).await, ["1.0.0", "1.0.1", "1.0.0"]);
});

both!(a_freeze_holds_all_of_it, async |db| {
    let (team, _) = agreed(db).await;
    let (made, approval) = team.release_waits().await;
    let id = made.field("/id");
    let (reason, until) = ("holiday", "2026-11-21T10:00:00.000Z");
    team.boss
        .post("/environments/production/freeze", json!({"reason": reason, "until": until}))
        .await
        .is(200);
    team.lead.decides(&approval, "approve").await.is(200);
    assert_eq!(team.states(&id).await, ["scheduled"; 4]);
    let part = format!("/deployments/{}/start", made.field("/items/2/deployment_id"));
    let refused = team.operator.poke(&part).await.is(409).refused("frozen");
    assert_eq!(team.states(&id).await, ["scheduled"; 4], "{refused}");
    // Whichever is started, all start.
    team.app.clock.advance_seconds(2 * DAY);
    team.operator.poke(&part).await.is(200);
    assert_eq!(team.states(&id).await, ["completed"; 4]);
    let history = team.operator.get("/prompts/other/history").await.good().items("action");
    assert_eq!(history[0], "release.start");
    assert_eq!(team.operator.lives(&["tone", "other", "reply"]).await, ["1.0.1", "1.0.1", "1.0.0"]);
});
