//! What is served in one environment: for applications, which keep it.

use std::sync::Arc;

use promptory_api::serving::{StreamChange, StreamHello, StreamReset};
use promptory_core::access::Permission;
use promptory_store::StreamRow;
use tokio::sync::broadcast;

use super::{Message, Stream, Subject};
use crate::{
    app::{Ctx, Outcome},
    check::json_text,
    numbers::number_text,
    refusal::Refusal,
    serving::{Event, ProjectServing, with_lasts},
};

pub struct Served {
    environment: String,
}

/// # Errors
/// No such environment, the key is bound to another one, or there are too many streams.
pub async fn open(
    ctx: Ctx,
    environment: Option<&str>,
    last_event_id: Option<&str>,
    key: Option<[u8; 32]>,
) -> Outcome<Stream<Served>> {
    let environment = ctx.environment(environment)?;
    if ctx.project.snapshot().environment(&environment).is_none() {
        return Err(Refusal::no_environment(&environment));
    }
    super::open(ctx, Served { environment }, last_event_id, key).await
}

impl Subject for Served {
    type Event = Event;

    const NEEDS: Permission = Permission::Serve;

    fn subscribe(project: &ProjectServing) -> broadcast::Receiver<Arc<Event>> {
        project.events()
    }

    fn revision(event: &Event) -> Option<i64> {
        match event {
            Event::Change { revision, .. } => Some(*revision),
            Event::Reset => None,
        }
    }

    fn tell(&self, event: &Event, id: String) -> Option<Message> {
        let Event::Change { environment, change, last, .. } = event else { return None };
        if environment.as_deref().is_some_and(|name| name != self.environment) {
            return None;
        }
        // Only with its last change has a client all of a revision.
        Some(Message { event: Some("change"), id: last.then_some(id), data: json_text(change) })
    }

    fn hello(&self, revision: String) -> String {
        json_text(&StreamHello { revision, environment: self.environment.clone() })
    }

    fn reset(&self, revision: String) -> String {
        json_text(&StreamReset { revision, environment: self.environment.clone() })
    }

    fn missed(rows: Vec<StreamRow>) -> Vec<Event> {
        with_lasts(rows.into_iter().filter_map(told).collect())
    }
}

/// The event of a stored change; most changes concern no application.
fn told(row: StreamRow) -> Option<Event> {
    let detail: serde_json::Value = serde_json::from_str(&row.detail).ok()?;
    let what = match row.kind.as_str() {
        "live" => "live",
        "rollout" => "rollout",
        "label" => "label",
        // What it was before is not known any more: a client asks for it again.
        "prompt" if detail["archived_at"].is_i64() => "archived",
        "prompt" => "restored",
        _ => return None,
    };
    let number = || Some(number_text(row.major?, row.minor?, row.patch?, row.pre.as_deref()?));
    let change = StreamChange {
        change: what.to_owned(),
        version: number(),
        prompt: row.prompt?,
        environment: row.environment.clone(),
        build_hash: row.build_hash,
        deployment_id: row.deployment_id,
        label: (what == "label").then(|| detail["name"].as_str().unwrap_or_default().to_owned()),
        renamed_from: None,
        entry_revision: row.revision,
    };
    let environment = row.environment.map(Arc::from);
    Some(Event::Change { revision: row.revision, environment, change: Box::new(change), last: false })
}
