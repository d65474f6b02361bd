//! Rendering for authors: a stored version or a draft.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    server::{Person, encoded, story},
};

async fn render(person: &Person, name: &str, reference: &str, variables: Value) -> Answer {
    let path = format!("/prompts/{}/versions/{}/render", encoded(name), encoded(reference));
    person.post(&path, json!({"variables": variables})).await
}

both!(a_stored_version_with_its_variables, async |db| {
    let (app, _, author, _) = story(db).await;
    let app_key = app.with_scopes(&["render"]).await;
    author.publish("p", "Dear {{ name }}{% if vip %}, our best{% endif %}!").await.good();
    let rendered =
        render(&app_key, "p", "latest", json!({"name": "Ada", "vip": true, "extra": 1})).await.good();
    assert_eq!(rendered.field("/text"), "Dear Ada, our best!");
    assert_eq!(rendered.json().get("messages"), None);
    assert!(rendered.json()["tokens_estimate"].as_u64().is_some_and(|tokens| tokens > 0));
    assert_eq!(rendered.field("/cost_estimate_usd"), "null");
    let priced = json!({"content": "12345678", "settings": {"provider": "openai", "model": "gpt-4o-mini"}});
    author.publish_with("priced", priced).await.good();
    let rendered = render(&app_key, "priced", "1", json!({})).await.good();
    assert_eq!(rendered.field("/tokens_estimate"), "2");
    assert_eq!(rendered.field("/cost_estimate_usd"), "0.0000003", "2 tokens at $0.15 per million");
    render(&app_key, "p", "2", json!({})).await.refused("not_found");
    render(&app_key, "q", "1", json!({})).await.refused("not_found");
    author.publish("plain", "no variables").await.good();
    let without_body = app_key.poke("/prompts/plain/versions/1/render").await.good();
    assert_eq!(without_body.field("/text"), "no variables");
});

both!(all_missing_and_ill_typed_variables_are_named, async |db| {
    let (_, _, author, operator) = story(db).await;
    let variables = json!([
        {"name": "a"},
        {"name": "n", "schema": {"type": "integer", "minimum": 1}},
        {"name": "e", "schema": {"enum": ["x", "y"]}},
        {"name": "d", "default": "standard"},
        {"name": "m", "schema": {"type": "string"}},
    ]);
    let draft = json!({"content": "{{ a }}{{ n }}{{ e }}{{ d }}{{ m }}", "variables": variables});
    author.publish_with("p", draft).await.good();
    operator.activate("p", "1", "production").await.good();
    let given = json!({"n": 0, "e": "z"});
    let expected = [
        "required /variables/a",
        "invalid_variable /variables/n",
        "invalid_variable /variables/e",
        "required /variables/m",
    ];
    let by_render = render(&author, "p", "1", given.clone()).await.is(422).refused("invalid_variables");
    assert_eq!(by_render.problems(), expected, "{by_render}");
    let by_resolve =
        operator.resolve("p", json!({"variables": given})).await.is(422).refused("invalid_variables");
    assert_eq!(by_resolve.problems(), expected);
    let whole = json!({"a": "A", "n": 7, "e": "x", "m": "M"});
    assert_eq!(render(&author, "p", "1", whole).await.good().field("/text"), "A7xstandardM");
});

both!(a_template_that_fails_says_where, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "fine\n{{ user.name.first }}").await.good();
    operator.activate("p", "1", "production").await.good();
    let variables = json!({"user": {}});
    for failed in [
        render(&author, "p", "1", variables.clone()).await,
        operator.resolve("p", json!({"variables": variables})).await,
    ] {
        let failed = failed.is(422).refused("render_failed");
        assert_eq!(failed.problems(), ["template_error /content"], "{failed}");
        assert_eq!(failed.field("/errors/0/line"), "2");
    }
});

both!(work_without_end_is_cut_off, async |db| {
    let (_, _, author, _) = story(db).await;
    for (n, content) in [
        "{% for i in range(10000) %}{% for j in range(10000) %}x{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for i in range(9000) %}{{ big }}{% endfor %}",
        "{% for i in range(n) %}x{% endfor %}",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("p{n}");
        let created = author.publish(&name, content).await;
        if created.status == 201 {
            let variables = json!({"big": "x".repeat(1000), "n": 1_000_000_000});
            render(&author, &name, "1", variables).await.is(422).refused("render_failed");
        } else {
            created.is(422).refused("invalid");
        }
    }
});

both!(a_chat_with_placeholders, async |db| {
    let (_, _, author, _) = story(db).await;
    let content = json!([
        {"role": "system", "content": "Be {{ mood }}."},
        {"placeholder": "history"},
        {"role": "user", "content": "{{ question }}"},
    ]);
    author.publish("chat", content).await.good();
    let history =
        json!([{"role": "user", "content": "{{ not a template }}"}, {"role": "assistant", "content": "hm"}]);
    let variables = json!({"mood": "kind", "history": history, "question": "Why?"});
    let rendered = render(&author, "chat", "1", variables).await.good().json();
    let expected = json!([
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "{{ not a template }}"},
        {"role": "assistant", "content": "hm"},
        {"role": "user", "content": "Why?"},
    ]);
    assert_eq!((&rendered["messages"], rendered.get("text")), (&expected, None));
    let empty = json!({"mood": "kind", "history": [], "question": "Why?"});
    assert_eq!(
        render(&author, "chat", "1", empty).await.good().json()["messages"].as_array().map(Vec::len),
        Some(2)
    );
    for wrong in
        [json!("text"), json!([{"role": "boss", "content": "x"}]), json!([{"content": "x"}]), json!([7])]
    {
        let variables = json!({"mood": "kind", "history": wrong, "question": "Why?"});
        render(&author, "chat", "1", variables).await.is(422).refused("invalid_variables");
    }
});

both!(a_draft_is_rendered_without_being_stored, async |db| {
    let (app, _, _, _) = story(db).await;
    let reader = app.with_scopes(&["render"]).await;
    let before = app.revision();
    let draft = json!({"version": {"content": "Hi {{ name }}"}, "variables": {"name": "Ada"}});
    assert_eq!(reader.post("/render", draft).await.good().field("/text"), "Hi Ada");
    let chat = json!({"version": {"content": [{"role": "user", "content": "x"}]}});
    assert_eq!(reader.post("/render", chat).await.good().field("/messages/0/content"), "x");
    let unused = json!({"version": {"content": "x", "variables": [{"name": "v", "default": 1}]}});
    assert!(reader.post("/render", unused).await.good().field("/warnings/0").contains("\"v\""));
    let broken = json!({"version": {"content": "{{", "settings": 1}});
    let refused = reader.post("/render", broken).await.is(422).refused("invalid");
    assert_eq!(refused.problems(), ["invalid_shape /version/settings", "template_syntax /version/content"]);
    let forced = json!({"kind": "chat", "version": {"content": "text"}});
    reader.post("/render", forced).await.is(422).refused("invalid");
    let missing = json!({"version": {"content": "{{ a }}{{ b }}"}});
    let refused = reader.post("/render", missing).await.is(422).refused("invalid_variables");
    assert_eq!(refused.problems(), ["required /variables/a", "required /variables/b"]);
    assert_eq!(app.revision(), before, "nothing was stored");
});
