//! `--acknowledge-rollback`, wherever something goes live.

use clap::Args;

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Acknowledge {
    /// Release it although it was taken back in this environment.
    #[arg(long)]
    pub(crate) acknowledge_rollback: bool,
}

impl Acknowledge {
    pub(crate) fn in_body(self) -> Option<bool> {
        self.acknowledge_rollback.then_some(true)
    }
}
