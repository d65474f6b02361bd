//! Scores: of an execution, a session, a user or a version, before and after what they are about.

use serde_json::{Value, json};

use crate::{
    calls::{call, call_with, calls, live, outcome, said, total_when},
    server::Server,
};

fn helpful(target: &Value, value: impl Into<Value>) -> Value {
    let mut score = target.clone();
    score["name"] = json!("helpful");
    score["value"] = value.into();
    score
}

both!(a_score_is_counted_with_what_it_is_about, async |db| {
    let (app, admin) = live(db).await;
    let of = |id: &str| call_with(id, json!({"session": "chat", "key": "ada"}));
    assert_eq!(outcome(admin.record(of("a")).await), (1, 0, 0));
    app.clock.advance_seconds(60);
    assert_eq!(outcome(admin.record(of("b")).await), (1, 0, 0));
    app.clock.advance_seconds(60);
    let targets = [
        json!({"execution_id": "a"}),
        json!({"session": "chat"}),
        json!({"key": "ada", "prompt": "p"}),
        json!({"prompt": "p", "version": "1.0.0"}),
    ];
    for (n, target) in targets.iter().enumerate() {
        let single = admin.score(helpful(target, n % 2 == 0)).await;
        assert_eq!(outcome(single), (1, 0, 0), "{target}");
    }
    let many: Vec<Value> = targets.iter().map(|target| helpful(target, 0.5)).collect();
    assert_eq!(outcome(admin.score(many).await), (4, 0, 0));
    let total = total_when(&app, |total| said(total, "helpful") == 8).await;
    assert_eq!(total.count(), 2, "a score is no execution");
    assert_eq!(total.scores["helpful"].values.sum, 4_000_000_000, "two yes, two no, four halves");
    let shown = admin.execution("a").await["scores"].clone();
    let values: Vec<&Value> = shown.as_array().expect("scores").iter().map(|score| &score["value"]).collect();
    assert_eq!(values, [&json!(true), &json!(0.5)]);
    admin.counted(2).await;
});

both!(names_and_categories_of_scores_are_bounded, async |db| {
    let (_app, admin) = live(db).await;
    let named = |name: String, value: Value| json!({"session": "chat", "name": name, "value": value});
    let names: Vec<Value> = (0..210).map(|n| named(format!("name{n}"), json!(1))).collect();
    let answer = admin.score(names).await;
    assert_eq!(outcome(answer), (200, 0, 10));
    let known: Vec<Value> = (0..210).map(|n| named("name1".to_owned(), json!(format!("c{n}")))).collect();
    assert_eq!(outcome(admin.score(known).await), (200, 0, 10));
    assert_eq!(
        outcome(admin.score(named("name1".to_owned(), json!("c1"))).await),
        (1, 0, 0),
        "a known one still counts"
    );
    admin.counted(0).await;
});

both!(a_score_may_come_before_its_execution, async |db| {
    let (app, admin) = live(db).await;
    let early =
        json!({"id": "s1", "execution_id": "later", "name": "helpful", "value": "very", "comment": "thanks"});
    assert_eq!(outcome(admin.score(early.clone()).await), (1, 0, 0));
    assert_eq!(outcome(admin.score(json!([early, early])).await), (0, 2, 0), "each once");
    assert_eq!(outcome(admin.record(calls(["other"])).await), (1, 0, 0));
    admin.counted(1).await;
    assert_eq!(outcome(admin.record(calls(["later"])).await), (1, 0, 0));
    let total = total_when(&app, |total| said(total, "helpful") == 1).await;
    assert_eq!(total.scores["helpful"].categories["very"], 1);
    let shown = admin.execution("later").await["scores"][0].clone();
    assert_eq!((&shown["id"], &shown["comment"]), (&json!("s1"), &json!("thanks")));
    admin.counted(2).await;
});

both!(a_score_that_waits_waits_over_restarts_and_is_never_written_over, async |db| {
    let (app, admin) = live(db).await;
    let wait = |id: &str| json!({"id": id, "execution_id": id, "name": "helpful", "value": 1});
    assert_eq!(outcome(admin.score(wait("a")).await), (1, 0, 0));
    for id in ["b", "c"] {
        db.stop_servers().await;
        let admin = Server::start(db).await.admin();
        // Numbers of rows go on behind those of scores that wait.
        assert_eq!(outcome(admin.score(wait(id)).await), (1, 0, 0), "{id}");
    }
    drop(app);
    db.stop_servers().await;
    let app = Server::start(db).await;
    let admin = app.admin();
    assert_eq!(outcome(admin.record(calls(["a", "b", "c"])).await), (3, 0, 0));
    total_when(&app, |total| said(total, "helpful") == 3).await;
    admin.counted(3).await;
});

both!(many_scores_that_wait_for_ever_hold_up_nobody, async |db| {
    let (app, admin) = live(db).await;
    let nobody: Vec<Value> = (0..1_100)
        .map(|n| json!({"execution_id": format!("none{n}"), "name": "helpful", "value": 1}))
        .collect();
    assert_eq!(outcome(admin.score(nobody.clone()).await), (1_100, 0, 0));
    // A day later there are two tables to look through.
    app.clock.advance_seconds(86_400);
    assert_eq!(outcome(admin.score(nobody).await), (1_100, 0, 0));
    let last = json!({"execution_id": "a", "name": "helpful", "value": 1});
    assert_eq!(outcome(admin.score(last).await), (1, 0, 0));
    assert_eq!(outcome(admin.record(call("a")).await), (1, 0, 0));
    total_when(&app, |total| said(total, "helpful") == 1).await;
    admin.counted(1).await;
});

both!(each_field_of_a_score_that_is_wrong_is_named, async |db| {
    let (_, admin) = live(db).await;
    let right = json!({"execution_id": "a", "name": "helpful", "value": 1});
    let wrong: Vec<(Value, &str)> = vec![
        (json!({"id": ""}), "The id must have 1 to 128"),
        (json!({"execution_id": "a b"}), "The execution_id must"),
        (json!({"name": "9"}), "The name of the score \"9\""),
        (json!({"value": 1e10}), "between -1e9 and 1e9"),
        (json!({"value": "x".repeat(65)}), "1 to 64 bytes"),
        (json!({"at": "now"}), "RFC 3339"),
        (json!({"comment": "x".repeat(5_000)}), "comment has more than 4096"),
        (json!({"source": "x".repeat(257)}), "source has more than 256"),
        (json!({"session": "s"}), "Say what the score is about"),
        (json!({"execution_id": null}), "Say what the score is about"),
        (json!({"execution_id": null, "key": "k"}), "Say what the score is about"),
        (json!({"execution_id": null, "key": "k", "prompt": "none"}), "There is no prompt \"none\""),
        (json!({"execution_id": null, "prompt": "p", "version": "7.0.0"}), "has no version \"7.0.0\""),
    ];
    let with = |fields: &Value| {
        let mut score = right.clone();
        for (name, value) in fields.as_object().expect("fields") {
            score[name] = value.clone();
        }
        score
    };
    let sent: Vec<Value> = wrong.iter().map(|(fields, _)| with(fields)).chain([right.clone()]).collect();
    let answer = admin.score(sent).await.is(202).json();
    assert_eq!(answer["accepted"], 1, "{answer}");
    for (n, (fields, words)) in wrong.iter().enumerate() {
        let detail = answer["rejected"][n]["detail"].as_str().unwrap_or_else(|| panic!("accepted: {fields}"));
        assert!(answer["rejected"][n]["index"] == n && detail.contains(words), "{fields}: {detail}");
        let refused = admin.score(with(fields)).await.is(422);
        assert!(refused.text().contains(&words.replace('"', "\\\"")), "{refused}");
    }
    for (body, status) in [
        (json!(1), 422),
        (json!([1]), 422),
        (json!({"name": "a"}), 422),
        (json!([]), 202),
        (json!({"odd": 1}), 422),
    ] {
        admin.score(body).await.is(status);
    }
    let many: Vec<Value> = vec![right; 10_001];
    admin.score(many).await.is(413);
});
