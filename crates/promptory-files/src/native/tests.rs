use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Form, Layout, layout};

fn files_of(prompt: &Prompt) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![prompt_file(prompt)];
    files.extend(prompt.versions.iter().map(|version| version_file(&prompt.name, version)));
    files.extend(prompt.samples.iter().map(|sample| sample_file(&prompt.name, sample)));
    files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
}

fn back(prompt: &Prompt) -> Prompt {
    let files = files_of(prompt);
    let Layout { groups, skipped, .. } = layout(files.iter().map(|(path, _)| path.as_str()));
    assert!(
        skipped.is_empty() && groups.len() == 1 && groups[0].form == Form::Native,
        "{groups:?} {skipped:?}"
    );
    let (read, refused) = read(&groups[0], &files);
    assert!(refused.is_empty(), "{refused:?}");
    read.unwrap()
}

/// As its files would give it back: with their paths.
fn with_paths(mut prompt: Prompt) -> Prompt {
    prompt.path = prompt_path(&prompt.name);
    for version in &mut prompt.versions {
        version.path = version_path(&prompt.name, version.number.as_deref().unwrap());
    }
    for sample in &mut prompt.samples {
        sample.path = sample_path(&prompt.name, &sample.name);
    }
    prompt
}

fn names() -> impl Strategy<Value = String> {
    "[a-zA-Zé日 ._~%*-]{1,9}(/[a-z. ]{1,6}){0,2}"
        .prop_filter("no dots alone", |name| name.split('/').all(|part| !matches!(part, "." | "..")))
}

fn json_map() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "(0\\.[0-9]{1,3}0|-?[1-9][0-9]{0,30}\\.0)".prop_map(|n| serde_json::from_str(&n).unwrap()),
        ".{0,20}".prop_map(Value::from),
        "[a-z \\n:#\"'-]{0,20}".prop_map(Value::from),
        Just(Value::Null),
    ];
    prop::collection::vec(("[a-z_A-Z\\$ ]{1,8}", leaf), 0..4).prop_map(|fields| fields.into_iter().collect())
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["(.|\\n){0,60}", "(={0,5}( user | system )?={0,5}\\n|---\\n|\\r\\n| |a|\\n){0,12}",]
}

fn contents(chat: bool) -> BoxedStrategy<Value> {
    if !chat {
        return texts().prop_map(Value::from).boxed();
    }
    let part = prop_oneof![
        4 => ("(system|user|assistant|tool|developer)", texts()).prop_map(|(role, text)| json!({"role": role, "content": text})),
        1 => "[a-z_]{1,8}".prop_map(|name| json!({"placeholder": name})),
    ];
    prop::collection::vec(part, 1..5).prop_map(Value::from).boxed()
}

prop_compose! {
    fn versions(chat: bool)(
        content in contents(chat), template in "(jinja|single_brace|none)", settings in json_map(),
        variables in prop::collection::vec(json_map().prop_map(Value::Object), 0..3),
        (note, author, allow_secret) in (texts(), ".{0,10}", ".{0,6}"),
        tags in prop::collection::vec("[a-z0-9 ,:-]{1,8}", 0..3), metadata in json_map(),
        (archived, deprecated) in any::<(bool, bool)>(),
    ) -> Version {
        let some = |text: String| (!text.is_empty()).then_some(text);
        Version {
            content, template: some(template), variables: Some(variables.into()),
            settings: (!settings.is_empty()).then(|| settings.into()), note, tags, metadata, author: some(author),
            created_at: Some("2026-11-20T08:00:00.000Z".to_owned()), archived, deprecated,
            allow_secret: some(allow_secret), ..Version::default()
        }
    }
}

prop_compose! {
    fn abouts()(
        (description, category, owner) in (texts(), ".{0,8}", ".{0,8}"), metadata in json_map(), archived: bool,
        tags in prop::collection::vec("[a-z0-9 ,:-]{1,8}", 0..3), former_names in prop::collection::vec(names(), 0..3),
        labels in prop::collection::btree_map("[a-z]{1,6}", "[0-9]\\.[0-9]\\.[0-9]", 0..3),
        live in prop::collection::btree_map("[a-z]{1,6}", "[0-9]\\.[0-9]\\.[0-9]", 0..3),
    ) -> About {
        About { description, category, owner, metadata, archived, tags, former_names, labels, live, author: None, created_at: None }
    }
}

fn prompts() -> impl Strategy<Value = Prompt> {
    let samples = prop::collection::btree_map("[a-z][a-z.-]{0,6}", (texts(), json_map()), 0..3);
    (names(), any::<bool>(), abouts(), samples).prop_flat_map(|(name, chat, about, samples)| {
        prop::collection::vec(versions(chat), 0..6).prop_map(move |mut versions| {
            for (i, version) in versions.iter_mut().enumerate() {
                version.number = Some(format!("{}.{}.0", 1 + i / 3, i * 4 % 3));
                version.sequence = i64::try_from(2 * i + 1).ok();
            }
            let samples = samples.iter().map(|(name, (description, variables))| Sample {
                name: name.clone(),
                description: description.clone(),
                variables: variables.clone(),
                path: String::new(),
            });
            with_paths(Prompt {
                name: name.clone(),
                kind: if chat { "chat" } else { "text" }.to_owned(),
                about: Some(about.clone()),
                versions,
                samples: samples.collect(),
                path: String::new(),
            })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_prompt_comes_back(prompt in prompts()) {
        prop_assert_eq!(back(&prompt), prompt);
    }

    #[test]
    fn any_files_are_read_or_refused(text in "(---\n|note: [a-z:\n]{0,5}|=== user ===\n|[a-z{}:\n -]){0,12}") {
        let group = Group { form: Form::Native, paths: vec!["prompts/a/prompt.yaml".to_owned(), "prompts/a/1.0.0.md".to_owned()] };
        let files = |head: &str| vec![
            ("prompts/a/prompt.yaml".to_owned(), head.as_bytes().to_vec()),
            ("prompts/a/1.0.0.md".to_owned(), text.clone().into_bytes()),
        ];
        let _ = read(&group, &files("kind: chat"));
        let _ = read(&group, &files(&text));
    }
}

#[test]
fn a_version_reads_well() {
    let version = Version {
        number: Some("1.1.0".to_owned()),
        sequence: Some(2),
        template: Some("jinja".to_owned()),
        content: json!([{"role": "system", "content": "Be kind."}, {"placeholder": "history"}, {"role": "user", "content": "{{ question }}"}]),
        variables: Some(json!([{"name": "question", "required": true}])),
        settings: Some(serde_json::from_str(r#"{"model":"gpt-5","temperature":0.20}"#).unwrap()),
        note: "Kinder".to_owned(),
        author: Some("Mia".to_owned()),
        created_at: Some("2026-11-20T08:00:00.000Z".to_owned()),
        ..Version::default()
    };
    let (path, text) = version_file("support/reply", &version);
    assert_eq!(path, "prompts/support/reply/1.1.0.md");
    let wanted = "---\nversion: 1.1.0\nsequence: 2\ntemplate: jinja\nvariables:\n  - name: question\n    required: true\nsettings:\n  \
        model: gpt-5\n  temperature: 0.20\nnote: Kinder\nauthor: Mia\ncreated_at: \"2026-11-20T08:00:00.000Z\"\n---\n=== system ===\n\
        Be kind.\n=== placeholder: history ===\n=== user ===\n{{ question }}\n";
    assert_eq!(text, wanted);
}

#[test]
fn mistakes_are_named() {
    let group = Group { form: Form::Native, paths: Vec::new() };
    let check = |head: &str, version: &str, word: &str| {
        let files = vec![
            ("prompts/a/prompt.yaml".to_owned(), head.as_bytes().to_vec()),
            ("prompts/a/1.0.0.md".to_owned(), version.as_bytes().to_vec()),
        ];
        let (_, refused) = read(&group, &files);
        assert!(refused.len() == 1 && refused[0].detail.contains(word), "{refused:?}");
    };
    check("kind: text", "no front matter", "front matter");
    check("kind: text", "---\nnote: a\n", "no end");
    check("kind: text", "---\nnotte: a\n---\n", "\"notte\" is not known");
    check("kind: text", "---\nversion: 1.0.1\n---\n", "called 1.0.0");
    check("kind: text", "---\na: 1\nb: [\n---\n", "line 4");
    check("kind: chat", "---\nnote: a\n---\nHello\n", "=== system ===");
    check("kind: [", "---\n---\n", "");
    check("tags: none", "---\n---\n", "list of texts");
    let files = vec![
        ("prompts/a/prompt.yaml".to_owned(), b"name: a".to_vec()),
        ("prompts/a/x.md".to_owned(), vec![0xff]),
    ];
    assert!(read(&group, &files).1[0].detail.contains("UTF-8"));
}

#[test]
fn a_file_without_a_number_is_a_new_version_and_comes_last() {
    let group = Group { form: Form::Native, paths: Vec::new() };
    let file = |name: &str, text: &str| (format!("prompts/a/{name}"), text.as_bytes().to_vec());
    let files = vec![
        file("prompt.yaml", ""),
        file("next.md", "---\nnote: new\n---\nHi\n"),
        file("1.10.0.md", "---\n---\nx"),
        file("1.9.0.md", "---\n---\ny"),
    ];
    let prompt = read(&group, &files).0.unwrap();
    let numbers: Vec<_> = prompt.versions.iter().map(|version| version.number.as_deref()).collect();
    assert_eq!(numbers, [Some("1.9.0"), Some("1.10.0"), None]);
    assert!(prompt.name == "a" && prompt.kind == "text" && prompt.versions[2].content == "Hi");
}
