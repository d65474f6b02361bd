//! What is asked of statistics, and what they answer. MORNING is 2026-11-20T10:00.

use promptory_core::analytics::Status;
use promptory_server::clock::Clock;
use serde_json::{Value, json};

use crate::{
    facts::Call,
    server::{MORNING, Server, encoded, story},
};

both!(nothing_recorded_is_zero_and_null, async |db| {
    let (_, anon, author, _) = story(db).await;
    let found = author.get("/analytics/summary").await.good().json();
    let item = &found["items"][0];
    assert_eq!((&item["count"], &item["error_rate"]), (&json!(0), &Value::Null));
    assert_eq!(
        item["latency_ms"],
        json!({
            "count": 0, "total": 0, "min": null, "max": null, "mean": null, "std": null, "p25": null, "p50": null,
            "p75": null, "p90": null, "p95": null, "p99": null,
        })
    );
    assert_eq!(found["complete_until"], MORNING);
    assert_eq!((&found["from"], &found["to"]), (&json!("2026-11-19T10:00:00.000Z"), &json!(MORNING)));
    assert_eq!(author.get("/analytics/summary?group_by=prompt").await.good().json()["items"], json!([]));
    let series = author.get("/analytics/series?metric=count,cost_usd,latency_p50").await.good().json();
    assert_eq!((&series["interval"], &series["zone"]), (&json!("hour"), &json!("UTC")));
    let points = series["items"][0]["points"].as_array().expect("points");
    assert_eq!(points.len(), 24);
    assert_eq!(
        points[0],
        json!({"at": "2026-11-19T10:00:00.000Z", "count": 0, "cost_usd": 0, "latency_p50": null})
    );
    let errors = author.get("/analytics/errors").await.good().json();
    assert_eq!(
        (&errors["items"], &errors["errors"], &errors["patterns"]),
        (&json!([]), &json!(0), &json!(0))
    );
    assert_eq!(author.get("/analytics/geography").await.good().json()["items"], json!([]));
    anon.get("/analytics/summary").await.refused("unauthenticated");
});

both!(lines_are_ranked_and_what_is_beyond_the_limit_is_added_up, async |db| {
    let (app, _, author, _) = story(db).await;
    for name in ["a", "b", "c"] {
        author.publish(name, "one").await.good();
    }
    let mut calls = Vec::new();
    for (name, count) in [("a", 1), ("b", 3), ("c", 2)] {
        let line = app.line(name, "1", "production").await;
        calls.extend((0..count).map(|n| Call::new(name, &line, &format!("2026-11-20T09:0{n}:00Z"))));
    }
    app.record(&calls).await;
    let found = author.get("/analytics/summary?group_by=prompt").await.good();
    assert_eq!(found.items("prompt"), ["b", "c", "a"]);
    assert_eq!(found.items("share")[0], "0.5");
    assert_eq!(
        found.json()["items"][0]["cost_usd"]["total"].to_string(),
        "0.000675",
        "picodollars, no floats"
    );
    let cut = author.get("/analytics/summary?group_by=prompt&limit=1").await.good().json();
    let (first, others) = (&cut["items"][0], &cut["items"][1]);
    assert_eq!((&first["prompt"], &first["count"], first.get("others")), (&json!("b"), &json!(3), None));
    assert_eq!((others.get("prompt"), &others["count"], &others["others"]), (None, &json!(3), &json!(true)));
    let series = author.get("/analytics/series?group_by=prompt&limit=1&metric=count").await.good().json();
    let counts: Vec<u64> = series["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| {
            item["points"]
                .as_array()
                .expect("points")
                .iter()
                .filter_map(|point| point["count"].as_u64())
                .sum()
        })
        .collect();
    assert_eq!((counts, &series["items"][1]["others"]), (vec![3, 3], &json!(true)));
});

both!(prompts_are_called_as_they_are_called_now, async |db| {
    let (app, _, author, _) = story(db).await;
    for name in ["old", "gone"] {
        author.publish(name, "one").await.good();
    }
    let calls: Vec<Call> = vec![
        Call::new("old", &app.line("old", "1", "production").await, "2026-11-20T09:00:00Z"),
        Call::new("gone", &app.line("gone", "1", "production").await, "2026-11-20T09:00:00Z"),
    ];
    let gone = calls[1].line.prompt_id.to_string();
    app.record(&calls).await;
    author.patch("/prompts/old", json!({"name": "new"})).await.good();
    author.delete("/prompts/gone").await.good();
    let found = author.get("/analytics/summary?group_by=prompt,version").await.good();
    let mut names = found.items("prompt");
    names.sort();
    let mut expected = vec![gone.clone(), "new".to_owned()];
    expected.sort();
    assert_eq!(names, expected);
    for name in ["new", "old", &gone] {
        let one = author.get(&format!("/analytics/summary?prompt={name}")).await.good().json();
        assert_eq!(one["items"][0]["count"], 1, "{name}");
    }
});

both!(a_question_that_makes_no_sense_is_refused_with_what_would, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    app.record(&[Call::new("p", &app.line("p", "1", "production").await, "2026-11-20T09:00:00Z")]).await;
    for (path, says) in [
        ("summary?from=2026-11-20T10:00:00Z", "from must be before to, which is now."),
        ("summary?from=2026-11-20T09:00:00Z&to=2026-11-19T09:00:00Z", "from must be before to."),
        ("summary?from=yesterday", "RFC 3339"),
        ("summary?zone=Berlin", "Europe/Berlin"),
        ("summary?group_by=model,colour", "tag:<name>"),
        ("summary?group_by=tag:a,tag:b", "one tag at a time"),
        ("summary?environment=moon", "there are development, production, staging"),
        ("summary?category=none", "there is none."),
        ("summary?status=fine", "there are blocked, error, success, timeout"),
        ("summary?country=Germany", "ISO 3166-1"),
        ("summary?purpose=fun", "live, test, eval or all"),
        ("summary?prompt=p&version=9.9.9", "there are 1.0.0"),
        ("summary?version=9.9.9", "there are 1.0.0"),
        ("summary?tag=:x", "name:value"),
        ("summary?limit=201", "1 to 200"),
        ("summary?metric=count", "only a series"),
        ("summary?colour=red", "unknown field"),
        ("series?metric=latency_p42", "latency_p95"),
        ("series?interval=week", "minute, hour or day"),
        ("series?interval=minute&from=2026-11-15T00:00:00Z", "at most 5000 points"),
        (
            "series?interval=minute&from=2026-11-12T00:00:00Z&to=2026-11-12T01:00:00Z",
            "kept for 7 days. Begin at 2026-11-13T10:00:00.000Z",
        ),
        ("series?interval=hour&from=2025-01-12T00:00:00Z&to=2025-01-13T00:00:00Z", "use interval=day"),
        ("errors?group_by=model", "type and message"),
        ("errors?status=success", "no failure"),
        ("geography?group_by=model", "grouped by country"),
        (
            "compare?prompt=p&from=1&to=1&since=2026-11-20T10:00:00Z",
            "since must be before until, which is now.",
        ),
    ] {
        let answer = author.get(&format!("/analytics/{path}")).await.is(422).refused("invalid");
        assert!(answer.field("/detail").contains(says), "{says}: {answer}");
    }
    for path in [
        "summary?prompt=nobody",
        "summary?prompt=p,nobody",
        "compare?prompt=nobody&from=1&to=2",
        "compare?prompt=p&from=1&to=2",
    ] {
        author.get(&format!("/analytics/{path}")).await.is(404).refused("not_found");
    }
    // What may come yet is no mistake.
    for path in ["summary?model=next&variant=b", "summary?prompt=p&version=latest", "summary?error_type=none"]
    {
        author.get(&format!("/analytics/{path}")).await.good();
    }
});

both!(a_bound_key_sees_its_environment, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let calls: Vec<Call> = vec![
        Call::new("p", &app.line("p", "1", "production").await, "2026-11-20T09:00:00Z"),
        Call::new("p", &app.line("p", "1", "staging").await, "2026-11-20T09:00:00Z"),
        Call::new("p", &app.line("p", "1", "staging").await, "2026-11-20T09:00:01Z"),
    ];
    app.record(&calls).await;
    let body = json!({"name": "bound", "scopes": ["read"], "environment": "staging"});
    let bound = app.person(&app.admin().post("/keys", body).await.good().field("/key"));
    for path in
        ["/analytics/summary", "/analytics/summary?environment=staging", "/analytics/summary?prompt=p"]
    {
        assert_eq!(bound.get(path).await.good().json()["items"][0]["count"], 2, "{path}");
    }
    assert_eq!(author.get("/analytics/summary").await.good().json()["items"][0]["count"], 3);
    bound.get("/analytics/summary?environment=production").await.refused("wrong_environment");
    bound
        .get("/analytics/compare?prompt=p&from=1&to=1&environment=production")
        .await
        .refused("wrong_environment");
});

both!(errors_are_told_apart_by_type_and_message, async |db| {
    let (app, _, author, _) = story(db).await;
    for name in ["p", "q"] {
        author.publish(name, "one").await.good();
    }
    let (p, q) = (app.line("p", "1", "production").await, app.line("q", "1", "production").await);
    let shape = "Rate limit reached, retry in ‹n› s";
    let calls: Vec<Call> = vec![
        Call::new("p", &p, "2026-11-20T08:15:00Z").failed(Status::Error, "rate_limit", shape),
        Call::new("p", &p, "2026-11-20T09:45:00Z").failed(Status::Error, "rate_limit", shape),
        Call::new("q", &q, "2026-11-20T09:30:00Z").failed(Status::Error, "rate_limit", shape),
        Call::new("q", &q, "2026-11-20T09:31:00Z").failed(Status::Timeout, "", ""),
        Call::new("q", &q, "2026-11-20T09:32:00Z"),
    ];
    app.record(&calls).await;
    let found = author.get("/analytics/errors").await.good().json();
    assert_eq!((&found["errors"], &found["patterns"]), (&json!(4), &json!(2)));
    assert_eq!(
        found["items"][0],
        json!({
            "error_type": "rate_limit", "message": shape, "count": 3, "share": 0.75,
            "first_seen": "2026-11-20T08:15:00.000Z", "last_seen": "2026-11-20T09:45:00.000Z",
            "prompts": [{"prompt": "p", "version": "1.0.0", "count": 2}, {"prompt": "q", "version": "1.0.0", "count": 1}],
            "prompt_count": 2, "example": calls[1].id,
        })
    );
    assert_eq!((&found["items"][1]["error_type"], &found["items"][1]["message"]), (&Value::Null, &json!("")));
    let timeouts = author.get("/analytics/errors?status=timeout").await.good().json();
    assert_eq!((&timeouts["errors"], &timeouts["items"][0]["share"]), (&json!(1), &json!(1.0)));
    let of_p = author.get("/analytics/errors?prompt=p&limit=1").await.good().json();
    assert_eq!((&of_p["errors"], &of_p["items"][0]["prompt_count"]), (&json!(2), &json!(1)));
    // By model no cell knows messages: single executions do.
    let by_model = author.get("/analytics/errors?model=m1").await.good().json();
    assert_eq!((&by_model["source"], &by_model["items"][0]["count"]), (&json!("raw"), &json!(3)));
    // Others may be in the same widened hour.
    let early = "/analytics/errors?from=2026-11-20T08:20:00Z&to=2026-11-20T08:40:00Z";
    let early = author.get(early).await.good().json();
    assert_eq!(early["remarks"].as_array().map(Vec::len), Some(2), "{early}");
    assert_eq!((&early["from"], &early["errors"]), (&json!("2026-11-20T08:00:00.000Z"), &json!(1)));
});

both!(countries_have_shares, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let line = app.line("p", "1", "production").await;
    let mut calls: Vec<Call> =
        (0..4).map(|n| Call::new("p", &line, &format!("2026-11-20T09:00:0{n}Z"))).collect();
    calls[3].country = "US".to_owned();
    app.record(&calls).await;
    let found = author.get("/analytics/geography").await.good();
    assert_eq!(
        (found.items("country"), found.items("share")),
        (vec!["DE".to_owned(), "US".to_owned()], vec!["0.75".to_owned(), "0.25".to_owned()])
    );
    let one = author.get("/analytics/geography?country=us").await.good();
    assert_eq!(one.items("count"), ["1"]);
});

both!(what_others_have_not_folded_is_said, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let line = app.line("p", "1", "production").await;
    let recorder = app.record(&[Call::new("p", &line, "2026-11-20T09:00:00Z")]).await;
    app.clock.advance_seconds(90);
    // Another server's, which last folded at the beginning.
    let found = author.get("/analytics/summary").await.good().json();
    assert_eq!(found["complete_until"], MORNING);
    app.app.store.release_recorder(recorder).await.expect("released");
    let found = author.get("/analytics/summary").await.good().json();
    assert_eq!(found["complete_until"], "2026-11-20T10:01:30.000Z");
});

both!(what_was_acknowledged_is_counted_at_once, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let recorder = app.with_scopes(&["record"]).await;
    let count = async |query: &str| {
        author.get(&format!("/analytics/summary?{query}")).await.good().json()["items"][0]["count"].clone()
    };
    for n in 1..=20 {
        let body = json!({
            "prompt": "p", "version": "1.0.0", "latency_ms": 12.5, "status": "success", "model": "gpt-4o",
            "provider": "openai", "country": "DE", "scores": {"thumbs": 0.5},
        });
        recorder.post("/executions", body).await.good();
        for query in ["", "prompt=p", "model=gpt-4o", "country=DE&prompt=p", "from=2026-11-01T00:00:00Z"] {
            assert_eq!(count(query).await, n, "{query}");
        }
    }
    let found = author.get("/analytics/summary?group_by=prompt").await.good().json();
    assert_eq!(
        (&found["items"][0]["latency_ms"]["total"], &found["items"][0]["scores"]["thumbs"]["mean"]),
        (&json!(250), &json!(0.5))
    );
    assert_eq!(found["complete_until"], MORNING, "this server knows what it has not folded");
    // The next server finds the same in the database alone.
    db.stop_servers().await;
    let next = Server::start(db).await;
    let found = next.admin().get("/analytics/summary?prompt=p").await.good().json();
    assert_eq!(found["items"][0]["count"], 20);
});

both!(single_executions_answer_what_no_cell_can, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    let line = app.line("p", "1", "production").await;
    let mut calls: Vec<Call> =
        (0..3).map(|n| Call::new("p", &line, &format!("2026-11-20T09:0{n}:30Z"))).collect();
    calls[0].tags.insert("beta".to_owned(), "true".to_owned());
    calls[1].tags.insert("beta".to_owned(), "false".to_owned());
    calls[2].model = "m2".to_owned();
    app.record(&calls).await;
    for (query, counts) in [
        ("group_by=model,country", vec!["2", "1"]),
        ("group_by=tag:beta", vec!["1", "1"]),
        ("tag=beta", vec!["2"]),
        ("tag=beta:true&model=m1", vec!["1"]),
        ("tag=beta:true,beta:false", vec!["2"]),
    ] {
        let found = author.get(&format!("/analytics/summary?{query}")).await.good();
        assert_eq!(
            (found.items("count"), found.field("/source").as_str()),
            (counts.iter().map(ToString::to_string).collect(), "raw"),
            "{found}"
        );
        // Exact times, no widening; and what is kept.
        assert_eq!(
            found
                .json()
                .get("remarks")
                .and_then(|remarks| remarks[0].as_str())
                .map(|remark| remark.contains("kept of what was received since 2026-11-20")),
            Some(true),
            "{found}"
        );
    }
    // Wide cells have no minutes.
    let minutes = "/analytics/series?group_by=model&interval=minute&metric=count&from=2026-11-20T09:00:00Z";
    let minutes = author.get(minutes).await.good().json();
    assert_eq!((&minutes["source"], &minutes["items"][0]["points"][1]["count"]), (&json!("raw"), &json!(1)));
    // Chosen, it is counted ahead from then on.
    app.choose_plan().await;
    let chosen = author.get("/analytics/summary?group_by=tag:plan").await.good().json();
    assert_eq!((&chosen["source"], &chosen["items"]), (&json!("rollups"), &json!([])));
});

both!(lists_of_versions_carry_figures, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("a/p", "one").await.good();
    author.reword("a/p", "two").await.good();
    let line = app.line("a/p", "1", "production").await;
    let staging = app.line("a/p", "1", "staging").await;
    let calls: Vec<Call> = vec![
        Call::new("a/p", &line, "2026-11-20T09:00:00Z"),
        Call::new("a/p", &staging, "2026-11-20T09:00:00Z").failed(Status::Error, "x", "y"),
        Call::new("a/p", &line, "2026-11-18T09:00:00Z"),
    ];
    app.record(&calls).await;
    let path = format!("/prompts/{}/versions", encoded("a/p"));
    let plain = author.get(&path).await.good().json();
    assert_eq!(plain["items"][0].get("figures"), None);
    let found = author.get(&format!("{path}?figures_since=2026-11-20T00:00:00Z")).await.good().json();
    assert_eq!(found["items"][0]["figures"]["count"], 0, "number 2 did nothing yet");
    assert_eq!(
        found["items"][1]["figures"],
        json!({
            "count": 2, "error_rate": 0.5, "latency_mean_ms": 250.0, "latency_p95_ms": 250.0, "tokens_mean": 1500.0,
            "cost_mean_usd": 0.000225,
        })
    );
    author.get(&format!("{path}?figures_since=soon")).await.refused("invalid");
    author.get(&format!("{path}?figures_since=2026-11-21T00:00:00Z")).await.refused("invalid");
});

both!(more_single_executions_than_can_be_looked_at_are_refused, async |db| {
    let (app, _, author, _) = story(db).await;
    author.publish("a", "one").await.good();
    let line = app.line("a", "1", "production").await;
    app.record(&[Call::new("a", &line, "2026-11-20T09:00:00Z")]).await;
    let day = app.clock.now().micros() / (86_400 * 1_000_000);
    let told_apart = "/analytics/summary?group_by=country,model";
    db.raw().await.multiply_execution(day, 1..=199_999).await;
    let most = author.get(told_apart).await.good().json();
    assert_eq!((&most["source"], &most["items"][0]["count"]), (&json!("raw"), &json!(200_000)));
    db.raw().await.multiply_execution(day, 200_000..=200_000).await;
    let refused = author.get(told_apart).await.is(422);
    assert!(refused.field("/detail").contains("more than 200000 single executions"), "{refused}");
    assert!(refused.field("/detail").contains("Shorten the time"), "{refused}");
    author.get("/analytics/summary?group_by=country").await.good();
});
