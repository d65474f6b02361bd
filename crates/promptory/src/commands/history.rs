//! `promptory history`, and `promptory prompt history`

use clap::Args;
use promptory_api::page::Page;
use promptory_api::prompt::HistoryEntry;

use crate::context::{Context, more};
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{minute, one_line_object};

#[derive(Debug, Args)]
pub(crate) struct History {
    #[arg(long)]
    prompt: Option<String>,
    #[arg(long)]
    environment: Option<String>,
    /// Such as prompt.create or deployment.activate.
    #[arg(long)]
    action: Option<String>,
    /// Not before, such as 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// At most so many entries; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

impl History {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/history")
            .query("prompt", self.prompt.as_deref())
            .query("environment", self.environment.as_deref())
            .query("action", self.action.as_deref())
            .query("since", self.since.as_deref())
            .query("until", self.until.as_deref());
        let empty = "Nothing that fits has happened. Leave out filters to see more.";
        show(context, route, self.limit, empty, true).await
    }
}

pub(crate) async fn of_prompt(context: &Context, name: &str, limit: Option<usize>) -> Result<(), Failure> {
    let route = Route::prompt(name)?.then("/history");
    show(context, route, limit, &format!("Nothing has happened to {name} yet."), false).await
}

async fn show(
    context: &Context,
    route: Route,
    limit: Option<usize>,
    empty: &str,
    with_prompt: bool,
) -> Result<(), Failure> {
    let answer = context.client.list(route, limit).await?;
    context.show(&answer, |page: &Page<HistoryEntry>| {
        if page.items.is_empty() {
            return empty.to_owned();
        }
        let mut text: String = page.items.iter().map(|entry| event(entry, with_prompt)).collect();
        if page.next_cursor.is_some() {
            more(&mut text, page.items.len(), page.total);
        }
        text
    })
}

/// Two lines: when, what, where and by whom; then the details.
fn event(entry: &HistoryEntry, with_prompt: bool) -> String {
    let prompt = entry.prompt.as_deref().filter(|_| with_prompt);
    let prompt = prompt.map(|name| format!(" {name}")).unwrap_or_default();
    let place = entry.environment.as_deref().map(|name| format!(" in {name}")).unwrap_or_default();
    let mut text = format!("{}  {}{prompt}{place}, by {}\n", minute(&entry.at), entry.action, entry.actor);
    let detail = one_line_object(&entry.detail);
    if !detail.is_empty() {
        text.push_str(&format!("                  {detail}\n"));
    }
    text
}
