//! What streams tell their clients: what changed, never the contents.

use std::sync::Arc;

use promptory_api::{commits::CommitChange, serving::StreamChange};

/// One message to applications: what is served changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Change {
        revision: i64,
        /// None: it concerns every environment.
        environment: Option<Arc<str>>,
        change: Box<StreamChange>,
        /// The last of its revision: a client that has it has all of that revision.
        last: bool,
    },
    /// Everything was loaded anew: what a client has may be of another database.
    Reset,
}

/// One message to user interfaces: something was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Commit { revision: i64, changes: Vec<CommitChange> },
    Reset,
}

/// Gathers changes, in their order, into the commits that made them.
#[derive(Default)]
pub(crate) struct Commits(Vec<(i64, Vec<CommitChange>)>);

impl Commits {
    /// Says each thing of a commit once. `prompts`: the names of the one that it concerns, if any.
    pub(crate) fn add<'a>(
        &mut self,
        revision: i64,
        (kind, environment): (&str, Option<&str>),
        prompts: impl IntoIterator<Item = &'a str>,
    ) {
        let mut prompts = prompts.into_iter().map(Some).peekable();
        let unnamed = prompts.peek().is_none().then_some(None);
        for prompt in prompts.chain(unnamed) {
            let change = CommitChange {
                kind: kind.to_owned(),
                prompt: prompt.map(str::to_owned),
                environment: environment.map(str::to_owned),
            };
            match self.0.last_mut().filter(|(last, _)| *last == revision) {
                Some((_, changes)) if changes.contains(&change) => {}
                Some((_, changes)) => changes.push(change),
                None => self.0.push((revision, vec![change])),
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<News> {
        self.0.into_iter().map(|(revision, changes)| News::Commit { revision, changes }).collect()
    }
}
