//! Export and import: a project as an archive of files.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;
use promptory_files::archive::{self, LIMITS, Writer};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    approvals::{one_stage, team},
    server::{Person, story},
};

type Files = BTreeMap<String, String>;

fn pack(files: &[(&str, &str)]) -> Bytes {
    let mut writer = Writer::new(Vec::new());
    for (path, text) in files {
        writer.add(path, text.as_bytes(), 0).expect("memory");
    }
    writer.finish().expect("memory").into()
}

fn unpack(bytes: &[u8]) -> Files {
    let mut files = Files::new();
    archive::read(bytes, &LIMITS, |path, bytes| {
        files.insert(path.to_owned(), String::from_utf8(bytes).expect("text"));
        Ok(())
    })
    .expect("an archive");
    files
}

async fn import(person: &Person, query: &str, body: Bytes) -> Answer {
    person
        .with("content-type", "application/gzip")
        .send(Method::POST, &format!("/import{query}"), Some(body))
        .await
}

async fn export(person: &Person) -> Files {
    unpack(&person.get("/export").await.good().body)
}

/// An administrator in a project of its own.
async fn elsewhere(admin: &Person, name: &str) -> Person {
    admin.post("/projects", json!({"name": name})).await.good();
    admin.with("x-project", name)
}

/// Everything that files can hold.
async fn furnish(admin: &Person) {
    admin.publish_with("shared/tone", json!({"content": "Be kind.\n"})).await.good();
    let chat = json!([
        {"role": "system", "content": "=== not a marker ===\r\n{% include \"shared/tone@^1\" %}"},
        {"placeholder": "history"}, {"role": "user", "content": "{{ question }}\n\n"}
    ]);
    let version = json!({
        "content": chat, "settings": {"model": "gpt-5", "temperature": 0.70, "stop": ["a: b", "#"]}, "note": "First\nnote: with lines\n",
        "variables": [{"name": "question", "schema": {"type": "string", "maxLength": 100}, "required": true},
            {"name": "history", "required": false, "default": []}],
        "tags": ["x"], "metadata": {"ticket": "A-1", "deep": {"n": [1, {"k": null}]}}
    });
    let prompt = json!({
        "name": "support/Reply", "kind": "chat", "description": "Answers: \"mail\"", "category": "generation", "owner": "team",
        "tags": ["support", "eu"], "metadata": {"a": 1.50}, "version": version
    });
    admin.post("/prompts", prompt).await.good();
    admin
        .revise("support/Reply", json!({"content": [{"role": "user", "content": "{{ question }}"}]}))
        .await
        .good();
    admin
        .revise("support/Reply", json!({"content": [{"role": "user", "content": "{{ question }}!"}]}))
        .await
        .good();
    admin.delete("/prompts/support%2FReply/versions/2").await.good();
    admin.mark("support/Reply", "3", "deprecate").await.good();
    admin.put("/prompts/support%2FReply/labels/stable", json!({"version": "1"})).await.good();
    let sample = json!({"description": "Angry", "variables": {"question": "Where\nis it?\n", "n": 1.0}});
    admin.put("/prompts/support%2FReply/samples/ada", sample).await.good();
    admin.activate("shared/tone", "1", "production").await.good();
    admin.activate("support/Reply", "1", "production").await.good();
    admin.publish("old.md", "x").await.good();
    admin.reword("old.md", "y").await.good();
    admin.mark("old.md", "1", "archive").await.good();
    admin.patch("/prompts/old.md", json!({"name": "archived/old.md"})).await.good();
    admin.poke("/prompts/archived%2Fold.md/archive").await.good();
    admin
        .publish_with("secret", json!({"content": "key AKIAIOSFODNN7EXAMPLQ", "allow_secret": "an example"}))
        .await
        .good();
}

both!(a_project_comes_back_from_its_files, async |db| {
    let (app, _, author, _) = story(db).await;
    let admin = app.admin();
    furnish(&admin).await;
    let files = export(&author).await;
    assert_eq!(files.len(), 12, "{:?}", files.keys());
    assert_eq!(files["prompts/shared/tone/1.0.0.md"].lines().last(), Some(""));
    let other = elsewhere(&admin, "other").await;
    let packed = admin.get("/export").await.good();
    assert_eq!(packed.header("content-type"), Some("application/gzip"));
    assert_eq!(
        packed.header("content-disposition"),
        Some("attachment; filename=\"promptory-default.tar.gz\"")
    );
    let dry = import(&other, "?activate=true&dry_run=true", packed.body.clone()).await.good();
    assert_eq!(export(&other).await.len(), 1, "a dry run makes nothing");
    let done = import(&other, "?activate=true", packed.body.clone()).await.good();
    assert_eq!(
        (done.field("/created"), done.field("/prompts_created"), done.field("/activated")),
        ("6".into(), "4".into(), "2".into())
    );
    assert_eq!(done.json()["refused"], json!([]));
    assert_eq!(done.json()["warnings"].as_array().map(Vec::len), Some(1), "{done}");
    let counts = |answer: &Answer| {
        ["created", "unchanged", "activated", "refused"].map(|key| answer.json()[key].clone())
    };
    assert_eq!(counts(&dry), counts(&done));
    let mut back = export(&other).await;
    assert!(back["promptory.yaml"].contains("project: other"));
    back.insert("promptory.yaml".to_owned(), files["promptory.yaml"].clone());
    assert_eq!(back, files);
    // What is served is the same, byte for byte.
    for prompt in ["support%2FReply", "shared%2Ftone"] {
        let fields = |answer: Answer| {
            ["content", "includes", "variables", "settings", "content_hash", "build_hash"]
                .map(|key| answer.json()[key].clone())
        };
        let path = format!("/prompts/{prompt}/active");
        assert_eq!(fields(other.get(&path).await.good()), fields(admin.get(&path).await.good()));
    }
    let version = other.version("support/Reply", "1").await.good();
    assert!(
        version.json()["source_author"].is_string()
            && version.json()["source_created_at"] == "2026-11-20T10:00:00.000Z"
    );
    assert_eq!(other.prompt("old.md").await.good().field("/renamed_to"), "archived/old.md");
    // Again: nothing to do, nothing written.
    let head = other.get("/audit/verify").await.field("/head");
    let again = import(&other, "?activate=true", packed.body).await.good();
    assert_eq!(
        (again.field("/created"), again.field("/unchanged"), again.field("/activated")),
        ("0".into(), "6".into(), "0".into())
    );
    assert_eq!(other.get("/audit/verify").await.field("/head"), head);
});

both!(what_differs_is_brought_over, async |db| {
    let (app, ..) = story(db).await;
    let admin = app.admin();
    furnish(&admin).await;
    let mut files = export(&admin).await;
    let edit = |files: &mut Files, path: &str, from: &str, to: &str| {
        let text = files.get_mut(path).expect("the file");
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
    };
    edit(&mut files, "prompts/support/Reply/prompt.yaml", "owner: team", "owner: others");
    edit(&mut files, "prompts/support/Reply/prompt.yaml", "stable: 1.0.0", "stable: 1.0.1\n  beta: 1.0.0");
    edit(&mut files, "prompts/support/Reply/1.0.0.md", "tags: [x]", "tags: [x, y]");
    edit(&mut files, "prompts/support/Reply/sample.ada.yaml", "Angry", "Calm");
    edit(&mut files, "prompts/secret/1.0.0.md", "key AKIA", "key AKIB");
    edit(&mut files, "prompts/archived/old%2Emd/prompt.yaml", "archived: true\n", "");
    files.insert(
        "prompts/shared/tone/next.md".to_owned(),
        "---\nnote: Kinder\n---\nBe very kind.\n".to_owned(),
    );
    let listed: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let done = import(&admin, "", pack(&listed)).await.good();
    assert_eq!((done.field("/created"), done.field("/prompts_updated")), ("1".into(), "2".into()), "{done}");
    assert_eq!(done.json()["refused"].as_array().map(Vec::len), Some(2), "{done}");
    assert_eq!(done.field("/refused/0/path"), "prompts/secret/1.0.0.md");
    assert!(done.field("/refused/0/detail").contains("another content"));
    assert!(done.field("/refused/1/detail").contains("1.0.1, which is not there"), "{done}");
    let now = export(&admin).await;
    assert!(now["prompts/support/Reply/prompt.yaml"].contains("owner: others"));
    assert!(now["prompts/support/Reply/prompt.yaml"].contains("beta: 1.0.0"));
    assert!(now["prompts/support/Reply/1.0.0.md"].contains("tags: [x, y]"));
    assert!(now["prompts/support/Reply/sample.ada.yaml"].contains("Calm"));
    assert!(!now["prompts/archived/old%2Emd/prompt.yaml"].contains("archived: true"));
    assert!(now["prompts/shared/tone/1.0.1.md"].contains("Be very kind."));
    let again = import(&admin, "", pack(&listed)).await.good();
    assert_eq!(
        (again.field("/created"), again.field("/prompts_updated")),
        ("0".into(), "0".into()),
        "{again}"
    );
});

both!(files_of_other_kinds_become_prompts, async |db| {
    let (_, _, author, _) = story(db).await;
    let history = "{\"committed_at\":\"2024-03-01T13:52:45-08:00\",\"content\":\"one\\n\"}\n{\"content\":\"two\"}\n{\"content\":\"one\\n\"}\n";
    let files = pack(&[
        ("LICENSE", "text"),
        ("fabric/plain.md", "# {{not jinja\r\n"),
        ("chat.prompt", "{{role \"system\"}}Hi {{name}}"),
        ("ask.prompty", "---\nsample:\n  q: Who?\n---\nsystem:\nBe kind.\nuser:\n{{q}}\n"),
        ("old.jsonl", history),
        ("broken.prompt", "{{#each}"),
        ("empty.md", ""),
        ("Old.md", "another of that name"),
    ]);
    let done = import(&author, "", files.clone()).await.good();
    assert_eq!((done.field("/created"), done.field("/prompts_created")), ("4".into(), "4".into()), "{done}");
    assert_eq!(done.json()["skipped"], json!(["LICENSE"]));
    let refused: Vec<String> =
        done.json()["refused"].as_array().unwrap().iter().map(|one| one["path"].to_string()).collect();
    assert_eq!(
        refused,
        ["\"broken.prompt\"", "\"empty.md\"", "\"old.jsonl\""]
            .map(String::from)
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
    );
    let plain = author.version("fabric/plain", "1").await.good();
    assert_eq!(
        (plain.json()["content"].clone(), plain.field("/template")),
        (json!("# {{not jinja\r\n"), "none".into())
    );
    assert_eq!(
        author.get("/prompts/ask/samples/sample").await.good().json()["variables"],
        json!({"q": "Who?"})
    );
    let again = import(&author, "", files).await.good();
    assert_eq!((again.field("/created"), again.field("/unchanged")), ("0".into(), "4".into()), "{again}");
});

both!(a_history_is_made_in_order_and_goes_on, async |db| {
    let (_, _, author, _) = story(db).await;
    let lines = |texts: &[&str]| {
        texts.iter().map(|text| json!({"content": text}).to_string() + "\n").collect::<String>()
    };
    let put = async |texts: &[&str]| import(&author, "", pack(&[("h.jsonl", &lines(texts))])).await.good();
    assert_eq!(put(&["a", "b", "a"]).await.field("/created"), "3");
    assert_eq!(put(&["a", "b", "a"]).await.field("/created"), "0");
    assert_eq!(put(&["a", "b", "a", "c"]).await.field("/created"), "1");
    let contents = author.get("/prompts/h/versions?sort=sequence").await.good().items("content");
    assert_eq!(contents, ["a", "b", "a", "c"]);
    // A single text is compared with the newest.
    let one = async |text: &str| import(&author, "", pack(&[("h.md", text)])).await.good().field("/created");
    assert_eq!((one("c").await, one("a").await, one("a").await), ("0".into(), "1".into(), "0".into()));
});

both!(import_keeps_to_the_rights_of_the_key, async |db| {
    let (app, _, author, operator) = story(db).await;
    let files = pack(&[
        ("promptory.yaml", "format: 1\n"),
        ("prompts/p/prompt.yaml", "labels: {stable: 1.0.0}\nlive: {production: 1.0.0, nowhere: 1.0.0}\n"),
        ("prompts/p/1.0.0.md", "---\nnote: n\n---\nx\n"),
    ]);
    import(&operator, "", files.clone()).await.is(403);
    let done = import(&author, "", files.clone()).await.good();
    assert_eq!(done.field("/created"), "1");
    assert!(done.field("/refused/0/detail").contains("a key needs"), "{done}");
    import(&author, "?activate=true", files.clone()).await.is(403);
    assert_eq!(app.admin().active("p").await.status, 404);
    let done = import(&app.admin(), "?activate=true", files).await.good();
    assert_eq!(
        (done.field("/activated"), done.field("/prompts_updated")),
        ("1".into(), "1".into()),
        "{done}"
    );
    assert!(done.field("/refused/0/detail").contains("nowhere"), "{done}");
    let bound = app
        .admin()
        .post("/keys", json!({"name": "b", "scopes": ["admin"], "environment": "staging"}))
        .await
        .good();
    let bound = app.person(&bound.field("/key"));
    import(&bound, "", pack(&[("a.md", "x")])).await.is(403);
    bound.get("/export").await.is(403);
});

both!(bad_archives_change_nothing, async |db| {
    let (app, _, author, _) = story(db).await;
    let revision = app.revision();
    import(&author, "", Bytes::from_static(b"no archive")).await.is(400);
    import(&author, "", Bytes::new()).await.is(400);
    let good = pack(&[("a.md", "x")]);
    import(&author, "", good.slice(..good.len() - 3)).await.is(400);
    import(&author, "", pack(&[("a.md", "x"), ("a.md", "y")])).await.is(422).refused("invalid");
    import(&author, "", pack(&[("promptory.yaml", "format: 2\n"), ("prompts/a.md", "x")])).await.is(422);
    import(&author, "?template=mustache", good.clone()).await.is(422);
    import(&author, "?activate=maybe", good.clone()).await.is(422);
    author.post("/import", json!({})).await.is(415);
    assert_eq!(app.revision(), revision);
    import(&author, "?template=jinja", pack(&[("a.md", "{% if %}"), ("b.md", "{{ x }}")])).await.good();
    author.prompt("a").await.is(404);
    assert_eq!(author.version("b", "1").await.good().field("/template"), "jinja");
});

fn texts() -> impl Strategy<Value = String> {
    "[a-zA-Z=#:{}'\" \\n\\t-]{0,30}(é|\\r\\n|x)"
}

/// A prompt with versions as a project may have them.
fn prompts() -> impl Strategy<Value = (String, Vec<(String, String)>)> {
    let name = "[a-z]{1,5}(/[A-Za-z .]{0,4}[a-z]){0,2}";
    let version = (texts(), texts(), prop::collection::hash_set("[a-z]{1,5}", 0..3), any::<bool>());
    let versions = prop::collection::vec(version, 1..5);
    (name, texts(), any::<bool>(), versions).prop_map(|(name, about, chat, versions)| {
        let made = promptory_files::Prompt {
            kind: if chat { "chat" } else { "text" }.to_owned(),
            about: Some(promptory_files::About {
                description: about.clone(),
                author: Some("Ada".to_owned()),
                created_at: Some("2020-01-02T03:04:05.006Z".to_owned()),
                ..promptory_files::About::default()
            }),
            name,
            ..promptory_files::Prompt::default()
        };
        let mut files = vec![promptory_files::prompt_file(&made)];
        for (i, (text, note, tags, archived)) in versions.into_iter().enumerate() {
            let content = if chat {
                json!([{"role": "user", "content": text}, {"placeholder": "h"}])
            } else {
                Value::from(text)
            };
            let version = promptory_files::Version {
                number: Some(format!("1.{i}.0")),
                sequence: i64::try_from(2 * i + 1).ok(),
                content,
                template: Some("none".to_owned()),
                variables: Some(if chat { json!([{"name": "h", "required": true}]) } else { json!([]) }),
                note,
                tags: tags.into_iter().collect(),
                archived,
                author: Some("Ada: A.".to_owned()),
                created_at: Some("2021-01-02T03:04:05.006Z".to_owned()),
                ..promptory_files::Version::default()
            };
            files.push(promptory_files::version_file(&made.name, &version));
        }
        (made.name, files)
    })
}

both!(any_project_comes_back, async |db| {
    let (app, ..) = story(db).await;
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for round in 0..6 {
        let project = elsewhere(&app.admin(), &format!("round-{round}")).await;
        let projects = prop::collection::vec(prompts(), 0..12);
        let mut names = std::collections::HashSet::new();
        let mut files = Files::new();
        for (name, made) in projects.new_tree(&mut runner).expect("a project").current() {
            // Names that differ by case alone are one.
            if names.insert(name.to_lowercase()) {
                files.extend(made);
            }
        }
        let head = export(&project).await;
        files.extend(head);
        let listed: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let done = import(&project, "", pack(&listed)).await.good();
        assert_eq!(done.json()["refused"], json!([]), "{done}");
        assert_eq!(export(&project).await, files, "round {round}");
    }
});

both!(what_may_not_leave_the_archive_unasked_is_asked_for, async |db| {
    let team = team(db, one_stage()).await;
    let urgent = json!({"version": "2", "environment": "production", "emergency": {"reason": "down"}});
    team.operator.post("/prompts/p/activate", urgent).await.is(201);
    let files = export(&team.operator).await;
    let listed: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let archived = team.operator.poke("/prompts/p/archive").await.good();
    team.lead.decides(&archived.field("/pending/0/id"), "approve").await.is(200);

    let admin = team.app.admin();
    let ahead = import(&admin, "?dry_run=true", pack(&listed)).await.good();
    assert_eq!(ahead.field("/pending"), "1", "{ahead}");
    assert!(admin.get("/approvals?state=open").await.items("id").is_empty(), "nothing was changed");
    let done = import(&admin, "", pack(&listed)).await.good();
    assert_eq!((done.field("/pending"), done.field("/prompts_updated")), ("1".into(), "0".into()), "{done}");
    assert!(done.field("/refused/0/detail").contains("Import it again"), "{done}");
    assert_eq!(team.operator.prompt("p").await.field("/archived"), "true");
    let open = team.lead.get("/approvals?state=open").await.items("id");
    team.lead.decides(&open[0], "approve").await.is(200);
    let done = import(&admin, "", pack(&listed)).await.good();
    assert_eq!((done.field("/pending"), done.json()["refused"].clone()), ("0".into(), json!([])), "{done}");
    assert_eq!(team.live().await, "1.0.1");
});
