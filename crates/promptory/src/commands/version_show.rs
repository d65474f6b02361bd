//! Versions, for people.

use promptory_api::version::{Message, Version};
use serde_json::value::RawValue;

use crate::commands::activate::dependents;
use crate::commands::dry_run;
use crate::text::{facts, minute};

/// The stored content: a text as it is, a chat as its JSON.
pub(crate) fn raw_content(content: &RawValue) -> String {
    serde_json::from_str::<String>(content.get()).unwrap_or_else(|_| content.get().to_owned())
}

/// The content to read: messages under their roles.
pub(crate) fn readable_content(content: &RawValue) -> String {
    let Ok(serde_json::Value::Array(messages)) = serde_json::from_str(content.get()) else {
        return raw_content(content);
    };
    let field = |message: &serde_json::Value, name: &str| message[name].as_str().map(str::to_owned);
    let shown = messages.iter().map(|message| match (field(message, "role"), field(message, "content")) {
        (Some(role), Some(content)) => format!("[{role}]\n{content}"),
        _ => match field(message, "placeholder") {
            Some(name) => format!("[messages given as {name}]"),
            None => message.to_string(),
        },
    });
    shown.collect::<Vec<_>>().join("\n\n")
}

/// Rendered messages under their roles.
pub(crate) fn readable_messages(messages: &[Message]) -> String {
    let shown = messages.iter().map(|message| format!("[{}]\n{}", message.role, message.content));
    shown.collect::<Vec<_>>().join("\n\n")
}

pub(crate) fn describe(version: &Version) -> String {
    let unless_empty = |json: &RawValue| match json.get() {
        "{}" | "[]" | "null" => String::new(),
        text => text.to_owned(),
    };
    let head = facts(&[
        ("prompt", version.prompt.clone()),
        ("version", format!("{} (number {})", version.version, version.sequence)),
        ("status", version.status.clone()),
        ("live in", version.live_in.join(", ")),
        ("labels", version.labels.join(", ")),
        ("branch", version.branch.clone().unwrap_or_default()),
        ("note", version.note.clone()),
        ("tags", version.tags.join(", ")),
        ("template", version.template.clone()),
        ("variables", variables(&version.variables)),
        ("settings", unless_empty(&version.settings)),
        ("includes", version.dependencies.join(", ")),
        ("metadata", unless_empty(&version.metadata)),
        ("created", format!("{} by {}", minute(&version.created_at), version.author)),
        ("content hash", version.content_hash.clone()),
    ]);
    format!("{head}\n{}", readable_content(&version.content))
}

/// One line per variable: name, type, whether it must be given, description.
fn variables(variables: &RawValue) -> String {
    let Ok(list) = serde_json::from_str::<Vec<promptory_api::version::Variable>>(variables.get()) else {
        return variables.get().to_owned();
    };
    let lines = list.iter().map(|variable| {
        let kind = variable.schema.as_ref().and_then(|schema| schema["type"].as_str());
        let mut words: Vec<String> = kind.map(str::to_owned).into_iter().collect();
        match &variable.default {
            Some(default) => words.push(format!("default {default}")),
            None if variable.required == Some(false) => words.push("optional".to_owned()),
            None => words.push("required".to_owned()),
        }
        let description = variable.description.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
        format!("{} ({}){description}", variable.name, words.join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The number, why it is that one, what to look at, and what to do next.
pub(crate) fn created(version: &Version) -> String {
    let (done, live_in) =
        if version.dry_run { ("Would create", "Would be live in") } else { ("Created", "Live in") };
    let mut text = format!("{done} {} {} (number {}).\n", version.prompt, version.version, version.sequence);
    let mut live = false;
    if let Some(creation) = &version.created {
        if let Some(base) = &creation.compared_with {
            if creation.changes.is_empty() {
                text.push_str(&format!("Compared with {base}: nothing changes for callers.\n"));
            } else {
                text.push_str(&format!("Compared with {base}:\n"));
            }
        }
        for change in &creation.changes {
            text.push_str(&format!("  {:5}  {}\n", change.bump, change.detail));
        }
        for warning in &creation.warnings {
            text.push_str(&format!("warning: {warning}\n"));
        }
        if let Some(deployment) = &creation.deployment {
            live = true;
            text.push_str(&format!("{live_in} {}.\n", deployment.environment));
            text.push_str(&dependents(deployment));
        }
    }
    if version.dry_run {
        text.push_str(dry_run::NOTHING_CHANGED);
        text.push('\n');
    } else if !live {
        text.push_str(&format!(
            "Next: promptory activate '{}' {} --environment development\n",
            version.prompt, version.version
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(created: &str) -> Version {
        let json = format!(
            r#"{{"id":"1","prompt":"a/b","version":"1.1.0","sequence":2,"status":"draft","kind":"text",
            "content":"Hi {{{{ name }}}}\n","template":"jinja","variables":[{{"name":"name","schema":{{"type":"string"}},
            "required":true,"description":"Who"}},{{"name":"n","default":1.50}}],"settings":{{}},"dependencies":[],
            "note":"","metadata":{{}},"tags":[],"author":"dev","created_at":"2026-11-20T08:00:00.000Z",
            "content_hash":"sha256:0","branch":null,"labels":["latest"],"live_in":[],"created":{created}}}"#
        );
        serde_json::from_str(&json).expect("a version")
    }

    #[test]
    fn text_comes_back_byte_for_byte() {
        assert_eq!(raw_content(&version("null").content), "Hi {{ name }}\n");
        let chat = RawValue::from_string(r#"[{"role": "user"}]"#.into()).expect("json");
        assert_eq!(raw_content(&chat), r#"[{"role": "user"}]"#);
    }

    #[test]
    fn a_chat_is_read_by_roles() {
        let chat = r#"[{"role":"system","content":"Be kind."},{"placeholder":"history"},{"role":"user","content":"Hi"}]"#;
        let chat = RawValue::from_string(chat.into()).expect("json");
        assert_eq!(
            readable_content(&chat),
            "[system]\nBe kind.\n\n[messages given as history]\n\n[user]\nHi"
        );
    }

    #[test]
    fn a_description_names_variables() {
        let text = describe(&version("null"));
        assert!(
            text.contains("variables     name (string, required): Who\n              n (default 1.50)\n"),
            "{text}"
        );
        assert!(text.ends_with("\n\nHi {{ name }}\n"), "{text}");
        assert!(!text.contains("settings"), "{text}");
    }

    #[test]
    fn a_new_number_is_explained() {
        let text = created(&version(
            r#"{"compared_with":"1.0.0","warnings":["n is not used"],"changes":[{"bump":"minor",
            "code":"variable_added","subject":"n","detail":"the optional variable n is new"}]}"#,
        ));
        assert_eq!(
            text,
            "Created a/b 1.1.0 (number 2).\nCompared with 1.0.0:\n  minor  the optional variable n is new\n\
             warning: n is not used\nNext: promptory activate 'a/b' 1.1.0 --environment development\n"
        );
    }
}
