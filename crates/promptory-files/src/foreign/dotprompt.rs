//! Dotprompt files (`.prompt`): front matter with Picoschema, and a Handlebars template with markers of roles.
//! Format: <https://google.github.io/dotprompt/reference/>.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{content, handlebars, named_by, picoschema, settings, variable};
use crate::{Prompt, Version, fields::Fields, front, project::About};

pub(super) fn read(path: &str, text: &str) -> Result<Prompt, String> {
    let split = front::split(text)?;
    let mut fields = Fields::of(split.fields.unwrap_or_default())?;
    let name = name(path, &mut fields)?;
    let description = fields.text("description")?.unwrap_or_default();
    let settings = all_settings(&mut fields)?;
    let variables = variables(&mut fields)?;
    let mut metadata = fields.object("metadata")?.unwrap_or_default();
    let rest = fields.rest();
    if !rest.is_empty() {
        metadata.insert("dotprompt".to_owned(), rest.into());
    }
    let declared = variables.as_ref().and_then(Value::as_array);
    let optional: HashSet<&str> = declared
        .into_iter()
        .flatten()
        .filter(|one| one["required"] == json!(false))
        .filter_map(|one| one["name"].as_str())
        .collect();
    let parts = handlebars::convert(split.body, &optional)?;
    let (kind, content) = content(parts);
    let variables = variables.map(|declared| with_placeholders(declared, &content));
    let version = Version {
        path: path.to_owned(),
        content,
        template: Some("jinja".to_owned()),
        variables,
        settings: Some(settings.into()),
        metadata,
        ..Version::default()
    };
    let about = (!description.is_empty()).then(|| About { description, ..About::default() });
    Ok(Prompt {
        path: path.to_owned(),
        name,
        kind: kind.to_owned(),
        about,
        versions: vec![version],
        ..Prompt::default()
    })
}

/// The folder is that of the file; `name` and `variant` stand for the file's own name.
fn name(path: &str, fields: &mut Fields) -> Result<String, String> {
    let by_path = named_by(path);
    let Some(name) = fields.text("name")? else { return Ok(by_path) };
    let folder = by_path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let variant = fields.text("variant")?.map_or(String::new(), |variant| format!(".{variant}"));
    Ok(format!("{folder}{name}{variant}"))
}

fn all_settings(fields: &mut Fields) -> Result<Map<String, Value>, String> {
    let mut all = Map::new();
    if let Some(model) = fields.text("model")? {
        match model.split_once('/') {
            Some((provider, model)) => {
                all.insert("provider".to_owned(), provider.into());
                all.insert("model".to_owned(), model.into());
            }
            None => {
                all.insert("model".to_owned(), model.into());
            }
        }
    }
    all.extend(settings(fields.object("config")?.unwrap_or_default()));
    if let Some(tools) = fields.value("tools") {
        let tools = tools.as_array().cloned().ok_or("`tools` is a list.")?;
        let named = |tool: Value| if tool.is_string() { json!({ "name": tool }) } else { tool };
        all.insert("tools".to_owned(), tools.into_iter().map(named).collect());
    }
    let mut output = Fields::of(fields.value("output").unwrap_or_default())?;
    if let Some(format) = output.text("format")? {
        all.insert("response_format".to_owned(), format.into());
    }
    match output.value("schema") {
        // The name of a schema that a program registers.
        Some(Value::String(name)) if !name.contains(',') && name.starts_with(char::is_uppercase) => {
            return Err(format!(
                "`output.schema` names {name}, which only a program knows; write the schema out."
            ));
        }
        Some(schema) => {
            all.insert("response_schema".to_owned(), picoschema::schema(&schema)?);
        }
        None => {}
    }
    Ok(all)
}

/// None where the file declares nothing: then they are inferred.
fn variables(fields: &mut Fields) -> Result<Option<Value>, String> {
    let mut input = Fields::of(fields.value("input").unwrap_or_default())?;
    let mut defaults = input.object("default")?.unwrap_or_default();
    let schema = match input.value("schema") {
        None => Map::new(),
        Some(Value::Object(map)) => map,
        Some(_) => {
            return Err("`input.schema` names a schema that only a program knows; write it out.".to_owned());
        }
    };
    let mut declared = Vec::new();
    for (key, value) in &schema {
        if key == "(*)" {
            continue;
        }
        let (name, optional, mut inner) = picoschema::property(key, value)?;
        let description = inner.as_object_mut().and_then(|map| map.shift_remove("description"));
        let description = description.and_then(|text| text.as_str().map(str::to_owned));
        let default = defaults.shift_remove(&name);
        declared.push(variable(&name, Some(inner), default, !optional, description));
    }
    declared.extend(
        defaults.into_iter().map(|(name, default)| variable(&name, None, Some(default), false, None)),
    );
    Ok((!declared.is_empty()).then(|| declared.into()))
}

/// The list of messages that `{{history}}` stands for is a variable here.
fn with_placeholders(mut declared: Value, content: &Value) -> Value {
    let placeholders =
        content.as_array().into_iter().flatten().filter_map(|part| part["placeholder"].as_str());
    for name in placeholders {
        let known = declared.as_array().is_some_and(|all| all.iter().any(|one| one["name"] == name));
        if let (false, Some(all)) = (known, declared.as_array_mut()) {
            all.push(variable(name, None, Some(json!([])), false, None));
        }
    }
    declared
}
