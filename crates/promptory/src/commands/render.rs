//! `promptory render`

use clap::Args;
use promptory_api::version::{RenderDraft, RenderInput, RenderOutput};

use crate::client::Answer;
use crate::commands::draft::{Draft, Kind};
use crate::commands::resolve::Given;
use crate::commands::version_show::readable_messages;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Render {
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    name: Option<String>,
    /// 1.2.0, a sequence number, latest, or an environment (what is live there).
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    reference: Option<String>,
    #[command(flatten)]
    given: Given,
    /// Saved variables of the prompt; --var and --var-json replace those of the same names.
    #[arg(long, value_name = "SAMPLE", conflicts_with = "file")]
    sample: Option<String>,
    /// Where included prompts are looked up; absent: their newest versions.
    #[arg(long)]
    environment: Option<String>,
    /// A content that is not stored yet; - is standard input.
    #[arg(long = "draft", value_name = "FILE")]
    file: Option<String>,
    /// The draft is a JSON list of messages.
    #[arg(long, requires = "file")]
    chat: bool,
    #[command(flatten, next_help_heading = "Draft (with --draft)")]
    draft: Draft,
}

impl Render {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let answer = self.ask(context).await?;
        if context.out.is_json() {
            return context.out.json(&answer.body);
        }
        let output: RenderOutput = answer.parse()?;
        for warning in &output.warnings {
            context.out.aside(&format!("warning: {warning}"));
        }
        let cost = output.cost_estimate_usd.map(|cost| format!(", about ${cost}")).unwrap_or_default();
        context.out.aside(&format!("about {} tokens{cost}", output.tokens_estimate));
        context.out.prompt_text(&match (output.text, output.messages) {
            (Some(text), _) => text,
            (None, messages) => readable_messages(&messages.unwrap_or_default()),
        })
    }

    async fn ask(&self, context: &Context) -> Result<Answer, Failure> {
        let variables = self.given.read()?.unwrap_or_default();
        let environment = self.environment.clone();
        if let Some(file) = &self.file {
            let kind = if self.chat { Kind::Chat } else { Kind::Text };
            let version = self.draft.read(file, self.chat)?;
            let body = RenderDraft { kind: Some(kind.as_str().to_owned()), version, variables, environment };
            return context.client.post(&Route::new("/render"), &body).await;
        }
        if self.draft.template.is_some() || self.draft.variables.is_some() || self.draft.settings.is_some() {
            return Err(Failure::Usage("--template, --variables and --settings need --draft".into()));
        }
        let name = self.name.as_deref().unwrap_or_default();
        let route = Route::version(name, self.reference.as_deref().unwrap_or_default())?.then("/render");
        let body = RenderInput { variables, sample: self.sample.clone(), environment };
        context.client.post(&route, &body).await
    }
}
