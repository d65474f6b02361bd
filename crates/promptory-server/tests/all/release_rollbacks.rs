//! A release is taken back as a whole: from every state, twice, and only where it is still what is served.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{answer::Answer, releases::four, rollbacks::halves, server::Person};

fn states(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let items = json["items"].as_array().or_else(|| json["release"]["items"].as_array()).cloned();
    items.expect("a list").iter().map(|item| item["state"].as_str().expect("a word").to_owned()).collect()
}

/// What was taken back, and what was left alone.
fn counts(answer: &Answer) -> (usize, usize) {
    let json = answer.json();
    let count = |field: &str| json[field].as_array().expect("a list").len();
    (count("taken_back"), count("left"))
}

async fn serves(person: &Person, prompt: &str) -> (String, bool) {
    let active = person.active(prompt).await.good();
    (active.field("/version"), active.json().get("rollout").is_some())
}

both!(what_was_completed_goes_back_to_before, async |db| {
    let (_, person) = four(db).await;
    let more = json!({"include_dependents": true});
    let before: Vec<_> = [person.active("reply").await.body, person.active("letter").await.body].into();
    let made = person.releases_with(&[("tone", "2"), ("other", "2")], more).await.is(201);
    let id = made.field("/id");
    person.post(&format!("/releases/{id}/rollback"), json!({"reason": " "})).await.is(422);
    let back = person.takes_release_back(&id).await.is(201);
    assert_eq!(counts(&back), (4, 0), "{back}");
    assert_eq!(back.field("/release/state"), "taken_back");
    assert_eq!(person.lives(&["tone", "other", "reply"]).await, ["1.0.0", "1.0.0", "1.0.0"]);
    for (prompt, before) in ["reply", "letter"].into_iter().zip(&before) {
        let strip = |body: &[u8]| {
            let json: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            (json["build_hash"].clone(), json["includes"].clone())
        };
        assert_eq!(strip(&person.active(prompt).await.body), strip(before), "the very bytes of {prompt}");
    }
    let listed = person.get("/rollbacks").await.good();
    assert_eq!(listed.items("release_id"), [id.as_str(); 4]);
    let revisions: BTreeSet<String> = listed.items("revision").into_iter().collect();
    assert_eq!(revisions.len(), 1, "one commit: {listed}");
    assert_eq!(listed.items("cause"), ["release"; 4]);
    assert_eq!(listed.items("wanted"), ["before_release"; 4]);
    let history = person.get("/prompts/letter/history").await.good().items("action");
    assert_eq!(history[..2], ["release.rollback", "release.create"]);

    // Twice is once.
    let again = person.takes_release_back(&id).await.is(201);
    assert_eq!(counts(&again), (0, 4), "{again}");
    let history = person.get("/history?action=release.rollback").await.good();
    assert_eq!(
        (history.items("action").len(), person.get("/rollbacks").await.good().items("id").len()),
        (1, 4)
    );
    assert_eq!(person.release(&id).await.field("/possible"), "[]");
    // What was taken back is asked about.
    let refused = person.releases(&[("tone", "2")]).await.is(409).refused("quarantined");
    assert_eq!(refused.field("/errors/0/pointer"), "/items/0");
    person.releases_with(&[("tone", "2")], json!({"acknowledge_rollback": true})).await.is(201);
});

both!(what_is_rolled_out_ends, async |db| {
    let (app, person) = four(db).await;
    let made = person.releases_with(&[("tone", "2"), ("other", "2")], json!({"strategy": halves()})).await;
    let id = made.is(201).field("/id");
    let parts = person.release(&id).await;
    // One is through, the other is paused.
    person.poke(&format!("/deployments/{}/promote", parts.field("/items/0/deployment_id"))).await.good();
    person.poke(&format!("/deployments/{}/pause", parts.field("/items/1/deployment_id"))).await.good();
    assert_eq!(states(&person.release(&id).await), ["completed", "paused"]);
    let back = person.takes_release_back(&id).await.is(201);
    assert_eq!((counts(&back), back.field("/release/state")), ((2, 0), "taken_back".to_owned()));
    let ended = back.json()["taken_back"].as_array().expect("a list").clone();
    assert_eq!((&ended[0]["ended_rollout"], &ended[1]["ended_rollout"]), (&json!(false), &json!(true)));
    for prompt in ["tone", "other"] {
        assert_eq!(serves(&person, prompt).await, ("1.0.0".to_owned(), false), "{prompt}");
    }
    app.clock.advance_seconds(31);
    app.ticks().await;
    assert_eq!(states(&person.release(&id).await), ["rolled_back", "rolled_back"]);
});

both!(what_was_replaced_since_is_left_alone, async |db| {
    let (app, person) = four(db).await;
    let id = person.releases(&[("tone", "2"), ("other", "2")]).await.is(201).field("/id");
    person.reword("tone", "blunt").await.good();
    app.clock.advance_seconds(60);
    person.activate("tone", "3", "production").await.good();
    let back = person.takes_release_back(&id).await.is(201);
    assert_eq!(counts(&back), (1, 1));
    assert_eq!(back.field("/left/0/prompt"), "tone");
    assert!(back.field("/left/0/detail").starts_with("1.0.2 is live there"), "{back}");
    assert_eq!(person.lives(&["tone", "other"]).await, ["1.0.2", "1.0.0"]);
    assert_eq!(back.field("/release/state"), "taken_back");
});

both!(it_goes_back_to_before_the_release_whoever_made_it_live_again, async |db| {
    let (app, person) = four(db).await;
    let id = person.releases(&[("tone", "2"), ("other", "2")]).await.is(201).field("/id");
    person.reword("tone", "blunt").await.good();
    app.clock.advance_seconds(60);
    person.activate("tone", "3", "production").await.good();
    app.clock.advance_seconds(60);
    // Back to what the release brought, by a deployment that is none of its own.
    person.roll_back("tone").await.is(201);
    assert_eq!(person.lives(&["tone"]).await, ["1.0.1"]);
    let back = person.takes_release_back(&id).await.is(201);
    assert_eq!(counts(&back), (2, 0), "{back}");
    assert_eq!(person.lives(&["tone", "other"]).await, ["1.0.0", "1.0.0"]);
});

both!(what_nothing_was_live_of_before_stays, async |db| {
    let (app, person) = four(db).await;
    person.publish("fresh", "x").await.good();
    let id = person.releases(&[("fresh", "1"), ("other", "2")]).await.is(201).field("/id");
    for expected in [(1, 1), (0, 2)] {
        let back = person.takes_release_back(&id).await.is(201);
        assert_eq!(counts(&back), expected);
        assert_eq!(back.field("/release/state"), "completed");
        assert!(back.field("/left/0/detail").contains("nothing to go back to"), "{back}");
    }
    assert_eq!(person.lives(&["fresh", "other"]).await, ["1.0.0", "1.0.0"]);
    // Nothing of it can be taken back at all.
    person.publish("fresher", "x").await.good();
    let id = person.releases(&[("fresher", "1")]).await.is(201).field("/id");
    let refused = person.takes_release_back(&id).await.is(409).refused("nothing_to_roll_back");
    assert!(refused.field("/detail").starts_with("fresher: "), "{refused}");
    person.takes_release_back("nothing").await.is(404);
    // What is archived is served no more.
    let id = person.releases(&[("tone", "2"), ("reply", "2")]).await.is(201).field("/id");
    person.poke("/prompts/reply/archive").await.good();
    let back = person.takes_release_back(&id).await.is(201);
    assert_eq!(counts(&back), (1, 1));
    assert!(back.field("/left/0/detail").contains("archived"), "{back}");
    drop(app);
});

both!(what_speaks_against_one_speaks_against_all, async |db| {
    let (app, person) = four(db).await;
    let id = person.releases(&[("tone", "2"), ("other", "2")]).await.is(201).field("/id");
    person.mark("other", "1", "archive").await.good();
    let refused = person.takes_release_back(&id).await.is(409).refused("version_archived");
    assert!(refused.field("/detail").starts_with("other: "), "{refused}");
    person.mark("other", "1", "restore").await.good();
    let forward = json!({"policy": {"rollback": "fix_forward"}});
    app.admin().put("/environments/production", forward).await.good();
    let refused = person.takes_release_back(&id).await.is(409).refused("fix_forward");
    assert!(refused.field("/detail").starts_with("tone: "), "{refused}");
    assert!(person.get("/rollbacks").await.good().items("id").is_empty());
    assert_eq!(person.lives(&["tone", "other"]).await, ["1.0.1", "1.0.1"]);
});

both!(two_at_once_take_it_back_once, async |db| {
    let (_, person) = four(db).await;
    let id = person.releases(&[("tone", "2"), ("other", "2")]).await.is(201).field("/id");
    let (one, other) = tokio::join!(person.takes_release_back(&id), person.takes_release_back(&id));
    let mut taken = [counts(&one.is(201)).0, counts(&other.is(201)).0];
    taken.sort_unstable();
    assert_eq!(taken, [0, 2]);
    assert_eq!(person.get("/rollbacks").await.good().items("id").len(), 2);
});
