//! A history: one version a line, the oldest first, `{"content": …}` and what else is known of it.

use serde_json::Value;

use super::named_by;
use crate::{Options, Prompt, Version, fields::Fields};

pub(super) fn read(path: &str, text: &str, options: &Options) -> Result<Prompt, String> {
    let mut versions = Vec::new();
    let mut kind = None;
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |detail: String| format!("line {}: {detail}", i + 1);
        let value: Value = serde_json::from_str(line).map_err(|error| at(error.to_string()))?;
        let version = version(path, value, options).map_err(at)?;
        let this = if version.content.is_string() { "text" } else { "chat" };
        if *kind.get_or_insert(this) != this {
            return Err(
                at("some versions are texts and some are chats; a prompt is one of them.".to_owned()),
            );
        }
        versions.push(version);
    }
    let kind = kind.ok_or("The file is empty; a history has one version a line.")?.to_owned();
    Ok(Prompt { path: path.to_owned(), name: named_by(path), kind, versions, ..Prompt::default() })
}

fn version(path: &str, value: Value, options: &Options) -> Result<Version, String> {
    let mut fields = Fields::of(value)?;
    let content = fields.value("content").ok_or("`content` is missing.")?;
    if !content.is_string() && !content.is_array() {
        return Err("`content` is a text, or a list of messages.".to_owned());
    }
    let mut first = |keys: [&str; 3]| {
        keys.into_iter()
            .map(|key| fields.text(key))
            .find(|found| !matches!(found, Ok(None)))
            .unwrap_or(Ok(None))
    };
    let created_at = first(["committed_at", "created_at", "time"])?;
    let author = first(["author", "created_by", "committer"])?;
    let note = first(["note", "message", "subject"])?.unwrap_or_default();
    let version = Version {
        path: path.to_owned(),
        number: fields.text("version")?,
        content,
        template: Some(
            fields
                .text("template")?
                .or_else(|| options.template.clone())
                .unwrap_or_else(|| "none".to_owned()),
        ),
        variables: fields.value("variables"),
        settings: fields.value("settings"),
        note,
        tags: fields.texts("tags")?,
        metadata: fields.object("metadata")?.unwrap_or_default(),
        author,
        created_at,
        ..Version::default()
    };
    fields.finish()?;
    Ok(version)
}
