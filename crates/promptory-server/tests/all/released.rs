//! Databases as earlier releases left them, with rows in every table, and what those releases answered from them: kept
//! in `crates/promptory-store/released/<version>`. This release must answer the same.

use std::path::{Path, PathBuf};

use promptory_server::{clock::Clock, jobs, migrate};
use serde_json::{Map, Value, json};

use crate::{
    calls::{call_with, said, total_when},
    db::Db,
    server::{Person, Server, encoded},
};

const OWN: &str = env!("CARGO_PKG_VERSION");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../promptory-store/released")
}

fn kind(db: &Db) -> &'static str {
    if db.is_postgres() { "postgres" } else { "sqlite" }
}

/// What people do with prompts, so that no table is empty.
async fn a_life(db: &Db) {
    let app = Server::start(db).await;
    let admin = app.admin();
    admin.publish("shared/tone", "Be kind.").await.good();
    admin.activate("shared/tone", "1", "production").await.good();
    let chat = json!([{"role": "system", "content": "{% include 'shared/tone' %}"},
        {"placeholder": "history"}, {"role": "user", "content": "{{ question }}"}]);
    admin.with("idempotency-key", "first").publish("chat", chat).await.good();
    admin.activate("chat", "1", "production").await.good();
    admin.publish("support/reply", "Hi {{ name }}, ça va? \u{1f44b}").await.good();
    for (version, text) in [("1", "Hello {{ name }}"), ("2", "Dear {{ name }}"), ("1", "Hey {{ name }}")] {
        app.clock.advance_seconds(60);
        admin.activate("support/reply", version, "production").await.good();
        admin.reword("support/reply", text).await.good();
    }
    admin.activate("support/reply", "3", "staging").await.good();
    admin.put("/prompts/support%2Freply/labels/stable", json!({"version": "2"})).await.good();
    let sample = json!({"variables": {"name": "Ada"}, "description": "short"});
    admin.put("/prompts/support%2Freply/samples/ada", sample).await.good();
    admin.publish("old-name", "one").await.good();
    admin.patch("/prompts/old-name", json!({"name": "new-name"})).await.good();
    admin.publish("gone", "one").await.good();
    admin.poke("/prompts/gone/archive").await.good();
    admin.put("/environments/staging", json!({"policy": {"rollback": "fix_forward"}})).await.good();
    second_project(&admin).await;
    let reader = app.with_scopes(&["read"]).await;
    reader.active("support/reply").await.good();
    reader.publish("not-mine", "x").await.is(403);
    let revoked = admin.post("/keys", json!({"name": "revoked", "scopes": ["read"]})).await.good();
    admin.delete(&format!("/keys/{}", revoked.field("/id"))).await.good();
    let price =
        json!({"provider": "mine", "model": "m", "input_per_million_usd": 1, "output_per_million_usd": 2});
    admin.post("/prices", price).await.good();
    app.member("eva@example.com", &["editor"]).await;
    admin.put("/recording", json!({"retention_days": 9})).await.good();
    admin.record(call_with("e1", json!({"prompt": "support/reply", "tags": ["beta"]}))).await.is(202);
    admin.score(json!({"execution_id": "e1", "name": "helpful", "value": true})).await.is(202);
    total_when(&app, |total| said(total, "helpful") == 1).await;
    app.clock.advance_seconds(10 * 86_400);
    admin.record(call_with("e2", json!({"prompt": "chat"}))).await.is(202);
    admin.score(json!({"execution_id": "e2", "name": "helpful", "value": true})).await.is(202);
    jobs::retention(&app.app, app.clock.now()).await.expect("done");
    jobs::flush_uses(&app.app, app.clock.now()).await.expect("written");
    jobs::report(&app.app, app.clock.now()).await.expect("written");
    // Under way, and moved on by this server.
    admin.reword("shared/tone", "Be kinder.").await.good();
    let mut rollout =
        json!({"prompt": "shared/tone", "version": "2", "environment": "production", "strategy": "gradual"});
    admin.post("/deployments", rollout.clone()).await.good();
    // Taken back once, and released again.
    admin.roll_back("shared/tone").await.is(201);
    rollout["acknowledge_rollback"] = true.into();
    admin.post("/deployments", rollout).await.good();
    app.clock.advance_seconds(3601);
    jobs::rollouts(&app.app, app.clock.now()).await.expect("moved on");
    released_and_told(&admin).await;
    // Asked for, decided, and done without.
    let (_, lead) = app.member("lead@example.com", &["approver"]).await;
    let stages = json!([{"name": "review", "roles": ["approver"], "approvals": 2}]);
    let policy = json!({"policy": {"rollback": "fix_forward", "stages": stages}});
    admin.put("/environments/staging", policy).await.good();
    let waiting = admin.activate("shared/tone", "1", "staging").await.good();
    lead.post(&format!("/approvals/{}/approve", waiting.field("/approval/id")), json!({})).await.good();
    let urgent = json!({"version": "latest", "environment": "staging", "emergency": {"reason": "down"}});
    admin.post("/prompts/support%2Freply/activate", urgent).await.good();
    db.stop_servers().await;
    let mut raw = db.raw().await;
    let mut empty = raw.empty_tables().await;
    // Made ahead, and of the day before that nobody recorded on.
    empty.retain(|table| !table.ends_with(|last: char| last.is_ascii_digit()));
    assert_eq!(empty, Vec::<String>::new(), "the test shows nothing about them");
}

async fn second_project(admin: &Person) {
    admin.post("/projects", json!({"name": "second"})).await.good();
    admin.with("x-project", "second").publish("p", "of another project").await.good();
}

/// As a release of one prompt; to this machine's own address, which is not called.
async fn released_and_told(admin: &Person) {
    admin.post("/prompts/new-name/versions/1/comments", json!({"comment": "Reads well."})).await.good();
    admin.releases(&[("support/reply", "4")]).await.is(201);
    let webhook = admin.post("/webhooks", json!({"url": "https://localhost/hook"})).await.good();
    admin.poke(&format!("/webhooks/{}/test", webhook.field("/webhook/id"))).await.good();
}

/// Everything that this server answers of what is stored.
async fn answers(admin: &Person) -> Map<String, Value> {
    let mut found = Map::new();
    let mut keep = async |path: String| {
        let answer = admin.get(&path).await;
        if answer.status != 404 {
            found.insert(path, answer.good().json());
        }
    };
    for path in [
        "/environments",
        "/deployments",
        "/keys",
        "/projects",
        "/audit?limit=200",
        "/audit/verify",
        "/history",
    ] {
        keep(path.to_owned()).await;
    }
    for name in ["shared/tone", "chat", "support/reply", "new-name", "old-name", "gone"] {
        let prompt = format!("/prompts/{}", encoded(name));
        for rest in ["", "/versions", "/labels", "/samples", "/uses", "/versions/1", "/versions/latest"] {
            keep(format!("{prompt}{rest}")).await;
        }
        for environment in ["staging", "production"] {
            keep(format!("{prompt}/active?environment={environment}")).await;
            keep(format!("{prompt}/active?environment={environment}&at=2026-11-20T10:02:00Z")).await;
        }
    }
    found
}

/// Each field that was there, with its value; there may be more.
fn assert_holds(now: &Value, then: &Value, place: &str) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            for (field, value) in then {
                let now = now.get(field).unwrap_or_else(|| panic!("{place}: no {field} any more"));
                assert_holds(now, value, &format!("{place}/{field}"));
            }
        }
        (Value::Array(now), Value::Array(then)) => {
            assert_eq!(now.len(), then.len(), "{place}");
            for (n, (now, then)) in now.iter().zip(then).enumerate() {
                assert_holds(now, then, &format!("{place}/{n}"));
            }
        }
        _ => assert_eq!(now, then, "{place}"),
    }
}

/// A database of this release, and what it answers from it.
async fn keep(db: &Db, release: &str) {
    a_life(db).await;
    let text = db.dump().await;
    let admin = Server::start(db).await.admin();
    let answers = serde_json::to_string_pretty(&answers(&admin).await).expect("JSON");
    let folder = folder().join(release);
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join(format!("{}.sql", kind(db))), text).expect("written");
    std::fs::write(folder.join(format!("{}.json", kind(db))), answers + "\n").expect("written");
}

both!(this_release_has_left_a_database, async |db| {
    let file = folder().join(OWN).join(format!("{}.sql", kind(db)));
    assert!(
        file.exists() || std::env::var_os("UPDATE_GOLDEN").is_some(),
        "{OWN} is a new release: a database of it is kept, so that later ones are tried with it. Run \
         `UPDATE_GOLDEN=1 cargo test --workspace --test all released` and commit crates/promptory-store/released/{OWN}."
    );
    if !file.exists() {
        keep(db, OWN).await;
    }
});

/// A database of its own for each release: the one of the test only says of which kind.
async fn upgraded(release: &Path, of: &Db) {
    let db = if of.is_postgres() { Db::empty_postgres().await } else { Db::empty_sqlite() };
    let file = |ending: &str| release.join(format!("{}.{ending}", kind(&db)));
    let text = std::fs::read_to_string(file("sql")).expect("a dump");
    db.raw().await.load(&text).await;
    let then: Value = serde_json::from_slice(&std::fs::read(file("json")).expect("answers")).expect("JSON");
    let app = Server::start(&db).await;
    let admin = app.admin();
    let now = Value::Object(answers(&admin).await);
    assert_holds(&now, &then, &release.display().to_string());
    assert_eq!(now["/audit/verify"]["valid"], true);
    // And it is lived in as in a new one.
    admin.reword("support/reply", "after the upgrade").await.is(201);
    admin.activate("support/reply", "latest", "production").await.is(201);
    assert_eq!(admin.active("support/reply").await.good().field("/content"), "after the upgrade");
    assert_eq!(admin.get("/audit/verify").await.field("/valid"), "true");
    db.finish().await;
}

both!(a_database_of_every_release_is_served_as_it_was, async |db| {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder of releases") {
        let release = entry.expect("an entry").path();
        if release.join(format!("{}.sql", kind(db))).exists() {
            upgraded(&release, db).await;
            seen += 1;
        }
    }
    assert!(seen >= 2, "the first release, and the schema before it");
});

both!(the_way_back_keeps_what_is_served, async |db| {
    a_life(db).await;
    let all = migrate::status(&db.config()).await.expect("read").len();
    let known = |answers: Map<String, Value>| {
        // Not the first schema's: who includes, labels, samples, uses, former names, policies, what was taken back.
        let kept = [
            "/keys",
            "/projects",
            "/audit",
            "/deployments",
            "/prompts/support%2Freply/versions",
            "/prompts/support%2Freply/active?environment=production",
            "/prompts/new%2Dname",
        ];
        let mut kept: Map<String, Value> = answers
            .into_iter()
            .filter(|(path, _)| kept.iter().any(|start| path.starts_with(start)) && !path.ends_with("/uses"))
            .collect();
        for answer in kept.values_mut() {
            // Why something was allowed is not known to schemas without approval, nor what went together to others.
            let unknown = ["labels", "former_names", "renamed_from", "basis", "approval", "release_id"];
            forget(answer, &unknown);
        }
        // Nor what never went live.
        let deployments = kept.get_mut("/deployments").and_then(|list| list["items"].as_array_mut());
        deployments.expect("a list").retain(|deployment| deployment["state"] == "completed");
        kept
    };
    let before = known(answers(&Server::start(db).await.admin()).await);
    assert!(before.len() > 6, "{:?}", before.keys().collect::<Vec<_>>());
    for steps in 1..all {
        db.stop_servers().await;
        migrate::down(&db.config(), u32::try_from(steps).expect("few")).await.expect("down");
        let admin = Server::start(db).await.admin();
        let after = known(answers(&admin).await);
        assert_holds(&Value::Object(after), &Value::Object(before.clone()), &format!("{steps} down and up"));
        admin.resolve("support/reply", json!({"variables": {"name": "Ada"}})).await.good();
    }
    db.stop_servers().await;
    // The first schema knows no includes: what has some says so until it is made anew.
    let admin = Server::start(db).await.admin();
    let ask = json!({"variables": {"question": "why?", "history": []}});
    admin.resolve("chat", ask.clone()).await.is(422);
    let content = admin.version("chat", "1").await.good().json()["content"].clone();
    let again = json!({"content": content, "allow_duplicate": true, "activate": "production"});
    admin.revise("chat", again).await.is(201);
    admin.resolve("chat", ask).await.good();
});

fn forget(value: &mut Value, fields: &[&str]) {
    match value {
        Value::Object(object) => {
            for field in fields {
                object.remove(*field);
            }
            object.values_mut().for_each(|value| forget(value, fields));
        }
        Value::Array(array) => array.iter_mut().for_each(|value| forget(value, fields)),
        _ => {}
    }
}
