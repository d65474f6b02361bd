//! `--emergency`, wherever something goes live.

use clap::Args;
use promptory_api::approval::DeclareEmergency;

#[derive(Debug, Args)]
pub(crate) struct Emergency {
    /// Do without approval, because it cannot wait: what is wrong. Somebody else looks at it afterwards.
    #[arg(long, value_name = "REASON")]
    emergency: Option<String>,
}

impl Emergency {
    pub(crate) fn in_body(self) -> Option<DeclareEmergency> {
        self.emergency.map(|reason| DeclareEmergency { reason })
    }
}
