//! What a way back would do, and everything that speaks against one.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    calls::call_with,
    rollbacks::{halves, lived},
    server::{Person, Server, story},
};

const HOUR: i64 = 3600;

impl Person {
    async fn preview(&self, fields: Value) -> Answer {
        let mut body = json!({"prompt": "p", "environment": "production"});
        body.as_object_mut().expect("fields").extend(fields.as_object().expect("fields").clone());
        self.post("/rollbacks/preview", body).await.is(200)
    }
}

/// Codes of what speaks against it.
fn problems(preview: &Answer) -> Vec<String> {
    let json = preview.json();
    let all = json["problems"].as_array().expect("a list");
    let codes: Vec<String> = all.iter().map(|one| one["code"].as_str().expect("a word").to_owned()).collect();
    // Nothing speaks against what is valid, unless it is an emergency.
    assert!(json["valid"] == json!(codes.is_empty()) || all.iter().all(|one| one["emergency"] == true));
    codes
}

/// Calls of a version of `p` in production, now.
async fn ran(app: &Server, version: &str, calls: usize) {
    let ids = (0..calls).map(|n| call_with(&format!("{version}-{n}"), json!({"version": version})));
    app.admin().record(ids.collect::<Vec<_>>()).await.is(202);
}

both!(last_known_good_goes_by_what_ran, async |db| {
    let (app, _, operator) = lived(db, &["1"]).await;
    app.clock.advance_seconds(2 * HOUR);
    ran(&app, "1.0.0", 100).await;
    operator.activate("p", "2", "production").await.good();
    app.clock.advance_seconds(2 * HOUR);
    ran(&app, "1.0.1", 99).await;
    operator.activate("p", "3", "production").await.good();
    app.clock.advance_seconds(HOUR);
    let preview = operator.preview(json!({})).await;
    assert_eq!(problems(&preview), [""; 0]);
    let good = &preview.json()["last_known_good"];
    assert_eq!((&good["version"], &good["evidence"]), (&json!("1.0.0"), &json!("executions")));
    assert_eq!((&good["executions"], &good["live_s"]), (&json!(100), &json!(2 * HOUR)));
    let target = &preview.json()["target"];
    assert_eq!(
        (&target["version"], &target["evidence"]),
        (&json!("1.0.1"), &json!("none")),
        "the previous one"
    );
    let impact = &preview.json()["impact"];
    assert_eq!((&impact["from_figures"]["count"], &impact["to_figures"]["count"]), (&json!(0), &json!(99)));
    assert_eq!(impact["to_figures"]["error_rate"], 0.0);
    let before = app.revision();
    let back = operator.roll_back_with(json!({"prompt": "p", "to": "last_known_good"})).await.is(201);
    assert_eq!((back.field("/to/version"), back.field("/evidence")), ("1.0.0".into(), "executions".into()));
    assert_eq!(back.field("/wanted"), "last_known_good");
    assert_eq!(app.revision(), before + 1);
    assert_eq!(operator.active("p").await.field("/version"), "1.0.0");
    // Nothing else ran enough: the most recent that nobody took back.
    let preview = operator.preview(json!({"to": "last_known_good"})).await;
    let good = &preview.json()["last_known_good"];
    assert_eq!((&good["version"], &good["evidence"]), (&json!("1.0.1"), &json!("none")));
    assert_eq!(preview.json()["target"], *good);
});

both!(what_callers_would_notice, async |db| {
    let (app, _, _, operator) = story(db).await;
    let admin = app.admin();
    let first = json!({"content": "Hello {{ name }}", "settings": {"model": "a", "temperature": 1}});
    admin.publish_with("p", first).await.good();
    admin
        .revise("p", json!({"content": "Hi {{ name }} {{ tone }}", "settings": {"model": "b"}}))
        .await
        .good();
    admin.activate("p", "1", "production").await.good();
    admin.publish("q", "{% include \"p\" %} and more").await.good();
    admin.activate("q", "1", "production").await.good();
    let rollout = operator.deploys("p", "2", halves()).await.is(201).field("/id");
    app.clock.advance_seconds(60);
    for _ in 0..20 {
        operator.resolve("p", json!({"variables": {"name": "Ada", "tone": "kindly"}})).await.good();
    }
    promptory_server::jobs::flush_uses(&app.app, promptory_server::clock::Clock::now(&*app.clock))
        .await
        .expect("written");
    let before = (app.revision(), operator.active("p").await.good().body);
    let preview = operator.preview(json!({})).await;
    assert_eq!((preview.field("/valid"), preview.field("/ends_rollout")), ("true".into(), "true".into()));
    assert_eq!(preview.field("/from/deployment_id"), rollout);
    let impact = &preview.json()["impact"];
    assert_eq!(impact["percentage"], 50);
    assert_eq!(
        (&impact["callers_count"], &impact["callers"][0]["key_name"]),
        (&json!(1), &json!("read-deploy"))
    );
    assert_eq!(impact["contract"]["bump"], "major", "who sends a tone sends too much");
    assert_eq!(impact["variables"][0]["name"], "tone");
    let settings: Vec<&str> =
        impact["settings"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(settings, ["model", "temperature"]);
    let dependents = impact["dependents"].as_array().unwrap();
    assert_eq!((dependents.len(), &dependents[0]["prompt"]), (1, &json!("q")));
    assert_eq!(dependents[0]["includes_version"], "1.0.0");
    assert_eq!((app.revision(), operator.active("p").await.good().body), before, "nothing was changed");
});

both!(what_callers_send_has_to_fit, async |db| {
    let (app, _, _, operator) = story(db).await;
    let admin = app.admin();
    admin.publish("p", "Hello {{ name }}").await.good();
    admin.reword("p", "Hello {{ first }}").await.good();
    operator.activate("p", "1.0.0", "production").await.good();
    operator.activate("p", "2.0.0", "production").await.good();
    let sent =
        |id: &str, variables: Value| call_with(id, json!({"version": "2.0.0", "variables": variables}));
    // What fails already is no reason to stay.
    admin.record(sent("bad", json!({"last": "Lovelace"}))).await.is(202);
    assert_eq!(problems(&operator.preview(json!({})).await), [""; 0]);
    admin
        .record(vec![sent("a", json!({"first": "Ada"})), sent("b", json!({"first": "B", "name": "B"}))])
        .await
        .is(202);
    admin.put("/prompts/p/samples/usual", json!({"variables": {"first": "Ada"}})).await.good();
    let preview = operator.preview(json!({})).await;
    assert_eq!(problems(&preview), ["render_failed"]);
    assert!(preview.field("/problems/0/detail").contains("(1 of 3)"), "{preview}");
    assert_eq!(preview.json()["impact"]["rendered"], json!({"executions": 3, "samples": 1, "failed": 2}));
    operator.roll_back("p").await.is(422).refused("invalid_variables");
    operator.roll_back_with(json!({"prompt": "p", "kind": "emergency"})).await.is(403).refused("forbidden");
    assert_eq!(operator.preview(json!({"kind": "emergency"})).await.field("/valid"), "true");
    admin.roll_back_with(json!({"prompt": "p", "kind": "emergency"})).await.is(201);
    assert_eq!(operator.active("p").await.field("/version"), "1.0.0");
});

both!(each_problem_by_its_name, async |db| {
    let (app, author, operator) = lived(db, &["1", "2"]).await;
    let check = async |fields: Value, expected: &[&str]| {
        assert_eq!(problems(&operator.preview(fields.clone()).await), expected, "{fields}");
    };
    check(json!({}), &[]).await;
    check(json!({"environment": "staging"}), &["not_served"]).await;
    check(json!({"to": "1.0.1"}), &["present"]).await;
    check(json!({"to": "7"}), &["not_found"]).await;
    check(json!({"to": "staging"}), &["not_found"]).await;
    check(json!({"to": "3"}), &["never_live"]).await;
    author.mark("p", "1", "archive").await.good();
    check(json!({"to": "1"}), &["archived"]).await;
    check(json!({}), &["nothing_before"]).await;
    author.mark("p", "1", "restore").await.good();
    author.revise("p", json!({"content": "{% include \"gone\" %}", "allow_breaking": true})).await.good();
    check(json!({"to": "latest"}), &["build_failed"]).await;
    operator.roll_back("p").await.is(201);
    check(json!({"to": "2"}), &["quarantined"]).await;
    check(json!({"to": "2", "acknowledge_rollback": true}), &[]).await;
    operator.activate_again("p", "2", "production").await.good();
    let forward = json!({"policy": {"rollback": "fix_forward"}});
    app.admin().put("/environments/production", forward).await.good();
    check(json!({}), &["fix_forward"]).await;
    operator.roll_back("p").await.is(409).refused("fix_forward");
    check(json!({"to": "3"}), &["fix_forward", "never_live"]).await;
    // An emergency does without.
    let preview = operator.preview(json!({"to": "3", "kind": "emergency"})).await;
    assert_eq!(preview.field("/valid"), "true");
    let target = operator.preview(json!({"to": "3"})).await.json()["target"].clone();
    assert_eq!((&target["live_since"], &target["version"]), (&Value::Null, &json!("1.0.2")));
    app.admin().poke("/prompts/p/archive").await.good();
    let preview = operator.preview(json!({})).await;
    assert_eq!(preview.json()["problems"][0]["code"], "archived");
    assert_eq!(preview.field("/valid"), "false");
});

both!(an_emergency_is_for_what_needs_it, async |db| {
    let (app, _, operator) = lived(db, &["1", "2"]).await;
    let admin = app.admin();
    admin.post("/environments/production/freeze", json!({"reason": "a holiday"})).await.good();
    operator.roll_back("p").await.is(201);
    operator.activate_again("p", "2", "production").await.is(409).refused("frozen");
    let to_three = json!({"prompt": "p", "to": "3"});
    operator.roll_back_with(to_three.clone()).await.is(409).refused("never_live");
    let emergency = json!({"prompt": "p", "to": "3", "kind": "emergency", "reason": "All of them are bad"});
    operator.roll_back_with(emergency.clone()).await.is(403).refused("forbidden");
    admin.roll_back_with(json!({"prompt": "p", "to": "3", "kind": "emergency", "reason": " "})).await.is(422);
    let back = admin.roll_back_with(emergency).await.is(201);
    assert_eq!((back.field("/kind"), back.field("/to/version")), ("emergency".into(), "1.0.2".into()));
    assert_eq!(operator.active("p").await.field("/version"), "1.0.2");
    assert_eq!(
        admin.get("/environments/production").await.field("/freeze/reason"),
        "a holiday",
        "it lasts longer"
    );
    let audit = admin.get("/audit?action=rollback.create").await.good();
    assert_eq!(audit.json()["items"][0]["detail"]["kind"], "emergency");
    // Where nothing was frozen, nobody releases into it unawares for an hour.
    admin.poke("/environments/production/unfreeze").await.good();
    app.clock.advance_seconds(60);
    let mut worse = json!({"prompt": "p", "to": "1", "kind": "emergency", "reason": "Worse"});
    admin.roll_back_with(worse.clone()).await.is(409).refused("quarantined");
    worse["acknowledge_rollback"] = true.into();
    admin.roll_back_with(worse).await.is(201);
    let frozen = admin.get("/environments/production").await.good();
    assert_eq!(frozen.field("/freeze/reason"), "Emergency: Worse");
    operator.activate_again("p", "3", "production").await.is(409).refused("frozen");
    app.clock.advance_seconds(HOUR);
    operator.activate_again("p", "3", "production").await.is(201);
});
