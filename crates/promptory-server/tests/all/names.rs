//! Names of prompts: what they may hold, and that what they hold survives addresses.

use serde_json::json;

use crate::server::{encoded, story};

const GOOD: [&str; 17] = [
    "a",
    "support/reply",
    "a/b/c/d/e/f",
    "with space",
    " leading and trailing ",
    "100%",
    "%2F",
    "it's \"quoted\"",
    "größe/Straße",
    "日本語/プロンプト",
    "emoji-🦀",
    "back\\slash",
    "a?b=c&d",
    "semi;colon,comma+plus",
    "<b>{{ x }}</b>",
    "active",
    "versions/1.0.0/render",
];

both!(a_name_survives_the_address_and_every_route, async |db| {
    let (_, _, author, operator) = story(db).await;
    for name in GOOD {
        author.publish(name, format!("I am {}.", name.len())).await.is(201);
        operator.activate(name, "latest", "production").await.good();
        assert_eq!(author.prompt(name).await.good().field("/name"), name);
        assert_eq!(author.version(name, "1.0.0").await.good().field("/prompt"), name);
        assert_eq!(operator.active(name).await.good().field("/prompt"), name);
        assert_eq!(operator.resolve(name, json!({})).await.good().field("/prompt"), name);
        let deployments = format!("/deployments?prompt={}", encoded(name));
        assert_eq!(author.get(&deployments).await.good().items("prompt"), [name]);
        let history = author.get(&format!("/prompts/{}/history", encoded(name))).await.good();
        assert_eq!(history.items("action"), ["deployment.activate", "prompt.create"]);
    }
    assert_eq!(author.get("/prompts?limit=200").await.items("name").len(), GOOD.len());
});

both!(bad_names_are_refused_with_a_reason, async |db| {
    let (_, _, author, _) = story(db).await;
    let long = "n".repeat(257);
    for (name, reason) in [
        ("", "empty"),
        ("/a", "segment"),
        ("a/", "segment"),
        ("a//b", "segment"),
        (".", "segment"),
        ("a/../b", "segment"),
        ("a\nb", "U+000A"),
        ("a\u{0}b", "U+0000"),
        ("a\u{7f}", "U+007F"),
        ("a:b", "':'"),
        ("a@1", "'@'"),
        ("a|b", "'|'"),
        ("a#b", "'#'"),
        (&long, "257 bytes"),
    ] {
        let refused = author.post("/prompts", json!({"name": name, "kind": "text"})).await.is(422);
        assert_eq!(refused.problems(), ["name /name"], "{name:?}");
        assert!(refused.field("/detail").contains(reason), "{name:?}: {refused}");
    }
    author.publish(&"n".repeat(256), "text").await.is(201);
    author.publish(&"é".repeat(128), "text").await.is(201);
});

both!(case_does_not_make_another_prompt, async |db| {
    let (_, _, author, operator) = story(db).await;
    for (first, same) in [("Support/Reply", "support/REPLY"), ("GRÖSSE", "grösse"), ("Ω", "ω"), ("ДА", "да")]
    {
        author.publish(first, "text").await.is(201);
        author.publish(same, "text").await.is(409).refused("name_taken");
        let near = author.prompt(same).await.is(404).refused("not_found");
        assert!(near.field("/detail").contains(first), "the spelling is told: {near}");
        operator.active(same).await.is(404);
    }
});
