//! Prompts, for people.

use std::collections::BTreeSet;

use promptory_api::environment::Environment;
use promptory_api::page::Page;
use promptory_api::prompt::Prompt;

use crate::context::{Context, more};
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{facts, minute, option_or_dash};

/// Beyond so many environments there is one column for all of them.
const ENVIRONMENT_COLUMNS: usize = 5;

/// One column per environment shows at a glance what is ahead of what.
pub(crate) async fn list(
    context: &Context,
    route: Route,
    limit: Option<usize>,
    filtered: bool,
) -> Result<(), Failure> {
    let answer = context.client.list(route, limit).await?;
    if context.out.is_json() {
        return context.out.json(&answer.body);
    }
    let page: Page<Prompt> = answer.parse()?;
    if page.items.is_empty() {
        return context.out.block(if filtered {
            "No prompts that fit. Leave out filters to see more."
        } else {
            "No prompts here. `promptory prompt create NAME --file FILE` makes the first one, \
             `promptory demo` loads examples."
        });
    }
    let live: BTreeSet<&str> = page.items.iter().flat_map(|p| p.live.keys().map(String::as_str)).collect();
    let environments = in_order(context, &live).await;
    let mut text = table(context, &page.items, &environments);
    if page.next_cursor.is_some() {
        more(&mut text, page.items.len(), page.total);
    }
    context.out.block(&text)
}

/// The environments that occur, in the project's order; by name for a key that may not ask for it.
async fn in_order(context: &Context, live: &BTreeSet<&str>) -> Vec<String> {
    let by_name = || live.iter().map(|name| (*name).to_owned()).collect();
    let Ok(answer) = context.client.list(Route::new("/environments"), None).await else {
        return by_name();
    };
    let Ok(mut page) = answer.parse::<Page<Environment>>() else {
        return by_name();
    };
    page.items.sort_by_key(|environment| environment.position);
    let known: Vec<String> =
        page.items.into_iter().map(|e| e.name).filter(|n| live.contains(n.as_str())).collect();
    if known.len() == live.len() { known } else { by_name() }
}

fn table(context: &Context, prompts: &[Prompt], environments: &[String]) -> String {
    let by_column = environments.len() <= ENVIRONMENT_COLUMNS;
    let mut header = vec!["PROMPT".to_owned(), "KIND".to_owned(), "LATEST".to_owned()];
    if by_column {
        header.extend(environments.iter().map(|name| name.to_uppercase()));
    } else {
        header.push("LIVE".to_owned());
    }
    let row = |prompt: &Prompt| {
        let latest = option_or_dash(prompt.latest.as_ref().map(|latest| latest.version.as_str()));
        let name = if prompt.archived { format!("{} (archived)", prompt.name) } else { prompt.name.clone() };
        let mut cells = vec![name, prompt.kind.clone(), latest];
        if by_column {
            cells.extend(
                environments.iter().map(|name| option_or_dash(prompt.live.get(name).map(String::as_str))),
            );
        } else {
            cells.push(live(prompt));
        }
        cells
    };
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    context.out.table(&header, prompts.iter().map(row).collect())
}

fn live(prompt: &Prompt) -> String {
    let places = prompt.live.iter().map(|(environment, version)| format!("{environment} {version}"));
    places.collect::<Vec<_>>().join(", ")
}

pub(crate) fn describe(prompt: &Prompt) -> String {
    let latest = match &prompt.latest {
        Some(latest) => {
            format!("{} (number {}, {})", latest.version, latest.sequence, minute(&latest.created_at))
        }
        None => "no versions yet".to_owned(),
    };
    let metadata = if prompt.metadata.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&prompt.metadata).unwrap_or_default()
    };
    let live = if prompt.live.is_empty() { "nowhere".to_owned() } else { live(prompt) };
    facts(&[
        ("prompt", prompt.name.clone()),
        ("former names", prompt.former_names.join(", ")),
        ("kind", prompt.kind.clone()),
        ("archived", if prompt.archived { "yes".to_owned() } else { String::new() }),
        ("description", prompt.description.clone()),
        ("category", prompt.category.clone()),
        ("tags", prompt.tags.join(", ")),
        ("owner", prompt.owner.clone()),
        ("metadata", metadata),
        ("latest", latest),
        ("live", live),
        ("created", format!("{} by {}", minute(&prompt.created_at), prompt.created_by)),
        ("updated", minute(&prompt.updated_at)),
    ])
}
