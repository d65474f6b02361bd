//! `promptory version …`

use clap::{Args, Subcommand};
use promptory_api::comment::NewComment;
use promptory_api::version::{NewVersion, Revert as RevertBody, Version as VersionAnswer};
use serde_json::value::RawValue;

use crate::commands::acknowledge::Acknowledge;
use crate::commands::compare::Compare;
use crate::commands::draft::Draft;
use crate::commands::dry_run::DryRun;
use crate::commands::emergency::Emergency;
use crate::commands::version_comments;
use crate::commands::version_list::List;
use crate::commands::version_show;
use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::route::Route;

#[derive(Debug, Subcommand)]
pub(crate) enum Version {
    /// A new version; its number follows from what changes for callers.
    Create(Box<Create>),
    /// All versions of a prompt, newest first.
    List(List),
    /// One version.
    Show {
        name: String,
        /// 1.2.0, a sequence number, latest, or an environment (what is live there).
        reference: String,
        /// Only the stored content, byte for byte.
        #[arg(long, conflicts_with = "json")]
        content: bool,
    },
    /// What differs between two versions, and whether one can replace the other for its callers.
    Compare(Compare),
    /// A new, higher version with the content of an older one.
    Revert(Revert),
    /// Put a version away; it can be restored.
    Archive(Change),
    /// Take a version back from the archive.
    Restore(Change),
    /// Mark a version as one not to be used any more.
    Deprecate(Change),
    /// Remove a version that was never served, labelled or included, for good.
    Delete(Change),
    /// Say something about a version; it stays with it.
    Comment {
        name: String,
        reference: String,
        comment: String,
        /// Id of the comment that this answers.
        #[arg(long, value_name = "ID")]
        reply_to: Option<String>,
    },
    /// What was said about a version.
    Comments {
        name: String,
        reference: String,
        /// At most so many comments; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Revert {
    name: String,
    reference: String,
    /// Also make it live there, in the same step.
    #[arg(long)]
    environment: Option<String>,
    /// Why there is this version.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    emergency: Emergency,
    #[command(flatten)]
    acknowledge: Acknowledge,
    #[command(flatten)]
    dry_run: DryRun,
}

/// What needs nothing but the version.
#[derive(Debug, Args)]
pub(crate) struct Change {
    name: String,
    reference: String,
    #[command(flatten)]
    dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    name: String,
    /// The content; - is standard input.
    #[arg(long)]
    file: String,
    /// The file is a JSON list of messages, for a prompt of kind chat.
    #[arg(long)]
    chat: bool,
    #[command(flatten)]
    draft: Draft,
    /// Template, variables and settings as in this version, where no flag gives them.
    #[arg(long, value_name = "REF")]
    from: Option<String>,
    /// Why there is this version.
    #[arg(long)]
    note: Option<String>,
    /// May be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A JSON object of your own, or a file with one.
    #[arg(long, value_name = "FILE|JSON")]
    metadata: Option<String>,
    /// The step to the next number; refused when callers need a larger one [server's default: auto].
    #[arg(long, value_parser = ["auto", "major", "minor", "patch"], conflicts_with = "set_version")]
    bump: Option<String>,
    /// The number itself, such as 1.2.0.
    #[arg(long, value_name = "VERSION")]
    set_version: Option<String>,
    /// Also make it live there, in the same step.
    #[arg(long, value_name = "ENVIRONMENT")]
    activate: Option<String>,
    /// Keep the number that was asked for although callers break.
    #[arg(long)]
    allow_breaking: bool,
    /// Store it although another version has the same content.
    #[arg(long)]
    allow_duplicate: bool,
    /// Store what looks like a secret, for this reason.
    #[arg(long, value_name = "REASON")]
    allow_secret: Option<String>,
    #[command(flatten)]
    emergency: Emergency,
    #[command(flatten)]
    acknowledge: Acknowledge,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Version {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Show { name, reference, content } => show(context, &name, &reference, content).await,
            Self::Compare(compare) => compare.run(context).await,
            Self::Revert(revert) => revert.run(context).await,
            Self::Archive(change) => change.mark(context, "/archive").await,
            Self::Restore(change) => change.mark(context, "/restore").await,
            Self::Deprecate(change) => change.mark(context, "/deprecate").await,
            Self::Delete(change) => change.delete(context).await,
            Self::Comment { name, reference, comment, reply_to } => {
                let body = NewComment { comment, reply_to };
                version_comments::add(context, &Route::version(&name, &reference)?, &body).await
            }
            Self::Comments { name, reference, limit } => {
                version_comments::list(context, &Route::version(&name, &reference)?, limit).await
            }
        }
    }
}

impl Revert {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = RevertBody {
            version: self.reference,
            note: self.note,
            environment: self.environment,
            emergency: self.emergency.in_body(),
            acknowledge_rollback: self.acknowledge.in_body(),
            dry_run: self.dry_run.in_body(),
        };
        let answer = context.client.post(&Route::prompt(&self.name)?.then("/revert"), &body).await?;
        context.show(&answer, version_show::created)
    }
}

impl Change {
    async fn mark(self, context: &Context, verb: &str) -> Result<(), Failure> {
        let route = Route::version(&self.name, &self.reference)?.then(verb);
        let answer = context.client.post_empty(&self.dry_run.in_query(route)).await?;
        context.show(&answer, |version: &VersionAnswer| {
            let verb = if version.dry_run { "would be" } else { "is now" };
            let text = format!("{} {} {verb} {}.", version.prompt, version.version, version.status);
            self.dry_run.said(text)
        })
    }

    async fn delete(self, context: &Context) -> Result<(), Failure> {
        let route = Route::version(&self.name, &self.reference)?;
        context.client.delete(&self.dry_run.in_query(route)).await?;
        let verb = if self.dry_run.dry_run { "can be" } else { "is" };
        context.say(&self.dry_run.said(format!("{} {} {verb} deleted.", self.name, self.reference)))
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let base = match &self.from {
            Some(reference) => Some(
                context
                    .client
                    .get(&Route::version(&self.name, reference)?)
                    .await?
                    .parse::<VersionAnswer>()?,
            ),
            None => None,
        };
        let chat = self.chat || base.as_ref().is_some_and(|base| base.kind == "chat");
        let mut version = self.draft.read(&self.file, chat)?;
        if let Some(base) = base {
            fill_from(&mut version, &base)?;
        }
        let metadata = self.metadata.as_deref();
        version.metadata = metadata.map(|text| input::object_or_file(text, "--metadata")).transpose()?;
        version.note = self.note;
        version.tags = (!self.tags.is_empty()).then_some(self.tags);
        version.bump = self.bump;
        version.version = self.set_version;
        version.activate = self.activate;
        version.allow_breaking = self.allow_breaking.then_some(true);
        version.allow_duplicate = self.allow_duplicate.then_some(true);
        version.allow_secret = self.allow_secret;
        version.emergency = self.emergency.in_body();
        version.acknowledge_rollback = self.acknowledge.in_body();
        version.dry_run = self.dry_run.in_body();
        let route = Route::prompt(&self.name)?.then("/versions");
        let answer = context.client.post(&route, &version).await?;
        context.show(&answer, version_show::created)
    }
}

/// What no flag gave, from another version.
fn fill_from(version: &mut NewVersion, base: &VersionAnswer) -> Result<(), Failure> {
    let read = |json: &RawValue| {
        serde_json::from_str(json.get())
            .map_err(|error| Failure::Unreachable(format!("the server's answer: {error}")))
    };
    if version.template.is_none() {
        version.template = Some(base.template.clone());
    }
    if version.variables.is_none() {
        version.variables = Some(read(&base.variables)?);
    }
    if version.settings.is_none() {
        version.settings = Some(read(&base.settings)?);
    }
    Ok(())
}

async fn show(context: &Context, name: &str, reference: &str, content: bool) -> Result<(), Failure> {
    let answer = context.client.get(&Route::version(name, reference)?).await?;
    if !content {
        return context.show(&answer, version_show::describe);
    }
    let version: VersionAnswer = answer.parse()?;
    context.out.bytes(version_show::raw_content(&version.content).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_version_that_is_taken_from() {
        let base = r#"{"id":"1","prompt":"a","version":"1.0.0","sequence":1,"status":"draft","kind":"text",
            "content":"x","template":"none","variables":[{"name":"n","default":1.50,"required":false}],
            "settings":{"z":1,"a":0.70},"dependencies":[],"note":"","metadata":{},"tags":[],"author":"dev",
            "created_at":"","content_hash":"","branch":null,"labels":[],"live_in":[]}"#;
        let base: VersionAnswer = serde_json::from_str(base).expect("a version");
        let mut version = NewVersion { settings: Some(serde_json::json!({"m": 1})), ..NewVersion::default() };
        fill_from(&mut version, &base).expect("filled");
        assert_eq!(version.template.as_deref(), Some("none"));
        let text = |value: Option<serde_json::Value>| value.map(|v| v.to_string()).unwrap_or_default();
        assert_eq!(text(version.variables), r#"[{"name":"n","default":1.50,"required":false}]"#);
        assert_eq!(text(version.settings), r#"{"m":1}"#);
    }
}
