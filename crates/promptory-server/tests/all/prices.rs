//! What models cost: layers, dates, imports, and what a call costs by them.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    server::{Person, SOON, Server, story},
};

fn price(model: &str, input: Value, output: Value) -> Value {
    json!({"provider": "OpenAI", "model": model, "input_per_million_usd": input, "output_per_million_usd": output})
}

async fn cost(person: &Person, query: &str) -> (String, String) {
    let answer = person.get(&format!("/prices/cost?{query}")).await.good();
    (
        answer.field("/cost_usd"),
        if answer.json()["price"].is_null() { String::new() } else { answer.field("/price/layer") },
    )
}

/// A number as it stands in the body, digit by digit.
fn digits(answer: &Answer, field: &str) -> String {
    let (_, rest) = answer.text().split_once(&format!("\"{field}\":")).expect("the field");
    rest.chars().take_while(|c| !matches!(c, ',' | '}')).collect()
}

both!(a_call_costs_what_the_nearest_layer_says, async |db| {
    let (app, _, author, _) = story(db).await;
    let admin = app.admin();
    let call = "provider=openai&model=gpt-4o-mini-2024-07-18&input_tokens=1000&output_tokens=500";
    assert_eq!(cost(&author, call).await, ("0.00045".into(), "built_in".into()));
    assert_eq!(cost(&author, &format!("{call}&batch=true")).await, ("0.000225".into(), "built_in".into()));
    assert_eq!(cost(&author, "model=no-such-model&input_tokens=5").await, ("null".into(), String::new()));

    let body = price("openai/GPT-4o-mini", json!(0.5), json!(1));
    let shared = admin.post("/prices?layer=instance", body).await.is(201);
    assert_eq!((shared.field("/layer"), shared.field("/model")), ("instance".into(), "gpt-4o-mini".into()));
    assert_eq!(cost(&author, call).await, ("0.001".into(), "instance".into()));
    let mut body = price("gpt-4o-mini", json!(0.075), json!(0.30));
    body["valid_from"] = "2026-11-01T00:00:00Z".into();
    let own = admin.post("/prices", body).await.is(201);
    assert_eq!(cost(&author, call).await, ("0.000225".into(), "project".into()));
    assert_eq!(cost(&author, &format!("{call}&at=2026-10-31T23:59:59Z")).await.1, "instance");
    admin.post("/projects", json!({"name": "second"})).await.good();
    assert_eq!(
        cost(&admin.with("x-project", "second"), call).await.1,
        "instance",
        "each project has its own"
    );

    let listed = author.get("/prices?model=gpt-4o-mini").await.good();
    assert_eq!(listed.items("layer"), ["project"]);
    let all = author.get("/prices?model=gpt-4o-mini&all=true&provider=open_ai").await.good();
    assert_eq!(
        (all.items("layer"), all.items("in_force")),
        (
            vec!["built_in".to_owned(), "instance".into(), "project".into()],
            vec!["false".to_owned(), "false".into(), "true".into()]
        )
    );
    let id = own.field("/id");
    admin.delete(&format!("/prices/{}", shared.field("/id"))).await.is(404);
    admin.delete(&format!("/prices/{id}")).await.is(204);
    admin.delete(&format!("/prices/{id}")).await.is(404);
    admin.delete(&format!("/prices/{}?layer=instance", shared.field("/id"))).await.is(204);
    assert_eq!(cost(&author, call).await.1, "built_in");
    let actions = admin.get("/audit?limit=2").await.items("action");
    assert_eq!(actions, ["price.delete", "price.create"]);
    let actions = admin.with("x-project", "_instance").get("/audit?limit=3").await.items("action");
    assert_eq!(actions, ["price.delete", "project.create", "price.create"]);
});

both!(amounts_are_exact_both_ways, async |db| {
    let app = Server::start(db).await;
    let text = r#"{"provider": "mine", "model": "m", "input_per_million_usd": 0.1234560, "output_per_million_usd": 3e-1,
        "cached_input_per_million_usd": 1E-6, "cache_write_per_million_usd": 2, "reasoning_per_million_usd": 0.5,
        "per_request_usd": 0.000000000001, "batch_input_per_million_usd": 0.05, "source": "https://example.com",
        "tiers": [{"above_input_tokens": 200000, "input_per_million_usd": 9.007199, "output_per_million_usd": 0}]}"#;
    let admin = app.admin();
    let made = admin.send(http::Method::POST, "/prices", Some(text.into())).await.is(201);
    for (field, expected) in [
        ("input_per_million_usd", "0.123456"),
        ("output_per_million_usd", "0.3"),
        ("per_request_usd", "0.000000000001"),
        ("cached_input_per_million_usd", "0.000001"),
        ("batch_input_per_million_usd", "0.05"),
    ] {
        assert_eq!(digits(&made, field), expected, "{field}");
    }
    assert_eq!(made.field("/tiers/0/input_per_million_usd"), "9.007199");
    assert_eq!(made.field("/valid_from"), "null");
    let of = "provider=mine&model=m&input_tokens=10&cached_input_tokens=4&cache_write_tokens=1&output_tokens=3&reasoning_tokens=1";
    let answer = admin.get(&format!("/prices/cost?{of}")).await.good();
    // 1 + 5 × 123456 + 4 × 1 + 2000000 + 2 × 300000 + 500000 picodollars
    assert_eq!(digits(&answer, "cost_usd"), "0.000003717285");
    let long =
        admin.get("/prices/cost?provider=mine&model=m&input_tokens=200001&output_tokens=9").await.good();
    assert_eq!(digits(&long, "cost_usd"), "1.8014488072", "200001 × 9007199 + 1: the tier prices all of it");
    admin.get("/prices/cost?provider=mine&model=m&input_tokens=18446744073709551615").await.is(422);
});

both!(what_makes_no_sense_is_refused, async |db| {
    let (app, _, author, _) = story(db).await;
    let admin = app.admin();
    author.post("/prices", price("m", json!(1), json!(1))).await.is(403);
    let other = app.with_scopes(&["admin"]).await;
    other.post("/prices?layer=instance", price("m", json!(1), json!(1))).await.is(403).refused("forbidden");
    let mut body = price(" ", json!(-1), json!(0.0000001));
    body["per_request_usd"] = json!(1e30);
    body["valid_from"] = "soon".into();
    body["tiers"] = json!([
        {"above_input_tokens": 1, "input_per_million_usd": 1, "output_per_million_usd": 1},
        {"above_input_tokens": 1, "input_per_million_usd": 1, "output_per_million_usd": -2},
    ]);
    let refused = admin.post("/prices", body).await.is(422);
    for pointer in [
        "/model",
        "/input_per_million_usd",
        "/output_per_million_usd",
        "/per_request_usd",
        "/valid_from",
        "/tiers/1/above_input_tokens",
        "/tiers/1/output_per_million_usd",
    ] {
        assert!(refused.text().contains(&format!("\"{pointer}\"")), "{pointer}: {refused}");
    }
    admin.post("/prices", price("m", json!("1"), json!(1))).await.is(422);
    admin.post("/prices", price("m", json!(1), json!(1))).await.is(201);
    admin.post("/prices", price("openai/M", json!(2), json!(1))).await.is(409).refused("price_exists");
    for path in ["/prices?layer=theirs", "/prices?at=soon", "/prices/cost?model=m&at=soon", "/prices/cost"] {
        admin.get(path).await.is(422);
    }
    let bound = json!({"name": "b", "scopes": ["admin"], "environment": "staging"});
    let bound = app.person(&admin.post("/keys", bound).await.good().field("/key"));
    bound.post("/prices", price("n", json!(1), json!(1))).await.is(403).refused("wrong_environment");
});

both!(a_walk_through_prices_meets_each_once, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    let mut body = price("gpt-4o", json!(1), json!(1));
    body["valid_from"] = "2027-01-01T00:00:00Z".into();
    admin.post("/prices", body).await.good();
    let (mut cursor, mut met) = (String::new(), Vec::new());
    loop {
        let page = admin.get(&format!("/prices?all=true&limit=7{cursor}")).await.good();
        let name = |item: &Value| {
            format!("{}/{} {} {}", item["provider"], item["model"], item["valid_from"], item["layer"])
        };
        met.extend(page.json()["items"].as_array().expect("a list").iter().map(name));
        match page.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => {
                assert_eq!(page.field("/total"), met.len().to_string());
                break;
            }
        }
    }
    assert!(met.len() > 60 && met.iter().any(|name| name.contains("2027")), "{met:?}");
    let mut once = met.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), met.len());
    assert_eq!(admin.get("/prices?query=OPENAI/gpt-4o-m").await.items("model"), ["gpt-4o-mini"]);
    assert!(admin.get("/prices?layer=project").await.items("model").is_empty(), "not in force yet");
});

fn table(input: &str) -> Value {
    let text = format!(
        r#"{{
        "openai/gpt-9": {{"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": {input},
            "output_cost_per_token": 3e-07}},
        "gpt-9": {{"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": 9e-06}},
        "fine": {{"mode": "embedding", "litellm_provider": "openai", "input_cost_per_token": 1.2345678e-07}},
        "dall-e-9": {{"mode": "image_generation", "litellm_provider": "openai"}}
    }}"#
    );
    serde_json::from_str(&text).expect("JSON")
}

both!(a_table_is_taken_once_and_in_one_change, async |db| {
    let (app, _, author, _) = story(db).await;
    let admin = app.admin();
    let call = "model=openai/gpt-9&input_tokens=1000&output_tokens=500";
    let before = app.revision();
    let would =
        admin.with("idempotency-key", "k").post("/prices/import?dry_run=true", table("7.5e-08")).await.good();
    assert_eq!((would.field("/dry_run"), would.field("/created")), ("true".into(), "2".into()));
    assert_eq!((app.revision(), cost(&author, call).await.0), (before, "null".into()));
    let done = admin.with("idempotency-key", "k").post("/prices/import", table("7.5e-08")).await.good();
    assert_eq!(app.revision(), before + 1);
    let skipped: Vec<_> =
        done.json()["skipped"].as_array().unwrap().iter().map(|note| note["model"].clone()).collect();
    assert_eq!(skipped, ["dall-e-9", "gpt-9"]);
    assert_eq!(done.field("/rounded/0/model"), "fine");
    assert_eq!(cost(&author, call).await, ("0.000225".into(), "project".into()));
    let again = admin.post("/prices/import", table("7.5e-08")).await.good();
    assert_eq!((again.field("/created"), again.field("/unchanged")), ("0".into(), "2".into()));
    assert_eq!(app.revision(), before + 1, "nothing was changed");

    app.clock.advance_seconds(3600);
    let cut = admin.post("/prices/import", table("5e-08")).await.good();
    assert_eq!((cut.field("/created"), cut.field("/unchanged")), ("1".into(), "1".into()));
    assert_eq!(cost(&author, call).await.0, "0.0002");
    assert_eq!(
        cost(&author, &format!("{call}&at=2026-11-20T10:30:00Z")).await.0,
        "0.000225",
        "what was is known"
    );
    author.post("/prices/import", table("1")).await.is(403);
    admin.post("/prices/import", json!([])).await.is(422);
    assert_eq!(admin.get("/audit?action=price.import").await.items("n").len(), 2);
});

on_postgres!(a_price_made_on_one_server_is_used_on_the_other, async |db| {
    let (one, _, author, _) = story(db).await;
    let two = Server::start(db).await;
    let there = two.person(author.key.as_deref().expect("a key"));
    let call = "provider=openai&model=gpt-4o&input_tokens=1000000";
    assert_eq!(cost(&there, call).await.0, "2.5");
    let own = one.admin().post("/prices", price("gpt-4o", json!(1), json!(1))).await.is(201);
    let reached = tokio::time::timeout(SOON, two.project().reached(one.revision())).await;
    reached.expect("the other server heard of it");
    assert_eq!(cost(&there, call).await, ("1".into(), "project".into()));
    one.admin().delete(&format!("/prices/{}", own.field("/id"))).await.is(204);
    one.admin().post("/prices?layer=instance", price("gpt-4o", json!(2), json!(1))).await.is(201);
    two.app.feed.poll(promptory_server::clock::Clock::now(&*two.clock)).await.expect("readable");
    assert_eq!(cost(&there, call).await, ("2".into(), "instance".into()));
    let third = Server::start(db).await;
    let fresh = third.person(author.key.as_deref().expect("a key"));
    assert_eq!(cost(&fresh, call).await, ("2".into(), "instance".into()), "loading leads to the same");
});
