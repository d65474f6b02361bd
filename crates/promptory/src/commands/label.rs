//! `promptory label …`

use clap::Subcommand;
use promptory_api::prompt::{Label as LabelAnswer, PutLabel};

use crate::commands::dry_run::DryRun;
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::minute;

#[derive(Debug, Subcommand)]
pub(crate) enum Label {
    /// Labels of a prompt and the versions that they point to.
    List { name: String },
    /// Point a label to a version; one that exists moves.
    Set {
        name: String,
        /// a–z first, then a–z, 0–9, _ . or -; not an environment's name.
        label: String,
        /// 1.2.0, a sequence number, latest, a label, or an environment (what is live there).
        reference: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Take a label away; who asks for it is refused from then on.
    Remove {
        name: String,
        label: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
}

impl Label {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { name } => list(context, &name).await,
            Self::Set { name, label, reference, dry_run } => {
                let body = PutLabel { version: reference, dry_run: dry_run.in_body() };
                let answer = context.client.put(&route(&name, &label)?, &body).await?;
                context.show(&answer, |label: &LabelAnswer| {
                    let verb = if label.dry_run { "would point" } else { "points" };
                    dry_run.said(format!("{} of {name} {verb} to {}.", label.name, label.version))
                })
            }
            Self::Remove { name, label, dry_run } => {
                context.client.delete(&dry_run.in_query(route(&name, &label)?)).await?;
                let verb = if dry_run.dry_run { "would be" } else { "is" };
                context.say(&dry_run.said(format!("{label} of {name} {verb} removed.")))
            }
        }
    }
}

fn route(name: &str, label: &str) -> Result<Route, Failure> {
    Route::prompt(name)?.then("/labels").segment(label)
}

async fn list(context: &Context, name: &str) -> Result<(), Failure> {
    let answer = context.client.get(&Route::prompt(name)?.then("/labels")).await?;
    let header = ["LABEL", "VERSION", "NUMBER", "SET", "BY"];
    let empty = format!("{name} has no labels. Next: promptory label set '{name}' stable latest");
    context.show_list(&answer, &header, &empty, |label: &LabelAnswer| {
        vec![
            label.name.clone(),
            label.version.clone(),
            label.sequence.to_string(),
            minute(&label.updated_at),
            label.updated_by.clone(),
        ]
    })
}
