//! Changes of a prompt as a whole: `promptory prompt archive`, `restore`, `rename`, `forget-name`, `copy` and `delete`.

use promptory_api::prompt::{CopyPrompt, Prompt, PromptPatch};

use crate::commands::dry_run::DryRun;
use crate::commands::prompt;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

pub(crate) async fn mark(
    context: &Context,
    name: &str,
    dry_run: DryRun,
    verb: &str,
    done: &str,
) -> Result<(), Failure> {
    let route = dry_run.in_query(Route::prompt(name)?.then(verb));
    let answer = context.client.post_empty(&route).await?;
    let verb = if dry_run.dry_run { "would be" } else { "is" };
    context.show(&answer, |prompt: &Prompt| dry_run.said(format!("{} {verb} {done}.", prompt.name)))
}

pub(crate) async fn rename(context: &Context, name: &str, new: String) -> Result<(), Failure> {
    let body = PromptPatch { name: Some(new), ..PromptPatch::default() };
    let answer = context.client.patch(&Route::prompt(name)?, &body).await?;
    context.show(&answer, |prompt: &Prompt| renamed(name, prompt))
}

fn renamed(name: &str, prompt: &Prompt) -> String {
    let new = &prompt.name;
    let mut text = format!("{name} is called {new} now.");
    // The server does not regard case.
    if prompt.former_names.iter().any(|former| former.to_lowercase() == name.to_lowercase()) {
        text.push_str(&format!(
            " Callers of the old name still get it.\n\
             To end that: promptory prompt forget-name '{new}' '{name}'"
        ));
    }
    text
}

pub(crate) async fn forget_name(context: &Context, name: &str, former: &str) -> Result<(), Failure> {
    context.client.delete(&Route::prompt(name)?.then("/former-names").segment(former)?).await?;
    context.say(&format!("{former} leads to {name} no more."))
}

pub(crate) async fn copy(
    context: &Context,
    name: &str,
    new: String,
    version: Option<String>,
) -> Result<(), Failure> {
    let body = CopyPrompt { name: new, version };
    let answer = context.client.post(&Route::prompt(name)?.then("/copy"), &body).await?;
    context.show(&answer, prompt::created)
}

pub(crate) async fn delete(context: &Context, name: &str, dry_run: DryRun) -> Result<(), Failure> {
    context.client.delete(&dry_run.in_query(Route::prompt(name)?)).await?;
    let verb = if dry_run.dry_run { "can be" } else { "is" };
    context.say(&dry_run.said(format!("{name} {verb} deleted, with all its versions.")))
}
