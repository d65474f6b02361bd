//! What a project keeps of executions: bodies, redaction, erasure, and for how long.

use promptory_server::{clock::Clock, jobs};
use serde_json::{Value, json};

use crate::{
    calls::{call, call_with, calls, live, outcome, said, total, total_when},
    server::{Person, Server},
};

const DAY: i64 = 86_400;

fn with_bodies(id: &str) -> Value {
    call_with(
        id,
        json!({"variables": {"mail": "ada@example.com"}, "input": [{"role": "user", "content": "I am ada@example.com"}],
        "output": "4111111111111111", "status": "error", "error_message": "no route to ada@example.com", "key": "ada"}),
    )
}

async fn keep(admin: &Person, policy: Value) {
    admin.put("/recording", policy).await.good();
}

both!(bodies_are_kept_as_the_project_says, async |db| {
    let (_, admin) = live(db).await;
    let before = admin.get("/recording").await.good().json();
    assert_eq!((&before["bodies"], &before["retention_days"]), (&json!("store"), &json!(30)));
    assert_eq!(outcome(admin.record(with_bodies("stored")).await), (1, 0, 0));
    keep(&admin, json!({"bodies": "drop"})).await;
    assert_eq!(outcome(admin.record(with_bodies("dropped")).await), (1, 0, 0));
    keep(&admin, json!({"bodies": "truncate", "max_body_bytes": 1024})).await;
    let long = call_with("cut", json!({"input": "ä".repeat(2_000), "output": "short"}));
    assert_eq!(outcome(admin.record(long).await), (1, 0, 0));
    let redact = json!([
        {"name": "mail", "pattern": "[a-z.]+@[a-z.]+"},
        {"name": "card", "pattern": "\\d{16}", "replacement": "$1-card"},
    ]);
    keep(&admin, json!({"redact": redact})).await;
    assert_eq!(outcome(admin.record(with_bodies("redacted")).await), (1, 0, 0));
    for (id, word) in
        [("stored", "stored"), ("dropped", "dropped"), ("cut", "truncated"), ("redacted", "redacted")]
    {
        assert_eq!(admin.execution(id).await["bodies"], word);
    }
    let dropped = admin.execution("dropped").await;
    assert_eq!([&dropped["variables"], &dropped["input"], &dropped["output"]], [&Value::Null; 3]);
    let cut = admin.execution("cut").await;
    assert!(cut["input"].as_str().expect("a text").len() <= 1024 + 3 && cut["output"] == "short");
    let redacted = admin.execution("redacted").await;
    assert_eq!(redacted["variables"], json!({"mail": "[mail]"}));
    assert_eq!(redacted["input"][0]["content"], "I am [mail]");
    assert_eq!(
        (&redacted["output"], &redacted["error_message"]),
        (&json!("$1-card"), &json!("no route to [mail]"))
    );
    admin.counted(4).await;
    let audit = admin.get("/audit?action=recording.update").await.good();
    assert_eq!(audit.items("n").len(), 3);
});

both!(nothing_gets_by_the_rules, async |db| {
    let (_, admin) = live(db).await;
    keep(&admin, json!({"redact": [{"name": "mail", "pattern": "[a-z.]+@[a-z.]+"}]})).await;
    let deep = format!("{}\"ada@example.com\"{}", "[".repeat(300), "]".repeat(300));
    for (id, body) in [
        ("key", r#"{"ada@example.com": {"x": ["ada@example.com"]}}"#.to_owned()),
        ("escaped", r#""ada\u0040example.com""#.to_owned()),
        ("half", r#""\ud800 ada@example.com""#.to_owned()),
        ("deep", deep),
        ("number", "[1, true, null, \"ada@example.com\"]".to_owned()),
    ] {
        let call = call(id).to_string();
        let sent = format!("{},\"input\":{body}}}", call.strip_suffix('}').expect("an object"));
        assert_eq!(outcome(admin.record_bytes("application/json", sent).await), (1, 0, 0), "{id}");
        let stored = admin.get(&format!("/executions/{id}")).await.good();
        assert!(stored.text().contains("[mail]") && !stored.text().contains("ada@"), "{stored}");
        assert!(!stored.text().contains("ada\\u0040"), "{stored}");
        assert_eq!(stored.field("/bodies"), "redacted");
    }
});

both!(what_cannot_be_kept_so_is_refused_all_at_once, async |db| {
    let (app, admin) = live(db).await;
    let rule = |name: &str, pattern: &str| json!({"name": name, "pattern": pattern});
    let wrong = json!({
        "bodies": "hide", "max_body_bytes": 1, "retention_days": 0, "tags": ["", "a"],
        "redact": [rule("", "a"), rule("b", "("), rule("c", "a*"), rule("d", "a{9999}{9999}")],
    });
    let refused = admin.put("/recording", wrong).await.is(422);
    let expected = [
        "invalid /bodies",
        "invalid /max_body_bytes",
        "invalid /retention_days",
        "invalid /redact/0/name",
        "invalid /redact/1/pattern",
        "invalid /redact/2/pattern",
        "invalid /redact/3/pattern",
        "invalid /tags",
    ];
    assert_eq!(refused.problems(), expected);
    for wrong in [
        json!({"redact": vec![rule("a", "b"); 21]}),
        json!({"tags": ["a", "b", "c", "d", "e", "f"]}),
        json!({"retention_days": 3_651}),
        json!({"max_body_bytes": 262_145}),
        json!({"keep": "all"}),
    ] {
        admin.put("/recording", wrong).await.is(422);
    }
    let revision = app.revision();
    let same = admin.get("/recording").await.good().json();
    keep(&admin, json!({"retention_days": 9})).await;
    keep(&admin, json!({"retention_days": 9})).await;
    assert_eq!(app.revision(), revision + 1, "the same once more is no change");
    keep(&admin, same).await;
    app.with_scopes(&["read", "write"]).await.put("/recording", json!({})).await.is(403);
});

both!(a_persons_traces_are_erased_and_the_figures_stay, async |db| {
    let (app, admin) = live(db).await;
    keep(&admin, json!({"tags": ["plan"]})).await;
    let of = |id: &str, key: &str| {
        let mut call = with_bodies(id);
        call["key"] = json!(key);
        call["session"] = json!(format!("chat of {key}"));
        call["metadata"] = json!({"name": key});
        call["tags"] = json!({"plan": "pro", "name": key});
        call
    };
    let yesterday: Vec<Value> = (0..3).map(|n| of(&format!("y{n}"), "ada")).collect();
    assert_eq!(outcome(admin.record(yesterday).await).0, 3);
    app.clock.advance_seconds(DAY);
    let today: Vec<Value> =
        (0..1_205).map(|n| of(&n.to_string(), if n < 5 { "eva" } else { "ada" })).collect();
    assert_eq!(outcome(admin.record(today).await).0, 1_205);
    let score = json!({"key": "ada", "prompt": "p", "name": "helpful", "value": 1, "comment": "says Ada"});
    assert_eq!(outcome(admin.score(score).await), (1, 0, 0));
    // Of an execution of the day before, of a session, and of somebody else.
    let others = [("execution_id", "y0"), ("session", "chat of ada"), ("execution_id", "0")];
    for (what, whose) in others {
        let score =
            json!({what: whose, "name": "helpful", "value": 1, "comment": "says Ada", "source": "Ada"});
        assert_eq!(outcome(admin.score(score).await), (1, 0, 0));
    }
    let before = total_when(&app, |total| total.count() == 1_208 && said(total, "helpful") == 4).await;
    let erased =
        admin.post("/executions/erase", json!({"key": "ada", "reason": "request 7"})).await.good().json();
    assert_eq!((&erased["executions"], &erased["scores"]), (&json!(1_203), &json!(3)));
    let again = admin.post("/executions/erase", json!({"key": "ada"})).await.good().json();
    assert_eq!(again["executions"], 0);
    for id in ["y0", "5", "1204"] {
        let answer = admin.get(&format!("/executions/{id}")).await.good();
        let named = ["ada@", "\"ada\"", "of ada", "Ada"].iter().any(|trace| answer.text().contains(trace));
        assert!(!named && answer.json()["erased"] == true, "{answer}");
        assert_eq!(
            (&answer.json()["bodies"], &answer.json()["latency_ms"]),
            (&json!("stored"), &json!(12.5))
        );
    }
    let other = admin.execution("0").await;
    assert_eq!((&other["key"], &other["scores"][0]["comment"]), (&json!("eva"), &json!("says Ada")));
    assert!(admin.listed("&key=ada").await.is_empty());
    assert_eq!(total(&app).await, before, "what was counted stays");
    admin.counted(1_208).await;
    let audit = admin.get("/audit?action=executions.erase&limit=1").await.good();
    assert!(!audit.text().contains("\"ada\""), "{audit}");
    for wrong in [json!({"key": ""}), json!({"key": "x".repeat(257)}), json!({})] {
        admin.post("/executions/erase", wrong).await.is(422);
    }
    app.with_scopes(&["read", "write", "record"])
        .await
        .post("/executions/erase", json!({"key": "x"}))
        .await
        .is(403);
});

async fn retained(app: &Server) {
    jobs::retention(&app.app, app.clock.now()).await.expect("done");
}

both!(each_project_keeps_its_days_and_the_figures_stay, async |db| {
    let (app, admin) = live(db).await;
    admin.post("/projects", json!({"name": "second"})).await.good();
    let second = admin.with("x-project", "second");
    second.publish("p", "of another project").await.good();
    keep(&admin, json!({"retention_days": 3})).await;
    keep(&second, json!({"retention_days": 6})).await;
    for day in 0..10_u64 {
        for person in [&admin, &second] {
            let late = call_with(&format!("late{day}"), json!({"started_at": "2026-11-19T10:00:00Z"}));
            assert_eq!(outcome(person.record(json!([call(&format!("d{day}")), late])).await), (2, 0, 0));
        }
        let score = json!({"execution_id": format!("d{day}"), "name": "helpful", "value": 1});
        assert_eq!(outcome(admin.score(score).await), (1, 0, 0));
        total_when(&app, |total| total.count() == 2 * (day + 1) && said(total, "helpful") == day + 1).await;
        retained(&app).await;
        let kept = |days: u64| 2 * (day + 1).min(days + 1);
        assert_eq!(admin.listed("").await.len() as u64, kept(3), "day {day}");
        assert_eq!(second.listed("").await.len() as u64, kept(6), "day {day}");
        for (person, days) in [(&admin, 3), (&second, 6)] {
            let verified = person.verified().await;
            let remarks = verified["remarks"].as_array().expect("a list").len();
            assert_eq!(remarks, usize::from(day > days), "{verified:?}");
        }
        app.clock.advance_seconds(DAY);
    }
    let gone = admin.get("/executions/d0").await.is(404);
    assert!(gone.text().contains("older than what this project keeps"), "{gone}");
    assert!(total(&app).await.count() == 20 && said(&total(&app).await, "helpful") == 10, "statistics stay");
    let days = app.app.store.days().await.expect("readable");
    assert!(days.len() <= 6 + 2 + 1, "what nobody keeps has no table: {days:?}");
    // Kept longer now: what is gone does not come back, and is not called whole.
    keep(&admin, json!({"retention_days": 30})).await;
    retained(&app).await;
    admin.verified().await;
    assert_eq!(outcome(admin.record(calls(["d0"])).await), (1, 0, 0), "its id is free again");
    total_when(&app, |total| total.count() == 21).await;
    // Minutes go after a week, quarters and hours after 400 days, days stay.
    app.clock.advance_seconds(500 * DAY);
    retained(&app).await;
    assert!(admin.listed("").await.is_empty());
    assert_eq!(total(&app).await.count(), 21);
    admin.verified().await;
});
