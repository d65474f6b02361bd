//! What people say about a version.

use promptory_api::comment::{Comment, NewComment};
use promptory_api::page::Page;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

pub(super) async fn add(context: &Context, version: &Route, body: &NewComment) -> Result<(), Failure> {
    let answer = context.client.post(&version.clone().then("/comments"), body).await?;
    context.show(&answer, |comment: &Comment| {
        format!("Noted beside {} {} (id {}).", comment.prompt, comment.version, comment.id)
    })
}

/// Threads in the order in which they were begun, answers below what they answer.
pub(super) async fn list(context: &Context, version: &Route, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(version.clone().then("/comments"), limit).await?;
    context.show(&answer, |page: &Page<Comment>| {
        if page.items.is_empty() {
            return "Nobody has said anything about it.".to_owned();
        }
        let begun = page.items.iter().filter(|one| one.reply_to.is_none());
        let lines = begun.flat_map(|first| {
            let answers = page.items.iter().filter(|one| one.reply_to.as_ref() == Some(&first.id));
            std::iter::once(said(first, "")).chain(answers.map(|one| said(one, "  ")))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn said(comment: &Comment, indent: &str) -> String {
    let words = comment.comment.replace('\n', &format!("\n{indent}  "));
    format!("{indent}{}  {}  {}\n{indent}  {words}", minute(&comment.at), comment.by.name, comment.id)
}
