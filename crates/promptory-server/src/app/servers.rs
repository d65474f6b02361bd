//! The servers of the instance: what each has, and a new beginning for all.

use promptory_api::{
    page::Page,
    server::{Reloaded, Server, ServerProject},
};
use serde_json::json;

use super::{Ctx, Outcome, wire};
use crate::ids::new_epoch;

/// Pairs of a server and a project.
const ROWS: i64 = 10_000;

/// # Errors
/// The database cannot be read.
pub async fn list(ctx: &Ctx) -> Outcome<Page<Server>> {
    let mut items: Vec<Server> = Vec::new();
    for row in ctx.app.store.nodes(ROWS).await? {
        let project = ServerProject {
            project: row.project,
            applied_revision: row.applied_revision,
            revision: row.revision,
        };
        match items.last_mut().filter(|last| last.id == row.id) {
            Some(server) => server.projects.push(project),
            None => items.push(Server {
                this: row.id == ctx.app.node,
                id: row.id,
                seen_at: wire::time(row.seen_at),
                projects: vec![project],
            }),
        }
    }
    let total = i64::try_from(items.len()).ok();
    Ok(Page { items, next_cursor: None, total })
}

/// Begins a new epoch: every server loads everything anew, and every stream is told `reset`.
///
/// # Errors
/// The database cannot be written.
pub async fn reload(ctx: &Ctx) -> Outcome<Reloaded> {
    let epoch = new_epoch(&*ctx.app.ids);
    let mut tx = ctx.app.store.write(&ctx.app.instance, ctx.now).await?;
    tx.begin_epoch(&epoch).await?;
    tx.commit(ctx.audit("server.reload", &json!({ "epoch": epoch }))).await?;
    ctx.app.feed.poll(ctx.now).await?;
    Ok(Reloaded { epoch })
}
