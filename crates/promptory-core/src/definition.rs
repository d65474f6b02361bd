//! A definition: everything of a version that decides what a model sees, and so what the content hash covers.

mod check;
mod content;
mod json;
mod settings;
mod stored;
mod variables;

use serde_json::{Map, Value};

use crate::include::IncludeRef;
use crate::template;
use crate::violation::Violation;

pub(crate) use content::ROLES;
pub use json::build_hash;
pub(crate) use variables::is_variable_name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Text,
    Chat,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Chat => "chat",
        }
    }

    /// # Errors
    /// Names the kinds that there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "chat" => Ok(Self::Chat),
            _ => Err(format!("{text:?} is no kind of prompt; use \"text\" or \"chat\".")),
        }
    }
}

/// The template language of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    Jinja,
    /// `{name}` and `{user.name}` are variables, all else is literal.
    SingleBrace,
    /// Bytes as they are, no variables.
    None,
}

impl Language {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jinja => "jinja",
            Self::SingleBrace => "single_brace",
            Self::None => "none",
        }
    }

    /// # Errors
    /// Names the languages that there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "jinja" => Ok(Self::Jinja),
            "none" => Ok(Self::None),
            "single_brace" => Ok(Self::SingleBrace),
            _ => {
                Err(format!("{text:?} is no template language; use \"jinja\", \"single_brace\" or \"none\"."))
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Text(String),
    Chat(Vec<Part>),
}

/// One entry of a chat prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Message {
        role: String,
        content: String,
    },
    /// A list of messages that is given at run time, as the variable of this name.
    Placeholder {
        name: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub name: String,
    /// A JSON Schema; `None`: any value.
    pub schema: Option<Value>,
    /// Used when the variable is not given.
    pub default: Option<Value>,
    pub required: bool,
    pub description: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub kind: Kind,
    pub content: Content,
    pub language: Language,
    pub variables: Vec<Variable>,
    pub settings: Map<String, Value>,
}

/// A version as an author sends it, not yet checked.
pub struct NewDefinition<'a> {
    pub kind: Kind,
    pub content: &'a Value,
    /// `None`: jinja.
    pub template: Option<&'a str>,
    /// `None`: inferred from the text, required, untyped.
    pub variables: Option<&'a Value>,
    pub settings: Option<&'a Value>,
    /// The author gave a reason for what looks like a secret.
    pub allow_secret: bool,
}

/// What passed the check, and what its author may want to know.
#[derive(Clone, Debug)]
pub struct Checked {
    pub definition: Definition,
    pub warnings: Vec<String>,
}

impl Definition {
    /// Checks all of a new version: shapes, sizes, template syntax, variables, settings, secrets.
    ///
    /// # Errors
    /// Every problem at once; pointers are into the body that was sent.
    pub fn check(new: &NewDefinition<'_>) -> Result<Checked, Vec<Violation>> {
        check::check(new, false)
    }

    /// The same, and `{% include "name@reference" %}` may be used in Jinja templates. What it names is not looked
    /// at here: [`crate::build::check_known`] does that.
    ///
    /// # Errors
    /// As [`Definition::check`].
    pub fn check_with_includes(new: &NewDefinition<'_>) -> Result<Checked, Vec<Violation>> {
        check::check(new, true)
    }

    /// What the version itself includes, each once, in order of first place. Empty where it has none, or where its
    /// language knows none.
    pub fn includes(&self) -> Vec<IncludeRef> {
        let mut found: Vec<IncludeRef> = Vec::new();
        for (pointer, text) in self.texts() {
            for include in template::needs(self.language, text, true).unwrap_or_default().includes {
                if !found.iter().any(|f| (&f.name, &f.reference) == (&include.name, &include.reference)) {
                    found.push(IncludeRef { pointer: pointer.clone(), ..include });
                }
            }
        }
        found
    }

    pub(crate) fn placeholders(&self) -> impl Iterator<Item = &str> {
        let parts: &[Part] = match &self.content {
            Content::Text(_) => &[],
            Content::Chat(parts) => parts,
        };
        parts.iter().filter_map(|part| match part {
            Part::Placeholder { name } => Some(&**name),
            Part::Message { .. } => None,
        })
    }

    /// Each text that is a template, with its pointer.
    pub(crate) fn texts(&self) -> Vec<(String, &str)> {
        match &self.content {
            Content::Text(text) => vec![("/content".into(), text)],
            Content::Chat(parts) => {
                let parts = parts.iter().enumerate();
                let text = parts.filter_map(|(i, part)| match part {
                    Part::Message { content, .. } => {
                        Some((format!("/content/{i}/content"), content.as_str()))
                    }
                    Part::Placeholder { .. } => None,
                });
                text.collect()
            }
        }
    }

    /// `sha256:` + hex over the compact JSON of `{kind, content, template, variables, settings}`.
    pub fn content_hash(&self) -> String {
        json::content_hash(self)
    }

    /// A JSON string, or an array of `{role, content}` and `{placeholder}`; as stored and as answered.
    pub fn content_json(&self) -> String {
        json::content(&self.content)
    }

    /// An array of `{name, schema?, default?, required, description?}`.
    pub fn variables_json(&self) -> String {
        json::variables(&self.variables)
    }

    /// An object, in the order and with the numbers that were received.
    pub fn settings_json(&self) -> String {
        json::write(&self.settings)
    }

    /// Reads what the `*_json` methods wrote. Trusts it: nothing is checked again.
    ///
    /// # Errors
    /// A stored text that this program cannot have written; the row is damaged.
    pub fn from_stored(
        kind: &str,
        content: &str,
        template: &str,
        variables: &str,
        settings: &str,
    ) -> Result<Self, String> {
        stored::read(kind, content, template, variables, settings)
    }
}

#[cfg(test)]
#[path = "definition/tests.rs"]
mod tests;
