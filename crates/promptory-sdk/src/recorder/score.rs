//! What somebody or something says of a call, a session, a user or a version.

use std::fmt;

use promptory_api::execution::NewScore;
use promptory_core::time::Timestamp;
use serde_json::Value;

use super::execution::score_value;

/// Say of what, then hand it to [`Recorder::score`](crate::Recorder::score).
#[must_use = "nothing is recorded until this is handed to a recorder"]
#[derive(Debug, Clone)]
pub struct Score {
    /// None: the value is none, and so is the score.
    pub(crate) new: Option<Box<NewScore>>,
    pub(crate) at: Option<Timestamp>,
}

impl Score {
    /// Of one call, by the id that [`Recorder::record`](crate::Recorder::record) gave back. The value is a number, a yes
    /// or no, or a category.
    pub fn of_execution(id: impl fmt::Display, name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(name, value, |score| score.execution_id = Some(id.to_string()))
    }

    pub fn of_session(session: impl Into<String>, name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(name, value, |score| score.session = Some(session.into()))
    }

    /// Of an end user, such as a conversion after a prompt was served.
    pub fn of_user(
        prompt: impl Into<String>,
        key: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        Self::new(name, value, |score| {
            score.prompt = Some(prompt.into());
            score.key = Some(key.into());
        })
    }

    /// Of a version, such as the result of an offline run.
    pub fn of_version(
        prompt: impl Into<String>,
        version: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        Self::new(name, value, |score| {
            score.prompt = Some(prompt.into());
            score.version = Some(version.into());
        })
    }

    fn new(name: impl Into<String>, value: impl Into<Value>, about: impl FnOnce(&mut NewScore)) -> Self {
        let new = score_value(value.into()).map(|value| {
            let mut new = Box::new(NewScore {
                id: None,
                execution_id: None,
                session: None,
                key: None,
                prompt: None,
                version: None,
                name: name.into(),
                value,
                comment: None,
                source: None,
                at: None,
            });
            about(&mut new);
            new
        });
        Self { new, at: None }
    }

    /// A name of its own; by default a UUIDv7 is made when it is handed over.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.change(|new| new.id = Some(id.into()));
        self
    }

    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.change(|new| new.comment = Some(comment.into()));
        self
    }

    /// Who or what gives it: `user`, `reviewer`, the name of a judge.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.change(|new| new.source = Some(source.into()));
        self
    }

    /// By default when it is handed over.
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    fn change(&mut self, change: impl FnOnce(&mut NewScore)) {
        if let Some(new) = &mut self.new {
            change(new);
        }
    }
}
