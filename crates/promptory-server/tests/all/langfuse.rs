//! What clients of Langfuse find here. The clients themselves are tried in the tests of the program.

use base64::{Engine, engine::general_purpose::STANDARD};
use promptory_server::{clock::Clock, jobs};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    server::{Person, Server, encoded, story},
};

pub(crate) fn basic(app: &Server, user: &str, password: &str) -> Person {
    let encoded = STANDARD.encode(format!("{user}:{password}"));
    app.anon().with("authorization", &format!("Basic {encoded}"))
}

pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) prefix: String,
    pub(crate) key: String,
}

pub(crate) async fn make(app: &Server, body: Value) -> Made {
    let made = app.admin().post("/keys", body).await.is(201);
    Made { id: made.field("/id"), prefix: made.field("/prefix"), key: made.field("/key") }
}

/// A client with a key of its own, as it signs itself.
pub(crate) async fn client(app: &Server, body: Value) -> Person {
    let made = make(app, body).await;
    basic(app, &made.id, &made.key)
}

async fn reader(app: &Server) -> Person {
    client(app, json!({"name": "app", "scopes": ["render"]})).await
}

async fn get(person: &Person, name: &str, query: &str) -> Answer {
    person.get(&format!("/api/public/v2/prompts/{}{query}", encoded(name))).await
}

both!(the_same_keys_by_basic, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.activate("p", "1", "production").await.good();
    let made = make(&app, json!({"name": "app", "scopes": ["render"]})).await;
    let other = make(&app, json!({"name": "other", "scopes": ["render"]})).await;
    for user in [&made.id, &made.prefix] {
        get(&basic(&app, user, &made.key), "p", "").await.good();
    }
    get(&app.person(&made.key), "p", "").await.good();
    for (user, password) in [
        (other.id.as_str(), made.key.as_str()),
        ("", &made.key),
        ("pk-lf-1", &made.key),
        (&made.id, "pk_0"),
        (&made.id, ""),
        (&made.id, &made.id),
    ] {
        let refused = get(&basic(&app, user, password), "p", "").await.is(401).refused("unauthenticated");
        assert_eq!(refused.header("www-authenticate"), Some("Basic realm=\"promptory\""));
    }
    get(&app.anon().with("authorization", "Basic !"), "p", "").await.is(401);
    let mine = basic(&app, &made.id, &made.key);
    mine.get("/whoami").await.is(401);
    mine.get("/prompts/p/active").await.is(401);
    mine.get("/api/public/v2/prompts").await.is(403).refused("forbidden");
    let projects = mine.get("/api/public/projects").await.good();
    assert_eq!(
        (projects.field("/data/0/name"), projects.json()["data"][1].is_null()),
        ("default".into(), true)
    );

    admin.delete(&format!("/keys/{}", made.id)).await.good();
    get(&mine, "p", "").await.is(401);
    let short = json!({"name": "short", "scopes": ["render"], "expires_at": "2026-11-20T11:00:00Z"});
    let short = client(&app, short).await;
    get(&short, "p", "").await.good();
    app.clock.advance_seconds(7200);
    let expired = get(&short, "p", "").await.is(401);
    assert_eq!(expired.field("/message"), "The key has expired.");

    jobs::flush_denials(&app.app, app.clock.now()).await.expect("written");
    let denied = admin.get("/audit?action=denied").await.good().text().to_owned();
    assert!(denied.contains("GET /api/public/v2/prompts\""), "{denied}");
    let strangers = admin.with("x-project", "_instance").get("/audit?action=denied").await.good();
    let strangers = strangers.text();
    assert!(strangers.contains("GET /api/public/v2/prompts/{name}"), "{strangers}");
    assert!(!strangers.contains("pk-lf-1") && !strangers.contains(&made.key), "{strangers}");
});

both!(labels_are_environments_labels_and_references, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    for text in ["one", "two", "three"] {
        match text {
            "one" => admin.publish("support/reply", text).await.good(),
            _ => admin.reword("support/reply", text).await.good(),
        };
    }
    admin.activate("support/reply", "1", "production").await.good();
    admin.activate("support/reply", "2", "staging").await.good();
    admin.put("/prompts/support%2Freply/labels/stable", json!({"version": "2"})).await.good();
    let reader = reader(&app).await;
    for (query, text) in [
        ("", "one"),
        ("?label=", "one"),
        ("?label=production", "one"),
        ("?label=staging", "two"),
        ("?label=stable", "two"),
        ("?label=latest", "three"),
        ("?label=1.0.1", "two"),
        ("?label=%5E1", "one"),
        ("?version=3", "three"),
        ("?version=2&resolve=false", "two"),
        ("?label=stable&fetchedBy=a-newer-client", "two"),
    ] {
        let found = get(&reader, "support/reply", query).await.good();
        assert_eq!(
            (found.field("/prompt"), found.field("/name")),
            (text.into(), "support/reply".into()),
            "{query}"
        );
    }
    let two = get(&reader, "support/reply", "?label=stable").await.good().json();
    assert_eq!(two["labels"], json!(["staging", "stable"]));
    assert_eq!((&two["version"], &two["type"], &two["config"]), (&json!(2), &json!("text"), &json!({})));
    assert_eq!((&two["commitMessage"], &two["resolutionGraph"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&two["promptory"]["version"], &two["promptory"]["environment"]),
        (&json!("1.0.1"), &json!("production"))
    );
    let latest = get(&reader, "support/reply", "?version=3").await.good().json();
    assert_eq!(latest["labels"], json!(["latest"]));

    for (query, status, code) in [
        ("?label=nothing", 404, "not_found"),
        ("?label=development", 404, "nothing_live"),
        ("?version=9", 404, "not_found"),
        ("?version=0", 404, "not_found"),
        ("?version=-1", 404, "not_found"),
        ("?label=%5E9", 404, "no_version_in_range"),
        ("?version=one", 400, "invalid"),
        ("?version=99999999999999999999", 400, "invalid"),
        ("?resolve=perhaps", 400, "invalid"),
        ("?version=1&label=staging", 400, "invalid"),
        ("?label=%00", 400, "malformed"),
    ] {
        get(&reader, "support/reply", query).await.is(status).refused(code);
    }
    get(&reader, "support/nothing", "").await.is(404).refused("not_found");
    get(&reader, "Support/Reply", "").await.is(404).refused("not_found");
    reader.get("/api/public/v2/prompts/support/reply").await.is(404).refused("not_found");
    reader.get("/api/public/traces").await.is(404).refused("not_found");
    reader.post("/api/public/ingestion", json!({"batch": []})).await.is(404).refused("not_found");
    reader.post("/api/public/v2/prompts", json!({})).await.is(405).refused("method_not_allowed");

    admin.mark("support/reply", "3", "archive").await.good();
    get(&reader, "support/reply", "?version=3").await.is(404).refused("version_archived");
    admin.poke("/prompts/support%2Freply/archive").await.good();
    get(&reader, "support/reply", "").await.is(404).refused("nothing_live");
});

both!(a_bound_key_stays_where_it_is, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.reword("p", "two").await.good();
    admin.activate("p", "1", "production").await.good();
    admin.activate("p", "2", "staging").await.good();
    let bound = json!({"name": "s", "scopes": ["render"], "environment": "staging"});
    let bound = client(&app, bound).await;
    assert_eq!(get(&bound, "p", "").await.good().field("/prompt"), "two");
    assert_eq!(get(&bound, "p", "?label=staging").await.good().field("/prompt"), "two");
    get(&bound, "p", "?label=production").await.is(403).refused("wrong_environment");
});

both!(texts_and_messages_as_they_were_written, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    let text = "  Grüße {{ name }}\r\n\t\u{1F600}\u{2028}\"\\ {\"a\": 0.70}\n";
    let version = json!({"content": text, "settings": {"temperature": 0.5, "model": "m", "stop": ["\n"]}});
    admin.publish_with("odd/näme with space", version).await.good();
    admin.patch("/prompts/odd%2Fn%C3%A4me%20with%20space", json!({"tags": ["a", "b"]})).await.good();
    admin.activate("odd/näme with space", "1", "production").await.good();
    let reader = reader(&app).await;
    let found = get(&reader, "odd/näme with space", "").await.good().json();
    assert_eq!((&found["prompt"], &found["tags"]), (&json!(text), &json!(["a", "b"])));
    assert_eq!(found["config"]["temperature"].to_string(), "0.5");
    assert_eq!(found["promptory"]["compiles"], true);

    let content = json!([
        {"role": "system", "content": "Be kind."},
        {"placeholder": "history"},
        {"role": "user", "content": "{{ question }}"},
    ]);
    admin.publish("chat", content).await.good();
    admin.activate("chat", "1", "production").await.good();
    let found = get(&reader, "chat", "").await.good().json();
    assert_eq!(found["type"], "chat");
    assert_eq!(
        found["prompt"],
        json!([
            {"type": "chatmessage", "role": "system", "content": "Be kind."},
            {"type": "placeholder", "name": "history"},
            {"type": "chatmessage", "role": "user", "content": "{{ question }}"},
        ])
    );
});

both!(includes_are_put_in_unless_they_shall_stay, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    admin.publish("shared/name", "{{ name }}").await.good();
    admin.activate("shared/name", "1", "production").await.good();
    admin.publish("shared/tone", "Be kind to {% include \"shared/name\" %}.").await.good();
    admin.activate("shared/tone", "1", "production").await.good();
    let text = "Hi {{ name }}: {% include \"shared/tone@^1\" %} {% include \"shared/tone@^1\" %}";
    admin.publish("reply", text).await.good();
    admin.activate("reply", "1", "production").await.good();
    let reader = reader(&app).await;
    let found = get(&reader, "reply", "").await.good().json();
    assert_eq!(found["prompt"], "Hi {{ name }}: Be kind to {{ name }}. Be kind to {{ name }}.");
    assert_eq!(found["promptory"]["compiles"], true);
    let graph = &found["resolutionGraph"];
    assert_eq!((&graph["root"]["name"], &graph["root"]["version"]), (&json!("reply"), &json!(1)));
    let below = |id: &Value| graph["dependencies"][id.as_str().expect("an id")].clone();
    let tone = below(&graph["root"]["id"]);
    assert_eq!((tone.as_array().map(Vec::len), &tone[0]["name"]), (Some(1), &json!("shared/tone")));
    assert_eq!(below(&tone[0]["id"])[0]["name"], "shared/name");
    let raw = get(&reader, "reply", "?resolve=false").await.good().json();
    assert_eq!((&raw["prompt"], &raw["resolutionGraph"]), (&json!(text), &Value::Null));

    // The build stays what it was made of.
    admin.reword("shared/tone", "Be brief, {{ name }}.").await.good();
    admin.activate("shared/tone", "2", "production").await.good();
    assert_eq!(get(&reader, "reply", "").await.good().json()["prompt"], found["prompt"]);
});

both!(what_these_clients_cannot_fill_in_says_so, async |db| {
    let (app, _, _, _) = story(db).await;
    let admin = app.admin();
    let reader = reader(&app).await;
    for (number, (version, compiles)) in [
        (json!({"content": "Hello {{ name }}"}), true),
        (json!({"content": "{% if name %}Hello{% endif %}"}), false),
        (json!({"content": "{{ name | upper }}"}), false),
        (json!({"content": "{name}", "template": "single_brace"}), false),
        (json!({"content": "{{ name }}", "template": "none"}), false),
        (json!({"content": "{ } as it is", "template": "none"}), true),
        (json!({"content": "{{ name }}", "variables": [{"name": "name", "default": "you"}]}), false),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("p{number}");
        admin.publish_with(&name, version.clone()).await.good();
        admin.activate(&name, "1", "production").await.good();
        let found = get(&reader, &name, "").await.good().json();
        assert_eq!(
            (&found["promptory"]["compiles"], &found["prompt"]),
            (&json!(compiles), &version["content"])
        );
    }
});

both!(health_needs_no_key, async |db| {
    let (app, anon, _, _) = story(db).await;
    let health = anon.get("/api/public/health").await.good();
    assert_eq!(health.field("/status"), "OK");
    assert_eq!(health.field("/version"), app.anon().get("/readyz").await.good().field("/version"));
});
