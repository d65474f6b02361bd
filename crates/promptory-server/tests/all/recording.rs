//! Recording executions: every form of a body, what is too large, and each id once.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::calls::{call, call_with, calls, gzipped, live, outcome};

const NDJSON: &str = "application/x-ndjson";
const DAY: i64 = 86_400;

fn lines(calls: &[Value]) -> String {
    calls.iter().map(|call| format!("{call}\n")).collect()
}

both!(every_form_of_a_body_is_stored, async |db| {
    let (_, admin) = live(db).await;
    assert_eq!(outcome(admin.record(call("one")).await), (1, 0, 0));
    assert_eq!(outcome(admin.record(calls(["a", "b"])).await), (2, 0, 0));
    let text = format!("\n{}  \r\n\n", lines(&calls(["c", "d"])).replace('\n', "\r\n"));
    for (kind, id) in [(NDJSON, "c"), ("application/jsonl; charset=utf-8", "e"), ("Application/NDJSON", "f")]
    {
        let expected = if id == "c" { 2 } else { 1 };
        let text = text.replace("\"c\"", &format!("\"{id}\""));
        assert_eq!(outcome(admin.record_bytes(kind, text).await).0, expected, "{kind}");
    }
    let packed = admin.with("content-encoding", "gzip");
    let all = [
        ("application/json", call("g").to_string()),
        ("application/json", json!(calls(["h"])).to_string()),
        (NDJSON, lines(&calls(["i"]))),
    ];
    for (kind, text) in all {
        assert_eq!(outcome(packed.record_bytes(kind, gzipped(text.as_bytes())).await), (1, 0, 0), "{kind}");
    }
    // Two members behind each other are one body.
    let two = [gzipped(b"["), gzipped(format!("{}]", call("j")).as_bytes())].concat();
    assert_eq!(outcome(packed.record_bytes("application/json", two).await), (1, 0, 0));
    let mut ids = admin.listed("").await;
    ids.sort();
    assert_eq!(ids, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "one"]);
    for empty in [admin.record(json!([])).await, admin.record_bytes(NDJSON, " \n\n").await] {
        assert_eq!(outcome(empty), (0, 0, 0));
    }
    admin.counted(11).await;
});

both!(what_cannot_be_read_is_refused_whole, async |db| {
    let (_, admin) = live(db).await;
    for (kind, body, status, words) in [
        ("text/plain", b"{}".to_vec(), 415, "application/json"),
        ("", call("x").to_string().into_bytes(), 415, "application/json"),
        ("application/json", Vec::new(), 400, "not JSON"),
        ("application/json", b"{".to_vec(), 400, "not JSON"),
        ("application/json", b"[{},]".to_vec(), 400, "not JSON"),
        ("application/json", b"{}{}".to_vec(), 400, "not JSON"),
        ("application/json", b"{}\n{}".to_vec(), 400, "application/x-ndjson"),
        ("application/json", b"\"\xff\"".to_vec(), 400, "UTF-8"),
        ("application/json", b"1".to_vec(), 422, "no execution"),
        ("application/json", b"null".to_vec(), 422, "no execution"),
    ] {
        let refused = admin.record_bytes(kind, body).await.is(status);
        assert!(refused.text().contains(words), "{refused}");
    }
    let rejected = admin.record_bytes(NDJSON, "{\n[]\nnull\n").await.is(202).json()["rejected"].clone();
    assert_eq!(
        rejected.as_array().expect("a list").len(),
        3,
        "a line by itself is not the whole: {rejected}"
    );
    let packed = |how: &str| admin.with("content-encoding", how);
    packed("br").record_bytes("application/json", "[]").await.is(415);
    packed("gzip").record_bytes("application/json", "[]").await.is(400);
    let mut cut = gzipped(b"[]").to_vec();
    cut.truncate(cut.len() - 4);
    packed("gzip").record_bytes("application/json", cut).await.is(400);
    assert!(admin.listed("").await.is_empty());
});

both!(what_is_too_large_is_refused_before_it_is_stored, async |db| {
    let (_, admin) = live(db).await;
    let packed = admin.with("content-encoding", "gzip");
    let bomb = gzipped(&vec![b' '; 33 << 20]);
    assert!(bomb.len() < 1 << 20);
    packed.record_bytes("application/json", bomb).await.is(413).refused("too_large");
    let most: Vec<Value> = calls(0..10_000);
    let mut more = most.clone();
    more.push(call("one too many"));
    let refused = packed.record_bytes("application/json", gzipped(json!(more).to_string().as_bytes())).await;
    assert!(refused.is(413).refused("too_large").text().contains("10000 executions"));
    let refused = packed.record_bytes(NDJSON, gzipped(lines(&more).as_bytes())).await;
    refused.is(413).refused("too_large");
    assert!(admin.listed("").await.is_empty());
    let accepted = packed.record_bytes(NDJSON, gzipped(lines(&most).as_bytes())).await;
    assert_eq!(outcome(accepted), (10_000, 0, 0));
    // A body longer than is kept is cut and says so, and is JSON still.
    let long = call_with("long", json!({"output": "x".repeat(300_000), "input": {"a": "y".repeat(300_000)}}));
    assert_eq!(outcome(admin.record(long).await), (1, 0, 0));
    let stored = admin.execution("long").await;
    assert_eq!(stored["bodies"], "truncated");
    for field in ["output", "input"] {
        let text = stored[field].as_str().expect("a text");
        assert!(text.len() < 263_000 && text.ends_with('…'), "{field}: {}", text.len());
    }
});

both!(an_id_is_counted_once_whatever_happens, async |db| {
    let (app, admin) = live(db).await;
    assert_eq!(outcome(admin.record(calls(["a", "b", "a"])).await), (2, 1, 0), "within a request");
    assert_eq!(outcome(admin.record(calls(["b", "c"])).await), (1, 1, 0), "of another");
    let other = call_with("a", json!({"latency_ms": 99, "status": "error"}));
    assert_eq!(outcome(admin.record(other).await), (0, 1, 0), "with other contents");
    assert_eq!(admin.execution("a").await["latency_ms"], 12.5, "the first one counts");
    let mut nameless = call("");
    nameless.as_object_mut().expect("an object").remove("id");
    assert_eq!(
        outcome(admin.record(json!([nameless, nameless])).await),
        (2, 0, 0),
        "without an id each is one"
    );
    admin.post("/projects", json!({"name": "second"})).await.good();
    let second = admin.with("x-project", "second");
    second.publish("p", "of another project").await.good();
    assert_eq!(outcome(second.record(calls(["a"])).await), (1, 0, 0), "of another project");
    // Ten in the morning: over midnight it is known, and after a day it may be forgotten.
    app.clock.advance_seconds(DAY);
    assert_eq!(outcome(admin.record(calls(["a", "d"])).await), (1, 1, 0));
    db.stop_servers().await;
    let app = crate::server::Server::start(db).await;
    app.clock.advance_seconds(DAY);
    let admin = app.admin();
    assert_eq!(outcome(admin.record(calls(["a", "d", "e"])).await), (1, 2, 0), "after a restart");
    app.clock.advance_seconds(DAY);
    assert_eq!(outcome(admin.record(calls(["a"])).await), (1, 0, 0), "two days later");
    admin.counted(8).await;
});

both!(clients_that_send_the_same_at_once_are_counted_once, async |db| {
    let (app, admin) = live(db).await;
    let mut clients = JoinSet::new();
    for client in 0..8 {
        let admin = admin.clone();
        clients.spawn(async move {
            let (mut accepted, mut known) = (0, 0);
            for round in 0..5 {
                // Each begins elsewhere.
                let ids = (0..40).map(|n| format!("{round}/{}", (n + client * 5) % 40));
                let done = outcome(admin.record(calls(ids.collect::<Vec<_>>())).await);
                accepted += done.0;
                known += done.1;
            }
            (accepted, known)
        });
    }
    let (accepted, known) = clients.join_all().await.into_iter().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert_eq!((accepted, known), (200, 1_400));
    assert_eq!(admin.listed("").await.len(), 200);
    assert!(app.app.recording.queue.is_empty());
    admin.counted(200).await;
});

both!(one_by_itself_is_right_or_refused, async |db| {
    let (_, admin) = live(db).await;
    let refused = admin.record(call_with("x", json!({"latency_ms": -1}))).await.is(422).refused("invalid");
    assert!(refused.text().contains("latency_ms must be"), "{refused}");
    let listed = admin.record(json!([call_with("x", json!({"latency_ms": -1}))])).await.is(202).json();
    assert_eq!((&listed["accepted"], &listed["rejected"][0]["index"]), (&json!(0), &json!(0)));
    assert!(admin.listed("").await.is_empty());
});

both!(many_rejected_between_many_accepted_are_named_by_their_places, async |db| {
    let (_, admin) = live(db).await;
    let all: Vec<Value> = (0..300)
        .map(|n| match n % 3 {
            0 => call(&n.to_string()),
            1 => call_with(&n.to_string(), json!({"status": "odd"})),
            _ => call_with(&n.to_string(), json!({"prompt": "nobody's"})),
        })
        .collect();
    let answer = admin.record(all).await.is(202).json();
    assert_eq!(answer["accepted"], 100);
    let places: Vec<u64> = answer["rejected"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["index"].as_u64().expect("a place"))
        .collect();
    assert_eq!(places, (0..300).filter(|n| n % 3 != 0).collect::<Vec<_>>());
    admin.counted(100).await;
});
