//! The audit log: who did what, and proof that nothing was changed afterwards.

use promptory_api::{
    audit::{AuditEntry, AuditQuery, AuditVerification},
    page::Page,
};
use promptory_core::time::Timestamp;
use promptory_store::{AuditFilter, AuditRow};

use super::{Ctx, Outcome, references, wire};
use crate::{page, refusal::Refusal};

/// Entries read at a time while verifying, so that memory stays flat.
const VERIFY_PAGE: i64 = 1_000;

/// Newest first.
///
/// # Errors
/// A filter or cursor that makes no sense.
pub async fn list(ctx: &Ctx, query: &AuditQuery) -> Outcome<Page<AuditEntry>> {
    let limit = page::limit(query.limit)?;
    let before = page::decode_number(query.cursor.as_deref(), i64::MAX)?;
    let time = |name: &str, text: &Option<String>| match text.as_deref().map(Timestamp::parse_rfc3339) {
        Some(None) => {
            Err(Refusal::invalid("", format!("{name}: use RFC 3339, such as 2026-11-20T00:00:00Z.")))
        }
        Some(Some(at)) => Ok(Some(at.micros())),
        None => Ok(None),
    };
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt_id = match &query.prompt {
        Some(name) => Some(references::prompt(&mut reader, name).await?.id),
        None => None,
    };
    let filter = AuditFilter {
        prompt_id,
        action: query.action.clone(),
        actor: query.actor.clone(),
        environment: query.environment.clone(),
        from: time("from", &query.from)?,
        to: time("to", &query.to)?,
        without: None,
    };
    let mut rows = reader.audit_page(&filter, before, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| row.n.to_string());
    let items = rows.into_iter().map(entry).collect::<Outcome<Vec<_>>>()?;
    Ok(Page { items, next_cursor, total: None })
}

fn entry(row: AuditRow) -> Outcome<AuditEntry> {
    Ok(AuditEntry {
        detail: wire::raw("audit", &row.n.to_string(), &row.detail)?,
        n: row.n,
        at: wire::time(row.at),
        actor: row.actor,
        actor_name: row.actor_name,
        action: row.action,
        prompt: row.prompt,
        environment: row.environment,
        address: row.address,
        request_id: row.request_id,
        hash: row.hash,
    })
}

/// Walks the whole chain. The head is read first: entries written meanwhile are not looked at.
///
/// # Errors
/// The database cannot be read, or `expect` is not `n:hash`.
pub async fn verify(ctx: &Ctx, expect: Option<&str>) -> Outcome<AuditVerification> {
    let expected = expect.map(parse_head).transpose()?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let head = reader.audit_head().await?;
    let answer = |entries: i64, bad: Option<(i64, String)>| AuditVerification {
        valid: bad.is_none(),
        entries,
        head: format!("{}:{}", head.n, head.hash),
        first_bad: bad.as_ref().map(|(n, _)| *n),
        problem: bad.map(|(_, why)| why),
    };
    let (mut n, mut hash) = (0, String::new());
    while n < head.n {
        let rows = reader.audit_from(n, VERIFY_PAGE).await?;
        if rows.is_empty() {
            return Ok(answer(n, Some((n + 1, "The entry is missing.".to_owned()))));
        }
        for row in rows.iter().take_while(|row| row.n <= head.n) {
            if row.n != n + 1 {
                return Ok(answer(n, Some((n + 1, "The entry is missing.".to_owned()))));
            }
            if row.expected_hash(&hash) != row.hash {
                return Ok(answer(n, Some((row.n, "The entry is not the one that was written.".to_owned()))));
            }
            (n, hash) = (row.n, row.hash.clone());
            if expected.as_ref().is_some_and(|(at, wanted)| *at == n && *wanted != hash) {
                return Ok(answer(n, Some((n, "The entry's hash is not the expected one.".to_owned()))));
            }
        }
    }
    if hash != head.hash {
        return Ok(answer(
            n,
            Some((n, "The newest entry is not the one that the project names.".to_owned())),
        ));
    }
    if expected.is_some_and(|(at, _)| at > n) {
        return Ok(answer(n, Some((n + 1, "Entries that were there before are missing.".to_owned()))));
    }
    Ok(answer(n, None))
}

fn parse_head(text: &str) -> Outcome<(i64, String)> {
    text.split_once(':')
        .and_then(|(n, hash)| Some((n.parse().ok()?, hash.to_owned())))
        .ok_or_else(|| Refusal::invalid("", "expect: use n:hash, the `head` of an earlier verification."))
}
