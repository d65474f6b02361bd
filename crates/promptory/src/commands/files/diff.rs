//! `promptory diff`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use similar::TextDiff;

use super::{folder, transfer};
use crate::{context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The project's folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Only which files differ, not how.
    #[arg(long)]
    names: bool,
}

impl Diff {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let local = folder::project(&self.folder)?;
        let server = transfer::download(context).await?;
        let mut paths: Vec<&String> = local.keys().chain(server.keys()).collect();
        paths.sort();
        paths.dedup();
        let mut found = Vec::new();
        for path in paths {
            let (here, there) = (local.get(path), server.get(path));
            if here == there {
                continue;
            }
            let state = match (here, there) {
                (Some(_), None) => "only here",
                (None, _) => "only on the server",
                _ => "different",
            };
            found.push(json!({"path": path, "state": state}));
            if context.out.is_json() {
                continue;
            }
            if self.names {
                context.out.block(&format!("{state}: {path}"))?;
                continue;
            }
            let text = |bytes: Option<&Vec<u8>>| {
                bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
            };
            let (before, after) = (text(there), text(here));
            let name = |side: &str, there: bool| {
                if there { format!("{side}/{path}") } else { "/dev/null".to_owned() }
            };
            let diff = TextDiff::from_lines(&before, &after)
                .unified_diff()
                .header(&name("server", there.is_some()), &name("here", here.is_some()))
                .to_string();
            context.out.block(&diff)?;
        }
        if context.out.is_json() {
            context.out.json(&json!({ "differences": found }).to_string())?;
        } else if found.is_empty() {
            context.out.block("The folder and the server have the same.")?;
        }
        if found.is_empty() { Ok(()) } else { Err(Failure::No) }
    }
}
