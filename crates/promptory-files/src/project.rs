//! What the files say.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::fields::Fields;

/// Of the folder; another number may mean other things.
pub const FORMAT: i64 = 1;

/// A file that is not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub path: String,
    pub detail: String,
}

impl Refused {
    pub fn new(path: &str, detail: impl Into<String>) -> Self {
        Self { path: path.to_owned(), detail: detail.into() }
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prompt {
    /// The file that stands for the prompt in what is said about it.
    pub path: String,
    pub name: String,
    /// `text` or `chat`.
    pub kind: String,
    /// Absent where the files say nothing of it: an existing prompt keeps what it has.
    pub about: Option<About>,
    /// In the order in which they are to be made.
    pub versions: Vec<Version>,
    pub samples: Vec<Sample>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    pub description: String,
    pub category: String,
    pub owner: String,
    pub tags: Vec<String>,
    pub metadata: Map<String, Value>,
    pub archived: bool,
    pub former_names: Vec<String>,
    /// Label to number.
    pub labels: BTreeMap<String, String>,
    /// Environment to number.
    pub live: BTreeMap<String, String>,
    pub author: Option<String>,
    /// RFC 3339.
    pub created_at: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Version {
    pub path: String,
    /// Absent: the next one that its contract demands.
    pub number: Option<String>,
    pub sequence: Option<i64>,
    /// A string, or a list of messages.
    pub content: Value,
    /// Absent: the default of the server.
    pub template: Option<String>,
    /// Absent: inferred from the text.
    pub variables: Option<Value>,
    pub settings: Option<Value>,
    pub note: String,
    pub tags: Vec<String>,
    pub metadata: Map<String, Value>,
    pub author: Option<String>,
    /// RFC 3339.
    pub created_at: Option<String>,
    pub archived: bool,
    pub deprecated: bool,
    /// Why something that looks like a secret may be in it.
    pub allow_secret: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    pub path: String,
    pub name: String,
    pub description: String,
    pub variables: Map<String, Value>,
}

/// `promptory.yaml`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProjectFile {
    pub project: String,
    /// In their order towards users; for people to read.
    pub environments: Vec<String>,
}

impl ProjectFile {
    pub fn write(&self) -> String {
        let value = serde_json::json!({
            "format": FORMAT, "project": self.project, "environments": self.environments,
        });
        crate::yaml::write(&value)
    }

    /// # Errors
    /// No such file, or one of a newer format.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut fields = Fields::of(crate::yaml::parse(text).map_err(|error| error.to_string())?)?;
        let format = fields.integer("format")?;
        if format != Some(FORMAT) {
            return Err(format!(
                "This program understands `format: {FORMAT}`; a newer one may have written the file."
            ));
        }
        let file = Self {
            project: fields.text("project")?.unwrap_or_default(),
            environments: fields.texts("environments")?,
        };
        fields.finish()?;
        Ok(file)
    }
}
