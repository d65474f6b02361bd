//! Looking at executions: pages and filters, the newest, and files.

use serde_json::{Value, json};

use crate::{
    calls::{call, call_with, calls, live, outcome},
    server::{Person, Server},
};

const DAY: i64 = 86_400;

both!(pages_follow_each_other_over_days_and_late_rows, async |db| {
    let (app, admin) = live(db).await;
    let mut expected: Vec<(String, String)> = Vec::new();
    for day in 0..4 {
        let batch: Vec<Value> = (0..25)
            .map(|n| {
                let day_of = if n % 5 == 0 { 20 } else { 20 + day };
                let started = format!("2026-11-{day_of}T09:{:02}:00.000000Z", n % 7);
                expected.push((started.clone(), format!("{day}-{n}")));
                call_with(&format!("{day}-{n}"), json!({"started_at": started}))
            })
            .collect();
        assert_eq!(outcome(admin.record(batch).await), (25, 0, 0));
        app.clock.advance_seconds(DAY);
    }
    let whole = admin.listed("").await;
    assert_eq!(whole.len(), 100);
    let time = |id: &String| expected.iter().find(|(_, known)| known == id).expect("known").0.clone();
    assert!(whole.windows(2).all(|pair| time(&pair[0]) >= time(&pair[1])), "latest first");
    for size in [1, 7, 25, 99, 100, 200] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/executions?limit={size}{cursor}")).await.good();
            seen.extend(page.items("id"));
            match page.json()["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, whole, "by {size}");
    }
    let day = admin.listed("&from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z").await;
    assert_eq!(day.len(), 20);
    for query in [
        "cursor=x",
        "cursor=1",
        "limit=0",
        "limit=201",
        "from=x",
        "from=2026-11-21T00:00:00Z&to=2026-11-21T00:00:00Z",
        "status=odd",
        "purpose=odd",
        "odd=1",
        "min_latency_ms=x",
    ] {
        admin.get(&format!("/executions?{query}")).await.is(422);
    }
    admin.get("/executions?prompt=nobody").await.is(404);
});

/// What differs from `plain`, and by which filter it is found.
async fn one_of_each(admin: &Person) -> Vec<(&'static str, &'static str)> {
    let fields = [
        ("plain", json!({}), ""),
        ("version", json!({"version": "1.0.1"}), "version=1.0.1"),
        ("environment", json!({"environment": "staging"}), "environment=staging"),
        ("provider", json!({"provider": "Mine", "model": "m"}), "provider=mine"),
        ("country", json!({"country": "fr"}), "country=fr,de"),
        ("error", json!({"status": "error", "error_type": "x"}), "status=error,timeout"),
        ("blocked", json!({"status": "blocked"}), "status=blocked"),
        ("test", json!({"purpose": "test"}), "purpose=test"),
        ("key", json!({"key": "ada"}), "key=ada"),
        ("session", json!({"session": "s 1"}), "session=s%201"),
        ("trace", json!({"trace_id": "t"}), "trace_id=t"),
        ("tag", json!({"tags": ["beta"]}), "tag=beta"),
        ("plan", json!({"tags": {"plan": "pro: \"x\""}}), "tag=plan%3Apro%3A%20%22x%22"),
        ("slow", json!({"latency_ms": 9_000}), "min_latency_ms=9000"),
        ("given", json!({"cost_usd": 0.5}), "from=2026-11-20T10:00:01Z"),
    ];
    for (id, fields, _) in &fields {
        if *id == "given" {
            admin.server.clock.advance_seconds(2);
        }
        assert_eq!(outcome(admin.record(call_with(id, fields.clone())).await), (1, 0, 0), "{id}");
    }
    fields.into_iter().skip(1).map(|(id, _, query)| (id, query)).collect()
}

both!(each_filter_finds_its_own, async |db| {
    let (_, admin) = live(db).await;
    admin.reword("p", "Dear {{ name }}").await.good();
    let start = admin.get("/executions/tail").await.good().field("/next");
    let each = one_of_each(&admin).await;
    for (id, query) in &each {
        let purpose = if query.starts_with("purpose") { "" } else { "&purpose=all" };
        let list = admin.get(&format!("/executions?{query}{purpose}")).await.good().items("id");
        assert_eq!(list, [*id], "{query}");
        let tail = admin.get(&format!("/executions/tail?after={start}&{query}{purpose}")).await.good();
        assert_eq!(tail.items("id"), [*id], "{query}");
        let file = admin.get(&format!("/executions/export?{query}{purpose}")).await.good();
        let line: Value = serde_json::from_str(file.text().trim()).expect("one line");
        assert_eq!(line["id"], *id, "{query}");
    }
    assert_eq!(
        admin.get("/executions").await.good().items("id").len(),
        each.len(),
        "live ones, unless asked"
    );
    assert_eq!(admin.listed("").await.len(), each.len() + 1);
    assert!(!admin.listed("&unpriced=true").await.contains(&"given".to_owned()));
    assert_eq!(admin.listed("&prompt=p&status=success,error&key=ada").await, ["key"]);
});

both!(the_newest_are_told_once_in_the_order_of_receipt, async |db| {
    let (app, admin) = live(db).await;
    let tail = async |after: &str| {
        let answer = admin.get(&format!("/executions/tail?after={after}")).await.good();
        (answer.items("id"), answer.field("/next"), answer.field("/skipped"))
    };
    assert_eq!(outcome(admin.record(calls(["before"])).await), (1, 0, 0));
    let begin = admin.get("/executions/tail").await.good();
    assert!(begin.items("id").is_empty(), "without `after` it says where the end is");
    let next = begin.field("/next");
    assert_eq!(tail(&next).await, (vec![], next.clone(), "false".to_owned()));
    let late = call_with("b", json!({"started_at": "2026-11-01T00:00:00Z"}));
    for batch in [json!(calls(["c", "a"])), late, json!(calls(["d"]))] {
        app.clock.advance_seconds(1);
        admin.record(batch).await.is(202);
    }
    let (mut ids, after, skipped) = tail(&next).await;
    ids[..2].sort();
    assert_eq!((ids, skipped.as_str()), (vec!["a".into(), "c".into(), "b".into(), "d".into()], "false"));
    assert!(tail(&after).await.0.is_empty());
    // A restart goes on; over midnight nothing is missed.
    db.stop_servers().await;
    let app = Server::start(db).await;
    app.clock.advance_seconds(DAY);
    let admin = app.admin();
    assert_eq!(outcome(admin.record(calls(["e"])).await), (1, 0, 0));
    let answer = admin.get(&format!("/executions/tail?after={after}")).await.good();
    assert_eq!(answer.items("id"), ["e"]);
    let many: Vec<Value> = calls(0..200);
    assert_eq!(outcome(admin.record(many).await).0, 200);
    let next = answer.field("/next");
    let full = admin.get(&format!("/executions/tail?after={next}")).await.good();
    assert_eq!((full.items("id").len(), full.field("/skipped").as_str()), (200, "false"), "all that came");
    assert_eq!(outcome(admin.record(call("more")).await), (1, 0, 0));
    let full = admin.get(&format!("/executions/tail?after={next}")).await.good();
    assert_eq!(
        (full.items("id").len(), full.field("/skipped").as_str()),
        (200, "true"),
        "the newest of more"
    );
    assert!(full.items("id").contains(&"more".to_owned()));
    for wrong in ["x", "1", "1-x", "1-2.x", "99999999999999999-1"] {
        admin.get(&format!("/executions/tail?after={wrong}")).await.is(400);
    }
});

both!(a_file_has_every_row_once, async |db| {
    let (_, admin) = live(db).await;
    let many: Vec<Value> =
        (0..2_345).map(|n| call_with(&n.to_string(), json!({"input": n, "key": "=1+1"}))).collect();
    assert_eq!(outcome(admin.record(many).await).0, 2_345);
    let file = admin.get("/executions/export").await.good();
    assert_eq!(file.header("content-type"), Some("application/x-ndjson"));
    assert!(file.header("content-disposition").is_some_and(|text| text.contains(".ndjson")), "{file}");
    let mut ids: Vec<u64> = file
        .text()
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("JSON");
            assert!(row.get("input").is_none());
            row["id"].as_str().expect("an id").parse().expect("a number")
        })
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..2_345).collect::<Vec<_>>());
    let with_bodies = admin.get("/executions/export?bodies=true&from=2026-11-20T00:00:00Z").await.good();
    let row: Value = serde_json::from_str(with_bodies.text().lines().next().expect("a line")).expect("JSON");
    assert_eq!(row["input"].to_string(), row["id"].as_str().expect("an id"));
    let csv = admin.get("/executions/export?format=csv").await.good();
    assert!(csv.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")));
    let mut lines = csv.text().lines();
    let head: Vec<&str> = lines.next().expect("a head").split(',').collect();
    assert!(head.contains(&"cost_usd") && head.contains(&"id"));
    assert_eq!(lines.clone().count(), 2_345);
    assert!(lines.all(|line| line.contains("'=1+1")), "no formula for a spreadsheet");
    let empty = admin.get("/executions/export?format=csv&key=nobody").await.good();
    assert_eq!(empty.text().lines().count(), 1);
    admin.get("/executions/export?format=xml").await.is(422);
    assert_eq!(outcome(admin.record(call("x")).await), (1, 0, 0));
});
