//! Flags that say what a version is made of: shared by `prompt create`, `version create` and `render --draft`.

use clap::{Args, ValueEnum};
use promptory_api::version::NewVersion;

use crate::failure::Failure;
use crate::input;

#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// Language of the content [server's default: jinja].
    #[arg(long, value_enum)]
    pub(crate) template: Option<Template>,
    /// Variables: a file with a JSON list of {name, schema?, default?, required?, description?}, or the list
    /// itself. Absent: inferred from the content.
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) variables: Option<String>,
    /// Settings such as model and temperature: a file with a JSON object, or the object itself.
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) settings: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Template {
    /// Variables and logic: {{ name }}, {% if … %}, {% for … %}.
    Jinja,
    /// Variables alone: {name}, {user.name}; all other text stands as it is.
    #[value(name = "single_brace")]
    SingleBrace,
    /// The content as it stands.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Text,
    Chat,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Chat => "chat",
        }
    }
}

impl Draft {
    pub(crate) fn read(&self, file: &str, chat: bool) -> Result<NewVersion, Failure> {
        let template = self.template.map(|template| match template {
            Template::Jinja => "jinja".to_owned(),
            Template::SingleBrace => "single_brace".to_owned(),
            Template::None => "none".to_owned(),
        });
        let settings =
            self.settings.as_deref().map(|text| input::object_or_file(text, "--settings")).transpose()?;
        Ok(NewVersion {
            content: input::read_content(file, chat)?,
            template,
            variables: self.variables.as_deref().map(input::json_or_file).transpose()?,
            settings: settings.map(serde_json::Value::Object),
            ..NewVersion::default()
        })
    }
}
