//! Stored text comes back byte for byte, and the hash is what the rules say.

use serde::Deserialize;
use serde_json::{json, value::RawValue};
use sha2::{Digest, Sha256};

use crate::{
    answer::Answer,
    server::{Person, story},
};

both!(text_comes_back_byte_for_byte, async |db| {
    let (_, _, author, operator) = story(db).await;
    let large = "0123456789abcdef\n".repeat(61_680) + "0123456789abcdef";
    assert_eq!(large.len(), 1024 * 1024);
    let texts = [
        "line\r\nline\rline\n\n",
        " \t leading and trailing \t ",
        "emoji 👩‍👩‍👧‍👦 🇩🇪 \u{feff}\u{200b}\u{2028}",
        "e\u{301} and \u{e9} are not made one",
        "\"quoted\" \\ back / slash \u{1}\u{1f}\u{7f}",
        "<script>&amp;</script>",
        "{\"json\": [1, 2.50, null]}",
        "\u{10ffff}\u{fffd}",
        large.as_str(),
    ];
    for (n, text) in texts.into_iter().enumerate() {
        let name = format!("text-{n}");
        author.publish_with(&name, json!({"content": text, "template": "none"})).await.is(201);
        operator.activate(&name, "1", "production").await.good();
        assert_eq!(author.version(&name, "1").await.json()["content"], text, "{n}");
        assert_eq!(operator.active(&name).await.good().json()["content"], text, "{n}");
        let resolved = operator.resolve(&name, json!({"variables": {}})).await.good().json();
        assert_eq!((&resolved["content"], &resolved["text"]), (&json!(text), &json!(text)), "{n}");
    }
});

both!(a_chat_comes_back_as_it_was, async |db| {
    let (_, _, author, operator) = story(db).await;
    let content = json!([
        {"role": "system", "content": "You are {{ who }}.\r\n"},
        {"placeholder": "history"},
        {"role": "user", "content": "{{ question }}"},
        {"role": "assistant", "content": "…"},
    ]);
    author.publish("chat", content.clone()).await.is(201);
    operator.activate("chat", "1", "production").await.good();
    let stored = author.version("chat", "1").await.json();
    assert_eq!((&stored["content"], &stored["kind"]), (&content, &json!("chat")));
    assert_eq!(operator.active("chat").await.json()["content"], content);
    let names: Vec<_> = stored["variables"].as_array().expect("a list").iter().map(|v| &v["name"]).collect();
    assert_eq!(names, ["who", "history", "question"]);
});

/// As it goes over the wire: the test client would sort nothing, but it must not even write the numbers anew.
async fn revise_raw(author: &Person, name: &str, body: &str) -> Answer {
    let path = format!("/prompts/{name}/versions");
    author.send(http::Method::POST, &path, Some(body.to_owned().into())).await
}

/// Compact JSON with strange numbers and an order that no map would choose.
const SETTINGS: &str = concat!(
    r#"{"temperature":0.70,"top_p":1.0,"max_tokens":100,"zeta":1,"alpha":-0.0"#,
    r#","big":123456789012345678901234567890,"tiny":1.5e-7"#,
    r#","list":[3,1,2],"response_schema":{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"number"}}"#,
    r#","required":["z","a"]}}"#,
);

both!(settings_keep_their_order_and_their_numbers, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "first").await.good();
    let body = format!(r#"{{"content":"second","settings":{SETTINGS},"metadata":{{"b":1.10,"a":2}}}}"#);
    let created = revise_raw(&author, "p", &body).await.is(201);
    operator.activate("p", "2", "production").await.good();
    for answer in [created, author.version("p", "2").await, operator.active("p").await] {
        assert!(answer.text().contains(&format!("\"settings\":{SETTINGS}")), "{answer}");
    }
    assert!(author.version("p", "2").await.text().contains(r#""metadata":{"b":1.10,"a":2}"#));
    let resolved = operator.resolve("p", json!({})).await.good();
    assert!(resolved.text().contains(SETTINGS), "{resolved}");
});

both!(a_number_keeps_its_digits_and_its_form, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "first").await.good();
    // The sign of an exponent is always written, its letter is small: serde_json keeps the rest as received.
    for (n, (sent, stored)) in [
        ("1e2", "1e+2"),
        ("1.0e+2", "1.0e+2"),
        ("100", "100"),
        ("100.0", "100.0"),
        ("1E-2", "1e-2"),
        ("0.70", "0.70"),
        ("0.7", "0.7"),
        ("1e400", "1e+400"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!(r#"{{"content":"x","settings":{{"custom":{sent}}}}}"#);
        let created = revise_raw(&author, "p", &body).await;
        assert_eq!(created.status, 201, "{sent} is another content: {created}");
        let shown = author.version("p", &(n + 2).to_string()).await;
        assert!(shown.text().contains(&format!(r#""settings":{{"custom":{stored}}}"#)), "{sent}: {shown}");
    }
});

/// What the hash is over, as the answer has it.
#[derive(Deserialize)]
struct Hashed {
    kind: Box<RawValue>,
    content: Box<RawValue>,
    template: Box<RawValue>,
    variables: Box<RawValue>,
    settings: Box<RawValue>,
    content_hash: String,
}

fn hash_of(answer: &Answer) -> (String, String) {
    let of: Hashed = serde_json::from_slice(&answer.body).expect("a version");
    let Hashed { kind, content, template, variables, settings, .. } = &of;
    let compact = format!(
        r#"{{"kind":{kind},"content":{content},"template":{template},"variables":{variables},"settings":{settings}}}"#
    );
    let hex: String = Sha256::digest(compact).iter().map(|byte| format!("{byte:02x}")).collect();
    (of.content_hash, format!("sha256:{hex}"))
}

both!(anybody_can_compute_the_hash_from_the_answer, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "Grüße \u{1F980}\r\n\"{{ name }}\" \\").await.good();
    let variables =
        r#"[{"name":"n","schema":{"type":"number","maximum":1.50},"default":0.10,"description":"d"}]"#;
    let body = format!(r#"{{"content":"{{{{ n }}}}","variables":{variables},"settings":{SETTINGS}}}"#);
    revise_raw(&author, "p", &body).await.is(201);
    author
        .publish("chat", json!([{"role": "user", "content": "{{ q }}"}, {"placeholder": "h"}]))
        .await
        .good();
    for (name, reference) in [("p", "1"), ("p", "2"), ("chat", "1")] {
        let (given, computed) = hash_of(&author.version(name, reference).await.good());
        assert_eq!(given, computed, "{name} {reference}");
        operator.activate(name, reference, "production").await.good();
        let (served, computed) = hash_of(&operator.active(name).await.good());
        assert_eq!((&served, served.as_str()), (&given, computed.as_str()));
    }
});
