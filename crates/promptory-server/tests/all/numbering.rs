//! Numbers of versions: what comes next, what may be given, what is refused and why.

use serde_json::{Value, json};

use crate::server::{Person, story};

/// Posts each body in turn and says what came: a number, or the code of the refusal.
async fn numbers(author: &Person, name: &str, bodies: &[(Value, &str)]) {
    for (body, expected) in bodies {
        let answer = author.revise(name, body.clone()).await;
        let came = if answer.status == 201 { answer.field("/version") } else { answer.field("/code") };
        assert_eq!(came, *expected, "{body}: {answer}");
    }
}

both!(the_number_follows_from_the_contract, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "Hello {{ name }}").await.good();
    let optional = json!([{"name": "name"}, {"name": "mood", "required": false}]);
    let typed = json!([{"name": "name", "schema": {"type": "string"}}, {"name": "mood", "required": false}]);
    numbers(
        &author,
        "p",
        &[
            (json!({"content": "Hi {{ name }}"}), "1.0.1"),
            (json!({"content": "Hi {{ name }}{{ mood }}", "variables": optional}), "1.1.0"),
            (json!({"content": "Hey {{ name }}{{ mood }}", "variables": optional, "bump": "auto"}), "1.1.1"),
            (json!({"content": "Hey {{ name }}{{ mood }}", "variables": typed}), "2.0.0"),
            (
                json!({"content": "Hi {{ name }}{{ mood }}", "variables": typed, "settings": {"model": "m"}}),
                "2.1.0",
            ),
            (json!({"content": "Hello {{ name }}"}), "duplicate_content"),
            (json!({"content": "Hello {{ names }}"}), "3.0.0"),
            (json!({"content": "Hello {{ names }}!", "bump": "patch"}), "3.0.1"),
            (json!({"content": "Hello {{ names }}!!", "bump": "minor"}), "3.1.0"),
            (json!({"content": "Hello {{ names }}!!!", "bump": "major"}), "4.0.0"),
        ],
    )
    .await;
    let listed = author.get("/prompts/p/versions").await;
    assert_eq!(listed.items("sequence")[0], "10");
    assert_eq!(listed.items("labels").iter().filter(|labels| *labels == r#"["latest"]"#).count(), 1);
});

both!(a_given_number_is_valid_unused_and_above_its_line, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish_with("p", json!({"content": "a", "version": "1.2.0"})).await.good();
    let given = |content: &str, version: &str| json!({"content": content, "version": version});
    numbers(
        &author,
        "p",
        &[
            (given("b", "1.2.0"), "version_taken"),
            (given("b", "1.1.9"), "1.1.9"),
            (given("c", "1.1.8"), "invalid"),
            (given("c", "1.2.5"), "1.2.5"),
            (given("d", "1.2.4"), "invalid"),
            (given("d", "3.0.0"), "3.0.0"),
            (json!({"content": "e"}), "3.0.1"),
            (given("f", "2.7.0"), "2.7.0"),
            (given("g", "1.0"), "invalid"),
            (given("g", "v1.9.0"), "invalid"),
            (given("g", "01.9.0"), "invalid"),
            (given("g", "5.0.0-beta"), "invalid"),
            (given("g", "5.0.0+build"), "invalid"),
            (given("g", "1000000001.0.0"), "invalid"),
            (given("g", ""), "invalid"),
            (json!({"content": "g", "version": "9.0.0", "bump": "major"}), "invalid"),
            (json!({"content": "g", "bump": "huge"}), "invalid"),
        ],
    )
    .await;
    let taken = author.revise("p", given("h", "2.7.0")).await.is(409).refused("version_taken");
    assert_eq!(
        (taken.field("/existing/version"), taken.field("/existing/sequence")),
        ("2.7.0".into(), "6".into())
    );
    assert_eq!(author.version("p", "latest").await.field("/version"), "2.7.0", "latest is by sequence");
});

both!(a_breaking_change_under_a_low_number_is_refused_with_the_list, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "{{ a }} {{ b }}").await.good();
    for low in [json!({"bump": "patch"}), json!({"bump": "minor"}), json!({"version": "1.5.0"})] {
        let mut body = json!({"content": "{{ a }} {{ c }}"});
        body.as_object_mut().expect("an object").extend(low.as_object().expect("an object").clone());
        let refused = author.revise("p", body.clone()).await.is(422).refused("breaking_change");
        let problems = refused.problems();
        assert_eq!(problems, ["variable_removed /bump", "required_variable_added /bump"], "{refused}");
        assert!(refused.field("/detail").contains("1.0.0"), "{refused}");
        if low == json!({"version": "1.5.0"}) {
            body["allow_breaking"] = json!(true);
            let allowed = author.revise("p", body).await.is(201);
            assert_eq!(
                (allowed.field("/version"), allowed.field("/created/compared_with")),
                ("1.5.0".into(), "1.0.0".into())
            );
            assert_eq!(allowed.field("/created/changes/0/code"), "variable_removed");
            assert_eq!(allowed.field("/created/changes/0/bump"), "major");
        }
    }
});

both!(the_same_content_is_named_and_may_be_allowed, async |db| {
    let (_, _, author, _) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    let same = author.reword("p", "one").await.is(409).refused("duplicate_content");
    assert_eq!(
        (same.field("/existing/version"), same.field("/existing/sequence")),
        ("1.0.0".into(), "1".into())
    );
    let again = author.revise("p", json!({"content": "one", "allow_duplicate": true})).await.is(201);
    assert_eq!(again.field("/version"), "1.0.2");
    let hashes = author.get("/prompts/p/versions").await.items("content_hash");
    assert_eq!(hashes[0], hashes[2]);
    // Notes, tags and metadata are not content; settings and template are.
    author
        .revise("p", json!({"content": "two", "note": "n", "tags": ["t"]}))
        .await
        .refused("duplicate_content");
    author.revise("p", json!({"content": "two", "template": "none"})).await.is(201);
    author.publish("other", "one").await.is(201);
});

both!(references_name_versions, async |db| {
    let (_, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    author.reword("p", "two").await.good();
    operator.activate("p", "1", "production").await.good();
    for (reference, version) in
        [("1.0.0", "1.0.0"), ("1", "1.0.0"), ("2", "1.0.1"), ("latest", "1.0.1"), ("production", "1.0.0")]
    {
        assert_eq!(author.version("p", reference).await.good().field("/version"), version, "{reference}");
    }
    for (reference, code) in [
        ("staging", "nothing_live"),
        ("3", "not_found"),
        ("0", "not_found"),
        ("007", "not_found"),
        ("9.9.9", "not_found"),
        ("nowhere", "not_found"),
        ("99999999999999999999", "not_found"),
        ("^1.0", "invalid"),
        ("1.x", "invalid"),
        ("*", "invalid"),
        ("\u{1F980}", "not_found"),
    ] {
        author.version("p", reference).await.refused(code);
    }
    author.version("q", "1").await.refused("not_found");
});
