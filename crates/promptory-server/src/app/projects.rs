//! Projects: the tenants of an instance.

use promptory_api::{
    access::{NewProject, Project},
    page::{Page, PageQuery},
};
use serde_json::json;

use super::{Ctx, Outcome, wire};
use crate::{
    page,
    refusal::{Code, Refusal},
};

/// The pseudo-project of what concerns the whole instance. No project can be called so.
pub(crate) const INSTANCE: &str = "_instance";
const NAME_BYTES: usize = 63;

/// # Errors
/// The name breaks a rule or is taken.
pub async fn create(ctx: &Ctx, new: &NewProject) -> Outcome<Project> {
    let name = new.name.as_str();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = name.len() <= NAME_BYTES
        && name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || byte == b'-');
    if !fits {
        return Err(Refusal::invalid(
            "/name",
            "A project's name is 1 to 63 small letters, digits and hyphens, and starts with a letter or digit.",
        ));
    }
    let row =
        promptory_store::NewProject { id: ctx.new_id(), name: name.to_owned(), created_at: ctx.now.micros() };
    if !ctx.app.store.insert_project(&row, true).await? {
        return Err(Refusal::new(Code::NameTaken, format!("There is a project {name:?} already.")));
    }
    let id = row.id.as_str().into();
    let tx = ctx.app.store.write(&id, ctx.now).await?;
    let committed = tx.commit(ctx.audit("project.create", &json!({"name": name}))).await?;
    ctx.app.feed.poll(ctx.now).await?;
    Ok(Project {
        id: row.id,
        name: row.name,
        created_at: wire::time(row.created_at),
        revision: committed.revision,
    })
}

/// In order of the name.
///
/// # Errors
/// A cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &PageQuery) -> Outcome<Page<Project>> {
    let limit = page::limit(query.limit)?;
    // The instance's own comes first in order ("_" is below letters, not below digits), so it is filtered, not skipped.
    let after = query.cursor.as_deref().map(page::decode).transpose()?.unwrap_or_default();
    let mut reader = ctx.app.store.read().await?;
    let total = reader.count_projects_without(INSTANCE).await?;
    let mut rows = reader.projects(&after, limit + 2).await?;
    rows.retain(|row| row.name != INSTANCE);
    let next_cursor = page::cut(&mut rows, limit, |row| row.name.clone());
    let items = rows
        .into_iter()
        .map(|row| Project {
            id: row.id,
            name: row.name,
            created_at: wire::time(row.created_at),
            revision: row.revision,
        })
        .collect();
    Ok(Page { items, next_cursor, total: Some(total) })
}
