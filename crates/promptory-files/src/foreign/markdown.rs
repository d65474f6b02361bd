//! A plain text. Without front matter it is the prompt byte for byte, and no template unless its importer says so: real
//! prompts hold braces that mean nothing. With front matter it is one version with what the fields say.

use serde_json::Value;

use super::named_by;
use crate::{Options, Prompt, Version, body, fields::Fields, front, native::version_fields, project::About};

pub(super) fn read(path: &str, text: &str, options: &Options) -> Result<Prompt, String> {
    let split = front::split(text)?;
    let Some(given) = split.fields else {
        let version = Version {
            path: path.to_owned(),
            content: Value::from(text),
            template: Some(options.template.clone().unwrap_or_else(|| "none".to_owned())),
            ..Version::default()
        };
        return Ok(Prompt {
            path: path.to_owned(),
            name: named_by(path),
            kind: "text".to_owned(),
            versions: vec![version],
            ..Prompt::default()
        });
    };
    let mut fields = Fields::of(given)?;
    let name = fields.text("name")?.unwrap_or_else(|| named_by(path));
    let kind = fields.text("kind")?.unwrap_or_else(|| "text".to_owned());
    let mut about = About {
        description: fields.text("description")?.unwrap_or_default(),
        category: fields.text("category")?.unwrap_or_default(),
        owner: fields.text("owner")?.unwrap_or_default(),
        ..About::default()
    };
    let mut version = version_fields(path, &mut fields)?;
    fields.finish()?;
    // In a file of one version they are the prompt's: that is where one looks for them.
    about.tags = std::mem::take(&mut version.tags);
    about.metadata = std::mem::take(&mut version.metadata);
    version.content = body::read(&kind, split.body)?;
    version.template = version.template.or_else(|| options.template.clone());
    let says_nothing = about == About::default();
    let about = (!says_nothing).then_some(about);
    Ok(Prompt { path: path.to_owned(), name, kind, about, versions: vec![version], ..Prompt::default() })
}
