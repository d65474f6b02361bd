//! Statistics: from a question to the cells that answer it. What is told apart by cells is read from them; the rest is
//! counted from single executions.
//!
//! `ask` reads the question, `plan` says which cells cover its time, `read` fetches them with those in memory, `group`
//! tells lines of the answer apart, `gather` adds up, `figures` writes numbers.

mod ask;
mod compare;
mod errors;
mod figures;
mod gather;
mod group;
mod plan;
mod raw;
mod read;
mod series;
mod summary;
mod welch;

pub use compare::compare;
pub(super) use compare::{Sides, compare_sides};
pub use errors::errors;
pub use series::series;
pub use summary::{countries, summary};
pub(super) use summary::{of_versions, of_versions_in};

use promptory_api::analytics::AnalyticsQuery;

use super::{Ctx, Outcome};
use ask::{LinesById, Question, invalid};

/// A question with what it needs to be answered.
struct Asked {
    question: Question,
    lines: LinesById,
    /// Tags that are counted apart; read only where the question names a tag.
    chosen: Vec<String>,
}

async fn asked(ctx: &Ctx, query: &AnalyticsQuery) -> Outcome<Asked> {
    let lines = ctx.app.recording.lines.of(&ctx.app.store, &ctx.project.id).await?;
    let question = Question::new(ctx, query, &lines).await?;
    let chosen = match gather::tag_names(&question).next() {
        None => Vec::new(),
        Some(_) => ctx.app.recording.policies.of(ctx).await?.settings.tags.clone(),
    };
    Ok(Asked { question, lines, chosen })
}

/// Parameters that mean something elsewhere only.
fn refuse(given: &[(&str, &Option<String>)], why: &str) -> Outcome<()> {
    match given.iter().find(|(_, value)| value.is_some()) {
        Some((name, _)) => Err(invalid(format!("{name}: {why}"))),
        None => Ok(()),
    }
}
