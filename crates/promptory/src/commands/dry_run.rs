//! `--dry-run`, wherever the server can say what it would do.

use clap::Args;

use crate::route::Route;

pub(crate) const NOTHING_CHANGED: &str = "Dry run: nothing was changed.";

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct DryRun {
    /// Say what would happen, or why it would be refused, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl DryRun {
    pub(crate) fn in_body(self) -> Option<bool> {
        self.dry_run.then_some(true)
    }

    pub(crate) fn in_query(self, route: Route) -> Route {
        route.query("dry_run", self.dry_run.then_some("true"))
    }

    /// What would be, with the word that it is not.
    pub(crate) fn said(self, text: String) -> String {
        if self.dry_run { format!("{text}\n{NOTHING_CHANGED}") } else { text }
    }
}
