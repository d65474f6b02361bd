//! A folder with `prompt.yaml`: written, and read back without a loss.

use serde_json::{Map, Value, json};

use crate::{
    Group, body,
    fields::Fields,
    front,
    layout::{PROMPT_FILE, file_name, number_of, prompt_path, sample_name, sample_path, version_path},
    project::{About, Prompt, Refused, Sample, Version},
    yaml,
};

/// Path and text of `prompt.yaml`.
pub fn prompt_file(prompt: &Prompt) -> (String, String) {
    let about = prompt.about.clone().unwrap_or_default();
    let mut fields = Map::new();
    fields.insert("name".to_owned(), prompt.name.clone().into());
    fields.insert("kind".to_owned(), prompt.kind.clone().into());
    put(&mut fields, "description", about.description);
    put(&mut fields, "category", about.category);
    put(&mut fields, "owner", about.owner);
    put(&mut fields, "tags", about.tags);
    put(&mut fields, "metadata", about.metadata);
    put(&mut fields, "archived", about.archived);
    put(&mut fields, "former_names", about.former_names);
    put(&mut fields, "labels", json!(about.labels));
    put(&mut fields, "live", json!(about.live));
    put(&mut fields, "author", about.author.unwrap_or_default());
    put(&mut fields, "created_at", about.created_at.unwrap_or_default());
    (prompt_path(&prompt.name), yaml::write(&Value::Object(fields)))
}

/// Path and text of a version's file.
pub fn version_file(name: &str, version: &Version) -> (String, String) {
    let number = version.number.clone().unwrap_or_default();
    let path = version_path(name, &number);
    let mut fields = Map::new();
    fields.insert("version".to_owned(), number.into());
    if let Some(sequence) = version.sequence {
        fields.insert("sequence".to_owned(), sequence.into());
    }
    put(&mut fields, "template", version.template.clone().unwrap_or_default());
    // Also when there are none: left out, they would be inferred.
    fields.insert("variables".to_owned(), version.variables.clone().unwrap_or_else(|| json!([])));
    put(&mut fields, "settings", version.settings.clone().unwrap_or_default());
    put(&mut fields, "note", version.note.clone());
    put(&mut fields, "tags", version.tags.clone());
    put(&mut fields, "metadata", version.metadata.clone());
    put(&mut fields, "archived", version.archived);
    put(&mut fields, "deprecated", version.deprecated);
    put(&mut fields, "allow_secret", version.allow_secret.clone().unwrap_or_default());
    put(&mut fields, "author", version.author.clone().unwrap_or_default());
    put(&mut fields, "created_at", version.created_at.clone().unwrap_or_default());
    (path, front::join(&Value::Object(fields), &body::write(&version.content)))
}

/// Path and text of a sample's file.
pub fn sample_file(name: &str, sample: &Sample) -> (String, String) {
    let mut fields = Map::new();
    put(&mut fields, "description", sample.description.clone());
    fields.insert("variables".to_owned(), sample.variables.clone().into());
    (sample_path(name, &sample.name), yaml::write(&Value::Object(fields)))
}

/// Only what says something.
fn put(fields: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    let value = value.into();
    let says_nothing = match &value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    if !says_nothing {
        fields.insert(key.to_owned(), value);
    }
}

pub(crate) fn read(group: &Group, files: &[(String, Vec<u8>)]) -> (Option<Prompt>, Vec<Refused>) {
    let mut refused = Vec::new();
    let head = files.iter().find(|(path, _)| file_name(path) == PROMPT_FILE);
    let Some((path, bytes)) = head else {
        let path = group.paths.first().map_or("", String::as_str);
        return (None, vec![Refused::new(path, format!("{PROMPT_FILE} is missing."))]);
    };
    let mut prompt = match text(bytes).and_then(|text| head_of(path, text)) {
        Ok(prompt) => prompt,
        Err(detail) => return (None, vec![Refused::new(path, detail)]),
    };
    for (path, bytes) in files.iter().filter(|(path, _)| file_name(path) != PROMPT_FILE) {
        let read = text(bytes).and_then(|text| match sample_name(file_name(path)) {
            Some(name) => sample(path, name, text).map(|sample| prompt.samples.push(sample)),
            None => version(path, &prompt.kind, text).map(|version| prompt.versions.push(version)),
        });
        if let Err(detail) = read {
            refused.push(Refused::new(path, detail));
        }
    }
    in_order(&mut prompt.versions);
    (Some(prompt), refused)
}

/// As they were made: by sequence, then by number; those without either are new and come last.
fn in_order(versions: &mut [Version]) {
    let number =
        |version: &Version| version.number.as_deref().and_then(|text| semver::Version::parse(text).ok());
    versions.sort_by_cached_key(|version| {
        let new = version.number.is_none() && version.sequence.is_none();
        (new, version.sequence.unwrap_or(i64::MAX), number(version), version.path.clone())
    });
}

pub(crate) fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes)
        .map_err(|error| format!("The file is no UTF-8 text (byte {}).", error.valid_up_to()))
}

fn head_of(path: &str, text: &str) -> Result<Prompt, String> {
    let mut fields = Fields::of(yaml::parse(text).map_err(|error| error.to_string())?)?;
    let named = crate::layout::name(path.strip_suffix(PROMPT_FILE).unwrap_or(path).trim_end_matches('/'));
    let name = fields.text("name")?.unwrap_or(named);
    let kind = fields.text("kind")?.unwrap_or_else(|| "text".to_owned());
    let about = About {
        description: fields.text("description")?.unwrap_or_default(),
        category: fields.text("category")?.unwrap_or_default(),
        owner: fields.text("owner")?.unwrap_or_default(),
        tags: fields.texts("tags")?,
        metadata: fields.object("metadata")?.unwrap_or_default(),
        archived: fields.flag("archived")?,
        former_names: fields.texts("former_names")?,
        labels: fields.texts_by_name("labels")?,
        live: fields.texts_by_name("live")?,
        author: fields.text("author")?,
        created_at: fields.text("created_at")?,
    };
    fields.finish()?;
    Ok(Prompt { path: path.to_owned(), name, kind, about: Some(about), ..Prompt::default() })
}

fn version(path: &str, kind: &str, text: &str) -> Result<Version, String> {
    let split = front::split(text)?;
    let Some(given) = split.fields else {
        return Err(
            "A version begins with front matter: a line `---`, fields such as `note: …`, a line `---`."
                .to_owned(),
        );
    };
    let mut fields = Fields::of(given)?;
    let mut version = version_fields(path, &mut fields)?;
    fields.finish()?;
    let named = number_of(path);
    if let (Some(number), Some(named)) = (&version.number, named)
        && number != named
    {
        return Err(format!("The file is called {named} and says `version: {number}`; make them the same."));
    }
    version.number = version.number.or_else(|| named.map(str::to_owned));
    version.content = body::read(kind, split.body)?;
    Ok(version)
}

/// The fields of a version's front matter.
pub(crate) fn version_fields(path: &str, fields: &mut Fields) -> Result<Version, String> {
    Ok(Version {
        path: path.to_owned(),
        number: fields.text("version")?,
        sequence: fields.integer("sequence")?,
        content: Value::Null,
        template: fields.text("template")?,
        variables: fields.value("variables"),
        settings: fields.value("settings"),
        note: fields.text("note")?.unwrap_or_default(),
        tags: fields.texts("tags")?,
        metadata: fields.object("metadata")?.unwrap_or_default(),
        archived: fields.flag("archived")?,
        deprecated: fields.flag("deprecated")?,
        allow_secret: fields.text("allow_secret")?,
        author: fields.text("author")?,
        created_at: fields.text("created_at")?,
    })
}

fn sample(path: &str, name: &str, text: &str) -> Result<Sample, String> {
    let mut fields = Fields::of(yaml::parse(text).map_err(|error| error.to_string())?)?;
    let sample = Sample {
        path: path.to_owned(),
        name: name.to_owned(),
        description: fields.text("description")?.unwrap_or_default(),
        variables: fields.object("variables")?.unwrap_or_default(),
    };
    fields.finish()?;
    Ok(sample)
}

#[cfg(test)]
mod tests;
