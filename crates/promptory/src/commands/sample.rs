//! `promptory sample …`

use clap::{ArgGroup, Args, Subcommand};
use promptory_api::prompt::{PutSample, Sample as SampleAnswer};

use crate::commands::resolve::Given;
use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::route::Route;
use crate::text::{cut, facts, minute, or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Sample {
    /// Samples of a prompt.
    List { name: String },
    /// One sample with its values.
    Show { name: String, sample: String },
    /// Save variables under a name; what was saved under it before is replaced.
    Set(Set),
    /// Remove a sample.
    Remove { name: String, sample: String },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("values").required(true).multiple(true).args(["variables", "texts", "jsons"]))]
pub(crate) struct Set {
    name: String,
    /// a–z first, then a–z, 0–9, _ . or -.
    sample: String,
    /// All values at once: a file with a JSON object, or the object itself. --var and --var-json replace its
    /// values of the same names.
    #[arg(long, value_name = "FILE|JSON")]
    variables: Option<String>,
    #[command(flatten)]
    given: Given,
    #[arg(long)]
    description: Option<String>,
}

impl Sample {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { name } => list(context, &name).await,
            Self::Show { name, sample } => {
                let answer = context.client.get(&route(&name, &sample)?).await?;
                context.show(&answer, describe)
            }
            Self::Set(set) => set.run(context).await,
            Self::Remove { name, sample } => {
                context.client.delete(&route(&name, &sample)?).await?;
                context.say(&format!("The sample {sample} of {name} is removed."))
            }
        }
    }
}

impl Set {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let whole = self.variables.as_deref().map(|text| input::object_or_file(text, "--variables"));
        let mut variables = whole.transpose()?.unwrap_or_default();
        variables.extend(self.given.read()?.unwrap_or_default());
        let body = PutSample { description: self.description, variables, ..PutSample::default() };
        let answer = context.client.put(&route(&self.name, &self.sample)?, &body).await?;
        let name = &self.name;
        context.show(&answer, |sample: &SampleAnswer| {
            format!(
                "Saved the sample {0} of {name}.\nNext: promptory render '{name}' latest --sample {0}",
                sample.name
            )
        })
    }
}

fn route(name: &str, sample: &str) -> Result<Route, Failure> {
    Route::prompt(name)?.then("/samples").segment(sample)
}

async fn list(context: &Context, name: &str) -> Result<(), Failure> {
    let answer = context.client.get(&Route::prompt(name)?.then("/samples")).await?;
    let header = ["SAMPLE", "VARIABLES", "SAVED", "BY", "DESCRIPTION"];
    let empty = format!("{name} has no samples. Next: promptory sample set '{name}' SAMPLE --var NAME=TEXT");
    context.show_list(&answer, &header, &empty, |sample: &SampleAnswer| {
        let variables: Vec<&str> = sample.variables.keys().map(String::as_str).collect();
        vec![
            sample.name.clone(),
            cut(&or_dash(&variables.join(", ")), 120),
            minute(&sample.updated_at),
            sample.updated_by.clone(),
            cut(&sample.description, 120),
        ]
    })
}

fn describe(sample: &SampleAnswer) -> String {
    let values = sample.variables.iter().map(|(name, value)| match value {
        serde_json::Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    facts(&[
        ("sample", sample.name.clone()),
        ("description", sample.description.clone()),
        ("variables", values.collect::<Vec<_>>().join("\n")),
        ("saved", format!("{} by {}", minute(&sample.updated_at), sample.updated_by)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_under_each_other() {
        let sample = r#"{"name":"ada","description":"","variables":{"name":"Ada","n":1.50},
            "updated_by":"dev","updated_at":"2026-11-20T08:00:00.000Z"}"#;
        assert_eq!(
            describe(&serde_json::from_str(sample).expect("a sample")),
            "sample     ada\nvariables  name: Ada\n           n: 1.50\nsaved      2026-11-20 08:00 by dev\n"
        );
    }
}
