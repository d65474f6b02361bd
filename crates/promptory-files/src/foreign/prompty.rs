//! Prompty files (`.prompty`): front matter, and a Jinja template with `system:` and the like on lines of their own.
//! Format: <https://prompty.ai/docs/prompty-specification>.

use serde_json::{Map, Value, json};

use super::{content, message, named_by, settings, variable};
use crate::{Prompt, Sample, Version, fields::Fields, front, project::About};

const ROLES: [&str; 6] = ["system", "developer", "user", "assistant", "tool", "function"];

pub(super) fn read(path: &str, text: &str) -> Result<Prompt, String> {
    let split = front::split(text)?;
    let mut fields = Fields::of(split.fields.unwrap_or_default())?;
    check_template(&mut fields)?;
    let title = fields.text("name")?;
    let mut about = About {
        description: fields.text("description")?.unwrap_or_default(),
        tags: fields.texts("tags")?,
        ..About::default()
    };
    about.owner = fields.texts("authors").unwrap_or_default().first().cloned().unwrap_or_default();
    let settings = all_settings(&mut fields)?;
    let (variables, mut sample) = inputs(&mut fields)?;
    if let Some(given) = fields.object("sample")? {
        sample.extend(given);
    }
    let mut metadata = fields.object("metadata")?.unwrap_or_default();
    metadata.extend(title.map(|title| ("title".to_owned(), title.into())));
    let rest = fields.rest();
    if !rest.is_empty() {
        metadata.insert("prompty".to_owned(), rest.into());
    }
    let (kind, content) = content(messages(split.body));
    let version = Version {
        path: path.to_owned(),
        content,
        template: Some("jinja".to_owned()),
        variables,
        settings: Some(settings.into()),
        metadata,
        ..Version::default()
    };
    let sample = Sample {
        path: path.to_owned(),
        name: "sample".to_owned(),
        description: String::new(),
        variables: sample,
    };
    let samples = if sample.variables.is_empty() { Vec::new() } else { vec![sample] };
    let about = (about != About::default()).then_some(about);
    Ok(Prompt {
        path: path.to_owned(),
        name: named_by(path),
        kind: kind.to_owned(),
        about,
        versions: vec![version],
        samples,
    })
}

fn check_template(fields: &mut Fields) -> Result<(), String> {
    let given = match fields.value("template") {
        Some(Value::Object(map)) => {
            map.get("format").or(map.get("type")).and_then(Value::as_str).map(str::to_owned)
        }
        other => other.and_then(|value| value.as_str().map(str::to_owned)),
    };
    match given.as_deref() {
        None | Some("jinja2" | "jinja" | "nunjucks") => Ok(()),
        Some(other) => Err(format!("The template language {other:?} is not understood; jinja2 is.")),
    }
}

fn all_settings(fields: &mut Fields) -> Result<Map<String, Value>, String> {
    let mut all = Map::new();
    let mut model = match fields.value("model") {
        Some(Value::String(name)) => Fields::of(json!({ "id": name }))?,
        other => Fields::of(other.unwrap_or_default())?,
    };
    let mut configuration =
        Fields::of(model.value("configuration").or_else(|| model.value("connection")).unwrap_or_default())?;
    let provider = match model.text("provider")? {
        None => configuration.text("type")?,
        given => given,
    };
    all.extend(provider.map(|provider| ("provider".to_owned(), provider.into())));
    for key in ["azure_deployment", "deployment", "name", "model"] {
        if let Some(name) = configuration.text(key)? {
            all.insert("model".to_owned(), name.into());
            break;
        }
    }
    all.extend(model.text("id")?.map(|id| ("model".to_owned(), id.into())));
    let parameters = model.object("parameters")?.or(model.object("options")?);
    all.extend(settings(parameters.unwrap_or_default()));
    // Addresses and names of keys belong to who calls the model.
    Ok(all)
}

/// What is declared, and the values that the file gives to try it with.
fn inputs(fields: &mut Fields) -> Result<(Option<Value>, Map<String, Value>), String> {
    let (mut declared, mut sample) = (Vec::new(), Map::new());
    let named: Vec<(String, Value)> = match fields.value("inputs") {
        Some(Value::Array(items)) => items
            .into_iter()
            .map(|item| Ok((item["name"].as_str().ok_or("An input has a `name`.")?.to_owned(), item)))
            .collect::<Result<_, String>>()?,
        Some(Value::Object(map)) => map.into_iter().collect(),
        _ => Vec::new(),
    };
    for (name, input) in named {
        let Value::Object(input) = input else {
            sample.insert(name.clone(), input);
            declared.push(variable(&name, None, None, true, None));
            continue;
        };
        let kind = input.get("type").or(input.get("kind")).and_then(Value::as_str);
        let schema = kind
            .filter(|kind| *kind != "any")
            .map(|kind| json!({ "type": if kind == "list" { "array" } else { kind } }));
        let description = input.get("description").and_then(Value::as_str).map(str::to_owned);
        let required = input.get("required").and_then(Value::as_bool).unwrap_or(true);
        let given = input.get("sample").or(input.get("example"));
        sample.extend(given.map(|value| (name.clone(), value.clone())));
        declared.push(variable(&name, schema, input.get("default").cloned(), required, description));
    }
    Ok(((!declared.is_empty()).then(|| declared.into()), sample))
}

fn messages(body: &str) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut role = "system";
    let mut text = String::new();
    let mut close = |role: &str, text: &str| {
        if !text.trim().is_empty() {
            parts.push(message(role, text.trim()));
        }
    };
    for line in body.split_inclusive('\n') {
        match role_line(line) {
            Some(next) => {
                close(role, &text);
                text.clear();
                role = next;
            }
            None => text.push_str(line),
        }
    }
    close(role, &text);
    parts
}

fn role_line(line: &str) -> Option<&'static str> {
    let word =
        line.trim().trim_start_matches('#').trim_start().strip_suffix(':')?.trim_end().to_ascii_lowercase();
    let role = ROLES.into_iter().find(|role| *role == word)?;
    Some(if role == "function" { "tool" } else { role })
}
