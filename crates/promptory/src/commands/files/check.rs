//! `promptory check`: what a pull request is judged by.

use std::path::PathBuf;

use clap::Args;
use promptory_api::files::Imported;
use promptory_api::version::{NewVersion, RenderDraft, RenderOutput};
use promptory_files::{Group, Options, Prompt, Version, layout};
use serde_json::json;

use super::{
    folder::{self, Files},
    transfer::{self, Wish},
};
use crate::{context::Context, failure::Failure, problem, route::Route, text::cut};

const SHOWN: usize = 60;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The project's folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// One sample, rendered with the newest version of its prompt in the folder.
struct Rendered {
    prompt: String,
    version: String,
    sample: String,
    /// The beginning of the text, or why there is none.
    outcome: Result<String, String>,
}

impl Check {
    /// Would everything be taken, and does every newest version render with every sample?
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let files = folder::project(&self.folder)?;
        let wish = Wish { dry_run: true, ..Wish::default() };
        let answer = transfer::send(context, transfer::pack(&files)?, &wish).await?;
        let import: Imported = answer.parse()?;
        let mut rendered = Vec::new();
        for prompt in prompts(&files) {
            let Some(version) = prompt.versions.last() else { continue };
            for sample in &prompt.samples {
                rendered.push(render(context, &prompt, version, &sample.name, &sample.variables).await?);
            }
        }
        let failed = !import.refused.is_empty() || rendered.iter().any(|one| one.outcome.is_err());
        if context.out.is_json() {
            let list = rendered.iter().map(|one| {
                let outcome = one.outcome.as_ref();
                json!({"prompt": one.prompt, "version": one.version, "sample": one.sample, "ok": outcome.is_ok(),
                    "text": outcome.ok(), "detail": outcome.err()})
            });
            let whole = json!({"import": import, "rendered": list.collect::<Vec<_>>()});
            context.out.json(&whole.to_string())?;
            return if failed { Err(Failure::No) } else { Ok(()) };
        }
        if !rendered.is_empty() {
            let rows = rendered.iter().map(|one| {
                let (word, text) = match &one.outcome {
                    Ok(text) => ("ok", cut(text, SHOWN)),
                    Err(why) => ("fails", why.clone()),
                };
                vec![one.prompt.clone(), one.version.clone(), one.sample.clone(), word.to_owned(), text]
            });
            let table =
                context.out.table(&["PROMPT", "VERSION", "SAMPLE", "RENDERS", "TEXT"], rows.collect());
            context.out.block(&format!("{table}\n"))?;
        }
        transfer::report(context, &answer)?;
        if failed { Err(Failure::No) } else { Ok(()) }
    }
}

/// Those that can be read; the server says what is wrong with the others.
fn prompts(files: &Files) -> Vec<Prompt> {
    let read = |group: &Group| {
        let of_group: Vec<_> =
            group.paths.iter().filter_map(|path| Some((path.clone(), files.get(path)?.clone()))).collect();
        promptory_files::read(group, &of_group, &Options::default()).0
    };
    layout(files.keys().map(String::as_str)).groups.iter().filter_map(read).collect()
}

async fn render(
    context: &Context,
    prompt: &Prompt,
    version: &Version,
    sample: &str,
    variables: &serde_json::Map<String, serde_json::Value>,
) -> Result<Rendered, Failure> {
    let draft = NewVersion {
        content: version.content.clone(),
        template: version.template.clone(),
        variables: version.variables.clone(),
        settings: version.settings.clone(),
        allow_secret: version.allow_secret.clone(),
        ..NewVersion::default()
    };
    let body = RenderDraft {
        kind: Some(prompt.kind.clone()),
        version: draft,
        variables: variables.clone(),
        environment: None,
    };
    let outcome = match context.client.post(&Route::new("/render"), &body).await {
        Ok(answer) => {
            let output: RenderOutput = answer.parse()?;
            let messages = || {
                let texts = output
                    .messages
                    .iter()
                    .flatten()
                    .map(|message| format!("{}: {}", message.role, message.content));
                texts.collect::<Vec<_>>().join(" ")
            };
            Ok(output.text.clone().unwrap_or_else(messages))
        }
        Err(Failure::Refused { status, body }) if (400..500).contains(&status) => {
            Err(problem::describe(status, &body).trim().replace('\n', " "))
        }
        Err(failure) => return Err(failure),
    };
    let number = version.number.clone().unwrap_or_else(|| "new".to_owned());
    Ok(Rendered { prompt: prompt.name.clone(), version: number, sample: sample.to_owned(), outcome })
}
