//! What is done in a project, commit by commit: for user interfaces, which show it.

use std::sync::Arc;

use promptory_api::commits::{Commit, CommitsHello, CommitsReset};
use promptory_core::access::Permission;
use promptory_store::StreamRow;
use serde_json::Value;
use tokio::sync::broadcast;

use super::{Message, Stream, Subject};
use crate::{
    app::{Ctx, Outcome},
    check::json_text,
    serving::{Commits, News, ProjectServing},
};

pub struct Project;

/// # Errors
/// The key is bound to an environment, or there are too many streams.
pub async fn open(ctx: Ctx, last_event_id: Option<&str>, key: Option<[u8; 32]>) -> Outcome<Stream<Project>> {
    ctx.unbound()?;
    super::open(ctx, Project, last_event_id, key).await
}

impl Subject for Project {
    type Event = News;

    const NEEDS: Permission = Permission::Read;

    fn subscribe(project: &ProjectServing) -> broadcast::Receiver<Arc<News>> {
        project.news()
    }

    fn revision(event: &News) -> Option<i64> {
        match event {
            News::Commit { revision, .. } => Some(*revision),
            News::Reset => None,
        }
    }

    fn tell(&self, event: &News, id: String) -> Option<Message> {
        let News::Commit { changes, .. } = event else { return None };
        let commit = Commit { revision: id.clone(), changes: changes.clone() };
        Some(Message { event: Some("commit"), id: Some(id), data: json_text(&commit) })
    }

    fn hello(&self, revision: String) -> String {
        json_text(&CommitsHello { revision })
    }

    fn reset(&self, revision: String) -> String {
        json_text(&CommitsReset { revision })
    }

    fn missed(rows: Vec<StreamRow>) -> Vec<News> {
        let mut commits = Commits::default();
        for row in rows {
            let what = (row.kind.as_str(), row.environment.as_deref());
            if row.kind == "prompt" {
                // By its name of then and those that it had before, of which one may be told for nothing.
                let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
                let former = detail["former"].as_array().into_iter().flatten();
                let names = [&detail].into_iter().chain(former).filter_map(|named| named["name"].as_str());
                commits.add(row.revision, what, names);
            } else {
                // What was deleted since has no name any more.
                commits.add(row.revision, what, row.prompt.as_deref());
            }
        }
        commits.finish()
    }
}
