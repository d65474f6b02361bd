//! Who was given which build: "may I archive this?"

use promptory_api::{page::Page, prompt::Use};

use super::{Ctx, Outcome, references, wire};
use crate::numbers::number_text;

/// Rows of an answer; a prompt that many keys use shows the most recent.
const ROWS: i64 = 200;

/// The most recent first.
///
/// # Errors
/// No such prompt.
pub async fn list(ctx: &Ctx, name: &str) -> Outcome<Page<Use>> {
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let rows = reader.uses(&prompt.id, ROWS).await?;
    let items = rows.into_iter().map(|row| Use {
        environment: row.environment,
        version: number_text(row.major, row.minor, row.patch, &row.pre),
        sequence: row.sequence,
        build_hash: row.build_hash,
        key_name: row.key_name.unwrap_or_else(|| "administrator".to_owned()),
        key_id: row.key_id,
        uses: row.uses,
        first_at: wire::time(row.first_at),
        last_at: wire::time(row.last_at),
    });
    Ok(Page { items: items.collect(), next_cursor: None, total: None })
}
