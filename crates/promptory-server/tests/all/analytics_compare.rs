//! Two versions beside each other. MORNING is 2026-11-20T10:00.

use serde_json::{Value, json};

use crate::{
    facts::Call,
    server::{Person, Server, story},
};

/// Calls of a version at full hours of the day before, each with a latency in milliseconds.
async fn calls(app: &Server, version: &str, calls: &[(u32, i64)]) -> Vec<Call> {
    let line = app.line("p", version, "production").await;
    let each = (0..).zip(calls).map(|(n, (hour, ms))| {
        let call = Call::new("p", &line, &format!("2026-11-19T{hour:02}:{n:02}:00Z"));
        Call { id: format!("{version}-{n}"), latency: ms * 1_000, ..call }
    });
    each.collect()
}

async fn two_versions(author: &Person) {
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
}

fn change<'a>(found: &'a Value, metric: &str) -> &'a Value {
    let changes = found["changes"].as_array().expect("changes");
    changes.iter().find(|change| change["metric"] == metric).unwrap_or_else(|| panic!("no {metric}: {found}"))
}

both!(over_the_hours_in_which_both_served, async |db| {
    let (app, _, author, _) = story(db).await;
    two_versions(&author).await;
    // At 8 only the first, from 10 to 12 both, and the first was slow when it was alone.
    let mut all = calls(&app, "1", &[(8, 9_000), (10, 100), (10, 200), (11, 300), (12, 400)]).await;
    all.extend(calls(&app, "2", &[(10, 200), (11, 300), (12, 400), (12, 500)]).await);
    // What was a test is not compared.
    all.push(Call { id: "t".to_owned(), purpose: 1, latency: 1, ..all[1].clone() });
    app.record(&all).await;
    let found = author.get("/analytics/compare?prompt=p&from=1&to=latest").await.good().json();
    assert_eq!(
        (&found["from"], &found["to"], &found["environment"], &found["basis"], &found["shared_hours"]),
        (&json!("1.0.0"), &json!("1.0.1"), &json!("production"), &json!("concurrent"), &json!(3))
    );
    assert_eq!((&found["from_figures"]["count"], &found["to_figures"]["count"]), (&json!(4), &json!(4)));
    let latency = change(&found, "latency_mean_ms");
    assert_eq!(
        (&latency["from"], &latency["to"], &latency["change"]),
        (&json!(250.0), &json!(350.0), &json!(100.0))
    );
    // Sample variances of both are 50,000 / 3, so √(2 × 50,000 / 12) × 1.96 on both sides.
    let (low, high) = (latency["low"].as_f64().expect("low"), latency["high"].as_f64().expect("high"));
    let half = (50_000.0_f64 / 6.0).sqrt() * 1.959_964;
    assert!((low - (100.0 - half)).abs() < 0.01 && (high - (100.0 + half)).abs() < 0.01, "{latency}");
    // No failure on either side says nothing about how sure that is.
    let errors = change(&found, "error_rate");
    assert_eq!(
        (&errors["change"], &errors["low"], &errors["better"]),
        (&json!(0.0), &Value::Null, &json!("lower"))
    );
    assert!(found["remarks"].to_string().contains("Fewer than 30"), "{found}");
    assert!(found.get("verdict").is_none());
});

both!(one_after_the_other_is_only_observed, async |db| {
    let (app, _, author, _) = story(db).await;
    two_versions(&author).await;
    // In the tenth hour the second takes over.
    let mut all = calls(&app, "1", &[(8, 100), (9, 100), (10, 100)]).await;
    all.extend(calls(&app, "2", &[(10, 200), (11, 200)]).await);
    app.record(&all).await;
    let found = author.get("/analytics/compare?prompt=p&from=1&to=2").await.good().json();
    assert_eq!((&found["basis"], &found["shared_hours"]), (&json!("observational"), &json!(0)));
    assert_eq!((&found["from_figures"]["count"], &found["to_figures"]["count"]), (&json!(3), &json!(2)));
    let narrow =
        "/analytics/compare?prompt=p&from=1&to=2&since=2026-11-19T11:00:00Z&until=2026-11-19T12:00:00Z";
    let narrow = author.get(narrow).await.good().json();
    assert_eq!((&narrow["from_figures"]["count"], &narrow["to_figures"]["count"]), (&json!(0), &json!(1)));
    assert_eq!(change(&narrow, "latency_mean_ms")["change"], Value::Null);
    let elsewhere = "/analytics/compare?prompt=p&from=1&to=2&environment=staging";
    assert_eq!(author.get(elsewhere).await.good().json()["to_figures"]["count"], 0);
    author.get("/analytics/compare?prompt=p&from=1&to=2&environment=moon").await.refused("not_found");
});

both!(comparing_versions_shows_how_they_did, async |db| {
    let (app, _, author, _) = story(db).await;
    two_versions(&author).await;
    let before = author.get("/prompts/p/compare?from=1&to=2").await.good().json();
    assert_eq!(before["performance"], Value::Null);
    let mut all = calls(&app, "1", &[(8, 100)]).await;
    app.record(&all).await;
    let one = author.get("/prompts/p/compare?from=1&to=2").await.good().json();
    assert_eq!(one["performance"], Value::Null, "the second did nothing yet");
    all = calls(&app, "2", &[(8, 300)]).await;
    app.record(&all).await;
    let both = author.get("/prompts/p/compare?from=1&to=2").await.good().json();
    assert_eq!(
        (&both["performance"]["basis"], &both["performance"]["shared_hours"]),
        (&json!("concurrent"), &json!(1))
    );
    assert_eq!(change(&both["performance"], "latency_mean_ms")["change"], 200.0);
    let draft = author
        .post("/prompts/p/compare", json!({"from": "1", "draft": {"content": "x"}}))
        .await
        .good()
        .json();
    assert_eq!(draft["performance"], Value::Null);
});
