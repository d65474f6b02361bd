//! Releases: several prompts that go to an environment together, all or none.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    db::Db,
    rollbacks::halves,
    server::{Person, Server},
};

impl Person {
    /// Prompts with their versions, in production.
    pub(crate) async fn releases(&self, items: &[(&str, &str)]) -> Answer {
        self.releases_with(items, json!({})).await
    }

    pub(crate) async fn releases_with(&self, items: &[(&str, &str)], more: Value) -> Answer {
        self.post("/releases", release(items, more)).await
    }

    pub(crate) async fn release(&self, id: &str) -> Answer {
        self.get(&format!("/releases/{id}")).await.good()
    }

    pub(crate) async fn takes_release_back(&self, id: &str) -> Answer {
        self.post(&format!("/releases/{id}/rollback"), json!({"reason": "It is bad"})).await
    }

    /// What production serves of prompts.
    pub(crate) async fn lives(&self, prompts: &[&str]) -> Vec<String> {
        let mut versions = Vec::new();
        for prompt in prompts {
            versions.push(self.active(prompt).await.good().field("/version"));
        }
        versions
    }
}

pub(crate) fn release(items: &[(&str, &str)], more: Value) -> Value {
    let item = |(prompt, version): &(&str, &str)| json!({"prompt": prompt, "version": version});
    let mut body = json!({"environment": "production", "items": items.iter().map(item).collect::<Vec<_>>()});
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

/// `tone`, which `reply` includes, which `letter` includes; `other` includes nothing. The first version of each is live,
/// the second is there.
pub(crate) async fn four(db: &Db) -> (Server, Person) {
    let app = Server::start(db).await;
    let person = app.with_scopes(&["read", "write", "deploy"]).await;
    furnished(&person).await;
    (app, person)
}

pub(crate) async fn furnished(person: &Person) {
    for (prompt, text) in [
        ("tone", "kind"),
        ("reply", "Reply: {% include \"tone\" %}"),
        ("letter", "Letter: {% include \"reply@production\" %}"),
        ("other", "Other"),
    ] {
        person.publish(prompt, text).await.good();
        person.activate(prompt, "1", "production").await.good();
        let next = text.replace("kind", "brief").replace(':', " again:").replace("Other", "Another");
        person.reword(prompt, &next).await.good();
    }
}

async fn text(person: &Person, prompt: &str) -> String {
    person.resolve(prompt, json!({"variables": {}})).await.good().field("/text")
}

both!(several_prompts_go_live_together, async |db| {
    let (app, person) = four(db).await;
    let before = app.revision();
    let made = person.releases_with(&[("other", "2"), ("tone", "1.0.1")], json!({"reason": "spring"})).await;
    made.is(201);
    let made = person.get("/releases").await.good().json()["items"][0].clone();
    assert_eq!((made["state"].as_str(), made["reason"].as_str()), (Some("completed"), Some("spring")));
    assert_eq!(made["possible"], json!(["rollback"]));
    assert_eq!(app.revision(), before + 1, "one commit");
    assert_eq!(person.lives(&["other", "tone", "reply"]).await, ["1.0.1", "1.0.1", "1.0.0"]);
    let id = made["id"].as_str().expect("an id");
    for item in made["items"].as_array().expect("a list") {
        assert_eq!((item["from"].as_str(), item["live"].as_bool()), (Some("1.0.0"), Some(true)));
        let deployment = item["deployment_id"].as_str().expect("an id");
        let deployment = person.get(&format!("/deployments/{deployment}")).await.good();
        assert_eq!(deployment.field("/release_id"), id);
        assert_eq!(deployment.field("/reason"), "spring");
    }
    assert_eq!(person.release(id).await.json(), made);
    // In the history of each, as one entry, and of no other prompt.
    for (prompt, expected) in [("other", 1), ("tone", 1), ("reply", 0)] {
        let history = person.get(&format!("/prompts/{prompt}/history")).await.good();
        let found = history.items("action").into_iter().filter(|action| action == "release.create").count();
        assert_eq!(found, expected, "{prompt}");
    }
    for (query, expected) in
        [("", 1), ("?prompt=tone", 1), ("?prompt=reply", 0), ("?environment=staging", 0), ("?limit=1", 1)]
    {
        assert_eq!(
            person.get(&format!("/releases{query}")).await.good().items("id").len(),
            expected,
            "{query}"
        );
    }
    person.get("/releases?prompt=nobody").await.is(404);
    person.get("/releases/nothing").await.is(404);
});

both!(pages_of_releases_follow_each_other, async |db| {
    let (app, person) = four(db).await;
    let mut made = Vec::new();
    for versions in [("1", "staging"), ("2", "staging"), ("1", "development")] {
        app.clock.advance_seconds(60);
        let more = json!({"environment": versions.1});
        made.insert(0, person.releases_with(&[("other", versions.0)], more).await.is(201).field("/id"));
    }
    assert_eq!(person.get("/releases").await.good().items("id"), made);
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("/releases?limit=1{cursor}")).await.good();
        walked.extend(page.items("id"));
        match page.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(walked, made);
    person.get("/releases?cursor=strange").await.is(422);
});

both!(one_that_is_refused_refuses_all, async |db| {
    let (app, person) = four(db).await;
    person.publish("gone", "x").await.good();
    person.poke("/prompts/gone/archive").await.good();
    person.publish("broken", "{% include \"nobody\" %}").await.good();
    person.publish("fresh", "x").await.good();
    person.mark("reply", "2", "archive").await.good();
    person.activate("letter", "2", "production").await.good();
    person.roll_back("letter").await.is(201);
    let made = async || {
        let deployments = person.get("/deployments?limit=200").await.good().items("id").len();
        (deployments, person.lives(&["tone", "other"]).await)
    };
    let before = made().await;
    let halves = json!({"strategy": halves()});
    let nothing = json!({});
    for (prompt, version, more, status, code) in [
        ("nobody", "1", &nothing, 404, "not_found"),
        ("tone", "9", &nothing, 404, "not_found"),
        ("gone", "1", &nothing, 409, "prompt_archived"),
        ("reply", "2", &nothing, 409, "version_archived"),
        ("broken", "1", &nothing, 422, "include_failed"),
        ("tone", "1", &nothing, 422, "invalid"),
        ("letter", "2", &nothing, 409, "quarantined"),
        ("fresh", "1", &halves, 422, "invalid"),
        ("other", "1.0.1", &nothing, 422, "invalid"),
    ] {
        let refused = person.releases_with(&[("other", "2"), (prompt, version)], more.clone()).await;
        let refused = refused.is(status).refused(code);
        let errors = &refused.json()["errors"][0];
        let pointer = errors["pointer"].as_str().expect("a pointer");
        assert!(pointer.starts_with("/items/1"), "{prompt}: {refused}");
        let named = refused.field("/detail").contains(prompt);
        assert!(named, "{prompt}: {refused}");
        assert_eq!(made().await, before, "{prompt}");
    }
    let many: Vec<(&str, &str)> = (0..51).map(|_| ("tone", "2")).collect();
    person.releases(&many).await.is(422).refused("invalid");
    person.releases(&[]).await.is(422).refused("invalid");
    let nowhere = json!({"environment": "nowhere"});
    person.releases_with(&[("tone", "2")], nowhere).await.is(404);
    person.releases_with(&[("tone", "2")], json!({"strategy": "slowly"})).await.is(422);
    app.admin().post("/environments/production/freeze", json!({"reason": "holiday"})).await.good();
    let refused = person.releases(&[("tone", "2"), ("other", "2")]).await.is(409).refused("frozen");
    assert!(refused.field("/detail").starts_with("tone: "), "{refused}");
    assert!(person.get("/releases").await.good().items("id").is_empty());
    assert_eq!(made().await, before);
});

both!(each_is_built_with_what_is_released_with_it, async |db| {
    let (_, person) = four(db).await;
    // What includes comes before what is included, over two levels and by two kinds of references.
    let made = person.releases(&[("letter", "2"), ("reply", "2"), ("tone", "2")]).await.is(201);
    assert_eq!(made.json().get("dependents"), None, "nothing is left behind: {made}");
    assert_eq!(text(&person, "letter").await, "Letter again: Reply again: brief");
    assert_eq!(text(&person, "reply").await, "Reply again: brief");
    // A range takes what is released with it, if it lies in it.
    person.reword("tone", "short").await.good();
    person.publish("ranged", "{% include \"tone@^1.0.2\" %}").await.good();
    person.releases(&[("ranged", "1")]).await.is(422).refused("include_failed");
    person.releases(&[("ranged", "1"), ("tone", "3")]).await.is(201);
    assert_eq!(text(&person, "ranged").await, "short");
    // An exact reference stays what it is.
    person.publish("exact", "{% include \"tone@1.0.0\" %}").await.good();
    person.releases(&[("exact", "1"), ("tone", "2")]).await.is(201);
    assert_eq!(text(&person, "exact").await, "kind");
});

both!(what_includes_it_is_named_or_built_anew, async |db| {
    let (app, person) = four(db).await;
    let before = app.revision();
    let dry = person.releases_with(&[("tone", "2")], json!({"dry_run": true})).await.is(201);
    let named = |answer: &Answer| -> Vec<String> {
        let json = answer.json();
        let all = json["dependents"].as_array().cloned().unwrap_or_default();
        all.iter().map(|one| one["prompt"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(named(&dry), ["letter", "reply"], "directly, and through another");
    assert_eq!((dry.field("/dry_run"), app.revision()), ("true".to_owned(), before));
});

both!(dependents_are_released_too_if_asked_for, async |db| {
    let (app, person) = four(db).await;
    let more = json!({"include_dependents": true});
    let made = person.releases_with(&[("tone", "2")], more.clone()).await.is(201);
    let items = made.json()["items"].clone();
    let told: Vec<(&str, &str, bool)> = items
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| {
            let text = |field: &str| item[field].as_str().expect("a text");
            (text("prompt"), text("version"), item["dependent"].as_bool().expect("a flag"))
        })
        .collect();
    assert_eq!(told, [("tone", "1.0.1", false), ("letter", "1.0.0", true), ("reply", "1.0.0", true)]);
    assert_eq!(made.json().get("dependents"), None);
    assert_eq!(text(&person, "letter").await, "Letter: Reply: brief");
    assert_eq!(text(&person, "reply").await, "Reply: brief");

    // A dependent of which something is rolled out, or that cannot be built any more, is no detail.
    person.reword("tone", "blunt").await.good();
    person.deploys("reply", "2", halves()).await.is(201);
    let refused =
        person.releases_with(&[("tone", "3")], more.clone()).await.is(409).refused("rollout_running");
    assert!(refused.field("/detail").starts_with("reply: "), "{refused}");
    assert_eq!(refused.field("/errors/0/pointer"), "/include_dependents");
    person.roll_back("reply").await.is(201);
    person.revise("tone", json!({"content": "{{ mood }}", "allow_breaking": true})).await.good();
    let refused = person.releases_with(&[("tone", "4")], more).await.is(422).refused("include_failed");
    assert_eq!(refused.field("/errors/0/pointer"), "/include_dependents", "{refused}");
    assert_eq!(person.lives(&["tone", "reply", "letter"]).await, ["1.0.1", "1.0.0", "1.0.0"]);
    assert_eq!(app.admin().get("/releases").await.good().items("id").len(), 1);
});

both!(by_steps_a_dependent_has_the_new_include_from_its_first_share_on, async |db| {
    let (app, person) = four(db).await;
    let more = json!({"strategy": halves(), "include_dependents": true});
    let made = person.releases_with(&[("tone", "2")], more).await.is(201);
    assert_eq!(made.field("/state"), "running");
    assert_eq!(person.lives(&["tone", "reply"]).await, ["1.0.0", "1.0.0"]);
    // Whoever gets the new build of what includes it gets the new text, wherever the include itself is.
    let mut texts = std::collections::BTreeSet::new();
    for key in 0..40 {
        let answer = person.resolve("reply", json!({"key": format!("k{key}"), "variables": {}})).await.good();
        texts.insert(answer.field("/text"));
    }
    assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["Reply: brief", "Reply: kind"]);
    app.clock.advance_seconds(3601);
    for _ in 0..3 {
        app.ticks().await;
    }
    assert_eq!(person.release(&made.field("/id")).await.field("/state"), "completed");
    assert_eq!(text(&person, "letter").await, "Letter: Reply: brief");
});

both!(of_two_at_once_one_release_wins, async |db| {
    let (_, person) = four(db).await;
    let (one, other) = tokio::join!(
        person.releases(&[("tone", "2"), ("other", "2")]),
        person.releases(&[("other", "2"), ("tone", "2")])
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "{one} {other}");
    assert_eq!(person.get("/releases").await.good().items("state"), ["completed"]);
    assert_eq!(person.lives(&["tone", "other"]).await, ["1.0.1", "1.0.1"]);
});

both!(a_rollout_gives_way_to_a_release_and_the_other_way_round, async |db| {
    let (_, person) = four(db).await;
    let rollout = person.deploys("tone", "2", halves()).await.is(201).field("/id");
    let made = person.releases_with(&[("tone", "2"), ("other", "2")], json!({"strategy": halves()})).await;
    let made = made.is(201);
    assert_eq!(person.state_of(&rollout).await, "superseded");
    person.reword("tone", "blunt").await.good();
    person.deploys("tone", "3", halves()).await.is(201);
    let now = person.release(&made.field("/id")).await;
    assert_eq!(now.field("/state"), "running", "the other prompt is still on its way");
    assert_eq!(now.field("/items/0/state"), "superseded");
});

both!(a_repeat_is_answered_and_a_renamed_prompt_is_one_prompt, async |db| {
    let (app, person) = four(db).await;
    let keyed = person.with("idempotency-key", "k1");
    let first = keyed.releases(&[("tone", "2")]).await.is(201);
    let again = keyed.releases(&[("tone", "2")]).await.is(201);
    assert_eq!(
        (again.header("idempotency-replayed").is_some(), again.field("/id")),
        (true, first.field("/id"))
    );
    app.admin().patch("/prompts/other", json!({"name": "another"})).await.good();
    let twice = person.releases(&[("other", "2"), ("another", "2")]).await.is(422).refused("invalid");
    assert_eq!(twice.field("/errors/0/pointer"), "/items/1/prompt");
    let made = person.releases(&[("other", "2")]).await.is(201);
    assert_eq!(made.field("/items/0/prompt"), "another");
    let bound = json!({"name": "bound", "scopes": ["read", "deploy"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", bound).await.is(201).field("/key"));
    bound.releases(&[("another", "1")]).await.is(403).refused("wrong_environment");
    bound.takes_release_back(&made.field("/id")).await.is(403).refused("wrong_environment");
});
