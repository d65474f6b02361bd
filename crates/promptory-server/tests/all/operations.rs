//! Doors for operators, and the reference.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::{
    contract::DOCUMENT,
    server::{Server, story},
};

both!(health_and_readiness, async |db| {
    let (_, anon, _, _) = story(db).await;
    assert_eq!(anon.get("/healthz").await.good().text(), "ok");
    let ready = anon.get("/readyz").await.is(200).json();
    let database = if db.is_postgres() { "postgresql" } else { "sqlite" };
    assert_eq!(
        (&ready["serve"], &ready["write"], &ready["feed"], &ready["database"]),
        (&json!("ok"), &json!("ok"), &json!("ok"), &json!(database))
    );
    assert!(ready.get("problems").is_none());
});

both!(a_feed_that_stands_still_is_told, async |db| {
    let (app, anon, author, _) = story(db).await;
    app.clock.advance_seconds(3600);
    // Whether the job has looked since the clock moved is not known; after a write it has.
    anon.get("/readyz").await.is(200);
    author.publish("p", "one").await.good();
    assert_eq!(anon.get("/readyz").await.field("/feed"), "ok");
});

fn promtool() -> String {
    std::env::var("PROMPTORY_TEST_PROMTOOL").unwrap_or_else(|_| {
        panic!(
            "PROMPTORY_TEST_PROMTOOL is not set: run `cargo xtask test`, which unpacks promtool, or install the package \
             `prometheus` and set it to the path of promtool"
        )
    })
}

/// Two new ones, of which one has a price; one known; one wrong; a score.
async fn recordings(app: &Server) {
    let recorder = app.with_scopes(&["record"]).await;
    let call = json!({"id": "a", "prompt": "p", "version": "1", "status": "success", "latency_ms": 5,
        "input_tokens": 10, "model": "gpt-4.1"});
    let mut unpriced = call.clone();
    (unpriced["id"], unpriced["model"]) = (json!("b"), json!("unheard-of"));
    let sent = json!([call, unpriced, call, {"status": "success"}]);
    let recorded = recorder.post("/executions", sent).await.is(202).json();
    assert_eq!((&recorded["accepted"], &recorded["duplicates"]), (&json!(2), &json!(1)));
    recorder.post("/scores", json!({"execution_id": "a", "name": "thumbs", "value": true})).await.is(202);
}

both!(metrics_pass_promtool, async |db| {
    let (app, anon, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    let etag = operator.active("p").await.header("etag").expect("a tag").to_owned();
    operator.with("if-none-match", &etag).active("p").await.is(304);
    operator.resolve("p", json!({})).await.good();
    operator.resolve("q", json!({})).await.is(404);
    anon.get("/nothing").await.is(404);
    recordings(&app).await;
    let page = anon.get("/metrics").await.good();
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = page.text();
    for line in [
        "promptory_data_path_requests_total{call=\"active\",outcome=\"ok\"} 1",
        "promptory_data_path_requests_total{call=\"active\",outcome=\"not_modified\"} 1",
        "promptory_data_path_requests_total{call=\"resolve\",outcome=\"ok\"} 1",
        "promptory_data_path_requests_total{call=\"resolve\",outcome=\"refused\"} 1",
        "promptory_http_requests_total{method=\"POST\",route=\"/api/v1/prompts\",status=\"201\"} 1",
        "promptory_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1",
        "promptory_prompts{project=\"default\"} 1",
        "promptory_ready{part=\"write\"} 1",
        "promptory_executions_total{outcome=\"accepted\"} 2",
        "promptory_executions_total{outcome=\"duplicate\"} 1",
        "promptory_executions_total{outcome=\"rejected\"} 1",
        "promptory_executions_unpriced_total 1",
        "promptory_recordings_refused_total 0",
        "promptory_recording_waiting 0",
        "promptory_scores_total 1",
    ] {
        assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
    }
    let age = text.lines().find_map(|line| line.strip_prefix("promptory_recording_fold_age_seconds "));
    assert!(age.and_then(|age| age.parse::<f64>().ok()).is_some_and(|age| age >= 0.0), "{text}");
    let mut checker = Command::new(promtool())
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs");
    checker.stdin.take().expect("piped").write_all(&page.body).expect("fed");
    let said = checker.wait_with_output().expect("promtool ends");
    let complaint = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && complaint.is_empty(), "promtool says: {complaint}");
});

#[tokio::test]
async fn the_reference_is_served_as_generated() {
    let db = crate::db::Db::sqlite();
    let (_, anon, _, _) = story(&db).await;
    assert_eq!(anon.get("/api/openapi.json").await.good().json(), *DOCUMENT);
    assert_eq!(DOCUMENT["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    for (page, words) in [
        (
            "/api/docs",
            vec![
                "versions_create",
                "/prompts/{name}/active",
                "Needs: <code>deploy</code>",
                "schema-NewVersion",
            ],
        ),
        ("/api/docs/errors", vec!["duplicate_content", "id=\"unauthenticated\""]),
    ] {
        let answer = anon.get(page).await.good();
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        for word in words {
            assert!(answer.text().contains(word), "{word} is not on {page}");
        }
        assert!(!answer.text().contains("<script"), "no script on {page}");
        assert!(
            !answer.text().contains("http://") && !answer.text().contains("https://"),
            "nothing from elsewhere"
        );
    }
    let style = anon.get("/api/docs/style.css").await.good();
    assert_eq!(style.header("content-type"), Some("text/css"));
    db.finish().await;
}
