//! Everything that happened to a prompt or a project, from the audit log.

use promptory_api::{
    page::{Page, PageQuery},
    prompt::{HistoryEntry, HistoryQuery},
};
use promptory_store::AuditFilter;

use super::{Ctx, Outcome, references, wire};
use crate::page;

/// Of one prompt, newest first.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn of_prompt(ctx: &Ctx, name: &str, query: &PageQuery) -> Outcome<Page<HistoryEntry>> {
    let query = HistoryQuery {
        prompt: Some(name.to_owned()),
        limit: query.limit,
        cursor: query.cursor.clone(),
        ..HistoryQuery::default()
    };
    list(ctx, &query).await
}

/// Of the whole project, newest first. Denied attempts are in the audit log only.
///
/// # Errors
/// No such prompt, a time that cannot be read, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &HistoryQuery) -> Outcome<Page<HistoryEntry>> {
    let limit = page::limit(query.limit)?;
    let before = page::decode_number(query.cursor.as_deref(), i64::MAX)?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let filter = AuditFilter {
        prompt_id,
        action: query.action.clone(),
        environment: query.environment.clone(),
        from: page::time("since", query.since.as_deref())?,
        to: page::time("until", query.until.as_deref())?,
        without: Some("denied".to_owned()),
        ..AuditFilter::default()
    };
    let mut rows = reader.audit_page(&filter, before, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| row.n.to_string());
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(HistoryEntry {
                at: wire::time(row.at),
                prompt: row.prompt,
                action: row.action,
                actor: row.actor_name,
                environment: row.environment,
                detail: serde_json::from_str(&row.detail)
                    .map_err(|_| wire::damaged("audit", &row.n.to_string()))?,
            })
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Page { items, next_cursor, total: None })
}
