//! The answer to a caller.

use std::{borrow::Cow, sync::Arc, time::Duration};

pub use promptory_api::serving::Include;
pub use promptory_core::template::{Rendered, RenderedMessage};
use serde_json::{Map, Value, value::RawValue};

use crate::{build::Build, error::Error};

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The server was asked just now.
    Server,
    /// The server was asked before.
    Cache,
    /// Resolved here, from the snapshot that the server sent.
    Snapshot,
    /// From the file of last known good answers, not confirmed by the server since this program started.
    Disk,
}

/// A prompt as it is served: one exact version, rendered when variables were given.
#[derive(Debug, Clone)]
pub struct Prompt {
    pub(crate) answer: Answer,
    pub(crate) rendered: Option<Rendered>,
    pub(crate) source: Source,
    pub(crate) stale: bool,
    pub(crate) age: Duration,
}

/// What does not depend on who asks when.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) build: Arc<Build>,
    pub(crate) reason: Cow<'static, str>,
    pub(crate) deployment_id: Option<Arc<str>>,
    pub(crate) resolution: Option<Arc<str>>,
    /// Its present name, when it was asked for by a former one.
    pub(crate) renamed_to: Option<Arc<str>>,
}

impl Prompt {
    /// Its present name.
    pub fn name(&self) -> &str {
        &self.answer.build.active.prompt
    }

    /// The present name, when it was asked for by one that it had before: change the caller.
    pub fn renamed_to(&self) -> Option<&str> {
        self.answer.renamed_to.as_deref()
    }

    /// `1.2.0`
    pub fn version(&self) -> &str {
        &self.answer.build.active.version
    }

    pub fn sequence(&self) -> i64 {
        self.answer.build.active.sequence
    }

    /// `text` or `chat`.
    pub fn kind(&self) -> &str {
        &self.answer.build.active.kind
    }

    pub fn environment(&self) -> &str {
        &self.answer.build.active.environment
    }

    /// As it was written, before rendering: a string, or a list of messages and placeholders.
    pub fn content(&self) -> &Value {
        &self.answer.build.content
    }

    /// `jinja`, `single_brace` or `none`.
    pub fn template(&self) -> &str {
        &self.answer.build.active.template
    }

    /// What is declared, as JSON.
    pub fn variables(&self) -> &RawValue {
        &self.answer.build.active.variables
    }

    /// What the text includes, each with its exact version.
    pub fn includes(&self) -> &[Include] {
        &self.answer.build.active.includes
    }

    /// Model settings: provider, model, temperature …
    pub fn settings(&self) -> &Map<String, Value> {
        &self.answer.build.settings
    }

    pub fn content_hash(&self) -> &str {
        &self.answer.build.active.content_hash
    }

    pub fn build_hash(&self) -> &str {
        &self.answer.build.active.build_hash
    }

    /// Of the last change that altered a byte of this prompt here.
    pub fn revision(&self) -> i64 {
        self.answer.build.active.revision
    }

    /// `live`, `pinned` …: which rule chose this version.
    pub fn reason(&self) -> &str {
        &self.answer.reason
    }

    /// Known when the server chose.
    pub fn deployment_id(&self) -> Option<&str> {
        self.answer.deployment_id.as_deref()
    }

    /// The token to hand back with an execution; known when the server chose.
    pub fn resolution(&self) -> Option<&str> {
        self.answer.resolution.as_deref()
    }

    /// The rendered text of a text prompt, when variables were given.
    pub fn text(&self) -> Option<&str> {
        match &self.rendered {
            Some(Rendered::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The rendered messages of a chat prompt, when variables were given.
    pub fn messages(&self) -> Option<&[RenderedMessage]> {
        match &self.rendered {
            Some(Rendered::Chat(messages)) => Some(messages),
            _ => None,
        }
    }

    pub fn rendered(&self) -> Option<&Rendered> {
        self.rendered.as_ref()
    }

    /// The same version with variables, without asking anybody.
    ///
    /// # Errors
    /// Missing or ill-typed variables, all at once, or a template that fails.
    pub fn render(&self, variables: &Map<String, Value>) -> Result<Rendered, Error> {
        self.answer.build.render(variables)
    }

    pub fn source(&self) -> Source {
        self.source
    }

    /// The server has not confirmed this for longer than the time to live, or has said that it changed.
    pub fn stale(&self) -> bool {
        self.stale
    }

    /// How long ago the server said or confirmed this.
    pub fn age(&self) -> Duration {
        self.age
    }
}
