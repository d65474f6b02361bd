//! Releases: several prompts that go to an environment together, all or none, and are taken back together.
//!
//! A release is its deployments; what is here makes them in one commit, and says where all of them stand.

mod create;
mod parts;
mod shown;

use promptory_api::{
    page::Page,
    release::{Release, ReleaseQuery},
};
use promptory_store::{NewAudit, ProjectReader, ReleaseFilter, ReleaseRow, WriteTx};
use serde_json::{Value, json};

pub use create::create;
pub(super) use shown::{item, of_row};

use super::{Ctx, Outcome, references, wire};
use crate::{
    page,
    refusal::{Code, Refusal},
};

/// Newest first.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &ReleaseQuery) -> Outcome<Page<Release>> {
    let limit = page::limit(query.limit)?;
    // "~" is above every id.
    let before = page::decode_pair(query.cursor.as_deref(), (i64::MAX, "~"))?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let filter = ReleaseFilter { prompt_id: prompt_id.as_deref(), environment: query.environment.as_deref() };
    let mut rows = reader.releases((before.0, before.1.as_str()), filter, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| format!("{} {}", row.created_at, row.id));
    let mut items = Vec::new();
    for row in rows {
        items.push(of_row(&mut reader, row, ctx.now).await?);
    }
    Ok(Page { items, next_cursor, total: None })
}

/// # Errors
/// No such release in this project.
pub async fn show(ctx: &Ctx, id: &str) -> Outcome<Release> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let row = row(&mut reader, id).await?;
    of_row(&mut reader, row, ctx.now).await
}

pub(super) async fn row(reader: &mut ProjectReader<'_>, id: &str) -> Outcome<ReleaseRow> {
    let found = reader.release(id).await?;
    found.ok_or_else(|| Refusal::new(Code::NotFound, format!("There is no release {id:?}.")))
}

/// An entry about all of its prompts, which are in the detail by id: it is in the history of each.
pub(super) async fn audit(
    ctx: &Ctx,
    tx: &mut WriteTx,
    verb: &str,
    release_id: &str,
    mut detail: Value,
) -> Outcome<NewAudit> {
    let row = row(&mut tx.project(), release_id).await?;
    let mut items = Vec::new();
    for part in tx.project().deployments_of_release(release_id).await? {
        let from = shown::from(&part);
        items.push(json!({
            "prompt": part.prompt, "prompt_id": part.prompt_id, "deployment": part.id, "from": from,
            "to": shown::number(&part), "build_hash": part.build_hash, "state": part.state,
            "dependent": part.dependent,
        }));
    }
    let Some(fields) = detail.as_object_mut() else { return Err(wire::damaged("release", release_id)) };
    fields.insert("release".to_owned(), release_id.into());
    fields.insert("items".to_owned(), items.into());
    let audit = ctx.audit(&format!("release.{verb}"), &detail);
    Ok(NewAudit { environment: Some(row.environment), ..audit })
}
