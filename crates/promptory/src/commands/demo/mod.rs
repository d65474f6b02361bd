//! `promptory demo`: a small project of examples, loaded over HTTP like anybody's prompts.
//!
//! What it made carries `demo` in its metadata; anything else is left alone. Each step looks first whether it was
//! done, so that a run that was cut short is finished by the next one, and a finished one changes nothing.

mod content;
mod load;
pub(crate) mod past;
mod traffic;

use std::collections::HashSet;

use promptory_api::environment::Environment;
use promptory_api::page::Page;

use self::load::{Changes, Outcome};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

pub(crate) async fn run(context: &Context) -> Result<(), Failure> {
    let environments: Page<Environment> =
        context.client.list(Route::new("/environments"), None).await?.parse()?;
    let environments: HashSet<String> = environments.items.into_iter().map(|e| e.name).collect();
    let mut total = Changes::default();
    let mut rows = Vec::new();
    for example in content::examples()? {
        let (outcome, numbers) = load::one(context, &example, &environments).await?;
        let said = match &outcome {
            Outcome::Done(changes) if changes.is_empty() => "unchanged".to_owned(),
            Outcome::Done(changes) => changes.in_words(),
            Outcome::LeftAlone(why) => format!("left alone: {why}"),
        };
        if let Outcome::Done(changes) = outcome {
            total.add(&changes);
        }
        rows.push(vec![example.name, numbers.join(" "), said]);
    }
    if context.out.is_json() {
        return context.out.json(&total.to_json().to_string());
    }
    let table = context.out.table(&["PROMPT", "VERSIONS", "NOW"], rows);
    context.out.block(&format!("{table}\n\n{}", last_words(&total)))
}

fn last_words(total: &Changes) -> String {
    let done = if total.is_empty() {
        "Nothing changed: the demo was loaded already.".to_owned()
    } else {
        format!("Loaded: {}.", total.in_words())
    };
    format!(
        "{done}\nTry: promptory prompt list\n     promptory resolve support/reply --var customer_name=Ada \
         --var question='Where is my order?'"
    )
}
