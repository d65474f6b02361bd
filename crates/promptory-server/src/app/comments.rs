//! What people say about a version, whether approval is asked for or not.

use promptory_api::{
    approval::ApprovalPerson,
    comment::{Comment, NewComment},
    page::{Page, PageQuery},
};
use promptory_core::limits;
use promptory_store::{CommentRow, PromptRow, VersionRow};
use serde_json::json;

use super::{Ctx, Outcome, prompts::about, references, wire};
use crate::{check::Checks, numbers::number_text, page, refusal::Refusal};

/// Oldest first.
///
/// # Errors
/// No such prompt or version, or a cursor that makes no sense.
pub async fn list(ctx: &Ctx, name: &str, reference: &str, query: &PageQuery) -> Outcome<Page<Comment>> {
    let limit = page::limit(query.limit)?;
    let after = page::decode_number(query.cursor.as_deref(), 0)?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let prompt = references::prompt(&mut reader, name).await?;
    let version = references::version(ctx, &mut reader, &prompt, reference).await?;
    let total = reader.count_comments(&version.id).await?;
    let mut rows = reader.comments(&version.id, after, limit + 1).await?;
    let next_cursor = page::cut(&mut rows, limit, |row| row.revision.to_string());
    let items = rows.into_iter().map(|row| shown(row, &prompt, &version)).collect();
    Ok(Page { items, next_cursor, total: Some(total) })
}

fn shown(row: CommentRow, prompt: &PromptRow, version: &VersionRow) -> Comment {
    Comment {
        id: row.id,
        prompt: prompt.name.clone(),
        version: number_text(version.major, version.minor, version.patch, &version.pre),
        reply_to: row.reply_to,
        by: ApprovalPerson { id: row.person_id, name: row.author },
        comment: row.comment,
        at: wire::time(row.at),
    }
}

/// # Errors
/// No words, too many, or a pasted secret; no such prompt, version or comment; a version with too many comments.
pub async fn create(ctx: &Ctx, name: &str, reference: &str, body: &NewComment) -> Outcome<Comment> {
    let mut checks = Checks::under("");
    if body.comment.trim().is_empty() {
        checks.add("empty", "/comment", "A comment needs words.");
    }
    checks.prose("/comment", Some(&body.comment), limits::NOTE_BYTES, false);
    checks.finish()?;
    let mut tx = ctx.write().await?;
    let prompt = references::prompt(&mut tx.project(), name).await?;
    let version = references::version(ctx, &mut tx.project(), &prompt, reference).await?;
    if tx.project().count_comments(&version.id).await? >= limits::COMMENTS_PER_VERSION {
        let detail = format!("A version has at most {} comments.", limits::COMMENTS_PER_VERSION);
        return Err(Refusal::invalid("", detail));
    }
    let reply_to = match &body.reply_to {
        None => None,
        Some(id) => {
            let answered = tx.project().comment(&version.id, id).await?;
            let answered = answered.ok_or_else(|| {
                Refusal::invalid("/reply_to", format!("This version has no comment {id:?}."))
            })?;
            Some(answered.reply_to.unwrap_or(answered.id))
        }
    };
    let row = CommentRow {
        id: ctx.new_id(),
        reply_to,
        person_id: ctx.caller.person().map(str::to_owned),
        author: ctx.who(&mut tx).await?,
        comment: body.comment.clone(),
        at: tx.at().micros(),
        revision: tx.revision(),
    };
    tx.insert_comment((&prompt.id, &version.id), &row).await?;
    let answer = shown(row, &prompt, &version);
    ctx.remember(&mut tx, 201, &answer).await?;
    let detail = json!({
        "version": answer.version, "id": answer.id, "reply_to": answer.reply_to, "comment": answer.comment,
    });
    ctx.commit(tx, about(ctx, "version.comment", &prompt.id, &prompt.name, &detail)).await?;
    Ok(answer)
}
