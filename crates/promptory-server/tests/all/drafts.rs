//! What is wrong with a draft is said all at once, with its place.

use serde_json::{Value, json};

use crate::server::story;

/// Looks like a key of AWS and is none.
const SECRET: &str = "AKIAQWERTYUIOPASDFGH";

both!(template_errors_have_line_and_column, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "text").await.good();
    for (content, line, column) in [
        ("Hello\n  {{ name", 2, 6),
        ("{% if a %}\nyes", 1, 11),
        ("äöü {{ 1 + }}", 1, 12),
        ("a\r\n\n{% nonsense %}", 3, 4),
    ] {
        let refused = author.reword("p", content).await.is(422).refused("invalid");
        assert_eq!(refused.problems(), ["template_syntax /content"], "{content:?}: {refused}");
        assert_eq!(refused.field("/errors/0/line"), line.to_string(), "{content:?}: {refused}");
        assert_eq!(refused.field("/errors/0/column"), column.to_string(), "{content:?}: {refused}");
    }
    let chat = json!([{"role": "user", "content": "fine"}, {"role": "user", "content": "\n{{ }}"}]);
    let refused = author.publish("chat", chat).await.is(422);
    assert_eq!(refused.problems(), ["template_syntax /version/content/1/content"]);
    assert_eq!(refused.field("/errors/0/line"), "2");
});

both!(undeclared_variables_are_named_where_they_stand, async |db| {
    let (_, _, author, _) = story(db).await;
    let content = "{{ known }}\n {{ first }} {{ second }}";
    let draft = json!({"content": content, "variables": [{"name": "known"}, {"name": "spare"}]});
    let refused = author.publish_with("p", draft.clone()).await.is(422).refused("invalid");
    let both = ["undeclared_variable /version/content", "undeclared_variable /version/content"];
    assert_eq!(refused.problems(), both, "{refused}");
    assert_eq!(
        (refused.field("/errors/0/line"), refused.field("/errors/0/column")),
        ("2".into(), "5".into())
    );
    assert_eq!(
        (refused.field("/errors/1/line"), refused.field("/errors/1/column")),
        ("2".into(), "17".into())
    );

    let unused = json!({"content": "{{ known }}", "variables": draft["variables"]});
    author.publish("p", "{{ known }}").await.good();
    let created = author.revise("p", unused).await.is(201);
    assert!(created.field("/created/warnings/0").contains("spare"), "{created}");
});

both!(secrets_are_refused_unless_there_is_a_reason, async |db| {
    let (app, _, author, _) = story(db).await;
    let text = format!("Use this:\nkey = {SECRET}\n");
    let refused = author.publish("p", text.as_str()).await.is(422).refused("invalid");
    assert_eq!(refused.problems(), ["secret /version/content"]);
    assert_eq!(refused.field("/errors/0/line"), "2");
    assert!(!refused.text().contains(SECRET), "the answer repeats the secret");

    let with = |extra: (&str, Value)| {
        let mut draft = json!({"content": text});
        draft[extra.0] = extra.1;
        draft
    };
    author.publish_with("p", with(("allow_secret", json!("  ")))).await.is(422);
    let note = json!({"content": "fine", "note": SECRET});
    let refused = author.publish_with("p", note).await.is(422);
    assert_eq!(refused.problems(), ["secret /version/note"]);

    author.publish_with("p", with(("allow_secret", json!("a revoked key, for training")))).await.is(201);
    let mut again = with(("allow_secret", json!("a revoked key, for training")));
    again["allow_duplicate"] = json!(true);
    let created = author.revise("p", again).await.is(201);
    let warnings = created.field("/created/warnings");
    assert!(warnings.contains("revoked key") && warnings.contains("1.0.0 has the same content"), "{created}");
    let log = app.admin().get("/audit?action=version.create").await.good();
    assert!(log.text().contains("a revoked key, for training"), "{log}");
    assert!(!log.text().contains(SECRET), "the log repeats the secret");
});

both!(everything_that_is_wrong_is_said_at_once, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "text").await.good();
    let body = json!({
        "content": "{{ open",
        "variables": [{"name": "ok", "schema": {"type": "wrong"}}, {"name": "1bad"}, {"name": "ok"}],
        "settings": {"temperature": 3, "model": "", "anything": {"goes": true}},
        "note": SECRET,
        "tags": ["a", "", "a"],
        "bump": "huge",
    });
    let refused = author.revise("p", body).await.is(422).refused("invalid");
    let expected = [
        "secret /note",
        "empty /tags/1",
        "duplicate /tags/2",
        "bump /bump",
        "invalid_schema /variables/0/schema",
        "invalid_identifier /variables/1/name",
        "duplicate_variable /variables/2/name",
        "invalid_setting /settings/temperature",
        "invalid_setting /settings/model",
        "template_syntax /content",
    ];
    assert_eq!(refused.problems(), expected, "{refused}");
    assert_eq!(refused.field("/detail"), "10 problems; see `errors`.");
});

both!(shapes_that_do_not_fit_the_kind, async |db| {
    let (_, _, author, _) = story(db).await;
    for (kind, version, problems) in [
        (
            "text",
            json!({"content": [{"role": "user", "content": "x"}]}),
            vec!["invalid_shape /version/content"],
        ),
        ("text", json!({"content": ""}), vec!["empty /version/content"]),
        ("text", json!({"content": null}), vec!["invalid_shape /version/content"]),
        ("text", json!({"content": "a\u{0}b"}), vec!["nul_character /version/content"]),
        ("chat", json!({"content": "text"}), vec!["invalid_shape /version/content"]),
        ("chat", json!({"content": []}), vec!["empty /version/content"]),
        (
            "chat",
            json!({"content": [{"role": "boss", "content": "x"}, {"role": "user"}, {"placeholder": "a b"}, 7]}),
            vec![
                "invalid_role /version/content/0/role",
                "required /version/content/1/content",
                "invalid_identifier /version/content/2/placeholder",
                "invalid_shape /version/content/3",
            ],
        ),
        (
            "text",
            json!({"content": "x", "template": "mustache"}),
            vec!["unsupported_template /version/template"],
        ),
        ("text", json!({"content": "x", "settings": []}), vec!["invalid_shape /version/settings"]),
        ("text", json!({"content": "x", "variables": {}}), vec!["invalid_shape /version/variables"]),
    ] {
        let refused =
            author.post("/prompts", json!({"name": "p", "kind": kind, "version": version})).await.is(422);
        assert_eq!(refused.problems(), problems, "{version}: {refused}");
    }
    let kind = author.post("/prompts", json!({"name": "p", "kind": "image"})).await.is(422);
    assert_eq!(kind.problems(), ["invalid /kind"]);
});
