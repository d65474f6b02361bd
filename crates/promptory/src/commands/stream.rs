//! `promptory stream`

use clap::Args;
use promptory_api::events::Event;
use promptory_api::serving::{StreamChange, StreamHello, StreamReset};
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Stream {
    /// Absent: the key's, else the production one.
    #[arg(long)]
    environment: Option<String>,
}

impl Stream {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/stream").query("environment", self.environment.as_deref());
        let mut events = context.client.events(&route).await?;
        let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
        loop {
            let event = tokio::select! {
                // It is how the command is meant to end.
                _ = &mut interrupted => return Ok(()),
                event = events.next() => event?,
            };
            match event {
                // One line each, on a terminal too.
                Some(event) if context.out.is_json() => {
                    context.out.bytes(format!("{}\n", event.data.replace('\n', " ")).as_bytes())?;
                }
                Some(event) => context.out.block(&line(&event)?)?,
                None => {
                    return Err(Failure::Unreachable(
                        "the server ended the stream: it stops, or the key is worth nothing any more".into(),
                    ));
                }
            }
        }
    }
}

fn line(event: &Event) -> Result<String, Failure> {
    Ok(match event.name.as_str() {
        "hello" => {
            let StreamHello { revision, environment } = parse(event)?;
            format!("{:8}  {environment}, from revision {revision} on", "hello")
        }
        "reset" => {
            let StreamReset { revision, environment } = parse(event)?;
            format!("{:8}  {environment}, at revision {revision}: changes may be missing here", "reset")
        }
        "change" => change(&parse(event)?),
        other => format!("{other:8}  {}", event.data.replace('\n', " ")),
    })
}

fn parse<T: DeserializeOwned>(event: &Event) -> Result<T, Failure> {
    serde_json::from_str(&event.data).map_err(|error| {
        Failure::Unreachable(format!("an event is not one that this program knows ({error})"))
    })
}

fn change(change: &StreamChange) -> String {
    let StreamChange { change: what, prompt, entry_revision, .. } = change;
    let mut text = format!("{what:8}  {prompt}");
    if let Some(label) = &change.label {
        text.push_str(&format!(" {label}:"));
    }
    if change.label.is_some() || change.version.is_some() {
        text.push_str(&format!(" {}", change.version.as_deref().unwrap_or("removed")));
    }
    if let Some(former) = &change.renamed_from {
        text.push_str(&format!(", formerly {former}"));
    }
    if let Some(environment) = &change.environment {
        text.push_str(&format!(" in {environment}"));
    }
    text.push_str(&format!(" (revision {entry_revision})"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_event() {
        let check = |name: &str, data: &str, expected: &str| {
            let event = Event { name: name.to_owned(), data: data.to_owned(), id: None };
            assert_eq!(line(&event).expect("a line"), expected);
        };
        check(
            "hello",
            r#"{"revision":"ab:7","environment":"staging"}"#,
            "hello     staging, from revision ab:7 on",
        );
        check(
            "change",
            r#"{"change":"live","prompt":"a/b","environment":"staging","version":"1.0.0","entry_revision":8}"#,
            "live      a/b 1.0.0 in staging (revision 8)",
        );
        check(
            "change",
            r#"{"change":"label","prompt":"a/b","label":"stable","version":"1.0.0","entry_revision":9}"#,
            "label     a/b stable: 1.0.0 (revision 9)",
        );
        check(
            "change",
            r#"{"change":"label","prompt":"a/b","label":"stable","entry_revision":10}"#,
            "label     a/b stable: removed (revision 10)",
        );
        check(
            "change",
            r#"{"change":"renamed","prompt":"c","renamed_from":"a/b","entry_revision":11}"#,
            "renamed   c, formerly a/b (revision 11)",
        );
        check("later", "{}", "later     {}");
    }
}
