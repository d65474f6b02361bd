//! `promptory version list`

use clap::Args;
use promptory_api::version::Version;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{cut, minute, or_dash};

#[derive(Debug, Args)]
pub(crate) struct List {
    name: String,
    #[arg(long, value_parser = ["draft", "testing", "production", "deprecated", "archived"])]
    status: Option<String>,
    #[arg(long)]
    author: Option<String>,
    #[arg(long)]
    tag: Option<String>,
    /// Created at or after it, such as 2026-11-20T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Created before it.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Oldest first, or newest first [server's default: -sequence].
    #[arg(long, value_parser = ["sequence", "-sequence"], allow_hyphen_values = true)]
    sort: Option<String>,
    /// At most so many versions; absent: all.
    #[arg(long)]
    limit: Option<usize>,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let filters = [
            ("status", &self.status),
            ("author", &self.author),
            ("tag", &self.tag),
            ("since", &self.since),
            ("until", &self.until),
        ];
        let filtered = filters.iter().any(|(_, value)| value.is_some());
        let route = Route::prompt(&self.name)?.then("/versions").query("sort", self.sort.as_deref());
        let route =
            filters.into_iter().fold(route, |route, (name, value)| route.query(name, value.as_deref()));
        let answer = context.client.list(route, self.limit).await?;
        let header = ["VERSION", "NUMBER", "STATUS", "LIVE IN", "CREATED", "NOTE"];
        let name = &self.name;
        let empty = if filtered {
            format!("{name} has no versions that fit. Leave out filters to see more.")
        } else {
            format!("{name} has no versions yet. Next: promptory version create '{name}' --file FILE")
        };
        context.show_list(&answer, &header, &empty, |version: &Version| {
            vec![
                version.version.clone(),
                version.sequence.to_string(),
                version.status.clone(),
                or_dash(&version.live_in.join(", ")),
                minute(&version.created_at),
                cut(&version.note, 120),
            ]
        })
    }
}
