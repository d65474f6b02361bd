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
    let mut tx = ctx.write().await?;
    if !tx.insert_project(&row).await? {
        return Err(Refusal::new(Code::NameTaken, format!("There is a project {name:?} already.")));
    }
    let detail = json!({"id": row.id, "name": name});
    let project = Project { id: row.id, name: row.name, created_at: wire::time(row.created_at), revision: 0 };
    ctx.remember(&mut tx, 201, &project).await?;
    ctx.commit(tx, ctx.audit("project.create", &detail)).await?;
    // So that its creator can use it at once, whatever the feed came to first.
    ctx.app.feed.poll(ctx.now).await?;
    Ok(project)
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
