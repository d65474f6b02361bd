//! The examples: `demo/*/prompt.json` and the contents beside them, built into the program.

use std::collections::BTreeMap;

use promptory_api::prompt::PutSample;
use promptory_api::version::NewVersion;
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../../demo/", $path)))),*]
    };
}

const FOLDERS: [&str; 12] = [
    // First: others include it.
    "shared-voice",
    "support-reply",
    "support-triage",
    "sales-outreach-email",
    "docs-summarize",
    "data-text-to-sql",
    "chat-assistant",
    "code-review",
    "ops-incident-update",
    "hiring-job-posting",
    "search-rewrite-query",
    "meetings-minutes",
];

const FILES: [(&str, &str); 43] = files![
    "shared-voice/prompt.json",
    "shared-voice/1.md",
    "shared-voice/2.md",
    "support-reply/prompt.json",
    "support-reply/1.md",
    "support-reply/2.md",
    "support-reply/3.md",
    "support-triage/prompt.json",
    "support-triage/1.json",
    "support-triage/2.json",
    "sales-outreach-email/prompt.json",
    "sales-outreach-email/1.md",
    "sales-outreach-email/2.md",
    "sales-outreach-email/3.md",
    "docs-summarize/prompt.json",
    "docs-summarize/1.md",
    "docs-summarize/2.md",
    "docs-summarize/3.md",
    "data-text-to-sql/prompt.json",
    "data-text-to-sql/1.json",
    "data-text-to-sql/2.json",
    "chat-assistant/prompt.json",
    "chat-assistant/1.json",
    "code-review/prompt.json",
    "code-review/1.md",
    "code-review/2.md",
    "code-review/3.md",
    "code-review/4.md",
    "ops-incident-update/prompt.json",
    "ops-incident-update/1.md",
    "ops-incident-update/2.md",
    "ops-incident-update/3.md",
    "hiring-job-posting/prompt.json",
    "hiring-job-posting/1.md",
    "hiring-job-posting/2.md",
    "hiring-job-posting/3.md",
    "search-rewrite-query/prompt.json",
    "search-rewrite-query/1.md",
    "search-rewrite-query/2.md",
    "meetings-minutes/prompt.json",
    "meetings-minutes/1.md",
    "meetings-minutes/2.md",
    "meetings-minutes/3.md",
];

/// A prompt with all its versions, oldest first.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) name: String,
    pub(super) about: Manifest,
    pub(super) versions: Vec<ExampleVersion>,
}

#[derive(Debug)]
pub(super) struct ExampleVersion {
    pub(super) body: NewVersion,
    /// When it was made, where the past is made up.
    pub(super) days_ago: i64,
    pub(super) author: String,
    /// Environments where it goes live, in this order.
    pub(super) activate: Vec<String>,
}

/// `prompt.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    name: String,
    pub(super) kind: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) tags: Vec<String>,
    pub(super) owner: String,
    versions: Vec<ManifestVersion>,
    /// Names and which of the versions each points to, from 1.
    #[serde(default)]
    pub(super) labels: BTreeMap<String, usize>,
    #[serde(default)]
    pub(super) samples: BTreeMap<String, PutSample>,
    /// Where the past is made up: an older version made live again, or a newer one once more.
    #[serde(default)]
    pub(super) returns: Vec<Return>,
    /// The same: what waits for approval at its end.
    #[serde(default)]
    pub(super) asks: Vec<Ask>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Return {
    pub(super) days_ago: i64,
    /// From 1.
    pub(super) version: usize,
    pub(super) environment: String,
    pub(super) by: String,
    pub(super) reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    pub(super) days_ago: i64,
    /// From 1.
    pub(super) version: usize,
    pub(super) environment: String,
    pub(super) by: String,
    pub(super) reason: String,
    /// How many there are already.
    pub(super) approvals: usize,
    /// What who asked says to the first of them.
    pub(super) answer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestVersion {
    /// A file in the same folder.
    content: String,
    days_ago: i64,
    author: String,
    note: String,
    tags: Option<Vec<String>>,
    /// Absent: as in the version before.
    variables: Option<Value>,
    /// Absent: as in the version before.
    settings: Option<Value>,
    activate: Vec<String>,
}

pub(super) fn examples() -> Result<Vec<Example>, Failure> {
    FOLDERS.iter().map(|folder| example(folder)).collect()
}

fn example(folder: &str) -> Result<Example, Failure> {
    let mut about: Manifest = json(&format!("{folder}/prompt.json"))?;
    let (mut variables, mut settings) = (None, None);
    let mut versions = Vec::new();
    for version in std::mem::take(&mut about.versions) {
        variables = version.variables.clone().or(variables);
        settings = version.settings.clone().or(settings);
        let path = format!("{folder}/{}", version.content);
        let content = match about.kind.as_str() {
            "chat" => json(&path)?,
            // The last line's end belongs to the file, not to the prompt.
            _ => Value::String(file(&path)?.trim_end_matches('\n').to_owned()),
        };
        let body = NewVersion {
            content,
            variables: variables.clone(),
            settings: settings.clone(),
            note: Some(version.note.clone()),
            tags: version.tags.clone(),
            ..NewVersion::default()
        };
        let ManifestVersion { days_ago, author, activate, .. } = version;
        versions.push(ExampleVersion { body, days_ago, author, activate });
    }
    Ok(Example { name: about.name.clone(), about, versions })
}

fn json<T: serde::de::DeserializeOwned>(path: &str) -> Result<T, Failure> {
    serde_json::from_str(file(path)?).map_err(|error| Failure::Local(format!("the demo's {path}: {error}")))
}

fn file(path: &str) -> Result<&'static str, Failure> {
    let found = FILES.iter().find(|(name, _)| *name == path);
    found.map(|(_, text)| *text).ok_or_else(|| Failure::Local(format!("the demo has no file {path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_can_be_read_and_is_described() {
        let examples = examples().expect("readable");
        assert_eq!(examples.len(), FOLDERS.len());
        for example in examples {
            let Example { name, about, versions } = &example;
            assert!(
                about.description.len() > 30 && !about.owner.is_empty() && !about.tags.is_empty(),
                "{name}"
            );
            assert!(!about.category.is_empty() && versions.len() >= 2, "{name}");
            assert!(about.labels.values().all(|n| (1..=versions.len()).contains(n)), "{name}");
            for version in versions {
                assert!(version.body.note.as_ref().is_some_and(|note| note.len() > 20), "{name}");
                assert!(version.body.variables.is_some() && version.body.settings.is_some(), "{name}");
                assert_eq!(version.body.content.is_array(), about.kind == "chat", "{name}");
                assert_eq!(version.activate.first().map(String::as_str), Some("development"), "{name}");
            }
        }
    }

    #[test]
    fn every_file_is_used() {
        let examples: Vec<Manifest> =
            FOLDERS.iter().map(|f| json(&format!("{f}/prompt.json")).expect("readable")).collect();
        for (path, _) in FILES {
            let (folder, name) = path.split_once('/').expect("a folder");
            let manifest = &examples[FOLDERS.iter().position(|f| *f == folder).expect("a known folder")];
            assert_eq!(manifest.name.replace('/', "-"), folder);
            assert!(name == "prompt.json" || manifest.versions.iter().any(|v| v.content == name), "{path}");
        }
    }
}
