//! Lists: filters, and the law of paging: walking all pages gives each item once, in the order of one large page.

use serde_json::{Value, json};

use crate::{
    answer::word,
    server::{Person, encoded, story},
};

/// Every item in order, page by page.
async fn walk(person: &Person, path: &str, limit: usize) -> Vec<Value> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("{path}{separator}limit={limit}{cursor}")).await.good().json();
        let found = page["items"].as_array().expect("a list").clone();
        assert!(found.len() <= limit, "{path}: {} items", found.len());
        items.extend(found);
        assert!(items.len() < 1_000, "{path} never ends");
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded(next)),
            None => return items,
        }
    }
}

async fn fill(author: &Person, operator: &Person, admin: &Person) {
    for name in ["b", "A", "c/1", "C/0", "ä", "z", "Z2"] {
        author.publish(name, "one").await.good();
    }
    for n in 2..=7 {
        author.reword("b", &format!("text {n}")).await.good();
        operator
            .activate("b", &n.to_string(), if n % 2 == 0 { "production" } else { "staging" })
            .await
            .good();
    }
    for name in ["canary", "qa"] {
        admin.post("/environments", json!({"name": name})).await.good();
        admin.post("/projects", json!({"name": name})).await.good();
    }
}

both!(pages_of_any_size_give_the_same_list, async |db| {
    let (app, _, author, operator) = story(db).await;
    let admin = app.admin();
    fill(&author, &operator, &admin).await;
    for (path, items) in [
        ("/prompts", 7),
        ("/prompts?status=all&query=c", 2),
        ("/prompts/b/versions", 7),
        ("/prompts/b/history", 13),
        ("/deployments", 6),
        ("/deployments?environment=staging", 3),
        ("/environments", 5),
        ("/keys", 2),
        ("/projects", 3),
        ("/audit?action=version.create", 6),
    ] {
        let whole = walk(&admin, path, 200).await;
        assert_eq!(whole.len(), items, "{path}");
        for limit in [1, 2, 3] {
            assert_eq!(walk(&admin, path, limit).await, whole, "{path} by {limit}");
        }
    }
});

both!(orders, async |db| {
    let (app, _, author, operator) = story(db).await;
    fill(&author, &operator, &app.admin()).await;
    assert_eq!(author.get("/prompts").await.items("name"), ["A", "b", "C/0", "c/1", "z", "Z2", "ä"]);
    let sequences = author.get("/prompts/b/versions").await.items("sequence");
    assert_eq!(sequences, ["7", "6", "5", "4", "3", "2", "1"]);
    let environments = author.get("/environments").await.items("name");
    assert_eq!(environments, ["development", "staging", "canary", "qa", "production"]);
    let newest = author.get("/deployments?limit=2").await.items("version");
    assert_eq!(newest, ["1.0.6", "1.0.5"]);
    assert_eq!(app.admin().get("/projects").await.items("name"), ["canary", "default", "qa"]);
});

both!(filters_of_prompts, async |db| {
    let (_, _, author, _) = story(db).await;
    for (name, description, category, owner, tags) in [
        ("support/reply", "Answers MAIL", "support", "ada", vec!["mail", "de"]),
        ("support/100%", "under_score", "support", "bob", vec!["mail"]),
        ("Zusammenfassung", "Kürzt Texte", "text", "ada", vec!["DE", "a,b\"c"]),
        ("plain", "", "", "", vec![]),
    ] {
        let body = json!({
            "name": name, "kind": "text", "description": description, "category": category, "owner": owner,
            "tags": tags,
        });
        author.post("/prompts", body).await.good();
    }
    let (reply, percent, kurz) = ("support/reply", "support/100%", "Zusammenfassung");
    for (query, expected) in [
        ("query=SUPPORT", vec![percent, reply]),
        ("query=mail", vec![percent, reply]),
        ("query=mail+answers", vec![reply]),
        ("query=K%C3%9CRZT", vec![kurz]),
        ("query=%25", vec![percent]),
        ("query=_", vec![percent]),
        ("query=", vec!["plain", percent, reply, kurz]),
        ("tag=mail", vec![percent, reply]),
        ("tag=de", vec![reply]),
        ("tag=mai", vec![]),
        ("tag=a,b%22c", vec![kurz]),
        ("category=support", vec![percent, reply]),
        ("category=Support", vec![]),
        ("owner=ada", vec![reply, kurz]),
        ("owner=ada&tag=mail&category=support&query=reply", vec![reply]),
        ("status=active", vec!["plain", percent, reply, kurz]),
        ("status=archived", vec![]),
        ("sort=name&tag=mail", vec![percent, reply]),
    ] {
        let answer = author.get(&format!("/prompts?{query}")).await.good();
        assert_eq!(answer.items("name"), expected, "{query}");
        assert_eq!(answer.field("/total"), expected.len().to_string(), "{query}");
    }
});

both!(what_production_does_not_have_yet_is_ahead, async |db| {
    let (_, _, author, operator) = story(db).await;
    for name in ["new", "ahead", "level", "behind"] {
        author.publish(name, "one").await.good();
    }
    for name in ["ahead", "level", "behind"] {
        operator.activate(name, "1", "production").await.good();
    }
    for name in ["ahead", "behind"] {
        author.reword(name, "two").await.good();
    }
    operator.activate("behind", "2", "production").await.good();
    assert_eq!(author.get("/prompts?status=ahead").await.items("name"), ["ahead", "new"]);
    operator.activate("behind", "1", "production").await.good();
    assert_eq!(
        author.get("/prompts?status=ahead&sort=changed").await.items("name"),
        ["new", "ahead", "behind"]
    );
    operator.post("/prompts/new/archive", json!({})).await.good();
    assert_eq!(author.get("/prompts?status=ahead").await.items("name"), ["ahead", "behind"]);
});

both!(what_prompts_can_be_filtered_by, async |db| {
    let (_, _, author, operator) = story(db).await;
    let nothing = json!({"folders": [], "tags": [], "categories": [], "owners": [], "providers": []});
    assert_eq!(author.get("/facets").await.good().json(), nothing);
    for (name, owner, tags) in [
        ("support/reply", "ada", json!(["mail", "de"])),
        ("support/deep/er", "ada", json!(["mail"])),
        ("text/plain", "bob", json!([])),
        ("gone", "eve", json!(["gone"])),
        ("bare", "", json!([])),
    ] {
        let body = json!({
            "name": name, "kind": "text", "owner": owner, "tags": tags,
            "version": {"content": name, "settings": {"provider": "acme"}},
        });
        author.post("/prompts", body).await.good();
    }
    operator.post("/prompts/gone/archive", json!({})).await.good();
    let facet = |value: &str, prompts: i64| json!({"value": value, "prompts": prompts});
    assert_eq!(
        author.get("/facets").await.good().json(),
        json!({
            "folders": [facet("support", 2), facet("text", 1)],
            "tags": [facet("mail", 2), facet("de", 1)],
            "categories": [],
            "owners": [facet("ada", 2), facet("bob", 1)],
            "providers": [facet("acme", 4)],
        })
    );
});

both!(questions_that_make_no_sense_are_refused, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    admin.publish("p", "text").await.good();
    let lists =
        ["/prompts", "/prompts/p/versions", "/prompts/p/history", "/deployments", "/environments", "/keys"];
    for list in lists.into_iter().chain(["/projects", "/audit"]) {
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=many",
            "limit=1.5",
            "limit=99999999999999999999",
            "cursor=%25%25",
            "unknown=1",
            "limit=1&limit=2",
        ] {
            let refused = admin.get(&format!("{list}?{query}")).await;
            assert_eq!(refused.status, 422, "{refused}");
        }
    }
    for query in [
        "status=live",
        "sort=age",
        "changed_since=monday",
        "query=a+b+c+d+e+f+g+h+i+j+k",
        "cursor=bm90IG91cnM&limit=x",
    ] {
        admin.get(&format!("/prompts?{query}")).await.is(422);
    }
    for query in ["from=yesterday", "to=2026", "prompt=nobody"] {
        let refused = admin.get(&format!("/audit?{query}")).await;
        assert!(matches!(refused.status, 404 | 422), "{refused}");
    }
    assert_eq!(word(&admin.get("/audit?limit=1").await.json()["total"]), "null");
});
