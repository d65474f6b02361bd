//! Many prompts at once, the snapshot for clients, and why a caller gets what it gets.

use std::io::Read;

use serde_json::{Value, json};

use crate::server::story;

both!(many_prompts_in_one_request, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("a", "A {{ n }}").await.good();
    author.publish("b", "B").await.good();
    operator.activate("a", "1", "production").await.good();
    operator.activate("b", "1", "staging").await.good();
    let requests = json!({"requests": [
        {"prompt": "a", "variables": {"n": 1}},
        {"prompt": "b"},
        {"prompt": "nobody"},
        {"prompt": "b", "environment": "staging", "key": "u"},
        {"prompt": "a", "variables": {}},
    ]});
    let answer = operator.post("/resolve", requests).await.good();
    let results = answer.json()["results"].clone();
    assert_eq!(results[0]["text"], "A 1");
    assert_eq!((&results[1]["prompt"], &results[1]["error"]["code"]), (&json!("b"), &json!("nothing_live")));
    assert_eq!(results[2]["error"]["code"], "not_found");
    assert_eq!(results[3]["environment"], "staging");
    assert_eq!(results[4]["error"]["code"], "invalid_variables");
    assert_eq!(results.as_array().map(Vec::len), Some(5));
    operator.post("/resolve", json!({"requests": []})).await.is(422).refused("invalid");
    let many = vec![json!({"prompt": "a"}); 101];
    operator.post("/resolve", json!({"requests": many})).await.is(422).refused("invalid");
    operator.post("/resolve", json!({"requests": [{"name": "a"}]})).await.is(422);
});

both!(the_snapshot_holds_what_is_served, async |db| {
    let (app, _, author, operator) = story(db).await;
    for name in ["b", "a", "archived", "elsewhere"] {
        author.publish(name, format!("one of {name}")).await.good();
    }
    author.reword("a", "two").await.good();
    for name in ["a", "b", "archived"] {
        operator.activate(name, "1", "production").await.good();
    }
    operator.activate("a", "2", "production").await.good();
    operator.activate("elsewhere", "1", "staging").await.good();
    operator.poke("/prompts/archived/archive").await.good();
    operator.put("/prompts/a/labels/stable", json!({"version": "1"})).await.good();
    author.patch("/prompts/b", json!({"name": "c"})).await.good();
    let snapshot = operator.get("/snapshot?environment=production").await.good();
    let json = snapshot.json();
    assert_eq!(json["revision"], snapshot.header("promptory-revision").expect("a header"));
    let prompts = json["prompts"].as_array().expect("prompts");
    let names: Vec<&str> = prompts.iter().filter_map(|one| one["active"]["prompt"].as_str()).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(prompts[0]["active"], author.active("a").await.json(), "as `active` answers");
    assert_eq!(prompts[0]["past"][0]["version"], "1.0.0");
    assert_eq!(prompts[0]["labels"], json!({"stable": "1.0.0"}));
    assert_eq!(json["renamed"], json!({"b": "c"}));

    let etag = snapshot.header("etag").expect("a tag").to_owned();
    let known = operator.with("if-none-match", &etag).get("/snapshot?environment=production").await;
    assert!(known.clone().is(304).body.is_empty());
    author.publish("new", "not served").await.good();
    operator.with("if-none-match", &etag).get("/snapshot?environment=production").await.is(304);
    operator.activate("a", "1", "production").await.good();
    operator.with("if-none-match", &etag).get("/snapshot?environment=production").await.good();

    let packed = operator.with("accept-encoding", "br, gzip;q=0.5").get("/snapshot").await.good();
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_string(&mut text).expect("gzip");
    let unpacked: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(unpacked, operator.get("/snapshot").await.good().json());
    assert_ne!(packed.header("etag"), Some(etag.as_str()));
    operator.get("/snapshot?environment=nowhere").await.is(404);
    let empty = app.admin().get("/snapshot?environment=development").await.good();
    assert_eq!(empty.json()["prompts"], json!([]));
});

both!(why_a_caller_gets_what_it_gets, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.revise("p", json!({"content": "two", "version": "2.0.0"})).await.good();
    operator.activate("p", "1", "production").await.good();
    operator.activate("p", "2", "production").await.good();
    let explain = async |query: &str| operator.get(&format!("/prompts/p/explain?{query}")).await.good();
    let taken = |answer: &crate::answer::Answer| {
        let json = answer.json();
        let steps = json["steps"].as_array().cloned().unwrap_or_default();
        let last = steps.last().cloned().unwrap_or_default();
        format!("{} {}", last["rule"], last["outcome"]).replace('"', "")
    };
    let live = explain("").await;
    assert_eq!((taken(&live), live.field("/answer/version")), ("live taken".into(), "2.0.0".into()));
    let pinned = explain("version=1").await;
    assert_eq!((taken(&pinned), pinned.field("/answer/reason")), ("pinned taken".into(), "pinned".into()));
    let range = explain("version=%5E1").await;
    assert_eq!((taken(&range), range.field("/answer/version")), ("range taken".into(), "1.0.0".into()));
    let fits = explain("version=%5E2").await;
    assert_eq!((taken(&fits), fits.field("/answer/reason")), ("live taken".into(), "live".into()));
    let none = explain("version=%5E3").await;
    assert_eq!(taken(&none), "range refused");
    assert!(none.field("/refused").contains("live is 2.0.0"), "{none}");
    let nothing = explain("environment=staging").await;
    assert_eq!(taken(&nothing), "live refused");
    // It says what `resolve` answers.
    for (query, version) in [("", None), ("version=1", Some("1")), ("version=%5E1", Some("^1"))] {
        let explained = explain(query).await;
        let resolved =
            operator.resolve("p", version.map_or(json!({}), |v| json!({"version": v}))).await.good();
        assert_eq!(explained.json()["answer"]["build_hash"], resolved.json()["build_hash"], "{query}");
    }
    author.patch("/prompts/p", json!({"name": "q"})).await.good();
    assert_eq!(explain("").await.json()["steps"][0]["rule"], "name");
    operator.poke("/prompts/q/archive").await.good();
    let archived = explain("").await;
    assert_eq!(archived.json()["steps"][1]["outcome"], "refused");
    operator.get("/prompts/nobody/explain").await.is(404);
    operator.get("/prompts/p/explain?environment=nowhere").await.is(404);
});
