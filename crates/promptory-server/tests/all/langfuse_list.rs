//! The list of prompts as Langfuse clients page through it.

use serde_json::{Value, json};

use crate::{
    langfuse::client,
    server::{Person, Server, story},
};

async fn list(person: &Person, query: &str) -> Value {
    person.get(&format!("/api/public/v2/prompts{query}")).await.good().json()
}

fn names(list: &Value) -> Vec<&str> {
    let data = list["data"].as_array().expect("a list");
    data.iter().map(|item| item["name"].as_str().expect("a name")).collect()
}

async fn reader(app: &Server) -> Person {
    client(app, json!({"name": "app", "scopes": ["read"]})).await
}

both!(prompts_with_their_versions_and_labels, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    let reader = reader(&app).await;
    assert_eq!(
        list(&reader, "").await["meta"],
        json!({"page": 1, "limit": 50, "totalItems": 0, "totalPages": 0})
    );
    admin.post("/prompts", json!({"name": "without", "kind": "text"})).await.good();
    admin.publish_with("b/two", json!({"content": "one", "settings": {"model": "m1"}})).await.good();
    admin.revise("b/two", json!({"content": "two", "settings": {"model": "m2"}})).await.good();
    admin.revise("b/two", json!({"content": "three", "settings": {"model": "m3"}})).await.good();
    admin.publish("a/one", json!([{"role": "user", "content": "hi"}])).await.good();
    admin.patch("/prompts/a%2Fone", json!({"tags": ["x"]})).await.good();
    admin.publish("gone", "x").await.good();
    admin.poke("/prompts/gone/archive").await.good();
    admin.activate("b/two", "2", "production").await.good();
    admin.put("/prompts/b%2Ftwo/labels/stable", json!({"version": "1"})).await.good();
    let all = list(&reader, "").await;
    assert_eq!(names(&all), ["a/one", "b/two"]);
    let two = &all["data"][1];
    assert_eq!((&two["type"], &two["versions"]), (&json!("text"), &json!([1, 2, 3])));
    assert_eq!(two["labels"], json!(["production", "stable", "latest"]));
    assert_eq!((&two["lastConfig"], &two["tags"]), (&json!({"model": "m3"}), &json!([])));
    assert!(two["lastUpdatedAt"].as_str().expect("a time").ends_with('Z'));
    assert_eq!(all["data"][0]["type"], "chat");

    let live = list(&reader, "?label=production").await;
    assert_eq!(names(&live), ["b/two"]);
    let live = &live["data"][0];
    assert_eq!((&live["versions"], &live["labels"]), (&json!([2]), &json!(["production"])));
    assert_eq!(live["lastConfig"], json!({"model": "m2"}));
    admin.mark("b/two", "3", "archive").await.good();
    assert_eq!(list(&reader, "?name=b/two").await["data"][0]["versions"], json!([1, 2]));
    for (query, found) in [
        ("?name=a%2Fone", vec!["a/one"]),
        ("?name=a", vec![]),
        ("?tag=x", vec!["a/one"]),
        ("?tag=y", vec![]),
        ("?label=latest", vec!["a/one", "b/two"]),
        ("?label=stable&tag=x", vec![]),
        ("?fromUpdatedAt=2026-11-20T00:00:00Z", vec!["a/one", "b/two"]),
        ("?fromUpdatedAt=2026-11-21T00:00:00Z", vec![]),
        ("?toUpdatedAt=2026-11-20T00:00:00.000Z", vec![]),
    ] {
        assert_eq!(names(&list(&reader, query).await), found, "{query}");
    }
    for query in ["?page=0", "?limit=0", "?page=-1", "?page=x", "?filter=%5B%5D", "?toUpdatedAt=yesterday"] {
        reader.get(&format!("/api/public/v2/prompts{query}")).await.is(400).refused("invalid");
    }
});

both!(all_pages_together_have_each_prompt_once, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    for number in 0..7 {
        admin.publish(&format!("p{number}"), "x").await.good();
    }
    let reader = reader(&app).await;
    for limit in [1, 2, 3, 7, 100] {
        let mut seen = Vec::new();
        for page in 1.. {
            let found = list(&reader, &format!("?limit={limit}&page={page}")).await;
            assert_eq!(found["meta"]["totalPages"], 7_usize.div_ceil(limit));
            if names(&found).is_empty() {
                assert_eq!(page, 7_usize.div_ceil(limit) + 1);
                break;
            }
            seen.extend(names(&found).into_iter().map(str::to_owned));
        }
        assert_eq!(seen, (0..7).map(|number| format!("p{number}")).collect::<Vec<_>>());
    }
    let far = list(&reader, "?page=9223372036854775807&limit=5000").await;
    assert_eq!((names(&far).len(), &far["meta"]["limit"]), (0, &json!(100)));
});
