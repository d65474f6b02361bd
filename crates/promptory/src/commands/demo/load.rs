//! Loads one example, step by step, leaving out what is there.

use std::collections::HashSet;

use promptory_api::deployment::{Activate, Deployment};
use promptory_api::page::Page;
use promptory_api::prompt::{NewPrompt, Prompt, PutLabel};
use promptory_api::version::{NewVersion, Version};
use serde_json::{Map, Value, json};

use super::content::{Example, ExampleVersion};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

/// Marks in metadata what the demo made: `true` on a prompt, 1, 2, 3 … on its versions.
const MARK: &str = "demo";

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    prompts: usize,
    versions: usize,
    activations: usize,
}

#[derive(Debug)]
pub(super) enum Outcome {
    Done(Changes),
    LeftAlone(&'static str),
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.prompts += other.prompts;
        self.versions += other.versions;
        self.activations += other.activations;
    }

    pub(super) fn in_words(&self) -> String {
        let counts = [(self.prompts, "prompt"), (self.versions, "version"), (self.activations, "activation")];
        let words = counts.iter().filter(|(n, _)| *n > 0);
        let words = words.map(|(n, word)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" }));
        words.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"prompts": self.prompts, "versions": self.versions, "activations": self.activations})
    }
}

/// What was done, and the numbers of the example's versions.
pub(super) async fn one(
    context: &Context,
    example: &Example,
    environments: &HashSet<String>,
) -> Result<(Outcome, Vec<String>), Failure> {
    let mut changes = Changes::default();
    let route = Route::prompt(&example.name)?;
    match context.client.find(&route).await? {
        None => {
            create_prompt(context, example).await?;
            changes.prompts += 1;
        }
        Some(answer) => {
            if let Some(why) = foreign(&answer.parse()?) {
                return Ok((Outcome::LeftAlone(why), Vec::new()));
            }
        }
    }
    let versions: Page<Version> =
        context.client.list(route.clone().then("/versions"), None).await?.parse()?;
    let mut past = deployments(context, &example.name).await?;
    let mut numbers = Vec::new();
    for (mark, version) in (1..).zip(&example.versions) {
        let number = match versions.items.iter().find(|there| mark_of(there) == Some(mark)) {
            Some(there) => there.version.clone(),
            None => {
                changes.versions += 1;
                create_version(context, &route, &version.body, mark).await?
            }
        };
        changes.activations += activate(context, &route, version, &number, environments, &mut past).await?;
        numbers.push(number);
    }
    if changes.prompts > 0 {
        // Only with the prompt itself: who moved a label or changed a sample since keeps that.
        extras(context, &route, example, &numbers).await?;
    }
    Ok((Outcome::Done(changes), numbers))
}

/// Labels and sample inputs.
pub(super) async fn extras(
    context: &Context,
    route: &Route,
    example: &Example,
    numbers: &[String],
) -> Result<(), Failure> {
    for (label, version) in &example.about.labels {
        let body = PutLabel { version: numbers[version - 1].clone(), dry_run: None };
        context.client.put(&route.clone().then("/labels").then(&format!("/{label}")), &body).await?;
    }
    for (name, sample) in &example.about.samples {
        context.client.put(&route.clone().then("/samples").then(&format!("/{name}")), sample).await?;
    }
    Ok(())
}

/// Why a prompt that has the example's name is not the demo's to change.
fn foreign(prompt: &Prompt) -> Option<&'static str> {
    if prompt.metadata.get(MARK) != Some(&Value::Bool(true)) {
        return Some("a prompt of yours has this name");
    }
    prompt.archived.then_some("it is archived")
}

fn mark_of(version: &Version) -> Option<u64> {
    let metadata: Map<String, Value> = serde_json::from_str(version.metadata.get()).ok()?;
    metadata.get(MARK)?.as_u64()
}

pub(super) async fn create_prompt(context: &Context, example: &Example) -> Result<(), Failure> {
    let about = &example.about;
    let body = NewPrompt {
        name: example.name.clone(),
        kind: about.kind.clone(),
        description: Some(about.description.clone()),
        category: Some(about.category.clone()),
        tags: Some(about.tags.clone()),
        owner: Some(about.owner.clone()),
        metadata: Some(Map::from_iter([(MARK.to_owned(), Value::Bool(true))])),
        version: None,
    };
    context.client.post(&Route::new("/prompts"), &body).await?;
    Ok(())
}

pub(super) async fn create_version(
    context: &Context,
    route: &Route,
    body: &NewVersion,
    mark: u64,
) -> Result<String, Failure> {
    let mut body = body.clone();
    body.metadata = Some(Map::from_iter([(MARK.to_owned(), Value::from(mark))]));
    let created: Version = context.client.post(&route.clone().then("/versions"), &body).await?.parse()?;
    Ok(created.version)
}

/// What was ever live where. So a version that somebody took back is not put in place again.
async fn deployments(context: &Context, name: &str) -> Result<HashSet<(String, String)>, Failure> {
    let route = Route::new("/deployments").query("prompt", Some(name));
    let page: Page<Deployment> = context.client.list(route, None).await?.parse()?;
    Ok(page.items.into_iter().map(|deployment| (deployment.version, deployment.environment)).collect())
}

async fn activate(
    context: &Context,
    route: &Route,
    version: &ExampleVersion,
    number: &str,
    environments: &HashSet<String>,
    past: &mut HashSet<(String, String)>,
) -> Result<usize, Failure> {
    let mut done = 0;
    for environment in version.activate.iter().filter(|name| environments.contains(*name)) {
        if past.insert((number.to_owned(), environment.clone())) {
            let body = Activate {
                version: number.to_owned(),
                environment: Some(environment.clone()),
                reason: Some("Part of the demo.".to_owned()),
                acknowledge_rollback: None,
                dry_run: None,
            };
            context.client.post(&route.clone().then("/activate"), &body).await?;
            done += 1;
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_in_words() {
        let mut total = Changes { prompts: 1, versions: 3, activations: 0 };
        assert_eq!(total.in_words(), "1 prompt, 3 versions");
        total.add(&Changes { prompts: 0, versions: 0, activations: 1 });
        assert_eq!(total.in_words(), "1 prompt, 3 versions, 1 activation");
        assert!(!total.is_empty() && Changes::default().is_empty());
    }
}
