//! `promptory executions export`

use std::io::Write;
use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::filter::Filter;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    filter: Filter,
    #[arg(long, value_enum, default_value_t = Format::Ndjson)]
    format: Format,
    /// With variables, inputs, outputs and scores; NDJSON only.
    #[arg(long)]
    bodies: bool,
    /// - is standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Ndjson,
    Csv,
}

impl Export {
    pub(crate) async fn run(self, context: &Context, route: Route) -> Result<(), Failure> {
        if self.bodies && self.format == Format::Csv {
            return Err(Failure::Usage("--bodies needs --format ndjson: texts fit no table".into()));
        }
        let format = if self.format == Format::Csv { "csv" } else { "ndjson" };
        let route = self.filter.onto(route);
        let route = route.query("format", Some(format)).query("bodies", self.bodies.then_some("true"));
        if self.output == "-" {
            return save(context, &route, &mut std::io::stdout().lock()).await.map(|_| ());
        }
        let target = Path::new(&self.output);
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed =
            |error: std::io::Error| Failure::Local(format!("{} cannot be written: {error}", self.output));
        // In place only when it is complete.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        let bytes = save(context, &route, &mut file).await?;
        file.persist(target).map_err(|error| failed(error.error))?;
        if context.out.is_json() {
            return context.out.json(&json!({"output": self.output, "bytes": bytes}).to_string());
        }
        context.out.block(&format!("Wrote {bytes} bytes into {}.", self.output))
    }
}

async fn save(context: &Context, route: &Route, target: &mut impl Write) -> Result<u64, Failure> {
    let mut download = context.client.download(route).await?;
    let mut bytes = 0;
    while let Some(piece) = download.next().await? {
        target.write_all(&piece)?;
        bytes += piece.len() as u64;
    }
    target.flush()?;
    Ok(bytes)
}
