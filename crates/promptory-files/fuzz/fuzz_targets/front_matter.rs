//! Text as YAML, and as the file of a version: read or refused. What is read is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promptory_files::{Form, Group, Options, prompt_file, read, version_file, yaml};

fuzz_target!(|text: &str| {
    if let Ok(value) = yaml::parse(text) {
        let written = yaml::write(&value);
        assert_eq!(yaml::parse(&written).as_ref(), Ok(&value), "{written}");
    }
    let group = Group { form: Form::Native, paths: vec!["prompts/a/prompt.yaml".into(), "prompts/a/1.0.0.md".into()] };
    let files = |head: &str, version: &str| {
        vec![
            ("prompts/a/prompt.yaml".to_owned(), head.as_bytes().to_vec()),
            ("prompts/a/1.0.0.md".to_owned(), version.as_bytes().to_vec()),
        ]
    };
    for head in ["name: a\nkind: text\n", "name: a\nkind: chat\n", text] {
        let (Some(prompt), _) = read(&group, &files(head, text), &Options::default()) else { continue };
        let Some(version) = prompt.versions.first() else { continue };
        if prompt.name != "a" || version.variables.is_none() {
            continue;
        }
        let (head, again) = (prompt_file(&prompt).1, version_file("a", version).1);
        let (back, refused) = read(&group, &files(&head, &again), &Options::default());
        assert!(refused.is_empty(), "{refused:?}");
        assert_eq!(back.as_ref(), Some(&prompt));
    }
});
