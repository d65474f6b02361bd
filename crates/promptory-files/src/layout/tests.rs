use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

#[test]
fn folders_are_named_after_their_prompts() {
    let check = |name: &str, wanted: &str| assert_eq!(folder(name), format!("prompts/{wanted}"));
    check("support/reply", "support/reply");
    check("Über uns/日本", "Über uns/日本");
    check(".hidden/a.", "%2Ehidden/a%2E");
    check("a.md/b.YAML", "a%2Emd/b%2EYAML");
    check("con/lpt1.txt/com10", "%63on/%6Cpt1.txt/com10");
    check("50%?", "50%25%3F");
    check(" a ", "%20a%20");
    let long = folder(&"é".repeat(128));
    assert!(long.len() < 200, "{long}");
    assert_ne!(long, folder(&"é".repeat(127)));
}

#[test]
fn files_are_sorted_into_prompts() {
    let found = layout([
        "promptory.yaml",
        "README.md",
        ".github/workflows/prompts.yml",
        "prompts/support/prompt.yaml",
        "prompts/support/1.0.0.md",
        "prompts/support/sample.ada.yaml",
        "prompts/support/notes.txt",
        "prompts/support/reply/prompt.yaml",
        "prompts/plain.md",
        "prompts/old.jsonl",
    ]);
    let group = |form, paths: &[&str]| Group { form, paths: paths.iter().map(|p| (*p).to_owned()).collect() };
    assert_eq!(
        found.groups,
        [
            group(Form::History, &["prompts/old.jsonl"]),
            group(Form::Markdown, &["prompts/plain.md"]),
            group(
                Form::Native,
                &[
                    "prompts/support/prompt.yaml",
                    "prompts/support/1.0.0.md",
                    "prompts/support/sample.ada.yaml"
                ]
            ),
            group(Form::Native, &["prompts/support/reply/prompt.yaml"]),
        ]
    );
    assert_eq!(found.skipped, ["README.md", ".github/workflows/prompts.yml", "prompts/support/notes.txt"]);
    let plain = layout(["a.md", "b/c.prompt", "d.prompty", "LICENSE", ".x.md", "prompt.yaml", "1.0.0.md"]);
    let forms: Vec<_> = plain.groups.iter().map(|group| group.form).collect();
    assert_eq!(forms, [Form::Native, Form::Dotprompt, Form::Prompty]);
    assert_eq!(plain.groups[0].paths, ["a.md", "prompt.yaml", "1.0.0.md"]);
    assert_eq!(plain.skipped, ["LICENSE", ".x.md"]);
}

proptest! {
    #[test]
    fn different_names_have_different_folders(names in prop::collection::hash_set("[a-c%. ~]{1,6}(/[a-c.]{1,4}){0,2}", 1..40)) {
        let folders: HashSet<String> = names.iter().map(|name| folder(name)).collect();
        prop_assert_eq!(folders.len(), names.len());
        for name in &names {
            prop_assert_eq!(&super::name(&folder(name)), name);
            prop_assert!(layout([prompt_path(name).as_str(), version_path(name, "1.0.0").as_str()]).skipped.is_empty());
        }
    }
}
