//! `promptory executions list`

use clap::Args;
use promptory_api::execution::Execution;
use promptory_api::page::Page;

use super::filter::Filter;
use super::show::{cost, status, tokens};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::option_or_dash;

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filter: Filter,
    /// At most so many; there may be millions.
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

impl List {
    pub(crate) async fn run(self, context: &Context, route: Route) -> Result<(), Failure> {
        let answer = context.client.list(self.filter.onto(route), Some(self.limit)).await?;
        context.show(&answer, |page: &Page<Execution>| {
            if page.items.is_empty() {
                return "No executions that fit. Leave out filters to see more; --purpose all shows tests too."
                    .to_owned();
            }
            let header = ["STARTED", "PROMPT", "VERSION", "STATUS", "MS", "TOKENS", "COST", "MODEL", "ID"];
            let mut text = context.out.table(&header, page.items.iter().map(row).collect());
            if page.next_cursor.is_some() {
                let shown = page.items.len();
                text.push_str(&format!("\n\n{shown} shown, there are more; `export` takes all of them."));
            }
            text
        })
    }
}

fn row(one: &Execution) -> Vec<String> {
    vec![
        second(&one.started_at),
        one.prompt.clone(),
        one.version.clone(),
        status(one.status).to_owned(),
        format!("{:.0}", one.latency_ms),
        tokens(one),
        cost(one),
        option_or_dash(one.model.as_deref()),
        one.id.clone(),
    ]
}

/// `2026-11-20T08:00:00.123Z` as `2026-11-20 08:00:00`.
fn second(at: &str) -> String {
    match (at.get(..10), at.get(11..19)) {
        (Some(day), Some(time)) if at.ends_with('Z') => format!("{day} {time}"),
        _ => at.to_owned(),
    }
}
