//! Includes: resolved into a build when a version is activated, and never again.

use serde_json::json;

use crate::server::{Person, Server, story};

async fn releaser(app: &Server) -> Person {
    app.with_scopes(&["read", "write", "deploy"]).await
}

both!(a_build_is_made_once_and_kept, async |db| {
    let (app, _, _, _) = story(db).await;
    let person = releaser(&app).await;
    person.publish("shared/tone", "Be kind to {{ name }}.").await.good();
    person.activate("shared/tone", "1", "production").await.good();
    let text = "Dear {{ name }}: {% include \"shared/tone@^1\" %}";
    let reply = person.publish("support/reply", text).await.good();
    assert_eq!(reply.json()["latest"]["version"], "1.0.0");
    let version = person.version("support/reply", "1").await.good();
    assert_eq!(version.json()["dependencies"], json!(["shared/tone@^1"]));
    let first = person.activate("support/reply", "1", "production").await.good();
    let served = person.active("support/reply").await.good();
    assert_eq!(
        served.json()["includes"],
        json!([{
            "name": "shared/tone", "version": "1.0.0", "content": "Be kind to {{ name }}.", "template": "jinja",
            "variables": [{"name": "name", "required": true}],
        }])
    );
    assert_eq!(served.field("/build_hash"), first.field("/build_hash"));
    assert_ne!(served.field("/build_hash"), served.field("/content_hash"));
    let body = json!({"variables": {"name": "Ada"}});
    let rendered = person.resolve("support/reply", body.clone()).await.good();
    assert_eq!(rendered.field("/text"), "Dear Ada: Be kind to Ada.");

    // A new tone changes nothing that is served; who includes it is named.
    person.reword("shared/tone", "Be brief, {{ name }}.").await.good();
    let changed = person.activate("shared/tone", "2", "production").await.good();
    let dependents = changed.json()["dependents"].clone();
    assert_eq!(dependents[0]["prompt"], "support/reply");
    assert_eq!(dependents[0]["build_hash"], first.json()["build_hash"]);
    assert_ne!(dependents[0]["would_be"], dependents[0]["build_hash"]);
    assert_eq!(person.active("support/reply").await.body, served.body, "not a byte is another");

    // Activated again, it takes the change up.
    let second = person.activate("support/reply", "1", "production").await.good();
    assert_eq!(second.field("/build_hash"), dependents[0]["would_be"].as_str().expect("a hash"));
    let rendered = person.resolve("support/reply", body.clone()).await.good();
    assert_eq!(rendered.field("/text"), "Dear Ada: Be brief, Ada.");
    // Once more there is nothing to do.
    let again = person.activate("support/reply", "1", "production").await.good();
    assert_eq!(again.field("/id"), second.field("/id"));

    // After a restart the same is served from the database.
    let before = person.active("support/reply").await.body;
    db.stop_servers().await;
    let app = Server::start(db).await;
    assert_eq!(app.admin().active("support/reply").await.good().body, before);
    let rendered = app.admin().resolve("support/reply", body).await.good();
    assert_eq!(rendered.field("/text"), "Dear Ada: Be brief, Ada.");
});

both!(going_back_restores_the_very_bytes, async |db| {
    let (app, _, _, _) = story(db).await;
    let person = releaser(&app).await;
    person.publish("tone", "one").await.good();
    person.activate("tone", "1", "production").await.good();
    person.publish("p", "first {% include \"tone\" %}").await.good();
    person.activate("p", "1", "production").await.good();
    let first = person.active("p").await.json();
    person.reword("p", "second {% include \"tone\" %}").await.good();
    person.reword("tone", "two").await.good();
    person.activate("tone", "2", "production").await.good();
    person.activate("p", "2", "production").await.good();
    assert_eq!(person.active("p").await.json()["includes"][0]["content"], "two");
    let back = person.activate("p", "1", "production").await.good();
    assert_eq!(back.field("/direction"), "back");
    let again = person.active("p").await.json();
    for field in ["content", "includes", "build_hash", "content_hash", "variables", "settings"] {
        assert_eq!(again[field], first[field], "{field}");
    }
    let at = app.clock.now_text();
    let then = person.get(&format!("/prompts/p/active?at={at}")).await.good();
    assert_eq!(then.json()["includes"], first["includes"]);
});

both!(what_cannot_be_included, async |db| {
    let (app, _, _, _) = story(db).await;
    let person = releaser(&app).await;
    let missing = person.publish("p", "{% include \"nobody@^1\" %}").await.good();
    let version = person.reword("p", "again {% include \"nobody@^1\" %}").await.good();
    assert!(
        version.json()["created"]["warnings"][0]
            .as_str()
            .is_some_and(|w| w.contains("nobody") && !w.contains("1844")),
        "{missing}"
    );
    let refused = person.activate("p", "1", "production").await.is(422).refused("include_failed");
    assert_eq!(refused.problems(), ["include_missing /content"]);

    person.publish("chat", json!([{"role": "user", "content": "hi"}])).await.good();
    let refused = person.reword("p", "{% include \"chat@1.0.0\" %}").await.is(422).refused("include_failed");
    assert_eq!(refused.problems(), ["include_unsuitable /content"]);

    // A circle is found as soon as it can be.
    person.publish("a", "{% include \"b@1.0.0\" %}").await.good();
    person.publish("b", "{% include \"a@1.0.0\" %}").await.good();
    let refused = person.activate("a", "1", "production").await.is(422).refused("include_failed");
    assert_eq!(refused.problems(), ["include_cycle /content"]);

    // What an included prompt demands is passed on, or said to be missing.
    let strict =
        json!({"content": "{{ who }}", "variables": [{"name": "who", "schema": {"type": "string"}}]});
    person.publish_with("strict", strict).await.good();
    let given = json!({"content": "x {% include \"strict@1.0.0\" %}", "variables": []});
    let refused = person.post("/prompts", json!({"name": "q", "kind": "text", "version": given})).await;
    assert_eq!(refused.is(422).refused("include_failed").problems(), ["include_variable /content"]);
    person.publish("q", "x {% include \"strict@1.0.0\" %}").await.good();
    let taken_over = person.version("q", "1").await.json();
    assert_eq!(taken_over["variables"][0]["name"], "who");
    person.activate("q", "1", "production").await.good();
    let wrong = person.resolve("q", json!({"variables": {"who": 7}})).await;
    wrong.is(422).refused("invalid_variables");
});

both!(who_includes_a_prompt, async |db| {
    let (app, _, _, _) = story(db).await;
    let person = releaser(&app).await;
    person.publish("tone", "one").await.good();
    person.activate("tone", "1", "production").await.good();
    for name in ["b", "a", "c"] {
        person.publish(name, format!("{name} {{% include \"tone@^1\" %}}")).await.good();
    }
    person.reword("a", "another {% include \"tone@1.0.0\" %}").await.good();
    person.activate("a", "2", "production").await.good();
    let all = person.get("/prompts/tone/dependents").await.good();
    assert_eq!(all.items("prompt"), ["a", "a", "b", "c"]);
    assert_eq!(all.items("written"), ["tone@^1", "tone@1.0.0", "tone@^1", "tone@^1"]);
    let live = all.json()["items"][1]["live"].clone();
    assert_eq!(live[0]["environment"], "production");
    assert_eq!(live[0]["includes_version"], "1.0.0");
    let mut seen = Vec::new();
    let mut path = "/prompts/tone/dependents?limit=1".to_owned();
    loop {
        let page = person.get(&path).await.good();
        seen.extend(page.items("prompt"));
        match page.json()["next_cursor"].as_str() {
            Some(next) => path = format!("/prompts/tone/dependents?limit=1&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["a", "a", "b", "c"]);
    // Under its new name it has the same dependents, by what they wrote.
    person.patch("/prompts/tone", json!({"name": "shared/tone"})).await.good();
    assert_eq!(person.get("/prompts/shared%2Ftone/dependents").await.good().items("prompt").len(), 4);
    person.activate("b", "1", "production").await.good();
    assert_eq!(person.active("b").await.json()["includes"][0]["name"], "shared/tone");
    let refused = person.delete("/prompts/shared%2Ftone").await.is(409).refused("in_use");
    assert!(refused.field("/detail").contains("includes"), "{refused}");
});

both!(render_and_compare_look_includes_up, async |db| {
    let (app, _, _, _) = story(db).await;
    let person = app.with_scopes(&["read", "write", "deploy", "render"]).await;
    person.publish("tone", "old").await.good();
    person.activate("tone", "1", "production").await.good();
    person.reword("tone", "new").await.good();
    person.publish("p", "say {% include \"tone\" %}").await.good();
    person.activate("p", "1", "production").await.good();
    let render = async |reference: &str, body: serde_json::Value| {
        person.post(&format!("/prompts/p/versions/{reference}/render"), body).await.good().field("/text")
    };
    assert_eq!(render("1", json!({})).await, "say new", "without an environment the newest");
    assert_eq!(render("1", json!({"environment": "production"})).await, "say old");
    assert_eq!(render("production", json!({})).await, "say old", "the very build that is live");
    let draft = json!({"version": {"content": "tell {% include \"tone\" %}"}, "environment": "production"});
    assert_eq!(person.post("/render", draft).await.good().field("/text"), "tell old");
    person.reword("p", "say it: {% include \"tone\" %}").await.good();
    let compared = person
        .post("/prompts/p/compare", json!({"from": "production", "to": "2", "variables": {}}))
        .await
        .good();
    let hunks = compared.json()["rendered"]["hunks"].to_string();
    assert!(hunks.contains("old") && hunks.contains("new"), "{hunks}");
});
