//! Everything that happened to a prompt, from the audit log.

use promptory_api::{
    page::{Page, PageQuery},
    prompt::HistoryEntry,
};
use promptory_store::AuditFilter;

use super::{Ctx, Outcome, references, wire};
use crate::page;

/// Newest first.
///
/// # Errors
/// No such prompt, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, name: &str, query: &PageQuery) -> Outcome<Page<HistoryEntry>> {
    let limit = page::limit(query.limit)?;
    let before = page::decode_number(query.cursor.as_deref(), i64::MAX)?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let filter = AuditFilter { prompt_id: Some(prompt.id), ..AuditFilter::default() };
    let mut rows = reader.audit_page(&filter, before, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| row.n.to_string());
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(HistoryEntry {
                at: wire::time(row.at),
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
