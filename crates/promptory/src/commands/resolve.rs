//! `promptory resolve`

use clap::Args;
use promptory_api::serving::{Resolve as Body, Resolved};

use crate::commands::version_show::{readable_content, readable_messages};
use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    name: String,
    /// Absent: the key's, else the production one.
    #[arg(long)]
    environment: Option<String>,
    /// Who the prompt is for: a stable name of a user.
    #[arg(long, value_name = "KEY")]
    user: Option<String>,
    #[command(flatten)]
    given: Given,
    /// A given version in place of what the environment serves.
    #[arg(long = "version", value_name = "REF")]
    reference: Option<String>,
    /// `resolution` of the conversation's last answer: it keeps what it got.
    #[arg(long, value_name = "RESOLUTION")]
    pin: Option<String>,
}

/// Values to fill in.
#[derive(Debug, Args)]
pub(crate) struct Given {
    /// A variable whose value is a string; may be given several times.
    #[arg(long = "var", value_name = "NAME=TEXT")]
    texts: Vec<String>,
    /// A variable whose value is JSON, on the line or in a file.
    #[arg(long = "var-json", value_name = "NAME=JSON|@FILE")]
    jsons: Vec<String>,
}

impl Given {
    pub(crate) fn read(&self) -> Result<Option<serde_json::Map<String, serde_json::Value>>, Failure> {
        input::variables(&self.texts, &self.jsons)
    }
}

impl Resolve {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = Body {
            environment: self.environment,
            key: self.user,
            attributes: None,
            variables: self.given.read()?,
            version: self.reference,
            pin: self.pin,
        };
        let answer = context.client.post(&Route::prompt(&self.name)?.then("/resolve"), &body).await?;
        if context.out.is_json() {
            return context.out.json(&answer.body);
        }
        let resolved: Resolved = answer.parse()?;
        context.out.aside(&summary(&resolved));
        if let Some(why) = &resolved.pin_dropped {
            context.out.aside(&format!("warning: the pin did not decide: {why}"));
        }
        renamed(context, &self.name, resolved.renamed_to.as_deref());
        context.out.prompt_text(&text(&resolved))
    }
}

/// Who asks by a former name should know before it is forgotten.
pub(crate) fn renamed(context: &Context, name: &str, present: Option<&str>) {
    if let Some(present) = present {
        context.out.aside(&format!("warning: {name} is called {present} now"));
    }
}

fn summary(resolved: &Resolved) -> String {
    let Resolved { prompt, version, environment, reason, revision, .. } = resolved;
    format!("{prompt} {version} ({reason}, {environment}, revision {revision})")
}

fn text(resolved: &Resolved) -> String {
    match (&resolved.text, &resolved.messages) {
        (Some(text), _) => text.clone(),
        (None, Some(messages)) => readable_messages(messages),
        (None, None) => readable_content(&resolved.content),
    }
}
